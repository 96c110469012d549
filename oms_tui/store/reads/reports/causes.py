"""What hurts customers, by how much it hurts: delays, parcels in trouble, disagreeing systems, money given back.

Causes and never persons: who wrote, packed or answered is in no figure here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from oms_tui.domain.carriers import carrier_name
from oms_tui.domain.figures import Kind
from oms_tui.domain.impact import TIER_WEIGHTS, UNEXPLAINED, cause_of, weight_of
from oms_tui.domain.vocabulary import TRACKING_TROUBLE
from oms_tui.store.ids import first_id
from oms_tui.store.reads.reports.shape import figure
from oms_tui.store.reads.reports.weeks import DAY_MS
from oms_tui.store.rows import chunks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from oms_tui.domain.policy import DeskPolicy
    from oms_tui.store.reads.reports.shape import Asked
    from oms_tui.store.reads.reports.weeks import Weeks
    from oms_tui.store.workspace import Workspace

MOST_NUMBERS: Final = 50
"""Orders named under a cause: the newest. ``order_count`` says how many there are."""


def formula(policy: DeskPolicy) -> str:
    """How the score is made, with the weights as they are."""
    tiers = dict.fromkeys([*TIER_WEIGHTS, *(tier.name for tier in policy.tiers)])
    weights = ", ".join(f"{tier} {weight_of(tier)}" for tier in tiers)
    return (
        "score: for every customer hit, the weight of their tier times the days it cost them, added up. "
        f"Weights: {weights}. Orders: those promised for these weeks that came late, all that are late today, parcels "
        "in trouble, conflicts that are open or were decided in these weeks, refunds made in them. Days: calendar days "
        "after the promised day; of a parcel in trouble, since its last scan; of a conflict or a refund, from the "
        "order to its end; at least one. A reason set here goes before a carrier's code; a delay nobody explained is "
        f"a cause of its own, {UNEXPLAINED}."
    )


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause. ``days`` are all customers' together; ``orders`` are numbers, the newest first."""

    cause: str = figure(Kind.TEXT)
    score: int = figure(bar=True)
    customers: int = figure()
    days: int = figure()
    order_count: int = figure(title="orders")
    orders: tuple[str, ...] = figure(Kind.NUMBERS, "the newest")
    query: str = figure(Kind.QUERY)


class _Hit(NamedTuple):
    """An order that a cause hit."""

    cause: str
    customer: int  # a person; minus the order's id where nobody knows whose it is
    tier: str
    days: int
    order: int
    number: str


