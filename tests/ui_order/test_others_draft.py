"""Somebody else's draft is not opened, and not written beside, without being asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from ui_order import sample
from ui_order.desk import Desk, draft
from ui_order.screen_text import text

from oms_tui.ui.dialogs.others_draft import OthersDraft, others

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from oms_tui.store.shapes import OrderView

pytestmark = pytest.mark.anyio

BENS = draft(id="d7", agent="ben", body="Dear Jan, I am looking into it.")


def order(*drafts: object) -> OrderView:
    return replace(sample.order(), drafts=drafts)


async def keys(pilot: Pilot[None], *names: str) -> None:
    for name in names:
        await pilot.press(name)
        for _ in range(6):
            await pilot.pause()


@pytest.mark.parametrize(("letter", "body"), [("t", BENS.body), ("o", draft().body)])
async def test_it_asks_whose_is_to_be_written(letter: str, body: str) -> None:
    app = Desk(order(BENS))
    async with app.run_test(size=(118, 46)) as pilot:
        app.pane.reply()
        await keys(pilot)
        await pilot.pause()
        assert isinstance(app.screen, OthersDraft)
        shown = text(app)
        assert "ben has a draft here" in shown
        assert "I am looking into it." in shown
        await keys(pilot, letter)
        assert app.pane.writing
        assert app.pane.composer is not None
        assert app.pane.composer.draft is not None
        assert app.pane.composer.draft.body == body


async def test_escape_writes_nothing() -> None:
    app = Desk(order(BENS))
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.reply()
        await keys(pilot, "escape")
        assert not app.pane.writing
        assert app.reader.draft is None


async def test_enter_on_it_in_the_list_asks_too() -> None:
    app = Desk(order(BENS))
    async with app.run_test(size=(118, 46)) as pilot:
        await keys(pilot)
        panel = app.pane.panels["reply"]
        app.pane.action_panel("reply")
        panel.move_to(("draft", "d7"))
        await keys(pilot, "enter")
        assert isinstance(app.screen, OthersDraft)


def test_who_has_a_draft_of_their_own_goes_on_with_it_and_what_a_rule_prepared_is_anybodys() -> None:
    assert others(order(BENS, draft()), "ana") is None
    assert others(order(draft(agent="rule:late", prepared_by="rule:late")), "ana") is None
    assert others(order(draft(agent="")), "ana") is None
    newer = replace(BENS, id="d8", updated_at=BENS.updated_at + 1)
    assert others(order(BENS, newer), "ana") == newer
