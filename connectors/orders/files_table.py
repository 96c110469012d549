"""One file as rows of our fields, whatever its format."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from connectors.orders import files_spool as spool
from connectors.orders.files_columns import MOST_COLUMNS, Columns, columns_of, lacking, what_is_wrong
from connectors.orders.files_kinds import KINDS, fold
from connectors.orders.files_text import Layout, layout_of, records, trimmed
from connectors.orders.files_values import Notation, date_evidence, decimal_evidence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from io import BufferedReader
    from pathlib import Path

    from connectors.orders.files_folder import Entry
    from connectors.orders.files_kinds import Kind
    from connectors.orders.files_settings import Settings

_DECIMALS: Final = frozenset(
    (
        "total",
        "amount",
        "unit_price",
        "captured",
        "paid",
        "balance",
        "shipping",
        "discount",
        "tax",
        "tax_total",
        "weight_kg",
    )
)
_EVIDENCE_ROWS: Final = 2000  # that vote on how the file is written; where they are silent, the rest is asked
_DEEPEST: Final = 6
_LONGEST_TEXT: Final = 1_000_000
_RAW_KEPT: Final = 2000
_CHILDREN: Final = frozenset(
    fold(name)
    for name in (
        *("lines", "line_items", "order_lines", "items", "positions", "positionen", "products", "contents"),
        *("events", "scans", "tracking_events"),
    )
)
_OF_CHILDREN: Final = frozenset(
    (
        *("line_id", "sku", "title", "gtin", "quantity", "unit_price", "tax", "fulfilled", "amount"),
        *("status", "code", "occurred_at", "text", "place", "reason"),
    )
)


@dataclass(slots=True)
class Item:
    """A record of a file: where it lies, and its rows by field (several where JSON nests lines); or what is wrong."""

    line: int
    start: int
    end: int
    next_line: int
    rows: list[dict[str, Any]]
    wrong: str = ""
    raw: str = ""
    open: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A file that was opened: how it is written, and which column holds what."""

    entry: Entry
    kind: Kind
    path: Path
    form: str  # csv, rows or json
    layout: Layout
    columns: Columns
    mapped: Mapping[str, str]
    notation: Notation = field(default_factory=Notation)

    @property
    def spooled(self) -> bool:
        """Whether another file is read in its place."""
        return spool.is_spooled(self.entry, self.path)

    @property
    def begin(self) -> tuple[int, int]:
        """Byte and line of the first record."""
        return self.layout.start, self.layout.line

    def read(
        self, start: int, line: int, *, end: int | None = None, file: BufferedReader | None = None
    ) -> Iterator[Item]:
        """The records from the byte ``start``, on ``line``, to the byte ``end``; ``file`` is ``path``, open already.

        Raises:
            OSError: the file cannot be read.
        """
        if file is None:
            with self.path.open("rb") as opened_here:
                yield from self.read(start, line, end=end, file=opened_here)
            return
        if end is None and not self.spooled:
            end = self.entry.size  # what is appended meanwhile comes with the next reading
        yield from self._json(file, start, line, end) if self.form == "json" else self._csv(file, start, line, end)

    def _csv(self, file: BufferedReader, start: int, line: int, end: int | None) -> Iterator[Item]:
        places = tuple(self.columns.places.items())
        width, exact = len(self.layout.header), self.form == "csv"
        for row in records(file, self.layout, start=start, line=line, end=end):
            cells = row.cells
            if not (exact or row.wrong or any(map(str.strip, cells[1:]))):
                continue  # a blank row of a sheet has its number all the same
            number = row.line if exact else int(cells[0]) if cells and cells[0].isdecimal() else row.line
            item = Item(number, row.start, row.end, row.next_line, [], row.wrong, row.raw, row.open)
            if not row.wrong:
                if len(cells) != width and (len(cells) < width or (exact and len(trimmed(cells)) > width)):
                    item.wrong = f"it has {len(cells)} fields, the header {width}"
                    item.raw = self.layout.delimiter.join(cells)[:_RAW_KEPT]
                else:
                    item.rows = [
                        {
                            own: text if text[0] not in "='" else _plain(text)
                            for own, at in places
                            if (text := cells[at].strip())
                        }
                    ]
            yield item

    def _json(self, file: BufferedReader, start: int, line: int, end: int | None) -> Iterator[Item]:
        seen: dict[tuple[str, ...], Columns] = {}
        for number, (begin, stop, raw, closed) in enumerate(spool.json_lines(file, start=start, end=end), line):
            if not raw.strip():
                continue
            item = Item(number, begin, stop, number + 1, [], open=not closed)
            try:
                found = json.loads(raw, parse_float=Decimal, parse_constant=lambda _: None)
                if not isinstance(found, dict):
                    raise ValueError("it is no table of names and values")  # noqa: TRY004, TRY301 - one message for both
                item.rows = self._objects(found, seen)
            except (ValueError, RecursionError) as error:
                item.wrong = f"it is no JSON record ({str(error)[:120]})"
                item.raw = raw[:_RAW_KEPT].decode("utf-8", "replace")
            yield item

    def _objects(self, found: dict[str, Any], seen: dict[tuple[str, ...], Columns]) -> list[dict[str, Any]]:
        flat, children = _flat(found)
        own = self._named(flat, self.kind, seen)
        inner = KINDS["lines"] if self.kind.name == "orders" else self.kind
        below = [
            {name: value for name, value in self._named(_flat(child)[0], inner, seen).items() if name in _OF_CHILDREN}
            for child in children
        ]
        return [own | each for each in below] or [own]

    def _named(self, flat: dict[str, Any], kind: Kind, seen: dict[tuple[str, ...], Columns]) -> dict[str, Any]:
        names = (kind.name, *flat)
        if names not in seen:
            if len(seen) > _EVIDENCE_ROWS or len(flat) > MOST_COLUMNS:
                raise ValueError(f"it has {len(flat):,} names, or others than all before")
            seen[names] = columns_of(names[1:], kind, self.mapped)
        values = list(flat.values())
        return {own: values[at] for own, at in seen[names].places.items() if values[at] not in {None, ""}}


