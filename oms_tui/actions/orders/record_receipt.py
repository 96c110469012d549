"""Money that came another way than through the shop: a bank transfer, cash."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.actions.base import DESK_AND_FINANCE, Action, Field, Outcome
from oms_tui.actions.write_back import queue, unless_it_cannot

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem


def _words(session: Session, order: QueueItem, fields: Fields) -> tuple[int, str]:
    from oms_tui.actions.amounts import read_amount
    from oms_tui.domain.money import money_text

    amount = read_amount(fields["amount"], order.currency) if fields["amount"] else order.total
    shown = money_text(amount, order.currency, session.policy.language)
    return amount, f"{shown} received: {fields['reference']}"


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    amount, words = _words(session, order, fields)
    told = {"amount": amount, "currency": order.currency, "reference": fields["reference"]}
    return queue(session, order, "record_receipt", words, told)


def _preview(session: Session, order: QueueItem, fields: Fields) -> str:
    return f"would tell {order.source}: {_words(session, order, fields)[1]}"


ACTION = Action(
    id="record_receipt",
    title="Record receipt",
    help="Says that the money has come another way, so that the order may be released.",
    group="money",
    key="P",
    rank=130,
    fields=(
        Field("reference", "Reference", required=True, help="what the bank's statement says"),
        Field("amount", "Amount", "money", help="none: the whole order"),
    ),
    roles=DESK_AND_FINANCE,
    destructive=True,
    why_not=unless_it_cannot("record_receipt"),
    not_by_rule="somebody must have seen the money",
    apply=_apply,
    preview=_preview,
)
