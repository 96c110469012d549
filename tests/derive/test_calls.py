"""From a milestone to a call on the desk: once, by policy, through a cache made anew, and what chased it meanwhile."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from plain_shop import DAY, HOUR, NOW, POLICY, PlainShop

from oms_tui.domain.policy import TierPolicy
from oms_tui.store import desk_rows
from oms_tui.store.milestone_calls import keep, take_over
from oms_tui.store.reads.calls import CallFilter, calls, calls_of
from oms_tui.store.reads.reports.coverage import coverage
from oms_tui.store.reads.reports.shape import Asked
from oms_tui.store.reads.reports.weeks import Weeks
from oms_tui.store.session import AgentFacts, Session
from oms_tui.store.settle import settle
from oms_tui.store.workspace import Workspace
from oms_tui.sync.calls import Calls

if TYPE_CHECKING:
    from pathlib import Path


MILESTONES = ("placed", "paid", "allocated", "shipped", "out_for_delivery", "delivered", "delayed", "exception")
KEY = TierPolicy("key", "tag:vip", calls=MILESTONES, call_within=timedelta(hours=1))
CALLING = replace(POLICY, tiers=(KEY, TierPolicy("one_off", "tag:once", calls=MILESTONES), TierPolicy("standard")))


def only(*milestones: str) -> Any:
    return replace(CALLING, tiers=(replace(KEY, calls=milestones), *CALLING.tiers[1:]))


def kept(plain: PlainShop) -> int:
    """What the worker does after deriving; how many calls were made or ended."""
    take_over(plain.store, plain.policy, plain.now)
    plain.derive()
    done = keep(plain.store, plain.now)
    settle(plain.store, plain.policy, plain.now)
    plain.derive()
    assert keep(plain.store, plain.now) == 0, "nothing is left to be done"
    return done


def tasks(plain: PlainShop, order: int) -> dict[str, dict[str, Any]]:
    found = desk_rows.select(plain.store.desk, "tasks", "source=? AND remote_id=?", plain.name(order))
    return {task["milestone"]: task for task in found}


def states(plain: PlainShop, order: int) -> dict[str, str]:
    return {call.milestone: call.state for call in calls_of(plain.store, order, plain.now)}


def vip(plain: PlainShop, number: str = "", **values: Any) -> int:
    plain.stock("LAMP", 90)
    return plain.order(number, **{"tags": ["vip"], "placed_at": NOW - 20 * 60_000} | values)


def test_reaching_a_milestone_makes_one_call_due_in_business_time_and_no_second(plain: PlainShop) -> None:
    plain.policy = only("placed", "shipped")
    order = vip(plain)

    assert kept(plain) == 1
    assert kept(plain) == 0
    [call] = calls_of(plain.store, order, plain.now)
    assert (call.milestone, call.state, call.reached_at) == ("placed", "due", NOW - 20 * 60_000)
    assert call.due_at == NOW + 40 * 60_000
    assert (plain.row(order)["call"], plain.badge("calls_due")) == ("due", 1)

    plain.parcel(order, shipped_at=NOW - 60_000)
    assert kept(plain) == 1
    plain.parcel(order, shipped_at=NOW)
    assert kept(plain) == 0, "a second parcel is no second milestone"
    assert states(plain, order) == {"placed": "due", "shipped": "due"}
    assert plain.badge("calls_due") == 2


def test_the_moments_of_an_order_are_its_milestones(plain: PlainShop) -> None:
    plain.policy = CALLING
    order = vip(plain, placed_at=NOW - 5 * HOUR, promised_at=NOW - DAY)
    plain.record("payments", order, state="settled", amount=7900, captured=7900, paid_at=NOW - 4 * HOUR)
    tracker = plain.parcel(order, status="exception", shipped_at=NOW - 3 * HOUR, last_event_at=NOW - HOUR)
    for at, status in ((NOW - 2 * HOUR, "out_for_delivery"), (NOW - HOUR, "exception")):
        plain.put("tracking_events", tracker_id=tracker, occurred_at=at, status=status)

    kept(plain)

    found = {call.milestone: call.reached_at for call in calls_of(plain.store, order, plain.now)}
    assert found.pop("delayed") < NOW
    assert found == {
        "placed": NOW - 5 * HOUR,
        "paid": NOW - 4 * HOUR,
        "shipped": NOW - 3 * HOUR,
        "out_for_delivery": NOW - 2 * HOUR,
        "exception": NOW - HOUR,
    }


def test_goods_that_were_waited_for_are_allocated_when_they_come(plain: PlainShop) -> None:
    plain.policy = only("allocated")
    plain.stock("LAMP", 0)
    order = plain.order(tags=["vip"], placed_at=NOW - 3 * DAY)
    kept(plain)
    assert (plain.row(order)["stage"], states(plain, order)) == ("awaiting_stock", {})

    plain.now += DAY
    plain.stock("LAMP", 5)
    kept(plain)

    [call] = calls_of(plain.store, order, plain.now)
    assert (call.milestone, call.reached_at) == ("allocated", plain.now)


def test_a_milestone_of_long_ago_is_no_news(plain: PlainShop) -> None:
    plain.policy = only("placed")
    take_over(plain.store, plain.policy, plain.now - 30 * DAY)
    order = vip(plain, placed_at=NOW - 8 * DAY)
    assert kept(plain) == 0
    assert tasks(plain, order) == {}


def test_a_policy_switched_on_today_makes_no_calls_about_last_week(plain: PlainShop) -> None:
    plain.policy = only()
    old, new = vip(plain, placed_at=NOW - 3 * DAY), vip(plain)
    assert kept(plain) == 0

    plain.policy = only("placed")
    assert kept(plain) == 1
    assert (tasks(plain, old), len(tasks(plain, new))) == ({}, 1)


def test_a_cache_made_anew_keeps_the_calls_and_makes_none_again(tmp_path: Path) -> None:
    def fill(store: Workspace) -> tuple[PlainShop, int, int]:
        plain = PlainShop(store, only("placed", "shipped"))
        first, second = vip(plain, "1"), vip(plain, "2")
        plain.parcel(first, shipped_at=NOW)
        return plain, first, second

    with Workspace(tmp_path / "desk") as store:
        plain, first, second = fill(store)
        assert kept(plain) == 3
        task = tasks(plain, first)["shipped"]
        desk_rows.update(store.desk, "tasks", (task["id"],), state="done", outcome="reached", done_at=NOW)
        before = list(desk_rows.select(store.desk, "tasks", order="id"))
    for path in (tmp_path / "desk").glob("cache.db*"):
        path.unlink()
    with Workspace(tmp_path / "desk") as store:
        plain, first, second = fill(store)
        plain.now += 2 * HOUR
        assert kept(plain) == 0
        assert list(desk_rows.select(store.desk, "tasks", order="id")) == before
        assert states(plain, first) == {"placed": "missed", "shipped": "kept"}
        assert states(plain, second) == {"placed": "missed"}
        assert plain.badge("calls_due") == 2


def test_what_two_workers_noted_at_once_is_one_call(plain: PlainShop) -> None:
    plain.policy = only("placed")
    order = vip(plain)
    take_over(plain.store, plain.policy, plain.now)
    plain.derive()
    noted = plain.store.cache.execute("SELECT * FROM call_changes").fetchall()
    assert keep(plain.store, plain.now) == 1
    plain.store.cache.executemany("INSERT INTO call_changes VALUES (?,?,?,?,?,?,?)", noted)
    assert keep(plain.store, plain.now) == 0
    assert len(tasks(plain, order)) == 1


def test_one_off_customers_are_never_on_the_board(plain: PlainShop) -> None:
    plain.policy = CALLING
    order = plain.order(tags=["once"], placed_at=NOW - HOUR)
    plain.decide(
        "tasks", order, kind="milestone_call", milestone="placed", state="open", due_at=NOW, reached_at=NOW - HOUR
    )
    kept(plain)
    assert plain.row(order)["tier"] == "one_off"
    assert tasks(plain, order)["placed"]["state"] == "withdrawn"
    assert calls(plain.store, now=plain.now).items == ()
    assert plain.badge("calls_due") == 0


def test_a_tier_without_a_policy_has_its_open_calls_withdrawn_with_an_event(plain: PlainShop) -> None:
    plain.policy = only("placed")
    order = vip(plain)
    kept(plain)

    plain.change("orders", order, tags="[]")
    kept(plain)

    assert tasks(plain, order)["placed"]["state"] == "withdrawn"
    assert states(plain, order) == {}
    events = plain.store.desk.execute("SELECT kind, summary FROM desk_events ORDER BY occurred_at, rowid").fetchall()
    assert events == [
        ("milestone_call", "call about placed is due"),
        ("milestone_call", "call about placed is not owed any more: standard customers are not called about placed"),
    ]
    plain.change("orders", order, tags='["vip"]')
    kept(plain)
    assert states(plain, order) == {"placed": "due"}, "a customer who is a key one after all is called"


def test_a_cancelled_order_owes_no_calls(plain: PlainShop) -> None:
    plain.policy = only("placed")
    order = vip(plain)
    kept(plain)
    plain.change("orders", order, state="cancelled")
    kept(plain)
    assert tasks(plain, order)["placed"]["outcome"] == "the order was cancelled"


def test_calls_that_were_not_made_before_everything_was_there_are_missed(plain: PlainShop) -> None:
    plain.policy = only("shipped", "delivered")
    order = vip(plain)
    parcel = plain.parcel(order, shipped_at=NOW - HOUR, lines=[("LAMP", 1)])
    kept(plain)
    assert states(plain, order) == {"shipped": "missed"}
    assert plain.badge("calls_due") == 1

    plain.change("shipments", parcel, state="delivered", delivered_at=NOW)
    kept(plain)

    assert states(plain, order) == {"shipped": "missed", "delivered": "due"}
    assert plain.badge("calls_due") == 1, "only what is still to be made"
    [made, given_up] = calls(plain.store, now=plain.now).items
    assert (made.milestone, given_up.milestone, given_up.ended) == ("delivered", "shipped", True)


def test_chasing_mails_and_calls_since_the_milestone_stand_beside_it(plain: PlainShop) -> None:
    plain.policy = only("placed")
    order = vip(plain, placed_at=NOW - 5 * HOUR)
    kept(plain)
    plain.thread(
        order,
        mails=[
            ("inbound", NOW - 6 * HOUR, "", "Where is my order?"),  # before
            ("inbound", NOW - 2 * HOUR, "", "Hello? Still no parcel."),
            ("inbound", NOW - HOUR, "", "Can I have the invoice, please?"),
            ("inbound", NOW - HOUR + 1, "bounce", "Where is my order?"),
        ],
    )
    plain.decide("call_logs", order, direction="inbound", outcome="reached", called_at=NOW - 60_000)
    plain.decide("call_logs", order, direction="outbound", outcome="no_answer", called_at=NOW - 60_000)
    plain.derive()
    assert [call.chasing for call in calls_of(plain.store, order, plain.now)] == [2]


def test_the_board_is_filtered_paged_and_counted(plain: PlainShop) -> None:
    plain.policy = only("placed", "shipped")
    first, second = vip(plain, "1", placed_at=NOW - 3 * HOUR), vip(plain, "2")
    plain.parcel(first, shipped_at=NOW)
    plain.decide("order_decisions", second, owner="tom")
    kept(plain)
    listed = [(call.number, call.milestone, call.state) for call in calls(plain.store, now=plain.now).items]
    assert listed == [("1", "placed", "missed"), ("2", "placed", "due"), ("1", "shipped", "due")]

    page = calls(plain.store, now=plain.now, limit=2)
    rest = calls(plain.store, now=plain.now, limit=2, after=page.next)
    assert [call.milestone for call in (*page.items, *rest.items)] == ["placed", "placed", "shipped"]
    assert (rest.next, page.counts, page.waiting) == (None, {"due": 2, "missed": 1, "kept": 0, "late": 0}, 1)

    def numbers(states: tuple[str, ...] = (), **only: str) -> list[str]:
        return [call.number for call in calls(plain.store, now=plain.now, states=states, only=CallFilter(**only)).items]

    assert numbers(owner="tom") == ["2"]
    assert numbers(owner="none") == ["1", "1"]
    assert numbers(("missed",), tier="key") == ["1"]
    assert numbers(tier="standard") == []
    later = calls(plain.store, now=NOW + 40 * 60_000)
    assert [call.state for call in later.items] == ["missed", "missed", "due"], "missed from the very moment"


def test_coverage_is_kept_of_all_that_was_due_by_tier_and_week(plain: PlainShop) -> None:
    plain.policy = only("placed", "shipped", "delivered")
    order = plain.order(tags=["vip"], placed_at=NOW - DAY)
    ended = {"kind": "milestone_call", "tier": "key", "reached_at": NOW - 2 * HOUR, "due_at": NOW - HOUR}
    rows: list[dict[str, Any]] = [
        {"milestone": "placed", "state": "done", "outcome": "reached", "done_at": NOW - 2 * HOUR},
        {"milestone": "shipped", "state": "done", "outcome": "reached", "done_at": NOW},
        {"milestone": "paid", "state": "dropped", "outcome": "delivered meanwhile", "done_at": NOW},
        {"milestone": "delayed", "state": "withdrawn", "done_at": NOW},
        {"milestone": "exception", "state": "open"},
        {"milestone": "delivered", "state": "open", "due_at": NOW + HOUR},
        {"milestone": "allocated", "state": "done", "outcome": "reached", "done_at": 1, "due_at": NOW - 7 * DAY},
    ]
    for row in rows:
        plain.decide("tasks", order, **ended | row)
    plain.thread(order, mails=[("inbound", NOW - HOUR, "", "Where is my order?")])
    plain.derive()

    session = Session(plain.store, plain.policy, AgentFacts("lea"), clock=lambda: plain.now)
    this, last = coverage(Asked(session, Weeks(plain.policy.zone, plain.now, 4)))

    assert (this.week, this.tier, this.kept, this.late, this.missed, this.coverage) == (
        *("2026-W48", "key", 1, 1, 2),
        25.0,
    )
    assert this.chasing == 1
    assert (last.week, last.coverage) == ("2026-W47", 100.0)


def test_the_worker_makes_no_call_from_half_a_story(plain: PlainShop) -> None:
    plain.policy = only("placed")
    order = vip(plain)
    session = Session(plain.store, plain.policy, AgentFacts("worker"), clock=lambda: plain.now)
    worker = Calls(session, ["shop", "parcels"], threading.Lock())

    assert worker.tick() == 0, "it is not derived yet"
    plain.derive()
    assert worker.tick() == 0, "the parcels were not read yet"
    for source in ("shop", "parcels"):
        plain.put("sync_state", source=source, stream="all", last_attempt_at=plain.now)
    plain.dirty(order)
    assert worker.tick() == 0, "something happened to it that nobody has looked at"
    plain.derive()
    assert worker.tick() == 1
    assert worker.tick() == 0
    assert plain.row(order)["call"] == "due", "it is seen at once"


def test_the_hours_of_the_desk_are_those_of_its_calls(plain: PlainShop) -> None:
    plain.policy = only("placed")
    friday = int(datetime(2026, 11, 27, 15, 30, tzinfo=UTC).timestamp() * 1000)  # 16:30 in Berlin
    plain.now = friday
    order = vip(plain, placed_at=friday)
    kept(plain)
    [call] = calls_of(plain.store, order, plain.now)
    assert datetime.fromtimestamp(call.due_at / 1000, UTC) == datetime(2026, 11, 30, 8, 30, tzinfo=UTC)


def test_two_calls_about_one_milestone_are_one_on_the_board(plain: PlainShop) -> None:
    plain.policy = only("placed")
    order = vip(plain)
    for due in (NOW + 2 * HOUR, NOW + HOUR):
        plain.decide("tasks", order, kind="milestone_call", milestone="placed", state="open", due_at=due)
    plain.derive()
    [call] = calls_of(plain.store, order, plain.now)
    assert (call.due_at, plain.badge("calls_due")) == (NOW + HOUR, 1)
    assert kept(plain) == 0, "and no third is made"
