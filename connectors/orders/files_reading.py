"""What changed in the folder since a cursor, as pages of records.

The cursor remembers of every file its size, its time of change, how far it was read and a digest of what was read. So
an unchanged folder costs a listing, a file that grew is read on from where it ended, and any other change is read anew:
a digest of the head alone would take a nightly export for one that only grew.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from connectors.orders import files_spool as spool
from connectors.orders.files_documents import BY_NUMBER, Documents
from connectors.orders.files_folder import listing, settled
from connectors.orders.files_grouped import Group, continues
from connectors.orders.files_kinds import kinds_of
from connectors.orders.files_records import Reader, RowError, bare, key_of
from connectors.orders.files_table import opened
from connectors.records import Page, Quarantined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from connectors.orders.files_folder import Entry
    from connectors.orders.files_index import Index
    from connectors.orders.files_kinds import Kind
    from connectors.orders.files_settings import Settings
    from connectors.orders.files_table import Table

PAGE: Final = 500
"""Records of one page."""

_DIGEST: Final = 16  # bytes
_CHUNK: Final = 1_000_000
_RAW_KEPT: Final = 2000


@dataclass(slots=True)
class Mark:
    """What the cursor remembers of a file."""

    size: int
    mtime: int
    position: int = 0
    line: int = 0
    digest: str = ""
    done: int = 0

    def of(self, entry: Entry) -> bool:
        """Whether the file has not changed since, and was read to its end."""
        return bool(self.done) and (self.size, self.mtime) == (entry.size, entry.mtime)

    def values(self) -> list[Any]:
        """As the cursor keeps it."""
        return [self.size, self.mtime, self.position, self.line, self.digest, self.done]


@dataclass(slots=True)
class _Piece:
    """Rows that stay together on one page: those of one record, with the bad ones among them."""

    start: int
    line: int
    key: str = ""
    group: Group | None = None
    bad: list[Quarantined] = field(default_factory=list)
    end: tuple[int, int] = (0, 0)
    open: bool = False


class Reading:
    """One run over a folder's files of one stream."""

    def __init__(
        self, stream: str, settings: Settings, cache: Path, index: Index, *, wait: Callable[[float], None]
    ) -> None:
        self._stream, self._settings, self._cache, self._index = stream, settings, cache, index
        self._wait = wait
        self._marks: dict[str, Mark] = {}
        self._documents = Documents(settings, cache, index)
        self._grouped = any(kind.grouped for kind in kinds_of(stream))

    def pages(self, cursor: dict[str, Any] | None) -> Iterator[Page]:
        """Every page there is; the last one has ``more`` False.

        Raises:
            ConnectorError: the folder or the cache cannot be used.
        """
        names = [kind.name for kind in kinds_of(self._stream)]
        found = listing(self._settings.folder, self._settings.patterns)
        entries = found.of(names)
        self._take_up(cursor)
        gone = self._marks.keys() - {entry.name for entry in entries}
        work = [entry for entry in entries if not (entry.name in self._marks and self._marks[entry.name].of(entry))]
        if not gone and not work:
            yield Page(cursor=cursor or self._cursor())
            return
        for name in gone:
            del self._marks[name]
        if gone and self._grouped:
            self._index.forget(gone)
        self._documents.know(entries)
        order = {name: place for place, name in enumerate(names)}
        ready = settled(work, sleep=self._wait)
        held: Page | None = None
        for entry in sorted(ready, key=lambda entry: order[entry.kind]):
            for page in self._file(entry):
                if held is not None:
                    held.more = True
                    yield held
                held = page
        if self._grouped:
            self._index.sweep()
            self._index.keep()
        spool.clear(self._cache, found.entries)
        yield held or Page(cursor=self._cursor())

    # ---- the cursor

    def _take_up(self, cursor: dict[str, Any] | None) -> None:
        """Go on where ``cursor`` ended, if it was made by the same settings and with this index."""
        if not cursor or cursor.get("read_as") != self._settings.digest:
            return
        if self._grouped and cursor.get("index") != self._index.token:
            return
        self._marks = {name: Mark(*values) for name, values in cursor.get("files", {}).items()}

    def _cursor(self) -> dict[str, Any]:
        cursor: dict[str, Any] = {
            "read_as": self._settings.digest,
            "files": {name: mark.values() for name, mark in self._marks.items()},
        }
        if self._grouped:
            cursor["index"] = self._index.token
        return cursor

    # ---- one file

    def _file(self, entry: Entry) -> Iterator[Page]:
        mark = self._marks.get(entry.name)
        try:
            table = opened(entry, self._settings, self._cache)
            digest = self._grown(table, mark)
            yield from self._table(table, mark if digest else None, digest or hashlib.blake2b(digest_size=_DIGEST))
        except FileNotFoundError:
            return  # taken away meanwhile: the next listing says so
        except spool.UnreadableFile as error:
            self._marks[entry.name] = Mark(entry.size, entry.mtime, done=1)
            if self._grouped:
                self._index.forget([entry.name])
            bad = Quarantined(entry.name, str(error), _head_of(entry))
            yield Page(quarantined=[bad], cursor=self._cursor())
        except OSError as error:
            words = f"it cannot be read: {error.strerror or error}"
            yield Page(quarantined=[Quarantined(entry.name, words)], cursor=self._cursor())

    def _grown(self, table: Table, mark: Mark | None) -> Any:
        """The digest of what was read before, if all of it still stands where it stood; else None."""
        entry = table.entry
        if mark is None or not mark.digest:
            return None
        same = (mark.size, mark.mtime) == (entry.size, entry.mtime)
        if table.spooled:
            return hashlib.blake2b(digest_size=_DIGEST) if same else None
        if entry.size < mark.position or (entry.size == mark.size and not same):
            return None
        digest = hashlib.blake2b(digest_size=_DIGEST)
        _add(digest, table.path, 0, mark.position)
        return digest if digest.hexdigest() == mark.digest else None

    def _table(self, table: Table, mark: Mark | None, digest: Any) -> Iterator[Page]:
        """The pages of one file from its mark on."""
        entry, kind = table.entry, table.kind
        reader = Reader(kind.name, self._settings, table.notation)
        number = self._index.reading(entry.name, afresh=mark is None) if kind.grouped else 0
        self._documents.add(table, reader)
        hashed = mark.position if mark else 0
        batch: list[_Piece] = []
        bad = 0
        last: _Piece | None = None
        for piece in _pieces(table, reader, *((mark.position, mark.line) if mark else table.begin)):
            if len(batch) >= PAGE or bad >= PAGE:
                hashed = self._hash(table, digest, hashed, piece.start)
                self._marks[entry.name] = Mark(entry.size, entry.mtime, piece.start, piece.line, digest.hexdigest())
                yield self._page(kind, number, batch)
                batch, bad = [], 0
            batch.append(piece)
            bad += len(piece.bad)
            last = piece
        position, line = (mark.position, mark.line) if mark else table.begin
        if last is not None:
            # What may go on is read again when the file grows: the last record's rows, a line without its end.
            may_go_on = last.open or (kind.grouped and last.group is not None)
            position, line = (last.start, last.line) if may_go_on else last.end
        self._hash(table, digest, hashed, position)
        self._marks[entry.name] = Mark(entry.size, entry.mtime, position, line, digest.hexdigest(), done=1)
        yield self._page(kind, number, batch)

    def _page(self, kind: Kind, number: int, pieces: list[_Piece]) -> Page:
        """A page with the records that some pieces make. What the index has learned is kept before."""
        page = Page(quarantined=[bad for piece in pieces for bad in piece.bad])
        groups = [(piece.key, piece.group) for piece in pieces if piece.group is not None]
        if kind.grouped:
            self._index.note(_noted(kind.name, number, groups))
            records, bad = self._documents.build(kind.name, dict(groups))
            page.records += records
            page.quarantined += bad
            self._index.keep()
        else:
            for _, group in groups:
                records, bad = self._documents.singles(group)
                page.records += records
                page.quarantined += bad
        page.cursor = self._cursor()
        return page

    @staticmethod
    def _hash(table: Table, digest: Any, start: int, end: int) -> int:
        """Take the bytes up to ``end`` into the digest. Of a spool nothing is digested: it is made of one file."""
        if not table.spooled and end > start:
            _add(digest, table.path, start, end)
        return max(start, end)


