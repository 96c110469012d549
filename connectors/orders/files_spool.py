"""Files that cannot be read from the middle (workbooks, JSON arrays, UTF-16) written out once as ones that can.

A spool lies in the source's cache: CSV with a comma, or JSON with one record a line. A workbook's rows
begin with their number. It is made again where it is missing, always the same, so positions in it hold.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import os
import re
import zipfile
from typing import TYPE_CHECKING, Any, Final

from connectors.orders.files_folder import unmoved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from io import BufferedReader
    from pathlib import Path

    from connectors.orders.files_folder import Entry

LARGEST_WORKBOOK: Final = 256_000_000
"""Bytes a workbook may unpack to. It is held in memory, and a small file can unpack to terabytes."""

MOST_PARTS: Final = 2_000
LONGEST_ITEM: Final = 4_000_000
"""Characters of one record in JSON."""

_CHUNK: Final = 1_000_000
_LONGEST_CELL: Final = 131_000  # what the csv reader takes
_EXACT: Final = re.compile(r"(-?\d{1,3}\.\d{3})")  # a float that could be read as thousands
_WRAPPED: Final = re.compile(r'\s*\{\s*"[^"\\]*"\s*:\s*\[')
_ARRAY: Final = re.compile(r"\s*\[")
_BETWEEN: Final = re.compile(r"[\s,]*")


class MovedError(Exception):
    """A file changed while it was read: it waits for the next run."""


class UnreadableFile(Exception):
    """A file that cannot be read as what it says it is, in words for the person who put it there."""


def spooled(entry: Entry, cache: Path, *, known: Callable[[Sequence[str]], int]) -> tuple[Path, str]:
    """What to read for ``entry``: a path, and its format: ``csv``, ``rows`` (each begins with its number), ``json``.

    Args:
        entry: a file of the watched folder.
        cache: the source's own folder.
        known: how many of some headings mean something; the sheet with most of them is taken.

    Raises:
        UnreadableFile: it is broken, locked or too large.
        OSError: it cannot be read, or the spool not written.
    """
    ending = entry.path.suffix.lower()
    if ending in {".xlsx", ".xlsm"}:
        return _written(entry, cache, ".csv", lambda path: _workbook(entry.path, path, known)), "rows"
    if ending in {".json", ".jsonl", ".ndjson"}:
        with entry.path.open("rb") as file:
            head = file.read(4096).decode("utf-8-sig", "replace")
        if ending == ".json" and (_ARRAY.match(head) or _WRAPPED.match(head)):
            return _written(entry, cache, ".jsonl", lambda path: _array(entry.path, path)), "json"
        return entry.path, "json"
    with entry.path.open("rb") as file:
        head_bytes = file.read(4)
    charset = _utf16(head_bytes)
    if charset:
        return _written(entry, cache, ".csv", lambda path: _recoded(entry.path, path, charset)), "csv"
    return entry.path, "csv"


def is_spooled(entry: Entry, path: Path) -> bool:
    """Whether what is read is a spool: then growth of the file says nothing of the spool's."""
    return path != entry.path


def clear(cache: Path, present: Sequence[Entry]) -> None:
    """Remove the spools of files that went or changed."""
    keep = {_stem(entry) for entry in present}
    folder = cache / "spool"
    if folder.is_dir():
        for path in folder.iterdir():
            if path.stem not in keep:
                path.unlink(missing_ok=True)


def _stem(entry: Entry) -> str:
    return hashlib.sha256(f"{entry.name}\0{entry.size}\0{entry.mtime}".encode("utf-8", "replace")).hexdigest()[:24]


def _written(entry: Entry, cache: Path, ending: str, write: Callable[[Path], None]) -> Path:
    """The spool of ``entry``, written whole or not at all."""
    path = cache / "spool" / f"{_stem(entry)}{ending}"
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(f"{ending}.{os.getpid()}.part")
    try:
        write(half)
        if not unmoved(entry):
            raise MovedError(entry.name)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
    return path


def _utf16(head: bytes) -> str:
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "utf-16"
    # Excel's "Unicode text" without its mark: every second byte of ASCII is empty.
    if len(head) == 4 and head[1] == head[3] == 0 and head[0] and head[2]:  # noqa: PLR2004 - two characters
        return "utf-16-le"
    return ""


def _recoded(source: Path, target: Path, charset: str) -> None:
    with (
        source.open(encoding=charset, errors="replace", newline="") as read,
        target.open("w", encoding="utf-8", newline="") as write,
    ):
        while chunk := read.read(_CHUNK):
            write.write(chunk)


