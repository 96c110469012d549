"""What hurts customers, by how much it hurts: delays, parcels in trouble, disagreeing systems, money given back.

Causes and never persons: who wrote, packed or answered is in no figure here.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from oms_tui.domain.carriers import carrier_name
from oms_tui.domain.figures import Kind
from oms_tui.domain.impact import TIER_WEIGHTS, UNEXPLAINED, cause_of, weight_of
from oms_tui.domain.vocabulary import TRACKING_TROUBLE, Tier
from oms_tui.store.ids import first_id
from oms_tui.store.order_names import ids_of
from oms_tui.store.reads.reports.behind import MOST, Named, newest, query_of
from oms_tui.store.reads.reports.shape import figure
from oms_tui.store.reads.reports.weeks import DAY_MS
from oms_tui.store.rows import chunks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from oms_tui.domain.policy import DeskPolicy
    from oms_tui.store.reads.reports.shape import Asked
    from oms_tui.store.reads.reports.weeks import Weeks
    from oms_tui.store.workspace import Workspace

BY: Final = ("cause", "week")


def formula(policy: DeskPolicy) -> str:
    """How the score is made, with the weights as they are."""
    tiers = dict.fromkeys([*(tier.name for tier in policy.tiers), Tier.STANDARD])
    if not policy.tiers:
        tiers = dict.fromkeys([*TIER_WEIGHTS, Tier.STANDARD, Tier.ONE_OFF])
    weights = ", ".join(f"{tier} {weight_of(policy.tier(tier))}" for tier in tiers)
    return (
        "score: for every customer hit, the weight of their tier times the days it cost them, added up. "
        f"Weights: {weights} (`weight` in [tiers] of the config). Orders: those promised for these weeks that came "
        "late, all that are late today, parcels in trouble, conflicts that are open or were decided in these weeks, "
        "refunds made in them. Days: calendar days after the promised day; of a parcel in trouble, since its last "
        "scan; of a conflict or a refund, from the order to its end; at least one. A reason set here goes before a "
        f"carrier's code; a delay nobody explained is a cause of its own, {UNEXPLAINED}. Over time, and by week: the "
        "same of the days that lie in each week; an order counts in every week in which it cost a day."
    )


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause. ``days`` are all customers' together; ``orders`` are numbers, the newest first, 50 at most.

    ``week``, ISO 8601, has a value by week alone; ``over_time``, the score of each week, the oldest first, by cause
    alone.
    """

    week: str = figure(Kind.TEXT)
    cause: str = figure(Kind.TEXT)
    score: int = figure(bar=True)
    over_time: tuple[int, ...] = figure(Kind.SERIES)
    customers: int = figure()
    days: int = figure()
    order_count: int = figure(title="orders")
    orders: tuple[str, ...] = figure(Kind.NUMBERS, "the newest")
    query: str = figure(Kind.QUERY)


class _Hit(NamedTuple):
    """An order that a cause hit: for ``days``, the last of them at ``end`` (milliseconds since 1970 UTC)."""

    cause: str
    customer: int  # a person; minus the order's id where nobody knows whose it is
    tier: str
    days: int
    end: int
    order: Named


_ROW: Final = (
    "q.order_id, q.source, q.number, q.tier, "
    "coalesce((SELECT c.person_id FROM customers c WHERE c.id = q.customer_id), -q.order_id)"
)

_LATE_NOW: Final = f"""
SELECT {_ROW}, q.reason, q.carrier, q.days_late FROM queue_row q
WHERE q.late_since IS NOT NULL AND q.will_be_late = 0 AND q.is_open = 1
"""

# Orders promised for the weeks asked: an index of promises, then each one's parcels. A parcel that went wrong keeps the
# carrier's reason; one that came late after all has it in its scans alone.
_CAME_LATE: Final = f"""
SELECT {_ROW}, t.reason, s.carrier, q.promised_at,
  coalesce(s.delivered_at, CASE t.status WHEN 'delivered' THEN t.last_event_at END) AS there, t.id, t.last_event_at
FROM queue_row q CROSS JOIN shipments s ON s.order_id = q.order_id LEFT JOIN trackers t ON t.id = s.tracker_id
WHERE q.promised_at IS NOT NULL AND q.promised_at >= ? AND q.promised_at <= ? AND s.state <> 'cancelled'
AND (there > q.promised_at OR t.reason <> '')
"""

_IN_TROUBLE: Final = f"""
SELECT {_ROW}, t.reason, q.carrier, max(t.last_event_at) FROM queue_row q
CROSS JOIN shipments s ON s.order_id = q.order_id JOIN trackers t ON t.id = s.tracker_id
WHERE q.tracking = ? AND q.is_open = 1 AND t.status = q.tracking GROUP BY q.order_id
"""

