"""What a connector hands over: plain records in our words, with the system's own words beside them.

Money is integer minor units with an ISO 4217 code (``minor_units`` makes them from decimals); times are aware;
a carrier's offset is kept as given. Every text is as the system sent it: making it safe to show is the store's work.
Dataclasses with slots and not pydantic models: ingest makes millions of them, and the checks belong to the adapters.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from connectors.words import (
        Beginning,
        DisputeState,
        FulfillmentStatus,
        IdentityKind,
        InvoiceKind,
        InvoiceStatus,
        OrderState,
        PaymentState,
        PaymentStatus,
        RefundState,
        RequestStatus,
        ReturnStatus,
        ShipmentState,
        TrackingStatus,
    )

# ISO 4217 minor units other than two (list one, edition of 2024).
_MINOR_DIGITS = {
    **dict.fromkeys(
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(),  # noqa: SIM905 - reads as the list it is
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    "CLF": 4,
    "UYW": 4,
}


LARGEST_NUMBER = 10**14
"""More pieces, or major units of money, than there are: a number beyond it is a mistake, and may fit no database."""


def minor_digits(currency: str) -> int:
    """How many decimals the currency has (EUR 2, JPY 0, KWD 3)."""
    return _MINOR_DIGITS.get(currency.upper(), 2)


def minor_units(amount: Decimal | str | int, currency: str) -> int:
    """Minor units of an amount in major units: ``minor_units("79.00", "EUR") == 7900``.

    Raises:
        ValueError: the amount is no finite decimal number, or larger than any amount is.
    """
    try:
        exact = Decimal(str(amount))
        if not exact.is_finite():
            raise ValueError(f"{amount!r} is no amount of money")
        if abs(exact) > LARGEST_NUMBER:
            raise ValueError(f"{exact:.3g} is too large for an amount of money")
        return int(exact.scaleb(minor_digits(currency)).to_integral_value(ROUND_HALF_EVEN))
    except InvalidOperation:
        raise ValueError(f"{amount!r} is no amount of money") from None


@dataclass(slots=True, frozen=True)
class Money:
    """An amount in minor units of an ISO 4217 currency."""

    amount: int
    currency: str


@dataclass(slots=True, frozen=True)
class Address:
    """Where a parcel goes or an invoice is sent."""

    name: str = ""
    company: str = ""
    street: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    phone: str = ""


@dataclass(slots=True, frozen=True)
class OrderRef:
    """How another record names the order it belongs to; whichever is known. The joining decides, not the connector.

    ``remote_id`` is the id in ``source`` (by default the record's own source); ``number`` the number people use;
    ``reference`` a remote id of a payment, invoice or shipment that an order mentions.
    """

    remote_id: str = ""
    number: str = ""
    source: str = ""
    reference: str = ""


@dataclass(slots=True, frozen=True)
class Identity:
    """One way a customer is known."""

    kind: IdentityKind
    value: str
    verified: bool = False


@dataclass(slots=True)
class CustomerRecord:
    """A customer as one system knows them."""

    remote_id: str
    name: str = ""
    company: str = ""
    identities: tuple[Identity, ...] = ()
    tags: tuple[str, ...] = ()
    address: Address | None = None
    created_at: datetime | None = None
    consent_marketing: bool | None = None
    updated_at: datetime | None = None
    raw: Mapping[str, Any] | None = None


@dataclass(slots=True)
class LineRecord:
    """A line. ``quantity``, ``fulfilled``: whole units. ``unit_price``, the line's ``tax`` if known: minor units."""

    remote_id: str
    sku: str
    quantity: int
    title: str = ""
    gtin: str = ""
    unit_price: int = 0
    tax: int | None = None
    fulfilled: int = 0


class CameFrom(NamedTuple):
    """What an order was made of, by its number: a quote, a lead, or the order whose goods it takes back."""

    kind: Beginning
    number: str


@dataclass(slots=True)
class OrderRecord:
    """An order with its lines. ``total`` is minor units of ``currency``, tax and shipping included.

    ``fulfillment_status`` "": the system does not say, its parcels do.
    """

    remote_id: str
    number: str
    state: OrderState
    placed_at: datetime
    currency: str
    total: int
    payment_status: PaymentStatus = "pending"
    fulfillment_status: FulfillmentStatus | Literal[""] = "unfulfilled"
    return_status: ReturnStatus = "no_return"
    lines: tuple[LineRecord, ...] = ()
    customer: CustomerRecord | None = None
    email: str = ""
    phone: str = ""
    ship_to: Address = field(default_factory=Address)
    bill_to: Address | None = None
    shipping: int = 0
    discount: int = 0
    promised_at: datetime | None = None
    tags: tuple[str, ...] = ()
    instructions: str = ""
    note: str = ""
    channel: str = ""
    url: str = ""
    came_from: tuple[CameFrom, ...] = ()
    replaces: OrderRef | None = None
    references: tuple[str, ...] = ()  # payment intents, invoice numbers, purchase orders that this order names
    raw_status: Mapping[str, str] = field(default_factory=dict)
    updated_at: datetime | None = None
    version: str = ""
    raw: Mapping[str, Any] | None = None


@dataclass(slots=True)
class StockRecord:
    """A product at one location. ``committed`` is reserved by orders; available is on_hand less committed."""

    sku: str
    location: str
    on_hand: int
    committed: int = 0
    incoming: int = 0
    expected_at: datetime | None = None
    title: str = ""
    gtin: str = ""
    bin: str = ""
    updated_at: datetime | None = None


@dataclass(slots=True)
class ShipmentRecord:
    """One parcel on its way (or planned) for an order. A shipment of several parcels is several records."""

    remote_id: str
    order: OrderRef
    carrier: str
    tracking_number: str = ""
    state: ShipmentState = "created"
    service: str = ""
    tracking_url: str = ""
    location: str = ""
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    weight_grams: int | None = None
    lines: tuple[tuple[str, int], ...] = ()  # (sku, quantity)
    ship_to: Address | None = None  # what its label says; None where nobody says
    request_status: RequestStatus | None = None
    raw_status: str = ""
    updated_at: datetime | None = None


@dataclass(slots=True)
class TrackingEventRecord:
    """One scan. ``occurred_at`` keeps the offset the carrier gave."""

    occurred_at: datetime
    status: TrackingStatus
    raw_code: str = ""
    text: str = ""
    location: str = ""
    reason: str = ""


@dataclass(slots=True)
class TrackingRecord:
    """What a carrier says of one parcel. ``order`` is given only where the carrier knows a reference of ours."""

    carrier: str
    tracking_number: str
    status: TrackingStatus
    events: tuple[TrackingEventRecord, ...] = ()
    delayed: bool = False
    reason: str = ""
    raw_code: str = ""
    raw_text: str = ""
    estimated_delivery_at: datetime | None = None
    tracking_url: str = ""
    remote_id: str = ""
    order: OrderRef | None = None
    unmapped: tuple[str, ...] = ()  # codes the map does not know: counted by doctor
    updated_at: datetime | None = None


@dataclass(slots=True)
class PaymentRecord:
    """Money in, or promised. ``amount`` is what was asked, ``captured`` what was taken; minor units."""

    remote_id: str
    order: OrderRef
    state: PaymentState
    amount: int
    currency: str
    captured: int = 0
    method: str = ""
    paid_at: datetime | None = None
    created_at: datetime | None = None
    failure: str = ""
    raw_status: str = ""
    email: str = ""
    updated_at: datetime | None = None


@dataclass(slots=True)
class RefundRecord:
    """Money back. ``payment`` is the remote id of the payment it came from."""

    remote_id: str
    order: OrderRef
    state: RefundState
    amount: int
    currency: str
    payment: str = ""
    reason: str = ""
    created_at: datetime | None = None
    raw_status: str = ""
    updated_at: datetime | None = None


@dataclass(slots=True)
class DisputeRecord:
    """A chargeback."""

    remote_id: str
    order: OrderRef
    state: DisputeState
    amount: int
    currency: str
    payment: str = ""
    reason: str = ""
    due_at: datetime | None = None
    created_at: datetime | None = None


@dataclass(slots=True)
class InvoiceRecord:
    """An invoice, a credit note, or a bill from a supplier (which names a purchase order)."""

    remote_id: str
    number: str
    order: OrderRef
    status: InvoiceStatus
    total: int
    currency: str
    kind: InvoiceKind = "invoice"
    credits: str = ""  # of a credit note: the id of the invoice it takes back, where that is known
    paid: int = 0
    tax: int | None = None  # of the total; None where nobody says
    issued_at: datetime | None = None
    due_at: datetime | None = None
    purchase_order: str = ""
    email: str = ""
    url: str = ""
    lines: tuple[tuple[str, int, int], ...] = ()  # (sku or title, quantity, amount in minor units)
    raw_status: str = ""
    updated_at: datetime | None = None


@dataclass(slots=True)
class PurchaseOrderRecord:
    """An order of ours to a vendor, for stock or to be shipped straight to the customer (``drop_ship``)."""

    remote_id: str
    number: str
    vendor: str
    order: OrderRef
    request_status: RequestStatus = "unsubmitted"
    drop_ship: bool = False
    lines: tuple[tuple[str, int], ...] = ()  # (sku, quantity)
    ordered_at: datetime | None = None
    expected_at: datetime | None = None
    reason: str = ""
    updated_at: datetime | None = None
    raw_status: str = ""


@dataclass(slots=True)
class NoteRecord:
    """A note that somebody wrote in the other system."""

    remote_id: str
    order: OrderRef
    text: str
    author: str = ""
    created_at: datetime | None = None
    public: bool = False


Record = (
    OrderRecord
    | CustomerRecord
    | StockRecord
    | ShipmentRecord
    | TrackingRecord
    | PaymentRecord
    | RefundRecord
    | DisputeRecord
    | InvoiceRecord
    | PurchaseOrderRecord
    | NoteRecord
)


@dataclass(slots=True, frozen=True)
class Ref:
    """Names one record of a system: its kind is the record's class name in lower snake case (``order``…)."""

    kind: str
    remote_id: str


@dataclass(slots=True, frozen=True)
class Quarantined:
    """A record that could not be read: kept raw, listed with the reason, and the rest goes on."""

    ref: str  # what a person needs to find it again: "orders.csv:17", "order 1042", "INBOX uid 9"
    reason: str
    raw: str = ""


@dataclass(slots=True)
class Page:
    """One page of a stream: what changed, what went, what could not be read, and where to go on from.

    ``cursor`` is opaque JSON, stored in the same transaction as the records. ``more`` says whether another page follows
    at once. ``total`` is how many records the whole run will bring, where the system says so (for a progress bar).
    ``settled`` names what was set aside before and is read anew from here on: a whole ref, or the file it begins with.
    """

    records: list[Record] = field(default_factory=list)
    deleted: list[Ref] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    cursor: dict[str, Any] = field(default_factory=dict)
    more: bool = False
    total: int | None = None
    settled: list[str] = field(default_factory=list)


# ---- mail


@dataclass(slots=True, frozen=True)
class MailAddress:
    """A display name and an address, decoded but not yet made safe."""

    name: str
    address: str


@dataclass(slots=True)
class Attachment:
    """A part of a mail that is not its text. ``name`` is what the sender called it: never a path of ours."""

    index: int
    name: str
    content_type: str
    size: int
    inline: bool = False


@dataclass(slots=True)
class MailKey:
    """Where a message lies. ``location`` is the folder; ``generation`` its UIDVALIDITY ("" where there is none)."""

    folder: str
    generation: str
    uid: str


@dataclass(slots=True)
class MailRecord:
    """A message: headers always, text when the body has been read (``has_body``).

    ``message_id``, ``in_reply_to`` and ``references`` are bare ids with their angle brackets, as parsed tokens.
    ``auto`` says why it is machine-made (``auto-replied``, ``bounce``, ``list``…), "" if a person wrote it.
    ``digest`` is the sha256 of the raw message, or of its header where only that was read.
    """

    key: MailKey
    message_id: str
    subject: str
    sent_at: datetime | None
    received_at: datetime | None
    from_: MailAddress
    to: tuple[MailAddress, ...] = ()
    cc: tuple[MailAddress, ...] = ()
    reply_to: tuple[MailAddress, ...] = ()
    delivered_to: tuple[str, ...] = ()
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    auto: str = ""
    own_id: str = ""  # our X-OMS-ID: survives servers that replace the Message-ID
    size: int = 0
    digest: str = ""
    seen: bool = False
    flags: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    thread_hint: str = ""  # the server's own thread id (Gmail)
    has_body: bool = False
    text: str = ""
    quoted: tuple[
        tuple[int, int], ...
    ] = ()  # line ranges [first, last) of text that quote earlier mail: folded, never cut
    attachments: tuple[Attachment, ...] = ()
    warnings: tuple[str, ...] = ()  # what the parser had to cut or guess


@dataclass(slots=True)
class MailPage:
    """One page of a mailbox. ``gone`` lists keys no longer there; ``flags`` new flags of known keys."""

    messages: list[MailRecord] = field(default_factory=list)
    gone: list[MailKey] = field(default_factory=list)
    flags: list[tuple[MailKey, tuple[str, ...]]] = field(default_factory=list)
    moved: list[tuple[MailKey, MailKey]] = field(default_factory=list)  # old key, new key: UIDVALIDITY changed
    quarantined: list[Quarantined] = field(default_factory=list)
    quarantined_keys: list[MailKey] = field(default_factory=list)
    cursor: dict[str, Any] = field(default_factory=dict)
    more: bool = False
    total: int | None = None
