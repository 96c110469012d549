"""The upper and the lower border of the composer: one line each, drawn alone, because the state in it changes often.

(A border of Textual's own is drawn with the whole widget: a "saved 2s ago" would send three kilobytes.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from oms_tui.ui.rows import Part, cells, cut
from oms_tui.ui.theme import style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.events import Click

_CORNERS: Final = 4  # corner, dash, at both ends


class Edge(Widget):
    """A horizontal border with parts of text in it: at the left above, at the right below."""

    LEFT: ClassVar[str] = "╭─"
    RIGHT: ClassVar[str] = "─╮"
    DEFAULT_CSS: ClassVar[str] = "Edge { height: 1; background: $oms-base; color: $oms-text; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._parts: tuple[Part, ...] = ()
        self._lit = False

    def say(self, parts: Sequence[Part]) -> None:
        """What stands in the border; drawn again only if it reads differently."""
        if tuple(parts) != self._parts:
            self._parts = tuple(parts)
            self.refresh()

    def light(self, *, lit: bool) -> None:
        """Whether the keys go into what is framed."""
        if lit != self._lit:
            self._lit = lit
            self.refresh()

    @property
    def text(self) -> str:
        """What is said."""
        return "".join(part.text for part in self.shown(self.size.width - _CORNERS - 2))

    def shown(self, room: int) -> Sequence[Part]:
        """The parts that are drawn in ``room`` cells."""
        return cut(self._parts, max(0, room))

    def render_line(self, y: int) -> Strip:
        """The line."""
        del y
        base = self.rich_style
        line = base + style("focus" if self._lit else "border")
        parts = self.shown(max(0, self.size.width - _CORNERS - 2))
        rest = max(0, self.size.width - _CORNERS - (cells(parts) + 2 if parts else 0))
        label = [Segment(part.text, base + style(part.style, bold=part.bold)) for part in parts]
        if label:
            label = [Segment(" ", base), *label, Segment(" ", base)]
        dashes = Segment("─" * rest, line)
        inside = [*label, dashes] if self.LEFT == "╭─" else [dashes, *label]
        return Strip([Segment(self.LEFT, line), *inside, Segment(self.RIGHT, line)])


class Chooser(Edge, can_focus=True):
    """The lower border. With the keys in it, it offers everything the composer does, each on a plain letter."""

    LEFT: ClassVar[str] = "╰─"
    RIGHT: ClassVar[str] = "─╯"
    CHOICES: ClassVar[tuple[tuple[str, str, str], ...]] = (
        ("s", "send", "Send it"),
        ("m", "macro", "Put a macro in"),
        ("q", "quote", "Quote the mail it answers, or not"),
        ("a", "attach", "Attach a file"),
        ("o", "editor", "Write in your own editor"),
        ("p", "preview", "See it as its reader will"),
        ("x", "discard", "Throw it away"),
        ("i", "write", "Back to the text"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(key, f"choose('{what}')", what.capitalize(), id=f"composer.{what}", show=False, tooltip=tip)
            for key, what, tip in CHOICES
        ),
        Binding("enter", "choose('write')", "Write", id="composer.back", show=False),
    ]

    class Chosen(Message):
        """One of ``CHOICES``."""

        def __init__(self, what: str) -> None:
            super().__init__()
            self.what = what

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.quoting = True

    def shown(self, room: int) -> Sequence[Part]:
        """The choices while the keys are here, else what the composer says."""
        if not self.has_focus:
            return super().shown(room)
        groups = []
        for key, what, _ in self.CHOICES:
            words = f" {what}" if what != "quote" else f" quote {'on' if self.quoting else 'off'}"
            groups.append((Part(key, "accent", bold=True), Part(words, "text"), Part("  ")))
        while groups and sum(cells(group) for group in groups) - 2 > room:
            groups.pop()
        return [part for group in groups for part in group][:-1]

    def on_focus(self) -> None:
        """Offer the choices."""
        self.refresh()

    def on_blur(self) -> None:
        """Say the state again."""
        self.refresh()

    def action_choose(self, what: str) -> None:
        """Tell the composer."""
        self.post_message(self.Chosen(what))

    def on_click(self, event: Click) -> None:
        """A click goes here; on a choice, it takes it."""
        if not self.has_focus:
            self.focus()
            return
        at = self.size.width - len(self.RIGHT) - 1 - cells(self.shown(self.size.width - _CORNERS - 2))
        for key, what, _ in self.CHOICES:
            words = what if what != "quote" else f"quote {'on' if self.quoting else 'off'}"
            end = at + len(f"{key} {words}")
            if at <= event.x < end:
                self.action_choose(what)
            at = end + 2
