"""What of a folder has been handed over: UID, content identity and flags of every message, kept beside the cursor.

UIDs alone would do while the server keeps its word. The identity is for the day it does not: when UIDVALIDITY changes,
every message gets a new UID, and only what it is tells which one it was.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from connectors.errors import Temporary
from connectors.mail.maildir_journal import Journal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from connectors.mail.imap_uids import UidSet

UNREADABLE = "?"  # identity of a message that could not be read: never taken for another one
_UNFIT = re.compile(r"[\t\n\r]")


def identity(message_id: str, size: int | None, received_at: datetime | None) -> str:
    """Message-ID, size and arrival as one word. A Message-ID alone is not unique, and may be missing."""
    name = hashlib.sha256(message_id.encode("utf-8", "replace")).hexdigest()[:16] if message_id else ""
    return f"{name}.{size or 0}.{int(received_at.timestamp()) if received_at else ''}"


class Known:
    """The messages of one folder that the cursor counts as handed over."""

    def __init__(self, folder: Path, name: str, cursor: Mapping[str, Any] | None) -> None:
        self._cache, self._prefix = folder, f"imap-{_file_name(name)}.journal-"
        try:
            self._journal = Journal.open(folder, self._prefix, cursor)
        except OSError as error:
            raise _no_cache(folder, error) from error
        wanted = bool(cursor and cursor.get("journal"))
        self.lost = wanted and self._journal.name != (cursor or {}).get("journal")

    def matches(self, cursor: Mapping[str, Any] | None) -> bool:
        """Whether this is still the state the cursor speaks of."""
        return bool(cursor) and all((cursor or {}).get(key) == value for key, value in self._journal.cursor().items())

    def __len__(self) -> int:
        return len(self._journal.known)

    def __contains__(self, uid: int) -> bool:
        return str(uid) in self._journal.known

    def uids(self) -> list[int]:
        """Every UID handed over."""
        return [int(uid) for uid in self._journal.known]

    def within(self, uids: UidSet) -> list[int]:
        """Those of ``uids`` that are known; a server may name far more than there ever were."""
        if len(uids) <= len(self):
            return [uid for uid in uids if uid in self]
        return [uid for uid in self.uids() if uid in uids]

    def flags(self, uid: int) -> tuple[str, ...]:
        """The flags last handed over."""
        return tuple(self._journal.known[str(uid)].split(" ")[1:])

    def identities(self) -> dict[str, list[int]]:
        """UIDs by identity, each list ascending; unreadable messages are left out."""
        found: dict[str, list[int]] = {}
        for uid in sorted(self.uids()):
            what = self.identity(uid)
            if what != UNREADABLE:
                found.setdefault(what, []).append(uid)
        return found

    def identity(self, uid: int) -> str:
        """The content identity of a known message."""
        return self._journal.known[str(uid)].split(" ", 1)[0]

    def write(
        self,
        *,
        added: Iterable[tuple[int, str, tuple[str, ...]]] = (),
        flagged: Iterable[tuple[int, tuple[str, ...]]] = (),
        gone: Iterable[int] = (),
    ) -> None:
        """Remember what the page that is about to be handed over tells."""
        changes: list[tuple[str, str | None]] = [(str(uid), None) for uid in gone]
        changes += [(str(uid), _value(self.identity(uid), flags)) for uid, flags in flagged]
        changes += [(str(uid), _value(what, flags)) for uid, what, flags in added]
        if not changes and self._journal.name:
            return
        try:
            self._journal.write(changes)
        except OSError as error:
            raise _no_cache(self._cache, error) from error

    def restart(self) -> None:
        """Begin anew in another file; the old one stays until a cursor names the new one."""
        self._journal = Journal(self._cache, self._prefix)

    def cursor(self) -> dict[str, Any]:
        """What the cursor has to hold to find this state again."""
        return self._journal.cursor()


def _value(what: str, flags: tuple[str, ...]) -> str:
    return _UNFIT.sub("", " ".join((what, *flags)))


def _file_name(folder: str) -> str:
    """Readable, and distinct for distinct folders."""
    readable = re.sub(r"[^A-Za-z0-9]+", "-", folder)[:40]
    return f"{readable}-{hashlib.sha256(folder.encode('utf-8', 'replace')).hexdigest()[:10]}"


def _no_cache(folder: Path, error: OSError) -> Temporary:
    return Temporary(
        f"{folder} could not be written: {error.strerror or error}", hint="check the free space and the folder's rights"
    )
