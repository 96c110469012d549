"""Which orders, parcels, invoices and payments a mail names: what looks like a number, to be looked up."""

from __future__ import annotations

import re
import string
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Final

from oms_tui.domain.normalise import LONGEST
from oms_tui.domain.safe_text import searchable
from oms_tui.domain.tracking_numbers import compact, find_tracking_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST: Final = 20
"""Numbers of one kind taken from one mail: nobody means more, and a list of thousands must not cost thousands."""

_NUMBER: Final = r"[A-Z]{0,5}-?\d{3,12}"
_ORDER_WORDS: Final = (
    "orders?|bestell(?:ung(?:en)?|nummer|nr)|auftr(?:ag|äge)|auftragsn(?:umme)?r|commandes?|pedidos?|ordin[ei]|"
    "bestelling(?:en)?|beställning(?:ar)?|zam[oó]wieni[ea]|objednávk[ay]|rendelés|ordrer?|encomendas?"
)
_AND: Final = "(?:,|;|&|[+]|and|und|et|y|e|i|og|och|en)"

ORDER_PATTERNS: Final = (
    rf"(?<![\w&#/])#\s?({_NUMBER})\b",
    r"\b([A-Z]{1,5}-\d{3,12})\b",
    # "order 1042", "orders 1042 and 1043", "order no. 1042", and the same in the languages customers write.
    (
        rf"\b(?:{_ORDER_WORDS})\W{{0,3}}(?:(?:numbers?|numero|número|nummern?|numer|num|nos?|nr|n|id)\W{{0,3}})?"
        rf"({_NUMBER}(?:\s?{_AND}\s?#?{_NUMBER}){{0,9}})\b"
    ),
)
"""Regular expressions with one group: a number, or several with commas or "and" between. Settings may give others."""

_BETWEEN: Final = re.compile(rf"\s?(?:\b{_AND}\b|[,;&+])\s?#?", re.IGNORECASE)

_BARE: Final = re.compile(r"(?<![\w.,/-])#?([A-Z]{0,5}-?\d{3,12})(?!\w|[.,:/-]\d)", re.ASCII)
_LONGEST_PREFIX: Final = 7  # what may stand before the figures of a bare number: "#ABCDE-"
_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9](?:[\w/-]{4,38})[A-Za-z0-9]", re.ASCII)
_DIGITS: Final = re.compile(r"(?:[^0-9]*[0-9]){3}")  # fewer are a word
_OF_TOKENS: Final = frozenset(string.ascii_letters + string.digits + "_/-")
_TOKEN: Final = re.compile(r"[A-Za-z0-9_/-]*")
_DIGIT: Final = re.compile(r"[0-9]")
_DIGIT_RUN: Final = re.compile(r"[0-9]+")
_ANY_DIGIT_RUN: Final = re.compile(r"\d+")
_AROUND: Final = 240  # characters from a digit to where the number it is in, and the word or name before it, begin
_FIGURES: Final = re.compile(r"\d{3,}")
_ASCII_FIGURES: Final = re.compile(r"[0-9]{3,}")  # half the time
_WORDS_BEFORE: Final = 80  # characters from where one of our patterns begins to its first figures, and to the next ones


def compiled(patterns: Sequence[str] = ORDER_PATTERNS) -> tuple[re.Pattern[str], ...]:
    """The patterns made ready; case does not matter.

    Raises:
        ValueError: a pattern is no regular expression, or has not exactly one group.
    """
    ready = []
    for pattern in patterns:
        try:
            expression = re.compile(pattern, re.IGNORECASE)
        except re.error as error:
            raise ValueError(f"{pattern!r} is no regular expression: {error}") from None
        if expression.groups != 1:
            raise ValueError(f"{pattern!r} needs exactly one group, around the order's number")
        ready.append(expression)
    return tuple(ready)


DEFAULT: Final = compiled()


