"""The desk: the queue at the left, one order at the right; in a narrow terminal one of them at a time."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from oms_tui.ui import questions
from oms_tui.ui.customers import offer_sides, show_differing, show_parties, show_related
from oms_tui.ui.keys import DESK
from oms_tui.ui.list_place import ListPlace
from oms_tui.ui.mail_requests import SLOT, MailRequests
from oms_tui.ui.questions import Question
from oms_tui.ui.queue.row import numbered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.timer import Timer

    from oms_tui.store.shapes import OrderView, QueueItem
    from oms_tui.ui.acting.acting import Acting
    from oms_tui.ui.dialogs.todo import Todo
    from oms_tui.ui.jump import Target
    from oms_tui.ui.messages import Answer, Changed
    from oms_tui.ui.order.frame import Frame
    from oms_tui.ui.order.pane import OrderPane
    from oms_tui.ui.queue.list import QueueList

NARROW: Final = 100
"""Below so many columns the list has the screen, and an order when it is opened."""

_OPEN_AFTER: Final = 0.25 if "SSH_CONNECTION" in os.environ else 0.06
"""Seconds the cursor rests before its order is drawn: some 14 kB, which a slow line should not carry on every step."""

_LOADING_AFTER: Final = 0.25
_VISITED: Final = 50
_REPLIES: Final = frozenset({"draft", "send"})
"""Actions for which the desk has more than a form."""


class DeskScreen(ListPlace):
    """Queue and order."""

    PLACE = DESK
    HERE = "go_queue"
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual declares it so
        (0, "-narrow"),
        (NARROW, "-medium"),
        (150, "-wide"),
    ]
    DEFAULT_CSS: ClassVar[str] = """
    DeskScreen #desk { height: 1fr; layout: horizontal; }
    DeskScreen.-wide QueueSide { width: 42; }
    DeskScreen.-narrow QueueSide, DeskScreen.-narrow QueueSide:focus-within {
        width: 1fr; border: none; border-top: round $oms-border;
        border-title-color: $oms-accent; border-title-style: bold;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._pane: OrderPane | None = None
        self._shown: questions.OrderAnswer | None = None
        self._wanted: int | None = None
        self._then: Callable[[], object] | None = None
        self._in_order = False
        self._visited: list[int] = []
        self._acting: Acting | None = None
        self._todo: Todo | None = None
        self._asked = MailRequests(self)
        self._opening: Timer | None = None
        self._loading: Timer | None = None

    # ---- putting it together

    def on_mount(self) -> None:
        """The list has the focus."""
        super().on_mount()
        self._list.focus()

    async def begin(self) -> None:
        """After the first frame: the order pane, the first order in it, and how many orders there are."""
        from oms_tui.ui.order.pane import OrderPane

        app = self.desk
        self._pane = OrderPane(
            reader=app.reader,
            undo_seconds=int(app.session.policy.undo_window.total_seconds()),
            zone=app.session.policy.zone,
            clock=app.session.clock,
            stale_after={name: stale for name, (_kind, _enabled, stale) in app.sources.items()},
            agent=app.session.agent.id,
            id="order",
        )
        self._pane.display = not self.narrow
        await self.query_one("#desk").mount(self._pane)
        if self.queue.restored:
            from oms_tui.ui.views import named

            self.queue.begin(named(app.config, self.queue.question.title))
        else:
            self.queue.ask_again()
        if self.model.current is None:
            self._pane.show(None, state="empty", words="no order is chosen")
        elif not self.narrow:
            self.open(self.model.current.id)

    @property
    def narrow(self) -> bool:
        """Whether list and order take turns."""
        return self.size.width < NARROW

    @property
    def reading(self) -> bool:
        """Whether the order has the screen instead of the list."""
        return self.narrow and self._in_order

    def _take_turns(self) -> None:
        """Show the list, the order, or both. By style and not by class: it holds at once, so one drawing is enough."""
        for side, shown in ((self.queue, not self.reading), (self._pane, self.reading or not self.narrow)):
            if side is not None and side.display != shown:  # setting it draws the whole screen, changed or not
                side.display = shown

    def on_resize(self) -> None:
        """Another size may have room for both, or no longer."""
        self._take_turns()
        if self._pane is not None and not self.narrow and self.model.current is not None and self._wanted is None:
            self.open(self.model.current.id)

    # ---- the queue

    def ask(self, question: Question, *, to: int | None = None) -> None:
        """Show another list, the cursor at its top or on the order ``to``."""
        if self.reading:
            self.do_back()
        self.queue.ask(question, to=to)

    def show_status(self, status: questions.Status) -> None:
        """New counts or ages."""
        super().show_status(status)
        self.queue.show_status(status)
        if self._pane is not None:
            self._pane.read_again({each.source: each.last_success_at for each in status.health})

    def on_answer(self, event: Answer) -> None:
        """What the reader found."""
        match event.slot:
            case "order":
                self._order_answered(event)
            case slot if slot.startswith("act.") and self._acting is not None:
                self._acting.answered(event)
                if slot == "act.done" and not event.error:
                    self.desk.acted(event.value)
                    if self._todo is not None:
                        self._ask_order(self._todo.view.item.id)
            case slot if slot.startswith(SLOT):
                self._asked.answered(event)
            case "next":
                self._next_answered(event.value, event.error)

    def store_changed(self, changed: Changed) -> None:
        """The rows and the order, where they are told of."""
        if changed.everything or changed.kinds() != {"source"}:
            self.queue.changed()
        shown = self._wanted
        told = changed.everything or shown in changed.orders() or bool(changed.kinds() - {"order", "source"})
        if shown is not None and told:
            self._ask_order(shown)

    # ---- the order

    def on_queue_list_moved(self, event: QueueList.Moved) -> None:
        """The order is shown as soon as the cursor rests."""
        if self._opening is not None:
            self._opening.stop()
            self._opening = None
        if event.item is None:
            self._wanted = None
            self._shown = None
            if self._pane is not None:
                self._pane.show(None, state="empty", words="no order is chosen")
            self.show_keys()
        else:
            self.desk.effort.opened(event.item.id)
        if event.item is not None and not self.narrow:
            self._opening = self.set_timer(_OPEN_AFTER, self._open_rested)

    def _open_rested(self) -> None:
        """The order under the cursor now: Textual may tell of a timer after it was stopped, when the cursor is on."""
        if self._opening is not None and self.model.current is not None:
            self.open(self.model.current.id)

    def on_queue_list_opened(self, event: QueueList.Opened) -> None:
        """Enter or a click: at once, and the keys go there."""
        self.open(event.item.id, then=partial(self._go_to_panel, "conversation"))

    def open(self, order_id: int, *, then: Callable[[], object] | None = None) -> None:
        """Show an order. ``then`` is done when it is there: in a narrow terminal it takes the screen."""
        if self._opening is not None:
            self._opening.stop()
            self._opening = None
        if self._pane is None:
            return
        self.desk.effort.opened(order_id)
        self._then = then
        if self._shown is None or self._shown.order_id != order_id:
            self._ask_order(order_id)
        else:
            self._wanted = order_id
            self._do_then()

    def _do_then(self) -> None:
        then, self._then = self._then, None
        if then is not None and self._shown is not None and self._shown.view is not None:
            self._in_order = True
            self._take_turns()
            then()

    def _go_to_panel(self, name: str) -> None:
        if self._pane is not None:
            self._pane.action_panel(name)

    def _ask_order(self, order_id: int) -> None:
        self._wanted = order_id
        self.desk.reader.ask("order", self, questions.order, order_id)
        if self._loading is None and self._shown is None:
            self._loading = self.set_timer(_LOADING_AFTER, self._say_loading)

    def _say_loading(self) -> None:
        self._loading = None
        if self._shown is None and self._wanted is not None and self._pane is not None:
            self._pane.show(None, state="loading", words="reading the order")

    def _order_answered(self, event: Answer) -> None:
        if self._loading is not None:
            self._loading.stop()
            self._loading = None
        pane = self._pane
        if pane is None:
            return
        if event.value is None:
            view = self._shown.view if self._shown and self._shown.order_id == self._wanted else None
            pane.show(view, state="failed", words=event.error)
            return
        answer: questions.OrderAnswer = event.value
        if answer.order_id != self._wanted:
            return
        before, self._shown = self._shown, answer
        if answer.view is None:
            pane.show(None, state="empty", words="this order is no longer in the store")
        elif before is None or before.view != answer.view:
            pane.show(answer.view, state="ready")
        self._do_then()
        if before is None or before.refusals != answer.refusals:
            self.show_keys()
        if self._todo is not None and answer.view is not None and answer.view.item.id == self._todo.view.item.id:
            self._todo.show(answer.view, pane.now())

    def refusals(self) -> Mapping[str, str]:
        """Why actions cannot be done to what they would be done to, if that is one order, and read already."""
        orders = self._acted_on()
        known = self._shown is not None and len(orders) == 1 and self._shown.order_id == orders[0].id
        return self._shown.refusals if known and self._shown else {}

    def _target(self) -> QueueItem | None:
        """The order that keys are about: the one they go into, else the one under the list's cursor."""
        pane, shown = self._pane, self._shown
        if pane is not None and shown is not None and shown.view is not None and pane.has_focus_within:
            return shown.view.item
        return self.model.current

    # ---- commands

    def do_open(self) -> None:
        """Into the order."""
        if self.model.current is not None:
            self.open(self.model.current.id, then=partial(self._go_to_panel, "conversation"))

    def do_back(self) -> None:
        """Out of the order, then of the marks, then of the filter."""
        if self.reading or not self._list.has_focus:
            self._in_order = False
            self._take_turns()
            self._list.focus()
            if not self.narrow and self.model.current is not None:
                self.open(self.model.current.id)
        elif self.model.marked:
            self._list.unmark()
        elif self.queue.question.query:
            self.ask(Question(), to=self.model.current.id if self.model.current is not None else None)

    def do_next(self) -> None:
        """The order that most needs this agent."""
        shown = self.model.current.id if self.model.current else None
        self.desk.reader.ask("next", self, questions.most_urgent, self.queue.question, shown)

    def _next_answered(self, item: QueueItem | None, error: str) -> None:
        if error or item is None:
            self.desk.say(error or "nothing else waits in this list", "error" if error else "information")
            return
        if self.model.current is not None:
            self._visited = [*self._visited[-_VISITED:], self.model.current.id]
        self.go_to(item.id)

    def do_previous(self) -> None:
        """Back to where one was."""
        if self._visited:
            self.go_to(self._visited.pop())
        else:
            self.desk.say("there is no order before this one")

    def go_to(self, order_id: int) -> None:
        """Show an order; the cursor goes there if it is in the list."""
        at = self.model.index_of(order_id)
        if at is not None:
            self._list.go(at)
        inside = self.reading or at is None  # what is not in the list cannot be under its cursor
        self.open(order_id, then=partial(self._go_to_panel, "conversation") if inside else None)

    def do_copy(self) -> None:
        """What the cursor is on in the order, else the number of the order."""
        pane = self._pane
        if pane is not None and (text := self._asked.path_under(pane.panels["conversation"]) or pane.copied()):
            self.desk.copy(text)
        elif self.model.current is not None:
            self.desk.copy(self.model.current.number)

    def targets(self) -> list[Target]:
        """Every row that is seen, and the order's panels."""
        from oms_tui.ui.jump import Target
        from oms_tui.ui.order.arrangement import GOES

        found: list[Target] = []
        if not self.reading:
            corner, height = self._list.content_region.offset, self._list.row_height
            found += [
                Target(corner.x, corner.y + at * height, partial(self._jump_to, item.id))
                for at, item in enumerate(self._list.seen)
            ]
        if self._pane is not None and (self.reading or not self.narrow):
            for number, name in enumerate(GOES, 1):
                region = self._pane.panel(name).region
                if region.width:
                    found.append(Target(region.x + 2, region.y, partial(self.do_panel, number)))
        return found

    def _jump_to(self, order_id: int) -> None:
        self._list.focus()
        self.go_to(order_id)

    def do_reply(self, macro: str = "") -> None:
        """Answer the newest mail of the order that nobody answered."""
        target = self._target()
        if target is not None and self._pane is not None:
            self.desk.expect_text()
            self.open(target.id, then=partial(self._pane.reply, macro=macro))
        elif target is None:
            self.desk.say("no order is chosen")

    def on_order_pane_wanted(self, event: OrderPane.Wanted) -> None:
        """What the pane cannot do itself."""
        event.stop()
        match event.what:
            case "said":
                self.desk.say(event.text, event.ref or "information")
            case "url":
                self.desk.open_url(event.text)
            case "conflict":
                self.about(partial(show_differing, field=event.text))
            case "body":
                self._asked.ask(event.ref, None, event.order_id)
            case "attachment":
                self._asked.ask(event.ref[0], event.ref[1], event.order_id)
            case "sent":
                self.desk.ended(*event.ref)
            case "todo":
                self._show_todo()

    def act(
        self,
        action_id: str,
        given: Mapping[str, str] | None = None,
        *,
        ask: bool = True,
        only: QueueItem | None = None,
    ) -> None:
        """Do an action of the catalogue to the marked orders, else to the one under the cursor.

        ``ask`` False: ``given`` is all it wants to be told. ``only``: the order, whatever is marked.
        """
        if action_id in _REPLIES:
            self.do_reply()
            return
        action = next(each for each in self.desk.actions if each.id == action_id)
        orders = [only] if only is not None else self._acted_on()
        if not orders:
            self.desk.say(f"{action.title}: there is no order to do it to", "warning")
            return
        why = self.refusals().get(action_id, "") if len(orders) == 1 else ""
        if why:
            self.desk.say(f"{action.title}: {why}", "warning")
            return
        from oms_tui.ui.acting.acting import Acting

        known = self._shown is not None and len(orders) == 1 and self._shown.order_id == orders[0].id
        view = self._shown.view if known and self._shown else None
        if action_id == "resolve_conflict" and not given and len(orders) == 1 and offer_sides(self, orders[0], view):
            return
        self._acting = Acting(self, action, orders, view, given or {})
        self._acting.begin(ask=ask)

    def _acted_on(self) -> Sequence[QueueItem]:
        target = self._target()
        return list(self.model.marked.values()) or ([target] if target is not None else [])

    def acted(self) -> None:
        """An action was done: nothing is marked any more."""
        if self.model.marked:
            self._list.unmark()

    def do_act(self) -> None:
        """Choose an action."""
        from oms_tui.ui.palette import Actions

        chosen = self._acted_on()
        if not chosen:
            self.desk.say("there is no order to act on")
            return
        one = numbered(chosen[0].number)
        self.desk.offer([Actions], f"what for {one}?" if len(chosen) == 1 else f"what for {len(chosen)} marked orders?")

    def do_why(self) -> None:
        """The priority, term by term."""
        if self._pane is not None:
            self._pane.action_why()

    def do_related(self) -> None:
        """Who may be the same customer."""
        self._open_about(show_related)

    def do_parties(self) -> None:
        """Everybody who has to do with the order."""
        self._open_about(show_parties)

    def _open_about(self, show: Callable[[DeskScreen, OrderView, Frame], object]) -> None:
        target = self._target()
        if target is not None:
            self.open(target.id, then=partial(self.about, show))
        else:
            self.desk.say("no order is chosen")

    def about(self, show: Callable[[DeskScreen, OrderView, Frame], object]) -> bool:
        """A dialog about the order that is shown; whether there is anything to show."""
        view, pane = self._shown.view if self._shown else None, self._pane
        return view is not None and pane is not None and show(self, view, pane.now()) is not False

    def do_todo(self) -> None:
        """The order's tasks, and the steps of its procedures."""
        target = self._target()
        if target is not None:
            self.open(target.id, then=self._show_todo)
        else:
            self.desk.say("no order is chosen")

    def _show_todo(self) -> None:
        view, pane = self._shown.view if self._shown else None, self._pane
        if view is None or pane is None or self._todo is not None:
            return
        from oms_tui.ui.dialogs.todo import Todo

        self._todo = Todo(view, pane.now(), self._act_on_todo)
        self.desk.push_screen(self._todo, self._todo_left)

    def _act_on_todo(self, action_id: str, given: Mapping[str, str], ask: bool) -> None:
        todo = self._todo
        if todo is None:
            return
        if action_id in _REPLIES:
            todo.dismiss()
        self.act(action_id, given, ask=ask, only=todo.view.item)

    def _todo_left(self, _nothing: None) -> None:
        self._todo = None

    def do_maximise(self) -> None:
        """All the room for the panel in use, or back."""
        if self._pane is not None:
            self._pane.action_maximise()

    def do_panel(self, number: int) -> None:
        """To one of the order's panels, by its number."""
        from oms_tui.ui.order.arrangement import GOES

        target = self._target()
        if target is not None:
            self.open(target.id, then=partial(self._go_to_panel, GOES[number - 1]))
