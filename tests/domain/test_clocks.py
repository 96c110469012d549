"""Clocks of answers and solutions: the cases on which other help desks went wrong, and what holds for every history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain.business_time import BusinessHours, read_week
from oms_tui.domain.clocks import Clock, ResponsePolicy, resolution_clock, response_clocks, running
from oms_tui.domain.conversations import Decision, Letter, state_of

BERLIN = ZoneInfo("Europe/Berlin")
DESK = BusinessHours(BERLIN, read_week({"mon-fri": ["09:00-17:00"]}))
HOUR = timedelta(hours=1)
PROMISED = ResponsePolicy(HOUR, 2 * HOUR, 8 * HOUR)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def mail(when: str | datetime, direction: str = "inbound", auto: str = "") -> Letter:
    moment = at(when) if isinstance(when, str) else when
    who = ("jan@firma.example", "support@shop.example")
    sender, other = who if direction == "inbound" else who[::-1]
    return Letter(f"{moment}{direction}{auto}", moment, direction, sender, (other,), auto=auto)


def ours(when: str, auto: str = "") -> Letter:
    return mail(when, "outbound", auto)


def clocks(*letters: Letter, now: str, **more: object) -> list[Clock]:
    return response_clocks(letters, PROMISED, DESK, now=at(now), **more)


def solution(*letters: Letter, now: str, **more: object) -> Clock:
    found = resolution_clock(letters, PROMISED, DESK, now=at(now), **more)
    assert found is not None
    return found


# ---- cases that broke others


def test_zammad_5177_the_first_answers_clock_is_not_overruled_by_the_next_ones() -> None:
    """The customer writes twice before the first answer: the first response stays due by the first mail."""
    (clock,) = clocks(mail("2026-11-23 09:00"), mail("2026-11-23 09:50"), now="2026-11-23 09:55")

    assert (clock.kind, clock.due_at) == ("first_response", at("2026-11-23 10:00"))


def test_zammad_3140_nothing_escalates_once_the_agent_has_answered() -> None:
    letters = (mail("2026-11-23 09:00"), ours("2026-11-23 09:30"))

    (clock,) = clocks(*letters, now="2026-12-24 12:00")

    assert clock.state == "kept"
    assert running([clock]) is None
    assert solution(*letters, now="2026-12-24 12:00").state == "paused"


def test_zammad_1322_what_the_customer_adds_counts_as_written_to_us() -> None:
    """A further word of the customer's after our answer starts the next clock, whichever way it came in."""
    first, second = clocks(
        mail("2026-11-23 09:00"), ours("2026-11-23 09:30"), mail("2026-11-23 11:00"), now="2026-11-23 11:10"
    )

    assert (first.state, second.kind) == ("kept", "next_response")
    assert second.due_at == at("2026-11-23 13:00")


def test_zammad_904_a_conversation_that_was_merged_escalates_no_more() -> None:
    asked = mail("2026-11-23 09:00")

    assert clocks(asked, now="2026-11-30 12:00", status="merged") == []
    assert resolution_clock([asked], PROMISED, DESK, now=at("2026-11-30 12:00"), status="merged") is None


@pytest.mark.parametrize("minute", ["2026-11-24 00:00", "2026-11-23 23:59", "2026-11-24 00:01", "2026-11-23 17:00"])
def test_zammad_4432_a_mail_at_midnight_is_due_an_hour_after_the_desk_opens(minute: str) -> None:
    (clock,) = clocks(mail(minute), now="2026-11-24 08:00")

    assert clock.due_at == at("2026-11-24 10:00")
    assert clock.state == "running"


def test_chatwoot_13392_of_friday_half_past_four_an_hour_is_monday_half_past_nine() -> None:
    (clock,) = clocks(mail("2026-11-20 16:30"), now="2026-11-22 12:00")

    assert clock.due_at == at("2026-11-23 09:30")
    assert clock.state == "running", "the weekend broke nothing"


def test_an_hour_over_either_change_of_the_clocks_is_an_hour_of_the_desk() -> None:
    for friday, monday in (("2026-03-27 16:30", "2026-03-30 09:30"), ("2026-10-23 16:30", "2026-10-26 09:30")):
        (clock,) = clocks(mail(friday), now=friday)
        assert clock.due_at == at(monday)
        assert DESK.between(clock.started_at, clock.due_at) == HOUR


def test_automatic_answers_of_ours_stop_nothing_and_theirs_start_nothing() -> None:
    (clock,) = clocks(
        mail("2026-11-23 09:00"),
        ours("2026-11-23 09:01", auto="auto-replied"),
        ours("2026-11-23 09:02", auto="confirmation"),
        now="2026-11-23 09:30",
    )
    assert clock.runs

    assert clocks(mail("2026-11-23 09:00", auto="auto-replied"), now="2026-11-23 12:00") == []
    assert clocks(mail("2026-11-23 09:00", auto="bounce"), now="2026-11-23 12:00") == []


def test_spam_has_no_clock_whatever_was_written() -> None:
    assert clocks(mail("2026-11-23 09:00"), mail("2026-11-23 11:00"), now="2026-11-24 12:00", status="spam") == []


def test_put_aside_the_clock_runs_on() -> None:
    (clock,) = clocks(mail("2026-11-23 09:00"), now="2026-11-23 11:00", status="snoozed")

    assert clock.state == "breached"


