"""Credit notes through Stripe: never more than the invoice less what was credited before, never twice.

An open invoice asks for less by it. Of a paid one the whole amount has to go somewhere: back to the customer's card,
onto the customer's balance, or it is given back outside of Stripe. Stripe mails nothing: the desk writes its own mail.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connectors.base import Receipt
from connectors.errors import Conflict, Forbidden, NotFound, ProtocolError, Rejected
from connectors.invoicing.stripe_kinds import CREDIT_NOTE, INVOICE, kind_of
from connectors.invoicing.stripe_money import from_stripe
from connectors.invoicing.stripe_writing import (
    made_lately,
    money_words,
    notes_of,
    posted,
    stripe_amount,
    wanted,
    with_key,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from connectors.base import Action
    from connectors.http import HttpApi
    from connectors.invoicing.stripe_reading import StripeReading
    from connectors.invoicing.stripe_records import Document, Reader
    from connectors.records import InvoiceRecord

_STRIPES_REASONS: Final = frozenset({"duplicate", "fraudulent", "order_change", "product_unsatisfactory"})
_VERSION: Final = "credited:"
_OUTSIDE: Final = "outside"
_MONEY: Final = {"refund": "refund_amount", "balance": "credit_amount", _OUTSIDE: "out_of_band_amount"}
_WHERE: Final = {
    "": "less to pay",
    "refund": "back to the customer",
    "balance": "onto the customer's balance",
    _OUTSIDE: "given back outside of Stripe",
}
_OWED: Final = frozenset({"open", "partially_paid"})
_REFUSALS: Final = {
    "draft": "is still a draft: change it instead",
    "void": "is void: there is nothing to credit",
    "uncollectible": "was written off: there is nothing to credit",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """A credit note that may be issued. Amounts are ISO 4217 minor units."""

    number: str
    amount: int
    creditable: int
    credited: int
    currency: str
    where: str
    fields: Mapping[str, str]
    done: Document | None

    @property
    def words(self) -> str:
        """The call, for people."""
        sent = ", ".join(f"{name}={value}" for name, value in sorted(self.fields.items()))
        amount, left = (money_words(each, self.currency) for each in (self.amount, self.creditable - self.amount))
        return f"POST /v1/credit_notes with {sent}: {amount} of {self.number} {_WHERE[self.where]}, {left} left"


class StripeCredits:
    """The action ``credit_note``.

    Its fields: ``invoice`` (its id), ``amount`` (minor units; all that is left where it is not given), ``currency``
    (checked where given), ``reason``, and for an invoice that is paid ``money``: what becomes of it (refund, balance,
    outside; where it is not given nothing moves in Stripe, as with outside).
    """

    def __init__(
        self, api: HttpApi, reading: StripeReading, reader: Reader, clock: Callable[[], datetime] | None = None
    ) -> None:
        self._api = api
        self._reading = reading
        self._reader = reader
        self._clock = clock

    def preview(self, action: Action) -> str:
        """The call that would be made now, which Stripe has looked at.

        Raises:
            Rejected: it would not be made; the words say why.
        """
        plan = self._plan(action, key="")
        note = self._api.json(f"{CREDIT_NOTE.path}/preview", dict(plan.fields))
        if not isinstance(note, dict) or not isinstance(note.get("total"), int):
            raise ProtocolError(f"{self._api.name}: Stripe's preview of the credit note is none")
        total = from_stripe(note["total"], plan.currency)
        told = "" if total == plan.amount else f"; Stripe makes it {money_words(total, plan.currency)}"
        return plan.words + told

    def perform(self, action: Action, *, key: str, expect: str) -> Receipt:
        """Issue it once. ``expect`` ("credited:0", minor units) is what was credited before when it was decided.

        Raises:
            Rejected: more than is left, no such invoice, or Stripe refused.
            Conflict: some was credited since.
            OutcomeUnknown: sent, and no answer: ``confirm`` tells.
        """
        plan = self._plan(action, key=key)
        if plan.done is not None:
            return self._receipt(plan.done)
        if expect.startswith(_VERSION) and expect != f"{_VERSION}{plan.credited}":
            now = money_words(plan.creditable, plan.currency)
            raise Conflict(
                f"{self._api.name}: {plan.number} was credited in the meantime, {now} is left to be credited",
                hint="look at its credit notes and decide again",
            )
        note = posted(self._api, CREDIT_NOTE.path, plan.fields, key, "credit note")
        return self._receipt(note)

    def confirm(self, key: str) -> Receipt | None:
        """The credit note that carries ``key``. An account that may not read them, or has none, has issued none."""
        try:
            note = made_lately(self._reading, CREDIT_NOTE, key, self._clock)
        except (Forbidden, NotFound):
            return None
        return None if note is None else self._receipt(note)

    def _plan(self, action: Action, *, key: str) -> Plan:
        invoice = str(action.fields.get("invoice") or "")
        if kind_of(invoice) is not INVOICE:
            raise Rejected(
                f"{self._api.name}: which invoice shall be credited? {invoice[:60]!r} is none", field="invoice"
            )
        document = self._reading.one(INVOICE, invoice)
        if document is None:
            raise NotFound(f"{self._api.name}: there is no invoice {invoice}")
        try:
            record = self._reader.invoice(document)
            credited, creditable = _credited(document, record)
        except ValueError as error:
            raise Rejected(f"{self._api.name}: invoice {invoice} cannot be read: {error}", field="invoice") from None
        number = record.number or invoice
        done = with_key(self._reading.credit_notes_of(invoice), key) if key else None
        if done is None and record.status in _REFUSALS:
            raise Rejected(f"{self._api.name}: invoice {number} {_REFUSALS[record.status]}", field="invoice")
        amount = (
            wanted(action, creditable, record.currency, name=self._api.name, what="invoice", done="credited")
            if done is None
            else from_stripe(int(done.get("total") or 0), record.currency)
        )
        where = self._where(action, record) if done is None else ""
        sent = str(stripe_amount(amount, record.currency, self._api.name))
        fields = {"invoice": invoice, "amount": sent, "email_type": "none"}
        if where:
            fields[_MONEY[where]] = sent
        fields |= notes_of(action, key=key, reasons=_STRIPES_REASONS)
        return Plan(number, amount, creditable, credited, record.currency, where, fields, done)

    def _where(self, action: Action, record: InvoiceRecord) -> str:
        """What becomes of the money, "" where none was paid."""
        money = str(action.fields.get("money") or "")
        if money not in {"", *_MONEY}:
            there = ", ".join(_MONEY)
            raise Rejected(f"{self._api.name}: what becomes of the money is one of {there}", field="money")
        if record.status not in _OWED:
            return money or _OUTSIDE
        if money in {"refund", "balance"}:
            raise Rejected(
                f"{self._api.name}: {record.number or record.remote_id} is not paid: the note only lowers what is owed",
                field="money",
            )
        return ""

    def _receipt(self, note: Document) -> Receipt:
        try:
            record = self._reader.credit_note(note)
        except ValueError as error:
            return Receipt(str(note.get("id")), f"issued, though not all of the answer can be read: {error}")
        amount = money_words(record.total, record.currency)
        return Receipt(record.remote_id, f"credit note {record.number or record.remote_id} of {amount}")


def _credited(invoice: Document, record: InvoiceRecord) -> tuple[int, int]:
    """What was credited of an invoice and what still may be, minor units: of an open one no more than is owed.

    Raises:
        ValueError: an amount is none.
    """

    def amount(name: str) -> int:
        found = invoice.get(name)
        if found is not None and (isinstance(found, bool) or not isinstance(found, int)):
            raise ValueError(f"{name} is no whole number")
        return from_stripe(found or 0, record.currency)

    credited = amount("pre_payment_credit_notes_amount") + amount("post_payment_credit_notes_amount")
    left = record.total - credited
    if record.status not in _OWED:
        return credited, left
    return credited, min(left, amount("amount_remaining")) if "amount_remaining" in invoice else left - record.paid
