"""Tiers by rule, who looks after whom, and who does while they are away: what the queue and the order say of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from actions.acting import BERLIN, World, as_agent, order

from connectors.records import CustomerRecord, Identity, InvoiceRecord, OrderRef
from oms_tui.actions.absences import set_away, set_back
from oms_tui.actions.base import Refused
from oms_tui.actions.run import settle
from oms_tui.commands.customer_documents import customer
from oms_tui.commands.tiers_command import wanted_tiers
from oms_tui.domain.policy import AgentPolicy, TierPolicy
from oms_tui.domain.query import parse
from oms_tui.store.derive.rules import take_over
from oms_tui.store.derive.run import derive_due
from oms_tui.store.query_words import CATALOGUE
from oms_tui.store.reads import queue
from oms_tui.store.tier_preview import preview
from oms_tui.store.writes.undo import undo

if TYPE_CHECKING:
    from oms_tui.store.session import Session

DAY = 86_400_000
KEY = TierPolicy("key", when="customer.spend:>5000 OR contract:yes", account_manager="lea")


@pytest.fixture
def session(session: Session) -> Session:
    """Lea looks after key accounts, ben is her deputy, and nobody is ben's."""
    deputies = {"lea": "ben"}
    agents = {
        each.id: AgentPolicy(each.id, each.name, each.role, each.email, deputies.get(each.id, ""))
        for each in session.agents.values()
    }
    tiers = (KEY, TierPolicy("one_off", when="customer.orders:1"), TierPolicy("standard"))
    return replace(session, policy=replace(session.policy, agents=agents, tiers=tiers))


def found(world: World, query: str, agent: str = "ana") -> list[str]:
    page = queue.queue_page(
        world.session.store,
        tree=parse(query, CATALOGUE),
        limit=50,
        now=world.clock.now,
        zone=BERLIN,
        agent=agent,
        include_closed=True,
    )
    return sorted(item.number for item in page.items)


def pass_days(world: World, days: float) -> None:
    """Time alone changes it."""
    world.clock.pass_(days=days, minutes=1)
    while derive_due(world.session.store, world.session.policy, now=world.clock.now):
        pass


def test_a_tier_says_what_made_its_rule_find_somebody(world: World) -> None:
    world.orders(order("1042", total=620_000), order("1043", email="eva@x.example"))
    assert (world.view("1042").customer.tier, world.view("1042").customer.tier_reason) == ("key", "spent €6,200.00")
    assert world.view("1043").customer.tier_reason == "1 order"


def test_a_contract_is_a_tag_the_shop_gave_the_customer(world: World) -> None:
    eva = CustomerRecord(
        "c-eva", name="Eva Lund", tags=("Contract: gold",), identities=(Identity("email", "e@x.example"),)
    )
    world.orders(order("1042", email="e@x.example", customer=eva), order("1043"))
    assert world.view("1042").customer.tier_reason == "has a contract"
    assert found(world, "contract:yes") == ["1042"]
    assert found(world, "customer.tag:contract*") == ["1042"]
    assert found(world, "contract:no") == ["1043"]


def test_a_preview_says_whom_another_rule_would_move_and_changes_nothing(world: World) -> None:
    world.orders(
        order("1042", total=620_000),
        order("1043", email="eva@x.example", total=310_000),
        order("1044", email="tom@x.example", total=5_000),
    )
    tiers = wanted_tiers(world.session.policy.tiers, "key", "customer.spend:>3000")
    told = preview(world.session.store, tiers)
    [moved] = told.moved
    assert (moved.number, moved.before, moved.after, moved.why) == ("1043", "one_off", "key", "spent €3,100.00")
    assert (told.customers, told.now, told.then) == (3, {"one_off": 2, "key": 1}, {"one_off": 1, "key": 2})
    assert world.item("1043").tier == "one_off"


def test_a_changed_config_is_taken_over_by_whoever_looks_after_the_rows(world: World) -> None:
    world.orders(order("1042", total=400_000))
    store, policy = world.session.store, world.session.policy
    take_over(store, policy)
    assert world.item("1042").tier == "one_off"
    assert not take_over(store, policy), "nothing changed"

    changed = replace(policy, tiers=(replace(KEY, when="customer.spend:>3000"), *policy.tiers[1:]))
    world.session = replace(world.session, policy=changed)
    assert take_over(store, changed)
    world.derive()
    assert (world.item("1042").tier, world.item("1042").account_manager) == ("key", "lea")


def test_a_tier_is_the_same_whichever_currency_an_order_is_in(world: World) -> None:
    world.orders(order("1042", total=620_000), order("1043", total=90_000, currency="USD"))
    assert [world.item(each).tier for each in ("1042", "1043")] == ["key", "key"]
    assert world.view("1043").customer.tier_reason == "spent €6,200.00"
    told = customer(world.view("1043"))
    assert told["spend"] == {"amount": 90_000, "currency": "USD"}
    assert told["other_currencies"] == [
        {"spend": {"amount": 620_000, "currency": "EUR"}, "open": {"amount": 0, "currency": "EUR"}}
    ]
    assert found(world, "customer.spend:>5000") == found(world, "customer.spend:>5000EUR") == ["1042", "1043"]
    assert found(world, "customer.spend:>5000USD") == found(world, "customer.spend:<5000") == []
    assert found(world, "customer.spend:<1000usd") == ["1042", "1043"]
    assert found(world, "total:>500USD") == ["1043"]

    take_over(world.session.store, world.session.policy)
    named = replace(world.session.policy, tiers=(replace(KEY, when="customer.spend:>800USD"), TierPolicy("standard")))
    world.session = replace(world.session, policy=named)
    assert take_over(world.session.store, named)
    world.derive()
    assert [world.item(each).tier for each in ("1042", "1043")] == ["key", "key"]
    assert world.view("1042").customer.tier_reason == "spent $900.00"


