"""How good the data are that sources bring: what they leave blank, disagree on, or say so that nobody can read it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from oms_tui.domain.figures import Kind
from oms_tui.domain.query_tree import quote
from oms_tui.store.ids import first_id
from oms_tui.store.quality import ORDER_BLANKS, blank_orders, kept_days, standing
from oms_tui.store.reads.reports.behind import MOST, Named, query_of
from oms_tui.store.reads.reports.shape import figure, share
from oms_tui.store.reads.reports.weeks import QUARTER_MS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oms_tui.store.quality import Standing
    from oms_tui.store.reads.reports.shape import Asked

FORMULA: Final = (
    "blank: records of open orders (orders, parcels, invoices, orders to vendors; of stock, what is to come) on which "
    "a source says nothing in a field, in percent of those looked at. conflict: open orders on whose field systems "
    "disagree, in percent of the source's open orders. unmapped: words no map knows; quarantined: records that could "
    "not be read, by stream. These four as they stand now, and for every week before as they stood on the last day of "
    "it that the worker kept. came blank: orders by the week they were placed that say nothing in a field, as they are "
    "known today, in percent of the source's orders of that week."
)
_CAME: Final = (
    f"SELECT o.placed_at / {QUARTER_MS}, o.source, count(*), "
    + ", ".join(f"sum({condition})" for condition in ORDER_BLANKS.values())
    + " FROM orders o WHERE o.id >= ? AND o.id < ? GROUP BY 1, 2"
)


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a field of a source in a week. ``of``: records looked at, None where that says nothing."""

    week: str = figure(Kind.TEXT)
    source: str = figure(Kind.TEXT)
    field: str = figure(Kind.TEXT)
    kind: str = figure(Kind.TEXT)
    count: int = figure(bar=True)
    of: int | None = figure()
    percent: float | None = figure(Kind.PERCENT)
    query: str = figure(Kind.QUERY)


def quality(asked: Asked) -> list[Flaw]:
    """The newest week first, by source, what is worst first; what has no flaw is left out."""
    rows = [*_came_blank(asked), *stood(asked)]
    rows.sort(key=lambda row: (row.source, -row.count, row.field))
    return sorted(rows, key=lambda row: row.week, reverse=True)


def _came_blank(asked: Asked) -> Iterator[Flaw]:
    weeks = asked.weeks
    found: Counter[tuple[str, str, str]] = Counter()
    looked: Counter[tuple[str, str]] = Counter()
    bound = (first_id(weeks.since), first_id(weeks.until + 1000))
    for quarter, source, count, *blanks in asked.store.cache.execute(_CAME, bound):
        week = weeks.of(quarter * QUARTER_MS)
        looked[week, source] += count
        for field, blank in zip(ORDER_BLANKS, blanks, strict=True):
            found[week, source, field] += blank
    for (week, source, field), count in found.items():
        if count:
            of = looked[week, source]
            query = query_of(_placed(asked, week, source, ORDER_BLANKS[field]))
            yield Flaw(week, source, field, "came_blank", count, of, share(count, of), query)


def _placed(asked: Asked, week: str, source: str, condition: str) -> Iterator[Named]:
    first, last = asked.weeks.span(week)
    rows = asked.store.cache.execute(
        f"SELECT o.id, o.source, o.number FROM orders o WHERE o.id >= ? AND o.id < ? AND o.source = ? AND {condition} "
        "ORDER BY o.id DESC LIMIT ?",
        (first_id(first), first_id(last + 1000), source, MOST),
    )
    return (Named(*row) for row in rows)


def looked_at(asked: Asked) -> set[str]:
    """The weeks of which it is known what stood: the running one, and those of which the worker kept a day."""
    return {asked.weeks.names[-1], *map(asked.weeks.of_day, _kept(asked))}


def _kept(asked: Asked) -> dict[str, list[Standing]]:
    first, last = (asked.weeks.day(at).isoformat() for at in (asked.weeks.since, asked.weeks.until))
    return kept_days(asked.store, first, last)


def stood(asked: Asked) -> Iterator[Flaw]:
    """What stands now, and what stood at the end of each week before; in no order."""
    weeks = asked.weeks
    found = {weeks.of_day(day): flaws for day, flaws in _kept(asked).items()}  # of each week the last day
    now = weeks.names[-1]
    found[now] = standing(asked.store)
    for week, flaws in found.items():
        for each in flaws:
            query = _stands_on(asked, each) if week == now else ""
            yield Flaw(week, *each, share(each.times, each.of) if each.of else None, query)


def _stands_on(asked: Asked, flaw: Standing) -> str:
    """The orders a flaw stands on today; of days gone by only their number was kept."""
    if flaw.kind == "conflict":
        return f"source:{quote(flaw.source)} conflict:{flaw.field}"
    if flaw.kind == "blank":
        return query_of(Named(*row) for row in blank_orders(asked.store, flaw.source, flaw.field, MOST))
    return ""
