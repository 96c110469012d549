"""Putting an order aside until a time, or until the customer writes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from oms_tui.actions.base import EVERYBODY, WHEN_EXAMPLES, Action, Field, Outcome, Refused
from oms_tui.actions.decisions import decide, decision, shown_time

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


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    until, words = _read(session, fields["until"])
    if until is None and decision(session, order)["snoozed_until"] is None:
        raise Refused("it is not put aside")
    if until is not None and order.waiting_since is not None:
        since = shown_time(session, order.waiting_since)
        raise Refused(
            f"the customer waits for an answer since {since}",
            hint="answer first; a customer who waits is not put aside",
        )
    return decide(
        session,
        "snooze",
        order,
        "snoozed" if until else "woken",
        f"{words}: {fields['reason']}" if fields["reason"] else words,
        snoozed_until=until,
        snooze_reason=fields["reason"] if until else "",
    )


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
        Field("reason", "Why"),
    ),
    roles=EVERYBODY,
    apply=_apply,
    preview=_preview,
)
