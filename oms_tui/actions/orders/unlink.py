"""A mail does not belong to this order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.actions.base import Action, Field, Outcome

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    from oms_tui.actions.mail_decisions import find_mail, unlink_mail

    return unlink_mail(session, order, find_mail(session, fields["mail"]))


def _preview(session: Session, order: QueueItem, fields: Fields) -> str:
    from oms_tui.actions.mail_decisions import find_mail

    mail = find_mail(session, fields["mail"])
    return f"would take “{mail.subject}” from {mail.from_address} off {order.number}"


ACTION = Action(
    id="unlink",
    title="Unlink mail",
    help="Takes a mail off the order; its other orders keep it.",
    group="mail",
    key="L",
    rank=36,
    fields=(Field("mail", "Mail", "mail", required=True, help="the mail's id"),),
    apply=_apply,
    preview=_preview,
)
