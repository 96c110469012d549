"""What a macro may say of an order: the whole order record under the names its author knows.

Every name below is always there, so that a misspelt one is told from a missing value; what has no value is None.
Money is a table of ``amount`` (minor units) and ``currency``, a time an aware datetime.

    order      number, state, stage, payment, shipping, placed_at, promised_at, total, url, tags, instructions
    customer   name, first_name, last_name, company, tier, email, phone, account_manager
    address    name, company, street, postcode, city, region, country
    lines      of each: sku, title, quantity, price, shipped, short, available, expected_at
    stock      short (pieces missing), expected_at (when the last of them comes)
    parcel     the one that matters now: carrier, number, url, service, status, reason, shipped_at, delivered_at,
               expected_at, last_scan (text, place, time)
    parcels    all of them, that one first
    delay      days, reason, since, promised_at, expected_at; no value while the order is on time
    payment    the newest: amount, method, status, paid_at
    invoice    the newest: number, status, total, paid, open, issued_at, due_at, overdue, url
    invoices   all of them, newest first
    refundable what may still be paid back
    agent      name, first_name, email
    desk       name, signature
    mail       the one that is answered: subject, from_name, first_name, from_address, sent_at
    now        the moment it is rendered
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain.person_names import first_name, last_name
from oms_tui.domain.vocabulary import (
    DelayReason,
    FulfillmentStatus,
    InvoiceStatus,
    OrderState,
    PaymentState,
    PaymentStatus,
    ShipmentState,
    Stage,
    TrackingStatus,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oms_tui.store.shapes import InvoiceView, LineView, MessageView, OrderView, ShipmentView

_OVER: Final = frozenset({"delivered", "returned", "cancelled"})
_PRESSING: Final = frozenset({"exception", "delivery_attempted", "available_for_pickup", "returning"})
_CARRIERS: Final = {"fedex": "FedEx", "tnt": "TNT", "ontrac": "OnTrac", "postnl": "PostNL", "inpost": "InPost"}
_ABBREVIATION: Final = 4  # letters: DHL, UPS, GLS, DPD, USPS


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes: an agent at a desk."""

    name: str
    email: str
    desk: str
    signature: str


def macro_record(order: OrderView, writer: Writer, *, mail: MessageView | None, now: datetime) -> dict[str, Any]:
    """The record of ``order`` for ``domain.macros.render``.

    Args:
        order: the whole order.
        writer: the agent and the desk.
        mail: the message that is answered; None where the customer did not write.
        now: aware.
    """
    item, currency = order.item, order.item.currency
    parcels = sorted((each for each in order.shipments if each.state != ShipmentState.CANCELLED), key=_relevance)
    invoices = sorted(order.invoices, key=lambda each: -(each.issued_at or 0))
    invoices = [each for each in invoices if each.kind == "invoice"]
    return {
        "order": {
            "number": item.number,
            "state": words_of(OrderState, item.state),
            "stage": words_of(Stage, item.stage),
            "payment": words_of(PaymentStatus, item.payment_status),
            "shipping": words_of(FulfillmentStatus, item.fulfillment_status),
            "placed_at": _moment(item.placed_at),
            "promised_at": _moment(item.promised_at),
            "total": _money(item.total, currency),
            "url": order.url,
            "tags": list(order.tags),
            "instructions": order.instructions,
        },
        "customer": _customer(order),
        "address": {
            key: getattr(order.ship_to, key)
            for key in ("name", "company", "street", "postcode", "city", "region", "country")
        },
        "lines": [_line(each, currency) for each in order.lines],
        "stock": {
            "short": sum(each.short for each in order.lines),
            "expected_at": _latest(_line(each, currency)["expected_at"] for each in order.lines if each.short),
        },
        "parcel": _parcel(parcels[0]) if parcels else None,
        "parcels": [_parcel(each) for each in parcels],
        "delay": _delay(order),
        "payment": _payment(order),
        "invoice": _invoice(invoices[0]) if invoices else None,
        "invoices": [_invoice(each) for each in invoices],
        "refundable": _money(order.refundable, currency),
        "agent": {"name": writer.name, "first_name": first_name(writer.name), "email": writer.email},
        "desk": {"name": writer.desk, "signature": writer.signature},
        "mail": _mail(mail) if mail else None,
        "now": now,
    }


