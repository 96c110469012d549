"""What carriers say of parcels into the cache.

Carriers hand numbers out again, so one number may have lived several times: each life is a row of ``trackers`` of its
own, cut by ``domain.tracking.lives``. Which of our parcels each is about, ``ingest_parcels`` finds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain.tracking import Scan, fold, lives
from oms_tui.domain.vocabulary import TRACKING_TERMINAL
from oms_tui.store.compiled_sql import CACHE_COLUMNS
from oms_tui.store.incoming import IncomingScan
from oms_tui.store.ingest_effects import Taken
from oms_tui.store.ingest_joined import ref_text
from oms_tui.store.rows import insert, new_ids

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oms_tui.store.driver import Connection
    from oms_tui.store.incoming import IncomingTracker
    from oms_tui.store.ingest_effects import Effects

_TRACKER: Final = CACHE_COLUMNS["trackers"]
_INSERT_TRACKER: Final = insert("trackers")
_INSERT_EVENT: Final = (
    "INSERT INTO tracking_events(tracker_id, occurred_at, status, raw_code, text, offset_minutes, location, reason, "
    "recorded_at) VALUES (?,?,?,?,?,?,?,?,?)"
)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def ingest_trackers(
    cache: Connection, source: str, trackers: Sequence[IncomingTracker], now: int, effects: Effects
) -> Taken:
    """Take in what carriers say; scans only ever add up, for carriers forget the old ones."""
    taken = Taken()
    for tracker in trackers:
        taken += _ingest(cache, source, tracker, now, effects)
    return taken


_Key = tuple[int, str, str, str]  # what makes a scan one of its own: time, status, code and text


@dataclass(slots=True)
class _Known:
    """What the cache has of one carrier's number: its rows, its scans, and when each of them was first read."""

    rows: list[dict[str, Any]]
    scans: dict[_Key, IncomingScan]
    recorded: dict[_Key, int]


def _ingest(cache: Connection, source: str, tracker: IncomingTracker, now: int, effects: Effects) -> Taken:
    if _says_the_same(cache, source, tracker, now):
        return Taken()
    known = _known(cache, tracker)
    scans, recorded = dict(known.scans), dict(known.recorded)
    for scan in tracker.scans:
        key = (scan.occurred_at, scan.status, scan.raw_code, scan.text)
        recorded.setdefault(key, now)
        if key not in scans or _fuller(scan) > _fuller(scans[key]):
            scans[key] = scan
    rows, events = _rows(cache, source, tracker, _Known(known.rows, scans, recorded), now)
    effects.parcels.add(tracker.tracking_number)
    for row in known.rows:
        cache.execute("DELETE FROM tracking_events WHERE tracker_id=?", (row["id"],))
        cache.execute("DELETE FROM trackers WHERE id=?", (row["id"],))
    cache.executemany(_INSERT_TRACKER, [[row[column] for column in _TRACKER] for row in rows])
    cache.executemany(_INSERT_EVENT, events)
    if scans == known.scans and [_content(row) for row in rows] == [_content(row) for row in known.rows]:
        return Taken()
    effects.told.add(tracker.tracking_number)
    return Taken(0 if known.rows else 1, 1)


def _says_the_same(cache: Connection, source: str, tracker: IncomingTracker, now: int) -> bool:
    """Whether this is what the source last told of the parcel; then only the time of reading moves."""
    told = (source, tracker.remote_id, tracker.carrier, tracker.tracking_number, tracker.digest)
    changed = cache.execute(
        "UPDATE trackers SET synced_at=? "
        "WHERE source=? AND remote_id=? AND carrier=? AND tracking_number=? AND digest=?",
        (now, *told),
    )
    return bool(changed.rowcount)


def _fuller(scan: IncomingScan) -> tuple[str, str, int]:
    """Of the same scan told twice, the one with more is kept, whichever came first."""
    return scan.reason, scan.location, scan.offset_minutes


def _content(row: dict[str, Any]) -> list[Any]:
    return [row[column] for column in _TRACKER if column not in {"recorded_at", "synced_at", "id", "digest"}]


def _known(cache: Connection, tracker: IncomingTracker) -> _Known:
    found = _Known([], {}, {})
    for row in cache.execute(
        f"SELECT {','.join(_TRACKER)} FROM trackers WHERE carrier=? AND tracking_number=? ORDER BY first_seen_at",
        (tracker.carrier, tracker.tracking_number),
    ).fetchall():
        found.rows.append(dict(zip(_TRACKER, row, strict=True)))
    for row in found.rows:
        for recorded, *values in cache.execute(
            "SELECT recorded_at, occurred_at, status, raw_code, text, offset_minutes, location, reason "
            "FROM tracking_events WHERE tracker_id=?",
            (row["id"],),
        ):
            scan = IncomingScan(*values)
            key = (scan.occurred_at, scan.status, scan.raw_code, scan.text)
            found.scans[key], found.recorded[key] = scan, recorded
    return found


def _rows(
    cache: Connection, source: str, tracker: IncomingTracker, known: _Known, now: int
) -> tuple[list[dict[str, Any]], list[tuple[Any, ...]]]:
    """One row for each life of the number, oldest first, and the scans of each."""
    keys = {_scan(scan): key for key, scan in known.scans.items()}
    split = lives(keys) or ((),)
    firsts = [_milliseconds(life[0].occurred_at) if life else _first_seen(tracker, known, now) for life in split]
    name = f"{tracker.carrier}\x1f{tracker.tracking_number}"
    ids = _ids(cache, [(first, f"{name}\x1f{first}") for first in firsts], known, firsts)
    before = {row["first_seen_at"]: row for row in known.rows}
    earliest = min((row["recorded_at"] for row in known.rows), default=now)
    rows: list[dict[str, Any]] = []
    events: list[tuple[Any, ...]] = []
    spoken = max((scan.occurred_at for scan in tracker.scans), default=None)
    for life, first, number in zip(split, firsts, ids, strict=True):
        last = _milliseconds(life[-1].occurred_at) if life else None
        there = before.get(first) or _ended_at(known, last)
        if life is split[-1] if spoken is None else _is_meant(tracker, (first, last), spoken, there):
            told = _told(source, tracker, life)
        else:
            told = _known_of(source, tracker, life, there)
        rows.append(
            {
                **told,
                "id": number,
                "first_seen_at": first,
                "last_event_at": last,
                "recorded_at": before[first]["recorded_at"] if first in before else earliest,
                "synced_at": now,
            }
        )
        for scan in life:
            key = keys[scan]
            one = known.scans[key]
            events.append((number, *key, one.offset_minutes, one.location, one.reason, known.recorded[key]))
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
        "digest": tracker.digest,
    }


def _is_meant(
    tracker: IncomingTracker, span: tuple[int, int | None], spoken: int, there: dict[str, Any] | None
) -> bool:
    """Whether the carrier speaks of this parcel: its newest scan is here, and nobody else told of a newer one."""
    first, last = span
    if last is None or not first <= spoken <= last:
        return False
    return spoken == last or there is None or there["remote_id"] == tracker.remote_id


def _ended_at(known: _Known, last: int | None) -> dict[str, Any] | None:
    """The row whose last scan is this parcel's: older scans that came late have moved its beginning."""
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
        "digest": "",
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
    at = _EPOCH + timedelta(milliseconds=scan.occurred_at)  # the carrier's offset makes no difference to its order
    return Scan(at, scan.status, scan.raw_code, scan.text, scan.location, scan.reason)


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)
