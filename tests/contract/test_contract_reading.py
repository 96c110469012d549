"""Groups 2, 4, 5, 6, 7, 15 and 16: what a source hands over, however the reading is cut into pages or broken off."""

from __future__ import annotations

import contextlib
import gc
import itertools
from collections import Counter
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from reading import MOST_PAGES, Read, Store, identity, moments, pages, read, records, stored, streams, texts

from connectors.base import MailSource, RecordSource, TrackingRef, TrackingSource
from connectors.errors import ConnectorError, NotFound
from connectors.records import MailKey, Ref

if TYPE_CHECKING:
    from harness import Harness

    from connectors.base import Connector

BACKFILL = 10_000
LARGEST_PAGE = 1_000
MOST_GROWTH = 40_000_000  # bytes
_KINDS = (
    "order",
    "customer",
    "shipment",
    "invoice",
    "payment",
    "refund",
    "purchase_order",
    "note",
    "stock",
    "unheard_of",
)
_NO_IDS = (
    "999999999",
    "no such id",
    "",
    "../../etc/passwd",
    "'; --",
    "١٢٣",
    "9" * 400,
    "out:",
    "package:x",
    "pi_",
    "\x00",
)


# ---- 2: a full read


@pytest.mark.group(2)
def test_a_full_read_brings_what_was_seeded_and_each_once(harness: Harness) -> None:
    connector = harness.connect()
    seeded = harness.seeded()
    assert set(streams(harness, connector)) == set(seeded)
    for stream in streams(harness, connector):
        found = read(harness, connector, stream)
        counted = Counter(identity(record) for record in found.records)
        assert set(counted) == seeded[stream], stream
        assert max(counted.values(), default=1) == 1, f"{stream}: doubled"
        assert not found.quarantined, f"{stream}: {found.quarantined}"


@pytest.mark.group(2)
def test_every_time_says_its_zone(harness: Harness) -> None:
    connector = harness.connect()
    for stream in streams(harness, connector):
        for record in read(harness, connector, stream).records:
            assert all(moment.tzinfo is not None for moment in moments(record)), record


@pytest.mark.group(2)
def test_making_one_costs_no_call_and_closing_twice_is_fine(harness: Harness) -> None:
    connector = harness.connect()
    connector.close()
    connector.close()
    stream = streams(harness, connector)[0]
    assert read(harness, connector, stream).identities == harness.seeded()[stream]  # it opens again by itself


# ---- 4 and 5: pages


