"""Telling somebody here of something: a notice in their list, until it is done. Inside the transaction of its cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain.safe_text import safe_line
from oms_tui.store.ids import unique
from oms_tui.store.reads.agent_notices import recipients
from oms_tui.store.writes.desk_write import DeskWrite

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oms_tui.store.session import Session
    from oms_tui.store.writes.desk_write import OrderName

ROLE: Final = "role:"
"""Before a role's name: whoever has it."""

_LONGEST: Final = 300


def notify(write: DeskWrite, to: str, kind: str, order: OrderName | None, words: str, *, number: str = "") -> str:
    """Put a notice into somebody's list; returns its id. Undoing what ``write`` does takes it away again.

    Args:
        write: the transaction of what it is about.
        to: an agent's id, or ``role:lead``.
        kind: ``escalation``, ``mention``: in whatever words a list shows it, ``_`` as a blank.
        order: (source, remote id), None if it is about none.
        words: what they are to know; made safe here.
        number: the order's number as people read it.
    """
    source, remote_id = order or ("", "")
    row = write.insert(
        "agent_notices",
        id=unique(),
        recipient=to,
        kind=kind,
        source=source,
        remote_id=remote_id,
        number=number,
        words=safe_line(words, _LONGEST),
        sender=write.agent,
        created_at=write.now,
    )
    write.changed("notice")
    return str(row["id"])


def done(session: Session, notices: Sequence[str]) -> int:
    """This agent has seen to notices of theirs, which undo takes back; how many were open until now."""
    return _seen(session, notices, "notice_done", open_now=True, done_at=session.now(), done_by=session.agent.id)


def reopen(session: Session, notices: Sequence[str]) -> int:
    """Open notices again that somebody has seen to; how many are."""
    return _seen(session, notices, "notice_reopened", open_now=False, done_at=None, done_by="")


def _seen(session: Session, notices: Sequence[str], action: str, *, open_now: bool, **changes: Any) -> int:
    mine = recipients(session)
    count = 0
    with DeskWrite(session, action, summary="a notice was seen to" if open_now else "a notice was opened") as write:
        for notice in notices:
            row = write.get("agent_notices", notice)
            if row is not None and (row["done_at"] is None) == open_now and row["recipient"] in mine:
                write.merge("agent_notices", (notice,), **changes)
                count += 1
        if count:
            write.changed("notice")
    return count
