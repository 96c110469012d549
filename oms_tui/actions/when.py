"""A business time as people type it: ``2h``, ``3d``, ``tomorrow``, ``tomorrow 9:00``, ``fri 14:30``, ``2026-12-24``.

Hours and minutes are counted while the desk is open; days are its working days, at the same time of day; whatever
comes out lies within its hours or is moved to the next opening, so that nothing comes back on a Sunday night.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from oms_tui.actions.base import WHEN_EXAMPLES as EXAMPLES

if TYPE_CHECKING:
    from oms_tui.domain.business_time import BusinessHours

_LENGTH: Final = re.compile(r"\+?(?:(\d{1,2})w)?(?:(\d{1,3})d)?(?:(\d{1,3})h)?(?:(\d{1,4})m)?", re.ASCII)
_CLOCK: Final = re.compile(r"(\d{1,2})(?::(\d{2}))?(am|pm)?", re.ASCII)
_DATE: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_NAMES: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LONGEST: Final = timedelta(days=731)
_MOST_DAYS: Final = 366


def read_when(text: str, now: datetime, hours: BusinessHours) -> datetime:
    """The moment that ``text`` names, seen from ``now`` (aware). UTC.

    Raises:
        ValueError: it names none, or one in the past or more than two years ahead; the message is for people.
    """
    plain = " ".join(text.lower().replace(",", " ").split()).removeprefix("in ").removeprefix("at ")
    if not plain:
        raise ValueError(f"when? {EXAMPLES}")
    found = _LENGTH.fullmatch(plain.replace(" ", ""))
    moment = _after(found, now, hours) if found and any(found.groups()) else _named(plain, text, now, hours)
    if moment <= now:
        raise ValueError(f"{text!r} is over: {EXAMPLES}")
    if moment - now > _LONGEST:
        raise ValueError(f"{text!r} is more than two years ahead")
    return hours.opening(moment)


def _after(found: re.Match[str], now: datetime, hours: BusinessHours) -> datetime:
    weeks, days, clock_hours, minutes = (int(part or 0) for part in found.groups())
    moment = now
    if weeks:
        local = now.astimezone(hours.zone)
        moment = datetime.combine(local.date() + timedelta(weeks=weeks), local.time(), hours.zone)
    if days:
        moment = _working_days(moment, days, hours)
    if clock_hours or minutes:
        moment = hours.add(moment, timedelta(hours=clock_hours, minutes=minutes))
    return moment


def _working_days(start: datetime, days: int, hours: BusinessHours) -> datetime:
    """The same time of day, so many working days later."""
    local = start.astimezone(hours.zone)
    day, left, closed = local.date(), days, 0
    while left:
        day += timedelta(days=1)
        if hours.spans(day):
            left, closed = left - 1, 0
        else:
            closed += 1
            if closed > _MOST_DAYS:
                raise ValueError("the desk stays closed for more than a year: check its hours and holidays")
    return datetime.combine(day, local.time(), hours.zone)


def _named(plain: str, text: str, now: datetime, hours: BusinessHours) -> datetime:
    today = now.astimezone(hours.zone).date()
    first, _, rest = plain.removeprefix("next ").partition(" ")
    day = _day(first, today)
    if day is None:
        clock = _clock(plain, text)
        moment = datetime.combine(today, clock, hours.zone)
        return moment if moment > now else datetime.combine(today + timedelta(days=1), clock, hours.zone)
    if rest:
        return datetime.combine(day, _clock(rest.removeprefix("at "), text), hours.zone)
    spans = hours.spans(day)
    start = spans[0][0] if spans else datetime.combine(day, time(), hours.zone)
    return hours.add(now, timedelta(minutes=1)) if day == today and start <= now else start


def _day(word: str, today: date) -> date | None:
    if word in {"today", "tomorrow"}:
        return today + timedelta(days=word == "tomorrow")
    if word == "week":  # next week
        return today + timedelta(days=7 - today.weekday())
    for names in (_DAYS, _DAY_NAMES):
        if word in names:
            return today + timedelta(days=(names.index(word) - today.weekday() - 1) % 7 + 1)
    if found := _DATE.fullmatch(word):
        try:
            return date(*map(int, found.groups()))
        except ValueError:
            raise ValueError(f"there is no {word}") from None
    return None


def _clock(word: str, text: str) -> time:
    found = _CLOCK.fullmatch(word.replace(" ", ""))
    if found is None or (found[2] is None and found[3] is None):
        raise ValueError(f"{text!r} is no time: {EXAMPLES}")
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        hour = hour % 12 + (12 if found[3] == "pm" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        raise ValueError(f"{text!r} is no time of day") from None
