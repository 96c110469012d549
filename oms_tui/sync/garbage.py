"""Python's search for garbage, kept away from bulk work.

A first sync makes a million small objects that live for a moment and refer to nothing in a circle. Looking through
them for circles took an eighth of its time.
"""

from __future__ import annotations

import gc
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_SELDOM: Final = 200_000  # new objects between two looks; usually 700

_lock = threading.Lock()
_before: list[tuple[int, int, int]] = []  # thresholds found by those who work now; the first counts


@contextmanager
def seldom_looked_for() -> Iterator[None]:
    """Look for garbage seldom while this lasts. Several threads may ask; the last one to end puts it back."""
    with _lock:
        _before.append(gc.get_threshold())
        gc.set_threshold(_SELDOM, 10, 10)
    try:
        yield
    finally:
        with _lock:
            if len(_before) == 1:
                gc.set_threshold(*_before[0])
                _before.clear()
            else:
                _before.pop()
