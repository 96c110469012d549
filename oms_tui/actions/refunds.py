"""Money back: from which payment, how much, and why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.actions.amounts import amount_of, read_amount
from oms_tui.actions.base import Outcome, Refused
from oms_tui.actions.decisions import name_of
from oms_tui.actions.write_back import queue
from oms_tui.domain.money import money_text
from oms_tui.domain.transitions import why_not as machine_says
from oms_tui.store.reads.write_back import PaidBack, refundable_payments, under_way
from oms_tui.store.writes.source_actions import declared

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem


def cannot_refund(session: Session, order: QueueItem) -> str:
    """Why nothing can be paid back on an order, "" if something can."""
    if why := machine_says("order", order.state, "refund"):
        return why
    payments = refundable_payments(session.store, order.id)
    if not payments:
        return "there is nothing to pay back: nothing was taken, or all of it was given back"
    if not _payable(session, payments):
        there = ", ".join(dict.fromkeys(each.source for each in payments))
        return f"{there} cannot refund from here: do it in {there} itself, it shows here after the next sync"
    return "" if _rest(session, order, _payable(session, payments)) > 0 else "all of it is being paid back already"


def _payable(session: Session, payments: list[PaidBack]) -> list[PaidBack]:
    return [each for each in payments if "refund" in (declared(session.store.cache, each.source) or ())]


def _asked(session: Session, order: QueueItem, payment: PaidBack) -> int:
    """What is on its way back of a payment, in minor units."""
    found = under_way(session.store, *name_of(order))
    return sum(
        int(each.fields.get("amount") or 0)
        for each in found
        if each.action == "refund" and each.fields.get("payment") == payment.remote_id
    )


def _rest(session: Session, order: QueueItem, payments: list[PaidBack]) -> int:
    return sum(max(0, each.left - _asked(session, order, each)) for each in payments)


def _plan(session: Session, order: QueueItem, fields: Fields) -> tuple[PaidBack, int, str]:
    """From which payment, how much, and in words."""
    payments = _payable(session, refundable_payments(session.store, order.id))
    wanted = fields["payment"]
    chosen = next((each for each in payments if wanted in {"", each.remote_id}), None)
    if chosen is None:
        there = ", ".join(each.remote_id for each in payments)
        raise Refused(f"there is no payment {wanted!r} to pay back from", field="payment", hint=f"there is {there}")
    rest = max(0, chosen.left - _asked(session, order, chosen))
    language = session.policy.language
    amount = amount_of(fields["amount"], rest, chosen.currency, language, done="paid back", of="this payment")
    words = f"refund {money_text(amount, chosen.currency, language)}"
    return chosen, amount, f"{words}: {fields['reason']}" if fields["reason"] else words


def _repeated(session: Session, order: QueueItem, fields: Fields) -> bool:
    """Whether the key was pressed twice: the same refund still waits in its undo window."""
    for each in under_way(session.store, *name_of(order)):
        if each.action != "refund" or each.state != "held" or each.fields.get("reason") != fields["reason"]:
            continue
        asked, payment = each.fields["amount"], each.fields["payment"]
        same = fields["amount"] in {"", "all"} or read_amount(fields["amount"], each.fields["currency"]) == asked
        if same and fields["payment"] in {"", payment}:
            return True
    return False


def refund(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    """Ask the system that took the money to pay some of it back.

    Raises:
        Refused: it is more than is left, or there is no such payment.
    """
    if _repeated(session, order, fields):
        return Outcome("refund: asked already", result="queued")
    payment, amount, words = _plan(session, order, fields)
    told = {
        "payment": payment.remote_id,
        "amount": amount,
        "currency": payment.currency,
        "reason": fields["reason"],
        "order": order.number,
    }
    return queue(
        session,
        order,
        "refund",
        words,
        told,
        account=payment.source,
        expect="" if _asked(session, order, payment) else f"refundable:{payment.left}",
    )


def in_words(session: Session, order: QueueItem, fields: Fields) -> str:
    """What a refund would do.

    Raises:
        Refused: it is more than is left, or there is no such payment.
    """
    payment, amount, words = _plan(session, order, fields)
    left = money_text(payment.left - amount, payment.currency, session.policy.language)
    return f"would ask {payment.source} to {words} of payment {payment.remote_id}; {left} would be left"
