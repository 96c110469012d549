"""One IMAP connection: the few commands a desk needs, asked in ways that hold on real servers.

A thin layer over IMAPClient 4.1, which refuses UID ranges, knows no QRESYNC and reads SEARCH in its long form only. A
session belongs to one thread at a time. After any error the connection is dropped, since imaplib may have lost its
place in what the server says; the next command opens another.
"""

from __future__ import annotations

import imaplib
import re
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from imapclient.imap_utf7 import encode as encode_utf7

from connectors.errors import ConnectorError, Forbidden, NotFound, OutcomeUnknown, ProtocolError, Rejected, Temporary
from connectors.mail.imap_login import dropped, opened
from connectors.mail.imap_rows import rows
from connectors.mail.imap_uids import UidSet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imapclient import IMAPClient

    from connectors.mail.endpoint import Endpoint
    from connectors.mail.imap_login import Login
    from connectors.mail.imap_rows import Row

_STALE_SECONDS = 30.0  # after which a connection is tried before it is used
_EARLIER = re.compile(rb"\(EARLIER\)\s*", re.IGNORECASE)
_ESEARCH_ALL = re.compile(r"\bALL ([\d:,]+)")
_MISSING = (
    "[NONEXISTENT]",
    "[TRYCREATE]",
    "DOESN'T EXIST",
    "DOES NOT EXIST",
    "NOT EXIST",
    "UNKNOWN MAILBOX",
    "NO SUCH",
)
_CLIENT_ID = {"name": "oms-tui"}


_FULL = "the mailbox is full: make room there; it is filed then"


class Lost(Temporary):
    """The connection died in the middle of a command."""


class BrokenAnswer(ProtocolError):
    """The server said something that is no IMAP, or that defeats the parser."""


class Refused(Temporary):
    """The server answered NO."""


@dataclass(slots=True)
class Selected:
    """An open folder. ``vanished`` and ``flags`` are what QRESYNC told since the known state; None: it was not used."""

    folder: str
    generation: str
    exists: int
    uidnext: int | None
    modseq: int | None
    vanished: UidSet | None = None
    flags: dict[int, tuple[str, ...]] = field(default_factory=dict)


