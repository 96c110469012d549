"""The cache: what the sources know. May be deleted at any time and is fetched again, so it has no migrations.

Declared once, here, as SQLModel tables. ``python -m oms_tui.store.compile`` turns the declaration into the SQL text the
program runs (``compiled_sql.py``), because importing SQLModel costs more CPU than starting Textual; a test fails when
the two differ. Columns ending in ``_at`` are integer milliseconds since 1970 UTC, amounts are minor units, columns of
JSON text say so. Ids are made by us from the record's own time (``ids.py``), so newest-first needs no sort.
``recorded_at`` is when we first saw a row and never moves; ``synced_at`` is when we last read it.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Text, text
from sqlmodel import Field, SQLModel

from oms_tui.store.queue_sorts import SORTS, Sort


def big(*, primary: bool = False, null: bool = False) -> Column[int]:
    """A 64-bit integer; on SQLite an INTEGER, so that a primary key is the rowid."""
    from sqlalchemy import Integer

    return Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=primary, nullable=null, autoincrement=False)


CLUSTERED = {"sqlite_with_rowid": False}  # rows lie in the order of their composite key: one B-tree less


class CacheTable(SQLModel):
    """What every cache table shares: nothing but the base, so that the compiler finds them."""


class CacheMeta(CacheTable, table=True):
    """What this cache is: its version, and the last sequence number of the desk file it has applied."""

    __tablename__ = "meta"
    key: str = Field(primary_key=True)
    value: str


class SyncState(CacheTable, table=True):
    """A stream of a source: where it is (``cursor``, JSON), how it goes, and since when."""

    __tablename__ = "sync_state"
    __table_args__ = (CLUSTERED,)
    source: str = Field(primary_key=True)
    stream: str = Field(primary_key=True)
    cursor: str = Field(default="", sa_column=Column(Text, nullable=False))
    records: int = Field(default=0, sa_column=big())
    last_success_at: int | None = Field(default=None, sa_column=big(null=True))
    last_attempt_at: int | None = Field(default=None, sa_column=big(null=True))
    failed_since: int | None = Field(default=None, sa_column=big(null=True))
    failures: int = 0
    error_code: str = ""
    error: str = ""
    hint: str = ""
    retry_at: int | None = Field(default=None, sa_column=big(null=True))
    done: int = Field(default=0, sa_column=big())
    total: int | None = Field(default=None, sa_column=big(null=True))
    reconciled_at: int | None = Field(default=None, sa_column=big(null=True))


class Quarantine(CacheTable, table=True):
    """A record that could not be read, kept raw (capped) with the reason. ``name`` is the last word of its ``ref``."""

    __tablename__ = "quarantine"
    __table_args__ = (Index("quarantine_name", "source", "name"),)
    source: str = Field(primary_key=True)
    ref: str = Field(primary_key=True)
    name: str = ""
    stream: str = ""
    reason: str
    raw: str = Field(default="", sa_column=Column(Text, nullable=False))
    first_seen_at: int = Field(sa_column=big())
    last_seen_at: int = Field(sa_column=big())


class UnmappedCode(CacheTable, table=True):
    """A word of a system that our maps do not know: kept and counted, never guessed."""

    __tablename__ = "unmapped_codes"
    __table_args__ = (CLUSTERED,)
    source: str = Field(primary_key=True)
    field: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    times: int = 1
    last_seen_at: int = Field(sa_column=big())


class Order(CacheTable, table=True):
    """An order as its source knows it."""

    __tablename__ = "orders"
    __table_args__ = (
        Index("orders_remote", "source", "remote_id", unique=True),
        Index("orders_customer", "customer_id", "currency", "state", "total"),  # what somebody spent is read from it
        Index("orders_email", "email"),
        Index("orders_postcode", "ship_postcode"),
    )
    id: int = Field(sa_column=big(primary=True))
    source: str
    remote_id: str
    number: str
    state: str
    payment_status: str
    fulfillment_status: str
    return_status: str
    placed_at: int = Field(sa_column=big())
    promised_at: int | None = Field(default=None, sa_column=big(null=True))
    currency: str
    total: int = Field(sa_column=big())
    shipping: int = Field(default=0, sa_column=big())
    discount: int = Field(default=0, sa_column=big())
    customer_id: int | None = Field(default=None, sa_column=big(null=True))
    email: str = ""
    phone: str = ""
    ship_name: str = ""
    ship_company: str = ""
    ship_street: str = ""
    ship_city: str = ""
    ship_region: str = ""
    ship_postcode: str = ""
    ship_country: str = ""
    ship_phone: str = ""
    bill_to: str = ""  # JSON of an address, "" when there is none
    tags: str = "[]"  # JSON list
    instructions: str = ""
    note: str = ""
    channel: str = ""
    url: str = ""
    origin: str = ""
    replaces: str = ""  # number or remote id of the order this one replaces
    refs: str = "[]"  # JSON list of payment, invoice and purchase numbers this order names
    raw_status: str = "{}"  # JSON object: the system's own words
    version: str = ""
    updated_at: int | None = Field(default=None, sa_column=big(null=True))
    recorded_at: int = Field(sa_column=big())
    synced_at: int = Field(sa_column=big())
    digest: str = ""


class OrderLine(CacheTable, table=True):
    """One line of an order."""

    __tablename__ = "order_lines"
    __table_args__ = (Index("order_lines_sku", "sku"), CLUSTERED)
    order_id: int = Field(sa_column=big(primary=True))
    position: int = Field(primary_key=True)
    remote_id: str
    sku: str
    gtin: str = ""
    title: str = ""
    quantity: int
    unit_price: int = Field(default=0, sa_column=big())
    tax: int = Field(default=0, sa_column=big())
    fulfilled: int = 0


class OrderKey(CacheTable, table=True):
    """Every number that names an order: its own, remote ids, parcels', invoices', payments'. Serves joining and search.

    ``value`` is casefolded without blanks and punctuation; ``reversed`` finds "the last four digits".
    """

    __tablename__ = "order_keys"
    __table_args__ = (
        Index("order_keys_order", "order_id"),
        Index("order_keys_value", "value"),
        Index("order_keys_reversed", "reversed"),
        CLUSTERED,
    )
    kind: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    order_id: int = Field(sa_column=big(primary=True))
    reversed: str


class Customer(CacheTable, table=True):
    """A customer of one source. ``person_id`` is whom they were confirmed to be the same as (else their own id)."""

    __tablename__ = "customers"
    __table_args__ = (
        Index("customers_remote", "source", "remote_id", unique=True),
        Index("customers_person", "person_id"),
    )
    id: int = Field(sa_column=big(primary=True))
    source: str
    remote_id: str
    person_id: int = Field(sa_column=big())
    name: str = ""
    company: str = ""
    tags: str = "[]"
    address: str = ""
    consent_marketing: int | None = None
    created_at: int | None = Field(default=None, sa_column=big(null=True))
    updated_at: int | None = Field(default=None, sa_column=big(null=True))
    recorded_at: int = Field(sa_column=big())
    synced_at: int = Field(sa_column=big())
    whole: int = 0  # 1: read as a customer; 0: only as an order names them, which never overrules the other
    digest: str = ""


class CustomerIdentity(CacheTable, table=True):
    """One way a customer is known: e-mail, phone, marketplace id; normalised."""

    __tablename__ = "customer_identities"
    __table_args__ = (Index("customer_identities_value", "kind", "value"), CLUSTERED)
    customer_id: int = Field(sa_column=big(primary=True))
    kind: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    verified: int = 0
    source: str = ""


class StockLevel(CacheTable, table=True):
    """A product at one location."""

    __tablename__ = "stock_levels"
    __table_args__ = (Index("stock_levels_sku", "sku"), CLUSTERED)
    source: str = Field(primary_key=True)
    sku: str = Field(primary_key=True)
    location: str = Field(primary_key=True)
    on_hand: int
    committed: int = 0
    incoming: int = 0
    expected_at: int | None = Field(default=None, sa_column=big(null=True))
    title: str = ""
    gtin: str = ""
    bin: str = ""
    updated_at: int | None = Field(default=None, sa_column=big(null=True))
    synced_at: int = Field(sa_column=big())


class Joined(CacheTable):
    """A record that hangs off an order. ``order_id`` is null while it belongs to none; ``ref`` is what it names."""

    source: str
    remote_id: str
    ref: str = ""
    recorded_at: int = Field(sa_type=BigInteger)
    synced_at: int = Field(sa_type=BigInteger)


def _joined(name: str, *more: Index) -> tuple[Index, ...]:
    return (
        Index(f"{name}_remote", "source", "remote_id", unique=True),
        Index(f"{name}_order", "order_id"),
        Index(
            f"{name}_loose", "source", sqlite_where=text("order_id IS NULL"), postgresql_where=text("order_id IS NULL")
        ),
        *more,
    )


class RecordName(CacheTable, table=True):
    """A name by which a record calls its order, or another record of it, while the order's own id does not settle it.

    ``name`` says of what kind it is (``number:1042``, ``payment:books:pi_3``…). When one of that name comes or goes,
    the records here are joined anew; without this every page of orders would have to look through all that is loose.
    """

    __tablename__ = "record_names"
    __table_args__ = (Index("record_names_record", "record"), CLUSTERED)
    name: str = Field(primary_key=True)
    record: int = Field(sa_column=big(primary=True))
    table: str = Field(sa_column=Column("record_table", Text, primary_key=True))


class Shipment(Joined, table=True):
    """One parcel of an order."""

    __tablename__ = "shipments"
    __table_args__ = _joined("shipments", Index("shipments_tracking", "tracking_number"))
    id: int = Field(sa_column=big(primary=True))
    order_id: int | None = Field(default=None, sa_column=big(null=True))
    tracker_id: int | None = Field(default=None, sa_column=big(null=True))
    carrier: str
    tracking_number: str = ""
    state: str
    service: str = ""
    tracking_url: str = ""
    location: str = ""
    shipped_at: int | None = Field(default=None, sa_column=big(null=True))
    delivered_at: int | None = Field(default=None, sa_column=big(null=True))
    weight_grams: int | None = None
    lines: str = "[]"
    request_status: str = ""
    raw_status: str = ""
    updated_at: int | None = Field(default=None, sa_column=big(null=True))


class Tracker(CacheTable, table=True):
    """A parcel as a carrier knows it. Numbers are recycled, so the key is carrier, number and when we first saw it."""

    __tablename__ = "trackers"
    __table_args__ = (
        Index("trackers_key", "carrier", "tracking_number", "first_seen_at", unique=True),
        Index("trackers_number", "tracking_number"),
    )
    id: int = Field(sa_column=big(primary=True))
    source: str
    remote_id: str = ""
    carrier: str
    tracking_number: str
    first_seen_at: int = Field(sa_column=big())
    status: str
    delayed: int = 0
    reason: str = ""
    raw_code: str = ""
    raw_text: str = ""
    estimated_delivery_at: int | None = Field(default=None, sa_column=big(null=True))
    tracking_url: str = ""
    last_event_at: int | None = Field(default=None, sa_column=big(null=True))
    ref: str = ""
    updated_at: int | None = Field(default=None, sa_column=big(null=True))
    recorded_at: int = Field(sa_column=big())
    synced_at: int = Field(sa_column=big())
    digest: str = ""  # of what was last told: polled again and again, a parcel mostly says the same


class TrackingEvent(CacheTable, table=True):
    """One scan. ``offset_minutes`` is the carrier's own offset; append-only."""

    __tablename__ = "tracking_events"
    __table_args__ = (CLUSTERED,)
    tracker_id: int = Field(sa_column=big(primary=True))
    occurred_at: int = Field(sa_column=big(primary=True))
    status: str = Field(primary_key=True)
    raw_code: str = Field(primary_key=True)
    text: str = Field(primary_key=True)
    offset_minutes: int = 0
    location: str = ""
    reason: str = ""
    recorded_at: int = Field(sa_column=big())


