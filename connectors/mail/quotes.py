"""Which lines of a mail repeat an earlier one. They are folded on the screen, never cut.

No heuristic is right in more than about half of real replies, so the one that loses least of the customer's words is
taken, and a mail that would be folded whole is not folded at all. Every rule looks at a line and at most a few beside
it: the time is linear, where regular expressions over the whole text take seconds on lines made for them.
"""

from __future__ import annotations

import re
from itertools import repeat
from typing import TYPE_CHECKING

from connectors.mail.quote_words import FORWARDS, FROM, OPENERS, OTHER, SENT, TITLES, VERBS, VERBS_WITHOUT_SPACES

if TYPE_CHECKING:
    from collections.abc import Collection

_ATTRIBUTION_LINES = 4  # "On Monday, … \n Support <…> \n wrote:" is wrapped by some programs
_HEADER_LINES = 8
_LINE_READ = 400  # characters of a line that are looked at
_KNOWN_LENGTH = 20  # a line of our own mail must be this long to be recognised: "Hello," proves nothing
_HEADERS_NEEDED = 3

_MARKED = re.compile(r"[ \t]{0,3}(?:>|\|(?=\s))")
_OPENER = re.compile(
    rf"[*_>«]{{0,2}}(?:{OPENERS}|\d{{1,4}}[-./]\d{{1,2}}[-./]\d{{1,4}}|\d{{4}}年|\d{{1,2}}\s\w+\s\d{{4}})\b",
    re.IGNORECASE,
)
_VERB = re.compile(rf"\b(?:{VERBS})(?:\b|\()|{VERBS_WITHOUT_SPACES}", re.IGNORECASE)
_WROTE = re.compile(rf"(?:{VERBS}|{VERBS_WITHOUT_SPACES})(?:\(a\))?\s?[*_]?[:\uff1a]", re.IGNORECASE)
_DATED = re.compile(r"\d{1,4}[-./年:]\d|\d{4}")
_DIVIDER = re.compile(rf"[-_=*]{{2,}}+[ \t]*+(?:{TITLES})[ \t]*[-_=*]*:?\Z|(?:{FORWARDS})\s?:", re.IGNORECASE)
_RULE = re.compile(r"[-_—]{5,}\Z")
_HEADER = re.compile(
    rf"[*_]{{0,2}}(?:(?P<from>{FROM})|(?P<sent>{SENT})|(?P<other>{OTHER}))[*_]{{0,2}}\s?[:\uff1a]", re.IGNORECASE
)
_MARKS = (">", "|")
_RULED = frozenset("-_=*—")
_ENDS = (":", "\uff1a", ":*", ": *", ":_")


def quoted_ranges(text: str, *, marker: str = "", known: Collection[str] = ()) -> tuple[tuple[int, int], ...]:
    r"""Line ranges ``[first, last)`` of ``text`` (split at ``\n``) that quote earlier mail, in order.

    Args:
        text: the mail's text.
        marker: a line of our own that stands above everything we quoted; where it is found, the rest is quote.
        known: texts we sent earlier in this conversation; their longer lines are recognised even without a ``>``.
    """
    lines = [line[:_LINE_READ].strip() for line in text.split("\n")]
    quoted = [line[:1] in _MARKS and bool(_MARKED.match(line)) for line in lines]
    _take_attributions(lines, quoted)
    ours = {_bare(line) for sent in known for line in sent.split("\n") if len(_bare(line)) >= _KNOWN_LENGTH}
    for number, line in enumerate(lines):
        if marker and marker in line:
            quoted[number:] = [True] * (len(lines) - number)
            break
        if ours and _bare(line) in ours:
            quoted[number] = True
        if quoted[number] or not line:
            continue
        # The expressions are long: most lines are told by a sign that none of them can do without.
        if (line[0] in _RULED or ":" in line or "\uff1a" in line) and (
            _DIVIDER.match(line) or _starts_header(lines, number)
        ):
            quoted[number:] = [True] * (len(lines) - number)
            break
        if not any(map(str.endswith, lines[number : number + _ATTRIBUTION_LINES], repeat(_ENDS))):
            continue
        length = _attribution(lines, number)
        if not length:
            continue
        follows = _next_text(lines, number + length)
        if follows is None or not quoted[follows]:
            quoted[number:] = [True] * (len(lines) - number)
            break
        quoted[number:follows] = [True] * (follows - number)
    return _ranges(lines, quoted)


def _bare(line: str) -> str:
    return " ".join(line.lstrip("> \t|").split())


def _take_attributions(lines: list[str], quoted: list[bool]) -> None:
    """Fold the lines right above a quotation that say whose it is, however they are worded."""
    for number in range(1, len(lines)):
        if not quoted[number] or quoted[number - 1]:
            continue
        last = number - 1
        while last > 0 and not lines[last] and number - last < _ATTRIBUTION_LINES:
            last -= 1
        if not lines[last].endswith(_ENDS) or quoted[last]:
            continue
        first = last
        while first > 0 and lines[first - 1] and not quoted[first - 1] and last - first < _ATTRIBUTION_LINES:
            first -= 1
        first = last if last - first >= _ATTRIBUTION_LINES else first  # a paragraph that only ends with a colon
        joined = " ".join(lines[first : last + 1])
        if "@" in joined or (_VERB.search(joined) and _DATED.search(joined)):
            quoted[first:number] = [True] * (number - first)


def _attribution(lines: list[str], number: int) -> int:
    """How many lines from ``number`` on say who wrote what follows and when; 0 if they do not."""
    if not _OPENER.match(lines[number]) and "@" not in lines[number]:
        return 0
    joined = ""
    for length, line in enumerate(lines[number : number + _ATTRIBUTION_LINES], 1):
        if not line or (length > 1 and _MARKED.match(line)):
            return 0
        joined = f"{joined} {line}"
        if line.endswith(_ENDS):
            said = _WROTE.search(line) and "@" in joined
            return length if said or (_VERB.search(joined) and _DATED.search(joined)) else 0
    return 0


def _starts_header(lines: list[str], number: int) -> bool:
    """Whether the block of From, Sent, To, Subject that Outlook puts above what it quotes starts here."""
    first = number + 1 if _RULE.match(lines[number]) else number
    if first >= len(lines):
        return False
    opening = _HEADER.match(lines[first])
    if not opening or not (opening["from"] or opening["sent"]):
        return False
    kinds: set[str] = set()
    count = 0
    for line in lines[first : first + _HEADER_LINES]:
        if match := _HEADER.match(line):
            kinds.add(match.lastgroup or "")
            count += 1
    return count >= _HEADERS_NEEDED and {"from", "sent"} <= kinds


def _next_text(lines: list[str], number: int) -> int | None:
    return next((place for place in range(number, min(number + 4, len(lines))) if lines[place]), None)


def _ranges(lines: list[str], quoted: list[bool]) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    start = end = -1
    said = False
    for number, line in enumerate(lines):
        if quoted[number]:
            start = number if start < 0 else start
            end = number + 1
        elif line:
            said = True
            if start >= 0:
                found.append((start, end))
            start = -1
    if start >= 0:
        found.append((start, end))
    return tuple(found) if said else ()
