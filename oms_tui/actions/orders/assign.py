"""Whose order it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.actions.base import Action, Field, Outcome
from oms_tui.actions.decisions import agent_name, decide, decision

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem


def _words(session: Session, fields: Fields) -> str:
    owner = fields["owner"]
    return f"given to {agent_name(session, owner)}" if owner else "given to nobody"


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    if decision(session, order)["owner"] == fields["owner"]:
        return Outcome(f"{_words(session, fields)} already")
    return decide(session, "assign", order, "assigned", _words(session, fields), owner=fields["owner"])


def _preview(session: Session, _order: QueueItem, fields: Fields) -> str:
    return f"would be {_words(session, fields)}"


ACTION = Action(
    id="assign",
    title="Assign",
    help="Gives the order to an agent, to yourself, or to nobody.",
    group="order",
    key="o",
    rank=40,
    fields=(Field("owner", "Owner", "agent", default="me", help="an agent's name, me, or nobody"),),
    apply=_apply,
    preview=_preview,
)
