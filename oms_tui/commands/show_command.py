"""One order with everything about it: lines, money, parcels, mail, timeline, and what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oms_tui.commands import documents
from oms_tui.commands.context import emit, opened, order_named, settled
from oms_tui.commands.failures import DONE, not_found

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from datetime import datetime

    from oms_tui.store.session import Session
    from oms_tui.store.shapes import OrderView


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("order", help="a number, source:number or remote id")


def run(options: Any) -> int:
    """Do it; returns the exit code."""
    session = opened(options).session
    settled(session)
    view = whole_order(session, order_named(session, options.order))
    if options.json:
        from oms_tui.commands.calls_command import call
        from oms_tui.store.reads.calls import calls_of

        found = calls_of(session.store, view.item.id, session.now())
        more = {"clock": clock(session, view), "milestone_calls": [call(each) for each in found]}
        emit(documents.order(view, actions(session, view)) | more)
    else:
        from oms_tui.commands.show_text import tell_order

        tell_order(view, session)
    return DONE


def clock(session: Session, view: OrderView) -> documents.Document | None:
    """The clock that runs while the customer waits: since when, what they are promised, and when it is due."""
    from oms_tui.store.reads.clocks import running_clock

    found = running_clock(session.store, session.policy, view.item, session.now())
    if found is None:
        return None
    return {
        "kind": found.clock.kind.value,
        "state": found.clock.state.value,
        "started_at": _moment(found.clock.started_at),
        "soon_at": _moment(found.clock.soon_at),
        "due_at": _moment(found.clock.due_at),
        "promised_seconds": found.allowed,
        "share": found.share,
    }


def _moment(at: datetime) -> str | None:
    return documents.moment(int(at.timestamp() * 1000))


def whole_order(session: Session, order_id: int) -> OrderView:
    """The order of that id.

    Raises:
        Failure: it went meanwhile.
    """
    from oms_tui.store.reads.order import read_order

    view = read_order(session.store, session.policy, order_id, now=session.now())
    if view is None:
        raise not_found("this order is not there any more")
    return view


def actions(session: Session, view: OrderView) -> Iterator[documents.Document]:
    """Every action of the catalogue, and why it cannot be done just now."""
    from oms_tui.actions.catalogue import all_actions
    from oms_tui.actions.run import why_not

    for action in all_actions():
        reason = why_not(session, action, view.item)
        yield {"id": action.id, "enabled": not reason, "why_not": reason or None}
