"""A reply that has not left is taken back and is a draft again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.actions.base import DESK_AND_FINANCE, Action, Outcome
from oms_tui.actions.decisions import name_of

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import OutboxView, QueueItem

_NOT_LEFT: Final = ("held", "queued", "blocked", "failed")


def _newest(session: Session, order: QueueItem) -> OutboxView | None:
    from oms_tui.store.reads.outbox import outbox_of

    items = outbox_of(session.store, *name_of(order))
    return next((each for each in items if each.state in _NOT_LEFT and each.kind == "mail"), None)


def _why_not(session: Session, order: QueueItem) -> str:
    return "" if _newest(session, order) else "no reply on it waits to leave"


def _apply(session: Session, order: QueueItem, _fields: Fields) -> Outcome:
    from oms_tui.actions import reply

    item = _newest(session, order)
    assert item is not None  # noqa: S101 - why_not has looked
    reply.recall(session, item.id)
    return Outcome(f"taken back: {item.subject}")


ACTION = Action(
    id="recall",
    title="Recall reply",
    help="Takes back a reply that has not left; it becomes a draft again.",
    group="reply",
    key="E",
    rank=16,
    roles=DESK_AND_FINANCE,
    undoable=False,
    why_not=_why_not,
    not_by_rule="it takes back what its writer just sent",
    apply=_apply,
)
