"""One customer with three faces in two shops and at a market; and a father and a son, who are two.

What is proposed joins nobody. What a person decides is over the whole person, and taken back to the letter.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from actions.acting import World, as_agent, order
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.records import Address, CustomerRecord, Identity, OrderRef, PaymentRecord
from oms_tui.actions.reply_people import envelope, mail_to_answer
from oms_tui.actions.run import settle
from oms_tui.actions.threads import move
from oms_tui.commands import documents
from oms_tui.domain.policy import TierPolicy
from oms_tui.store.writes.undo import undo

if TYPE_CHECKING:
    from connectors.records import OrderRecord
    from oms_tui.store.session import Session

LUND = Address(name="Maria Lund", street="Trädgårdsgatan 7", postcode="221 00", city="Lund", country="SE")
HAMBURG = {"street": "Fliederweg 18", "postcode": "22301", "city": "Hamburg", "country": "DE"}
RELAY = "q8x2lp0@marketplace.amazon.example"
FACES = ("2041", "7041", "9041")
OTHERS = ("2042", "2043")


def maria(number: str, email: str, *, phone: str = "", name: str = "Maria Lund", **more: Any) -> OrderRecord:
    identities = [Identity("email", email)] + ([Identity("phone", phone)] if phone else [])
    who = CustomerRecord(f"c-{email}", name=name, identities=tuple(identities))
    given = {"customer": who, "phone": phone, "ship_to": replace(LUND, name=name), "total": 2_000_00}
    return order(number, email=email, **(given | more))


def sommer(number: str, first: str) -> OrderRecord:
    email = f"{first.lower()}@sommer.example"
    who = CustomerRecord(f"c-{email}", name=f"{first} Sommer", identities=(Identity("email", email),))
    return order(number, email=email, customer=who, ship_to=Address(name=f"{first} Sommer", **HAMBURG))


@pytest.fixture
def session(session: Session) -> Session:
    tiers = (TierPolicy("key", when="customer.spend:>5000"), TierPolicy("standard"))
    return replace(session, policy=replace(session.policy, tiers=tiers))


@pytest.fixture
def town(world: World) -> World:
    """Maria at shop A by one address, at shop B by another and a phone, at a market behind a relay; and the Sommers."""
    world.feed("shop", maria("2041", "maria@home.example", phone="+46 70 174 0611"))
    world.feed("shop-b", maria("7041", "m.lund@work.example", phone="070-1740611", name="Lund, Maria"))
    world.feed("market", maria("9041", RELAY, ship_to=replace(LUND, street="TRADGARDSGATAN 7", postcode="22100")))
    world.feed("shop", sommer("2042", "Hans"), sommer("2043", "Henrik"))
    world.letter("one@x", "maria@home.example", subject="About order #2041")
    world.clock.pass_(minutes=5)
    world.letter("two@x", "m.lund@work.example", subject="About order #7041")
    return world


def related(world: World, number: str) -> dict[str, str]:
    return {each.number: each.state for each in world.view(number).related}


def shown(world: World, number: str) -> str:
    """The whole order as JSON, byte for byte, without the log of what people did."""
    document = documents.order(world.view(number))
    return json.dumps({name: value for name, value in document.items() if name != "timeline"}, ensure_ascii=False)


def everything(world: World) -> dict[str, str]:
    return {number: shown(world, number) for number in (*FACES, *OTHERS)}


def recipients(world: World, number: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Whom a reply on this order would go to: To and Cc."""
    view = world.view(number)
    answered = mail_to_answer(view)
    session = world.session
    found = envelope(view, answered[1] if answered else None, session.accounts, session.policy.own_addresses)
    return found.to, found.cc