_CONFLICTS: Final = f"""
SELECT {_ROW}, f.value, q.placed_at FROM queue_row q, json_each(q.flags) f
WHERE q.conflicts > 0 AND q.is_open = 1 AND json_extract(f.value, '$[0]') LIKE '% differs'
"""

_REFUNDS: Final = f"""
SELECT {_ROW}, r.reason, q.placed_at, coalesce(r.created_at, r.recorded_at) FROM refunds r
CROSS JOIN queue_row q ON q.order_id = r.order_id
WHERE r.id >= ? AND r.state <> 'failed' AND coalesce(r.created_at, r.recorded_at) BETWEEN ? AND ?
"""


def causes(asked: Asked) -> list[Cause]:
    """Every cause, the one that hurts most first; by week the newest week first."""
    found: dict[str, dict[int, _Hit]] = {}
    for hit in _hits(asked.store, asked.weeks):
        of_order = found.setdefault(hit.cause, {})
        before = of_order.get(hit.order.order)
        if before is None or before.days < hit.days:  # two parcels of an order that one thing held up: once
            of_order[hit.order.order] = hit
    weights = {hit.tier: 0 for hits in found.values() for hit in hits.values()}
    weights = {tier: weight_of(asked.policy.tier(tier)) for tier in weights}
    items: list[Cause] = []
    for name, hits in found.items():
        if asked.by == "week":
            items += [_cause(name, of_week, weights, week) for week, of_week in _by_week(asked.weeks, hits.values())]
        else:
            items.append(
                _cause(name, hits.values(), weights, over_time=_over_time(asked.weeks, hits.values(), weights))
            )
    items.sort(key=lambda each: (-each.score, each.cause))
    return sorted(items, key=lambda each: each.week, reverse=True)


def _by_week(weeks: Weeks, hits: Iterable[_Hit]) -> Iterable[tuple[str, list[_Hit]]]:
    """The hits of each week, with the days that lie in it."""
    found: defaultdict[str, list[_Hit]] = defaultdict(list)
    for hit in hits:
        for week, days in weeks.days_in(hit.end, hit.days):
            found[week].append(hit._replace(days=days))
    return found.items()


def _over_time(weeks: Weeks, hits: Iterable[_Hit], weights: Mapping[str, int]) -> tuple[int, ...]:
    """The score of each week, the oldest first."""
    scores = dict.fromkeys(weeks.names, 0)
    for hit in hits:
        for week, days in weeks.days_in(hit.end, hit.days):
            scores[week] += weights[hit.tier] * days
    return tuple(scores.values())


def _cause(
    name: str, hits: Collection[_Hit], weights: Mapping[str, int], week: str = "", over_time: tuple[int, ...] = ()
) -> Cause:
    orders = [hit.order for hit in hits]
    return Cause(
        week=week,
        cause=name,
        score=_score(hits, weights),
        over_time=over_time,
        customers=len({hit.customer for hit in hits}),
        days=sum(hit.days for hit in hits),
        order_count=len(orders),
        orders=tuple(order.number for order in newest(orders)),
        query=_query(name, orders) if not week else query_of(orders),
    )


def _score(hits: Iterable[_Hit], weights: Mapping[str, int]) -> int:
    return sum(weights[hit.tier] * hit.days for hit in hits)


def _query(name: str, orders: Collection[Named]) -> str:
    if name == UNEXPLAINED and len(orders) > MOST:
        return "ship:late -has:delay_reason"
    return query_of(orders)


def _hits(store: Workspace, weeks: Weeks) -> Iterator[_Hit]:
    house = _house_reasons(store, weeks)
    seen: set[int] = set()
    for order, source, number, tier, customer, reason, carrier, days in store.cache.execute(_LATE_NOW):
        seen.add(order)
        named = Named(order, source, number)
        yield _Hit(cause_of(reason, carrier), customer, tier, max(1, days), weeks.until, named)
    for hits in (_came_late(store, weeks, house, seen), _in_trouble(store, weeks, seen)):
        for hit in hits:
            seen.add(hit.order.order)
            yield hit
    yield from _said_here(store, house, seen)
    yield from _conflicts(store, weeks)
    yield from _refunds(store, weeks)


