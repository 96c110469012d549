"""The change feed as a screen follows it: what to read again. The tables are the truth, the pragma a hint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.store.driver import data_version, transaction
from oms_tui.store.shapes import Change

if TYPE_CHECKING:
    from oms_tui.store.driver import Connection
    from oms_tui.store.workspace import Workspace

_MOST: Final = 2_000
"""Entries told one by one; when more came at once, a screen reads everything it shows again."""

EVERYTHING: Final = "everything"
"""The kind of a change that says so."""

KEPT: Final = 50_000
"""Entries of the cache's feed that are kept: a screen that slept through more reads everything again."""


class Feed:
    """Follows both files of a store from now on. Belongs to the thread of its connections."""

    def __init__(self, store: Workspace) -> None:
        self._store = store
        self._cache_seq = self._last(store.cache, "change_log")
        self._desk_seq = self._last(store.desk, "desk_changes")
        self._versions = self._now()

    def poll(self) -> list[Change]:
        """What changed since the last call, each thing once, by its last change. Costs 5 µs if nothing did."""
        versions = self._now()
        if versions == self._versions:
            return []
        self._versions = versions
        found: dict[tuple[str, int], Change] = {}
        cache = self._store.cache.execute(
            "SELECT seq, kind, ref FROM change_log WHERE seq > ? ORDER BY seq LIMIT ?", (self._cache_seq, _MOST + 1)
        ).fetchall()
        if len(cache) > _MOST:
            self._cache_seq = self._last(self._store.cache, "change_log")
            found[EVERYTHING, 0] = Change(self._cache_seq, EVERYTHING, 0)
            cache = []
        for seq, kind, ref in cache:
            found.pop((kind, ref), None)
            found[kind, ref] = Change(seq, kind, ref)
            self._cache_seq = seq
        desk = self._store.desk.execute(
            "SELECT seq, kind FROM desk_changes WHERE seq > ? ORDER BY seq LIMIT ?", (self._desk_seq, _MOST)
        ).fetchall()
        for seq, kind in desk:
            found.pop((kind, 0), None)
            found[kind, 0] = Change(seq, kind, 0)
            self._desk_seq = seq
        return list(found.values())

    def _now(self) -> tuple[int, int, int, int]:
        # data_version tells what others committed; total_changes what this connection itself did.
        cache, desk = self._store.cache, self._store.desk
        return data_version(cache), data_version(desk), cache.total_changes, desk.total_changes

    @staticmethod
    def _last(connection: Connection, table: str) -> int:
        return int(connection.execute(f"SELECT coalesce(max(seq), 0) FROM {table}").fetchone()[0])


def trim(cache: Connection) -> None:
    """Forget all but the newest ``KEPT`` entries of the cache's feed."""
    with transaction(cache):
        cache.execute("DELETE FROM change_log WHERE seq <= (SELECT coalesce(max(seq), 0) FROM change_log) - ?", (KEPT,))
