"""Money back, never more than was taken and not yet given back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.actions.base import DESK_AND_FINANCE, Action, Field, Outcome

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem


def _why_not(session: Session, order: QueueItem) -> str:
    from oms_tui.actions.refunds import cannot_refund

    return cannot_refund(session, order)


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    from oms_tui.actions.refunds import refund

    return refund(session, order, fields)


def _preview(session: Session, order: QueueItem, fields: Fields) -> str:
    from oms_tui.actions.refunds import in_words

    return in_words(session, order, fields)


ACTION = Action(
    id="refund",
    title="Refund",
    help="Pays money back through the system that took it, never more than is left of the payment.",
    group="money",
    key="M",
    rank=140,
    fields=(
        Field("amount", "Amount", "money", help="such as 4.90; none: all that is left"),
        Field("reason", "Why"),
        Field("payment", "Payment", help="its id; none: the one with most left"),
    ),
    roles=DESK_AND_FINANCE,
    destructive=True,
    why_not=_why_not,
    leaves=True,
    apply=_apply,
    preview=_preview,
)
