"""Every other kind of file: stock, parcels, scans, money, papers, purchases, customers, notes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from connectors.records import Address, Identity, OrderRef, Ref

if TYPE_CHECKING:
    from conftest import Folder


def test_stock_by_location_with_what_is_on_its_way(folder: Folder) -> None:
    folder.write(
        "Lagerbestand.csv",
        "Artikelnummer;Bezeichnung;Lager;Bestand;Reserviert;Zulauf;Zulauf am;Lagerplatz\n"
        "LAMP;Lampe blau;Berlin;14;3;20;27.11.2026;A-03-2\nSHADE;Schirm;;0;;;;\n",
    )
    lamp, shade = folder.read("stock", timezone="Europe/Berlin", location="Lager 1").records
    assert (lamp.sku, lamp.location, lamp.on_hand, lamp.committed, lamp.incoming, lamp.bin) == (
        "LAMP",
        "Berlin",
        14,
        3,
        20,
        "A-03-2",
    )
    assert lamp.expected_at is not None
    assert lamp.expected_at.isoformat() == "2026-11-27T23:59:59+01:00"
    assert (shade.location, shade.on_hand, shade.committed) == ("Lager 1", 0, 0)


def test_what_is_available_tells_what_is_reserved(folder: Folder) -> None:
    folder.write("inventory.csv", "sku,on hand,available\nLAMP,14,11\n")
    folder.write("inventory-b.csv", "sku,available\nSHADE,5\n")
    found = {record.sku: record for record in folder.read("stock").records}
    assert (found["LAMP"].on_hand, found["LAMP"].committed) == (14, 3)
    assert (found["SHADE"].on_hand, found["SHADE"].committed) == (5, 0)


def test_parcels_with_their_contents_in_one_column_or_in_rows(folder: Folder) -> None:
    folder.write(
        "shipments.csv",
        "delivery note,order no,courier,tracking number,shipped,weight,contents\n"
        'DN-1,#7,DHL Express,1234 5678 90,2026-01-05 15:00,"2.350","2x LAMP, 1x SHADE"\nDN-2,8,UPS,1Z,,,BULB:4; CORD\n',
    )
    folder.write(
        "shipments-b.csv",
        "delivery note,order no,courier,sku,qty,status\nDN-3,9,gls,LAMP,1,versendet\nDN-3,9,gls,SHADE,2,versendet\n",
    )
    found = folder.read("shipments", orders_from="shop", decimal=".").by_id()
    one = found["DN-1"]
    assert (one.order, one.carrier, one.tracking_number, one.state) == (
        OrderRef("", "#7", "shop"),
        "dhl_express",
        "1234567890",
        "shipped",
    )
    assert (one.weight_grams, one.lines) == (2350, (("LAMP", 2), ("SHADE", 1)))
    assert (found["DN-2"].state, found["DN-2"].lines) == ("created", (("BULB", 4), ("CORD", 1)))
    assert (found["DN-3"].state, found["DN-3"].lines) == ("shipped", (("LAMP", 1), ("SHADE", 2)))
    assert folder.source(orders_from="shop").fetch([Ref("shipment", "DN-3")]).records == [found["DN-3"]]


TRACKING = "carrier,tracking number,time,status,description,city,reason\n"


def test_scans_of_a_parcel_add_up_over_all_files(folder: Folder) -> None:
    folder.write(
        "tracking-mon.csv", TRACKING + "DHL,00340,2026-01-05T10:00:00+01:00,picked up,Picked up,Berlin,\n", age=900
    )
    folder.write(
        "tracking-tue.csv",
        TRACKING + "dhl,00340,2026-01-06T03:12:00+01:00,exception,Held by customs,Leipzig,customs_documentation\n",
    )
    parcel = folder.read("tracking").records[-1]
    assert (parcel.carrier, parcel.tracking_number, parcel.status, parcel.reason) == (
        "dhl",
        "00340",
        "exception",
        "customs_documentation",
    )
    assert [(event.status, event.location) for event in parcel.events] == [
        ("picked_up", "Berlin"),
        ("exception", "Leipzig"),
    ]
    assert parcel.events[0].occurred_at.isoformat() == "2026-01-05T10:00:00+01:00"


def test_a_scan_that_is_appended_comes_with_those_before_it(folder: Folder) -> None:
    folder.write(
        "tracking.csv", TRACKING + "dhl,1,2026-01-05 10:00,in transit,,,\ndhl,2,2026-01-05 10:00,in transit,,,\n"
    )
    first = folder.read("tracking")
    folder.append("tracking.csv", "dhl,1,2026-01-06 10:00,delivered,,,\n")
    found = {record.tracking_number: record for record in folder.read("tracking", first.cursor).records}
    assert [event.status for event in found["1"].events] == ["in_transit", "delivered"]
    assert found["1"].status == "delivered"


def test_a_carriers_own_code_is_read_by_the_carriers_map_and_an_unknown_one_is_reported(folder: Folder) -> None:
    folder.write(
        "tracking.csv",
        "carrier,tracking number,time,event code,event\nups,1Z,2026-01-05 10:00,OT,On the way\n"
        "fedex,77,2026-01-05 10:00,DL,Delivered\n"
        "fedex,78,2026-01-05 10:00,ZQ,Strange\nmoonmail,1,2026-01-05 10:00,X1,Odd\n",
    )
    found = {record.tracking_number: record for record in folder.read("tracking").records}
    assert [(number, record.status) for number, record in found.items()] == [
        ("1Z", "out_for_delivery"),
        ("77", "delivered"),
        ("78", "unknown"),
        ("1", "unknown"),
    ]
    assert (found["78"].unmapped, found["1"].unmapped) == (("fedex:ZQ",), ("moonmail:X1",))
    assert found["1"].raw_text == "Odd"


def test_money_in_and_money_back(folder: Folder) -> None:
    folder.write(
        "payments.csv",
        "transaction id,order no,status,amount,payment method,paid at\n"
        "pay_1,7,captured,89.00,card,2026-01-05T10:00:00Z\npay_2,8,declined,12.50,card,\n",
    )
    folder.write(
        "refunds.csv", "refund id,order no,payment id,amount,reason,date\nre_1,7,pay_1,-10.00,goodwill,2026-01-07\n"
    )
    folder.write(
        "chargebacks.csv", "dispute id,payment id,amount,status,due\ndp_1,pay_1,89.00,needs_response,2026-01-20\n"
    )
    one, two = folder.read("payments").records
    assert (one.state, one.amount, one.captured, one.order.number) == ("settled", 8900, 8900, "7")
    assert (two.state, two.captured, two.raw_status) == ("declined", 0, "declined")
    (back,) = folder.read("refunds").records
    assert (back.amount, back.payment, back.state, back.reason) == (1000, "pay_1", "settled", "goodwill")
    (dispute,) = folder.read("disputes").records
    assert (dispute.state, dispute.payment, dispute.due_at) == (
        "needs_response",
        "pay_1",
        datetime(2026, 1, 20, 23, 59, 59, tzinfo=UTC),
    )


def test_invoices_credit_notes_and_what_is_still_open(folder: Folder) -> None:
    folder.write(
        "Rechnungen.csv",
        "Rechnungsnummer;Auftragsnummer;Betrag;Offener Betrag;Rechnungsdatum;Fällig am;Belegart\n"
        "R-1;7;89,00;0,00;05.01.2026;19.01.2026;Rechnung\nR-2;8;120,00;20,00;05.01.2026;19.01.2026;Rechnung\n"
        "G-1;7;-10,00;;06.01.2026;;Gutschrift\n",
    )
    one, two, three = folder.read("invoices").records
    assert [(each.number, each.status, each.total, each.paid) for each in (one, two)] == [
        ("R-1", "paid", 8900, 8900),
        ("R-2", "partially_paid", 12000, 10000),
    ]
    assert (three.kind, three.total, three.status) == ("credit_note", 1000, "open")
    assert two.due_at == datetime(2026, 1, 19, 23, 59, 59, tzinfo=UTC)


def test_orders_to_vendors(folder: Folder) -> None:
    folder.write(
        "purchase_orders.jsonl",
        '{"po_number": "PO-1", "vendor": "Ostermann", "sales_order": "7", "status": "accepted", "drop_ship": true,'
        ' "expected_at": "2026-02-01", "lines": [{"sku": "SOFA", "quantity": 1}, {"sku": "CHAIR", "quantity": 4}]}\n',
    )
    (purchase,) = folder.read("purchases").records
    assert (purchase.number, purchase.vendor, purchase.order.number, purchase.request_status) == (
        "PO-1",
        "Ostermann",
        "7",
        "accepted",
    )
    assert (purchase.drop_ship, purchase.lines) == (True, (("SOFA", 1), ("CHAIR", 4)))


def test_customers_and_notes(folder: Folder) -> None:
    folder.write(
        "customers.csv",
        "customer id,first name,last name,email,phone,newsletter,tags,street,city,country\n"
        "C1,Jan,Kowal,j@x.example,+49 1,yes,trade;key,Weg 1,Ulm,DE\n",
    )
    (jan,) = folder.read("customers").records
    assert (jan.name, jan.consent_marketing, jan.tags) == ("Jan Kowal", True, ("trade", "key"))
    assert jan.identities == (Identity("email", "j@x.example"), Identity("phone", "+49 1"))
    assert jan.address == Address(street="Weg 1", city="Ulm", country="DE")
    folder.write(
        "notes.csv", "order no,note,author,date\n7,Called: wants it on Friday,lea,2026-01-05 10:00\n7,,lea,2026-01-05\n"
    )
    found = folder.read("notes")
    assert [(note.text, note.author, note.order.number) for note in found.records] == [
        ("Called: wants it on Friday", "lea", "7")
    ]
    assert found.bad[0].reason == "text: is missing"
    assert folder.read("notes").records[0].remote_id == found.records[0].remote_id


def test_a_list_of_how_parcels_stand_needs_no_times(folder: Folder) -> None:
    folder.write(
        "tracking.csv",
        "carrier,tracking number,status,reason,eta\ndhl,1,in transit,,2026-12-02\n"
        "dhl,2,exception,weather_delay,\ndhl,3,,,\n",
    )
    found = {record.tracking_number: record for record in folder.read("tracking").records}
    assert [(found[name].status, found[name].reason, found[name].events) for name in "123"] == [
        ("in_transit", "", ()),
        ("exception", "weather_delay", ()),
        ("unknown", "", ()),
    ]
    assert found["1"].updated_at is None


def test_fulfillment_is_what_a_file_says_of_it_and_nothing_else(folder: Folder) -> None:
    rows = "1,processing,\n2,paid,\n3,shipped,\n4,processing,unfulfilled\n5,,shipped\n6,,\n7,picking,\n"
    head = "number,date,total,currency,status,fulfillment status\n"
    folder.write("orders.csv", head + "".join(f"{row[0]},2026-11-20,1,EUR{row[1:]}\n" for row in rows.splitlines()))
    found = {order.number: order.fulfillment_status for order in folder.read().records}
    assert found == {
        "1": "",
        "2": "",
        "3": "fulfilled",
        "4": "unfulfilled",
        "5": "fulfilled",
        "6": "",
        "7": "in_progress",
    }