def test_a_key_accounts_mail_goes_to_their_manager_and_to_the_deputy_meanwhile(world: World) -> None:
    world.orders(order("1042", total=620_000))
    assert (world.item("1042").account_manager, world.item("1042").owner) == ("lea", ""), "nobody waits yet"
    world.letter("one@x.example")
    assert world.item("1042").owner == "lea"
    assert found(world, "manager:me", agent="lea") == found(world, "owner:me", agent="lea") == ["1042"]

    lea = as_agent(world.session, "lea")
    done = set_away(lea, "lea", until="mon")
    assert done.summary == "Lea Brandt is away until Mon 30 Nov 09:00; Ben Okoro stands in"
    settle(lea)
    assert world.item("1042").owner == "ben"
    assert found(world, "owner:me", agent="ben") == ["1042"]
    view = world.view("1042")
    assert view.customer.account_manager == "lea", "the account stays hers"
    assert view.owner_why == "for lea, the account manager, who is away"
    assert [(each.role, each.note) for each in view.parties if each.role == "account_manager"] == [
        ("account_manager", "away; ben stands in")
    ]
    pass_days(world, 4)
    assert world.item("1042").owner == "lea", "time alone ended it"


def test_back_before_the_day_and_undo(world: World) -> None:
    world.orders(order("1042", total=620_000))
    world.letter("one@x.example")
    lea = as_agent(world.session, "lea")
    set_away(lea, "lea", until="mon")
    set_back(lea, "lea")
    settle(lea)
    assert world.item("1042").owner == "lea"
    undo(lea)
    settle(lea)
    assert world.item("1042").owner == "ben", "what was taken back is that she came back"
    with pytest.raises(Refused, match="only a lead"):
        set_away(as_agent(world.session, "ana"), "lea", until="mon")
    with pytest.raises(Refused, match="before they leave"):
        set_away(lea, "lea", until="fri", start="mon")


def test_what_was_given_to_somebody_who_goes_is_their_deputys(world: World) -> None:
    world.orders(order("1042", total=620_000))
    world.do("assign", "1042", owner="lea")
    lea = as_agent(world.session, "lea")
    set_away(lea, "lea", until="mon")
    settle(lea)
    assert (world.view("1042").item.owner, world.view("1042").assigned_to) == ("ben", "lea")
    assert world.view("1042").owner_why == "for lea, who is away"


def test_who_stands_in_may_be_another_this_time(world: World) -> None:
    world.orders(order("1042", total=620_000))
    world.letter("one@x.example")
    lea = as_agent(world.session, "lea")
    done = set_away(lea, "lea", until="mon", deputy="ana")
    assert done.summary.endswith("Ana Ruiz stands in")
    settle(lea)
    assert world.item("1042").owner == "ana"
    set_away(lea, "ana", until="mon", deputy="ben")
    settle(lea)
    assert world.item("1042").owner == "ben", "who is named is stood in for as well"
    for wrong, words in (("lea", "for themselves"), ("zorro", "no agent 'zorro'")):
        with pytest.raises(Refused, match=words):
            set_away(lea, "lea", until="mon", deputy=wrong)


def test_priority_accounts_in_nobodys_hands_are_found(world: World) -> None:
    world.orders(order("1042", total=620_000), order("1043", email="eva@x.example"))
    assert found(world, "is:unheld") == []
    lea = as_agent(world.session, "lea")
    set_away(lea, "lea", until="2026-12-10")
    set_away(lea, "ben", until="2026-12-01")
    settle(lea)
    assert found(world, "is:unheld") == ["1042"], "of the others, that nobody holds them is no news"
    pass_days(world, 5)
    assert found(world, "is:unheld") == [], "ben is back, and stands in for lea"
    world.do("assign", "1042", owner="ana")
    assert found(world, "is:unheld") == []


def test_an_account_manager_is_given_to_a_customer_with_all_their_orders(world: World) -> None:
    world.orders(order("1042"), order("1043"), order("1044", email="eva@x.example"))
    [done] = world.do("assign_manager", "1042", manager="ben")
    assert done.why == "Ben Okoro looks after Jan Kowal"
    assert [world.item(number).account_manager for number in ("1042", "1043", "1044")] == ["ben", "ben", ""]
    assert found(world, "manager:ben") == ["1042", "1043"]
    undo(world.session)
    settle(world.session)
    assert [world.item(number).account_manager for number in ("1042", "1043")] == ["", ""]


def test_what_a_customer_owes_is_over_all_their_orders(world: World) -> None:
    world.orders(order("1042"), order("1043", total=5_000, payment_status="pending"))
    bill = InvoiceRecord("i1", "INV-1", OrderRef(number="1042"), "partially_paid", 8_900, "EUR", paid=1_900)
    world.feed("books", bill)
    view = world.view("1042")
    assert (view.owed, view.customer.owed) == (7_000, 12_000)
    assert found(world, "customer.open:>100") == ["1042", "1043"]
    world.feed("books", replace(bill, status="paid", paid=8_900))
    assert world.view("1043").customer.owed == 5_000
    assert found(world, "customer.open:>100") == []
