"""Tracking numbers in what people write: found, checked, and given the carrier they belong to.

Candidates first, then the kinds: a text is cut into runs of letters and digits once, neighbouring runs are joined as
people group digits (``1Z 999 AA1…``), and only candidates as short as numbers are get checked. So the work grows with
the length of the text and not faster, whatever a stranger writes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from oms_tui.domain.tracking_number_kinds import KINDS, LONGEST, NAMES, PUBLIC_PAGES, Kind, carrier_of

if TYPE_CHECKING:
    from collections.abc import Iterator

# A run with a digit, or a few capitals that may begin a number (``RB 123…``): words of a sentence are passed over.
# The look-behind and the possessive quantifier keep a long run from being tried again at each of its letters.
_RUN: Final = re.compile(r"(?<![0-9A-Za-z])(?:[A-Za-z]*+[0-9][0-9A-Za-z]*|[A-Z]{1,4}(?![0-9A-Za-z]))")
_GROUPING: Final = re.compile(r"[ \t\u00a0\u2009\u202f-]{1,3}")
_DIGITS: Final = re.compile(r"[0-9]+")
_REACH: Final = 4 * LONGEST  # characters from a digit to either end of its number, however it is grouped
_SHORTEST: Final = 8
_NAMED_WITHIN: Final = 60  # characters before a number in which the carrier's name counts
_NAME: Final = re.compile(
    r"\b(" + "|".join(sorted(map(re.escape, NAMES), key=len, reverse=True)) + r")\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Found:
    """A tracking number in a text.

    ``number`` is compact, ``start`` and ``end`` say where it stands. ``carriers`` are those it can belong to, likeliest
    first; empty when the number does not tell. ``sure`` is False where one in seven or ten chance numbers would pass.
    """

    number: str
    kind: str
    carriers: tuple[str, ...]
    start: int
    end: int
    sure: bool

    @property
    def carrier(self) -> str:
        """The likeliest carrier, "" when the number does not tell."""
        return self.carriers[0] if self.carriers else ""


def find_tracking_numbers(text: str) -> list[Found]:
    """Every tracking number in ``text``, in order; of overlapping ones the longest that starts first."""
    runs = [
        (match.start(), match.end()) for start, end in _near_digits(text) for match in _RUN.finditer(text, start, end)
    ]
    found: list[Found] = []
    index = 0
    while index < len(runs):
        taken = _longest_at(text, runs, index)
        if taken is None:
            index += 1
            continue
        number, after = taken
        found.append(number)
        index = after
    return found


def _near_digits(text: str) -> Iterator[tuple[int, int]]:
    """Where numbers can stand: there is none without a digit, and most of a mail is words."""
    start = end = -1
    for digits in _DIGITS.finditer(text):
        if start >= 0 and digits.start() - end > _REACH:
            yield start, end
            start = -1
        if start < 0:
            start = max(0, digits.start() - _REACH)
        end = min(len(text), digits.end() + _REACH)
    if start >= 0:
        yield start, end


def compact(number: str) -> str:
    """A number as it is compared and stored: upper case, without blanks and hyphens."""
    return _GROUPING.sub("", number.strip()).upper()


def tracking_url(carrier: str, number: str) -> str:
    """Where the carrier shows this parcel to the public; "" for a carrier we know no page of."""
    page = PUBLIC_PAGES.get(carrier, "")
    return page.format(quote(compact(number), safe="")) if page else ""


def _longest_at(text: str, runs: list[tuple[int, int]], first: int) -> tuple[Found, int] | None:
    """The longest number that starts with run ``first``, and the run after it."""
    best: tuple[Found, int] | None = None
    start = runs[first][0]
    joined = ""
    for index in range(first, len(runs)):
        run_start, run_end = runs[index]
        if run_end - run_start + len(joined) > LONGEST:
            break
        if index > first and not _GROUPING.fullmatch(text, runs[index - 1][1], run_start):
            break
        joined += text[run_start:run_end].upper()
        if len(joined) >= _SHORTEST:
            seen = _recognise(joined, text, start, run_end)
            if seen is not None:
                best = (seen, index + 1)
    return best


def _recognise(number: str, text: str, start: int, end: int) -> Found | None:
    if not any(sign.isdigit() for sign in number):
        return None
    kinds = [kind for kind in KINDS if kind.shape.fullmatch(number) and kind.check(number)]
    if not kinds:
        return None
    named = {NAMES[word.casefold()] for word in _NAME.findall(text, max(0, start - _NAMED_WITHIN), start)}
    kinds = [kind for kind in kinds if not kind.named_only or _is_named(kind, named)]
    if not kinds:
        return None
    kinds.sort(key=lambda kind: (not _is_named(kind, named), not kind.sure))  # stable: then as the table has them
    best = kinds[0]
    carriers = dict.fromkeys(carrier for kind in kinds if (carrier := carrier_of(kind, number)))
    return Found(number, best.name, tuple(carriers), start, end, best.sure or _is_named(best, named))


def _is_named(kind: Kind, named: set[str]) -> bool:
    return any(kind.carrier == name or kind.carrier.startswith(f"{name}_") for name in named)
