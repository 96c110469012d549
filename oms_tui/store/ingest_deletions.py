"""What a source says is gone.

What hangs off an order goes from the cache. The order itself stays, cancelled and marked: mails lie on it and people
have written on it, and none of that may vanish with it (a cache made anew no longer has it).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from oms_tui.store.ingest_customers import orders_of
from oms_tui.store.ingest_effects import Taken
from oms_tui.store.ingest_joined import NUMBER_COLUMN
from oms_tui.store.ingest_names import of_record
from oms_tui.store.ingest_observed import Observation, observe
from oms_tui.store.ingest_parcels import stand_in
from oms_tui.store.rows import chunks, marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from oms_tui.store.driver import Connection
    from oms_tui.store.ingest_effects import Effects

TABLES: Final = {
    "shipment": "shipments",
    "payment": "payments",
    "refund": "refunds",
    "dispute": "disputes",
    "invoice": "invoices",
    "purchase_order": "purchase_orders",
    "note": "source_notes",
}
_OBSERVED: Final = {
    "shipment": ("fulfillment", "parcel"),
    "payment": ("payment", "payment"),
    "refund": ("payment", "refund"),
    "invoice": ("payment", "invoice"),
    "purchase_order": ("purchase_order", "purchase order"),
}
DELETED: Final = "deleted"
"""The word in an order's ``raw_status`` that says it is gone at its source."""


def ingest_deletions(
    cache: Connection, source: str, gone: Iterable[tuple[str, str]], now: int, effects: Effects
) -> Taken:
    """Take away what is gone; what was never here is passed over.

    Args:
        cache: in a transaction.
        source: the source's name in the config.
        gone: kind (the record's class name in lower snake case) and remote id of each. Of stock the remote id is the
            sku, or ``sku@location``; of tracking it is the aggregator's id.
        now: milliseconds since 1970 UTC.
        effects: what is to be done at the page's end.

    Returns:
        ``fresh`` is how many fewer records there are, as a negative number.
    """
    by_kind: dict[str, list[str]] = {}
    for kind, remote_id in gone:
        by_kind.setdefault(kind, []).append(remote_id)
    count = 0
    for kind, ids in by_kind.items():
        if kind in TABLES:
            count += _records(cache, source, kind, ids, effects, now=now)
        elif kind == "order":
            count += _orders(cache, source, ids, now, effects)
        elif kind == "customer":
            count += _customers(cache, source, ids, effects)
        elif kind == "stock":
            count += sum(_stock(cache, source, one, effects) for one in ids)
        elif kind == "tracking":
            count += _trackers(cache, source, ids, effects, now=now)
    return Taken(-count, count)


def _records(cache: Connection, source: str, kind: str, ids: Sequence[str], effects: Effects, *, now: int) -> int:
    table = TABLES[kind]
    number = NUMBER_COLUMN.get(table, "''")
    count = 0
    observations: list[Observation] = []
    for part in chunks(ids):
        rows = cache.execute(
            f"SELECT id, remote_id, order_id, {number} FROM {table} "
            f"WHERE source=? AND remote_id IN ({marks(len(part))})",
            [source, *part],
        ).fetchall()
        for record, remote_id, order, shown in rows:
            effects.names.update(of_record(table, source, remote_id, shown))
            effects.records.discard((table, record))
            if table == "shipments" and shown:
                effects.parcels.add(shown)
            if order is not None:
                effects.dirty.add(order)
                effects.keyed.add(order)
                if kind in _OBSERVED:
                    event, called = _OBSERVED[kind]
                    name = " ".join(filter(None, (called, shown)))
                    observations.append(Observation(order, now, event, source, f"{name}: deleted there", remote_id))
            cache.execute("DELETE FROM record_names WHERE record=? AND record_table=?", (record, table))
            cache.execute(f"DELETE FROM {table} WHERE id=?", (record,))
        count += len(rows)
    observe(cache, observations, now)
    return count


def _orders(cache: Connection, source: str, ids: Sequence[str], now: int, effects: Effects) -> int:
    observations: list[Observation] = []
    for part in chunks(ids):
        rows = cache.execute(
            f"SELECT id, state, raw_status FROM orders WHERE source=? AND remote_id IN ({marks(len(part))})",
            [source, *part],
        ).fetchall()
        for order, state, raw in rows:
            words = json.loads(raw)
            if DELETED in words:
                continue
            words[DELETED] = "true"
            # Without a digest the next version that is read counts, if the source brings it back.
            cache.execute(
                "UPDATE orders SET state=?, raw_status=?, digest='', synced_at=? WHERE id=?",
                ("closed" if state == "closed" else "cancelled", json.dumps(words, ensure_ascii=False), now, order),
            )
            observations.append(
                Observation(
                    order, now, "cancelled", source, "the order was deleted there", data={"state": [state, DELETED]}
                )
            )
            effects.dirty.add(order)
    observe(cache, observations, now)
    return len(observations)


def _customers(cache: Connection, source: str, ids: Sequence[str], effects: Effects) -> int:
    count = 0
    for part in chunks(ids):
        found = [
            number
            for (number,) in cache.execute(
                f"SELECT id FROM customers WHERE source=? AND remote_id IN ({marks(len(part))})", [source, *part]
            )
        ]
        orders = list(orders_of(cache, found))
        places = marks(len(found))
        cache.execute(f"UPDATE orders SET customer_id=NULL, digest='' WHERE customer_id IN ({places})", found)
        cache.execute(f"DELETE FROM customer_identities WHERE customer_id IN ({places})", found)
        cache.execute(f"DELETE FROM customers WHERE id IN ({places})", found)
        effects.dirty.update(orders)
        effects.words.update(orders)
        count += len(found)
    return count


def _stock(cache: Connection, source: str, name: str, effects: Effects) -> int:
    sku, at, location = name.rpartition("@")
    for condition, arguments in (
        ("sku=?", (name,)),
        *((("sku=? AND location=?", (sku, location)),) if at else ()),
    ):
        found = cache.execute(f"DELETE FROM stock_levels WHERE source=? AND {condition}", (source, *arguments)).rowcount
        if found:
            effects.skus.add(arguments[0])
            return int(found)
    return 0


def _trackers(cache: Connection, source: str, ids: Sequence[str], effects: Effects, *, now: int) -> int:
    count = 0
    for part in chunks(ids):
        rows = cache.execute(
            "SELECT id, carrier, tracking_number, remote_id FROM trackers "
            f"WHERE source=? AND remote_id IN ({marks(len(part))})",
            [source, *part],
        ).fetchall()
        for tracker, carrier, number, remote_id in rows:
            cache.execute("DELETE FROM tracking_events WHERE tracker_id=?", (tracker,))
            cache.execute("DELETE FROM trackers WHERE id=?", (tracker,))
            effects.parcels.add(number)
            effects.told.add(number)
            _records(cache, source, "shipment", [stand_in(carrier, number, remote_id)], effects, now=now)
        count += len(rows)
    return count
