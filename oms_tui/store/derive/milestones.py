"""When the milestones of orders were reached, as far as their sources say: read for some hundred orders at a time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from oms_tui.domain.milestones import MilestoneFacts, ParcelMoments
from oms_tui.domain.stages import PAID
from oms_tui.domain.vocabulary import OrderState, ShipmentState, Stage, TrackingStatus
from oms_tui.store.derive import goods
from oms_tui.store.rows import chunks, marks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from oms_tui.store.derive.facts import OrderFacts, Values
    from oms_tui.store.driver import Connection

_LIES_HERE: Final = frozenset(
    {Stage.READY_TO_RELEASE, Stage.PICKING, Stage.SORTING, Stage.INSPECTION, Stage.PACKING, Stage.LABELLED}
)
_FLICKER_MS: Final = 60_000
"""An order that lacked goods for less than this was looked at while its stock was being read."""

_LEFT: Final = frozenset({ShipmentState.SHIPPED, ShipmentState.DELIVERED})
_STANDS_STILL: Final = f"('{TrackingStatus.UNKNOWN}','{TrackingStatus.PRE_TRANSIT}','{TrackingStatus.CANCELLED}')"


class _Moments(NamedTuple):
    """What the rows do not say: payments as (when, how much), and each parcel's moments, of one order."""

    payments: list[tuple[int, int]]
    parcels: list[ParcelMoments]


def milestones(
    cache: Connection, facts: Mapping[int, OrderFacts], rows: Sequence[Values], called: Collection[str], now: int
) -> dict[int, MilestoneFacts]:
    """What happened to these orders.

    Args:
        cache: where the sources' words are.
        facts: what was read of the orders.
        rows: their queue rows, as they are now.
        called: the tiers whose customers are called; of others less is read.
        now: milliseconds since 1970 UTC.
    """
    whole = [row["order_id"] for row in rows if row["tier"] in called]
    moments, noted = _moments(cache, whole), _noted(cache, whole)
    found = {}
    for row in rows:
        order = row["order_id"]
        told = moments.get(order)
        paid_at = _paid_at(row, told.payments) if told else None
        allocated_at = noted.get(order) or _allocated_at(facts[order], row, paid_at, now)
        parcels = told.parcels if told else []
        found[order] = _facts(facts[order], row, parcels, paid_at=paid_at, allocated_at=allocated_at)
    return found


def _facts(
    of: OrderFacts, row: Values, parcels: Iterable[ParcelMoments], *, paid_at: int | None, allocated_at: int | None
) -> MilestoneFacts:
    return MilestoneFacts(
        placed_at=None if row["state"] == OrderState.DRAFT else _known(row["placed_at"]),
        paid_at=_at(paid_at),
        allocated_at=_at(allocated_at),
        parcels=tuple(parcels),
        delivered_at=_at(goods.delivered_at(of, goods.stage_facts(of, row["short"]))),
        late_since=None if _is_trouble_alone(row) else _at(row["late_since"]),
        cancelled=row["state"] == OrderState.CANCELLED,
    )


def _is_trouble_alone(row: Values) -> bool:
    """It is late for no other reason than a parcel in trouble, which is a milestone of its own."""
    foreseen = row["will_be_late"] and not row["days_late"]
    return bool(foreseen and row["tracking"] == TrackingStatus.EXCEPTION)


def _paid_at(row: Values, payments: Iterable[tuple[int, int]]) -> int | None:
    """When the last of the money came; with the order where nobody says when."""
    if row["payment_status"] not in PAID:
        return None
    left = row["total"]
    for at, amount in sorted(payments):
        left -= amount
        if left <= 0:
            return max(at, int(row["placed_at"]))
    return int(row["placed_at"])


def _allocated_at(of: OrderFacts, row: Values, paid_at: int | None, now: int) -> int | None:
    """When all its goods were set aside: now, where it waited for some until now; else when it was paid.

    Nobody tells this moment, and a cache made anew cannot know it: it then counts from the payment, as old as that is.
    """
    if row["stage"] not in _LIES_HERE or paid_at is None:
        return None
    before = of.before
    waited = before is not None and before["stage"] == Stage.AWAITING_STOCK and before["derived_at"] < now - _FLICKER_MS
    return now if waited else paid_at


def _noted(cache: Connection, orders: Sequence[int]) -> dict[int, int]:
    """When goods were set aside for these orders as noted a moment ago, and not yet told the desk."""
    found: dict[int, int] = {}
    for part in chunks(orders):
        found |= dict(
            cache.execute(
                f"SELECT order_id, reached_at FROM call_changes WHERE order_id IN ({marks(len(part))}) "
                "AND milestone = 'allocated' AND change = 'make'",
                part,
            )
        )
    return found


def _moments(cache: Connection, orders: Sequence[int]) -> dict[int, _Moments]:
    found = {order: _Moments([], []) for order in orders}
    for part in chunks(orders):
        place = marks(len(part))
        for order, at, amount in cache.execute(
            "SELECT order_id, coalesce(paid_at, created_at), max(captured, amount) FROM payments "
            f"WHERE order_id IN ({place}) AND state IN ('settled','authorized') "
            "AND coalesce(paid_at, created_at) IS NOT NULL",
            part,
        ):
            found[order].payments.append((at, amount))
        for order, state, shipped_at, status, last, moved, out, trouble in cache.execute(
            "SELECT s.order_id, s.state, s.shipped_at, t.status, t.last_event_at, "
            f"min(CASE WHEN e.status NOT IN {_STANDS_STILL} THEN e.occurred_at END), "
            "min(CASE WHEN e.status = 'out_for_delivery' THEN e.occurred_at END), "
            "min(CASE WHEN e.status = 'exception' THEN e.occurred_at END) "
            "FROM shipments s LEFT JOIN trackers t ON t.id = s.tracker_id "
            "LEFT JOIN tracking_events e ON e.tracker_id = t.id "
            f"WHERE s.order_id IN ({place}) AND s.state <> 'cancelled' GROUP BY s.id",
            part,
        ):
            seen = status not in {None, "unknown", "pre_transit", "cancelled"}
            found[order].parcels.append(
                ParcelMoments(
                    shipped_at=_at((shipped_at if state in _LEFT else None) or moved or (last if seen else None)),
                    out_for_delivery_at=_at(out or (last if status == TrackingStatus.OUT_FOR_DELIVERY else None)),
                    exception_at=_at(trouble or (last if status == TrackingStatus.EXCEPTION else None)),
                )
            )
    return found


def _at(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else _known(milliseconds)


def _known(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
