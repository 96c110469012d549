"""Things to do by a time, as rows of the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.actions.base import Refused

if TYPE_CHECKING:
    from oms_tui.store.desk_rows import Values
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem
    from oms_tui.store.writes.desk_write import DeskWrite


def open_tasks(session: Session, order: QueueItem) -> list[Values]:
    """The order's open tasks, the one due first in front."""
    from oms_tui.store import desk_rows

    return list(
        desk_rows.select(
            session.store.desk,
            "tasks",
            "source=? AND remote_id=? AND state='open'",
            [order.source, order.remote_id],
            "due_at, id",
        )
    )


def plain_tasks(session: Session, order: QueueItem) -> list[Values]:
    """The same without milestone calls: these end by being logged."""
    return [task for task in open_tasks(session, order) if task["kind"] != "milestone_call"]


def find_task(session: Session, order: QueueItem, wanted: str) -> Values:
    """The open task meant: by id, by the beginning of its title, else the one due first.

    Raises:
        Refused: there is none.
    """
    text = wanted.strip().casefold()
    tasks = plain_tasks(session, order)
    for task in tasks:
        if text in {"", task["id"].casefold()} or task["title"].casefold().startswith(text):
            return task
    titles = ", ".join(task["title"] for task in tasks)
    raise Refused(f"no open task is called {wanted!r}" if wanted else "it has no open task", field="task", hint=titles)


def open_task(write: DeskWrite, session: Session, order: QueueItem, kind: str, *, title: str, due_at: int) -> Values:
    """Open a task on an order, for its owner if it has one, else for who asks."""
    from oms_tui.store.ids import unique

    return write.insert(
        "tasks",
        id=unique(),
        source=order.source,
        remote_id=order.remote_id,
        kind=kind,
        title=title,
        owner=order.owner or session.agent.id,
        due_at=due_at,
        state="open",
        created_by=session.agent.id,
        created_at=write.now,
    )


def end_task(write: DeskWrite, task: Values, outcome: str, *, state: str = "done") -> None:
    """A task is done, or dropped."""
    write.merge("tasks", (task["id"],), state=state, outcome=outcome, done_at=write.now)