def _came_late(store: Workspace, weeks: Weeks, house: Mapping[int, tuple[str, int]], seen: set[int]) -> Iterator[_Hit]:
    late = [row for row in store.cache.execute(_CAME_LATE, (weeks.since, weeks.until)) if row[0] not in seen]
    said = _said_on_the_way(store, [row[9] for row in late if row[9] is not None and not row[5]])
    for order, source, number, tier, customer, reason, carrier, promised, there, tracker, scanned in late:
        end = there if there is not None else scanned
        days = (weeks.day(end) - weeks.day(promised)).days if end is not None else 0
        why, _ = house.get(order, ("", 0))
        cause = cause_of(why or reason or said.get(tracker, ""), carrier)
        if days > 0 or reason:
            last = end if days > 0 and end is not None else promised
            yield _Hit(cause, customer, tier, max(1, days), last, Named(order, source, number))


def _said_on_the_way(store: Workspace, trackers: Iterable[int]) -> dict[int, str]:
    """Of each parcel the last reason its carrier gave before it was there after all."""
    found: dict[int, str] = {}
    for part in chunks(trackers):
        places = ",".join("?" * len(part))
        found |= store.cache.execute(
            f"SELECT tracker_id, reason FROM tracking_events WHERE tracker_id IN ({places}) AND reason <> '' "
            "ORDER BY occurred_at",
            part,
        ).fetchall()
    return found


def _in_trouble(store: Workspace, weeks: Weeks, seen: set[int]) -> Iterator[_Hit]:
    for status in sorted(TRACKING_TROUBLE):
        rows = store.cache.execute(_IN_TROUBLE, (status,))
        for order, source, number, tier, customer, reason, carrier, scanned in rows:
            if order not in seen:
                days = (weeks.until - scanned) // DAY_MS if scanned is not None else 0
                cause = cause_of(reason, carrier) if reason else f"{status} / {carrier_name(carrier)}"
                yield _Hit(cause, customer, tier, max(1, days), weeks.until, Named(order, source, number))


def _house_reasons(store: Workspace, weeks: Weeks) -> dict[int, tuple[str, int]]:
    """Orders a person here set a reason for in these weeks: the reason, and when."""
    found: dict[int, tuple[str, int]] = {}
    decided = store.desk.execute(
        "SELECT source, remote_id, delay_reason, updated_at FROM order_decisions "
        "WHERE delay_reason <> '' AND updated_at >= ?",
        (weeks.since,),
    ).fetchall()
    ids = ids_of(store.cache, ((source, remote_id) for source, remote_id, *_ in decided))
    for source, remote_id, reason, at in decided:
        if (order := ids.get((source, remote_id))) is not None:
            found[order] = (reason, at)
    return found


def _said_here(store: Workspace, house: Mapping[int, tuple[str, int]], seen: set[int]) -> Iterator[_Hit]:
    """What a person named as the cause of an order's trouble though nothing came late: a broken lamp."""
    for part in chunks([order for order in house if order not in seen]):
        places = ",".join("?" * len(part))
        for order, source, number, tier, customer, carrier in store.cache.execute(
            f"SELECT {_ROW}, q.carrier FROM queue_row q WHERE q.order_id IN ({places})", part
        ):
            reason, at = house[order]
            yield _Hit(cause_of(reason, carrier), customer, tier, 1, at, Named(order, source, number))


def _conflicts(store: Workspace, weeks: Weeks) -> Iterator[_Hit]:
    for order, source, number, tier, customer, flag, placed in store.cache.execute(_CONFLICTS):
        field = str(json.loads(flag)[0]).removesuffix(" differs").replace(" ", "_")
        days = _days(placed, weeks.until)
        yield _Hit(f"conflict: {field}", customer, tier, days, weeks.until, Named(order, source, number))
    decided = store.desk.execute(
        "SELECT source, remote_id, field, decided_at FROM conflict_decisions WHERE decided_at BETWEEN ? AND ?",
        (weeks.since, weeks.until),
    )
    for named_source, remote_id, field, at in decided:
        for order, source, number, tier, customer, placed in store.cache.execute(
            f"SELECT {_ROW}, q.placed_at FROM orders o CROSS JOIN queue_row q ON q.order_id = o.id "
            "WHERE o.source = ? AND o.remote_id = ?",
            (named_source, remote_id),
        ):
            yield _Hit(f"conflict: {field}", customer, tier, _days(placed, at), at, Named(order, source, number))


def _refunds(store: Workspace, weeks: Weeks) -> Iterator[_Hit]:
    bound = (first_id(weeks.since), weeks.since, weeks.until)
    for order, source, number, tier, customer, reason, placed, at in store.cache.execute(_REFUNDS, bound):
        cause = f"refund: {reason or UNEXPLAINED}"
        yield _Hit(cause, customer, tier, _days(placed, at), at, Named(order, source, number))


def _days(first: int, last: int) -> int:
    return max(1, (last - first) // DAY_MS)
