"""Lists and texts of the screens beside the desk: rows that are made by a function, a cursor that tells where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from textual.message import Message

from oms_tui.ui.lines import LinesView
from oms_tui.ui.order.panel import as_text
from oms_tui.ui.rows import Part, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

_OLD = "! not the newest"


class Framed(LinesView):
    """Rows in a frame.

    Args:
        title: what stands in the upper border.
    """

    DEFAULT_CSS: ClassVar[str] = """
    Framed {
        border: round $oms-border; border-title-color: $oms-muted; border-subtitle-color: $oms-muted;
        background: $oms-base; color: $oms-text;
    }
    Framed:focus { border: round $oms-focus; border-title-color: $oms-accent; border-title-style: bold; }
    """

    CURSOR: ClassVar[Literal["none", "rows", "keys"]] = "none"

    def __init__(self, title: str, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._title = title
        self._below = ""
        self._make: Callable[[int], Sequence[Row]] = lambda _width: ()

    def on_mount(self) -> None:
        """The title."""
        self.border_title = as_text((), self._title)

    def rows_for(self, width: int) -> Sequence[Row]:
        """As the screen makes them."""
        return self._make(width)

    def show(self, make: Callable[[int], Sequence[Row]], *, below: str = "", top: bool = False) -> None:
        """Show other rows; ``below`` stands in the lower border."""
        self._make = make
        if below != self._below:
            self._below = below
            self.border_subtitle = as_text((), below)
        self.reload(top=top)

    @property
    def old(self) -> bool:
        """Whether it is marked as old."""
        return self._below == _OLD

    def mark_old(self) -> None:
        """What is shown could not be read again: it stays, and says so."""
        self._below = _OLD
        self.border_subtitle = as_text((Part(self._below, "alarm"),))

    def say(self, words: str, level: str = "muted") -> None:
        """Words instead of rows: loading, empty, failed."""
        self.show(lambda _width: [Row(), Row((Part(" "), Part(words, level)))], top=True)


class Chosen(Framed):
    """Rows with a cursor that tells where it is."""

    CURSOR = "keys"

    class Moved(Message):
        """The cursor is on something else."""

        def __init__(self, view: Chosen, key: Hashable) -> None:
            self.view = view
            self.key = key
            super().__init__()

    def _put(self, at: int) -> None:
        super()._put(at)
        self.post_message(self.Moved(self, self.cursor_key))

    @property
    def shows_cursor(self) -> bool:
        """Also while the keys go elsewhere: the row says what the text beside it belongs to."""
        return self.cursor_key is not None
