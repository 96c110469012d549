"""A line of a reply's head: its name, and what is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from oms_tui.ui.rows import clean

if TYPE_CHECKING:
    from textual.app import ComposeResult


class Line(Input):
    """An input whose text is one line that can be seen, also after something else was pasted."""

    def validate_value(self, value: str) -> str:
        """``value`` without what a terminal would obey."""
        return clean(value)


class Field(Horizontal):
    """A name and an input in one line."""

    DEFAULT_CSS: ClassVar[str] = """
    Field {
        height: 1;
        & > Static { width: 9; color: $oms-muted; }
        & > Input { width: 1fr; background: $oms-base; color: $oms-text; border: none; padding: 0; height: 1; }
        & > Input:focus { background: $oms-field; }
        &.wrong > Static { color: $oms-alarm; text-style: bold; }
    }
    """

    def __init__(self, name: str, title: str) -> None:
        super().__init__(id=f"reply-{name}")
        self.field = name
        self._title = title
        self.input = Line(compact=True, select_on_focus=False)
        self.input.cursor_blink = False

    def compose(self) -> ComposeResult:
        """Name, input."""
        yield Static(Content(self._title), markup=False)
        yield self.input

    @property
    def text(self) -> str:
        """What is written."""
        return self.input.value

    def write(self, text: str) -> None:
        """Write something else."""
        if self.input.value != text:
            self.input.value = text
