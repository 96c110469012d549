"""FETCH answers to rows, quickly.

IMAPClient's parser walks every byte in Python, and servers repeat the list of header fields in each answer: half a
kilobyte a message. The usual shape is therefore read with one expression; whatever has another shape goes to
IMAPClient's parser, which knows all of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from imapclient.imap_utf7 import decode as decode_utf7
from imapclient.response_parser import parse_fetch_response

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Record = bytes | tuple[bytes, bytes] | None

_ITEM = re.compile(
    rb" ?(?:UID (?P<uid>\d{1,10})"
    rb"|FLAGS \((?P<flags>[^()\"{]*)\)"
    rb'|INTERNALDATE "(?P<date>[^"]*)"'
    rb"|RFC822\.SIZE (?P<size>\d{1,18})"
    rb"|MODSEQ \(\d+\)"
    rb"|(?P<body>BODY\[[^\]]*\](?:<\d+>)? \{\d+\}\Z))",
    re.IGNORECASE,
)
_USUAL = re.compile(
    rb'\d+ \(UID ([1-9]\d{0,9}) FLAGS \(([^()"{]*)\) INTERNALDATE "([^"]*)" RFC822\.SIZE (\d{1,18}) '
    rb"BODY\[[^\]]*\] \{(\d{1,10})\}\Z"
)
_ROW = re.compile(rb"\d+ \(")
_BODY = re.compile(rb"BODY\[[^\]]*\](?:<\d+>)?", re.IGNORECASE)
_DATE = re.compile(r" ?(\d{1,2})-([A-Z][a-z]{2})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)\Z")
_MONTHS = {name: number for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}  # noqa: SIM905 - reads as the list it is
_SYSTEM_FLAGS = {name.lower(): name for name in ("\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft")}
_RECENT = "\\recent"


@dataclass(slots=True)
class Row:
    """What a FETCH told of one message; None: it did not say. ``body`` is the one section asked for."""

    uid: int
    flags: tuple[str, ...] | None = None
    received_at: datetime | None = None
    size: int | None = None
    body: bytes | None = None
    thread: str = ""
    labels: tuple[str, ...] = ()

    def merge(self, other: Row) -> None:
        """Take over what a second answer about the same message tells."""
        self.flags = other.flags if other.flags is not None else self.flags
        self.received_at = other.received_at or self.received_at
        self.size = other.size if other.size is not None else self.size
        self.body = other.body if other.body is not None else self.body
        self.thread, self.labels = other.thread or self.thread, other.labels or self.labels


def rows(records: Sequence[Record]) -> dict[int, Row]:
    """Rows by UID of what imaplib collected. Answers without a UID say nothing to us and are passed over.

    Raises:
        ValueError: an answer is broken. (IMAPClient's ProtocolError and RecursionError may come through as well.)
    """
    found: dict[int, Row] = {}
    for group in _groups(records):
        row = _quick(group) or _thorough(group)
        if row is None:
            continue
        if row.uid in found:
            found[row.uid].merge(row)
        else:
            found[row.uid] = row
    return found


def _groups(records: Sequence[Record]) -> Iterator[list[bytes | tuple[bytes, bytes]]]:
    """The records of each message: imaplib splits an answer at its literals."""
    group: list[bytes | tuple[bytes, bytes]] = []
    open_ = False
    for record in records:
        if record is None:
            continue
        if open_:
            group.append(record)
        else:
            group = [record]
        open_ = isinstance(record, tuple)
        if not open_:
            yield group
    if open_:
        raise ValueError("the answer ends after a literal")


def _quick(group: list[bytes | tuple[bytes, bytes]]) -> Row | None:
    """The row, if its answer has the usual shape."""
    head, literal = group[0] if isinstance(group[0], tuple) else (group[0], None)
    if literal is None:
        if not head.endswith(b")"):
            return None
        head = head[:-1]
    elif len(group) != 2 or group[1] != b")":  # noqa: PLR2004 - the literal and the closing bracket
        return None
    if literal is not None and (usual := _USUAL.match(head)):  # what a header page is full of
        uid, flagged, date, size, length = usual.groups()
        if int(length) != len(literal):
            raise ValueError("the answer breaks off inside a message")
        return Row(int(uid), _known_flags(flagged), received(date), int(size), literal)
    start = _ROW.match(head)
    row = None if start is None else _items(head, start.end(), literal)
    if row is None or not row.uid:
        return None
    if literal is not None and not head.endswith(b"{%d}" % len(literal)):
        raise ValueError("the answer breaks off inside a message")
    return row


def _items(head: bytes, place: int, literal: bytes | None) -> Row | None:
    row = Row(0)
    while place < len(head):
        item = _ITEM.match(head, place)
        if item is None:
            return None
        place = item.end()
        match item.lastgroup:
            case "uid":
                row.uid = int(item["uid"])
            case "flags":
                row.flags = _known_flags(item["flags"])
            case "date":
                row.received_at = received(item["date"])
            case "size":
                row.size = int(item["size"])
            case "body":
                row.body = literal
    return row


def _thorough(group: list[bytes | tuple[bytes, bytes]]) -> Row | None:
    shortened = [
        (_BODY.sub(b"BODY[]", part[0], count=1), part[1])
        if isinstance(part, tuple)
        else _BODY.sub(b"BODY[]", part, count=1)
        for part in group
    ]
    parsed: dict[int, dict[bytes, Any]] = parse_fetch_response(shortened, normalise_times=False)
    for uid, items in parsed.items():
        if b"SEQ" in items and not any(
            b"UID" in (part[0] if isinstance(part, tuple) else part).upper() for part in group
        ):
            return None  # keyed by a sequence number, which names nothing that lasts
        row = Row(uid)
        if b"FLAGS" in items:
            row.flags = flags(_texts(items[b"FLAGS"]))
        received_at = items.get(b"INTERNALDATE")
        if isinstance(received_at, datetime):
            row.received_at = received_at.astimezone(UTC)
        size = items.get(b"RFC822.SIZE")
        row.size = size if isinstance(size, int) else None
        if b"BODY[]" in items:
            body = items[b"BODY[]"]
            row.body = body if isinstance(body, bytes) else b"" if body is None else str(body).encode()
        row.thread = str(items.get(b"X-GM-THRID") or "")
        row.labels = tuple(decode_utf7(label) for label in _texts(items.get(b"X-GM-LABELS") or ()))
        return row
    return None


def _texts(values: Sequence[bytes | int]) -> list[bytes]:
    """Atoms as they were: IMAPClient makes numbers of those that look like one."""
    return [value if isinstance(value, bytes) else str(value).encode() for value in values]


def flags(names: Sequence[bytes]) -> tuple[str, ...]:
    r"""Flags in one order and spelling, without ``\Recent``, which is about the session and not the message."""
    texts = (name.decode("ascii", "replace") for name in names)
    return tuple(sorted({_SYSTEM_FLAGS.get(text.lower(), text) for text in texts if text.lower() != _RECENT}))


@lru_cache(maxsize=1024)
def _known_flags(names: bytes) -> tuple[str, ...]:
    """Of a whole list: a mailbox has few different ones."""
    return flags(names.split())


def received(value: bytes) -> datetime | None:
    """INTERNALDATE in UTC; None where it is no date."""
    match = _DATE.match(value.decode("ascii", "replace"))
    if match is None:
        return None
    day, month, year, hour, minute, second, sign, hours, minutes = match.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    try:
        zone = timezone(-offset if sign == "-" else offset) if offset else UTC
        there = datetime(int(year), _MONTHS[month], int(day), int(hour), int(minute), int(second), tzinfo=zone)
        return there.astimezone(UTC) if offset else there
    except (ValueError, KeyError, OverflowError):
        return None
