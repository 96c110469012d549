from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ui_shell.driving import MEDIUM, SMALL, WIDE, desk, screen, settled

from oms_tui.actions.catalogue import all_actions
from oms_tui.store.shapes import Badges, SourceHealth
from oms_tui.ui.bar import TopBar, age, freshness, sources, tabs
from oms_tui.ui.footer import CANNOT, hints
from oms_tui.ui.keys import DESK, UNLINKED, key_map
from oms_tui.ui.questions import Status
from oms_tui.ui.rows import cells

if TYPE_CHECKING:
    from oms_tui.config_model import Config
    from oms_tui.store.session import Session

pytestmark = pytest.mark.anyio


def health(source: str, state: str = "ok", seconds: int | None = 12, **more: object) -> SourceHealth:
    facts = {"records": 10, "quarantined": 0, "error": "", "hint": ""} | more
    return SourceHealth(source, "files", state, None, seconds, **facts)  # type: ignore[arg-type]


def text(parts: list) -> str:  # type: ignore[type-arg]
    return "".join(part.text for part in parts)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "<1m"), (59, "<1m"), (60, "1m"), (3599, "59m"), (3600, "1h"), (86_400, "24h"), (172_800, "2d"), (None, "")],
)
def test_ages_change_once_a_minute_at_the_most(seconds: int | None, words: str) -> None:
    assert age(seconds) == words


def test_a_source_says_its_state_in_words() -> None:
    assert freshness(health("shop")).text == "shop <1m"
    assert freshness(health("books", "stale", 3700)).text == "books 1h stale"
    assert freshness(health("dhl", "failed", None)).text == "dhl failed"
    assert freshness(health("mail", "never", None)).text == "mail not read"
    assert freshness(health("shop", "ok", 5, done=30, total=120)).text == "shop 25%"


def test_those_in_trouble_come_first_and_nothing_is_left_out_silently() -> None:
    found = [health("shop"), health("mail"), health("depot"), health("books", "failed", 7200)]

    wide, narrow = sources(found, 80), sources(found, 32)

    assert text(wide) == "books 2h failed   shop <1m   mail <1m   depot <1m"
    assert text(narrow) == "books 2h failed   +3 more"
    assert cells(narrow) <= 32


def test_the_tabs_count_what_waits() -> None:
    status = Status(Badges(148, 2, 1, 3, 1, 3), (health("books", "failed"),))

    found = {tab.title: tab.number for tab in tabs(status)}

    assert found == {"Queue": "148", "Calls": "3", "Unlinked": "3", "Outbox": "!1", "Reports": "", "Sources": "!1"}
    assert [tab.title for tab in tabs(None)] == ["Queue", "Calls", "Unlinked", "Outbox", "Reports", "Sources"]


def test_the_footer_has_what_works_here_the_most_useful_first() -> None:
    keys = key_map({}, all_actions())

    found = hints(keys, DESK, all_actions(), {"snooze": "it is closed"}, {})
    titles = [hint.title for hint in found]

    assert titles[:4] == ["reply", "note", "log call", "act"]
    assert "decide" not in titles
    assert next(hint for hint in found if hint.command == "snooze").why_not == "it is closed"
    assert "open" in [hint.title for hint in hints(keys, UNLINKED, all_actions(), {}, {})]


def test_a_key_of_the_config_is_the_one_that_is_shown() -> None:
    keys = key_map({"note": ("F3",)}, all_actions())

    assert next(hint for hint in hints(keys, DESK, all_actions(), {}, {}) if hint.command == "note").key == "f3"


async def test_what_cannot_be_done_is_marked_and_not_only_grey(config: Config, session: Session) -> None:
    async with desk(config, session, WIDE) as pilot:
        shown = pilot.app.queue_screen
        shown._shown = shown._shown._replace(refusals={"note": "you may only read"})
        shown.show_keys()
        await pilot.pause()

        assert f"{CANNOT}n note" in screen(pilot).splitlines()[-1]


async def test_a_click_on_a_tab_goes_there(config: Config, session: Session) -> None:
    async with desk(config, session, MEDIUM) as pilot:
        x = screen(pilot).splitlines()[0].index("Sources")
        await pilot.click(offset=(x + 1, 0))
        await settled(pilot)

        assert pilot.app.place.PLACE == "sources"
        assert "▸Sources" in screen(pilot).splitlines()[0]


async def test_a_click_on_a_key_is_the_key(config: Config, session: Session) -> None:
    async with desk(config, session, MEDIUM) as pilot:
        x = screen(pilot).splitlines()[-1].index("help")
        await pilot.click(offset=(x, 35))
        await pilot.pause()

        assert type(pilot.app.screen).__name__ == "Help"


# ---- the keys of what has the focus


