"""An internal note; colleagues see it, customers never do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.actions.base import EVERYBODY, Action, Field, Outcome, Refused
from oms_tui.actions.decisions import ORDER_CHANGED, name_of, write_on
from oms_tui.actions.write_back import ask, source_cannot

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem

_SHOWN = 120  # characters of a note in the log's line


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    from oms_tui.store.ids import unique

    text = fields["text"]
    if fields["share"] and (why := source_cannot(session, order, order.source, "note")):
        raise Refused(why, field="share")
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
        if fields["share"]:
            ask(
                write,
                session,
                order,
                "note",
                words=f"note: {shown}",
                fields={"text": text},
                account=order.source,
                expect="",
            )
        write.event("note", shown, name_of(order), {"note": row["id"]})
        write.changed(ORDER_CHANGED, *name_of(order))
    return Outcome(f"note kept; {order.source} gets it too" if fields["share"] else "note kept", write.undo_id)


ACTION = Action(
    id="note",
    title="Note",
    help="Writes an internal note on the order; customers never see it.",
    group="order",
    key="n",
    rank=20,
    fields=(
        Field("text", "Note", "block", required=True),
        Field("share", "Leave it in the order's own system too", "flag"),
    ),
    roles=EVERYBODY,
    apply=_apply,
)
