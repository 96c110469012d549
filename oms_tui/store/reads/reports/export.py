"""A report for other programs: as values for JSON, and as a table for a spreadsheet, in which no cell is a formula."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain.rfc3339 import utc_text

if TYPE_CHECKING:
    from pathlib import Path

    from oms_tui.store.reads.reports.shape import Report

# OWASP, "CSV Injection": a cell that begins with one of these is run as a formula by spreadsheets, the full-width ones
# by those set to Japanese. One that is set to split at semicolons or tabs begins a cell in the midst of ours.
_RUNS: Final = re.compile(
    r"\A(?=[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20])|(?<=[,;|\t\r\n])(?=\"*[=+\-@\uff1d\uff0b\uff0d\uff20])"
)
_HARMLESS: Final = "'"


def document(report: Report) -> dict[str, Any]:
    """The report as JSON tells it."""
    items = [asdict(row) for row in report.rows]
    period = {"weeks": report.names, "since": utc_text(report.since), "until": utc_text(report.until)}
    return {"formula": report.formula, "by": report.by, "period": period, "items": items, "next": None}


def as_csv(report: Report) -> str:
    """The report as comma-separated values with a heading (RFC 4180): figures as in JSON, lists separated by spaces."""
    written = io.StringIO()
    writer = csv.writer(written)
    names = [column.name for column in report.kind.columns]
    writer.writerow(names)
    writer.writerows([_cell(getattr(row, name)) for name in names] for row in report.rows)
    return written.getvalue()


def save(report: Report, folder: Path, now: int) -> Path:
    """Write the table into a folder, which is made if need be; returns where it lies.

    In UTF-8 with a byte order mark: without one Excel reads it in the machine's old code page.

    Raises:
        OSError: it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    day = datetime.fromtimestamp(now / 1000, UTC).strftime("%Y-%m-%d-%H%M%S")
    by = f"-{report.by}" if report.by else ""
    path = folder / f"{report.kind.name}{by}-{day}.csv"
    path.write_text(as_csv(report), encoding="utf-8-sig", newline="")
    return path


def _cell(value: Any) -> Any:
    if isinstance(value, tuple):
        value = " ".join(map(str, value))
    return _RUNS.sub(_HARMLESS, value) if isinstance(value, str) else value
