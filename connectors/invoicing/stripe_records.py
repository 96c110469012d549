"""Stripe's objects as records. A word this version does not know is refused here and quarantined by the caller."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from connectors.invoicing.stripe_money import from_stripe
from connectors.records import LARGEST_NUMBER, DisputeRecord, InvoiceRecord, OrderRef, PaymentRecord, RefundRecord

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connectors.words import DisputeState, InvoiceStatus, PaymentState, RefundState

Document = dict[str, Any]
_Word = TypeVar("_Word", bound=str)

_INTENT_STATES: Final[Mapping[str, PaymentState]] = {
    "requires_payment_method": "created",
    "requires_confirmation": "created",
    "requires_action": "created",
    "processing": "created",
    "requires_capture": "authorized",
    "succeeded": "settled",
    "canceled": "cancelled",
}
_CHARGE_STATES: Final[Mapping[str, PaymentState]] = {"pending": "created", "succeeded": "settled", "failed": "declined"}
_REFUND_STATES: Final[Mapping[str, RefundState]] = {
    "pending": "pending",
    "requires_action": "pending",
    "succeeded": "settled",
    "failed": "failed",
    "canceled": "failed",
}
_DISPUTE_STATES: Final[Mapping[str, DisputeState]] = {
    "warning_needs_response": "needs_response",
    "warning_under_review": "under_review",
    "warning_closed": "won",  # an inquiry that never became a dispute: the money stayed
    "needs_response": "needs_response",
    "under_review": "under_review",
    "won": "won",
    "lost": "lost",
    "accepted": "accepted",
    "charge_refunded": "charge_refunded",
    "prevented": "charge_refunded",  # settled by a refund before it became a dispute
}
_INVOICE_STATUSES: Final[Mapping[str, InvoiceStatus]] = {
    "draft": "draft",
    "open": "open",
    "paid": "paid",
    "void": "void",
    "uncollectible": "uncollectible",
}
_CREDIT_STATUSES: Final[Mapping[str, InvoiceStatus]] = {"issued": "paid", "void": "void"}

_NUMBER: Final = r"([A-Za-z]{0,6}-?[0-9][A-Za-z0-9-]{0,30})"
_ORDER_IN_WORDS: Final = re.compile(rf"\border\s?(?:no\.?|number|nr\.?)?\s?[:#]?\s?{_NUMBER}", re.IGNORECASE)
_HASH: Final = re.compile(rf"#{_NUMBER}")


class Reader:
    """Reads Stripe's objects; ``order_keys`` are the metadata keys that may name the order, the best first."""

    def __init__(self, order_keys: Sequence[str]) -> None:
        self._order_keys = tuple(order_keys)

    def payment(self, document: Document) -> PaymentRecord:
        """The payment of a payment intent (``latest_charge`` expanded), or of a charge that has none.

        Raises:
            ValueError: a status or an amount this version does not know.
        """
        return self._intent(document) if document.get("object") == "payment_intent" else self._charge(document)

    def _intent(self, intent: Document) -> PaymentRecord:
        currency = _currency(intent)
        status = _text(intent, "status")
        state = _known(_INTENT_STATES, status, "payment")
        error = _part(intent, "last_payment_error")
        if status == "requires_payment_method" and error:
            state = "declined"
        charge = _part(intent, "latest_charge")
        return PaymentRecord(
            remote_id=_id(intent),
            order=self.order(intent, charge),
            state=state,
            amount=from_stripe(_integer(intent, "amount"), currency),
            currency=currency,
            captured=from_stripe(_received(intent, charge), currency),
            method=_method(charge) or ", ".join(map(str, _list(intent, "payment_method_types"))),
            paid_at=_moment(charge, "created") if state in {"settled", "authorized"} else None,
            created_at=_moment(intent, "created"),
            failure=_text(error, "message"),
            raw_status=status,
            email=_text(intent, "receipt_email") or _email(charge),
        )

    def _charge(self, charge: Document) -> PaymentRecord:
        currency = _currency(charge)
        status = _text(charge, "status")
        state = _known(_CHARGE_STATES, status, "payment")
        if state == "settled" and not charge.get("captured"):
            # An uncaptured charge that was let go is refunded in full.
            state = "cancelled" if charge.get("refunded") else "authorized"
        return PaymentRecord(
            remote_id=_id(charge),
            order=self.order(charge),
            state=state,
            amount=from_stripe(_integer(charge, "amount"), currency),
            currency=currency,
            captured=from_stripe(captured_of(charge), currency),
            method=_method(charge),
            paid_at=_moment(charge, "created") if charge.get("paid") else None,
            created_at=_moment(charge, "created"),
            failure=_text(charge, "failure_message"),
            raw_status=status,
            email=_email(charge),
        )

    def refund(self, refund: Document) -> RefundRecord:
        """A refund, its payment intent or charge expanded.

        Raises:
            ValueError: a status or an amount this version does not know.
        """
        currency = _currency(refund)
        status = _text(refund, "status") or "pending"
        return RefundRecord(
            remote_id=_id(refund),
            order=self.order(refund, _part(refund, "payment_intent"), _part(refund, "charge")),
            state=_known(_REFUND_STATES, status, "refund"),
            amount=from_stripe(_integer(refund, "amount"), currency),
            currency=currency,
            payment=payment_id(refund),
            reason=_text(refund, "reason") or _text(refund, "description"),
            created_at=_moment(refund, "created"),
            raw_status=_text(refund, "status"),
        )

    def dispute(self, dispute: Document) -> DisputeRecord:
        """A dispute, its payment intent or charge expanded.

        Raises:
            ValueError: a status or an amount this version does not know.
        """
        currency = _currency(dispute)
        return DisputeRecord(
            remote_id=_id(dispute),
            order=self.order(dispute, _part(dispute, "payment_intent"), _part(dispute, "charge")),
            state=_known(_DISPUTE_STATES, _text(dispute, "status"), "dispute"),
            amount=from_stripe(_integer(dispute, "amount"), currency),
            currency=currency,
            payment=payment_id(dispute),
            reason=_text(dispute, "reason"),
            due_at=_moment(_part(dispute, "evidence_details"), "due_by"),
            created_at=_moment(dispute, "created"),
        )

    def invoice(self, invoice: Document) -> InvoiceRecord:
        """An invoice; an open one that has been paid in part is ``partially_paid``.

        Raises:
            ValueError: a status or an amount this version does not know.
        """
        currency = _currency(invoice)
        status = _known(_INVOICE_STATUSES, _text(invoice, "status"), "invoice")
        paid = _optional(invoice, "amount_paid")
        if status == "open" and paid > 0:
            status = "partially_paid"
        return InvoiceRecord(
            remote_id=_id(invoice),
            number=_text(invoice, "number"),
            order=self.order(invoice),
            status=status,
            total=from_stripe(_integer(invoice, "total"), currency),
            currency=currency,
            paid=from_stripe(paid, currency),
            tax=_tax(invoice, currency),
            issued_at=_moment(_part(invoice, "status_transitions"), "finalized_at") or _moment(invoice, "created"),
            due_at=_moment(invoice, "due_date"),
            email=_text(invoice, "customer_email"),
            url=_text(invoice, "hosted_invoice_url"),
            lines=_lines(invoice, currency),
            raw_status=_text(invoice, "status"),
        )

    def credit_note(self, note: Document) -> InvoiceRecord:
        """A credit note, its invoice expanded. It takes effect when issued, so it is ``paid`` or ``void``.

        Raises:
            ValueError: a status or an amount this version does not know.
        """
        currency = _currency(note)
        total = from_stripe(_integer(note, "total"), currency)
        status = _known(_CREDIT_STATUSES, _text(note, "status"), "credit note")
        invoice = _part(note, "invoice")
        return InvoiceRecord(
            remote_id=_id(note),
            number=_text(note, "number"),
            order=self.order(note, invoice, reference=payment_id(invoice) or _text(note, "invoice")),
            status=status,
            total=total,
            currency=currency,
            kind="credit_note",
            credits=str(invoice.get("id") or "") or _text(note, "invoice"),
            paid=total if status == "paid" else 0,
            issued_at=_moment(note, "effective_at") or _moment(note, "created"),
            email=_text(invoice, "customer_email"),
            url=_text(note, "pdf"),
            lines=_lines(note, currency),
            raw_status=_text(note, "status"),
        )

    def order(self, *documents: Document, reference: str = "") -> OrderRef:
        """Which order the objects name: by metadata, else in the words of a description; the first that does.

        ``reference`` is the payment's (or invoice's) own id, which shops keep on their orders.
        """
        reference = reference or next((payment_id(one) for one in documents if one), "")
        for document in documents:
            metadata = _part(document, "metadata")
            for key in self._order_keys:
                named = str(metadata.get(key) or "").strip().removeprefix("#")
                if named:
                    ids = {"remote_id": named} if key.endswith("_id") else {"number": named}
                    return OrderRef(reference=reference, **ids)
        for document in documents:
            words = _text(document, "description")
            match = _ORDER_IN_WORDS.search(words) or _HASH.search(words)
            if match:
                return OrderRef(number=match[1], reference=reference)
        return OrderRef(reference=reference)


