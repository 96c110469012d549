"""Orders with their lines, customers and numbers into the cache: in pages, only what changed, and what changed noted.

Every function here works inside the caller's transaction (records and cursor are committed together). The last read
counts, whatever a record says of its own age: sources' clocks jump, and a change does not always move ``updated_at``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from oms_tui.store.compiled_sql import CACHE_COLUMNS
from oms_tui.store.incoming import ORDER_VALUES
from oms_tui.store.ingest_customers import ingest_customers
from oms_tui.store.ingest_effects import Taken
from oms_tui.store.ingest_names import of_order
from oms_tui.store.ingest_observed import observe_orders
from oms_tui.store.order_keys import OWN_KINDS
from oms_tui.store.rows import chunks, insert, marks, new_ids, upsert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oms_tui.store.driver import Connection
    from oms_tui.store.incoming import IncomingOrder
    from oms_tui.store.ingest_effects import Effects

_BEFORE_CUSTOMER: Final = CACHE_COLUMNS["orders"].index("customer_id") - 3
_COLUMNS: Final = (
    "id",
    "source",
    "remote_id",
    *ORDER_VALUES[:_BEFORE_CUSTOMER],
    "customer_id",
    *ORDER_VALUES[_BEFORE_CUSTOMER:],
    "recorded_at",
    "synced_at",
    "digest",
)
if CACHE_COLUMNS["orders"] != _COLUMNS:
    raise AssertionError("the columns of orders moved: ingest_orders writes them in their order")
_OWN_KEYS: Final = f"order_id=? AND kind IN ({','.join(repr(kind) for kind in OWN_KINDS)})"


def ingest_orders(cache: Connection, source: str, orders: Sequence[IncomingOrder], now: int, effects: Effects) -> Taken:
    """Upsert orders with their lines and numbers; those that really changed are in ``effects``.

    Args:
        cache: the cache's connection, in a transaction.
        source: the source's name in the config.
        orders: one page; a remote id that occurs twice counts with its last occurrence.
        now: milliseconds since 1970 UTC.
        effects: what is to be done at the page's end.
    """
    latest = {order.remote_id: order for order in orders}
    known: dict[str, tuple[int, str]] = {}
    for part in chunks(latest):
        for remote_id, number, digest in cache.execute(
            f"SELECT remote_id, id, digest FROM orders WHERE source=? AND remote_id IN ({marks(len(part))})",
            [source, *part],
        ):
            known[remote_id] = (number, digest)
    fresh: list[IncomingOrder] = []
    moved: list[IncomingOrder] = []
    same: list[int] = []
    for remote_id, order in latest.items():
        there = known.get(remote_id)
        if there is None:
            fresh.append(order)
        elif there[1] != order.digest:
            moved.append(order)
        else:
            same.append(there[0])
    for unmoved in chunks(same):
        cache.execute(f"UPDATE orders SET synced_at=? WHERE id IN ({marks(len(unmoved))})", (now, *unmoved))
    if not fresh and not moved:
        return Taken()
    names = [(order.placed_at, f"{source}\x1f{order.remote_id}") for order in fresh]
    ids = {order.remote_id: number for order, number in zip(fresh, new_ids(cache, "orders", names), strict=True)}
    effects.fresh.update(ids.values())
    if moved:
        numbers = {known[order.remote_id][0]: order for order in moved}
        ids.update((order.remote_id, number) for number, order in numbers.items())
        observe_orders(cache, source, numbers, now)
        _forget(cache, source, numbers, effects)
    _write(cache, source, [*fresh, *moved], ids, effects, now=now)
    if fresh and not brings_orders(cache, source):
        cache.execute("INSERT OR IGNORE INTO meta(key, value) VALUES (?, '1')", (_brings(source),))
        effects.first_orders = True
    return Taken(len(fresh), len(fresh) + len(moved))


def brings_orders(cache: Connection, source: str) -> bool:
    """Whether orders of this source were ever read: then the ids its records name are its own."""
    return cache.execute("SELECT 1 FROM meta WHERE key=?", (_brings(source),)).fetchone() is not None


def _brings(source: str) -> str:
    return f"brings_orders:{source}"


def _write(
    cache: Connection, source: str, orders: Sequence[IncomingOrder], ids: dict[str, int], effects: Effects, *, now: int
) -> None:
    named = [order.customer for order in orders if order.customer is not None]
    customers = ingest_customers(cache, source, named, now, effects)[0] if named else {}
    waiting = cache.execute("SELECT 1 FROM record_names LIMIT 1").fetchone() is not None
    rows: list[tuple[Any, ...]] = []
    lines: list[tuple[Any, ...]] = []
    keys: list[tuple[str, str, int, str]] = []
    for order in orders:
        number, values = ids[order.remote_id], order.values
        rows.append(
            (
                number,
                source,
                order.remote_id,
                *values[:_BEFORE_CUSTOMER],
                customers[order.customer.remote_id] if order.customer else None,
                *values[_BEFORE_CUSTOMER:],
                now,
                now,
                order.digest,
            )
        )
        lines.extend([(number, *line) for line in order.lines])
        keys.extend([(kind, value, number, value[::-1]) for kind, value in order.keys])
        if waiting:
            effects.names.update(of_order(source, order.remote_id, order.keys))
    cache.executemany(_UPSERT, rows)
    cache.executemany(_INSERT_LINE, lines)
    cache.executemany(_INSERT_KEY, keys)
    effects.dirty.update(ids.values())


_UPSERT: Final = upsert("orders", keep=("recorded_at",))
_INSERT_LINE: Final = insert("order_lines", ignore=True)
_INSERT_KEY: Final = insert("order_keys", ignore=True)


def _forget(cache: Connection, source: str, orders: dict[int, IncomingOrder], effects: Effects) -> None:
    """Take away what an order's new version writes again, and remember the names it may no longer bear."""
    for part in chunks(orders):
        for order_id, kind, value in cache.execute(
            f"SELECT order_id, kind, value FROM order_keys WHERE order_id IN ({marks(len(part))})", part
        ):
            effects.names.update(of_order(source, orders[order_id].remote_id, [(kind, value)]))
    numbers = [(number,) for number in orders]
    cache.executemany("DELETE FROM order_lines WHERE order_id=?", numbers)
    cache.executemany(f"DELETE FROM order_keys WHERE {_OWN_KEYS}", numbers)
    effects.words.update(orders)
