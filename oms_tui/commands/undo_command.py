"""Take back the last thing the agent did, or the last few."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oms_tui.commands.context import emit, opened, say, settled
from oms_tui.commands.failures import DONE, NOTHING

if TYPE_CHECKING:
    import argparse


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("count", nargs="?", type=int, default=1, help="how many (1)")


def run(options: Any) -> int:
    """Do it; returns the exit code."""
    from oms_tui.store.writes.undo import undo

    session = opened(options).session
    undone = undo(session, options.count)
    settled(session)
    if options.json:
        emit({"items": [{"undo_id": each.undo_id, "summary": each.summary} for each in undone], "next": None})
    else:
        for each in undone:
            say(f"taken back: {each.summary}")
        if not undone:
            say("there is nothing to take back")
    return DONE if undone else NOTHING
