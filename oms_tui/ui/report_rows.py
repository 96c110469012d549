"""A report as rows: one line a row of figures under their headings, bars where a picture says more, and the formula."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain.figures import LONG_CURVE, bar, curve
from oms_tui.ui.rows import BLANK, Column, Part, Row, cut, table, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oms_tui.store.reads.reports.shape import Column as Figure
    from oms_tui.store.reads.reports.shape import Report, ReportKind

_BAR: Final = 12
_WIDE: Final = 100
"""Cells from which a bar has its whole length."""

_LEAST: Final = 14
_LEAST_FIRST: Final = 36
"""Cells of the first two columns, which say what a row is about."""

_ONE_LINE: Final = 60
_NAME: Final = 3
"""Words that tell a row from the others: of a clock its week, tier and kind."""


def list_rows(kinds: Sequence[ReportKind], width: int) -> list[Row]:
    """A report's title and what it is for: in a line where there is room, else below each other."""
    if width >= _ONE_LINE:
        titles = max((len(kind.title) for kind in kinds), default=0)
        return [
            Row(cut([Part(f" {kind.title:<{titles}}  ", "strong"), Part(kind.help, "muted")], width), key=kind.name)
            for kind in kinds
        ]
    rows: list[Row] = []
    for kind in kinds:
        rows.append(Row(cut([Part("  "), Part(kind.title, "strong")], width), key=kind.name))
        rows += [Row((Part("    "), Part(line, "muted"))) for line in wrap(kind.help, max(8, width - 4))]
    return rows


def figure_rows(report: Report, width: int) -> list[Row]:
    """The figures under their headings; below them lines over the weeks, of which time they tell and how they are made.

    How, in a few words, stands above them as well: of a long report the end is out of sight.

    A row that differs from the one above only in what it counts does not repeat the words in front.
    """
    if not report.rows:
        return [BLANK, Row((Part(" "), Part(report.kind.nothing, "muted"))), BLANK, *_formula(report, width)]
    figures = report.columns
    most = {each.name: report.most(each) for each in figures if each.bar}
    length = _BAR if width >= _WIDE else _BAR // 2
    lines: list[list[tuple[Part, ...]]] = [[(Part(each.title, "muted"),) for each in figures]]
    before: tuple[str, ...] = ()
    for row in report.rows:
        cells = report.texts(row)
        drawn = {name: bar(getattr(row, name) or 0, top, length) for name, top in most.items()}
        lines.append(
            [
                _cell(each, cells[at], drawn.get(each.name, ""), again=_again(figures, cells, before, at))
                for at, each in enumerate(figures)
            ]
        )
        before = cells
    made = table([_column(at, each) for at, each in enumerate(figures)], lines, width)
    head, *rest = made
    gist = (Row(cut([Part(report.kind.gist, "accent")], width)),) if report.kind.gist else ()
    rows = [*gist, Row(head), *(Row(parts, key=at) for at, parts in enumerate(rest)), BLANK]
    return [*rows, *_picture(report, width), *_formula(report, width)]


def _picture(report: Report, width: int) -> list[Row]:
    """Lines, each with the highest it came to."""
    found = report.kind.picture(report)
    if found is None:
        return []
    heads = [(Part(words, "muted"),) for words in (found.about, found.along, "highest")]
    lines = [
        [(Part(each.title),), (Part(curve(each.values, LONG_CURVE, each.most), "info"),), (Part(each.highest),)]
        for each in found.curves
    ]
    made = table([Column(), Column(least=_LEAST), Column("right")], [heads, *lines], width)
    return [*(Row(parts) for parts in made), BLANK]


def _again(figures: Sequence[Figure], cells: Sequence[str], before: Sequence[str], at: int) -> bool:
    """Whether this and every word in front of it stands in the row above already."""
    return (
        bool(before)
        and at < len(figures) - 1
        and all(figures[each].kind == "text" and cells[each] == before[each] for each in range(at + 1))
    )


def _cell(figure: Figure, text: str, drawn: str, *, again: bool) -> tuple[Part, ...]:
    if again:
        return (Part(text, "faint"),)
    if figure.kind == "series":
        return (Part(text, "info"),)
    if figure.bar:
        return (Part(f"{text:>7} "), Part(drawn, "info"))
    if figure.kind == "text":
        text = text.replace("_", " ")
    style = "muted" if text in {"-", "0", ""} else "accent" if figure.kind == "numbers" else "text"
    return (Part(text, style),)


def _column(at: int, figure: Figure) -> Column:
    words = figure.kind in {"text", "numbers", "series"}
    # the first column says what a row is, with the week before it the second; numbers of orders give way first
    drop = 0 if at == 0 or figure.bar else at + 30 * figure.gives_way + (900 if figure.kind == "numbers" else 0)
    least = _LEAST_FIRST if at < 2 else _LEAST  # noqa: PLR2004
    return Column("left" if words or figure.bar else "right", least if words and figure.kind != "series" else 0, drop)


def _formula(report: Report, width: int) -> list[Row]:
    words = "\n".join(filter(None, (report.told, report.formula)))
    return [Row((Part(line, "muted"),)) for line in wrap(words, max(20, width - 1))]


def title_of(kind: ReportKind, row: Any) -> str:
    """A row's name: its first words."""
    words = [str(getattr(row, each.name)) for each in kind.columns if each.kind == "text"]
    return " ".join(word for word in words[:_NAME] if word).replace("_", " ")


def query_behind(kind: ReportKind, row: Any) -> str:
    """A query that finds the orders behind a row, "" where none lie behind it."""
    return next((str(getattr(row, each.name)) for each in kind.columns if each.kind == "query"), "")


def words_behind(kind: ReportKind, row: Any) -> str:
    """What the list of these orders is called: the row, which of its orders they are, and whether there may be more."""
    from oms_tui.store.reads.reports.behind import names_all

    more = "" if names_all(query_behind(kind, row)) else ", the newest"
    return f"{kind.title}: {title_of(kind, row)} ({kind.behind}{more})"
