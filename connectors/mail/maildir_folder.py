"""One Maildir on disk: what lies in it, reading a message, writing one. The layout is that of qmail's maildir(5).

Reading leaves no trace: nothing is moved from ``new`` to ``cur`` and no flag is set. Writing is complete or not at all.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import stat
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from connectors.errors import Forbidden, NotFound, Temporary

if TYPE_CHECKING:
    from pathlib import Path

SUBFOLDERS = ("new", "cur")
# A folder whose time stamp is younger than this when it is listed may change again within the same tick of a coarse
# file system, unseen (FAT counts in steps of two seconds); it is listed again next time.
SETTLED_NS = 2_100_000_000

_FLAGS = {"S": "\\Seen", "R": "\\Answered", "F": "\\Flagged", "T": "\\Deleted", "D": "\\Draft", "P": "$Forwarded"}
_BREAKS_LINES = re.compile(r"[\t\n\r]")  # in a file's name: the journal has a line a name
_NAMED_BY_TIME = re.compile(r"(\d{9,11})\.")


class Stamps(NamedTuple):
    """Time stamps of ``new`` and ``cur`` in nanoseconds; equal stamps, settled, mean that nothing changed."""

    new: int
    cur: int

    def settled(self, now_ns: int) -> bool:
        """Whether a change after ``now_ns`` is sure to move them."""
        return now_ns - max(self) > SETTLED_NS


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a message lies now, and its flags as IMAP names them."""

    path: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """A message as read from its file. ``raw`` may be the beginning only of its ``size`` bytes."""

    raw: bytes
    size: int
    received_at: datetime


class NotAFile(OSError):
    """What lies there is no regular file (a link, a pipe), and is not opened."""


def is_maildir(path: Path) -> bool:
    """Whether ``path`` has the two folders every Maildir has."""
    return all((path / name).is_dir() for name in SUBFOLDERS)


def stamps(path: Path) -> Stamps:
    """The present time stamps of the Maildir at ``path``.

    Raises:
        NotFound: it is not there, or no Maildir.
        Forbidden: it may not be looked at.
    """
    try:
        return Stamps(*((path / name).stat().st_mtime_ns for name in SUBFOLDERS))
    except OSError as error:
        raise _explained(path, error) from error


def listing(path: Path) -> dict[str, Entry]:
    """Every message by its unique name (what stands before ``:2,``).

    Raises:
        NotFound: it is not there, or no Maildir.
        Forbidden: it may not be read.
    """
    found: dict[str, Entry] = {}
    for name in SUBFOLDERS:  # cur last: where a name is in both, it was just being moved
        try:
            with os.scandir(path / name) as entries:
                for entry in entries:
                    if not entry.name.startswith("."):
                        unique, _, info = entry.name.partition(":")
                        found[_printable(unique)] = Entry(entry.path, _flags(info))
        except OSError as error:
            raise _explained(path, error) from error
    return found


def read(entry: Entry, most: int) -> Stored:
    """The message at ``entry``, at most ``most`` bytes of it.

    Raises:
        FileNotFoundError: it was moved or deleted meanwhile.
        NotAFile: it is no regular file.
        OSError: it cannot be read.
    """
    try:
        handle = os.open(entry.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise NotAFile("it is a link") from error
        raise
    with os.fdopen(handle, "rb") as file:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode):
            raise NotAFile("it is no regular file")
        raw = file.read(most)
    return Stored(raw, facts.st_size, datetime.fromtimestamp(min(max(facts.st_mtime, 0), 2**32), UTC))


def arrived(unique: str, entry: Entry) -> float:
    """When a message came, for sorting, in seconds: most programs write it first in the name."""
    if match := _NAMED_BY_TIME.match(unique):
        return float(match[1])
    try:
        return os.lstat(entry.path).st_mtime
    except OSError:
        return 0.0


def changed_since(entry: Entry, moment_ns: int) -> bool:
    """Whether the file may have appeared since ``moment_ns``: linking and renaming move its change time, never back."""
    try:
        return os.lstat(entry.path).st_ctime_ns >= moment_ns
    except OSError:
        return False


def deliver(path: Path, raw: bytes, *, subfolder: str, info: str = "") -> str:
    """Write ``raw`` into the Maildir at ``path`` (made if need be) and return its unique name.

    Written to ``tmp``, flushed to the disk, then linked to its name, so nobody ever sees half a message. The name
    comes of the content: the same message, written again after a crash, is there once. Lines end as the system has it.

    Raises:
        Temporary: it could not be written; nothing is there.
    """
    name = hashlib.sha256(raw).hexdigest()[:40]
    try:
        for folder in ("tmp", *SUBFOLDERS):
            (path / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        if name in listing(path):
            return name
        draft = path / "tmp" / f"{name}.{secrets.token_hex(4)}"
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
                file.write(raw.replace(b"\r\n", b"\n"))
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):  # written by another at the same moment
                os.link(draft, path / subfolder / f"{name}{info}")
        finally:
            draft.unlink(missing_ok=True)
        _flush_folder(path / subfolder)
    except OSError as error:
        raise Temporary(
            f"the message could not be written to {path}: {error.strerror or error}",
            hint="check the folder's rights and the free space; it is tried again by itself",
        ) from error
    return name


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _printable(unique: str) -> str:
    return _BREAKS_LINES.sub("\ufffd", os.fsencode(unique).decode("utf-8", "replace"))


def _flags(info: str) -> tuple[str, ...]:
    return (
        tuple(_FLAGS[letter] for letter in info.removeprefix("2,") if letter in _FLAGS) if info.startswith("2,") else ()
    )


def _explained(path: Path, error: OSError) -> Exception:
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return NotFound(
            f"{path} is no Maildir: it has no {' and '.join(SUBFOLDERS)}",
            hint="check `path` and `folders` of the source",
        )
    if isinstance(error, PermissionError):
        return Forbidden(f"{path} may not be read", hint="give the user this runs as the right to read it")
    return Temporary(f"{path} could not be read: {error.strerror or error}")
