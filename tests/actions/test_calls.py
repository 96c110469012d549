"""Calls that are logged: what they settle, what they only move, and what stays missed whatever is agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from actions.acting import at, order
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from oms_tui.domain.milestones import call_state
from oms_tui.store import desk_rows

if TYPE_CHECKING:
    from actions.acting import World


def due(world: World, milestone: str, when: str, number: str = "1042") -> None:
    from oms_tui.store.writes.desk_write import DeskWrite

    item = world.item(number)
    with DeskWrite(world.session, "test", [(item.source, item.remote_id)], undoable=False) as write:
        write.insert(
            "tasks", id=f"{number}{milestone}", source=item.source, remote_id=item.remote_id, kind="milestone_call",
            title="call", state="open", milestone=milestone, due_at=at(when), reached_at=at("2026-11-26T09:00"),
        )  # fmt: skip


def state(world: World, milestone: str, number: str = "1042") -> str:
    task = desk_rows.get(world.session.store.desk, "tasks", f"{number}{milestone}")
    assert task is not None
    fields = ("state", "outcome", "due_at", "done_at", "missed_at")
    return str(call_state(**{name: task[name] for name in fields}, now=world.clock.now))


def test_one_conversation_settles_every_call_that_is_open_on_the_order(world: World) -> None:
    world.orders(order())
    due(world, "shipped", "2026-11-26T13:00")
    due(world, "delayed", "2026-11-26T15:00")
    [done] = world.do("log_call", "1042", outcome="reached")
    assert (state(world, "shipped"), state(world, "delayed")) == ("late", "kept")
    assert done.why == "call about shipped and delayed: reached"
    world.do("log_call", "1042", outcome="reached")
    assert (state(world, "shipped"), state(world, "delayed")) == ("late", "kept"), "what is made is made"


def test_a_call_about_one_milestone_leaves_the_others(world: World) -> None:
    world.orders(order())
    due(world, "shipped", "2026-11-26T15:00")
    due(world, "delayed", "2026-11-26T15:00")
    world.do("log_call", "1042", outcome="reached", milestone="delayed")
    assert (state(world, "shipped"), state(world, "delayed")) == ("due", "kept")


def test_no_answer_in_time_gives_more_time_and_one_after_it_does_not(world: World) -> None:
    world.orders(order("1042"), order("1043"))
    due(world, "shipped", "2026-11-26T14:30", "1042")
    due(world, "shipped", "2026-11-26T13:30", "1043")
    for number in ("1042", "1043"):
        world.do("log_call", number, outcome="no_answer")  # at 14:00; again at 16:00
    assert (state(world, "shipped", "1042"), state(world, "shipped", "1043")) == ("due", "missed")
    world.clock.now = at("2026-11-26T15:30")
    for number in ("1042", "1043"):
        world.do("log_call", number, outcome="reached")
    assert (state(world, "shipped", "1042"), state(world, "shipped", "1043")) == ("kept", "late")


def test_a_callback_moves_the_call_to_the_time_they_asked_for(world: World) -> None:
    world.orders(order())
    due(world, "shipped", "2026-11-26T15:00")
    world.do("log_call", "1042", outcome="callback", when="tomorrow 11:00")
    [task] = world.view("1042").tasks
    assert (task.kind, task.due_at) == ("milestone_call", at("2026-11-27T11:00")), "no second task beside it"
    world.clock.now = at("2026-11-27T10:55")
    world.do("log_call", "1042", outcome="reached")
    assert state(world, "shipped") == "kept"


def test_a_call_that_reached_them_keeps_what_was_promised_as_well(world: World) -> None:
    world.orders(order())
    world.do("log_call", "1042", outcome="callback", direction="inbound", when="tomorrow 11:00")
    world.do("log_call", "1042", outcome="reached")
    assert [task.state for task in world.view("1042").tasks] == ["done"]


def test_a_preview_says_what_would_be_settled(world: World) -> None:
    world.orders(order())
    due(world, "shipped", "2026-11-26T15:00")
    due(world, "delayed", "2026-11-26T16:00")
    [done] = world.do("log_call", "1042", preview=True, outcome="reached")
    assert done.why == "would log a call: reached; ends the call about shipped and delayed"
    [done] = world.do("log_call", "1042", outcome="no_answer")
    assert done.why.startswith("call about shipped and delayed: no answer; again"), "every call that it moves is named"


TRIES = st.lists(st.tuples(st.integers(0, 300), st.sampled_from(["no_answer", "callback", "reached"])), max_size=6)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(tries=[(60, "reached")])  # at the very moment at which it is missed
@given(tries=TRIES)
def test_whatever_is_tried_a_call_that_was_ever_missed_is_never_kept(
    world: World, tries: list[tuple[int, Any]]
) -> None:
    world.clock.now = at("2026-11-26T14:00")
    world.orders(order("7000"))
    desk_rows.delete(world.session.store.desk, "tasks", "7000shipped")
    due(world, "shipped", "2026-11-26T15:00", "7000")
    missed = False
    for minutes, outcome in tries:
        world.clock.pass_(minutes=minutes)
        before = state(world, "shipped", "7000")
        missed |= before == "missed"
        world.do("log_call", "7000", outcome=outcome)
        after = state(world, "shipped", "7000")
        if before in {"kept", "late"}:
            assert after == before
        elif outcome == "reached":
            assert after == ("late" if missed else "kept")
        else:
            assert after == ("missed" if missed else "due")
