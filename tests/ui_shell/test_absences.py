"""Who is away, said and ended by keys: from when, until when, who stands in; and who may say it of whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ui_shell.driving import MEDIUM, SMALL, desk, said, screen, settled
from ui_shell.shop import NOW

from oms_tui.desk import open_session
from oms_tui.store.absences import absences, team_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from oms_tui.config_model import Config
    from oms_tui.store.session import Session
    from oms_tui.store.workspace import Workspace

pytestmark = pytest.mark.anyio

BEN = """
[agents.ben]
name = "Ben Okoro"
role = "agent"
deputy = "lea"
away = ["2026-12-24..2026-12-31"]
"""
DAY = 86_400_000


def dialog(pilot: Any) -> str:
    """What the dialog on top shows, its lines joined."""
    lines = ("".join(part.text for part in row.parts).strip() for row in pilot.app.screen.rows(80))
    return " ".join(filter(None, lines))


async def test_a_lead_says_that_somebody_will_be_away_and_who_stands_in(
    make_config: Callable[..., Config], store: Workspace
) -> None:
    config = make_config(BEN)
    session = open_session(config, clock=lambda: NOW)
    async with desk(config, session, MEDIUM) as pilot:
        await settled(pilot)
        await pilot.press("Z")
        await settled(pilot)
        shown = dialog(pilot)
        assert "Ana Ruiz  lead  here" in shown
        assert (
            "from Thu 24 Dec 2026 00:00, back Fri 1 Jan 2027 00:00; Lea Brandt stands in; as the config says" in shown
        )

        await pilot.press("down", "down", "a")  # ana, lea, ben
        await settled(pilot)
        assert "Ben Okoro" in screen(pilot)
        await pilot.press(*"4d", "tab", *"2d", "tab", "1", "tab", *"at the fair", "enter")
        await settled(pilot)
        assert "Ben Okoro is away until" in said(pilot)[-1]
        assert "Ana Ruiz stands in; u takes it back" in said(pilot)[-1]
        assert "Ana Ruiz stands in; at the fair" in dialog(pilot)
        written, by_config = absences(session.store.desk, session.policy, NOW)
        assert (written.agent, written.away, written.source, written.note) == ("ben", False, "desk", "at the fair")
        assert (by_config.stand_in, by_config.source) == ("lea", "config")
        team = team_of(session.store.desk, session.policy, NOW)
        assert team.stand_in("ben", NOW) == "ben"
        assert team.stand_in("ben", NOW + 3 * DAY) == "ana", "who was named for this time, and not the config's"

        await pilot.press("b")
        await settled(pilot)
        assert said(pilot)[-1].startswith("Ben Okoro is back")
        assert "at the fair" not in dialog(pilot)
        await pilot.press("escape", "u")
        await settled(pilot)
        assert [each.agent for each in absences(session.store.desk, session.policy, NOW)] == ["ben", "ben"]
    session.store.close()


async def test_an_agent_says_it_of_themselves_alone(make_config: Callable[..., Config], store: Workspace) -> None:
    config = make_config(BEN)
    session = open_session(config, agent="ben", clock=lambda: NOW)
    async with desk(config, session, SMALL) as pilot:
        await settled(pilot)
        await pilot.press("Z", "down", "a")
        await settled(pilot)
        assert said(pilot)[-1] == "only a lead says that somebody else is away"
        await pilot.press("up", "a")
        await settled(pilot)
        await pilot.press(*"yesterday", "enter")
        await settled(pilot)
        assert "'yesterday' is no time" in screen(pilot), "the form stays and says what is wrong"
        await pilot.press("ctrl+u", *"fri 9:00", "enter")
        await settled(pilot)
        assert "Lea Brandt stands in" in said(pilot)[-1]
    session.store.close()


async def test_who_names_themselves_or_nobody_is_told(config: Config, session: Session) -> None:
    async with desk(config, session, MEDIUM) as pilot:
        await settled(pilot)
        await pilot.press("Z", "a")
        await settled(pilot)
        await pilot.press(*"fri", "tab", "tab", "1", "enter")
        await settled(pilot)
        assert "nobody stands in for themselves" in said(pilot)[-1]
        await pilot.press("a")
        await settled(pilot)
        await pilot.press(*"fri", "enter")
        await settled(pilot)
        assert "nobody stands in for Ana Ruiz: name a deputy" in said(pilot)[-1]
        assert "nobody stands in" in screen(pilot)
