"""What a folder costs and brings when files grow, are replaced, are still being written, or go."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import pytest

from connectors.errors import Forbidden, NotFound, Rejected, Temporary
from connectors.orders import files_reading
from connectors.records import Ref
from oms_tui.store.workspace import Workspace
from oms_tui.sync.ingest import ingest_page

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Folder

HEAD = "number,date,total\n"


def rows(first: int, last: int, *, total: int = 10) -> str:
    return "".join(f"{number},2026-01-05,{total}\n" for number in range(first, last))


def test_an_unchanged_folder_costs_a_listing(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.write("orders.csv", HEAD + rows(0, 5))
    first = folder.read()
    assert len(first.records) == 5

    def opened(*_: Any) -> None:
        raise AssertionError("a file was opened")

    monkeypatch.setattr(files_reading, "opened", opened)
    again = folder.read(cursor=first.cursor)
    assert (again.records, again.cursor) == ([], first.cursor)
    assert folder.slept == []


def test_a_file_that_grew_is_read_on_from_where_it_ended(folder: Folder) -> None:
    folder.write("stock.csv", "sku,stock\nLAMP,1\nSHADE,2\n")
    first = folder.read("stock")
    folder.append("stock.csv", "BULB,3\n")
    assert [record.sku for record in folder.read("stock", first.cursor).records] == ["BULB"]


def test_the_last_order_of_a_file_that_grew_is_read_again_for_it_may_go_on(folder: Folder) -> None:
    folder.write("orders.csv", "number,date,sku,qty\n1,2026-01-05,LAMP,1\n2,2026-01-05,LAMP,1\n")
    first = folder.read()
    folder.append("orders.csv", "2,2026-01-05,LAMP,1\n3,2026-01-05,LAMP,1\n")
    found = folder.read(cursor=first.cursor)
    assert [(order.number, len(order.lines)) for order in found.records] == [("2", 2), ("3", 1)]


def test_a_night_export_with_a_change_in_the_middle_and_more_at_the_end_is_not_taken_for_one_that_grew(
    folder: Folder,
) -> None:
    folder.write("orders.csv", HEAD + rows(0, 300))
    first = folder.read()
    text = (HEAD + rows(0, 300)).replace("150,2026-01-05,10", "150,2026-01-05,99") + rows(300, 302)
    folder.write("orders.csv", text, age=30)
    found = folder.read(cursor=first.cursor).by_id()
    assert found["150"].total == 9900
    assert "301" in found


@pytest.mark.parametrize("text", [HEAD + rows(0, 2), HEAD + rows(0, 4, total=77), HEAD])
def test_a_file_that_shrank_or_was_replaced_is_read_anew(folder: Folder, text: str) -> None:
    folder.write("orders.csv", HEAD + rows(0, 4))
    first = folder.read()
    folder.write("orders.csv", text, age=30)
    found = folder.read(cursor=first.cursor)
    assert len(found.records) == text.count("2026")
    assert folder.read(cursor=found.cursor).records == []


def test_a_file_that_changes_while_it_is_read_brings_no_half_rows_and_is_read_to_its_end_next_time(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files_reading, "PAGE", 10)
    folder.write("orders.csv", HEAD + rows(10_000, 10_050))
    running = folder.source().changed("orders", None, until=None)  # type: ignore[arg-type] # files do not ask it
    seen = [next(running)]
    folder.write("orders.csv", HEAD.upper() + rows(7, 60, total=55))
    seen += list(running)
    assert all(order.number.startswith("100") for page in seen for order in page.records)
    rest = folder.read(cursor=seen[-1].cursor)
    assert {order.number for order in rest.records} == {str(number) for number in range(7, 60)}
    assert rest.bad == []


def test_files_with_an_unfinished_ending_wait(folder: Folder) -> None:
    for ending in (".part", ".tmp", ".crdownload"):
        folder.write(f"orders.csv{ending}", HEAD + rows(0, 2))
    folder.write(".orders.csv.swp", HEAD + rows(0, 2))
    folder.write("~$orders.xlsx", "lock")
    assert folder.read().records == []
    assert "still being written" in folder.source().check().detail


def test_a_file_that_is_being_written_waits_until_it_stands_still(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder.write("orders.csv", HEAD + rows(0, 2), age=0.2)
    growing = _writes_while_slept(path, folder, monkeypatch)
    first = folder.read()
    assert first.records == []
    assert 0 < growing[0] <= 1.0
    still = time.time() - 60
    os.utime(path, (still, still))
    assert len(folder.read(cursor=first.cursor).records) == 3


def _writes_while_slept(path: Path, folder: Folder, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        with path.open("a", encoding="utf-8") as file:
            file.write(rows(2, 3))

    monkeypatch.setattr(folder, "slept", type("Slept", (), {"append": staticmethod(sleep)})())
    return slept


def test_a_file_that_was_just_written_and_stands_still_is_read_at_once(folder: Folder) -> None:
    folder.write("orders.csv", HEAD + rows(0, 2), age=0.1)
    assert len(folder.read().records) == 2
    assert len(folder.slept) == 1


def test_a_last_line_without_an_end_is_read_and_read_again_when_it_goes_on(folder: Folder) -> None:
    folder.write("stock.csv", "sku,stock\nLAMP,1\nSHADE,1")
    first = folder.read("stock")
    assert [(record.sku, record.on_hand) for record in first.records] == [("LAMP", 1), ("SHADE", 1)]
    folder.append("stock.csv", "2\nBULB,3\n")
    assert [(record.sku, record.on_hand) for record in folder.read("stock", first.cursor).records] == [
        ("SHADE", 12),
        ("BULB", 3),
    ]


def test_half_a_row_at_the_end_is_told_and_lands_when_the_rest_is_there(folder: Folder) -> None:
    folder.write("orders.csv", HEAD + rows(0, 2) + "2,2026")
    first = folder.read()
    assert [bad.ref for bad in first.bad] == ["orders.csv:4"]
    folder.append("orders.csv", "-01-05,10\n")
    found = folder.read(cursor=first.cursor)
    assert "2" in found.by_id()
    assert found.bad == []


def test_what_was_set_aside_is_settled_when_its_file_is_read_anew(folder: Folder, tmp_path: Path) -> None:
    store = Workspace(tmp_path / "store")

    def synced(cursor: dict[str, Any] | None) -> tuple[dict[str, Any], set[str]]:
        read = folder.read(cursor=cursor)
        for page in read.pages:
            ingest_page(store, "depot", "orders", page, now=1)
        return read.cursor, {ref for (ref,) in store.cache.execute("SELECT ref FROM quarantine")}

    folder.write("orders.csv", HEAD + rows(1, 3) + "3,never,10\n" + rows(4, 5) + "5,2026")
    folder.write("orders2.csv", HEAD + "x,never,10\n")
    cursor, aside = synced(None)
    assert aside == {"orders.csv:4", "orders.csv:6", "orders2.csv:2"}
    folder.append("orders.csv", "-01-05,10\n")
    cursor, aside = synced(cursor)
    assert aside == {"orders.csv:4", "orders2.csv:2"}  # the half row is whole now; the other one is as bad as it was
    folder.write("orders.csv", "Nr?,when,total\n", age=30)
    cursor, aside = synced(cursor)
    assert aside == {"orders.csv", "orders2.csv:2"}
    folder.write("orders.csv", HEAD + rows(1, 6), age=20)
    cursor, aside = synced(cursor)
    assert aside == {"orders2.csv:2"}
    (folder.path / "orders2.csv").unlink()
    assert synced(cursor)[1] == set()
    store.close()


def test_pages_hold_whole_orders_and_every_page_can_be_gone_on_from(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files_reading, "PAGE", 10)
    text = "".join(f"{number},2026-01-05,L{line},1\n" for number in range(95) for line in range(number % 4 + 1))
    folder.write("orders.csv", f"number,date,sku,qty\n{text}")
    whole = folder.read()
    assert [len(page.records) for page in whole.pages] == [10] * 9 + [5]
    assert [page.more for page in whole.pages] == [True] * 9 + [False]
    assert all(90 <= (page.total or 0) <= 120 for page in whole.pages)  # told by the bytes that are left
    assert whole.pages[-1].total == 95
    assert {order.number: len(order.lines) for order in whole.records} == {str(n): n % 4 + 1 for n in range(95)}
    for place, page in enumerate(whole.pages[:-1]):  # a crash after any page: the rest comes, nothing is lost
        rest = folder.read(cursor=page.cursor)
        assert [order.number for order in rest.records] == [
            order.number for each in whole.pages[place + 1 :] for order in each.records
        ]


def test_a_page_that_was_not_committed_comes_again(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_reading, "PAGE", 10)
    folder.write("orders.csv", HEAD + rows(0, 25))
    source = folder.source()
    pages = source.changed("orders", None, until=None)  # type: ignore[arg-type] # files do not ask it
    first = next(pages)
    next(pages)  # read, indexed, and lost
    pages.close()
    rest = folder.read(cursor=first.cursor)
    assert {order.number for order in rest.records} == {str(number) for number in range(10, 25)}


def test_a_file_that_went_is_forgotten_and_read_when_it_is_back(folder: Folder) -> None:
    path = folder.write("orders.csv", HEAD + rows(0, 2))
    first = folder.read()
    path.rename(path.with_name("elsewhere.txt.tmp"))
    gone = folder.read(cursor=first.cursor)
    assert gone.records == []
    assert gone.cursor["files"] == {}
    folder.write("orders.csv", HEAD + rows(0, 2))
    assert len(folder.read(cursor=gone.cursor).records) == 2


@pytest.mark.parametrize("spoil", ["remove", "overwrite", "cut"])
def test_without_its_index_everything_is_read_again(folder: Folder, spoil: str) -> None:
    folder.write("orders.csv", HEAD + rows(0, 3))
    first = folder.read()
    for source in folder.opened:
        source.close()
    index = folder.cache / "files.index"
    if spoil == "remove":
        index.unlink()
    else:
        index.write_bytes(b"no database" * 1000 if spoil == "overwrite" else index.read_bytes()[:3000])
    again = folder.read(cursor=first.cursor)
    assert len(again.records) == 3
    assert folder.read(cursor=again.cursor).records == []


def test_other_settings_read_the_files_again(folder: Folder) -> None:
    folder.write("orders.csv", "Ref.,date,total\n7,2026-01-05,10\n")
    first = folder.read()
    assert [bad.ref for bad in first.bad] == ["orders.csv"]
    second = folder.read(cursor=first.cursor, columns={"orders": {"Ref.": "number"}})
    assert [order.number for order in second.records] == ["7"]


@pytest.mark.parametrize("cursor", [{}, {"read_as": "other"}, {"files": {}}])
def test_a_cursor_of_somebody_elses_counts_for_nothing(folder: Folder, cursor: dict[str, Any]) -> None:
    folder.write("orders.csv", HEAD + rows(0, 2))
    assert len(folder.read(cursor=cursor).records) == 2


def test_no_folder_a_file_for_a_folder_and_no_right_are_told(folder: Folder, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="there is no folder"):
        folder.read(path=tmp_path / "none")
    file = folder.write("orders.csv", HEAD)
    with pytest.raises(NotFound, match="is a file"):
        folder.read(path=file)
    with pytest.raises(Rejected, match="sftp://") as error:
        folder.read(path="ftp://host/folder")
    assert error.value.field == "path"
    if os.geteuid():
        folder.path.chmod(0)
        with pytest.raises(Forbidden):
            folder.read()
        folder.path.chmod(0o700)


def test_an_unknown_stream_is_refused(folder: Folder) -> None:
    with pytest.raises(NotFound, match="no stream"):
        folder.read("weather")


def test_a_cache_that_cannot_be_written_is_told_and_nothing_is_lost(folder: Folder) -> None:
    folder.write("orders.csv", HEAD + rows(0, 3))
    folder.cache.write_text("a file where the folder belongs")
    with pytest.raises(Temporary, match="cannot be used"):
        folder.read()
    folder.cache.unlink()
    assert len(folder.read().records) == 3


def test_an_index_that_breaks_in_the_middle_is_thrown_away_and_made_anew(folder: Folder) -> None:
    folder.write("orders.csv", HEAD + rows(0, 3000))
    first = folder.read()
    source = folder.source()
    source.fetch([Ref("order", "7")])  # it is open
    index = folder.cache / "files.index"
    content = bytearray(index.read_bytes())
    content[8192:] = b"\xff" * (len(content) - 8192)
    index.write_bytes(content)
    folder.write("orders.csv", HEAD + rows(0, 3001), age=30)
    with pytest.raises(Temporary):
        list(source.changed("orders", first.cursor, until=None))  # type: ignore[arg-type] # files do not ask it
    assert len(folder.read(cursor=first.cursor).records) == 3001
