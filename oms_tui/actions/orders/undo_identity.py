"""What was decided about who a customer is, taken back: whether it is the same customer is open again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.actions.base import Action, Outcome
from oms_tui.actions.identities import FIELD, decide_identity, nothing_decided

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    return decide_identity(session, order, fields["identity"], "undo")


ACTION = Action(
    id="undo_identity",
    title="Reopen identity",
    help="Takes back that an address or another customer was confirmed or rejected as this customer, however long ago.",
    group="customer",
    rank=152,
    fields=(FIELD,),
    why_not=nothing_decided,
    apply=_apply,
)
