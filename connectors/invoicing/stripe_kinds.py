"""Stripe's kinds of objects, as far as a support desk asks: where each is listed, and which events speak of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from connectors.invoicing.stripe_records import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connectors.records import DisputeRecord, InvoiceRecord, PaymentRecord, RefundRecord


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of object. ``expand`` are the objects sent along in full; ``record`` is the kind our records give it."""

    name: str
    path: str
    record: str
    read: Callable[[Reader, dict[str, Any]], PaymentRecord | RefundRecord | DisputeRecord | InvoiceRecord]
    expand: tuple[str, ...] = ()


INTENT: Final = Kind("payment_intent", "/v1/payment_intents", "payment", Reader.payment, ("latest_charge",))
CHARGE: Final = Kind("charge", "/v1/charges", "payment", Reader.payment)
REFUND: Final = Kind("refund", "/v1/refunds", "refund", Reader.refund, ("payment_intent", "charge"))
DISPUTE: Final = Kind("dispute", "/v1/disputes", "dispute", Reader.dispute, ("payment_intent", "charge"))
INVOICE: Final = Kind("invoice", "/v1/invoices", "invoice", Reader.invoice)
CREDIT_NOTE: Final = Kind("credit_note", "/v1/credit_notes", "invoice", Reader.credit_note, ("invoice",))

STREAMS: Final[Mapping[str, tuple[Kind, ...]]] = {
    "payments": (INTENT, CHARGE),
    "refunds": (REFUND,),
    "disputes": (DISPUTE,),
    "invoices": (INVOICE,),
    "credit_notes": (CREDIT_NOTE,),
}

# At most twenty types may be asked for at once.
EVENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "payments": (
        "payment_intent.amount_capturable_updated",
        "payment_intent.canceled",
        "payment_intent.created",
        "payment_intent.partially_funded",
        "payment_intent.payment_failed",
        "payment_intent.processing",
        "payment_intent.requires_action",
        "payment_intent.succeeded",
        "charge.captured",
        "charge.expired",
        "charge.failed",
        "charge.pending",
        "charge.refunded",
        "charge.succeeded",
        "charge.updated",
    ),
    # charge.refunded too: accounts on older versions get no refund.created
    "refunds": ("refund.created", "refund.updated", "refund.failed", "charge.refund.updated", "charge.refunded"),
    "disputes": (
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.closed",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
    ),
    "invoices": (
        "invoice.created",
        "invoice.deleted",
        "invoice.finalized",
        "invoice.marked_uncollectible",
        "invoice.overdue",
        "invoice.paid",
        "invoice.payment_failed",
        "invoice.payment_succeeded",
        "invoice.sent",
        "invoice.updated",
        "invoice.voided",
    ),
    "credit_notes": ("credit_note.created", "credit_note.updated", "credit_note.voided"),
}

_PREFIXES: Final[Mapping[str, Kind]] = {
    "pi": INTENT,
    "ch": CHARGE,
    "py": CHARGE,
    "re": REFUND,
    "pyr": REFUND,
    "dp": DISPUTE,
    "du": DISPUTE,
    "in": INVOICE,
    "cn": CREDIT_NOTE,
}


def kind_of(remote_id: str) -> Kind | None:
    """The kind that an id's prefix names (``pi_…``); None for ids that are not Stripe's, or of nothing we read."""
    prefix, _, rest = remote_id.partition("_")
    return _PREFIXES.get(prefix) if rest.replace("_", "").isalnum() and rest.isascii() else None
