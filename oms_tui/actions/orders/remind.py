"""A follow-up: the order comes back at a business time with what to do, or earlier if the customer writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.actions.base import EVERYBODY, WHEN_EXAMPLES, Action, Field, Outcome
from oms_tui.actions.decisions import ORDER_CHANGED, name_of, shown_time, write_on
from oms_tui.actions.tasks import open_task

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem


def _words(session: Session, fields: Fields) -> str:
    return f"{fields['title']}, on {shown_time(session, fields['when'])}"


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    due, words = fields["when"], f"reminder: {_words(session, fields)}"
    with write_on(session, "remind", order, words) as write:
        task = open_task(write, session, order, "reminder", title=fields["title"], due_at=due)
        if not fields["keep"] and order.waiting_since is None:  # a customer who waits is not put aside
            write.merge("order_decisions", name_of(order), snoozed_until=due, snooze_reason=fields["title"])
        write.event("reminder", words, name_of(order), {"task": task["id"], "due_at": due})
        write.changed(ORDER_CHANGED, *name_of(order))
    return Outcome(words, write.undo_id)


def _preview(session: Session, order: QueueItem, fields: Fields) -> str:
    stays = (
        "stays in the queue meanwhile"
        if fields["keep"] or order.waiting_since
        else "is put aside until then or until the customer writes"
    )
    return f"would be due: {_words(session, fields)}; the order {stays}"


ACTION = Action(
    id="remind",
    title="Remind",
    help="Brings the order back at a business time with what to do then, and earlier if the customer writes.",
    group="order",
    key="b",
    rank=50,
    fields=(
        Field("when", "When", "when", required=True, default="3d", help=WHEN_EXAMPLES),
        Field("title", "What to do", default="follow up"),
        Field("keep", "Keep it in the queue meanwhile", "flag"),
    ),
    roles=EVERYBODY,
    apply=_apply,
    preview=_preview,
)
