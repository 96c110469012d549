"""Records made of rows that may lie anywhere in the folder: the index says where, and the files are read there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.orders import files_spool as spool
from connectors.orders.files_grouped import Group, record_of, where
from connectors.orders.files_kinds import KINDS
from connectors.orders.files_records import Reader, RowError, bare, key_of, single
from connectors.orders.files_table import opened
from connectors.orders.files_values import shown
from connectors.records import Quarantined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from connectors.orders.files_folder import Entry
    from connectors.orders.files_index import Index, Place
    from connectors.orders.files_settings import Settings
    from connectors.orders.files_table import Table
    from connectors.records import Record

BY_NUMBER = "orders#"
"""The index's second name of orders: by number, where their id is another."""

_RAW_KEPT = 2000


class Documents:
    """The folder's files as they are now, opened when they are asked for."""

    def __init__(self, settings: Settings, cache: Path, index: Index) -> None:
        self._settings, self._cache, self._index = settings, cache, index
        self._entries: dict[str, Entry] = {}
        self._open: dict[str, tuple[Table, Reader] | None] = {}
        self._ranks: dict[int, tuple[int, str]] | None = None
        self._reported: set[tuple[str, str, str]] = set()

    def know(self, entries: Iterable[Entry]) -> None:
        """The files there are."""
        self._entries = {entry.name: entry for entry in entries}

    def add(self, table: Table, reader: Reader) -> None:
        """A file that is open already, and was just noted as the newest."""
        self._open[table.entry.name] = (table, reader)
        self._ranks = None

    def singles(self, group: Group) -> tuple[list[Record], list[Quarantined]]:
        """The records of rows that are one each."""
        try:
            found = [record for row in group.rows for record in single(row, group.reader)]
        except RowError as error:
            return [], [_bad([group], error)]
        return found, list(self._unknown(group))

    def build(self, kind: str, groups: Mapping[str, Group]) -> tuple[list[Record], list[Quarantined]]:
        """The records of ``kind`` with these keys; ``groups`` are what was just read of each.

        Groups of lines make the orders they belong to, as far as those were read before.
        """
        if kind == "lines":
            return self._orders_of(groups)
        places = self._index.places(kind, groups)
        rows = {key: self._groups(kind, key, places.get(key, ()), group) for key, group in groups.items()}
        return self._made(kind, rows)

    def fetched(self, kind: str, keys: Sequence[str]) -> list[Record]:
        """The records of ``kind`` with these keys, read again from the files; unreadable ones are left out."""
        places = self._index.places(kind, keys)
        rows = {key: self._groups(kind, key, places.get(key, ()), None) for key in keys}
        return self._made(kind, {key: found for key, found in rows.items() if found})[0]

    # ---- inside

    def _orders_of(self, groups: Mapping[str, Group]) -> tuple[list[Record], list[Quarantined]]:
        ids = [key[1:] for key in groups]
        numbers = [key[1:] for key in groups if key[0] == "n"]
        found: dict[str, list[Place]] = {}
        for name in (BY_NUMBER, "orders"):
            for key, places in self._index.places(name, numbers if name == BY_NUMBER else ids).items():
                found.setdefault(key, places)
        rows = {key: self._groups("orders", "", places, None) for key, places in found.items()}
        return self._made("orders", {key: each for key, each in rows.items() if each})

    def _made(self, kind: str, rows: Mapping[str, list[Group]]) -> tuple[list[Record], list[Quarantined]]:
        lines = self._lines(rows) if kind == "orders" else {}
        records: list[Record] = []
        bad: list[Quarantined] = []
        for key, groups in rows.items():
            below = lines.get(key, [])
            try:
                records.append(record_of(kind, groups, below))
            except RowError as error:
                bad.append(_bad([*below, *groups], error))
            for group in (*groups, *below):
                bad.extend(self._unknown(group))
        return records, bad

    def _lines(self, rows: Mapping[str, list[Group]]) -> dict[str, list[Group]]:
        """The lines that files of lines have for these orders."""
        names: dict[str, tuple[str, str]] = {}
        for key, groups in rows.items():
            head = {own: value for group in groups for row in group.rows for own, value in row.items()}
            number = bare(str(head.get("number", "")))
            names[key] = (f"i{head.get('remote_id') or number}", f"n{number}")
        places = self._index.places("lines", [name for pair in names.values() for name in pair])
        if not places:
            return {}
        return {
            key: [group for name in pair for group in self._groups("lines", name, places.get(name, ()), None)]
            for key, pair in names.items()
        }

    def _groups(self, kind: str, key: str, places: Sequence[Place], read: Group | None) -> list[Group]:
        """The rows at some places that count: of the newest file that has any, or of all where rows add up."""
        ranks = self._live()
        live = [place for place in places if place.reading in ranks]
        if not live:
            return [read] if read else []
        if not KINDS[kind].log:
            newest = max(live, key=lambda place: ranks[place.reading][0]).reading
            live = [place for place in live if place.reading == newest]
        found: list[Group] = []
        for place in sorted(live, key=lambda place: (ranks[place.reading][0], place.start)):
            name = ranks[place.reading][1]
            if read and read.file == name and read.start == place.start:
                found.append(read)
            elif group := self._at(kind, key, name, place):
                found.append(group)
        return found

    def _at(self, kind: str, key: str, name: str, place: Place) -> Group | None:
        """The rows at a place, if they still are those of ``key``."""
        known = self._table(name)
        if known is None:
            return None
        table, reader = known
        group = Group([], [], reader, name, place.start, place.finish)
        try:
            for item in table.read(place.start, place.line, end=place.finish):
                if item.wrong:
                    continue
                if key and not group.rows and key_of(kind, item.rows[0], reader) != key:
                    return None
                group.rows += item.rows
                group.lines += [item.line] * len(item.rows)
        except (OSError, RowError):
            return None  # the file changed under the index: the next run reads it anew
        return group if group.rows else None

    def _table(self, name: str) -> tuple[Table, Reader] | None:
        if name not in self._open:
            entry = self._entries.get(name)
            self._open[name] = None
            if entry is not None:
                try:
                    table = opened(entry, self._settings, self._cache)
                except (OSError, spool.UnreadableFile, spool.MovedError):
                    return None
                self._open[name] = (table, Reader(entry.kind, self._settings, table.notation))
        return self._open[name]

    def _live(self) -> dict[int, tuple[int, str]]:
        if self._ranks is None:
            self._ranks = self._index.readings()
        return self._ranks

    def _unknown(self, group: Group) -> Iterator[Quarantined]:
        """Words that no map knows, each told once a run; the record itself is there."""
        reader = group.reader
        while reader.unknown:
            own, word = reader.unknown.pop()
            if (reader.kind, own, word) not in self._reported:
                self._reported.add((reader.kind, own, word))
                yield Quarantined(
                    f"{group.file}:{group.lines[0] if group.lines else 0}:{own}",  # a row may hold several such words
                    f"{own}: the word {shown(word)} is not known, and left out of account until "
                    f"[sources.{self._settings.source}.values] says what it means",
                    word[:_RAW_KEPT],
                )


def _bad(groups: Sequence[Group], error: RowError) -> Quarantined:
    raw = str({own: str(value)[:200] for own, value in error.row.items()})
    return Quarantined(where(groups, error), str(error), raw[:_RAW_KEPT])
