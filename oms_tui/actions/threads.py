"""Which conversation a mail is part of, where people know better; and conversations that need no answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.actions.base import DESK_AND_FINANCE, WHEN_EXAMPLES, Field, Refused
from oms_tui.actions.decisions import shown_time
from oms_tui.actions.field_values import read_field
from oms_tui.actions.mail_decisions import MAIL_CHANGED, find_mail, write_status
from oms_tui.actions.run import settle
from oms_tui.store.writes.desk_write import DeskWrite

if TYPE_CHECKING:
    from oms_tui.store.session import Session

_STATUSES: Final = {"closed": "closed", "spam": "marked as spam", "open": "opened again", "snoozed": "put aside"}
_UNTIL: Final = Field("until", "Until", "when", required=True, help=WHEN_EXAMPLES)


def move(session: Session, mail_id: int, into_id: int) -> str:
    """Put a mail into the conversation of another; into its own: it is split off. Returns the undo id.

    Raises:
        Refused: not this role, or there is no such mail.
    """
    _allowed(session)
    mail, into = find_mail(session, mail_id), find_mail(session, into_id)
    split = mail.content_name == into.content_name
    words = f"“{mail.subject}” is a conversation of its own" if split else f"“{mail.subject}” put with “{into.subject}”"
    with DeskWrite(session, "split" if split else "merge", summary=words) as write:
        write.put(
            "thread_decisions",
            {
                "mail": mail.content_name,
                "kind": "thread",
                "value": into.content_name,
                "reason": "",
                "agent": session.agent.id,
                "decided_at": write.now,
                "snoozed_until": None,
            },
        )
        write.event("split" if split else "merged", words, data={"mail": mail.content_name, "into": into.content_name})
        write.changed(MAIL_CHANGED, "", mail.content_name)
    settle(session)
    return write.undo_id


def set_status(session: Session, mail_id: int, status: str, reason: str, *, until: str = "") -> str:
    """Close the conversation a mail is in, put it aside, mark it as spam, or open it again. Returns the undo id.

    Args:
        session: who decides.
        mail_id: a mail of the conversation.
        status: ``closed``, ``snoozed``, ``spam`` or ``open``.
        reason: why; without one nothing is closed.
        until: of a snoozed one, the business time at which it comes back; earlier if the customer writes.

    Raises:
        Refused: not this role, no such mail or status, no reason to close it for, or no time that can be read.
    """
    _allowed(session)
    mail = find_mail(session, mail_id)
    if status not in _STATUSES:
        raise Refused(f"a conversation cannot be {status!r}", code="usage", field="status", hint=", ".join(_STATUSES))
    if status == "closed" and not reason.strip():
        raise Refused("a mail is closed without an answer only for a reason", field="reason", hint="say why")
    back: int | None = read_field(session, _UNTIL, until) if status == "snoozed" else None
    words = f"“{mail.subject}” {_STATUSES[status]}"
    words += f" until {shown_time(session, back)}" if back is not None else ""
    words += f": {reason.strip()}" if reason.strip() else ""
    with DeskWrite(session, "conversation", summary=words) as write:
        write_status(write, session, mail, status, reason.strip(), until=back)
        write.event("override", words, data={"mail": mail.content_name, "status": status})
    settle(session)
    return write.undo_id


def _allowed(session: Session) -> None:
    if session.store.read_only or session.agent.role not in DESK_AND_FINANCE:
        raise Refused(f"{session.agent.shown} may not do that: it takes an agent", code="forbidden")
