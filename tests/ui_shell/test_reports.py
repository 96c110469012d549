"""Reports on the desk: the same figures as everywhere, weeks and grouping by key, the orders behind a row, a table."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest
from ui_shell.driving import SMALL, WIDE, desk, said, screen, settled
from ui_shell.shop import NOW, change

from oms_tui.domain.figures import curve, shown
from oms_tui.store import desk_rows
from oms_tui.store.reads.reports import quality
from oms_tui.store.reads.reports.catalogue import REPORTS, make
from oms_tui.store.reads.reports.quality import Flaw
from oms_tui.store.reads.reports.shape import over_time
from oms_tui.ui.report_rows import query_behind

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from oms_tui.config_model import Config
    from oms_tui.store.session import Session
    from oms_tui.store.workspace import Workspace

pytestmark = pytest.mark.anyio

DAY = 86_400_000


@pytest.fixture(autouse=True)
def _late(store: Workspace) -> None:
    """Two orders are late, for two reasons."""
    for order_id, reason, days in ((1, "customs_documentation", 3), (2, "weather_delay", 1)):
        change(store, order_id, late_since=NOW - days * DAY, days_late=days, reason=reason, carrier="dhl")


async def _at(pilot: Pilot[int], name: str) -> None:
    """Go to a report and into its figures."""
    await pilot.press("R")
    await settled(pilot)
    for _ in range(list(REPORTS).index(name)):
        await pilot.press("down")
    await settled(pilot)
    await pilot.press("enter")
    await settled(pilot)


async def test_what_the_screen_shows_is_what_the_command_prints(config: Config, session: Session) -> None:
    async with desk(config, session, size=WIDE) as pilot:
        await _at(pilot, "causes")
        seen = screen(pilot)
        report = make(session, "causes")
        assert report.rows
        for row in report.rows:
            line = next(line for line in seen.splitlines() if row.cause.replace("_", " ") in line)
            assert f" {row.score} " in line
            assert shown("numbers", row.orders) in line
        assert report.formula.split(".")[0][:40] in seen
        assert report.kind.gist in seen


async def test_causes_are_told_by_week_and_what_grew_is_drawn_as_a_line(
    config: Config, session: Session, store: Workspace
) -> None:
    for days in (1, 8, 15):
        desk_rows.record(store.desk, kind="note", actor="ana", summary="#workaround", at=NOW - days * DAY)
    report = make(session, "causes")
    async with desk(config, session, size=WIDE) as pilot:
        await _at(pilot, "causes")
        for row in report.rows:
            assert shown("series", row.over_time) in screen(pilot)
        await pilot.press("b")
        await settled(pilot)
        assert f"{report.names[-1]}…" in screen(pilot)
        await pilot.press("escape", "end")
        await settled(pilot)
        trend = over_time(make(session, "trend"))
        assert trend is not None
        assert [len(each.values) for each in trend.curves if each.title == "informal steps"] == [3]
        for each in trend.curves:
            line = next(
                line for line in screen(pilot).splitlines() if f" {each.title} " in line and each.highest in line
            )
            assert curve(each.values, 52) in line


async def test_a_figure_without_orders_behind_it_says_so(
    config: Config, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    flaw = Flaw("2026-W47", "shop", "email", "blank", 3, 40, 7.5, "")
    monkeypatch.setattr(quality, "stood", lambda _asked: iter([flaw]))
    async with desk(config, session, size=WIDE) as pilot:
        await _at(pilot, "quality")
        await pilot.press("end", "enter")
        await settled(pilot)
        words = said(pilot)[-1].replace("\n", " ")
        assert "2026-W47 shop email: no list of orders lies behind this row" in words


async def test_enter_on_a_row_lists_the_orders_behind_it(config: Config, session: Session) -> None:
    report = make(session, "causes")
    query = query_behind(report.kind, report.rows[0])
    async with desk(config, session, size=WIDE) as pilot:
        await _at(pilot, "causes")
        assert "enter its orders" in screen(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert report.rows[0].orders[0] in screen(pilot)
        assert pilot.app.queue_screen.queue.question.query == query  # type: ignore[attr-defined]


async def test_more_weeks_another_grouping_and_a_table_are_a_key_each(config: Config, session: Session) -> None:
    async with desk(config, session, size=WIDE) as pilot:
        await _at(pilot, "workload")
        assert "8 weeks" in screen(pilot)
        await pilot.press("plus")
        await settled(pilot)
        assert "13 weeks" in screen(pilot)
        await pilot.press("b")
        await settled(pilot)
        way = REPORTS["workload"].by[1]
        assert f"by {way}" in screen(pilot)
        await pilot.press("x")
        saved = next((config.folders.data / "reports").glob(f"workload-{way}-*.csv"))
        assert str(saved) in said(pilot)[-1].replace("\n", "")
        rows = list(csv.DictReader(saved.open(encoding="utf-8", newline="")))
        assert len(rows) == len(make(session, "workload", weeks=13, by=way).rows)


@pytest.mark.parametrize("name", list(REPORTS))
async def test_every_report_opens_in_a_small_terminal(config: Config, session: Session, name: str) -> None:
    async with desk(config, session, size=SMALL) as pilot:
        await _at(pilot, name)
        report = make(session, name)
        first = report.rows[0] if report.rows else None
        seen = screen(pilot)
        assert report.kind.title in seen
        assert "Handling  " not in seen  # the list gives its room to the figures
        words = (
            report.kind.nothing[:30] if first is None else shown("text", getattr(first, report.kind.columns[0].name))
        )
        assert words.replace("_", " ")[:12] in seen
        await pilot.press("escape")
        await settled(pilot)
        assert "Handling  " in screen(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert "▸Queue" in screen(pilot)
