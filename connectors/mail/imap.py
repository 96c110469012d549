"""Mailboxes on an IMAP server, with their way out by SMTP.

Three connections at most: one that follows the folders (``changed``), one that reads single messages and files sent
mail, one that waits for news. Each is opened when it is first needed and opened again after a failure.
"""

from __future__ import annotations

import logging
import threading
from functools import reduce
from typing import TYPE_CHECKING, Any

from connectors.base import Capability, Health, Manifest, SendReceipt
from connectors.errors import NotFound, Rejected
from connectors.mail import imap_settings as settings
from connectors.mail.imap_fetch import HEADER_PAGE, HeaderFetch, Whole, whole
from connectors.mail.imap_folders import roles
from connectors.mail.imap_idle import Figures, Watch
from connectors.mail.imap_known import Known
from connectors.mail.imap_session import Lost, Session, quoted
from connectors.mail.imap_sync import FolderChanges
from connectors.mail.message import UnreadableMail, parse_header, parse_message
from connectors.records import MailAddress, MailKey, MailPage, MailRecord
from connectors.redact import Redactor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from connectors.base import Account
    from connectors.mail.imap_uids import UidSet

_LOG = logging.getLogger(__name__)
_THREAD_WINDOW = (
    2000  # UIDs looked through for a live answer: a header search of 50,000 takes 0.1 s an id, of these 2 ms
)
_IDS_ASKED = 15  # of a thread; together with their three headers they stay below the 8 kB of a command line
_IDS = ("message-id", "x-oms-id")
_FILE_SENT_MAIL = (
    "gmail.com",
    "googlemail.com",
    "office365.com",
    "outlook.com",
    "hotmail.com",
    "zoho.com",
    "zoho.eu",
    "me.com",
)


