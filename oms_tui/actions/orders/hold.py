"""Stopping an order before it is packed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.actions.base import DESK_AND_WAREHOUSE, Action, Field, Outcome
from oms_tui.actions.write_back import queue, unless_it_cannot

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    reason = fields["reason"]
    return queue(session, order, "hold", f"hold: {reason}", {"reason": reason})


ACTION = Action(
    id="hold",
    title="Hold",
    help="Stops the order before it is packed, for a reason.",
    group="order",
    key="h",
    rank=110,
    fields=(Field("reason", "Why", required=True),),
    roles=DESK_AND_WAREHOUSE,
    why_not=unless_it_cannot("hold"),
    apply=_apply,
)
