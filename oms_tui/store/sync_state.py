"""How each stream of each source does: where it is, since when, what went wrong, what could not be read.

A stream is a name the worker gives (``orders``, ``shipments``, a mail folder). Functions that write join the caller's
transaction, or make one of their own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain.safe_text import safe_block, safe_line
from oms_tui.store.compiled_sql import CACHE_COLUMNS
from oms_tui.store.driver import transaction
from oms_tui.store.rows import chunks, marks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from oms_tui.store.driver import Connection

_LONGEST_RAW: Final = 4000
_COLUMNS: Final = ",".join(f'"{column}"' for column in CACHE_COLUMNS["sync_state"])


@dataclass(slots=True, frozen=True)
class StreamState:
    """A row of ``sync_state``. Times are milliseconds since 1970 UTC; ``cursor`` is JSON text, "" for none.

    ``records`` is how many of this stream's records the cache holds. ``done`` of ``total`` is how far a long run is
    (``total`` None: nobody knows). ``failures`` counts failed runs in a row, ``retry_at`` is when it is tried again.
    """

    source: str
    stream: str
    cursor: str
    records: int
    last_success_at: int | None
    last_attempt_at: int | None
    failed_since: int | None
    failures: int
    error_code: str
    error: str
    hint: str
    retry_at: int | None
    done: int
    total: int | None
    reconciled_at: int | None


def state(cache: Connection, source: str, stream: str) -> StreamState | None:
    """How a stream does; None if it was never tried."""
    row = cache.execute(f"SELECT {_COLUMNS} FROM sync_state WHERE source=? AND stream=?", (source, stream)).fetchone()
    return StreamState(*row) if row else None


def states(cache: Connection, source: str = "") -> list[StreamState]:
    """Every stream of a source, or of all sources."""
    where, arguments = ("WHERE source=?", (source,)) if source else ("", ())
    return [StreamState(*row) for row in cache.execute(f"SELECT {_COLUMNS} FROM sync_state {where}", arguments)]


def cursor(cache: Connection, source: str, stream: str) -> dict[str, Any] | None:
    """Where to go on reading a stream; None: from the beginning."""
    row = cache.execute("SELECT cursor FROM sync_state WHERE source=? AND stream=?", (source, stream)).fetchone()
    if not row or not row[0]:
        return None
    found: dict[str, Any] = json.loads(row[0])
    return found


def advanced(
    cache: Connection,
    source: str,
    stream: str,
    cursor: dict[str, Any],
    *,
    read: int,
    fresh: int,
    total: int | None,
    now: int,
) -> None:
    """A page was taken: keep its cursor (an empty one leaves the old), count its records.

    Args:
        cache: in the transaction that writes the page.
        source: the source's name in the config.
        stream: the stream's name.
        cursor: the page's.
        read: records in the page.
        fresh: how many more of the stream's records the cache holds now.
        total: how many the run will bring, if known.
        now: milliseconds since 1970 UTC.
    """
    with transaction(cache):
        _row(cache, source, stream)
        cache.execute(
            "UPDATE sync_state SET cursor=coalesce(nullif(?, ''), cursor), records=max(0, records+?), done=done+?, "
            "total=?, last_attempt_at=? WHERE source=? AND stream=?",
            (json.dumps(cursor) if cursor else "", fresh, read, total, now, source, stream),
        )


def succeeded(cache: Connection, source: str, stream: str, now: int) -> None:
    """A run of the stream came to its end. Desks are told where that is news: their clocks count the ages up."""
    with transaction(cache):
        _row(cache, source, stream)
        news = cache.execute(
            "SELECT last_success_at IS NULL OR error_code<>'' OR total IS NOT NULL FROM sync_state "
            "WHERE source=? AND stream=?",
            (source, stream),
        ).fetchone()[0]
        cache.execute(
            "UPDATE sync_state SET last_success_at=?, last_attempt_at=?, failed_since=NULL, failures=0, error_code='', "
            "error='', hint='', retry_at=NULL, done=0, total=NULL WHERE source=? AND stream=?",
            (now, now, source, stream),
        )
        if news:
            _tell(cache)


def failed(  # noqa: PLR0917 - a row of facts, in the order of its columns
    cache: Connection, source: str, stream: str, error_code: str, error: str, hint: str, retry_at: int | None, now: int
) -> None:
    """A run of the stream failed: why, in words for the person who can act, and when it is tried again."""
    with transaction(cache):
        _row(cache, source, stream)
        cache.execute(
            "UPDATE sync_state SET last_attempt_at=?, failed_since=coalesce(failed_since, ?), failures=failures+1, "
            "error_code=?, error=?, hint=?, retry_at=? WHERE source=? AND stream=?",
            (now, now, error_code, safe_line(error), safe_line(hint), retry_at, source, stream),
        )
        _tell(cache)


def well(cache: Connection, source: str, stream: str) -> None:
    """What was noted of ``stream`` is over, and it is none that is read for itself: its row goes if it told a fault."""
    with transaction(cache):
        gone = cache.execute(
            "DELETE FROM sync_state WHERE source=? AND stream=? AND error_code<>''", (source, stream)
        ).rowcount
        if gone:
            _tell(cache)


def progress(cache: Connection, source: str, stream: str, done: int, total: int | None) -> None:
    """How far a long run is."""
    with transaction(cache):
        _row(cache, source, stream)
        cache.execute(
            "UPDATE sync_state SET done=?, total=? WHERE source=? AND stream=?", (done, total, source, stream)
        )


def reconciled(cache: Connection, source: str, stream: str, now: int) -> None:
    """Everything in the stream was read once and compared."""
    with transaction(cache):
        _row(cache, source, stream)
        cache.execute("UPDATE sync_state SET reconciled_at=? WHERE source=? AND stream=?", (now, source, stream))


def restart(cache: Connection, source: str, stream: str) -> None:
    """Forget where a stream is: its next run reads everything."""
    with transaction(cache):
        cache.execute("UPDATE sync_state SET cursor='' WHERE source=? AND stream=?", (source, stream))


def quarantine(  # noqa: PLR0917 - a row of facts, in the order of its columns
    cache: Connection, source: str, stream: str, ref: str, reason: str, raw: str, now: int
) -> None:
    """Set a record aside that could not be read; the same one again moves only its time."""
    ref = safe_line(ref)
    with transaction(cache):
        cache.execute(
            "INSERT INTO quarantine(source, ref, name, stream, reason, raw, first_seen_at, last_seen_at) "
            "VALUES (?,?,?,?,?,?,?,?) ON CONFLICT(source, ref) DO UPDATE SET stream=excluded.stream, "
            "reason=excluded.reason, raw=excluded.raw, last_seen_at=excluded.last_seen_at",
            (source, ref, ref.rsplit(" ", 1)[-1], stream, safe_line(reason), safe_block(raw, _LONGEST_RAW), now, now),
        )


def well_again(cache: Connection, source: str, names: Collection[str]) -> None:
    """Records of these names were read: what was set aside of them is settled.

    Connectors call a quarantined record as people do (``order 1042``, ``parcel dhl 003…``): the last word counts.
    """
    if cache.execute("SELECT 1 FROM quarantine WHERE source=? LIMIT 1", (source,)).fetchone() is None:
        return
    with transaction(cache):
        for part in chunks(names):
            cache.execute(f"DELETE FROM quarantine WHERE source=? AND name IN ({marks(len(part))})", [source, *part])


def read_anew(cache: Connection, source: str, refs: Sequence[str]) -> None:
    """What was set aside under these refs, or in these files (``orders.csv``: ``orders.csv:17``), is read anew."""
    names = [(source, name, f"{name}:", f"{name};") for name in map(safe_line, refs)]  # ";" comes next after ":"
    with transaction(cache):
        cache.executemany("DELETE FROM quarantine WHERE source=? AND (ref=? OR (ref>=? AND ref<?))", names)


def forget_quarantined(cache: Connection, source: str, stream: str, before: int) -> None:
    """A stream was read whole since ``before``: what was set aside earlier and not met again is gone."""
    with transaction(cache):
        cache.execute("DELETE FROM quarantine WHERE source=? AND stream=? AND last_seen_at<?", (source, stream, before))


def unmapped(cache: Connection, source: str, codes: Iterable[tuple[str, str]], now: int) -> None:
    """Count words that no map of ours knows: (field, code)."""
    with transaction(cache):
        cache.executemany(
            "INSERT INTO unmapped_codes(source, field, code, times, last_seen_at) VALUES (?,?,?,1,?) "
            "ON CONFLICT(source, field, code) DO UPDATE SET times=times+1, last_seen_at=excluded.last_seen_at",
            [(source, field, code, now) for field, code in codes],
        )


def _row(cache: Connection, source: str, stream: str) -> None:
    cache.execute(
        "INSERT INTO sync_state(source, stream, cursor, records, failures, error_code, error, hint, done) "
        "VALUES (?,?,'',0,0,'','','',0) ON CONFLICT DO NOTHING",
        (source, stream),
    )


def _tell(cache: Connection) -> None:
    """A line in the change feed: the sources' health moved."""
    cache.execute("INSERT INTO change_log(kind, ref) VALUES ('source', 0)")
