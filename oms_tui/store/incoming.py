"""What the sync hands to the store: rows without ids, every text made safe, every amount in minor units.

Ids are the store's to give. ``values`` are in the order of the table's columns between the id and ``recorded_at``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from oms_tui.store.compiled_sql import CACHE_COLUMNS

ORDER_VALUES = tuple(
    column
    for column in CACHE_COLUMNS["orders"]
    if column not in {"id", "source", "remote_id", "customer_id", "recorded_at", "synced_at", "digest"}
)
MESSAGE_VALUES = tuple(
    column
    for column in CACHE_COLUMNS["messages"]
    if column not in {"id", "state", "reason", "conversation_id", "gone_at", "recorded_at", "synced_at"}
)


@dataclass(slots=True)
class IncomingCustomer:
    """A customer and the ways they are known: (kind, normalised value, verified)."""

    remote_id: str
    name: str
    company: str
    tags: str
    address: str
    consent_marketing: int | None
    created_at: int | None
    updated_at: int | None
    identities: tuple[tuple[str, str, int], ...] = ()


@dataclass(slots=True)
class IncomingOrder:
    """An order with lines (position, remote id, sku, gtin, title, quantity, unit price, tax, fulfilled) and its numbers.

    ``keys`` are (kind, value) of everything that names it, already normalised. ``values`` follow ORDER_VALUES.
    """

    remote_id: str
    placed_at: int
    values: tuple[Any, ...]
    lines: tuple[tuple[Any, ...], ...]
    keys: tuple[tuple[str, str], ...]
    digest: str
    customer: IncomingCustomer | None = None
    email: str = ""
    phone: str = ""


@dataclass(slots=True)
class OrderName:
    """How a record names its order; whichever is known. ``keys`` are (kind, value) pairs, strongest first."""

    source: str = ""
    remote_id: str = ""
    keys: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class IncomingJoined:
    """A record that hangs off an order: shipment, payment, refund, dispute, invoice, purchase order, note.

    ``values`` by column name; ``keys`` are numbers by which the order can be found from then on; ``email`` is the last
    resort for joining, and only ever a candidate.
    """

    table: str
    remote_id: str
    at: int
    order: OrderName
    values: dict[str, Any]
    keys: tuple[tuple[str, str], ...] = ()
    ref: str = ""


@dataclass(slots=True)
class IncomingTracker:
    """A parcel as a carrier knows it, with its scans (occurred, raw code, text, offset, status, location, reason)."""

    carrier: str
    tracking_number: str
    remote_id: str
    values: dict[str, Any]
    events: tuple[tuple[Any, ...], ...]
    order: OrderName
    ref: str = ""
    unmapped: tuple[str, ...] = ()


@dataclass(slots=True)
class IncomingStock:
    """A product at one location, in the order of the table's columns after ``source`` and before ``synced_at``."""

    values: tuple[Any, ...]


@dataclass(slots=True)
class IncomingMessage:
    """A mail in the order of MESSAGE_VALUES, with what threading and matching need apart from it."""

    values: tuple[Any, ...]
    sent_at: int
    name: str  # source, folder, generation and uid: what its id is made of
    references: tuple[str, ...] = ()
    content: dict[str, str] = field(default_factory=dict)  # subject, sender, body for the full-text index
