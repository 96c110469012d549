"""Who gets the stock: open orders in turn, paid ones first, then the older, so that no unit is counted on twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from oms_tui.store.rows import chunks, insert, marks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oms_tui.store.driver import Connection

Need = tuple[int, int, Mapping[str, int]]
"""Rank, placed_at, and the units still to ship of each product."""


def write(cache: Connection, needs: Mapping[int, Need]) -> set[str]:
    """Write what these orders need (nothing: an empty mapping); returns the products of which something moved."""
    touched: set[str] = set()
    before: dict[int, dict[str, tuple[int, int]]] = {}
    for part in chunks(needs):
        for order, sku, rank, quantity in cache.execute(
            f"SELECT order_id, sku, rank, quantity FROM demand WHERE order_id IN ({marks(len(part))})", part
        ):
            before.setdefault(order, {})[sku] = (rank, quantity)
    gone: list[tuple[int, str]] = []
    rows = []
    for order, (rank, placed_at, wanted) in needs.items():
        had = before.get(order, {})
        for sku, quantity in wanted.items():
            if had.get(sku) != (rank, quantity):
                touched.add(sku)
                rows.append((order, sku, rank, placed_at, quantity, 0))
        gone += [(order, sku) for sku in had if sku not in wanted]
    touched.update(sku for _, sku in gone)
    cache.executemany("DELETE FROM demand WHERE order_id=? AND sku=?", gone)
    cache.executemany(
        insert("demand")
        + " ON CONFLICT(order_id, sku) DO UPDATE SET rank=excluded.rank, placed_at=excluded.placed_at, "
        "quantity=excluded.quantity",
        rows,
    )
    return touched


def allot(cache: Connection, skus: Iterable[str]) -> set[int]:
    """Give out the stock of these products anew; returns the orders that now lack more or less than before.

    A product of which no source says how much there is is nobody's lack.
    """
    moved: set[int] = set()
    for part in chunks(skus):
        stock = dict(
            cache.execute(
                f"SELECT sku, sum(max(on_hand, 0)) FROM stock_levels WHERE sku IN ({marks(len(part))}) GROUP BY sku",
                part,
            )
        )
        changes = []
        turns = cache.execute(
            "SELECT sku, order_id, quantity, short FROM demand "
            f"WHERE sku IN ({marks(len(part))}) ORDER BY sku, rank, placed_at, order_id",
            part,
        ).fetchall()
        for sku, order, quantity, short in turns:
            if sku in stock:
                lacking = max(0, quantity - stock[sku])
                stock[sku] = max(0, stock[sku] - quantity)
            else:
                lacking = 0
            if lacking != short:
                changes.append((lacking, order, sku))
                moved.add(order)
        cache.executemany("UPDATE demand SET short=? WHERE order_id=? AND sku=?", changes)
    return moved


def skus_of(cache: Connection, orders: Iterable[int]) -> set[str]:
    """The products that these orders wait for."""
    found: set[str] = set()
    for part in chunks(orders):
        found.update(
            sku for (sku,) in cache.execute(f"SELECT sku FROM demand WHERE order_id IN ({marks(len(part))})", part)
        )
    return found


def shorts(cache: Connection, orders: Iterable[int]) -> dict[int, tuple[int, bool]]:
    """For each order that lacks something: how many units, and whether something else could go now."""
    found: dict[int, tuple[int, bool]] = {}
    for part in chunks(orders):
        for order, short, quantity in cache.execute(
            "SELECT order_id, sum(short), sum(quantity) FROM demand "
            f"WHERE order_id IN ({marks(len(part))}) GROUP BY order_id HAVING sum(short) > 0",
            part,
        ):
            found[order] = (int(short), short < quantity)
    return found


def expected(cache: Connection, orders: Iterable[int]) -> dict[int, list[tuple[int, str]]]:
    """For each order that lacks something: when each product it lacks comes in, and which source says so."""
    found: dict[int, list[tuple[int, str]]] = {}
    for part in chunks(orders):
        for order, at, source in cache.execute(
            "SELECT d.order_id, min(s.expected_at), min(s.source) FROM demand d JOIN stock_levels s ON s.sku = d.sku "
            f"WHERE d.order_id IN ({marks(len(part))}) AND d.short > 0 AND s.expected_at IS NOT NULL "
            "AND s.incoming > 0 GROUP BY d.order_id, d.sku",
            part,
        ):
            found.setdefault(order, []).append((at, source))
    return found
