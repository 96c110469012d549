"""The desk's data kept safe: rolling copies, an export people can read, and the way back from either.

The cache needs none of it: it is fetched again.
"""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING, Any, Final

from oms_tui.store import desk_rows
from oms_tui.store.compiled_sql import DESK_COLUMNS, PRIMARY_KEYS
from oms_tui.store.driver import Connection, DatabaseError, connect, copied, in_memory, transaction
from oms_tui.store.workspace import DESK_VERSION, StoreError
from oms_tui.store.writes.desk_write import blank

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from oms_tui.store.workspace import Workspace

KEPT: Final = 7
"""Rolling copies kept; the oldest goes."""

_HEAD: Final = "oms-tui desk export"
_NEVER_EXPORTED: Final = frozenset({"leases"})  # who holds what just now means nothing elsewhere
_SECRET_KEYS: Final = frozenset({"reply_key"})  # rows of desk_meta that must not leave (promise 5)
_OF_THE_FILE: Final = frozenset({"layout"})  # rows of desk_meta that say how a file is laid out


def folder_of(store: Workspace) -> Path:
    """Where the rolling copies lie."""
    return store.folder / "backups"


def backup(store: Workspace, *, now: int | None = None) -> Path:
    """Copy the desk's file while it is in use; returns the copy. Copies beyond the newest ``KEPT`` go.

    Raises:
        StoreError: the disk is full, or the folder cannot be written.
    """
    folder = folder_of(store)
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime((now or time.time_ns() // 1_000_000) / 1000))
    path = folder / f"desk-{stamp}.db"
    try:
        folder.mkdir(exist_ok=True, mode=0o700)
        partial = path.with_suffix(".part")
        partial.unlink(missing_ok=True)
        copied(store.desk, partial)
        partial.chmod(0o600)
        partial.rename(path)
    except (OSError, DatabaseError) as error:
        raise StoreError(f"the desk could not be copied to {folder}: {error}; free some space and try again") from error
    for old in copies(store)[KEPT:]:
        old.unlink(missing_ok=True)
    return path


def copies(store: Workspace) -> list[Path]:
    """The rolling copies, newest first."""
    return sorted(folder_of(store).glob("desk-*.db"), reverse=True)


def export_lines(store: Workspace) -> Iterator[str]:
    """Every row of the desk as a line of JSON, behind a head that names the version. No secret is among them."""
    yield json.dumps({"export": _HEAD, "version": DESK_VERSION})
    for table in DESK_COLUMNS:
        if "row_hash" not in DESK_COLUMNS[table] or table in _NEVER_EXPORTED:
            continue
        for row in desk_rows.select(store.desk, table):
            if table == "desk_meta" and row["key"] in _SECRET_KEYS | _OF_THE_FILE:
                continue
            values = {name: _written(value) for name, value in row.items() if name != "row_hash"}
            yield json.dumps({"table": table, "row": values}, ensure_ascii=False)


def restore(store: Workspace, path: Path) -> int:
    """Bring the rows of a copy or an export back; rows of today with the same key are replaced, others stay.

    Returns how many rows were brought back. What was there is copied first.

    Raises:
        StoreError: it is neither, or of a newer version, or damaged. Nothing was changed.
    """
    rows = [
        (table, values) for table, values in _rows_of(path) if table != "desk_meta" or values["key"] not in _OF_THE_FILE
    ]
    backup(store)
    with transaction(store.desk):
        for table, values in rows:
            desk_rows.put(store.desk, table, values)
        desk_rows.changed(store.desk, "restored")
    return len(rows)


def _rows_of(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror}") from error
    yield from _rows_of_copy(path) if start == b"SQLite format 3\0" else _rows_of_export(path)


def _rows_of_copy(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        connection = _as_of_today(connect(path, durable=True, read_only=True), path)
        damaged = set(desk_rows.damaged(connection))
        for table in DESK_COLUMNS:
            if "row_hash" not in DESK_COLUMNS[table] or table in _NEVER_EXPORTED:
                continue
            for row in desk_rows.select(connection, table):
                if (table, tuple(row[key] for key in PRIMARY_KEYS[table])) not in damaged:
                    yield table, row
        connection.close()
    except DatabaseError as error:
        raise StoreError(f"{path} is damaged: {error}; try an older copy") from error


def _as_of_today(copy: Connection, path: Path) -> Connection:
    """A copy, of whatever version, with the tables and columns of today: in memory, the file stays as it is."""
    from oms_tui.store.migrate import add_what_lacks

    _refuse_newer(path, int(copy.execute("PRAGMA user_version").fetchone()[0]))
    here = in_memory()
    copy.backup(here)
    copy.close()
    add_what_lacks(here)
    return here


def _rows_of_export(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    version = DESK_VERSION
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, start=1):
            try:
                entry = json.loads(line)
                if number == 1:
                    if entry.get("export") != _HEAD:
                        raise StoreError(f"{path} is neither a copy nor an export of a desk")
                    version = int(entry["version"])
                    _refuse_newer(path, version)
                    continue
                table, row = entry["table"], entry["row"]
                if version < DESK_VERSION:
                    row = blank(table) | row
                columns = [name for name in DESK_COLUMNS[table] if name != "row_hash"]
                yield table, {name: _read(row[name]) for name in columns}
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise StoreError(f"{path}:{number}: this line is no row of a desk; nothing was changed") from error


def _refuse_newer(path: Path, version: int) -> None:
    if version > DESK_VERSION:
        raise StoreError(f"{path} is of a newer oms-tui (its version {version}, ours {DESK_VERSION}): update oms-tui")


def _written(value: object) -> object:
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _read(value: Any) -> Any:
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value


def faults(connection: Connection, *, hashed: bool) -> list[str]:
    """What is wrong with a file of the store, in words: its structure, and rows whose content flipped (``hashed``)."""
    found = [str(line) for (line,) in connection.execute("PRAGMA quick_check(20)") if line != "ok"]
    if hashed:
        found += [f"{table} {key}: its content is not what was written" for table, key in desk_rows.damaged(connection)]
    return found
