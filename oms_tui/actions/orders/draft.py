"""A reply is begun; its text is written in the composer, or comes from a macro."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.actions.base import DESK_AND_FINANCE, Action, Field, Outcome
from oms_tui.domain.rules import rule_of

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem


def _why_not(session: Session, order: QueueItem) -> str:
    if not session.accounts:
        return "no mailbox of this desk can send"
    return _written_already(session, order) if rule_of(session.agent.id) else ""


def _written_already(session: Session, order: QueueItem) -> str:
    """What a rule prepares is for an order on which nobody writes."""
    from oms_tui.store.reads.outbox import drafts_of

    for begun in drafts_of(session.store, order.source, order.remote_id):
        return f"{begun.prepared_by or begun.agent} has a reply on it already"
    return ""


def _preview(_session: Session, order: QueueItem, fields: Fields) -> str:
    with_macro = f" with the macro {fields['macro']}" if fields["macro"] else ""
    return f"would begin a reply on {order.number}{with_macro}"


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    from oms_tui.actions import reply
    from oms_tui.actions.mail_decisions import find_mail

    mail = find_mail(session, fields["mail"]).id if fields["mail"] else None
    begun = reply.start(session, order.id, message_id=mail, macro=fields["macro"])
    return Outcome(f"draft to {', '.join(begun.to) or 'nobody yet'}: {begun.subject}", draft=begun.id)


ACTION = Action(
    id="draft",
    title="Draft reply",
    help="Begins a reply to the newest unanswered mail, or to the one given; a macro may fill it.",
    group="reply",
    rank=10,
    fields=(
        Field("macro", "Macro", help="a macro's name"),
        Field("mail", "Mail", "mail", help="the mail's id; none: the newest unanswered one"),
    ),
    roles=DESK_AND_FINANCE,
    undoable=False,
    why_not=_why_not,
    preview=_preview,
    apply=_apply,
)
