"""Reads against raw SQLite fetching the same rows: a page of the queue, an order, a search, the badges."""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from figures import Figure, median_of
from stores import POLICY, ZONE

from oms_tui.domain.query import parse
from oms_tui.store.driver import sqlite
from oms_tui.store.query_words import CATALOGUE
from oms_tui.store.reads import queue
from oms_tui.store.reads.badges import badges
from oms_tui.store.reads.order import read_order
from oms_tui.store.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TABLES = (
    "order_lines",
    "shipments",
    "payments",
    "refunds",
    "disputes",
    "invoices",
    "purchase_orders",
    "source_notes",
    "observations",
)


def _all(raw: Any, text: str) -> list[tuple[Any, ...]]:
    return raw.execute(text).fetchall()  # type: ignore[no-any-return]


def figures(stores: dict[int, Path]) -> Iterator[Figure]:
    """Each read on each store, then the largest against the second."""
    pages: dict[str, dict[int, float]] = {"queue page": {}, "badges": {}, "search page": {}}
    now = int(datetime.now(UTC).timestamp() * 1000)
    for count, folder in stores.items():
        with Workspace(folder, read_only=True) as store:
            raw = sqlite.connect(f"file:{folder / 'cache.db'}?mode=ro", uri=True)
            columns = queue._COLUMNS.replace("q.", "")
            text = f"SELECT {columns} FROM queue_row WHERE is_open = 1 ORDER BY priority DESC, order_id LIMIT 200"
            floor = median_of(partial(_all, raw, text))
            page = median_of(partial(queue.queue_page, store, now=now, zone=ZONE))
            yield Figure(f"queue page of 200, {count:,} orders", page * 1000, "ms", floor * 1000, "raw sqlite3", 1.2)
            pages["queue page"][count] = page
            ids = [item.id for item in queue.queue_page(store, now=now, zone=ZONE, limit=60).items]
            whole, rows = [], []
            for order in ids:
                at = time.perf_counter()
                read_order(store, POLICY, order, now=now)
                whole.append(time.perf_counter() - at)
                at = time.perf_counter()
                raw.execute("SELECT * FROM orders WHERE id = ?", (order,)).fetchall()
                raw.execute("SELECT * FROM queue_row WHERE order_id = ?", (order,)).fetchall()
                for table in _TABLES:
                    raw.execute(f"SELECT * FROM {table} WHERE order_id = ?", (order,)).fetchall()
                raw.execute(
                    "SELECT m.* FROM message_links l JOIN messages m ON m.id = l.message WHERE l.order_id = ?", (order,)
                ).fetchall()
                rows.append(time.perf_counter() - at)
            yield Figure(f"whole order read, {count:,} orders", statistics.median(whole) * 1000, "ms",
                         statistics.median(rows) * 1000, "raw sqlite3", 1.5)  # fmt: skip
            counts = median_of(partial(badges, store))
            pages["badges"][count] = counts
            yield Figure(f"badges, {count:,} orders", counts * 1000, "ms")
            asked = partial(queue.queue_page, store, now=now, zone=ZONE, include_closed=True, limit=50)
            found = median_of(partial(asked, tree=parse("kowal", CATALOGUE)), 10)
            pages["search page"][count] = found
            yield Figure(f"search page of 50 for a common name, {count:,} orders", found * 1000, "ms")
            raw.close()
    if len(stores) > 1:
        *_, smaller, larger = sorted(stores)
        for what, found_at in pages.items():
            yield Figure(
                f"{what}, {larger:,} orders against {smaller:,}",
                found_at[larger] * 1000,
                "ms",
                found_at[smaller] * 1000,
                f"{smaller:,}",
                1.3,
            )
