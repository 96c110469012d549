"""Waiting for news of a folder, on a connection of its own: by IDLE (RFC 2177), else by a look now and then.

A dead connection shows itself as readable with nothing to read. IMAPClient's ``idle_check`` reports that as "no news",
at once and for ever; here every sign of life or death ends the IDLE, and the end has to be answered.
"""

from __future__ import annotations

import select
import ssl
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from connectors.mail.imap_session import Session

SLICE_SECONDS = 60.0  # also what a reply hidden in the TLS layer may be late; far below what routers forget after
_POLL_SECONDS = 30.0
_NEWS = ("EXISTS", "EXPUNGE", "VANISHED", "FETCH")

Figures = tuple[int | None, int | None, int | None]


class Watch:
    """Watches one folder. ``figures`` are its messages, next UID and modseq when somebody last looked."""

    def __init__(self, session: Session, folder: str) -> None:
        self._session = session
        self._folder = folder
        self.figures: Figures | None = None

    def news(self, seconds: float, *, figures: Figures | None) -> bool:
        """Wait at most ``seconds``; True as soon as the folder is not what it was when ``figures`` were read.

        Raises:
            Temporary: the connection died, and no other could be made.
        """
        until = time.monotonic() + seconds
        if figures is not None:
            self.figures = figures
        if not self._session.has("IDLE"):
            return self._looked(until)
        if self._moved():
            return True
        while (left := until - time.monotonic()) > 0:
            if idle(self._session, min(left, SLICE_SECONDS)):
                return True
        return False

    def _moved(self) -> bool:
        """Open the folder, where it is not, and see whether something came while nobody listened."""
        if self._session.is_open(self._folder):
            return False
        box = self._session.select(self._folder)
        before, self.figures = self.figures, (box.exists, box.uidnext, box.modseq)
        return before is not None and before != self.figures

    def _looked(self, until: float) -> bool:
        """Without IDLE: ask for the figures, at the latest when time is up."""
        while True:
            time.sleep(max(0.0, min(_POLL_SECONDS, until - time.monotonic())))
            told = self._session.status(self._folder, "MESSAGES", "UIDNEXT")
            before = self.figures
            self.figures = (told.get("MESSAGES"), told.get("UIDNEXT"), None)
            if before is not None and before[:2] != self.figures[:2]:
                return True
            if time.monotonic() >= until:
                return False


def idle(session: Session, seconds: float) -> bool:
    """One IDLE on the open folder, at most ``seconds``; True if the server told of a change.

    Raises:
        Lost: the connection is dead.
    """
    client = session.inner()
    with session.talking("waiting for news"):
        for name in _NEWS:
            client.untagged_responses.pop(name, None)
        tag = client._command("IDLE")  # noqa: SLF001 - IMAPClient's idle() takes news before the "+" for an error
        while client._get_response() is not None:  # noqa: SLF001
            if client.tagged_commands[tag]:
                break  # refused: what was told so far is all there is
        if not client.tagged_commands[tag]:
            if not _told(client) and not _buffered(client):
                select.select([client.sock], [], [], seconds)
            client.send(b"DONE\r\n")
        typ, answer = client._command_complete("IDLE", tag)  # noqa: SLF001
        if typ != "OK":
            raise client.error(f"IDLE was refused: {answer!r}")
        return _told(client)


def _told(client: Any) -> bool:
    return any(name in client.untagged_responses for name in _NEWS)


def _buffered(client: Any) -> bool:
    """Whether something was received already, which a wait on the socket would not show."""
    sock, stream = client.sock, client.file
    patience = sock.gettimeout()
    sock.settimeout(0)
    try:
        with suppress(BlockingIOError, ssl.SSLWantReadError):
            return bool(stream.peek(1))
    finally:
        sock.settimeout(patience)
    return False
