"""Cancelling an order in the system it is from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.actions.base import Action, Field, Outcome
from oms_tui.actions.write_back import queue, unless_it_cannot

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    words = f"cancel: {fields['reason']}"
    return queue(session, order, "cancel", words, {"reason": fields["reason"]})


def _preview(_session: Session, order: QueueItem, fields: Fields) -> str:
    return f"would ask {order.source} to cancel {order.number}: {fields['reason']}"


ACTION = Action(
    id="cancel",
    title="Cancel order",
    help="Cancels the order in the system it is from, where that allows it.",
    group="order",
    key="K",
    rank=200,
    fields=(Field("reason", "Why", required=True),),
    destructive=True,
    why_not=unless_it_cannot("cancel"),
    apply=_apply,
    preview=_preview,
)
