"""What a condition on time means at a given moment: from when to when.

The query keeps ``today`` and ``<2d`` as they were written, so that a saved view means today's today.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from oms_tui.domain.query_tree import DayFromNow, Distance, FromNow, Minute, Period, Range, Wild

if TYPE_CHECKING:
    from datetime import tzinfo

    from oms_tui.domain.query_tree import Point, Term

_MINUTE = timedelta(minutes=1)


class Interval(NamedTuple):
    """From ``start`` (included) to ``end`` (not included), both aware UTC; None is open."""

    start: datetime | None
    end: datetime | None


def interval(term: Term, *, now: datetime, zone: tzinfo, ahead: bool = False) -> Interval:
    """When the column that a date or age word stands for must lie.

    Args:
        term: a condition on a date, or on an age: then the interval is where its *beginning* must lie.
        now: the moment asked at; aware.
        zone: the desk's time zone, for days.
        ahead: the date lies ahead (``WordType.ahead``): ``<2d`` is before the day after tomorrow's now, what has passed
            included. Otherwise it has happened: ``<2d`` is less than two days ago.

    Raises:
        TypeError: the term is not about time.
    """
    value = term.value
    if isinstance(value, Range):
        low = _between(value.low, ">=", now, zone, ahead=ahead)
        high = _between(value.high, "<=", now, zone, ahead=ahead)
        return Interval(low.start or high.start, high.end or low.end)
    if isinstance(value, (str, Wild)):
        raise TypeError(f"{term.word}:{value!r} is not a point in time")
    return _between(value, term.op, now, zone, ahead=ahead)


def _between(point: Point | None, op: str, now: datetime, zone: tzinfo, *, ahead: bool) -> Interval:
    if point is None:
        return Interval(None, None)
    start, end = _span(point, now, zone, ahead=ahead)
    if isinstance(point, timedelta) or (isinstance(point, Distance) and not ahead):
        op = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}[op]  # longer ago is earlier
    return {
        "=": Interval(start, end if end > start else start + _MINUTE),
        ">": Interval(end, None),
        ">=": Interval(start, None),
        "<": Interval(None, start),
        "<=": Interval(None, end),
    }[op]


def _span(point: Point, now: datetime, zone: tzinfo, *, ahead: bool) -> tuple[datetime, datetime]:
    """The first moment of ``point``, and the first after it."""
    now = now.astimezone(UTC)
    match point:
        case timedelta():
            return now - point, now - point
        case Distance(length):
            there = now + length if ahead else now - length
            return there, there
        case FromNow(offset):
            return now + offset, now + offset
        case Minute(at):
            begin = at.replace(tzinfo=zone).astimezone(UTC)
            return begin, begin + _MINUTE
        case DayFromNow(days):
            day = now.astimezone(zone).date() + timedelta(days=days)
            return _midnight(day, zone), _midnight(day + timedelta(days=1), zone)
        case Period(year, month, day_of_month):
            first = date(year, month or 1, day_of_month or 1)
            return _midnight(first, zone), _midnight(_after(point, first), zone)
        case _:
            raise TypeError(f"{point!r} is not a point in time")


def _after(period: Period, first: date) -> date:
    """The first day after a period."""
    if period.day:
        return first + timedelta(days=1)
    if period.month:
        return (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return first.replace(year=period.year + 1)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
