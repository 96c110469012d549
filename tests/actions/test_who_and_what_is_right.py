"""Who is one customer and which system is right: proposed with evidence, decided by a person, taken back exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from actions.acting import order

from connectors.records import CustomerRecord, Identity, InvoiceRecord, OrderRef
from oms_tui.actions import reply
from oms_tui.actions.macro_offers import offered, offered_for
from oms_tui.actions.run import settle
from oms_tui.store.writes.undo import undo

if TYPE_CHECKING:
    from actions.acting import World


@pytest.fixture
def two_faces(world: World) -> World:
    """Jan bought twice, each time as somebody else; the address is the same."""
    other = CustomerRecord("c2", name="J. Kowal", identities=(Identity("email", "jan@home.example"),))
    world.orders(order("1042"), order("1043", email="jan@home.example", customer=other))
    return world


def related(world: World) -> list[tuple[str, str]]:
    return [(each.number, each.state) for each in world.view("1042").related]


def test_two_customers_that_share_an_address_are_proposed_and_confirmed_by_a_person(two_faces: World) -> None:
    assert related(two_faces) == [("1043", "proposed")]
    [done] = two_faces.do("confirm_identity", "1042")
    assert done.why == "1043 is this customer"
    assert related(two_faces) == [("1043", "confirmed")]
    assert two_faces.view("1042").customer.orders == 2
    assert two_faces.view("1043").customer.spend == 2 * 8900
    undo(two_faces.session)
    settle(two_faces.session)
    assert related(two_faces) == [("1043", "proposed")]
    assert two_faces.view("1042").customer.orders == 1


def test_who_was_confirmed_is_one_person_after_the_cache_was_thrown_away(two_faces: World) -> None:
    two_faces.do("confirm_identity", "1042")
    store = two_faces.session.store
    store.put_cache_aside("test")
    store.cache = store._open_cache()
    settle(two_faces.session)
    two_faces.orders(order("1042"))
    assert two_faces.view("1042").customer.orders == 1
    other = CustomerRecord("c2", name="J. Kowal", identities=(Identity("email", "jan@home.example"),))
    two_faces.orders(order("1043", email="jan@home.example", customer=other))
    assert two_faces.view("1042").customer.orders == 2


def test_three_that_are_one_come_apart_again_one_by_one(two_faces: World) -> None:
    third = CustomerRecord("c3", name="Jan K", identities=(Identity("email", "third@home.example"),))
    two_faces.orders(order("1044", email="third@home.example", customer=third))
    two_faces.do("confirm_identity", "1042", identity="1043")
    two_faces.do("confirm_identity", "1044", identity="1043")
    assert [two_faces.view(number).customer.orders for number in ("1042", "1043", "1044")] == [3, 3, 3]
    undo(two_faces.session)
    settle(two_faces.session)
    assert [two_faces.view(number).customer.orders for number in ("1042", "1043", "1044")] == [2, 2, 1]


def test_once_rejected_it_is_never_proposed_again(two_faces: World) -> None:
    two_faces.do("reject_identity", "1042", identity="#1043")
    assert related(two_faces) == [("1043", "rejected")]
    [refused] = two_faces.do("confirm_identity", "1042", identity="1043")
    assert refused.why == "1043: it was rejected: undo that first"
    assert two_faces.view("1042").customer.orders == 1


def test_the_pair_is_one_whichever_side_it_is_decided_from(two_faces: World) -> None:
    two_faces.do("reject_identity", "1042", identity="1043")
    [refused] = two_faces.do("reject_identity", "1043", identity="1042")
    assert refused.why == "1042: it is rejected already"


def test_an_address_proposed_by_a_linked_mail_becomes_the_customers(world: World) -> None:
    world.orders(order())
    mail = world.letter("hello@example.net", "j.k@example.net", subject="Hello??")
    world.do("link", "1042", mail=mail)
    [done] = world.do("confirm_identity", "1042", identity="j.k@example.net")
    assert done.why == "email:j.k@example.net is this customer"
    states = {each.value: each.state for each in world.view("1042").customer.identities}
    assert states["j.k@example.net"] == "confirmed"
    world.clock.pass_(minutes=1)
    world.letter("again@example.net", "j.k@example.net", subject="About order #1042")
    assert len(world.view("1042").conversations) == 2, "their next mail that names the order is linked by itself"


def test_nothing_proposed_is_said_so(world: World) -> None:
    world.orders(order())
    assert world.do("confirm_identity", "1042")[0].why == "no other name is proposed as this customer"
    world.orders(order("1043", customer=None, email=""))
    assert world.do("reject_identity", "1043")[0].why == "it has no customer record: a guest's names cannot be joined"


def test_of_several_it_has_to_be_said_which(two_faces: World) -> None:
    other = CustomerRecord("c3", name="Jan K", identities=(Identity("email", "third@home.example"),))
    two_faces.orders(order("1044", email="third@home.example", customer=other))
    [refused] = two_faces.do("confirm_identity", "1042")
    assert refused.why.startswith("several are proposed: say which: ")
    assert {"1043", "1044"} == set(refused.why.rpartition(": ")[2].split(", "))


@pytest.fixture
def differing(world: World) -> World:
    """The shop says 89.00, the books billed 98.00."""
    world.orders(order())
    bill = InvoiceRecord("in_1", "INV-1", OrderRef(source="shop", remote_id="r1042"), "open", 9800, "EUR")
    world.feed("books", bill)
    return world


def test_one_key_picks_the_value_that_is_right(differing: World) -> None:
    assert [each.field for each in differing.view("1042").conflicts] == ["total"]
    [done] = differing.do("resolve_conflict", "1042", value="shop")
    assert done.why.startswith("total: €89.00 (shop); by hand in books invoice: an issued invoice does not change")
    [conflict] = differing.view("1042").conflicts
    assert conflict.state == "resolved"
    assert differing.do("resolve_conflict", "1042", value="shop")[0].why == "its systems agree"
    undo(differing.session)
    assert differing.view("1042").conflicts[0].state == "open"


def test_or_they_may_differ(differing: World) -> None:
    assert differing.do("resolve_conflict", "1042", value="accept", preview=True)[0].why == "total: may differ"
    differing.do("resolve_conflict", "1042", value="accept")
    assert differing.view("1042").conflicts[0].state == "accepted"


def test_a_value_that_nobody_says_is_refused_with_those_that_are_there(differing: World) -> None:
    [refused] = differing.do("resolve_conflict", "1042", value="90.00")
    assert refused.why == "'90.00' is none of the values: shop: €89.00; books invoice: €98.00; or accept"
    assert differing.do("resolve_conflict", "1042", value="shop", field="email")[0].why.startswith(
        "its systems do not disagree on 'email'"
    )


def test_the_macros_meant_for_an_order_are_offered_first(world: World) -> None:
    world.orders(order("1042"), order("1043", payment_status="pending"))
    assert world.session.macros is not None
    for name, head in {
        "a": "title: Any",
        "b": "title: Paid\nwhen: payment:paid",
        "c": "title: Broken\nwhen: nonsense:1",
    }.items():
        (world.session.macros / f"{name}.md").write_text(f"{head}\n\nText", encoding="utf-8")
    assert [macro.title for macro in offered(world.session, world.id("1042"))] == ["Paid", "Any", "Broken"]
    assert [macro.title for macro in offered(world.session, world.id("1043"))] == ["Any", "Broken", "Paid"]
    begun = reply.start(world.session, world.id("1042"))
    assert [macro.title for macro in offered_for(world.session, begun.id)] == ["Paid", "Any", "Broken"]
    assert [macro.title for macro in offered_for(world.session, "gone", "brk")] == ["Broken"]