class Payment(Joined, table=True):
    """Money in, or promised."""

    __tablename__ = "payments"
    __table_args__ = _joined("payments")
    id: int = Field(sa_column=big(primary=True))
    order_id: int | None = Field(default=None, sa_column=big(null=True))
    state: str
    amount: int = Field(sa_column=big())
    currency: str
    captured: int = Field(default=0, sa_column=big())
    method: str = ""
    paid_at: int | None = Field(default=None, sa_column=big(null=True))
    created_at: int | None = Field(default=None, sa_column=big(null=True))
    failure: str = ""
    email: str = ""
    raw_status: str = ""
    updated_at: int | None = Field(default=None, sa_column=big(null=True))


class Refund(Joined, table=True):
    """Money back."""

    __tablename__ = "refunds"
    __table_args__ = _joined("refunds")
    id: int = Field(sa_column=big(primary=True))
    order_id: int | None = Field(default=None, sa_column=big(null=True))
    state: str
    amount: int = Field(sa_column=big())
    currency: str
    payment: str = ""
    reason: str = ""
    created_at: int | None = Field(default=None, sa_column=big(null=True))
    raw_status: str = ""
    updated_at: int | None = Field(default=None, sa_column=big(null=True))


class Dispute(Joined, table=True):
    """A chargeback."""

    __tablename__ = "disputes"
    __table_args__ = _joined("disputes")
    id: int = Field(sa_column=big(primary=True))
    order_id: int | None = Field(default=None, sa_column=big(null=True))
    state: str
    amount: int = Field(sa_column=big())
    currency: str
    payment: str = ""
    reason: str = ""
    due_at: int | None = Field(default=None, sa_column=big(null=True))
    created_at: int | None = Field(default=None, sa_column=big(null=True))


