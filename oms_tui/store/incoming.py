"""What the sync hands to the store: rows without ids, every text made safe, every amount in minor units.

Ids are the store's to give. Times are milliseconds since 1970 UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from oms_tui.store.compiled_sql import CACHE_COLUMNS

_GIVEN: Final = frozenset(
    {
        "id",
        "source",
        "remote_id",
        "customer_id",
        "order_id",
        "tracker_id",
        "person_id",
        "ref",
        "recorded_at",
        "synced_at",
    }
)
JOINED_TABLES: Final = (
    "shipments",
    "purchase_orders",
    "payments",
    "invoices",
    "refunds",
    "disputes",
    "source_notes",
)


def _values(table: str, *more: str) -> tuple[str, ...]:
    return tuple(column for column in CACHE_COLUMNS[table] if column not in _GIVEN and column not in more)


ORDER_VALUES: Final = _values("orders", "digest")
CUSTOMER_VALUES: Final = _values("customers", "whole", "digest")
STOCK_VALUES: Final = _values("stock_levels")
JOINED_VALUES: Final = {table: _values(table) for table in JOINED_TABLES}


@dataclass(slots=True)
class IncomingCustomer:
    """A customer and the ways they are known: (kind, normalised value, verified). ``values`` follow CUSTOMER_VALUES.

    ``whole``: read as a customer; else only as an order names them. ``at`` is what its id is made of.
    """

    remote_id: str
    values: tuple[Any, ...]
    identities: tuple[tuple[str, str, int], ...]
    whole: bool
    at: int
    digest: str


@dataclass(slots=True)
class IncomingOrder:
    """An order with its lines and numbers. ``values`` follow ORDER_VALUES.

    A line is (position, remote id, sku, gtin, title, quantity, unit price, tax, fulfilled). ``keys`` are (kind, value)
    of everything that names it, already normalised.
    """

    remote_id: str
    placed_at: int
    values: tuple[Any, ...]
    lines: tuple[tuple[Any, ...], ...]
    keys: tuple[tuple[str, str], ...]
    digest: str
    customer: IncomingCustomer | None = None


@dataclass(slots=True, frozen=True)
class OrderName:
    """How a record names its order, whichever is known, and which other record it belongs to.

    ``payment`` is the remote id of a payment of the same source, ``purchase`` the number of an order of ours to a
    vendor, ``reference`` the id or number of a payment or an invoice.
    """

    source: str = ""
    remote_id: str = ""
    number: str = ""
    reference: str = ""
    payment: str = ""
    purchase: str = ""


@dataclass(slots=True)
class IncomingJoined:
    """A record that hangs off an order: shipment, payment, refund, dispute, invoice, purchase order, note.

    ``values`` follow JOINED_VALUES of its table.
    """

    table: str
    remote_id: str
    at: int
    order: OrderName
    values: tuple[Any, ...]


@dataclass(slots=True, frozen=True)
class IncomingScan:
    """One scan: what the carrier says happened. ``offset_minutes`` is the carrier's own."""

    occurred_at: int
    status: str
    raw_code: str
    text: str
    offset_minutes: int
    location: str
    reason: str


@dataclass(slots=True)
class IncomingTracker:
    """A parcel as a carrier knows it: what the carrier says of it as a whole, and every scan it still tells."""

    carrier: str
    tracking_number: str
    remote_id: str
    status: str
    delayed: bool
    reason: str
    raw_code: str
    raw_text: str
    estimated_delivery_at: int | None
    tracking_url: str
    updated_at: int | None
    scans: tuple[IncomingScan, ...]
    order: OrderName | None
    digest: str = ""


@dataclass(slots=True)
class Unreadable:
    """A record that could not be taken: kept raw with the reason, for people."""

    ref: str
    reason: str
    raw: str = ""


@dataclass(slots=True)
class Batch:
    """One page, converted. ``unmapped`` are (field, code) of words that no map of ours knows."""

    orders: list[IncomingOrder] = field(default_factory=list)
    customers: list[IncomingCustomer] = field(default_factory=list)
    joined: list[IncomingJoined] = field(default_factory=list)
    trackers: list[IncomingTracker] = field(default_factory=list)
    stock: list[tuple[Any, ...]] = field(default_factory=list)  # in the order of STOCK_VALUES
    unreadable: list[Unreadable] = field(default_factory=list)
    unmapped: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(
        default_factory=set
    )  # how people call what was read: what of it was quarantined is well now
