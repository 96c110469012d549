"""What a panel is told beside the order: when it is, where, and how old figures may be. And how times are said."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

from oms_tui.domain.money import minor_digits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import tzinfo

_SECOND: Final = 1000
_MINUTE: Final = 60 * _SECOND
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_IN_HOURS: Final = 48 * _HOUR
_IN_DAYS: Final = 21 * _DAY
_WEEK: Final = 6  # days from today for which a weekday says enough
STALE_AFTER: Final = 15 * _MINUTE
"""Milliseconds after which a source counts as stale of which the config knows nothing (it was taken out)."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The moment and the desk a panel is drawn for.

    Attributes:
        now: milliseconds since 1970 UTC.
        zone: the desk's time zone.
        stale_after: milliseconds by source.
        agent: the id of who looks at it.
    """

    now: int = 0
    zone: tzinfo = UTC
    stale_after: Mapping[str, int] = field(default_factory=dict)
    agent: str = ""

    def local(self, at: int) -> datetime:
        """A moment on the desk's clocks."""
        return datetime.fromtimestamp(at / 1000, self.zone)

    def day(self, at: int) -> str:
        """``today``, ``Fri 20`` in the coming or past days, ``Fri 20 Nov`` in this year, ``20 Nov 2025``."""
        when, today = self.local(at), self.local(self.now).date()
        distance = (when.date() - today).days
        if not distance:
            return "today"
        if abs(distance) <= _WEEK + 1:
            return f"{when:%a} {when.day}"
        if when.year == today.year:
            return f"{when:%a} {when.day} {when:%b}"
        return f"{when.day} {when:%b %Y}"

    def moment(self, at: int) -> str:
        """``09:58`` today, ``Fri 03:12`` in the last days, ``12 Nov``, ``12 Nov 25``: at most nine cells."""
        return self._moment(self.local(at), self.local(self.now))

    def moment_there(self, at: int, offset_minutes: int) -> str:
        """The same on the clocks of the place where it happened, ``offset_minutes`` from UTC."""
        there = timezone(timedelta(minutes=offset_minutes))
        when = datetime.fromtimestamp(at / 1000, there)
        said = self._moment(when, self.local(self.now))
        elsewhere = when.utcoffset() != self.local(at).utcoffset()
        return f"{said}{when:%z}"[:-2] if elsewhere and ":" in said else said

    @staticmethod
    def _moment(when: datetime, now: datetime) -> str:
        distance = (now.date() - when.date()).days
        if not distance:
            return f"{when:%H:%M}"
        if 0 < distance <= _WEEK or -_WEEK <= distance < 0:
            return f"{when:%a %H:%M}"
        if when.year == now.year:
            return f"{when.day} {when:%b}"
        return f"{when.day} {when:%b %y}"

    def exact(self, at: int) -> str:
        """``Fri 20 Nov 2026 03:12``: for a detail that is read slowly."""
        when = self.local(at)
        return f"{when:%a} {when.day} {when:%b %Y %H:%M}"

    def ago(self, at: int) -> str:
        """How long ago, short: ``40s``, ``4m``, ``3h``, ``4d``, ``5w``."""
        return span(max(0, self.now - at))

    def due(self, at: int) -> str:
        """``in 38m``, or ``2h over`` when it has passed."""
        return f"in {span(at - self.now)}" if at > self.now else f"{span(self.now - at)} over"

    def stale(self, source: str, at: int | None) -> bool:
        """Whether what ``source`` said is older than it should be."""
        return at is None or self.now - at > self.stale_after.get(source, STALE_AFTER)


def span(milliseconds: int) -> str:
    """A length of time in its largest unit."""
    for unit, name, limit in (
        (_SECOND, "s", _MINUTE),
        (_MINUTE, "m", _HOUR),
        (_HOUR, "h", _IN_HOURS),
        (_DAY, "d", _IN_DAYS),
    ):
        if milliseconds < limit:
            return f"{milliseconds // unit}{name}"
    return f"{milliseconds // (7 * _DAY)}w"


def amount(minor: int, currency: str, beside: str = "") -> str:
    """``2,310.00``, and ``2,310.00 USD`` beside figures in ``beside``, another currency."""
    digits = minor_digits(currency)
    whole, part = divmod(abs(minor), 10**digits)
    number = f"{'-' if minor < 0 else ''}{whole:,}" + (f".{part:0{digits}}" if digits else "")
    return number if currency == beside else f"{number} {currency}".rstrip()


def round_amount(minor: int, currency: str) -> str:
    """``2,310 EUR``: where cents say nothing."""
    return f"{round(minor / 10 ** minor_digits(currency)):,} {currency}".rstrip()


def newest(moments: Iterable[int | None]) -> int | None:
    """The latest of some moments, None if none is known."""
    return max((at for at in moments if at is not None), default=None)


def size_text(size: int) -> str:
    """``1.2 MB``, ``48 kB``, ``310 B``."""
    kilo = 1000
    if size < kilo:
        return f"{size} B"
    if size < kilo * kilo:
        return f"{round(size / kilo)} kB"
    return f"{size / kilo / kilo:.1f} MB"
