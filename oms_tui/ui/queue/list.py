"""The queue as a widget: it draws the rows that are seen from the model, and of those only what changed.

Measured against other ways (120 columns, a million orders): a table widget takes 12 s to load a tenth of that, an
option list sends 14 kB a step. Here a step of the cursor sends two rows. The list turns pages instead of scrolling by
a row at its edge: a screen of rows is sent once in so many steps, and the eye has a line to hold on to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from oms_tui.ui.queue.row import BADGE, ONE_LINE, Look, lines
from oms_tui.ui.rows import Part, clean, wrap
from oms_tui.ui.theme import style

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.style import Style
    from textual import events

    from oms_tui.store.shapes import QueueItem
    from oms_tui.ui.order.frame import Frame
    from oms_tui.ui.queue.model import QueueModel

_KEPT: Final = 2  # rows of the page before that stay in sight when a page is turned


class QueueList(Widget, can_focus=True):
    """The rows of a ``QueueModel``.

    Args:
        model: the orders; the widget moves its cursor and marks, the screen fills it.
        agent: who looks, to say "you".
    """

    DEFAULT_CSS: ClassVar[str] = """
    QueueList { width: 1fr; height: 1fr; background: $oms-base; color: $oms-text; }
    """

    class Moved(Message):
        """The cursor is on another order now (None: the list is empty)."""

        bubble = True

        def __init__(self, item: QueueItem | None) -> None:
            self.item = item
            super().__init__()

    class Opened(Message):
        """The order under the cursor is wanted, now."""

        def __init__(self, item: QueueItem) -> None:
            self.item = item
            super().__init__()

    class NearEnd(Message):
        """The next page will be needed soon."""

    class MarksChanged(Message):
        """An order was marked or unmarked."""

    def __init__(self, model: QueueModel, *, agent: str = "", id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.model = model
        self._agent = agent
        self._top = 0
        self._words = ("", "muted")
        self._columns: tuple[str, ...] = ()
        self._frame: Callable[[], Frame] | None = None

    # ---- what is shown

    def use_columns(self, columns: tuple[str, ...], frame: Callable[[], Frame]) -> None:
        """Show a view's columns, where an order has the whole width; ``frame`` makes the clock they are told by."""
        self._columns, self._frame = columns, frame

    @property
    def row_height(self) -> int:
        """Lines an order takes."""
        return 1 if self.size.width >= ONE_LINE else 2

    @property
    def page(self) -> int:
        """Orders that are seen at once."""
        return max(1, self.size.height // self.row_height)

    @property
    def seen(self) -> Sequence[QueueItem]:
        """The orders that are seen."""
        return self.model.items[self._top : self._top + self.page]

    def show_words(self, words: str, level: str = "muted") -> None:
        """What stands where there is no order: loading, empty, failed. It never covers a row."""
        if (words, level) != self._words:
            self._words = (words, level)
            if not self.model.items:
                self.refresh()

    def refilled(self) -> None:
        """The model holds another list: draw it from its top."""
        self._top = 0
        self.refresh()

    def extended(self, since: int) -> None:
        """The model got another page, its first row at ``since``; only what was blank is drawn."""
        if since < self._top + self.page:
            self.refresh()

    def renewed(self, differing: Sequence[int], before: int) -> None:
        """The model was read again. ``before`` is where the cursor was: its row keeps its place on the screen."""
        moved = self.model.cursor - before
        top = self._clamped(self._top + moved)
        if top != self._top:
            self._top = top
            self.refresh()
            return
        self._draw(*differing)
        if moved:
            self._draw(before, self.model.cursor)

    def render_line(self, y: int) -> Strip:
        """The strip of line ``y`` of the widget."""
        width, height = self.size.width, self.row_height
        at = self._top + y // height
        if at >= len(self.model.items):
            return self._blank(y, width)
        item = self.model.items[at]
        look = Look(at == self.model.cursor, item.id in self.model.marked, self._agent)
        if self._columns and self._frame is not None and height == 1:
            look = look._replace(columns=self._columns, frame=self._frame())
        ground = "cursor" if look.cursor else "base"
        parts = lines(item, width, look)[y % height]
        return Strip([Segment(part.text, _style(part, ground)) for part in parts], width)

    def _blank(self, y: int, width: int) -> Strip:
        base = style("base")
        words, level = self._words
        lines = wrap(words, width - 3) if words and not self.model.items else []
        at = y - min(1, self.size.height - 1)
        if not 0 <= at < len(lines):
            return Strip.blank(width, base)
        line = f"  {clean(lines[at])}"
        return Strip([Segment(line, style(level, on="base"))]).adjust_cell_length(width, base)

    def _draw(self, *rows: int) -> None:
        """Draw rows again, by their index."""
        height, first = self.row_height, self._top
        seen = range(first, first + self.page + 1)  # asked once: a page that came anew has hundreds of rows
        regions = [Region(0, (at - first) * height, self.size.width, height) for at in rows if at in seen]
        if regions:
            self.refresh(*regions)

    def _draw_but_badge(self, *rows: int) -> None:
        """The same for rows that only the cursor changed: the badge at their right end stays."""
        height, width = self.row_height, self.size.width
        regions = []
        for at in rows:
            y = (at - self._top) * height
            regions.append(Region(0, y, width - BADGE, 1))
            if height > 1:
                regions.append(Region(0, y + 1, width, 1))
        self.refresh(*regions)

    # ---- the cursor

    def step(self, rows: int) -> None:
        """Move the cursor; at the edge the page is turned."""
        self.go(self.model.cursor + rows)

    def turn(self, pages: int) -> None:
        """Move by pages."""
        self.go(self.model.cursor + pages * max(1, self.page - _KEPT))

    def go(self, index: int) -> None:
        """Move the cursor to an index, or as near as there are rows."""
        was = self.model.go(index)
        now = self.model.cursor
        if now == was:
            return
        top = self._top
        if now >= top + self.page:
            top = now - min(_KEPT, self.page - 1)
        elif now < top:
            top = now - self.page + 1 + min(_KEPT, self.page - 1)
        top = self._clamped(top)
        if top == self._top:
            self._draw_but_badge(was, now)
        else:
            self._top = top
            self.refresh()
        self.post_message(self.Moved(self.model.current))
        if self.model.wants_more:
            self.post_message(self.NearEnd())

    def _clamped(self, top: int) -> int:
        """``top`` so that the cursor is seen, and no blank stands below while there are rows above."""
        most = len(self.model.items) - (0 if self.model.after is not None else self.page)
        top = max(0, min(top, max(0, most)))
        return max(self.model.cursor - self.page + 1, min(top, self.model.cursor))

    def mark(self) -> None:
        """Mark the order under the cursor, and go on to the next."""
        self.model.toggle_mark()
        self._draw(self.model.cursor)
        self.post_message(self.MarksChanged())
        self.step(1)

    def mark_all(self) -> None:
        """Mark every loaded order, or none."""
        self.model.toggle_all()
        self.marks_changed()

    def unmark(self) -> None:
        """Mark nothing."""
        self.model.marked.clear()
        self.marks_changed()

    def marks_changed(self) -> None:
        """Draw the marks as the model has them."""
        self.refresh()
        self.post_message(self.MarksChanged())

    # ---- the mouse, and another size

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor there, a second one opens."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        at = self._top + offset.y // self.row_height
        if at >= len(self.model.items):
            return
        if at == self.model.cursor or event.chain > 1:
            self.post_message(self.Opened(self.model.items[at]))
        self.go(at)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel moves the cursor, so that what is read at the right stays what is seen at the left."""
        event.stop()
        self.step(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Likewise."""
        event.stop()
        self.step(-3)

    def on_resize(self) -> None:
        """The cursor stays in sight."""
        self._top = self._clamped(self._top)


def _style(part: Part, ground: str) -> Style:
    if part.style.startswith("tier."):
        return style(part.style)
    return style(part.style, on=ground, bold=part.bold)
