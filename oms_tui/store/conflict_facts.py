"""What each system says of an order, read for some hundred orders at a time, and on what they disagree."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain.conflicts import Address, Told, same_order, with_invoices, with_order
from oms_tui.store.rows import chunks, marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from oms_tui.domain.conflicts import Disagreement, Value
    from oms_tui.store.driver import Connection

_ORDER: Final = (
    "id, source, synced_at, email, coalesce(nullif(ship_phone, ''), phone), ship_name, ship_street, ship_postcode, "
    "ship_city, ship_country, placed_at, currency, total"
)
_TWINS: Final = (
    "SELECT mine.order_id, other.order_id FROM order_keys mine CROSS JOIN order_keys other ON other.kind = 'number' "
    "AND other.value = mine.value AND other.order_id <> mine.order_id WHERE mine.kind = 'number' AND mine.order_id IN"
)
_MOST_TWINS: Final = 5


def disagreements(cache: Connection, orders: Iterable[int]) -> dict[int, list[Disagreement]]:
    """Each of these orders on which systems disagree, and on what: a field once, as told by the first that differs."""
    found: dict[int, list[Disagreement]] = {}
    for part in chunks(orders):
        invoices = _invoices(cache, part)
        twins = _twins(cache, part)
        asked = [order for order in part if order in invoices or order in twins]
        told = _orders(cache, {*asked, *(other for others in twins.values() for other in others)})
        for order in asked:
            if order in told:
                others = [told[other] for other in twins.get(order, ()) if other in told]
                by_field: dict[str, Disagreement] = {}
                for each in _each(told[order], others, invoices.get(order, [])):
                    by_field.setdefault(each.field, each)
                if by_field:
                    found[order] = list(by_field.values())
    return found


def twins_of(cache: Connection, order: int) -> list[int]:
    """Orders of other sources that bear the same number, be they the same order or not."""
    return _twins(cache, [order]).get(order, [])


def _each(order: Told, others: Sequence[Told], invoices: Sequence[Told]) -> Iterator[Disagreement]:
    for other in others:
        if other.source != order.source and same_order(order, other):
            yield from with_order(order, other)
    yield from with_invoices(order, invoices)


def standing(decided: str, values: Sequence[Value]) -> bool:
    """Whether a decision was made on these values: other ones are a new disagreement."""
    return [each[:2] for each in json.loads(decided)] == [[each.source, each.value] for each in values]


def _invoices(cache: Connection, orders: Sequence[int]) -> dict[int, list[Told]]:
    found: dict[int, list[Told]] = {}
    for order, source, synced_at, email, currency, total, lines in cache.execute(
        "SELECT order_id, source, synced_at, email, currency, total, lines FROM invoices "
        f"WHERE order_id IN ({marks(len(orders))}) AND kind = 'invoice' "
        "AND status NOT IN ('void','deleted','draft') ORDER BY order_id, issued_at, id",
        orders,
    ):
        told = Told(source, synced_at, email=email, currency=currency, total=total, units=_units(json.loads(lines)))
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
        for order, sku, quantity in cache.execute(
            f"SELECT order_id, sku, quantity FROM order_lines WHERE order_id IN ({place})", part
        ):
            units.setdefault(order, []).append((sku, quantity))
        for order, *row in cache.execute(f"SELECT {_ORDER} FROM orders WHERE id IN ({place})", part):
            source, seen_at, email, phone, name, street, postcode, city, country, placed_at, currency, total = row
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
                units=_units(units.get(order, [])),
            )
    return found


def _units(lines: Iterable[Sequence[Any]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for sku, quantity, *_ in lines:
        if sku:
            found[str(sku)] = found.get(str(sku), 0) + int(quantity)
    return found
