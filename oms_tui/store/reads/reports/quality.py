"""How good the data are that sources bring: what they leave blank, disagree on, or say so that nobody can read it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from oms_tui.domain.figures import Kind
from oms_tui.store.ids import first_id
from oms_tui.store.reads.reports.shape import figure, share
from oms_tui.store.reads.reports.weeks import QUARTER_MS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oms_tui.store.reads.reports.shape import Asked

FORMULA: Final = (
    "blank: orders of a source, by the week they were placed, that say nothing in a field, as they are known today; in "
    "percent of its orders of that week. conflict: open orders on whose field systems disagree, by the week and source "
    "of the order. unmapped: words no map knows, and quarantined: records that could not be read, by the week they "
    "were last seen."
)
_FIELDS: Final = {
    "email": "email = ''",
    "phone": "phone = '' AND ship_phone = ''",
    "ship_name": "ship_name = ''",
    "ship_street": "ship_street = ''",
    "ship_postcode": "ship_postcode = ''",
    "ship_city": "ship_city = ''",
    "ship_country": "ship_country = ''",
    "promised_at": "promised_at IS NULL",
    "sku": "EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = orders.id AND l.sku = '')",
}
_BLANKS: Final = (
    f"SELECT placed_at / {QUARTER_MS}, source, count(*), "
    + ", ".join(f"sum({condition})" for condition in _FIELDS.values())
    + " FROM orders WHERE id >= ? AND id < ? GROUP BY 1, 2"
)
_CONFLICTS: Final = """
SELECT q.placed_at, q.source, f.value FROM queue_row q, json_each(q.flags) f
WHERE q.conflicts > 0 AND q.is_open = 1 AND q.placed_at >= ? AND json_extract(f.value, '$[0]') LIKE '% differs'
"""
_UNREAD: Final = """
SELECT last_seen_at, 'unmapped', source, field, times FROM unmapped_codes WHERE last_seen_at >= ?
UNION ALL SELECT last_seen_at, 'quarantined', source, stream, 1 FROM quarantine WHERE last_seen_at >= ?
"""


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a field of a source in a week. ``of``: orders looked at, None where that says nothing."""

    week: str = figure(Kind.TEXT)
    source: str = figure(Kind.TEXT)
    field: str = figure(Kind.TEXT)
    kind: str = figure(Kind.TEXT)
    count: int = figure()
    of: int | None = figure()
    percent: float | None = figure(Kind.PERCENT, bar=True)


def quality(asked: Asked) -> list[Flaw]:
    """The newest week first, by source, what is worst first; what has no flaw is left out."""
    found: Counter[tuple[str, str, str, str]] = Counter()
    looked: Counter[tuple[str, str]] = Counter()
    weeks, cache = asked.weeks, asked.store.cache
    for quarter, source, count, *blanks in cache.execute(
        _BLANKS, (first_id(weeks.since), first_id(weeks.until + 1000))
    ):
        week = weeks.of(quarter * QUARTER_MS)
        looked[week, source] += count
        for field, blank in zip(_FIELDS, blanks, strict=True):
            found[week, source, field, "blank"] += blank
    for key, times in _others(asked):
        found[key] += times
    rows = []
    for (week, source, field, kind), count in found.items():
        of = looked[week, source] if kind in {"blank", "conflict"} else None
        if count:
            rows.append(Flaw(week, source, field, kind, count, of, share(count, of) if of else None))
    rows.sort(key=lambda row: (row.source, -row.count, row.field))
    return sorted(rows, key=lambda row: row.week, reverse=True)


def _others(asked: Asked) -> Iterator[tuple[tuple[str, str, str, str], int]]:
    weeks, since = asked.weeks, asked.weeks.since
    for at, source, flag in asked.store.cache.execute(_CONFLICTS, (since,)):
        field = str(json.loads(flag)[0]).removesuffix(" differs").replace(" ", "_")
        yield (weeks.of(at), source, field, "conflict"), 1
    for at, kind, source, field, times in asked.store.cache.execute(_UNREAD, (since, since)):
        yield (weeks.of(at), source, field, kind), times
