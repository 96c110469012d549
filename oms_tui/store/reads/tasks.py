"""Tasks over all orders: whose, by when, on which order; by the index of what is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.store.reads.queue import items
from oms_tui.store.work_shapes import TaskItem

if TYPE_CHECKING:
    from oms_tui.store.shapes import QueueItem
    from oms_tui.store.workspace import Workspace

MOST = 500
"""Tasks that one list shows."""


def tasks(
    store: Workspace, *, owner: str | None = None, kind: str = "", before: int | None = None, limit: int = MOST
) -> list[TaskItem]:
    """Open tasks, the one due first in front.

    Args:
        store: both files.
        owner: an agent's tasks and nobody's; None: everybody's.
        kind: a TaskKind, "" for all.
        before: only what is due by then (milliseconds since 1970 UTC).
        limit: tasks at most.
    """
    conditions, bound = ["state='open'"], []
    for condition, value in (("owner IN (?, '')", owner), ("kind=?", kind or None), ("due_at<=?", before)):
        if value is not None:
            conditions.append(condition)
            bound.append(value)
    found = store.desk.execute(
        "SELECT id, kind, title, owner, due_at, milestone, attempts, created_by, source, remote_id FROM tasks "
        f"WHERE {' AND '.join(conditions)} ORDER BY due_at, id LIMIT ?",
        [*bound, limit],
    ).fetchall()
    orders = _orders(store, [(row[-2], row[-1]) for row in found])
    return [
        TaskItem(
            id=task,
            kind=what,
            title=title,
            owner=whose,
            due_at=due_at,
            milestone=milestone,
            attempts=attempts,
            created_by=created_by,
            source=source,
            remote_id=remote_id,
            order=orders.get((source, remote_id)),
        )
        for task, what, title, whose, due_at, milestone, attempts, created_by, source, remote_id in found
    ]


def _orders(store: Workspace, names: list[tuple[str, str]]) -> dict[tuple[str, str], QueueItem]:
    """The orders of these names that are in the store."""
    ids = []
    for source, remote_id in dict.fromkeys(names):
        row = store.cache.execute(
            "SELECT id FROM orders WHERE source=? AND remote_id=?", (source, remote_id)
        ).fetchone()
        if row is not None:
            ids.append(int(row[0]))
    return {(item.source, item.remote_id): item for item in items(store, ids)}
