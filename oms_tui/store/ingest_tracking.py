"""What carriers say of parcels into the cache, and which of our parcels each of it is about.

Carriers hand numbers out again, so one number may have lived several times: each life is a row of ``trackers`` of its
own, cut by ``domain.tracking.lives``. A parcel of ours gets the life that fits its order's date, and no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain.tracking import Scan, belongs, fold, in_order, lives
from oms_tui.domain.vocabulary import TRACKING_TERMINAL
from oms_tui.store.compiled_sql import CACHE_COLUMNS
from oms_tui.store.incoming import JOINED_VALUES, IncomingJoined, IncomingScan
from oms_tui.store.ingest_effects import Taken
from oms_tui.store.ingest_joined import ingest_joined, ref_text
from oms_tui.store.ingest_names import STAND_IN
from oms_tui.store.rows import chunks, insert, marks, new_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from oms_tui.store.driver import Connection
    from oms_tui.store.incoming import IncomingTracker
    from oms_tui.store.ingest_effects import Effects

_TRACKER: Final = CACHE_COLUMNS["trackers"]
_EVENT: Final = CACHE_COLUMNS["tracking_events"]
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def ingest_trackers(
    cache: Connection, source: str, trackers: Sequence[IncomingTracker], now: int, effects: Effects
) -> Taken:
    """Take in what carriers say; scans only ever add up, for carriers forget the old ones."""
    taken = Taken()
    for tracker in trackers:
        taken += _ingest(cache, source, tracker, now, effects)
    return taken


@dataclass(slots=True)
class _Known:
    """The rows of one carrier's number, and when each of its scans was first read."""

    rows: list[dict[str, Any]]
    scans: dict[tuple[int, str, str, str, str], tuple[IncomingScan, int]]


@dataclass(slots=True)
class _Scans:
    """Every scan of a number, and when each was first read."""

    all: list[IncomingScan]
    recorded: dict[tuple[int, str, str, str, str], int]


def _ingest(cache: Connection, source: str, tracker: IncomingTracker, now: int, effects: Effects) -> Taken:
    known = _known(cache, tracker)
    recorded = {key: at for key, (_, at) in known.scans.items()}
    scans = {key: scan for key, (scan, _) in known.scans.items()}
    for scan in tracker.scans:
        key = _key(scan)
        recorded.setdefault(key, now)
        if key not in scans or (scan.reason, scan.offset_minutes) > (scans[key].reason, scans[key].offset_minutes):
            scans[key] = scan  # told again with more
    rows, events = _rows(cache, source, tracker, _Scans(list(scans.values()), recorded), known, now=now)
    effects.parcels.add(tracker.tracking_number)
    if [_content(row) for row in rows] == [_content(row) for row in known.rows] and set(scans) == set(known.scans):
        cache.execute(
            "UPDATE trackers SET synced_at=? WHERE carrier=? AND tracking_number=?",
            (now, tracker.carrier, tracker.tracking_number),
        )
        return Taken()
    for row in known.rows:
        cache.execute("DELETE FROM tracking_events WHERE tracker_id=?", (row["id"],))
        cache.execute("DELETE FROM trackers WHERE id=?", (row["id"],))
    cache.executemany(insert("trackers"), [[row[column] for column in _TRACKER] for row in rows])
    cache.executemany(insert("tracking_events", ignore=True), events)
    effects.told.add(tracker.tracking_number)
    return Taken(0 if known.rows else 1, 1)


def _key(scan: IncomingScan) -> tuple[int, str, str, str, str]:
    return scan.occurred_at, scan.status, scan.raw_code, scan.text, scan.location


def _content(row: dict[str, Any]) -> list[Any]:
    return [row[column] for column in _TRACKER if column not in {"recorded_at", "synced_at", "id"}]


def _known(cache: Connection, tracker: IncomingTracker) -> _Known:
    found = _Known([], {})
    for row in cache.execute(
        f"SELECT {','.join(_TRACKER)} FROM trackers WHERE carrier=? AND tracking_number=? ORDER BY first_seen_at",
        (tracker.carrier, tracker.tracking_number),
    ).fetchall():
        found.rows.append(dict(zip(_TRACKER, row, strict=True)))
    for row in found.rows:
        for event in cache.execute(f"SELECT {','.join(_EVENT)} FROM tracking_events WHERE tracker_id=?", (row["id"],)):
            values = dict(zip(_EVENT, event, strict=True))
            scan = IncomingScan(**{name: values[name] for name in IncomingScan.__slots__})
            found.scans[_key(scan)] = (scan, values["recorded_at"])
    return found


