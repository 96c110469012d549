"""The jump overlay: a letter on every row, panel and tab; typing it goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

from oms_tui.ui.theme import style

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events
    from textual.app import ComposeResult

LETTERS: Final = "asdfghjklqwertyuiopzxcvbnm"
"""In the order in which fingers find them."""


class Target(NamedTuple):
    """A place on the screen (cells from its corner), and what going there does."""

    x: int
    y: int
    go: Callable[[], object]


def labels(count: int) -> list[str]:
    """``count`` labels, none the beginning of another: one letter each where they suffice, else two."""
    if count <= len(LETTERS):
        return list(LETTERS[:count])
    pairs = [first + second for first in LETTERS for second in LETTERS]
    return pairs[:count]


class Jump(ModalScreen["Callable[[], object] | None"]):
    """Labels over what is on the screen; escape leaves."""

    DEFAULT_CSS: ClassVar[str] = """
    Jump { background: transparent; layers: labels; }
    Jump Static { layer: labels; position: absolute; height: 1; width: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave", id="jump.leave", show=False),
    ]

    def __init__(self, targets: Sequence[Target]) -> None:
        super().__init__()
        self._targets = dict(zip(labels(len(targets)), targets, strict=False))
        self._typed = ""

    def compose(self) -> ComposeResult:
        """A label for each target."""
        from rich.text import Text

        for label, target in self._targets.items():
            widget = Static(Text(f" {label} ", style("jump", bold=True), end=""))
            widget.styles.offset = (target.x, target.y)
            yield widget

    def on_key(self, event: events.Key) -> None:
        """A letter of a label; any other key leaves."""
        if event.key == "escape":
            return
        event.stop()
        self._typed += event.character or ""
        if self._typed in self._targets:
            self.dismiss(self._targets[self._typed].go)
        elif not any(label.startswith(self._typed) for label in self._targets) or not self._typed:
            self.dismiss(None)

    def action_leave(self) -> None:
        """Go nowhere."""
        self.dismiss(None)