def order_numbers(text: str, patterns: Sequence[re.Pattern[str]] = DEFAULT) -> tuple[str, ...]:
    """The order numbers a text seems to name, each once, in capitals and without ``#``; at most ``MOST``.

    Invisible characters do not hide a number, nor do full-width digits.
    """
    if patterns is DEFAULT:
        plain = plain_text(text)
        windows = list(_near_figures(plain))
    else:  # nobody knows how far they reach
        plain = searchable(text[:LONGEST])
        windows = [(0, len(plain))]
    places: dict[str, int] = {}
    for pattern in patterns if windows else ():
        for found in (each for start, end in windows for each in pattern.finditer(plain, start, end)):
            for number in filter(None, _BETWEEN.split(found[1].upper())):
                places[number] = min(found.start(1), places.get(number, len(plain)))
            if len(places) >= MOST * len(patterns):
                break
    return tuple(sorted(places, key=places.__getitem__))[:MOST]


def bare_numbers(text: str) -> tuple[str, ...]:
    """Numbers that stand by themselves, without a word that says what they are; in capitals, at most ``MOST``."""
    capitals = plain_text(text).upper()
    found: dict[str, None] = {}
    last = 0
    for figures in _ASCII_FIGURES.finditer(capitals):
        start = max(last, figures.start() - _LONGEST_PREFIX)
        last = figures.end()
        if match := _BARE.search(capitals, start, last + 2):  # with what follows, which tells whether it stands alone
            found[match[1]] = None
            if len(found) == MOST:
                break
    return tuple(found)


def identifiers(text: str) -> tuple[str, ...]:
    """What may be the number of an invoice or a payment, each once, as written; at most ``2 * MOST``."""
    plain = plain_text(text)
    likely = (
        found[0]
        for start, end in _tokens(plain)
        for found in _IDENTIFIER.finditer(plain, start, end)
        if _DIGITS.match(found[0])
    )
    return tuple(islice(dict.fromkeys(likely), 2 * MOST))


def parcel_numbers(text: str) -> tuple[str, ...]:
    """What may be a tracking number, compact as they are stored: those of known shape first; at most ``3 * MOST``."""
    known = [found.number for found in find_tracking_numbers(plain_text(text))[:MOST]]
    return tuple(dict.fromkeys([*known, *map(compact, identifiers(text))]))


@lru_cache(maxsize=4)
def plain_text(text: str) -> str:
    """What is looked at of a text: what stands around its digits. It is asked for once for each kind of number."""
    plain = searchable(text[:LONGEST])
    pieces: list[str] = []
    start = end = 0
    for digits in (_DIGIT_RUN if plain.isascii() else _ANY_DIGIT_RUN).finditer(plain):
        before = end + _AROUND if end else 0
        begin = digits.start() - _AROUND
        while begin > before and plain[begin - 1] in _OF_TOKENS:  # a word that begins earlier stays whole
            begin -= 1
        if begin > before:
            pieces += (plain[start:before],) if end else ()
            start = begin
        end = digits.end()
    return "\n\n\n\n".join((*pieces, plain[start : end + _AROUND])) if end else ""


def _near_figures(plain: str) -> Iterator[tuple[int, int]]:
    """Where numbers of orders can stand. Most mails hold few figures, and the patterns are slow without them."""
    start = end = -1
    for figures in (_ASCII_FIGURES if plain.isascii() else _FIGURES).finditer(plain):
        if start >= 0 and figures.start() - end > _WORDS_BEFORE:
            yield start, end
            start = -1
        if start < 0:
            start = max(0, figures.start() - _WORDS_BEFORE)
        end = figures.end() + 1  # with what follows, which tells whether a word ends there
    if start >= 0:
        yield start, end


def _tokens(plain: str) -> Iterator[tuple[int, int]]:
    """Runs of what identifiers are made of, if they hold a digit."""
    place = 0
    while digit := _DIGIT.search(plain, place):
        start = digit.start()
        while start > place and plain[start - 1] in _OF_TOKENS:
            start -= 1
        token = _TOKEN.match(plain, digit.start())
        place = token.end() if token else len(plain)
        yield start, place
