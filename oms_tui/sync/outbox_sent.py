"""The Sent folder: the proof of what left, and where a copy of it is filed.

A mail whose answer was lost is looked for there, by its Message-ID and by our own X-OMS-ID (some servers replace the
first), from where the folder stood before the first attempt. What is not found is never sent again by itself.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from connectors.errors import ConnectorError
from oms_tui.domain.safe_text import safe_line
from oms_tui.sync import outbox_rows as rows
from oms_tui.sync.outbox_rows import Event, Moved

if TYPE_CHECKING:
    from connectors.base import MailSender, MailSource
    from oms_tui.store.desk_rows import Values
    from oms_tui.store.driver import Connection

LOOK_FOR_MS: Final = 180_000
"""How long the Sent folder is looked at before a person is asked: the server may still be taking the mail in."""

_LOOK_EVERY_MS: Final = 5_000
_DOUBT_EVERY_MS: Final = 60_000
_DOUBT_FOR_MS: Final = 86_400_000
_FILE_RETRY_MS: Final = (10_000, 30_000, 120_000, 600_000)
_FILED_BY_SERVER_MS: Final = 600_000  # how long a provider that files sent mail itself gets to do so
_NOT_FILED: Final = "sent, but not yet filed in the Sent folder"
_LOG = logging.getLogger(__name__)


class SentFolder:
    """The Sent folder of one account."""

    def __init__(self, desk: Connection, mailbox: MailSource, sender: MailSender) -> None:
        self._desk = desk
        self._mailbox = mailbox
        self._sender = sender
        self._looked: dict[str, int] = {}
        self._failed: dict[str, int] = {}

    def mark(self) -> str:
        """Where the folder stands now. Raises a ConnectorError."""
        return self._mailbox.mark(self._name())

    def settle(self, item: Values, now: int) -> bool:
        """Look for a mail that may have left; whether the item moved."""
        doubted = item["state"] == "in_doubt"
        since = now - item["updated_at"]
        if doubted and since > _DOUBT_FOR_MS:
            return False
        last = self._looked.get(item["id"])
        if last is not None and now - last < (_DOUBT_EVERY_MS if doubted else _LOOK_EVERY_MS):
            return False
        self._looked[item["id"]] = now
        try:
            found = self._has(item)
            why = "it is not in the Sent folder"
        except Exception as error:  # noqa: BLE001 - one mail's fault must not hold up the others
            _logged(item, error)
            found, why = False, f"the Sent folder cannot be read ({error})"
        if found:
            event = Event("mail_sent", "reply sent: it was found in the Sent folder", _data(item))
            answer = "found in the Sent folder"
            return self._step(
                item, "resolve_sent" if doubted else "confirm", now, event=event, answer=answer, error="", phase=""
            )
        if doubted or since < LOOK_FOR_MS:
            return False
        words = f"nobody can tell whether this reply left: no answer came from the server, and {why}"
        return self._step(item, "doubt", now, event=Event("mail_in_doubt", words, _data(item)), error=safe_line(words))

    def file(self, item: Values, now: int) -> bool:
        """Put a copy of what was sent into the folder, unless it is there; whether the item moved.

        A failure here never looks like a failure to send: the item stays sent, and is tried again.
        """
        try:
            if not self._has(item):
                if self._sender.files_sent_itself() and now - item["updated_at"] < _FILED_BY_SERVER_MS:
                    self._noted(item, not_before=now + self._pause(item))
                    return False
                self._mailbox.append(self._name(), item["raw"])
        except Exception as error:  # noqa: BLE001 - one mail's fault must not hold up the others
            _logged(item, error)
            words = f"{_NOT_FILED}: {rows.words(error)}"
            self._noted(item, not_before=now + self._pause(item), error=safe_line(words))
            return False
        self._failed.pop(item["id"], None)
        left = "" if item["error"].startswith(_NOT_FILED) else item["error"]
        return self._step(item, "file", now, filed=1, error=left)

    def _has(self, item: Values) -> bool:
        names = [item["message_id"]] if item["message_id"] else []
        return bool(self._mailbox.search(self._name(), names, own_id=item["id"], since_uid=item["sent_mark"]))

    def _name(self) -> str:
        return self._mailbox.folders().get("sent", "Sent")

    def _pause(self, item: Values) -> int:
        tries = self._failed.get(item["id"], 0)
        self._failed[item["id"]] = tries + 1
        return _FILE_RETRY_MS[min(tries, len(_FILE_RETRY_MS) - 1)]

    def _noted(self, item: Values, **changes: object) -> None:
        try:
            rows.note(self._desk, item, **changes)
        except Moved as moved:
            _LOG.info("%s", moved)

    def _step(self, item: Values, action: str, now: int, *, event: Event | None = None, **changes: object) -> bool:
        try:
            rows.advance(self._desk, item, action, now, event=event, **changes)
        except Moved as moved:
            _LOG.info("%s", moved)
            return False
        self._looked.pop(item["id"], None)
        return True


def _logged(item: Values, error: Exception) -> None:
    ours = not isinstance(error, ConnectorError)
    _LOG.log(
        logging.ERROR if ours else logging.INFO,
        "outbox item %s: %s",
        item["id"],
        error,
        exc_info=error if ours else None,
    )


def _data(item: Values) -> dict[str, str]:
    return {"message_id": item["message_id"], "mail": item["mail"]}
