"""Views on the desk: chosen by a few letters with their counts in sight, remembered, shown with columns of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ui_shell.driving import SMALL, WIDE, desk, screen, settled

from oms_tui.domain.standard_views import STANDARD
from oms_tui.ui.questions import Question
from oms_tui.ui.views import choices

if TYPE_CHECKING:
    from collections.abc import Callable

    from oms_tui.config_model import Config
    from oms_tui.store.session import Session

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("size", [WIDE, SMALL])
async def test_every_view_is_listed_with_its_count(config: Config, session: Session, size: tuple[int, int]) -> None:
    async with desk(config, session, size) as pilot:
        await pilot.press("v")
        for _ in STANDARD:
            await settled(pilot)
        counts = {question.title: count for question, (count, _) in pilot.app._counts.items()}
        assert set(counts) == {view.name for view in STANDARD}
        assert counts["Queue"] == len(pilot.app.queue_screen.model.items)
        shown = screen(pilot)
        assert "every open order" in shown
        assert "enter shows it" in shown
        await pilot.press(*"nobody's", "enter")
        await settled(pilot)
        assert pilot.app.queue_screen.queue.question.title == "Open priority accounts in nobody's hands"


async def test_a_count_that_takes_too_long_is_said(
    config: Config, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oms_tui.store.reads.view_counts.view_count", lambda *_, **__: None)
    async with desk(config, session, WIDE) as pilot:
        await pilot.press("v")
        for _ in STANDARD:
            await settled(pilot)
        assert "not counted" in screen(pilot)


def test_a_view_of_the_config_goes_before_one_of_every_desk(make_config: Callable[..., Config]) -> None:
    config = make_config('[views."at risk"]\nquery = "risk:late"\n')
    found = choices(config.views)
    assert found[0].question == Question("risk:late", "priority", "at risk")
    assert found[0].file == "config.toml"
    assert "At risk" not in [each.question.title for each in found]
