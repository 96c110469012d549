"""An IMAP server of two hundred lines, for faults that no real server makes on request.

It speaks what the connector says and no more. Faults are given by UID or by command and happen as often as told.
"""

from __future__ import annotations

import base64
import re
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

_ALWAYS = 1_000_000


class _HangUp(Exception):
    """The connection is to be closed."""


@dataclass
class ScriptedImap:
    """``messages`` by UID; ``faults`` maps ``fetch:UID``, ``idle``, ``search``, ``login``… to what goes wrong.

    Faults of a fetched UID: ``half`` (the literal breaks off), ``garbage`` (no IMAP), ``bye``, ``no``, ``withhold``,
    ``nest`` (brackets beyond any parser's depth). Of commands: ``eof``, ``bye``, ``no``, or a line to say first.
    ``times`` says how often a fault happens; without an entry it always does.
    """

    messages: dict[int, bytes] = field(default_factory=dict)
    capabilities: str = "IMAP4rev1 IDLE"
    faults: dict[str, str] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)
    gmail: dict[int, str] = field(default_factory=dict)
    uidvalidity: int = 7
    uidnext: int = 0
    password: str = "scripted-Passw0rd"
    token: str = ""
    greeting: str = ""
    refusal: str = "NO [AUTHENTICATIONFAILED] wrong"
    host: str = "127.0.0.1"
    port: int = 0
    commands: list[str] = field(default_factory=list)
    connections: int = 0

    def start(self) -> None:
        self._listener = socket.create_server((self.host, 0))
        self.port = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        self._thread.join(5)

    def hang_up(self) -> None:
        """Break every connection."""
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError, _HangUp, ValueError), connection, connection.makefile("rwb") as stream:
            self._say(stream, self.greeting or f"* OK [CAPABILITY {self.capabilities}] ready")
            while line := stream.readline():
                tag, _, rest = line.decode("utf-8").strip().partition(" ")
                self.commands.append(rest)
                words = rest.split(" ", 1)
                name = words[0].upper()
                argument = words[1] if len(words) > 1 else ""
                if name == "LOGOUT":
                    return
                if name == "UID":
                    name, _, argument = argument.partition(" ")
                    name = f"UID_{name.upper()}"
                if not self._refused(stream, tag, name.removeprefix("UID_").lower()):
                    getattr(self, f"_do_{name.lower()}")(stream, tag, argument)

    def _refused(self, stream: BinaryIO, tag: str, name: str) -> bool:
        fault = self._due(name)
        if not fault:
            return False
        if fault == "bye":
            self._say(stream, "* BYE the server goes down")
        elif fault[:2].upper() == "NO":
            self._say(stream, f"{tag} {fault.upper() if fault == 'no' else fault} now")
            return True
        elif fault != "eof":
            self._say(stream, fault)
            return False
        raise _HangUp

    def _due(self, name: str) -> str:
        left = self.times.get(name, _ALWAYS)
        if name not in self.faults or left <= 0:
            return ""
        self.times[name] = left - 1
        return self.faults[name]

    def _say(self, stream: BinaryIO, line: str | bytes) -> None:
        stream.write((line.encode() if isinstance(line, str) else line) + b"\r\n")
        stream.flush()

    def _do_capability(self, stream: BinaryIO, tag: str, _argument: str) -> None:
        self._say(stream, f"* CAPABILITY {self.capabilities}")
        self._say(stream, f"{tag} OK done")

    def _do_login(self, stream: BinaryIO, tag: str, argument: str) -> None:
        good = argument.endswith(f'"{self.password}"') and "UNAVAILABLE" not in self.refusal
        self._say(stream, f"{tag} OK logged in" if good else f"{tag} {self.refusal}: {argument}")

    def _do_authenticate(self, stream: BinaryIO, tag: str, argument: str) -> None:
        self._say(stream, "+ ")
        given = base64.b64decode(stream.readline()).decode()
        if argument == "PLAIN":
            good = given.endswith(f"\0{self.password}")
        else:
            good = f"auth=Bearer {self.token}\1" in given
            if not good:
                self._say(stream, "+ " + base64.b64encode(b'{"status":"400"}').decode())
                assert stream.readline() == b"\r\n", "a refusal wants an empty answer"
        self._say(stream, f"{tag} OK logged in" if good else f"{tag} NO [AUTHENTICATIONFAILED] wrong")

    def _do_list(self, stream: BinaryIO, tag: str, _argument: str) -> None:
        self._say(stream, '* LIST () "/" INBOX')
        self._say(stream, f"{tag} OK done")

    def _do_examine(self, stream: BinaryIO, tag: str, _argument: str) -> None:
        following = self.uidnext or max(self.messages, default=0) + 1
        self._say(stream, f"* {len(self.messages)} EXISTS")
        self._say(stream, f"* OK [UIDVALIDITY {self.uidvalidity}] valid")
        self._say(stream, f"* OK [UIDNEXT {following}] next")
        self._say(stream, f"{tag} OK [READ-ONLY] open")

    def _do_status(self, stream: BinaryIO, tag: str, _argument: str) -> None:
        following = self.uidnext or max(self.messages, default=0) + 1
        self._say(stream, f"* STATUS INBOX (MESSAGES {len(self.messages)} UIDNEXT {following})")
        self._say(stream, f"{tag} OK done")

    def _do_noop(self, stream: BinaryIO, tag: str, _argument: str) -> None:
        self._say(stream, f"{tag} OK done")

    def _do_idle(self, stream: BinaryIO, tag: str, _argument: str) -> None:
        self._say(stream, "+ idling")
        if self._due("idling"):
            raise _HangUp
        if news := self._due("idle_after"):
            self._say(stream, news)
        stream.readline()
        self._say(stream, f"{tag} OK done")

    def _do_uid_search(self, stream: BinaryIO, tag: str, argument: str) -> None:
        match = re.search(r"UID ([\d:*,]+)", argument)
        wanted = self._named(match[1]) if match else sorted(self.messages)
        self._say(stream, "* SEARCH" + "".join(f" {uid}" for uid in wanted))
        self._say(stream, f"{tag} OK done")

    def _do_uid_fetch(self, stream: BinaryIO, tag: str, argument: str) -> None:
        named, _, items = argument.partition(" ")
        for uid in self._named(named):
            fault = self._due(f"fetch:{uid}") if "BODY" in items else ""
            if fault == "withhold":
                continue
            if fault == "no":
                self._say(stream, f"{tag} NO [SERVERBUG] message {uid} is broken here")
                return
            self._answer(stream, uid, items, fault)
        self._say(stream, f"{tag} OK fetched")

    def _answer(self, stream: BinaryIO, uid: int, items: str, fault: str) -> None:
        raw = self.messages[uid]
        number = sorted(self.messages).index(uid) + 1
        told = [f"UID {uid}", "FLAGS ()", 'INTERNALDATE "02-Mar-2026 10:00:00 +0000"', f"RFC822.SIZE {len(raw)}"]
        if "X-GM-THRID" in items:
            told.append(self.gmail.get(uid, "X-GM-THRID 1 X-GM-LABELS ()"))
        head = f"* {number} FETCH ({' '.join(told)}"
        section = re.search(r"BODY\.PEEK(\[[^\]]*\])(?:<(\d+)\.(\d+)>)?", items)
        if section is None:
            self._say(stream, head + ")")
            return
        part = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if "HEADER" in section[1] else raw
        if section[2]:
            part = part[int(section[2]) : int(section[2]) + int(section[3])]
        if fault == "garbage":
            self._say(stream, f'{head} BODY{section[1]} "an open string)')
            return
        if fault == "nest":
            self._say(stream, f"{head} BODY {'(' * 5000})")
            return
        if fault == "bye":
            self._say(stream, "* BYE this message killed me")
            raise _HangUp
        stream.write(f"{head} BODY{section[1]} {{{len(part)}}}\r\n".encode())
        if fault == "half":
            stream.write(part[: len(part) // 2])
            stream.flush()
            raise _HangUp
        stream.write(part + b")\r\n")
        stream.flush()

    def _named(self, text: str) -> list[int]:
        """UIDs of a set; like every real server, ``n:*`` names the last message even where its UID is below n."""
        last = max(self.messages, default=0)
        found: set[int] = set()
        for part in text.split(","):
            first, _, end = part.partition(":")
            low = last if first == "*" else int(first)
            high = last if end == "*" else int(end or first)
            found.update(uid for uid in self.messages if min(low, high) <= uid <= max(low, high))
        return sorted(found)
