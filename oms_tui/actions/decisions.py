"""What most actions on an order do: change what people decided about it, log it, and say it in the feed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from oms_tui.actions.base import Outcome

if TYPE_CHECKING:
    from oms_tui.store.desk_rows import Values
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem
    from oms_tui.store.writes.desk_write import DeskWrite

ORDER_CHANGED: Final = "order"
"""The feed's word for "derive this order again"."""


def name_of(order: QueueItem) -> tuple[str, str]:
    """How desk rows name an order."""
    return order.source, order.remote_id


def decision(session: Session, order: QueueItem) -> Values:
    """What people decided about an order; an empty row if nothing."""
    from oms_tui.store import desk_rows
    from oms_tui.store.writes.desk_write import blank

    found = desk_rows.get(session.store.desk, "order_decisions", *name_of(order))
    return found or blank("order_decisions")


def tags_of(session: Session, order: QueueItem) -> list[str]:
    """The tags people gave it."""
    return [str(tag) for tag in json.loads(decision(session, order)["tags"])]


def write_on(session: Session, action: str, order: QueueItem, summary: str, *, undoable: bool = True) -> DeskWrite:
    """A transaction about one order."""
    from oms_tui.store.writes.desk_write import DeskWrite

    return DeskWrite(session, action, [name_of(order)], summary=f"{order.number}: {summary}", undoable=undoable)


def decide(session: Session, action: str, order: QueueItem, kind: str, summary: str, **changes: Any) -> Outcome:
    """Change columns of the order's decision: one transaction with its event of ``kind``, before and after in it."""
    before = decision(session, order)
    with write_on(session, action, order, summary) as write:
        write.merge("order_decisions", name_of(order), **changes)
        write.event(
            kind, summary, name_of(order), {"before": {name: before[name] for name in changes}, "after": changes}
        )
        write.changed(ORDER_CHANGED, *name_of(order))
    return Outcome(summary, write.undo_id)


def shown_time(session: Session, at: int) -> str:
    """A moment (milliseconds since 1970 UTC) as this desk's people read it: ``Tue 24 Nov 09:00``."""
    from datetime import UTC, datetime

    return f"{datetime.fromtimestamp(at / 1000, UTC).astimezone(session.policy.zone):%a %d %b %H:%M}"


def agent_name(session: Session, agent: str) -> str:
    """How people read an agent's id."""
    known = session.agents.get(agent)
    return known.shown if known else agent or "nobody"
