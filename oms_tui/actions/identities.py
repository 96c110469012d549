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
    help="email:j.k@example.net, phone:+49…, or the number of the other order; none: the only one there is",
)

_CUSTOMER: Final = "customer:"
_KINDS: Final = {"confirm": "identity_confirmed", "reject": "identity_rejected", "undo": "identity_reopened"}
_WAITS: Final = {"confirm": ("proposed",), "reject": ("proposed",), "undo": ("confirmed", "rejected")}


def nothing_proposed(session: Session, order: QueueItem) -> str:
    """Why there is nothing to decide about the order's customer; "" if there is."""
    from oms_tui.store.reads.proposals import proposals

    found = proposals(session.store, order.id)
    if found is None:
        return "it has no customer record: a guest's names cannot be joined"
    return "" if found else "no other name is proposed as this customer"


def nothing_decided(session: Session, order: QueueItem) -> str:
    """Why no decision about the order's customer can be taken back; "" if one can."""
    from oms_tui.store.reads.proposals import proposals

    found = proposals(session.store, order.id) or []
    return "" if any(_decided(each) for each in found) else "nothing was decided about who this customer is"


def decide_identity(session: Session, order: QueueItem, wanted: str, step: str) -> Outcome:
    """Confirm or reject a proposal, or take back what was decided (``step``: ``confirm``, ``reject``, ``undo``).

    Raises:
        Refused: none is called so, several could be meant, it was decided already, or it would join customers of whom
            somebody said that they are two.
    """
    from oms_tui.actions.mail_decisions import IDENTITY_CHANGED
    from oms_tui.domain.transitions import after, why_not
    from oms_tui.store.reads.proposals import proposals, rejected_between

    proposal = _meant(proposals(session.store, order.id) or [], wanted, step)
    name = proposal.called[0]
    if why := why_not("identity", proposal.state, step):
        raise Refused(f"{name}: {why}", field="identity")
    if step == "undo" and not _decided(proposal):
        raise Refused(f"{name}: its own system says that it is this customer's", field="identity")
    two = proposal.right.startswith(_CUSTOMER)
    if step == "confirm" and two and (other := rejected_between(session.store, proposal.left, proposal.right)):
        raise Refused(
            f"{name}: it would make one of {_shown(other.left)} and {_shown(other.right)}, which were rejected",
            field="identity",
            hint="undo that first",
        )
    state = after("identity", proposal.state, step)
    words = {
        "confirm": f"{name} is this customer",
        "reject": f"{name} is not this customer",
        "undo": f"whether {name} is this customer is open again",
    }[step]
    with write_on(session, f"{step}_identity", order, words) as write:
        if step == "undo" and two:
            write.delete("identity_decisions", proposal.left, proposal.right)  # proposed by what they share, not by us
        else:
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
        data = {"before": proposal.state, "after": state, "left": proposal.left, "right": proposal.right}
        write.event(_KINDS[step], words, name_of(order), data | {"evidence": list(proposal.evidence)})
        write.changed(IDENTITY_CHANGED, *name_of(order))
        write.changed(ORDER_CHANGED, *name_of(order))
    return Outcome(words, write.undo_id)


def _decided(proposal: Proposal) -> bool:
    from oms_tui.store.reads.related import OWN_EVIDENCE

    return proposal.state in _WAITS["undo"] and proposal.evidence != (OWN_EVIDENCE,)


def _shown(name: str) -> str:
    return name.removeprefix(_CUSTOMER)


def _meant(found: Sequence[Proposal], wanted: str, step: str) -> Proposal:
    if wanted:
        plain = wanted.casefold().removeprefix("#")
        for each in found:
            if plain in {name.casefold() for name in each.called} or each.right.casefold() == f"email:{plain}":
                return each
    waiting = [each for each in found if each.state in _WAITS[step] and (step != "undo" or _decided(each))]
    if not wanted and len(waiting) == 1:
        return waiting[0]
    there = ", ".join(each.called[0] for each in waiting) or f"nothing is {'decided' if step == 'undo' else 'proposed'}"
    several = f"several are {'decided' if step == 'undo' else 'proposed'}: say which"
    words = f"{wanted!r} is not proposed as this customer" if wanted else several
    raise Refused(words, field="identity", hint=there)
