"""A task is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.actions.base import EVERYBODY, Action, Field, Outcome
from oms_tui.actions.decisions import ORDER_CHANGED, name_of, write_on
from oms_tui.actions.tasks import end_task, find_task, plain_tasks

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem


def _why_not(session: Session, order: QueueItem) -> str:
    return "" if plain_tasks(session, order) else "it has no open task (a call is done by logging it)"


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    task = find_task(session, order, fields["task"])
    words = f"done: {task['title']}"
    with write_on(session, "done", order, words) as write:
        end_task(write, task, fields["outcome"])
        write.event("task_done", words, name_of(order), {"task": task["id"], "outcome": fields["outcome"]})
        write.changed(ORDER_CHANGED, *name_of(order))
    return Outcome(words, write.undo_id)


def _preview(session: Session, order: QueueItem, fields: Fields) -> str:
    return f"would be done: {find_task(session, order, fields['task'])['title']}"


ACTION = Action(
    id="done",
    title="Task done",
    help="Ends the order's open task that is due first, or the one named.",
    group="order",
    key="d",
    rank=55,
    fields=(
        Field("task", "Task", help="the beginning of its title; none: the one due first"),
        Field("outcome", "How it went"),
    ),
    roles=EVERYBODY,
    why_not=_why_not,
    apply=_apply,
    preview=_preview,
)
