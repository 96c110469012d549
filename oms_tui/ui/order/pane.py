"""The order pane: one order, everything about it, and the reply that is written to it.

It is shown an OrderView and has replies done by the reader thread; it never reads the store. What it cannot do itself
it asks for with ``Wanted``.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.message import Message

from oms_tui.domain.vocabulary import OutboxState
from oms_tui.ui.composer import desk_calls
from oms_tui.ui.order.board import Board
from oms_tui.ui.order.conversation import ConversationPanel, find_message
from oms_tui.ui.order.news import answered_words, news_words
from oms_tui.ui.order.panel import Panel
from oms_tui.ui.order.replies import RepliesPanel
from oms_tui.ui.order.replies import shown as replies_shown
from oms_tui.ui.order.timeline import TimelinePanel

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from textual.timer import Timer
    from textual.widget import Widget

    from oms_tui.store.shapes import DraftView, OrderView
    from oms_tui.ui.composer.composer import Composer
    from oms_tui.ui.composer.sheet import Caller
    from oms_tui.ui.messages import Answer


class OrderPane(Board):
    """One order. ``show`` gives it the order, ``reply`` begins a reply.

    Args:
        reader: has replies done; without one the pane only shows.
        undo_seconds: how long a reply can be taken back, for the words of the last look.
        options: as for ``Board``: ``zone``, ``clock``, ``stale_after`` (milliseconds by source), ``agent``, ``id``.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "why", "Why", id="order.why", show=False, tooltip="The priority, term by term"),
        Binding("u", "recall", "Take back", id="order.recall", show=False, tooltip="Take back what has not left"),
    ]

    class Wanted(Message):
        """Something the pane cannot do itself.

        Attributes:
            what: ``body`` (``ref``: message id; to be fetched), ``attachment`` (``ref``: (message id, index)), ``url``
                (``text``), ``conflict`` (``text``: the field), ``said`` (``text`` for the agent, ``ref``: severity),
                ``sent`` (a reply was handed to the outbox; ``ref``: its order's source and remote id), ``todo`` (to
                show what is to be done).
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

    def __init__(self, *, reader: Caller | None = None, undo_seconds: int = 10, **options: Any) -> None:
        super().__init__(**options)
        self._reader = reader
        self._undo_seconds = undo_seconds
        self._starting = 0
        self._starting_on = 0  # the order it is for
        self._countdown: Timer | None = None
        self.composer: Composer | None = None

    # ---- what it shows

    def show(self, view: OrderView | None, *, state: str = "ready", words: str = "") -> None:
        """Show an order; a reply to another one that is still open is kept and closed."""
        before = self.view
        super().show(view, state=state, words=words)
        if self.writing:
            same = view is not None and before is not None and view.item.id == before.item.id
            self._while_writing(before if same else None)
        self._count_down()

    def slot(self, child: Widget) -> str:
        """Panel 6 gives its place to a reply that is written."""
        if child is (self.panels["reply"] if self.writing else self.composer):
            return ""
        return super().slot(child)

    def action_panel(self, name: str) -> None:
        """Go to a panel. Panel 6 is the reply that is written; where there is none, it begins one."""
        if name == "reply" and self.view is not None and self.composer is not None and self.writing:
            self._use(name)
            self.composer.start()
        elif name == "reply" and self.view is not None and not replies_shown(self.view):
            self.reply()
        else:
            super().action_panel(name)

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
            case ("todo",):
                self.post_message(self.Wanted("todo", self.view.item.id))
            case _ if isinstance(timeline := event.view, TimelinePanel):
                self._open_item(timeline, event.key)
            case key:
                self._open_facts(key)

    def _open_facts(self, key: Hashable) -> None:
        from oms_tui.ui.dialogs.detail import Detail
        from oms_tui.ui.dialogs.facts import facts_of

        if self.view is not None and (found := facts_of(self.view, self._frame, key)) is not None:
            self.app.push_screen(Detail(*found))

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
        from oms_tui.ui.dialogs.others_draft import others

        own = partial(self._begin_reply, self.view.item.id, message, macro)
        if self.writing:
            self.action_panel("reply")
        elif theirs := others(self.view, self._frame.agent):
            self._ask_whose(theirs, own)
        else:
            own()

    def _begin_reply(self, order: int, message: int | None, macro: str) -> None:
        if self._reader is not None:
            self._starting_on = order
            self._starting = self._reader.call(desk_calls.start, order, message, macro, to=self, slot="reply.open")

    def _ask_whose(self, theirs: DraftView, own: Callable[[], None]) -> None:
        """Somebody else has a draft: theirs is opened, or one's own begun, as the agent says."""
        from oms_tui.ui.dialogs.others_draft import OWN, THEIRS, OthersDraft

        order = self.view.item.id if self.view is not None else 0

        def go_on(choice: str | None) -> None:
            if choice == THEIRS:
                self.call_next(self._open_draft, theirs, order)
            elif choice == OWN:
                own()

        self.app.push_screen(OthersDraft(theirs, self._frame), go_on)

    def on_answer(self, event: Answer) -> None:
        """What the reader made of a reply."""
        event.stop()
        if event.error:
            self._tell(event.error, "error")
        elif event.slot == "reply.open" and event.generation == self._starting:
            self.call_next(self._open_draft, event.value, self._starting_on)
        elif event.slot == "reply.resolve" and event.value.draft is not None:
            self.call_next(self._open_draft, event.value.draft, self._starting_on)

    async def _open_draft(self, draft: DraftView, order: int) -> None:
        """Open the composer; it is loaded when it is first used, as an editor costs a quarter of the start."""
        from oms_tui.ui.composer.composer import Composer

        if self._reader is None or self.view is None or self.view.item.id != order:
            return  # the agent is with another order already; the draft is kept
        if self.composer is None:
            self.composer = Composer(self._reader, self._clock, undo_seconds=self._undo_seconds, id="order-composer")
            self._slots[self.composer] = "reply"
            await self.mount(self.composer)
        if self.view is None or self.view.item.id != order:
            return
        self.composer.open(draft, answers=answered_words(self.view, draft, self._frame))
        self._use("reply")
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
        self._use("conversation")
        self.panels["conversation"].focus()

    def on_composer_left(self, event: Composer.Left) -> None:
        """The draft is kept, or gone; back to what was read."""
        event.stop()
        if event.undo_id:
            self._tell("the draft was discarded; undo brings it back")
        if self.composer is not None and self.composer.has_pseudo_class("focus-within"):
            self._left()
        else:
            self._again()  # the keys are with another order already

    def on_composer_sent(self, event: Composer.Sent) -> None:
        """It is in the outbox: shown at once, with the key that takes it back."""
        event.stop()
        if self.view is None or (event.item.source, event.item.remote_id) != (
            self.view.item.source,
            self.view.item.remote_id,
        ):
            self._tell(f"reply to {event.item.number or 'the order'} is on its way")
            return
        self.post_message(self.Wanted("sent", self.view.item.id, (event.item.source, event.item.remote_id)))
        others = tuple(item for item in self.view.outbox if item.id != event.item.id)
        self.show(replace(self.view, outbox=(event.item, *others), drafts=()))
        self._use("reply")
        self.panels["reply"].focus()

    def on_sheet_said(self, event: Composer.Said) -> None:
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
                self._go_on_with(draft)
        elif event.what == "recall":
            self._starting_on = view.item.id
            self._starting = reader.call(desk_calls.recall, event.ref, to=self, slot="reply.open")
        else:
            item = next((each for each in view.outbox if each.id == event.ref), None)
            if item is not None:
                from oms_tui.ui.dialogs.decision import Decision

                self.app.push_screen(Decision(item, view, self._frame), partial(self._decide, item.id))

    def _go_on_with(self, draft: DraftView) -> None:
        from oms_tui.ui.dialogs.others_draft import is_theirs

        if self.view is not None and is_theirs(draft, self._frame.agent):
            self._ask_whose(draft, partial(self._begin_reply, self.view.item.id, None, ""))
        else:
            self.call_next(self._open_draft, draft, self.view.item.id if self.view is not None else 0)

    def _decide(self, outbox_id: str, choice: str | None) -> None:
        if choice and self._reader is not None and self.view is not None:
            self._starting_on = self.view.item.id
            self._reader.call(desk_calls.resolve, outbox_id, choice, to=self, slot="reply.resolve")

    def action_recall(self) -> None:
        """Take back the reply that has not left; without one, the key is somebody else's."""
        view = self.view
        held = next((item for item in view.outbox if item.state == OutboxState.HELD), None) if view else None
        if view is None or held is None or self._reader is None:
            raise SkipAction
        self._starting_on = view.item.id
        self._starting = self._reader.call(desk_calls.recall, held.id, to=self, slot="reply.open")
