"""Which orders, parcels, invoices and payments a mail names: what looks like a number, to be looked up."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from oms_tui.domain.normalise import LONGEST
from oms_tui.domain.safe_text import searchable
from oms_tui.domain.tracking_numbers import compact, find_tracking_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

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

_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9](?:[\w/-]{4,38})[A-Za-z0-9]", re.ASCII)
_DIGITS: Final = re.compile(r"(?:[^0-9]*[0-9]){3}")  # fewer are a word


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
    plain = searchable(text[:LONGEST])
    places: dict[str, int] = {}
    for pattern in patterns:
        for found in pattern.finditer(plain):
            for number in filter(None, _BETWEEN.split(found[1].upper())):
                places[number] = min(found.start(1), places.get(number, len(plain)))
            if len(places) >= MOST * len(patterns):
                break
    return tuple(sorted(places, key=places.__getitem__))[:MOST]


def identifiers(text: str) -> tuple[str, ...]:
    """What may be the number of an invoice or a payment, each once, as written; at most ``2 * MOST``."""
    likely = (found[0] for found in _IDENTIFIER.finditer(searchable(text[:LONGEST])) if _DIGITS.match(found[0]))
    return tuple(islice(dict.fromkeys(likely), 2 * MOST))


def parcel_numbers(text: str) -> tuple[str, ...]:
    """What may be a tracking number, compact as they are stored: those of known shape first; at most ``3 * MOST``."""
    plain = searchable(text[:LONGEST])
    known = [found.number for found in find_tracking_numbers(plain)[:MOST]]
    return tuple(dict.fromkeys([*known, *map(compact, identifiers(plain))]))
