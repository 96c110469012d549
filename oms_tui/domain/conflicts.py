"""The same fact told by two systems: whether they disagree. How it is written is no disagreement.

Case, blanks, accents and other alphabets, the order of a name's words, the form of a street or of a phone number and a
cent of rounding are all one. A system that says nothing of a fact contradicts nobody, nor does one that writes it in a
script that has no one Latin spelling; an invoice over a part of an order is a part of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from oms_tui.domain import normalise, places
from oms_tui.domain.conflict_fields import SHIP_TO
from oms_tui.domain.money import money_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

_CENT: Final = 1
_SAME_DAYS_MS: Final = 3 * 86_400_000  # two systems take down an order within days of each other
_SIGNS: Final = 2  # of the same order, beside its number


@dataclass(frozen=True, slots=True)
class Address:
    """Where parcels go, as one system has it."""

    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What one system says of an order; "" and None: nothing.

    Attributes:
        source: the system.
        seen_at: when it was last read, in milliseconds since 1970 UTC.
        placed_at: likewise, when the order was placed.
        total: minor units of ``currency``; ``tax`` and ``shipping`` are part of it.
        units: by SKU.
        order_id: the store's id of the order, if it is one: an invoice or a parcel has none.
        what: what it is in that system, for people: ``label``, ``invoice``; "" for the order itself.
    """

    source: str
    seen_at: int
    email: str = ""
    phone: str = ""
    name: str = ""
    address: Address = field(default_factory=Address)
    placed_at: int | None = None
    currency: str = ""
    total: int | None = None
    tax: int | None = None
    shipping: int = 0
    units: Mapping[str, int] = field(default_factory=dict)
    order_id: int = 0
    what: str = ""

    @property
    def called(self) -> str:
        """How its side of a disagreement is named: by its source, and by what it is there."""
        return f"{self.source} {self.what}".strip()


class Value(NamedTuple):
    """One side of a disagreement: who says what, and since when. ``what``: ``label``, ``invoice``; "" for the order."""

    source: str
    value: str
    seen_at: int
    what: str = ""

    @property
    def called(self) -> str:
        """How people tell it from the others."""
        return f"{self.source} {self.what}".strip()


class Disagreement(NamedTuple):
    """A field on which systems disagree, the order's own value first. ``parts``: of an address, those that differ."""

    field: str
    values: tuple[Value, ...]
    parts: tuple[str, ...] = ()


def joined(found: Iterable[Disagreement]) -> list[Disagreement]:
    """One disagreement a field: every system that says something else is a side of it."""
    by_field: dict[str, Disagreement] = {}
    for each in found:
        known = by_field.get(each.field)
        if known is None:
            by_field[each.field] = each
            continue
        sides = {(value.called, value.value) for value in known.values}
        more = tuple(value for value in each.values[1:] if (value.called, value.value) not in sides)
        parts = tuple(dict.fromkeys((*known.parts, *each.parts)))
        by_field[each.field] = Disagreement(each.field, (*known.values, *more), parts)
    return list(by_field.values())


def with_order(order: Told, other: Told) -> Iterator[Disagreement]:
    """On what another system's record of the same order disagrees."""
    for name, ours, theirs, differ in (
        ("email", order.email, other.email, _emails),
        ("name", order.name, other.name, _names),
    ):
        if ours and theirs and differ(ours, theirs):
            yield _told(name, order, ours, other, theirs)
    if order.phone and other.phone and _phones(order, other):
        yield _told("phone", order, order.phone, other, other.phone)
    yield from with_address(order, other)
    yield from _money(order, other, tolerance=_CENT)
    if _taxes_differ(order, other):
        yield _tax(order, other)
    if order.units and other.units:
        yield from _goods(order, other, whole=True)


def with_address(order: Told, other: Told) -> Iterator[Disagreement]:
    """Whether two systems send the parcels to two places."""
    if parts := _addresses(order.address, other.address):
        here, there = address_line(order.address), address_line(other.address)
        yield _told(SHIP_TO, order, here, other, there)._replace(parts=parts)


NO_PRODUCTS: Final[frozenset[str]] = frozenset()


def with_parcels(
    order: Told, parcels: Sequence[Told], products: Collection[str] = NO_PRODUCTS
) -> Iterator[Disagreement]:
    """On what labels and contents of parcels disagree with the order; goods are told over all parcels together.

    ``products``: as ``with_invoices`` takes them.
    """
    units: dict[str, int] = {}
    for parcel in parcels:
        yield from with_address(order, parcel)
        if order.name and parcel.name and _names(order.name, parcel.name):
            yield _told("name", order, order.name, parcel, parcel.name)
        for sku, count in parcel.units.items():
            units[sku] = units.get(sku, 0) + count
    if parcels and order.units and units:
        last = parcels[-1]
        packed = Told(last.source, last.seen_at, units=units, what=last.what)
        yield from _goods(order, packed, whole=False, products=products)


