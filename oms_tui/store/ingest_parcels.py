"""Which parcel of ours a carrier speaks of; and parcels that only their carrier told us of.

Numbers are handed out again, so a parcel gets the life of its number that fits the date of its order, and no other.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain.tracking import belongs
from oms_tui.store.incoming import JOINED_VALUES, IncomingJoined
from oms_tui.store.ingest_joined import ingest_joined, ref_text
from oms_tui.store.ingest_names import STAND_IN
from oms_tui.store.rows import chunks, marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from oms_tui.store.driver import Connection
    from oms_tui.store.incoming import IncomingTracker
    from oms_tui.store.ingest_effects import Effects

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def stand_ins(cache: Connection, source: str, trackers: Sequence[IncomingTracker], now: int, effects: Effects) -> None:
    """A parcel whose carrier knows its order is a parcel of that order, unless the order tells us of it itself."""
    made = [_stand_in(tracker) for tracker in trackers if tracker.order is not None and ref_text(tracker.order)]
    ingest_joined(cache, source, made, now, effects)


def stand_in(carrier: str, number: str, remote_id: str) -> str:
    """The remote id of a parcel that only its carrier told us of."""
    return f"{STAND_IN}{carrier}:{number}:{remote_id}"


def _stand_in(tracker: IncomingTracker) -> IncomingJoined:
    if tracker.order is None:
        raise ValueError("only a parcel whose order the carrier knows stands in for ours")
    delivered = [scan.occurred_at for scan in tracker.scans if scan.status == "delivered"]
    first = min((scan.occurred_at for scan in tracker.scans), default=None)
    ended = max(delivered) if tracker.status == "delivered" and delivered else None
    values: dict[str, Any] = {
        **dict.fromkeys(JOINED_VALUES["shipments"], ""),
        "carrier": tracker.carrier,
        "tracking_number": tracker.tracking_number,
        "state": "delivered" if tracker.status == "delivered" else "shipped" if first else "created",
        "tracking_url": tracker.tracking_url,
        "shipped_at": None,
        "delivered_at": ended,
        "weight_grams": None,
        "lines": "[]",
        "updated_at": None,
    }
    return IncomingJoined(
        "shipments",
        stand_in(tracker.carrier, tracker.tracking_number, tracker.remote_id),
        first or tracker.updated_at or 0,
        tracker.order,
        tuple(values[name] for name in JOINED_VALUES["shipments"]),
    )


def attach(cache: Connection, effects: Effects) -> None:
    """Bring the parcels and the trackers of these numbers together; orders whose parcel moved are dirty."""
    for part in chunks(effects.parcels):
        trackers: dict[str, list[tuple[int, str, int, int | None]]] = {}
        for number, *found in cache.execute(
            "SELECT tracking_number, id, carrier, first_seen_at, last_event_at FROM trackers "
            f"WHERE tracking_number IN ({marks(len(part))}) ORDER BY first_seen_at",
            part,
        ):
            trackers.setdefault(number, []).append((found[0], found[1], found[2], found[3]))
        parcels = cache.execute(
            "SELECT s.id, s.tracking_number, s.carrier, s.tracker_id, s.order_id, coalesce(o.placed_at, s.shipped_at) "
            "FROM shipments s LEFT JOIN orders o ON o.id=s.order_id "
            f"WHERE s.tracking_number IN ({marks(len(part))})",
            part,
        ).fetchall()
        moved = []
        for parcel, number, carrier, tracker, order, since in parcels:
            mine = _fitting(trackers.get(number, ()), carrier, since)
            if mine != tracker:
                moved.append((mine, parcel))
            if order is not None and (mine != tracker or number in effects.told):
                effects.dirty.add(order)
        cache.executemany("UPDATE shipments SET tracker_id=? WHERE id=?", moved)


def _fitting(trackers: Iterable[tuple[int, str, int, int | None]], carrier: str, since: int | None) -> int | None:
    """The life of a number that is this parcel's. Without a date nobody knows which of several it is."""
    of_carrier = [one for one in trackers if not carrier or not one[1] or one[1] == carrier]
    if since is None:
        return of_carrier[0][0] if len(of_carrier) == 1 else None
    start = _EPOCH + timedelta(milliseconds=since)
    for number, _, first, last in of_carrier:
        first_event = None if last is None else _EPOCH + timedelta(milliseconds=first)
        if belongs(start, first_event):
            return number
    return None
