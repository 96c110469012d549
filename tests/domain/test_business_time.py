"""The desk's own time: spans, holidays, time zones, and both changes of the clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain.business_time import BusinessHours, Span, read_week

BERLIN = ZoneInfo("Europe/Berlin")
NINE_TO_FIVE = BusinessHours(BERLIN, read_week({"mon-fri": ["09:00-17:00"]}))
DESK = BusinessHours(BERLIN, read_week({"mon-fri": ["09:00-12:00", "13:00-17:30"]}), [date(2026, 12, 25)])
HOUR = timedelta(hours=1)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def shown(at: datetime) -> str:
    return at.astimezone(BERLIN).strftime("%a %d %H:%M")


def test_an_hour_from_friday_half_past_four_ends_on_monday_half_past_nine() -> None:
    assert shown(NINE_TO_FIVE.add(berlin("2026-11-20 16:30"), HOUR)) == "Mon 23 09:30"


def test_an_hour_from_four_ends_at_five_and_not_on_the_next_morning() -> None:
    assert shown(NINE_TO_FIVE.add(berlin("2026-11-20 16:00"), HOUR)) == "Fri 20 17:00"


def test_lunch_does_not_count() -> None:
    assert shown(DESK.add(berlin("2026-11-24 11:30"), HOUR)) == "Tue 24 13:30"
    assert DESK.between(berlin("2026-11-24 11:30"), berlin("2026-11-24 13:30")) == HOUR
    assert not DESK.is_open(berlin("2026-11-24 12:00"))
    assert DESK.is_open(berlin("2026-11-24 13:00"))


def test_a_mail_at_midnight_starts_in_the_morning() -> None:
    assert shown(DESK.add(berlin("2026-11-24 00:00"), HOUR)) == "Tue 24 10:00"
    assert shown(DESK.opening(berlin("2026-11-24 23:59"))) == "Wed 25 09:00"
    assert DESK.opening(berlin("2026-11-24 10:00")) == berlin("2026-11-24 10:00")


def test_a_holiday_is_closed() -> None:
    assert shown(DESK.add(berlin("2026-12-24 17:00"), HOUR)) == "Mon 28 09:30"


def test_three_days_of_work_are_hours_and_not_dates() -> None:
    assert shown(DESK.add(berlin("2026-11-20 09:00"), 3 * timedelta(hours=7.5))) == "Tue 24 17:30"


def test_when_the_clocks_go_forward_a_night_is_an_hour_shorter() -> None:
    always = BusinessHours.always(BERLIN)
    assert always.between(berlin("2026-03-29 00:00"), berlin("2026-03-30 00:00")) == 23 * HOUR
    assert shown(always.add(berlin("2026-03-29 01:30"), HOUR)) == "Sun 29 03:30"


def test_when_the_clocks_go_back_an_hour_is_there_twice() -> None:
    always = BusinessHours.always(BERLIN)
    assert always.between(berlin("2026-10-25 00:00"), berlin("2026-10-26 00:00")) == 25 * HOUR
    night = BusinessHours(BERLIN, read_week({"sun": ["02:00-03:00"]}))
    assert night.between(berlin("2026-10-25 00:00"), berlin("2026-10-25 12:00")) == 2 * HOUR


def test_opening_at_an_hour_that_is_jumped_over_is_the_moment_of_the_jump() -> None:
    night = BusinessHours(BERLIN, read_week({"sun": ["02:30-04:00"]}))
    assert night.spans(date(2026, 3, 29)) == (
        (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 3, 29, 2, tzinfo=UTC)),
    )
    gone = BusinessHours(BERLIN, read_week({"sun": ["02:00-03:00"]}))
    assert gone.spans(date(2026, 3, 29)) == ()


def test_a_desk_elsewhere_opens_by_its_own_clock() -> None:
    new_york = BusinessHours(ZoneInfo("America/New_York"), read_week({"mon-fri": ["09:00-17:00"]}))
    assert new_york.opening(datetime(2026, 11, 24, 9, tzinfo=UTC)) == datetime(2026, 11, 24, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ({"funday": ["09:00-17:00"]}, "'funday' names no days"),
        ({"fri-mon": ["09:00-17:00"]}, "over the end of the week"),
        ({"mon": ["9-17"]}, "mon: '9-17' is no span"),
        ({"mon": ["22:00-02:00"]}, "one over midnight as two"),
        ({"mon": ["09:00-12:60"]}, "is no span"),
    ],
)
def test_hours_that_cannot_be_read_say_what_is_wrong(hours: dict[str, list[str]], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_week(hours)


def test_hours_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="never open"):
        BusinessHours(BERLIN, [[]] * 7)
    with pytest.raises(ValueError, match="mon: two spans overlap"):
        BusinessHours(BERLIN, read_week({"mon": ["09:00-12:00", "11:00-13:00"]}))
    with pytest.raises(ValueError, match="seven days"):
        BusinessHours(BERLIN, [[Span(0, 60)]])
    with pytest.raises(ValueError, match="starts before it ends"):
        BusinessHours(BERLIN, [[Span(60, 60)]] * 7)


def test_a_desk_that_is_always_on_holiday_is_told_so_and_does_not_hang() -> None:
    year = [date(2026, 1, 1) + timedelta(days=day) for day in range(800)]
    with pytest.raises(ValueError, match="closed for more than a year"):
        BusinessHours(BERLIN, read_week({"mon-fri": ["09:00-17:00"]}), year).add(berlin("2026-01-05 10:00"), HOUR)


def test_time_only_runs_forward_and_has_a_zone() -> None:
    with pytest.raises(ValueError, match="forwards"):
        DESK.add(berlin("2026-11-24 10:00"), -HOUR)
    with pytest.raises(ValueError, match="aware"):
        DESK.is_open(datetime(2026, 11, 24, 10))  # noqa: DTZ001 - the fault


zones = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Cairo", "UTC"]
)
moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - given a zone
lengths = st.integers(0, 80 * 3600).map(lambda seconds: timedelta(seconds=seconds))


@st.composite
def desks(draw: st.DrawFn) -> BusinessHours:
    week = []
    for _ in range(7):
        marks = sorted(draw(st.sets(st.integers(0, 1440), max_size=6)))
        week.append([Span(*pair) for pair in zip(marks[::2], marks[1::2], strict=False)])
    if not any(week):
        week[2] = [Span(540, 1020)]
    holidays = draw(st.sets(st.dates(date(2025, 1, 1), date(2027, 12, 31)), max_size=20))
    return BusinessHours(ZoneInfo(draw(zones)), week, holidays)


@given(desks(), moments, lengths)
def test_what_is_added_can_be_measured(desk: BusinessHours, at: datetime, length: timedelta) -> None:
    later = desk.add(at, length)
    assert later >= at
    assert desk.between(at, later) == length
    assert desk.between(later, at) == -length


@given(desks(), moments, lengths, lengths)
def test_adding_twice_is_adding_the_sum(desk: BusinessHours, at: datetime, one: timedelta, two: timedelta) -> None:
    if two:
        assert desk.add(desk.add(at, one), two) == desk.add(at, one + two)


@given(desks(), moments, lengths, lengths)
def test_more_is_never_earlier(desk: BusinessHours, at: datetime, one: timedelta, two: timedelta) -> None:
    assert desk.add(at, min(one, two)) <= desk.add(at, max(one, two)) or not min(one, two)


@given(desks(), moments)
def test_the_desk_is_open_when_it_opens(desk: BusinessHours, at: datetime) -> None:
    opened = desk.opening(at)
    assert desk.is_open(opened)
    assert desk.between(at, opened) == timedelta()
    assert desk.is_open(at) == (opened == at)
