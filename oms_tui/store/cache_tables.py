"""The cache: what the sources know. May be deleted at any time and is fetched again, so it has no migrations.

Declared once, as SQLModel tables: here, mail in ``cache_mail_tables.py``, what is derived in ``cache_queue_tables.py``.
``python -m oms_tui.store.compile`` turns the declaration into the SQL text the program runs (``compiled_sql.py``),
because importing SQLModel costs more CPU than starting Textual; a test fails when the two differ. Columns ending in
``_at`` are integer milliseconds since 1970 UTC, amounts are minor units, columns of JSON text say so. Ids are ours,
made from the record's own time (``ids.py``), so newest-first needs no sort. ``recorded_at`` is when we first saw a
row and never moves; ``synced_at`` is when we last read it.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Text, text
from sqlmodel import Field, SQLModel


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
    came_from: str = "[]"  # JSON list of [quote | lead | order, its number]
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
    tax: int | None = Field(default=None, sa_column=big(null=True))
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
    ship_to: str = ""  # JSON of the address on its label, "" where nobody says
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
    __table_args__ = _joined(
        "payments",
        Index("payments_email", "email", sqlite_where=text("email <> ''"), postgresql_where=text("email <> ''")),
    )
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
    credits: str = ""  # of a credit note: its source's id of the invoice it takes back
    paid: int = Field(default=0, sa_column=big())
    tax: int | None = Field(default=None, sa_column=big(null=True))
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
