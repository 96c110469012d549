"""The hot set: open orders are read again by id, since cursors lie.

Measured on five real systems: shipments, tracking numbers, captures, refunds and notes do not always move the date a
cursor goes by. What a support desk looks at is therefore read again on a clock of its own, the longest unread first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connectors.records import Ref

if TYPE_CHECKING:
    from oms_tui.store.driver import Connection

BATCH: Final = 50
MOST_A_ROUND: Final = 500


def hot_orders(cache: Connection, source: str, *, before: int, limit: int = MOST_A_ROUND) -> list[Ref]:
    """Open orders of ``source`` last read before ``before`` (milliseconds)."""
    rows = cache.execute(
        "SELECT o.remote_id FROM queue_row q JOIN orders o ON o.id=q.order_id "
        "WHERE q.is_open=1 AND q.source=? AND o.synced_at<? ORDER BY o.synced_at LIMIT ?",
        (source, before, limit),
    )
    return [Ref("order", remote_id) for (remote_id,) in rows]
