"""What hangs off orders, as rows of the store: parcels, money, invoices, orders to vendors, notes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain.tracking_number_kinds import KINDS, NAMES
from oms_tui.domain.tracking_numbers import compact, find_tracking_numbers
from oms_tui.domain.vocabulary import (
    DisputeState,
    InvoiceKind,
    InvoiceStatus,
    PaymentState,
    RefundState,
    RequestStatus,
    ShipmentState,
    values,
)
from oms_tui.store.incoming import JOINED_VALUES, IncomingJoined, OrderName
from oms_tui.sync.records_in_text import address_json, block, email, identifier, integer, line, maybe, web_address

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connectors.records import (
        DisputeRecord,
        InvoiceRecord,
        NoteRecord,
        OrderRef,
        PaymentRecord,
        PurchaseOrderRecord,
        RefundRecord,
        ShipmentRecord,
    )

    Unmapped = list[tuple[str, str]]


_CARRIERS: Final = frozenset(kind.carrier for kind in KINDS) | frozenset(NAMES.values())
_SHIPMENTS: Final = frozenset(values(ShipmentState))
_PAYMENTS: Final = frozenset(values(PaymentState))
_REFUNDS: Final = frozenset(values(RefundState))
_DISPUTES: Final = frozenset(values(DisputeState))
_INVOICES: Final = frozenset(values(InvoiceStatus))
_INVOICE_KINDS: Final = frozenset(values(InvoiceKind))
_REQUESTS: Final = frozenset(values(RequestStatus))


def order_name(ref: OrderRef, *, payment: str = "", purchase: str = "") -> OrderName:
    """How a record names its order, made safe."""
    return OrderName(
        source=line(ref.source),
        remote_id=line(ref.remote_id),
        number=line(ref.number),
        reference=line(ref.reference),
        payment=line(payment),
        purchase=line(purchase),
    )


def carrier_key(name: str, number: str = "") -> str:
    """Our key of a carrier: of its name, else of a number that can be no other's; a name new to us in small letters."""
    plain = " ".join(line(name).casefold().replace("_", " ").split())
    if plain:
        key = plain.replace(" ", "_")
        return key if key in _CARRIERS else NAMES.get(plain) or NAMES.get(plain.split(" ", 1)[0], key)
    found = find_tracking_numbers(number) if number else []
    sure = len(found) == 1 and found[0].sure and found[0].number == number and len(found[0].carriers) == 1
    return found[0].carrier if sure else ""


def shipment(record: ShipmentRecord, unmapped: Unmapped) -> IncomingJoined:
    """A parcel.

    Raises:
        ValueError, TypeError, AttributeError: a field is not what it should be; so in all functions here.
    """
    number = compact(line(record.tracking_number))
    shipped_at, delivered_at = maybe(record.shipped_at), maybe(record.delivered_at)
    updated_at = maybe(record.updated_at)
    request = record.request_status or ""
    return _joined(
        "shipments",
        record.remote_id,
        shipped_at or updated_at or delivered_at,
        order_name(record.order),
        carrier=carrier_key(record.carrier, number),
        tracking_number=number,
        state=_word(record.state, _SHIPMENTS, "shipment state", unmapped),
        service=line(record.service),
        tracking_url=web_address(record.tracking_url),
        location=line(record.location),
        shipped_at=shipped_at,
        delivered_at=delivered_at,
        weight_grams=None if record.weight_grams is None else integer(record.weight_grams, "weight"),
        lines=_goods(record.lines),
        ship_to=address_json(record.ship_to),
        request_status=_word(request, _REQUESTS, "request status", unmapped) if request else "",
        raw_status=line(record.raw_status),
        updated_at=updated_at,
    )


def payment(record: PaymentRecord, unmapped: Unmapped) -> IncomingJoined:
    """Money in."""
    created_at, paid_at, updated_at = maybe(record.created_at), maybe(record.paid_at), maybe(record.updated_at)
    return _joined(
        "payments",
        record.remote_id,
        created_at or paid_at or updated_at,
        order_name(record.order),
        state=_word(record.state, _PAYMENTS, "payment state", unmapped),
        amount=integer(record.amount, "amount"),
        currency=line(record.currency).upper(),
        captured=integer(record.captured, "captured"),
        method=line(record.method),
        paid_at=paid_at,
        created_at=created_at,
        failure=line(record.failure),
        email=email(record.email),
        raw_status=line(record.raw_status),
        updated_at=updated_at,
    )


