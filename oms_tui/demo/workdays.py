"""Days on which a warehouse works and a carrier drives, in the shop's own time zone."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from random import Random

ZONE: Final = ZoneInfo("Europe/Berlin")
_SATURDAY: Final = 5
_SUNDAY: Final = 6
_DAY: Final = timedelta(days=1)


def is_workday(at: datetime) -> bool:
    """Monday to Friday."""
    return at.weekday() < _SATURDAY


def workday_after(at: datetime, days: int) -> datetime:
    """The same time, so many working days later."""
    while days > 0:
        at += _DAY
        days -= is_workday(at)
    return at


def delivery_day_after(at: datetime, days: int) -> datetime:
    """Likewise for carriers, who drive on Saturdays too."""
    while days > 0:
        at += _DAY
        days -= at.weekday() != _SUNDAY
    return at


def at_time(day: datetime, hour: float) -> datetime:
    """That day at ``hour`` (9.5 is half past nine)."""
    minutes = round(hour * 60)
    return datetime.combine(day.date(), time(minutes // 60, minutes % 60), ZONE)


def next_working_hour(at: datetime, opens: float, closes: float) -> datetime:
    """``at`` where it lies in working hours, else when they begin again."""
    if is_workday(at) and at < at_time(at, opens):
        return at_time(at, opens)
    if is_workday(at) and at < at_time(at, closes):
        return at
    return at_time(workday_after(at, 1), opens)


def shopping_time(chance: Random, day: datetime) -> datetime:
    """When somebody orders on that day: seldom at night, most in the evening."""
    hour = chance.choices(range(24), cum_weights=_HOURS)[0]
    return at_time(day, hour) + timedelta(seconds=chance.randrange(3600))


_HOURS: Final = tuple(accumulate((2, 1, 1, 0, 0, 1, 2, 4, 7, 9, 10, 10, 10, 9, 8, 8, 9, 10, 11, 13, 15, 14, 10, 5)))
