"""Which records changed, and how to go on after a crash in the middle.

Records are walked by id, not by date: ids do not move while we page, several records of one microsecond are no edge,
and a record that changes after we passed it carries a date later than this walk's start, so the next walk finds it. A
walk looks back by an overlap, since Tryton dates a record with the start of the transaction that wrote it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from connectors.errors import ProtocolError
from connectors.orders.tryton_row import stamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connectors.orders.tryton_rpc import TrytonRpc

PAGE = 100
OVERLAP = timedelta(minutes=5)


@dataclass(frozen=True)
class Walk:
    """What a stream walks over: a model, the records it always leaves out, and whose changes count as its own."""

    model: str
    watch: tuple[str, ...] = ()  # related records whose change is a change of this one ("lines")
    domain: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Step:
    """One page of a walk: ids, the cursor after it, whether more follow, how many there are in all (first page)."""

    ids: list[int]
    cursor: dict[str, Any]
    more: bool
    total: int | None = None


def walk(rpc: TrytonRpc, what: Walk, cursor: dict[str, Any] | None, *, now: datetime) -> Iterator[Step]:
    """Ids of what changed since ``cursor`` (None: all), in steps that may each be the last one heard of.

    Args:
        rpc: the session.
        what: the records.
        cursor: what an earlier step gave.
        now: the server's clock.

    Raises:
        ProtocolError: a cursor that is not ours.
    """
    since, started, after = _position(cursor, now)
    domain: list[Any] = [*what.domain]
    if since is not None:
        domain.append(_changed(rpc, what, since - OVERLAP))
    total = None
    if after == 0:
        count = rpc.call(f"model.{what.model}.search_count", domain, 0, None)
        total = count if isinstance(count, int) else None
    more = True
    while more:
        rows = rpc.search_read(what.model, [*domain, ["id", ">", after]], ["id"], limit=PAGE)
        ids = [row["id"] for row in rows]
        more = len(ids) == PAGE
        after = ids[-1] if ids else after
        going = {"since": since.isoformat() if since else None, "started": started.isoformat(), "after": after}
        yield Step(ids, going if more else {"since": started.isoformat()}, more, total)
        total = None


def _position(cursor: dict[str, Any] | None, now: datetime) -> tuple[datetime | None, datetime, int]:
    """(changes since, when this walk began, the last id it has seen)."""
    if not cursor:
        return None, now, 0
    try:
        since = datetime.fromisoformat(cursor["since"]).astimezone(UTC) if cursor["since"] else None
        if "after" not in cursor:
            return since, now, 0
        return since, datetime.fromisoformat(cursor["started"]).astimezone(UTC), int(cursor["after"])
    except (KeyError, TypeError, ValueError):
        raise ProtocolError(
            f"this cursor is not one of ours: {cursor!r}", hint="`oms-tui store rebuild-cache` reads everything again"
        ) from None


def _changed(rpc: TrytonRpc, what: Walk, since: datetime) -> list[Any]:
    """COALESCE(write_date, create_date) >= since, for the record and those it watches, as a domain."""
    clauses: list[Any] = ["OR"]
    paths = ["", *(f"{name}." for name in what.watch if rpc.searchable(what.model, f"{name}.write_date"))]
    for path in paths:
        clauses.append([f"{path}write_date", ">=", stamp(since)])
        clauses.append([[f"{path}write_date", "=", None], [f"{path}create_date", ">=", stamp(since)]])
    return clauses
