"""Systems disagree on a fact: every value with its source and age, and a key for each to say that it is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType

from oms_tui.ui.dialogs.rows_dialog import RowsDialog
from oms_tui.ui.rows import BLANK, Part, Row, flow, wrap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from oms_tui.store.shapes import ConflictView, OrderView
    from oms_tui.ui.lines import LinesView
    from oms_tui.ui.order.frame import Frame

    Choose = Callable[[str, str], object]

ACCEPT: Final = "accept"
_MOST: Final = 9
_LEAD: Final = 4


def open_conflict(view: OrderView, field: str = "") -> ConflictView | None:
    """The conflict to be decided: on ``field``, else the first that is open."""
    return next((each for each in view.conflicts if each.state == "open" and field in {"", each.field}), None)


def differing_rows(view: OrderView, conflict: ConflictView, frame: Frame, width: int) -> list[Row]:
    """A number, the value and where it stands, for each side."""
    rows: list[Row] = []
    if conflict.parts:
        rows += [Row((Part(f"they differ in the {', '.join(conflict.parts)}", "muted"),)), BLANK]
    for at, side in enumerate(conflict.values[:_MOST], 1):
        for line_at, line in enumerate(wrap(side.value, max(8, width - _LEAD)) or [""]):
            lead = Part(f" {at}  ", "accent", bold=True) if not line_at else Part(" " * _LEAD)
            rows.append(Row((lead, Part(line, "strong")), key=("side", at) if not line_at else None))
        rows.append(Row((Part(" " * _LEAD), Part(f"{side.called}, read {frame.ago(side.seen_at)} ago", "muted"))))
    rows += [BLANK]
    words = "the number of what is right: the others are asked to change it, or a task says what to change by hand"
    keys = [[Part("1-9", "accent", bold=True), Part(f" {words}", "muted")]]
    keys.append([Part("a", "accent", bold=True), Part(" both may stay", "muted")])
    for group in keys:
        text = group[1].text.strip()
        for at, line in enumerate(wrap(text, max(8, width - _LEAD))):
            rows.append(Row((Part(f"{group[0].text:<4}" if not at else " " * _LEAD, "accent"), Part(line, "muted"))))
    others = [each.field.replace("_", " ") for each in view.conflicts if each.state == "open" and each is not conflict]
    if others:
        rows += [
            BLANK,
            *(Row(line) for line in flow([[Part(f"they also disagree on {', '.join(others)}", "warn")]], width)),
        ]
    return rows


class DifferingDialog(RowsDialog):
    """One disagreement. ``choose`` is told the field and the value that is right, or ``accept``."""

    WIDTH: ClassVar[int] = 90
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(str(at), f"pick({at})", f"Side {at}", id=f"differing.{at}", show=False)
            for at in range(1, _MOST + 1)
        ),
        Binding("a", "accept", "Both may stay", id="differing.accept", show=False),
    ]

    def __init__(self, view: OrderView, conflict: ConflictView, frame: Frame, choose: Choose) -> None:
        self._view, self._conflict, self._frame = view, conflict, frame
        self._choose = choose
        super().__init__(f"#{view.item.number}: {conflict.field.replace('_', ' ')} differs")

    def rows(self, width: int) -> Sequence[Row]:
        """The rows of ``differing_rows``."""
        return differing_rows(self._view, self._conflict, self._frame, width)

    def action_pick(self, at: int) -> None:
        """This side is right."""
        if at <= len(self._conflict.values):
            self._done(self._conflict.values[at - 1].value)

    def action_accept(self) -> None:
        """They may differ."""
        self._done(ACCEPT)

    def _done(self, value: str) -> None:
        self.dismiss()
        self._choose(self._conflict.field, value)

    def on_lines_view_opened(self, event: LinesView.Opened) -> None:
        """Enter on a side picks it."""
        event.stop()
        if isinstance(event.key, tuple):
            self.action_pick(int(event.key[1]))