@pytest.mark.group(4)
@pytest.mark.parametrize("size", [1, 2, 3])
def test_records_of_one_second_are_neither_lost_nor_doubled_whatever_the_page(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    harness.take_own()
    stream, made = harness.together(5)
    harness.small_pages(monkeypatch, size)
    found = read(harness, harness.connect(), stream)
    counted = Counter(identity(record) for record in found.records)
    assert made <= set(counted)
    assert {counted[one] for one in made} == {1}
    assert len(found.sizes) >= len(made) / size


@pytest.mark.group(4)
def test_an_edge_between_two_runs_loses_none_of_a_second(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    harness.take_own()
    stream, first = harness.together(3)
    harness.small_pages(monkeypatch, 2)
    before = read(harness, harness.connect(), stream)
    assert first <= before.identities
    same, later = harness.together(3)
    assert same == stream
    after = read(harness, harness.connect(), stream, before.cursor)
    assert later <= after.identities


@pytest.mark.group(5)
def test_a_record_that_changes_while_it_is_read_comes_again(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    harness.take_own()
    harness.small_pages(monkeypatch, 1)
    stream = _touched_stream(harness)
    connector = harness.connect()
    running = pages(harness, connector, stream)
    found = Read()
    found.take(next(running))
    sign = harness.touch()
    rest = Read()
    for page in running:
        rest.take(page)
    again = read(harness, harness.connect(), stream, rest.cursor or found.cursor)
    assert any(sign.seen(thing) for thing in [*rest.told, *again.told])


def _touched_stream(harness: Harness) -> str:
    """Which stream ``touch`` changes; asking costs one touch."""
    return harness.touch().stream


# ---- 6: crashes


@pytest.mark.group(6)
def test_whatever_page_a_run_dies_at_the_replay_gives_the_same_state(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness.take_own()
    for stream in streams(harness, harness.connect()):
        count = len(read(harness, harness.connect(), stream).records)
        harness.small_pages(monkeypatch, max(2, count // 4))
        crashed, cursor = _dying_at_each_page(harness, stream)
        whole = Store()
        for page in pages(harness, harness.connect(), stream):
            whole.commit(page)
        assert crashed.held == whole.held, stream
        assert cursor is not None


@pytest.mark.group(6)
def test_a_change_is_not_lost_with_a_run_that_saw_it_and_died(harness: Harness) -> None:
    harness.take_own()
    stream = _touched_stream(harness)
    before = read(harness, harness.connect(), stream).cursor
    sign = harness.touch()
    seen = read(harness, harness.connect(), stream, before)
    assert any(sign.seen(thing) for thing in seen.told)
    replay = read(harness, harness.connect(), stream, before)
    assert any(sign.seen(thing) for thing in replay.told)


def _dying_at_each_page(harness: Harness, stream: str) -> tuple[Store, dict[str, Any] | None]:
    """Every page is read, lost, read again and committed, each time by a new process (a new connector)."""
    store = Store()
    cursor: dict[str, Any] | None = None
    for _ in range(MOST_PAGES):
        _first_page(harness, stream, cursor)
        page = _first_page(harness, stream, cursor)
        store.commit(page)
        cursor = stored(page.cursor)
        if not page.more:
            return store, cursor
    raise AssertionError(f"{stream}: no end after {MOST_PAGES} pages")


def _first_page(harness: Harness, stream: str, cursor: dict[str, Any] | None) -> Any:
    connector = harness.connect()
    running = pages(harness, connector, stream, cursor)
    page = next(running)
    running.close()  # type: ignore[attr-defined] # it is a generator
    connector.close()
    return page


# ---- 7: nothing there


@pytest.mark.group(7)
def test_past_the_end_nothing_new_comes_and_the_run_ends(harness: Harness) -> None:
    connector = harness.connect()
    for stream in streams(harness, connector):
        found = read(harness, connector, stream)
        for _ in range(2):
            again = read(harness, connector, stream, found.cursor)
            assert again.identities <= found.identities, stream
            assert not [thing for thing in again.told if isinstance(thing, MailKey)]
            found.cursor = again.cursor


@pytest.mark.group(7)
def test_a_stream_nobody_has_is_not_found(harness: Harness) -> None:
    connector = harness.connect()
    if isinstance(connector, (RecordSource, MailSource)):
        with pytest.raises(NotFound):
            read(harness, connector, "unheard_of")


@pytest.mark.group(7)
def test_ids_nobody_has_are_told_and_never_break_a_fetch(harness: Harness) -> None:
    connector = harness.connect()
    match connector:
        case RecordSource():
            assert connector.fetch([]).records == []
            for kind, remote_id in itertools.product(_KINDS, _NO_IDS):
                page = connector.fetch([Ref(kind, remote_id)])
                assert page.records == [], (kind, remote_id)
                assert page.deleted in ([], [Ref(kind, remote_id)])
        case MailSource():
            _fetch_no_mail(connector, next(iter(harness.seeded())))
        case TrackingSource():
            assert connector.track([]).records == []
            for number in _NO_IDS:
                page = connector.track([TrackingRef("", number, "")])
                assert len(page.records) + len(page.quarantined) <= 1


def _fetch_no_mail(mailbox: MailSource, folder: str) -> None:
    for uid in _NO_IDS:
        key = MailKey(folder, "1", uid)
        assert list(mailbox.bodies([key])) == []
        with pytest.raises(NotFound):
            mailbox.raw(key)
    for message_id in ("<nobody@nowhere.example>", "", '"', "\r\n", "<ü@x>"):
        assert mailbox.search(folder, [message_id]) == []
        assert mailbox.thread([message_id]) == []
    assert mailbox.search(folder, []) == []
    assert mailbox.thread([]) == []


@pytest.mark.group(7)
@pytest.mark.parametrize(
    "cursor", [{}, {"since": None}, {"since": "yesterday"}, {"nonsense": 1}, {"files": 3}, {"uidvalidity": "x"}]
)
def test_a_cursor_that_is_none_starts_over_or_is_refused_in_words(harness: Harness, cursor: dict[str, Any]) -> None:
    connector = harness.connect()
    for stream in streams(harness, connector):
        with contextlib.suppress(ConnectorError):
            assert read(harness, connector, stream, cursor).identities == harness.seeded()[stream], stream


# ---- 15: ten thousand


@pytest.mark.group(15)
def test_ten_thousand_records_come_in_bounded_memory_and_go_on_where_they_stopped(harness: Harness) -> None:
    harness.take_own()
    account, stream = harness.backfill(BACKFILL)
    seen: set[str] = set()
    handed = 0
    cursor: dict[str, Any] | None = None
    running = pages(harness, harness.connect(account), stream)
    before = 0
    for number in range(MOST_PAGES):
        page = next(running)
        if number == 2:
            gc.collect()
            before = psutil.Process().memory_info().rss
        seen.update(identity(record) for record in records(page))
        handed += len(records(page))
        assert len(records(page)) <= LARGEST_PAGE
        cursor = stored(page.cursor)
        if not page.more:
            break
        if number == 4:  # the process dies, another goes on
            running = pages(harness, harness.connect(account), stream, cursor)
    gc.collect()
    grown = psutil.Process().memory_info().rss - before
    assert len(seen) >= BACKFILL
    assert handed - len(seen) <= LARGEST_PAGE, "it started over"
    assert grown < MOST_GROWTH, f"{grown:,} bytes more"


# ---- 16: any text


@pytest.mark.group(16)
def test_any_script_and_any_control_comes_through_as_it_was_sent(harness: Harness) -> None:
    harness.take_own()
    hostile = harness.hostile()
    connector = harness.connect()
    assert any(len(text) >= 5_000 for kept in hostile.values() for text in kept), (
        "five thousand characters are asked for"
    )
    for stream, kept in hostile.items():
        found = list(itertools.chain.from_iterable(texts(record) for record in _with_text(harness, connector, stream)))
        for text in kept:
            assert any(text in each for each in found), f"{stream}: {text[:40]!a} came out otherwise"


def _with_text(harness: Harness, connector: Connector, stream: str) -> list[Any]:
    found = read(harness, connector, stream).records
    if isinstance(connector, MailSource):
        return list(connector.bodies([record.key for record in found]))
    return found
