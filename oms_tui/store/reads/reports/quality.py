"""How good the data are that sources bring: what they leave blank, disagree on, or say so that nobody can read it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from oms_tui.domain.figures import Kind
from oms_tui.store.ids import first_id
from oms_tui.store.quality import kept_days, standing
from oms_tui.store.reads.reports.shape import figure, share
from oms_tui.store.reads.reports.weeks import QUARTER_MS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oms_tui.store.reads.reports.shape import Asked

FORMULA: Final = (
    "blank: orders of a source, by the week they were placed, that say nothing in a field, as they are known today; in "
    "percent of its orders of that week. conflict: open orders on whose field systems disagree, in percent of the "
    "source's open orders. unmapped: words no map knows; quarantined: records that could not be read, by stream. These "
    "three as they stand now, and for every week before as they stood on the last day of it that the worker kept."
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
    rows = [*_blanks(asked), *_standing(asked)]
    rows.sort(key=lambda row: (row.source, -row.count, row.field))
    return sorted(rows, key=lambda row: row.week, reverse=True)


def _blanks(asked: Asked) -> Iterator[Flaw]:
    weeks = asked.weeks
    found: Counter[tuple[str, str, str]] = Counter()
    looked: Counter[tuple[str, str]] = Counter()
    bound = (first_id(weeks.since), first_id(weeks.until + 1000))
    for quarter, source, count, *blanks in asked.store.cache.execute(_BLANKS, bound):
        week = weeks.of(quarter * QUARTER_MS)
        looked[week, source] += count
        for field, blank in zip(_FIELDS, blanks, strict=True):
            found[week, source, field] += blank
    for (week, source, field), count in found.items():
        if count:
            of = looked[week, source]
            yield Flaw(week, source, field, "blank", count, of, share(count, of))


def _standing(asked: Asked) -> Iterator[Flaw]:
    weeks = asked.weeks
    days = kept_days(asked.store, weeks.day(weeks.since).isoformat(), weeks.day(weeks.until).isoformat())
    found = {weeks.of_day(day): flaws for day, flaws in days.items()}  # of each week the last day
    found[weeks.names[-1]] = standing(asked.store)
    for week, flaws in found.items():
        for each in flaws:
            yield Flaw(week, *each, share(each.times, each.of) if each.of else None)
