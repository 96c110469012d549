"""A token bucket: at most so many calls a second to one account, with a little room for bursts."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class TokenBucket:
    """``per_second`` calls on average, ``burst`` at once. For one thread, as every source has one."""

    def __init__(
        self,
        per_second: float,
        burst: int = 1,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._sleep = sleep
        self._tokens = float(burst)
        self._filled_at = clock()

    def take(self) -> None:
        """Take a token, waiting until there is one."""
        now = self._clock()
        self._tokens = min(float(self._burst), self._tokens + (now - self._filled_at) * self._per_second)
        self._filled_at = now
        if self._tokens < 1:
            wait = (1 - self._tokens) / self._per_second
            self._sleep(wait)
            self._tokens += wait * self._per_second
            self._filled_at += wait
        self._tokens -= 1
