"""The sync worker: reads the sources, derives, sends the outbox. One a desk, held by a lease.

``run_once`` makes one round and ends; ``follow`` goes on until it is stopped or the lease is lost.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Final

from connectors.base import Capability
from oms_tui.config_errors import ConfigError
from oms_tui.store import sync_state
from oms_tui.store.driver import DatabaseError
from oms_tui.store.workspace import StoreError, Workspace
from oms_tui.sync.guard_quotes import QuoteCheck
from oms_tui.sync.house import HouseThread, bring_up_to_date
from oms_tui.sync.lease import RENEW_SECONDS, SYNC, Lease, LeaseHeld, take
from oms_tui.sync.outbox_actions import ActionRunner
from oms_tui.sync.outbox_send import OutboxRunner
from oms_tui.sync.outbox_threads import OutboxThread
from oms_tui.sync.schedule import wait_after
from oms_tui.sync.source_reader import WHOLE, Round, SourceReader, is_ours
from oms_tui.sync.sources_open import OpenSource, fault_of
from oms_tui.sync.sync_log import logging_to
from oms_tui.sync.worker_threads import Crew, CrewThread, SourceThread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from oms_tui.config_model import Config
    from oms_tui.store.session import Session
    from oms_tui.sync.source_reader import Told
    from oms_tui.sync.sources_open import SourceBox

__all__ = ["LeaseHeld", "SourceRun", "follow", "run_once"]

_OUTGOING: Final = (Capability.SEND, Capability.ORDER_ACTIONS)
_END_STEP_SECONDS: Final = 0.02
_END_SECONDS: Final = 1.5  # that threads get to end by themselves; with the rest it stays below two
_LOOK_SECONDS: Final = 0.2
_CONFIG_SECONDS: Final = 2.0
_MOST_TICKS: Final = 20
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SourceRun:
    """What one round of a source brought. ``error`` and ``hint`` are words for people, "" where it went well."""

    source: str
    ok: bool
    records: int
    error: str = ""
    hint: str = ""


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
            return _Once(config, session, keeper, progress).run(only)
        finally:
            keeper.end()


def follow(config: Config, session: Session, *, stop: threading.Event) -> None:
    """Read, derive and send until ``stop`` is set or the lease is lost. A changed config is taken over at once.

    Raises:
        LeaseHeld: another worker looks after this desk.
    """
    with logging_to(config):
        lease = take(session.store, SYNC, session.now())
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
    crew.first_rounds.update(name for name, box in crew.boxes.items() if _can(box, Capability.ORDERS))
    threads: list[CrewThread] = [HouseThread(crew, "house"), *(SourceThread(crew, box) for box in crew.boxes.values())]
    threads += [OutboxThread(crew, box) for box in crew.boxes.values() if _can(box, *_OUTGOING)]
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
    from oms_tui.desk import session_on
    from oms_tui.sources import load_checked

    try:
        fresh = load_checked(config.path)
    except ConfigError as error:
        _LOG.warning("the changed config is not used: %s", error)
        return config, session
    if fresh.desk.store != config.desk.store:
        _LOG.warning("the config names another store; this worker stays with the one it has until it is started anew")
        return config, session
    return fresh, session_on(fresh, session.store, session.agent, clock=session.clock)


def _stamp(config: Config, session: Session) -> tuple[tuple[int, int], ...]:
    """What tells that the config was edited, or the cache put aside to be built anew."""
    found = []
    for path in (config.path, session.store.cache_path):
        try:
            status = path.stat()
        except OSError:
            found.append((0, 0))
        else:
            found.append((status.st_ino, status.st_mtime_ns if path == config.path else 0))
    return tuple(found)


def _can(box: SourceBox, *wanted: Capability) -> bool:
    """Whether a source has one of these capabilities."""
    try:
        return not box.manifest().capabilities.isdisjoint(wanted)
    except Exception:  # noqa: BLE001 - somebody else's connector that cannot be loaded; its own thread says so
        return False


# ---- once


class _Once:
    """One round of all sources."""

    def __init__(self, config: Config, session: Session, keeper: _Keeper, progress: Told | None) -> None:
        self._session = session
        self._progress = progress
        self._keeper = keeper
        self._crew = Crew(config, session, halt=threading.Event(), may_send=keeper.holds)
        self._config = config
        self._dice = Random()  # noqa: S311 - spreads retries, hides nothing

    def run(self, only: Sequence[str]) -> list[SourceRun]:
        names = [name for name in self._config.sources if not only or name in only]
        runs = {name: self._off(name) for name in names if name not in self._crew.boxes and only}
        boxes = [self._crew.boxes[name] for name in names if name in self._crew.boxes]
        first = [box for box in boxes if _can(box, Capability.ORDERS)]
        try:
            for group in (first, [box for box in boxes if box not in first]):
                runs |= self._all(group)
                bring_up_to_date(self._session, self._crew.writing)
            self._send()
        finally:
            self._crew.halt.set()
            for box in self._crew.boxes.values():
                box.drop()
        return [runs[name] for name in names if name in runs]

    def _all(self, boxes: Sequence[SourceBox]) -> dict[str, SourceRun]:
        """Each source in a thread of its own: one that hangs holds up only itself."""
        runs: dict[str, SourceRun] = {}

        def one(box: SourceBox) -> None:
            runs[box.name] = self._one(box)

        threads = [threading.Thread(target=one, args=(box,), name=f"source {box.name}", daemon=True) for box in boxes]
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(_LOOK_SECONDS)  # in slices, so that an interruption by the keyboard is heard
        return runs

    def _one(self, box: SourceBox) -> SourceRun:
        try:
            store = Workspace(self._session.store.folder)
        except StoreError as error:
            return SourceRun(
                box.name, ok=False, records=0, error=str(error), hint="`oms-tui doctor` looks at the store"
            )
        try:
            session = self._session.on(store)
            done = self._read(box, session)
            return self._noted(box, session, done)
        finally:
            store.close()

    def _read(self, box: SourceBox, session: Session) -> Round:
        try:
            source: OpenSource = box.get()
        except Exception as error:  # noqa: BLE001 - somebody else's connector may raise anything
            return Round(0, [(WHOLE, error)])
        reader = SourceReader(source, session, writing=self._crew.writing, told=self._progress, stopping=self._stopping)
        return reader.read()

    def _noted(self, box: SourceBox, session: Session, done: Round) -> SourceRun:
        if not done.failed:
            return SourceRun(box.name, ok=True, records=done.records)
        now = session.now()
        for stream, error in done.failed:
            fault = fault_of(error)
            wait = wait_after(error, 1, datetime.fromtimestamp(now / 1000, UTC), self._dice)
            _LOG.warning(
                "%s %s: %s; %s", box.name, stream, fault.words, fault.hint, exc_info=error if is_ours(error) else None
            )
            try:
                with self._crew.writing:
                    sync_state.failed(
                        session.store.cache,
                        box.name,
                        stream,
                        fault.code,
                        fault.words,
                        fault.hint,
                        now + int(wait * 1000),
                        now,
                    )
            except DatabaseError as trouble:
                _LOG.warning("%s: its health could not be written: %s", box.name, trouble)
        worst = fault_of(max(done.failed, key=lambda each: fault_of(each[1]).parked)[1])
        return SourceRun(box.name, ok=False, records=done.records, error=worst.words, hint=worst.hint)

    def _off(self, name: str) -> SourceRun:
        return SourceRun(
            name, ok=False, records=0, error="it is switched off", hint="set `enabled = true` in the config"
        )

    def _stopping(self) -> bool:
        return not self._keeper.holds()

    # ---- the outbox

    def _send(self) -> None:
        """Whatever is due leaves, whichever sources were asked for; what waits goes on waiting."""
        open_sources = []
        for box in self._crew.boxes.values():
            try:
                open_sources.append(box.get())
            except Exception as error:  # noqa: BLE001 - its round has told it already
                _LOG.info("%s: cannot send: %s", box.name, error)
        quotes = QuoteCheck(self._session, self._crew.boxes, self._crew.writing)
        ways = {
            source.name: (source.sender, source.mailbox)
            for source in open_sources
            if source.sender is not None and source.mailbox is not None
        }
        actions = {source.name: source.actions for source in open_sources if source.actions is not None}
        sending = OutboxRunner(self._session, ways, quotes=quotes.stops, may_send=self._keeper.holds)
        acting = ActionRunner(
            self._session,
            actions,
            done=lambda item: quotes.read_again(item["source"], "order", item["remote_id"]),
            may_act=self._keeper.holds,
        )
        ticks: list[Callable[[int], int]] = [sending.tick, acting.tick]
        for _ in range(_MOST_TICKS):
            if not sum(tick(self._session.now()) for tick in ticks):
                break
        bring_up_to_date(self._session, self._crew.writing)
