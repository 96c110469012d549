"""What the reads hand out: plain frozen values for the screen, for JSON and for macros; no database in them.

Times are integer milliseconds since 1970 UTC (None: not known), money is minor units of ``currency``. Every text from
outside was made safe to show when it was stored, and is still never markup. Everything that came from a source says
which (``source``, ``source_id``) and when it was last read (``synced_at``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from oms_tui.store.mail_shapes import AttachmentView as AttachmentView  # noqa: PLC0414 - handed on
from oms_tui.store.mail_shapes import CandidateView as CandidateView  # noqa: PLC0414 - handed on
from oms_tui.store.mail_shapes import ConversationView as ConversationView  # noqa: PLC0414, TC001 - handed on
from oms_tui.store.mail_shapes import DraftView as DraftView  # noqa: PLC0414, TC001 - handed on
from oms_tui.store.mail_shapes import MessageView as MessageView  # noqa: PLC0414 - handed on
from oms_tui.store.mail_shapes import OutboxView as OutboxView  # noqa: PLC0414, TC001 - handed on
from oms_tui.store.mail_shapes import UnlinkedMail as UnlinkedMail  # noqa: PLC0414 - handed on
from oms_tui.store.queue_shapes import Flag as Flag  # noqa: PLC0414 - handed on
from oms_tui.store.queue_shapes import QueueItem as QueueItem  # noqa: PLC0414, TC001 - likewise
from oms_tui.store.work_shapes import ProcedureView as ProcedureView  # noqa: PLC0414, TC001 - likewise


@dataclass(slots=True, frozen=True)
class Term:
    """One term of a priority: points and why."""

    name: str
    points: int
    why: str


@dataclass(slots=True, frozen=True)
class StockView:
    """A product at one location."""

    source: str
    sku: str
    location: str
    on_hand: int
    committed: int
    available: int
    incoming: int
    expected_at: int | None
    bin: str
    synced_at: int


@dataclass(slots=True, frozen=True)
class LineView:
    """A line of an order with the stock of its product; ``short`` is what is missing to ship it."""

    position: int
    remote_id: str
    sku: str
    gtin: str
    title: str
    quantity: int
    unit_price: int
    fulfilled: int
    short: int
    stock: tuple[StockView, ...]


@dataclass(slots=True, frozen=True)
class MoneyView:
    """A payment, refund or dispute (``kind``)."""

    kind: str
    source: str
    source_id: str
    state: str
    amount: int
    captured: int
    currency: str
    method: str
    reason: str
    at: int | None
    synced_at: int


@dataclass(slots=True, frozen=True)
class InvoiceView:
    """An invoice, credit note or supplier's bill."""

    source: str
    source_id: str
    kind: str
    number: str
    status: str
    total: int
    paid: int
    currency: str
    issued_at: int | None
    due_at: int | None
    overdue: bool
    purchase_order: str
    url: str
    synced_at: int


@dataclass(slots=True, frozen=True)
class ScanView:
    """One scan of a parcel, in the carrier's own offset."""

    occurred_at: int
    offset_minutes: int
    status: str
    text: str
    location: str
    reason: str
    raw_code: str


@dataclass(slots=True, frozen=True)
class ShipmentView:
    """A parcel: what we (or the shop) say of it and what the carrier says."""

    source: str
    source_id: str
    carrier: str
    tracking_number: str
    state: str
    status: str
    service: str
    location: str
    shipped_at: int | None
    delivered_at: int | None
    delayed: bool
    reason: str
    raw_code: str
    raw_text: str
    estimated_delivery_at: int | None
    tracking_url: str
    tracking_source: str
    lines: tuple[tuple[str, int], ...]
    events: tuple[ScanView, ...]  # newest first
    synced_at: int
    tracked_at: int | None  # when the carrier was last asked


@dataclass(slots=True, frozen=True)
class PurchaseView:
    """An order of ours to a vendor."""

    source: str
    source_id: str
    number: str
    vendor: str
    request_status: str
    drop_ship: bool
    lines: tuple[tuple[str, int], ...]
    ordered_at: int | None
    expected_at: int | None
    reason: str
    synced_at: int


@dataclass(slots=True, frozen=True)
class TaskView:
    """A thing to do by a time."""

    id: str
    kind: str
    title: str
    owner: str
    due_at: int
    state: str
    milestone: str


@dataclass(slots=True, frozen=True)
class CallView:
    """A call that was made or received."""

    id: str
    agent: str
    direction: str
    outcome: str
    milestone: str
    note: str
    called_at: int


@dataclass(slots=True, frozen=True)
class ConflictValue:
    """One side of a conflict. ``what`` it is at its source (``label``, ``invoice``), "" for the order itself."""

    source: str
    value: str
    seen_at: int
    what: str = ""

    @property
    def called(self) -> str:
        """How people tell it from the others."""
        return f"{self.source} {self.what}".strip()


@dataclass(slots=True, frozen=True)
class ConflictView:
    """A field on which systems disagree. ``parts``: of an address, those that differ; ``chosen`` the value picked."""

    field: str
    state: str
    values: tuple[ConflictValue, ...]
    parts: tuple[str, ...] = ()
    chosen: str = ""
    decided_by: str = ""
    decided_at: int | None = None


