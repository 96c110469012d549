"""The frame that dialogs share: in the middle, over the dimmed desk, escape closes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from oms_tui.ui.order.panel import as_text
from oms_tui.ui.rows import Part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import ComposeResult
    from textual.widget import Widget

Answered = TypeVar("Answered")


class FramedDialog(ModalScreen[Answered | None]):
    """A frame with widgets in it. Closed without an answer it hands back None."""

    WIDTH: ClassVar[int] = 76
    DEFAULT_CSS: ClassVar[str] = """
    FramedDialog {
        align: center middle;
        background: $oms-base 60%;
        & > Vertical {
            height: auto;
            max-height: 100%;
            border: round $oms-focus;
            border-title-color: $oms-focus;
            border-title-style: bold;
            border-subtitle-color: $oms-muted;
            background: $oms-over;
            color: $oms-text;
            padding: 0 1;
        }
        & Static { height: auto; background: $oms-over; color: $oms-text; }
        & Input { border: none; height: 1; padding: 0; background: $oms-field; color: $oms-text; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", id="dialog.cancel", show=False, tooltip="Back, without doing anything")
    ]

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self.box = Vertical()

    def inside(self) -> Iterable[Widget]:
        """The widgets in the frame."""
        raise NotImplementedError

    def hint(self) -> tuple[Part, ...]:
        """What the lower border says."""
        return (Part("esc", "accent"), Part(" back", "muted"))

    def compose(self) -> ComposeResult:
        """The frame with what is in it."""
        with self.box:
            yield from self.inside()

    def on_mount(self) -> None:
        """Title, hint, width."""
        self.box.border_title = as_text((), self._title)
        self.say()
        self.fit()

    def say(self) -> None:
        """Write the lower border anew."""
        self.box.border_subtitle = as_text(self.hint())

    def on_resize(self) -> None:
        """Never wider than the screen."""
        self.fit()

    def fit(self) -> None:
        """Take the width there is, up to ``WIDTH``."""
        self.box.styles.width = min(self.WIDTH, max(20, self.app.size.width - 2))

    def action_close(self) -> None:
        """Without an answer."""
        self.dismiss(None)
