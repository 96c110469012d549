"""Who looks after the customer's account: for every order of the customer, in whichever shop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.actions.base import Action, Field, Outcome, Refused
from oms_tui.actions.decisions import agent_name, name_of, write_on

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem

CUSTOMER_CHANGED = "customer"
"""The feed's word for "derive every order of this one's customer again"."""

_NOBODY_KEPT = "it has no customer record: an account manager has nobody to look after"


def _customer(session: Session, order: QueueItem) -> str:
    from oms_tui.store.reads.order_people import customer_called

    return customer_called(session.store, order.id)


def _why_not(session: Session, order: QueueItem) -> str:
    return "" if _customer(session, order) else _NOBODY_KEPT


def _words(session: Session, order: QueueItem, fields: Fields) -> str:
    manager = fields["manager"]
    if manager:
        return f"{agent_name(session, manager)} looks after {order.name}"
    usual = session.policy.tier(order.tier).account_manager
    return f"{order.name} is looked after as tier {order.tier} says: by {agent_name(session, usual)}"


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    from oms_tui.store.reads.order_people import members

    customer = _customer(session, order)
    if not customer:
        raise Refused(_NOBODY_KEPT)
    words = _words(session, order, fields)
    with write_on(session, "assign_manager", order, words) as write:
        before = (write.get("customer_decisions", customer) or {"account_manager": ""})["account_manager"]
        for other in members(session.store, order.id):
            if other != customer and write.get("customer_decisions", other) is not None:
                write.merge("customer_decisions", (other,), account_manager="")  # one person, one account manager
        write.merge("customer_decisions", (customer,), account_manager=fields["manager"])
        data = {"customer": customer, "before": before, "after": fields["manager"]}
        write.event("manager_assigned", words, name_of(order), data)
        write.changed(CUSTOMER_CHANGED, *name_of(order))
    return Outcome(words, write.undo_id)


ACTION = Action(
    id="assign_manager",
    title="Account manager",
    help="Says who looks after this customer; nobody: as the customer's tier says.",
    group="customer",
    key="V",
    rank=155,
    fields=(Field("manager", "Account manager", "agent", default="me", help="an agent's name, me, or nobody"),),
    why_not=_why_not,
    apply=_apply,
    preview=_words,
)
