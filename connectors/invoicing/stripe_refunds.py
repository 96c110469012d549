"""Money back through Stripe: never more than was taken, never twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connectors.base import Receipt
from connectors.errors import Conflict, NotFound, Rejected
from connectors.invoicing.stripe_kinds import CHARGE, INTENT, REFUND, kind_of
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

_STRIPES_REASONS: Final = frozenset({"duplicate", "fraudulent", "requested_by_customer"})
_VERSION: Final = "refundable:"


@dataclass(frozen=True, slots=True)
class Plan:
    """A refund that may be made. Amounts are ISO 4217 minor units."""

    payment: str
    amount: int
    refundable: int
    currency: str
    fields: Mapping[str, str]
    done: Document | None

    @property
    def words(self) -> str:
        """The call, for people."""
        sent = ", ".join(f"{name}={value}" for name, value in sorted(self.fields.items()))
        back, left = (money_words(each, self.currency) for each in (self.amount, self.refundable - self.amount))
        return f"POST /v1/refunds with {sent}: {back} back to the customer, {left} left"


class StripeRefunds:
    """The action ``refund``.

    Its fields: ``payment`` (the payment's id), ``amount`` (minor units; everything that is left where it is not given),
    ``currency`` (checked where given) and ``reason``.
    """

    def __init__(
        self, api: HttpApi, reading: StripeReading, reader: Reader, clock: Callable[[], datetime] | None = None
    ) -> None:
        self._api = api
        self._reading = reading
        self._reader = reader
        self._clock = clock

    def preview(self, action: Action) -> str:
        """The call that would be made now.

        Raises:
            Rejected: it would not be made; the words say why.
        """
        return self._plan(action, key="").words

    def perform(self, action: Action, *, key: str, expect: str) -> Receipt:
        """Refund once. ``expect`` ("refundable:7900", minor units) is what could be refunded when it was decided.

        Raises:
            Rejected: more than is left, no such payment, or Stripe refused.
            Conflict: what could be refunded has changed since.
            OutcomeUnknown: sent, and no answer: ``confirm`` tells.
        """
        plan = self._plan(action, key=key)
        if plan.done is not None:
            return self._receipt(plan.done)
        if expect.startswith(_VERSION) and expect != f"{_VERSION}{plan.refundable}":
            now = money_words(plan.refundable, plan.currency)
            raise Conflict(f"{self._api.name}: payment {plan.payment} has changed, {now} can be refunded now")
        refund = posted(self._api, "/v1/refunds", plan.fields, key, "refund")
        if refund.get("status") in {"failed", "canceled"}:
            raise Rejected(f"{self._api.name}: Stripe could not refund: {str(refund.get('failure_reason') or '')[:80]}")
        return self._receipt(refund)

    def confirm(self, key: str) -> Receipt | None:
        """The refund that carries ``key``."""
        refund = made_lately(self._reading, REFUND, key, self._clock)
        return None if refund is None else self._receipt(refund)

    def _plan(self, action: Action, *, key: str) -> Plan:
        payment = str(action.fields.get("payment") or "")
        kind = kind_of(payment)
        if kind not in {INTENT, CHARGE}:
            raise Rejected(
                f"{self._api.name}: which payment shall be refunded? {payment[:60]!r} is none", field="payment"
            )
        document = self._reading.one(kind, payment)
        if document is None:
            raise NotFound(f"{self._api.name}: there is no payment {payment}")
        try:
            record = self._reader.payment(document)
            refunds = list(self._reading.refunds_of(payment))
            amounts = [self._reader.refund(refund) for refund in refunds]
        except ValueError as error:
            raise Rejected(f"{self._api.name}: payment {payment} cannot be read: {error}", field="payment") from None
        refundable = record.captured - sum(refund.amount for refund in amounts if refund.state != "failed")
        done = with_key(refunds, key)
        amount = (
            wanted(action, refundable, record.currency, name=self._api.name, what="payment", done="refunded")
            if done is None
            else from_stripe(int(done.get("amount") or 0), record.currency)
        )
        fields = {kind.name: payment, "amount": str(stripe_amount(amount, record.currency, self._api.name))}
        fields |= notes_of(action, key=key, reasons=_STRIPES_REASONS)
        return Plan(payment, amount, refundable, record.currency, fields, done)

    def _receipt(self, refund: Document) -> Receipt:
        try:
            record = self._reader.refund(refund)
        except ValueError as error:
            return Receipt(str(refund.get("id")), f"refunded, though not all of the answer can be read: {error}")
        return Receipt(
            record.remote_id, f"refund of {money_words(record.amount, record.currency)}: {record.raw_status}"
        )
