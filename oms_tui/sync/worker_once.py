"""One round of the worker: every source read once, derived, and what is due sent."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Final

from connectors.base import Capability
from oms_tui.store import sync_state
from oms_tui.store.driver import DatabaseError
from oms_tui.store.quality import keep_day
from oms_tui.store.workspace import StoreError, Workspace
from oms_tui.sync.calls import Calls
from oms_tui.sync.guard_quotes import QuoteCheck
from oms_tui.sync.house import bring_up_to_date, keep_lapses
from oms_tui.sync.mail_requests import MailRequestRunner
from oms_tui.sync.notices import Notices
from oms_tui.sync.outbox_actions import ActionRunner
from oms_tui.sync.outbox_send import OutboxRunner
from oms_tui.sync.rules import ROUNDS, Rules
from oms_tui.sync.schedule import wait_after
from oms_tui.sync.source_reader import WHOLE, Round, SourceReader, is_ours
from oms_tui.sync.sources_open import OpenSource, can, fault_of
from oms_tui.sync.worker_threads import Crew

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from oms_tui.config_model import Config
    from oms_tui.store.session import Session
    from oms_tui.sync.source_reader import Told
    from oms_tui.sync.sources_open import SourceBox

_LOOK_SECONDS: Final = 0.2
_LOG_BYTES: Final = 32 * 1024 * 1024
"""From which size on the cache's log is moved into its file."""

_JOINED: Final = (
    Capability.CUSTOMERS,
    Capability.INVOICES,
    Capability.PAYMENTS,
    Capability.PURCHASES,
    Capability.SHIPMENTS,
    Capability.STOCK,
)
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


def _in_turn(boxes: Sequence[SourceBox]) -> tuple[list[SourceBox], list[SourceBox], list[SourceBox]]:
    """Who is read after whom: where orders are at home, what is joined to them, then carriers and mailboxes.

    Before these last all is derived: carriers are asked of parcels under way, and mails are about orders.
    """
    home = [box for box in boxes if box.brings_orders()]
    joined = [box for box in boxes if box not in home and can(box, *_JOINED)]
    return home, joined, [box for box in boxes if box not in home and box not in joined]


class Once:
    """One round of all sources."""

    def __init__(self, config: Config, session: Session, may_send: Callable[[], bool], progress: Told | None) -> None:
        self._session = session
        self._progress = progress
        self._may_send = may_send
        self._crew = Crew(config, session, halt=threading.Event(), may_send=may_send)
        self._config = config
        self._dice = Random()  # noqa: S311 - spreads retries, hides nothing

    def run(self, only: Sequence[str]) -> list[SourceRun]:
        """Do it, for ``only`` these sources (none: all that are switched on)."""
        names = [name for name in self._config.sources if not only or name in only]
        runs = {name: self._off(name) for name in names if name not in self._crew.boxes and only}
        boxes = [self._crew.boxes[name] for name in names if name in self._crew.boxes]
        calls = Calls(self._session, self._crew.boxes, self._crew.writing)
        try:
            home, joined, others = _in_turn(boxes)
            runs |= self._all(home)
            runs |= self._all(joined)  # before anything is derived: on a first sync it would all be derived twice
            bring_up_to_date(self._session, self._crew.writing)
            runs |= self._all(others)
            bring_up_to_date(self._session, self._crew.writing)
            calls.tick()
            keep_lapses(self._session, self._crew.writing)
            self._rules()
            Notices(self._session, self._config.notices).tick()
            keep_day(self._session)
            self._send()
        finally:
            self._crew.halt.set()
            for box in self._crew.boxes.values():
                box.drop()
        return [runs[name] for name in names if name in runs]

    def _rules(self) -> None:
        """Rules act, and see what rules did, as often as ``ROUNDS``: one may find what another has changed."""
        rules = Rules(self._session, self._config.rules.values(), self._crew.boxes)
        for _ in range(ROUNDS):
            if not rules.tick(whole=True):
                break
            bring_up_to_date(self._session, self._crew.writing)

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
                self._move_log()
        return runs

    def _move_log(self) -> None:
        """Move the cache's log into its file while the sources are read: their own connections never do.

        Nobody writes meanwhile (see ``driver``). Without it a first read of a million orders left a log of 12 GB.
        """
        store = self._session.store
        try:
            if (store.folder / "cache.db-wal").stat().st_size < _LOG_BYTES:
                return
            with self._crew.writing:
                store.cache.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        except (OSError, DatabaseError) as error:
            _LOG.info("the cache's log could not be moved: %s", error)

    def _one(self, box: SourceBox) -> SourceRun:
        try:
            store = Workspace(self._session.store.folder, takes_in=True)
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
        reader = SourceReader(
            source, session, writing=self._crew.writing, told=self._progress, asked=True, stopping=self._stopping
        )
        return reader.read()

    def _noted(self, box: SourceBox, session: Session, done: Round) -> SourceRun:
        if not done.failed:
            return SourceRun(box.name, ok=True, records=done.records)
        now = session.now()
        for stream, error in done.failed:
            fault = fault_of(error, box.name)
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
        worst = fault_of(max(done.failed, key=lambda each: fault_of(each[1]).parked)[1], box.name)
        return SourceRun(box.name, ok=False, records=done.records, error=worst.words, hint=worst.hint)

    def _off(self, name: str) -> SourceRun:
        return SourceRun(
            name, ok=False, records=0, error="it is switched off", hint="set `enabled = true` in the config"
        )

    def _stopping(self) -> bool:
        return not self._may_send()

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
        sending = OutboxRunner(self._session, ways, quotes=quotes.stops, may_send=self._may_send)
        acting = ActionRunner(
            self._session,
            actions,
            done=lambda item: quotes.read_again(item["source"], "order", item["remote_id"]),
            may_act=self._may_send,
        )
        mailboxes = {source.name: source.mailbox for source in open_sources if source.mailbox is not None}
        asking = MailRequestRunner(self._session, mailboxes, writing=self._crew.writing, may_act=self._may_send)
        ticks: list[Callable[[int], int]] = [sending.tick, acting.tick, asking.tick]
        for _ in range(_MOST_TICKS):
            if not sum(tick(self._session.now()) for tick in ticks):
                break
        bring_up_to_date(self._session, self._crew.writing)
