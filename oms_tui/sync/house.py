"""Keeping house: what people decided and what sources brought is derived, in small batches; old feed lines are cut.

One thread of the worker does it, and its connections alone move the write-ahead logs into the files.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Final

from oms_tui.store.driver import DatabaseError
from oms_tui.store.quality import keep_day
from oms_tui.sync.calls import Calls
from oms_tui.sync.notices import Notices
from oms_tui.sync.outbox_threads import tell_strays
from oms_tui.sync.rules import Rules
from oms_tui.sync.worker_threads import CrewThread

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Lock

    from oms_tui.store.session import Session

BATCH: Final = 200
_WHOLE_BATCH: Final = 500
_MOST_BATCHES: Final = 100_000
_LOOK_SECONDS: Final = 0.2
_DUE_SECONDS: Final = 1.0
_TIDY_SECONDS: Final = 60.0
_NOTICE_SECONDS: Final = 5.0
_BACKUP_SECONDS: Final = 3600.0
_LOG = logging.getLogger(__name__)


class HouseThread(CrewThread):
    """Settles, derives, tidies."""

    def checkpoints(self) -> bool:
        """Only here: older SQLites can damage a file that one connection writes while another checkpoints."""
        return True

    def work(self, session: Session) -> None:
        """Look after the house until halted."""
        desk = session.store.desk
        seen = -1
        due_at = tidy_at = notice_at = 0.0
        notices = Notices(session, self.crew.config.notices)
        rules = Rules(session, self.crew.config.rules.values(), self.crew.boxes)
        self._take_over(session)
        calls = Calls(session, self.crew.boxes, self.crew.writing)
        backup_at = time.monotonic() + _BACKUP_SECONDS
        while not self.crew.stopping():
            decided = int(desk.execute("SELECT max(seq) FROM desk_changes").fetchone()[0] or 0)
            if decided != seen:
                self._settle(session)
                seen = decided
            came = self.crew.landed.is_set()
            self.crew.landed.clear()
            due = time.monotonic() >= due_at
            if due or (came and not self.crew.first_rounds):
                derive(session, self.crew.writing, BATCH, self._stop_deriving(), by_time=due)
                due_at = time.monotonic() + _DUE_SECONDS if due else due_at
            if not self.crew.first_rounds:
                calls.tick()
                keep_lapses(session, self.crew.writing)
                rules.tick()
            if time.monotonic() >= notice_at and not self.crew.first_rounds:
                notices.tick()
                notice_at = time.monotonic() + _NOTICE_SECONDS
            if time.monotonic() >= tidy_at:
                self._tidy(session)
                if not self.crew.first_rounds:
                    keep_day(session)
                tidy_at = time.monotonic() + _TIDY_SECONDS
            if time.monotonic() >= backup_at:
                self._copy(session)
                backup_at = time.monotonic() + _BACKUP_SECONDS
            if self.crew.first_rounds:
                self.crew.halt.wait(_LOOK_SECONDS)
            else:
                self.crew.landed.wait(_LOOK_SECONDS)

    def _stop_deriving(self) -> Callable[[], bool]:
        """While orders come in for the first time one batch a second suffices: what hangs off them is still to come."""
        batches = iter((False,))
        return lambda: self.crew.stopping() or (bool(self.crew.first_rounds) and next(batches, True))

    def _take_over(self, session: Session) -> None:
        """The config may have other tiers, hours or agents than the rows were derived by."""
        from oms_tui.store.derive.by_time import set_back
        from oms_tui.store.derive.rules import take_over

        with self.crew.writing:
            set_back(session.store, session.now())
            if take_over(session.store, session.policy):
                _LOG.info("the rules of the desk changed: all orders are told anew")

    def _settle(self, session: Session) -> None:
        from oms_tui.store.settle import settle

        with self.crew.writing:
            settle(session.store, session.policy, session.now())

    def _tidy(self, session: Session) -> None:
        from oms_tui.store.reads.changes import trim

        tell_strays(session.store.desk, list(self.crew.boxes))
        try:
            with self.crew.writing:
                trim(session.store.cache)
                session.store.cache.execute("PRAGMA wal_checkpoint(PASSIVE)")
        except DatabaseError as error:
            _LOG.warning("the change feed could not be trimmed: %s", error)

    def _copy(self, session: Session) -> None:
        from oms_tui.store.backup import backup
        from oms_tui.store.workspace import StoreError

        try:
            backup(session.store, now=session.now())
        except StoreError as error:
            _LOG.warning("%s", error)


def keep_lapses(session: Session, writing: Lock) -> None:
    """Write down on the desk which decisions about conflicts are over."""
    from oms_tui.store.conflict_decisions import keep

    cache = session.store.cache
    if cache.execute("SELECT 1 FROM lapsed_decisions WHERE kept = 0 LIMIT 1").fetchone() is not None:
        with writing:
            while keep(session.store):
                pass


def derive(session: Session, writing: Lock, batch: int, stopping: Callable[[], bool], *, by_time: bool = True) -> int:
    """Derive what is dirty, then what time alone changes; how many orders."""
    from oms_tui.store.derive.run import derive_dirty, derive_due

    count = 0
    for step in (derive_dirty, derive_due) if by_time else (derive_dirty,):
        for _ in range(_MOST_BATCHES):
            if stopping():
                return count
            with writing:
                done = step(session.store, session.policy, now=session.now(), limit=batch)
            count += done
            if done < batch:
                break
            time.sleep(0)  # let a source have the lock
    return count


def bring_up_to_date(session: Session, writing: Lock) -> None:
    """All that people decided and that came: settled and derived."""
    from oms_tui.store.derive.by_time import set_back
    from oms_tui.store.derive.rules import take_over
    from oms_tui.store.settle import settle

    with writing:
        take_over(session.store, session.policy)
        set_back(session.store, session.now())
        settle(session.store, session.policy, session.now())
    derive(session, writing, _WHOLE_BATCH, lambda: False)
