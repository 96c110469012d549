"""Putting an order aside until a time, or until the customer writes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from oms_tui.actions.base import EVERYBODY, WHEN_EXAMPLES, Action, Field, Outcome, Refused
from oms_tui.actions.decisions import ORDER_CHANGED, decide, decision, name_of, shown_time, write_on
from oms_tui.domain.vocabulary import OrderState, words_of

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem

_UNTIL_WRITTEN: Final = frozenset({"reply", "mail", "written", "answer"})
_NOW: Final = frozenset({"now", "off", "wake"})
_AT_MOST: Final = timedelta(days=365)
"""An order that waits for its customer comes back after a year all the same: nothing is put away for ever."""


def _read(session: Session, text: str) -> tuple[int | None, str]:
    """Until when, and in words."""
    plain = text.strip().lower()
    if plain in _NOW:
        return None, "taken up again"
    if plain in _UNTIL_WRITTEN:
        return session.now() + int(_AT_MOST.total_seconds() * 1000), "put aside until the customer writes"
    from oms_tui.actions.field_values import read_field

    until = read_field(session, Field("until", "Until", "when", required=True), text)
    return until, f"put aside until {shown_time(session, until)}, or until the customer writes"


def _check(session: Session, fields: Fields) -> None:
    _read(session, fields["until"])


def _why_not(session: Session, order: QueueItem) -> str:
    if order.is_open or order.waiting_since is not None or decision(session, order)["snoozed_until"] is not None:
        return ""
    return f"it is {words_of(OrderState, order.state)} and nothing about it waits: `remind` brings it back at a time"


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    until, words = _read(session, fields["until"])
    if until is None and decision(session, order)["snoozed_until"] is None:
        raise Refused("it is not put aside")
    if until is None or order.waiting_since is None:
        return decide(
            session,
            "snooze",
            order,
            "snoozed" if until else "woken",
            f"{words}: {fields['reason']}" if fields["reason"] else words,
            snoozed_until=until,
            snooze_reason=fields["reason"] if until else "",
        )
    return _with_their_mail(session, order, fields, until)


def _with_their_mail(session: Session, order: QueueItem, fields: Fields, until: int) -> Outcome:
    """The mail that waits is put aside as well, for a reason; its clock runs on all the same."""
    from oms_tui.actions.mail_decisions import decide_waiting

    since = shown_time(session, order.waiting_since or 0)
    if fields["until"].strip().lower() in _UNTIL_WRITTEN or not fields["reason"]:
        raise Refused(
            f"the customer waits for an answer since {since}",
            field="reason",
            hint="answer first; or put it aside until a time, and say why",
        )
    words = f"put aside with the mail that waits, until {shown_time(session, until)}: {fields['reason']}"
    with write_on(session, "snooze", order, words) as write:
        decide_waiting(write, session, order, "snoozed", fields["reason"], until=until)
        write.merge("order_decisions", name_of(order), snoozed_until=until, snooze_reason=fields["reason"])
        write.event("snoozed", words, name_of(order), {"until": until, "reason": fields["reason"]})
        write.changed(ORDER_CHANGED, *name_of(order))
    late = order.due_at is not None and order.due_at < until
    warning = f"the answer is due before that, {shown_time(session, order.due_at or 0)}" if late else ""
    return Outcome(words, write.undo_id, warning=warning)


def _preview(session: Session, _order: QueueItem, fields: Fields) -> str:
    return f"would be {_read(session, fields['until'])[1]}"


ACTION = Action(
    id="snooze",
    title="Snooze",
    help="Puts the order aside until a business time or until the customer writes, whichever comes first.",
    group="order",
    key="s",
    rank=30,
    fields=(
        Field(
            "until",
            "Until",
            default="1d",
            help=f"{WHEN_EXAMPLES}; reply: until the customer writes; now: take it up again",
        ),
        Field("reason", "Why", help="needed while the customer waits for an answer"),
    ),
    roles=EVERYBODY,
    check=_check,
    why_not=_why_not,
    apply=_apply,
    preview=_preview,
)