def with_purchases(
    order: Told, purchases: Sequence[Told], products: Collection[str] = NO_PRODUCTS
) -> Iterator[Disagreement]:
    """On what vendors who send to the customer were told another thing than was ordered: never less, that is a part.

    ``products``: as ``with_invoices`` takes them.
    """
    for each in purchases:
        if order.units and each.units:
            yield from _goods(order, each, whole=False, products=products)


def with_invoices(
    order: Told, invoices: Sequence[Told], products: Collection[str] = NO_PRODUCTS
) -> Iterator[Disagreement]:
    """On what the invoices of an order disagree with it, all of them together; the last one speaks for the books.

    ``products``: SKUs that are known to be products of the house, among those the order does not have. What is none may
    be postage, or a title of something that was ordered.
    """
    if not invoices:
        return
    last = invoices[-1]
    if order.email and last.email and _emails(order.email, last.email):
        yield _told("email", order, order.email, last, last.email)
    units: dict[str, int] = {}
    for invoice in invoices:
        for sku, count in invoice.units.items():
            units[sku] = units.get(sku, 0) + count
    known = all(invoice.total is not None for invoice in invoices)
    total = sum(invoice.total or 0 for invoice in invoices) if known else None
    taxed = all(invoice.tax is not None for invoice in invoices)
    tax = sum(invoice.tax or 0 for invoice in invoices) if taxed else None
    billed = Told(last.source, last.seen_at, currency=last.currency, total=total, tax=tax, units=units, what=last.what)
    if order.currency and last.currency and order.currency.upper() != last.currency.upper():
        yield _told("currency", order, order.currency, last, last.currency)
    elif not _is_part(order, billed, len(invoices)):
        yield from _money(order, billed, tolerance=_CENT * len(invoices))
        tolerance = _CENT * max(len(invoices), len(order.units))
        if order.tax is not None and tax is not None and not _tax_agrees(order, tax, tolerance):
            yield _tax(order, billed)
    if order.units and units:
        yield from _goods(order, billed, whole=False, products=products)


def speaks(told: Told, name: str) -> bool:
    """Whether a system says anything of this field (one of ``conflict_fields.FIELDS``)."""
    if name == SHIP_TO:
        return bool(told.address.street or told.address.postcode or told.address.city)
    if name in {"sku", "quantity"}:
        return bool(told.units)
    return getattr(told, name) not in {None, ""}


def same_order(one: Told, other: Told) -> bool:
    """Whether two records that bear the same number are of one order: two shops may count from 1001 each.

    They are if they are of one person, by mail address, name or address, and have something else in common.
    """
    person = (
        bool(one.email and other.email) and not _emails(one.email, other.email),
        bool(one.name and other.name) and not _names(one.name, other.name),
        bool(_key(one.address)) and _key(one.address) == _key(other.address),
    )
    order = (
        one.total is not None and one.total == other.total and one.currency == other.currency,
        bool(one.units) and one.units == other.units,
        one.placed_at is not None
        and other.placed_at is not None
        and abs(one.placed_at - other.placed_at) <= _SAME_DAYS_MS,
    )
    return any(person) and sum(person) + sum(order) >= _SIGNS


def _told(name: str, one: Told, ours: str, other: Told, theirs: str) -> Disagreement:
    return Disagreement(
        name, (Value(one.source, ours, one.seen_at, one.what), Value(other.source, theirs, other.seen_at, other.what))
    )


def _emails(one: str, other: str) -> bool:
    return normalise.email(one) != normalise.email(other)


def _names(one: str, other: str) -> bool:
    """A name may have more words in one system, as with a second name: one must have all of the other's."""
    ours, theirs = set(normalise.name(one)), set(normalise.name(other))
    if not ours or not theirs or _within(ours, theirs) or _within(theirs, ours) or not normalise.comparable(one, other):
        return False
    if normalise.in_latin(one) != normalise.in_latin(other):
        heard, said = normalise.sounds(one), normalise.sounds(other)
        return not (heard <= said or said <= heard)
    joined = "".join(normalise.word_list(one)), "".join(normalise.word_list(other))
    return joined[0] != joined[1]


def _within(few: set[str], many: set[str]) -> bool:
    """Whether every word of one name is in the other, if by its initial alone."""
    rest = many - few
    return all(any(_initial(word, other) for other in rest) for word in few - many)


def _initial(one: str, other: str) -> bool:
    return one[0] == other[0] and 1 in {len(one), len(other)}


