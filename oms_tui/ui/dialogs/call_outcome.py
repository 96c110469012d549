"""What became of a call, by one key: reached, nobody there, or to be called back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType

from oms_tui.ui.dialogs.frame import FramedDialog
from oms_tui.ui.dialogs.rows_dialog import DialogRows
from oms_tui.ui.rows import BLANK, Part, Row, cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.widget import Widget

    from oms_tui.ui.lines import LinesView

OUTCOMES: Final = (
    ("1", "reached", "reached them", "ends every call that is open on this order"),
    ("2", "no_answer", "nobody answered", "again in two business hours; does not count"),
    ("3", "callback", "they want to be called back", "asks when"),
    ("4", "more", "with a note, or about one thing only", "all the fields"),
)
"""Key, outcome, words, and what it does."""


class CallOutcomeDialog(FramedDialog[str]):
    """Hands back the outcome, or ``more`` for the whole form.

    Args:
        about: whom and what the call was about, in words.
        phone: the number, "" where none is known.
    """

    WIDTH: ClassVar[int] = 78
    DEFAULT_CSS: ClassVar[str] = "CallOutcomeDialog DialogRows { border: none; height: 7; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, f"take('{outcome}')", words, id=f"call.{outcome}", show=False)
        for key, outcome, words, _ in OUTCOMES
    ]

    def __init__(self, about: str, phone: str) -> None:
        super().__init__("Log the call")
        self._about = about
        self._phone = phone
        self.lines = DialogRows(self.rows)

    def inside(self) -> Iterable[Widget]:
        """The choices."""
        yield self.lines

    def on_mount(self) -> None:
        """The keys go to the choices."""
        super().on_mount()
        self.lines.focus()

    def rows(self, width: int) -> Sequence[Row]:
        """Whom, and what may have become of it."""
        phone = Part(f"  {self._phone}" if self._phone else "  no number known", "strong" if self._phone else "warn")
        rows = [Row(cut([Part(self._about, "text"), phone], width)), BLANK]
        for key, outcome, words, then in OUTCOMES:
            parts = [Part(f"{key}  ", "accent", bold=True), Part(f"{words}  ", "strong"), Part(then, "muted")]
            rows.append(Row(cut(parts, width), key=outcome))
        return rows

    def on_lines_view_opened(self, event: LinesView.Opened) -> None:
        """Enter on one of them."""
        event.stop()
        self.dismiss(str(event.key))

    def action_take(self, outcome: str) -> None:
        """Its key."""
        self.dismiss(outcome)
