"""Take back the last thing the agent did, or the last few."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oms_tui.commands.context import emit, opened, say, settled
from oms_tui.commands.failures import DONE, NOTHING

if TYPE_CHECKING:
    import argparse

    from oms_tui.store.writes.undo import Undone


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("count", nargs="?", type=int, default=1, help="how many (1)")


def run(options: Any) -> int:
    """Do it; returns the exit code."""
    from oms_tui.store.writes.undo import undo

    session = opened(options).session
    undone = undo(session, options.count)
    settled(session, orders=sum(len(each.orders) for each in undone))
    if options.json:
        emit({"items": [_document(each) for each in undone], "next": None})
    else:
        for each in undone:
            say(f"taken back: {each.summary}")
            for number, why in each.left:
                say(f"not taken back: {number}: {why}")
        if not undone:
            say("there is nothing to take back")
    return DONE if undone else NOTHING


def _document(undone: Undone) -> dict[str, Any]:
    left = [{"number": number, "why": why} for number, why in undone.left]
    return {"undo_id": undone.undo_id, "summary": undone.summary, "orders": len(undone.orders), "left": left}