def _rows(
    cache: Connection,
    source: str,
    tracker: IncomingTracker,
    scans: _Scans,
    known: _Known,
    *,
    now: int,
) -> tuple[list[dict[str, Any]], list[tuple[Any, ...]]]:
    """One row for each life of the number, oldest first, and the scans of each."""
    split = lives([_scan(scan) for scan in scans.all]) or ((),)
    firsts = [_milliseconds(life[0].occurred_at) if life else _first_seen(tracker, known, now) for life in split]
    name = f"{tracker.carrier}\x1f{tracker.tracking_number}"
    ids = _ids(cache, [(first, f"{name}\x1f{first}") for first in firsts], known, firsts)
    before = {row["first_seen_at"]: row for row in known.rows}
    earliest = min((row["recorded_at"] for row in known.rows), default=now)
    rows: list[dict[str, Any]] = []
    events: list[tuple[Any, ...]] = []
    ordered = {_scan(scan): scan for scan in scans.all}
    spoken = max((_scan(scan).occurred_at for scan in tracker.scans), default=None)
    for life, first, number in zip(split, firsts, ids, strict=True):
        there = before.get(first) or _ended_with(known, life)
        meant = life is split[-1] if spoken is None else _is_meant(tracker, life, spoken, there)
        row = {
            **(_told(source, tracker, life) if meant else _known_of(source, tracker, life, there)),
            "id": number,
            "first_seen_at": first,
            "last_event_at": _milliseconds(life[-1].occurred_at) if life else None,
            "recorded_at": before[first]["recorded_at"] if first in before else earliest,
            "synced_at": now,
        }
        rows.append(row)
        for scan in in_order(life):
            one = ordered[scan]
            values = {name: getattr(one, name) for name in one.__slots__}
            values |= {"tracker_id": number, "recorded_at": scans.recorded[_key(one)]}
            events.append(tuple(values[column] for column in _EVENT))
    return rows, events


def _told(source: str, tracker: IncomingTracker, life: tuple[Scan, ...]) -> dict[str, Any]:
    """The row of the parcel that the carrier speaks of."""
    parcel = fold(life, reported=tracker.status, reported_reason=tracker.reason)
    speaks = parcel.status not in TRACKING_TERMINAL
    return {
        "source": source,
        "remote_id": tracker.remote_id,
        "carrier": tracker.carrier,
        "tracking_number": tracker.tracking_number,
        "status": parcel.status,
        "delayed": int(speaks and (tracker.delayed or parcel.late_word)),
        "reason": parcel.reason or (tracker.reason if speaks else ""),
        "raw_code": tracker.raw_code or parcel.raw_code,
        "raw_text": tracker.raw_text or parcel.raw_text,
        "estimated_delivery_at": tracker.estimated_delivery_at,
        "tracking_url": tracker.tracking_url,
        "ref": ref_text(tracker.order) if tracker.order is not None else "",
        "updated_at": tracker.updated_at,
    }


def _is_meant(tracker: IncomingTracker, life: tuple[Scan, ...], spoken: datetime, there: dict[str, Any] | None) -> bool:
    """Whether the carrier speaks of this parcel: its newest scan is here, and nobody else told of a newer one."""
    if not any(scan.occurred_at == spoken for scan in life):
        return False
    return spoken == life[-1].occurred_at or there is None or there["remote_id"] == tracker.remote_id


def _ended_with(known: _Known, life: tuple[Scan, ...]) -> dict[str, Any] | None:
    """The row whose last scan is this parcel's: older scans that came late have moved its beginning."""
    last = _milliseconds(life[-1].occurred_at) if life else None
    return next((row for row in known.rows if row["last_event_at"] == last), None)


def _known_of(
    source: str, tracker: IncomingTracker, life: tuple[Scan, ...], there: dict[str, Any] | None
) -> dict[str, Any]:
    """The row of another parcel that had the number: what was told of it, else what its scans say."""
    if there is not None:
        parcel = fold(life, reported=there["status"], reported_reason=there["reason"])
        return {**there, "status": parcel.status, "reason": parcel.reason}
    parcel = fold(life)
    return {
        "source": source,
        "remote_id": "",
        "carrier": tracker.carrier,
        "tracking_number": tracker.tracking_number,
        "status": parcel.status,
        "delayed": int(parcel.late_word),
        "reason": parcel.reason,
        "raw_code": parcel.raw_code,
        "raw_text": parcel.raw_text,
        "estimated_delivery_at": None,
        "tracking_url": tracker.tracking_url,
        "ref": "",
        "updated_at": None,
    }


def _ids(cache: Connection, names: list[tuple[int, str]], known: _Known, firsts: list[int]) -> list[int]:
    """The id a life has already, else a new one."""
    there = {row["first_seen_at"]: row["id"] for row in known.rows}
    fresh = [name for name, first in zip(names, firsts, strict=True) if first not in there]
    made = iter(new_ids(cache, "trackers", fresh))
    return [there[first] if first in there else next(made) for first in firsts]


def _first_seen(tracker: IncomingTracker, known: _Known, now: int) -> int:
    """Of a number without scans: when it was first read."""
    if known.rows:
        return int(known.rows[0]["first_seen_at"])
    return tracker.updated_at or now


def _scan(scan: IncomingScan) -> Scan:
    at = (_EPOCH + timedelta(milliseconds=scan.occurred_at)).astimezone(
        timezone(timedelta(minutes=scan.offset_minutes))
    )
    return Scan(at, scan.status, scan.raw_code, scan.text, scan.location, scan.reason)


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


# ---- which parcel of ours


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
