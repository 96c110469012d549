"""The set steps of an order: ticked by hand or by what was done, skipped for a reason, kept as the file changes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain.procedures import (
    Mark,
    ProcedureRule,
    StepRule,
    StepState,
    actions_done,
    next_open,
    settled,
    step_id,
    steps_of,
)

CARD = StepRule("card", "Write the card", "agent")
WRAP = StepRule("wrap", "Wrap it", "warehouse")
TELL = StepRule("tell", "Tell the customer", "agent", "send")
GIFT = ProcedureRule("gift", "tag:gift", (CARD, WRAP, TELL))


def test_a_title_makes_an_id_that_can_be_typed() -> None:
    assert step_id("Write the card!") == "write_the_card"
    assert step_id("  Grüße \u2013 schön ") == "grüsse_schön"


def test_the_first_open_step_comes_next() -> None:
    steps = steps_of(GIFT, {"card": Mark("done", "ana", 10)}, {})

    assert [step.state for step in steps] == [StepState.DONE, StepState.OPEN, StepState.OPEN]
    assert (steps[0].by, steps[0].at, steps[0].by_itself) == ("ana", 10, False)
    assert next_open(steps) == steps[1]
    assert settled(steps) == 1


def test_a_step_whose_action_was_done_ticks_itself() -> None:
    steps = steps_of(GIFT, {}, actions_done([("mail_queued", "send", "ben", 20)]))

    assert steps[2].state == StepState.DONE
    assert (steps[2].by, steps[2].at, steps[2].by_itself) == ("ben", 20, True)
    assert next_open(steps) == steps[0], "what came first is still to be done"


def test_what_was_undone_ticks_nothing() -> None:
    log = [("noted", "note", "ana", 1), ("noted", "note", "ben", 2), ("undone", "note", "ana", 3)]

    assert actions_done(log)["note"].by == "ben"
    assert actions_done([*log, ("undone", "note", "ben", 4)]) == {}


def test_one_action_that_writes_several_lines_is_done_once() -> None:
    log = [("closed", "close", "ana", 1), ("task_done", "close", "ana", 1), ("undone", "close", "ana", 2)]

    assert actions_done(log) == {}


def test_a_step_opened_again_stays_open_until_its_action_is_done_anew() -> None:
    opened = {"tell": Mark("open", "ana", 30)}

    assert steps_of(GIFT, opened, actions_done([("x", "send", "ben", 20)]))[2].state == StepState.OPEN
    assert steps_of(GIFT, opened, actions_done([("x", "send", "ben", 40)]))[2].state == StepState.DONE


def test_a_skipped_step_keeps_who_and_why() -> None:
    steps = steps_of(GIFT, {"wrap": Mark("skipped", "ana", 5, "no paper left")}, {})

    assert (steps[1].state, steps[1].by, steps[1].reason) == (StepState.SKIPPED, "ana", "no paper left")
    assert settled(steps) == 1


def test_ticks_survive_a_file_whose_steps_were_moved_reworded_and_dropped() -> None:
    marks = {"card": Mark("done", "ana", 1), "gone": Mark("done", "ana", 2)}
    edited = ProcedureRule("gift", "", (WRAP, StepRule("card", "Write a nice card")))

    steps = steps_of(edited, marks, {})

    assert [(step.rule.title, step.state) for step in steps] == [
        ("Wrap it", StepState.OPEN),
        ("Write a nice card", StepState.DONE),
    ]


MARKS = st.dictionaries(
    st.sampled_from(["card", "wrap", "tell", "else"]),
    st.builds(Mark, st.sampled_from([*StepState, "odd"]), st.just("ana"), st.integers(0, 9)),
)
LOGS = st.lists(
    st.tuples(
        st.sampled_from(["sent", "undone"]), st.sampled_from(["send", "note", ""]), st.just("ana"), st.integers(0, 9)
    )
)


@given(MARKS, LOGS)
def test_whatever_was_said_every_step_stands_somehow_and_a_tick_more_never_opens_another(
    marks: dict[str, Mark], log: list[tuple[str, str, str, int]]
) -> None:
    steps = steps_of(GIFT, marks, actions_done(log))
    more = steps_of(GIFT, marks | {"wrap": Mark("done", "ana", 10)}, actions_done(log))

    assert [step.rule for step in steps] == list(GIFT.steps)
    assert (next_open(steps) is None) == (settled(steps) == len(steps))
    assert settled(more) >= settled(steps)
