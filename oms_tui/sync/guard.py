"""The send guard: what a writer could not know when they pressed send, looked up just before the wire.

Has somebody of ours answered in the thread meanwhile, has the customer written again, are quoted figures still true?
Then the reply waits for its writer, with what was found beside it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from connectors.errors import ConnectorError
from oms_tui.domain import normalise
from oms_tui.domain.safe_text import safe_block, safe_line
from oms_tui.store import desk_rows
from oms_tui.store.mail_rows import content_name
from oms_tui.sync.outbox_rows import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from typing import Any

    from connectors.base import MailSource
    from connectors.records import MailRecord
    from oms_tui.store.desk_rows import Values
    from oms_tui.store.session import Session

ANSWERED: Final = "answered"
CUSTOMER_WROTE: Final = "customer_wrote"
STALE: Final = "stale"
UNREACHABLE: Final = "unreachable"

_TEXT_SHOWN: Final = 4000
_LINE_SHOWN: Final = 200


class Unreachable(Exception):
    """The mailbox could not be asked; worth another try."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a reply does not leave. ``message`` and what follows show the other mail; "" and None where there is none."""

    kind: str
    words: str
    message: str = ""
    sender: str = ""
    subject: str = ""
    sent_at: int | None = None
    text: str = ""


class Guard:
    """Looks before a reply leaves. ``quotes`` looks after figures the text quotes; None: nobody does."""

    def __init__(self, session: Session, quotes: Callable[[Values, int], list[Stop]] | None = None) -> None:
        self._session = session
        self._quotes = quotes

    def stops(self, item: Values, mailbox: MailSource, now: int) -> list[Stop]:
        """Everything that speaks against sending ``item`` now and was not waved through by a person.

        Raises:
            Unreachable: the thread could not be read; the message says why.
        """
        waved = frozenset(str(kind) for kind in listed(item["overrides"]))
        found = [] if waved >= {ANSWERED, CUSTOMER_WROTE} else self._news(item, mailbox, waved)
        if self._quotes is not None and STALE not in waved:
            found += self._quotes(item, now)
        return [stop for stop in found if stop.kind not in waved]

    def _news(self, item: Values, mailbox: MailSource, waved: frozenset[str]) -> list[Stop]:
        thread = [str(name) for name in listed(item["thread_ids"])]
        if not thread:
            return []
        seen = frozenset(str(name) for name in listed(item["seen_ids"]))
        try:
            news = [record for record in mailbox.thread(thread) if self._is_news(record, item, seen)]
            sent = mailbox.folders().get("sent", "") if news else ""
        except ConnectorError as error:
            if UNREACHABLE in waved:
                return []
            raise Unreachable(f"the thread could not be read again before sending: {error}") from error
        found = self._unfiled(item, thread, seen)
        told = {stop.message for stop in found}
        for record in {_name(record): record for record in sorted(news, key=_when)}.values():
            ours = record.key.folder == sent or self._from_us(record)
            if _name(record) not in told and (ours or not record.auto):  # an absence notice is no question
                found.append(_stop(record, mailbox, ours=ours))
        return found

    def _unfiled(self, item: Values, thread: list[str], seen: frozenset[str]) -> list[Stop]:
        """Answers of colleagues in this thread that have left and are in no folder yet."""
        desk = self._session.store.desk
        ids = desk.execute(
            "SELECT id FROM outbox WHERE state='sent' AND agent<>? AND id<>?", (item["agent"], item["id"])
        ).fetchall()
        found = []
        for (number,) in ids:
            row = desk_rows.get(desk, "outbox", number)
            if row and row["message_id"] not in seen and not set(listed(row["thread_ids"])).isdisjoint(thread):
                found.append(
                    Stop(
                        ANSWERED,
                        f"{row['agent']} answered in this thread meanwhile",
                        message=row["message_id"],
                        sender=row["sender"],
                        subject=row["subject"],
                        sent_at=row["updated_at"],
                        text=safe_block(row["body"], _TEXT_SHOWN),
                    )
                )
        return found

    def _is_news(self, record: MailRecord, item: Values, seen: frozenset[str]) -> bool:
        if record.own_id == item["id"] or record.message_id == item["message_id"]:
            return False  # the same item, after a crash
        if _name(record) in seen:
            return False
        if not record.message_id:  # nobody can have noted it as seen
            return _when(record) > int(item["created_at"])
        return not self._written_by_same(record, item)

    def _written_by_same(self, record: MailRecord, item: Values) -> bool:
        """Whether the writer of ``item`` sent this one themselves before they wrote ``item``."""
        if not record.own_id or not self._from_us(record):
            return False
        own = desk_rows.get(self._session.store.desk, "outbox", record.own_id)
        return bool(own and own["agent"] == item["agent"] and own["created_at"] <= item["created_at"])

    def _from_us(self, record: MailRecord) -> bool:
        return normalise.email(record.from_.address) in self._session.policy.own_addresses


def _stop(record: MailRecord, mailbox: MailSource, *, ours: bool) -> Stop:
    who = safe_line(record.from_.name or record.from_.address, _LINE_SHOWN)
    did = "answered in this thread meanwhile" if ours else "wrote again meanwhile"
    return Stop(
        ANSWERED if ours else CUSTOMER_WROTE,
        f"{who} {did}",
        message=_name(record),
        sender=safe_line(record.from_.address, _LINE_SHOWN),
        subject=safe_line(record.subject, _LINE_SHOWN),
        sent_at=_when(record) or None,
        text=_text(record, mailbox),
    )


def as_json(stops: list[Stop], **more: Any) -> str:
    """The guard column: what stopped it, without empty fields."""
    rows: list[Mapping[str, Any]] = [
        {name: value for name, value in asdict(stop).items() if value not in ("", None)} | more for stop in stops
    ]
    return json.dumps(rows, ensure_ascii=False)


def _name(record: MailRecord) -> str:
    return content_name(record.message_id, record.digest)


def _when(record: MailRecord) -> int:
    """When it came, in milliseconds; 0 where nothing says."""
    moment: datetime | None = record.received_at or record.sent_at
    return int(moment.timestamp() * 1000) if moment else 0


def _text(record: MailRecord, mailbox: MailSource) -> str:
    """Its text, for the person who decides; without it they still see from whom and when."""
    try:
        whole = next(iter(mailbox.bodies([record.key])), None)
    except ConnectorError:
        return ""
    return safe_block(whole.text, _TEXT_SHOWN) if whole is not None else ""
