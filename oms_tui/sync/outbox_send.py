"""The outbox: every reply leaves exactly once, or is shown as in doubt for a person to decide.

Each state is committed before what it stands for: ``sending`` before the connection, its phase ``committing`` just
before the final dot, ``sent`` as soon as the server has said yes. So after a crash the row tells how far it came:
before the dot it is sent again, after the dot somebody has to look whether it arrived, and nobody sends it again.
"""

from __future__ import annotations

import json
import logging
import time
from random import Random
from typing import TYPE_CHECKING, Any, Final

from connectors.errors import (
    AuthExpired,
    CertificateRejected,
    ConnectorError,
    Forbidden,
    OutcomeUnknown,
    RateLimited,
    Rejected,
)
from oms_tui.domain.safe_text import safe_line
from oms_tui.store import desk_rows
from oms_tui.store.driver import DatabaseError
from oms_tui.sync import outbox_rows as rows
from oms_tui.sync.guard import UNREACHABLE, Guard, Stop, Unreachable, as_json
from oms_tui.sync.outbox_rows import Event, Moved
from oms_tui.sync.outbox_sent import SentFolder
from oms_tui.sync.schedule import backoff

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connectors.base import MailSender, MailSource, SendReceipt
    from oms_tui.store.desk_rows import Values
    from oms_tui.store.session import Session

CONNECTING: Final = "connecting"
COMMITTING: Final = "committing"
GIVE_UP_MS: Final = 86_400_000
"""A mail that could not leave for so long has failed, and a person is told."""

_FIRST_RETRY_SECONDS: Final = 30.0
_LONGEST_RETRY_SECONDS: Final = 3600.0
_REFUSED_RETRY_SECONDS: Final = 900.0  # no login, no trust: trying quickly locks accounts
_UNREACHABLE_TRIES: Final = 4
_FAILURES_IN_A_ROW: Final = 2  # then it is the server and not the mail
_LOG = logging.getLogger(__name__)


