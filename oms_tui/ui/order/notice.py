"""What is said instead of an order: that it is being read, that there is none, why it cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from oms_tui.ui.rows import Part, cut, wrap
from oms_tui.ui.theme import style

if TYPE_CHECKING:
    from rich.style import Style

_WORDS: Final = {"loading": "reading the order …", "empty": "no order here", "failed": "the order cannot be read"}
_LEVEL: Final = {"loading": "muted", "empty": "muted", "failed": "alarm"}


class Notice(Widget):
    """A few lines in the middle; in one line, over the head's lower border, if an older order is still shown."""

    DEFAULT_CSS = """
    Notice {
        background: $oms-base;
        color: $oms-text;
        layer: above;
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._state = ""
        self._words = ""

    @property
    def says(self) -> bool:
        """Whether there is anything to say."""
        return bool(self._state)

    def show(self, state: str, words: str) -> None:
        """Say ``words``, or what is usually said of ``state``; "" says nothing."""
        if (state, words) != (self._state, self._words):
            self._state, self._words = state, words
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The words, wrapped and in the middle."""
        width, height = self.size
        base: Style = self.rich_style
        lines = wrap(self._words or _WORDS.get(self._state, ""), max(10, width - 8))
        level = _LEVEL.get(self._state, "text")
        if height == 1:
            return self._strip((Part(f"  {' '.join(lines)}", level, bold=True),), width, base)
        at = y - max(0, (height - len(lines)) // 3)
        if not 0 <= at < len(lines):
            return Strip.blank(width, base)
        blank = max(0, (width - max(map(len, lines))) // 2)
        return self._strip((Part(" " * blank), Part(lines[at], level)), width, base)

    @staticmethod
    def _strip(parts: tuple[Part, ...], width: int, base: Style) -> Strip:
        segments = [Segment(part.text, base + style(part.style, bold=part.bold)) for part in cut(parts, width)]
        return Strip(segments).adjust_cell_length(width, base)
