"""Everything that is to be done by a time: an agent's own day, or everybody's; ended, moved or handed over by key."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from oms_tui.domain.vocabulary import TaskKind, words_of
from oms_tui.ui.keys import TASKS
from oms_tui.ui.queue.row import numbered
from oms_tui.ui.rows import BLANK, Column, Part, Row, table
from oms_tui.ui.screens.listing import Listing
from oms_tui.ui.screens.lists import Chosen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.widget import Widget

    from oms_tui.actions.base import Done
    from oms_tui.store.session import Session
    from oms_tui.store.work_shapes import TaskItem
    from oms_tui.ui.lines import LinesView
    from oms_tui.ui.messages import Answer, Changed
    from oms_tui.ui.order.frame import Frame

_COLUMNS: Final = (
    Column(),
    Column(drop=4),
    Column(least=24),
    Column(drop=3),
    Column(least=14, drop=1),
    Column(drop=2),
)
_CALLS: Final = frozenset({TaskKind.MILESTONE_CALL, TaskKind.CALLBACK})


def listed(session: Session, owner: str | None) -> list[TaskItem]:
    """What the list shows: an agent's tasks and nobody's, or everybody's (None)."""
    from oms_tui.store.reads.tasks import tasks

    return tasks(session.store, owner=owner)


class TasksScreen(Listing):
    """One list, in the order of time."""

    PLACE = TASKS
    HERE = "go_tasks"
    DEFAULT_CSS: ClassVar[str] = "TasksScreen Chosen { height: 1fr; }"

    def body(self) -> Iterable[Widget]:
        """The list."""
        self._lines = Chosen("My tasks", id="tasks")
        self._found: list[TaskItem] = []
        self._everybody = False
        yield self._lines

    def on_mount(self) -> None:
        """Read it."""
        super().on_mount()
        self._lines.focus()
        self._lines.say("reading the tasks")
        self._ask()

    def _ask(self) -> None:
        owner = None if self._everybody else self.desk.session.agent.id
        self.desk.reader.ask("list", self, listed, owner)

    def store_changed(self, changed: Changed) -> None:
        """Something was ended, or came up."""
        if changed.kinds() - {"source", "message"}:
            self._ask()

    def on_answer(self, event: Answer) -> None:
        """What the reader found."""
        if event.error:
            self._say_failed(event, self._lines, empty=not self._found)
        elif event.slot == "list":
            self._show(event.value)
        else:
            self._tell(event.value)

    def _show(self, found: list[TaskItem]) -> None:
        self._found = found
        self._lines.border_title = "Everybody's tasks" if self._everybody else "My tasks, and nobody's"
        if not found:
            self._lines.say("nothing is to be done", "good")
        else:
            frame = self._now()
            due = sum(task.due_at <= frame.now for task in found)
            below = f"{due} due · {len(found)}" if due else f"{len(found)}"
            self._lines.show(lambda width: task_rows(found, frame, width), below=below)
        self.show_keys()

    def _tell(self, done: Sequence[Done]) -> None:
        each = done[0]
        refused = each.result == "refused"
        back = "" if refused else f"; {self.desk.keys.shown('undo')} takes it back"
        self.desk.say(f"{numbered(each.number)}: {each.why}{back}", "warning" if refused else "information")
        self._ask()

    def on_chosen_moved(self) -> None:
        """Other keys may mean something."""
        self.show_keys()

    @property
    def _current(self) -> TaskItem | None:
        return next((task for task in self._found if task.id == self._lines.cursor_key), None)

    # ---- commands

    def titles(self) -> dict[str, str]:
        """What the keys do here."""
        return {"open": "to the order", "tasks_whose": "mine" if self._everybody else "everybody's"}

    def refusals(self) -> dict[str, str]:
        """A task of an order that is gone can be read only."""
        task = self._current
        why = "nothing is chosen" if task is None else "" if task.order else "its order is no longer in the store"
        return {"task_done": why, "task_change": why} if why else {}

    def do_task_done(self) -> None:
        """End it; a call is ended by logging it."""
        task = self._current
        if task is None or task.order is None:
            self.desk.say(self.refusals()["task_done"], "warning")
        elif task.kind in _CALLS:
            self._form("log_call", task, {"milestone": task.milestone} if task.milestone else {})
        else:
            self._run("done", task.order.id, {"task": task.id})

    def do_task_change(self) -> None:
        """Another owner, another time."""
        task = self._current
        if task is None or task.order is None:
            self.desk.say(self.refusals()["task_change"], "warning")
        elif task.kind == TaskKind.MILESTONE_CALL:
            self.desk.say("a milestone call is moved on the call board", "warning")
        else:
            self._form("change_task", task, {"task": task.id})

    def do_tasks_whose(self) -> None:
        """Mine, or everybody's."""
        self._everybody = not self._everybody
        self._ask()

    def _form(self, action_id: str, task: TaskItem, given: dict[str, str]) -> None:
        from oms_tui.ui.dialogs.action_form import ActionForm

        order = task.order
        action = next((each for each in self.desk.actions if each.id == action_id), None)
        if order is None or action is None:
            return
        about = f"{numbered(order.number)} {order.name}: {task.title}"
        form = ActionForm(action, self.desk.session, about, given=given)
        self.desk.push_screen(form, partial(self._filled, action_id, order.id))

    def _filled(self, action_id: str, order: int, values: dict[str, str] | None) -> None:
        if values is not None:
            self._run(action_id, order, {name: value for name, value in values.items() if value})

    def _run(self, action_id: str, order: int, fields: dict[str, str]) -> None:
        from oms_tui.actions.run import run

        self.desk.reader.call(run, action_id, [order], fields, to=self, slot="act")

    def on_lines_view_opened(self, event: LinesView.Opened) -> None:
        """Enter: to the order."""
        event.stop()
        task = self._current
        if task is not None and task.order is not None:
            self.desk.show_order(task.order.id)

    def do_back(self) -> None:
        """To the desk."""
        self.desk.do_go_queue()

    def do_copy(self) -> None:
        """The order's number."""
        if (task := self._current) is not None and task.order is not None:
            self.desk.copy(task.order.number)


def task_rows(found: Sequence[TaskItem], frame: Frame, width: int) -> list[Row]:
    """What is overdue, what is due today, what comes later; a line a task."""
    drawn = table(_COLUMNS, [_line(task, frame) for task in found], width)
    rows: list[Row] = []
    before = ""
    for task, parts in zip(found, drawn, strict=True):
        heading = _heading(task, frame)
        if heading != before:
            rows += [BLANK] if rows else []
            rows.append(Row((Part(heading, "alarm" if heading == "Overdue" else "accent", bold=True),)))
            before = heading
        rows.append(Row(parts, key=task.id))
    return rows


def _heading(task: TaskItem, frame: Frame) -> str:
    if task.due_at <= frame.now:
        return "Overdue"
    return "Today" if frame.day(task.due_at) == frame.day(frame.now) else "Later"


def _line(task: TaskItem, frame: Frame) -> list[list[Part]]:
    overdue = task.due_at <= frame.now
    order = task.order
    return [
        [Part(frame.moment(task.due_at), "alarm" if overdue else "text")],
        [Part(frame.due(task.due_at), "muted")],
        [Part(task.title, "strong")],
        [Part(words_of(TaskKind, task.kind) if task.kind != TaskKind.REMINDER else "", "info")],
        [Part(f"{numbered(order.number)} {order.name}" if order else f"{task.remote_id} (gone)", "text")],
        [Part(task.owner or "nobody", "name" if task.owner else "faint")],
    ]
