"""The order is settled. Whatever is still open on it is told first, and closed only with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.actions.base import Action, Field, Outcome, Refused
from oms_tui.actions.decisions import ORDER_CHANGED, name_of, shown_time, write_on
from oms_tui.actions.steps import procedures
from oms_tui.actions.tasks import end_task, open_tasks

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem

_COMING_BACK: Final = frozenset({"requested", "in_progress"})


def obstacles(session: Session, order: QueueItem) -> list[str]:
    """What is still open on an order, in words."""
    from oms_tui.store.reads.outbox import UNDONE, drafts_of, outbox_of

    found = []
    if order.waiting_since is not None:
        found.append(f"the customer waits for an answer since {shown_time(session, order.waiting_since)}")
    if leaving := [
        item for item in outbox_of(session.store, *name_of(order)) if item.state in UNDONE and item.state != "sent"
    ]:
        found.append(f"{len(leaving)} in the outbox is not settled ({leaving[0].state.replace('_', ' ')})")
    if drafts_of(session.store, *name_of(order)):
        found.append("a reply is being written")
    found += [f"open task: {task['title']}" for task in open_tasks(session, order)]
    found += [
        f"{each.name} is not done: {each.next.rule.title}"
        for each in procedures(session, order)
        if each.next is not None
    ]
    if _disputed(session, order):
        found.append("a chargeback waits for our answer")
    if order.return_status in _COMING_BACK:
        found.append("goods are coming back")
    return found


def _disputed(session: Session, order: QueueItem) -> bool:
    row = session.store.cache.execute(
        "SELECT 1 FROM disputes WHERE order_id=? AND state IN ('needs_response','under_review') LIMIT 1", (order.id,)
    )
    return row.fetchone() is not None


def _why_not(_session: Session, order: QueueItem) -> str:
    from oms_tui.domain.transitions import why_not

    return why_not("order", order.state, "close")


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    from oms_tui.actions.mail_decisions import decide_waiting

    open_still, reason = obstacles(session, order), fields["reason"]
    if open_still and not reason:
        raise Refused(
            f"it is not closed without a reason: {'; '.join(open_still)}", field="reason", hint="settle it, or say why"
        )
    words = f"closed: {reason}" if reason else "closed"
    with write_on(session, "close", order, words) as write:
        write.merge("order_decisions", name_of(order), closed_at=write.now, closed_reason=reason, snoozed_until=None)
        for task in open_tasks(session, order):
            end_task(write, task, f"order closed: {reason}", state="dropped")
        if order.waiting_since is not None:
            decide_waiting(write, session, order, "closed", reason)
        write.event("closed", words, name_of(order), {"reason": reason, "still_open": open_still})
        write.changed(ORDER_CHANGED, *name_of(order))
    return Outcome(words, write.undo_id)


def _preview(session: Session, order: QueueItem, fields: Fields) -> str:
    open_still = obstacles(session, order)
    if not open_still:
        return "would be closed; nothing is open on it"
    tail = f"; closed all the same: {fields['reason']}" if fields["reason"] else "; it takes a reason"
    return f"still open: {'; '.join(open_still)}{tail}"


ACTION = Action(
    id="close",
    title="Close",
    help="Closes the order; with mail unanswered or anything else open on it only for a reason.",
    group="order",
    key="x",
    rank=90,
    fields=(Field("reason", "Why", help="needed only while something is open on it"),),
    why_not=_why_not,
    apply=_apply,
    preview=_preview,
)
