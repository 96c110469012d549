"""Systems that disagree about an order: on its row, for whoever asks, and until a person decides."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from oms_tui.store.reads.conflicts import conflicts

if TYPE_CHECKING:
    from plain_shop import PlainShop


def two_systems(plain: PlainShop) -> tuple[int, int]:
    """One order in a shop and in an ERP, which agree; both sources bring orders."""
    for source in ("shop", "erp"):
        plain.store.cache.execute("INSERT INTO meta(key, value) VALUES (?, '1')", (f"brings_orders:{source}",))
    about = {"email": "jan@firma.example", "ship_name": "Jan Kowal", "ship_street": "Lindenweg 4"}
    shop = plain.order("1042", ship_postcode="10115", **about)
    erp = plain.order("1042", source="erp", remote_id="SO1042", ship_postcode="10115", **about)
    return shop, erp


def test_an_invoice_that_says_otherwise_is_flagged_until_somebody_decides(plain: PlainShop) -> None:
    order = plain.order("1042", email="jan@firma.example")
    invoice = plain.record("invoices", order, kind="invoice", number="INV-1", status="open", total=8900)
    plain.derive()
    row = plain.row(order)
    assert (row["conflicts"], row["next_action"]) == (1, "resolve_conflict")
    assert "total differs" in plain.flags(order)

    (found,) = conflicts(plain.store, order)
    assert (found.field, found.state) == ("total", "open")
    assert [(value.source, value.value) for value in found.values] == [("shop", "€79.00"), ("books", "€89.00")]

    values = json.dumps([list(value) for value in found.values])
    plain.decide("conflict_decisions", order, field="total", state="accepted", values=values)
    plain.derive()
    assert plain.row(order)["conflicts"] == 0
    assert [each.state for each in conflicts(plain.store, order)] == ["accepted"]

    plain.change("invoices", invoice, total=9900)  # that is another disagreement
    plain.derive()
    assert plain.row(order)["conflicts"] == 1
    assert [each.state for each in conflicts(plain.store, order)] == ["open"]

    plain.change("invoices", invoice, total=7900)
    plain.derive()
    assert plain.row(order)["conflicts"] == 0
    assert conflicts(plain.store, order) == []


def test_an_invoice_that_does_not_count_contradicts_nobody(plain: PlainShop) -> None:
    order = plain.order()
    for status in ("void", "draft", "deleted"):
        plain.record("invoices", order, kind="invoice", number=status, status=status, total=1)
    plain.record("invoices", order, kind="credit_note", number="CN", status="paid", total=1)

    plain.derive()

    assert plain.row(order)["conflicts"] == 0


def test_the_same_order_in_two_systems_is_compared_and_both_are_flagged(plain: PlainShop) -> None:
    shop, erp = two_systems(plain)
    plain.derive()
    assert [plain.row(order)["conflicts"] for order in (shop, erp)] == [0, 0]

    plain.change("orders", erp, ship_street="Lindenweg 14")
    plain.derive()
    assert [plain.flags(order)[0] for order in (shop, erp)] == ["ship to differs"] * 2

    plain.change("orders", erp, ship_street="Lindenweg 4")
    plain.derive()
    assert [plain.row(order)["conflicts"] for order in (shop, erp)] == [0, 0]


def test_strangers_with_the_same_number_are_left_alone(plain: PlainShop) -> None:
    shop, _ = two_systems(plain)
    other = plain.order("1042", source="market", ship_name="Eva Lund", email="eva@x.example", total=1)
    plain.derive()

    assert [plain.row(order)["conflicts"] for order in (shop, other)] == [0, 0]


def test_an_order_that_is_over_asks_for_no_decision(plain: PlainShop) -> None:
    order = plain.order(state="closed", fulfillment_status="fulfilled")
    plain.record("invoices", order, kind="invoice", number="INV-1", status="paid", total=8900)

    plain.derive()

    assert (plain.row(order)["conflicts"], plain.row(order)["is_open"]) == (0, 0)
    assert [each.field for each in conflicts(plain.store, order)] == ["total"]


def test_a_known_product_that_nobody_ordered_is_told_and_a_title_is_not(plain: PlainShop) -> None:
    order, other = plain.order(lines=[("LAMP-BLUE", 2)]), plain.order(lines=[("LAMP-BLUE", 2)])
    plain.stock("LAMP-RED", on_hand=5)
    for each, product in ((order, "LAMP-RED"), (other, "A blue lamp")):
        lines = json.dumps([[product, 2, 7900]])
        plain.record("invoices", each, kind="invoice", number=f"INV-{each}", status="open", total=7900, lines=lines)
    plain.derive()

    assert [value.value for value in conflicts(plain.store, order)[0].values] == ["LAMP-BLUE", "LAMP-RED"]
    assert conflicts(plain.store, other) == []
