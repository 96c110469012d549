"""What hangs off orders into the cache: parcels, payments, refunds, disputes, invoices, orders to vendors, notes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from oms_tui.store.compiled_sql import CACHE_COLUMNS
from oms_tui.store.incoming import JOINED_VALUES, OrderName
from oms_tui.store.ingest_effects import Taken
from oms_tui.store.ingest_names import STAND_IN, of_record
from oms_tui.store.ingest_observed import Observation, observe, record_moves
from oms_tui.store.rows import chunks, marks, new_ids, upsert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oms_tui.store.driver import Connection
    from oms_tui.store.incoming import IncomingJoined
    from oms_tui.store.ingest_effects import Effects

NUMBER_COLUMN: Final = {"shipments": "tracking_number", "invoices": "number", "purchase_orders": "number"}
"""The column with the number that people use of a record; the other kinds have none but their id."""

_NUMBER_AT: Final = {table: JOINED_VALUES[table].index(column) for table, column in NUMBER_COLUMN.items()}

_DELIVERED_AT: Final = JOINED_VALUES["shipments"].index("delivered_at")
_UPDATED_AT: Final = {
    table: columns.index("updated_at") for table, columns in JOINED_VALUES.items() if "updated_at" in columns
}
_GIVEN: Final = ("order_id", "tracker_id", "recorded_at")  # what the joining and the first read gave stays


def ref_text(name: OrderName) -> str:
    """How a record names its order, as JSON of what is known; "" if it names none."""
    found = {field: value for field in OrderName.__slots__ if (value := getattr(name, field))}
    return json.dumps(found, ensure_ascii=False) if found else ""


def ref_of(text: str) -> OrderName:
    """The name again."""
    return OrderName(**json.loads(text)) if text else OrderName()


def ingest_joined(
    cache: Connection, source: str, records: Sequence[IncomingJoined], now: int, effects: Effects
) -> Taken:
    """Upsert records of any of the tables; the joining follows at the page's end (``ingest_settling.settle``)."""
    by_table: dict[str, dict[str, IncomingJoined]] = {}
    for record in records:
        by_table.setdefault(record.table, {})[record.remote_id] = record
    taken = Taken()
    for table, latest in by_table.items():
        taken += _ingest(cache, table, source, latest, effects, now=now)
    return taken


def _ingest(
    cache: Connection, table: str, source: str, latest: dict[str, IncomingJoined], effects: Effects, *, now: int
) -> Taken:
    values = ",".join(f'"{name}"' for name in JOINED_VALUES[table])
    known: dict[str, tuple[Any, ...]] = {}
    for part in chunks(latest):
        for row in cache.execute(
            f"SELECT remote_id, id, order_id, ref, {values} FROM {table} "
            f"WHERE source=? AND remote_id IN ({marks(len(part))})",
            [source, *part],
        ):
            known[row[0]] = row
    fresh = [record for record in latest.values() if record.remote_id not in known]
    names = [(record.at, f"{source}\x1f{record.remote_id}") for record in fresh]
    ids = {record.remote_id: number for record, number in zip(fresh, new_ids(cache, table, names), strict=True)}
    # Most records name their order by its own id: those are joined before they are written, the others afterwards.
    orders = _orders_by_id(cache, source, [record for record in fresh if _names_only_its_order(record)])
    rows: list[tuple[Any, ...]] = []
    same: list[int] = []
    observations: list[Observation] = []
    number_at = _NUMBER_AT.get(table)
    for remote_id, record in latest.items():
        ref = ref_text(record.order)
        there = known.get(remote_id)
        if there is None:
            number = ids[remote_id]
            order = orders.get(record.order.remote_id) if _names_only_its_order(record) else None
        else:
            number, order = there[1], there[2]
            if there[3] == ref and there[4:] == record.values:
                same.append(number)
                continue
            observations += _moved(table, source, record, there, now)
        head = (source, remote_id, ref, now, now, number, order)
        rows.append((*head, None, *record.values) if table == "shipments" else (*head, *record.values))
        shown = record.values[number_at] if number_at is not None else ""
        if there is None and order is not None:
            effects.dirty.add(order)
            effects.keyed.add(order)
        else:
            effects.records.add((table, number))
        effects.names.update(of_record(table, source, remote_id, shown))
        if there is not None:
            _was(table, source, remote_id, there, effects)
        if table == "shipments" and shown:
            effects.parcels.add(shown)
    for unmoved in chunks(same):
        cache.execute(f"UPDATE {table} SET synced_at=? WHERE id IN ({marks(len(unmoved))})", (now, *unmoved))
    observe(cache, observations, now)
    cache.executemany(upsert(table, keep=tuple(name for name in _GIVEN if name in CACHE_COLUMNS[table])), rows)
    return Taken(len(fresh), len(rows))


for _table, _columns in JOINED_VALUES.items():
    _tracker = ("tracker_id",) if _table == "shipments" else ()
    if CACHE_COLUMNS[_table] != (
        *("source", "remote_id", "ref", "recorded_at", "synced_at", "id", "order_id"),
        *_tracker,
        *_columns,
    ):
        raise AssertionError(f"the columns of {_table} moved: ingest_joined writes them in their order")


def _names_only_its_order(record: IncomingJoined) -> bool:
    name = record.order
    if not name.remote_id or name.source or name.payment or name.reference or name.purchase:
        return False
    # A parcel that was delivered may be older than the order it names; one that its carrier told of gives way.
    return record.table != "shipments" or (
        record.values[_DELIVERED_AT] is None and not record.remote_id.startswith(STAND_IN)
    )


def _orders_by_id(cache: Connection, source: str, records: Sequence[IncomingJoined]) -> dict[str, int]:
    named = {record.order.remote_id for record in records}
    found: dict[str, int] = {}
    for part in chunks(named):
        found.update(
            cache.execute(
                f"SELECT remote_id, id FROM orders WHERE source=? AND remote_id IN ({marks(len(part))})",
                [source, *part],
            )
        )
    return found


def _moved(table: str, source: str, record: IncomingJoined, there: tuple[Any, ...], now: int) -> list[Observation]:
    order = there[2]
    if order is None:
        return []
    at_place = _UPDATED_AT.get(table)
    at = (record.values[at_place] if at_place is not None else None) or now
    return [
        Observation(order, at, kind, source, summary, record.remote_id, data)
        for kind, summary, data in record_moves(table, there[4:], record.values)
    ]


def _was(table: str, source: str, remote_id: str, there: tuple[Any, ...], effects: Effects) -> None:
    """Remember what a record was before: its order, and the number it may no longer bear."""
    order = there[2]
    number_at = _NUMBER_AT.get(table)
    number = there[4 + number_at] if number_at is not None else ""
    effects.names.update(of_record(table, source, remote_id, number))
    if order is not None:
        effects.dirty.add(order)
        effects.keyed.add(order)
    if table == "shipments" and number:
        effects.parcels.add(number)
