"""Which order a parcel, a payment or an invoice belongs to, whichever came first; and what is left loose and listed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from feeding import by_number, day, order

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
from oms_tui.store.reads.health import loose_records

if TYPE_CHECKING:
    from feeding import Desk

NOTHING = OrderRef()


def payment(remote_id: str, ref: OrderRef = NOTHING, **more: Any) -> PaymentRecord:
    fields: dict[str, Any] = {
        "state": "settled",
        "amount": 7900,
        "currency": "EUR",
        "captured": 7900,
        "created_at": day(1),
    }
    return PaymentRecord(remote_id, ref, **(fields | more))


def refund(remote_id: str, of: str, ref: OrderRef = NOTHING) -> RefundRecord:
    return RefundRecord(remote_id, ref, "settled", 1000, "EUR", payment=of, created_at=day(2))


def invoice(remote_id: str, number: str, ref: OrderRef = NOTHING, **more: Any) -> InvoiceRecord:
    return InvoiceRecord(remote_id, number, ref, "open", 7900, "EUR", issued_at=day(1), **more)


def shipment(remote_id: str, ref: OrderRef, number: str = "", **more: Any) -> ShipmentRecord:
    return ShipmentRecord(remote_id, ref, "dhl", number, "shipped", shipped_at=more.pop("shipped_at", day(2)), **more)


RECORDS = (
    ("shipments", shipment("s-1", OrderRef(remote_id="id-1042"), "00340434161094021501")),
    ("payments", payment("p-1", OrderRef(remote_id="id-1042"))),
    ("refunds", refund("r-1", "", OrderRef(remote_id="id-1042"))),
    ("disputes", DisputeRecord("d-1", OrderRef(remote_id="id-1042"), "needs_response", 7900, "EUR")),
    ("invoices", invoice("i-1", "INV-2201", OrderRef(remote_id="id-1042"))),
    ("purchase_orders", PurchaseOrderRecord("po-1", "PO-77", "Lamps Ltd", OrderRef(remote_id="id-1042"))),
    ("source_notes", NoteRecord("n-1", OrderRef(remote_id="id-1042"), "Call before you deliver")),
)


@pytest.mark.parametrize(("table", "record"), RECORDS)
def test_a_record_finds_its_order_by_id_when_the_order_is_there(desk: Desk, table: str, record: Any) -> None:
    desk.feed("shop", order("1042"))
    desk.settled()
    desk.feed("shop", record)

    assert desk.order_of(table, record.remote_id) == "shop:1042"
    assert desk.dirty() == {"1042"}
    assert loose_records(desk.store) == []


@pytest.mark.parametrize(("table", "record"), RECORDS)
def test_a_record_waits_for_its_order_and_is_joined_when_it_comes(desk: Desk, table: str, record: Any) -> None:
    desk.feed("shop", record)
    assert desk.order_of(table, record.remote_id) is None
    assert [loose.reason for loose in loose_records(desk.store)] == ["no order here is called so"]

    desk.feed("shop", order("1042"))

    assert desk.order_of(table, record.remote_id) == "shop:1042"
    assert loose_records(desk.store) == []
    assert desk.rows("SELECT * FROM record_names") == []


def test_an_order_is_found_by_the_numbers_of_what_hangs_off_it(desk: Desk) -> None:
    desk.feed("shop", order("1042"))
    desk.feed("shop", *(record for _, record in RECORDS))
    desk.feed("books", payment("pi_3MtwBwLk", by_number("1042")))

    assert desk.keys("1042", "tracking") == {"00340434161094021501"}
    assert desk.keys("1042", "invoice") == {"inv2201"}
    assert desk.keys("1042", "purchase") == {"po77"}
    assert desk.keys("1042", "payment") == {"pi3mtwbwlk"}
    assert desk.found("003404*") == desk.found("inv 2201") == {"1042"}


def test_a_payment_elsewhere_finds_the_order_by_the_number_in_its_metadata(desk: Desk) -> None:
    desk.feed("books", payment("pi_1", by_number("#so-1042")))
    desk.feed("shop", order("SO-1042"))

    assert desk.order_of("payments", "pi_1") == "shop:SO-1042"


def test_an_id_of_an_order_named_by_a_system_without_orders_is_the_shops(desk: Desk) -> None:
    desk.feed("books", payment("pi_1", OrderRef(remote_id="gid-77")))
    desk.feed("shop", order("1042", remote_id="gid-77"))

    assert desk.order_of("payments", "pi_1") == "shop:1042"


def test_an_id_of_an_order_named_by_a_system_with_orders_is_its_own(desk: Desk) -> None:
    """Both systems count from 1, and the payment comes before any order of its own system."""
    desk.feed("shop", order("1042", remote_id="12"))
    desk.feed("erp", payment("3", OrderRef(remote_id="12")))
    assert desk.order_of("payments", "3") == "shop:1042"

    desk.feed("erp", order("E-9", remote_id="9"))
    assert desk.order_of("payments", "3") is None

    desk.feed("erp", order("E-12", remote_id="12"))
    assert desk.order_of("payments", "3") == "erp:E-12"


def test_a_payment_finds_the_order_that_wrote_its_id_down(desk: Desk) -> None:
    desk.feed("books", payment("pi_3MtwBw"), invoice("in_9", "INV-2201"))
    desk.feed("shop", order("1042", references=("pi_3MtwBw", "INV-2201")))

    assert desk.order_of("payments", "pi_3MtwBw") == "shop:1042"
    assert desk.order_of("invoices", "in_9") == "shop:1042"


def test_a_reference_that_every_system_has_joins_nothing(desk: Desk) -> None:
    desk.feed("shop", order("1042", references=("5", "12")))
    desk.feed("erp", payment("5", OrderRef(reference="12")), invoice("12", "5"))

    assert desk.order_of("payments", "5") is None
    assert desk.order_of("invoices", "12") is None


def test_a_number_that_two_shops_use_is_left_loose_and_listed_with_both(desk: Desk) -> None:
    desk.feed("shop", order("1042"))
    desk.feed("books", payment("pi_1", by_number("1042")))
    assert desk.order_of("payments", "pi_1") == "shop:1042"

    desk.feed("outlet", order("1042"))

    assert desk.order_of("payments", "pi_1") is None
    (loose,) = loose_records(desk.store)
    assert (loose.kind, loose.remote_id, loose.reason) == ("payment", "pi_1", "several orders are called so")
    assert set(loose.orders) == {"shop:1042", "outlet:1042"}
    assert desk.keys("1042", "payment") == set()


def test_a_number_that_two_shops_use_is_told_apart_by_the_source_named(desk: Desk) -> None:
    desk.feed("shop", order("1042"))
    desk.feed("outlet", order("1042"))
    desk.feed("books", payment("pi_1", OrderRef(number="1042", source="outlet")))

    assert desk.order_of("payments", "pi_1") == "outlet:1042"


def test_a_shop_means_its_own_order_when_it_names_a_number(desk: Desk) -> None:
    desk.feed("outlet", order("1042"))
    desk.feed("shop", order("1042"), shipment("s-1", by_number("1042")))

    assert desk.order_of("shipments", "s-1") == "shop:1042"


def test_a_number_that_two_shops_use_is_told_apart_by_a_reference(desk: Desk) -> None:
    desk.feed("shop", order("1042", references=("pi_3MtwBw",)))
    desk.feed("outlet", order("1042"))
    desk.feed("books", payment("pi_3MtwBw", by_number("1042")))

    assert desk.order_of("payments", "pi_3MtwBw") == "shop:1042"


def test_a_refund_and_a_dispute_follow_their_payment(desk: Desk) -> None:
    desk.feed("books", refund("re_1", "pi_1"))
    desk.feed("books", DisputeRecord("dp_1", NOTHING, "needs_response", 7900, "EUR", payment="pi_1"))
    desk.feed("books", payment("pi_1", by_number("1042")))
    desk.feed("shop", order("1042"))

    assert desk.order_of("refunds", "re_1") == "shop:1042"
    assert desk.order_of("disputes", "dp_1") == "shop:1042"


def test_a_refund_leaves_an_order_with_its_payment(desk: Desk) -> None:
    desk.feed("shop", order("1042"), order("1043"))
    desk.feed("books", payment("pi_1", by_number("1042")), refund("re_1", "pi_1"))
    desk.feed("books", payment("pi_1", by_number("1043")))

    assert desk.order_of("payments", "pi_1") == "shop:1043"
    assert desk.order_of("refunds", "re_1") == "shop:1043"
    assert desk.keys("1042", "payment") == set()


def test_a_credit_note_follows_its_invoice_and_a_payment_the_invoice_it_paid(desk: Desk) -> None:
    desk.feed("books", invoice("cn_1", "CN-1", OrderRef(reference="in_1MtHb"), kind="credit_note"))
    desk.feed("books", payment("pi_3MtwBw"))
    desk.feed("books", invoice("in_1MtHb", "INV-1", OrderRef(number="1042", reference="pi_3MtwBw")))
    desk.feed("shop", order("1042"))

    assert desk.order_of("invoices", "in_1MtHb") == "shop:1042"
    assert desk.order_of("invoices", "cn_1") == "shop:1042"
    assert desk.order_of("payments", "pi_3MtwBw") == "shop:1042"


def test_a_vendors_bill_joins_the_order_that_caused_the_purchase(desk: Desk) -> None:
    bill = invoice("b-1", "LL-5512", kind="supplier_bill", purchase_order="PO-77")
    desk.feed("books", bill)
    desk.feed("erp", PurchaseOrderRecord("po-1", "PO-77", "Lamps Ltd", OrderRef(remote_id="1")))
    assert desk.order_of("invoices", "b-1") is None

    desk.feed("erp", order("1042", remote_id="1"))

    assert desk.order_of("purchase_orders", "po-1") == "erp:1042"
    assert desk.order_of("invoices", "b-1") == "erp:1042"


def test_a_bill_of_a_purchase_for_stock_is_of_no_order(desk: Desk) -> None:
    desk.feed("shop", order("1042"))
    desk.feed("erp", PurchaseOrderRecord("po-1", "PO-77", "Lamps Ltd", NOTHING))
    desk.feed("books", invoice("b-1", "LL-5512", kind="supplier_bill", purchase_order="PO-77"))

    assert desk.order_of("invoices", "b-1") is None


def test_a_name_that_half_the_books_share_joins_nothing(desk: Desk) -> None:
    desk.feed("shop", order("1042"))
    desk.feed("books", *(invoice(f"in_{i}", f"INV-{i}", OrderRef(reference="collective-1")) for i in range(60)))
    desk.feed("books", invoice("in_x", "INV-X", OrderRef(number="1042", reference="collective-1")))

    assert desk.order_of("invoices", "in_x") == "shop:1042"
    assert desk.order_of("invoices", "in_1") is None


def test_when_an_order_is_numbered_anew_what_named_it_follows(desk: Desk) -> None:
    desk.feed("shop", order("1042", remote_id="77"), order("1043", remote_id="78"))
    desk.feed("books", payment("pi_1", by_number("2000")), payment("pi_2", by_number("1042")))
    desk.feed("shop", order("2000", remote_id="77"))

    assert desk.order_of("payments", "pi_1") == "shop:2000"
    assert desk.order_of("payments", "pi_2") is None


def test_a_shipment_that_was_delivered_before_the_order_was_placed_is_another_ones(desk: Desk) -> None:
    old = shipment("s-1", by_number("1042"), "JJD0001", shipped_at=day(-400), delivered_at=day(-398))
    desk.feed("depot", old)
    desk.feed("shop", order("1042", placed_at=day(0)))

    assert desk.order_of("shipments", "s-1") is None
    (loose,) = loose_records(desk.store)
    assert loose.reason == "its parcel was delivered before the order it names was placed"

    desk.feed("shop", order("1042", remote_id="other", placed_at=day(-401)))
    assert desk.rows(
        "SELECT o.remote_id FROM shipments s JOIN orders o ON o.id=s.order_id WHERE s.remote_id='s-1'"
    ) == [("other",)]


def test_what_moved_of_a_payment_is_on_the_orders_timeline(desk: Desk) -> None:
    desk.feed("shop", order("1042"))
    desk.feed("books", payment("pi_1", by_number("1042"), state="authorized", captured=0))
    desk.settled()
    desk.feed("books", payment("pi_1", by_number("1042")))

    assert desk.rows("SELECT kind, source, summary FROM observations") == [
        ("payment_captured", "books", "payment €79.00: authorized → settled")
    ]
    assert desk.dirty() == {"1042"}


def test_a_corrected_tracking_number_is_told_and_the_old_one_finds_nothing(desk: Desk) -> None:
    desk.feed("shop", order("1042"), shipment("s-1", by_number("1042"), "JJD0001"))
    desk.feed("shop", shipment("s-1", by_number("1042"), "JJD0002"))

    assert desk.rows("SELECT kind, summary FROM observations") == [("tracking", "tracking number: JJD0001 → JJD0002")]
    assert desk.keys("1042", "tracking") == {"jjd0002"}
    assert desk.found("jjd0001") == set()


def test_an_unchanged_record_makes_nothing_dirty(desk: Desk) -> None:
    desk.feed("shop", order("1042"), *(record for _, record in RECORDS))
    desk.settled()
    before = desk.content()

    took = desk.feed("shop", *(record for _, record in RECORDS))

    assert took.changed == 0
    assert desk.dirty() == set()
    assert desk.content() == before


def test_a_parcels_carrier_has_our_key_however_the_shop_writes_it(desk: Desk) -> None:
    for place, (said, number) in enumerate(
        (("DHL Paket", ""), ("Royal Mail", ""), ("", "1Z999AA10123456784"), ("Vom Chef", ""))
    ):
        desk.feed("shop", ShipmentRecord(f"s-{place}", NOTHING, said, number))

    assert [carrier for (carrier,) in desk.rows("SELECT carrier FROM shipments ORDER BY remote_id")] == [
        *("dhl", "royal_mail", "ups", "vom_chef")
    ]
