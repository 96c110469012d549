"""A widget that shows prepared rows: it draws only the lines that are seen, and again only those that changed.

One such widget holds ten thousand rows as easily as ten; a step of its cursor sends two lines to the terminal. Panels
say ``rows_for(width)`` and call ``reload`` when what they show has changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Literal

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from oms_tui.ui.rows import cut
from oms_tui.ui.theme import style

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from rich.style import Style
    from textual.events import Click, Resize

    from oms_tui.ui.rows import Part, Row

CURSOR_MARK: Final = "▌"
LANE: Final = 1
"""Cells at the right in which a bar shows what part of the rows is seen; Textual's own is a heavy block."""

_THUMB: Final = "┃"


class LinesView(ScrollView, can_focus=True):
    """Rows, with a cursor if ``CURSOR`` says so: on every row, or only on rows that stand for something (``keys``)."""

    CURSOR: ClassVar[Literal["none", "rows", "keys"]] = "keys"
    MARGIN: ClassVar[int] = 1
    """Blank cells at the left; the cursor's mark stands in the first."""

    DEFAULT_CSS = """
    LinesView {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size: 0 0;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "row(-1)", "Up", id="lines.up", show=False),
        Binding("down,j", "row(1)", "Down", id="lines.down", show=False),
        Binding("pageup", "page(-1)", "Page up", id="lines.page_up", show=False),
        Binding("pagedown", "page(1)", "Page down", id="lines.page_down", show=False),
        Binding("home", "edge(-1)", "First", id="lines.first", show=False),
        Binding("end", "edge(1)", "Last", id="lines.last", show=False),
        Binding("enter", "open", "Open", id="lines.open", show=False),
    ]

    class Opened(Message):
        """Enter, or a second click, on a row that stands for something."""

        def __init__(self, view: LinesView, key: Hashable) -> None:
            super().__init__()
            self.view = view
            self.key = key

        @property
        def control(self) -> LinesView:
            """Whose row it is."""
            return self.view

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._rows: tuple[Row, ...] = ()
        self._strips: dict[int, Strip] = {}
        self._cursor = 0
        self._width = 0
        self._base: Style | None = None

    # ---- what is shown

    def rows_for(self, width: int) -> Sequence[Row]:
        """The rows at a width of ``width`` cells. The same content and width must give equal rows."""
        raise NotImplementedError

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows as they are shown now."""
        return self._rows

    @property
    def text_width(self) -> int:
        """Cells a row may take: the widget without border, margin and the lane that shows where one is."""
        return max(1, self.scrollable_content_region.width - self.MARGIN - LANE)

    def reload(self, *, top: bool = False) -> None:
        """Ask for the rows again and draw what differs. The cursor stays on what it was on; ``top`` starts afresh."""
        if not self.size.width:
            return  # not laid out yet: the first Resize comes back here
        width = self.text_width
        kept = self.cursor_key
        before, rows = self._rows, tuple(self.rows_for(width))
        self._rows, self._width = rows, width
        self._cursor = self._restored(None if top else kept)
        first = next((at for at, (old, new) in enumerate(zip(before, rows, strict=False)) if old != new), None)
        if len(before) != len(rows):
            first = min(len(before), len(rows)) if first is None else first
            self._strips = {at: strip for at, strip in self._strips.items() if at < first}
            self.virtual_size = Size(0, len(rows))
            self.refresh_lines(first, max(len(before), len(rows)) - first)
        elif first is not None:
            for at in range(first, len(rows)):
                if before[at] != rows[at]:
                    self._strips.pop(at, None)
                    self.refresh_line(at)
        if top:
            self.scroll_to(0, 0, animate=False, immediate=True)

    def on_resize(self, event: Resize) -> None:
        """A new width may break lines elsewhere."""
        del event
        self.resized()
        if self.text_width != self._width:
            self._strips.clear()
            self.reload()
            self.refresh()

    def resized(self) -> None:
        """For those whose border has to fit as well."""

    def notify_style_update(self) -> None:
        """Another theme, or the focus: the strips have old colours."""
        super().notify_style_update()
        self._strips.clear()
        self._base = None

    # ---- drawing

    def render_line(self, y: int) -> Strip:
        """The strip of the row that is at ``y`` of the view."""
        at = y + self.scroll_offset.y
        strip = self._strips.get(at)
        if strip is None:
            strip = self._strips[at] = self._strip(at)
        return Strip([*strip, self._lane(y)])

    @property
    def _ground(self) -> Style:
        """What every cell stands on. Asked of all ancestors by Textual, which was a quarter of the time of a frame."""
        if self._base is None:
            self._base = self.rich_style
        return self._base

    def _lane(self, y: int) -> Segment:
        height, count = self.scrollable_content_region.height, len(self._rows)
        if count <= height:
            return Segment(" ", self._ground)
        size = max(1, round(height * height / count))
        top = round((height - size) * self.scroll_offset.y / (count - height))
        if not top <= y < top + size:
            return Segment(" ", self._ground)
        return Segment(_THUMB, self._ground + style("focus" if self.has_focus else "faint"))

    def _strip(self, at: int) -> Strip:
        base = self._ground
        width = self.scrollable_content_region.width - LANE
        if at >= len(self._rows):
            return Strip.blank(width, base)
        row = self._rows[at]
        here = self.shows_cursor and at == self._cursor and (self.CURSOR == "rows" or row.key is not None)
        if row.fill:
            base += style(row.fill)
        if here:
            base += style("cursor")
        segments: list[Segment] = []
        if self.MARGIN:
            mark = Segment(CURSOR_MARK, base + style("accent")) if here else Segment(" ", base)
            segments = [mark, Segment(" " * (self.MARGIN - 1), base)]
        segments.extend(_segments(cut(row.parts, width - self.MARGIN), base))
        return Strip(segments).adjust_cell_length(width, base)

    # ---- the cursor

    @property
    def shows_cursor(self) -> bool:
        """Whether the cursor is drawn: only where keys go."""
        return self.CURSOR != "none" and self.has_focus

    @property
    def cursor_key(self) -> Hashable:
        """What the cursor is on; None for nothing."""
        return self._rows[self._cursor].key if self.CURSOR != "none" and self._cursor < len(self._rows) else None

    @property
    def cursor_text(self) -> str:
        """The row the cursor is on as it reads, without its margins."""
        return self._rows[self._cursor].text.strip() if self.CURSOR != "none" and self._cursor < len(self._rows) else ""

    def move_to(self, key: Hashable) -> bool:
        """Put the cursor on the first row of ``key``; False if there is none."""
        at = next((at for at, row in enumerate(self._rows) if row.key == key), None)
        if at is None:
            return False
        self._put(at)
        return True

    def _restored(self, key: Hashable) -> int:
        if key is not None:
            at = next((at for at, row in enumerate(self._rows) if row.key == key), None)
            if at is not None:
                return at if self.CURSOR == "keys" else max(at, min(self._cursor, self._end_of(key)))
        if self.CURSOR == "rows":
            return 0 if key is None else min(self._cursor, max(0, len(self._rows) - 1))
        return next((at for at, row in enumerate(self._rows) if row.key is not None), 0)

    def _end_of(self, key: Hashable) -> int:
        return max(at for at, row in enumerate(self._rows) if row.key == key)

    def _put(self, at: int) -> None:
        old, self._cursor = self._cursor, at
        for line in {old, at}:
            self._strips.pop(line, None)
            self.refresh_line(line)
        self._reveal(at)

    def _reveal(self, at: int) -> None:
        height = self.scrollable_content_region.height
        top = self.scroll_offset.y
        if at < top:
            self.scroll_to(y=at, animate=False, immediate=True)
        elif at >= top + height:
            self.scroll_to(y=at - height + 1, animate=False, immediate=True)

    def _next(self, start: int, step: int) -> int | None:
        """The next row the cursor may stand on."""
        at = start + step
        while 0 <= at < len(self._rows):
            if self.CURSOR == "rows" or self._rows[at].key is not None:
                return at
            at += step
        return None

    def action_row(self, step: int) -> None:
        """One row up or down; where the cursor has nowhere to go, the view moves."""
        at = None if self.CURSOR == "none" else self._next(self._cursor, step)
        if at is None or (self.CURSOR == "keys" and abs(at - self._cursor) > max(1, self.size.height - 1)):
            self.scroll_relative(y=step, animate=False, immediate=True)
            if at is not None and 0 <= at - self.scroll_offset.y < self.size.height:
                self._put(at)
        else:
            self._put(at)

    def action_page(self, step: int) -> None:
        """One page up or down."""
        height = max(1, self.scrollable_content_region.height - 1)
        self.scroll_relative(y=step * height, animate=False, immediate=True)
        if self.CURSOR != "none" and self._rows:
            wanted = min(max(0, self._cursor + step * height), len(self._rows) - 1)
            at = wanted if self.CURSOR == "rows" or self._rows[wanted].key is not None else self._next(wanted, step)
            self._put(self._cursor if at is None else at)

    def action_edge(self, step: int) -> None:
        """The first or the last row."""
        self.scroll_to(y=0 if step < 0 else len(self._rows), animate=False, immediate=True)
        at = self._next(-1 if step < 0 else len(self._rows), -step)
        if self.CURSOR != "none" and at is not None:
            self._put(at)

    def action_open(self) -> None:
        """Open what the cursor is on."""
        if (key := self.cursor_key) is not None:
            self.post_message(self.Opened(self, key))

    def on_click(self, event: Click) -> None:
        """A click puts the cursor there; on the row where it is already, it opens."""
        at = event.get_content_offset_capture(self).y + self.scroll_offset.y
        if self.CURSOR == "none" or not 0 <= at < len(self._rows):
            return
        if self.CURSOR == "keys" and self._rows[at].key is None:
            return
        if at == self._cursor and event.chain > 1:
            self.action_open()
        else:
            self._put(at)


def _segments(parts: Sequence[Part], base: Style) -> list[Segment]:
    """Parts as segments. ``cut`` has made them safe, however they came here."""
    return [Segment(part.text, base + style(part.style, bold=part.bold)) for part in parts if part.text]