def refund(record: RefundRecord, unmapped: Unmapped) -> IncomingJoined:
    """Money back."""
    created_at, updated_at = maybe(record.created_at), maybe(record.updated_at)
    return _joined(
        "refunds",
        record.remote_id,
        created_at or updated_at,
        order_name(record.order, payment=record.payment),
        state=_word(record.state, _REFUNDS, "refund state", unmapped),
        amount=integer(record.amount, "amount"),
        currency=line(record.currency).upper(),
        payment=line(record.payment),
        reason=line(record.reason),
        created_at=created_at,
        raw_status=line(record.raw_status),
        updated_at=updated_at,
    )


def dispute(record: DisputeRecord, unmapped: Unmapped) -> IncomingJoined:
    """A chargeback."""
    created_at = maybe(record.created_at)
    return _joined(
        "disputes",
        record.remote_id,
        created_at,
        order_name(record.order, payment=record.payment),
        state=_word(record.state, _DISPUTES, "dispute state", unmapped),
        amount=integer(record.amount, "amount"),
        currency=line(record.currency).upper(),
        payment=line(record.payment),
        reason=line(record.reason),
        due_at=maybe(record.due_at),
        created_at=created_at,
    )


def invoice(record: InvoiceRecord, unmapped: Unmapped) -> IncomingJoined:
    """An invoice, a credit note or a supplier's bill."""
    issued_at, updated_at = maybe(record.issued_at), maybe(record.updated_at)
    lines = [
        (line(what), integer(quantity, "quantity"), integer(amount, "amount"))
        for what, quantity, amount in record.lines
    ]
    return _joined(
        "invoices",
        record.remote_id,
        issued_at or updated_at,
        order_name(record.order, purchase=record.purchase_order),
        kind=_word(record.kind, _INVOICE_KINDS, "invoice kind", unmapped),
        number=line(record.number),
        status=_word(record.status, _INVOICES, "invoice status", unmapped),
        total=integer(record.total, "total"),
        currency=line(record.currency).upper(),
        credits=line(record.credits),
        paid=integer(record.paid, "paid"),
        tax=None if record.tax is None else integer(record.tax, "tax"),
        issued_at=issued_at,
        due_at=maybe(record.due_at),
        purchase_order=line(record.purchase_order),
        email=email(record.email),
        url=web_address(record.url),
        lines=json.dumps(lines, ensure_ascii=False) if lines else "[]",
        raw_status=line(record.raw_status),
        updated_at=updated_at,
    )


def purchase_order(record: PurchaseOrderRecord, unmapped: Unmapped) -> IncomingJoined:
    """An order of ours to a vendor."""
    ordered_at, updated_at = maybe(record.ordered_at), maybe(record.updated_at)
    return _joined(
        "purchase_orders",
        record.remote_id,
        ordered_at or updated_at,
        order_name(record.order),
        number=line(record.number),
        vendor=line(record.vendor),
        request_status=_word(record.request_status, _REQUESTS, "request status", unmapped),
        drop_ship=int(record.drop_ship),
        lines=_goods(record.lines),
        ordered_at=ordered_at,
        expected_at=maybe(record.expected_at),
        reason=line(record.reason),
        updated_at=updated_at,
    )


def note(record: NoteRecord, _unmapped: Unmapped) -> IncomingJoined:
    """A note somebody wrote in the other system."""
    created_at = maybe(record.created_at)
    return _joined(
        "source_notes",
        record.remote_id,
        created_at,
        order_name(record.order),
        text=block(record.text),
        author=line(record.author),
        public=int(record.public),
        created_at=created_at,
    )


def _joined(table: str, remote_id: str, at: int | None, order: OrderName, **found: Any) -> IncomingJoined:
    return IncomingJoined(
        table, identifier(remote_id), at or 0, order, tuple([found[name] for name in JOINED_VALUES[table]])
    )


def _word(word: str, known: Iterable[str], field: str, unmapped: Unmapped) -> str:
    """A word of the vocabulary; another is kept as it came, and counted."""
    if word in known:
        return word
    plain = line(word)
    unmapped.append((field, plain))
    return plain


def _goods(lines: Iterable[tuple[str, int]]) -> str:
    found = [(line(sku), integer(quantity, "quantity")) for sku, quantity in lines]
    return json.dumps(found, ensure_ascii=False) if found else "[]"
