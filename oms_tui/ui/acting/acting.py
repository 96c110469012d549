"""From a key to an action done: what it lacks is asked, what is dangerous is shown first, what happened is said."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from oms_tui.actions.field_values import options as options_of
from oms_tui.actions.field_values import read_fields
from oms_tui.actions.run import run
from oms_tui.domain.refused import Refused
from oms_tui.ui.queue.row import numbered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from oms_tui.actions.base import Action, Done, Field
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import OrderView, QueueItem
    from oms_tui.ui.desk_screen import DeskScreen
    from oms_tui.ui.messages import Answer

_FEW: Final = 1  # orders up to which an outcome is a sentence and not a list


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
        self._action = action
        self._orders = tuple(orders)
        self._view = view
        self._given = dict(given)
        self._values: dict[str, str] = {}

    @property
    def _desk(self) -> Any:
        return self._screen.desk

    @property
    def _title(self) -> str:
        one = f"{numbered(self._orders[0].number)} {self._orders[0].name}"
        return f"{self._action.title} · {one if len(self._orders) == 1 else f'{len(self._orders)} orders'}"

    def begin(self) -> None:
        """Ask for what is missing, else do it."""
        mail = next((field for field in self._action.fields if field.kind == "mail" and field.required), None)
        if mail is not None and mail.name not in self._given:
            self._ask_mail(mail)
            return
        fields = [field for field in self._action.fields if field.name not in self._given and field.kind != "mail"]
        if fields:
            self._ask(fields)
        else:
            self._proceed({})

    def _ask(self, fields: Sequence[Field], *, wrong: tuple[str, str] | None = None) -> None:
        from oms_tui.ui.acting.form import ActionForm

        session = self._desk.session
        options = {field.name: self._options(session, field) for field in fields}
        blink = self._desk.config.ui.blink
        form = ActionForm(
            self._title, self._action.help, fields, options, self._check, values=self._values, blink=blink
        )
        self._desk.push_screen(form, self._asked)
        if wrong is not None:
            form.call_after_refresh(form.tell, *wrong)

    def _options(self, session: Session, field: Field) -> Sequence[tuple[str, str]]:
        if self._action.id == "resolve_conflict" and self._view is not None:
            return conflict_options(self._view, field.name, self._given.get("field", ""))
        found = options_of(session, field)
        return (("me", "me"), *found, ("nobody", "nobody")) if field.kind == "agent" else found

    def _check(self, values: dict[str, str]) -> tuple[str, str] | None:
        try:
            read_fields(self._desk.session, self._action, {**self._given, **values})
        except Refused as refused:
            return refused.field, f"{refused.message}; {refused.hint}" if refused.hint else refused.message
        return None

    def _asked(self, values: dict[str, str] | None) -> None:
        if values is not None:
            self._proceed(values)

    def _ask_mail(self, field: Field) -> None:
        """A mail of the order, or (to link one) a mail that belongs to no order."""
        self._desk.reader.ask(f"act.mail.{field.name}", self._screen, _mails, self._action.id, self._view)

    def _proceed(self, values: dict[str, str]) -> None:
        self._values = values
        if self._action.destructive or len(self._orders) > 1:
            self._run("act.preview", preview=True)
        else:
            self._run("act.done")

    def _run(self, slot: str, *, preview: bool = False) -> None:
        ids = [order.id for order in self._orders]
        fields = {**self._given, **{name: value for name, value in self._values.items() if value}}
        self._desk.reader.call(run, self._action.id, ids, fields, to=self._screen, slot=slot, preview=preview)

    # ---- answers

    def answered(self, event: Answer) -> None:
        """What the reader made of it."""
        if event.error:
            self._failed(event)
        elif event.slot.startswith("act.mail."):
            self._offer_mails(event.slot.removeprefix("act.mail."), event.value)
        elif event.slot == "act.preview":
            from oms_tui.ui.acting.form import Preview

            self._desk.push_screen(Preview(self._title, event.value, partial(self._run, "act.done")))
        else:
            self._tell(event.value)

    def _failed(self, event: Answer) -> None:
        field = event.failure.field if isinstance(event.failure, Refused) else ""
        asked = [each for each in self._action.fields if each.name in self._values]
        if field and any(each.name == field for each in asked):
            self._ask(asked, wrong=(field, event.error))
        else:
            self._desk.say(event.error, "error")

    def _offer_mails(self, name: str, mails: Sequence[tuple[str, str, str]]) -> None:
        if not mails:
            self._desk.say(f"{self._action.title}: there is no mail to choose", "warning")
            return
        entries: list[tuple[str, str, Callable[[], object]]] = [
            (subject, sender, partial(self._with_mail, name, number)) for number, subject, sender in mails
        ]
        self._desk.choose(f"{self._action.title.lower()}: which one?", entries)

    def _with_mail(self, name: str, number: str) -> None:
        self._given[name] = number
        self.begin()

    def _tell(self, done: Sequence[Done]) -> None:
        """Say what happened; where something of many failed, list it."""
        refused = [each for each in done if each.result == "refused"]
        undo = self._desk.keys.shown("undo")
        if len(done) <= _FEW:
            for each in done:
                warning = f"; {each.warning}" if each.warning else ""
                back = f"; {undo} takes it back" if undo and each.undo_id else ""
                words = f"{numbered(each.number)}: {each.why}{warning}{back}"
                self._desk.say(words, "warning" if each.result == "refused" else "information")
        elif refused:
            from oms_tui.ui.acting.form import Outcome

            title = f"{self._action.title}: {len(done) - len(refused)} done, {len(refused)} not"
            self._desk.push_screen(Outcome(title, done))
        else:
            self._desk.say(f"{self._action.title}: {len(done)} orders done; {undo} takes the last one back")
        if len(refused) < len(done):
            self._screen.acted()


def conflict_options(view: OrderView, field: str, conflict: str) -> Sequence[tuple[str, str]]:
    """The sides of a conflict, and that they may differ; or the fields on which systems disagree."""
    open_ones = [each for each in view.conflicts if each.state == "open"]
    if field == "field":
        return [(each.field, each.field.replace("_", " ")) for each in open_ones]
    chosen = next((each for each in open_ones if each.field == conflict or not conflict), None)
    if chosen is None:
        return ()
    return [(side.source, f"{side.source}: {side.value}") for side in chosen.values] + [("accept", "both may stay")]


def _mails(session: Session, action: str, view: OrderView | None) -> list[tuple[str, str, str]]:
    """Mails to choose among: number, subject, sender."""
    if action != "link" and view is not None:
        mails = [mail for thread in view.conversations for mail in thread.messages]
        return [(str(mail.id), mail.subject or "no subject", mail.from_address) for mail in reversed(mails)]
    from oms_tui.store.reads.mail import unlinked

    found, _more = unlinked(session.store)
    return [(str(mail.id), mail.subject or "no subject", mail.from_name or mail.from_address) for mail in found]
