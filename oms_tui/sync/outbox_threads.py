"""The threads that send: one for each account, so that a server that hangs holds up its own mail only."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from oms_tui.domain.safe_text import safe_line
from oms_tui.store import desk_rows
from oms_tui.store.rows import marks
from oms_tui.sync import outbox_rows as rows
from oms_tui.sync.guard_quotes import QuoteCheck
from oms_tui.sync.mail_requests import MailRequestRunner
from oms_tui.sync.outbox_actions import ActionRunner
from oms_tui.sync.outbox_send import OutboxRunner
from oms_tui.sync.schedule import backoff
from oms_tui.sync.sources_open import fault_of
from oms_tui.sync.worker_threads import CrewThread

if TYPE_CHECKING:
    from oms_tui.store.driver import Connection
    from oms_tui.store.session import Session
    from oms_tui.sync.sources_open import OpenSource, SourceBox
    from oms_tui.sync.worker_threads import Crew

_TICK_SECONDS: Final = 1.0
_LOOK_SECONDS: Final = 0.2
_LOG = logging.getLogger(__name__)

Runner = OutboxRunner | ActionRunner | MailRequestRunner


class OutboxThread(CrewThread):
    """Sends what leaves by one account, fetches what was asked of it, writes what is to be written to one system."""

    def __init__(self, crew: Crew, box: SourceBox) -> None:
        super().__init__(crew, f"outbox {box.name}")
        self._box = box
        self._failures = 0

    def work(self, session: Session) -> None:
        """Look after the outbox until halted: each second, and at once when something was put into it."""
        desk = session.store.desk
        source: OpenSource | None = None
        runners: list[Runner] = []
        while not self.crew.stopping():
            seen = _last_change(desk)
            try:
                found = self._box.get()
            except Exception as error:  # noqa: BLE001 - somebody else's connector may raise anything
                self._cannot_open(session, error)
                continue
            self._failures = 0
            if found is not source:
                source, runners = found, self._runners(session, found)
            if sum(runner.tick(session.now()) for runner in runners):
                self._box.stirred.set()
            self._sleep(desk, seen)

    def _runners(self, session: Session, source: OpenSource) -> list[Runner]:
        made: list[Runner] = []
        quotes = QuoteCheck(session, self.crew.boxes, self.crew.writing)
        if source.sender is not None and source.mailbox is not None:
            made.append(
                OutboxRunner(
                    session,
                    {source.name: (source.sender, source.mailbox)},
                    quotes=quotes.stops,
                    may_send=self._may_send,
                    stopping=self.crew.stopping,
                )
            )
        if source.actions is not None:
            made.append(
                ActionRunner(
                    session,
                    {source.name: source.actions},
                    done=lambda item: quotes.read_again(item["source"], "order", item["remote_id"]),
                    may_act=self._may_send,
                    stopping=self.crew.stopping,
                )
            )
        if source.mailbox is not None:
            mailboxes = {source.name: source.mailbox}
            made.append(
                MailRequestRunner(session, mailboxes, writing=self.crew.writing, may_act=self._may_send, dice=self.dice)
            )
        return made

    def _may_send(self) -> bool:
        return self.crew.may_send() and not self.crew.stopping()

    def _sleep(self, desk: Connection, seen: int) -> None:
        for _ in range(int(_TICK_SECONDS / _LOOK_SECONDS)):
            if self.crew.halt.wait(_LOOK_SECONDS) or _last_change(desk) != seen:
                return

    def _cannot_open(self, session: Session, error: Exception) -> None:
        """Its reading thread notes the source's health; here what waits says what it waits for."""
        self._failures += 1
        tell_waiting(session.store.desk, [self._box.name], f"it waits: {fault_of(error).words}")
        self.crew.halt.wait(backoff(self._failures, self.dice))


def tell_waiting(desk: Connection, accounts: list[str], words: str) -> None:
    """Write on everything that waits for one of ``accounts`` why it does."""
    line = safe_line(words)
    for asked in (False, True):
        for item in rows.items(desk, ("held", "queued"), accounts, asked=asked):
            if item["error"] != line:
                _noted(desk, item, line)


def tell_strays(desk: Connection, accounts: list[str]) -> None:
    """Mails whose account is no longer in the config, or switched off, say so; nothing sends them."""
    strays = desk.execute(
        "SELECT id FROM outbox WHERE state IN ('held','queued') AND kind<>? "
        f"AND account NOT IN ({marks(len(accounts))})",
        [rows.ORDER_ACTION, *accounts],
    ).fetchall()
    for (number,) in strays:
        item = desk_rows.get(desk, "outbox", number)
        words = "it waits: its mailbox is not in the config, or switched off there"
        if item is not None and item["error"] != words:
            _noted(desk, item, words)


def _noted(desk: Connection, item: desk_rows.Values, words: str) -> None:
    try:
        rows.note(desk, item, error=words)
    except rows.Moved as moved:
        _LOG.info("%s", moved)


def _last_change(desk: Connection) -> int:
    found = desk.execute("SELECT max(seq) FROM desk_changes").fetchone()
    return int(found[0] or 0)
