"""Messages out of an open folder: headers in batches, whole messages in bounded pieces, and the one that breaks it all.

A batch that cannot be had is halved until the message at fault stands alone; that one is set aside with what can be
read of it, and the rest goes on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connectors.errors import Temporary
from connectors.mail.imap_session import BrokenAnswer, Lost, Refused
from connectors.mail.imap_uids import UidSet
from connectors.mail.message import HEADER_FIELDS, MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connectors.mail.imap_rows import Row
    from connectors.mail.imap_session import Session

HEADER_PAGE = 200  # parsing 200 headers holds the interpreter for some 30 ms
PIECE = 5 * 1024 * 1024  # bytes of message text asked for at once
_POISON_BYTES = 65_536
_AT_FAULT = (Lost, BrokenAnswer, Refused)


@dataclass(slots=True)
class Fetched:
    """One batch, in the order asked for. ``withheld`` are UIDs the server lists and hands nothing over for."""

    rows: list[tuple[int, Row]] = field(default_factory=list)
    poison: list[tuple[int, str, bytes]] = field(default_factory=list)
    withheld: list[int] = field(default_factory=list)
    last: bool = False


class HeaderFetch:
    """Headers of many messages: the next batch is asked for before the present one is handed out."""

    def __init__(
        self, session: Session, folder: str, generation: str, *, fields: Sequence[str] = HEADER_FIELDS
    ) -> None:
        self._session = session
        self._folder = folder
        self._generation = generation
        names = " ".join(name.upper() for name in fields)
        gmail = " X-GM-THRID X-GM-LABELS" if session.has("X-GM-EXT-1") else ""
        # A header literal, not ENVELOPE or BODYSTRUCTURE: three times quicker, and no nested list to overflow a parser.
        self._items = f"(UID FLAGS INTERNALDATE RFC822.SIZE{gmail} BODY.PEEK[HEADER.FIELDS ({names})])"

    def pages(self, uids: Sequence[int]) -> Iterator[Fetched]:
        """Batches of ``uids``. Leaving early is allowed."""
        chunks = [uids[start : start + HEADER_PAGE] for start in range(0, len(uids), HEADER_PAGE)]
        asked = self._ask(chunks[0]) if chunks else None
        for number, chunk in enumerate(chunks):
            page = self._received(chunk, asked)
            page.last = number + 1 == len(chunks)
            asked = None if page.last else self._ask(chunks[number + 1])
            yield page

    def _ask(self, chunk: Sequence[int]) -> bytes | None:
        try:
            self._open()
            return self._session.ask(UidSet.of(chunk), self._items)
        except _AT_FAULT:
            return None  # `_received` asks again, and says what is wrong if it stays

    def _received(self, chunk: Sequence[int], asked: bytes | None) -> Fetched:
        page = Fetched()
        try:
            if asked is not None and self._session.waits_for(asked):
                found = self._session.answer()
            else:
                found = self._fetch(chunk)
        except _AT_FAULT as error:
            found = self._isolated(chunk, page, error)
        poisoned = {uid for uid, _, _ in page.poison}
        missing = [uid for uid in chunk if uid not in poisoned and (uid not in found or found[uid].body is None)]
        if missing:
            self._look_again(missing, found, page)
        page.rows = [(uid, found[uid]) for uid in chunk if uid in found and found[uid].body is not None]
        return page

    def _fetch(self, uids: Sequence[int]) -> dict[int, Row]:
        self._open()
        return self._session.fetch(UidSet.of(uids), self._items)

    def _open(self) -> None:
        if not self._session.ensure(self._folder, self._generation):
            raise Temporary(
                f"{self._session.where}: {self._folder!a} was rebuilt while it was read; it is read anew next time"
            )

    def _isolated(self, uids: Sequence[int], page: Fetched, error: Exception) -> dict[int, Row]:
        """Halve until the fault stands alone. A connection that merely broke is opened again on the way."""
        if len(uids) == 1:
            try:
                return self._fetch(uids)
            except _AT_FAULT as again:
                page.poison.append(
                    (uids[0], f"the server's answer about it cannot be used: {again}", self._start(uids[0]))
                )
                return {}
        found: dict[int, Row] = {}
        middle = len(uids) // 2
        for half in (uids[:middle], uids[middle:]):
            try:
                found.update(self._fetch(half))
            except _AT_FAULT as deeper:
                found.update(self._isolated(half, page, deeper))
        del error
        return found

    def _start(self, uid: int) -> bytes:
        """The beginning of a message that could not be fetched in the usual way, for the person who looks into it."""
        try:
            self._open()
            rows = self._session.fetch(UidSet.of((uid,)), f"(UID BODY.PEEK[]<0.{_POISON_BYTES}>)")
        except _AT_FAULT:
            return b""
        return (rows[uid].body or b"") if uid in rows else b""

    def _look_again(self, missing: Sequence[int], found: dict[int, Row], page: Fetched) -> None:
        """Messages that FETCH left out: deleted meanwhile, or listed and withheld (seen on Exchange Online)."""
        there = self._session.uids("UID", str(UidSet.of(missing)))
        still = [uid for uid in missing if uid in there]
        if still:
            found.update(self._fetch(still))
        page.withheld += [uid for uid in still if uid not in found or found[uid].body is None]


@dataclass(slots=True)
class Whole:
    """A whole message; ``row.body`` holds its bytes. ``failed`` says why there are none."""

    uid: int
    row: Row
    cut: bool = False
    failed: str = ""


def whole(session: Session, folder: str, generation: str, uids: Sequence[int]) -> Iterator[Whole]:
    """The messages of ``uids`` in their order, small ones together. Those that are gone are left out.

    Raises:
        Temporary: the connection failed and could not be made again.
    """
    if not session.ensure(folder, generation):
        return
    gmail = " X-GM-THRID X-GM-LABELS" if session.has("X-GM-EXT-1") else ""
    items = f"(UID FLAGS INTERNALDATE RFC822.SIZE{gmail})"
    about = session.fetch(UidSet.of(uids), items)
    if any(uid not in about for uid in uids) and session.select(folder).generation == generation:
        # What came since this connection opened the folder is not in its view (RFC 3501 7.4.1): it is opened again.
        about = session.fetch(UidSet.of(uids), items)
    batch: list[int] = []
    weight = 0
    for uid in (uid for uid in uids if uid in about):
        size = about[uid].size or 0
        if batch and weight + size > PIECE:
            yield from _together(session, folder, generation, batch, about)
            batch, weight = [], 0
        if size > PIECE:
            yield from _alone(session, folder, generation, uid, about[uid])
            continue
        batch.append(uid)
        weight += size
    yield from _together(session, folder, generation, batch, about)


def _together(
    session: Session, folder: str, generation: str, uids: Sequence[int], about: dict[int, Row]
) -> Iterator[Whole]:
    """Small messages in one answer; where that fails, one by one."""
    if not uids or not session.ensure(folder, generation):
        return
    try:
        found = session.fetch(UidSet.of(uids), "(UID BODY.PEEK[])")
    except _AT_FAULT:
        for uid in uids:
            yield from _alone(session, folder, generation, uid, about[uid])
        return
    for uid in uids:
        body = found[uid].body if uid in found else None
        if body is not None:
            about[uid].body = body
            yield Whole(uid, about[uid])


def _alone(session: Session, folder: str, generation: str, uid: int, row: Row) -> Iterator[Whole]:
    """One message in pieces, up to what the parser reads; a fault that stays is said of it and of no other.

    The announced size may be wrong (Exchange): the last piece is the one that is shorter than asked for.
    """
    pieces: list[bytes] = []
    start = 0
    faults = 0
    while start < MAX_BYTES:
        try:
            if not session.ensure(folder, generation):
                return
            found = session.fetch(UidSet.of((uid,)), f"(UID BODY.PEEK[]<{start}.{PIECE}>)")
        except _AT_FAULT as error:
            faults += 1
            if faults > 1:
                yield Whole(uid, row, failed=f"the server's answer about it cannot be used: {error}")
                return
            continue
        piece = found[uid].body if uid in found else None
        if piece is None:
            return
        pieces.append(piece)
        start += len(piece)
        if len(piece) < PIECE:
            break
    row.body = b"".join(pieces)
    yield Whole(uid, row, cut=start >= MAX_BYTES)
