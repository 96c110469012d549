"""The end of a page: what it brought, and what waited for it, is joined; orders get the numbers of what is theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.store.incoming import JOINED_TABLES
from oms_tui.store.ingest_joining import Joining
from oms_tui.store.ingest_names import STAND_IN, distinctive
from oms_tui.store.order_keys import INVOICE, PAYMENT, PURCHASE, RECORD_KINDS, REMOTE_ID, TRACKING, order_key
from oms_tui.store.rows import chunks, marks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from oms_tui.store.driver import Connection
    from oms_tui.store.ingest_effects import Effects
    from oms_tui.store.ingest_joining import Named, Record


def settle(cache: Connection, source: str, effects: Effects) -> None:
    """Join what a page brought and what was waiting for it; then bring the numbers of the orders up to date."""
    joining = Joining(cache)
    records = set(effects.records)
    waiting = cache.execute("SELECT 1 FROM record_names LIMIT 1").fetchone() is not None
    if waiting:
        records.update(joining.users(effects.names))
        if effects.first_orders:
            records.update(_by_foreign_id(cache, source))
    for record in records:  # before any is joined: those of one page find each other by these
        if named := joining.named(record):
            joining.keep_names(named, joining.claim(record).by)
    for record in list(records):
        records.update(joining.around(record))
    for record in records:
        _join(cache, joining, record, effects)
    _stand_in(cache, joining, effects)
    renumber(cache, effects)


def _join(cache: Connection, joining: Joining, record: Record, effects: Effects) -> None:
    named = joining.named(record)
    if named is None:
        return
    claim = joining.order_of(record)
    joining.keep_names(named, claim.by, contested=claim.contested)
    if named.table == "shipments" and named.number:
        effects.parcels.add(named.number)
        if named.remote_id.startswith(STAND_IN):
            return  # the others of that number decide, once they are joined
    _move(cache, named, claim.order, effects)


def _stand_in(cache: Connection, joining: Joining, effects: Effects) -> None:
    """Let what only a carrier told of stand for a parcel of orders that tell us of none of that number themselves."""
    for part in chunks(effects.parcels):
        rows = cache.execute(
            f"SELECT id FROM shipments WHERE tracking_number IN ({marks(len(part))}) AND substr(remote_id, 1, ?)=?",
            [*part, len(STAND_IN), STAND_IN],
        ).fetchall()
        for (number,) in rows:
            named = joining.named(("shipments", number))
            if named is None:
                continue
            order = joining.order_of(("shipments", number)).order
            told = cache.execute(
                "SELECT 1 FROM shipments WHERE tracking_number=? AND order_id=? AND substr(remote_id, 1, ?)<>?",
                (named.number, order, len(STAND_IN), STAND_IN),
            ).fetchone()
            _move(cache, named, None if told else order, effects)


def _move(cache: Connection, named: Named, order: int | None, effects: Effects) -> None:
    if order is not None:
        effects.dirty.add(order)
        effects.keyed.add(order)
    if order == named.order_id:
        return
    cache.execute(f"UPDATE {named.table} SET order_id=? WHERE id=?", (order, named.id))
    if named.order_id is not None:
        effects.dirty.add(named.order_id)
        effects.keyed.add(named.order_id)


def _by_foreign_id(cache: Connection, source: str) -> Iterator[Record]:
    """Records of a source that named an order by id while the source had none of its own."""
    for table in JOINED_TABLES:
        rows = cache.execute(
            f"SELECT DISTINCT r.id FROM {table} r JOIN record_names n ON n.record=r.id AND n.record_table=? "
            "WHERE r.source=? AND n.name>=? AND n.name<?",
            (table, source, f"{REMOTE_ID}\x1f", f"{REMOTE_ID}\x20"),
        )
        for (number,) in rows.fetchall():
            yield table, number


_BROUGHT: Final = {
    TRACKING: "SELECT order_id, tracking_number FROM shipments WHERE tracking_number<>'' AND order_id IN",
    INVOICE: "SELECT order_id, number FROM invoices WHERE number<>'' AND order_id IN",
    PURCHASE: "SELECT order_id, number FROM purchase_orders WHERE number<>'' AND order_id IN",
}
_PAID: Final = tuple(
    f"SELECT order_id, remote_id FROM {table} WHERE order_id IN" for table in ("payments", "refunds", "disputes")
)


def renumber(cache: Connection, effects: Effects) -> None:
    """Bring ``order_keys`` up to date with the parcels, invoices and payments that are joined to these orders."""
    for part in chunks(effects.keyed):
        places = f"({marks(len(part))})"
        wanted: set[tuple[str, str, int]] = set()
        for kind, query in _BROUGHT.items():
            wanted.update(
                (kind, order_key(number), order) for order, number in cache.execute(f"{query} {places}", part)
            )
        for query in _PAID:
            for order, remote_id in cache.execute(f"{query} {places}", part):
                if distinctive(key := order_key(remote_id)):
                    wanted.add((PAYMENT, key, order))
        wanted = {key for key in wanted if key[1]}
        there = set(
            cache.execute(
                f"SELECT kind, value, order_id FROM order_keys WHERE order_id IN {places} "
                f"AND kind IN ({','.join(repr(kind) for kind in RECORD_KINDS)})",
                part,
            )
        )
        _replace_keys(cache, there - wanted, wanted - there)
        effects.words.update(order for kind, _, order in there ^ wanted if kind in {TRACKING, INVOICE})


def _replace_keys(
    cache: Connection, gone: Collection[tuple[str, str, int]], new: Collection[tuple[str, str, int]]
) -> None:
    cache.executemany("DELETE FROM order_keys WHERE kind=? AND value=? AND order_id=?", list(gone))
    cache.executemany(
        "INSERT INTO order_keys(kind, value, order_id, reversed) VALUES (?,?,?,?)",
        [(kind, value, order, value[::-1]) for kind, value, order in new],
    )
