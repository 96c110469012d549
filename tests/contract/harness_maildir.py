"""A local mail folder held against the contract, written to as mail programs write."""

from __future__ import annotations

import itertools
import os
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from harness import Harness, Posting, Refused, Sign

from connectors.base import Account
from connectors.errors import Forbidden, NotFound
from connectors.mail import maildir

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import pytest

    from connectors.base import Change
    from connectors.errors import ConnectorError

WORDS = ("الطرد مكسور", "Zażółć gęślą jaźń 灯", "evil \u202etxt \x1b[31mred", "ñ" * 5000)
_NUMBERS = itertools.count(1_770_000_000)
_OWN_TESTS = "a folder on this disk: files that cannot be read or vanish are in tests/maildir/test_reading.py"
# Takes the message as sendmail does; with a file "lose" beside it, it dies right after.
_SENDMAIL = """
import os, pathlib, signal, sys
box = pathlib.Path(sys.argv[1])
raw = sys.stdin.buffer.read()
(box / f"{os.getpid()}.eml").write_bytes(raw)
if (box / "lose").exists():
    os.kill(os.getpid(), signal.SIGKILL)
print("queued")
"""


def mail(number: int | str, *, subject: str = "Where is my order?", text: str = "") -> bytes:
    """A mail of a customer; its Message-ID is ``<number@cust.example>``."""
    return (
        f"From: Jan Kowal <jan@cust.example>\nTo: support@shop.test\nSubject: {subject}\nMIME-Version: 1.0\n"
        f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
        f"Date: Mon, 02 Mar 2026 10:00:00 +0000\nMessage-ID: {name(number)}\n\n{text or f'Hello from {number}'}\n"
    ).encode()


def name(number: int | str) -> str:
    """The Message-ID of ``mail(number)``."""
    return f"<{number}@cust.example>"


@dataclass
class MaildirHarness(Harness):
    """Five mails in the inbox, two in Sent."""

    key: ClassVar[str] = "maildir"
    not_applicable: ClassVar[Mapping[int, str]] = {
        8: _OWN_TESTS,
        9: "the clock of the file system is that of the desk; time stamps are in tests/maildir/test_reading.py",
        10: "mail carries no money",
        12: "mail is only added, never changed",
        13: "a mail has no schema: broken ones are in tests/mail_parsing/test_hostile.py",
    }

    def __post_init__(self) -> None:
        self.root = self.folder / "mail"
        for box in (self.root, self.root / ".Sent", self.root / ".Empty"):
            for part in ("tmp", "new", "cur"):
                (box / part).mkdir(parents=True)
        for number in range(5):
            self.put(mail(number))
        for number in range(10, 12):
            self.put(mail(number), box=".Sent")

    def put(self, raw: bytes, *, box: str = "", part: str = "new") -> Path:
        path = self.root / box / part / f"{next(_NUMBERS)}.M1P1.desk{':2,' if part == 'cur' else ''}"
        path.write_bytes(raw)
        return path

    def account(self, **options: Any) -> Account:
        return self._account({}, options)

    def secrets(self) -> Sequence[str]:
        return ()

    def refused(self) -> Sequence[Refused]:
        (self.folder / "plain").mkdir(exist_ok=True)
        there_is_none = self._account({"path": self.folder / "nowhere"}, {})
        found = [
            Refused("no such folder", there_is_none, NotFound),
            Refused("no mail folder", self._account({"path": self.folder / "plain"}, {}), NotFound),
            Refused("no such subfolder", self._account({"folders": ["INBOX", "Elsewhere"]}, {}), NotFound),
        ]
        if os.geteuid():  # root may read everything
            closed = self.folder / "closed"
            for part in ("tmp", "new", "cur"):
                (closed / part).mkdir(parents=True, exist_ok=True)
            (closed / "cur").chmod(0)
            error: type[ConnectorError] = Forbidden
            found.append(Refused("may not be read", self._account({"path": closed}, {}), error))
        return found

    def seeded(self) -> Mapping[str, set[str]]:
        return {"INBOX": {name(number) for number in range(5)}, "Sent": {name(10), name(11)}, "Empty": set()}

    def changes(self) -> Mapping[Change | str, Callable[[], Sign]]:
        def arrived() -> Sign:
            self.put(mail("new"))
            return Sign("INBOX", lambda one: getattr(one, "message_id", "") == name("new"))

        def read_elsewhere() -> Sign:
            uid = self._flag("S")
            return Sign("INBOX", lambda one: _flagged(one, uid, "\\Seen"))

        def deleted() -> Sign:
            path = self._oldest()
            path.unlink()
            uid = path.name.partition(":")[0]
            return Sign("INBOX", lambda one: getattr(one, "uid", "") == uid)

        def answered() -> Sign:
            self.put(mail("answer"), box=".Sent", part="cur")
            return Sign("Sent", lambda one: getattr(one, "message_id", "") == name("answer"))

        return {"arrived": arrived, "read elsewhere": read_elsewhere, "answered": answered, "deleted": deleted}

    def together(self, count: int) -> tuple[str, set[str]]:
        numbers = [f"twin{next(_NUMBERS)}" for _ in range(count)]
        moment = int(time.time())
        for number in numbers:
            os.utime(self.put(mail(number)), (moment, moment))
        return "INBOX", {name(number) for number in numbers}

    def small_pages(self, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
        monkeypatch.setattr(maildir, "PAGE", size)

    def touch(self) -> Sign:
        number = f"touch{next(_NUMBERS)}"
        self.put(mail(number))
        return Sign("INBOX", lambda one: getattr(one, "message_id", "") == name(number))

    def posting(self) -> Posting:
        box = self.folder / "out"
        box.mkdir(exist_ok=True)
        script = self.folder / "sendmail.py"
        script.write_text(_SENDMAIL, encoding="utf-8")
        # What sendmail's arguments are is its own business: "-c" ends the interpreter's.
        command = [sys.executable, str(script), str(box)]
        mailbox = self.connect(self._account({"sendmail": command, "deliver_to": None}, {}))
        return Posting(
            mailbox,  # type: ignore[arg-type] # it sends
            "desk@shop.test",
            "jan@shop.test",
            lose=(box / "lose").touch,
            arrived=lambda text: sum(text.encode() in path.read_bytes() for path in box.glob("*.eml")),
        )

    def backfill(self, count: int) -> tuple[Account, str]:
        for number in range(count):
            self.put(mail(f"old{number}"), part="cur")
        return self.account(), "INBOX"

    def hostile(self) -> Mapping[str, Sequence[str]]:
        for number, text in enumerate(WORDS):
            self.put(mail(f"hostile{number}", text=text))
        return {"INBOX": WORDS}

    def _oldest(self) -> Path:
        """The first seeded mail that is still there."""
        return min(path for part in ("new", "cur") for path in (self.root / part).iterdir())

    def _flag(self, letter: str) -> str:
        path = self._oldest()
        uid = path.name.partition(":")[0]
        path.rename(self.root / "cur" / f"{uid}:2,{letter}")
        return uid

    def _account(self, values: dict[str, Any], options: dict[str, Any]) -> Account:
        settings = {"path": self.root, "folders": ["INBOX"], "deliver_to": self.folder / "delivered", **values}
        return Account("support", settings, self.folder / "cache", options)


def _flagged(one: Any, uid: str, flag: str) -> bool:
    return isinstance(one, tuple) and one[0].uid == uid and flag in one[1]
