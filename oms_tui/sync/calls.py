"""Milestone calls are made when all that is known has been read and derived: never from half of an order's story."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.store.milestone_calls import keep, take_over
from oms_tui.store.settle import settle

if TYPE_CHECKING:
    from collections.abc import Iterable
    from threading import Lock

    from oms_tui.store.session import Session


class Calls:
    """Keeps the desk's milestone calls. A look costs two reads by key while nothing is to be done.

    Args:
        session: the worker's.
        sources: the names of all that are read.
        writing: held while the cache is written.
    """

    def __init__(self, session: Session, sources: Iterable[str], writing: Lock) -> None:
        self._session = session
        self._unread = set(sources)
        self._writing = writing
        with writing:
            take_over(session.store, session.policy, session.now())

    def tick(self) -> int:
        """Make, withdraw and give up what deriving noted; how many calls."""
        session = self._session
        cache = session.store.cache
        if cache.execute("SELECT 1 FROM call_changes LIMIT 1").fetchone() is None or not self._all_read():
            return 0
        with self._writing:
            done = keep(session.store, session.now())
            if done:
                settle(session.store, session.policy, session.now())
        return done

    def _all_read(self) -> bool:
        """Whether every source was asked at least once: parcels that nobody has read yet may long be delivered."""
        if self._unread:
            tried = self._session.store.cache.execute(
                "SELECT DISTINCT source FROM sync_state WHERE coalesce(last_attempt_at, last_success_at) IS NOT NULL"
            )
            self._unread -= {source for (source,) in tried}
        return not self._unread
