"""Drafts that a rule prepared: withdrawn, or made anew, as long as nobody has touched them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.domain.rules import ACTOR
from oms_tui.store import desk_rows
from oms_tui.store.writes.desk_write import DeskWrite

if TYPE_CHECKING:
    from oms_tui.store.desk_rows import Values
    from oms_tui.store.session import Session


def untouched(row: Values) -> bool:
    """Whether a draft is as its rule left it: nobody has taken it up or typed in it."""
    return bool(row["prepared_by"]) and row["agent"] == row["prepared_by"]


def withdraw(session: Session, draft_id: str, why: str) -> bool:
    """Take a prepared draft away, with ``why`` in the log; False if somebody has taken it up, sent or discarded it."""
    row = desk_rows.get(session.store.desk, "drafts", draft_id)
    if row is None or not untouched(row):
        return False
    name = (row["source"], row["remote_id"])
    with DeskWrite(session, "draft", [name], undoable=False) as write:
        write.delete("drafts", draft_id)
        said = f"the draft that rule {row['prepared_by'].removeprefix(ACTOR)} prepared was withdrawn: {why}"
        write.event("draft", said, name, {"draft": draft_id})
        write.changed("draft", *name)
    return True


def refresh(session: Session, draft_id: str) -> bool:
    """Fill a prepared draft anew from its macro with what is known now; whether it reads otherwise.

    Raises:
        Refused: the order or the macro is gone.
    """
    from oms_tui.actions.reply_record import filled, macro_called, writing
    from oms_tui.domain.safe_text import safe_line

    row = desk_rows.get(session.store.desk, "drafts", draft_id)
    if row is None or not untouched(row) or not row["macro"]:
        return False
    about = writing(session, draft_id)
    drawn = filled(session, macro_called(session, row["macro"]), about.order, about.mail)
    signature = session.policy.signature.strip()
    body = f"{drawn.text.rstrip()}\n\n{signature}\n" if signature and signature not in drawn.text else drawn.text
    subject = safe_line(drawn.subject, 200) if drawn.subject and not row["mail"] else row["subject"]
    if (body, subject) == (row["body"], row["subject"]):
        return False
    name = (row["source"], row["remote_id"])
    with DeskWrite(session, "draft", [name], undoable=False) as write:
        desk_rows.put(write.desk, "drafts", row | {"body": body, "subject": subject, "updated_at": session.now()})
        write.changed("draft", *name)
    return True
