"""Mailboxes that lie on this machine as Maildirs (mbsync, offlineimap, a local mail server), and mail out of it.

Reading: new mail is what the journal beside the cursor does not know (``maildir_journal``); while the time stamps of
``new`` and ``cur`` stand still, nothing is listed at all. Sending: through a ``sendmail`` command, or into another
Maildir (``deliver_to``), which is how a desk is tried out without a server.
"""

from __future__ import annotations

import hashlib
import re
import time
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from connectors.base import Capability, Health, Manifest, SendReceipt, Setting
from connectors.errors import NotFound, Rejected, Temporary
from connectors.mail import maildir_folder as disk
from connectors.mail import sendmail
from connectors.mail.maildir_index import Ids, Index
from connectors.mail.maildir_journal import Journal
from connectors.mail.message import MAX_BYTES, UnreadableMail, parse_header, parse_message
from connectors.records import MailKey, MailPage, Quarantined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from connectors.base import Account
    from connectors.mail.maildir_folder import Entry
    from connectors.records import MailRecord

INBOX = "INBOX"
PAGE = 200
_WAIT_STEP_SECONDS = 1.0
_MARK_SLACK_NS = 3_000_000_000  # clocks of a network file system may differ from ours
_RAW_KEPT = 4000  # bytes of an unreadable message shown to the person who looks into it
_HEADER_BYTES = 262_144  # of a message that are read where its header is enough

_ROLES = {
    "sent": "sent|sent (?:items|mail|messages)|gesendet(?:e elemente|e objekte)?|envoy[ée]s|enviados|inviati|verzonden",
    "drafts": "drafts?|entw[üu]rfe|brouillons|borradores|bozze|concepten",
    "junk": "junk|spam|junk e-?mail|bulk mail|ungewollt",
    "trash": "trash|deleted items|deleted messages|papierkorb|gel[öo]schte elemente|corbeille|papelera",
    "archive": "archives?|archiv|all mail",
}
_ROLE = {role: re.compile(rf"(?:.*[/.])?(?:{names})\Z", re.IGNORECASE) for role, names in _ROLES.items()}