# ---- workbooks


def _workbook(source: Path, target: Path, known: Callable[[Sequence[str]], int]) -> None:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    _unpacks_small(source)
    try:
        with CalamineWorkbook.from_path(str(source)) as book:
            best, most = None, -1
            for name in book.sheet_names:
                sheet = book.get_sheet_by_name(name)
                head = sheet.to_python(skip_empty_area=False, nrows=12)
                score = max((known([_cell(cell) for cell in row]) for row in head), default=0)
                if score > most and sheet.height:
                    best, most = sheet, score
            if best is None:
                raise UnreadableFile("every sheet of it is empty")
            first = best.start or (0, 0)
            with target.open("w", encoding="utf-8", newline="") as file:
                write = csv.writer(file, lineterminator="\n")
                for number, row in enumerate(best.iter_rows(), first[0] + 1):
                    write.writerow([number, *map(_cell, row)])
    except PasswordError:
        raise UnreadableFile("it is locked with a password: save it without one") from None
    except CalamineError as error:
        raise UnreadableFile(
            f"it is no workbook, or a broken one ({str(error)[:120]}): save it again as XLSX or CSV"
        ) from None
    except (ValueError, OverflowError, MemoryError) as error:
        raise UnreadableFile(f"it cannot be read ({str(error)[:120]}): save it as CSV") from None


def _unpacks_small(source: Path) -> None:
    """Refuse what would fill the memory. Each part is really unpacked: its directory may say anything."""
    try:
        with zipfile.ZipFile(source) as parts:
            members = parts.infolist()
            if len(members) > MOST_PARTS or sum(member.file_size for member in members) > LARGEST_WORKBOOK:
                raise UnreadableFile(f"it unpacks to more than {LARGEST_WORKBOOK // 1_000_000} MB: export it as CSV")
            for member in members:
                with parts.open(member) as part:
                    while part.read(_CHUNK):
                        pass
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise UnreadableFile(
            f"it is no workbook, or a broken one ({str(error)[:80]}): save it again as XLSX or CSV"
        ) from None
    except zipfile.zlib.error as error:  # type: ignore[attr-defined] # zipfile's own import of zlib
        raise UnreadableFile(f"it is a broken workbook ({error}): save it again as XLSX or CSV") from None


def _cell(cell: Any) -> str:
    """A cell as CSV: numbers with a point and dates in ISO, so that neither can be misread."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if cell.is_integer() and abs(cell) < 1e15:  # noqa: PLR2004 - every integer up to here is exact
            return str(int(cell))
        text = repr(round(cell, 10))
        return f"{text}0" if _EXACT.fullmatch(text) else text
    if isinstance(cell, dt.datetime | dt.date | dt.time):
        return cell.isoformat()
    return str(cell)[:_LONGEST_CELL]


# ---- JSON


def _array(source: Path, target: Path) -> None:
    """An array of objects, or the one that an object begins with, as one object a line. Read in pieces."""
    decoder = json.JSONDecoder()
    with source.open(encoding="utf-8-sig", errors="replace") as read, target.open("w", encoding="utf-8") as write:
        text = read.read(_CHUNK)
        begin = _WRAPPED.match(text) or _ARRAY.match(text)
        at = begin.end() if begin else 0
        while True:
            found = _BETWEEN.match(text, at)
            at = found.end() if found else at
            if text[at : at + 1] == "]":
                return
            try:
                _, end = decoder.raw_decode(text, at)
            except RecursionError:
                raise UnreadableFile("it is nested too deeply") from None
            except json.JSONDecodeError as error:
                more = read.read(_CHUNK)
                if not more or len(text) - at > LONGEST_ITEM:
                    raise UnreadableFile(f"it is no JSON ({error.msg}), or not all of it is there yet") from None
                text, at = text[at:] + more, 0
                continue
            if end == len(text) and (more := read.read(_CHUNK)):  # a number may go on
                text, at = text[at:] + more, 0
                continue
            write.write(re.sub(r"[\r\n]+", " ", text[at:end]) + "\n")
            at = end


def json_lines(file: BufferedReader, *, start: int, end: int | None) -> Iterator[tuple[int, int, bytes, bool]]:
    """The lines of a file of JSON lines: start, end, bytes, and whether the line has its end."""
    file.seek(start)
    at = start
    while end is None or at < end:
        raw = file.readline(LONGEST_ITEM if end is None else min(end - at, LONGEST_ITEM))
        if not raw:
            return
        here, at = at, at + len(raw)
        yield here, at, raw, raw.endswith(b"\n")
