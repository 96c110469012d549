"""Systems disagree: one value is picked, whoever has it wrong is told or put right by hand; and it all comes back."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from actions.acting import order

from connectors.records import Address, InvoiceRecord, LineRecord, OrderRef, PurchaseOrderRecord, ShipmentRecord
from oms_tui.actions.labels import label_refusal
from oms_tui.actions.run import run, settle
from oms_tui.store.conflict_decisions import keep
from oms_tui.store.reads.order import read_order
from oms_tui.store.reads.outbox import outbox
from oms_tui.store.writes.source_actions import declare
from oms_tui.store.writes.undo import undo

if TYPE_CHECKING:
    from actions.acting import World

    from connectors.records import OrderRecord

HERE = Address(name="Jan Kowal", street="Lindenweg 4", city="Leipzig", postcode="04103", country="DE")
THERE = replace(HERE, street="Lindenweg 14")
FIXED = "an issued invoice does not change: credit it and write another"
REF = OrderRef(source="shop", remote_id="r1042")


def erp(**more: Any) -> OrderRecord:
    return order(**({"remote_id": "SO1042", "ship_to": THERE, "version": "e7"} | more))


@pytest.fixture
def two(world: World) -> World:
    """A shop and an ERP that send one order to two houses; the ERP's address can be changed from here."""
    world.orders(order())
    world.feed("erp", erp())
    declare(world.session.store.cache, "shop", ("note",))
    declare(world.session.store.cache, "erp", ("edit_address",))
    world.session.store.cache.execute("UPDATE sync_state SET last_success_at = ?", (world.clock.now,))
    world.session.store.cache.execute("INSERT OR IGNORE INTO dirty(order_id) SELECT id FROM orders")
    world.derive()
    return world


def open_fields(world: World, source: str = "shop") -> dict[str, str]:
    found = world.session.store.cache.execute("SELECT id FROM orders WHERE source=?", (source,)).fetchone()
    from oms_tui.store.reads.conflicts import conflicts

    return {each.field: each.state for each in conflicts(world.session.store, found[0])}


def flagged(world: World) -> dict[str, int]:
    rows = world.session.store.cache.execute("SELECT source, conflicts FROM queue_row ORDER BY source")
    return dict(rows.fetchall())


def tasks(world: World) -> list[str]:
    rows = world.session.store.desk.execute("SELECT title FROM tasks WHERE state='open' ORDER BY created_at")
    return [title for (title,) in rows]


def test_a_value_is_picked_and_the_other_system_is_asked_to_change_it(two: World) -> None:
    assert flagged(two) == {"erp": 1, "shop": 1}
    [done] = two.do("resolve_conflict", "1042", value="shop", preview=True)
    assert done.why == "ship to: Lindenweg 4, 04103 Leipzig, DE (shop); erp is asked to change it"

    [done] = two.do("resolve_conflict", "1042", value="shop")
    assert (done.result, done.why) == (
        "queued",
        "ship to: Lindenweg 4, 04103 Leipzig, DE (shop); erp is asked to change it",
    )
    [item] = outbox(two.session.store)
    row = two.row(item.id)
    assert (row["account"], row["source"], row["remote_id"], row["state"]) == ("erp", "erp", "SO1042", "held")
    assert json.loads(row["payload"]) == {
        "action": "edit_address",
        "fields": {"street": "Lindenweg 4", "postcode": "04103", "city": "Leipzig", "country": "DE"},
        "expect": "e7",
    }
    assert flagged(two) == {"erp": 0, "shop": 0}, "it is one decision, from whichever side one looks"
    assert tasks(two) == []


def test_that_they_began_to_disagree_is_on_the_timeline_once(two: World) -> None:
    def noted() -> list[str]:
        [shop] = two.session.store.cache.execute("SELECT id FROM orders WHERE source='shop'").fetchone()
        view = read_order(two.session.store, two.session.policy, shop, now=two.clock.now)
        assert view is not None
        return [each.summary for each in view.timeline if each.kind == "conflict_found"]

    words = "ship to differs: Lindenweg 4, 04103 Leipzig, DE (shop) or Lindenweg 14, 04103 Leipzig, DE (erp)"
    assert noted() == [words]
    two.do("resolve_conflict", "1042", value="shop")
    two.clock.pass_(minutes=1)
    undo(two.session)
    settle(two.session)
    assert noted() == [words], "taken back, it is no new disagreement"


def test_undo_recalls_what_has_not_left_and_opens_it_again(two: World) -> None:
    two.do("resolve_conflict", "1042", value="shop")
    undo(two.session)
    settle(two.session)
    assert outbox(two.session.store) == ()
    assert flagged(two) == {"erp": 1, "shop": 1}
    assert open_fields(two) == open_fields(two, "erp") == {"ship_to": "open"}


def test_what_has_left_is_not_undone_behind_its_back(two: World) -> None:
    two.do("resolve_conflict", "1042", value="shop")
    [item] = outbox(two.session.store)
    from oms_tui.store import desk_rows

    desk_rows.update(two.session.store.desk, "outbox", (item.id,), state="sent")
    from oms_tui.domain.refused import Refused

    with pytest.raises(Refused, match="what was to leave has been changed since"):
        undo(two.session)
    assert open_fields(two) == {"ship_to": "resolved"}