class Invoice(Joined, table=True):
    """An invoice, a credit note or a supplier's bill."""

    __tablename__ = "invoices"
    __table_args__ = _joined("invoices", Index("invoices_number", "number"))
    id: int = Field(sa_column=big(primary=True))
    order_id: int | None = Field(default=None, sa_column=big(null=True))
    kind: str
    number: str
    status: str
    total: int = Field(sa_column=big())
    currency: str
    paid: int = Field(default=0, sa_column=big())
    issued_at: int | None = Field(default=None, sa_column=big(null=True))
    due_at: int | None = Field(default=None, sa_column=big(null=True))
    purchase_order: str = ""
    email: str = ""
    url: str = ""
    lines: str = "[]"
    raw_status: str = ""
    updated_at: int | None = Field(default=None, sa_column=big(null=True))


class PurchaseOrder(Joined, table=True):
    """An order of ours to a vendor."""

    __tablename__ = "purchase_orders"
    __table_args__ = _joined("purchase_orders", Index("purchase_orders_number", "number"))
    id: int = Field(sa_column=big(primary=True))
    order_id: int | None = Field(default=None, sa_column=big(null=True))
    number: str
    vendor: str
    request_status: str
    drop_ship: int = 0
    lines: str = "[]"
    ordered_at: int | None = Field(default=None, sa_column=big(null=True))
    expected_at: int | None = Field(default=None, sa_column=big(null=True))
    reason: str = ""
    updated_at: int | None = Field(default=None, sa_column=big(null=True))