def test_a_customer_who_was_reached_by_phone_does_not_wait_any_more() -> None:
    (clock,) = clocks(mail("2026-11-23 09:00"), now="2026-11-23 12:00", told=[at("2026-11-23 09:40")])
    assert (clock.state, clock.answered_at) == ("kept", at("2026-11-23 09:40"))

    decided = Decision("pending", at("2026-11-23 09:40"))
    asked, again = mail("2026-11-23 09:00"), mail("2026-11-23 14:00")
    now = datetime(2026, 11, 23, 15, tzinfo=UTC)
    state = state_of([asked], now=now, decision=decided)
    assert (state.status, state.waiting_since, state.needs_answer) == ("pending", None, False)
    state = state_of([asked, again], now=now, decision=decided)
    assert (state.status, state.waiting_since) == ("open", again.at)


# ---- the solution


def test_a_solution_is_due_by_all_the_time_they_waited_for_us() -> None:
    letters = [
        mail("2026-11-23 09:00"),
        ours("2026-11-23 12:00"),  # three hours
        mail("2026-11-25 10:00"),
    ]

    clock = solution(*letters, now="2026-11-25 11:00")

    assert (clock.kind, clock.started_at) == ("resolution", at("2026-11-23 09:00"))
    assert clock.soon_at == at("2026-11-25 13:00")
    assert clock.due_at == at("2026-11-25 15:00")
    assert clock.state == "running"
    assert [solution(*letters, now=f"2026-11-25 {now}").state for now in ("13:00", "14:59", "15:00")] == [
        "soon",
        "soon",
        "breached",
    ]


def test_a_solution_stands_still_while_the_customer_is_to_answer_and_ends_when_it_is_closed() -> None:
    letters = [mail("2026-11-23 09:00"), ours("2026-11-23 12:00")]
    assert solution(*letters, now="2027-01-04 12:00").state == "paused"

    closed = at("2026-11-24 12:00")
    kept = solution(*letters, now="2027-01-04 12:00", status="closed", closed_at=closed)
    assert (kept.state, kept.runs) == ("kept", False)

    late = solution(mail("2026-11-23 09:00"), now="2027-01-04 12:00", status="closed", closed_at=closed)
    assert late.state == "late"


def test_a_solution_that_took_too_long_stays_late_while_the_customer_is_to_answer() -> None:
    letters = [mail("2026-11-23 09:00"), ours("2026-11-24 12:00")]

    clock = solution(*letters, now="2026-11-25 12:00")

    assert clock.state == "late"
    assert clock.due_at == at("2026-11-23 17:00")


def test_a_tier_that_is_promised_no_solution_has_no_such_clock() -> None:
    assert resolution_clock([mail("2026-11-23 09:00")], ResponsePolicy(HOUR), DESK, now=at("2026-11-25 12:00")) is None


# ---- whatever was written


MOMENTS = st.integers(0, 14 * 24 * 60).map(
    lambda minutes: datetime(2026, 11, 16, tzinfo=UTC) + timedelta(minutes=minutes)
)
LETTERS = st.lists(
    st.builds(mail, MOMENTS, st.sampled_from(["inbound", "outbound"]), st.sampled_from(["", "", "", "auto-replied"])),
    max_size=8,
)


@given(LETTERS, MOMENTS, st.lists(MOMENTS, max_size=2))
def test_clocks_of_any_history(letters: list[Letter], now: datetime, told: list[datetime]) -> None:
    there = [letter for letter in letters if letter.at <= now]
    calls = [call for call in told if call <= now]
    found = response_clocks(there, PROMISED, DESK, now=now, told=calls)
    whole = resolution_clock(there, PROMISED, DESK, now=now, told=calls)

    assert sum(clock.runs for clock in found) <= 1, "one answer is due at a time"
    assert all(not clock.runs for clock in found[:-1])
    for number, clock in enumerate(found):
        assert (clock.kind == "first_response") == (number == 0)
        assert clock.started_at <= clock.soon_at <= clock.due_at
        allowed = PROMISED.first_response if number == 0 else PROMISED.next_response
        assert DESK.between(clock.started_at, clock.due_at) == allowed
    assert (whole is None) == (not found)
    if whole is not None:
        assert whole.runs == (running(found) is not None)
        waited = sum((DESK.between(each.started_at, each.answered_at or now) for each in found), timedelta())
        assert (whole.state in {"breached", "late"}) == (waited >= 8 * HOUR)


@given(LETTERS, MOMENTS, MOMENTS)
def test_time_alone_never_mends_a_clock(letters: list[Letter], one: datetime, two: datetime) -> None:
    early, late = sorted((one, two))
    there = [letter for letter in letters if letter.at <= early]
    worse = ["running", "soon", "breached"]
    for before, after in zip(
        response_clocks(there, PROMISED, DESK, now=early),
        response_clocks(there, PROMISED, DESK, now=late),
        strict=True,
    ):
        assert before.due_at == after.due_at
        if before.runs:
            assert worse.index(before.state) <= worse.index(after.state)
            changes = before.changes_at(early)
            assert (before.state == after.state) == (changes is None or late < changes)


def test_the_last_hour_of_the_day_is_measured_in_utc_and_not_by_the_wall() -> None:
    assert DESK.between(datetime(2026, 11, 20, 15, 30, tzinfo=UTC), at("2026-11-23 09:30")) == HOUR
