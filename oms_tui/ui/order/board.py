"""The panels of an order, placed by the room there is, and the ways between them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType
from textual.geometry import NULL_OFFSET, NULL_SPACING, Region
from textual.layout import Layout, WidgetPlacement
from textual.widget import Widget

from oms_tui.store.session import wall_clock
from oms_tui.ui.order.arrangement import GOES, Place, Wish, arrange, way
from oms_tui.ui.order.conversation import ConversationPanel
from oms_tui.ui.order.copying import copied_of
from oms_tui.ui.order.frame import Frame, newest
from oms_tui.ui.order.head import HeadPanel
from oms_tui.ui.order.money import MoneyPanel
from oms_tui.ui.order.notice import Notice
from oms_tui.ui.order.parcels import ParcelsPanel
from oms_tui.ui.order.replies import RepliesPanel
from oms_tui.ui.order.replies import shown as replies_shown
from oms_tui.ui.order.stock import StockPanel
from oms_tui.ui.order.tab_strip import TabStrip, marks_of
from oms_tui.ui.order.timeline import TimelinePanel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import tzinfo

    from textual.app import ComposeResult
    from textual.events import DescendantFocus, Resize
    from textual.geometry import Size
    from textual.layout import ArrangeResult

    from oms_tui.store.shapes import OrderView
    from oms_tui.ui.order.panel import Panel

_AGES_SECONDS: Final = 60
"""Ages in the borders are written again so often, and drawn only where they read differently."""


class _Arranged(Layout):
    """Textual's side of ``arrangement``: children go where the board says."""

    name = "order"

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        del greedy
        assert isinstance(parent, Board)  # noqa: S101 - nobody else has this layout
        places = parent.arranged(size.width, size.height)
        return [
            WidgetPlacement(Region(*places[name]), NULL_OFFSET, NULL_SPACING, child)
            for child in children
            if (name := parent.slot(child)) in places
        ]


