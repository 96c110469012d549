"""The words of the trade: every value a fact may take, and how the screen says it.

Values are lower snake case and go into the store and into JSON as they are; each member also carries ``words``, the
short English a person reads. A value from outside that is not listed is kept and shown as it came (``words_of``).
Connectors have the same lists as ``Literal`` types (they import nothing of ours); a test holds the two together.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Self


class Word(StrEnum):
    """A value of the vocabulary. ``words`` is what the screen shows: short and lower case."""

    words: str

    def __new__(cls, value: str, words: str = "") -> Self:
        """Make a member of ``value``; without ``words`` of its own it is shown with blanks for underscores."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.words = words or value.replace("_", " ")
        return member


def values(kind: type[Word]) -> tuple[str, ...]:
    """The values of a list in its own order, as plain text."""
    return tuple(str(member) for member in kind)


def words_of(kind: type[Word], value: str) -> str:
    """How the screen says ``value``; an unlisted value is shown as it came, blanks for underscores."""
    member = kind._value2member_map_.get(value)
    return member.words if isinstance(member, Word) else value.replace("_", " ")


# ---- the order: four axes, and the stage derived from them


class OrderState(Word):
    """Where the order itself is."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class PaymentStatus(Word):
    """What has become of the money."""

    PENDING = "pending", "unpaid"
    AUTHORIZED = "authorized"
    PARTIALLY_PAID = "partially_paid", "part paid"
    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded", "part refunded"
    REFUNDED = "refunded"
    VOIDED = "voided"
    EXPIRED = "expired", "payment expired"


class FulfillmentStatus(Word):
    """What has become of the goods. ``fulfilled`` is shipped, not packed."""

    UNFULFILLED = "unfulfilled", "not shipped"
    SCHEDULED = "scheduled"
    ON_HOLD = "on_hold"
    IN_PROGRESS = "in_progress", "in the warehouse"
    PARTIALLY_FULFILLED = "partially_fulfilled", "part shipped"
    FULFILLED = "fulfilled", "shipped"
    REQUEST_DECLINED = "request_declined", "warehouse declined"


class ReturnStatus(Word):
    """What comes back."""

    NO_RETURN = "no_return"
    REQUESTED = "requested", "return requested"
    IN_PROGRESS = "in_progress", "coming back"
    RETURNED = "returned"
    DECLINED = "declined", "return declined"


class Stage(Word):
    """How far an order or a parcel is; always derived (see stages.py). Members are in the order of the trade."""

    AWAITING_PAYMENT = "awaiting_payment"
    AWAITING_STOCK = "awaiting_stock"
    READY_TO_RELEASE = "ready_to_release"
    PICKING = "picking"
    SORTING = "sorting"
    INSPECTION = "inspection"
    PACKING = "packing"
    LABELLED = "labelled"
    HANDED_OVER = "handed_over"
    IN_TRANSIT = "in_transit"
    DELIVERED = "delivered"
    AFTER_SALES = "after_sales", "after-sales"
    DONE = "done"


STAGE_RANK: Final = {stage: rank for rank, stage in enumerate(Stage)}
"""The place of each stage, the earliest 0."""


class Milestone(Word):
    """The steps of an order a customer may be called or told about."""

    PLACED = "placed"
    PAID = "paid"
    ALLOCATED = "allocated"
    SHIPPED = "shipped"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    EXCEPTION = "exception"
    DELAYED = "delayed"


# ---- money


class PaymentState(Word):
    """One payment."""

    CREATED = "created"
    AUTHORIZED = "authorized"
    SETTLED = "settled"
    DECLINED = "declined"
    ERROR = "error", "failed"
    CANCELLED = "cancelled"


class RefundState(Word):
    """One refund."""

    PENDING = "pending"
    SETTLED = "settled"
    FAILED = "failed"


class InvoiceStatus(Word):
    """One invoice as its system keeps it; that it is overdue is derived (``INVOICE_OVERDUE``)."""

    DRAFT = "draft"
    SUBMITTED = "submitted", "awaiting approval"
    OPEN = "open"
    PARTIALLY_PAID = "partially_paid", "part paid"
    PAID = "paid"
    VOID = "void"
    DELETED = "deleted"
    UNCOLLECTIBLE = "uncollectible"


INVOICE_OVERDUE: Final = "overdue"
"""Derived: open or partially paid, and the due date has passed."""


class InvoiceKind(Word):
    """What the paper is."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    SUPPLIER_BILL = "supplier_bill"