def opened(entry: Entry, settings: Settings, cache: Path) -> Table:
    """The table in ``entry``.

    Raises:
        UnreadableFile: it is none, in words for the person who put it there.
        MovedError: it changed while it was looked at.
        OSError: it cannot be read.
    """
    kind, mapped = KINDS[entry.kind], settings.mapped(entry.kind)

    def known(cells: Sequence[str]) -> int:
        return columns_of(cells[:MOST_COLUMNS], kind, mapped).known

    path, form = spool.spooled(entry, cache, known=known)
    if form == "json":
        table = Table(entry, kind, path, form, Layout("", "", (), 0, 1), Columns({}), mapped)
        first = next((item for item in islice(table.read(0, 1), _EVIDENCE_ROWS) if item.rows), None)
        if first and first.rows:
            there = Columns(dict.fromkeys(first.rows[0], 0))
            if lacking(there, kind):
                with path.open("rb") as file:
                    names = _flat(json.loads(file.readline()))[0] if first.start == 0 else {}
                columns = columns_of(list(names), kind, mapped)
                raise spool.UnreadableFile(what_is_wrong(settings.source, entry.name, list(names), columns, kind))
    else:
        charset, delimiter = ("utf-8", ",") if form == "rows" else (settings.charset, settings.delimiter)
        if form == "csv" and path != entry.path:
            charset = "utf-8"  # it was written out anew
        layout = layout_of(path, charset=charset, delimiter=delimiter, known=known)
        if len(layout.header) > MOST_COLUMNS:
            raise spool.UnreadableFile(
                f"it has {len(layout.header):,} columns; no export has more than {MOST_COLUMNS:,}"
            )
        columns = columns_of(layout.header, kind, mapped)
        if layout.header and lacking(columns, kind):
            header = layout.header[1:] if form == "rows" else layout.header
            raise spool.UnreadableFile(what_is_wrong(settings.source, entry.name, header, columns, kind))
        table = Table(entry, kind, path, form, layout, columns, mapped)
    return replace(table, notation=_notation(table, settings))


def _notation(table: Table, settings: Settings) -> Notation:
    """How the file writes numbers and days: as the config says, else as most of its values prove.

    The first rows tell; only where one of them could be read in two ways and none decides, the rest is asked too.
    """
    votes: Counter[str] = Counter()
    asked = {"decimal": not settings.decimal, "day": settings.day_first is None}
    for number, item in enumerate(table.read(*table.begin) if any(asked.values()) else ()):
        for row in item.rows:
            votes.update(vote for own, value in row.items() if isinstance(value, str) for vote in _votes(own, value))
        undecided = (asked["decimal"] and votes["?decimal"] and not votes[","] + votes["."]) or (
            asked["day"] and votes["?day"] and not votes["day"] + votes["month"]
        )
        if number >= _EVIDENCE_ROWS and not undecided:
            break
    day_first = settings.day_first
    if asked["day"] and votes["day"] + votes["month"]:
        day_first = votes["day"] > votes["month"]
    most = "," if votes[","] > votes["."] else "." if votes["."] else ""
    return Notation(settings.decimal or most, day_first, settings.zone, settings.currency, settings.day_zone)


def _votes(own: str, value: str) -> Iterator[str]:
    if own in _DECIMALS:
        if "," in value or "." in value:
            yield decimal_evidence(value) or "?decimal"
    elif own.endswith("_at") and "/" in value[:6]:
        first = date_evidence(value)
        yield "?day" if first is None else "day" if first else "month"


def _plain(text: str) -> str:
    """A cell as it was meant: to keep a number's zeros Excel writes ``="00123"``, and Shopify ``'00123``."""
    if text[0] == "=" and text[:2] == '="' and text[-1] == '"':
        return text[2:-1]
    return text[1:] if text[0] == "'" and text[1:2].isdigit() else text


def _flat(found: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Names and values without nesting ("ship_to.city"), and the records inside (lines, events)."""
    flat: dict[str, Any] = {}
    children: list[dict[str, Any]] = []
    _flatten(found, "", flat, children, _DEEPEST)
    return flat, children


def _flatten(
    found: dict[str, Any], path: str, flat: dict[str, Any], children: list[dict[str, Any]], depth: int
) -> None:
    for name, value in found.items():
        key = f"{path}.{name}" if path else str(name)
        if isinstance(value, dict) and depth:
            _flatten(value, key, flat, children, depth - 1)
        elif isinstance(value, list):
            records_inside = [each for each in value if isinstance(each, dict)]
            if fold(str(name)) in _CHILDREN and records_inside:
                children.extend(records_inside)
            else:
                flat[key] = ", ".join(str(each) for each in value if not isinstance(each, dict | list))
        elif isinstance(value, str):
            if len(value) > _LONGEST_TEXT:
                raise ValueError(f"{key} is longer than {_LONGEST_TEXT:,} characters")
            flat[key] = value.strip()
        elif not isinstance(value, dict):
            flat[key] = value
