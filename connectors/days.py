"""Days without a time of day: what is promised, expected or due on a day may come until that day ends."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date, tzinfo

_LAST_SECOND: Final = time(23, 59, 59)


def end_of(day: date, zone: tzinfo) -> datetime:
    """The last second of a day in ``zone``, aware."""
    return datetime.combine(day, _LAST_SECOND, zone)
