"""The calendar weeks a report speaks of: Monday to Sunday on the desk's own clock, named as ISO 8601 does."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import tzinfo

QUARTER_MS: Final = 900_000
"""Every zone's weeks, days and hours begin at a quarter of an hour UTC: SQL counts by these, and no row is handed out.

The desk's clock is then asked once a quarter with anything in it, at most 672 times a week.
"""

DAY_MS: Final = 86_400_000
_WEEK: Final = 7


class Weeks:
    """The last weeks up to now, this one included.

    Args:
        zone: the desk's time zone.
        now: milliseconds since 1970 UTC.
        count: how many, at least one.

    Attributes:
        since: the first moment of the first week, in milliseconds.
        until: now.
        names: oldest first: ``2026-W47``.
    """

    __slots__ = ("_first", "_starts", "names", "since", "until", "zone")

    def __init__(self, zone: tzinfo, now: int, count: int) -> None:
        self.zone = zone
        today = _moment(now).astimezone(zone).date()
        monday = today - timedelta(days=today.weekday())
        mondays = [monday - timedelta(weeks=back) for back in range(count - 1, -1, -1)]
        self._first = mondays[0].toordinal()
        self._starts = [self.midnight(day) for day in mondays]
        self.names = tuple(_name(day) for day in mondays)
        self.since = self._starts[0]
        self.until = now

    def of(self, at: int) -> str:
        """The week of a moment; one before the first or after now counts to the nearest."""
        return self.names[max(0, bisect_right(self._starts, at) - 1)]

    def of_day(self, day: str) -> str:
        """The week of a day of the desk's, which is named as ISO 8601 does: ``2026-11-26``."""
        return self.of(self.midnight(date.fromisoformat(day)))

    def days_in(self, last: int, days: int) -> Iterator[tuple[str, int]]:
        """How many of some days in a row lie in each week; those outside the weeks are left out.

        Args:
            last: a moment of the last day, in milliseconds since 1970 UTC.
            days: how many there are.
        """
        end = self.day(last).toordinal() - self._first
        first = max(0, end - days + 1)
        for week in range(first // _WEEK, min(end // _WEEK, len(self.names) - 1) + 1):
            yield self.names[week], min(end, week * _WEEK + _WEEK - 1) - max(first, week * _WEEK) + 1

    @property
    def first_day(self) -> date:
        """The Monday of the first week."""
        return date.fromordinal(self._first)

    def span(self, name: str) -> tuple[int, int]:
        """The first and the last moment of a week, in milliseconds; of the running one up to now."""
        place = self.names.index(name)
        return self._starts[place], self._starts[place + 1] - 1 if place + 1 < len(self.names) else self.until

    def ends(self) -> Iterable[tuple[str, int]]:
        """Each week and its last moment; the running one ends now."""
        return zip(self.names, (*self._starts[1:], self.until), strict=True)

    def midnight(self, day: date) -> int:
        """When a day of the desk's begins, in milliseconds."""
        return int(datetime(day.year, day.month, day.day, tzinfo=self.zone).timestamp() * 1000)

    def day(self, at: int) -> date:
        """The desk's day of a moment."""
        return _moment(at).astimezone(self.zone).date()

    def hour(self, at: int) -> tuple[int, int]:
        """Weekday (Monday is 0) and hour of a moment on the desk's clock."""
        local = _moment(at).astimezone(self.zone)
        return local.weekday(), local.hour


def _name(monday: date) -> str:
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02}"


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)
