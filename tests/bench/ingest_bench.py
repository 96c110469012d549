"""Ingest of orders against raw sqlite3 upserts of the same rows."""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from figures import Figure
from stores import pages

from oms_tui.store.compiled_sql import CACHE_COLUMNS, CACHE_DDL
from oms_tui.store.driver import sqlite
from oms_tui.store.rows import upsert
from oms_tui.store.workspace import Workspace
from oms_tui.sync.ingest import ingest_page

if TYPE_CHECKING:
    from collections.abc import Iterator

_COUNT = 20_000
_TABLES = ("orders", "order_lines", "order_keys", "customers", "customer_identities", "dirty")


def figures() -> Iterator[Figure]:
    """CPU seconds, ours and raw: what a disk makes wait is the same for both and differs from run to run."""
    now = datetime.now(UTC)
    moment = int(now.timestamp() * 1000)
    given = list(pages(_COUNT, now))
    with tempfile.TemporaryDirectory() as name, Workspace(Path(name) / "desk") as store:
        at = time.process_time()
        for page in given:
            ingest_page(store, "shop", "orders", page, now=moment)
        ours = time.process_time() - at
        rows = {table: store.cache.execute(f"SELECT * FROM {table}").fetchall() for table in _TABLES}
        words = store.cache.execute("SELECT id, number || ' ' || ship_name || ' ' || email FROM orders").fetchall()
        raw = _raw(Path(name) / "raw.db", rows, words)
    yield Figure(f"ingest of {_COUNT:,} orders", ours, "s", raw, "raw sqlite3", 2.0)
    yield Figure("orders ingested a second of CPU", _COUNT / ours, "")


def _raw(path: Path, rows: dict[str, list[tuple[object, ...]]], words: list[tuple[object, ...]]) -> float:
    connection = sqlite.connect(str(path), isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    for statement in CACHE_DDL:
        connection.execute(statement)
    steps = [(upsert(table), found) for table, found in rows.items() if CACHE_COLUMNS[table]]
    steps.append(("INSERT INTO orders_fts(rowid, words) VALUES (?,?)", words))
    at = time.process_time()
    parts = max(1, _COUNT // 500)
    for part in range(parts):
        connection.execute("BEGIN IMMEDIATE")
        for text, found in steps:
            size = -(-len(found) // parts)
            connection.executemany(text, found[part * size : (part + 1) * size])
        connection.execute("COMMIT")
    taken = time.process_time() - at
    connection.close()
    return taken
