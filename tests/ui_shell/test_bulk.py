"""Many orders at once: marked by key and by query, shown before anything is done, taken back as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ui_shell.driving import SMALL, WIDE, desk, said, screen, settled

from oms_tui.actions.run import run
from oms_tui.store import desk_rows

if TYPE_CHECKING:
    from oms_tui.config_model import Config
    from oms_tui.store.session import Session
    from oms_tui.store.workspace import Workspace

pytestmark = pytest.mark.anyio


def owners(store: Workspace) -> list[str]:
    return [row["owner"] for row in desk_rows.select(store.desk, "order_decisions") if row["owner"]]


@pytest.mark.parametrize("size", [WIDE, SMALL])
async def test_what_a_query_finds_is_marked_and_the_list_stays(
    config: Config, session: Session, size: tuple[int, int]
) -> None:
    async with desk(config, session, size) as pilot:
        side = pilot.app.queue_screen.queue
        before = [item.number for item in side.model.items]
        wanted = {item.number for item in side.model.items if item.stage == "picking"}
        assert wanted
        await pilot.press("+", *"stage:picking", "enter")
        await settled(pilot)
        assert {item.number for item in side.model.marked.values()} == wanted
        assert [item.number for item in side.model.items] == before
        assert f"{len(wanted)} orders found and marked" in said(pilot)
        assert f"{len(wanted)} marked" in screen(pilot)
        await pilot.press("escape")
        assert not side.model.marked


async def test_a_query_that_cannot_be_read_marks_nothing_and_says_where(config: Config, session: Session) -> None:
    async with desk(config, session, WIDE) as pilot:
        await pilot.press("+", *"stage:nowhere", "enter")
        await settled(pilot)
        assert "^" in screen(pilot)
        await pilot.press("escape")
        assert not pilot.app.queue_screen.model.marked


async def test_done_to_many_listed_and_taken_back_as_one(config: Config, session: Session, store: Workspace) -> None:
    async with desk(config, session, WIDE) as pilot:
        side = pilot.app.queue_screen.queue
        await pilot.press("space", "space", "space")
        chosen = list(side.model.marked)
        await pilot.press("o")
        await pilot.pause()
        await pilot.press("l", "enter")
        await settled(pilot)
        assert "it can be done to 3" in screen(pilot)
        await pilot.press("y")
        await settled(pilot)
        assert owners(store) == ["lea"] * 3
        assert any("3 orders done; u takes it all back" in words for words in said(pilot))

        # somebody else decides about one of them meanwhile
        from dataclasses import replace

        ben = replace(session, agent=session.agents["lea"])
        run(ben, "assign", chosen[:1], {"owner": "ana"})
        await pilot.press("u")
        await settled(pilot)
        shown = screen(pilot)
        assert "Taken back, but for 1" in shown
        assert "has been changed since" in shown
        assert owners(store) == ["ana"]
        await pilot.press("escape")
        assert any("taken back: assign of 2 orders" in words for words in said(pilot))
