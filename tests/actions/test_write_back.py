"""What a source performs: asked once through the outbox, refused with where to do it where no connector can."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from actions.acting import order

from connectors.catalogue import connector, keys
from connectors.records import OrderRef, PaymentRecord, RefundRecord
from oms_tui.actions.run import settle
from oms_tui.store import desk_rows
from oms_tui.store.reads.outbox import outbox
from oms_tui.store.writes.source_actions import declare, declared
from oms_tui.store.writes.undo import undo

if TYPE_CHECKING:
    from actions.acting import World

    from oms_tui.actions.base import Done

REF = OrderRef(remote_id="r1042")


@pytest.fixture
def shop(world: World) -> World:
    """A shop that cancels, books that refund, an order of 89.00 of which 10.00 went back already."""
    world.orders(order())
    declare(world.session.store.cache, "shop", ("cancel", "note"))
    declare(world.session.store.cache, "books", ("refund",))
    world.feed(
        "books",
        PaymentRecord(
            "pi_1", OrderRef(source="shop", remote_id="r1042"), "settled", 8900, "EUR", captured=8900, method="card"
        ),
        RefundRecord("re_1", OrderRef(source="shop", remote_id="r1042"), "settled", 1000, "EUR", payment="pi_1"),
    )
    return world


def payload(world: World) -> dict[str, Any]:
    [item] = outbox(world.session.store)
    return json.loads(world.row(item.id)["payload"])


def refund(world: World, **fields: object) -> Done:
    return world.do("refund", "1042", **fields)[0]


def test_cancelling_is_asked_of_the_shop_on_the_version_it_was_decided_on(shop: World) -> None:
    [done] = shop.do("cancel", "1042", reason="the customer asked")
    assert (done.result, done.why) == ("queued", "cancel: the customer asked: shop is asked")
    [item] = outbox(shop.session.store)
    row = shop.row(item.id)
    assert (item.kind, item.state, row["account"], row["source"]) == ("order_action", "held", "shop", "shop")
    assert row["key"]
    assert payload(shop) == {"action": "cancel", "fields": {"reason": "the customer asked"}, "expect": "v1"}
    assert shop.do("cancel", "1042", reason="again")[0].why == "it was asked to cancel already: see the outbox"


def test_within_the_undo_window_it_is_taken_back(shop: World) -> None:
    shop.do("cancel", "1042", reason="x")
    undo(shop.session)
    settle(shop.session)
    assert outbox(shop.session.store) == ()
    assert shop.do("cancel", "1042", reason="y")[0].result == "queued"


@pytest.mark.parametrize(
    ("action", "why"),
    [
        ("hold", "shop cannot hold from here: do it in shop itself, it shows here after the next sync"),
        ("release", "shop cannot release from here: do it in shop itself, it shows here after the next sync"),
        (
            "edit_address",
            "shop cannot change the address from here: do it in shop itself, it shows here after the next sync",
        ),
        ("record_receipt", "it is paid"),
    ],
)
def test_what_no_connector_can_do_is_refused_with_where_to_do_it(shop: World, action: str, why: str) -> None:
    fields = {"hold": {"reason": "x"}, "record_receipt": {"reference": "x"}}.get(action, {})
    [done] = shop.do(action, "1042", **fields)
    assert (done.result, done.why) == ("refused", why)
    assert outbox(shop.session.store) == ()


def test_an_unpaid_order_is_not_released_whatever_the_shop_can_do(world: World) -> None:
    world.orders(order(payment_status="pending"))
    declare(world.session.store.cache, "shop", ("release", "record_receipt", "hold", "edit_address"))
    assert world.do("release", "1042")[0].why == "it is unpaid: the money comes first"
    [done] = world.do("record_receipt", "1042", reference="transfer 12")
    assert done.why == "€89.00 received: transfer 12: shop is asked"
    assert payload(world)["fields"] == {"amount": 8900, "currency": "EUR", "reference": "transfer 12"}


def test_a_source_that_can_is_told_exactly_what(world: World) -> None:
    world.orders(order())
    declare(world.session.store.cache, "shop", ("release", "hold", "edit_address"))
    world.do("edit_address", "1042", street="Ahornweg 7", city="Halle")
    assert payload(world)["fields"] == {"street": "Ahornweg 7", "city": "Halle"}
    assert world.do("edit_address", "1042")[0].why.startswith("it was asked to change the address already")
    assert world.do("hold", "1042", reason="address check")[0].result == "queued"
    assert world.do("release", "1042")[0].result == "queued"


def test_a_refund_is_never_more_than_is_left(shop: World) -> None:
    done = refund(shop, amount="80.00", reason="broken")
    assert (done.result, done.why) == (
        "refused",
        "€80.00 cannot be paid back: at most €79.00 is left of this payment",
    )
    assert refund(shop, amount="79,00", reason="broken").result == "queued"
    assert payload(shop) == {
        "action": "refund",
        "fields": {"payment": "pi_1", "amount": 7900, "currency": "EUR", "reason": "broken", "order": "1042"},
        "expect": "refundable:7900",
    }
    [item] = outbox(shop.session.store)
    assert shop.row(item.id)["account"] == "books"
    assert shop.do("refund", "1042", amount="1")[0].why == "all of it is being paid back already"


def test_pressed_twice_it_is_one_refund(shop: World) -> None:
    for _ in range(2):
        assert refund(shop, amount="4.90", reason="shipping").result == "queued"
    assert len(outbox(shop.session.store)) == 1


def test_a_second_part_counts_the_first_that_is_still_on_its_way(shop: World) -> None:
    refund(shop, amount="50", reason="one")
    assert refund(shop, amount="30", reason="two").result == "refused"
    assert refund(shop, amount="29", reason="two").result == "queued"


def test_a_refund_that_failed_is_there_to_be_made_again(shop: World) -> None:
    refund(shop, amount="79", reason="broken")
    [item] = outbox(shop.session.store)
    desk_rows.update(shop.session.store.desk, "outbox", (item.id,), state="failed")
    assert refund(shop, amount="79", reason="broken").result == "queued"


def test_books_that_cannot_refund_say_so(shop: World) -> None:
    declare(shop.session.store.cache, "books", ())
    assert refund(shop).why == "books cannot refund from here: do it in books itself, it shows here after the next sync"


def test_without_money_there_is_nothing_to_pay_back(world: World) -> None:
    world.orders(order())
    assert refund(world).why == "there is nothing to pay back: nothing was taken, or all of it was given back"


def test_a_note_is_left_in_the_shop_too_where_that_is_asked_for(shop: World) -> None:
    for text in ("First", "Second"):
        [done] = shop.do("note", "1042", text=text, share="yes")
        assert done.why == "note kept; shop gets it too"
    assert len(outbox(shop.session.store)) == 2
    undo(shop.session)
    assert [json.loads(shop.row(item.id)["payload"])["fields"] for item in outbox(shop.session.store)] == [
        {"text": "First"}
    ]
    declare(shop.session.store.cache, "shop", ())
    assert shop.do("note", "1042", text="x", share="yes")[0].why.startswith("shop cannot take a note from here")


def test_what_connectors_declare_are_actions_there_are() -> None:
    from oms_tui.actions.catalogue import all_actions

    known = {each.id for each in all_actions()}
    for key in keys():
        manifest = connector(key).manifest
        assert set(manifest.actions) <= known, key
        assert bool(manifest.actions) is ("order_actions" in manifest.capabilities), key


def test_nothing_is_declared_of_a_source_nobody_opened(world: World) -> None:
    cache = world.session.store.cache
    assert declared(cache, "shop") is None
    declare(cache, "shop", ["b", "a"])
    before = cache.total_changes
    declare(cache, "shop", ["a", "b"])
    assert (declared(cache, "shop"), cache.total_changes) == (frozenset({"a", "b"}), before)
