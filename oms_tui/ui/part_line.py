"""One line of parts that is drawn only when it reads differently: the bar, the footer, a word below a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from oms_tui.ui.rows import Part, clean, cut
from oms_tui.ui.theme import style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual import events


class PartLine(Widget):
    """A line as wide as the screen.

    Args:
        ground: the surface of the theme it stands on.

    Attributes:
        zones: where a click means a command: pairs of the cell behind it and the command ("" for none), left to right.
    """

    DEFAULT_CSS: ClassVar[str] = "PartLine { height: 1; width: 100%; }"

    class Chosen(Message):
        """A command was clicked."""

        def __init__(self, command: str) -> None:
            self.command = command
            super().__init__()

    def __init__(self, ground: str = "base", *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._ground = ground
        self._shown: tuple[Part, ...] = ()
        self.zones: list[tuple[int, str]] = []

    def parts(self, width: int) -> Sequence[Part]:
        """What the line reads at a width."""
        raise NotImplementedError

    def reload(self) -> None:
        """Draw it again if it reads differently now."""
        if self.size.width and self._fresh(self.size.width) != self._shown:
            self.refresh()

    def _fresh(self, width: int) -> tuple[Part, ...]:
        return tuple(cut([part for part in self.parts(width) if part.text], width))

    def render_line(self, y: int) -> Strip:
        """The line."""
        width = self.size.width
        ground = style(self._ground)
        if y:
            return Strip.blank(width, ground)
        self._shown = self._fresh(width)
        segments = [Segment(clean(part.text), self._style(part)) for part in self._shown]
        return Strip(segments).adjust_cell_length(width, ground)

    def on_click(self, event: events.Click) -> None:
        """A click on a word is its command."""
        command = next((command for end, command in self.zones if event.x < end), "")
        if command:
            self.post_message(self.Chosen(command))

    def _style(self, part: Part) -> Style:
        if part.style in {"app", "jump"} or part.style.startswith(("badge.", "tier.")):
            return style(part.style, bold=part.bold)
        return style(part.style, on=self._ground, bold=part.bold)
