"""CSV read as a stream of records that know where they lie, whatever a program or a person did to the file.

Every record comes with its line (for people), where it starts and where it ends (for going on later), so that a file of
any size is read in bounded memory and a reading can be taken up in the middle.
"""

from __future__ import annotations

import codecs
import csv
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from io import BufferedReader
    from pathlib import Path

LONGEST_RECORD: Final = 1_000_000
"""Bytes of one record; a longer one is a broken quote or no text."""

LONGEST_FIELD: Final = csv.field_size_limit()
"""Characters of one field: what Python's reader takes, 131,072."""

DELIMITERS: Final = (",", ";", "\t", "|")
_MOST_LINES: Final = 500  # of one record
_TELLING: Final = 4  # columns from which a line with as many delimiters as the header is a row
_OPEN_QUOTE: Final = "a quote is opened and not closed"
_RAW_KEPT: Final = 2000  # bytes shown of a record that cannot be read
_HEADER_WITHIN: Final = 12  # records before the header: titles, a date, blank lines, "sep=;"


@dataclass(slots=True)
class Row:
    """A record: ``line`` from 1, ``start`` and ``end`` in bytes, its ``cells``; or ``wrong`` says why it has none.

    ``next_line`` is the line after it. ``open`` marks the last record of a file that does not end with a line's end:
    more of it may come.
    """

    line: int
    start: int
    end: int
    next_line: int
    cells: list[str]
    wrong: str = ""
    raw: str = ""
    open: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """How a CSV file is written: charset ("": a line is UTF-8 or else Windows-1252), delimiter and header.

    ``start`` and ``line`` are those of the first record after the header.
    """

    charset: str
    delimiter: str
    header: tuple[str, ...]
    start: int
    line: int


class _TooLongError(Exception):
    """A record went on for longer than any record does."""


def layout_of(path: Path, *, charset: str, delimiter: str, known: Callable[[Sequence[str]], int]) -> Layout:
    """How the file at ``path`` is written.

    Args:
        path: the file.
        charset: its charset, "" to find out.
        delimiter: likewise.
        known: how many of some headings mean something.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return _layout(file, charset, delimiter, known)


def _layout(file: BufferedReader, charset: str, delimiter: str, known: Callable[[Sequence[str]], int]) -> Layout:
    skip = len(codecs.BOM_UTF8) if file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8 else 0
    best, most = Layout(charset, delimiter or DELIMITERS[0], (), skip, 1), (0, 0)
    for sign in (delimiter,) if delimiter else DELIMITERS:
        plain = Layout(charset, sign, (), skip, 1)
        for row in islice(records(file, plain, start=skip, line=1), _HEADER_WITHIN):
            # The header has the most known headings; where none is known, the first row, cut so that it is longest.
            score = (known(row.cells), 0 if best.header and row.line != best.line - 1 else len(trimmed(row.cells)))
            if score[0] > most[0] or (most[0] == score[0] == 0 and score > most):
                header = tuple(cell.strip() for cell in trimmed(row.cells))
                best, most = Layout(charset, sign, header, row.end, row.next_line), score
    return best


def records(file: BufferedReader, layout: Layout, *, start: int, line: int, end: int | None = None) -> Iterator[Row]:
    """The records of ``file`` from the byte ``start`` (which is on ``line``) to the byte ``end``, without blank ones.

    Raises:
        OSError: the file cannot be read.
    """
    while True:
        again = yield from _Reading(file, layout, start, line, end).rows()
        if again is None:
            return
        start, line = again


class _Reading:
    """One pass with one csv reader; a broken quote ends it, and another begins on the next line."""

    def __init__(self, file: BufferedReader, layout: Layout, start: int, line: int, end: int | None) -> None:
        self._file, self._layout, self._end = file, layout, end
        self._at, self._line = start, line
        self._width = len(layout.header)
        self._begin(start)

    def _begin(self, start: int) -> None:
        self._taken = self._lines_taken = 0  # of the record being read
        self._first, self._first_end = b"", start  # its first line
        self._closed = True  # whether the last line ended with a line's end
        self._nul = self._like_row = False

    def rows(self) -> Generator[Row, None, tuple[int, int] | None]:
        """Records, until the end or a broken quote: then where to go on."""
        self._file.seek(self._at)
        reader = csv.reader(self._lines(), delimiter=self._layout.delimiter)
        while True:
            start, line = self._at, self._line
            self._begin(start)
            wrong, cells = "", []
            try:
                cells = next(reader)
            except StopIteration:
                return None
            except _TooLongError as error:
                wrong = str(error)
            except csv.Error as error:
                wrong = _words(error)
            if not wrong and self._lines_taken > 1 and self._swallowed(cells):
                wrong = _OPEN_QUOTE
            if wrong:
                yield Row(line, start, self._first_end, line + 1, [], wrong, self._raw())
                return self._first_end, line + 1
            if self._nul:
                yield Row(line, start, self._at, self._line, [], "it holds NUL bytes", self._raw())
            elif any(map(str.strip, cells)):
                yield Row(line, start, self._at, self._line, cells, open=not self._closed)

    def _swallowed(self, cells: Sequence[str]) -> bool:
        """Whether a record of several lines seems to hold other records: a quote was opened and never meant to be."""
        return bool(self._width) and (self._like_row or len(trimmed(cells)) > self._width)

    def _lines(self) -> Iterator[str]:
        while self._end is None or self._at < self._end:
            most = LONGEST_RECORD + 1 if self._end is None else min(self._end - self._at, LONGEST_RECORD + 1)
            raw = self._file.readline(most)
            if not raw:
                return
            length = len(raw)
            if length > LONGEST_RECORD:
                length += self._pass_over()
            if not self._taken:
                self._first, self._first_end = raw[:_RAW_KEPT], self._at + length
            self._taken += length
            self._lines_taken += 1
            self._at += length
            self._line += 1
            if self._lines_taken == 1 and length > LONGEST_RECORD:
                raise _TooLongError(f"it is longer than {LONGEST_RECORD:,} bytes")
            if self._taken > LONGEST_RECORD or self._lines_taken > _MOST_LINES:
                raise _TooLongError(_OPEN_QUOTE)
            self._closed = raw.endswith(b"\n")
            self._nul = self._nul or b"\0" in raw
            text = self._decoded(raw)
            if self._lines_taken > 1 and self._width >= _TELLING:
                self._like_row = self._like_row or text.count(self._layout.delimiter) == self._width - 1
            yield text

    def _pass_over(self) -> int:
        """Leave the rest of a line unread; how many bytes it had."""
        length = 0
        while self._end is None or self._at + LONGEST_RECORD + length < self._end:
            more = self._file.readline(LONGEST_RECORD)
            length += len(more)
            if not more or more.endswith(b"\n"):
                break
        return length

    def _decoded(self, raw: bytes) -> str:
        if self._layout.charset:
            return raw.decode(self._layout.charset, "replace")
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            # Text of Windows-1252 with an accent is hardly ever valid UTF-8, so each line tells by itself.
            return raw.decode("cp1252", "replace")

    def _raw(self) -> str:
        return self._decoded(self._first).strip()


def _words(error: csv.Error) -> str:
    text = str(error)
    if "field larger" in text:
        return f"a field is longer than {LONGEST_FIELD:,} characters"
    return "it has a line's end in the middle of a field" if "new-line" in text else f"it is no CSV ({text})"


def trimmed(cells: Sequence[str]) -> Sequence[str]:
    """Without empty cells at the end: a delimiter too many is no column."""
    last = len(cells)
    while last and not cells[last - 1].strip():
        last -= 1
    return cells[:last]
