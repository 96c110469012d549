"""What the panels of the order pane share: a number, a title, the order they show, and where it is from."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding

from oms_tui.ui.footer import Hint, WithMoreKeys
from oms_tui.ui.lines import LANE, LinesView
from oms_tui.ui.order.frame import Frame
from oms_tui.ui.order.provenance import provenance
from oms_tui.ui.rows import clean
from oms_tui.ui.theme import style

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from oms_tui.store.shapes import OrderView
    from oms_tui.ui.keys import KeyMap
    from oms_tui.ui.rows import Part, Row

_FRAME_CELLS = 2  # a border at either side
_FIRST = 2  # keys of the panel that stand before those of every panel
_TITLE_CELLS = 6  # corners, a dash and a blank at either side


class Panel(LinesView, WithMoreKeys):
    """A bordered list of rows about one order. A subclass says ``lay_out``, and ``records`` for the lower border."""

    NUMBER: ClassVar[int] = 0
    TITLE: ClassVar[str] = ""
    LEAST: ClassVar[int] = 3
    """Lines below which the panel is not squeezed, borders included."""
    MORE: ClassVar[tuple[tuple[str, str], ...]] = (("lines.open", "details"),)
    """Its keys that the footer shows: bindings by id, and how they read."""

    DEFAULT_CSS = """
    Panel {
        border: round $oms-border;
        border-title-color: $oms-muted;
        border-subtitle-color: $oms-muted;
        background: $oms-base;
        color: $oms-text;
    }
    Panel:focus {
        border: round $oms-focus;
        border-title-color: $oms-focus;
        border-title-style: bold;
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self.view: OrderView | None = None
        self.frame = Frame()
        self._measured: dict[int, Sequence[Row]] = {}
        self._labels: tuple[tuple[Part, ...], tuple[Part, ...]] | None = None

    # ---- its keys in the footer

    @classmethod
    def _bound(cls) -> dict[str, Binding]:
        found = (each for base in cls.__mro__ for each in vars(base).get("BINDINGS", ()))
        return {each.id: each for each in found if isinstance(each, Binding) and each.id}

    def more_keys(self, keys: KeyMap) -> list[Hint]:
        """What can be done in the panel; then all the room for it, and the way back."""
        bound = self._bound()
        found = [Hint(name, keys.shown_inside(name, bound[name].key), words) for name, words in self.MORE]
        desk = [Hint(name, keys.shown(name), words) for name, words in (("back", "list"), ("maximise", "maximise"))]
        return [*found[:_FIRST], *(hint for hint in desk if hint.key), *found[_FIRST:]]

    def do_more(self, command: str) -> bool:
        """A click on a key is the key."""
        binding = self._bound().get(command)
        if binding is not None:
            self.call_next(self.app.run_action, binding.action, self)
        return binding is not None

    # ---- what it shows

    def lay_out(self, view: OrderView, width: int) -> Sequence[Row]:
        """The rows of the order at ``width`` cells."""
        raise NotImplementedError

    def records(self, view: OrderView) -> Iterable[tuple[str, int | None]]:
        """The source and the time of reading of everything shown, for the lower border."""
        del view
        return ()

    def show(self, view: OrderView | None, frame: Frame) -> None:
        """Show an order; the place in it is kept if it is the same one."""
        same = view is not None and self.view is not None and view.item.id == self.view.item.id
        self.view, self.frame = view, frame
        self.changed(top=not same)

    def changed(self, *, top: bool = False) -> None:
        """Lay out again: the order or what is unfolded is another."""
        self._measured.clear()
        self.label()
        self.reload(top=top)

    def rows_for(self, width: int) -> Sequence[Row]:
        """The rows, laid out once for each width."""
        if self.view is None:
            return ()
        rows = self._measured.get(width)
        if rows is None:
            rows = self._measured[width] = self.lay_out(self.view, width)
        return rows

    def wanted(self, width: int) -> int:
        """The lines it would take in a column of ``width`` cells, borders included."""
        inner = width - _FRAME_CELLS - self.MARGIN - LANE
        return len(self.rows_for(max(1, inner))) + _FRAME_CELLS

    # ---- the border

    def title(self) -> Sequence[Part]:
        """What stands in the upper border behind the number."""
        return ()

    def label(self) -> None:
        """Write the borders; drawn again only if they read differently."""
        view = self.view
        above = tuple(self.title()) if view is not None else ()
        below = self.below(view) if view is not None else ()
        if self._labels == (above, below):
            return
        self._labels = (above, below)
        head = f"{self.NUMBER} {self.TITLE}" if self.NUMBER else self.TITLE
        self.border_title = as_text(above, head)
        self.border_subtitle = as_text(below)

    def below(self, view: OrderView) -> tuple[Part, ...]:
        """What stands in the lower border."""
        return provenance(view, self.frame, self.records(view))

    def resized(self) -> None:
        """A border may hold more, or less."""
        self.label()

    def notify_style_update(self) -> None:
        """Another theme: the borders have old colours too."""
        super().notify_style_update()
        self._labels = None
        self.label()


def as_text(parts: Sequence[Part], head: str = "") -> Text:
    """Parts as a text for a border: never markup."""
    text = Text(clean(head), end="")
    for part in parts:
        text.append(clean(part.text), style(part.style, bold=part.bold))
    return text
