"""What an action would do to each order, and what it did: a line an order, what was refused first."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType

from oms_tui.ui.dialogs.rows_dialog import RowsDialog
from oms_tui.ui.queue.row import numbered
from oms_tui.ui.rows import BLANK, Part, Row, wrap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from oms_tui.actions.base import Done

CONFIRM: Final = "y"
"""The key that confirms; no action and no command that asks has it."""


class Preview(RowsDialog):
    """What would be done to each order; the answer is a key of its own."""

    WIDTH: ClassVar[int] = 100
    BINDINGS: ClassVar[list[BindingType]] = [Binding(CONFIRM, "confirm", "Do it", id="preview.confirm", show=False)]

    def __init__(self, title: str, done: Sequence[Done], then: Callable[[], object]) -> None:
        super().__init__(title)
        self._done = done
        self._then = then

    def rows(self, width: int) -> Sequence[Row]:
        """A line an order, and the question: below it, or of many above, where it is seen before any scrolling."""
        doable = sum(1 for each in self._done if each.result != "refused")
        rows = done_rows(self._done, width)
        if not doable:
            return [*rows, BLANK, Row((Part("nothing of it can be done; ", "alarm"), *_ESCAPE))]
        words = Part(f" does it to {doable} order{'s' if doable != 1 else ''}   ", "text")
        question = Row((Part(CONFIRM, "warn", bold=True), words, *_ESCAPE))
        if len(self._done) == 1:
            return [*rows, BLANK, question]
        refused = len(self._done) - doable
        cannot = Part(f", not to {refused}: why stands beside each" if refused else "", "alarm")
        return [Row((Part(f"it can be done to {doable}", "good"), cannot)), question, BLANK, *rows]

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


class NotTakenBack(RowsDialog):
    """What undo could not take back of an action on several orders, and why."""

    WIDTH: ClassVar[int] = 100

    def __init__(self, left: Sequence[tuple[str, str]]) -> None:
        super().__init__(f"Taken back, but for {len(left)}")
        self._left = left

    def rows(self, width: int) -> Sequence[Row]:
        """A line an order."""
        from oms_tui.actions.base import Done

        return done_rows([Done(number, "undo", "refused", why) for number, why in self._left], width)


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
            sign = _SIGNS.get(each.result, Part("  "))
            head = (sign, Part(f"{number}  ", "strong")) if not at else (Part(" " * lead),)
            rows.append(Row((*head, Part(line, level))))
    return rows