def test_three_orders_are_shown_as_maybe_with_the_evidence_and_nobody_is_joined(town: World) -> None:
    found = {each.number: each for each in town.view("2041").related}
    assert {number: (each.state, each.strength) for number, each in found.items()} == {
        "7041": ("proposed", "strong"),
        "9041": ("proposed", "likely"),
    }
    assert found["7041"].evidence == (
        "same phone +46701740611",
        "same address Trädgårdsgatan 7, 221 00 Lund",
        "same name Maria Lund",
    )
    assert found["9041"].evidence == ("same address Trädgårdsgatan 7, 221 00 Lund", "same name Maria Lund")
    assert {number: town.view(number).customer.orders for number in FACES} == dict.fromkeys(FACES, 1)
    assert {number: town.item(number).tier for number in FACES} == dict.fromkeys(FACES, "standard")


def test_a_father_and_his_son_are_a_bare_maybe_and_rejected_for_good(town: World) -> None:
    [maybe] = town.view("2042").related
    assert (maybe.number, maybe.state, maybe.strength) == ("2043", "proposed", "weak")
    [done] = town.do("reject_identity", "2042", agent="lea", identity="2043")
    assert done.why == "2043 is not this customer"
    assert related(town, "2042") == {"2043": "rejected"}
    assert related(town, "2043") == {"2042": "rejected"}, "from the other side as well"
    assert town.do("confirm_identity", "2043", identity="2042")[0].result == "refused"

    # the cache is thrown away and fetched again; the son orders once more
    store = town.session.store
    store.put_cache_aside("test")
    store.cache = store._open_cache()
    settle(town.session)
    town.feed("shop", sommer("2042", "Hans"), sommer("2043", "Henrik"), sommer("2044", "Henrik"))
    assert related(town, "2042") == {"2043": "rejected", "2044": "rejected"}
    assert town.view("2042").customer.orders == 1


def test_who_was_rejected_is_not_joined_by_way_of_a_third(town: World) -> None:
    town.do("reject_identity", "2041", identity="9041")
    town.do("confirm_identity", "2041", identity="7041")
    [refused] = town.do("confirm_identity", "7041", identity="9041")
    assert refused.why == "9041: it was rejected: undo that first"
    assert related(town, "7041") == {"2041": "confirmed", "9041": "rejected"}
    assert town.view("9041").customer.orders == 1


def test_spend_tier_and_orders_follow_and_one_link_is_undone_much_later_to_the_letter(town: World) -> None:
    before = everything(town)
    town.do("confirm_identity", "2041", agent="lea", identity="7041")
    with_two = everything(town)
    town.do("confirm_identity", "2041", agent="lea", identity="9041")
    for number in FACES:
        customer = town.view(number).customer
        assert (customer.orders, customer.spend, customer.tier) == (3, 6_000_00, "key")
        assert customer.tier_reason == "spent €6,000.00"
        assert set(related(town, number).values()) == {"confirmed"}
    assert [each.decided_by for each in town.view("2041").related] == ["lea", "lea"]

    for _ in range(3):  # she does other things meanwhile
        town.do("note", "2042", agent="lea", text="hello")
    [done] = town.do("undo_identity", "2041", agent="lea", identity="9041")
    assert done.why == "whether 9041 is this customer is open again"
    assert everything(town) == with_two
    town.do("undo_identity", "7041", agent="lea", identity="2041")
    assert {number: before[number] for number in FACES} == {number: shown(town, number) for number in FACES}


@pytest.mark.parametrize("parted", ["7041", "9041"])
def test_of_several_links_the_one_that_is_named_is_undone(town: World, parted: str) -> None:
    [kept] = {"7041", "9041"} - {parted}
    for other in ("7041", "9041"):
        town.do("confirm_identity", "2041", agent="lea", identity=other)
    town.do("undo_identity", "2041", agent="lea", identity=parted)
    assert related(town, "2041") == {kept: "confirmed", parted: "proposed"}
    assert [town.view(number).customer.orders for number in ("2041", kept, parted)] == [2, 2, 1]


def test_undo_takes_a_rejection_back_as_well(town: World) -> None:
    before = everything(town)
    town.do("reject_identity", "2042", identity="2043")
    undo(town.session)
    settle(town.session)
    assert everything(town) == before