class OutboxRunner:
    """Sends what is due. One at a time may run for an account: the worker's lease sees to that.

    Args:
        session: whose desk file holds the outbox.
        senders: for each account its way out and its mailbox.
        quotes: looks after the figures a text quotes (``guard_quotes``); None: nobody does.
        may_send: asked before the wire and once more before the final dot; False: this process lost its right to.
        stopping: asked between two mails.
    """

    def __init__(
        self,
        session: Session,
        senders: Mapping[str, tuple[MailSender, MailSource]],
        *,
        quotes: Callable[[Values, int], list[Stop]] | None = None,
        may_send: Callable[[], bool] = lambda: True,
        stopping: Callable[[], bool] = lambda: False,
        dice: Random | None = None,
    ) -> None:
        self._desk = session.store.desk
        self._senders = senders
        self._guard = Guard(session, quotes)
        self._may_send = may_send
        self._stopping = stopping
        self._dice = dice or Random()  # noqa: S311 - spreads retries, hides nothing
        self._folders = {
            account: SentFolder(self._desk, mailbox, sender) for account, (sender, mailbox) in senders.items()
        }
        self._taken: dict[str, tuple[Values, SendReceipt]] = {}
        self._failures: dict[str, int] = {}
        self._rest_until: dict[str, int] = {}
        self._now = self._started = 0.0

    def tick(self, now: int) -> int:
        """Do what is due at ``now`` (milliseconds); how many items moved."""
        self._now, self._started = now, time.monotonic()
        moved = self._write_down()
        if self._taken:
            return moved  # the desk cannot be written: nothing more may leave
        for account in self._senders:
            for due in (self._release, self._settle, self._send_due, self._file):
                if self._stopping() or not self._may_send():
                    return moved
                moved += due(account)
        return moved

    # ---- before the wire

    def _release(self, account: str) -> int:
        """The undo window is over: from now on it cannot be taken back by one key."""
        moved = 0
        for item in rows.items(self._desk, ("held",), (account,)):
            if item["not_before"] > self._moment():
                break
            moved += self._step(item, "queue") is not None
        return moved

    def _send_due(self, account: str) -> int:
        moved = 0
        unreachable = ""
        for item in rows.items(self._desk, ("queued",), (account,)):
            if self._stopping() or not self._may_send() or self._taken:
                break
            if item["not_before"] > self._moment() or self._rest_until.get(account, 0) > self._moment():
                break
            if not unreachable:
                unreachable = self._guarded(account, item)
                moved += not unreachable
            if unreachable:  # one look was enough to know about all of them
                self._not_reached(item, unreachable)
        return moved

    def _guarded(self, account: str, item: Values) -> str:
        """Guard and send one item; why the mailbox could not be asked, "" if it could."""
        sender, mailbox = self._senders[account]
        try:
            stops = self._guard.stops(item, mailbox, self._moment())
        except Unreachable as error:
            return rows.words(error.__cause__ or error)
        except Exception as error:  # noqa: BLE001 - one mail's fault must not hold up the others
            _LOG.exception("outbox item %s: a fault of ours before sending", item["id"])
            self._not_reached(item, rows.words(error))
            return ""
        if stops:
            told = "; ".join(stop.words for stop in stops)
            event = Event(
                "mail_failed", f"reply to {_whom(item)} held back: {told}", {"guard": [stop.kind for stop in stops]}
            )
            self._step(item, "block", event=event, guard=as_json(stops), error=safe_line(told))
            return ""
        try:
            mark = item["sent_mark"] or self._folders[account].mark()
        except ConnectorError as error:
            if UNREACHABLE not in rows.listed(item["overrides"]):
                return rows.words(error)
            mark = ""
        self._send(account, item, sender, mark)
        return ""

    def _not_reached(self, item: Values, why: str) -> None:
        """The mailbox cannot be asked: again a few times, then a person decides."""
        before = rows.listed(item["guard"])
        tries = 1 + (int(before[0].get("tries", 0)) if before and isinstance(before[0], dict) else 0)
        stop = Stop(UNREACHABLE, f"the mailbox could not be asked whether somebody answered: {why}")
        changes: dict[str, Any] = {"guard": as_json([stop], tries=tries), "error": why}
        try:
            if tries >= _UNREACHABLE_TRIES:
                event = Event(
                    "mail_failed", f"reply to {_whom(item)} held back: {stop.words}", {"guard": [UNREACHABLE]}
                )
                rows.advance(self._desk, item, "block", self._moment(), event=event, **changes)
            else:
                wait = backoff(tries, self._dice, first=_FIRST_RETRY_SECONDS)
                rows.note(self._desk, item, not_before=self._moment() + int(wait * 1000), **changes)
        except Moved:
            _LOG.info("outbox item %s was changed while its mailbox was out of reach", item["id"])

    # ---- the wire

    def _send(self, account: str, item: Values, sender: MailSender, mark: str) -> None:
        payload = rows.mapped(item["payload"])
        payload.setdefault("trying_since", self._moment())
        sending = self._step(
            item,
            "send",
            phase=CONNECTING,
            attempts=item["attempts"] + 1,
            sent_mark=mark,
            payload=json.dumps(payload),
            guard="",
            error="",
        )
        if sending is None:
            return
        flight = _Flight(sending, self._commit)
        recipients = [str(address) for address in rows.listed(item["recipients"])]
        try:
            receipt = sender.send(item["sender"], recipients, item["raw"], about_to_commit=flight.about_to_commit)
        except Exception as error:  # noqa: BLE001 - whatever it was, the row must say how far it came
            self._not_sent(account, flight, error)
        else:
            self._failures.pop(account, None)
            self._taken[flight.item["id"]] = flight.item, receipt
            self._write_down()

    def _commit(self, item: Values) -> Values:
        """The last moment at which nothing has left: the row says so from here on, or nothing leaves."""
        if not self._may_send():
            raise Moved("another process looks after the outbox now")
        return rows.refine(self._desk, item, self._moment(), phase=COMMITTING)

    def _write_down(self) -> int:
        """Servers said yes to these: that is kept until it is on the disk, be it full just now."""
        moved = 0
        for number, (item, receipt) in list(self._taken.items()):
            try:
                sent = self._sent(item, receipt)
            except DatabaseError as error:
                _LOG.error("outbox item %s has left, and that cannot be written down: %s", number, error)
                break
            del self._taken[number]
            if sent is not None:
                self._folders[item["account"]].file(sent, self._moment())
                moved += 1
        return moved

    def _sent(self, item: Values, receipt: SendReceipt) -> Values | None:
        answer = safe_line(receipt.answer)
        left_out = "; ".join(f"{safe_line(address)}: {safe_line(why)}" for address, why in receipt.refused)
        words = f"reply sent to {_whom(item)}" + (f", but not to {left_out}" if left_out else "")
        changes: dict[str, Any] = {
            "event": _told("mail_sent", words, item),
            "phase": "",
            "answer": answer,
            "error": left_out,
        }
        sent = self._step(item, "confirm", **changes)
        if sent is None:  # another worker took us for dead meanwhile, and doubts it: we know
            found = desk_rows.get(self._desk, "outbox", item["id"])
            if found is not None and found["state"] == "in_doubt":
                sent = self._step(found, "resolve_sent", **changes)
        return sent

    def _not_sent(self, account: str, flight: _Flight, error: Exception) -> None:
        item = flight.item
        if isinstance(error, Moved):
            _LOG.warning("outbox item %s: not sent, as it was changed at the last moment: %s", item["id"], error)
            return
        if not isinstance(error, ConnectorError):
            _LOG.error("outbox item %s: a fault of ours while sending", item["id"], exc_info=error)
        if isinstance(error, OutcomeUnknown) or (flight.committed and not isinstance(error, ConnectorError)):
            # It stays as it is: the next tick looks into the Sent folder, for some minutes.
            self._try(
                lambda: rows.refine(self._desk, item, self._moment(), phase=COMMITTING, error=rows.words(error)), item
            )
        elif isinstance(error, Rejected):
            self._step(
                item,
                "fail",
                event=_told("mail_failed", f"reply to {_whom(item)} refused: {error}", item),
                phase="",
                error=rows.words(error),
            )
        else:
            self._again(account, item, error)

    def _again(self, account: str, item: Values, error: Exception) -> None:
        """Nothing has left: later again, for a day."""
        failures = self._failures[account] = self._failures.get(account, 0) + 1
        told = _told_wait(error, self._moment())
        wait = told or backoff(item["attempts"], self._dice, first=_FIRST_RETRY_SECONDS, longest=_LONGEST_RETRY_SECONDS)
        if told or failures >= _FAILURES_IN_A_ROW:
            self._rest_until[account] = self._moment() + int((told or backoff(failures, self._dice)) * 1000)
        since = int(rows.mapped(item["payload"]).get("trying_since") or item["created_at"])
        if self._moment() - since >= GIVE_UP_MS:
            words = f"reply to {_whom(item)} could not leave for a day: {error}"
            self._step(item, "fail", event=_told("mail_failed", words, item), phase="", error=rows.words(error))
        else:
            later = self._moment() + int(wait * 1000)
            self._step(item, "requeue", phase="", error=rows.words(error), not_before=later)

    # ---- after the wire

    def _settle(self, account: str) -> int:
        """What a crash, a lost answer or a doubt left behind."""
        moved = 0
        for item in rows.items(self._desk, ("sending", "in_doubt"), (account,)):
            if self._stopping():
                break
            if item["state"] == "sending" and item["phase"] != COMMITTING:
                moved += self._step(item, "requeue", phase="", not_before=self._moment()) is not None
            else:
                moved += self._folders[account].settle(item, self._moment())
        return moved

    def _file(self, account: str) -> int:
        moved = 0
        for item in rows.items(self._desk, ("sent",), (account,)):
            if self._stopping():
                break
            if item["not_before"] <= self._moment():
                moved += self._folders[account].file(item, self._moment())
        return moved

    # ---- inside

    def _moment(self) -> int:
        return int(self._now + (time.monotonic() - self._started) * 1000)

    def _step(self, item: Values, action: str, *, event: Event | None = None, **changes: Any) -> Values | None:
        return self._try(lambda: rows.advance(self._desk, item, action, self._moment(), event=event, **changes), item)

    def _try(self, step: Callable[[], Values], item: Values) -> Values | None:
        try:
            return step()
        except Moved as moved:  # a person was quicker; their decision stands
            _LOG.info("outbox item %s: %s", item["id"], moved)
            return None


class _Flight:
    """One attempt: the row as it stands, and whether the point of no return was reached."""

    def __init__(self, item: Values, commit: Callable[[Values], Values]) -> None:
        self.item = item
        self.committed = False
        self._commit = commit

    def about_to_commit(self) -> None:
        self.item = self._commit(self.item)
        self.committed = True


def _told_wait(error: Exception, now: int) -> float:
    """Seconds that every mail of the account has to wait after this error; 0: it may have been the one mail."""
    if isinstance(error, RateLimited):
        return max(1.0, error.until.timestamp() - now / 1000)
    return _REFUSED_RETRY_SECONDS if isinstance(error, AuthExpired | CertificateRejected | Forbidden) else 0.0


def _told(kind: str, words: str, item: Values) -> Event:
    return Event(kind, words, {"message_id": item["message_id"], "mail": item["mail"]})


def _whom(item: Values) -> str:
    found = [safe_line(str(address)) for address in rows.listed(item["recipients"])]
    return ", ".join(found[:2]) + (f" and {len(found) - 2} more" if len(found) > 2 else "")  # noqa: PLR2004 - two names tell enough
