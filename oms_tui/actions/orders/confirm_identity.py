"""Two names are one customer: a person says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.actions.base import Action, Outcome
from oms_tui.actions.identities import FIELD, decide_identity, nothing_proposed

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    return decide_identity(session, order, fields["identity"], "confirm")


ACTION = Action(
    id="confirm_identity",
    title="Confirm identity",
    help="Says that an address, a phone number or another customer is this customer.",
    group="customer",
    key="I",
    rank=150,
    fields=(FIELD,),
    why_not=nothing_proposed,
    not_by_rule="who is one person is confirmed by people",
    apply=_apply,
)
