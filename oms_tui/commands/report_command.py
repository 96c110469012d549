"""Reports: what hurts customers, whether they were answered in time, what the work was. Each says how it is made."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

from oms_tui.commands.context import emit, opened, say, table, tell
from oms_tui.commands.failures import DONE, NOTHING, WRONG_USE, Failure

if TYPE_CHECKING:
    import argparse

    from oms_tui.store.reads.reports.shape import Report

_LIST: Final = "list"
_BAR: Final = 16


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("name", nargs="?", default=_LIST, help="which report; list, or none, tells which there are")
    parser.add_argument("--weeks", type=int, default=8, help="how many weeks back (8)")
    parser.add_argument("--by", default="", metavar="WAY", help="how to group it, where there are several ways")
    parser.add_argument("--csv", action="store_true", help="as a table for a spreadsheet")


def run(options: Any) -> int:
    """Do it; returns the exit code."""
    from oms_tui.store.reads.reports.catalogue import make
    from oms_tui.store.reads.reports.export import as_csv, document

    if options.name == _LIST:
        return _list(options)
    session = opened(options).session
    try:
        report = make(session, options.name, weeks=options.weeks, by=options.by)
    except KeyError as unknown:
        raise Failure(WRONG_USE, "usage", str(unknown.args[0]), field="name") from unknown
    except ValueError as wrong:
        raise Failure(WRONG_USE, "usage", f"--weeks: {wrong}", field="weeks") from wrong
    if options.json:
        emit(document(report))
    elif options.csv:
        _write_csv(as_csv(report))
    else:
        _tell(report)
    return DONE if report.rows else NOTHING


def _write_csv(text: str) -> None:
    """In UTF-8 whatever the terminal's charset is: a file must not depend on where it was made."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode())


def _list(options: Any) -> int:
    from oms_tui.store.reads.reports.catalogue import REPORTS

    if options.json:
        items = [
            {"name": kind.name, "title": kind.title, "help": kind.help, "by": kind.by} for kind in REPORTS.values()
        ]
        emit({"items": items, "next": None})
    else:
        table(([kind.name, kind.help, " ".join(kind.by)] for kind in REPORTS.values()), ("report", "", "by"))
    return DONE


def _tell(report: Report) -> None:
    if report.rows:
        _table(report)
    else:
        say(report.kind.nothing)
    tell("\n" + "\n".join(filter(None, (report.told, report.formula))))


def _table(report: Report) -> None:
    from oms_tui.domain.figures import LONG_CURVE, bar, curve

    columns = report.columns
    heads = [title for each in columns for title in ((each.title, "") if each.bar else (each.title,))]

    def cells(row: Any) -> list[str]:
        found = []
        for each, text in zip(columns, report.texts(row), strict=True):
            found.append(text)
            if each.bar:
                found.append(bar(getattr(row, each.name) or 0, report.most(each), _BAR))
        return found

    table((cells(row) for row in report.rows), heads)
    if picture := report.kind.picture(report):
        say("")
        rows = ([each.title, curve(each.values, LONG_CURVE, each.most), each.highest] for each in picture.curves)
        table(rows, (picture.about, picture.along, "highest"))
