"""Whether a name is a customer's: proposals with their evidence, and what people decide about them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from oms_tui.actions.base import Field, Outcome, Refused
from oms_tui.actions.decisions import ORDER_CHANGED, name_of, write_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oms_tui.store.reads.proposals import Proposal
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem

FIELD: Final = Field(
    "identity",
    "Who",
    help="email:j.k@example.net, phone:+49…, or the number of the other order; none: the only one proposed",
)


def nothing_proposed(session: Session, order: QueueItem) -> str:
    """Why there is nothing to decide about the order's customer; "" if there is."""
    from oms_tui.store.reads.proposals import proposals

    found = proposals(session.store, order.id)
    if found is None:
        return "it has no customer record: a guest's names cannot be joined"
    return "" if found else "no other name is proposed as this customer"


def decide_identity(session: Session, order: QueueItem, wanted: str, step: str) -> Outcome:
    """Confirm or reject (``step``) a proposal.

    Raises:
        Refused: none is called so, several could be meant, or it was decided already.
    """
    from oms_tui.actions.mail_decisions import IDENTITY_CHANGED
    from oms_tui.domain.transitions import after, why_not
    from oms_tui.store.reads.proposals import proposals

    proposal = _meant(proposals(session.store, order.id) or [], wanted)
    if why := why_not("identity", proposal.state, step):
        raise Refused(f"{proposal.called[0]}: {why}", field="identity")
    state = after("identity", proposal.state, step)
    words = f"{proposal.called[0]} is {'' if step == 'confirm' else 'not '}this customer"
    action = f"{step}_identity"
    with write_on(session, action, order, words) as write:
        write.put(
            "identity_decisions",
            {
                "left": proposal.left,
                "right": proposal.right,
                "state": state,
                "evidence": json.dumps(proposal.evidence, ensure_ascii=False),
                "agent": session.agent.id,
                "decided_at": write.now,
            },
        )
        kind = "identity_confirmed" if step == "confirm" else "identity_rejected"
        write.event(kind, words, name_of(order), {"before": proposal.state, "after": state, "right": proposal.right})
        write.changed(IDENTITY_CHANGED, *name_of(order))
        write.changed(ORDER_CHANGED, *name_of(order))
    return Outcome(words, write.undo_id)


def _meant(found: Sequence[Proposal], wanted: str) -> Proposal:
    if wanted:
        plain = wanted.casefold().removeprefix("#")
        for each in found:
            if plain in {name.casefold() for name in each.called} or each.right.casefold() == f"email:{plain}":
                return each
    waiting = [each for each in found if each.state == "proposed"]
    if not wanted and len(waiting) == 1:
        return waiting[0]
    there = ", ".join(each.called[0] for each in waiting) or "nothing is proposed"
    words = f"{wanted!r} is not proposed as this customer" if wanted else "several are proposed: say which"
    raise Refused(words, field="identity", hint=there)