def payment_id(document: Document) -> str:
    """The id under which a payment is known: its intent's, a charge's where there is none, else the object's own."""
    for key in ("payment_intent", "charge"):
        linked = document.get(key)
        if isinstance(linked, dict):
            return _id(linked)
        if linked:
            return str(linked)
    return str(document.get("id") or "")


def _received(intent: Document, charge: Document) -> int:
    return _integer(intent, "amount_received") if "amount_received" in intent else captured_of(charge)


def captured_of(charge: Document) -> int:
    """What a charge has taken, in Stripe's integers; versions before 2020 have only the flag."""
    if charge.get("amount_captured") is not None:
        return _integer(charge, "amount_captured")
    return _integer(charge, "amount") if charge.get("captured") else 0


def _tax(invoice: Document, currency: str) -> int | None:
    """The tax within the total: under its name of today, or that before 2025. None where Stripe reckons none."""
    found = invoice.get("total_taxes") or invoice.get("total_tax_amounts")
    if not isinstance(found, list) or not found:
        return None
    return from_stripe(sum(_integer(each, "amount") for each in found if isinstance(each, dict)), currency)


def _lines(document: Document, currency: str) -> tuple[tuple[str, int, int], ...]:
    return tuple(
        (_text(line, "description"), _optional(line, "quantity") or 1, from_stripe(_integer(line, "amount"), currency))
        for line in _list(_part(document, "lines"), "data")
        if isinstance(line, dict)
    )