def _customer(order: OrderView) -> dict[str, Any]:
    customer, country = order.customer, order.ship_to.country
    name = customer.name or order.ship_to.name or order.item.name
    return {
        "name": name,
        "first_name": first_name(name, country),
        "last_name": last_name(name, country),
        "company": customer.company,
        "tier": customer.tier,
        "email": order.email,
        "phone": order.phone,
        "account_manager": customer.account_manager,
    }


def _line(line: LineView, currency: str) -> dict[str, Any]:
    return {
        "sku": line.sku,
        "title": line.title,
        "quantity": line.quantity,
        "price": _money(line.unit_price, currency),
        "shipped": line.fulfilled,
        "short": line.short,
        "available": sum(max(0, each.available) for each in line.stock),
        "expected_at": min(filter(None, (_moment(each.expected_at) for each in line.stock)), default=None),
    }


def _relevance(parcel: ShipmentView) -> tuple[int, int]:
    """Troubles first, then what is on its way, then what has arrived; the newest of each first."""
    pressing = parcel.delayed or parcel.status in _PRESSING
    return (2 if parcel.status in _OVER else 0 if pressing else 1, -(parcel.shipped_at or 0))


def _parcel(parcel: ShipmentView) -> dict[str, Any]:
    scan = max(parcel.events, key=lambda each: each.occurred_at, default=None)
    last_scan = scan and {"text": scan.text, "place": scan.location, "time": _moment(scan.occurred_at)}
    return {
        "carrier": _carrier(parcel.carrier),
        "number": parcel.tracking_number,
        "url": parcel.tracking_url,
        "service": parcel.service,
        "status": words_of(TrackingStatus, parcel.status),
        "reason": _reason(parcel.reason),
        "shipped_at": _moment(parcel.shipped_at),
        "delivered_at": _moment(parcel.delivered_at),
        "expected_at": _moment(parcel.estimated_delivery_at),
        "last_scan": last_scan,
    }


def _carrier(key: str) -> str:
    """A carrier's key as its name is written."""
    words = _CARRIERS.get(key, key.replace("_", " "))
    return words.upper() if len(words) <= _ABBREVIATION else words.title() if words.islower() else words


def _delay(order: OrderView) -> dict[str, Any] | None:
    delay = order.delay
    if not (delay.late or delay.will_be_late):
        return None
    return {
        "days": delay.days or None,
        "reason": delay.reason_text or _reason(delay.reason),
        "since": _moment(delay.since),
        "promised_at": _moment(delay.promised_at),
        "expected_at": _moment(delay.predicted_at),
    }


def _reason(reason: str) -> str | None:
    """A reason in words; none is better than "carrier gives no reason" in a letter to a customer."""
    return words_of(DelayReason, reason) if reason and reason != DelayReason.UNKNOWN else None


def _payment(order: OrderView) -> dict[str, Any] | None:
    payment = max(order.payments, key=lambda each: each.at or 0, default=None)
    if payment is None:
        return None
    return {
        "amount": _money(payment.captured or payment.amount, payment.currency),
        "method": payment.method,
        "status": words_of(PaymentState, payment.state),
        "paid_at": _moment(payment.at),
    }


def _invoice(invoice: InvoiceView) -> dict[str, Any]:
    return {
        "number": invoice.number,
        "status": "overdue" if invoice.overdue else words_of(InvoiceStatus, invoice.status),
        "total": _money(invoice.total, invoice.currency),
        "paid": _money(invoice.paid, invoice.currency),
        "open": _money(max(0, invoice.total - invoice.paid), invoice.currency),
        "issued_at": _moment(invoice.issued_at),
        "due_at": _moment(invoice.due_at),
        "overdue": invoice.overdue,
        "url": invoice.url,
    }


def _mail(mail: MessageView) -> dict[str, Any]:
    return {
        "subject": mail.subject,
        "from_name": mail.from_name,
        "first_name": first_name(mail.from_name),
        "from_address": mail.from_address,
        "sent_at": _moment(mail.sent_at),
    }


def _money(amount: int, currency: str) -> dict[str, Any]:
    return {"amount": amount, "currency": currency}


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)


def _latest(moments: Iterable[datetime | None]) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)
