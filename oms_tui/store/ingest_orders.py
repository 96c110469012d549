"""Orders with their lines, customers and numbers into the cache: in pages, only what changed, and what changed noted.

Every function here works inside the caller's transaction (records and cursor are committed together).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from oms_tui.store.compiled_sql import CACHE_COLUMNS
from oms_tui.store.ids import timed_id
from oms_tui.store.incoming import ORDER_VALUES
from oms_tui.store.rows import chunks, insert, marks, upsert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oms_tui.store.driver import Connection
    from oms_tui.store.incoming import IncomingCustomer, IncomingOrder

_OBSERVED = {
    "state": "order",
    "payment_status": "payment",
    "fulfillment_status": "fulfillment",
    "return_status": "return",
    "promised_at": "promise",
}
_ADDRESS = ("ship_name", "ship_company", "ship_street", "ship_city", "ship_region", "ship_postcode", "ship_country", "ship_phone")
_PLACE = {name: index for index, name in enumerate(ORDER_VALUES)}
_KEEP = ("recorded_at",)


def ingest_orders(cache: Connection, source: str, orders: Sequence[IncomingOrder], now: int) -> int:
    """Upsert orders; returns how many really changed. Marks those dirty, so that their queue rows are derived again.

    Args:
        cache: the cache's connection, in a transaction.
        source: the source's name in the config.
        orders: one page; a remote id that occurs twice counts with its last occurrence.
        now: milliseconds since 1970 UTC.
    """
    latest = {order.remote_id: order for order in orders}
    known: dict[str, tuple[int, str]] = {}
    for part in chunks(latest):
        for remote_id, number, digest in cache.execute(
            f"SELECT remote_id, id, digest FROM orders WHERE source=? AND remote_id IN ({marks(len(part))})", [source, *part]
        ):
            known[remote_id] = (number, digest)
    fresh = [order for order in latest.values() if order.remote_id not in known]
    moved = [order for order in latest.values() if order.remote_id in known and known[order.remote_id][1] != order.digest]
    same = [known[remote_id][0] for remote_id, order in latest.items() if remote_id in known and known[remote_id][1] == order.digest]
    for part in chunks(same):
        cache.execute(f"UPDATE orders SET synced_at=? WHERE id IN ({marks(len(part))})", [now, *part])
    if not fresh and not moved:
        return 0
    ids = _new_ids(cache, source, fresh) | {order.remote_id: known[order.remote_id][0] for order in moved}
    if moved:
        _observe(cache, source, {ids[order.remote_id]: order for order in moved}, now)
    changed = [*fresh, *moved]
    customers = _customers(cache, source, changed, now)
    rows, lines, keys = [], [], []
    for order in changed:
        number = ids[order.remote_id]
        customer = customers.get(order.customer.remote_id) if order.customer else None
        rows.append(_row(number, source, order, customer, now))
        lines += [(number, *line) for line in order.lines]
        keys += [(kind, value, number, value[::-1]) for kind, value in order.keys]
    if moved:
        numbers = [(ids[order.remote_id],) for order in moved]
        cache.executemany("DELETE FROM order_lines WHERE order_id=?", numbers)
        cache.executemany("DELETE FROM order_keys WHERE order_id=? AND kind IN ('number','remote_id','reference')", numbers)
    cache.executemany(upsert("orders", keep=_KEEP), rows)
    cache.executemany(insert("order_lines", ignore=True), lines)
    cache.executemany(insert("order_keys", ignore=True), keys)
    cache.executemany("INSERT OR IGNORE INTO dirty(order_id) VALUES (?)", [(number,) for number in ids.values()])
    return len(changed)


def _row(number: int, source: str, order: IncomingOrder, customer: int | None, now: int) -> list[Any]:
    given = dict(zip(ORDER_VALUES, order.values, strict=True)) if len(order.values) != len(_PLACE) else None
    values = order.values
    row: list[Any] = []
    for column in _ORDER_COLUMNS:
        place = _PLACE.get(column)
        if place is not None:
            row.append(values[place] if given is None else given[column])
        elif column == "id":
            row.append(number)
        elif column == "source":
            row.append(source)
        elif column == "remote_id":
            row.append(order.remote_id)
        elif column == "customer_id":
            row.append(customer)
        elif column == "digest":
            row.append(order.digest)
        else:
            row.append(now)
    return row


_ORDER_COLUMNS = CACHE_COLUMNS["orders"]


def _new_ids(cache: Connection, source: str, orders: Sequence[IncomingOrder]) -> dict[str, int]:
    """An id for each new order, moved on by one where the id is taken (exports often share one second)."""
    wanted: dict[int, str] = {}
    for order in orders:
        number = timed_id(order.placed_at, f"{source}\x1f{order.remote_id}")
        while number in wanted:
            number += 1
        wanted[number] = order.remote_id
    taken: set[int] = set()
    for part in chunks(wanted):
        taken.update(number for (number,) in cache.execute(f"SELECT id FROM orders WHERE id IN ({marks(len(part))})", list(part)))
    given: dict[str, int] = {}
    for number, remote_id in wanted.items():
        free = number
        while free in taken or (free != number and free in wanted):
            free += 1
            if cache.execute("SELECT 1 FROM orders WHERE id=?", (free,)).fetchone():
                taken.add(free)
        taken.add(free)
        given[remote_id] = free
    return given


def _customers(cache: Connection, source: str, orders: Sequence[IncomingOrder], now: int) -> dict[str, int]:
    found = {order.customer.remote_id: order.customer for order in orders if order.customer}
    return ingest_customers(cache, source, list(found.values()), now) if found else {}


def ingest_customers(cache: Connection, source: str, customers: Sequence[IncomingCustomer], now: int) -> dict[str, int]:
    """Upsert customers and add their identities (one that went from the source stays: an order may still carry it).

    Returns:
        the id of each customer by remote id.
    """
    latest = {customer.remote_id: customer for customer in customers}
    known: dict[str, tuple[int, int]] = {}
    for part in chunks(latest):
        for remote_id, number, person in cache.execute(
            f"SELECT remote_id, id, person_id FROM customers WHERE source=? AND remote_id IN ({marks(len(part))})", [source, *part]
        ):
            known[remote_id] = (number, person)
    rows, identities, ids = [], [], {}
    for customer in latest.values():
        number = known[customer.remote_id][0] if customer.remote_id in known else _customer_id(cache, source, customer, ids)
        person = known[customer.remote_id][1] if customer.remote_id in known else number
        ids[customer.remote_id] = number
        rows.append(
            (
                number, source, customer.remote_id, person, customer.name, customer.company, customer.tags, customer.address,
                customer.consent_marketing, customer.created_at, customer.updated_at, now, now,
            )
        )  # fmt: skip
        identities += [(number, kind, value, verified, source) for kind, value, verified in customer.identities]
    cache.executemany(upsert("customers", keep=("recorded_at", "person_id")), rows)
    cache.executemany(
        insert("customer_identities") + " ON CONFLICT DO UPDATE SET verified=max(verified, excluded.verified)", identities
    )
    return ids


def _customer_id(cache: Connection, source: str, customer: IncomingCustomer, given: dict[str, int]) -> int:
    number = timed_id(customer.created_at or 0, f"{source}\x1f{customer.remote_id}")
    while number in given.values() or cache.execute("SELECT 1 FROM customers WHERE id=?", (number,)).fetchone():
        number += 1
    return number


def _observe(cache: Connection, source: str, orders: dict[int, IncomingOrder], now: int) -> None:
    """Write down what moved since the last read: the timeline shows it, the source often keeps no history."""
    names = [*_OBSERVED, *_ADDRESS, "number"]
    observations = []
    for part in chunks(orders):
        query = f"SELECT id,{','.join(names)} FROM orders WHERE id IN ({marks(len(part))})"
        for number, *old in cache.execute(query, list(part)):
            order = orders[number]
            new = [order.values[_PLACE[name]] for name in names]
            before, after = dict(zip(names, old, strict=True)), dict(zip(names, new, strict=True))
            at = order.values[_PLACE["updated_at"]] or now
            for name, kind in _OBSERVED.items():
                if before[name] != after[name] and name != "promised_at":
                    observations.append((number, at, kind, f"{name.replace('_', ' ')}: {before[name]} → {after[name]}", {name: [before[name], after[name]]}))
            if before["promised_at"] != after["promised_at"] and before["promised_at"]:
                observations.append((number, at, "promise", "promised date moved", {"promised_at": [before["promised_at"], after["promised_at"]]}))
            if any(before[name] != after[name] for name in _ADDRESS):
                moved = {name: [before[name], after[name]] for name in _ADDRESS if before[name] != after[name]}
                observations.append((number, at, "address", "shipping address changed", moved))
    for number, at, kind, summary, data in observations:
        add_observation(cache, order_id=number, at=at, now=now, kind=kind, source=source, summary=summary, data=data)


def add_observation(
    cache: Connection, *, order_id: int, at: int, now: int, kind: str, source: str, summary: str, data: dict[str, Any] | None = None, source_id: str = ""
) -> None:
    """Append an observation to an order's timeline; the same one twice (a replayed page) is one."""
    text = json.dumps(data or {}, ensure_ascii=False, sort_keys=True)
    number = timed_id(at, f"{order_id}\x1f{kind}\x1f{source}\x1f{source_id}\x1f{summary}\x1f{text}")
    cache.execute(insert("observations", ignore=True), (number, order_id, at, now, kind, source, source_id, summary, text))
