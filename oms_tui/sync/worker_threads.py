"""The worker's threads: one for each source, one for each account that sends, one that derives and keeps house.

Each has connections of its own to the store. None ends for a fault: it is noted, logged once, and tried again.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Final

from connectors.errors import ConnectorError
from oms_tui.config_errors import ConfigError
from oms_tui.secrets import SecretError
from oms_tui.store import sync_state
from oms_tui.store.driver import DatabaseError
from oms_tui.store.workspace import StoreError, Workspace
from oms_tui.store.writes.source_ages import keep_ages
from oms_tui.sync.schedule import backoff, next_wait, reconcile_is_due, wait_after
from oms_tui.sync.source_reader import WHOLE, Round, SourceReader, is_ours, reached_nothing
from oms_tui.sync.sources_open import SourceBox, fault_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from oms_tui.config_model import Config
    from oms_tui.store.session import Session
    from oms_tui.sync.sources_open import OpenSource

_LISTEN_SECONDS: Final = 10.0  # at a stretch: what we file ourselves is in a folder that nobody listens to
_ORDERS_FIRST_SECONDS: Final = 600.0
_NO_SECRET_SECONDS: Final = 900.0  # its command may ask a person for a password each time
_LOG = logging.getLogger(__name__)


@dataclass
class Crew:
    """What the threads of one worker share.

    Attributes:
        config: the config they work by; another one gets another crew.
        session: whose desk it is. Its store is the main thread's: each thread opens its own.
        boxes: the sources that are switched on.
        halt: set when all are to end.
        may_send: whether this process may still send (its lease).
        writing: held while the cache is written.
        landed: set when something came that has to be derived.
        first_rounds: sources of orders that were not read once yet: mail and parcels are joined to what those bring.
    """

    config: Config
    session: Session
    halt: threading.Event
    may_send: Callable[[], bool]
    boxes: dict[str, SourceBox] = field(default_factory=dict)
    writing: threading.Lock = field(default_factory=threading.Lock)
    landed: threading.Event = field(default_factory=threading.Event)
    first_rounds: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        enabled = [source.name for source in self.config.sources.values() if source.enabled]
        self.boxes = {name: SourceBox(self.config, name) for name in enabled}
        keep_ages(self.session.store.cache, {name: self.config.sources[name].stale_after_ms for name in enabled})

    def stopping(self) -> bool:
        """Whether all are to end."""
        return self.halt.is_set()


class CrewThread(threading.Thread):
    """A thread with a store of its own, that goes on whatever happens. Daemonic: an end is not held up by a server."""

    def __init__(self, crew: Crew, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self.crew = crew
        self.listening = False
        """Whether it only waits at a mailbox for news: such a one need not be waited for."""
        self.dice = Random()  # noqa: S311 - spreads the load, hides nothing

    def run(self) -> None:
        """Work until halted."""
        failures = 0
        while not self.crew.stopping():
            try:
                store = Workspace(
                    self.crew.session.store.folder, checkpoints=self.checkpoints(), takes_in=self.takes_in()
                )
            except StoreError:
                _LOG.exception("%s: the store cannot be opened", self.name)
            else:
                try:
                    self.work(self.crew.session.on(store))
                except Exception:  # noqa: BLE001 - whatever it was, the work goes on
                    _LOG.exception("%s: a fault; it starts again", self.name)
                finally:
                    store.close()
            failures += 1
            self.crew.halt.wait(backoff(failures, self.dice))

    def checkpoints(self) -> bool:
        """Whether its connections move the log of writes into the files: one thread's do."""
        return False

    def takes_in(self) -> bool:
        """Whether it writes what a source brings."""
        return False

    def work(self, session: Session) -> None:
        """What the thread does; returns when halted."""
        raise NotImplementedError


