"""What time alone has changed since anybody looked: told anew by whoever asks, where no worker has done so.

A worker does it every few seconds. Without one (a desk that is synced by cron, a demo) a list read at four would still
say of every clock what held at noon.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.store.derive.run import BATCH, derive_dirty, derive_due
from oms_tui.store.driver import transaction

if TYPE_CHECKING:
    from collections.abc import Callable

    from oms_tui.domain.policy import DeskPolicy
    from oms_tui.store.workspace import Workspace

_MOST: Final = 4 * BATCH
"""Orders that one command tells anew; more is the worker's, which no command waits for."""

_LATEST: Final = "told_at"
_LEEWAY: Final = 60_000  # milliseconds by which clocks may differ


def catch_up(store: Workspace, policy: DeskPolicy, now: int) -> None:
    """Derive the orders that time has changed by ``now`` (milliseconds since 1970 UTC), some thousand at most."""
    if set_back(store, now):
        _again(derive_dirty, store, policy, now)
    _again(derive_due, store, policy, now)


def set_back(store: Workspace, now: int) -> bool:
    """Mark every row to be derived again where they were told of a later time than ``now``; whether they were.

    Only a store for trying out may be asked about any time; on a real one the clock is the clock.
    """
    if not store.is_for_trying():
        return False
    row = store.cache.execute("SELECT value FROM meta WHERE key = ?", (_LATEST,)).fetchone()
    if row is None:
        row = store.cache.execute("SELECT coalesce(max(derived_at), 0) FROM queue_row").fetchone()
    latest = int(row[0])
    if abs(now - latest) < _LEEWAY:
        return False
    with transaction(store.cache) as cache:
        cache.execute("INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)", (_LATEST, str(now)))
        if now < latest:
            cache.execute("INSERT OR IGNORE INTO dirty(order_id) SELECT order_id FROM queue_row")
    return now < latest


def _again(step: Callable[..., int], store: Workspace, policy: DeskPolicy, now: int) -> None:
    for _ in range(_MOST // BATCH):
        if step(store, policy, now=now, limit=BATCH) < BATCH:
            return
