"""Another delivery address on a real Tryton: on drafts, quotations and what still waits, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tryton_changes import Shop

from connectors.base import Account, Action
from connectors.errors import Rejected
from connectors.orders.tryton import Tryton
from connectors.records import OrderRecord, Ref

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from servers.tryton import TrytonServer

pytestmark = pytest.mark.tryton

THERE = {"street": "Ahornweg 9", "postcode": "04109", "city": "Leipzig"}


@pytest.fixture
def shop(tryton_to_change: TrytonServer) -> Shop:
    return Shop(tryton_to_change)


@pytest.fixture
def erp(tryton_to_change: TrytonServer, tmp_path: Path) -> Iterator[Tryton]:
    server = tryton_to_change
    settings = {"url": server.url, "database": server.database, "user": server.user, "password": server.password}
    opened = Tryton(Account("erp", settings, tmp_path))
    yield opened
    opened.close()


def change(erp: Tryton, sale: int, key: str, **fields: str) -> str:
    action = Action("edit_address", Ref("order", str(sale)), fields or THERE)
    return erp.perform(action, key=key, expect="").detail


def where(erp: Tryton, sale: int) -> tuple[str, str]:
    [order] = [each for each in erp.fetch([Ref("order", str(sale))]).records if isinstance(each, OrderRecord)]
    return order.ship_to.street, order.ship_to.postcode


def shipment(tryton: TrytonServer, sale: int) -> dict[str, Any]:
    (row,) = tryton.call("model.sale.sale.read", [sale], ["shipments", "invoice_address"])
    (found,) = tryton.call("model.stock.shipment.out.read", row["shipments"], ["state", "delivery_address"])
    return {**found, "invoice_address": row["invoice_address"]}


def test_a_quotation_is_quoted_again_at_its_new_address(
    shop: Shop, erp: Tryton, tryton_to_change: TrytonServer
) -> None:
    sale = shop.draft()
    tryton_to_change.call("model.sale.sale.quote", [sale])
    assert change(erp, sale, "k-quote").startswith("goes to Ahornweg 9, 04109 Leipzig")
    assert shop.state(sale) == "quotation"
    assert where(erp, sale) == ("Ahornweg 9", "04109")


def test_what_waits_to_be_shipped_goes_there_and_waits_again(
    shop: Shop, erp: Tryton, tryton_to_change: TrytonServer
) -> None:
    sale = shop.confirmed()
    before = shipment(tryton_to_change, sale)
    assert before["state"] == "waiting"
    change(erp, sale, "k-waits")
    after = shipment(tryton_to_change, sale)
    assert after["state"] == "waiting"
    assert shop.address(after["delivery_address"])["street"] == "Ahornweg 9"
    assert after["invoice_address"] == before["invoice_address"], "where the bill goes is another matter"
    assert shop.address(before["delivery_address"])["street"] != "Ahornweg 9", "the party's own address stays"
    assert where(erp, sale) == ("Ahornweg 9", "04109"), "an order goes where its shipments go"


def test_a_second_change_to_the_same_house_makes_no_second_address(
    shop: Shop, erp: Tryton, tryton_to_change: TrytonServer
) -> None:
    first, second = shop.draft(), shop.draft()
    house = {"street": "Ulmenweg 3", "postcode": "04109", "city": "Leipzig"}
    change(erp, first, "k-first", **house)
    change(erp, second, "k-second", **house)
    found = tryton_to_change.call(
        "model.party.address.search", [["street_unstructured", "=", "Ulmenweg 3"]], 0, None, None
    )
    assert len(found) == 1


def test_what_the_warehouse_works_on_is_refused_with_what_to_do(
    shop: Shop, erp: Tryton, tryton_to_change: TrytonServer
) -> None:
    sale = shop.confirmed()
    number = shipment(tryton_to_change, sale)["id"]
    tryton_to_change.call("model.stock.shipment.out.assign_force", [number])
    with pytest.raises(Rejected, match="the warehouse has begun") as refused:
        change(erp, sale, "k-busy")
    assert refused.value.hint
    assert erp.confirm("k-busy") is None
    seeded = int(tryton_to_change.seed["orders"]["cancelled"]["id"])
    with pytest.raises(Rejected, match="the sale is cancelled"):
        change(erp, seeded, "k-over")


def test_what_an_address_of_tryton_does_not_have_is_refused(shop: Shop, erp: Tryton) -> None:
    sale = shop.draft()
    with pytest.raises(Rejected, match="have no phone"):
        change(erp, sale, "k-phone", phone="+49 30 1234567")
    with pytest.raises(Rejected, match="knows no country"):
        change(erp, sale, "k-land", country="XX")