class Beginning(Word):
    """What an order was made of."""

    QUOTE = "quote"
    LEAD = "lead"
    ORDER = "order", "takes back"


class DisputeState(Word):
    """A chargeback."""

    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"
    ACCEPTED = "accepted"
    CHARGE_REFUNDED = "charge_refunded"


# ---- parcels and other people's work


class ShipmentState(Word):
    """A parcel as the shop or warehouse keeps it."""

    CREATED = "created"
    PENDING = "pending"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class RequestStatus(Word):
    """Work asked of somebody else: a vendor who ships for us, a warehouse that is not ours."""

    UNSUBMITTED = "unsubmitted", "not asked"
    SUBMITTED = "submitted", "asked"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CANCELLATION_REQUESTED = "cancellation_requested"
    CANCELLATION_ACCEPTED = "cancellation_accepted"
    CANCELLATION_REJECTED = "cancellation_rejected"
    CLOSED = "closed"


class TrackingStatus(Word):
    """What the carrier says of one parcel."""

    UNKNOWN = "unknown", "no scan"
    PRE_TRANSIT = "pre_transit", "announced"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    AVAILABLE_FOR_PICKUP = "available_for_pickup", "waits to be fetched"
    DELIVERY_ATTEMPTED = "delivery_attempted"
    EXCEPTION = "exception"
    DELIVERED = "delivered"
    RETURNING = "returning", "coming back"
    RETURNED = "returned", "came back"
    CANCELLED = "cancelled", "label void"
    EXPIRED = "expired", "not heard of"


TRACKING_TERMINAL: Final = frozenset(
    {TrackingStatus.DELIVERED, TrackingStatus.RETURNED, TrackingStatus.CANCELLED},
)
"""Nothing more is expected of such a parcel."""

TRACKING_SOFT_TERMINAL: Final = frozenset({TrackingStatus.EXPIRED})
"""Ended until a newer scan says otherwise; so is an exception whose reason is in ``LOST_REASONS``."""

TRACKING_TROUBLE: Final = frozenset(
    {
        TrackingStatus.DELIVERY_ATTEMPTED,
        TrackingStatus.EXCEPTION,
        TrackingStatus.RETURNING,
        TrackingStatus.RETURNED,
        TrackingStatus.EXPIRED,
    },
)
"""A person should look at such a parcel."""


class DelayReason(Word):
    """Why an order is late. First the carriers' words (Karrio's families), then the house's own, set by people."""

    CARRIER_DAMAGED_PARCEL = "carrier_damaged_parcel", "damaged on the way"
    CARRIER_SORTING_ERROR = "carrier_sorting_error", "sorted wrongly"
    CARRIER_ADDRESS_NOT_FOUND = "carrier_address_not_found", "address not found"
    CARRIER_PARCEL_LOST = "carrier_parcel_lost", "parcel lost"
    CARRIER_VEHICLE_ISSUE = "carrier_vehicle_issue", "carrier's vehicle"
    CARRIER_CAPACITY_EXCEEDED = "carrier_capacity_exceeded", "carrier overloaded"
    RETAILER_INCORRECT_DATA = "retailer_incorrect_data", "our data were wrong"
    RETAILER_NOT_READY = "retailer_not_ready", "we were not ready"
    RETAILER_PACKAGING_ISSUE = "retailer_packaging_issue", "our packaging"
    RETAILER_CANCELLED = "retailer_cancelled", "cancelled by us"
    CONSIGNEE_REFUSED = "consignee_refused", "refused at the door"
    CONSIGNEE_NOT_HOME = "consignee_not_home", "nobody at home"
    CONSIGNEE_BUSINESS_CLOSED = "consignee_business_closed", "business closed"
    CONSIGNEE_INCORRECT_ADDRESS = "consignee_incorrect_address", "wrong address"
    CONSIGNEE_ACCESS_RESTRICTED = "consignee_access_restricted", "no access to the door"
    CUSTOMS_DELAY = "customs_delay", "held by customs"
    CUSTOMS_DOCUMENTATION = "customs_documentation"
    CUSTOMS_DUTIES_UNPAID = "customs_duties_unpaid", "customs duties unpaid"
    CUSTOMS_INSPECTION = "customs_inspection"
    CUSTOMS_PROHIBITED = "customs_prohibited", "prohibited by customs"
    WEATHER_DELAY = "weather_delay", "weather"
    NATURAL_DISASTER = "natural_disaster"
    SECURITY_ISSUE = "security_issue"
    REGULATORY_HOLD = "regulatory_hold", "held by an authority"
    UNKNOWN = "unknown", "carrier gives no reason"
    AWAITING_PAYMENT = "awaiting_payment"
    OUT_OF_STOCK = "out_of_stock"
    VENDOR_LATE = "vendor_late", "vendor is late"
    WAREHOUSE_BACKLOG = "warehouse_backlog"
    ADDRESS_CHECK = "address_check", "address being checked"
    CUSTOMER_REQUEST = "customer_request", "the customer asked"


