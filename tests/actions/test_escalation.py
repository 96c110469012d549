"""Nobody answers: the lead is told before the time is broken, once, and the queue says so when time alone passes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from actions.acting import World, as_agent, at, order

from oms_tui.actions.absences import set_away
from oms_tui.actions.base import Refused
from oms_tui.domain.policy import AgentPolicy, TierPolicy
from oms_tui.domain.query import parse
from oms_tui.domain.rules import Rule
from oms_tui.store.derive.run import derive_due
from oms_tui.store.query_words import CATALOGUE
from oms_tui.store.reads.agent_notices import notices_for
from oms_tui.store.reads.queue import queue_page
from oms_tui.store.writes.agent_notices import done, notify, reopen
from oms_tui.store.writes.desk_write import DeskWrite
from oms_tui.store.writes.undo import undo
from oms_tui.sync.rules import Rules

if TYPE_CHECKING:
    from actions.acting import Clock

    from oms_tui.store.session import Session

TELL = Rule("unanswered", "clock:>80%", "escalate", {"to": "lead"})


@pytest.fixture
def world(session: Session, clock: Clock) -> World:
    tiers = (TierPolicy("standard", first_response=timedelta(hours=4), next_response=timedelta(hours=4)),)
    clock.now = at("2026-11-27T16:30")  # a Friday; the desk closes at 17:30
    return World(replace(session, policy=replace(session.policy, tiers=tiers)), clock)


def time_passes(world: World, to: str) -> None:
    """Nothing happens but that the clock goes on."""
    world.clock.now = at(to)
    while derive_due(world.session.store, world.session.policy, now=world.clock.now):
        pass


def finds(world: World, query: str) -> list[str]:
    page = queue_page(
        world.session.store, tree=parse(query, CATALOGUE), now=world.clock.now, zone=world.session.policy.zone
    )
    return [item.number for item in page.items]


def test_the_lead_is_told_at_four_fifths_of_the_clock_over_a_weekend_and_only_once(world: World) -> None:
    world.orders(order("1042"))
    world.letter("m1")
    watch = Rules(world.session, [TELL], ())
    lea = as_agent(world.session, "lea")
    for moment in ("2026-11-27T17:30", "2026-11-29T12:00", "2026-11-30T11:11"):
        time_passes(world, moment)
        assert watch.tick(whole=True) == 0
    time_passes(world, "2026-11-30T11:12")
    assert watch.tick() == 1, "time alone has moved the row, and the feed says so"
    (notice,) = notices_for(lea)
    assert (notice.number, notice.kind, notice.sender) == ("1042", "escalation", "rule:unanswered")
    assert notice.words == "due Mon 30 Nov 12:00, mail 2d"
    time_passes(world, "2026-11-30T15:00")
    assert watch.tick(whole=True) == 0
    assert ("escalated", "rule:unanswered") in [event[:2] for event in world.events("1042")]


def test_the_queue_is_asked_for_clocks_before_and_after_they_break(world: World) -> None:
    world.orders(order("1042"))
    assert finds(world, "sla:ok") == finds(world, "clock:>=0%") == [], "nobody waits"
    world.letter("m1")
    assert finds(world, "sla:ok") == ["1042"]
    time_passes(world, "2026-11-30T11:00")
    assert finds(world, "sla:soon") == finds(world, "clock:50%..90") == finds(world, "clock:>75%") == ["1042"]
    assert finds(world, "sla:breached") == finds(world, "clock:>80%") == []
    time_passes(world, "2026-11-30T13:00")
    assert finds(world, "sla:breached") == finds(world, "clock:100%") == ["1042"]
    assert finds(world, "sla:soon") == []


def test_an_answer_stops_the_clock_and_nobody_is_told(world: World) -> None:
    world.orders(order("1042"))
    world.letter("m1")
    world.clock.pass_(minutes=20)
    world.letter("m2", "support@shop.example", to=["jan@firma.example"], answers=["m1"], folder="Sent")
    time_passes(world, "2026-11-30T11:30")
    assert finds(world, "clock:>=0%") == []
    assert Rules(world.session, [TELL], ()).tick(whole=True) == 0


def test_a_person_escalates_with_a_word_and_takes_it_back(world: World) -> None:
    world.orders(order("1042"))
    (told,) = world.do("escalate", "1042", why="the customer shouts")
    assert told.why == "escalated to every lead: the customer shouts"
    world.do("escalate", "1042", to="ben", why="yours")
    assert [each.words for each in notices_for(as_agent(world.session, "ben"))] == ["yours"]
    undo(world.session, 2)
    assert notices_for(as_agent(world.session, "lea")) == ()
    with pytest.raises(Refused, match="nobody here is called"):
        world.do("escalate", "1042", to="bob")


def test_a_notice_for_a_role_is_seen_to_by_one_of_them_and_can_be_opened_again(world: World) -> None:
    session = world.session
    lea, ben = as_agent(session, "lea"), as_agent(session, "ben")
    with DeskWrite(session, "note") as write:
        first = notify(write, "role:lead", "mention", None, "look \x1b[31mhere")
    assert notices_for(lea)[0].words == "look ␛[31mhere"
    assert done(ben, [first]) == 0, "it is not for them"
    assert done(lea, [first]) == 1
    assert notices_for(lea) == ()
    assert notices_for(lea, done=True)[0].done_by == "lea"
    assert reopen(lea, [first]) == 1
    done(lea, [first])
    undo(lea)
    assert len(notices_for(lea)) == 1


def test_who_stands_in_for_the_lead_is_told_while_they_are_away(world: World) -> None:
    session = world.session
    team = {each: AgentPolicy(each, deputy="ben" if each == "lea" else "") for each in session.agents}
    session = replace(session, policy=replace(session.policy, agents=team))
    world = World(session, world.clock)
    world.orders(order("1042"))
    world.do("escalate", "1042", why="look")
    ben = as_agent(session, "ben")
    assert notices_for(ben) == ()
    set_away(as_agent(session, "lea"), "lea", until="2026-12-01")
    (notice,) = notices_for(ben)
    assert done(ben, [notice.id]) == 1


def test_drafts_are_found_by_who_began_them(world: World) -> None:
    assert world.session.macros is not None
    (world.session.macros / "hello.md").write_text("title: Hello\n\nDear {{ customer.first_name }},\n", "utf-8")
    world.orders(order("1042"), order("1043"))
    Rules(world.session, [Rule("p", "number:1042", "draft", {"macro": "hello"})], ()).tick(whole=True)
    world.do("draft", "1043")
    from oms_tui.actions.run import settle

    settle(world.session)
    assert finds(world, "has:prepared") == ["1042"]
    assert sorted(finds(world, "has:draft")) == ["1042", "1043"]
    assert ("draft prepared: hello", "info") in [tuple(flag) for flag in world.item("1042").flags]


def test_a_note_tells_whom_it_names(world: World) -> None:
    world.orders(order("1042"))
    (told,) = world.do("note", "1042", text="@ben @Lea please look, @ben; mail jan@firma.example, not @ana or @nobody")
    assert told.why == "note kept; told Ben Okoro, Lea Brandt"
    (notice,) = notices_for(as_agent(world.session, "ben"))
    assert (notice.kind, notice.number, notice.sender) == ("mention", "1042", "ana")
    assert notice.words.startswith("@ben @Lea please look")
    assert notices_for(world.session) == ()
    world.do("note", "1042", text="for every @lead")
    assert len(notices_for(as_agent(world.session, "lea"))) == 2
    undo(world.session, 2)
    assert notices_for(as_agent(world.session, "ben")) == ()
