"""Telling somebody here of something: a notice in their list, until it is done. Inside the transaction of its cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.domain.safe_text import safe_line
from oms_tui.store import desk_rows
from oms_tui.store.driver import transaction
from oms_tui.store.ids import unique
from oms_tui.store.reads.agent_notices import recipients

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oms_tui.store.session import Session
    from oms_tui.store.writes.desk_write import DeskWrite, OrderName

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
    """This agent has seen to notices of theirs; how many were open until now."""
    desk, mine = session.store.desk, recipients(session.agent)
    count = 0
    with transaction(desk):
        for notice in notices:
            row = desk_rows.get(desk, "agent_notices", notice)
            if row is None or row["done_at"] is not None or row["recipient"] not in mine:
                continue
            desk_rows.put(desk, "agent_notices", row | {"done_at": session.now(), "done_by": session.agent.id})
            count += 1
        if count:
            desk_rows.changed(desk, "notice")
    return count


def reopen(session: Session, notices: Sequence[str]) -> int:
    """Take ``done`` back; how many are open again."""
    desk, mine = session.store.desk, recipients(session.agent)
    count = 0
    with transaction(desk):
        for notice in notices:
            row = desk_rows.get(desk, "agent_notices", notice)
            if row is not None and row["done_at"] is not None and row["recipient"] in mine:
                desk_rows.put(desk, "agent_notices", row | {"done_at": None, "done_by": ""})
                count += 1
        if count:
            desk_rows.changed(desk, "notice")
    return count
