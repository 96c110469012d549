"""What is done by itself, and what somebody is to know of: two screens."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from ui_shell.driving import MEDIUM, SMALL, WIDE, desk, said, screen, settled
from ui_shell.shop import NOW

from oms_tui.domain.rules import Rule
from oms_tui.store import desk_rows
from oms_tui.store.writes.agent_notices import notify
from oms_tui.store.writes.desk_write import DeskWrite, blank

if TYPE_CHECKING:
    from oms_tui.config_model import Config
    from oms_tui.store.session import Session
    from oms_tui.store.workspace import Workspace

pytestmark = pytest.mark.anyio

HOSTILE = "[@click=app.quit]late[/] \x1b[31m parcel"
RULES = {
    "large": Rule("large", "total:>10", "tag", {"tags": "large"}),
    "money": Rule("money", "payment:paid", "refund"),
    "later": Rule("later", "payment:paid", "tag", {"tags": "x"}, enabled=False),
}


def tell(session: Session, words: str = HOSTILE, number: str = "10482", to: str = "ana") -> None:
    with DeskWrite(session, "escalate") as write:
        notify(write, to, "escalation", ("shop", "r1"), words, number=number)


def ran(store: Workspace, number: str, state: str, words: str, **more: object) -> None:
    row = {"rule": "large", "source": "shop", "remote_id": f"r{number}", "number": number, "definition": "x"}
    row |= {"action": "tag", "state": state, "words": words, "times": 1, "ran_at": NOW}
    desk_rows.put(store.desk, "rule_runs", blank("rule_runs") | row | more)


async def test_a_notice_counts_in_the_bar_leads_to_its_order_and_is_seen_to(config: Config, session: Session) -> None:
    tell(session)
    tell(session, "and this", to="role:lead")
    tell(session, "not for us", to="lea")
    async with desk(config, session) as pilot:
        assert "Notices 2" in screen(pilot)
        await pilot.press("@")
        await settled(pilot)
        shown = screen(pilot)
        assert "[@click=app.quit]late[/]" in shown
        assert "not for us" not in shown
        await pilot.press("d")
        await settled(pilot)
        assert "Notices 1" in screen(pilot)
        assert said(pilot)[-1] == "seen to"
        await pilot.press("x")
        await settled(pilot)
        assert "seen to by Ana Ruiz" in screen(pilot)
        await pilot.press("d", "x")
        await settled(pilot)
        assert "Notices 2" in screen(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert pilot.app.queue_screen.is_current


async def test_nobody_tells_one_of_anything(config: Config, session: Session) -> None:
    async with desk(config, session, SMALL) as pilot:
        assert "Notices" not in screen(pilot)
        await pilot.press("@")
        await settled(pilot)
        assert "nothing to know of" in screen(pilot)


@pytest.mark.parametrize("size", [SMALL, MEDIUM, WIDE])
async def test_a_rule_is_shown_with_what_it_did_what_was_refused_and_what_is_wrong(
    config: Config, session: Session, size: tuple[int, int]
) -> None:
    ran(session.store, "10482", "done", "tagged large")
    ran(session.store, "10481", "refused", HOSTILE, times=0)
    async with desk(replace(config, rules=RULES), session, size) as pilot:
        await pilot.press("J")
        await settled(pilot)
        shown = screen(pilot)
        for words in ("large", "1 done", "1 refused", "tagged large", "total:>10", "#10481", "! money"):
            assert words in shown
        await pilot.press("down")
        await settled(pilot)
        assert "without_asking" in " ".join(screen(pilot).split())


async def test_a_dry_run_changes_nothing_and_says_what_would_happen(config: Config, session: Session) -> None:
    before = session.store.desk.total_changes
    async with desk(replace(config, rules=RULES), session) as pilot:
        await pilot.press("J")
        await settled(pilot)
        await pilot.press("p")
        await settled(pilot)
        assert "What it would do now" in screen(pilot)
        assert "▹ would" in screen(pilot)
        assert "tagged large" in screen(pilot)
    assert session.store.desk.total_changes == before
    assert list(desk_rows.select(session.store.desk, "rule_runs")) == []


async def test_what_cannot_be_taken_back_says_so(config: Config, session: Session) -> None:
    ran(session.store, "10481", "refused", "it was late")
    async with desk(replace(config, rules=RULES), session) as pilot:
        await pilot.press("J")
        await settled(pilot)
        await pilot.press("enter", "t")
        await settled(pilot)
        assert said(pilot)[-1] == "it was refused"
        await pilot.press("escape", "escape")
        await settled(pilot)
        assert pilot.app.queue_screen.is_current


async def test_without_rules_it_says_where_they_would_be(config: Config, session: Session) -> None:
    async with desk(config, session) as pilot:
        await pilot.press("J")
        await settled(pilot)
        assert "no rules: [rules.NAME]" in screen(pilot)
