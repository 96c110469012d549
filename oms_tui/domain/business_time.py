"""Time as the desk counts it: only while it is open, in its own time zone, without its holidays.

Written here on the standard library's ``zoneinfo`` and not taken from a library: businesstimedelta (last release 2019)
adds wall clock times and is an hour off when the clocks change, business-duration needs pandas and only measures, and
workalendar counts days. None takes several spans a day *and* adds *and* measures over both changes of the clock.

A desk's day is turned into spans of UTC once; everything else is arithmetic on those. A time the clocks jump over
counts as the moment of the jump; an hour they go through twice is open twice.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import tzinfo

_DAY: Final = timedelta(days=1)
_DAY_NAMES: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN: Final = re.compile(r"\s*(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\s*", re.ASCII)
_MINUTES: Final = 24 * 60
_LONGEST_CLOSED: Final = 366
"""Days without any opening after which somebody's settings are wrong."""


class Span(NamedTuple):
    """Open from one wall clock time to another, in minutes after midnight; the end not included, 1440 is midnight."""

    start: int
    end: int


class BusinessHours:
    """When a desk is open. A value: never changes.

    Args:
        zone: the desk's time zone (a ``zoneinfo.ZoneInfo``).
        week: seven lists of spans, Monday first; none: closed that day.
        holidays: days on which the desk is closed whatever the weekday.

    Raises:
        ValueError: the week has not seven days, never opens, or its spans overlap.
    """

    __slots__ = ("_days", "holidays", "week", "zone")

    def __init__(self, zone: tzinfo, week: Sequence[Sequence[Span]], holidays: Iterable[date] = ()) -> None:
        if len(week) != len(_DAY_NAMES):
            raise ValueError(f"a week has seven days, not {len(week)}")
        self.zone = zone
        self.week = tuple(tuple(sorted(day)) for day in week)
        self.holidays = frozenset(holidays)
        self._days: dict[date, tuple[tuple[datetime, datetime], ...]] = {}
        if not any(self.week):
            raise ValueError("these hours never open")
        for name, day in zip(_DAY_NAMES, self.week, strict=True):
            for span in day:
                if not 0 <= span.start < span.end <= _MINUTES:
                    raise ValueError(f"{name}: a span starts before it ends, within one day")
            for before, after in pairwise(day):
                if after.start < before.end:
                    raise ValueError(f"{name}: two spans overlap")

    @classmethod
    def always(cls, zone: tzinfo) -> BusinessHours:
        """A desk that never closes."""
        return cls(zone, [[Span(0, _MINUTES)]] * len(_DAY_NAMES))

    def is_open(self, at: datetime) -> bool:
        """Whether the desk is open at ``at`` (aware)."""
        moment = _utc(at)
        return any(start <= moment < end for start, end in self.spans(moment.astimezone(self.zone).date()))

    def opening(self, at: datetime) -> datetime:
        """``at`` if the desk is open then, else when it opens next. Aware in, UTC out."""
        return self.add(at, timedelta())

    def add(self, at: datetime, length: timedelta) -> datetime:
        """The moment ``length`` of open time after ``at``. Aware in, UTC out.

        The last moment of a day belongs to that day: an hour from 16:00 ends at 17:00 and not on the next morning.
        A length of nothing is the next moment the desk is open.

        Raises:
            ValueError: ``length`` is negative, or the desk stays closed for more than a year.
        """
        if length < timedelta():
            raise ValueError("business time is added forwards only")
        left, closed = length, 0
        for day in self._days_from(at):
            spans = self._from(day, _utc(at))
            closed = 0 if spans else closed + 1
            if closed > _LONGEST_CLOSED:
                break
            for start, end in spans:
                if left < end - start or (left == end - start and left):
                    return start + left
                left -= end - start
        raise ValueError("the desk stays closed for more than a year: check its hours and holidays")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much open time lies between two moments (aware); negative if ``end`` comes first."""
        if end < start:
            return -self.between(end, start)
        first, last = _utc(start), _utc(end)
        total = timedelta()
        for day in self._days_from(start):
            if day > last.astimezone(self.zone).date():
                break
            for opened, closed in self._from(day, first):
                total += max(timedelta(), min(closed, last) - opened)
        return total

    def spans(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """When the desk is open on one of its days, as UTC, in order."""
        known = self._days.get(day)
        if known is None:
            known = () if day in self.holidays else tuple(self._spans(day))
            self._days[day] = known
        return known

    def _spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        for span in self.week[day.weekday()]:
            start, end = self._moment(day, span.start, fold=0), self._moment(day, span.end, fold=1)
            if start < end:  # a span that the clocks jump over whole is none
                yield start, end

    def _moment(self, day: date, minutes: int, *, fold: int) -> datetime:
        """A wall clock time of a day as UTC."""
        if minutes == _MINUTES:
            day, minutes, fold = day + _DAY, 0, 0
        wall = datetime.combine(day, time(minutes // 60, minutes % 60, fold=fold), self.zone)
        moment = wall.astimezone(UTC)
        if moment.astimezone(self.zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
            return moment
        return self._jump(wall)

    def _jump(self, wall: datetime) -> datetime:
        """The moment the clocks jumped over ``wall``: by its offsets before and after, an hour or so apart."""
        early, late = (wall.replace(fold=fold).astimezone(UTC) for fold in (1, 0))
        while late - early > timedelta(microseconds=1):
            middle = early + (late - early) / 2
            if middle.astimezone(self.zone).utcoffset() == early.astimezone(self.zone).utcoffset():
                early = middle
            else:
                late = middle
        return late.replace(microsecond=0)

    def _days_from(self, at: datetime) -> Iterator[date]:
        day = at.astimezone(self.zone).date()
        while True:
            yield day
            day += _DAY

    def _from(self, day: date, moment: datetime) -> list[tuple[datetime, datetime]]:
        """The rest of a day's spans after ``moment``."""
        return [(max(start, moment), end) for start, end in self.spans(day) if end > moment]


def read_week(hours: Mapping[str, Sequence[str]]) -> list[list[Span]]:
    """A week from settings: ``{"mon-fri": ["09:00-12:00", "13:00-17:30"], "sat": ["10:00-14:00"]}``.

    Raises:
        ValueError: a day or span cannot be read; the message names it.
    """
    week: list[list[Span]] = [[] for _ in _DAY_NAMES]
    for key, spans in hours.items():
        for day in _read_days(key):
            week[day].extend(_read_span(key, text) for text in spans)
    return week


def _read_days(key: str) -> range | list[int]:
    first, _, last = key.lower().replace(" ", "").partition("-")
    try:
        start, end = _DAY_NAMES.index(first[:3]), _DAY_NAMES.index((last or first)[:3])
    except ValueError:
        raise ValueError(f"{key!r} names no days: write mon, sat or mon-fri") from None
    if start > end:
        raise ValueError(f"{key!r} runs over the end of the week: write it as two")
    return range(start, end + 1)


def _read_span(key: str, text: str) -> Span:
    found = _SPAN.fullmatch(text)
    if found:
        start_hour, start_minute, end_hour, end_minute = map(int, found.groups())
        span = Span(start_hour * 60 + start_minute, end_hour * 60 + end_minute)
        if max(start_minute, end_minute) < 60 and span.start < span.end <= _MINUTES:  # noqa: PLR2004 - minutes
            return span
    raise ValueError(f"{key}: {text!r} is no span: write it as 09:00-12:00; one over midnight as two")


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a moment without a time zone says nothing: hand in an aware datetime")
    return at.astimezone(UTC)
