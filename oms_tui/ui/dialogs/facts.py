"""Everything known of one row of the order pane: what its panel had no room for, with source and age."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.domain.vocabulary import (
    DelayReason,
    DisputeState,
    InvoiceKind,
    InvoiceStatus,
    PaymentState,
    RefundState,
    RequestStatus,
    ShipmentState,
    TrackingStatus,
    words_of,
)
from oms_tui.ui.order.frame import amount
from oms_tui.ui.order.parcels import carrier_name

if TYPE_CHECKING:
    from collections.abc import Hashable

    from oms_tui.domain.vocabulary import Word
    from oms_tui.store.shapes import InvoiceView, LineView, MoneyView, OrderView, PurchaseView, ScanView, ShipmentView
    from oms_tui.ui.order.frame import Frame

Facts = list[tuple[str, str]]

_MONEY: dict[str, type[Word]] = {"payment": PaymentState, "refund": RefundState, "dispute": DisputeState}


def facts_of(view: OrderView, frame: Frame, key: Hashable) -> tuple[str, Facts] | None:
    """The title and the facts of what a row stands for; None where there is nothing more to say."""
    match key:
        case ("line", int(position)):
            line = next((each for each in view.lines if each.position == position), None)
            return line and (line.title or line.sku, _line(line, view, frame))
        case ("money", str(source), str(number)):
            for each in (*view.payments, *view.refunds, *view.disputes):
                if (each.source, each.source_id) == (source, number):
                    return (f"{each.kind} {amount(each.amount, each.currency)}", _money(each, frame))
        case ("invoice", str(source), str(number)):
            for paper in view.invoices:
                if (paper.source, paper.source_id) == (source, number):
                    return (f"{words_of(InvoiceKind, paper.kind)} {paper.number}", _invoice(paper, frame))
        case ("parcel" | "scans", str(source), str(number)):
            parcel = _shipment(view, source, number)
            return parcel and (f"parcel {parcel.tracking_number}", _parcel(parcel, frame))
        case ("scan", str(source), str(number), int(at), str(code)):
            parcel = _shipment(view, source, number)
            scans = parcel.events if parcel else ()
            scan = next((each for each in scans if (each.occurred_at, each.raw_code) == (at, code)), None)
            return scan and ("scan", _scan(scan, frame))
        case ("purchase", str(source), str(number)):
            for order in view.purchase_orders:
                if (order.source, order.source_id) == (source, number):
                    return (f"order to {order.vendor}", _purchase(order, frame))
    return None


def _shipment(view: OrderView, source: str, number: str) -> ShipmentView | None:
    return next((each for each in view.shipments if (each.source, each.source_id) == (source, number)), None)


def _kept(facts: Facts) -> Facts:
    return [(name, text) for name, text in facts if text]


def _at(frame: Frame, at: int | None) -> str:
    return frame.exact(at) if at is not None else ""


def _from(source: str, number: str, synced: int, frame: Frame) -> tuple[str, str]:
    return ("from", f"{source} {number}, read {frame.ago(synced)} ago")


def _line(line: LineView, view: OrderView, frame: Frame) -> Facts:
    facts = [
        ("title", line.title),
        ("sku", line.sku),
        ("gtin", line.gtin),
        ("ordered", str(line.quantity)),
        ("shipped", str(line.fulfilled)),
        ("short", str(line.short) if line.short else ""),
        ("each", amount(line.unit_price, view.item.currency)),
        ("together", amount(line.unit_price * line.quantity, view.item.currency)),
    ]
    for each in line.stock:
        words = f"{each.available} free: {each.on_hand} on hand, {each.committed} reserved"
        if each.incoming:
            when = f" {frame.day(each.expected_at)}" if each.expected_at is not None else ", no date"
            words += f"; {each.incoming} to come{when}"
        words += f"; bin {each.bin}" if each.bin else ""
        facts.append((each.location, f"{words}; {each.source}, read {frame.ago(each.synced_at)} ago"))
    return _kept(facts)


def _money(each: MoneyView, frame: Frame) -> Facts:
    states = _MONEY.get(each.kind)
    return _kept(
        [
            ("amount", amount(each.amount, each.currency)),
            ("taken", amount(each.captured, each.currency) if each.kind == "payment" else ""),
            ("state", words_of(states, each.state) if states else each.state),
            ("by", each.method),
            ("reason", each.reason.replace("_", " ")),
            ("when", _at(frame, each.at)),
            _from(each.source, each.source_id, each.synced_at, frame),
        ]
    )


def _invoice(paper: InvoiceView, frame: Frame) -> Facts:
    return _kept(
        [
            ("number", paper.number),
            ("status", "overdue" if paper.overdue else words_of(InvoiceStatus, paper.status)),
            ("total", amount(paper.total, paper.currency)),
            ("paid", amount(paper.paid, paper.currency)),
            ("open", amount(max(0, paper.total - paper.paid), paper.currency)),
            ("issued", _at(frame, paper.issued_at)),
            ("due", _at(frame, paper.due_at)),
            ("for", paper.purchase_order),
            ("link", paper.url),
            _from(paper.source, paper.source_id, paper.synced_at, frame),
        ]
    )


def _parcel(parcel: ShipmentView, frame: Frame) -> Facts:
    reason = words_of(DelayReason, parcel.reason) if parcel.reason else ""
    raw = " ".join(part for part in (parcel.raw_code, parcel.raw_text) if part)
    asked = f", asked {frame.ago(parcel.tracked_at)} ago" if parcel.tracked_at is not None else ""
    facts = [
        ("carrier", f"{carrier_name(parcel.carrier)} {parcel.service}".strip()),
        ("number", parcel.tracking_number),
        ("status", words_of(TrackingStatus, parcel.status)),
        ("reason", reason),
        ("carrier said", raw),
        ("warehouse", words_of(ShipmentState, parcel.state)),
        ("shipped", _at(frame, parcel.shipped_at)),
        ("expected", _at(frame, parcel.estimated_delivery_at)),
        ("delivered", _at(frame, parcel.delivered_at)),
        ("in it", ", ".join(f"{quantity} {sku}" for sku, quantity in parcel.lines)),
        ("link", parcel.tracking_url),
        ("tracked by", f"{parcel.tracking_source}{asked}" if parcel.tracking_source else ""),
        _from(parcel.source, parcel.source_id, parcel.synced_at, frame),
    ]
    for scan in parcel.events:
        words = f"{scan.text or words_of(TrackingStatus, scan.status)}  {scan.location}".strip()
        facts.append((frame.moment_there(scan.occurred_at, scan.offset_minutes), words))
    return _kept(facts)


def _scan(scan: ScanView, frame: Frame) -> Facts:
    return _kept(
        [
            ("what", scan.text),
            ("status", words_of(TrackingStatus, scan.status)),
            ("reason", words_of(DelayReason, scan.reason) if scan.reason else ""),
            ("place", scan.location),
            ("there", frame.moment_there(scan.occurred_at, scan.offset_minutes)),
            ("here", f"{frame.exact(scan.occurred_at)} ({frame.ago(scan.occurred_at)} ago)"),
            ("code", scan.raw_code),
        ]
    )


def _purchase(order: PurchaseView, frame: Frame) -> Facts:
    return _kept(
        [
            ("vendor", order.vendor),
            ("number", order.number),
            ("state", words_of(RequestStatus, order.request_status)),
            ("why", order.reason),
            ("lines", ", ".join(f"{quantity} {sku}" for sku, quantity in order.lines)),
            ("goes to", "the customer" if order.drop_ship else "us"),
            ("ordered", _at(frame, order.ordered_at)),
            ("expected", _at(frame, order.expected_at)),
            _from(order.source, order.source_id, order.synced_at, frame),
        ]
    )