def test_nothing_goes_to_a_wrong_address_in_between(town: World) -> None:
    before = {number: recipients(town, number) for number in FACES}
    assert before == {
        "2041": (("maria@home.example",), ()),
        "7041": (("m.lund@work.example",), ()),
        "9041": ((RELAY,), ()),
    }
    town.do("confirm_identity", "2041", identity="7041")
    town.do("confirm_identity", "2041", identity="9041")
    assert {number: recipients(town, number) for number in FACES} == before
    # a mail in which her other address is in copy: whoever was there stays, nobody comes in
    town.clock.pass_(minutes=5)
    town.letter("three@x", "maria@home.example", subject="Again about order #2041", cc=["m.lund@work.example", RELAY])
    to, cc = recipients(town, "2041")
    assert to == ("maria@home.example",)
    assert RELAY not in cc, "a relay serves the order it came with alone"
    town.do("undo_identity", "2041", identity="7041")
    assert recipients(town, "7041") == before["7041"]


def test_merged_conversations_widen_no_reply(town: World) -> None:
    """Two threads put together are read together; an answer still goes to who wrote the mail it answers."""
    before = recipients(town, "2041")
    mails = [each.messages[0].id for number in ("2041", "7041") for each in town.view(number).conversations]
    move(town.session, mails[1], mails[0])
    view = town.view("2041")
    assert [len(each.messages) for each in view.conversations] == [2]
    session, own = town.session, town.session.policy.own_addresses
    for number, mail in ((mails[0], "maria@home.example"), (mails[1], "m.lund@work.example")):
        answered = mail_to_answer(view, number)
        assert answered is not None
        found = envelope(view, answered[1], session.accounts, own)
        assert (found.to, found.cc) == ((mail,), ())
    undo(session)
    settle(session)
    assert recipients(town, "2041") == before


def test_one_mail_about_two_orders_and_a_payers_address_are_evidence(world: World) -> None:
    eva = CustomerRecord("c-eva", name="Eva Lund", identities=(Identity("email", "eva@x.example"),))
    away = Address(name="Eva Lund", street="Elsewhere 1")
    world.orders(order("1042"), order("1043", email="eva@x.example", customer=eva, ship_to=away))
    mail = world.letter("both@x", "eva@x.example", subject="1043 and 1042")
    world.do("link", "1042", mail=mail)
    assert [each.evidence for each in world.view("1042").related] == [("one mail is about both: “1043 and 1042”",)]
    world.feed("books", PaymentRecord("p1", OrderRef(number="1042"), "settled", 100, "EUR", email="eva@x.example"))
    evidence = world.view("1042").related[0].evidence
    assert "this one was paid with the mail address eva@x.example" in evidence


def test_an_address_rejected_of_one_is_not_proposed_of_who_is_one_with_them(town: World) -> None:
    mail = town.letter("who@x", "someone@else.example", subject="Hello")
    town.do("link", "2041", mail=mail)
    town.do("reject_identity", "2041", identity="someone@else.example")
    town.do("confirm_identity", "2041", identity="7041")
    [done] = town.do("link", "7041", mail=mail)
    assert "proposed" not in done.why
    states = {each.value: each.state for each in town.view("7041").customer.identities}
    assert states["someone@else.example"] == "rejected"


def test_a_house_of_strangers_is_no_evidence(world: World) -> None:
    stranger = CustomerRecord("c-9", name="Olga Petrova", identities=(Identity("email", "olga@x.example"),))
    world.orders(order("1042"), order("1043", email="olga@x.example", customer=stranger))
    assert world.view("1042").related == ()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("confirm_identity", "reject_identity", "undo_identity")),
        st.sampled_from(FACES),
        st.sampled_from(FACES),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_was_decided_undo_brings_every_order_back(town: World, steps: list[tuple[str, str, str]]) -> None:
    session = as_agent(town.session, "lea")
    before = {number: shown(town, number) for number in FACES}
    count = 0
    for action, number, other in steps:
        if number != other:
            [done] = town.do(action, number, agent="lea", identity=other)
            count += done.result == "done"
    while count:
        undone = undo(session, 1)
        assert undone
        count -= 1
    settle(session)
    assert {number: shown(town, number) for number in FACES} == before