class Board(Widget, can_focus=False):
    """An order's panels. The keys 1 to 6 go to them, z gives the one in use all the room."""

    DEFAULT_CSS: ClassVar[str] = """
    Board {
        width: 1fr;
        height: 1fr;
        background: $oms-base;
        layers: default above;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(
                f"{number},alt+{number}",  # the second one also while a reply is written
                f"panel('{name}')",
                name.capitalize(),
                id=f"order.{name}",
                show=False,
                tooltip=f"Go to {name}",
            )
            for number, name in enumerate(GOES, 1)
        ),
        Binding("z,alt+z", "maximise", "Maximise", id="order.maximise", show=False, tooltip="This panel alone"),
    ]

    def __init__(
        self,
        *,
        zone: tzinfo | None = None,
        clock: Callable[[], int] = wall_clock,
        stale_after: Mapping[str, int] | None = None,
        agent: str = "",
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(id=id)
        self._arranged = _Arranged()
        self._frame = Frame(zone=zone or Frame().zone, stale_after=stale_after or {}, agent=agent)
        self._clock = clock
        self.view: OrderView | None = None
        self._focus = ""
        self._aside = "stock"
        self._last = "conversation"
        self._maximised = False
        self._go_when_shown = ""
        self._placed: tuple[bool, Mapping[str, Place]] | None = None
        self.head = HeadPanel(id="order-head")
        self.tabs = TabStrip(id="order-tabs")
        self.notice = Notice(id="order-notice")
        self.panels: dict[str, Panel] = {
            "stock": StockPanel(id="order-stock"),
            "money": MoneyPanel(id="order-money"),
            "parcels": ParcelsPanel(id="order-parcels"),
            "timeline": TimelinePanel(id="order-timeline"),
            "conversation": ConversationPanel(id="order-conversation"),
            "reply": RepliesPanel(id="order-reply"),
        }
        self._slots: dict[Widget, str] = {self.head: "head", self.tabs: "tabs", self.notice: "notice"}
        self._slots |= {panel: name for name, panel in self.panels.items()}

    @property
    def writing(self) -> bool:
        """Whether a reply is being written."""
        return False

    def compose(self) -> ComposeResult:
        """Head, strip and panels."""
        yield from (self.head, self.tabs, self.notice, *self.panels.values())

    def on_mount(self) -> None:
        """Write the ages again from time to time."""
        self.set_interval(_AGES_SECONDS, self._age)

    # ---- what it shows

    def now(self) -> Frame:
        """Clock, zone and agent, as the panels show times by them."""
        return replace(self._frame, now=self._clock())

    def show(self, view: OrderView | None, *, state: str = "ready", words: str = "") -> None:
        """Show an order.

        Args:
            view: the order; None where there is none to show.
            state: ``ready``; ``loading``, ``empty`` or ``failed`` where there is no view.
            words: what is said instead of the order, or (``failed`` with a view) why it is not the newest.
        """
        same = view is not None and self.view is not None and view.item.id == self.view.item.id
        self.view = view
        self._frame = replace(self._frame, now=self._clock())
        self.notice.show("" if view is not None and state == "ready" else state, words)
        self.head.show(view, self._frame)
        for panel in self.panels.values():
            panel.show(view, self._frame)
        if not same:
            self._maximised = False
        self._again()
        if view is not None and self._go_when_shown:
            self.call_after_refresh(self.action_panel, self._go_when_shown)
        if state != "loading":
            self._go_when_shown = ""

    @property
    def layout(self) -> Layout:
        """The pane places its children itself."""
        return self._arranged

    def slot(self, child: Widget) -> str:
        """The place a child takes, "" for none."""
        return self._slots.get(child, "")

    def places(self, width: int, height: int) -> Mapping[str, Place]:
        """Where everything goes in a pane of this size."""
        if self.view is None:
            return {"notice": Place(0, 0, width, height)}
        places = dict(arrange(width, height, self._wants, self._wish()))
        if self.notice.says:
            first = places["head"]
            places["notice"] = Place(0, first.height - 1, width, 1)
        return places

    def arranged(self, width: int, height: int) -> Mapping[str, Place]:
        """The same, for the layout: this is where everything is from now on."""
        places = self.places(width, height)
        self._placed = (self.writing, places)
        return places

    @property
    def way(self) -> str:
        """How it is laid out now: ``full``, ``pairs`` or ``tabs``."""
        return way(self.size.width, self.size.height)

    def _wish(self) -> Wish:
        view = self.view
        return Wish(
            focus=self._focus,
            aside=self._aside,
            last=self._last,
            maximised=self._maximised,
            writing=self.writing,
            reply=self._focus == "reply" or (view is not None and replies_shown(view)),
        )

    def _wants(self, name: str, width: int) -> int:
        return self.panel(name).wanted(width)

    def panel(self, name: str) -> Panel:
        """A panel, or the head, by its name."""
        return self.head if name == "head" else self.panels[name]

    def _again(self) -> None:
        """Place everything anew, if anything would go elsewhere than it is."""
        width, height = self.size
        now = (self.writing, self.places(width, height)) if width else None
        if now is None or now != self._placed:
            self.head.refresh(repaint=False, layout=True)
        self._mark_tabs()

    def read_again(self, ages: Mapping[str, int | None]) -> None:
        """Sources were read meanwhile and had nothing new of this order: what is shown is as young as that.

        It is written at once where one went stale or came back, else with the other ages: a desk at rest draws nothing.

        Args:
            ages: when each source was read last, in milliseconds; None: never.
        """
        if self.view is None:
            return
        before, now = self.view.source_ages, self.now()
        after = before | {name: newest((before.get(name), ages[name])) for name in ages}
        self.view = replace(self.view, source_ages=after)
        if any(self._frame.stale(name, before.get(name)) != now.stale(name, after[name]) for name in ages):
            self._age()

    def _age(self) -> None:
        """Time has passed: ages and due times may read differently."""
        if self.view is None:
            return
        self._frame = replace(self._frame, now=self._clock())
        for panel in (self.head, *self.panels.values()):
            panel.show(self.view, self._frame)

    def _mark_tabs(self) -> None:
        if self.view is not None:
            self.tabs.show(self._focus or "conversation", marks_of(self.view, writing=self.writing))

    def on_resize(self, event: Resize) -> None:
        """The strip names the panel that is shown."""
        del event
        self._mark_tabs()

    # ---- going about in it

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """The panel in use is served first."""
        name = self._slot_of(event.widget)
        if (name in self.panels or name == "head") and name != self._focus:
            self._use(name)

    def _use(self, name: str) -> None:
        """This panel is in use now."""
        self._focus = name
        if name not in {"reply", "head"}:
            self._last = name
        if name not in {"conversation", "reply", "head"}:
            self._aside = name
        self._again()

    def _slot_of(self, widget: Widget) -> str:
        for each in widget.ancestors_with_self:
            if isinstance(each, Widget) and each in self._slots:
                return self._slots[each]
        return ""

    def action_panel(self, name: str) -> None:
        """Go to a panel; a panel that is not on the screen comes onto it. Without an order yet, when it comes."""
        if self.view is None:
            self._go_when_shown = name
            return
        self._use(name)
        self.panel(name).focus()

    def copied(self) -> str:
        """What is worth copying of the row in use: a number, an address, a link, else its words; "" for nothing."""
        panel = self.panels.get(self._focus)
        if self.view is None or panel is None or not panel.has_focus:
            return ""
        return copied_of(self.view, panel.cursor_key) or panel.cursor_text

    def action_maximise(self) -> None:
        """All the room for the panel in use; again gives it back."""
        if self.view is None or not self._focus:
            return
        self._maximised = not self._maximised
        self._again()

    @on(TabStrip.Chosen)
    def _tab(self, event: TabStrip.Chosen) -> None:
        event.stop()
        self.action_panel(event.panel)
