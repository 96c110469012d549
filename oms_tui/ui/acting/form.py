"""The form of an action: its fields, checked before it is sent off; and the list of what it would do, or did."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from oms_tui.ui.acting.inputs import FormField, Submitted
from oms_tui.ui.dialogs.frame import FramedDialog
from oms_tui.ui.dialogs.rows_dialog import RowsDialog
from oms_tui.ui.queue.row import numbered
from oms_tui.ui.rows import BLANK, Part, Row, wrap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from textual.widget import Widget

    from oms_tui.actions.base import Done, Field

    Values = dict[str, str]
    Check = Callable[[Values], tuple[str, str] | None]

CONFIRM: Final = "y"
"""The key that confirms; no action and no command that asks has it."""


class ActionForm(FramedDialog["dict[str, str]"]):
    """Hands back what was filled in, by field.

    Args:
        title: the action and what it is done to.
        words: what it does, in a sentence.
        fields: what it wants to be told.
        options: by field, the values there are with words.
        check: what is wrong with the values: the field and words; None if nothing is.
        values: what the fields begin with.
        blink: whether cursors blink.
    """

    DEFAULT_CSS: ClassVar[str] = """
    ActionForm .words { color: $oms-muted; margin-bottom: 1; }
    ActionForm .wrong-words { color: $oms-alarm; margin-top: 1; display: none; }
    ActionForm.wrong .wrong-words { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,down", "step(1)", "Next field", id="form.next", show=False),
        Binding("shift+tab,up", "step(-1)", "Field before", id="form.previous", show=False),
    ]

    def __init__(
        self,
        title: str,
        words: str,
        fields: Sequence[Field],
        options: Mapping[str, Sequence[tuple[str, str]]],
        check: Check,
        *,
        values: Mapping[str, str] | None = None,
        blink: bool = False,
    ) -> None:
        super().__init__(title)
        begun = values or {}
        self._words = words
        self._check = check
        self._fields = [
            FormField(field, options.get(field.name, ()), begun.get(field.name, ""), blink=blink) for field in fields
        ]
        self._wrong = Static("", classes="wrong-words", markup=False)

    def inside(self) -> Iterable[Widget]:
        """Words, fields, and what is wrong."""
        yield Static(Content(self._words), classes="words", markup=False)
        yield from self._fields
        yield self._wrong

    def on_mount(self) -> None:
        """Begin with the first field."""
        super().on_mount()
        self._fields[0].input.focus()

    def hint(self) -> tuple[Part, ...]:
        """The keys."""
        more = (Part("tab", "accent"), Part(" next field  ", "muted")) if len(self._fields) > 1 else ()
        return (Part("enter", "accent", bold=True), Part(" does it  ", "text"), *more, *super().hint())

    def action_step(self, step: int) -> None:
        """The next field, or the one before."""
        here = next((at for at, field in enumerate(self._fields) if field.input.has_focus), 0)
        self._fields[(here + step) % len(self._fields)].input.focus()

    def on_submitted(self, event: Submitted) -> None:
        """Enter: checked, then handed back."""
        event.stop()
        values = {field.field.name: field.value for field in self._fields}
        wrong = self._check(values)
        if wrong is None:
            self.dismiss(values)
        else:
            self.tell(*wrong)

    def tell(self, name: str, words: str) -> None:
        """Say what is wrong, and go to the field it is about."""
        self._wrong.update(Content(words))
        self.add_class("wrong")
        for field in self._fields:
            field.set_class(field.field.name == name, "wrong")
            if field.field.name == name:
                field.input.focus()


class Preview(RowsDialog):
    """What would be done to each order; the answer is a key of its own."""

    WIDTH: ClassVar[int] = 100
    BINDINGS: ClassVar[list[BindingType]] = [Binding(CONFIRM, "confirm", "Do it", id="preview.confirm", show=False)]

    def __init__(self, title: str, done: Sequence[Done], then: Callable[[], object]) -> None:
        super().__init__(title)
        self._done = done
        self._then = then

    def rows(self, width: int) -> Sequence[Row]:
        """A line an order, then the question."""
        doable = sum(1 for each in self._done if each.result != "refused")
        rows = done_rows(self._done, width)
        if not doable:
            return [*rows, BLANK, Row((Part("nothing of it can be done; ", "alarm"), *_ESCAPE))]
        question = Part(f" does it to {doable} order{'s' if doable != 1 else ''}   ", "text")
        return [*rows, BLANK, Row((Part(CONFIRM, "warn", bold=True), question, *_ESCAPE))]

    def action_confirm(self) -> None:
        """Yes."""
        if any(each.result != "refused" for each in self._done):
            self.dismiss()
            self._then()


class Outcome(RowsDialog):
    """What became of an action on several orders, failures first."""

    WIDTH: ClassVar[int] = 100

    def __init__(self, title: str, done: Sequence[Done]) -> None:
        super().__init__(title)
        self._done = done

    def rows(self, width: int) -> Sequence[Row]:
        """A line an order."""
        return done_rows(self._done, width)


_ESCAPE: Final = (Part("esc", "accent"), Part(" leaves everything as it is", "muted"))
_SIGNS: Final = {
    "refused": Part("! ", "alarm"),
    "queued": Part("→ ", "info"),
    "done": Part("✓ ", "good"),
    "previewed": Part("  ", "muted"),
}


def done_rows(done: Sequence[Done], width: int) -> list[Row]:
    """What was (or would be) done, what was refused first."""
    rows: list[Row] = []
    for each in sorted(done, key=lambda one: one.result != "refused"):
        number = numbered(each.number)
        words = f"{each.why} ({each.warning})" if each.warning else each.why
        level = "alarm" if each.result == "refused" else "text"
        lead = len(number) + 4
        for at, line in enumerate(wrap(words, max(10, width - lead)) or [""]):
            head = (
                (_SIGNS.get(each.result, Part("  ")), Part(f"{number}  ", "strong")) if not at else (Part(" " * lead),)
            )
            rows.append(Row((*head, Part(line, level))))
    return rows
