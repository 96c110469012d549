"""A mail belongs to this order: a person says so, and that is kept through every rebuild of the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.actions.base import Action, Field, Outcome

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    from oms_tui.actions.mail_decisions import find_mail, link_mail

    return link_mail(session, order, find_mail(session, fields["mail"]))


def _preview(session: Session, order: QueueItem, fields: Fields) -> str:
    from oms_tui.actions.mail_decisions import find_mail

    mail = find_mail(session, fields["mail"])
    return f"would link “{mail.subject}” from {mail.from_address} to {order.number}"


ACTION = Action(
    id="link",
    title="Link mail",
    help="Links a mail to the order; a new address is proposed as the customer's, not silently added.",
    group="mail",
    key="l",
    rank=35,
    fields=(Field("mail", "Mail", "mail", required=True, help="the mail's id"),),
    apply=_apply,
    preview=_preview,
)
