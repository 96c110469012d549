"""What the desk asked of mailboxes, from the outbox: files of mails saved, texts read that were not read yet.

Nothing leaves by these, so one that was cut off is simply done again; at worst a file lies there twice.
"""

from __future__ import annotations

import logging
import time
from random import Random
from typing import TYPE_CHECKING, Any, Final

from connectors.errors import ConnectorError, NotFound, Rejected
from connectors.mail.message import UnreadableMail, attachment
from connectors.records import MailKey
from oms_tui.actions.attachments import FOLDER
from oms_tui.domain.safe_text import safe_line
from oms_tui.store.reads.mail_requests import BODY, Place, has_text, places
from oms_tui.sync import outbox_rows as rows
from oms_tui.sync.attachment_files import save
from oms_tui.sync.mailbox import MailboxSync
from oms_tui.sync.outbox_rows import Event, Moved
from oms_tui.sync.schedule import backoff

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from threading import Lock

    from connectors.base import MailSource
    from oms_tui.store.desk_rows import Values
    from oms_tui.store.session import Session

GIVE_UP_MS: Final = 3_600_000
"""Whoever asked waits for it: after an hour they are told that it did not come."""

_FIRST_RETRY_SECONDS: Final = 5.0
_LONGEST_RETRY_SECONDS: Final = 300.0
_NO_USE: Final = (NotFound, Rejected, UnreadableMail, OSError)
_LOG = logging.getLogger(__name__)


class MailRequestRunner:
    """Fetches what is due, one thing a tick: mail that wants to leave by the same account goes first.

    Args:
        session: whose desk file holds the outbox.
        mailboxes: by account.
        writing: held while the cache is written.
        may_act: asked before each; False: another process looks after the outbox.
    """

    def __init__(
        self,
        session: Session,
        mailboxes: Mapping[str, MailSource],
        *,
        writing: Lock,
        may_act: Callable[[], bool] = lambda: True,
        dice: Random | None = None,
    ) -> None:
        self._session = session
        self._desk = session.store.desk
        self._mailboxes = mailboxes
        self._writing = writing
        self._may_act = may_act
        self._dice = dice or Random()  # noqa: S311 - spreads retries, hides nothing
        self._now = 0
        self._started = 0.0

    def tick(self, now: int) -> int:
        """Do the next that is due at ``now`` (milliseconds); how many items moved."""
        self._now, self._started = now, time.monotonic()
        for item in rows.items(self._desk, ("queued", "sending", "sent"), sorted(self._mailboxes), asked=True):
            if not self._may_act():
                break
            if item["not_before"] <= now and self._look_after(item):
                return 1
        return 0

    def _look_after(self, item: Values) -> bool:
        if item["state"] == "sent":
            return self._step(item, "file", filed=1) is not None
        if item["state"] == "sending":  # it was cut off
            return self._step(item, "requeue") is not None
        taken = self._step(item, "send", attempts=item["attempts"] + 1, error="")
        if taken is None:
            return False
        try:
            self._fetch(taken)
        except Exception as error:  # noqa: BLE001 - whatever it was, whoever waits for it must be told
            self._not_done(taken, error)
        return True

    def _fetch(self, item: Values) -> None:
        payload = rows.mapped(item["payload"])
        asked = Place(
            item["account"],
            str(payload.get("folder", "")),
            str(payload.get("generation", "")),
            str(payload.get("uid", "")),
            str(payload.get("message", "")),
        )
        if item["kind"] == BODY:
            self._read_text(item, asked)
        else:
            self._save_file(item, asked, int(payload.get("index", 0)))

    def _save_file(self, item: Values, asked: Place, index: int) -> None:
        found, content = attachment(self._raw(asked), index)
        path = save(self._session.store.folder / FOLDER, found.name, content)
        words = f"saved {safe_line(found.name) or 'an attachment'} as {safe_line(path.name)}"
        event = Event("attachment_saved", words, {"mail": asked.name, "path": str(path), "bytes": len(content)})
        self._done(item, event, answer=str(path))

    def _raw(self, asked: Place) -> bytes:
        """The mail from where it lay, else from where it lies now."""
        mailbox = self._mailboxes[asked.source]
        try:
            return mailbox.raw(_key(asked))
        except NotFound:
            for other in places(self._session.store, asked.source, asked.name):
                if other != asked:
                    return mailbox.raw(_key(other))
            raise

    def _read_text(self, item: Values, asked: Place) -> None:
        store = self._session.store
        sync = MailboxSync(store, self._session.policy, asked.source, self._mailboxes[asked.source])
        for where in dict.fromkeys((asked, *places(store, asked.source, asked.name))):
            if not has_text(store, where):
                sync.read_texts([where[1:4]], self._moment(), writing=self._writing)
            if has_text(store, where):
                self._done(item, None)
                return
        raise NotFound("the mailbox gives no text for it", hint="it was moved or deleted, or cannot be read")

    def _done(self, item: Values, event: Event | None, **changes: Any) -> None:
        sent = self._step(item, "confirm", event=event, error="", **changes)
        if sent is not None:
            self._step(sent, "file", filed=1)

    def _not_done(self, item: Values, error: Exception) -> None:
        known = isinstance(error, ConnectorError | UnreadableMail | OSError)
        if not known:
            _LOG.error("outbox item %s: a fault of ours", item["id"], exc_info=error)
        if isinstance(error, _NO_USE) or not known or self._moment() - item["created_at"] > GIVE_UP_MS:
            self._step(item, "fail", error=_words(error, known=known))
            return
        wait = backoff(item["attempts"], self._dice, first=_FIRST_RETRY_SECONDS, longest=_LONGEST_RETRY_SECONDS)
        self._step(item, "requeue", error=rows.words(error), not_before=self._moment() + int(wait * 1000))

    def _moment(self) -> int:
        return self._now + int((time.monotonic() - self._started) * 1000)

    def _step(self, item: Values, action: str, *, event: Event | None = None, **changes: Any) -> Values | None:
        try:
            return rows.advance(self._desk, item, action, self._moment(), event=event, **changes)
        except Moved as moved:  # a person was quicker
            _LOG.info("outbox item %s: %s", item["id"], moved)
            return None


def _key(where: Place) -> MailKey:
    return MailKey(where.folder, where.generation, where.uid)


def _words(error: Exception, *, known: bool) -> str:
    if not known:
        return safe_line(f"a fault of ours: {type(error).__name__}: {error}")
    if isinstance(error, OSError):
        return safe_line(f"it could not be saved: {error.strerror or error}")
    return rows.words(error)
