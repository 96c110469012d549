"""What a real Tryton shop comes out as: beside the contract, which knows ids, this knows what each record says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tryton_changes import Shop

from connectors.base import Account
from connectors.errors import NotFound
from connectors.orders.tryton import Tryton
from connectors.records import CameFrom, Identity, OrderRecord, Ref

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from servers.tryton import TrytonServer

pytestmark = pytest.mark.tryton


@pytest.fixture
def open_shop(tryton: TrytonServer, tmp_path: Path) -> Iterator[Callable[..., Tryton]]:
    opened: list[Tryton] = []

    def made(**values: Any) -> Tryton:
        login = {"user": tryton.user, "password": tryton.password}
        account = Account("erp", {"url": tryton.url, "database": tryton.database, **login, **values}, tmp_path)
        opened.append(Tryton(account))
        return opened[-1]

    yield made
    for shop in opened:
        shop.close()


def everything(shop: Tryton, stream: str) -> list[Any]:
    pages = shop.changed(stream, None, until=datetime.now(UTC) + timedelta(minutes=1))
    return [record for page in pages for record in page.records]


def test_orders_say_where_they_stand(open_shop: Callable[..., Tryton], tryton: TrytonServer) -> None:
    found = {order.remote_id: order for order in everything(open_shop(), "orders")}
    stands = {
        key: (order.state, order.payment_status, order.fulfillment_status, order.return_status)
        for key, seeded in tryton.seed["orders"].items()
        if (order := found[str(seeded["id"])])
    }
    assert stands == {
        "draft": ("draft", "pending", "unfulfilled", "no_return"),
        "quotation": ("draft", "pending", "unfulfilled", "no_return"),
        "cancelled": ("cancelled", "voided", "unfulfilled", "no_return"),
        "open": ("open", "pending", "unfulfilled", "no_return"),
        "short": ("open", "pending", "unfulfilled", "no_return"),
        "trap": ("open", "pending", "unfulfilled", "no_return"),
        "paid": ("open", "paid", "unfulfilled", "no_return"),
        "part_paid": ("open", "partially_paid", "unfulfilled", "no_return"),
        "prepaid": ("open", "paid", "unfulfilled", "no_return"),
        "shipped": ("closed", "paid", "fulfilled", "no_return"),
        "packed": ("open", "pending", "in_progress", "no_return"),
        "partly_shipped": ("open", "pending", "partially_fulfilled", "no_return"),
        "done": ("closed", "paid", "fulfilled", "no_return"),
        "credited": ("open", "refunded", "unfulfilled", "no_return"),
        "returned": ("open", "pending", "fulfilled", "in_progress"),
        "return": ("open", "pending", "unfulfilled", "in_progress"),
        "drop_ship": ("open", "pending", "unfulfilled", "no_return"),
    }


def test_lines_totals_and_customers_are_those_of_the_seed(
    open_shop: Callable[..., Tryton], tryton: TrytonServer
) -> None:
    found = {order.remote_id: order for order in everything(open_shop(order_prefix="SO"), "orders")}
    for seeded in tryton.seed["orders"].values():
        order = found[str(seeded["id"])]
        customer = tryton.seed["customers"][seeded["customer"]]
        assert order.customer is not None
        assert order.customer.name == customer["name"]
        assert Identity("email", customer["email"]) in order.customer.identities
        assert order.email == customer["email"]
        assert order.number == (f"SO{seeded['number']}" if seeded["number"] else f"({seeded['id']})")
        if "lines" in seeded:
            assert [[line.sku, line.quantity] for line in order.lines] == seeded["lines"]
            assert f"{order.total / 100:.2f} {order.currency}" == f"{seeded['total']} EUR"


def test_stock_is_counted_reserved_and_awaited_by_warehouse(
    open_shop: Callable[..., Tryton], tryton: TrytonServer
) -> None:
    found = {f"{each.sku}@{each.location}": each for each in everything(open_shop(), "stock")}
    assert found["LAMP-BLUE@DEP"].on_hand == tryton.seed["stock"]["LAMP-BLUE@DEP"]
    assert found["LAMP-BLUE@WH"].on_hand == 13  # fourteen were counted, one has been shipped
    shade = found["SHADE-L@WH"]
    assert (shade.on_hand, shade.committed, shade.incoming) == (1, 6, 20)
    assert shade.expected_at is not None
    assert {each.location for each in everything(open_shop(warehouses=["DEP"]), "stock")} == {"DEP"}


def test_parcels_know_number_carrier_order_and_contents(open_shop: Callable[..., Tryton], tryton: TrytonServer) -> None:
    orders = tryton.seed["orders"]
    parcels = [each for each in everything(open_shop(), "shipments") if each.tracking_number]
    by_order: dict[str, list[str]] = {}
    for parcel in parcels:
        by_order.setdefault(parcel.order.remote_id, []).append(parcel.tracking_number)
    for key in ("shipped", "packed"):
        assert by_order[str(orders[key]["id"])] == orders[key]["tracking"]
    first = next(each for each in parcels if each.tracking_number == orders["shipped"]["tracking"][0])
    assert (first.carrier, first.state, first.lines) == ("dhl", "shipped", (("BULB-E27", 10),))
    (drop,) = everything(open_shop(), "drop_shipments")
    assert (drop.order.remote_id, drop.location) == (str(orders["drop_ship"]["id"]), "Direct Sofa Ltd")


def test_one_order_comes_with_all_that_hangs_off_it(open_shop: Callable[..., Tryton], tryton: TrytonServer) -> None:
    orders, shop = tryton.seed["orders"], open_shop()

    def kinds(key: str) -> set[str]:
        found = shop.fetch([Ref("order", str(orders[key]["id"]))]).records
        return {type(record).__name__.removesuffix("Record") for record in found}

    assert kinds("paid") == {"Order", "Shipment", "Invoice", "Payment", "Note"}
    assert kinds("prepaid") >= {"Order", "Payment", "Shipment"}
    assert kinds("drop_ship") >= {"Order", "Shipment", "PurchaseOrder"}
    credited: list[Any] = [*shop.fetch([Ref("order", str(orders["credited"]["id"]))]).records]
    notes = [each.number for each in credited if getattr(each, "kind", "") == "credit_note"]
    assert notes == [orders["credited"]["credit_note"]]


def test_an_order_tells_what_it_was_made_of(
    open_shop: Callable[..., Tryton], tryton: TrytonServer, tryton_to_change: TrytonServer
) -> None:
    back = tryton.seed["orders"]["return"]
    numbers = {str(each["id"]): each["number"] for each in tryton.seed["orders"].values()}
    orders = everything(open_shop(order_prefix="T-"), "orders")
    [order] = [each for each in orders if each.remote_id == str(back["id"])]
    assert order.came_from == (CameFrom("order", f"T-{numbers[str(back['origin'])]}"),), "as the desk numbers it"

    sale = Shop(tryton_to_change).draft()
    [lead] = tryton_to_change.call("model.sale.opportunity.create", [{"description": "Lamps for a hall"}])
    tryton_to_change.call("model.sale.sale.write", [sale], {"origin": f"sale.opportunity,{lead}"})
    [named] = tryton_to_change.call("model.sale.opportunity.read", [lead], ["number"])
    found = open_shop(url=tryton_to_change.url).fetch([Ref("order", str(sale))]).records
    [made] = [each for each in found if isinstance(each, OrderRecord)]
    assert made.came_from == (CameFrom("lead", named["number"]),)


def test_what_hangs_off_an_order_names_it(open_shop: Callable[..., Tryton], tryton: TrytonServer) -> None:
    shop, orders = open_shop(), tryton.seed["orders"]
    invoices = {each.number: each for each in everything(shop, "invoices") if each.kind != "supplier_bill"}
    paid, part = invoices[orders["paid"]["invoice"]], invoices[orders["part_paid"]["invoice"]]
    assert (paid.order.remote_id, paid.status, paid.paid) == (str(orders["paid"]["id"]), "paid", paid.total)
    assert (part.status, part.paid, part.total) == ("partially_paid", 1000, 3950)
    (payment,) = everything(shop, "payments")
    assert (payment.order.remote_id, payment.state) == (str(orders["prepaid"]["id"]), "settled")
    (note,) = everything(shop, "notes")
    assert (note.order.remote_id, note.text) == (str(orders["paid"]["id"]), orders["paid"]["note"])
    bills = [each for each in everything(shop, "invoices") if (each.kind, each.status) == ("supplier_bill", "open")]
    assert [(each.number, each.purchase_order) for each in bills] == [
        (tryton.seed["drop_ship"]["bill"], tryton.seed["drop_ship"]["purchase"])
    ]


def test_a_company_the_user_has_is_entered_and_another_refused(open_shop: Callable[..., Tryton]) -> None:
    assert open_shop(company="Bright Shop").check().ok
    with pytest.raises(NotFound, match="Dim Shop"):
        open_shop(company="Dim Shop").check()


def test_what_a_user_may_not_read_is_named_and_leaves_its_stream_empty(
    open_shop: Callable[..., Tryton], tryton: TrytonServer
) -> None:
    shop = open_shop(user="clerk", password=tryton.seed["users"]["clerk"])
    health = shop.check()
    assert health.ok
    assert everything(shop, "orders")
    for words in health.missing:
        stream = words.rpartition("(")[2].rstrip(")")
        assert everything(shop, stream) == []
