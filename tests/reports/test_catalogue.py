"""Every report there is: asked for by name, made of nothing, and written out so that no cell is run."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import pytest
from actions.acting import at, moment, order

from oms_tui.domain.figures import Kind, bar, curve, shown
from oms_tui.domain.query import parse
from oms_tui.store.query_words import CATALOGUE
from oms_tui.store.reads.reports.catalogue import REPORTS, make
from oms_tui.store.reads.reports.export import as_csv, document, save
from oms_tui.store.reads.reports.quality import Flaw
from oms_tui.store.reads.reports.shape import Report, ReportKind, figure, over_time
from oms_tui.store.reads.reports.workload import Load, picture

if TYPE_CHECKING:
    from pathlib import Path

    from actions.acting import World

    from oms_tui.store.session import Session


@pytest.mark.parametrize("name", REPORTS)
def test_each_is_made_of_an_empty_desk_and_says_how(session: Session, name: str) -> None:
    for by in REPORTS[name].by or ("",):
        report = make(session, name, by=by)
        assert report.formula
        assert report.by == by
        assert all(isinstance(row, report.kind.row) for row in report.rows)


@pytest.mark.parametrize("what", ["an order", "mail alone", "a day before there was anything"])
@pytest.mark.parametrize("name", REPORTS)
def test_each_is_made_of_little_and_all_its_queries_can_be_asked(world: World, name: str, what: str) -> None:
    if what == "mail alone":
        world.letter("a@firma.example", subject="Hello??")
    else:
        world.orders(order(promised_at=moment(at("2026-11-24T12:00"))))
    if what == "a day before there was anything":
        world.clock.now = at("2020-02-29T12:00")
    for by in REPORTS[name].by or ("",):
        report = make(world.session, name, by=by)
        assert json.loads(json.dumps(document(report)))["period"]["weeks"] == list(report.names)
        assert [len(report.texts(row)) for row in report.rows] == [len(report.columns)] * len(report.rows)
        for row in report.rows:
            assert not row.query or parse(row.query, CATALOGUE)


@pytest.mark.parametrize("name", REPORTS)
def test_each_column_is_a_field_of_its_rows(name: str) -> None:
    kind = REPORTS[name]
    assert [column.name for column in kind.columns] == [each.name for each in fields(kind.row)]


def test_what_there_is_not_is_told_in_words(session: Session) -> None:
    with pytest.raises(KeyError, match="there is no report luck; there are causes"):
        make(session, "luck")
    with pytest.raises(KeyError, match="report sla cannot go by moon: it is grouped one way only"):
        make(session, "sla", by="moon")
    with pytest.raises(KeyError, match="it goes by week, hour"):
        make(session, "workload", by="moon")


def test_no_person_is_named_unless_asked_for(world: World) -> None:
    world.orders(order())
    world.do("note", "1042", text="#workaround: by hand")
    for name in REPORTS:
        report = make(world.session, name)
        assert report.by != "agent"
        assert "ana" not in as_csv(report).casefold().replace("\n", ",").split(",")


@dataclass(frozen=True, slots=True)
class _Odd:
    word: str = figure(Kind.TEXT)
    count: int = figure()
    orders: tuple[str, ...] = figure(Kind.NUMBERS)


@pytest.mark.parametrize("word", ["=1+1", "+49 30", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1"])
def test_no_cell_is_a_formula_and_a_figure_stays_one(word: str, tmp_path: Path) -> None:
    kind = ReportKind("odd", "Odd", "", "", _Odd, list)
    report = Report(kind, "", "", 1, (_Odd(word, -3, ("=9", "10")),))

    head, row = csv.reader(io.StringIO(as_csv(report)))

    assert head == ["word", "count", "orders"]
    assert row[0].startswith("'")
    assert row[0].replace("'", "") == word
    assert row[1:] == ["-3", "'=9 10"]
    saved = save(report, tmp_path / "new", 1_790_000_000_000)
    assert saved.read_bytes() == b"\xef\xbb\xbf" + as_csv(report).encode()  # Excel takes it for UTF-8 by the mark


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_no_formula_begins_where_a_spreadsheet_splits_at_other_signs(separator: str) -> None:
    kind = ReportKind("odd", "Odd", "", "", _Odd, list)
    word = f'a{separator}=1+1{separator}"@SUM(A1){separator} 5-2'

    _, row = as_csv(Report(kind, "", "", 1, (_Odd(word, 0, ()),))).splitlines()

    assert not [cell for cell in row.split(separator) if cell.strip('"').startswith(("=", "@"))]
    assert f"{separator} 5-2" in row


def test_a_curve_is_as_high_as_its_figures_and_tells_nothing_from_unknown() -> None:
    assert curve((0, 1, 4, 8), 9) == "·▂▅█"
    assert curve((None, 3, 3), 9) == " ██"
    assert curve((), 9) == ""
    assert curve((1, 1, 8, 8, None, None), 3) == "▂█ "
    assert curve((0, 0), 9) == "··"
    assert shown(Kind.SERIES, range(26)) == curve(range(26), 13)


def test_hours_are_drawn_as_a_line_a_weekday_on_one_scale() -> None:
    rows = tuple(Load(when, mails, 0, 0, 0, 0, None, "") for when, mails in (("Mon 09h", 8), ("Tue 23h", 4)))

    found = picture(Report(REPORTS["workload"], "", "hour", 8, rows))

    assert found is not None
    lines = {each.title: curve(each.values, 52, each.most) for each in found.curves}
    assert list(lines) == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    assert lines["Mon"] == "·" * 9 + "█" + "·" * 14
    assert lines["Tue"] == "·" * 23 + "▅"
    assert picture(Report(REPORTS["workload"], "", "role", 8, rows)) is None


def test_weeks_are_drawn_from_the_first_that_has_a_row_and_a_gap_is_a_gap() -> None:
    rows = tuple(Load(when, mails, 0, 0, 0, 0, 2, "") for when, mails in (("2026-W48", 8), ("2026-W46", 1)))
    names = ("2026-W44", "2026-W45", "2026-W46", "2026-W47", "2026-W48")
    report = Report(REPORTS["workload"], "", "week", 5, rows, names)

    found = picture(report)

    assert found is not None
    mails, *_, backlog = found.curves
    assert (mails.title, mails.values, mails.highest) == ("mails in", (1, None, 8), "8")
    assert backlog.values == (2, None, 2)
    assert over_time(replace(report, rows=rows[:1])) is None


def test_a_share_fills_its_bar_at_all_of_it_and_a_count_at_the_highest() -> None:
    report = Report(REPORTS["quality"], "", "", 1, (Flaw("2026-W48", "shop", "email", "blank", 3, 60, 5.0, ""),))
    most = {column.name: report.most(column) for column in report.columns if column.name in {"count", "percent"}}

    assert most == {"count": 3, "percent": 100}


def test_what_a_grouping_leaves_out_is_no_column_and_the_running_week_is_marked() -> None:
    row = Load("Mon 09h", 1, 0, 0, 0, 0, None, "")
    report = Report(REPORTS["workload"], "", "week", 1, (row,), ("2026-W48",))
    by_hour = replace(report, by="hour")
    by_week = replace(report, rows=(replace(row, when="2026-W48", backlog=3),))

    assert [column.title for column in by_hour.columns][::5] == ["hour", "work"]
    assert "backlog" not in {column.title for column in by_hour.columns}
    assert by_week.columns[0].title == "week"
    assert by_week.texts(by_week.rows[0])[0] == "2026-W48…"


def test_figures_are_read_by_their_kind() -> None:
    assert shown(Kind.SECONDS, 5400) == "1h 30m"
    assert shown(Kind.PERCENT, 49.06) == "49.1%"
    assert shown(Kind.COUNT, 2.5) == "2.5"
    assert shown(Kind.COUNT, None) == "-"
    assert shown(Kind.NUMBERS, ("1", "2", "3", "4", "5")) == "1 2 3 +2"


def test_a_bar_is_as_long_as_its_share_and_never_empty_of_something() -> None:
    assert bar(10, 10, 4) == "████"
    assert bar(5, 10, 4) == "██"
    assert bar(0.001, 10, 4) == "▏"
    assert bar(0, 10, 4) == bar(3, 0, 4) == ""
    assert bar(20, 10, 4) == "████"
