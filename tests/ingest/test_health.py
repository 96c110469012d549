"""How sources do, as ``status`` and the top bar tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from feeding import NOW, order

from connectors.records import OrderRef, Page, PaymentRecord, Quarantined
from oms_tui.store import sync_state
from oms_tui.store.reads.health import loose_records, quarantined, source_health
from oms_tui.sync.ingest import ingest_page

if TYPE_CHECKING:
    from feeding import Desk

    from oms_tui.store.shapes import SourceHealth

MINUTE = 60_000


def health(desk: Desk, now: int, *, enabled: bool = True) -> SourceHealth:
    (found,) = source_health(desk.store, {"shop": ("tryton", enabled, 10 * MINUTE)}, now)
    return found


def test_a_source_that_was_never_read_says_so(desk: Desk) -> None:
    found = health(desk, NOW)

    assert (found.state, found.kind, found.last_success_at, found.age_seconds) == ("never", "tryton", None, None)


def test_a_source_is_ok_and_grows_stale_by_its_oldest_stream(desk: Desk) -> None:
    desk.feed("shop", order(), stream="orders")
    desk.feed("shop", stream="notes")

    found = health(desk, NOW + 5 * MINUTE)
    assert (found.state, found.records, found.last_success_at) == ("ok", 1, NOW + 1000)
    assert found.age_seconds == 299
    assert health(desk, NOW + 11 * MINUTE).state == "stale"


def test_a_failure_says_what_to_do_until_the_next_success(desk: Desk) -> None:
    desk.feed("shop", order())
    for at in (1, 2):
        sync_state.failed(
            *(desk.store.cache, "shop", "all", "auth_expired", "the key was refused\x1b[2J", "make a new one"),
            retry_at=NOW + 9 * MINUTE,
            now=NOW + at * MINUTE,
        )

    found = health(desk, NOW + 3 * MINUTE)
    assert (found.state, found.error, found.hint) == ("failed", "the key was refused␛[2J", "make a new one")
    state = sync_state.state(desk.store.cache, "shop", "all")
    assert state is not None
    assert (state.failures, state.failed_since, state.retry_at) == (2, NOW + MINUTE, NOW + 9 * MINUTE)

    sync_state.succeeded(desk.store.cache, "shop", "all", NOW + 4 * MINUTE)
    found = health(desk, NOW + 4 * MINUTE)
    assert (found.state, found.error, found.hint) == ("ok", "", "")


def test_being_asked_to_wait_is_no_failure(desk: Desk) -> None:
    desk.feed("shop", order())
    sync_state.failed(desk.store.cache, "shop", "all", "rate_limited", "asked too often", "wait", NOW + MINUTE, NOW)

    found = health(desk, NOW + MINUTE)
    assert (found.state, found.error) == ("ok", "asked too often")
    assert health(desk, NOW + 20 * MINUTE).state == "stale"


def test_one_stream_that_fails_is_not_hidden_by_the_others(desk: Desk) -> None:
    desk.feed("shop", order(), stream="orders")
    sync_state.failed(desk.store.cache, "shop", "notes", "unreachable", "no answer", "check the network", None, NOW)

    assert health(desk, NOW + MINUTE).state == "failed"


def test_a_source_that_is_switched_off_is_paused_whatever_it_was(desk: Desk) -> None:
    sync_state.failed(desk.store.cache, "shop", "all", "unreachable", "no answer", "", None, NOW)

    assert health(desk, NOW, enabled=False).state == "paused"


def test_a_long_first_run_shows_how_far_it_is(desk: Desk) -> None:
    page = Page([order(str(number)) for number in range(5)], cursor={"at": 1}, more=True, total=20)
    ingest_page(desk.store, "shop", "orders", page, now=NOW)

    found = health(desk, NOW)
    assert (found.state, found.records, found.done, found.total) == ("never", 5, 5, 20)


def test_what_is_set_aside_is_counted_with_its_source_and_forgotten_after_a_whole_read(desk: Desk) -> None:
    desk.feed("shop", quarantined=(Quarantined("order 1", "x"), Quarantined("order 2", "y")))
    assert health(desk, NOW).quarantined == 2

    started = desk.now + 1
    desk.feed("shop", quarantined=(Quarantined("order 2", "y"),))
    sync_state.forget_quarantined(desk.store.cache, "shop", "all", started)

    assert [aside.ref for aside in quarantined(desk.store)] == ["order 2"]


def test_health_that_moved_is_in_the_change_feed(desk: Desk) -> None:
    desk.feed("shop", order())

    assert ("source",) in desk.rows("SELECT kind FROM change_log")


def test_the_list_of_loose_records_is_bounded_and_begins_with_what_somebody_must_decide(desk: Desk) -> None:
    payments = [PaymentRecord(f"pi_{n}", OrderRef(number=f"A-{n}"), "settled", 1, "EUR") for n in range(30)]
    desk.feed("books", *payments, PaymentRecord("pi_x", OrderRef(number="1042"), "settled", 1, "EUR"))
    desk.feed("shop", order("1042"))
    desk.feed("outlet", order("1042"))

    found = loose_records(desk.store, limit=10)
    assert len(found) == 10
    assert found[0].remote_id == "pi_x"
    assert {record.reason for record in found[1:]} == {"no order here is called so"}


@pytest.mark.parametrize("kind", ["payments", "shipments"])
def test_a_record_that_names_no_order_is_nobodys_work(desk: Desk, kind: str) -> None:
    desk.feed("books", PaymentRecord("pi_1", OrderRef(), "settled", 1, "EUR"))

    assert loose_records(desk.store) == []
    assert desk.rows(f"SELECT count(*) FROM {kind} WHERE order_id IS NOT NULL") == [(0,)]


def test_a_round_that_brings_no_news_wakes_no_desk(desk: Desk) -> None:
    desk.feed("shop", order())
    told = desk.rows("SELECT count(*) FROM change_log WHERE kind='source'")
    sync_state.succeeded(desk.store.cache, "shop", "all", NOW + MINUTE)
    assert desk.rows("SELECT count(*) FROM change_log WHERE kind='source'") == told
    assert health(desk, NOW + MINUTE).age_seconds == 0
