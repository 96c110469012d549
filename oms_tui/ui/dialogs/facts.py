"""Everything known of one row of the order pane: what its panel had no room for, with source and age."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain.carriers import carrier_name
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

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from oms_tui.domain.vocabulary import Word
    from oms_tui.store.shapes import InvoiceView, LineView, MoneyView, OrderView, PurchaseView, ScanView, ShipmentView
    from oms_tui.ui.order.frame import Frame

Facts = list[tuple[str, str]]

_MONEY: Final[Mapping[str, type[Word]]] = {"payment": PaymentState, "refund": RefundState, "dispute": DisputeState}


def facts_of(view: OrderView, frame: Frame, key: Hashable) -> tuple[str, Facts] | None:
    """The title and the facts of what a row stands for; None where there is nothing more to say."""
    if not isinstance(key, tuple) or key[0] not in _FINDERS:
        return None
    return _FINDERS[key[0]](view, frame, key[1:])


def _find_line(view: OrderView, frame: Frame, key: tuple[Any, ...]) -> tuple[str, Facts] | None:
    line = next((each for each in view.lines if each.position == key[0]), None)
    return None if line is None else (line.title or line.sku, _line(line, view, frame))


def _find_money(view: OrderView, frame: Frame, key: tuple[Any, ...]) -> tuple[str, Facts] | None:
    found = (each for each in (*view.payments, *view.refunds, *view.disputes) if (each.source, each.source_id) == key)
    each = next(found, None)
    return None if each is None else (f"{each.kind} {amount(each.amount, each.currency)}", _money(each, frame))


def _find_invoice(view: OrderView, frame: Frame, key: tuple[Any, ...]) -> tuple[str, Facts] | None:
    paper = next((each for each in view.invoices if (each.source, each.source_id) == key), None)
    return None if paper is None else (f"{words_of(InvoiceKind, paper.kind)} {paper.number}", _invoice(paper, frame))


def _find_parcel(view: OrderView, frame: Frame, key: tuple[Any, ...]) -> tuple[str, Facts] | None:
    parcel = _shipment(view, key)
    return None if parcel is None else (f"parcel {parcel.tracking_number}", _parcel(parcel, frame))


def _find_scan(view: OrderView, frame: Frame, key: tuple[Any, ...]) -> tuple[str, Facts] | None:
    parcel = _shipment(view, key[:2])
    scans = parcel.events if parcel is not None else ()
    scan = next((each for each in scans if (each.occurred_at, each.raw_code) == key[2:]), None)
    return None if scan is None else (scan.text or "scan", _scan(scan, frame))


def _find_purchase(view: OrderView, frame: Frame, key: tuple[Any, ...]) -> tuple[str, Facts] | None:
    order = next((each for each in view.purchase_orders if (each.source, each.source_id) == key), None)
    return None if order is None else (f"order to {order.vendor}", _purchase(order, frame))


_FINDERS: Final[Mapping[str, Callable[[OrderView, Frame, tuple[Any, ...]], tuple[str, Facts] | None]]] = {
    "line": _find_line,
    "money": _find_money,
    "invoice": _find_invoice,
    "parcel": _find_parcel,
    "scans": _find_parcel,
    "scan": _find_scan,
    "purchase": _find_purchase,
}
"""By the first part of a row's key."""


def _shipment(view: OrderView, key: tuple[Any, ...]) -> ShipmentView | None:
    return next((each for each in view.shipments if (each.source, each.source_id) == key), None)


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
