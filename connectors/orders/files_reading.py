"""What changed in the folder since a cursor, as pages of records.

The cursor remembers of every file its size, its time of change, how far it was read and a digest of what was read. So
an unchanged folder costs a listing, a file that grew is read on from where it ended, and any other change is read anew:
a digest of the head alone would take a nightly export for one that only grew.
"""

from __future__ import annotations

import hashlib
import json
import os
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
    from io import BufferedReader
    from pathlib import Path

    from connectors.orders.files_folder import Entry
    from connectors.orders.files_index import Index
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
        self._settled: list[str] = []  # what the next page says is read anew
        self._delivered = 0
        self._begun: dict[str, int] = {}  # of each file in this run: where reading began,
        self._read: dict[str, tuple[int, int]] = {}  # bytes read and records brought,
        self._left: dict[str, int] = {}  # and bytes to come
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
        self._settled += gone
        if gone and self._grouped:
            self._index.forget(gone)
        self._documents.know(entries)
        ready = settled(work, sleep=self._wait)
        self._left = {entry.name: entry.size for entry in ready if entry.kind != "lines"}
        held: Page | None = None
        for entry in sorted(ready, key=lambda entry: names.index(entry.kind)):
            for page in self._file(entry):
                if held is not None:
                    held.more = True
                    yield held
                held = page
        if self._grouped:
            self._index.sweep()
            self._index.keep()
        spool.clear(self._cache, found.entries)
        yield held or self._told(Page())

    def catch_up(self) -> Documents:
        """Bring the index up to what the folder holds now, handing nothing over; then records can be asked for."""
        names = [kind.name for kind in kinds_of(self._stream)]
        entries = listing(self._settings.folder, self._settings.patterns).of(names)
        noted = {name: json.loads(mark) for name, mark in self._index.marks().items()}
        self._marks = {name: Mark(*mark[1:]) for name, mark in noted.items() if mark[0] == self._settings.digest}
        self._documents.know(entries)
        stale = [entry for entry in entries if not (entry.name in self._marks and self._marks[entry.name].of(entry))]
        for entry in sorted(settled(stale, sleep=self._wait), key=lambda entry: names.index(entry.kind)):
            for _ in self._file(entry):
                self._index.keep()
        return self._documents

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
            with table.path.open("rb") as file:
                if table.spooled or _stamp(file) == (entry.size, entry.mtime):
                    yield from self._table(table, file, mark)
        except (FileNotFoundError, spool.MovedError):
            return  # taken away or changed meanwhile: the next listing says what it is
        except spool.UnreadableFile as error:
            self._marks[entry.name] = Mark(entry.size, entry.mtime, done=1)
            if self._grouped:
                self._index.forget([entry.name])
            self._settled.append(entry.name)
            yield self._told(Page(quarantined=[Quarantined(entry.name, str(error), _head_of(entry))]))
        except OSError as error:
            words = f"it cannot be read: {error.strerror or error}"
            yield self._told(Page(quarantined=[Quarantined(entry.name, words)]))

    @staticmethod
    def _grown(table: Table, file: BufferedReader, mark: Mark | None) -> Any:
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
        _add(digest, file, 0, mark.position)
        return digest if digest.hexdigest() == mark.digest else None

    def _table(self, table: Table, file: BufferedReader, mark: Mark | None) -> Iterator[Page]:
        """The pages of one file from its mark on, or from its beginning where it is another file now.

        Parsing and digest go through one open file, and a page during which it changed is thrown away with the rest:
        half of an old row and half of a new one would look like a row. The next run reads on from the page before.
        """
        entry, kind, stamp = table.entry, table.kind, _stamp(file)
        digest = self._grown(table, file, mark)
        if digest is None:
            mark, digest = None, hashlib.blake2b(digest_size=_DIGEST)
        reader = Reader(kind.name, self._settings, table.notation)
        number = self._index.reading(entry.name, afresh=mark is None) if kind.grouped else 0
        self._documents.add(table, reader)
        position, line = (mark.position, mark.line) if mark else table.begin
        if mark is None:
            self._settled.append(entry.name)
        hashed = mark.position if mark else 0
        batch: list[_Piece] = []
        bad = 0
        for piece in _pieces(table, reader, file, position, line):
            if mark and mark.done and piece.start < mark.size:  # it was read before, when the file ended with it
                self._settled += (f"{entry.name}:{each}" for each in range(piece.line, piece.end[1]))
            if len(batch) >= PAGE or bad >= PAGE:
                hashed = self._hash(table, file, digest, hashed, piece.start)
                if _stamp(file) != stamp:
                    return
                self._marks[entry.name] = Mark(entry.size, entry.mtime, piece.start, piece.line, digest.hexdigest())
                yield self._page(table, number, batch)
                batch, bad = [], 0
            batch.append(piece)
            bad += len(piece.bad)
        if batch:
            # What may go on is read again when the file grows: the last record's rows, a line without its end.
            last = batch[-1]
            may_go_on = last.open or (kind.grouped and last.group is not None)
            position, line = (last.start, last.line) if may_go_on else last.end
        self._hash(table, file, digest, hashed, position)
        if _stamp(file) == stamp:
            self._marks[entry.name] = Mark(entry.size, entry.mtime, position, line, digest.hexdigest(), done=1)
            yield self._page(table, number, batch)

    def _page(self, table: Table, number: int, pieces: list[_Piece]) -> Page:
        """A page with the records that some pieces make. What the index has learned is kept before."""
        kind = table.kind
        page = Page(quarantined=[bad for piece in pieces for bad in piece.bad])
        groups = [(piece.key, piece.group) for piece in pieces if piece.group is not None]
        if kind.grouped:
            self._index.note(_noted(kind.name, number, groups))
            mark = [self._settings.digest, *self._marks[table.entry.name].values()]
            self._index.mark(table.entry.name, json.dumps(mark))
            records, bad = self._documents.build(kind.name, dict(groups))
            page.records += records
            page.quarantined += bad
            self._index.keep()
        else:
            for _, group in groups:
                records, bad = self._documents.singles(group)
                page.records += records
                page.quarantined += bad
        page.total = self._expected(table, pieces, len(page.records))
        return self._told(page)

    def _told(self, page: Page) -> Page:
        """A page with the cursor after it, and with what it settles."""
        page.cursor = self._cursor()
        page.settled, self._settled = self._settled, []
        return page

    def _expected(self, table: Table, pieces: list[_Piece], records: int) -> int | None:
        """How many records the run will bring, as far as the size of what is left tells."""
        self._delivered += records
        if table.kind.name == "lines" or not pieces:
            return None
        size = table.path.stat().st_size if table.spooled else table.entry.size
        done = pieces[-1].end[0] - self._begun.setdefault(table.entry.name, pieces[0].start)
        self._left[table.entry.name] = max(0, size - pieces[-1].end[0])
        self._read[table.entry.name] = (done, self._read.get(table.entry.name, (0, 0))[1] + records)
        bytes_read, brought = map(sum, zip(*self._read.values(), strict=True))
        return self._delivered + round(sum(self._left.values()) * brought / bytes_read) if bytes_read else None

    @staticmethod
    def _hash(table: Table, file: BufferedReader, digest: Any, start: int, end: int) -> int:
        """Take the bytes up to ``end`` into the digest. Of a spool nothing is digested: it is made of one file."""
        if not table.spooled and end > start:
            _add(digest, file, start, end)
        return max(start, end)


def _pieces(table: Table, reader: Reader, file: BufferedReader, start: int, line: int) -> Iterator[_Piece]:
    kind = table.kind
    piece: _Piece | None = None
    for item in table.read(start, line, file=file):
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


def _add(digest: Any, file: BufferedReader, start: int, end: int) -> None:
    """Take some bytes of a file into a digest; where the file is being read stays as it is."""
    while start < end and (chunk := os.pread(file.fileno(), min(_CHUNK, end - start), start)):
        digest.update(chunk)
        start += len(chunk)


def _stamp(file: BufferedReader) -> tuple[int, int]:
    facts = os.fstat(file.fileno())
    return facts.st_size, facts.st_mtime_ns


def _head_of(entry: Entry) -> str:
    """How an unreadable file begins, for the person who looks into it."""
    try:
        with entry.path.open("rb") as file:
            head = file.read(_RAW_KEPT)
    except OSError:
        return ""
    return "" if b"\0" in head or head.startswith(b"PK") else head.decode("utf-8", "replace")
