"""How the sources do, and what of theirs could not be read, mapped or joined: nothing is hidden."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from oms_tui.domain.vocabulary import SourceState
from oms_tui.store import sync_state
from oms_tui.store.incoming import JOINED_TABLES
from oms_tui.store.shapes import SourceHealth
from oms_tui.store.space import HINT, shortage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from oms_tui.store.ingest_joining import Joining
    from oms_tui.store.sync_state import StreamState
    from oms_tui.store.workspace import Workspace

DISK: Final = "disk"
"""The name under which a full disk stands among the sources: it is nobody's fault of theirs, and stops them all."""

_WAITS: Final = frozenset({"rate_limited"})
"""Codes of errors that are no failure: the source asked us to wait, and what we have only grows old."""


@dataclass(slots=True, frozen=True)
class QuarantinedView:
    """A record that could not be read: how people find it, why, what it was (capped), and since when."""

    source: str
    ref: str
    stream: str
    reason: str
    raw: str
    first_seen_at: int
    last_seen_at: int


@dataclass(slots=True, frozen=True)
class UnmappedCode:
    """A word of a system that no map of ours knows."""

    source: str
    field: str
    code: str
    times: int
    last_seen_at: int


@dataclass(slots=True, frozen=True)
class LooseRecord:
    """A record that belongs to no order: what it names, why, and which orders (``source:number``) could claim it."""

    kind: str
    source: str
    remote_id: str
    number: str
    names: dict[str, str]
    reason: str
    orders: tuple[str, ...]
    synced_at: int


def source_health(store: Workspace, sources: Mapping[str, tuple[str, bool, int]], now: int) -> list[SourceHealth]:
    """How each source does, in the order given; first the disk under the desk, where it has no room left.

    Args:
        store: its cache is read.
        sources: of each name its kind, whether it is switched on, and after how many milliseconds it counts as stale.
        now: milliseconds since 1970 UTC.
    """
    streams: dict[str, list[StreamState]] = {}
    for state in sync_state.states(store.cache):
        streams.setdefault(state.source, []).append(state)
    short = shortage(store.folder)
    disk = [SourceHealth(DISK, "store", SourceState.FAILED, None, None, 0, 0, short, HINT)] if short else []
    aside = dict(store.cache.execute("SELECT source, count(*) FROM quarantine GROUP BY source"))
    return disk + [
        _health(
            name,
            kind,
            streams.get(name, []),
            aside.get(name, 0),
            stale_after=stale_after if enabled else None,
            now=now,
        )
        for name, (kind, enabled, stale_after) in sources.items()
    ]


def _health(
    name: str, kind: str, streams: list[StreamState], aside: int, *, stale_after: int | None, now: int
) -> SourceHealth:
    succeeded = [state.last_success_at for state in streams if state.last_success_at is not None]
    oldest = min(succeeded, default=None)
    worst = max(
        (state for state in streams if state.error_code),
        key=lambda state: (state.error_code not in _WAITS, state.failures),
        default=None,
    )
    running = [state for state in streams if state.total is not None]
    return SourceHealth(
        source=name,
        kind=kind,
        state=_state(oldest, worst, stale_after, now),
        last_success_at=oldest,
        age_seconds=None if oldest is None else max(0, now - oldest) // 1000,
        records=sum(state.records for state in streams),
        quarantined=aside,
        error=worst.error if worst else "",
        hint=worst.hint if worst else "",
        done=sum(state.done for state in running),
        total=sum(state.total or 0 for state in running) if running else None,
    )


def _state(oldest: int | None, worst: StreamState | None, stale_after: int | None, now: int) -> SourceState:
    if stale_after is None:
        return SourceState.PAUSED
    if worst is not None and worst.error_code not in _WAITS:
        return SourceState.FAILED
    if oldest is None:
        return SourceState.NEVER
    return SourceState.STALE if now - oldest > stale_after else SourceState.OK


def quarantined(store: Workspace, source: str = "", limit: int = 200) -> list[QuarantinedView]:
    """What was set aside, the newest first; of one source, or of all."""
    where, arguments = ("WHERE source=?", [source]) if source else ("", [])
    rows = store.cache.execute(
        "SELECT source, ref, stream, reason, raw, first_seen_at, last_seen_at FROM quarantine "
        f"{where} ORDER BY last_seen_at DESC, source, ref LIMIT ?",
        [*arguments, limit],
    )
    return [QuarantinedView(*row) for row in rows]


def unmapped_codes(store: Workspace) -> list[UnmappedCode]:
    """Words of systems that our maps do not know, the most frequent first."""
    rows = store.cache.execute(
        "SELECT source, field, code, times, last_seen_at FROM unmapped_codes ORDER BY times DESC, source, field, code"
    )
    return [UnmappedCode(*row) for row in rows]


def loose_records(store: Workspace, limit: int = 200) -> list[LooseRecord]:
    """Records that name an order and belong to none: first those that a person must look at, then the newest."""
    from oms_tui.store.ingest_joining import Joining
    from oms_tui.store.ingest_names import CONTESTED

    joining = Joining(store.cache)
    contested = store.cache.execute(
        "SELECT record_table, record FROM record_names WHERE name=? ORDER BY record DESC LIMIT ?", (CONTESTED, limit)
    ).fetchall()
    loose = [
        (table, number)
        for table in JOINED_TABLES
        for (number,) in store.cache.execute(
            f"SELECT id FROM {table} WHERE order_id IS NULL AND ref<>'' ORDER BY synced_at DESC, id DESC LIMIT ?",
            (limit,),
        ).fetchall()
    ]
    first = [view for record in contested if (view := _loose(store, joining, record))]
    rest = [view for record in loose if record not in contested and (view := _loose(store, joining, record))]
    rest.sort(key=lambda one: (-one.synced_at, one.kind, one.remote_id))
    return [*first, *rest][:limit]


def _loose(store: Workspace, joining: Joining, record: tuple[str, int]) -> LooseRecord | None:
    table, number = record
    named, claim = joining.named(record), joining.order_of(record)
    if (
        named is None or claim.order is not None
    ):  # a parcel of the carrier's whose order tells of it itself is not loose
        return None
    synced_at = store.cache.execute(f"SELECT synced_at FROM {table} WHERE id=?", (number,)).fetchone()[0]
    return LooseRecord(
        kind=_KINDS[table],
        source=named.source,
        remote_id=named.remote_id,
        number=named.number,
        names=json.loads(named.ref) if named.ref else {},
        reason=claim.why,
        orders=_numbers(store, claim.orders),
        synced_at=synced_at,
    )


def _numbers(store: Workspace, orders: Iterable[int]) -> tuple[str, ...]:
    found = []
    for order in orders:
        row = store.cache.execute("SELECT source, number FROM orders WHERE id=?", (order,)).fetchone()
        if row:
            found.append(f"{row[0]}:{row[1]}")
    return tuple(found)


_KINDS: Final = {
    "shipments": "shipment",
    "payments": "payment",
    "refunds": "refund",
    "disputes": "dispute",
    "invoices": "invoice",
    "purchase_orders": "purchase_order",
    "source_notes": "note",
}
