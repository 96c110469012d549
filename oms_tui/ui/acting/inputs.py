"""One field of an action as a line of a form: something written, something chosen, or several lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from oms_tui.ui.rows import Part, cells, cut
from oms_tui.ui.theme import style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult

    from oms_tui.actions.base import Field

LABEL = 14
"""Cells of a field's name."""


class Submitted(Message):
    """Enter: the form is filled in."""


class WrittenLine(Input):
    """A line that is written."""

    DEFAULT_CSS: ClassVar[str] = """
    WrittenLine, WrittenLine:focus {
        width: 1fr; height: 1; border: none; padding: 0; background: $oms-field; background-tint: $oms-field 0%;
        color: $oms-text;
    }
    """

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter."""
        event.stop()
        self.post_message(Submitted())


class WrittenBlock(TextArea):
    """Several lines. Enter is done; alt+enter begins another line."""

    DEFAULT_CSS: ClassVar[str] = """
    WrittenBlock, WrittenBlock:focus {
        width: 1fr; height: 5; border: none; padding: 0; background: $oms-field; color: $oms-text;
    }
    WrittenBlock .text-area--cursor-line { background: $oms-field; }
    """

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self.post_message(Submitted())
        elif event.key in {"alt+enter", "shift+enter", "ctrl+j"}:
            event.stop()
            event.prevent_default()
            self.insert("\n")
        else:
            await super()._on_key(event)


class ChosenOne(Widget, can_focus=True):
    """One of a few values: left and right, or the first letter of what is wanted."""

    DEFAULT_CSS: ClassVar[str] = "ChosenOne { width: 1fr; height: 1; background: $oms-over; }"

    def __init__(self, options: Sequence[tuple[str, str]], value: str, *, optional: bool) -> None:
        super().__init__()
        self.options = [("", "-"), *options] if optional else list(options)
        self._at = next((at for at, (each, _words) in enumerate(self.options) if each == value), -1)

    @property
    def value(self) -> str:
        """What is chosen, "" for nothing."""
        return self.options[self._at][0] if self._at >= 0 else ""

    def choose(self, at: int) -> None:
        """Choose another."""
        self._at = at % len(self.options)
        self.refresh()

    def on_key(self, event: events.Key) -> None:
        """Arrows, letters, enter."""
        if event.key == "enter":
            event.stop()
            self.post_message(Submitted())
        elif event.key in {"left", "right"}:
            event.stop()
            self.choose(max(self._at, 0) + (1 if event.key == "right" else -1) if self._at >= 0 else 0)
        elif event.is_printable and event.character:
            event.stop()
            self._by_letter(event.character.lower())

    def _by_letter(self, letter: str) -> None:
        """The next value that begins with a letter."""
        order = [*range(self._at + 1, len(self.options)), *range(self._at + 1)]
        found = next((at for at in order if self.options[at][1].lower().startswith(letter)), None)
        if found is not None:
            self.choose(found)

    def render_line(self, y: int) -> Strip:
        """All values, the chosen one marked; those before it make room where there is none."""
        del y
        width = self.size.width
        parts: list[Part] = []
        end = 0
        for at, (_value, words) in enumerate(self.options):
            here = at == self._at
            parts.append(Part(f"[{words}]" if here else f" {words} ", "strong" if here else "muted", bold=here))
            end = cells(parts) if here else end
        while end > width - 2 and len(parts) > 1:
            end -= cells(parts[:1])
            parts = parts[1:]
        ground = "cursor" if self.has_focus else "over"
        segments = [Segment(part.text, style(part.style, on=ground, bold=part.bold)) for part in cut(parts, width)]
        return Strip(segments).adjust_cell_length(width, style(ground))

    def on_focus(self) -> None:
        """Marked while the keys come here."""
        self.refresh()

    def on_blur(self) -> None:
        """Likewise."""
        self.refresh()


class FormField(Horizontal):
    """A field: its name, and where it is filled in.

    Args:
        field: of the action.
        options: the values there are, with words; none where anything may be written.
        value: what it begins with.
    """

    DEFAULT_CSS: ClassVar[str] = """
    FormField { height: auto; background: $oms-over; }
    FormField > .label { width: 14; color: $oms-muted; background: $oms-over; }
    FormField.wrong > .label { color: $oms-alarm; text-style: bold; }
    """

    def __init__(self, field: Field, options: Sequence[tuple[str, str]], value: str, *, blink: bool) -> None:
        super().__init__()
        self.field = field
        if field.kind == "flag":
            options = (("yes", "yes"), ("", "no"))
        self.input: WrittenLine | WrittenBlock | ChosenOne
        if options:
            optional = not field.required and not field.default and field.kind != "flag"
            self.input = ChosenOne(options, value or field.default, optional=optional)
        elif field.kind == "block":
            self.input = WrittenBlock(value or field.default, tab_behavior="focus", compact=True)
            self.input.cursor_blink = blink
        else:
            self.input = WrittenLine(value or field.default, placeholder=field.help, compact=True)
            self.input.cursor_blink = blink

    def compose(self) -> ComposeResult:
        """Name and input."""
        needed = self.field.required and not self.field.default
        yield Static(Content(f"{self.field.title}{' *' if needed else ''}"), classes="label", markup=False)
        yield self.input

    @property
    def value(self) -> str:
        """What it says now."""
        return self.input.text if isinstance(self.input, WrittenBlock) else self.input.value