class MaildirMailbox:
    """A local Maildir with its subfolders, as Maildir++ (``.Sent``) or as plain folders (``Sent``)."""

    manifest = Manifest(
        key="maildir",
        title="Local mail folder (Maildir)",
        capabilities=frozenset({Capability.MAIL, Capability.SEND}),
        settings=(
            Setting(
                "path", "path", required=True, help="the Maildir (with new and cur), or the folder that holds them"
            ),
            Setting("folders", "list", default=(INBOX,), help="the folders that are read"),
            Setting("address", help="the address the desk writes from", asked=True),
            Setting(
                "sendmail",
                "list",
                default=(),
                help='the command that sends: ["msmtp", "--account=shop"]',
                asked=True,
            ),
            Setting("deliver_to", "path", help="instead of sending: the Maildir outgoing mail is put into"),
            Setting("sent", help="the folder sent mail is filed in, if it is not called Sent"),
        ),
        scale="silver",
        proof="Maildirs on a local disk, written by our tests as qmail, Dovecot and mbsync write them",
    )

    def __init__(self, account: Account) -> None:
        self._account = account
        self._root = Path(account.values["path"])
        self._wanted: tuple[str, ...] = tuple(account.values.get("folders") or (INBOX,))
        self._sent = str(account.values.get("sent") or "")
        self._seen: dict[str, disk.Stamps] = {}
        self._listed: dict[str, tuple[disk.Stamps, dict[str, Entry]]] = {}
        self._indexes: dict[str, Index] = {}

    # ---- what it is

    def check(self) -> Health:
        """See that every folder asked for is there and can be read."""
        count = sum(len(disk.listing(self._path(folder))) for folder in self._wanted)
        missing: list[str] = []
        if "sent" not in self.folders():
            missing.append("no folder for sent mail: name it with `sent`")
        if not (self._account.values.get("sendmail") or self._account.values.get("deliver_to")):
            missing.append("no way out for mail: set `sendmail`")
        return Health(ok=True, detail=f"{count:,} messages in {', '.join(self._wanted)}", missing=tuple(missing))

    def close(self) -> None:
        """Forget what was listed; nothing is held open."""
        self._listed.clear()
        self._indexes.clear()

    def folders(self) -> Mapping[str, str]:
        """Folder of each role, by its name. A configured ``sent`` is made when mail is first filed into it."""
        found = {"inbox": self._wanted[0] if INBOX not in self._wanted else INBOX}
        names = sorted(self._names(), key=lambda name: (name.count("/"), name))
        for role, pattern in _ROLE.items():
            match = next((name for name in names if pattern.match(name)), None)
            if match:
                found[role] = match
        if self._sent:
            found["sent"] = self._sent
        return found

    # ---- reading

    def changed(self, folder: str, cursor: dict[str, Any] | None) -> Iterator[MailPage]:
        """Pages of what is new, gone or flagged otherwise since ``cursor``, newest first, with their text."""
        path = self._path(folder)
        if folder == self._sent and not disk.is_maildir(path):
            yield MailPage(cursor=cursor or {})  # nothing was filed yet
            return
        now = time.time_ns()
        stamps = disk.stamps(path)
        self._seen[folder] = stamps
        try:
            journal = Journal.open(self._account.cache, f"{_file_name(folder)}.journal-", cursor)
        except OSError as error:
            raise _no_cache(self._account.cache, error) from error
        intact = bool(cursor and journal.name == cursor.get("journal"))
        if intact and cursor is not None and cursor.get("stamps") == list(stamps):
            yield MailPage(cursor=cursor)
            return
        present = self._listing(folder, path, stamps)
        new = sorted(
            present.keys() - journal.known.keys(),
            key=lambda name: (disk.arrived(name, present[name]), name),
            reverse=True,
        )
        first = self._differences(folder, journal, present)
        with suppress(OSError):
            self._index(folder).keep(present)
        chunks = [new[start : start + PAGE] for start in range(0, len(new), PAGE)] or [[]]
        for number, chunk in enumerate(chunks):
            page = first if number == 0 else MailPage()
            noted = self._read_into(page, folder, chunk, present)
            _write(journal, noted)
            page.more = number + 1 < len(chunks)
            page.total = len(new)
            page.cursor = journal.cursor()
            if not page.more and stamps.settled(now):
                page.cursor["stamps"] = list(stamps)
            yield page

    def bodies(self, keys: Sequence[MailKey]) -> Iterator[MailRecord]:
        """The messages of ``keys`` with their text; gone and unreadable ones are left out."""
        for key in keys:
            entry = self._find(key)
            if entry is None:
                continue
            with suppress(OSError, UnreadableMail):
                yield _record(key, entry)

    def raw(self, key: MailKey) -> bytes:
        """The message as it lies in its file."""
        entry = self._find(key)
        try:
            if entry is not None:
                return disk.read(entry, MAX_BYTES).raw
        except OSError as error:
            raise NotFound(
                f"the message {key.uid!a} in {key.folder} cannot be read: {error.strerror or error}"
            ) from error
        raise NotFound(
            f"the message {key.uid!a} is no longer in {key.folder}", hint="it was moved or deleted in another program"
        )

    def search(
        self, folder: str, message_ids: Sequence[str], *, own_id: str = "", since_uid: str = ""
    ) -> list[MailKey]:
        """Messages with one of the ids; ``since_uid`` is a mark of ``mark``."""
        path = self._path(folder)
        if not disk.is_maildir(path):
            return []
        present = disk.listing(path)
        since = int(since_uid) if since_uid.isdecimal() else 0
        recent = {name: entry for name, entry in present.items() if not since or disk.changed_since(entry, since)}
        wanted = frozenset(filter(None, message_ids))
        ids = self._ids(folder, recent)
        hits = (name for name, own in ids.items() if own.message_id in wanted or (own_id and own.own_id == own_id))
        return [MailKey(folder, "", name) for name in hits]

    def thread(self, message_ids: Sequence[str]) -> list[MailRecord]:
        """Headers of messages now in inbox or sent that carry, or refer to, one of the ids."""
        wanted = frozenset(filter(None, message_ids))  # mails without an id are no answers to each other
        found: list[MailRecord] = []
        roles = self.folders()
        for folder in dict.fromkeys((*self._wanted, roles["inbox"], roles.get("sent", roles["inbox"]))):
            path = self._path(folder)
            if not disk.is_maildir(path):
                continue
            present = disk.listing(path)
            for name, ids in self._ids(folder, present).items():
                if ids.message_id in wanted or not wanted.isdisjoint(ids.refers):
                    with suppress(OSError, UnreadableMail):
                        found.append(_record(MailKey(folder, "", name), present[name], body=False))
        return found

    def mark(self, folder: str) -> str:
        """The present moment, a little earlier: a message that appears later has a later change time."""
        del folder  # the clock is the same in each
        return str(time.time_ns() - _MARK_SLACK_NS)

    def append(self, folder: str, raw: bytes) -> None:
        """File ``raw`` as read."""
        disk.deliver(self._path(folder), raw, subfolder="cur", info=":2,S")

    def wait(self, seconds: float) -> bool:
        """Look at the time stamps once a second; True as soon as one moved since ``changed`` looked."""
        until = time.monotonic() + seconds
        while True:
            for folder in self._wanted:
                now = self._stamps(folder)
                if now != self._seen.setdefault(folder, now):
                    return True
            left = until - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(_WAIT_STEP_SECONDS, left))

    # ---- sending

    def send(
        self, sender: str, recipients: Sequence[str], raw: bytes, *, about_to_commit: Callable[[], None]
    ) -> SendReceipt:
        """Through ``sendmail``, or into ``deliver_to``: there the same bytes twice are one message."""
        target = self._account.values.get("deliver_to")
        command = self._account.values.get("sendmail")
        if target:
            about_to_commit()
            name = disk.deliver(
                Path(target),
                raw,
                subfolder="new",
            )
            return SendReceipt(f"put into {target} as {name}")
        if not command:
            raise Rejected("no way out for mail is configured", field="sendmail", hint="set `sendmail` of the source")
        return sendmail.send(list(command), sender, recipients, raw, about_to_commit=about_to_commit)

    def files_sent_itself(self) -> bool:
        """A Maildir has nobody who would."""
        return False

    # ---- inside

    def _path(self, folder: str) -> Path:
        if folder == INBOX:
            return (
                self._root if disk.is_maildir(self._root) or not (self._root / INBOX).is_dir() else self._root / INBOX
            )
        parts = PurePosixPath(folder).parts
        if not parts or folder.startswith("/") or ".." in parts or "\0" in folder:
            raise NotFound(f"{folder!a} is no name of a mail folder", hint="check `folders` of the source")
        dotted = self._root / f".{'.'.join(parts)}"
        plain = self._root.joinpath(*parts)
        return dotted if disk.is_maildir(dotted) or (not plain.is_dir() and disk.is_maildir(self._root)) else plain

    def _names(self) -> Iterator[str]:
        with suppress(OSError):
            for path in self._root.iterdir():
                if not disk.is_maildir(path):
                    continue
                yield path.name[1:].replace(".", "/") if path.name.startswith(".") else path.name

    def _stamps(self, folder: str) -> disk.Stamps:
        try:
            return disk.stamps(self._path(folder))
        except (NotFound, Temporary):
            return disk.Stamps(0, 0)  # gone for the moment: `changed` says so

    def _listing(self, folder: str, path: Path, stamps: disk.Stamps) -> dict[str, Entry]:
        present = disk.listing(path)
        self._listed[folder] = (stamps, present)
        return present

    def _find(self, key: MailKey) -> Entry | None:
        """Where ``key`` lies now: it may have been moved to ``cur`` or flagged since it was listed."""
        with suppress(NotFound):
            path = self._path(key.folder)
            stamps = disk.stamps(path)
            known, present = self._listed.get(key.folder, (None, {}))
            entry = present.get(key.uid)
            if known != stamps or entry is None or not Path(entry.path).exists():
                entry = self._listing(key.folder, path, stamps).get(key.uid)
            return entry
        return None

    def _differences(self, folder: str, journal: Journal, present: Mapping[str, Entry]) -> MailPage:
        """A page with what went and what was flagged otherwise."""
        page = MailPage()
        gone = [name for name in journal.known if name not in present]
        page.gone = [MailKey(folder, "", name) for name in gone]
        flagged = [
            (name, present[name].flags)
            for name, flags in journal.known.items()
            if name in present and flags != " ".join(present[name].flags)
        ]
        page.flags = [(MailKey(folder, "", name), flags) for name, flags in flagged]
        _write(journal, [*((name, None) for name in gone), *((name, " ".join(flags)) for name, flags in flagged)])
        return page

    def _read_into(
        self, page: MailPage, folder: str, names: Iterable[str], present: Mapping[str, Entry]
    ) -> list[tuple[str, str]]:
        """Read ``names`` into ``page``; what was dealt with, for the journal. A vanished one is left for next time."""
        noted: list[tuple[str, str]] = []
        for name in names:
            key, entry = MailKey(folder, "", name), present[name]
            try:
                page.messages.append(_record(key, entry))
            except FileNotFoundError:
                continue
            except UnreadableMail as error:
                _quarantine(page, key, str(error), entry)
            except OSError as error:
                _quarantine(page, key, f"its file cannot be read: {error.strerror or error}", None)
            noted.append((name, " ".join(entry.flags)))
        with suppress(OSError):  # the index is made again where it is needed
            self._index(folder).add((record.key.uid, Ids.of(record)) for record in page.messages)
        return noted

    def _index(self, folder: str) -> Index:
        if folder not in self._indexes:
            self._indexes[folder] = Index(self._account.cache / f"{_file_name(folder)}.ids")
        return self._indexes[folder]

    def _ids(self, folder: str, present: Mapping[str, Entry]) -> dict[str, Ids]:
        """The ids of the messages in ``present``, read from the files the index does not know."""
        index = self._index(folder)
        unknown = present.keys() - index.known().keys()
        found: list[tuple[str, Ids]] = []
        for name in unknown:
            with suppress(OSError, UnreadableMail):
                found.append((name, Ids.of(_record(MailKey(folder, "", name), present[name], body=False))))
        with suppress(OSError):
            index.add(found)
        known = index.known()
        return {name: known[name] for name in present if name in known}


