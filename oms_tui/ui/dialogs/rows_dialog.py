"""A dialog that shows rows and nothing else; escape, enter or q closes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.screen import ModalScreen

from oms_tui.ui.lines import LANE, LinesView
from oms_tui.ui.order.panel import as_text
from oms_tui.ui.rows import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

    from oms_tui.ui.rows import Row

_BORDER = 2


class DialogRows(LinesView):
    """The rows of a dialog, framed."""

    DEFAULT_CSS = """
    DialogRows {
        border: round $oms-focus;
        border-title-color: $oms-focus;
        border-title-style: bold;
        border-subtitle-color: $oms-muted;
        background: $oms-over;
        color: $oms-text;
    }
    """

    def __init__(self, make: Callable[[int], Sequence[Row]]) -> None:
        super().__init__()
        self._make = make

    def rows_for(self, width: int) -> Sequence[Row]:
        """As the dialog makes them."""
        return self._make(width)


class RowsDialog(ModalScreen[None]):
    """Rows in a frame in the middle; ``WIDTH`` cells wide at most, as high as they need."""

    WIDTH: ClassVar[int] = 84
    TITLE_WORDS: ClassVar[str] = ""
    VIEW: ClassVar[type[DialogRows]] = DialogRows
    DEFAULT_CSS = """
    RowsDialog {
        align: center middle;
        background: $oms-base 60%;
    }
    RowsDialog > Container {
        width: auto;
        height: auto;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", "Close", id="dialog.close", show=False, tooltip="Back to the order")
    ]

    def __init__(self, title: str = "") -> None:
        super().__init__()
        self.lines = self.VIEW(self.rows)
        self._title = title or self.TITLE_WORDS

    def rows(self, width: int) -> Sequence[Row]:
        """What is shown at ``width`` cells."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """The rows alone."""
        with Container():
            yield self.lines

    def on_mount(self) -> None:
        """Size and title."""
        self.lines.border_title = as_text((), self._title)
        self.lines.border_subtitle = as_text((Part("esc", "accent"), Part(" closes", "muted")))
        self._fit()
        self.lines.focus()

    def on_resize(self) -> None:
        """As wide and high as the rows need, and never more than there is."""
        self._fit()

    def _fit(self) -> None:
        width = min(self.WIDTH, self.size.width - 2)
        height = len(self.rows(max(1, width - _BORDER - self.lines.MARGIN - LANE))) + _BORDER
        self.lines.styles.width = width
        self.lines.styles.height = max(3, min(height, self.size.height - 2))

    def on_lines_view_opened(self, event: LinesView.Opened) -> None:
        """Enter on a row; a dialog without anything to open closes."""
        event.stop()
        self.dismiss()

    def action_close(self) -> None:
        """Back to where one was."""
        self.dismiss()
