"""Credit notes: of which invoice, how much, and why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.actions.amounts import amount_of, read_amount
from oms_tui.actions.base import Outcome, Refused
from oms_tui.actions.decisions import name_of
from oms_tui.actions.write_back import queue
from oms_tui.domain.money import money_text
from oms_tui.domain.transitions import why_not as machine_says
from oms_tui.store.reads.write_back import Creditable, UnderWay, creditable_invoices, under_way
from oms_tui.store.writes.source_actions import declared

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem

_ID = "credit_note"


def cannot_credit(session: Session, order: QueueItem) -> str:
    """Why nothing can be credited on an order, "" if something can."""
    if why := machine_says("order", order.state, _ID):
        return why
    invoices = creditable_invoices(session.store, order.id)
    if not invoices:
        return "there is nothing to credit: no invoice is in force, or all of it was credited"
    able = _able(session, invoices)
    if not able:
        there = ", ".join(dict.fromkeys(each.source for each in invoices))
        return f"{there} cannot credit from here: do it in {there} itself, it shows here after the next sync"
    return "" if any(_rest(session, order, each) > 0 for each in able) else "all of it is being credited already"


def _able(session: Session, invoices: list[Creditable]) -> list[Creditable]:
    return [each for each in invoices if _ID in (declared(session.store.cache, each.source) or ())]


def _asked(session: Session, order: QueueItem) -> list[UnderWay]:
    """The credit notes of an order that are on their way."""
    return [each for each in under_way(session.store, *name_of(order)) if each.action == _ID]


def _rest(session: Session, order: QueueItem, invoice: Creditable) -> int:
    """What is left of an invoice after what is on its way, in minor units."""
    asked = (each.fields for each in _asked(session, order))
    return invoice.left - sum(int(each["amount"]) for each in asked if each["invoice"] == invoice.remote_id)


def _plan(session: Session, order: QueueItem, fields: Fields) -> tuple[Creditable, int, str]:
    """Of which invoice, how much, and in words."""
    invoices = _able(session, creditable_invoices(session.store, order.id))
    wanted = fields["invoice"].strip()
    named = [each for each in invoices if wanted in {"", each.remote_id, each.number}]
    if not named:
        there = ", ".join(each.number for each in invoices)
        raise Refused(f"there is no invoice {wanted!r} to credit", field="invoice", hint=f"there is {there}")
    chosen = next((each for each in named if _rest(session, order, each) > 0), named[0])
    rest, language = max(0, _rest(session, order, chosen)), session.policy.language
    amount = amount_of(fields["amount"], rest, chosen.currency, language, done="credited", of=chosen.number)
    words = f"credit {money_text(amount, chosen.currency, language)} of {chosen.number}"
    return chosen, amount, f"{words}: {fields['reason']}" if fields["reason"] else words


def _money(fields: Fields, invoice: Creditable) -> str:
    """What becomes of the money; of what was never paid nothing can."""
    return str(fields["money"]) if invoice.is_paid else ""


def _repeated(session: Session, order: QueueItem, fields: Fields) -> bool:
    """Whether the key was pressed twice: the same credit note still waits in its undo window."""
    for each in _asked(session, order):
        told = each.fields
        if each.state != "held" or told["reason"] != fields["reason"]:
            continue
        amount = fields["amount"]
        same = amount in {"", "all"} or read_amount(amount, told["currency"]) == told["amount"]
        if same and fields["invoice"].strip() in {"", told["invoice"], told["number"]}:
            return True
    return False


def credit(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    """Ask the books to issue a credit note.

    Raises:
        Refused: it is more than is left, or there is no such invoice.
    """
    if _repeated(session, order, fields):
        return Outcome("credit note: asked already", result="queued")
    invoice, amount, words = _plan(session, order, fields)
    told = {
        "invoice": invoice.remote_id,
        "number": invoice.number,
        "amount": amount,
        "currency": invoice.currency,
        "reason": fields["reason"],
        "money": _money(fields, invoice),
        "order": order.number,
    }
    expect = "" if _rest(session, order, invoice) < invoice.left else f"credited:{invoice.credited}"
    return queue(session, order, _ID, words, told, account=invoice.source, expect=expect)


def in_words(session: Session, order: QueueItem, fields: Fields) -> str:
    """What a credit note would do.

    Raises:
        Refused: it is more than is left, or there is no such invoice.
    """
    invoice, amount, words = _plan(session, order, fields)
    left = money_text(invoice.left - amount, invoice.currency, session.policy.language)
    becomes = {
        "": "less is owed",
        "outside": "no money moves",
        "refund": "the money is paid back with it",
        "balance": "the money is kept for the next invoice",
    }[_money(fields, invoice)]
    return f"would ask {invoice.source} to {words}; {becomes}, {left} would be left"