HOUSE_REASONS: Final = frozenset(
    {
        DelayReason.AWAITING_PAYMENT,
        DelayReason.OUT_OF_STOCK,
        DelayReason.VENDOR_LATE,
        DelayReason.WAREHOUSE_BACKLOG,
        DelayReason.ADDRESS_CHECK,
        DelayReason.CUSTOMER_REQUEST,
    },
)
"""Reasons only the house can know."""

CARRIER_REASONS: Final = frozenset(DelayReason) - HOUSE_REASONS
"""Reasons a carrier's codes can say."""

LOST_REASONS: Final = frozenset({DelayReason.CARRIER_PARCEL_LOST})
"""With one of these an exception is the end of the parcel, unless a newer scan says otherwise."""


# ---- people


class Tier(Word):
    """How a customer is served."""

    KEY = "key"
    PRIORITY = "priority"
    STANDARD = "standard"
    ONE_OFF = "one_off", "one-off"


class Role(Word):
    """What somebody at the desk may do."""

    AGENT = "agent"
    LEAD = "lead"
    WAREHOUSE = "warehouse"
    FINANCE = "finance"
    ACCOUNT_MANAGER = "account_manager"
    READER = "reader"


class IdentityKind(Word):
    """A way a customer is known."""

    EMAIL = "email", "mail address"
    PHONE = "phone"
    MARKETPLACE_ID = "marketplace_id", "marketplace name"


class DecisionState(Word):
    """A proposal (that two identities are one customer) and what people made of it."""

    PROPOSED = "proposed", "maybe"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class ConflictState(Word):
    """Systems that disagree on a field."""

    OPEN = "open"
    RESOLVED = "resolved"
    ACCEPTED = "accepted", "accepted as it is"


# ---- mail


class ConversationStatus(Word):
    """A thread with a customer."""

    OPEN = "open"
    PENDING = "pending", "waits for the customer"
    SNOOZED = "snoozed"
    CLOSED = "closed"
    SPAM = "spam"
    MERGED = "merged"


class Direction(Word):
    """Who wrote to whom."""

    INBOUND = "inbound", "in"
    OUTBOUND = "outbound", "out"


class MailState(Word):
    """Every fetched mail is exactly one of these."""

    LINKED = "linked"
    UNLINKED = "unlinked"
    QUARANTINED = "quarantined"


class OutboxState(Word):
    """Something that leaves, from the undo window to the Sent folder."""

    HELD = "held", "can be taken back"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FILED = "filed", "sent and filed"
    FAILED = "failed"
    BLOCKED = "blocked"
    IN_DOUBT = "in_doubt"
    RECALLED = "recalled", "taken back"


# ---- work


class TaskKind(Word):
    """A thing to do by a time."""

    REMINDER = "reminder"
    MILESTONE_CALL = "milestone_call", "call"
    CALLBACK = "callback", "call back"
    APPROVAL = "approval"
    VENDOR_CHASE = "vendor_chase", "chase the vendor"
    CORRECTION = "correction", "correct by hand"


class CallOutcome(Word):
    """What became of a call."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    CALLBACK = "callback", "calls back"


class CallState(Word):
    """A milestone call against its due time."""

    DUE = "due"
    KEPT = "kept"
    LATE = "late", "made late"
    MISSED = "missed"


class SourceState(Word):
    """How a source does."""

    NEVER = "never", "not yet read"
    OK = "ok"
    STALE = "stale"
    FAILED = "failed"
    PAUSED = "paused"


class FlagLevel(Word):
    """How much a short word on a queue row presses."""

    ALARM = "alarm"
    WARN = "warn"
    INFO = "info"
    GOOD = "good"
    QUIET = "quiet"
