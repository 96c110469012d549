"""Words about the work on an order: tasks, notes, files, mails that nobody looks after, and data that are too old."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.store.query_parts import NEWEST, Asked, Sql, among, between, indexed, ms
from oms_tui.store.queue_sorts import LATER

if TYPE_CHECKING:
    from oms_tui.domain.query_tree import Term

TASK_VALUES: Final = ("due", "today", "open")

_HAS_TASK: Final = "q.task_due_at IS NOT NULL"
_CARED: Final = "((c.returned_at IS NULL AND o.owner <> '' AND o.due_at IS NOT NULL) OR o.in_hand_until >= ?)"

STALE_AFTER: Final = "stale_after:"
"""The key in ``meta`` under which the worker keeps, for each source, the age in milliseconds from which it is stale."""

_USUAL_AGE: Final = 900_000


def task(term: Term, asked: Asked) -> Sql:
    """How its open task stands that is due first; a milestone call is none (``call:``)."""
    if term.value == "due":
        return indexed(f"{_HAS_TASK} AND q.task_due_at <= ?", [asked.now_ms])
    if term.value == "today":
        from datetime import timedelta

        day = asked.now.astimezone(asked.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        return indexed(f"{_HAS_TASK} AND q.task_due_at < ?", [ms(day + timedelta(days=1))])
    return indexed(_HAS_TASK)


def task_due(term: Term, asked: Asked) -> Sql:
    """By when its first task is due."""
    text, bound = between("q.task_due_at", term, asked, ahead=True)
    return indexed(" AND ".join(filter(None, (_HAS_TASK, text))), bound)


def unattended(asked: Asked) -> Sql:
    """A customer waits, and of the orders their conversation lies on none is somebody's and due, or has a task in time.

    Whose answer came back waits until that is seen to: an owner who does not know of it is none.

    The same as ``reads.mail.unattended`` of mails, told of orders.
    """
    return indexed(
        f"q.is_open = 1 AND q.waiting_sort < {LATER} AND EXISTS (SELECT 1 FROM message_links l "
        "JOIN messages m ON m.id = l.message JOIN conversations c ON c.id = m.conversation_id "
        "WHERE l.order_id = q.order_id AND c.waiting_since IS NOT NULL AND NOT EXISTS (SELECT 1 FROM messages n "
        "JOIN message_links k ON k.message = n.id JOIN queue_row o ON o.order_id = k.order_id "
        f"WHERE n.conversation_id = c.id AND {_CARED}))",
        [asked.now_ms],
    )


def unlinked() -> Sql:
    """A person whose address the order knows wrote a mail that lies on no order; looked for among the newest."""
    loose = (
        "SELECT lower(from_address) AS address FROM messages WHERE state = 'unlinked' AND direction = 'inbound' "
        f"AND auto = '' AND gone_at IS NULL ORDER BY sent_at DESC LIMIT {NEWEST}"
    )
    return among(
        f"SELECT o.id FROM ({loose}) u CROSS JOIN orders o ON o.email = u.address UNION "
        f"SELECT o.id FROM ({loose}) u CROSS JOIN customer_identities i ON i.kind = 'email' AND i.value = u.address "
        "CROSS JOIN orders o ON o.customer_id = i.customer_id"
    )


def stale(asked: Asked) -> Sql:
    """The system it is from was not read in time."""
    sources = (
        "SELECT s.source FROM sync_state s GROUP BY s.source HAVING count(s.last_success_at) = 0 OR "
        "min(s.last_success_at) < ? - coalesce((SELECT CAST(t.value AS INTEGER) FROM meta t "
        f"WHERE t.key = '{STALE_AFTER}' || s.source), {_USUAL_AGE})"
    )
    return indexed(f"q.source IN ({sources})", [asked.now_ms])


PHONE: Final = Sql(
    "(EXISTS (SELECT 1 FROM orders o WHERE o.id = q.order_id AND (o.phone <> '' OR o.ship_phone <> '')) "
    "OR EXISTS (SELECT 1 FROM customer_identities i WHERE i.customer_id = q.customer_id AND i.kind = 'phone'))"
)
EMAIL: Final = Sql(
    "(EXISTS (SELECT 1 FROM orders o WHERE o.id = q.order_id AND o.email <> '') "
    "OR EXISTS (SELECT 1 FROM customer_identities i WHERE i.customer_id = q.customer_id AND i.kind = 'email'))"
)
HAS: Final = {
    "task": indexed(_HAS_TASK),
    "note": indexed("q.noted > 0"),
    "attachment": indexed("q.attached > 0"),
    "phone": PHONE,
    "email": EMAIL,
}
"""What an order can have, as far as work on it goes; almost every order has an address: met on the way."""
