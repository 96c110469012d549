"""Counts kept at write time, so that they cost the same at a thousand orders and at a million."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oms_tui.store.driver import Connection


def bump(cache: Connection, more: Mapping[str, int]) -> None:
    """Add to counts, in the caller's transaction; a count that was not there begins at nought."""
    cache.executemany(
        "INSERT INTO badges(key, value) VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = value + excluded.value",
        [(key, count) for key, count in more.items() if count],
    )


def values(cache: Connection) -> dict[str, int]:
    """Every count; one that is absent is nought."""
    return dict(cache.execute("SELECT key, value FROM badges"))
