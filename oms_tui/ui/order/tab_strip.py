"""One line with the names of the panels, for when only one is shown: the one in use stands out, news show as signs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from oms_tui.domain.vocabulary import TRACKING_TROUBLE
from oms_tui.ui.order.arrangement import GOES
from oms_tui.ui.order.replies import NEEDS_DECISION
from oms_tui.ui.rows import Part, cells, cut
from oms_tui.ui.theme import style

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.events import Click

    from oms_tui.store.shapes import OrderView

NAMES: Final = ("Lines", "Money", "Parcels", "Timeline", "Mail", "Reply", "Order")


def marks_of(view: OrderView, *, writing: bool) -> dict[str, Part]:
    """What stands behind the name of each panel: what is wrong there, or what waits."""
    marks = {"timeline": Part(str(len(view.timeline)), "muted")}
    if short := sum(line.short for line in view.lines):
        marks["stock"] = Part(f"!{short}", "alarm", bold=True)
    if view.disputes or any(invoice.overdue for invoice in view.invoices):
        marks["money"] = Part("!", "alarm", bold=True)
    if any(parcel.delayed or parcel.status in TRACKING_TROUBLE for parcel in view.shipments):
        marks["parcels"] = Part("!", "alarm", bold=True)
    if any(thread.unanswered is not None for thread in view.conversations):
        marks["conversation"] = Part("●", "warn", bold=True)
    if any(item.state in NEEDS_DECISION for item in view.outbox):
        marks["reply"] = Part("!", "alarm", bold=True)
    elif view.drafts or writing:
        marks["reply"] = Part("draft", "warn")
    return marks


class TabStrip(Widget):
    """The strip. ``marks`` are short words behind a panel's name, with their style."""

    DEFAULT_CSS = """
    TabStrip {
        height: 1;
        background: $oms-bar;
        color: $oms-text;
    }
    """

    class Chosen(Message):
        """A name was clicked."""

        def __init__(self, panel: str) -> None:
            super().__init__()
            self.panel = panel

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._active = ""
        self._marks: dict[str, Part] = {}
        self._ends: list[tuple[int, str]] = []

    def show(self, active: str, marks: Mapping[str, Part]) -> None:
        """Name the panel in use and what is new in the others."""
        if (active, dict(marks)) != (self._active, self._marks):
            self._active, self._marks = active, dict(marks)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The strip; names are shortened before any is lost."""
        del y
        width = self.size.width
        base = self.rich_style
        for letters in (99, 5, 3, 0):
            parts, self._ends = self._parts(letters)
            if cells(parts) <= width:
                break
        shown = cut(parts, width)
        segments = [Segment(part.text, base + style(part.style, bold=part.bold)) for part in shown]
        return Strip(segments).adjust_cell_length(width, base)

    def _parts(self, letters: int) -> tuple[list[Part], list[tuple[int, str]]]:
        parts: list[Part] = []
        ends: list[tuple[int, str]] = []
        for number, (panel, name) in enumerate(zip(GOES, NAMES, strict=True), 1):
            short = name if len(name) <= letters else name[:letters]
            here = panel == self._active
            label = f" {number} {short} " if short else f" {number} "
            parts.append(Part(label, "app" if here else "text", bold=here))
            if (mark := self._marks.get(panel)) is not None:
                parts.append(Part(f"{mark.text} ", "app" if here else mark.style, bold=mark.bold))
            ends.append((cells(parts), panel))
        return parts, ends

    def on_click(self, event: Click) -> None:
        """Go to the panel whose name it was."""
        for end, panel in self._ends:
            if event.x < end:
                self.post_message(self.Chosen(panel))
                return
