"""The counts of the top bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.store.badges import values
from oms_tui.store.reads.mail_requests import KINDS_SQL
from oms_tui.store.shapes import Badges

if TYPE_CHECKING:
    from oms_tui.store.workspace import Workspace

_WAITING = (
    "SELECT state, count(*) FROM outbox "
    f"WHERE state IN ('held','queued','sending','failed','blocked','in_doubt') AND kind NOT IN {KINDS_SQL} "
    "GROUP BY state"
)
_DECISIONS = ("failed", "blocked", "in_doubt")


def badges(store: Workspace) -> Badges:
    """What waits for somebody: open orders, mails without an order, calls, and what is on its way out."""
    counts = values(store.cache)
    outbox = dict(store.desk.execute(_WAITING))
    return Badges(
        open=counts.get("open", 0),
        unlinked=counts.get("mail.to_link", 0),
        quarantined=counts.get("mail.quarantined", 0),
        outbox=sum(outbox.values()),
        needs_decision=sum(outbox.get(state, 0) for state in _DECISIONS),
        calls_due=counts.get("calls_due", 0),
    )
