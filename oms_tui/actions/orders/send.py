"""The reply that was written on this order leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.actions.base import DESK_AND_FINANCE, Action, Field, Outcome, Refused
from oms_tui.actions.decisions import name_of
from oms_tui.domain.rules import rule_of

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import DraftView, QueueItem


def _mine(session: Session, order: QueueItem) -> list[DraftView]:
    """An agent's own drafts; a rule's are those that any rule prepared and nobody has touched."""
    from oms_tui.store.reads.outbox import drafts_of

    drafts = drafts_of(session.store, *name_of(order))
    if rule_of(session.agent.id):
        return [each for each in drafts if each.prepared_by and each.agent == each.prepared_by]
    return [each for each in drafts if each.agent == session.agent.id]


def _why_not(session: Session, order: QueueItem) -> str:
    if _mine(session, order):
        return ""
    return "no rule has prepared a draft on it" if rule_of(session.agent.id) else "you have no draft on it"


def _draft(session: Session, order: QueueItem, fields: Fields) -> DraftView:
    found = next((each for each in _mine(session, order) if fields["draft"] in {"", each.id}), None)
    if found is None:
        raise Refused(f"you have no draft {fields['draft']!r} on it", code="not_found", field="draft")
    return found


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    from oms_tui.actions import reply
    from oms_tui.store.writes.undo import last

    item = reply.send(session, _draft(session, order, fields).id)
    entry = last(session)
    undo_id = entry["id"] if entry is not None and entry["action"] == "send" else ""
    return Outcome(f"reply to {', '.join(item.recipients)}: {item.subject}", undo_id, result="queued")


def _preview(session: Session, order: QueueItem, fields: Fields) -> str:
    from oms_tui.actions import reply

    found = _draft(session, order, fields)
    stops = [each.words for each in reply.check(session, found.id) if each.blocking]
    return f"would not leave: {'; '.join(stops)}" if stops else reply.preview(session, found.id)


ACTION = Action(
    id="send",
    title="Send reply",
    help="Sends your draft on this order after the undo window.",
    group="reply",
    rank=15,
    fields=(Field("draft", "Draft", help="its id; none: the one you touched last"),),
    roles=DESK_AND_FINANCE,
    why_not=_why_not,
    leaves=True,
    apply=_apply,
    preview=_preview,
)