class SourceNote(Joined, table=True):
    """A note somebody wrote in another system."""

    __tablename__ = "source_notes"
    __table_args__ = _joined("source_notes")
    id: int = Field(sa_column=big(primary=True))
    order_id: int | None = Field(default=None, sa_column=big(null=True))
    text: str
    author: str = ""
    public: int = 0
    created_at: int | None = Field(default=None, sa_column=big(null=True))


class Message(CacheTable, table=True):
    """A mail, made safe to show. ``references_``, ``to``, ``cc``, ``attachments``… are JSON lists.

    ``state`` is linked, unlinked or quarantined; every fetched message has exactly one of them.
    """

    __tablename__ = "messages"
    __table_args__ = (
        Index("messages_key", "source", "folder", "generation", "uid", unique=True),
        Index("messages_message_id", "message_id"),
        Index("messages_conversation", "conversation_id", "sent_at"),
        Index("messages_from", "from_address", "sent_at"),
        Index("messages_state", "state", "sent_at"),
        Index(
            "messages_nameless",
            "digest",
            sqlite_where=text("message_id = ''"),
            postgresql_where=text("message_id = ''"),
        ),
        Index("messages_own", "own_id", sqlite_where=text("own_id <> ''"), postgresql_where=text("own_id <> ''")),
        Index(
            "messages_bodiless",
            "source",
            "sent_at",
            sqlite_where=text("has_body = 0"),
            postgresql_where=text("has_body = 0"),
        ),
    )
    id: int = Field(sa_column=big(primary=True))
    source: str
    folder: str
    generation: str = ""
    uid: str
    message_id: str = ""
    in_reply_to: str = ""
    refs: str = "[]"
    from_name: str = ""
    from_address: str = ""
    to: str = Field(default="[]", sa_column=Column("to_addresses", Text, nullable=False))
    cc: str = Field(default="[]", sa_column=Column("cc_addresses", Text, nullable=False))
    reply_to: str = "[]"
    delivered_to: str = "[]"
    subject: str = ""
    sent_at: int = Field(sa_column=big())
    received_at: int | None = Field(default=None, sa_column=big(null=True))
    direction: str
    auto: str = ""
    own_id: str = ""
    size: int = 0
    digest: str = ""
    flags: str = "[]"
    labels: str = "[]"
    thread_hint: str = ""
    has_body: int = 0
    text: str = Field(default="", sa_column=Column(Text, nullable=False))
    quoted: str = "[]"
    attachments: str = "[]"
    warnings: str = "[]"
    state: str = "unlinked"
    reason: str = ""  # why it is unlinked or quarantined, or the strongest reason of its links
    conversation_id: int | None = Field(default=None, sa_column=big(null=True))
    gone_at: int | None = Field(default=None, sa_column=big(null=True))  # no longer in the mailbox: kept, marked
    recorded_at: int = Field(sa_column=big())
    synced_at: int = Field(sa_column=big())


