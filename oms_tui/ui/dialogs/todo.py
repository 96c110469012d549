"""What is to be done on an order: its tasks and the steps of its procedures, ticked, left out or handed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from oms_tui.domain.procedures import StepState
from oms_tui.domain.vocabulary import Role, TaskKind, words_of
from oms_tui.ui.dialogs.frame import FramedDialog
from oms_tui.ui.lines import LANE, LinesView
from oms_tui.ui.rows import BLANK, Part, Row, cut, spread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from textual.widget import Widget

    from oms_tui.domain.procedures import Step
    from oms_tui.store.shapes import OrderView, ProcedureView, TaskView
    from oms_tui.ui.order.frame import Frame

    Act = Callable[[str, Mapping[str, str], bool], object]
    """Do an action with what is known of its fields; True: ask for the others first."""

_CALLS = frozenset({TaskKind.MILESTONE_CALL, TaskKind.CALLBACK})
_SIGNS = {
    StepState.OPEN: Part("· ", "warn"),
    StepState.DONE: Part("✓ ", "good"),
    StepState.SKIPPED: Part("- ", "muted"),
}


def todo_rows(view: OrderView, frame: Frame, width: int) -> list[Row]:
    """The open tasks, the one due first in front; then each procedure with its steps."""
    tasks = sorted((task for task in view.tasks if task.state == "open"), key=lambda task: task.due_at)
    blocks: list[list[Row]] = []
    if tasks:
        blocks.append([Row((Part("Tasks", "accent", bold=True),)), *(_task(task, frame, width) for task in tasks)])
    blocks += [list(_procedure(each, frame, width)) for each in view.procedures]
    if not blocks:
        return [
            Row((Part("nothing is to be done: no task is open, and no procedure is for this order", "muted"),)),
            Row((Part("b", "warn"), Part(" sets a reminder", "muted"))),
        ]
    rows: list[Row] = []
    for block in blocks:
        rows += [BLANK, *block] if rows else block
    return rows


def _task(task: TaskView, frame: Frame, width: int) -> Row:
    overdue = task.due_at <= frame.now
    left = [Part("· ", "alarm" if overdue else "warn"), Part(task.title, "text")]
    if task.kind != TaskKind.REMINDER:
        left.append(Part(f"  {words_of(TaskKind, task.kind)}", "muted"))
    due = Part(f"{frame.moment(task.due_at)}, {frame.due(task.due_at)}", "alarm" if overdue else "muted")
    right = [due, Part(f"  {task.owner or 'nobody'}", "name" if task.owner else "faint")]
    return Row(spread(left, right, width), key=("task", task.id))


def _procedure(each: ProcedureView, frame: Frame, width: int) -> Iterator[Row]:
    yield Row(
        spread(
            [Part(each.name, "accent", bold=True)],
            [Part(f"{each.settled} of {len(each.steps)}", "good" if each.next is None else "muted")],
            width,
        )
    )
    following = each.next
    for step in each.steps:
        yield _step(each.name, step, frame, width, first=step is following)


def _step(procedure: str, step: Step, frame: Frame, width: int, *, first: bool) -> Row:
    settled = step.state != StepState.OPEN
    left = [_SIGNS[step.state], Part(step.rule.title, "muted" if settled else "strong" if first else "text")]
    if settled:
        said = f"{step.by or 'somebody'}, {frame.moment(step.at)}" if step.at is not None else step.by
        right = [Part(said, "muted"), Part("  by itself" if step.by_itself else "", "faint")]
    else:
        who = words_of(Role, step.rule.role) if step.rule.role else "anybody"
        right = [Part("next  " if first else "", "warn"), Part(who, "name" if step.rule.role else "faint")]
    if step.reason:
        left.append(Part(f"  skipped: {step.reason}", "muted"))
    parts = spread(left, right, width)
    return Row(cut(list(parts), width), key=("step", procedure, step.rule.id))


class TodoRows(LinesView):
    """The rows, with a cursor on what can be done."""

    DEFAULT_CSS: ClassVar[str] = "TodoRows { background: $oms-over; color: $oms-text; }"

    def __init__(self, make: Callable[[int], Sequence[Row]]) -> None:
        super().__init__()
        self._make = make

    def rows_for(self, width: int) -> Sequence[Row]:
        """As the dialog makes them."""
        return self._make(width)


class Todo(FramedDialog[None]):
    """Stays open while things are ticked; what is done is done by the desk, which then shows the order anew.

    Args:
        view: the order.
        frame: its clock and zone.
        act: does an action to the order.
    """

    WIDTH: ClassVar[int] = 96
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "tick", "Tick", id="todo.tick", show=False, tooltip="Done; or, if it is, open again"),
        Binding("x", "skip", "Skip", id="todo.skip", show=False, tooltip="Leave the step out, for a reason"),
        Binding("o", "change", "Hand over", id="todo.change", show=False, tooltip="Another owner or time for the task"),
        Binding("b", "remind", "Remind", id="todo.remind", show=False, tooltip="Set a reminder on this order"),
        Binding("q", "close", "Close", id="todo.close", show=False, tooltip="Back to the order"),
    ]

    def __init__(self, view: OrderView, frame: Frame, act: Act) -> None:
        super().__init__(f"To do on #{view.item.number}")
        self.view = view
        self._frame = frame
        self._act = act
        self.lines = TodoRows(lambda width: todo_rows(self.view, self._frame, width))

    def inside(self) -> Iterable[Widget]:
        """The rows."""
        yield self.lines

    def on_mount(self) -> None:
        """The keys go to the rows."""
        super().on_mount()
        self.lines.focus()

    def hint(self) -> tuple[Part, ...]:
        """The keys."""
        keys = (("enter", "does it"), ("space", "ticks"), ("x", "skips"), ("o", "hands over"), ("b", "reminds"))
        parts = [
            Part(text, style) for key, words in keys for text, style in ((key, "accent"), (f" {words}  ", "muted"))
        ]
        return (*parts, *super().hint())

    def fit(self) -> None:
        """As high as the rows need, and never more than there is."""
        super().fit()
        width = min(self.WIDTH, max(20, self.app.size.width - 2)) - 4 - LinesView.MARGIN - LANE
        height = len(todo_rows(self.view, self._frame, width))
        self.lines.styles.height = max(3, min(height, self.app.size.height - 4))

    def show(self, view: OrderView, frame: Frame) -> None:
        """The order was read again."""
        self.view, self._frame = view, frame
        self.fit()
        self.lines.reload()

    # ---- keys

    def on_lines_view_opened(self, event: LinesView.Opened) -> None:
        """Enter: do what it says, where an action does it; else tick it."""
        event.stop()
        task, step = self._chosen_task, self._chosen_step
        if task is not None and task.kind in _CALLS:
            self._call(task)
        elif step is not None and step[1].state == StepState.OPEN and step[1].rule.action:
            self._act(step[1].rule.action, {}, True)
        else:
            self.action_tick()

    def action_tick(self) -> None:
        """Done; what is done or skipped is opened again. A call is done by logging it."""
        task, step = self._chosen_task, self._chosen_step
        if task is not None and task.kind == TaskKind.MILESTONE_CALL:
            self._call(task)
        elif task is not None:
            self._act("done", {"task": task.id}, False)
        elif step is not None:
            action = "step_done" if step[1].state == StepState.OPEN else "step_open"
            self._act(action, {"procedure": step[0], "step": step[1].rule.id}, False)

    def action_skip(self) -> None:
        """Leave a step out; the reason is asked for."""
        step = self._chosen_step
        if step is not None and step[1].state == StepState.OPEN:
            self._act("step_skip", {"procedure": step[0], "step": step[1].rule.id}, True)
        else:
            self.app.bell()

    def action_change(self) -> None:
        """Another owner or time."""
        task = self._chosen_task
        if task is not None and task.kind != TaskKind.MILESTONE_CALL:
            self._act("change_task", {"task": task.id}, True)
        else:
            self.app.bell()

    def action_remind(self) -> None:
        """One more thing to do."""
        self._act("remind", {}, True)

    def _call(self, task: TaskView) -> None:
        self._act("log_call", {"milestone": task.milestone} if task.milestone else {}, True)

    @property
    def _chosen_task(self) -> TaskView | None:
        match self.lines.cursor_key:
            case ("task", str(name)):
                return next((task for task in self.view.tasks if task.id == name), None)
        return None

    @property
    def _chosen_step(self) -> tuple[str, Step] | None:
        match self.lines.cursor_key:
            case ("step", str(procedure), str(name)):
                return next(
                    (
                        (each.name, step)
                        for each in self.view.procedures
                        if each.name == procedure
                        for step in each.steps
                        if step.rule.id == name
                    ),
                    None,
                )
        return None