@dataclass(slots=True, frozen=True)
class RelatedView:
    """Another order of what is or may be the same customer. ``state``: proposed, confirmed or rejected.

    ``customer`` is how desk rows call whose it is, ``strength`` how likely it is the same (domain's Strength, "" where
    that is decided), ``decided_by`` the agent who did.
    """

    order_id: int
    number: str
    evidence: tuple[str, ...]
    state: str
    source: str = ""
    name: str = ""
    customer: str = ""
    strength: str = ""
    decided_by: str = ""
    decided_at: int | None = None


@dataclass(slots=True, frozen=True)
class PartyView:
    """Somebody who has to do with an order. ``next_due`` says what is due from them at ``next_due_at``."""

    role: str
    name: str
    contact: str
    last_contact_at: int | None
    next_due_at: int | None
    next_due: str
    source: str
    source_id: str = ""
    note: str = ""


@dataclass(slots=True, frozen=True)
class TimelineItem:
    """One thing that happened to an order. ``group`` is the filter it belongs to (vocabulary.TIMELINE_GROUPS).

    ``recorded_at`` is when we learned of it; ``alarm`` marks what a reader must not miss; ``message_id`` opens a mail.
    """

    id: str
    occurred_at: int
    recorded_at: int
    kind: str
    group: str
    source: str
    summary: str
    alarm: bool = False
    message: int | None = None


@dataclass(slots=True, frozen=True)
class IdentityView:
    """One way a customer is known; ``state`` is confirmed, or proposed until a person says so."""

    kind: str
    value: str
    verified: bool
    state: str
    source: str


@dataclass(slots=True, frozen=True)
class CustomerView:
    """The customer behind an order. ``spend`` and ``owed`` are of the order's currency, over all their orders.

    ``other_currencies``: the same of every other one they ever bought in: currency, spend, owed; by its code.
    """

    id: int | None
    source: str
    source_id: str
    name: str
    company: str
    tier: str
    tier_reason: str
    account_manager: str
    identities: tuple[IdentityView, ...]
    orders: int
    spend: int
    synced_at: int
    owed: int = 0
    tags: tuple[str, ...] = ()
    other_currencies: tuple[tuple[str, int, int], ...] = ()


@dataclass(slots=True, frozen=True)
class DelayView:
    """How late, since when, why, and where the dates are from."""

    late: bool
    will_be_late: bool
    days: int
    since: int | None
    reason: str
    reason_text: str
    reason_source: str
    promised_at: int | None
    promised_source: str
    predicted_at: int | None
    predicted_source: str
    customer_told_at: int | None


@dataclass(slots=True, frozen=True)
class AddressView:
    """Where the parcels go."""

    name: str
    company: str
    street: str
    city: str
    region: str
    postcode: str
    country: str
    phone: str


@dataclass(slots=True, frozen=True)
class OrderView:
    """The whole order. Reading one is a handful of indexed statements (see reads/order.py)."""

    item: QueueItem
    priority_terms: tuple[Term, ...]
    next_why: str
    next_due_at: int | None
    email: str
    phone: str
    ship_to: AddressView
    instructions: str
    note: str
    channel: str
    url: str
    came_from: tuple[tuple[str, str], ...]
    replaces: str
    tags: tuple[str, ...]
    raw_status: dict[str, str]
    synced_at: int
    customer: CustomerView
    lines: tuple[LineView, ...]
    payments: tuple[MoneyView, ...]
    refunds: tuple[MoneyView, ...]
    disputes: tuple[MoneyView, ...]
    refundable: int
    invoices: tuple[InvoiceView, ...]
    shipments: tuple[ShipmentView, ...]
    conversations: tuple[ConversationView, ...]
    purchase_orders: tuple[PurchaseView, ...]
    tasks: tuple[TaskView, ...]
    calls: tuple[CallView, ...]
    conflicts: tuple[ConflictView, ...]
    related: tuple[RelatedView, ...]
    timeline: tuple[TimelineItem, ...]  # newest first
    delay: DelayView
    drafts: tuple[DraftView, ...]
    outbox: tuple[OutboxView, ...]
    claim: str = ""  # the agent at work on it now, "" for nobody
    source_ages: dict[str, int | None] = field(default_factory=dict)  # source -> last success
    procedures: tuple[ProcedureView, ...] = ()
    references: tuple[str, ...] = ()  # payments, invoices and quotes that the order names
    owed: int = 0  # what is still to be paid of this order
    assigned_to: str = ""  # to whom it was given; ``item.owner`` is who attends to it
    owner_why: str = ""  # why that is somebody else, or the account manager
    manager_acting: str = ""  # the account manager, or who stands in; "" for nobody
    manager_away: bool = False
    parties: tuple[PartyView, ...] = ()


@dataclass(slots=True, frozen=True)
class SourceHealth:
    """How a source does. ``state``: ok, stale, failed, paused or never (not yet read)."""

    source: str
    kind: str
    state: str
    last_success_at: int | None
    age_seconds: int | None
    records: int
    quarantined: int
    error: str
    hint: str
    done: int = 0
    total: int | None = None


@dataclass(slots=True, frozen=True)
class Badges:
    """The counts in the top bar."""

    open: int
    unlinked: int
    quarantined: int
    outbox: int
    needs_decision: int
    calls_due: int


@dataclass(slots=True, frozen=True)
class Change:
    """An entry of the change feed: what to read again (``kind`` order, message, stock, source, outbox, draft…)."""

    seq: int
    kind: str
    ref: int
