"""A business time as people type it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.actions.when import read_when
from oms_tui.domain.business_time import BusinessHours, read_week

BERLIN = ZoneInfo("Europe/Berlin")
HOURS = BusinessHours(BERLIN, read_week({"mon-fri": ["09:00-12:00", "13:00-17:30"]}), [date(2026, 12, 25)])
THURSDAY = datetime(2026, 11, 26, 14, 0, tzinfo=BERLIN)


def said(text: str, now: datetime = THURSDAY) -> str:
    return f"{read_when(text, now, HOURS).astimezone(BERLIN):%a %d %b %Y %H:%M}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30m", "Thu 26 Nov 2026 14:30"),
        ("2h", "Thu 26 Nov 2026 16:00"),
        ("5h", "Fri 27 Nov 2026 10:30"),
        ("1d", "Fri 27 Nov 2026 14:00"),
        ("3d", "Tue 01 Dec 2026 14:00"),
        ("in 3 d", "Tue 01 Dec 2026 14:00"),
        ("1w", "Thu 03 Dec 2026 14:00"),
        ("1d2h", "Fri 27 Nov 2026 16:00"),
        ("tomorrow", "Fri 27 Nov 2026 09:00"),
        ("tomorrow 9:30", "Fri 27 Nov 2026 09:30"),
        ("tomorrow at 12:30", "Fri 27 Nov 2026 13:00"),
        ("fri 2pm", "Fri 27 Nov 2026 14:00"),
        ("thu", "Thu 03 Dec 2026 09:00"),
        ("next monday", "Mon 30 Nov 2026 09:00"),
        ("next week", "Mon 30 Nov 2026 09:00"),
        ("sat", "Mon 30 Nov 2026 09:00"),
        ("16:15", "Thu 26 Nov 2026 16:15"),
        ("9:00", "Fri 27 Nov 2026 09:00"),
        ("today 17:00", "Thu 26 Nov 2026 17:00"),
        ("2026-12-25", "Mon 28 Dec 2026 09:00"),
        ("2026-12-24 14:30", "Thu 24 Dec 2026 14:30"),
    ],
)
def test_a_time_is_the_desks_own(text: str, expected: str) -> None:
    assert said(text) == expected


def test_three_days_over_christmas_are_three_days_on_which_somebody_is_there() -> None:
    before = datetime(2026, 12, 23, 10, 0, tzinfo=BERLIN)
    assert said("3d", before) == "Tue 29 Dec 2026 10:00"  # 24, 28, 29: the 25th is a holiday


def test_a_day_keeps_its_time_of_day_when_the_clocks_change() -> None:
    friday = datetime(2026, 10, 23, 10, 0, tzinfo=BERLIN)  # the clocks go back on Sunday
    assert said("1d", friday) == "Mon 26 Oct 2026 10:00"


@pytest.mark.parametrize("text", ["", "soon", "25:00", "fri 9", "2026-13-01", "2020-01-01", "today 9:00", "999d", "12"])
def test_what_is_no_time_ahead_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_when(text, THURSDAY, HOURS)


@given(st.text(max_size=20) | st.from_regex(r"\d{1,3}[wdhm]( \d{1,2}:\d{2})?", fullmatch=True))
def test_any_text_is_a_moment_ahead_at_which_the_desk_is_open_or_is_refused(text: str) -> None:
    try:
        found = read_when(text, THURSDAY, HOURS)
    except ValueError:
        return
    assert found > THURSDAY
    assert found.tzinfo is UTC
    assert HOURS.opening(found) == found
