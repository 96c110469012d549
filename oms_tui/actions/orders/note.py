"""An internal note; colleagues see it, customers never do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.actions.base import EVERYBODY, Action, Field, Outcome
from oms_tui.actions.decisions import ORDER_CHANGED, name_of, write_on

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem

_SHOWN = 120  # characters of a note in the log's line


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    from oms_tui.store.ids import unique

    text = fields["text"]
    first = text.split("\n", 1)[0]
    shown = first if len(first) <= _SHOWN and first == text else f"{first[:_SHOWN].rstrip()}…"
    with write_on(session, "note", order, f"note: {shown}") as write:
        row = write.insert(
            "notes",
            id=unique(),
            source=order.source,
            remote_id=order.remote_id,
            author=session.agent.id,
            text=text,
            created_at=write.now,
        )
        write.event("note", shown, name_of(order), {"note": row["id"]})
        write.changed(ORDER_CHANGED, *name_of(order))
    return Outcome("note kept", write.undo_id)


ACTION = Action(
    id="note",
    title="Note",
    help="Writes an internal note on the order; customers never see it.",
    group="order",
    key="n",
    rank=20,
    fields=(Field("text", "Note", "block", required=True),),
    roles=EVERYBODY,
    apply=_apply,
)