def _known(words: Mapping[str, _Word], status: str, what: str) -> _Word:
    if status not in words:
        raise ValueError(f"the {what}'s status {status[:40]!r} is not known to this version")
    return words[status]


def _id(document: Document) -> str:
    found = document.get("id")
    if not isinstance(found, str) or not found:
        raise ValueError("the object has no id")
    return found


def _text(document: Document, key: str) -> str:
    found = document.get(key)
    return found if isinstance(found, str) else ""


def _part(document: Document, key: str) -> Document:
    """An object inside another; empty when it is absent or only named by its id."""
    found = document.get(key)
    return found if isinstance(found, dict) else {}


def _list(document: Document, key: str) -> list[Any]:
    found = document.get(key)
    return found if isinstance(found, list) else []


def _integer(document: Document, key: str) -> int:
    found = document.get(key)
    if not isinstance(found, int) or isinstance(found, bool):
        raise ValueError(f"{key} is no whole number")  # noqa: TRY004 - what is wrong is the answer, not our code
    if abs(found) > LARGEST_NUMBER:
        raise ValueError(f"{key} is larger than any amount is")
    return found


def _optional(document: Document, key: str) -> int:
    """A whole number that need not be there; 0 when it is not."""
    return 0 if document.get(key) is None else _integer(document, key)


def _currency(document: Document) -> str:
    code = _text(document, "currency").upper()
    if not re.fullmatch("[A-Z]{3}", code):
        raise ValueError("the currency is missing")
    return code


def _moment(document: Document, key: str) -> datetime | None:
    if document.get(key) is None:
        return None
    try:
        return datetime.fromtimestamp(_integer(document, key), UTC)
    except (OverflowError, OSError, ValueError):
        raise ValueError(f"{key} is no time") from None


def _method(charge: Document) -> str:
    details = _part(charge, "payment_method_details")
    kind = _text(details, "type")
    card = _part(details, kind) if kind == "card" else {}
    return " ".join(filter(None, (_text(card, "brand") or kind, _text(card, "last4"))))


def _email(charge: Document) -> str:
    return _text(charge, "receipt_email") or _text(_part(charge, "billing_details"), "email")
