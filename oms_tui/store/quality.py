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
    from oms_tui.store.session import Session
    from oms_tui.store.workspace import Workspace

_OPEN: Final = "SELECT source, count(*) FROM queue_row WHERE is_open = 1 GROUP BY source"
_CONFLICTS: Final = "SELECT source, conflict_fields FROM queue_row WHERE conflicts > 0 AND is_open = 1"
_UNREAD: Final = """
SELECT source, field, 'unmapped', count(*) FROM unmapped_codes GROUP BY 1, 2
UNION ALL SELECT source, stream, 'quarantined', count(*) FROM quarantine GROUP BY 1, 2
"""
_FAULTLESS: Final = "none"
"""The kind of the row that a day without any flaw is kept by: it was looked at."""


class Standing(NamedTuple):
    """A flaw that stands: ``kind`` is conflict, unmapped or quarantined; ``of``: open orders, None for the others."""

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
    return sorted(found, key=lambda each: each[:3])


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