async def foot(pilot: Any) -> str:
    await settled(pilot)
    return screen(pilot).splitlines()[-1]


@pytest.mark.parametrize("size", [WIDE, MEDIUM, SMALL])
async def test_a_panel_shows_its_own_keys_while_it_has_the_focus(
    config: Config, session: Session, size: tuple[int, int]
) -> None:
    async with desk(config, session, size) as pilot:
        assert "details" not in await foot(pilot)
        await pilot.press("3")
        assert "r reply  enter details  esc list" in await foot(pilot)
        await pilot.press("5")
        assert "o whole mail  esc list" in await foot(pilot)
        await pilot.press("escape")
        assert "whole mail" not in await foot(pilot)
        assert "n note" in await foot(pilot)


async def test_a_click_on_a_key_of_a_panel_is_the_key(config: Config, session: Session) -> None:
    async with desk(config, session, WIDE) as pilot:
        await pilot.press("4")
        line = await foot(pilot)
        assert pilot.app.queue_screen._pane.has_focus_within
        await pilot.click(offset=(line.index("esc list") + 5, 47))
        await settled(pilot)
        assert pilot.app.queue_screen._list.has_focus


async def test_the_filter_line_shows_its_keys_and_none_that_it_takes(config: Config, session: Session) -> None:
    async with desk(config, session) as pilot:
        await pilot.press("slash")
        line = await foot(pilot)
        assert "tab complete" in line
        assert "enter keep it" in line
        assert "esc as before" in line
        assert "reply" not in line, "r is a letter now"
        assert "ctrl+p" not in line, "it chooses the proposal before"
        assert line.endswith("f1 help")

        await pilot.press("f1")
        await settled(pilot)
        assert any("In the filter line" in row.text for row in pilot.app.screen.lines.rows)
        await pilot.press("escape", *"tier:key")
        await pilot.click(offset=(line.index("keep it"), 35))
        await settled(pilot)
        assert pilot.app.queue_screen.queue.question.query == "tier:key"
        assert "n note" in await foot(pilot)


async def test_a_filter_that_is_dropped_leaves_the_cursor_where_it_was(config: Config, session: Session) -> None:
    async with desk(config, session, SMALL) as pilot:
        await pilot.press("j", "j", "j")
        before = pilot.app.queue_screen.model.current.number
        await pilot.press("/", *"number:1044*")
        await pilot.pause(0.4)
        await settled(pilot)
        assert pilot.app.queue_screen.model.current.number != before

        await pilot.press("escape")
        await settled(pilot)
        assert pilot.app.queue_screen.model.current.number == before

        await pilot.press("/", *"number:1044*", "enter")
        await settled(pilot)
        await pilot.press("j")
        found = pilot.app.queue_screen.model.current.number
        await pilot.press("escape")
        await settled(pilot)
        assert pilot.app.queue_screen.queue.question.query == ""
        assert pilot.app.queue_screen.model.current.number == found, "the order that was found is still in sight"


async def test_the_prompt_for_what_is_to_be_marked_is_whole(config: Config, session: Session) -> None:
    async with desk(config, session) as pilot:
        await pilot.press("+")
        await settled(pilot)
        assert any(line.startswith("mark stage:packing") for line in screen(pilot).splitlines())


async def test_what_the_marked_orders_are_told_is_not_what_the_order_under_the_cursor_is(
    config: Config, session: Session
) -> None:
    keys = key_map({}, all_actions())
    async with desk(config, session, keys=keys) as pilot:
        place = pilot.app.queue_screen
        assert place.refusals(), "something cannot be done to one order"
        await pilot.press("space")
        await settled(pilot)
        assert place.model.current.id not in place.model.marked
        assert not place.refusals(), "the cursor is on another order than the marked one"
        assert CANNOT not in await foot(pilot)


# ---- where one is


@pytest.mark.parametrize(
    ("key", "title"), [("W", "Tasks"), ("0", "Unattended"), ("J", "Rules"), ("@", "Notices"), ("C", "Calls")]
)
async def test_the_bar_says_where_one_is_on_every_screen(
    config: Config, session: Session, key: str, title: str
) -> None:
    async with desk(config, session, SMALL) as pilot:
        await pilot.press(key)
        await settled(pilot)
        assert f"▸{title}" in screen(pilot).splitlines()[0]


def test_the_badges_of_a_narrow_bar_are_not_cut() -> None:
    bar = TopBar("Bright Shop", "go_queue")
    badges = Badges(open=137, unlinked=12, quarantined=0, outbox=0, needs_decision=0, calls_due=5)
    bar._status = Status(badges, tuple(health(f"s{at}", "failed") for at in range(6)), notices=0)
    line = text(bar.parts(80))
    assert "Sources !6" in line[:80]
    assert next(command for end, command in bar.zones if line.index("Outbox") < end) == "go_outbox"
