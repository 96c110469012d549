"""A task is somebody else's from now on, or due at another time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oms_tui.actions.base import EVERYBODY, WHEN_EXAMPLES, Action, Field, Outcome, Refused
from oms_tui.actions.decisions import ORDER_CHANGED, agent_name, name_of, shown_time, write_on
from oms_tui.actions.tasks import find_task, plain_tasks

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.desk_rows import Values
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem


def _why_not(session: Session, order: QueueItem) -> str:
    return "" if plain_tasks(session, order) else "it has no open task"


def _changes(task: Values, fields: Fields) -> dict[str, Any]:
    wanted = {"owner": fields["owner"], "due_at": fields["when"], "title": fields["title"]}
    return {name: value for name, value in wanted.items() if value and value != task[name]}


def _words(session: Session, task: Values, changes: dict[str, Any]) -> str:
    said = []
    if "title" in changes:
        said.append(f"now “{changes['title']}”")
    if "owner" in changes:
        said.append(f"given to {agent_name(session, changes['owner'])}")
    if "due_at" in changes:
        said.append(f"moved to {shown_time(session, changes['due_at'])}")
    return f"task “{task['title']}” {', '.join(said)}"


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    task = find_task(session, order, fields["task"])
    changes = _changes(task, fields)
    if not changes:
        raise Refused("nothing would change", hint="name an owner, a time or other words")
    words = _words(session, task, changes)
    with write_on(session, "change_task", order, words) as write:
        write.merge("tasks", (task["id"],), **changes)
        before = {name: task[name] for name in changes}
        write.event("task_changed", words, name_of(order), {"task": task["id"], "before": before, "after": changes})
        write.changed(ORDER_CHANGED, *name_of(order))
    return Outcome(words, write.undo_id)


def _preview(session: Session, order: QueueItem, fields: Fields) -> str:
    task = find_task(session, order, fields["task"])
    changes = _changes(task, fields)
    return f"would be: {_words(session, task, changes)}" if changes else "nothing would change"


ACTION = Action(
    id="change_task",
    title="Change task",
    help="Gives an open task to somebody else, moves it to another time, or rewords it.",
    group="order",
    rank=59,
    fields=(
        Field("owner", "Owner", "agent", help="an agent's name, or me"),
        Field("when", "When", "when", help=WHEN_EXAMPLES),
        Field("title", "What to do"),
        Field("task", "Task", help="the beginning of its title; none: the one due first"),
    ),
    roles=EVERYBODY,
    why_not=_why_not,
    apply=_apply,
    preview=_preview,
)