def _phones(one: Told, other: Told) -> bool:
    country = one.address.country or other.address.country
    if normalise.same_phone(one.phone, other.phone, country):
        return False
    abroad = other.address.country or country
    return abroad.upper() == country.upper() or not normalise.same_phone(one.phone, other.phone, abroad)


def _addresses(one: Address, other: Address) -> tuple[str, ...]:
    """The parts that differ: street or house, postcode, city, country."""
    parts = []
    if not places.same_street(one.street, other.street):
        parts.append("street")
    if not places.same_postcode(one.postcode, other.postcode):
        parts.append("postcode")
    if not places.same_city(one.city, other.city, f"{one.street} {other.street}"):
        parts.append("city")
    if one.country and other.country and one.country.upper() != other.country.upper():
        parts.append("country")
    return tuple(parts)


def _key(address: Address) -> str:
    street, postcode = normalise.street(address.street).key, normalise.postcode(address.postcode)
    return f"{postcode} {street}" if street and postcode else ""


def address_line(address: Address) -> str:
    """An address in a line, as it is shown."""
    town = " ".join(filter(None, (address.postcode, address.city)))
    return ", ".join(filter(None, (address.street, town, address.country)))


def _money(one: Told, other: Told, *, tolerance: int) -> Iterator[Disagreement]:
    if one.currency and other.currency and one.currency.upper() != other.currency.upper():
        yield _told("currency", one, one.currency, other, other.currency)
    elif one.total is not None and other.total is not None and abs(one.total - other.total) > tolerance:
        currency = one.currency or other.currency
        yield _told("total", one, money_text(one.total, currency), other, money_text(other.total, currency))


def _same_currency(one: Told, other: Told) -> bool:
    return one.currency.upper() == other.currency.upper()


def _tax_agrees(order: Told, tax: int, tolerance: int) -> bool:
    """Whether an invoice's tax is that of the lines; what is on postage may be in it or not, at 27 % at the most."""
    lines = order.tax or 0
    return lines - tolerance <= tax <= lines + order.shipping * 27 // 127 + tolerance


def _taxes_differ(one: Told, other: Told) -> bool:
    if one.tax is None or other.tax is None:
        return False
    return abs(one.tax - other.tax) > _CENT and _same_currency(one, other)


def _tax(one: Told, other: Told) -> Disagreement:
    ours, theirs = money_text(one.tax or 0, one.currency), money_text(other.tax or 0, other.currency)
    return _told("tax", one, ours, other, theirs)


def _is_part(order: Told, billed: Told, count: int) -> bool:
    """Whether invoices are over less than the order, by their goods, or as the first of several may be."""
    if order.total is None or billed.total is None or billed.total >= order.total:
        return False
    ours, theirs = _plain(order.units), _plain(billed.units)
    if ours.keys() & theirs.keys():
        return any(theirs.get(sku, ("", 0))[1] < wanted for sku, (_, wanted) in ours.items())
    return count > 1


def _goods(one: Told, other: Told, *, whole: bool, products: Collection[str] = NO_PRODUCTS) -> Iterator[Disagreement]:
    """Another product in the place of one that was ordered; and more of one than was ordered.

    ``whole``: the other has the whole order and names products as we do, so less is a disagreement as well. Invoices
    have lines for postage, and some call a product by its title: there it takes one that both know, or ``products``
    that are known, and one for one.
    """
    ours, theirs = _plain(one.units), _plain(other.units)
    extra = [sku for sku in theirs if sku not in ours]
    missing = [sku for sku in ours if sku not in theirs]
    known = {"".join(sku.casefold().split()) for sku in products}
    swapped = len(extra) == len(missing) and (bool(ours.keys() & theirs.keys()) or known.issuperset(extra))
    if extra and missing and (whole or swapped):
        yield _told("sku", one, _skus(ours, missing), other, _skus(theirs, extra))
    wrong = [
        sku
        for sku in ours
        if sku in theirs and (theirs[sku][1] > ours[sku][1] or (whole and theirs[sku][1] != ours[sku][1]))
    ]
    if wrong:
        yield _told("quantity", one, _counts(ours, wrong), other, _counts(theirs, wrong))


def _plain(units: Mapping[str, int]) -> dict[str, tuple[str, int]]:
    """By SKU without case and blanks: how it is written, and how many."""
    found: dict[str, tuple[str, int]] = {}
    for sku, count in units.items():
        key = "".join(sku.casefold().split())
        if key:
            found[key] = (sku, found.get(key, ("", 0))[1] + count)
    return found


def _skus(units: Mapping[str, tuple[str, int]], keys: Sequence[str]) -> str:
    return ", ".join(units[key][0] for key in keys)


def _counts(units: Mapping[str, tuple[str, int]], keys: Sequence[str]) -> str:
    return ", ".join(f"{units[key][1]} {units[key][0]}" for key in keys)
