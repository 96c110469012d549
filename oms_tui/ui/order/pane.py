"""The order pane: head, five panels and the reply, placed by the room there is.

It is shown an OrderView and asks for everything else by message; it never reads the store.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import on
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.geometry import NULL_OFFSET, NULL_SPACING, Region
from textual.layout import Layout, WidgetPlacement
from textual.message import Message
from textual.widget import Widget

from oms_tui.domain.vocabulary import OutboxState
from oms_tui.store.session import wall_clock
from oms_tui.ui.composer import desk_calls
from oms_tui.ui.order.arrangement import PANELS, Place, Wish, arrange, way
from oms_tui.ui.order.conversation import ConversationPanel, find_message
from oms_tui.ui.order.frame import Frame
from oms_tui.ui.order.head import HeadPanel
from oms_tui.ui.order.money import MoneyPanel
from oms_tui.ui.order.news import answered_words, news_words
from oms_tui.ui.order.notice import Notice
from oms_tui.ui.order.panel import Panel
from oms_tui.ui.order.parcels import ParcelsPanel
from oms_tui.ui.order.replies import NEEDS_DECISION, RepliesPanel
from oms_tui.ui.order.replies import shown as replies_shown
from oms_tui.ui.order.stock import StockPanel
from oms_tui.ui.order.tab_strip import TabStrip
from oms_tui.ui.order.timeline import TimelinePanel
from oms_tui.ui.rows import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import tzinfo

    from textual.app import ComposeResult
    from textual.events import DescendantFocus, Resize
    from textual.geometry import Size
    from textual.layout import ArrangeResult
    from textual.timer import Timer

    from oms_tui.store.shapes import DraftView, OrderView
    from oms_tui.ui.composer.composer import Caller, Composer
    from oms_tui.ui.messages import Answer

_AGES_SECONDS: Final = 60
"""Ages in the borders are written again so often, and drawn only where they read differently."""


class _Arranged(Layout):
    """Textual's side of ``arrangement``: children go where the pane says."""

    name = "order"

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        del greedy
        assert isinstance(parent, OrderPane)  # noqa: S101 - nobody else has this layout
        places = parent.places(size.width, size.height)
        return [
            WidgetPlacement(Region(*places[name]), NULL_OFFSET, NULL_SPACING, child)
            for child in children
            if (name := parent.slot(child)) in places
        ]