class ImapMailbox:
    r"""One account on an IMAP server. Folders are opened read-only, so nothing here sets \Seen."""

    manifest = Manifest(
        key="imap",
        title="Mailbox (IMAP and SMTP)",
        capabilities=frozenset({Capability.MAIL, Capability.SEND}),
        settings=settings.SETTINGS,
        scale="gold",
        proof="a real Dovecot with QRESYNC, with CONDSTORE, with neither; an SMTP server with injected faults; "
        "a scripted server for what no real one does",
    )

    def __init__(self, account: Account) -> None:
        self._account = account
        self._redactor = Redactor()
        self._login = settings.login(account, self._redactor)
        self._endpoint = settings.endpoint(account)
        self._sender = settings.sender(account, self._login)
        self._wanted: tuple[str, ...] = tuple(account.values.get("folders") or ("INBOX",))
        self._following = Session(self._endpoint, self._login)
        self._reading = Session(self._endpoint, self._login)
        self._waiting = Session(self._endpoint, self._login)
        self._lock = threading.RLock()  # the outbox asks from another thread than the one that reads
        self._watch = Watch(self._waiting, self._wanted[0])
        self._known: dict[str, Known] = {}
        self._figures: dict[str, Figures] = {}

    def __repr__(self) -> str:
        return f"ImapMailbox({self._account.name!r}, {self._endpoint.host!r})"

    # ---- what it is

    def check(self) -> Health:
        """Log in, look at every folder asked for, log in to the way out; what is missing, in words."""
        with self._lock:
            session = self._reading
            session.drop()
            counts = [session.status(folder, "MESSAGES").get("MESSAGES", 0) for folder in self._wanted]
            missing: list[str] = []
            if "sent" not in self.folders():
                missing.append("no folder for sent mail: name it with `sent`")
            detail = f"{sum(counts):,} messages in {', '.join(self._wanted)}; {_ways(session, missing)}"
            version = session.server
        if self._sender is None:
            missing.append("no way out for mail: add a table `smtp`")
        else:
            self._sender.check()
            detail += "; mail can be sent"
        return Health(ok=True, detail=detail, version=version, missing=tuple(missing))

    def close(self) -> None:
        """Let go of every connection."""
        for session in (self._following, self._reading, self._waiting):
            session.close()
        if self._login.tokens is not None:
            self._login.tokens.close()
        self._known.clear()

    def folders(self) -> Mapping[str, str]:
        """Folder of each role."""
        with self._lock:
            return roles(self._reading.folders(), sent=str(self._account.values.get("sent") or ""))

    # ---- reading

    def changed(self, folder: str, cursor: dict[str, Any] | None) -> Iterator[MailPage]:
        """Pages of what changed in ``folder``; headers only, new mail newest first.

        After a change of UIDVALIDITY a page has ``moved``; its ``flags`` name the new keys.

        Raises:
            NotFound: there is no such folder. ConnectorError: the others of the family; the last cursor goes on.
        """
        known = self._known.pop(folder, None)
        if known is None or not known.matches(cursor):
            known = Known(self._account.cache, folder, cursor)
        changes = FolderChanges(self._following, folder, known, cursor)
        for page in changes.pages():
            if not page.more:
                self._known[folder] = known
                self._figures[folder] = changes.figures
            yield page

    def bodies(self, keys: Sequence[MailKey]) -> Iterator[MailRecord]:
        """The messages of ``keys`` with their text, in runs of one folder.

        One that cannot be read comes with ``has_body`` false and the reason in ``warnings``.
        """
        for folder, generation, uids in _runs(keys):
            messages = whole(self._reading, folder, generation, uids)
            while True:
                with self._lock:
                    message = next(messages, None)
                if message is None:
                    break
                yield self._read(MailKey(folder, generation, str(message.uid)), message)

    def raw(self, key: MailKey) -> bytes:
        """The message as it lies there."""
        for folder, generation, uids in _runs((key,)):
            with self._lock:
                for message in whole(self._reading, folder, generation, uids):
                    if not message.failed:
                        return message.row.body or b""
        raise NotFound(
            f"{self._endpoint.where}: the message {key.uid!a} is no longer in {key.folder!a}",
            hint="it was moved or deleted in another program",
        )

    def search(
        self, folder: str, message_ids: Sequence[str], *, own_id: str = "", since_uid: str = ""
    ) -> list[MailKey]:
        """Messages with one of the ids. What the server finds is compared exactly: servers search in loose ways."""
        wanted = frozenset(filter(None, message_ids))
        keys = [key for name in message_ids for key in _header("Message-ID", name)] + _header("X-OMS-ID", own_id)
        with self._lock:
            box = self._reading.select(folder)
            start = int(since_uid) if since_uid.isdecimal() else 1
            if box.uidnext is not None and box.uidnext - start <= HEADER_PAGE:
                hits = self._from(start)  # so few that they are read, whatever the server's search may miss
            else:
                hits = self._hits(start, keys)
            fetch = HeaderFetch(self._reading, folder, box.generation, fields=_IDS)
            return [
                record.key
                for record in self._headers(fetch, MailKey(folder, box.generation, ""), hits)
                if record.message_id in wanted or (own_id and record.own_id == own_id)
            ]

    def thread(self, message_ids: Sequence[str]) -> list[MailRecord]:
        """Headers of the newer messages in inbox and sent that carry, or refer to, one of the ids."""
        wanted = frozenset(filter(None, message_ids))
        asked = list(dict.fromkeys(message_ids))[-_IDS_ASKED:]
        keys = [
            key
            for name in asked
            for header in ("Message-ID", "In-Reply-To", "References")
            for key in _header(header, name)
        ]
        found: list[MailRecord] = []
        with self._lock:
            known = self.folders()
            for folder in dict.fromkeys((known["inbox"], *self._wanted, known.get("sent", known["inbox"]))):
                box = self._reading.select(folder)
                start = max(1, (box.uidnext or 1) - _THREAD_WINDOW)
                fetch = HeaderFetch(self._reading, folder, box.generation)
                found += (
                    record
                    for record in self._headers(fetch, MailKey(folder, box.generation, ""), self._hits(start, keys))
                    if not wanted.isdisjoint((record.message_id, record.in_reply_to, *record.references))
                )
        return found

    def mark(self, folder: str) -> str:
        """The UID the next message will get at least."""
        with self._lock:
            return str(self._reading.status(folder, "UIDNEXT").get("UIDNEXT", 1))

    def append(self, folder: str, raw: bytes) -> None:
        """File ``raw`` as read. The caller looks first whether it is there: servers may file sent mail themselves."""
        with self._lock:
            self._reading.append(folder, raw)

    def wait(self, seconds: float) -> bool:
        """Wait for news of the first folder; a dead connection is opened again once."""
        figures = self._figures.pop(self._wanted[0], None)
        try:
            return self._watch.news(seconds, figures=figures)
        except Lost as error:
            _LOG.info("waiting goes on over a new connection: %s", error)
            return self._watch.news(seconds, figures=None)

    # ---- sending

    def send(
        self, sender: str, recipients: Sequence[str], raw: bytes, *, about_to_commit: Callable[[], None]
    ) -> SendReceipt:
        """By SMTP, once; see ``SmtpSender.send``."""
        if self._sender is None:
            raise Rejected(
                f"{self._account.name}: no way out for mail is configured",
                field="smtp",
                hint="add a table `smtp` to the source",
            )
        return self._sender.send(sender, recipients, raw, about_to_commit=about_to_commit)

    def files_sent_itself(self) -> bool:
        """Whether the provider is one that puts what it sends into the sent folder."""
        host = self._endpoint.host.lower()
        return any(host == name or host.endswith(f".{name}") for name in _FILE_SENT_MAIL)

    # ---- inside

    def _read(self, key: MailKey, message: Whole) -> MailRecord:
        row, reason = message.row, message.failed
        raw, flags = row.body or b"", row.flags or ()
        record: MailRecord | None = None
        if not reason:
            try:
                record = parse_message(raw, key, received_at=row.received_at, size=row.size or 0, flags=flags)
            except UnreadableMail as error:
                reason = str(error)
        if record is None:
            _LOG.warning("%s uid %s has no text: %s", key.folder, key.uid, reason)
            record = _header_of(raw, key, message)
            record.warnings = (reason, *record.warnings)
        if message.cut:
            record.warnings = (*record.warnings, "the message is too large; its end was not read")
        record.thread_hint, record.labels = row.thread, row.labels
        return record

    def _from(self, start: int) -> list[int]:
        # "n:*" names the last message even where its UID is below n
        return [uid for uid in self._reading.uids("UID", f"{start}:*") if uid >= start]

    def _hits(self, start: int, keys: Sequence[str]) -> list[int]:
        if not keys:
            return []
        found: UidSet = self._reading.uids("UID", f"{start}:*", reduce(lambda left, right: f"OR {left} {right}", keys))
        return [uid for uid in found if uid >= start]

    def _headers(self, fetch: HeaderFetch, where: MailKey, uids: Sequence[int]) -> Iterator[MailRecord]:
        for page in fetch.pages(uids):
            for uid, row in page.rows:
                key = MailKey(where.folder, where.generation, str(uid))
                try:
                    record = parse_header(
                        row.body or b"", key, received_at=row.received_at, size=row.size or 0, flags=row.flags or ()
                    )
                except UnreadableMail as error:
                    _LOG.info("%s uid %s is passed over: %s", where.folder, uid, error)
                    continue
                record.thread_hint, record.labels = row.thread, row.labels
                yield record


