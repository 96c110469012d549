"""The calendar weeks of reports: where clocks are changed, where a year ends, and what lies in each."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from actions.acting import at

from oms_tui.store.reads.reports.weeks import Weeks

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 3_600_000


@pytest.mark.parametrize(
    ("now", "week", "hours"),
    [
        ("2026-03-29T23:59", "2026-W13", 167),  # an hour is left out on its Sunday
        ("2026-10-25T23:59", "2026-W43", 169),  # one comes twice
        ("2026-11-29T23:59", "2026-W48", 168),
        ("2027-01-03T23:59", "2026-W53", 168),  # the new year begins in the old one's last week
    ],
)
def test_a_week_is_as_long_as_the_clock_makes_it(now: str, week: str, hours: int) -> None:
    weeks = Weeks(BERLIN, at(now), 2)

    first, last = weeks.span(week)

    assert weeks.names[-1] == week
    assert (last + 60_000 - first) / HOUR == hours
    assert weeks.of(first) == weeks.of(last) == week
    assert weeks.of(first - 1) == weeks.names[0]
    assert weeks.span(weeks.names[0])[1] == first - 1


def test_the_hour_that_comes_twice_is_one_hour_of_the_week() -> None:
    weeks = Weeks(BERLIN, at("2026-10-26T12:00"), 2)
    two = at("2026-10-25T02:30")  # summer time's

    assert weeks.hour(two) == weeks.hour(two + HOUR) == (6, 2)
    assert weeks.day(two).isoformat() == "2026-10-25"


@pytest.mark.parametrize(
    ("last", "days", "found"),
    [
        ("2026-11-25T12:00", 1, [("2026-W48", 1)]),
        ("2026-11-25T12:00", 5, [("2026-W47", 2), ("2026-W48", 3)]),
        ("2026-11-25T12:00", 90, [("2026-W47", 7), ("2026-W48", 3)]),  # what lies before is in no week
        ("2026-10-26T00:30", 3, []),
        ("2026-11-22T23:59", 1, [("2026-W47", 1)]),
    ],
)
def test_days_lie_in_their_weeks(last: str, days: int, found: list[tuple[str, int]]) -> None:
    assert list(Weeks(BERLIN, at("2026-11-26T14:00"), 2).days_in(at(last), days)) == found
