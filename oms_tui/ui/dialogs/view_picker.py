"""Choosing a view by a few letters: its name, how many orders it has, and below what it asks and where it stands."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Input

from oms_tui.ui.dialogs.frame import FramedDialog
from oms_tui.ui.lines import LinesView
from oms_tui.ui.questions import Question, view_count
from oms_tui.ui.rows import Part, Row, clean, spread, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.widget import Widget

    from oms_tui.ui.messages import Answer
    from oms_tui.ui.reader import Reader
    from oms_tui.ui.views import Choice

KEPT_SECONDS: Final = 30.0
"""So long a count is shown again without counting."""

_MOST: Final = 1000
_DEFINED: Final = 5
_ROOMY: Final = 24  # lines of the terminal from which the definition has room

Counts = dict[Question, tuple[int | None, float]]
"""What each view had, and when that was counted (``time.monotonic``). None: counting took too long."""


class ViewRows(LinesView):
    """A row a view: its name, and how many orders it has."""

    DEFAULT_CSS: ClassVar[str] = "ViewRows { height: 14; background: $oms-over; color: $oms-text; }"

    def __init__(self, counts: Counts, current: Question) -> None:
        super().__init__()
        self.choices: Sequence[Choice] = ()
        self._counts = counts
        self._current = current

    @property
    def shows_cursor(self) -> bool:
        """Always: the keys go into the line above, and this follows."""
        return True

    def rows_for(self, width: int) -> Sequence[Row]:
        """The views that fit what was typed."""
        if not self.choices:
            return [Row((Part("no view is called like that", "muted"),))]
        return [self._row(choice, width) for choice in self.choices]

    def _row(self, choice: Choice, width: int) -> Row:
        question = choice.question
        here = question.title == self._current.title
        name = Part(question.title, "accent" if here else "text", bold=here)
        number = _count_part(*self._counts[question]) if question in self._counts else Part("…", "faint")
        about = Part(f"  {choice.help}" if choice.help else "", "muted")
        return Row(spread([name, about], [number], width), key=question.title)


def _count_part(count: int | None, _counted_at: float) -> Part:
    if count is None:
        return Part("not counted", "faint")
    return Part(f"{count:,}{'+' if count >= _MOST else ''}", "strong" if count else "muted")


def definition(choice: Choice, width: int) -> list[Row]:
    """What the view asks, its order and columns, and where that is written."""
    question = choice.question
    query = [Row((Part(line, "text"),)) for line in wrap(clean(question.query or "every open order"), width)]
    more = [f"by {question.sort.replace('_', ' ')}"]
    if question.columns:
        more.append(f"shows {', '.join(question.columns)}".replace("_", " "))
    more.append(f"from {choice.file}" if choice.file else "on every desk")
    about = [f"{choice.help}: "] if choice.help else []
    return [*query, *(Row((Part(line, "muted"),)) for line in wrap("".join((*about, " · ".join(more))), width))]


class Definition(LinesView, can_focus=False):
    """The definition of the view under the cursor."""

    CURSOR = "none"
    DEFAULT_CSS: ClassVar[str] = (
        "Definition { height: 6; border-top: solid $oms-border; background: $oms-over; color: $oms-text; }"
    )

    def __init__(self) -> None:
        super().__init__()
        self._choice: Choice | None = None

    def show(self, choice: Choice | None) -> None:
        """Show another one."""
        if choice != self._choice:
            self._choice = choice
            self.reload()

    def rows_for(self, width: int) -> Sequence[Row]:
        """As many lines as there is room for; the last says that there are more."""
        rows = definition(self._choice, width) if self._choice else []
        return rows if len(rows) <= _DEFINED else [*rows[: _DEFINED - 1], Row((Part("…", "faint"),))]


class ViewPicker(FramedDialog[Question]):
    """Hands back the view that was chosen. Counts come one by one, so that they never stand in the way of a question.

    Args:
        choices: every view.
        current: what is shown now.
        reader: counts.
        counts: what was counted lately; kept by the caller from one opening to the next.
    """

    WIDTH: ClassVar[int] = 92
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,ctrl+n", "step(1)", "Next", show=False, id="views.next", priority=True),
        Binding("up,ctrl+b", "step(-1)", "Before", show=False, id="views.previous", priority=True),
    ]

    def __init__(self, choices: Sequence[Choice], current: Question, reader: Reader, counts: Counts) -> None:
        super().__init__("Which orders?")
        self._choices = choices
        self._reader = reader
        self._counts = counts
        self._input = Input(placeholder="a few letters of a view's name", compact=True)
        self._input.cursor_blink = False
        self.list = ViewRows(counts, current)
        self._definition = Definition()
        self._uncounted = [
            each.question for each in choices if monotonic() - counts.get(each.question, (0, -1e9))[1] > KEPT_SECONDS
        ]

    def inside(self) -> Iterable[Widget]:
        """The letters, the list, the definition."""
        yield self._input
        yield self.list
        yield self._definition

    def hint(self) -> tuple[Part, ...]:
        """The keys."""
        key = Part("enter", "accent", bold=True)
        return (Part("↑↓", "accent"), Part(" choose  ", "muted"), key, Part(" shows it  ", "text"), *super().hint())

    def fit(self) -> None:
        """On a small screen the list is shorter."""
        super().fit()
        height = self.app.size.height
        self._definition.display = height >= _ROOMY
        self.list.styles.height = max(3, min(len(self._choices), height - (13 if self._definition.display else 6)))

    def on_mount(self) -> None:
        """All of them, and the first count."""
        super().on_mount()
        self._input.focus()
        self._find("")
        self.call_after_refresh(self._show_definition)  # the list has no width before, and nothing under its cursor
        self._count_next()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._find(event.value)

    def _find(self, text: str) -> None:
        """Names that have the letters, those that begin so first."""
        wanted = text.casefold().strip()
        found = [each for each in self._choices if wanted in each.question.title.casefold()]
        found.sort(key=lambda each: not each.question.title.casefold().startswith(wanted))
        self.list.choices = found
        self.list.reload(top=True)
        self._show_definition()

    def _count_next(self) -> None:
        if self._uncounted:
            self._reader.ask("count", self, view_count, self._uncounted[0])

    def on_answer(self, event: Answer) -> None:
        """A count; one that failed is told as one that was not counted: the view itself says what is wrong."""
        event.stop()
        question = self._uncounted.pop(0)
        self._counts[question] = (None if event.error else event.value, monotonic())
        self.list.reload()
        self._count_next()

    def _show_definition(self) -> None:
        self._definition.show(self._chosen())

    def _chosen(self) -> Choice | None:
        return next((each for each in self.list.choices if each.question.title == self.list.cursor_key), None)

    def action_step(self, step: int) -> None:
        """The next view, or the one before."""
        self.list.action_row(step)
        self._show_definition()

    @on(Input.Submitted)
    def _taken(self) -> None:
        if chosen := self._chosen():
            self.dismiss(chosen.question)

    @on(LinesView.Opened)
    def _clicked(self, event: LinesView.Opened) -> None:
        event.stop()
        self._taken()
