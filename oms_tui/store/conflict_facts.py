"""What each system says of an order, read for some hundred orders at a time, and on what they disagree."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain.conflict_fields import ADDRESS_PARTS
from oms_tui.domain.conflicts import (
    Address,
    Told,
    joined,
    same_order,
    with_invoices,
    with_order,
    with_parcels,
    with_purchases,
)
from oms_tui.store.rows import chunks, marks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from oms_tui.domain.conflicts import Disagreement, Value
    from oms_tui.store.driver import Connection

_ORDER: Final = (
    "id, source, synced_at, email, coalesce(nullif(ship_phone, ''), phone), ship_name, ship_street, ship_postcode, "
    "ship_city, ship_country, placed_at, currency, total, shipping"
)
_TWINS: Final = (
    "SELECT mine.order_id, other.order_id FROM order_keys mine CROSS JOIN order_keys other ON other.kind = 'number' "
    "AND other.value = mine.value AND other.order_id <> mine.order_id WHERE mine.kind = 'number' AND mine.order_id IN"
)
_MOST_TWINS: Final = 5
LABEL: Final = "label"
INVOICE: Final = "invoice"


def disagreements(cache: Connection, orders: Iterable[int]) -> dict[int, list[Disagreement]]:
    """Each of these orders on which systems disagree, and on what: a field once, with every side of it."""
    found: dict[int, list[Disagreement]] = {}
    for part in chunks(orders):
        for order, sides in _sides(cache, part).items():
            if fields := joined(_each(sides)):
                found[order] = fields
    return found


@dataclass(slots=True)
class Sides:
    """What each system says of one order: the order itself, other orders of its number, and what hangs off it.

    ``products``: of what was not ordered but billed or packed, the SKUs that are products of the house.
    """

    order: Told
    twins: list[Told] = field(default_factory=list)
    invoices: list[Told] = field(default_factory=list)
    parcels: list[Told] = field(default_factory=list)
    purchases: list[Told] = field(default_factory=list)
    products: frozenset[str] = frozenset()

    def all(self) -> list[Told]:
        """Everybody who says something, the order first."""
        return [self.order, *self.twins, *self.invoices, *self.parcels, *self.purchases]


def sides_of(cache: Connection, order: int) -> Sides | None:
    """What each system says of one order; None where nothing could disagree with it."""
    return _sides(cache, [order]).get(order)


def _sides(cache: Connection, orders: Sequence[int]) -> dict[int, Sides]:
    invoices, parcels, purchases = _invoices(cache, orders), _parcels(cache, orders), _purchases(cache, orders)
    twins = _twins(cache, orders)
    asked = [order for order in orders if any(order in each for each in (invoices, twins, parcels, purchases))]
    told = _orders(cache, {*asked, *(other for others in twins.values() for other in others)})
    found = {}
    for order in asked:
        if (own := told.get(order)) is not None:
            others = [told[other] for other in twins.get(order, ()) if other in told]
            same = [other for other in others if other.source != own.source and same_order(own, other)]
            hanging = invoices.get(order, []), parcels.get(order, []), purchases.get(order, [])
            found[order] = Sides(own, same, *hanging)
    _know_products(cache, found.values())
    return found


def _know_products(cache: Connection, told: Collection[Sides]) -> None:
    """Which of the SKUs that some order does not have are products: somebody ordered them, or they are in stock."""
    strange: dict[str, None] = {}
    for sides in told:
        for other in (*sides.invoices, *sides.parcels, *sides.purchases):
            strange |= dict.fromkeys(sku for sku in other.units if sku not in sides.order.units)
    known: set[str] = set()
    for part in chunks(strange):
        values = ",".join(["(?)"] * len(part))
        known.update(
            sku
            for (sku,) in cache.execute(
                f"WITH asked(sku) AS (VALUES {values}) SELECT sku FROM asked WHERE "
                "EXISTS (SELECT 1 FROM stock_levels s WHERE s.sku = asked.sku) "
                "OR EXISTS (SELECT 1 FROM order_lines l WHERE l.sku = asked.sku)",
                part,
            )
        )
    if known:
        for sides in told:
            sides.products = frozenset(known)


def twins_of(cache: Connection, order: int) -> list[int]:
    """Orders of other sources that bear the same number, be they the same order or not."""
    return _twins(cache, [order]).get(order, [])


def _each(sides: Sides) -> Iterator[Disagreement]:
    for other in sides.twins:
        yield from with_order(sides.order, other)
    yield from with_invoices(sides.order, sides.invoices, sides.products)
    yield from with_parcels(sides.order, sides.parcels, sides.products)
    yield from with_purchases(sides.order, sides.purchases, sides.products)


def standing(decided: str, values: Sequence[Value]) -> bool:
    """Whether a decision was made on these values: other ones are a new disagreement."""
    return [each[:2] for each in json.loads(decided)] == [[each.source, each.value] for each in values]


def _invoices(cache: Connection, orders: Sequence[int]) -> dict[int, list[Told]]:
    found: dict[int, list[Told]] = {}
    for order, source, synced_at, email, currency, total, tax, lines in cache.execute(
        "SELECT order_id, source, synced_at, email, currency, total, tax, lines FROM invoices "
        f"WHERE order_id IN ({marks(len(orders))}) AND kind = 'invoice' "
        "AND status NOT IN ('void','deleted','draft') ORDER BY order_id, issued_at, id",
        orders,
    ):
        units = _units(json.loads(lines))
        told = Told(source, synced_at, email=email, currency=currency, total=total, tax=tax, units=units, what=INVOICE)
        found.setdefault(order, []).append(told)
    return found


def _parcels(cache: Connection, orders: Sequence[int]) -> dict[int, list[Told]]:
    """Parcels that will travel, or did, with what their labels and packing lists say."""
    found: dict[int, list[Told]] = {}
    for order, source, synced_at, ship_to, lines in cache.execute(
        "SELECT order_id, source, synced_at, ship_to, lines FROM shipments "
        f"WHERE order_id IN ({marks(len(orders))}) AND state <> 'cancelled' AND (ship_to <> '' OR lines <> '[]') "
        "ORDER BY order_id, id",
        orders,
    ):
        label = json.loads(ship_to) if ship_to else {}
        place = Address(*(str(label.get(name, "")) for name in ADDRESS_PARTS))
        units = _units(json.loads(lines))
        told = Told(source, synced_at, name=str(label.get("name", "")), address=place, units=units, what=LABEL)
        found.setdefault(order, []).append(told)
    return found


def _purchases(cache: Connection, orders: Sequence[int]) -> dict[int, list[Told]]:
    """Orders to vendors who send the goods to the customer themselves."""
    found: dict[int, list[Told]] = {}
    for order, source, synced_at, vendor, lines in cache.execute(
        "SELECT order_id, source, synced_at, vendor, lines FROM purchase_orders "
        f"WHERE order_id IN ({marks(len(orders))}) AND drop_ship = 1 AND lines <> '[]' "
        "AND request_status NOT IN ('rejected','cancellation_accepted') ORDER BY order_id, id",
        orders,
    ):
        told = Told(source, synced_at, units=_units(json.loads(lines)), what=f"order to {vendor}")
        found.setdefault(order, []).append(told)
    return found


def _twins(cache: Connection, orders: Sequence[int]) -> dict[int, list[int]]:
    sources = cache.execute("SELECT count(*) FROM meta WHERE key LIKE 'brings_orders:%'").fetchone()[0]
    found: dict[int, list[int]] = {}
    if sources > 1:
        for order, other in cache.execute(f"{_TWINS} ({marks(len(orders))})", orders):
            others = found.setdefault(order, [])
            if len(others) < _MOST_TWINS:
                others.append(other)
    return found


def _orders(cache: Connection, orders: Iterable[int]) -> dict[int, Told]:
    found: dict[int, Told] = {}
    for part in chunks(orders):
        place = marks(len(part))
        units: dict[int, list[tuple[str, int]]] = {}
        taxes: dict[int, int] = {}
        for order, sku, quantity, tax in cache.execute(
            f"SELECT order_id, sku, quantity, tax FROM order_lines WHERE order_id IN ({place})", part
        ):
            units.setdefault(order, []).append((sku, quantity))
            if tax is not None:  # a line without one beside taxed ones is a line without tax
                taxes[order] = taxes.get(order, 0) + tax
        for order, *row in cache.execute(f"SELECT {_ORDER} FROM orders WHERE id IN ({place})", part):
            source, seen_at, email, phone, name, street, postcode, city, country, placed_at, *money = row
            currency, total, shipping = money
            found[order] = Told(
                source=source,
                seen_at=seen_at,
                email=email,
                phone=phone,
                name=name,
                address=Address(street, postcode, city, country),
                placed_at=placed_at,
                currency=currency,
                total=total,
                tax=taxes.get(order),
                shipping=shipping,
                units=_units(units.get(order, [])),
                order_id=order,
            )
    return found


def _units(lines: Iterable[Sequence[Any]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for sku, quantity, *_ in lines:
        if sku:
            found[str(sku)] = found.get(str(sku), 0) + int(quantity)
    return found
