"""The floor of a read: the very statements that it ran, run again as they are by a bare connection, rows fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oms_tui.store.driver import sqlite

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from oms_tui.store.workspace import Workspace

_FRAMES = ("BEGIN", "COMMIT", "ROLLBACK")


class _Noted:
    """A connection that notes what it is asked."""

    def __init__(self, real: Any, file: str, notes: list[tuple[str, str, Sequence[Any]]]) -> None:
        self._real, self._file, self._notes = real, file, notes

    def execute(self, text: str, values: Sequence[Any] = ()) -> Any:
        self._notes.append((self._file, text, tuple(values)))
        return self._real.execute(text, values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class Statements:
    """What a read asked of both files, and the rows it brings up."""

    def __init__(self, store: Workspace, read: Callable[[], object]) -> None:
        notes: list[tuple[str, str, Sequence[Any]]] = []
        cache, desk = store.cache, store.desk
        store.cache, store.desk = _Noted(cache, "cache", notes), _Noted(desk, "desk", notes)  # type: ignore[assignment]
        try:
            read()
        finally:
            store.cache, store.desk = cache, desk
        self._files = {
            name: sqlite.connect(f"file:{store.folder / f'{name}.db'}?mode=ro", uri=True, isolation_level=None)
            for name in ("cache", "desk")
        }
        found = [(self._files[file], text, values) for file, text, values in notes if not text.startswith(_FRAMES)]
        self.found = found
        self.rows = sum(len(each) for each in self.again())
        if not self.rows:
            raise RuntimeError("nothing was read: this would measure nothing")

    def again(self) -> list[list[Any]]:
        """Every statement by itself, all its rows fetched."""
        return [connection.execute(text, values).fetchall() for connection, text, values in self.found]

    def again_at_once(self) -> list[list[Any]]:
        """The same inside one transaction on each file, which saves taking its lock every time."""
        for connection in self._files.values():
            connection.execute("BEGIN")
        try:
            return self.again()
        finally:
            for connection in self._files.values():
                connection.execute("COMMIT")

    def close(self) -> None:
        """Let go of the files."""
        for connection in self._files.values():
            connection.close()
