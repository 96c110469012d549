"""A mailbox held against the contract, on a real Dovecot and an SMTP server that fails on request."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from harness import Harness, Posting, Refused, Sign
from harness_maildir import WORDS, mail, name

from connectors.base import Account
from connectors.errors import AuthExpired, NotFound, ProtocolError, Temporary
from connectors.mail import imap_fetch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pytest
    from servers.dovecot import DovecotServer
    from servers.smtp_loop import SmtpLoop

    from connectors.base import Change

_NUMBERS = itertools.count(1)
_OWN_TESTS = "spoken over sockets: cut, hung and broken answers are in tests/mail/test_imap_faults.py and test_smtp.py"


@dataclass
class ImapHarness(Harness):
    """Five mails in the inbox, two in Sent; a user of its own on the shared server."""

    key: ClassVar[str] = "imap"
    fixtures: ClassVar[tuple[str, ...]] = ("dovecot", "smtp_loop")
    marks: ClassVar[tuple[str, ...]] = ("dovecot",)
    not_applicable: ClassVar[Mapping[int, str]] = {
        8: _OWN_TESTS,
        9: "cursors are UIDs and modification numbers, no times: tests/mail/test_imap_changes.py",
        10: "mail carries no money",
        12: "mail is only added, never changed",
        13: "a mail has no schema: broken ones are in tests/mail_parsing/test_hostile.py, odd answers in "
        "tests/mail/test_imap_answers.py",
    }

    def __post_init__(self) -> None:
        self.server: DovecotServer = self.given["dovecot"]
        self.user = self.server.user()
        with self.server.client(self.user) as client:
            client.create_folder("Empty")
            for number in range(5):
                client.append("INBOX", _wire(mail(number)))
            for number in range(10, 12):
                client.append("Sent", _wire(mail(number)), flags=["\\Seen"])

    def account(self, **options: Any) -> Account:
        return self._account({}, options)

    def secrets(self) -> Sequence[str]:
        return (self.server.password,)

    def refused(self) -> Sequence[Refused]:
        dead = {"host": "127.0.0.1", "port": 1}
        # A mail server, but not of this protocol; greets with 220 as web servers would with HTTP.
        other = {"host": "127.0.0.1", "port": self.server.lmtp_port, "tls": "none"}
        return (
            Refused("wrong key", self._account({"password": "wrong-Passw0rd"}, {}), AuthExpired),
            Refused("wrong host", self._account(dead, {}), Temporary),
            Refused("no such name", self._account({"host": "mail.shop.invalid"}, {}), Temporary),
            Refused("a page, not the API", self._account(other, {}), ProtocolError),
            Refused("no such folder", self._account({"folders": ["INBOX", "Elsewhere"]}, {}), NotFound),
        )

    def seeded(self) -> Mapping[str, set[str]]:
        return {"INBOX": {name(number) for number in range(5)}, "Sent": {name(10), name(11)}, "Empty": set()}

    def changes(self) -> Mapping[Change | str, Callable[[], Sign]]:
        def arrived() -> Sign:
            self.server.deliver(self.user, mail("new"))
            return Sign("INBOX", lambda one: getattr(one, "message_id", "") == name("new"))

        def read_elsewhere() -> Sign:
            with self.server.client(self.user) as client:
                client.select_folder("INBOX")
                client.add_flags([1], ["\\Seen"])
            return Sign("INBOX", lambda one: isinstance(one, tuple) and one[0].uid == "1" and "\\Seen" in one[1])

        def deleted() -> Sign:
            with self.server.client(self.user) as client:
                client.select_folder("INBOX")
                client.delete_messages([2])
                client.expunge([2])
            return Sign("INBOX", lambda one: getattr(one, "uid", "") == "2")

        def moved() -> Sign:
            with self.server.client(self.user) as client:
                client.select_folder("INBOX")
                client.move([3], "Empty")
            return Sign("Empty", lambda one: getattr(one, "message_id", "") == name(2))

        return {"arrived": arrived, "read elsewhere": read_elsewhere, "moved": moved, "deleted": deleted}

    def together(self, count: int) -> tuple[str, set[str]]:
        numbers = [f"twin{next(_NUMBERS)}" for _ in range(count)]
        with self.server.client(self.user) as client:
            for number in numbers:
                client.append("INBOX", _wire(mail(number)), msg_time=datetime(2026, 1, 5, 10, 0, tzinfo=UTC))
        return "INBOX", {name(number) for number in numbers}

    def small_pages(self, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
        monkeypatch.setattr(imap_fetch, "HEADER_PAGE", size)

    def touch(self) -> Sign:
        number = f"touch{next(_NUMBERS)}"
        with self.server.client(self.user) as client:
            client.append("INBOX", _wire(mail(number)))
        return Sign("INBOX", lambda one: getattr(one, "message_id", "") == name(number))

    def posting(self) -> Posting:
        loop: SmtpLoop = self.given["smtp_loop"]
        mailbox = self.connect(self._account({"smtp": loop.table}, {}))

        def lose() -> None:
            loop.fault = "drop_after"

        return Posting(
            mailbox,  # type: ignore[arg-type] # it sends
            "desk@shop.test",
            self.user,
            lose=lose,
            arrived=lambda text: sum(text.encode() in raw for _, raw in loop.delivered),
        )

    def backfill(self, count: int) -> tuple[Account, str]:
        with self.server.client(self.user) as client:
            for start in range(0, count, 1000):
                client.multiappend("INBOX", [_wire(mail(f"old{number}")) for number in range(start, start + 1000)])
        return self.account(), "INBOX"

    def hostile(self) -> Mapping[str, Sequence[str]]:
        with self.server.client(self.user) as client:
            for number, text in enumerate(WORDS):
                client.append("INBOX", _wire(mail(f"hostile{number}", text=text)))
        return {"INBOX": WORDS}

    def _account(self, values: dict[str, Any], options: dict[str, Any]) -> Account:
        server = self.server
        settings = {
            "host": server.host,
            "port": server.tls_port,
            "tls": "implicit",
            "ca_file": str(server.ca_file),
            "user": self.user,
            "password": server.password,
            "folders": ["INBOX"],
            **values,
        }
        return Account("support", settings, self.folder / "cache", options)


def _wire(raw: bytes) -> bytes:
    return raw.replace(b"\n", b"\r\n")
