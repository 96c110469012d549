"""Money back through Stripe: never more than was taken, never twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from connectors.base import Receipt
from connectors.errors import Conflict, NotFound, OutcomeUnknown, Rejected
from connectors.invoicing.stripe_kinds import CHARGE, INTENT, REFUND, kind_of
from connectors.invoicing.stripe_money import from_stripe, to_stripe
from connectors.records import minor_digits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connectors.base import Action
    from connectors.http import HttpApi
    from connectors.invoicing.stripe_reading import StripeReading
    from connectors.invoicing.stripe_records import Document, Reader

KEY: Final = "oms_key"
_REASON: Final = "oms_reason"
_ORDER: Final = "oms_order"
_STRIPES_REASONS: Final = frozenset({"duplicate", "fraudulent", "requested_by_customer"})
_LOOK_BACK: Final = timedelta(days=30)
_LONGEST_METADATA: Final = 500
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
        left = _money(self.refundable - self.amount, self.currency)
        return f"POST /v1/refunds with {sent}: {_money(self.amount, self.currency)} back to the customer, {left} left"


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
        self._clock = clock or (lambda: datetime.now(UTC))

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
            now = _money(plan.refundable, plan.currency)
            raise Conflict(f"{self._api.name}: payment {plan.payment} has changed, {now} can be refunded now")
        try:
            answer = self._api.post("/v1/refunds", data=dict(plan.fields), idempotency_key=key)
        except Conflict as error:  # the same key is being worked on this moment
            raise OutcomeUnknown(str(error)) from None
        refund = answer.json()
        if not isinstance(refund, dict) or not isinstance(refund.get("id"), str):
            raise OutcomeUnknown(f"{self._api.name}: Stripe's answer to the refund is no refund")
        if refund.get("status") in {"failed", "canceled"}:
            raise Rejected(f"{self._api.name}: Stripe could not refund: {str(refund.get('failure_reason') or '')[:80]}")
        return self._receipt(refund)

    def confirm(self, key: str) -> Receipt | None:
        """The refund that carries ``key``. Refunds cannot be searched, so the last thirty days of them are read."""
        oldest = (self._clock() - _LOOK_BACK).timestamp()
        for refund in self._reading.all_of(REFUND):
            if _key_of(refund) == key:
                return self._receipt(refund)
            created = refund.get("created")
            if isinstance(created, int) and created < oldest:
                return None
        return None

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
        done = next((refund for refund in refunds if key and _key_of(refund) == key), None)
        amount = self._amount(action, refundable, record.currency, done=done)
        fields = {kind.name: payment, "amount": str(self._stripe_amount(amount, record.currency))}
        reason = str(action.fields.get("reason") or "")
        if reason in _STRIPES_REASONS:
            fields["reason"] = reason
        elif reason:
            fields[f"metadata[{_REASON}]"] = reason[:_LONGEST_METADATA]
        if action.order.remote_id:
            fields[f"metadata[{_ORDER}]"] = action.order.remote_id[:_LONGEST_METADATA]
        if key:
            fields[f"metadata[{KEY}]"] = key
        return Plan(payment, amount, refundable, record.currency, fields, done)

    def _amount(self, action: Action, refundable: int, currency: str, *, done: Document | None) -> int:
        if done is not None:
            return from_stripe(int(done.get("amount") or 0), currency)
        wanted: Any = action.fields.get("amount")
        named = str(action.fields.get("currency") or currency).upper()
        if named != currency:
            raise Rejected(f"{self._api.name}: the payment is in {currency}, not in {named[:3]}", field="currency")
        if wanted is None:
            wanted = refundable
        if isinstance(wanted, bool) or not isinstance(wanted, int):
            raise Rejected(f"{self._api.name}: the amount must be a whole number of minor units", field="amount")
        if refundable <= 0:
            raise Rejected(f"{self._api.name}: nothing is left to refund of this payment", field="amount")
        if not 0 < wanted <= refundable:
            most = _money(refundable, currency)
            raise Rejected(
                f"{self._api.name}: {_money(wanted, currency)} cannot be refunded, {most} at most", field="amount"
            )
        return wanted

    def _stripe_amount(self, amount: int, currency: str) -> int:
        try:
            return to_stripe(amount, currency)
        except ValueError as error:
            raise Rejected(f"{self._api.name}: {error}", field="amount") from None

    def _receipt(self, refund: Document) -> Receipt:
        try:
            record = self._reader.refund(refund)
        except ValueError as error:
            return Receipt(str(refund.get("id")), f"refunded, though not all of the answer can be read: {error}")
        return Receipt(record.remote_id, f"refund of {_money(record.amount, record.currency)}: {record.raw_status}")


def _key_of(refund: Document) -> str:
    metadata = refund.get("metadata")
    return str(metadata.get(KEY) or "") if isinstance(metadata, dict) else ""


def _money(amount: int, currency: str) -> str:
    return f"{Decimal(amount).scaleb(-minor_digits(currency))} {currency}"