class MessageReference(CacheTable, table=True):
    """Which message first named a Message-ID together with a person, for threading by lookup and not by scan.

    ``key`` is a hash of both (mail_threads.py): two messages that share one are one conversation.
    """

    __tablename__ = "message_references"
    key: int = Field(sa_column=big(primary=True))
    message: int = Field(sa_column=big())


class MessageLink(CacheTable, table=True):
    """A message on an order's timeline, why, and how sure. A message may lie on several orders, an order holds many."""

    __tablename__ = "message_links"
    __table_args__ = (Index("message_links_order", "order_id"), CLUSTERED)
    message: int = Field(sa_column=big(primary=True))
    order_id: int = Field(sa_column=big(primary=True))
    reason: str
    confidence: int
    linked_by: str = ""  # "" by rule, else the agent


class Conversation(CacheTable, table=True):
    """A thread of messages with one customer."""

    __tablename__ = "conversations"
    __table_args__ = (
        Index(
            "conversations_waiting",
            "waiting_since",
            sqlite_where=text("waiting_since IS NOT NULL"),
            postgresql_where=text("waiting_since IS NOT NULL"),
        ),
    )
    id: int = Field(sa_column=big(primary=True))
    root: str  # Message-ID (or digest) of its first message: the name desk rows use
    customer: str = ""  # the customer's address
    subject: str = ""
    status: str = "open"
    messages: int = 0
    last_inbound_at: int | None = Field(default=None, sa_column=big(null=True))
    last_outbound_at: int | None = Field(default=None, sa_column=big(null=True))
    waiting_since: int | None = Field(default=None, sa_column=big(null=True))
    unanswered: int | None = Field(default=None, sa_column=big(null=True))  # the newest message nobody answered
    to_link: int = 0  # inbound messages that belong to no order, unless somebody closed the conversation


