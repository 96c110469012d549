"""A cache that this program cannot use is put aside, never in the way of the desk's own data and never for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from oms_tui.store.driver import connect
from oms_tui.store.workspace import StoreError, Workspace

if TYPE_CHECKING:
    from pathlib import Path


def of_another_layout(folder: Path) -> None:
    cache = connect(folder / "cache.db", durable=False)
    cache.execute("UPDATE meta SET value='other' WHERE key='layout'")
    cache.close()


def test_two_programs_that_take_turns_on_a_folder_do_not_fill_the_disk(tmp_path: Path) -> None:
    Workspace(tmp_path).close()
    for _ in range(4):
        of_another_layout(tmp_path)
        Workspace(tmp_path).close()
    assert len(list(tmp_path.glob("cache-of-another-layout-*.db"))) == 1


@pytest.mark.parametrize(
    ("name", "hint"), [("cache.db", "rebuild-cache"), ("desk.db", "update oms-tui")], ids=["cache", "desk"]
)
def test_a_file_of_a_newer_program_is_left_alone_and_what_to_do_is_said(tmp_path: Path, name: str, hint: str) -> None:
    Workspace(tmp_path).close()
    newer = connect(tmp_path / name, durable=False)
    newer.execute("PRAGMA user_version=99")
    newer.close()
    before = (tmp_path / name).read_bytes()
    with pytest.raises(StoreError, match="newer oms-tui") as told:
        Workspace(tmp_path)
    assert hint in str(told.value)
    assert (tmp_path / name).read_bytes() == before


def test_a_cache_that_is_no_database_is_made_anew_beside_the_desk(tmp_path: Path) -> None:
    Workspace(tmp_path).close()
    (tmp_path / "cache.db").write_bytes(b"<html>this is no database</html>" * 99)
    with Workspace(tmp_path) as store:
        assert store.cache.execute("SELECT count(*) FROM orders").fetchone()[0] == 0
    assert len(list(tmp_path.glob("cache-damaged-*.db"))) == 1
