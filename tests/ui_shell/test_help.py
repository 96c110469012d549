"""Help is on every screen: it lists every key that does something there, and what it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ui_shell.driving import MEDIUM, desk, screen, settled

from oms_tui.actions.catalogue import all_actions
from oms_tui.ui.help import help_rows
from oms_tui.ui.keys import COMMANDS, GROUPS, PLACES, key_map
from oms_tui.ui.modes import MODES
from oms_tui.ui.rows import cut_text

if TYPE_CHECKING:
    from oms_tui.config_model import Config
    from oms_tui.store.session import Session

pytestmark = pytest.mark.anyio


def text(place: str, width: int) -> str:
    rows = help_rows(key_map({}, all_actions()), place, {}, width)
    return "\n".join("".join(part.text for part in row.parts) for row in rows)


@pytest.mark.parametrize("place", PLACES)
def test_every_key_of_a_screen_is_in_its_help(place: str) -> None:
    shown = text(place, 400)
    keys = key_map({}, all_actions())
    here = [each for each in keys.bound.values() if each.works_on(place) and each.keys]

    assert here
    for each in here:
        assert cut_text(each.title.lower(), 16) in shown, each.id
        assert each.keys[0] in shown, each.id


def test_every_command_is_of_a_group_that_help_has_a_heading_for() -> None:
    assert {command.group for command in COMMANDS} <= set(GROUPS)
    assert set(MODES) < set(PLACES)


@pytest.mark.parametrize("place", sorted(MODES))
async def test_help_opens_on_every_screen_and_closes_again(config: Config, session: Session, place: str) -> None:
    async with desk(config, session, MEDIUM) as pilot:
        await settled(pilot)
        pilot.app.perform(f"go_{place}")
        await settled(pilot)
        here = pilot.app.screen
        await pilot.press("?")
        await settled(pilot)
        assert "Keys" in screen(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert pilot.app.screen is here