class Observation(CacheTable, table=True):
    """Something that changed at a source between two reads (append-only): part of the order's timeline."""

    __tablename__ = "observations"
    __table_args__ = (Index("observations_order", "order_id", "occurred_at"),)
    id: int = Field(sa_column=big(primary=True))
    order_id: int = Field(sa_column=big())
    occurred_at: int = Field(sa_column=big())
    recorded_at: int = Field(sa_column=big())
    kind: str
    source: str
    source_id: str = ""
    summary: str
    data: str = "{}"


def _where(name: str, condition: str, *columns: str) -> Index:
    """An index of the rows for which a condition holds; queries use it where they say the same condition."""
    return Index(name, *columns, sqlite_where=text(condition), postgresql_where=text(condition))


def _sorted_by(sort: Sort) -> Index:
    """The index that a list is walked along: of open orders, or of all with the word whether they are open behind."""
    keys = [text(f"{key.sql} DESC" if key.descending else key.sql) for key in sort.keys]
    if sort.everywhere:
        return Index(sort.along, *keys, text("is_open"))
    return Index(sort.along, *keys, sqlite_where=text("is_open = 1"), postgresql_where=text("is_open = 1"))


class QueueRow(CacheTable, table=True):
    """One row per order: the columns lists filter and sort by, kept at write time (joins cost 200 times more).

    ``flags`` is JSON: the short words a row shows, most urgent first. ``refresh_at`` is when time alone changes it.
    ``is_open`` is 1 for orders that belong in a queue at all.
    """

    __tablename__ = "queue_row"
    __table_args__ = (
        *(_sorted_by(sort) for sort in SORTS.values()),
        # Lists of one value: of open orders, or of all the newest first. What most rows have is left out.
        *(
            Index(f"queue_row_of_{column}", column, "is_open", "order_id")
            for column in ("state", "stage", "payment_status", "fulfillment_status", "tracking", "tier", "country")
        ),
        *(
            _where(f"queue_row_of_{column}", f"{column} <> '{usual}'", column, "is_open", "order_id")
            for column, usual in {
                "return_status": "no_return",
                "carrier": "",
                "reason": "",
                "invoice": "",
                "owner": "",
                "call": "",
                "account_manager": "",
            }.items()
        ),
        _where("queue_row_late", "late_since IS NOT NULL", "will_be_late", "is_open", "order_id"),
        _where("queue_row_short", "short > 0", "is_open", "order_id"),
        _where("queue_row_conflicts", "conflicts > 0", "is_open", "order_id"),
        _where("queue_row_snoozed", "snoozed_until IS NOT NULL", "snoozed_until", "order_id"),
        _where("queue_row_mailed", "last_mail_at IS NOT NULL", "last_mail_at", "is_open", "order_id"),
        _where("queue_row_promised_at", "promised_at IS NOT NULL", "promised_at", "is_open", "order_id"),
        _where("queue_row_refresh", "refresh_at IS NOT NULL", "refresh_at"),
        Index("queue_row_number", "number"),
        Index("queue_row_customer", "customer_id"),
    )
    order_id: int = Field(sa_column=big(primary=True))
    source: str
    remote_id: str
    number: str
    name: str = ""
    customer_id: int | None = Field(default=None, sa_column=big(null=True))
    tier: str = "standard"
    account_manager: str = ""
    is_open: int
    state: str
    payment_status: str
    fulfillment_status: str
    return_status: str
    stage: str
    progress: str = ""
    currency: str
    total: int = Field(sa_column=big())
    placed_at: int = Field(sa_column=big())
    promised_at: int | None = Field(default=None, sa_column=big(null=True))
    promised_sort: int = Field(sa_column=big())
    predicted_at: int | None = Field(default=None, sa_column=big(null=True))
    due_at: int | None = Field(default=None, sa_column=big(null=True))
    due_sort: int = Field(sa_column=big())
    priority: int = 0
    terms: str = "[]"  # JSON of the priority's terms
    flags: str = "[]"
    next_action: str = ""
    next_why: str = ""
    next_due_at: int | None = Field(default=None, sa_column=big(null=True))
    owner: str = ""
    tags: str = "[]"
    country: str = ""
    carrier: str = ""
    tracking: str = ""  # the parcel that needs most attention
    reason: str = ""  # why it is late
    days_late: int = 0
    late_since: int | None = Field(default=None, sa_column=big(null=True))
    will_be_late: int = 0
    waiting_since: int | None = Field(default=None, sa_column=big(null=True))
    waiting_sort: int = Field(sa_column=big())
    last_mail_at: int | None = Field(default=None, sa_column=big(null=True))
    last_told_at: int | None = Field(default=None, sa_column=big(null=True))
    short: int = 0
    invoice: str = ""
    conflicts: int = 0
    call: str = ""
    snoozed_until: int | None = Field(default=None, sa_column=big(null=True))
    refresh_at: int | None = Field(default=None, sa_column=big(null=True))
    derived_at: int = Field(sa_column=big())