class SourceThread(CrewThread):
    """Reads one source, again and again."""

    def __init__(self, crew: Crew, box: SourceBox) -> None:
        super().__init__(crew, f"source {box.name}")
        self._box = box
        self._failures = 0
        self._away_since: float | None = None
        self._hot_at = 0.0

    def takes_in(self) -> bool:
        """It does."""
        return True

    def work(self, session: Session) -> None:
        """Read, wait, read."""
        while not self.crew.stopping():
            self._box.stirred.clear()
            wait = self._round(session)
            self.crew.first_rounds.discard(self._box.name)
            session.store.give_memory_back()
            self._wait(wait)

    def _round(self, session: Session) -> float:
        """Read once what is due; seconds until the next time."""
        try:
            source = self._box.get()
        except Exception as error:  # noqa: BLE001 - somebody else's connector may raise anything
            return self._failed(session, Round(0, [(WHOLE, error)]))
        if not self._box.brings_orders():
            self._let_orders_come_first(session, source)
        reader = SourceReader(
            source,
            session,
            writing=self.crew.writing,
            landed=self.crew.landed.set,
            small=True,
            stopping=self.crew.stopping,
        )
        with self._box.working:
            done = reader.read()
            if not reached_nothing(done):
                done += self._slower(session, source, reader)
        if self.crew.stopping():
            return 0.0
        if done.failed:
            return self._failed(session, done, source)
        self._back()
        return 0.0 if reader.more else next_wait(source.pace.poll, self.dice)

    def _slower(self, session: Session, source: OpenSource, reader: SourceReader) -> Round:
        """The hot set, and at night everything."""
        done = Round()
        hot = source.pace.hot.total_seconds()
        if time.monotonic() - self._hot_at >= hot:
            done += reader.read_hot(session.now() - int(hot * 1000))
            self._hot_at = time.monotonic()
        states = [state for state in sync_state.states(session.store.cache, source.name) if state.reconciled_at]
        last = min((state.reconciled_at or 0 for state in states), default=None)
        if source.records and reconcile_is_due(last, session.now(), session.policy.hours, session.policy.zone):
            _LOG.info("%s: everything is compared", source.name)
            done += reader.reconcile()
        return done

    def _let_orders_come_first(self, session: Session, source: OpenSource) -> None:
        """The first time, mail, parcels and money wait for the orders they are to be joined to."""
        if sync_state.states(session.store.cache, source.name):
            return
        until = time.monotonic() + _ORDERS_FIRST_SECONDS
        while self.crew.first_rounds and time.monotonic() < until and not self.crew.halt.wait(0.2):
            pass

    # ---- how it went

    def _failed(self, session: Session, done: Round, source: OpenSource | None = None) -> float:
        """Note what failed; seconds until it is tried again."""
        self._failures += 1
        worst = max(done.failed, key=lambda each: fault_of(each[1]).parked)[1]
        whole = source is None or reached_nothing(done) or not done.records
        wait = self._wait_after(worst, session) if whole or source is None else next_wait(source.pace.poll, self.dice)
        self._note(session, done, wait)
        self._log_away(done)
        if any(fault_of(error).parked or is_ours(error) for _, error in done.failed):
            self._box.drop()  # a secret may have been changed meanwhile; after a fault of ours nothing is sure
        return wait

    def _wait_after(self, error: Exception, session: Session) -> float:
        if isinstance(error, SecretError | ConfigError):
            return _NO_SECRET_SECONDS
        return wait_after(error, self._failures, datetime.fromtimestamp(session.now() / 1000, UTC), self.dice)

    def _note(self, session: Session, done: Round, wait: float) -> None:
        now = session.now()
        try:
            with self.crew.writing:
                for stream, error in done.failed:
                    fault = fault_of(error, self._box.name)
                    retry_at = now + int(wait * 1000)
                    sync_state.failed(
                        session.store.cache, self._box.name, stream, fault.code, fault.words, fault.hint, retry_at, now
                    )
        except DatabaseError as error:
            _LOG.warning("%s: its health could not be written: %s", self._box.name, error)

    def _log_away(self, done: Round) -> None:
        """Once when a source goes away, however often it is tried."""
        if self._away_since is not None:
            return
        self._away_since = time.monotonic()
        for stream, error in done.failed:
            where = f"{self._box.name} ({stream})" if stream else self._box.name
            fault = fault_of(error, self._box.name)
            _LOG.warning("%s: %s; %s", where, fault.words, fault.hint, exc_info=error if is_ours(error) else None)

    def _back(self) -> None:
        self._failures = 0
        if self._away_since is not None:
            _LOG.info("%s: it is back after %.0f s", self._box.name, time.monotonic() - self._away_since)
            self._away_since = None

    def _wait(self, seconds: float) -> None:
        """Until the next round; a mailbox is listened to meanwhile, unless it failed."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not self.crew.stopping():
            mailbox = self._listening()
            if mailbox is not None and self._box.stirred.is_set():
                return
            if mailbox is None:
                self.crew.halt.wait(left)
            else:
                self.listening = True
                try:
                    if mailbox(min(left, _LISTEN_SECONDS)):
                        return
                except ConnectorError as error:
                    _LOG.info("%s: not listening until the next look: %s", self._box.name, error)
                    self.crew.halt.wait(until - time.monotonic())
                finally:
                    self.listening = False

    def _listening(self) -> Callable[[float], bool] | None:
        if self._failures:
            return None
        mailbox = self._box.get().mailbox
        return None if mailbox is None else mailbox.wait
