"""A page and its cursor are one commit: what a crash leaves, and what a replay does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from feeding import NOW, Desk, order

from connectors.records import Page, Ref, StockRecord
from oms_tui.store import sync_state
from oms_tui.store.workspace import Workspace
from oms_tui.sync import ingest
from oms_tui.sync.ingest import ingest_page

PAGES = [[order(str(number)) for number in range(start, start + 5)] for start in (100, 200, 300)]

_DIES = """
import os, sys
from pathlib import Path
sys.path[:0] = [{tests!r}]
import test_pages as story
from oms_tui.store import sync_state
from oms_tui.store.workspace import Workspace

story.take(Workspace(Path(sys.argv[1])), 0)
{where} = lambda *_, **__: os._exit(9)
story.take(Workspace(Path(sys.argv[1])), 1)
"""


def take(store: Workspace, number: int) -> None:
    page = Page(PAGES[number], cursor={"page": number + 1}, more=number < len(PAGES) - 1)
    ingest_page(store, "shop", "orders", page, now=NOW + number)


def test_the_cursor_is_where_the_page_ended(desk: Desk) -> None:
    assert sync_state.cursor(desk.store.cache, "shop", "orders") is None
    take(desk.store, 0)

    assert sync_state.cursor(desk.store.cache, "shop", "orders") == {"page": 1}
    state = sync_state.state(desk.store.cache, "shop", "orders")
    assert state is not None
    assert (state.records, state.done, state.last_success_at, state.last_attempt_at) == (5, 5, None, NOW)


def test_the_last_page_makes_the_stream_a_success(desk: Desk) -> None:
    for number in range(3):
        take(desk.store, number)

    state = sync_state.state(desk.store.cache, "shop", "orders")
    assert state is not None
    assert (state.records, state.done, state.last_success_at) == (15, 0, NOW + 2)


def test_records_read_again_by_id_leave_the_cursor_where_it_is(desk: Desk) -> None:
    take(desk.store, 0)
    ingest_page(desk.store, "shop", "orders", Page(PAGES[0]), now=NOW + 9)

    state = sync_state.state(desk.store.cache, "shop", "orders")
    assert state is not None
    assert (state.cursor, state.records, state.last_success_at) == ('{"page": 1}', 5, None)


def test_a_page_taken_in_twice_is_a_page_taken_in_once(desk: Desk) -> None:
    take(desk.store, 0)
    once = desk.content()
    take(desk.store, 0)

    assert desk.content() == once
    assert desk.rows("SELECT records FROM sync_state") == [(5,)]


@pytest.mark.parametrize("where", ["story.ingest.settle", "sync_state.advanced", "sync_state.succeeded"])
def test_a_worker_killed_between_page_and_commit_has_done_neither(tmp_path: Path, where: str) -> None:
    script = _DIES.format(tests=str(Path(__file__).parent), where=where)
    died = subprocess.run([sys.executable, "-c", script, str(tmp_path / "desk")], check=False, capture_output=True)
    survives = where.endswith("succeeded")  # only the last page says so: this one went through
    assert died.returncode == (0 if survives else 9), died.stderr.decode()

    with Workspace(tmp_path / "desk") as store, Workspace(tmp_path / "calm") as calm:
        desk = Desk(store)
        held = 10 if survives else 5
        assert desk.one("SELECT count(*) FROM orders") == desk.one("SELECT records FROM sync_state") == held
        assert sync_state.cursor(store.cache, "shop", "orders") == {"page": held // 5}
        for number in (1, 2):
            take(store, number)
        for number in range(3):
            take(calm, number)
        assert desk.content() == Desk(calm).content()


@pytest.mark.parametrize("step", ["settle", "attach", "ingest_deletions", "ingest_orders"])
def test_a_fault_in_the_middle_keeps_nothing_of_the_page(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    take(desk.store, 0)
    before, cursor = desk.content(), sync_state.cursor(desk.store.cache, "shop", "orders")

    def broken(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(ingest, step, broken)
        with pytest.raises(OSError, match="no space"):
            take(desk.store, 1)

    assert desk.content() == before
    assert sync_state.cursor(desk.store.cache, "shop", "orders") == cursor
    take(desk.store, 1)
    assert desk.one("SELECT count(*) FROM orders") == 10


def test_what_a_page_brings_and_takes_away_is_counted(desk: Desk) -> None:
    desk.feed("shop", *PAGES[0], StockRecord("LAMP", "Hall 1", 3))
    desk.feed("shop", PAGES[0][0], deleted=(Ref("stock", "LAMP"),))

    assert desk.rows("SELECT records FROM sync_state") == [(5,)]


def test_stock_that_moved_is_marked_to_be_given_out_anew(desk: Desk) -> None:
    def marked() -> list[tuple[str, int]]:
        return desk.rows("SELECT sku, levels FROM stock_moved")

    desk.feed("depot", StockRecord("LAMP", "Hall 1", 3), StockRecord("CHAIR", "Hall 1", 1))
    desk.settled()
    desk.store.cache.execute("DELETE FROM stock_moved")

    desk.feed("depot", StockRecord("LAMP", "Hall 1", 3))
    assert marked() == []
    desk.feed("depot", StockRecord("LAMP", "Hall 1", 2))
    assert marked() == [("LAMP", 1)]
    desk.feed("depot", deleted=(Ref("stock", "CHAIR"),))
    assert marked() == [("CHAIR", 1), ("LAMP", 1)]
