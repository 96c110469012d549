"""Reports: how long customers waited, and what an order cost its agent. Every report says how its figures are made."""

from __future__ import annotations

import csv
import sys
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from oms_tui.commands.context import emit, opened, say, table, tell
from oms_tui.commands.failures import DONE, NOTHING, WRONG_USE, Failure

if TYPE_CHECKING:
    import argparse


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("name", choices=("handling",), help="which report")
    parser.add_argument("--weeks", type=int, default=8, help="how many weeks back (8)")
    parser.add_argument("--csv", action="store_true", help="as a table for a spreadsheet")


def run(options: Any) -> int:
    """Do it; returns the exit code."""
    from oms_tui.store.reads.handling import FORMULA, Handling, handling

    if options.weeks < 1:
        raise Failure(WRONG_USE, "usage", "--weeks must be at least 1", field="weeks")
    session = opened(options).session
    found = [asdict(each) for each in handling(session.store, session.policy, session.now(), options.weeks)]
    heads = [field.name for field in fields(Handling)]
    if options.json:
        emit({"formula": FORMULA, "items": found, "next": None})
    elif options.csv:
        writer = csv.DictWriter(sys.stdout, heads)
        writer.writeheader()
        writer.writerows(found)
    else:
        table(([_cell(name, row[name]) for name in heads] for row in found), [name.replace("_", " ") for name in heads])
        tell(f"\n{FORMULA}")
        if not found:
            say("nothing was asked, closed or handled in these weeks")
    return DONE if found else NOTHING


def _cell(name: str, value: Any) -> str:
    if value is None:
        return "-"
    if name in {"first_reply", "first_reply_slow", "close"}:
        hours, rest = divmod(int(value), 3600)
        return f"{hours}h {rest // 60:02}m"
    return f"{value:g}" if isinstance(value, float) else str(value)
