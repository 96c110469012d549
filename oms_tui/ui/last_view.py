"""The view an agent left the desk with: shown again at the next start.

The query language is not imported for it before the first frame (some 20 ms): beside the view, the orders at its top
are kept, and the first frame shows these orders as they are now. What the view finds now follows a moment later.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple

from oms_tui.ui.questions import Question

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oms_tui.store.queue_shapes import QueueItem
    from oms_tui.store.session import Session

KEY: Final = "last_view"
KEPT: Final = 50
"""Orders that are kept: what the tallest terminals show."""


class LastView(NamedTuple):
    """A view, and the orders that stood at its top."""

    question: Question
    orders: tuple[int, ...]


def last_view(session: Session) -> LastView | None:
    """What the agent left, None if that is the queue itself or cannot be read."""
    found = session.store.desk.execute(
        "SELECT value FROM preferences WHERE agent=? AND key=?", (session.agent.id, KEY)
    ).fetchone()
    if found is None:
        return None
    try:
        kept = json.loads(found[0])
        question = Question(str(kept["query"]), str(kept["sort"]), str(kept["title"]), tuple(map(str, kept["columns"])))
        return LastView(question, tuple(map(int, kept["orders"]))) if question != Question() else None
    except (ValueError, KeyError, TypeError):
        return None  # written by another version: the queue itself is right as well


def first_items(session: Session, orders: Sequence[int]) -> list[QueueItem]:
    """The orders that stood at its top, as they are now."""
    from oms_tui.store.reads.queue import items

    return items(session.store, orders)


def remember(session: Session, question: Question, orders: Sequence[int]) -> None:
    """Keep a view for the next start; a desk that is open for reading only keeps nothing."""
    from oms_tui.store import desk_rows

    if session.store.read_only:
        return
    value = json.dumps(question._asdict() | {"orders": list(orders[:KEPT])}, ensure_ascii=False)
    row = desk_rows.get(session.store.desk, "preferences", session.agent.id, KEY)
    if row is None or row["value"] != value:
        desk_rows.put(session.store.desk, "preferences", {"agent": session.agent.id, "key": KEY, "value": value})
