"""A desk with a mailbox on this machine, replies in its outbox, and the customer's mailbox they are to arrive in."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from connectors.base import Account, SendReceipt
from connectors.mail.maildir import MaildirMailbox
from oms_tui.config import load
from oms_tui.desk import open_session
from oms_tui.store import desk_rows
from oms_tui.store.driver import transaction
from oms_tui.sync.outbox_send import OutboxRunner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from oms_tui.store.desk_rows import Values
    from oms_tui.store.session import Session

NOW = 1_790_000_000_000
MINUTE = 60_000

CONFIG = """
[desk]
name = "Bright Shop"
timezone = "Europe/Berlin"
data = "data"
undo_window = "0s"

[agents.ana]
name = "Ana Ruiz"
role = "lead"

[sources.support]
kind = "maildir"
path = "mail"
deliver_to = "customer"
address = "support@shop.test"
"""


def maildir(path: Path) -> Path:
    for folder in ("tmp", "new", "cur"):
        (path / folder).mkdir(parents=True, exist_ok=True)
    return path


class ScriptedSender:
    """A way out that fails as no real server does on request; ``faults`` are taken one a mail, None: it goes well.

    A fault is (where, exception): ``before`` the point of no return, ``after`` it with the mail lost, or ``taken``:
    after it with the mail delivered.
    """

    def __init__(self, faults: Sequence[tuple[str, Exception] | None] = ()) -> None:
        self.faults = list(faults)
        self.delivered: list[tuple[str, tuple[str, ...], bytes]] = []
        self.asked = 0
        self.files_itself = False
        self.on_commit: Callable[[], None] = lambda: None

    def send(
        self, sender: str, recipients: Sequence[str], raw: bytes, *, about_to_commit: Callable[[], None]
    ) -> SendReceipt:
        self.asked += 1
        where, error = (self.faults.pop(0) if self.faults else None) or ("", None)
        if where == "before":
            raise error
        about_to_commit()
        self.on_commit()
        if where == "after":
            raise error
        self.delivered.append((sender, tuple(recipients), raw))
        if where == "taken":
            raise error
        return SendReceipt("250 taken")

    def files_sent_itself(self) -> bool:
        return self.files_itself


@dataclass
class Desk:
    """The desk under test. ``support`` and ``customer`` are Maildirs on disk."""

    folder: Path
    session: Session
    mailbox: MaildirMailbox
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def db(self) -> Any:
        return self.session.store.desk

    def reply(self, **changes: Any) -> str:
        """A reply in the outbox, as an agent's send leaves it there."""
        number = next(self.numbers)
        key = f"item{number}"
        message_id = f"<reply{number}.{key}@shop.test>"
        raw = (
            f"From: Bright Shop <support@shop.test>\r\nTo: jan@cust.example\r\nSubject: Re: Where is my order?\r\n"
            f"Date: Mon, 02 Mar 2026 10:00:00 +0000\r\nMessage-ID: {message_id}\r\nIn-Reply-To: <1@cust.example>\r\n"
            f"References: <1@cust.example>\r\nX-OMS-ID: {key}\r\n\r\nDear Jan, reply {number}.\r\n"
        ).encode()
        thread = '["<1@cust.example>"]'
        row: Values = {
            "id": key, "kind": "mail", "source": "shop", "remote_id": "42", "number": "#10482", "agent": "ana",
            "account": "support", "state": "held", "phase": "", "message_id": message_id, "raw": raw,
            "sender": "support@shop.test", "recipients": '["jan@cust.example"]', "subject": "Re: Where is my order?",
            "body": f"Dear Jan, reply {number}.", "mail": "<1@cust.example>", "thread_ids": thread, "seen_ids": thread,
            "quotes": "[]", "guard": "", "overrides": "[]", "snapshot": "", "draft": "", "attempts": 0,
            "not_before": NOW, "sent_mark": "", "answer": "", "error": "", "filed": 0, "key": key, "payload": "{}",
            "created_at": NOW, "updated_at": NOW,
        }  # fmt: skip
        with transaction(self.db):
            desk_rows.put(self.db, "outbox", row | changes)
        return key

    def item(self, key: str) -> Values:
        found = desk_rows.get(self.db, "outbox", key)
        assert found is not None
        return found

    def state(self, key: str) -> str:
        return str(self.item(key)["state"])

    def events(self) -> list[str]:
        return [row["kind"] for row in desk_rows.select(self.db, "desk_events", order="rowid")]

    def guard(self, key: str) -> list[dict[str, Any]]:
        return list(json.loads(self.item(key)["guard"] or "[]"))

    def runner(self, sender: Any = None, **more: Any) -> OutboxRunner:
        return OutboxRunner(self.session, {"support": (sender or self.mailbox, self.mailbox)}, **more)

    def filed(self) -> list[bytes]:
        return [path.read_bytes() for path in (self.folder / "mail" / ".Sent").glob("cur/*")]

    def arrived(self) -> list[bytes]:
        return [path.read_bytes() for path in (self.folder / "customer").glob("new/*")]

    def mail_comes(
        self, message_id: str, *, sender: str = "Jan Kowal <jan@cust.example>", folder: str = "", extra: str = ""
    ) -> None:
        """Another mail of the thread, in the inbox or in a folder."""
        path = maildir(self.folder / "mail" / folder if folder else self.folder / "mail")
        head = f"From: {sender}\nTo: support@shop.test\nSubject: Re: Where is my order?\nMessage-ID: {message_id}\n"
        text = (
            f"{head}Date: Mon, 02 Mar 2026 11:00:00 +0000\nReferences: <1@cust.example>\n{extra}\nHello?? No parcel.\n"
        )
        (path / "new" / f"{next(self.numbers)}.M1.desk").write_text(text, "utf-8")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    maildir(tmp_path / "mail")
    maildir(tmp_path / "customer")
    session = open_session(load(tmp_path / "config.toml"), agent="ana")
    values = {"path": tmp_path / "mail", "deliver_to": tmp_path / "customer"}
    mailbox = MaildirMailbox(Account("support", values, tmp_path / "cache"))
    made = Desk(tmp_path, session, mailbox)
    (tmp_path / "mail" / "new" / "0.M0.desk").write_bytes(
        b"From: Jan Kowal <jan@cust.example>\nTo: support@shop.test\nSubject: Where is my order?\n"
        b"Date: Mon, 02 Mar 2026 09:00:00 +0000\nMessage-ID: <1@cust.example>\n\nHello?\n"
    )
    yield made
    mailbox.close()
    session.store.close()


@pytest.fixture
def scripted() -> type[ScriptedSender]:
    return ScriptedSender
