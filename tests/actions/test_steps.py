"""An order of a kind has its set steps: the next is what to do; each is ticked, skipped for a reason, taken back."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from actions.acting import World, order

from oms_tui.domain.procedures import ProcedureRule, StepRule, StepState
from oms_tui.store.reads.queue import queue_page

GIFT = ProcedureRule(
    "Gift",
    "tag:gift",
    (
        StepRule("card", "Write the card", "agent"),
        StepRule("wrap", "Wrap it", "warehouse"),
        StepRule("note", "Leave a note", "", "note"),
    ),
)


@pytest.fixture
def gifts(world: World) -> World:
    world.session = replace(world.session, policy=replace(world.session.policy, procedures=(GIFT,)))
    world.orders(order("1042", tags=("gift",)), order("1043"))
    return world


def states(world: World, number: str = "1042") -> list[str]:
    return [step.state.value for each in world.view(number).procedures for step in each.steps]


def test_only_an_order_of_its_kind_is_in_a_procedure(gifts: World) -> None:
    (found,) = gifts.view("1042").procedures

    assert found.name == "Gift"
    assert [step.rule.title for step in found.steps] == ["Write the card", "Wrap it", "Leave a note"]
    assert gifts.view("1043").procedures == ()


def test_the_next_step_is_what_to_do_next_with_who_does_it(gifts: World) -> None:
    assert gifts.item("1042").next_action == "step_done"
    assert gifts.view("1042").next_why == "Gift: Write the card (agent)"

    gifts.do("step_done", "1042")

    assert gifts.view("1042").next_why == "Gift: Wrap it (warehouse)"
    assert gifts.item("1043").next_action != "step_done"


def test_a_step_with_an_action_names_it_and_ticks_itself_when_that_is_done(gifts: World) -> None:
    gifts.do("step_done", "1042", step="card")
    gifts.do("step_done", "1042", step="Wrap")
    assert gifts.item("1042").next_action == "note"

    gifts.do("note", "1042", text="blue paper")

    assert states(gifts) == ["done", "done", "done"]
    assert gifts.view("1042").procedures[0].steps[2].by_itself
    assert "Gift" not in gifts.view("1042").next_why


def test_a_step_is_skipped_only_for_a_reason_and_the_log_says_so(gifts: World) -> None:
    with pytest.raises(Exception, match="Why"):
        gifts.do("step_skip", "1042", step="wrap")

    gifts.do("step_skip", "1042", step="wrap", reason="no paper left")

    step = gifts.view("1042").procedures[0].steps[1]
    assert (step.state, step.by, step.reason) == (StepState.SKIPPED, "ana", "no paper left")
    kind, actor, summary = gifts.events("1042")[-1]
    assert (kind, actor) == ("step_skipped", "ana")
    assert summary == "Gift: skipped “Wrap it”: no paper left"
    (data,) = gifts.session.store.desk.execute("SELECT data FROM desk_events WHERE kind='step_skipped'").fetchone()
    assert json.loads(data) == {
        "action": "step_skip",
        "procedure": "Gift",
        "step": "wrap",
        "title": "Wrap it",
        "reason": "no paper left",
    }


def test_ticks_and_skips_are_taken_back_by_undo_and_opened_again_by_hand(gifts: World) -> None:
    from oms_tui.actions.run import settle
    from oms_tui.store.writes.undo import undo

    gifts.do("step_done", "1042")
    gifts.do("step_skip", "1042", reason="late")
    assert states(gifts) == ["done", "skipped", "open"]

    undo(gifts.session)
    settle(gifts.session)
    assert states(gifts) == ["done", "open", "open"]

    gifts.do("step_open", "1042", step="card")
    assert states(gifts) == ["open", "open", "open"]
    assert gifts.view("1042").next_why == "Gift: Write the card (agent)"


def test_undoing_the_action_of_a_step_opens_the_step(gifts: World) -> None:
    from oms_tui.actions.run import settle
    from oms_tui.store.writes.undo import undo

    gifts.do("note", "1042", text="blue paper")
    assert states(gifts) == ["open", "open", "done"]

    undo(gifts.session)
    settle(gifts.session)

    assert states(gifts) == ["open", "open", "open"]


def test_ticks_outlive_the_cache_and_edits_of_the_procedure(gifts: World) -> None:
    gifts.do("step_done", "1042", step="wrap")
    reworded = replace(GIFT, steps=(StepRule("wrap", "Wrap it in blue"), StepRule("card", "Write the card")))
    gifts.session = replace(gifts.session, policy=replace(gifts.session.policy, procedures=(reworded,)))

    assert [(step.rule.title, step.state.value) for step in gifts.view("1042").procedures[0].steps] == [
        ("Wrap it in blue", "done"),
        ("Write the card", "open"),
    ]


def test_what_is_more_urgent_goes_first(gifts: World) -> None:
    gifts.letter("q1")

    assert gifts.item("1042").next_action == "draft"
    assert states(gifts) == ["open", "open", "open"]


def test_an_order_that_stops_being_of_its_kind_keeps_what_was_begun_in_sight(gifts: World) -> None:
    gifts.do("step_done", "1042")
    gifts.orders(order("1042", tags=()))

    assert gifts.item("1042").next_action != "step_done"
    assert states(gifts) == ["done", "open", "open"]


def test_a_step_that_is_not_there_is_told_with_those_that_are(gifts: World) -> None:
    (done,) = gifts.do("step_done", "1042", step="polish")
    assert (done.result, done.why) == (
        "refused",
        "there is no such step: polish: Write the card, Wrap it, Leave a note",
    )
    (done,) = gifts.do("step_done", "1043")
    assert done.why == "no procedure is for this order"
    (done,) = gifts.do("step_open", "1042")
    assert done.why == "no step is done or skipped yet"


def test_a_procedure_whose_query_cannot_be_read_is_for_no_order(gifts: World) -> None:
    broken = replace(GIFT, when="tag:(")
    gifts.session = replace(gifts.session, policy=replace(gifts.session.policy, procedures=(broken,)))

    assert gifts.view("1042").procedures == ()


def test_the_queue_reads_as_before_where_no_procedure_is_configured(world: World) -> None:
    world.orders(order("1042", tags=("gift",)))
    page = queue_page(world.session.store, now=world.clock.now, zone=world.session.policy.zone)

    assert [item.next_action for item in page.items] == [world.item("1042").next_action]
    assert world.item("1042").next_action != "step_done"


def test_an_order_with_steps_left_is_closed_only_for_a_reason(gifts: World) -> None:
    (done,) = gifts.do("close", "1042")
    assert (done.result, "Gift is not done: Write the card" in done.why) == ("refused", True)

    for step in ("card", "wrap"):
        gifts.do("step_done", "1042", step=step)
    gifts.do("note", "1042", text="blue paper")
    (done,) = gifts.do("close", "1042")
    assert done.result == "done"
