"""When a source is asked again. Pure: clocks and dice are handed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from connectors.base import Capability
from connectors.errors import AuthExpired, CertificateRejected, Forbidden, RateLimited

if TYPE_CHECKING:
    from datetime import tzinfo
    from random import Random

    from connectors.base import Manifest
    from oms_tui.config_model import Source
    from oms_tui.domain.business_time import BusinessHours

FIRST_WAIT: Final = 1.0
LONGEST_WAIT: Final = 300.0
PARKED: Final = {AuthExpired: 3600.0, Forbidden: 900.0, CertificateRejected: LONGEST_WAIT}
"""Seconds until a refusal is tried again, if the config was not changed before: wrong passwords lock accounts."""

_JITTER: Final = 0.1
_POLL: Final = timedelta(seconds=60)
_TRACKING_POLL: Final = timedelta(minutes=5)
_HOT: Final = timedelta(minutes=5)
_NIGHT_HOUR: Final = 3  # of the desk's zone, for a desk that never closes
_DAY_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a source is asked what changed, and how often its open orders are read again by id."""

    poll: timedelta
    hot: timedelta


def pace(source: Source, manifest: Manifest) -> Pace:
    """The config's times, which are somebody's word; else what is usual and the connector bears."""
    tracks = Capability.TRACKING in manifest.capabilities and not manifest.streams
    poll = source.poll or max(_TRACKING_POLL if tracks else _POLL, manifest.min_poll)
    return Pace(poll, max(source.hot or _HOT, poll))


def next_wait(poll: timedelta, dice: Random) -> float:
    """Seconds until the next look: at most ``poll``, a little uneven so that sources do not march in step."""
    return poll.total_seconds() * (1 - dice.uniform(0, _JITTER))


def wait_after(error: Exception, failures: int, now: datetime, dice: Random) -> float:
    """Seconds to wait after the ``failures``-th failure in a row (1, 2, 4 … 300, with jitter).

    A limit's own end counts, and a refusal is parked.
    """
    if isinstance(error, RateLimited):
        return max(FIRST_WAIT, (error.until - now).total_seconds())
    for kind, seconds in PARKED.items():
        if isinstance(error, kind):
            return seconds
    return backoff(failures, dice)


def backoff(failures: int, dice: Random, *, first: float = FIRST_WAIT, longest: float = LONGEST_WAIT) -> float:
    """Seconds to wait after the ``failures``-th failure in a row: doubling, capped, between half and whole."""
    return min(longest, first * 2.0 ** min(failures - 1, 30)) * dice.uniform(0.5, 1.0)


def reconcile_is_due(last: int | None, now: int, hours: BusinessHours, zone: tzinfo) -> bool:
    """Whether everything should be compared now: once a day, while nobody works.

    Args:
        last: when it was done last, in milliseconds; None: never (then the first sync has just read everything).
        now: milliseconds.
        hours: the desk's.
        zone: the desk's.
    """
    if last is None or now - last < _DAY_MS * 3 // 4:
        return False
    if now - last > 2 * _DAY_MS:  # a desk that is off at night
        return True
    moment = datetime.fromtimestamp(now / 1000, zone)
    if all(len(day) == 1 and day[0].end - day[0].start == _DAY_MS // 60_000 for day in hours.week):
        return moment.hour == _NIGHT_HOUR
    return not hours.is_open(moment)
