"""How much of a clock is gone, in business time: what a rule tells the lead by, before it is broken."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain.business_time import BusinessHours, read_week
from oms_tui.domain.clocks import (
    SHARE_STEP,
    Clock,
    ClockKind,
    ClockState,
    ResponsePolicy,
    share_changes_at,
    share_gone,
)

BERLIN = ZoneInfo("Europe/Berlin")
HOURS = BusinessHours(BERLIN, read_week({"mon-fri": ["09:00-12:00", "13:00-17:30"]}), [date(2026, 12, 25)])
FOUR_HOURS = ResponsePolicy(timedelta(hours=4), timedelta(hours=2))


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def clock(started: datetime, allowed: timedelta = timedelta(hours=4)) -> Clock:
    due, soon = HOURS.add(started, allowed), HOURS.add(started, allowed * 0.75)
    return Clock(ClockKind.FIRST_RESPONSE, started, soon, due, ClockState.RUNNING)


def gone(at: str, started: str = "2026-11-27T16:30") -> int:
    return share_gone(clock(berlin(started)), FOUR_HOURS, HOURS, now=berlin(at))


def test_a_weekend_takes_nothing_of_a_clock_that_began_on_friday_afternoon() -> None:
    assert gone("2026-11-27T16:30") == 0
    assert gone("2026-11-27T17:30") == 25
    assert gone("2026-11-28T12:00") == 25, "Saturday"
    assert gone("2026-11-30T09:00") == 25, "Monday, when the desk opens"
    assert gone("2026-11-30T10:00") == 50
    assert gone("2026-11-30T11:12") == 80, "the moment of 80%"
    assert gone("2026-11-30T11:11") == 75, "and a minute before"
    assert gone("2026-11-30T12:30") == 100, "at noon it was due"


def test_a_lunch_break_and_a_holiday_take_nothing_either() -> None:
    assert gone("2026-11-26T12:30", "2026-11-26T11:00") == gone("2026-11-26T13:00", "2026-11-26T11:00") == 25
    assert gone("2026-12-25T12:00", "2026-12-24T16:30") == gone("2026-12-28T09:00", "2026-12-24T16:30") == 25


def test_it_says_itself_when_it_is_told_otherwise_next() -> None:
    runs = clock(berlin("2026-11-27T16:30"))
    at = share_changes_at(runs, FOUR_HOURS, HOURS, now=berlin("2026-11-28T12:00"))
    assert at == berlin("2026-11-30T09:12").astimezone(UTC)
    assert share_changes_at(runs, FOUR_HOURS, HOURS, now=berlin("2026-12-01T09:00")) is None, "it is broken"


@given(started=st.integers(0, 60 * 24 * 28), length=st.integers(20, 60 * 20), after=st.integers(0, 60 * 24 * 14))
def test_from_step_to_step_a_clock_runs_out_and_no_step_is_left_out(started: int, length: int, after: int) -> None:
    begin = datetime(2026, 11, 2, tzinfo=UTC) + timedelta(minutes=started)
    allowed = timedelta(minutes=length)
    policy, runs = ResponsePolicy(allowed), clock(begin, allowed)
    now, before = begin + timedelta(minutes=after), -1
    for _ in range(100 // SHARE_STEP + 2):
        share = share_gone(runs, policy, HOURS, now=now)
        assert share > before
        before = share
        following = share_changes_at(runs, policy, HOURS, now=now)
        if following is None:
            break
        assert following > now
        now = following + timedelta(milliseconds=1)
    assert before == 100
