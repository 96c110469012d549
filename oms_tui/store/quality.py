"""What stands wrong with the sources' data today, and its diary: the cache knows only how it is now.

A day's count is kept on the desk, so a cache that is made anew loses none of them.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from oms_tui.store import desk_rows
from oms_tui.store.driver import transaction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oms_tui.store.session import Session
    from oms_tui.store.workspace import Workspace

ORDER_BLANKS: Final = {
    "email": "o.email = ''",
    "phone": "o.phone = '' AND o.ship_phone = ''",
    "ship_name": "o.ship_name = ''",
    "ship_street": "o.ship_street = ''",
    "ship_postcode": "o.ship_postcode = ''",
    "ship_city": "o.ship_city = ''",
    "ship_country": "o.ship_country = ''",
    "promised_at": "o.promised_at IS NULL",
    "sku": "EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = o.id AND l.sku = '')",
}
"""What of an order (``o``) a source should say, and when it does not."""

_OF_OPEN: Final = "FROM queue_row q CROSS JOIN {} ON {} WHERE q.is_open = 1"

# Of every system what work waits for when it is left out: field, when it is blank, and the records that are looked at.
_BLANKS: Final = (
    (ORDER_BLANKS, "o", _OF_OPEN.format("orders o", "o.id = q.order_id")),
    (
        {"parcel.tracking_number": "s.tracking_number = ''"},
        "s",
        _OF_OPEN.format("shipments s", "s.order_id = q.order_id") + " AND s.state NOT IN ('created', 'cancelled')",
    ),
    (
        {"parcel.estimated_delivery_at": "t.estimated_delivery_at IS NULL"},
        "t",
        _OF_OPEN.format("shipments s", "s.order_id = q.order_id JOIN trackers t ON t.id = s.tracker_id")
        + " AND t.status NOT IN ('delivered', 'returned', 'cancelled')",
    ),
    (
        {"invoice.due_at": "i.due_at IS NULL"},
        "i",
        _OF_OPEN.format("invoices i", "i.order_id = q.order_id") + " AND i.status IN ('open', 'partially_paid')",
    ),
    (
        {"purchase_order.expected_at": "p.expected_at IS NULL"},
        "p",
        _OF_OPEN.format("purchase_orders p", "p.order_id = q.order_id")
        + " AND p.request_status IN ('submitted', 'accepted')",
    ),
    ({"stock.expected_at": "k.expected_at IS NULL"}, "k", "FROM stock_levels k WHERE k.incoming > 0"),
)

_OPEN: Final = "SELECT source, count(*) FROM queue_row WHERE is_open = 1 GROUP BY source"
_CONFLICTS: Final = "SELECT source, conflict_fields FROM queue_row WHERE conflicts > 0 AND is_open = 1"
_UNREAD: Final = """
SELECT source, field, 'unmapped', count(*) FROM unmapped_codes GROUP BY 1, 2
UNION ALL SELECT source, stream, 'quarantined', count(*) FROM quarantine GROUP BY 1, 2
"""
_FAULTLESS: Final = "none"
"""The kind of the row that a day without any flaw is kept by: it was looked at."""


class Standing(NamedTuple):
    """A flaw that stands: ``kind`` is blank, conflict, unmapped or quarantined.

    ``of``: records of open orders that were looked at, None for what could not be read.
    """

    source: str
    field: str
    kind: str
    times: int
    of: int | None


def standing(store: Workspace) -> list[Standing]:
    """Every flaw as it is now, by source and field."""
    cache = store.cache
    orders = dict(cache.execute(_OPEN).fetchall())
    conflicts: Counter[tuple[str, str]] = Counter()
    for source, fields in cache.execute(_CONFLICTS):
        conflicts.update((source, field) for field in fields.split())
    found = [
        Standing(source, field, "conflict", count, orders.get(source)) for (source, field), count in conflicts.items()
    ]
    found += [Standing(source, field, kind, times, None) for source, field, kind, times in cache.execute(_UNREAD)]
    found += _blank(store)
    return sorted(found, key=lambda each: each[:3])


def _blank(store: Workspace) -> Iterator[Standing]:
    for fields, table, records in _BLANKS:
        sums = ", ".join(f"sum({condition})" for condition in fields.values())
        for source, of, *counts in store.cache.execute(f"SELECT {table}.source, count(*), {sums} {records} GROUP BY 1"):
            for field, times in zip(fields, counts, strict=True):
                if times:
                    yield Standing(source, field, "blank", times, of)


def blank_orders(store: Workspace, source: str, field: str, most: int) -> list[tuple[int, str, str]]:
    """Open orders on whose records a source leaves ``field`` blank, the newest first: id, source, number."""
    for fields, table, records in _BLANKS:
        if field in fields and "queue_row" in records:
            return store.cache.execute(
                f"SELECT DISTINCT q.order_id, q.source, q.number {records} AND {table}.source = ? "
                f"AND {fields[field]} ORDER BY q.order_id DESC LIMIT ?",
                (source, most),
            ).fetchall()
    return []


def keep_day(session: Session) -> bool:
    """Keep how it is today, once a day of the desk's; whether it was kept now."""
    store = session.store
    today = datetime.fromtimestamp(session.now() / 1000, UTC).astimezone(session.policy.zone).date().isoformat()
    if store.desk.execute("SELECT 1 FROM quality_days WHERE day = ? LIMIT 1", (today,)).fetchone():
        return False
    found = standing(store) or [Standing("", "", _FAULTLESS, 0, None)]
    with transaction(store.desk):
        for each in found:
            desk_rows.put(store.desk, "quality_days", {"day": today, **each._asdict()})
    return True


def kept_days(store: Workspace, first: str, last: str) -> dict[str, list[Standing]]:
    """What was kept, by day (ISO 8601), of the days from ``first`` to ``last``."""
    found: dict[str, list[Standing]] = {}
    for day, *row in store.desk.execute(
        'SELECT day, source, field, kind, times, "of" FROM quality_days WHERE day >= ? AND day <= ? '
        "ORDER BY day, source, field, kind",
        (first, last),
    ):
        flaws = found.setdefault(day, [])
        if (each := Standing(*row)).kind != _FAULTLESS:
            flaws.append(each)
    return found
