"""Tasks over all orders: whose, by when, on which order; by the index of what is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oms_tui.store.order_names import ids_of
from oms_tui.store.reads.queue import items
from oms_tui.store.work_shapes import TaskItem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oms_tui.store.shapes import QueueItem
    from oms_tui.store.workspace import Workspace

MOST = 500
"""Tasks that one list shows."""


def tasks(
    store: Workspace, *, owner: str | None = None, kind: str = "", before: int | None = None, limit: int = MOST
) -> list[TaskItem]:
    """Open tasks, the one due first in front. One that was given to nobody is of whoever attends to its order.

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
    rows = store.desk.execute(
        "SELECT id, kind, title, owner, due_at, milestone, attempts, created_by, source, remote_id FROM tasks "
        f"WHERE {' AND '.join(conditions)} ORDER BY due_at, id",
        bound,
    )
    found: list[TaskItem] = []
    while len(found) < limit and (part := rows.fetchmany(limit)):
        found += [item for item in _items(store, part) if owner is None or item.owner in {owner, ""}]
    rows.close()
    return found[:limit]


def _items(store: Workspace, rows: list[Any]) -> Iterator[TaskItem]:
    orders = _orders(store, [(row[-2], row[-1]) for row in rows])
    for task, kind, title, owner, due_at, milestone, attempts, created_by, source, remote_id in rows:
        order = orders.get((source, remote_id))
        yield TaskItem(
            id=task,
            kind=kind,
            title=title,
            owner=owner or (order.owner if order else ""),
            due_at=due_at,
            milestone=milestone,
            attempts=attempts,
            created_by=created_by,
            source=source,
            remote_id=remote_id,
            order=order,
        )


def _orders(store: Workspace, names: list[tuple[str, str]]) -> dict[tuple[str, str], QueueItem]:
    """The orders of these names that are in the store."""
    found = items(store, list(ids_of(store.cache, names).values()))
    return {(item.source, item.remote_id): item for item in found}