_ROW: Final = (
    "q.order_id, q.number, q.tier, "
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
    """Every cause, the one that hurts most first."""
    found: dict[str, dict[int, _Hit]] = {}
    for hit in _hits(asked.store, asked.weeks):
        of_order = found.setdefault(hit.cause, {})
        before = of_order.get(hit.order)
        if before is None or before.days < hit.days:  # two parcels of an order that one thing held up: once
            of_order[hit.order] = hit
    items = [_cause(name, hits.values()) for name, hits in found.items()]
    return sorted(items, key=lambda each: (-each.score, each.cause))


def _cause(name: str, hits: Iterable[_Hit]) -> Cause:
    newest = sorted(hits, key=lambda hit: -hit.order)
    numbers = tuple(hit.number for hit in newest[:MOST_NUMBERS])
    return Cause(
        cause=name,
        score=sum(weight_of(hit.tier) * hit.days for hit in newest),
        customers=len({hit.customer for hit in newest}),
        days=sum(hit.days for hit in newest),
        order_count=len(newest),
        orders=numbers,
        query=_query(name, numbers, all_named=len(newest) <= MOST_NUMBERS),
    )


def _query(name: str, numbers: Iterable[str], *, all_named: bool) -> str:
    if name == UNEXPLAINED and not all_named:
        return "ship:late -has:delay_reason"
    return numbers_query(numbers)


def numbers_query(numbers: Iterable[str]) -> str:
    """A query that finds these orders, whatever became of them."""
    named = " OR ".join(f'number:"{number}"' for number in numbers if '"' not in number)
    return f"state:* ({named})" if named else ""


def _hits(store: Workspace, weeks: Weeks) -> Iterator[_Hit]:
    house = _house_reasons(store, weeks)
    seen: set[int] = set()
    for order, number, tier, customer, reason, carrier, days in store.cache.execute(_LATE_NOW):
        seen.add(order)
        yield _Hit(cause_of(reason, carrier), customer, tier, max(1, days), order, number)
    for hit in _came_late(store, weeks, house, seen):
        seen.add(hit.order)
        yield hit
    for hit in _in_trouble(store, weeks, seen):
        seen.add(hit.order)
        yield hit
    yield from _said_here(store, house, seen)
    yield from _conflicts(store, weeks)
    yield from _refunds(store, weeks)


def _came_late(store: Workspace, weeks: Weeks, house: dict[int, str], seen: set[int]) -> Iterator[_Hit]:
    late = [row for row in store.cache.execute(_CAME_LATE, (weeks.since, weeks.until)) if row[0] not in seen]
    said = _said_on_the_way(store, [row[8] for row in late if row[8] is not None and not row[4]])
    for order, number, tier, customer, reason, carrier, promised, there, tracker, scanned in late:
        end = there if there is not None else scanned
        days = (weeks.day(end) - weeks.day(promised)).days if end is not None else 0
        why = house.get(order) or reason or said.get(tracker, "")
        if days > 0 or reason:
            yield _Hit(cause_of(why, carrier), customer, tier, max(1, days), order, number)


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
        for order, number, tier, customer, reason, carrier, scanned in store.cache.execute(_IN_TROUBLE, (status,)):
            if order not in seen:
                days = (weeks.until - scanned) // DAY_MS if scanned is not None else 0
                cause = cause_of(reason, carrier) if reason else f"{status} / {carrier_name(carrier)}"
                yield _Hit(cause, customer, tier, max(1, days), order, number)


def _house_reasons(store: Workspace, weeks: Weeks) -> dict[int, str]:
    """Orders a person here set a reason for, whenever that was if it is still open, else in these weeks."""
    found: dict[int, str] = {}
    decided = store.desk.execute(
        "SELECT source, remote_id, delay_reason FROM order_decisions WHERE delay_reason <> '' AND updated_at >= ?",
        (weeks.since,),
    )
    for source, remote_id, reason in decided:
        row = store.cache.execute(
            "SELECT id FROM orders WHERE source = ? AND remote_id = ?", (source, remote_id)
        ).fetchone()
        if row is not None:
            found[row[0]] = reason
    return found


def _said_here(store: Workspace, house: dict[int, str], seen: set[int]) -> Iterator[_Hit]:
    """What a person named as the cause of an order's trouble though nothing came late: a broken lamp."""
    for part in chunks([order for order in house if order not in seen]):
        places = ",".join("?" * len(part))
        for order, number, tier, customer, carrier in store.cache.execute(
            f"SELECT {_ROW}, q.carrier FROM queue_row q WHERE q.order_id IN ({places})", part
        ):
            yield _Hit(cause_of(house[order], carrier), customer, tier, 1, order, number)


def _conflicts(store: Workspace, weeks: Weeks) -> Iterator[_Hit]:
    for order, number, tier, customer, flag, placed in store.cache.execute(_CONFLICTS):
        field = str(json.loads(flag)[0]).removesuffix(" differs").replace(" ", "_")
        yield _Hit(f"conflict: {field}", customer, tier, _days(placed, weeks.until), order, number)
    decided = store.desk.execute(
        "SELECT source, remote_id, field, decided_at FROM conflict_decisions WHERE decided_at BETWEEN ? AND ?",
        (weeks.since, weeks.until),
    )
    for source, remote_id, field, at in decided:
        for order, number, tier, customer, placed in store.cache.execute(
            f"SELECT {_ROW}, q.placed_at FROM orders o CROSS JOIN queue_row q ON q.order_id = o.id "
            "WHERE o.source = ? AND o.remote_id = ?",
            (source, remote_id),
        ):
            yield _Hit(f"conflict: {field}", customer, tier, _days(placed, at), order, number)


def _refunds(store: Workspace, weeks: Weeks) -> Iterator[_Hit]:
    bound = (first_id(weeks.since), weeks.since, weeks.until)
    for order, number, tier, customer, reason, placed, at in store.cache.execute(_REFUNDS, bound):
        yield _Hit(f"refund: {reason or UNEXPLAINED}", customer, tier, _days(placed, at), order, number)


def _days(first: int, last: int) -> int:
    return max(1, (last - first) // DAY_MS)
