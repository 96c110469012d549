"""How long a system asks us to wait, in the six shapes systems say it.

Seconds and HTTP dates (``Retry-After``, RFC 9110 10.2.3), ``x-retry-after`` (ShipBob), a unix time of reset
(``X-RateLimit-Reset``, AfterShip), milliseconds (``X-Rate-Limit-Time-Reset-Ms``, BigCommerce) and a GraphQL cost
account (``extensions.cost.throttleStatus``, Shopify).
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_WAIT = timedelta(seconds=60)
LONGEST_WAIT = timedelta(days=1)  # whatever a broken server says, the source is asked again within a day

_SHORTEST_WAIT = timedelta(seconds=1)
_EPOCH_SECONDS = 1_000_000_000  # a number above it is a point in time (2001), below it a number of seconds
_EPOCH_MILLISECONDS = 1_000_000_000_000


def wait_until(headers: Mapping[str, str], body: Any = None, *, now: datetime) -> datetime:
    """The moment (aware, by our clock) from which the system may be asked again.

    A point in time that the server names is read by the server's own clock (its Date header), so a clock that is off
    on either side does not stretch or cut the wait. Without any usable word: a minute.

    Args:
        headers: the answer's headers, any case.
        body: the parsed JSON body, where there is one.
        now: our clock, aware.
    """
    lower = {name.lower(): value.strip() for name, value in headers.items()}
    server_now = http_date(lower.get("date", "")) or now
    wait = _from_headers(lower, server_now)
    if wait is None:  # not "or": a server may ask for no wait at all
        wait = _from_cost(body)
    if wait is None:
        wait = DEFAULT_WAIT
    return now + min(max(wait, _SHORTEST_WAIT), LONGEST_WAIT)


def http_date(text: str) -> datetime | None:
    """A date as HTTP writes it (RFC 9110 5.6.7), aware; None where it is none."""
    try:
        parsed = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _from_headers(lower: Mapping[str, str], server_now: datetime) -> timedelta | None:
    for name in ("retry-after", "x-retry-after"):
        if name in lower:
            wait = _seconds_or_moment(lower[name], server_now)
            if wait is not None:
                return wait
    for name in ("retry-after-ms", "x-rate-limit-time-reset-ms"):
        number = _number(lower.get(name, ""))
        if number is not None:
            return _span(number / 1000)
    for name in ("x-ratelimit-reset", "x-rate-limit-reset", "ratelimit-reset"):
        if name in lower:
            wait = _seconds_or_moment(lower[name], server_now)
            if wait is not None:
                return wait
    return None


def _seconds_or_moment(text: str, server_now: datetime) -> timedelta | None:
    number = _number(text)
    if number is None:
        moment = http_date(text)
        return None if moment is None else moment - server_now
    if number >= _EPOCH_MILLISECONDS:
        return _span(number / 1000 - server_now.timestamp())
    if number >= _EPOCH_SECONDS:
        return _span(number - server_now.timestamp())
    return _span(number)


def _from_cost(body: Any) -> timedelta | None:
    """Points missing over points restored a second; None unless the body is a GraphQL cost account."""
    cost = body
    for key in ("extensions", "cost"):
        cost = cost.get(key) if isinstance(cost, dict) else None
    status = cost.get("throttleStatus") if isinstance(cost, dict) else None
    if not isinstance(cost, dict) or not isinstance(status, dict):
        return None
    asked = _number(str(cost.get("requestedQueryCost", "")))
    left = _number(str(status.get("currentlyAvailable", "")))
    rate = _number(str(status.get("restoreRate", "")))
    if asked is None or left is None or not rate:
        return None
    return _span((asked - left) / rate)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _span(seconds: float) -> timedelta:
    """A span that cannot overflow, however large the number a server sent."""
    return timedelta(seconds=min(seconds, LONGEST_WAIT.total_seconds()))
