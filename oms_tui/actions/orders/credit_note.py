"""A credit note in the books, never for more than the invoice less what was credited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.actions.base import DESK_AND_FINANCE, Action, Field, Outcome

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem


def _why_not(session: Session, order: QueueItem) -> str:
    from oms_tui.actions.credits import cannot_credit

    return cannot_credit(session, order)


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    from oms_tui.actions.credits import credit

    return credit(session, order, fields)


def _preview(session: Session, order: QueueItem, fields: Fields) -> str:
    from oms_tui.actions.credits import in_words

    return in_words(session, order, fields)


ACTION = Action(
    id="credit_note",
    title="Credit note",
    help="Credits an invoice in the system that wrote it, never more than is left of it.",
    group="money",
    key="Y",
    rank=145,
    fields=(
        Field("invoice", "Invoice", help="its number; none: the newest that can be credited"),
        Field("amount", "Amount", "money", help="such as 4.90; none: all that is left"),
        Field(
            "reason",
            "Why",
            help="duplicate, fraudulent, order change, product unsatisfactory; or words of your own",
        ),
        Field(
            "money",
            "The money",
            "choice",
            default="outside",
            choices=("outside", "refund", "balance"),
            words=("stays", "is paid back", "is kept as credit"),
            help="of an invoice that is paid; it stays where it is paid back elsewhere, or was before",
        ),
    ),
    roles=DESK_AND_FINANCE,
    destructive=True,
    why_not=_why_not,
    leaves=True,
    apply=_apply,
    preview=_preview,
)
