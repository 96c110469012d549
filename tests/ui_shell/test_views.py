"""Views on the desk: chosen by a few letters, counts in sight, remembered, shown with columns of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ui_shell.driving import SMALL, WIDE, desk, screen, settled
from ui_shell.shop import ITEM, NOW

from oms_tui.domain.standard_views import COLUMNS, STANDARD
from oms_tui.store import desk_rows
from oms_tui.ui.app import DeskApp
from oms_tui.ui.order.frame import Frame
from oms_tui.ui.questions import Question
from oms_tui.ui.queue.columns import shown
from oms_tui.ui.queue.row import Look, lines
from oms_tui.ui.queue.side import QueueSide
from oms_tui.ui.rows import cells
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
        assert "on every desk" in shown, "the first one's definition, before any key"
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
    found = choices(config)
    assert found[0].question == Question("risk:late", "priority", "at risk")
    assert found[0].file == "config.toml"
    assert "At risk" not in [each.question.title for each in found]


async def test_the_view_one_left_is_there_again_with_its_orders_in_the_first_frame(
    make_config: Callable[..., Config], session: Session
) -> None:
    config = make_config('[views.Leas]\nquery = "owner:lea"\nsort = "name"\n')
    async with desk(config, session, SMALL) as pilot:
        await pilot.press("v", *"leas", "enter")
        await settled(pilot)
        left = [item.number for item in pilot.app.queue_screen.model.items]
        assert left
    app = DeskApp(config, session)
    side = QueueSide(session)
    assert side.question.title == "Leas"
    assert [item.number for item in side.model.items] == left[:50], "read before the first frame, without the query"
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        assert app.queue_screen.queue.question == Question("owner:lea", "name", "Leas")
        assert [item.number for item in app.queue_screen.model.items] == left
        assert "Leas · " in screen(pilot)
        await pilot.press("escape")
        await settled(pilot)
    assert QueueSide(session).question == Question()


async def test_a_filter_is_not_kept_and_a_view_that_is_gone_neither(
    make_config: Callable[..., Config], session: Session
) -> None:
    config = make_config('[views.Leas]\nquery = "owner:lea"\n')
    async with desk(config, session, SMALL) as pilot:
        await pilot.press("v", *"leas", "enter")
        await settled(pilot)
        await pilot.press("/", "end", *" stage:picking", "enter")
        await settled(pilot)
    assert QueueSide(session).question.title == "Leas"
    async with desk(make_config(""), session, SMALL) as pilot:
        await settled(pilot)
        assert pilot.app.queue_screen.queue.question == Question()
        assert len(pilot.app.queue_screen.model.items) > 1


async def test_what_cannot_be_read_of_an_earlier_start_is_left(config: Config, session: Session) -> None:
    desk_rows.put(session.store.desk, "preferences", {"agent": session.agent.id, "key": "last_view", "value": "{"})
    assert QueueSide(session).question == Question()
    async with desk(config, session, SMALL) as pilot:
        assert pilot.app.queue_screen.model.items


async def test_a_views_columns_stand_in_its_rows_where_there_is_room(
    make_config: Callable[..., Config], session: Session
) -> None:
    config = make_config('[views.Totals]\nquery = ""\ncolumns = ["total", "flags", "country"]\n')
    async with desk(config, session, SMALL) as pilot:
        await pilot.press("v", *"totals", "enter")
        await settled(pilot)
        item = pilot.app.queue_screen.model.items[0]
        line = next(line for line in screen(pilot).splitlines() if f"#{item.number}" in line)
        assert f"{item.total / 100:,.2f}" in line
        assert item.country in line
        assert item.flags[0].text[:8] in line


@pytest.mark.parametrize("width", [60, 80, 97, 160])
def test_rows_with_columns_are_as_wide_as_the_list(width: int) -> None:
    everything = ITEM._replace(
        number="10482", owner="ana", risk=" payment late ", due_at=NOW, promised_at=NOW, waiting_since=NOW - 60_000
    )
    for columns in (COLUMNS, ("risk", "flags"), ("total",), ("flags",), tuple(reversed(COLUMNS))):
        (line,) = lines(everything, width, Look(columns=columns, frame=Frame(NOW)))
        assert cells(line) == width
        assert line[-1] == lines(everything, width, Look())[0][-1], "the badge stays where it is"


def test_columns_that_do_not_fit_make_way_and_the_flags_last() -> None:
    assert shown(("customer", "total", "flags", "stage"), 45) == ("total", "flags", "stage")
    assert shown(("total", "flags", "stage"), 30) == ("total", "flags")
    assert shown(("total", "flags", "stage"), 20) == ("flags",)


async def test_a_tiers_colour_from_the_config_is_the_ground_of_its_badge(
    make_config: Callable[..., Config], session: Session
) -> None:
    config = make_config('[tiers.key]\nwhen = "tag:contract"\ncolor = "#ffd700"\n')
    async with desk(config, session, SMALL) as pilot:
        side = pilot.app.queue_screen.queue
        at = next(at for at, item in enumerate(side.model.items) if item.tier == "key")
        strip = side.list.render_line(at)
        badge = list(strip)[-1]
        assert badge.text.strip() == "KEY", "the word stands beside the colour"
        assert badge.style.bgcolor.get_truecolor().hex == "#ffd700"
        assert badge.style.color.get_truecolor().hex == "#000000"
