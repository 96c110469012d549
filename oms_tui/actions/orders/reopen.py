"""An order that was closed here is taken up again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.actions.base import Action, Field, Outcome
from oms_tui.actions.decisions import decide, decision

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem


def _why_not(session: Session, order: QueueItem) -> str:
    from oms_tui.domain.transitions import why_not

    if decision(session, order)["closed_at"] is not None:
        return ""
    refused = why_not("order", order.state, "reopen")
    return refused or f"{order.source} closed it, not this desk: reopen it there"


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    words = f"reopened: {fields['reason']}"
    return decide(session, "reopen", order, "reopened", words, closed_at=None, closed_reason="")


ACTION = Action(
    id="reopen",
    title="Reopen",
    help="Takes up an order again that this desk had closed; it wants a reason.",
    group="order",
    key="X",
    rank=95,
    fields=(Field("reason", "Why", required=True),),
    why_not=_why_not,
    apply=_apply,
)
