"""Customers and the ways they are known, into the cache."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from oms_tui.store.compiled_sql import CACHE_COLUMNS
from oms_tui.store.incoming import CUSTOMER_VALUES
from oms_tui.store.ingest_effects import Taken
from oms_tui.store.rows import chunks, insert, marks, new_ids, upsert

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from oms_tui.store.driver import Connection
    from oms_tui.store.incoming import IncomingCustomer
    from oms_tui.store.ingest_effects import Effects

_COLUMNS: Final = (
    "id",
    "source",
    "remote_id",
    "person_id",
    *CUSTOMER_VALUES,
    "recorded_at",
    "synced_at",
    "whole",
    "digest",
)
_UPDATED_AT: Final = CUSTOMER_VALUES.index("updated_at")
_UPSERT: Final = upsert("customers", keep=("recorded_at", "person_id"))
_IDENTITIES: Final = (
    insert("customer_identities")
    + " ON CONFLICT DO UPDATE SET verified=excluded.verified WHERE excluded.verified>verified"
)
if CACHE_COLUMNS["customers"] != _COLUMNS:
    raise AssertionError("the columns of customers moved: ingest_customers writes them in their order")


def ingest_customers(
    cache: Connection, source: str, customers: Sequence[IncomingCustomer], now: int, effects: Effects
) -> tuple[dict[str, int], Taken]:
    """Upsert customers and add their identities (one that went from the source stays: an order may still carry it).

    What an order says of its customer never overrules what was read of the customer itself, nor what a later order
    says.

    Returns:
        the id of each customer by remote id, and what moved of those read as customers.
    """
    latest = _latest(customers)
    known: dict[str, _Known] = {}
    for part in chunks(latest):
        for remote_id, *found in cache.execute(
            "SELECT remote_id, id, person_id, digest, whole, updated_at FROM customers "
            f"WHERE source=? AND remote_id IN ({marks(len(part))})",
            [source, *part],
        ):
            known[remote_id] = _Known(*found)
    fresh = [customer for customer in latest.values() if customer.remote_id not in known]
    names = [(customer.at, f"{source}\x1f{customer.remote_id}") for customer in fresh]
    ids = {
        customer.remote_id: number for customer, number in zip(fresh, new_ids(cache, "customers", names), strict=True)
    }
    taken = Taken()
    rows: list[tuple[Any, ...]] = []
    identities: list[tuple[Any, ...]] = []
    doubtful: list[tuple[Any, ...]] = []
    later: list[tuple[Any, ...]] = []  # the same as before, said by a later order
    moved: set[int] = set()
    for remote_id, customer in latest.items():
        there = known.get(remote_id)
        number = ids[remote_id] if there is None else there.id
        ids[remote_id] = number
        ways = [(number, kind, value, verified, source) for kind, value, verified in customer.identities]
        if there is not None and not _overrules(customer, there):
            doubtful += ways
            if not (customer.whole or there.whole) and (customer.values[_UPDATED_AT] or 0) > (there.updated_at or 0):
                later.append((customer.values[_UPDATED_AT], number))
            continue
        person = number if there is None else there.person_id
        rows.append(
            (number, source, remote_id, person, *customer.values, now, now, int(customer.whole), customer.digest)
        )
        identities += ways
        if there is not None:
            moved.add(number)
        if customer.whole:
            taken.changed += 1
            taken.fresh += int(there is None or not there.whole)
    if added := _not_there(cache, doubtful):
        moved.update(way[0] for way in added)
        identities += added
    cache.executemany(_UPSERT, rows)
    cache.executemany("UPDATE customers SET updated_at=? WHERE id=?", later)
    cache.executemany(_IDENTITIES, identities)
    touched = list(orders_of(cache, moved))
    effects.dirty.update(touched)
    effects.words.update(touched)
    return ids, taken


@dataclass(slots=True)
class _Known:
    id: int
    person_id: int
    digest: str
    whole: int
    updated_at: int | None


def _not_there(cache: Connection, identities: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    there: set[tuple[Any, ...]] = set()
    for part in chunks({way[0] for way in identities}):
        there.update(
            cache.execute(
                f"SELECT customer_id, kind, value FROM customer_identities WHERE customer_id IN ({marks(len(part))})",
                part,
            )
        )
    return [way for way in identities if way[:3] not in there]


def orders_of(cache: Connection, customer_ids: Iterable[int]) -> Iterable[int]:
    """The orders of these customers."""
    for part in chunks(customer_ids):
        for (order_id,) in cache.execute(f"SELECT id FROM orders WHERE customer_id IN ({marks(len(part))})", part):
            yield order_id


def _latest(customers: Sequence[IncomingCustomer]) -> dict[str, IncomingCustomer]:
    """One of each: of several orders of a page the latest speaks, and a customer read as such goes before all."""
    latest: dict[str, IncomingCustomer] = {}
    for customer in customers:
        other = latest.get(customer.remote_id)
        if other is None:
            latest[customer.remote_id] = customer
        elif customer is not other:
            ahead, behind = (customer, other) if _rank(customer) >= _rank(other) else (other, customer)
            if more := [identity for identity in behind.identities if identity not in ahead.identities]:
                ahead.identities = (*ahead.identities, *more)
            latest[customer.remote_id] = ahead
    return latest


def _rank(customer: IncomingCustomer) -> tuple[bool, int]:
    return customer.whole, customer.values[_UPDATED_AT] or 0


def _overrules(customer: IncomingCustomer, there: _Known) -> bool:
    if customer.digest == there.digest and customer.whole == there.whole:
        return False
    if customer.whole or there.whole:
        return customer.whole
    return (customer.values[_UPDATED_AT] or 0) >= (there.updated_at or 0)
