"""Orders from files: with repeated rows, with a file of lines, as Shopify and WooCommerce export them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from connectors.records import Identity, Ref
from oms_tui.domain.delay import DelayFacts, delay_of

if TYPE_CHECKING:
    from conftest import Folder

GERMAN = """Bestellnummer;Bestelldatum;Gesamtbetrag;E-Mail;Kundenname;Straße;PLZ;Ort;Land;Zahlungsstatus;Status
1042;05.01.2026 10:00;1.234,50;jan@firma.example;Jan Kowal;Lindenweg 4;10115;Berlin;DE;bezahlt;in Bearbeitung
1043;06.01.2026 11:15;12,50;zoe@post.example;Zoë Groß;Calle 1;28001;Madrid;ES;offen;neu
"""


def test_a_german_export_is_read_without_a_word_in_the_config(folder: Folder) -> None:
    folder.write("Bestellungen.csv", GERMAN, charset="cp1252")
    jan, zoe = folder.read(timezone="Europe/Berlin").records
    assert (jan.number, jan.remote_id, jan.total, jan.currency) == ("1042", "1042", 123_450, "EUR")
    assert jan.placed_at.isoformat() == "2026-01-05T10:00:00+01:00"
    assert (jan.state, jan.payment_status, jan.fulfillment_status) == ("open", "paid", "")
    assert jan.raw_status == {"payment_status": "bezahlt", "status": "in Bearbeitung"}
    assert (jan.ship_to.street, jan.ship_to.postcode, jan.ship_to.city, jan.ship_to.country) == (
        "Lindenweg 4",
        "10115",
        "Berlin",
        "DE",
    )
    assert jan.customer.name == "Jan Kowal"
    assert jan.customer.identities == (Identity("email", "jan@firma.example"),)
    assert (zoe.customer.name, zoe.payment_status) == ("Zoë Groß", "pending")


def test_rows_that_repeat_an_order_are_its_lines(folder: Folder) -> None:
    folder.write(
        "orders.csv",
        "order no,date,email,sku,qty,price,shipping\n"
        "7,2026-01-05,a@x.example,LAMP,2,39.50,4.90\n"
        "7,2026-01-05,a@x.example,SHADE,1,10.00,4.90\n"
        "8,2026-01-06,b@x.example,LAMP,1,39.50,0\n",
    )
    seven, eight = folder.read().records
    assert [(line.sku, line.quantity, line.unit_price) for line in seven.lines] == [
        ("LAMP", 2, 3950),
        ("SHADE", 1, 1000),
    ]
    assert seven.total == 2 * 3950 + 1000 + 490  # nobody wrote it down: it is added up
    assert [line.sku for line in eight.lines] == ["LAMP"]


@pytest.mark.parametrize(("written", "tax"), [("6.31", 631), ("0", 0), ("0.00", 0), ("", None)])
def test_no_tax_is_told_from_a_tax_that_nobody_wrote_down(folder: Folder, written: str, tax: int | None) -> None:
    folder.write("orders.csv", f"order no,date,sku,qty,price,line tax\n7,2026-01-05,LAMP,1,39.50,{written}\n")
    [seven] = folder.read().records
    assert [line.tax for line in seven.lines] == [tax]


def test_lines_in_a_file_of_their_own_find_their_orders_by_number_or_by_id(folder: Folder) -> None:
    folder.write("orders.csv", "id,order number,date,total\nA1,#7,2026-01-05,10\nA2,#8,2026-01-06,20\n")
    folder.write("order_lines.csv", "order id,sku,qty\nA2,SHADE,3\n")
    folder.write("order_lines_more.csv", "order,sku,qty\n7,LAMP,1\n")
    found = folder.read().by_id()
    assert [(line.sku, line.quantity) for line in found["A1"].lines] == [("LAMP", 1)]
    assert [(line.sku, line.quantity) for line in found["A2"].lines] == [("SHADE", 3)]


def test_lines_that_come_later_bring_their_orders_again(folder: Folder) -> None:
    folder.write("orders.csv", "number,date,total\n7,2026-01-05,10\n8,2026-01-06,20\n")
    first = folder.read()
    assert [order.lines for order in first.records] == [(), ()]
    folder.write("order_lines.csv", "order,sku,qty\n8,LAMP,1\n")
    second = folder.read(cursor=first.cursor)
    assert [(order.number, len(order.lines)) for order in second.records] == [("8", 1)]
    folder.append("order_lines.csv", "8,SHADE,2\n7,BULB,4\n")
    third = folder.read(cursor=second.cursor).by_id()
    assert [line.sku for line in third["8"].lines] == ["LAMP", "SHADE"]
    assert [line.sku for line in third["7"].lines] == ["BULB"]


def test_lines_that_wait_for_their_order_are_kept_for_it(folder: Folder) -> None:
    folder.write("order_lines.csv", "order,sku,qty\n9,LAMP,1\n")
    first = folder.read()
    assert first.records == []
    folder.write("orders.csv", "number,date,total\n9,2026-01-05,10\n")
    (order,) = folder.read(cursor=first.cursor).records
    assert [line.sku for line in order.lines] == ["LAMP"]


def test_scattered_rows_of_one_order_are_put_together(folder: Folder) -> None:
    folder.write("orders.csv", "number,date,sku,qty\n7,2026-01-05,LAMP,1\n8,2026-01-05,LAMP,1\n7,2026-01-05,SHADE,1\n")
    assert [line.sku for line in folder.read().by_id()["7"].lines] == ["LAMP", "SHADE"]


def test_an_order_exported_again_further_down_replaces_its_lines(folder: Folder) -> None:
    folder.write(
        "orders.csv",
        "number,date,payment status,sku,qty\n7,2026-01-05,open,LAMP,1\n7,2026-01-05,open,SHADE,1\n"
        "8,2026-01-05,open,LAMP,1\n7,2026-01-05,paid,LAMP,3\n",
    )
    order = folder.read().by_id()["7"]
    assert [(line.sku, line.quantity) for line in order.lines] == [("LAMP", 3)]
    assert order.payment_status == "paid"


def test_of_two_files_with_an_order_the_newer_one_counts(folder: Folder) -> None:
    folder.write("orders-monday.csv", "number,date,status,sku,qty\n7,2026-01-05,processing,LAMP,1\n", age=900)
    folder.write("orders-tuesday.csv", "number,date,status,sku,qty\n7,2026-01-05,completed,SHADE,1\n", age=60)
    order = folder.read().by_id()["7"]
    assert (order.state, [line.sku for line in order.lines]) == ("closed", ["SHADE"])
    folder.path.joinpath("orders-tuesday.csv").unlink()
    again = folder.source().fetch([Ref("order", "7")])
    assert again.records == []  # gone from the folder is not gone from the shop: nothing is said


SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Discount Amount,"
    "Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem fulfillment status,Billing Name,"
    "Shipping Name,Shipping Street,"
    "Shipping City,Shipping Zip,Shipping Country,Shipping Phone,Notes,Payment Method,Id,Tags\n"
    "#1001,jan@x.example,partially_refunded,2026-01-05 10:00:00 +0100,partial,EUR,89.00,4.90,14.99,93.90,0.00,"
    "2026-01-05 09:59:00 +0100,2,Blue lamp,39.50,LAMP-BLUE,fulfilled,Jan Kowal,Jan Kowal,"
    'Lindenweg 4,Berlin,\'10115,DE,+49 171 3920042,,PayPal,450789469,"gift, express"\n'
    "#1001,jan@x.example,,,,,,,,,,,1,Shade,10.00,SHADE-L,pending,,,,,,,,,,,\n"
)


def test_shopifys_own_export_is_known(folder: Folder) -> None:
    folder.write("orders_export_1.csv", SHOPIFY)
    (order,) = folder.read().records
    assert (order.number, order.total, order.shipping, order.currency) == ("#1001", 9390, 490, "EUR")
    assert order.placed_at == datetime(2026, 1, 5, 8, 59, tzinfo=UTC)
    assert (order.payment_status, order.fulfillment_status) == ("partially_refunded", "partially_fulfilled")
    assert [(line.sku, line.title, line.quantity) for line in order.lines] == [
        ("LAMP-BLUE", "Blue lamp", 2),
        ("SHADE-L", "Shade", 1),
    ]
    assert (order.customer.name, order.ship_to.postcode, order.tags) == ("Jan Kowal", "10115", ("gift", "express"))
    assert [line.fulfilled for line in order.lines] == [2, 0]


def test_woocommerces_words_of_state_are_known(folder: Folder) -> None:
    words = ("pending", "processing", "on-hold", "completed", "cancelled", "refunded", "failed")
    rows = "".join(f"{place},{word},2026-01-05 10:00,10.00\n" for place, word in enumerate(words))
    folder.write("orders.csv", f"order_number,status,order_date,order_total\n{rows}")
    found = folder.read()
    assert [(order.state, order.payment_status, order.fulfillment_status) for order in found.records] == [
        ("open", "pending", ""),
        ("open", "paid", ""),
        ("open", "pending", "on_hold"),
        ("closed", "paid", "fulfilled"),
        ("cancelled", "pending", ""),
        ("closed", "refunded", ""),
        ("open", "pending", ""),
    ]
    assert found.bad == []


def test_a_row_that_has_only_a_line_belongs_to_the_order_above_it(folder: Folder) -> None:
    folder.write(
        "orders.csv", "number,date,total,sku,qty\n7,2026-01-05,10,LAMP,1\n,,,SHADE,2\n8,2026-01-05,10,LAMP,1\n"
    )
    found = folder.read()
    assert [line.sku for line in found.by_id()["7"].lines] == ["LAMP", "SHADE"]
    assert found.bad == []


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (",2026-01-05,10,LAMP,1", "number"),
        ("7,,10,LAMP,1", "placed_at"),
        ("7,yesterday,10,LAMP,1", "placed_at"),
        ("7,2026-01-05,ten,LAMP,1", "total"),
        ("7,2026-01-05,10,LAMP,one", "quantity"),
        ("7,2026-01-05,10,LAMP,1.5", "quantity"),
        ("=HYPERLINK(1),2026-01-05,10,LAMP,1", "number"),
    ],
)
def test_a_bad_row_is_set_aside_with_file_line_and_reason_and_the_rest_lands(
    folder: Folder, row: str, field: str
) -> None:
    folder.write("orders.csv", f"number,date,total,sku,qty\n6,2026-01-05,10,LAMP,1\n{row}\n8,2026-01-05,10,LAMP,1\n")
    found = folder.read()
    assert [order.number for order in found.records] == ["6", "8"]
    (bad,) = found.bad
    assert bad.ref == "orders.csv:3"
    assert bad.reason.startswith(field)
    assert "LAMP" in bad.raw


def test_a_bad_line_is_told_where_it_stands(folder: Folder) -> None:
    folder.write("orders.csv", "number,date,total\n7,2026-01-05,10\n8,2026-01-05,10\n")
    folder.write("order_lines.csv", "order,sku,qty,price\n7,LAMP,1,5.00\n7,SHADE,many,5.00\n8,LAMP,1,5.00\n")
    found = folder.read()
    assert [order.number for order in found.records] == ["8"]  # half of an order would be a lie
    assert [(bad.ref, bad.reason) for bad in found.bad] == [("order_lines.csv:3", "quantity: “many” is no number")]


def test_two_words_in_a_row_that_no_map_knows_are_two_things_to_do(folder: Folder) -> None:
    folder.write(
        "orders.csv", "number,date,total,payment status,fulfillment status\n7,2026-01-05,10,peut-être,qui sait\n"
    )
    assert {bad.ref for bad in folder.read().bad} == {"orders.csv:2:payment_status", "orders.csv:2:fulfillment_status"}


def test_a_word_that_no_map_knows_is_told_once_and_the_order_lands(folder: Folder) -> None:
    folder.write(
        "orders.csv", "number,date,total,payment status\n7,2026-01-05,10,peut-être\n8,2026-01-05,10,peut-être\n"
    )
    found = folder.read()
    assert [(order.payment_status, order.raw_status["payment_status"]) for order in found.records] == [
        ("pending", "peut-être")
    ] * 2
    (bad,) = found.bad
    assert bad.ref == "orders.csv:2:payment_status"
    assert "[sources.depot.values]" in bad.reason
    told = folder.read(values={"orders": {"payment_status": {"Peut-être": "authorized"}}})
    assert [order.payment_status for order in told.records] == ["authorized"] * 2
    assert told.bad == []


def test_given_orders_are_read_again_from_where_they_lie(folder: Folder) -> None:
    rows = "".join(f"{number},2026-01-05,10,LAMP-{number},1\n" for number in range(2000))
    folder.write("orders.csv", f"number,date,total,sku,qty\n{rows}")
    folder.read()
    found = folder.source().fetch([Ref("order", "1234"), Ref("order", "17"), Ref("order", "none"), Ref("person", "17")])
    assert {order.number: order.lines[0].sku for order in found.records} == {"1234": "LAMP-1234", "17": "LAMP-17"}
    assert found.deleted == []


def test_what_changed_since_the_last_sync_is_seen_when_an_order_is_asked_for(folder: Folder) -> None:
    folder.write("orders.csv", "number,date,total\n7,2026-01-05,10\n8,2026-01-05,10\n")
    assert [order.total for order in folder.source().fetch([Ref("order", "7")]).records] == [1000]  # before any sync
    folder.read()
    folder.write("orders.csv", "number,date,total\n7,2026-01-05,99\n8,2026-01-05,10\n", age=30)
    folder.write("order_lines.csv", "order,sku,qty\n7,LAMP,1\n")
    (order,) = folder.source().fetch([Ref("order", "7")]).records
    assert (order.total, [line.sku for line in order.lines]) == (9900, ["LAMP"])


def test_countries_are_two_letters_however_they_are_written(folder: Folder) -> None:
    written = {"1": "Germany", "2": "DEUTSCHLAND", "3": "deu", "4": "gb", "5": "U.S.A.", "6": "Ελλάδα", "7": "Atlantis"}
    rows = "".join(f"{number},2026-11-20,9.90,EUR,{country}\n" for number, country in written.items())
    folder.write("orders.csv", f"number,date,total,currency,country\n{rows}")
    found = {order.number: order.ship_to.country for order in folder.read().records}
    assert found == {"1": "DE", "2": "DE", "3": "DE", "4": "GB", "5": "US", "6": "GR", "7": "Atlantis"}


@pytest.mark.parametrize(
    ("desk", "setting", "ends"),
    [
        ("America/Los_Angeles", "", "2026-11-28T07:59:59"),
        ("Asia/Tokyo", "", "2026-11-27T14:59:59"),
        ("Asia/Tokyo", "America/Los_Angeles", "2026-11-28T07:59:59"),
        ("America/Los_Angeles", "Asia/Tokyo", "2026-11-27T14:59:59"),
        ("America/Los_Angeles", "UTC", "2026-11-27T23:59:59"),
    ],
)
@pytest.mark.parametrize("written", ["2026-11-27", "20261127", "27.11.2026", "2026/11/27"])
def test_what_is_promised_for_a_day_may_come_until_it_ends_in_the_sources_zone_else_the_desks(
    folder: Folder, written: str, desk: str, setting: str, ends: str
) -> None:
    folder.zone = ZoneInfo(desk)
    folder.write("orders.csv", f"order,date,promised,total\n1042,2026-11-20T10:00,{written},89.00\n")
    (record,) = folder.read(**({"timezone": setting} if setting else {})).records
    assert record.promised_at.astimezone(UTC) == datetime.fromisoformat(ends).replace(tzinfo=UTC)
    facts, zone = DelayFacts(record.promised_at), ZoneInfo(setting or desk)
    late = [delay_of(facts, now=record.promised_at + timedelta(seconds=more), zone=zone).late for more in (0, 1)]
    assert late == [False, True]


def test_a_promised_time_is_that_time_whatever_the_desks_zone(folder: Folder) -> None:
    folder.zone = ZoneInfo("America/Los_Angeles")
    folder.write("orders.csv", "order,date,promised,total\n1042,2026-11-20,2026-11-27 00:00,89.00\n")
    (record,) = folder.read().records
    assert record.promised_at.astimezone(UTC) == datetime(2026, 11, 27, tzinfo=UTC)
    assert record.placed_at.astimezone(UTC) == datetime(2026, 11, 20, 8, tzinfo=UTC), "a day begins at the desk"
