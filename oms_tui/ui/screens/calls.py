"""The call board: milestone calls that are due, missed or made, beside each how the customer chased us meanwhile."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from oms_tui.store.reads.calls import CallFilter
from oms_tui.ui.keys import CALLS
from oms_tui.ui.queue.row import numbered
from oms_tui.ui.screens.call_line import TABS, BoardLine, Listed
from oms_tui.ui.screens.call_rows import Told, board_rows, detail_rows, key_of
from oms_tui.ui.screens.listing import Listing
from oms_tui.ui.screens.lists import Chosen, Framed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.widget import Widget

    from oms_tui.actions.base import Done
    from oms_tui.store.reads.calls import CallItem
    from oms_tui.store.session import Session
    from oms_tui.ui.lines import LinesView
    from oms_tui.ui.messages import Answer, Changed

_MOST: Final = 500
_TICK_SECONDS: Final = 20.0


def listed(session: Session, states: tuple[str, ...], only: CallFilter) -> Listed:
    """The board, by the same read as ``oms-tui calls``."""
    from oms_tui.store.reads.calls import calls, people
    from oms_tui.store.reads.reports.coverage import kept_of
    from oms_tui.store.reads.reports.shape import Asked
    from oms_tui.store.reads.reports.weeks import Weeks

    page = calls(session.store, now=session.now(), states=states, only=only, limit=_MOST)
    if states == ("due", "missed"):  # a call that was given up is missed, and nothing is to be made of it
        page = replace(page, items=tuple(call for call in page.items if not call.ended))
    week = Weeks(session.policy.zone, session.now(), 1)
    return Listed(page, people(session.store), kept_of(Asked(session, week)))


def told(session: Session, call: CallItem) -> Told:
    """What the detail shows."""
    from oms_tui.actions.call_scripts import script
    from oms_tui.domain.refused import Refused
    from oms_tui.store.reads.order import read_order

    order = read_order(session.store, session.policy, call.order_id, now=session.now())
    if order is None:
        return Told(call, None)
    try:
        return Told(call, order, script(session, order, call.milestone))
    except Refused as error:
        return Told(call, order, wrong=error.message)


class CallsScreen(Listing):
    """Tabs above, the calls at the left, at the right what one needs for the call."""

    PLACE = CALLS
    HERE = "go_calls"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012 - Textual declares it so
    DEFAULT_CSS: ClassVar[str] = """
    CallsScreen #calls { width: 3fr; height: 1fr; }
    CallsScreen #detail { width: 2fr; height: 1fr; }
    CallsScreen.-narrow #split { layout: vertical; }
    CallsScreen.-narrow #calls { width: 1fr; height: 1fr; }
    CallsScreen.-narrow #detail { width: 1fr; height: 10; }
    """

    def body(self) -> Iterable[Widget]:
        """The line of tabs, the list, the detail."""
        from textual.containers import Horizontal

        self._line = BoardLine()
        self._calls = Chosen("Milestone calls", id="calls")
        self._detail = Framed("The call", id="detail")
        self._tab = 0
        self._only = CallFilter()
        self._list: Listed | None = None
        self._marked: set[tuple[int, str]] = set()
        self._told: Told | None = None
        yield self._line
        with Horizontal(id="split"):
            yield self._calls
            yield self._detail

    def on_mount(self) -> None:
        """Read the board; times move on by themselves."""
        super().on_mount()
        self._calls.focus()
        self._calls.say("reading the calls")
        self._detail.can_focus = True
        self._ask()
        self.set_interval(_TICK_SECONDS, self._tick)

    def _ask(self) -> None:
        self.desk.reader.ask("list", self, listed, TABS[self._tab][1], self._only)

    def _tick(self) -> None:
        """A minute passed for somebody: what was due may be missed."""
        if self.is_current and self._list is not None:
            self._ask()

    def store_changed(self, changed: Changed) -> None:
        """A call was made, came up, or a customer chased us."""
        if changed.kinds() - {"source"}:
            self._ask()

    def on_answer(self, event: Answer) -> None:
        """What the reader found."""
        if event.error:
            if event.slot == "list" and self._list is None:
                self._calls.say(event.error, "alarm")
            else:
                self.desk.say(event.error, "error")
                if event.slot == "list":
                    self._calls.mark_old()
            return
        match event.slot:
            case "list":
                self._show(event.value)
            case "told":
                self._show_told(event.value)
            case "act":
                self._tell(event.value)

    def _show(self, found: Listed) -> None:
        self._list = found
        items = found.page.items
        self._marked &= {key_of(call) for call in items}
        self._line.show(self._tab, found, self._only)
        if not items:
            self._told = None
            self._calls.say(self._nothing(), "good")
            self._detail.say("nothing to call about")
        else:
            self._draw()
            self._want()
        self.show_keys()

    def _nothing(self) -> str:
        if not self._only.empty:
            return f"no such call; {self.desk.keys.shown('back')} shows those of everybody"
        if not any(tier.calls for tier in self.desk.session.policy.tiers):
            return 'nobody is called: give a tier its milestones in the config, calls = ["shipped", "delayed"]'
        return ("every call is made", "no call is due", "no call was missed", "none yet", "none", "none yet")[self._tab]

    def _draw(self) -> None:
        if self._list is None:
            return
        page, frame, hours = self._list.page, self._now(), self.desk.session.policy.hours
        marks = f"{len(self._marked)} marked · " if self._marked else ""
        more = "+" if page.next else ""
        marked = frozenset(self._marked)
        self._calls.show(
            lambda width: board_rows(page.items, hours, frame, width, marked),
            below=f"{marks}{len(page.items)}{more}",
        )

    def on_chosen_moved(self) -> None:
        """Another call."""
        self._want()
        self.show_keys()

    def _want(self) -> None:
        call = self._current
        if call is None:
            return
        if self._told is None or self._told.call != call:
            self.desk.reader.ask("told", self, told, call)

    def _show_told(self, found: Told) -> None:
        call = self._current
        if call is None or key_of(call) != key_of(found.call):
            return
        top = self._told is None or key_of(self._told.call) != key_of(found.call)
        self._told = found
        hours, frame = self.desk.session.policy.hours, self._now()
        self._detail.show(lambda width: detail_rows(found, hours, frame, width), top=top)

    @property
    def _current(self) -> CallItem | None:
        items = self._list.page.items if self._list else ()
        return next((call for call in items if key_of(call) == self._calls.cursor_key), None)

    # ---- commands

    def titles(self) -> dict[str, str]:
        """What the keys do here."""
        return {"open": "to the order", "call_tab_1": "to 6 tabs", "mark": "mark"}

    def refusals(self) -> dict[str, str]:
        """One that is over is not made any more."""
        call = self._current
        if call is None:
            return dict.fromkeys(("call_log", "call_assign", "mark"), "nothing is chosen")
        return {"call_log": "this call is over"} if call.ended else {}

    def do_call_tab(self, number: int) -> None:
        """Another tab."""
        self._tab = number - 1
        self._line.show(self._tab, self._list, self._only)
        self._ask()

    def do_call_log(self) -> None:
        """What became of the call under the cursor."""
        from oms_tui.ui.dialogs.call_outcome import CallOutcomeDialog
        from oms_tui.ui.screens.call_rows import phone_of

        call = self._current
        if call is None or call.ended:
            self.desk.say(self.refusals()["call_log"], "warning")
            return
        phone = phone_of(self._told.order) if self._told and self._told.call == call else ""
        dialog = CallOutcomeDialog(f"{numbered(call.number)} {call.customer}", phone)
        self.desk.push_screen(dialog, partial(self._became, call))

    def _became(self, call: CallItem, outcome: str | None) -> None:
        if outcome in {"callback", "more"}:
            given = {"outcome": "callback", "when": "2h"} if outcome == "callback" else {"milestone": call.milestone}
            self._form("log_call", [call], given)
        elif outcome is not None:
            self._run("log_call", [call], {"outcome": outcome})

    def do_call_assign(self) -> None:
        """Give the marked calls, or the one under the cursor, to somebody: with their orders."""
        if chosen := self._chosen():
            self._form("assign", chosen, {})
        else:
            self.desk.say("nothing is chosen", "warning")

    def _chosen(self) -> list[CallItem]:
        if not self._marked or self._list is None:
            return [call for call in (self._current,) if call is not None]
        return [call for call in self._list.page.items if key_of(call) in self._marked]

    def _form(self, action_id: str, calls: Sequence[CallItem], given: dict[str, str]) -> None:
        from oms_tui.ui.dialogs.action_form import ActionForm

        action = next((each for each in self.desk.actions if each.id == action_id), None)
        if action is None:
            return
        first = calls[0]
        about = f"{numbered(first.number)} {first.customer}" if len(calls) == 1 else f"{len(calls)} calls"
        form = ActionForm(action, self.desk.session, about, given=given)
        self.desk.push_screen(form, partial(self._filled, action_id, calls))

    def _filled(self, action_id: str, calls: Sequence[CallItem], values: dict[str, str] | None) -> None:
        if values is not None:
            self._run(action_id, calls, {name: value for name, value in values.items() if value})

    def _run(self, action_id: str, calls: Sequence[CallItem], fields: dict[str, str]) -> None:
        from oms_tui.actions.run import run

        orders = list(dict.fromkeys(call.order_id for call in calls))
        self.desk.reader.call(run, action_id, orders, fields, to=self, slot="act")

    def _tell(self, done: Sequence[Done]) -> None:
        refused = [each for each in done if each.result == "refused"]
        back = f"; {self.desk.keys.shown('undo')} takes it back"
        if len(done) == 1:
            each = done[0]
            warning = f"; {each.warning}" if each.warning else ""
            words = f"{numbered(each.number)}: {each.why}{warning}{'' if refused else back}"
            self.desk.say(words, "warning" if refused else "information")
        elif refused:
            why = f"{numbered(refused[0].number)}: {refused[0].why}"
            self.desk.say(f"{len(done) - len(refused)} done, {len(refused)} not: {why}", "warning")
        else:
            self.desk.say(f"{len(done)} orders: {done[0].why}{back}")
        self.desk.acted(done)
        self._marked.clear()
        self._ask()

    def do_mark(self) -> None:
        """Mark a call, to give several away at once."""
        call = self._current
        if call is not None:
            self._marked ^= {key_of(call)}
            self._draw()
            self._calls.action_row(1)

    def do_mark_all(self) -> None:
        """All that are listed, or none."""
        if self._list is not None:
            everything = {key_of(call) for call in self._list.page.items}
            self._marked = set() if self._marked >= everything else everything
            self._draw()

    def do_filter(self) -> None:
        """Choose a tier, an owner or an account manager."""
        if self._list is None:
            return
        tiers, owners, managers = self._list.people
        agent = self.desk.session.agent.id
        entries = [("everybody's", "every call", partial(self._filter, CallFilter()))]
        entries += [
            (f"tier {tier}", "calls to customers served so", partial(self._filter, replace(self._only, tier=tier)))
            for tier in tiers
        ]
        entries += [
            (f"owner {owner}", "calls on their orders", partial(self._filter, replace(self._only, owner=owner)))
            for owner in dict.fromkeys((*([agent] if agent else []), "none", *owners))
        ]
        entries += [
            (
                f"account {name}",
                "calls of the accounts they look after",
                partial(self._filter, replace(self._only, account_manager=name)),
            )
            for name in managers
        ]
        self.desk.choose("show calls of which tier, owner or account?", entries)

    def _filter(self, only: CallFilter) -> None:
        self._only = only
        self._line.show(self._tab, self._list, only)
        self._ask()

    def on_lines_view_opened(self, event: LinesView.Opened) -> None:
        """Enter: to the order."""
        event.stop()
        if (call := self._current) is not None:
            self.desk.show_order(call.order_id)

    def do_back(self) -> None:
        """Marks away, then the filter, then to the desk."""
        if self._marked:
            self._marked.clear()
            self._draw()
        elif not self._only.empty:
            self._filter(CallFilter())
        else:
            self.desk.do_go_queue()

    def do_copy(self) -> None:
        """The phone number, else the order's."""
        from oms_tui.ui.screens.call_rows import phone_of

        call = self._current
        if call is not None:
            known = phone_of(self._told.order) if self._told and key_of(self._told.call) == key_of(call) else ""
            self.desk.copy(known or call.number)
