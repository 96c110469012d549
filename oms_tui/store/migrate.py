"""A desk made by an earlier version brought forward: what the declaration has and the file lacks is added, no more.

Imported only where a desk is older than the program. Nothing is taken away or renamed: older copies stay readable.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from oms_tui.store import desk_rows
from oms_tui.store.compiled_sql import DESK_COLUMNS, DESK_DDL
from oms_tui.store.driver import Connection, copied, in_memory, transaction
from oms_tui.store.workspace import DESK_VERSION, desk_layout
from oms_tui.store.writes.desk_write import blank

if TYPE_CHECKING:
    from pathlib import Path


def bring_forward(desk: Connection, path: Path) -> None:
    """Add the tables, columns and indexes that a desk's file lacks; what it was is copied to ``backups`` before.

    Args:
        desk: open for writing.
        path: its file.

    Raises:
        OSError, DatabaseError: the disk is full, or the folder cannot be written; the desk is as it was.
    """
    before = path.parent / "backups" / f"desk-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}.db"
    if not before.exists():
        before.parent.mkdir(exist_ok=True, mode=0o700)
        copied(desk, before)
        before.chmod(0o600)
    with transaction(desk):
        add_what_lacks(desk)
        desk_rows.put(desk, "desk_meta", {"key": "layout", "value": desk_layout()})
        desk.execute(f"PRAGMA user_version={DESK_VERSION}")


def add_what_lacks(desk: Connection) -> None:
    """The same without a copy, in the caller's transaction."""
    wanted = in_memory()
    for statement in DESK_DDL:
        wanted.execute(statement)
    for table in DESK_COLUMNS:
        there = [str(column[1]) for column in desk.execute(f"PRAGMA table_info({table})")]
        columns = wanted.execute(f"PRAGMA table_info({table})").fetchall()
        lacking = [column for column in columns if column[1] not in there] if there else []
        if lacking:
            _add_columns(desk, table, lacking, there)
    wanted.close()
    for statement in DESK_DDL:
        desk.execute(statement)


def _add_columns(desk: Connection, table: str, lacking: list[tuple[Any, ...]], there: list[str]) -> None:
    """New columns, empty in every row; the rows' hashes follow, but for those that did not fit before."""
    old = [name for name in DESK_COLUMNS[table] if name in there]
    names = ",".join(f'"{name}"' for name in old)
    rows = [dict(zip(old, row, strict=True)) for row in desk.execute(f"SELECT {names} FROM {table}")]
    empty = blank(table)
    for _, name, kind, not_null, *_ in lacking:
        default = f" NOT NULL DEFAULT {_literal(empty[name])}" if not_null else ""
        desk.execute(f'ALTER TABLE {table} ADD COLUMN "{name}" {kind}{default}')
    if "row_hash" not in there:
        return
    for row in rows:
        if row["row_hash"] == desk_rows.row_hash(table, row, old):
            desk_rows.put(desk, table, empty | row)


def _literal(value: object) -> str:
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"