def test_a_source_that_cannot_be_written_to_is_named_and_a_task_says_what_to_change(two: World) -> None:
    [done] = two.do("resolve_conflict", "1042", value="erp")
    assert done.result == "done"
    assert done.why == (
        "ship to: Lindenweg 14, 04103 Leipzig, DE (erp); by hand in shop: shop cannot change the address from here: "
        "do it in shop itself, it shows here after the next sync"
    )
    assert tasks(two) == ["set the address in shop to Lindenweg 14, 04103 Leipzig, DE"]
    assert outbox(two.session.store) == ()
    undo(two.session)
    settle(two.session)
    assert tasks(two) == []


def test_when_the_source_was_changed_it_is_gone_and_a_third_value_opens_it_again(two: World) -> None:
    two.do("resolve_conflict", "1042", value="shop")
    two.feed("erp", erp(ship_to=HERE, version="e8"))
    assert open_fields(two) == {}
    two.feed("erp", erp(ship_to=replace(HERE, street="Ahornweg 9"), version="e9"))
    assert open_fields(two) == {"ship_to": "open"}
    assert flagged(two) == {"erp": 1, "shop": 1}


def test_a_label_that_goes_elsewhere_stops_labels_and_release_until_somebody_decides(world: World) -> None:
    world.orders(order(), order("1043", email="eva@x.example"))
    declare(world.session.store.cache, "shop", ("release", "edit_address"))
    label = ShipmentRecord("s1", REF, "dhl", "00340434161094042557", "created", ship_to=THERE)
    world.feed("depot", label)
    [conflict] = world.view("1042").conflicts
    assert (conflict.field, conflict.parts) == ("ship_to", ("street",))
    assert [value.called for value in conflict.values] == ["shop", "depot label"]
    why = "systems disagree on the address: settle that first"
    assert label_refusal(world.session, world.item("1042")) == why
    assert world.do("release", "1042")[0].why == why
    assert label_refusal(world.session, world.item("1043")) == ""

    [done] = world.do("resolve_conflict", "1042", value="shop")
    assert done.why.endswith("by hand in depot label: a printed label does not change: make it anew")
    assert label_refusal(world.session, world.item("1042")) == ""


def test_the_label_may_be_right_and_the_shop_is_told(world: World) -> None:
    world.orders(order())
    declare(world.session.store.cache, "shop", ("edit_address",))
    world.feed("depot", ShipmentRecord("s1", REF, "dhl", "00340434161094042557", "created", ship_to=THERE))
    [done] = world.do("resolve_conflict", "1042", value="depot label")
    assert done.why.endswith("shop is asked to change it")
    [item] = outbox(world.session.store)
    assert json.loads(world.row(item.id)["payload"])["fields"]["street"] == "Lindenweg 14"


def test_three_systems_are_three_sides_of_one_conflict(two: World) -> None:
    far = replace(HERE, street="Ahornweg 9")
    two.feed("depot", ShipmentRecord("s1", REF, "dhl", "00340434161094042557", "created", ship_to=far))
    [conflict] = _conflicts(two)
    assert [value.called for value in conflict.values] == ["shop", "erp", "depot label"]
    shop = two.session.store.cache.execute("SELECT id FROM orders WHERE source='shop'").fetchone()[0]
    [done] = run(two.session, "resolve_conflict", [shop], {"value": "shop"})
    assert "erp is asked to change it" in done.why
    assert "by hand in depot label" in done.why


def _conflicts(world: World) -> list[Any]:
    from oms_tui.store.reads.conflicts import conflicts

    found = world.session.store.cache.execute("SELECT id FROM orders WHERE source='shop'").fetchone()
    return conflicts(world.session.store, found[0])


def test_parcels_vendors_and_taxes_are_compared_as_well(world: World) -> None:
    lines = (LineRecord("1", "LAMP-BLUE", 1, unit_price=8900, tax=1421), LineRecord("2", "SHADE-L", 2))
    world.orders(order(lines=lines))
    world.feed(
        "depot", ShipmentRecord("s1", REF, "dhl", "00340434161094042557", lines=(("LAMP-RED", 1), ("SHADE-L", 2)))
    )
    assert {each.field: each.values[1].value for each in world.view("1042").conflicts} == {"sku": "LAMP-RED"}
    world.feed("depot", ShipmentRecord("s1", REF, "dhl", "00340434161094042557", lines=(("LAMP-BLUE", 1),)))
    world.feed("erp", PurchaseOrderRecord("p1", "PO-7", "Lumen AG", REF, "accepted", True, lines=(("SHADE-L", 3),)))
    [conflict] = world.view("1042").conflicts
    assert (conflict.field, conflict.values[1].called) == ("quantity", "erp order to Lumen AG")
    world.feed("erp", PurchaseOrderRecord("p1", "PO-7", "Lumen AG", REF, "accepted", True, lines=(("SHADE-L", 2),)))
    world.feed("books", InvoiceRecord("i1", "INV-1", REF, "open", 8900, "EUR", tax=1420))
    assert world.view("1042").conflicts == (), "a cent is rounding"
    world.feed("books", InvoiceRecord("i1", "INV-1", REF, "open", 8900, "EUR", tax=700))
    [conflict] = world.view("1042").conflicts
    assert (conflict.field, [value.value for value in conflict.values]) == ("tax", ["€14.21", "€7.00"])
    [done] = world.do("resolve_conflict", "1042", agent="lea", value="shop")
    assert done.why == "tax: €14.21 (shop); by hand in books invoice: " + FIXED


