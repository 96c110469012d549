"""The values a record may carry, as the desk's vocabulary spells them.

A connector maps its system's words to these and keeps the system's own word beside (``raw_status``). What it cannot map
it hands over as ``unknown`` with the raw word: never a guess. A test holds these lists against the desk's own.
"""

from typing import Literal

OrderState = Literal["draft", "open", "closed", "cancelled"]
PaymentStatus = Literal[
    "pending", "authorized", "partially_paid", "paid", "partially_refunded", "refunded", "voided", "expired"
]
FulfillmentStatus = Literal[
    "unfulfilled", "scheduled", "on_hold", "in_progress", "partially_fulfilled", "fulfilled", "request_declined"
]
ReturnStatus = Literal["no_return", "requested", "in_progress", "returned", "declined"]
PaymentState = Literal["created", "authorized", "settled", "declined", "error", "cancelled"]
RefundState = Literal["pending", "settled", "failed"]
ShipmentState = Literal["created", "pending", "shipped", "delivered", "cancelled"]
InvoiceStatus = Literal["draft", "submitted", "open", "partially_paid", "paid", "void", "deleted", "uncollectible"]
InvoiceKind = Literal["invoice", "credit_note", "supplier_bill"]
Beginning = Literal["quote", "lead", "order"]
DisputeState = Literal["needs_response", "under_review", "won", "lost", "accepted", "charge_refunded"]
RequestStatus = Literal[
    "unsubmitted",
    "submitted",
    "accepted",
    "rejected",
    "cancellation_requested",
    "cancellation_accepted",
    "cancellation_rejected",
    "closed",
]
TrackingStatus = Literal[
    "unknown",
    "pre_transit",
    "picked_up",
    "in_transit",
    "out_for_delivery",
    "available_for_pickup",
    "delivery_attempted",
    "exception",
    "delivered",
    "returning",
    "returned",
    "cancelled",
    "expired",
]
IdentityKind = Literal["email", "phone", "marketplace_id"]