class Demand(CacheTable, table=True):
    """What an open order still needs of a product, and how much of that is missing when those before it got theirs.

    What the warehouse has begun comes first, then paid orders, then unpaid ones (``rank``), of these the older: two
    orders never count on the same unit. ``behind`` is how many units must come in until this order has all it needs.
    """

    __tablename__ = "demand"
    __table_args__ = (Index("demand_turn", "sku", "rank", "placed_at", "order_id"), CLUSTERED)
    order_id: int = Field(sa_column=big(primary=True))
    sku: str = Field(primary_key=True)
    rank: int
    placed_at: int = Field(sa_column=big())
    quantity: int
    short: int = 0
    behind: int = 0


class StockMoved(CacheTable, table=True):
    """A product whose stock must be given out anew. ``levels``: what lies there moved, not only what is wanted."""

    __tablename__ = "stock_moved"
    __table_args__ = (CLUSTERED,)
    sku: str = Field(primary_key=True)
    levels: int = 0


class OrderTag(CacheTable, table=True):
    """A tag of an order, case folded: what ``queue_row.tags`` says, to be looked up."""

    __tablename__ = "order_tags"
    __table_args__ = (Index("order_tags_order", "order_id"), CLUSTERED)
    tag: str = Field(primary_key=True)
    order_id: int = Field(sa_column=big(primary=True))


class PersonWorth(CacheTable, table=True):
    """What a person spent so far in one currency, in major units, and how many orders they placed in all."""

    __tablename__ = "person_worth"
    __table_args__ = (Index("person_worth_spend", "spend"), Index("person_worth_orders", "orders"), CLUSTERED)
    person_id: int = Field(sa_column=big(primary=True))
    currency: str = Field(primary_key=True)
    spend: float
    orders: int


class Badge(CacheTable, table=True):
    """A count kept at write time, so that it costs the same at a thousand orders and at a million."""

    __tablename__ = "badges"
    __table_args__ = (CLUSTERED,)
    key: str = Field(primary_key=True)
    value: int = 0


class Dirty(CacheTable, table=True):
    """An order whose queue row must be derived again; committed with the change that made it so."""

    __tablename__ = "dirty"
    order_id: int = Field(sa_column=big(primary=True))


class ChangeLog(CacheTable, table=True):
    """The change feed: what a screen has to read again. The truth; notifications are only hints."""

    __tablename__ = "change_log"
    seq: int = Field(sa_column=big(primary=True))
    kind: str
    ref: int = Field(sa_column=big())


_FULL_TEXT = (
    # contentless_delete: rows are replaced by rowid without their old text (SQLite 3.43 or newer).
    "CREATE VIRTUAL TABLE IF NOT EXISTS {} USING fts5({}, content='', contentless_delete=1, "
    "tokenize=\"unicode61 remove_diacritics 2\", prefix='2 3')"
)
VIRTUAL_TABLES_SQLITE = (
    _FULL_TEXT.format("orders_fts", "words"),
    _FULL_TEXT.format("messages_fts", "subject, sender, body"),
)
