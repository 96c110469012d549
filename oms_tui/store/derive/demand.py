"""Who gets the stock: open orders in turn, so that no unit is counted on twice.

What the warehouse has begun goes first, then paid orders, then the others; of these the older. A product of which no
source says how much there is is nobody's lack.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from oms_tui.store.rows import chunks, insert, marks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from oms_tui.store.driver import Connection

Need = tuple[int, int, Mapping[str, int]]
"""Rank, placed_at, and the units still to ship of each product."""

BEGUN: Final = -1
PAID: Final = 0
UNPAID: Final = 1

NOTHING: Final[Need] = (UNPAID, 0, {})
"""What an order needs that is no longer there."""

_UPSERT: Final = (
    insert("demand") + " ON CONFLICT(order_id, sku) DO UPDATE SET rank=excluded.rank, placed_at=excluded.placed_at, "
    "quantity=excluded.quantity"
)


class Lack(NamedTuple):
    """What an order lacks: units, and whether something else of it could go now."""

    units: int = 0
    rest_can_go: bool = False


def write(cache: Connection, needs: Mapping[int, Need]) -> set[str]:
    """Write what these orders need (nothing: an empty mapping); returns the products of which something moved."""
    touched: set[str] = set()
    before: dict[int, dict[str, tuple[int, int, int]]] = {}
    for part in chunks(needs):
        for order, sku, *had in cache.execute(
            f"SELECT order_id, sku, rank, placed_at, quantity FROM demand WHERE order_id IN ({marks(len(part))})", part
        ):
            before.setdefault(order, {})[sku] = (had[0], had[1], had[2])
    gone: list[tuple[int, str]] = []
    rows = []
    for order, (rank, placed_at, wanted) in needs.items():
        had_before = before.get(order, {})
        for sku, quantity in wanted.items():
            if had_before.get(sku) != (rank, placed_at, quantity):
                touched.add(sku)
                rows.append((order, sku, rank, placed_at, quantity, 0, 0))
        gone += [(order, sku) for sku in had_before if sku not in wanted]
    touched.update(sku for _, sku in gone)
    cache.executemany("DELETE FROM demand WHERE order_id=? AND sku=?", gone)
    cache.executemany(_UPSERT, rows)
    return touched


def mark(cache: Connection, skus: Iterable[str], *, levels: bool = False) -> None:
    """Remember that the stock of these products must be given out anew. ``levels``: there is more or less of it."""
    cache.executemany(
        "INSERT INTO stock_moved(sku, levels) VALUES (?, ?) "
        "ON CONFLICT(sku) DO UPDATE SET levels=1 WHERE excluded.levels=1 AND levels=0",
        [(sku, int(levels)) for sku in skus],
    )


def give_out(cache: Connection) -> set[int]:
    """Give out the stock of every marked product anew; returns the orders that stand otherwise now.

    These are orders that lack more or less than before or wait for others; where a source told of other stock, all that
    lack some of it: it may be expected another day.
    """
    moved: set[int] = set()
    marked = dict(cache.execute("SELECT sku, levels FROM stock_moved").fetchall())
    for part in chunks(marked):
        moved |= _allot(cache, part, {sku for sku in part if marked[sku]})
    if marked:
        cache.execute("DELETE FROM stock_moved")
    return moved


def _allot(cache: Connection, skus: Sequence[str], told: Collection[str]) -> set[int]:
    moved: set[int] = set()
    turns = cache.execute(
        "SELECT sku, order_id, quantity, short, behind FROM demand "
        f"WHERE sku IN ({marks(len(skus))}) ORDER BY sku, rank, placed_at, order_id",
        skus,
    ).fetchall()
    left = _free(cache, skus, turns)
    changes = []
    for sku, order, quantity, short, behind in turns:
        wanting = lacking = 0
        if sku in left:
            left[sku] -= quantity
            wanting = max(0, -left[sku])
            lacking = min(quantity, wanting)
        if (lacking, wanting) != (short, behind):
            changes.append((lacking, wanting, order, sku))
            moved.add(order)
        elif lacking and sku in told:
            moved.add(order)
    cache.executemany("UPDATE demand SET short=?, behind=? WHERE order_id=? AND sku=?", changes)
    return moved


def _free(cache: Connection, skus: Sequence[str], turns: Iterable[tuple[str, int, int, int, int]]) -> dict[str, int]:
    """Units that orders known here may count on, of each product that somebody counts.

    A place that two sources tell of is one place. What a source has reserved beyond all that is wanted here is for
    orders that we do not see.
    """
    held: dict[str, int] = {}
    reserved: dict[str, int] = {}
    for sku, on_hand, committed in cache.execute(
        "SELECT sku, max(on_hand, 0), max(committed, 0) FROM (SELECT sku, location, max(on_hand) AS on_hand, "
        f"max(committed) AS committed FROM stock_levels WHERE sku IN ({marks(len(skus))}) GROUP BY sku, location)",
        skus,
    ):
        held[sku] = held.get(sku, 0) + on_hand
        reserved[sku] = reserved.get(sku, 0) + committed
    for sku, _, quantity, *_ in turns:
        if sku in reserved:
            reserved[sku] -= quantity
    return {sku: max(0, units - max(0, reserved[sku])) for sku, units in held.items()}


def lacks(cache: Connection, orders: Iterable[int]) -> dict[int, Lack]:
    """What each order lacks that lacks something."""
    found: dict[int, Lack] = {}
    for part in chunks(orders):
        for order, short, quantity in cache.execute(
            "SELECT order_id, sum(short), sum(quantity) FROM demand "
            f"WHERE order_id IN ({marks(len(part))}) GROUP BY order_id HAVING sum(short) > 0",
            part,
        ):
            found[order] = Lack(int(short), short < quantity)
    return found


def expected(cache: Connection, orders: Iterable[int]) -> dict[int, list[tuple[int, str]]]:
    """For each order that lacks something: when as much of each product has come in as it takes, and who says so.

    What is on its way goes to those who wait in turn as well; a product of which too little is on its way is left out.
    """
    found: dict[int, list[tuple[int, str]]] = {}
    for part in chunks(orders):
        came: dict[tuple[int, str], int] = {}
        for order, sku, behind, at, source, incoming in cache.execute(
            "SELECT d.order_id, d.sku, d.behind, s.expected_at, s.source, s.incoming "
            "FROM demand d JOIN stock_levels s ON s.sku = d.sku "
            f"WHERE d.order_id IN ({marks(len(part))}) AND d.short > 0 AND s.expected_at IS NOT NULL "
            "AND s.incoming > 0 ORDER BY d.order_id, d.sku, s.expected_at, s.source, s.location",
            part,
        ):
            before = came.get((order, sku), 0)
            came[order, sku] = before + incoming
            if before < behind <= before + incoming:
                found.setdefault(order, []).append((at, source))
    return found
