"""What the queue holds: the orders loaded so far, where the cursor is, what is marked. No screen in it.

Orders come in keyset pages; a list that is read again keeps the cursor on the order it was on, wherever that is now,
and where it is gone the cursor stays at its place: the next order moves up under it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from oms_tui.store.shapes import QueueItem

PAGE: Final = 200
"""Orders a page."""

NEAR: Final = 60
"""So many rows before the end of what is loaded, the next page is asked for."""


class QueueModel:
    """The loaded orders.

    Attributes:
        items: in the order of the list.
        after: where the next page starts; None at the end of the list.
        cursor: the index of the order the cursor is on; 0 in an empty list.
        marked: the marked orders, by id, in the order in which they were marked; they stay marked out of sight.
    """

    def __init__(self) -> None:
        self.items: list[QueueItem] = []
        self.after: str | None = None
        self.cursor = 0
        self.marked: dict[int, QueueItem] = {}

    @property
    def current(self) -> QueueItem | None:
        """The order the cursor is on."""
        return self.items[self.cursor] if self.items else None

    @property
    def wants_more(self) -> bool:
        """Whether the cursor is near the end of what is loaded, and there is more."""
        return self.after is not None and self.cursor >= len(self.items) - NEAR

    def index_of(self, order_id: int) -> int | None:
        """Where an order is, None if it is not among those loaded."""
        return next((at for at, item in enumerate(self.items) if item.id == order_id), None)

    def fill(self, items: Iterable[QueueItem], after: str | None) -> None:
        """Another list: the cursor at its top, nothing marked."""
        self.items, self.after, self.cursor = list(items), after, 0
        self.marked.clear()

    def extend(self, items: Iterable[QueueItem], after: str | None) -> None:
        """The next page. An order that moved down meanwhile and comes again is not shown twice."""
        there = {item.id for item in self.items}
        self.items.extend(item for item in items if item.id not in there)
        self.after = after

    def renew(self, items: Sequence[QueueItem], after: str | None) -> list[int]:
        """The same list read again; returns the indexes whose row differs from before (of the longer list)."""
        before, on = self.items, self.current
        self.items, self.after = list(items), after
        for item in items:
            if item.id in self.marked:
                self.marked[item.id] = item
        found = self.index_of(on.id) if on is not None else None
        self.cursor = min(self.cursor, max(0, len(self.items) - 1)) if found is None else found
        both = min(len(before), len(self.items))
        differing = [at for at in range(both) if before[at] != self.items[at]]
        return differing + list(range(both, max(len(before), len(self.items))))

    def go(self, index: int) -> int:
        """Move the cursor to an index, or as near as there are rows; returns where it was."""
        was = self.cursor
        self.cursor = max(0, min(index, len(self.items) - 1))
        return was

    def toggle_mark(self) -> bool:
        """Mark the order the cursor is on, or unmark it; whether it is marked now."""
        item = self.current
        if item is None:
            return False
        if self.marked.pop(item.id, None) is not None:
            return False
        self.marked[item.id] = item
        return True

    def toggle_all(self) -> None:
        """Mark everything that is loaded; with everything marked, nothing."""
        if len(self.marked) >= len(self.items):
            self.marked.clear()
        else:
            self.marked = {item.id: item for item in self.items}

    def chosen(self) -> list[QueueItem]:
        """The orders an action is for: the marked ones, else the one under the cursor."""
        return list(self.marked.values()) or ([self.current] if self.current else [])
