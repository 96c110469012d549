"""Two names are not one customer: a person says so, and it is never proposed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.actions.base import Action, Outcome
from oms_tui.actions.identities import FIELD, decide_identity, nothing_proposed

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    return decide_identity(session, order, fields["identity"], "reject")


ACTION = Action(
    id="reject_identity",
    title="Reject identity",
    help="Says that an address, a phone number or another customer is somebody else; it is not proposed again.",
    group="customer",
    key="N",
    rank=151,
    fields=(FIELD,),
    why_not=nothing_proposed,
    not_by_rule="who is one person is decided by people",
    apply=_apply,
)