def _write(journal: Journal, changes: Iterable[tuple[str, str | None]]) -> None:
    try:
        journal.write(changes)
    except OSError as error:
        raise _no_cache(journal.folder, error) from error


def _no_cache(folder: Path, error: OSError) -> Temporary:
    return Temporary(
        f"{folder} could not be written: {error.strerror or error}", hint="check the free space and the folder's rights"
    )


def _record(key: MailKey, entry: Entry, *, body: bool = True) -> MailRecord:
    stored = disk.read(entry, MAX_BYTES if body else _HEADER_BYTES)
    if body:
        return parse_message(stored.raw, key, received_at=stored.received_at, size=stored.size, flags=entry.flags)
    return parse_header(stored.raw, key, received_at=stored.received_at, size=stored.size, flags=entry.flags)


def _quarantine(page: MailPage, key: MailKey, reason: str, entry: Entry | None) -> None:
    raw = ""
    if entry is not None:
        with suppress(OSError):
            raw = disk.read(entry, _RAW_KEPT).raw.decode("utf-8", "replace")
    page.quarantined.append(Quarantined(f"{key.folder} {key.uid}", reason, raw))
    page.quarantined_keys.append(key)


def _file_name(folder: str) -> str:
    """A name for the folder's files in the cache: readable, and distinct for distinct folders."""
    readable = re.sub(r"[^A-Za-z0-9]+", "-", folder)[:40]
    return f"{readable}-{hashlib.sha256(folder.encode('utf-8', 'replace')).hexdigest()[:10]}"
