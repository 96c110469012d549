"""From a key to an action done: what it lacks is asked, what is dangerous is shown first, what happened is said."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from oms_tui.actions.run import doubt, run
from oms_tui.domain.refused import Refused
from oms_tui.ui.queue.row import numbered

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from oms_tui.actions.base import Action, Done
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import OrderView, QueueItem
    from oms_tui.ui.app import DeskApp
    from oms_tui.ui.desk_screen import DeskScreen
    from oms_tui.ui.messages import Answer

Mails = list[tuple[str, str]]
"""Mails to choose among: id, words."""


class Acting:
    """One action on its way. A screen has one of these at a time.

    Args:
        screen: where questions are shown and answers come to.
        action: of the catalogue.
        orders: what it is done to.
        view: the order that is shown, if it is one of them: it knows its mails and conflicts.
        given: fields that are known already.
    """

    def __init__(
        self,
        screen: DeskScreen,
        action: Action,
        orders: Sequence[QueueItem],
        view: OrderView | None,
        given: Mapping[str, str],
    ) -> None:
        self._screen = screen
        self._action = with_sides(action, view, given) if action.id == "resolve_conflict" and view else action
        self._orders = tuple(orders)
        self._view = view
        self._values = dict(given)
        self._mails: Mails = []

    @property
    def _desk(self) -> DeskApp:
        return self._screen.desk

    @property
    def _about(self) -> str:
        first = self._orders[0]
        return f"{numbered(first.number)} {first.name}" if len(self._orders) == 1 else f"{len(self._orders)} orders"

    def begin(self, *, ask: bool = True) -> None:
        """Ask for what it wants to be told, else do it; ``ask`` False: all of it is given."""
        if not ask:
            self._proceed(sure=False)
        elif any(field.kind == "mail" for field in self._action.fields):
            self._desk.reader.ask("act.mails", self._screen, mails, self._action.id, self._view)
        elif self._action.fields:
            self._ask()
        else:
            self._proceed(sure=False)

    def _ask(self) -> None:
        from oms_tui.ui.dialogs.action_form import ActionForm

        form = ActionForm(self._action, self._desk.session, self._about, given=self._values, mails=self._mails)
        self._desk.push_screen(form, self._asked)

    def _asked(self, values: dict[str, str] | None) -> None:
        if values is not None:
            self._values = values
            self._proceed(sure=True)  # the form has asked once more where that is needed

    def _proceed(self, *, sure: bool) -> None:
        if len(self._orders) > 1 or (self._action.destructive and not sure):
            self._run("act.preview", preview=True)
        elif self._action.doubt is not None:
            self._desk.reader.call(
                doubt, self._action.id, self._orders[0].id, self._written(), to=self._screen, slot="act.doubt"
            )
        else:
            self._run("act.done")

    def _written(self) -> dict[str, str]:
        return {name: value for name, value in self._values.items() if value}

    def _doubted(self, why: str) -> None:
        if not why:
            self._run("act.done")
            return
        from oms_tui.ui.dialogs.confirm import Confirm

        words = f"{self._about}: {why}."
        self._desk.push_screen(Confirm(f"{self._action.title}?", words, "y", "all the same"), self._sure)

    def _sure(self, yes: bool | None) -> None:
        if yes:
            self._run("act.done")

    def _run(self, slot: str, *, preview: bool = False) -> None:
        ids = [order.id for order in self._orders]
        self._desk.reader.call(run, self._action.id, ids, self._written(), to=self._screen, slot=slot, preview=preview)

    # ---- answers

    def answered(self, event: Answer) -> None:
        """What the reader made of it."""
        if event.error:
            self._failed(event)
        elif event.slot == "act.mails":
            self._with_mails(event.value)
        elif event.slot == "act.doubt":
            self._doubted(event.value)
        elif event.slot == "act.preview":
            from oms_tui.ui.acting.lists import Preview

            title = f"{self._action.title} · {self._about}"
            self._desk.push_screen(Preview(title, event.value, partial(self._run, "act.done")))
        else:
            self._tell(event.value)

    def _failed(self, event: Answer) -> None:
        self._desk.say(event.error, "error")
        if isinstance(event.failure, Refused) and any(each.name == event.failure.field for each in self._action.fields):
            self._ask()  # with what was written

    def _with_mails(self, found: Mails) -> None:
        self._mails = found
        if not found and any(field.kind == "mail" and field.required for field in self._action.fields):
            self._desk.say(f"{self._action.title}: there is no mail to choose", "warning")
        else:
            self._ask()

    def _tell(self, done: Sequence[Done]) -> None:
        """Say what happened; where something of many failed, list it."""
        refused = [each for each in done if each.result == "refused"]
        undo = self._desk.keys.shown("undo")
        if len(done) == 1:
            each = done[0]
            warning = f"; {each.warning}" if each.warning else ""
            back = f"; {undo} takes it back" if undo and each.undo_id else ""
            words = f"{numbered(each.number)}: {each.why}{warning}{back}"
            self._desk.say(words, "warning" if each.result == "refused" else "information")
        elif refused:
            from oms_tui.ui.acting.lists import Outcome

            title = f"{self._action.title}: {len(done) - len(refused)} done, {len(refused)} not"
            self._desk.push_screen(Outcome(title, done))
        else:
            self._desk.say(f"{self._action.title}: {len(done)} orders done; {undo} takes it all back")
        if len(refused) < len(done):
            self._screen.acted()


def with_sides(action: Action, view: OrderView, given: Mapping[str, str]) -> Action:
    """``resolve_conflict`` with the sides of the conflict to choose among, and the fields on which systems disagree."""
    open_ones = [each for each in view.conflicts if each.state == "open"]
    wanted = given.get("field", "")
    chosen = next((each for each in open_ones if each.field == wanted or not wanted), None)
    if chosen is None:
        return action
    sides = [(side.called, f"{side.called}: {side.value}") for side in chosen.values] + [("accept", "both may stay")]
    names = [(each.field, each.field.replace("_", " ")) for each in open_ones]
    choices = {"value": sides, "field": names}
    fields = tuple(
        replace(
            field,
            kind="choice",
            default=chosen.field if field.name == "field" else "",
            choices=tuple(value for value, _words in choices[field.name]),
            words=tuple(words for _value, words in choices[field.name]),
        )
        for field in action.fields
    )
    return replace(action, fields=fields)


def mails(session: Session, action: str, view: OrderView | None) -> Mails:
    """The mails an action may be about: to link one, those that belong to no order; else those of the order."""
    if action != "link" and view is not None:
        own = [mail for thread in view.conversations for mail in thread.messages]
        own.sort(key=lambda mail: -mail.sent_at)
        return [(str(mail.id), f"{mail.subject or 'no subject'} · {mail.from_address}") for mail in own]
    from oms_tui.store.reads.mail import unlinked

    found, _more = unlinked(session.store)
    return [(str(mail.id), f"{mail.subject or 'no subject'} · {mail.from_name or mail.from_address}") for mail in found]
