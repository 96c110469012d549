"""What a source says is gone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from feeding import by_number, customer, order

from connectors.records import InvoiceRecord, OrderRef, PaymentRecord, Ref, RefundRecord, ShipmentRecord, StockRecord

if TYPE_CHECKING:
    from feeding import Desk


def payment(remote_id: str, ref: OrderRef) -> PaymentRecord:
    return PaymentRecord(remote_id, ref, "settled", 7900, "EUR", captured=7900)


def test_a_deleted_order_stays_cancelled_and_marked_for_the_mails_and_notes_on_it(desk: Desk) -> None:
    desk.feed("shop", order())
    desk.settled()
    desk.feed("shop", deleted=(Ref("order", "id-1042"),))

    ((state, raw),) = desk.rows("SELECT state, raw_status FROM orders")
    assert (state, json.loads(raw)) == ("cancelled", {"deleted": "true"})
    assert desk.rows("SELECT kind, summary FROM observations") == [("cancelled", "the order was deleted there")]
    assert desk.dirty() == {"1042"}


def test_a_deleted_order_that_comes_back_is_as_it_was(desk: Desk) -> None:
    desk.feed("shop", order())
    before = desk.content()
    desk.feed("shop", deleted=(Ref("order", "id-1042"),))
    desk.feed("shop", order())

    assert desk.content() == before
    assert [kind for (kind,) in desk.rows("SELECT kind FROM observations ORDER BY recorded_at, id")] == [
        *("cancelled", "reopened")
    ]


def test_deleting_twice_or_what_never_was_changes_nothing(desk: Desk) -> None:
    gone = (Ref("order", "id-1042"), Ref("order", "nobody"), Ref("payment", "nobody"), Ref("planet", "pluto"))
    desk.feed("shop", order())
    desk.feed("shop", deleted=gone)
    before = desk.content()
    took = desk.feed("shop", deleted=gone)

    assert took.changed == 0
    assert desk.content() == before
    assert desk.one("SELECT count(*) FROM observations") == 1


def test_a_deleted_parcel_goes_with_its_number(desk: Desk) -> None:
    desk.feed("shop", order(), ShipmentRecord("s-1", by_number("1042"), "dhl", "JJD0001", "shipped"))
    desk.settled()
    desk.feed("shop", deleted=(Ref("shipment", "s-1"),))

    assert desk.rows("SELECT * FROM shipments") == []
    assert desk.keys("1042", "tracking") == set()
    assert desk.found("jjd0001") == set()
    assert desk.rows("SELECT kind, summary FROM observations") == [("fulfillment", "parcel JJD0001: deleted there")]
    assert desk.dirty() == {"1042"}


def test_a_refund_is_loose_again_when_its_payment_is_gone(desk: Desk) -> None:
    desk.feed("shop", order())
    desk.feed("books", payment("pi_1", by_number("1042")))
    desk.feed("books", RefundRecord("re_1", OrderRef(), "settled", 500, "EUR", payment="pi_1"))
    assert desk.order_of("refunds", "re_1") == "shop:1042"

    desk.feed("books", deleted=(Ref("payment", "pi_1"),))

    assert desk.order_of("refunds", "re_1") is None


def test_a_deleted_invoice_does_not_hold_its_credit_note(desk: Desk) -> None:
    desk.feed("shop", order())
    desk.feed("books", InvoiceRecord("in_11111", "INV-1", by_number("1042"), "open", 7900, "EUR"))
    note = InvoiceRecord("cn_1", "CN-1", OrderRef(reference="in_11111"), "paid", 7900, "EUR", kind="credit_note")
    desk.feed("books", note)
    assert desk.order_of("invoices", "cn_1") == "shop:1042"
    desk.feed("books", deleted=(Ref("invoice", "in_11111"),))

    assert desk.order_of("invoices", "cn_1") is None


def test_a_deleted_customer_leaves_the_order_without_one(desk: Desk) -> None:
    desk.feed("shop", order(customer=customer(company="Kowal & Sons")))
    desk.settled()
    desk.feed("shop", deleted=(Ref("customer", "7"),))

    assert desk.rows("SELECT customer_id FROM orders") == [(None,)]
    assert desk.rows("SELECT * FROM customers") == desk.rows("SELECT * FROM customer_identities") == []
    assert desk.found("sons") == set()
    assert desk.dirty() == {"1042"}


@pytest.mark.parametrize(("name", "left"), [("LAMP", set()), ("LAMP@Hall 2", {"Hall 1"})])
def test_stock_goes_as_a_product_or_at_one_location(desk: Desk, name: str, left: set[str]) -> None:
    desk.feed("depot", StockRecord("LAMP", "Hall 1", 5), StockRecord("LAMP", "Hall 2", 3))
    desk.feed("depot", deleted=(Ref("stock", name),))

    assert {location for (location,) in desk.rows("SELECT location FROM stock_levels")} == left


def test_the_count_of_a_sources_records_goes_down(desk: Desk) -> None:
    desk.feed("books", payment("pi_1", by_number("1")), payment("pi_2", by_number("2")))
    desk.feed("books", deleted=(Ref("payment", "pi_1"),))

    assert desk.rows("SELECT records FROM sync_state") == [(1,)]
