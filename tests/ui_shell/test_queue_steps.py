"""A list that no index knows comes in steps: all of it in the end, the frame says how far it is, keys go on working."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ui_shell.driving import WIDE, cursor, desk, screen, settled
from ui_shell.shop import change

from oms_tui.store.reads import queue_walk
from oms_tui.ui import questions

if TYPE_CHECKING:
    from oms_tui.config_model import Config
    from oms_tui.store.session import Session
    from oms_tui.store.workspace import Workspace

pytestmark = pytest.mark.anyio


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[questions.QueueAnswer]:
    """Every word is walked for, seven orders a step; the answers."""
    told: list[questions.QueueAnswer] = []
    real = questions.queue

    def asked(session: Session, question: questions.Question, **options: Any) -> questions.QueueAnswer:
        told.append(real(session, question, **options))
        return told[-1]

    monkeypatch.setattr(questions, "queue", asked)
    monkeypatch.setattr(questions, "LOOKED_AT", 7)
    monkeypatch.setattr(questions, "STEP_SECONDS", 0.0)  # no step is quick enough for a longer one
    for name in ("FEW", "SOME", "GLANCE"):
        monkeypatch.setattr(queue_walk, name, 0)
    return told


async def filtered(pilot: Any, query: str) -> list[int]:
    await pilot.press("/", *query, "enter")
    await pilot.pause(0.3)
    await settled(pilot)
    await pilot.pause(0.2)
    await settled(pilot)
    return [item.id for item in pilot.app.queue_screen.model.items]


async def test_the_whole_list_is_there_in_the_end_and_counted(
    config: Config, session: Session, steps: list[questions.QueueAnswer]
) -> None:
    async with desk(config, session, WIDE) as pilot:
        everything = list(pilot.app.queue_screen.model.items)
        wanted = [item.id for item in everything if item.owner == "lea"]
        found = await filtered(pilot, "owner:lea")

        assert found == wanted
        cut = [answer for answer in steps if answer.cut]
        assert len(cut) >= 8, "sixty orders, seven a step"
        assert {answer.reach for answer in cut} == {60}
        assert f"{len(wanted)} · by priority" in screen(pilot)

        before = cursor(pilot)
        await pilot.press("down")
        await settled(pilot)
        assert cursor(pilot) != before


async def test_a_list_read_again_in_steps_stays_whole(
    config: Config, session: Session, store: Workspace, steps: list[questions.QueueAnswer]
) -> None:
    async with desk(config, session, WIDE) as pilot:
        wanted = await filtered(pilot, "owner:lea")
        steps.clear()
        change(store, wanted[-1], owner="tom")
        await pilot.pause(0.8)
        await settled(pilot)
        await pilot.pause(0.3)
        await settled(pilot)

        assert [item.id for item in pilot.app.queue_screen.model.items] == wanted[:-1]
        assert any(answer.cut for answer in steps)
        assert f"{len(wanted) - 1} · by priority" in screen(pilot)


async def test_what_is_not_found_yet_is_said_to_be_looked_for(
    config: Config, session: Session, steps: list[questions.QueueAnswer], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(config, session, WIDE) as pilot:
        side = pilot.app.queue_screen.queue
        monkeypatch.setattr(side, "_ask_more", lambda: None)  # as between two steps
        assert await filtered(pilot, "NOT is:open") == []
        assert "looking: 7 of 60 orders" in screen(pilot)
        assert "11% looked at" in screen(pilot)

        monkeypatch.undo()
        side._ask_more()
        await pilot.pause(0.3)
        await settled(pilot)
        assert "no order matches" in screen(pilot)
        assert "looking" not in screen(pilot)
        assert "looked at" not in screen(pilot)


async def test_steps_that_are_quick_get_longer_and_slow_ones_shorter_again(
    session: Session, steps: list[questions.QueueAnswer], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = questions.Question("NOT is:open")
    monkeypatch.setattr(questions, "STEP_SECONDS", 1000.0)
    first = questions.queue(session, asked)
    second = questions.queue(session, asked, after=first.after, look_at=first.look_at)
    assert (first.looked, second.looked, second.look_at) == (7, 14, 28)
    monkeypatch.setattr(questions, "STEP_SECONDS", 0.0)
    third = questions.queue(session, asked, after=second.after, look_at=second.look_at)
    assert (third.looked, third.look_at) == (28, 14)
    fourth = questions.queue(session, asked, after=third.after, look_at=7)
    assert (fourth.looked, fourth.look_at) == (7, 7)
