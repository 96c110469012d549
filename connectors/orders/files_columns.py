"""Which column holds which field: by the config, else by what columns are usually called."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from connectors.orders.files_kinds import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from connectors.orders.files_kinds import Kind

MOST_COLUMNS: Final = 1000
"""An export with more columns is none."""

# How nested JSON and some shops begin what belongs to an address or a person, and how such headings begin with us.
_PREFIXES: Final = {
    "shippingaddress": ("shipping", "ship", ""),
    "deliveryaddress": ("shipping", "ship", ""),
    "shipto": ("shipping", "ship", ""),
    "shipping": ("ship",),
    "delivery": ("ship",),
    "billingaddress": ("billing", "bill"),
    "billto": ("billing", "bill"),
    "billing": ("bill",),
    "customer": ("",),
    "order": ("",),
}
_SHOPIFY: Final = "lineitemname"  # its export calls the order's number "Name"
_FITS_LESS: Final = 100
_CLOSE: Final = 0.6
_CONTAINED: Final = 0.8
_SHORT_WORD: Final = 3  # letters; shorter words are in everything


@dataclass(frozen=True, slots=True)
class Columns:
    """For each field that was found, the place of its column; ``unknown`` are headings nobody wants."""

    places: Mapping[str, int]
    unknown: tuple[str, ...] = ()

    @property
    def known(self) -> int:
        """How many columns mean something."""
        return len(self.places)


def columns_of(header: Sequence[Any], kind: Kind, mapped: Mapping[str, str]) -> Columns:
    """The columns of a header.

    Args:
        header: headings as they stand in the file.
        kind: what the file holds.
        mapped: folded headings that the config gives a field.
    """
    names = [fold(str(name)) for name in header]
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        if name in mapped:
            places.setdefault(mapped[name], place)
    taken = set(places.values())
    by_name: dict[str, list[tuple[int, int, str]]] = {}
    for order, (own, headings) in enumerate(kind.headings.items()):
        for rank, heading in enumerate(headings):
            by_name.setdefault(heading, []).append((rank, order, own))
    offers = sorted(
        (rank, order, place, own)
        for place, name in enumerate(names)
        if name and place not in taken
        for rank, order, own in _offers(name, by_name)
    )
    for _, _, place, own in offers:
        if own not in places and place not in taken:
            places[own] = place
            taken.add(place)
    if "number" not in places and "number" in kind.headings and _SHOPIFY in names and "name" in names:
        place = names.index("name")
        places = {own: at for own, at in places.items() if at != place} | {"number": place}
    unknown = tuple(
        str(header[place]) for place, name in enumerate(names) if name and place not in set(places.values())
    )
    return Columns(places, unknown)


def _offers(name: str, by_name: Mapping[str, list[tuple[int, int, str]]]) -> Iterable[tuple[int, int, str]]:
    """The fields a heading may stand for. One that only fits without its prefix comes after all others."""
    if name in by_name:
        return by_name[name]
    for prefix, ours in _PREFIXES.items():
        rest = name.removeprefix(prefix)
        for short in (start + rest for start in ours if rest != name):
            if short in by_name:
                return [(rank + _FITS_LESS, order, own) for rank, order, own in by_name[short]]
    return ()


def lacking(columns: Columns, kind: Kind) -> list[tuple[str, ...]]:
    """The groups of fields of which none has a column."""
    return [group for group in kind.required if not any(own in columns.places for own in group)]


def what_is_wrong(source: str, file: str, header: Sequence[Any], columns: Columns, kind: Kind) -> str:
    """In words: what the file's header lacks, which of its headings come close, and what to do."""
    groups = [" or ".join(group) for group in lacking(columns, kind)]
    near = [
        (heading, group[0]) for group in lacking(columns, kind) for heading in _nearest(columns.unknown, group, kind)
    ]
    words = f"no column of {file} is known as {', nor as '.join(groups)}"
    if near:
        guesses = " or ".join(f"“{heading[:40]}”" for heading, _ in near[:3])
        words += f"; {guesses} may be it"
    else:
        there = ", ".join(f"“{str(name)[:30]}”" for name in header[:8] if str(name).strip())
        words += f"; its columns are {there or 'without names'}"
    heading, own = near[0] if near else ("their heading", lacking(columns, kind)[0][0])
    return f'{words}. Say it in [sources.{source}.columns]: {kind.name} = {{ "{heading[:40]}" = "{own}" }}'


def _nearest(headings: Iterable[str], group: Iterable[str], kind: Kind) -> list[str]:
    """Those headings that resemble a known one of the group, the closest first."""
    known = [name for own in group for name in kind.headings.get(own, ())]
    scored = []
    for heading in headings:
        folded = fold(heading)
        score = max((difflib.SequenceMatcher(None, folded, name).ratio() for name in known), default=0.0)
        alike = (name in folded or folded in name for name in known if min(len(name), len(folded)) > _SHORT_WORD)
        score = max(score, _CONTAINED * any(alike))
        if score >= _CLOSE:
            scored.append((score, heading))
    return [heading for _, heading in sorted(scored, key=lambda each: -each[0])]
