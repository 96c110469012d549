"""A desk that an earlier version made is opened by this one, with everything that people decided still in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from oms_tui.store import desk_rows
from oms_tui.store.backup import backup, copies, export_lines, faults, restore
from oms_tui.store.compiled_sql import DESK_COLUMNS
from oms_tui.store.driver import connect
from oms_tui.store.workspace import DESK_VERSION, StoreError, Workspace
from oms_tui.store.writes.desk_write import blank

if TYPE_CHECKING:
    from pathlib import Path

    from oms_tui.store.driver import Connection

NEW_TABLE, NEW_COLUMN = "agent_notices", "prepared_by"


def made_before(folder: Path) -> None:
    """A desk as it was before there were notices for agents, and before a draft said who prepared it."""
    with Workspace(folder) as store:
        desk_rows.put(store.desk, "drafts", blank("drafts") | {"id": "d1", "body": "Dear Jan", "created_at": 1})
        desk_rows.put(store.desk, "drafts", blank("drafts") | {"id": "d2", "body": "Dear Mia", "created_at": 2})
        _as_it_was(store.desk)


def _as_it_was(desk: Connection) -> None:
    desk.execute(f"DROP TABLE {NEW_TABLE}")
    columns = [name for name in DESK_COLUMNS["drafts"] if name != NEW_COLUMN]
    desk.execute(f"ALTER TABLE drafts DROP COLUMN {NEW_COLUMN}")
    for row in desk.execute(f"SELECT {','.join(columns)} FROM drafts").fetchall():
        values = dict(zip(columns, row, strict=True))
        told = desk_rows.row_hash("drafts", values, columns)
        desk.execute("UPDATE drafts SET row_hash=? WHERE id=?", (told, values["id"]))
    desk.execute("DELETE FROM desk_meta WHERE key='layout'")
    desk.execute("PRAGMA user_version=1")


def test_what_was_there_is_there_and_what_lacked_is_added(tmp_path: Path) -> None:
    made_before(tmp_path)
    with Workspace(tmp_path) as store:
        draft = desk_rows.get(store.desk, "drafts", "d1")
        assert draft is not None
        assert (draft["body"], draft[NEW_COLUMN]) == ("Dear Jan", "")
        assert list(desk_rows.select(store.desk, NEW_TABLE)) == []
        assert faults(store.desk, hashed=True) == []
        assert store.desk.execute("PRAGMA user_version").fetchone() == (DESK_VERSION,)
        assert len(copies(store)) == 1, "it was copied before"


def test_a_desk_of_today_is_left_alone(tmp_path: Path) -> None:
    for _ in range(2):
        with Workspace(tmp_path) as store:
            assert copies(store) == []


def test_a_row_that_was_damaged_before_is_not_made_to_look_whole(tmp_path: Path) -> None:
    made_before(tmp_path)
    raw = connect(tmp_path / "desk.db", durable=True)
    raw.execute("UPDATE drafts SET body='Dear Nobody' WHERE id='d2'")
    raw.close()
    with Workspace(tmp_path) as store:
        assert desk_rows.damaged(store.desk) == [("drafts", ("d2",))]


def test_read_only_it_is_not_touched(tmp_path: Path) -> None:
    made_before(tmp_path)
    with pytest.raises(StoreError, match="without --read-only"):
        Workspace(tmp_path, read_only=True)


def test_a_copy_of_before_is_restored_into_a_desk_of_today(tmp_path: Path) -> None:
    made_before(tmp_path)
    with Workspace(tmp_path) as store:
        before = copies(store)[0]
        desk_rows.delete(store.desk, "drafts", "d1")
        assert restore(store, before) > 0
        assert desk_rows.get(store.desk, "drafts", "d1") is not None
    with Workspace(tmp_path) as store:
        assert faults(store.desk, hashed=True) == []


def test_an_export_of_before_is_restored_too(tmp_path: Path) -> None:
    with Workspace(tmp_path) as store:
        desk_rows.put(store.desk, "drafts", blank("drafts") | {"id": "d1", "body": "Dear Jan"})
        lines = [line.replace(f'"{NEW_COLUMN}": "", ', "") for line in export_lines(store)]
        lines[0] = lines[0].replace(f'"version": {DESK_VERSION}', '"version": 1')
        export = tmp_path / "desk.jsonl"
        export.write_text("\n".join(lines), encoding="utf-8")
        assert NEW_COLUMN not in export.read_text(encoding="utf-8")
        desk_rows.delete(store.desk, "drafts", "d1")
        restore(store, export)
        draft = desk_rows.get(store.desk, "drafts", "d1")
        assert draft is not None
        assert draft[NEW_COLUMN] == ""
        assert backup(store).exists()