class Session:
    """A connection that is opened when first used. ``close`` may be called twice, and from another thread."""

    def __init__(self, endpoint: Endpoint, login: Login) -> None:
        self.endpoint = endpoint
        self._login = login
        self._client: IMAPClient | None = None
        self._capabilities: frozenset[str] = frozenset()
        self._enabled: frozenset[str] = frozenset()
        self._selected: Selected | None = None
        self._asked: bytes | None = None
        self._used = 0.0
        self.server = ""

    # ---- the connection

    @property
    def where(self) -> str:
        """Account, host and port."""
        return self.endpoint.where

    def capabilities(self) -> frozenset[str]:
        """What the server can do once logged in, in upper case."""
        self._connected()
        return self._capabilities

    def has(self, capability: str) -> bool:
        """Whether the server can do ``capability``."""
        return capability in self.capabilities()

    def drop(self) -> None:
        """Forget the connection; the next command opens another."""
        client, self._client, self._selected, self._asked = self._client, None, None, None
        if client is not None:
            dropped(client)

    def close(self) -> None:
        """Say goodbye where that is quick."""
        client, asked = self._client, self._asked
        if client is not None and asked is None:
            with suppress(OSError, ValueError):
                client.socket().settimeout(1.0)
                client._imap.send(b"BYE LOGOUT\r\n")  # noqa: SLF001 - the answer is of no interest
        self.drop()

    def _connected(self) -> IMAPClient:
        if self._client is None:
            client = opened(self.endpoint, self._login)
            self._client = client
            with self.talking("greeting the server"):
                self._capabilities = frozenset(
                    name.decode("ascii", "replace").upper() for name in client.capabilities()
                )
                if "ID" in self._capabilities:
                    self.server = self._identify(client)
                wanted = [name for name in ("QRESYNC", "CONDSTORE") if name in self._capabilities][:1]
                self._enabled = frozenset()
                if wanted and "ENABLE" in self._capabilities:
                    self._enabled = frozenset(
                        name.decode("ascii", "replace").upper() for name in client.enable(*wanted)
                    )
        return self._client

    def _identify(self, client: IMAPClient) -> str:
        """Name and version the server gives itself (RFC 2971); some providers let nobody in who does not ask."""
        answer = client.id_(_CLIENT_ID)
        pairs = answer[0] if answer and isinstance(answer[0], tuple) else ()
        words = [part.decode("utf-8", "replace") if isinstance(part, bytes) else str(part or "") for part in pairs]
        told = dict(zip(words[::2], words[1::2], strict=False))
        return self._words(" ".join(told.get(key, "") for key in ("name", "version")))

    @contextmanager
    def talking(self, doing: str) -> Iterator[None]:
        """Turn what the library raises into our family, and drop the connection."""
        try:
            yield
            self._used = time.monotonic()
        except imaplib.IMAP4.abort as error:
            self.drop()
            raise Lost(f"{self.where}: the connection broke while {doing}: {self._words(error)}") from None
        except (imaplib.IMAP4.error, ValueError, LookupError, TypeError, RecursionError) as error:
            self.drop()
            raise BrokenAnswer(
                f"{self.where}: an answer that cannot be read while {doing}: {self._words(error)}",
                hint="it is tried again on a new connection; if it stays, `oms-tui doctor -v` says more",
            ) from None
        except OSError as error:
            self.drop()
            failure = self.endpoint.failure(error, doing)
            raise (Lost(str(failure), hint=failure.hint) if isinstance(failure, Temporary) else failure) from None

    def _words(self, error: Exception | str) -> str:
        return self._login.redactor.excerpt(str(error)) or type(error).__name__

    def inner(self) -> Any:
        """IMAPClient's imaplib object, with no answer outstanding."""
        client = self._connected()
        if self._asked is not None:
            self._answered()
        elif time.monotonic() - self._used > _STALE_SECONDS:
            client = self._revived(client)
        return client._imap  # noqa: SLF001 - ranges, QRESYNC and ESEARCH have no other way

    def _revived(self, client: IMAPClient) -> IMAPClient:
        """The connection if it still lives, else a new one: routers and servers forget those that are silent."""
        with suppress(Lost, BrokenAnswer), self.talking("seeing whether the connection lives"):
            client.noop()
        return self._connected()

    # ---- folders

    def folders(self) -> list[tuple[tuple[str, ...], str, str]]:
        """Flags, delimiter and name of every folder."""
        self.inner()
        client = self._connected()
        with self.talking("listing the folders"):
            return [
                (
                    tuple(flag.decode("ascii", "replace") for flag in flags),
                    delimiter.decode("ascii", "replace") if isinstance(delimiter, bytes) else "",
                    str(name),
                )
                for flags, delimiter, name in client.list_folders()
            ]

    def select(self, folder: str, known: tuple[str, int] | None = None) -> Selected:
        """Open ``folder`` for reading. With ``known`` (UIDVALIDITY, modseq) QRESYNC tells what changed, where it can.

        Raises:
            NotFound: there is no such folder.
        """
        inner = self.inner()
        arguments = [_mailbox(folder)]
        resync = known is not None and "QRESYNC" in self._enabled
        if resync and known is not None:
            arguments.append(b"(QRESYNC (%d %d))" % (int(known[0]), known[1]))
        elif not self._enabled and "CONDSTORE" in self._capabilities:
            arguments.append(b"(CONDSTORE)")
        with self.talking(f"opening {folder!a}"):
            inner.untagged_responses = {}
            inner.is_readonly = True
            self._selected = None
            # Read-only: nothing here may set a flag, and \Recent stays for programs that look at it.
            typ, answer = inner._simple_command("EXAMINE", *arguments)  # noqa: SLF001
            inner.state = "SELECTED" if typ == "OK" else "AUTH"
            told = inner.untagged_responses
            if typ == "OK":
                self._selected = self._opened(folder, told, resync=resync)
                return self._selected
        raise self._no(f"{folder!a} cannot be opened", answer, missing=folder)

    def _opened(self, folder: str, told: dict[str, list[Any]], *, resync: bool) -> Selected:
        def number(name: str) -> int | None:
            values = told.get(name)
            return int(values[-1]) if values and values[-1] else None

        selected = Selected(
            folder,
            generation=str(number("UIDVALIDITY") or ""),
            exists=number("EXISTS") or 0,
            uidnext=number("UIDNEXT"),
            modseq=None if "NOMODSEQ" in told else number("HIGHESTMODSEQ"),
        )
        fetched = told.pop("FETCH", [])
        vanished = told.pop("VANISHED", [])
        if resync:
            ranges: list[tuple[int, int]] = []
            for line in vanished:
                ranges += UidSet.parse(_EARLIER.sub(b"", line).decode("ascii").strip()).ranges
            selected.vanished = UidSet(ranges)
            selected.flags = _flags(rows(fetched))
        return selected

    def ensure(self, folder: str, generation: str) -> bool:
        """Open ``folder`` if it is not; False when its UIDs are no longer those of ``generation``."""
        selected = self._selected if self.is_open(folder) else None
        if selected is None:
            selected = self.select(folder)
        return not generation or selected.generation == generation

    def is_open(self, folder: str) -> bool:
        """Whether ``folder`` is the open one, on a connection that lives."""
        self.inner()
        return self._client is not None and self._selected is not None and self._selected.folder == folder

    def status(self, folder: str, *items: str) -> dict[str, int]:
        """Figures of a folder without opening it.

        Raises:
            NotFound: there is no such folder.
        """
        inner = self.inner()
        with self.talking(f"asking for the state of {folder!a}"):
            inner.untagged_responses.pop("STATUS", None)
            typ, answer = inner._simple_command("STATUS", _mailbox(folder), f"({' '.join(items)})")  # noqa: SLF001
            if typ == "OK":
                told = b" ".join(part for part in inner.untagged_responses.pop("STATUS", []) if isinstance(part, bytes))
                pairs = re.findall(rb"([A-Z]+) (\d+)", told[told.rfind(b"(") :])
                return {name.decode(): int(value) for name, value in pairs}
        raise self._no(f"{folder!a} cannot be looked at", answer, missing=folder)

    def append(self, folder: str, raw: bytes) -> None:
        r"""File ``raw`` with ``\Seen``; the folder is made if the server asks for that.

        Raises:
            OutcomeUnknown: the connection broke; it may be there or not.
        """
        for attempt in range(2):
            inner = self.inner()
            try:
                with self.talking(f"filing a message in {folder!a}"):
                    typ, answer = inner.append(_mailbox(folder).decode("ascii"), r"(\Seen)", None, raw)
            except Lost as error:
                raise OutcomeUnknown(str(error), hint="it is looked for there before it is filed again") from None
            if typ == "OK":
                return
            if attempt or b"[TRYCREATE]" not in bytes(answer[-1] or b"").upper():
                break
            with self.talking(f"making the folder {folder!a}"):
                self._connected().create_folder(folder)
                self._connected().subscribe_folder(folder)
        words = f"{self.where}: {folder!a} did not take the message: {self._answer(answer)}"
        full = b"[OVERQUOTA]" in bytes(answer[-1] or b"").upper()  # RFC 9208, 4.4
        raise Rejected(words, hint=_FULL if full else "")

    # ---- messages of the open folder

    def uids(self, *criteria: str) -> UidSet:
        """The UIDs that match; all of them without criteria. ESEARCH answers 50,000 of them in a few hundred bytes."""
        inner = self.inner()
        asked = criteria or ("ALL",)
        with self.talking("searching"):
            inner.untagged_responses.pop("SEARCH", None)
            inner.untagged_responses.pop("ESEARCH", None)
            returning = ("RETURN", "(ALL)") if "ESEARCH" in self._capabilities else ()
            typ, answer = inner.uid("SEARCH", *returning, *asked)
            if typ == "OK":
                short = inner.untagged_responses.pop("ESEARCH", None)
                return _found(short, answer)
        raise self._no("the search was refused", answer)

    def fetch(self, uids: UidSet, items: str) -> dict[int, Row]:
        """Rows of ``uids`` with ``items``; the server may leave some out and tell of others."""
        self.ask(uids, items)
        return self.answer()

    def ask(self, uids: UidSet, items: str) -> bytes:
        """Send a FETCH and do not wait for its answer; ``answer`` does. The server works while the caller does.

        Returns:
            The command's tag, for ``waits_for``.
        """
        inner = self.inner()
        with self.talking("asking for messages"):
            inner.untagged_responses.pop("FETCH", None)
            tag: bytes = inner._command("UID", "FETCH", str(uids), items)  # noqa: SLF001
        self._asked = tag
        return tag

    def answer(self) -> dict[int, Row]:
        """The rows last asked for.

        Raises:
            Lost: the connection broke. BrokenAnswer: it cannot be read. Refused: the server said NO.
        """
        return self._read_rows(*self._answered())

    def waits_for(self, tag: bytes) -> bool:
        """Whether the answer to ``tag`` is still to come; another command in between has thrown it away."""
        return self._asked == tag

    def _answered(self) -> tuple[str, list[Any], list[Any]]:
        with self.talking("reading messages"):
            asked, self._asked = self._asked, None
            inner = self._connected()._imap  # noqa: SLF001
            if asked is None:
                raise imaplib.IMAP4.abort("nothing was asked on this connection")
            typ, answer = inner._command_complete("UID", asked)  # noqa: SLF001
            return typ, answer, inner.untagged_responses.pop("FETCH", [])

    def _read_rows(self, typ: str, answer: list[Any], records: list[Any]) -> dict[int, Row]:
        if typ != "OK":
            raise self._no("messages were not handed over", answer)
        with self.talking("reading messages"):
            return rows(records)

    def flags(self, since: int | None = None) -> dict[int, tuple[str, ...]]:
        """Flags of all messages, or of those changed since a modseq (RFC 7162)."""
        inner = self.inner()
        changed = () if since is None else (f"(CHANGEDSINCE {since})",)
        with self.talking("reading flags"):
            inner.untagged_responses.pop("FETCH", None)
            typ, answer = inner.uid("FETCH", "1:*", "(UID FLAGS)", *changed)
            if typ == "OK":
                return _flags(rows(answer))
        raise self._no("flags were not handed over", answer)

    # ---- refusals

    def _answer(self, answer: Sequence[Any]) -> str:
        last = answer[-1] if answer else b""
        return self._words(last.decode("utf-8", "replace") if isinstance(last, bytes) else str(last or ""))

    def _no(self, what: str, answer: Sequence[Any], *, missing: str = "") -> ConnectorError:
        words = self._answer(answer)
        if "[NOPERM]" in words.upper():
            return Forbidden(f"{self.where}: {what}: {words}", hint=f"let {self._login.user} read this folder")
        if missing and any(mark in words.upper() for mark in _MISSING):
            return NotFound(
                f"{self.where}: there is no folder {missing!a}: {words}", hint="check `folders` of the source"
            )
        return Refused(f"{self.where}: {what}: {words}")


def quoted(text: str) -> str:
    """A search string for a command line.

    Raises:
        ValueError: it holds what no quoted string may hold.
    """
    if not text.isascii() or not text.isprintable():
        raise ValueError("not to be quoted")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _mailbox(folder: str) -> bytes:
    """A folder's name in modified UTF-7, quoted (encoded, it is printable ASCII)."""
    encoded: bytes = encode_utf7(folder)
    return b'"' + encoded.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def _flags(found: dict[int, Row]) -> dict[int, tuple[str, ...]]:
    return {uid: row.flags for uid, row in found.items() if row.flags is not None}


def _found(short: list[bytes] | None, answer: list[Any]) -> UidSet:
    if short:
        match = _ESEARCH_ALL.search(short[-1].decode("ascii", "replace"))
        return UidSet.parse(match[1] if match else "")
    ranges: list[tuple[int, int]] = []
    for line in answer:
        if isinstance(line, bytes):
            numbers = line.partition(b"(")[0].split()
            ranges += ((int(number), int(number)) for number in numbers)
    return UidSet(ranges)