def _pieces(table: Table, reader: Reader, start: int, line: int) -> Iterator[_Piece]:
    kind = table.kind
    piece: _Piece | None = None
    for item in table.read(start, line):
        key, wrong = "", item.wrong
        if not wrong:
            before = piece.group.rows[0] if piece and piece.group and kind.name == "orders" else None
            goes_on = before is not None and continues(item.rows[0], before)
            try:
                key = (
                    piece.key if goes_on and piece else key_of(kind.name, item.rows[0], reader) if kind.grouped else ""
                )
            except RowError as error:
                wrong = str(error)
        joins = piece is not None and (
            (wrong and len(piece.bad) < PAGE)
            or (not wrong and (piece.group is None or (kind.grouped and piece.key == key)))
        )
        if piece is None or not joins:
            if piece is not None:
                yield piece
            piece = _Piece(item.start, item.line)
        piece.end, piece.open = (item.end, item.next_line), item.open
        if wrong:
            raw = item.raw or str({own: str(value)[:200] for row in item.rows for own, value in row.items()})
            piece.bad.append(Quarantined(f"{table.entry.name}:{item.line}", wrong, raw[:_RAW_KEPT]))
            continue
        if piece.group is None:
            piece.key, piece.group = key, Group([], [], reader, table.entry.name, item.start, item.end)
        piece.group.rows += item.rows
        piece.group.lines += [item.line] * len(item.rows)
        piece.group.finish = item.end
    if piece is not None:
        yield piece


def _noted(
    kind: str, number: int, groups: Iterable[tuple[str, Group]]
) -> Iterator[tuple[str, str, int, int, int, int]]:
    """The places of some groups; orders are found by their number too, where their id is another."""
    for key, group in groups:
        place = (number, group.start, group.finish, group.lines[0])
        yield (kind, key, *place)
        if kind == "orders":
            other = bare(str(group.rows[0].get("number", "")))
            if other and other != key:
                yield (BY_NUMBER, other, *place)


def _add(digest: Any, path: Path, start: int, end: int) -> None:
    with path.open("rb") as file:
        file.seek(start)
        while start < end and (chunk := file.read(min(_CHUNK, end - start))):
            digest.update(chunk)
            start += len(chunk)


def _head_of(entry: Entry) -> str:
    """How an unreadable file begins, for the person who looks into it."""
    try:
        with entry.path.open("rb") as file:
            head = file.read(_RAW_KEPT)
    except OSError:
        return ""
    return "" if b"\0" in head or head.startswith(b"PK") else head.decode("utf-8", "replace")
