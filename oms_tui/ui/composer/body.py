"""The text of a reply: an editor without an editor's costs, in which what is missing stands out."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.style import Style
from textual.widgets import TextArea

from oms_tui.domain.macros import unresolved
from oms_tui.ui.theme import style

if TYPE_CHECKING:
    from rich.text import Text


def visible(line: str) -> str:
    """``line`` with a sign for every character that is not one to see; as long as it was, for the cursor's sake."""
    return "".join(letter if letter.isprintable() or letter == "\t" else _UNSEEN for letter in line)


_UNSEEN: Final = "␣"
_REVERSED: Final = Style(reverse=True)


class Body(TextArea):
    """A compact text area. It does not blink: a blinking cursor sends 665 bytes a second to the terminal."""

    DEFAULT_CSS: ClassVar[str] = """
    Body {
        background: $oms-field;
        color: $oms-text;
        border: none;
        padding: 0;
        scrollbar-size-vertical: 1;
        scrollbar-color: $oms-border;
        scrollbar-color-hover: $oms-focus;
        scrollbar-color-active: $oms-focus;
        scrollbar-background: $oms-field;
        scrollbar-background-hover: $oms-field;
        scrollbar-background-active: $oms-field;
        scrollbar-corner-color: $oms-field;
        & .text-area--cursor { background: $oms-text; color: $oms-base; }
        & .text-area--cursor-line { background: $oms-cursor; }
        & .text-area--selection { background: $oms-focus 40%; }
        & .text-area--placeholder { color: $oms-muted; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, compact=True, tab_behavior="focus", placeholder="write here; ctrl+t puts a macro in")
        self.cursor_blink = False

    def get_line(self, line_index: int) -> Text:
        """A line of the text, with marks of missing values on a ground of their own and quotes in the background."""
        text = super().get_line(line_index)
        if not text.plain.isprintable():
            text.plain = visible(text.plain)
        if text.plain.startswith(">"):
            text.stylize(style("muted"))
            return text
        for missing in unresolved(text.plain):
            # reversed, because the line of the cursor paints its own ground over any other
            text.stylize(style("alarm", bold=True) + _REVERSED, missing.start, missing.end)
        return text

    def replace_all(self, text: str) -> None:
        """Another text, as one edit that undo takes back."""
        if text == self.text:
            return
        self.history.checkpoint()
        at = self.cursor_location
        self.replace(text, self.document.start, self.document.end, maintain_selection_offset=False)
        self.history.checkpoint()
        self.move_cursor((min(at[0], self.document.line_count - 1), 0))

    def go_to(self, at: int) -> None:
        """Put the cursor at a character of the text."""
        before = self.text[:at]
        self.move_cursor((before.count("\n"), len(before) - before.rfind("\n") - 1))
