"""A macro finds the order's facts under the names its author knows, and the parcel that matters first."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from typing import Any, get_args, get_type_hints
from zoneinfo import ZoneInfo

import pytest

from oms_tui.domain.macros import parse, render, variables
from oms_tui.store import shapes
from oms_tui.store.macro_record import Writer, macro_record

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
ANA = Writer("Ana Ruiz", "ana@shop.example", "Bright Shop", "Kind regards")


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def blank(kind: type[Any], /, **values: Any) -> Any:
    """A shape with nothing in it but ``values``."""
    hints = get_type_hints(kind)
    names = getattr(kind, "_fields", None) or [field.name for field in fields(kind)]
    return kind(**{name: values.get(name, _nothing(hints[name])) for name in names})


def _nothing(hint: Any) -> Any:
    if is_dataclass(hint) or hasattr(hint, "_fields"):
        return blank(hint)  # type: ignore[arg-type]
    if type(None) in get_args(hint):
        return None
    origin = getattr(hint, "__origin__", hint)
    return origin()


@pytest.fixture
def order() -> shapes.OrderView:
    scan = blank(shapes.ScanView, occurred_at=at("2026-11-24T03:12"), text="customs documentation", location="Leipzig")
    late = blank(
        shapes.ShipmentView,
        carrier="dhl",
        tracking_number="00340",
        tracking_url="https://dhl.example/00340",
        status="exception",
        reason="customs_documentation",
        shipped_at=at("2026-11-18T15:00"),
        events=(scan, replace(scan, occurred_at=at("2026-11-20T08:00"), location="Köln")),
    )
    newer = blank(shapes.ShipmentView, carrier="royal_mail", status="in_transit", shipped_at=at("2026-11-22T09:00"))
    there = blank(shapes.ShipmentView, carrier="ups", status="delivered", shipped_at=at("2026-11-23T09:00"))
    void = blank(shapes.ShipmentView, carrier="gls", state="cancelled", status="exception")
    stock = blank(shapes.StockView, available=-2, expected_at=at("2026-11-27T00:00"))
    return blank(
        shapes.OrderView,
        item=blank(shapes.QueueItem, number="10482", currency="EUR", total=8900, placed_at=at("2026-11-16T10:00")),
        ship_to=blank(shapes.AddressView, name="Jan Kowal", country="PL"),
        customer=blank(shapes.CustomerView, name="KOWAL, Jan", tier="key"),
        lines=(blank(shapes.LineView, sku="LAMP-BLUE", quantity=2, unit_price=3950, short=1, stock=(stock,)),),
        shipments=(there, newer, void, late),
        invoices=(
            blank(shapes.InvoiceView, kind="invoice", number="INV-1", currency="EUR", issued_at=1),
            blank(shapes.InvoiceView, kind="credit_note", number="CN-1", currency="EUR", issued_at=3),
            blank(
                shapes.InvoiceView, kind="invoice", number="INV-2", currency="EUR", total=8900, paid=4000, issued_at=2
            ),
        ),
        delay=blank(shapes.DelayView, late=True, days=4, reason="customs_documentation"),
        refundable=7900,
    )


def said(order: shapes.OrderView, body: str) -> str:
    return render(parse(body, "m.md"), macro_record(order, ANA, mail=None, now=NOW), zone=BERLIN).text


def test_a_late_parcel_is_explained_with_carrier_scan_reason_and_link(order: shapes.OrderView) -> None:
    body = (
        "Dear {{ customer.first_name }}, {{ parcel.carrier }} had your parcel in {{ parcel.last_scan.place }} on "
        "{{ parcel.last_scan.time | weekday }} at {{ parcel.last_scan.time | time }} ({{ parcel.last_scan.text }}); "
        "it is {{ delay.days }} days late: {{ delay.reason }}. {{ parcel.url }}"
    )
    assert said(order, body) == (
        "Dear Jan, DHL had your parcel in Leipzig on Tuesday at 04:12 (customs documentation); "
        "it is 4 days late: customs documentation. https://dhl.example/00340"
    )


def test_the_parcel_in_trouble_comes_first_and_the_cancelled_one_never(order: shapes.OrderView) -> None:
    assert said(order, "{{ parcels | map(attribute='carrier') | join(', ') }}") == "DHL, Royal Mail, UPS"


def test_money_stock_and_invoices_are_there(order: shapes.OrderView) -> None:
    body = "{{ order.total }} {{ refundable }} {{ invoice.number }} {{ invoice.open }} {{ lines[0].price }}"
    assert said(order, body) == "€89.00 €79.00 INV-2 €49.00 €39.50"
    assert (
        said(order, "{{ stock.expected_at | date }} {{ stock.short }} {{ lines[0].available }}")
        == "27 November 2026 1 0"
    )


def test_an_order_on_time_has_no_delay_and_nobody_is_told_that_there_is_no_reason(order: shapes.OrderView) -> None:
    on_time = replace(order, delay=blank(shapes.DelayView))
    assert said(on_time, "{% if delay %}late{% else %}on time{% endif %}") == "on time"
    unexplained = replace(order, delay=blank(shapes.DelayView, late=True, days=2, reason="unknown"))
    assert said(unexplained, "{{ delay.reason }}") == "⟨delay.reason?⟩"


def test_the_mail_that_is_answered_is_there_only_if_there_is_one(order: shapes.OrderView) -> None:
    mail = blank(shapes.MessageView, from_name="Jan K.", subject="Hello??", sent_at=at("2026-11-24T08:58"))
    record = macro_record(order, ANA, mail=mail, now=NOW)
    body = "{{ mail.first_name }} {{ mail.subject }} {{ mail.sent_at | time }} {{ agent.first_name }} {{ desk.name }}"
    assert render(parse(body, "m.md"), record, zone=BERLIN).text == "Jan Hello?? 09:58 Ana Bright Shop"
    assert said(order, "{{ mail.subject }}") == "⟨mail.subject?⟩"


def test_an_empty_order_has_every_name_and_no_value_is_made_up() -> None:
    bare = blank(shapes.OrderView)
    record = macro_record(bare, ANA, mail=None, now=NOW)
    assert {"order.number", "customer.first_name", "parcel", "delay", "invoice", "payment", "mail", "now"} <= {
        *variables(record)
    }
    assert said(bare, "{{ customer.first_name }}{{ parcel.last_scan.place }}{{ payment.method }}") == (
        "⟨customer.first_name?⟩⟨parcel.last_scan.place?⟩⟨payment.method?⟩"
    )
