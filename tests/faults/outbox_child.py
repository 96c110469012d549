"""A worker that only sends, run as a process of its own to be killed. Not a test.

Arguments: the desk's folder, the SMTP server's port, where to die ("" for never), how often that place is passed first.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from connectors.base import Account
from connectors.mail.endpoint import Endpoint
from connectors.mail.imap import ImapMailbox
from connectors.mail.maildir import MaildirMailbox
from connectors.mail.smtp import SmtpLogin, SmtpSender
from connectors.redact import Redactor
from oms_tui.config import load
from oms_tui.desk import open_session
from oms_tui.sync import outbox_sent
from oms_tui.sync.lease import SYNC, take
from oms_tui.sync.outbox_send import OutboxRunner

PLACES = ("before_connect", "before_dot", "at_dot", "after_answer", "before_filing", "after_filing")


class Death:
    """Kills this process, as nothing else would, when a place was passed so often."""

    def __init__(self, place: str, passes: int) -> None:
        self._place = place
        self._left = passes

    def at(self, place: str) -> None:
        if place == self._place:
            self._left -= 1
            if self._left < 0:
                os.kill(os.getpid(), signal.SIGKILL)


class Sender:
    """The real SMTP sender, with places to die at."""

    def __init__(self, port: int, death: Death) -> None:
        login = SmtpLogin("", "", None, Redactor())
        self._smtp = SmtpSender(Endpoint("support", "127.0.0.1", port, "none"), login)
        self._death = death

    def send(self, sender: str, recipients: Any, raw: bytes, *, about_to_commit: Any) -> Any:
        def commits() -> None:
            self._death.at("before_dot")
            about_to_commit()
            self._death.at("at_dot")

        self._death.at("before_connect")
        receipt = self._smtp.send(sender, recipients, raw, about_to_commit=commits)
        self._death.at("after_answer")
        return receipt

    def files_sent_itself(self) -> bool:
        return False


class Dying:
    """A real mailbox, with places to die at."""

    death: Death

    def append(self, folder: str, raw: bytes) -> None:
        self.death.at("before_filing")
        super().append(folder, raw)  # type: ignore[misc]  # of the mailbox it is mixed into
        self.death.at("after_filing")


class DyingMaildir(Dying, MaildirMailbox):
    """A Maildir on this disk."""


class DyingImap(Dying, ImapMailbox):
    """A mailbox on an IMAP server."""


def mailbox_of(folder: Path) -> DyingMaildir | DyingImap:
    server = folder / "imap.json"
    if server.exists():
        return DyingImap(Account("support", json.loads(server.read_text("utf-8")), folder / "cache"))
    return DyingMaildir(Account("support", {"path": folder / "mail"}, folder / "cache"))


def main() -> None:
    folder, port, place, passes = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    death = Death(place, passes)
    session = open_session(load(folder / "config.toml"), agent="ana")
    take(session.store, SYNC, session.now())
    mailbox = mailbox_of(folder)
    mailbox.death = death
    outbox_sent.LOOK_FOR_MS = 1000  # the server of this test takes a mail at once, or never
    outbox_sent._LOOK_EVERY_MS = 100
    runner = OutboxRunner(session, {"support": (Sender(port, death), mailbox)})
    print("ready", flush=True)
    while True:
        runner.tick(session.now())
        time.sleep(0.02)


if __name__ == "__main__":
    main()
