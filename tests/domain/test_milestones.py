"""Milestone calls: when they are due, what became of them, for whom there are none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain.business_time import BusinessHours, read_week
from oms_tui.domain.milestones import (
    BEFORE_DELIVERY,
    HORIZON,
    MilestoneFacts,
    ParcelMoments,
    asked_for,
    call_state,
    calls_wanted,
    due_at,
    ended_by,
    in_force,
    reached,
)
from oms_tui.domain.policy import TierPolicy
from oms_tui.domain.vocabulary import CallState, Milestone, values

BERLIN = ZoneInfo("Europe/Berlin")
HOURS = BusinessHours(BERLIN, read_week({"mon-fri": ["09:00-12:00", "13:00-17:30"]}))
EVERYTHING = TierPolicy("key", calls=values(Milestone), call_within=timedelta(hours=1))
LONG_AGO = {f"key:{milestone}": 0 for milestone in values(Milestone)}

moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - given one
maybe = st.none() | moments
facts = st.builds(
    MilestoneFacts,
    placed_at=maybe,
    paid_at=maybe,
    allocated_at=maybe,
    parcels=st.lists(st.builds(ParcelMoments, maybe, maybe, maybe), max_size=3).map(tuple),
    delivered_at=maybe,
    late_since=maybe,
    cancelled=st.booleans(),
)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("milestone_at", "due"),
    [
        ("2026-11-26T10:00", "2026-11-26T11:00"),
        ("2026-11-26T11:30", "2026-11-26T13:30"),  # over the midday break
        ("2026-11-27T17:00", "2026-11-30T09:30"),  # Friday evening to Monday
        ("2026-11-28T03:00", "2026-11-30T10:00"),
    ],
)
def test_a_call_is_due_in_business_time_after_its_milestone(milestone_at: str, due: str) -> None:
    assert due_at(berlin(milestone_at), EVERYTHING, HOURS) == berlin(due)


def test_an_order_in_two_parcels_is_shipped_with_the_first_and_delivered_with_the_last() -> None:
    first, second = berlin("2026-11-24T10:00"), berlin("2026-11-25T10:00")
    found = reached(MilestoneFacts(first, parcels=(ParcelMoments(second), ParcelMoments(first))))
    assert found[Milestone.SHIPPED] == first
    assert Milestone.DELIVERED not in found, "nobody says that all of it is there"


@given(facts, moments)
def test_nobody_is_called_about_what_has_not_happened_is_old_or_is_overtaken(of: MilestoneFacts, now: datetime) -> None:
    there = reached(of)
    wanted = list(calls_wanted(of, EVERYTHING, HOURS, LONG_AGO, now=now))

    assert len({call.milestone for call in wanted}) == len(wanted), "one call a milestone"
    for call in wanted:
        assert there[call.milestone] == call.reached_at
        assert now - HORIZON <= call.reached_at <= now
        assert HOURS.between(call.reached_at, call.due_at) == timedelta(hours=1)
        assert not (call.milestone in BEFORE_DELIVERY and Milestone.DELIVERED in there)


@given(facts, moments)
def test_one_off_customers_are_never_called_whatever_the_config_says(of: MilestoneFacts, now: datetime) -> None:
    tier = TierPolicy("one_off", calls=values(Milestone), call_within=timedelta(hours=1))
    assert asked_for(tier) == ()
    assert not list(calls_wanted(of, tier, HOURS, {f"one_off:{each}": 0 for each in values(Milestone)}, now=now))


@given(of=facts, now=moments)
def test_a_cancelled_order_earns_no_calls(of: MilestoneFacts, now: datetime) -> None:
    from dataclasses import replace

    assert not list(calls_wanted(replace(of, cancelled=True), EVERYTHING, HOURS, LONG_AGO, now=now))


def test_a_policy_switched_on_today_asks_for_nothing_of_last_week() -> None:
    now = berlin("2026-11-26T12:00")
    ms = int(now.timestamp() * 1000)
    at_first = in_force({}, [], ms - 90 * 86_400_000)
    switched_on = in_force(at_first, ["key:shipped"], ms)

    def wanted(days: float) -> bool:
        of = MilestoneFacts(now, parcels=(ParcelMoments(now - timedelta(days=days)),))
        return bool(list(calls_wanted(of, TierPolicy("key", calls=("shipped",)), HOURS, switched_on, now=now)))

    assert wanted(0.5)
    assert not wanted(2)
    assert in_force(switched_on, ["key:shipped"], ms + 10**9) == switched_on, "it stays as it was"
    assert "key:shipped" not in in_force(switched_on, [], ms), "taken out, it begins anew when it is put in again"


def test_a_desk_that_begins_asks_for_what_the_last_days_left_open() -> None:
    now = berlin("2026-11-26T12:00")
    begins = in_force({}, ["key:shipped"], int(now.timestamp() * 1000))
    of = MilestoneFacts(now, parcels=(ParcelMoments(now - timedelta(days=3)),))
    assert list(calls_wanted(of, TierPolicy("key", calls=("shipped",)), HOURS, begins, now=now))


# ---- what became of it

times = st.integers(0, 1_000)


@given(due=times, now=times, missed=st.none() | times)
def test_an_open_call_is_due_until_its_time_and_missed_ever_after(due: int, now: int, missed: int | None) -> None:
    found = call_state(state="open", outcome="", due_at=due, done_at=None, missed_at=missed, now=now)
    assert found == (CallState.MISSED if due <= now or missed is not None else CallState.DUE)


@given(due=times, done=times, now=times)
def test_a_call_that_was_made_is_kept_or_late_whenever_one_looks(due: int, done: int, now: int) -> None:
    found = call_state(state="done", outcome="reached", due_at=due, done_at=done, missed_at=None, now=now)
    assert found == (CallState.KEPT if done < due else CallState.LATE)


@given(due=times, done=times, now=times)
def test_what_was_missed_and_tried_again_is_late_and_never_kept(due: int, done: int, now: int) -> None:
    found = call_state(state="done", outcome="reached", due_at=due, done_at=done, missed_at=1, now=now)
    assert found == CallState.LATE


def test_a_call_given_up_was_missed_and_one_withdrawn_is_none() -> None:
    def stands(state: str) -> CallState | None:
        return call_state(state=state, outcome="why", due_at=9, done_at=5, missed_at=None, now=5)

    assert stands("dropped") == CallState.MISSED
    assert stands("withdrawn") is None


def test_a_talk_about_the_order_settles_every_call_and_one_about_a_milestone_its_own() -> None:
    assert ended_by("", milestone="shipped")
    assert ended_by("shipped", milestone="shipped")
    assert not ended_by("delayed", milestone="shipped")
