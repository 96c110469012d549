"""The call board: what a lead sees of it on a small and on a large screen, and calls logged by three keys at most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from derive.plain_shop import PlainShop
from ui_shell.driving import SMALL, WIDE, desk, said, screen, settled
from ui_shell.shop import HOUR, NOW

from oms_tui.desk import open_session
from oms_tui.store import desk_rows
from oms_tui.store.milestone_calls import keep, take_over
from oms_tui.store.settle import settle
from oms_tui.store.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from oms_tui.config_model import Config
    from oms_tui.store.session import Session

pytestmark = pytest.mark.anyio

MINUTE = 60_000
TIERS = """
[desk.hours]
mon-fri = ["09:00-17:30"]
[tiers.key]
when = "tag:vip"
calls = ["placed", "shipped"]
call_within = "1h"
account_manager = "lea"
[tiers.standard]
"""
SCRIPT = """title: Call: on its way

Say that {{ order.number }} left us, by {{ parcel.carrier }}.
"""


@pytest.fixture
def config(make_config: Callable[..., Config]) -> Config:
    return make_config(TIERS)


@pytest.fixture
def plain(config: Config) -> Iterator[PlainShop]:
    """Three key orders: one shipped and not called about for hours, whose customer chases; one just placed; one old."""
    config.macros.mkdir(parents=True)
    (config.macros / "call-shipped.md").write_text(SCRIPT, encoding="utf-8")
    with Workspace(config.desk.store.folder) as store:
        session = open_session(config, clock=lambda: NOW)
        plain = PlainShop(store, session.policy)
        session.store.close()
        plain.now = NOW
        plain.stock("LAMP", 90)
        shipped = plain.order(
            "1042", tags=["vip"], placed_at=NOW - 40 * 24 * HOUR, ship_name="Jan Kowal", ship_country="JP",
            phone="+81 90 5512 4471",
        )  # fmt: skip
        plain.parcel(shipped, shipped_at=NOW - 3 * HOUR)
        plain.thread(shipped, mails=[("inbound", NOW - HOUR, "", "Where is my order?")])
        plain.order("1043", tags=["vip"], placed_at=NOW - 22 * MINUTE, ship_name="Maria Lund")
        plain.order("1044", placed_at=NOW - 22 * MINUTE, ship_name="Nobody Special")
        take_over(store, plain.policy, NOW)
        plain.derive()
        keep(store, NOW)
        settle(store, plain.policy, NOW)
        yield plain


@pytest.fixture
def session(config: Config, plain: PlainShop) -> Iterator[Session]:
    opened = open_session(config, clock=lambda: plain.now)
    yield opened
    opened.store.close()


def calls_of(plain: PlainShop) -> list[tuple[str, str, int, str]]:
    found = desk_rows.select(plain.store.desk, "tasks", "kind='milestone_call'", order="remote_id")
    return [(task["milestone"], task["state"], task["attempts"], task["outcome"]) for task in found]


async def on_the_board(pilot: Any) -> str:
    await pilot.press("C")
    await settled(pilot)
    return screen(pilot)


async def test_a_lead_sees_what_was_missed_what_is_due_and_what_to_say(config: Config, session: Session) -> None:
    async with desk(config, session, WIDE) as pilot:
        text = await on_the_board(pilot)
    assert "1 To make 2" in text
    assert "3 Missed 1" in text
    assert "0 % kept this week (0 of 1)" in text
    missed, due = (next(line for line in text.splitlines() if f"#{number}" in line[:20]) for number in (1042, 1043))
    assert "!  #1042  Jan Kowal" in missed
    assert "KEY" in missed, "the tier is a word and not a colour"
    assert "missed 46m" in missed
    assert "chased 1" in missed
    assert "in 38m" in due
    assert "#1044" not in text
    assert "phone +81 90 5512 4471" in text
    assert "JP 18:46" in text, "what their clocks show"
    assert "Say that 1042 left us, by DHL." in text
    assert "They chased us" in text


async def test_on_a_small_screen_list_and_call_stand_one_above_the_other(config: Config, session: Session) -> None:
    async with desk(config, session, SMALL) as pilot:
        lines = (await on_the_board(pilot)).splitlines()
    assert any("! #1042 Jan Kowal" in line and "missed 46m" in line and "chased 1" in line for line in lines)
    assert any("#1043 Maria Lund" in line and "in 38m" in line for line in lines)
    assert any("phone +81 90 5512 4471" in line for line in lines)
    assert any("c log call" in line for line in lines)
    assert all(len(line) <= 80 for line in lines)


async def test_two_keys_log_that_somebody_was_reached(config: Config, session: Session, plain: PlainShop) -> None:
    async with desk(config, session) as pilot:
        await on_the_board(pilot)
        await pilot.press("c", "1")
        await settled(pilot)
        text = screen(pilot)
        assert "u takes it back" in said(pilot)[-1]
        await pilot.press("u")
        await settled(pilot)
        assert "#1042" in screen(pilot)
    assert "#1042 " not in text
    assert calls_of(plain)[0] == ("shipped", "open", 0, "")


async def test_no_answer_moves_it_on_and_it_stays_missed(config: Config, session: Session, plain: PlainShop) -> None:
    async with desk(config, session) as pilot:
        await on_the_board(pilot)
        await pilot.press("c", "2")
        await settled(pilot)
        assert "tried 1" in screen(pilot)
        assert "missed, 12:46" in screen(pilot)
    assert calls_of(plain)[0] == ("shipped", "open", 1, "")


async def test_a_callback_is_agreed_with_three_keys(config: Config, session: Session, plain: PlainShop) -> None:
    async with desk(config, session) as pilot:
        await on_the_board(pilot)
        await pilot.press("down", "c", "3", "enter")
        await settled(pilot)
        assert "calls back" in said(pilot)[-1] or "called back" in said(pilot)[-1]
    assert calls_of(plain)[1] == ("placed", "open", 1, "")


async def test_several_calls_are_handed_to_somebody_at_once(config: Config, session: Session, plain: PlainShop) -> None:
    async with desk(config, session) as pilot:
        await on_the_board(pilot)
        await pilot.press("*", "o")
        await settled(pilot)
        assert "2 calls" in screen(pilot)
        await pilot.press("enter")  # me
        await settled(pilot)
        text = screen(pilot)
    assert text.count(" you ") >= 2
    owners = {row["owner"] for row in desk_rows.select(plain.store.desk, "order_decisions")}
    assert owners == {"ana"}


async def test_tabs_and_people_narrow_the_board_and_escape_widens_it(config: Config, session: Session) -> None:
    async with desk(config, session, WIDE) as pilot:
        await on_the_board(pilot)
        await pilot.press("3")
        await settled(pilot)
        assert "#1043" not in screen(pilot)
        await pilot.press("4")
        await settled(pilot)
        assert "none yet" in screen(pilot)
        await pilot.press("1", "/")
        await settled(pilot)
        await pilot.press(*"owner none", "enter")
        await settled(pilot)
        assert "only owner none" in screen(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert "only owner" not in screen(pilot)


async def test_a_call_that_is_missed_meanwhile_is_told_without_anybody_asking(
    config: Config, session: Session, plain: PlainShop
) -> None:
    async with desk(config, session) as pilot:
        await on_the_board(pilot)
        plain.now += HOUR
        pilot.app.screen._tick()
        await settled(pilot)
        assert "missed 22m" in screen(pilot)


async def test_enter_goes_to_the_order_and_the_bar_counts_the_calls(config: Config, session: Session) -> None:
    async with desk(config, session) as pilot:
        assert "Calls 2" in screen(pilot)
        await on_the_board(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert pilot.app.queue_screen.is_current
        assert "#1042" in screen(pilot)


async def test_a_desk_that_calls_nobody_says_how_it_would(make_config: Callable[..., Config]) -> None:
    config = make_config()
    session = open_session(config, clock=lambda: NOW)
    async with desk(config, session) as pilot:
        assert "nobody is called" in await on_the_board(pilot)
    session.store.close()