def _ways(session: Session, missing: list[str]) -> str:
    """How changes and news are seen on this server, in words; what is lacking goes to ``missing``."""
    if session.has("QRESYNC"):
        changes = "changes by QRESYNC"
    elif session.has("CONDSTORE"):
        changes = "changes by CONDSTORE"
    else:
        changes = "changes by comparing all flags"
        missing.append("the server has neither QRESYNC nor CONDSTORE: each look at a folder reads all its flags")
    if session.has("IDLE"):
        return f"{changes}, news by IDLE"
    missing.append("the server has no IDLE: new mail is seen at the next look, not at once")
    return f"{changes}, news by looking"


def _runs(keys: Sequence[MailKey]) -> list[tuple[str, str, list[int]]]:
    """Keys in their order, neighbours of one folder and generation together, at most a page of them."""
    runs: list[tuple[str, str, list[int]]] = []
    for key in keys:
        if not (key.uid.isascii() and key.uid.isdecimal()):
            continue
        same = bool(runs) and runs[-1][:2] == (key.folder, key.generation) and len(runs[-1][2]) < HEADER_PAGE
        if not same:
            runs.append((key.folder, key.generation, []))
        runs[-1][2].append(int(key.uid))
    return runs


def _header(name: str, value: str) -> list[str]:
    """A search key for a header's value; none where no server could be asked for it."""
    if not value:
        return []
    try:
        return [f"HEADER {name} {quoted(value)}"]
    except ValueError:
        return []


def _header_of(raw: bytes, key: MailKey, message: Whole) -> MailRecord:
    """What can be told of a message whose text cannot be read."""
    row = message.row
    flags, size = row.flags or (), row.size or 0
    try:
        return parse_header(raw, key, received_at=row.received_at, size=size, flags=flags)
    except UnreadableMail:
        return MailRecord(key, "", "", None, row.received_at, MailAddress("", ""), size=size, flags=flags)