class OrderPane(Widget, can_focus=False):
    """One order. ``show`` gives it the order; the keys 1 to 6 go to its panels, z gives one all the room."""

    DEFAULT_CSS = """
    OrderPane {
        width: 1fr;
        height: 1fr;
        background: $oms-base;
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
            for number, name in enumerate(PANELS, 1)
        ),
        Binding("z,alt+z", "maximise", "Maximise", id="order.maximise", show=False, tooltip="This panel alone"),
        Binding("w", "why", "Why", id="order.why", show=False, tooltip="The priority, term by term"),
        Binding(
            "u", "recall", "Take back", id="order.recall", show=False, tooltip="Take back a reply that has not left"
        ),
    ]

    class Wanted(Message):
        """Something the pane cannot do itself.

        Attributes:
            what: ``body`` (``ref``: message id; to be fetched), ``attachment`` (``ref``: (message id, index)), ``url``
                (``text``), ``conflict`` (``text``: the field), ``said`` (``text`` for the agent, ``ref``: severity).
            order_id: the order shown.
            ref: see ``what``.
            text: see ``what``.
        """

        def __init__(self, what: str, order_id: int, ref: Any = None, text: str = "") -> None:
            super().__init__()
            self.what = what
            self.order_id = order_id
            self.ref = ref
            self.text = text

    def __init__(
        self,
        *,
        reader: Caller | None = None,
        undo_seconds: int = 10,
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
        self._reader = reader
        self._undo_seconds = undo_seconds
        self._starting = 0
        self._countdown: Timer | None = None
        self.composer: Composer | None = None
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

    def compose(self) -> ComposeResult:
        """Head, strip and panels."""
        yield from (self.head, self.tabs, self.notice, *self.panels.values())

    def on_mount(self) -> None:
        """Write the ages again from time to time."""
        self.set_interval(_AGES_SECONDS, self._age)

    # ---- what it shows

    def show(self, view: OrderView | None, *, state: str = "ready", words: str = "") -> None:
        """Show an order.

        Args:
            view: the order; None where there is none to show.
            state: ``ready``; ``loading``, ``empty`` or ``failed`` where there is no view.
            words: what is said instead of the order, or (``failed`` with a view) why it is not the newest.
        """
        before = self.view
        same = view is not None and before is not None and view.item.id == before.item.id
        self.view = view
        if self.writing:
            self._while_writing(before if same else None)
        self._frame = Frame(self._clock(), self._frame.zone, self._frame.stale_after, self._frame.agent)
        self.notice.show("" if view is not None and state == "ready" else state, words)
        self.head.show(view, self._frame)
        for panel in self.panels.values():
            panel.show(view, self._frame)
        if not same:
            self._maximised = False
        self._count_down()
        self._again()

    @property
    def layout(self) -> Layout:
        """The pane places its children itself."""
        return self._arranged

    def slot(self, child: Widget) -> str:
        """The place a child takes; panel 6 gives its own to a reply that is written."""
        if child is self.panels["reply"] and self.writing:
            return ""
        if child is self.composer and not self.writing:
            return ""
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
        panel = self.head if name == "head" else self.panels[name]
        return panel.wanted(width)

    def _again(self) -> None:
        """Place everything anew."""
        self.head.refresh(layout=True)
        self._mark_tabs()

    def _age(self) -> None:
        """Time has passed: ages and due times may read differently."""
        if self.view is None:
            return
        self._frame = Frame(self._clock(), self._frame.zone, self._frame.stale_after, self._frame.agent)
        for panel in (self.head, *self.panels.values()):
            panel.show(self.view, self._frame)

    def _mark_tabs(self) -> None:
        view = self.view
        if view is None:
            return
        marks: dict[str, Part] = {}
        if short := sum(line.short for line in view.lines):
            marks["stock"] = Part(f"!{short}", "alarm", bold=True)
        if any(invoice.overdue for invoice in view.invoices) or view.disputes:
            marks["money"] = Part("!", "alarm", bold=True)
        if any(parcel.delayed or parcel.status == "exception" for parcel in view.shipments):
            marks["parcels"] = Part("!", "alarm", bold=True)
        marks["timeline"] = Part(str(len(view.timeline)), "muted")
        if any(thread.unanswered is not None for thread in view.conversations):
            marks["conversation"] = Part("●", "warn", bold=True)
        if any(item.state in NEEDS_DECISION for item in view.outbox):
            marks["reply"] = Part("!", "alarm", bold=True)
        elif view.drafts or self.writing:
            marks["reply"] = Part("draft", "warn")
        self.tabs.show(self._focus or "conversation", marks)

    def on_resize(self, event: Resize) -> None:
        """The strip names the panel that is shown."""
        del event
        self._mark_tabs()

    # ---- going about in it

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """The panel in use is served first."""
        name = self._slot_of(event.widget)
        if name in self.panels and name != self._focus:
            self._focus = name
            if name != "reply":
                self._last = name
            if name not in {"conversation", "reply"}:
                self._aside = name
            self._again()

    def _slot_of(self, widget: Widget) -> str:
        for each in widget.ancestors_with_self:
            if isinstance(each, Widget) and each in self._slots:
                return self._slots[each]
        return ""

    def action_panel(self, name: str) -> None:
        """Go to a panel; a panel that is not on the screen comes onto it. An empty panel 6 begins a reply."""
        if self.view is None:
            return
        if name == "reply":
            if self.composer is not None and self.writing:
                self._focus = name
                self._again()
                self.composer.start()
                return
            if not replies_shown(self.view):
                self.reply()
                return
        self._focus = name
        self._again()
        self.panels[name].focus()

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

    # ---- what panels ask for

    @on(Panel.Opened)
    def _opened(self, event: Panel.Opened) -> None:
        event.stop()
        if self.view is None:
            return
        match event.key:
            case ("url", str(url)):
                self.post_message(self.Wanted("url", self.view.item.id, text=url))
            case ("conflict", str(name)):
                self.post_message(self.Wanted("conflict", self.view.item.id, text=name))
            case ("priority",):
                self.action_why()
            case _ if isinstance(timeline := event.view, TimelinePanel):
                self._open_item(timeline, event.key)

    def _open_item(self, timeline: TimelinePanel, key: object) -> None:
        item = timeline.item(key)
        if item is None:
            return
        conversation = self.panels["conversation"]
        if (
            item.message is not None
            and isinstance(conversation, ConversationPanel)
            and find_message(self.view, item.message)
        ):
            self.action_panel("conversation")
            self.call_after_refresh(conversation.open_message, item.message)
            return
        from oms_tui.ui.dialogs.detail import Detail, timeline_detail

        self.app.push_screen(Detail(*timeline_detail(item, self._frame)))

    def action_why(self) -> None:
        """The priority, term by term."""
        if self.view is None:
            return
        from oms_tui.ui.dialogs.priority import PriorityDialog

        self.app.push_screen(PriorityDialog(self.view))

    @on(ConversationPanel.Asked)
    def _asked(self, event: ConversationPanel.Asked) -> None:
        event.stop()
        if self.view is None:
            return
        if event.what == "full":
            message = find_message(self.view, event.message)
            if message is not None:
                from oms_tui.ui.dialogs.reader import MessageReader

                self.app.push_screen(MessageReader(message, self._frame))
            return
        ref = (event.message, event.index) if event.what == "attachment" else event.message
        self.post_message(self.Wanted(event.what, self.view.item.id, ref))

    # ---- replies

    @property
    def writing(self) -> bool:
        """Whether a reply is being written."""
        return self.composer is not None and self.composer.writing

    def reply(self, message: int | None = None, *, macro: str = "") -> None:
        """Write a reply: to a mail, or to the newest that nobody answered; goes on with a draft that was begun."""
        if self.view is None or self._reader is None:
            return
        if self.writing:
            self.action_panel("reply")
        else:
            order = self.view.item.id
            self._starting = self._reader.call(desk_calls.start, order, message, macro, to=self, slot="reply.open")

    def on_answer(self, event: Answer) -> None:
        """What the reader made of a reply."""
        event.stop()
        if event.error:
            self._tell(event.error, "error")
        elif event.slot == "reply.open" and event.generation == self._starting:
            self.call_next(self._open_draft, event.value)
        elif event.slot == "reply.resolve" and event.value.draft is not None:
            self.call_next(self._open_draft, event.value.draft)

    async def _open_draft(self, draft: DraftView) -> None:
        """Open the composer; it is loaded when it is first used, as an editor costs a quarter of the start."""
        from oms_tui.ui.composer.composer import Composer

        if self.view is None or self._reader is None:
            return
        if self.composer is None:
            self.composer = Composer(self._reader, self._clock, undo_seconds=self._undo_seconds, id="order-composer")
            self._slots[self.composer] = "reply"
            await self.mount(self.composer)
        self.composer.open(draft, answers=answered_words(self.view, draft, self._frame))
        self._focus = "reply"
        self._again()
        self.composer.start()

    def _while_writing(self, before: OrderView | None) -> None:
        """The order was read again, or another one (``before`` is None) is to be shown."""
        if self.composer is None:
            return
        if self.view is None or before is None:
            self.composer.leave()
        elif words := news_words(before, self.view, self._frame):
            self.composer.news(words)

    def _left(self) -> None:
        self._focus = "conversation"
        self._again()
        self.panels["conversation"].focus()

    def on_composer_left(self, event: Composer.Left) -> None:
        """The draft is kept, or gone; back to what was read."""
        event.stop()
        if event.undo_id:
            self._tell("the draft was discarded; undo brings it back")
        self._left()

    def on_composer_sent(self, event: Composer.Sent) -> None:
        """It is in the outbox: shown at once, with the key that takes it back."""
        event.stop()
        if self.view is None or (event.item.source, event.item.remote_id) != (
            self.view.item.source,
            self.view.item.remote_id,
        ):
            self._tell(f"reply to {event.item.number or 'the order'} is on its way")
            return
        others = tuple(item for item in self.view.outbox if item.id != event.item.id)
        self.show(replace(self.view, outbox=(event.item, *others), drafts=()))
        self._focus = "reply"
        self._again()
        self.panels["reply"].focus()

    def on_composer_said(self, event: Composer.Said) -> None:
        """Words for the agent."""
        event.stop()
        self._tell(event.words, event.severity)

    def _tell(self, words: str, severity: str = "information") -> None:
        self.post_message(self.Wanted("said", self.view.item.id if self.view else 0, severity, words))

    def _count_down(self) -> None:
        """While something can be taken back, its seconds are shown."""
        held = self.view is not None and any(item.state == OutboxState.HELD for item in self.view.outbox)
        if held and self._countdown is None:
            self._countdown = self.set_interval(1, self._tick)
        elif not held and self._countdown is not None:
            self._countdown.stop()
            self._countdown = None

    def _tick(self) -> None:
        self._frame = replace(self._frame, now=self._clock())
        self.panels["reply"].show(self.view, self._frame)

    @on(RepliesPanel.Chose)
    def _chose(self, event: RepliesPanel.Chose) -> None:
        event.stop()
        view, reader = self.view, self._reader
        if view is None or reader is None:
            return
        if event.what == "draft":
            draft = next((each for each in view.drafts if each.id == event.ref), None)
            if draft is not None:
                self.call_next(self._open_draft, draft)
        elif event.what == "recall":
            self._starting = reader.call(desk_calls.recall, event.ref, to=self, slot="reply.open")
        else:
            item = next((each for each in view.outbox if each.id == event.ref), None)
            if item is not None:
                from oms_tui.ui.dialogs.decision import Decision

                self.app.push_screen(Decision(item, view, self._frame), partial(self._decide, item.id))

    def _decide(self, outbox_id: str, choice: str | None) -> None:
        if choice and self._reader is not None:
            self._reader.call(desk_calls.resolve, outbox_id, choice, to=self, slot="reply.resolve")

    def action_recall(self) -> None:
        """Take back the reply that has not left; without one, the key is somebody else's."""
        view = self.view
        held = next((item for item in view.outbox if item.state == OutboxState.HELD), None) if view else None
        if held is None or self._reader is None:
            raise SkipAction
        self._starting = self._reader.call(desk_calls.recall, held.id, to=self, slot="reply.open")