def test_no_tax_is_another_tax_and_an_unknown_one_is_none(two: World) -> None:
    def said(tax: int | None) -> tuple[LineRecord, ...]:
        return (LineRecord("1", "LAMP-BLUE", 1, unit_price=8900, tax=tax),)

    two.orders(order(lines=said(1421)))
    two.feed("erp", erp(ship_to=HERE, version="e8", lines=said(None)))
    two.derive()
    assert _conflicts(two) == [], "erp does not say"
    two.feed("erp", erp(ship_to=HERE, version="e9", lines=said(0)))
    two.derive()
    [conflict] = _conflicts(two)
    assert (conflict.field, [value.value for value in conflict.values]) == ("tax", ["€14.21", "€0.00"])


# ---- a decision is over when the systems agree


def apart_again(two: World) -> None:
    """The ERP comes to say what the shop says, and later its old address once more."""
    two.clock.pass_(minutes=1)
    two.feed("erp", erp(ship_to=HERE, version="e8"))
    two.derive()
    assert flagged(two) == {"erp": 0, "shop": 0}
    two.clock.pass_(minutes=1)
    two.feed("erp", erp(version="e9"))
    two.derive()


def found_conflicts(two: World) -> int:
    row = two.session.store.cache.execute(
        "SELECT count(*) FROM observations v JOIN orders o ON o.id = v.order_id "
        "WHERE v.kind = 'conflict_found' AND o.source = 'shop'"
    ).fetchone()
    return int(row[0])


@pytest.mark.parametrize("value", ["shop", "accept"])
def test_a_decision_is_over_when_the_systems_agree_and_the_old_values_are_a_new_conflict(
    two: World, value: str
) -> None:
    two.do("resolve_conflict", "1042", value=value)
    assert flagged(two) == {"erp": 0, "shop": 0}
    assert found_conflicts(two) == 1

    apart_again(two)

    assert flagged(two) == {"erp": 1, "shop": 1}
    assert open_fields(two) == open_fields(two, "erp") == {"ship_to": "open"}
    assert found_conflicts(two) == 2

    [done] = two.do("resolve_conflict", "1042", value="accept")
    assert done.result == "done"
    assert open_fields(two) == {"ship_to": "accepted"}


def test_a_cache_made_anew_brings_no_decision_back_that_was_over(two: World) -> None:
    two.do("resolve_conflict", "1042", value="accept")
    apart_again(two)
    assert keep(two.session.store) == 2
    assert keep(two.session.store) == 0

    two.session.store.cache.execute("DELETE FROM lapsed_decisions")
    two.session.store.cache.execute("INSERT OR IGNORE INTO dirty(order_id) SELECT id FROM orders")
    two.derive()

    assert flagged(two) == {"erp": 1, "shop": 1}
    assert open_fields(two) == {"ship_to": "open"}


@pytest.mark.parametrize("unread", ["no twin", "half read"])
def test_a_system_that_is_not_read_yet_agrees_to_nothing(two: World, unread: str) -> None:
    """While a cache is made anew the ERP's order may be missing, or be there in part."""
    two.do("resolve_conflict", "1042", value="accept")
    cache = two.session.store.cache
    if unread == "no twin":
        cache.execute("DELETE FROM order_keys WHERE order_id = (SELECT id FROM orders WHERE source = 'erp')")
    else:
        cache.execute("UPDATE sync_state SET last_success_at = NULL WHERE source = 'erp'")
        cache.execute("UPDATE orders SET ship_street = 'Lindenweg 4' WHERE source = 'erp'")
    cache.execute("INSERT OR IGNORE INTO dirty(order_id) SELECT id FROM orders")
    two.derive()
    assert cache.execute("SELECT count(*) FROM lapsed_decisions").fetchone() == (0,)


def test_undo_takes_back_a_decision_that_is_over_and_what_was_decided_before_stays_over(two: World) -> None:
    two.do("resolve_conflict", "1042", value="accept")
    apart_again(two)
    two.clock.pass_(minutes=1)
    two.do("resolve_conflict", "1042", value="accept")
    assert open_fields(two) == {"ship_to": "accepted"}

    undo(two.session)
    settle(two.session)
    assert open_fields(two) == {"ship_to": "open"}, "the first decision is over"

    undo(two.session)
    settle(two.session)
    assert two.session.store.desk.execute("SELECT count(*) FROM conflict_decisions").fetchone() == (0,)
    assert flagged(two) == {"erp": 1, "shop": 1}
