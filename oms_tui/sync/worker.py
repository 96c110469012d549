"""The sync worker: reads the sources, derives, sends the outbox. One a desk, held by a lease.

``run_once`` makes one round and ends; ``follow`` goes on until it is stopped or the lease is lost.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Final

from connectors.base import Capability
from oms_tui.config_errors import ConfigError
from oms_tui.sync.house import HouseThread
from oms_tui.sync.lease import RENEW_SECONDS, SYNC, Lease, LeaseHeld, take
from oms_tui.sync.outbox_threads import OutboxThread
from oms_tui.sync.sources_open import can
from oms_tui.sync.sync_log import logging_to
from oms_tui.sync.worker_once import Once, SourceRun
from oms_tui.sync.worker_threads import Crew, CrewThread, SourceThread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oms_tui.config_model import Config
    from oms_tui.store.session import Session
    from oms_tui.sync.source_reader import Told

__all__ = ["LeaseHeld", "SourceRun", "follow", "run_once"]

_OUTGOING: Final = (Capability.SEND, Capability.MAIL, Capability.ORDER_ACTIONS)
_END_STEP_SECONDS: Final = 0.02
_END_SECONDS: Final = 1.5  # that threads get to end by themselves; with the rest it stays below two
_LOOK_SECONDS: Final = 0.2
_CONFIG_SECONDS: Final = 2.0
_LOG = logging.getLogger(__name__)


def run_once(
    config: Config, session: Session, *, only: Sequence[str] = (), progress: Told | None = None
) -> list[SourceRun]:
    """Read every source that is switched on (or ``only`` these) once, derive, send what is due.

    Orders are read before mail and parcels, which are joined to them.

    Args:
        config: the config, its sources' settings checked.
        session: at the config's desk.
        only: names of sources; none: all.
        progress: told (source, records done, of how many).

    Raises:
        LeaseHeld: another worker looks after this desk.
    """
    with logging_to(config):
        lease = take(session.store, SYNC, session.now())
        keeper = _Keeper(lease, session)
        keeper.start()
        try:
            return Once(config, session, keeper.holds, progress).run(only)
        finally:
            keeper.end()


def follow(config: Config, session: Session, *, stop: threading.Event) -> None:
    """Read, derive and send until ``stop`` is set or the lease is lost. A changed config is taken over at once.

    Raises:
        LeaseHeld: another worker looks after this desk.
    """
    with logging_to(config):
        lease = take(session.store, SYNC, session.now(), stopping=stop.is_set)
        keeper = _Keeper(lease, session)
        keeper.start()
        _LOG.info("the worker of this desk starts")
        try:
            while not stop.is_set() and not keeper.lost.is_set():
                _work(config, session, stop, keeper)
                config, session = _taken_over(config, session)
        finally:
            keeper.end()
            _LOG.info("the worker ends: %s", "another one took over" if keeper.lost.is_set() else "it was asked to")


class _Keeper(threading.Thread):
    """Holds on to the lease while others work."""

    def __init__(self, lease: Lease, session: Session) -> None:
        super().__init__(name="lease", daemon=True)
        self._lease = lease
        self._session = session
        self._end = threading.Event()
        self.lost = threading.Event()

    def run(self) -> None:
        while not self._end.wait(RENEW_SECONDS):
            if not self._lease.renew(self._session.now()):
                self.lost.set()
                return

    def holds(self) -> bool:
        """Whether nobody else can be at work."""
        return self._lease.fresh() and not self.lost.is_set()

    def end(self) -> None:
        """Give the lease back."""
        self._end.set()
        self.join()
        self._lease.release(self._session.now())


# ---- following


def _work(config: Config, session: Session, stop: threading.Event, keeper: _Keeper) -> None:
    """Work by one config until it changes, or all is over."""
    crew = Crew(config, session, halt=threading.Event(), may_send=keeper.holds)
    crew.first_rounds.update(name for name, box in crew.boxes.items() if box.brings_orders())
    threads: list[CrewThread] = [HouseThread(crew, "house"), *(SourceThread(crew, box) for box in crew.boxes.values())]
    threads += [OutboxThread(crew, box) for box in crew.boxes.values() if can(box, *_OUTGOING)]
    for thread in threads:
        thread.start()
    watched = _stamp(config, session)
    looked = time.monotonic()
    try:
        while not stop.wait(_LOOK_SECONDS) and not keeper.lost.is_set():
            if time.monotonic() - looked >= _CONFIG_SECONDS:
                looked = time.monotonic()
                if _stamp(config, session) != watched:
                    _LOG.info("the config or the cache was exchanged: starting anew")
                    return
    finally:
        crew.halt.set()
        crew.landed.set()
        _let_go(crew)
        until = time.monotonic() + _END_SECONDS
        for thread in threads:
            while thread.is_alive() and not thread.listening and time.monotonic() < until:
                thread.join(_END_STEP_SECONDS)


def _let_go(crew: Crew) -> None:
    """Close the connections, so that whoever waits at one wakes up; a server that does not answer holds nobody up."""
    for box in crew.boxes.values():
        threading.Thread(target=box.drop, name=f"closing {box.name}", daemon=True).start()


def _taken_over(config: Config, session: Session) -> tuple[Config, Session]:
    """The config as it is now, and a session by it; the old ones where it cannot be used."""
    from oms_tui.config_tiers import check_tiers
    from oms_tui.desk import session_on
    from oms_tui.sources import load_checked

    try:
        fresh = load_checked(config.path)
        check_tiers(fresh)
    except ConfigError as error:
        _LOG.warning("the changed config is not used: %s", error)
        return config, session
    if fresh.desk.store != config.desk.store:
        _LOG.warning("the config names another store; this worker stays with the one it has until it is started anew")
        return config, session
    return fresh, session_on(fresh, session.store, session.agent, clock=session.clock)


def _stamp(config: Config, session: Session) -> tuple[tuple[int, int], ...]:
    """What tells that the config or a file of rules was edited, or the cache put aside to be built anew."""
    found = []
    beside = [
        path for folder in ("rules", "procedures") for path in sorted((config.path.parent / folder).glob("*.toml"))
    ]
    for path in (config.path, *beside, session.store.cache_path):
        try:
            status = path.stat()
        except OSError:
            found.append((0, 0))
        else:
            found.append((status.st_ino, 0 if path == session.store.cache_path else status.st_mtime_ns))
    return tuple(found)
