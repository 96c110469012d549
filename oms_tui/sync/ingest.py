"""A page of a connector into the cache: records, what is gone, what could not be read, the cursor; in one commit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from oms_tui.store import fts, sync_state
from oms_tui.store.derive import demand
from oms_tui.store.driver import transaction
from oms_tui.store.ingest_customers import ingest_customers
from oms_tui.store.ingest_deletions import ingest_deletions
from oms_tui.store.ingest_effects import Effects, Taken
from oms_tui.store.ingest_joined import ingest_joined
from oms_tui.store.ingest_orders import ingest_orders
from oms_tui.store.ingest_parcels import attach, stand_ins
from oms_tui.store.ingest_settling import settle
from oms_tui.store.ingest_stock import ingest_stock
from oms_tui.store.ingest_tracking import ingest_trackers
from oms_tui.store.persons import join_persons
from oms_tui.sync.records_in import incoming

if TYPE_CHECKING:
    from connectors.records import Page
    from oms_tui.store.driver import Connection
    from oms_tui.store.incoming import Batch
    from oms_tui.store.workspace import Workspace


@dataclass(slots=True, frozen=True)
class Ingested:
    """What became of a page: records taken, how many of them moved something, and how many were set aside."""

    records: int
    changed: int
    quarantined: int


def ingest_page(store: Workspace, source: str, stream: str, page: Page, *, now: int) -> Ingested:
    """Take in a page, in one transaction with its cursor; taking it in again changes nothing.

    A page without a cursor (records read again by their ids) leaves the stream's cursor where it is. The last page of a
    run (not ``more``) makes the stream a success.

    Args:
        store: its cache is written.
        source: the source's name in the config.
        stream: the stream's name.
        page: what the connector read.
        now: milliseconds since 1970 UTC.

    Raises:
        OperationalError: the disk is full, or the file cannot be written; nothing of the page was kept.
    """
    batch = incoming(page.records)  # before the transaction: it needs no lock
    with transaction(store.cache) as cache:
        effects = Effects()
        taken = _take(cache, source, batch, now, effects)
        _join_persons(store, source, batch)
        taken += ingest_deletions(cache, source, ((ref.kind, ref.remote_id) for ref in page.deleted), now, effects)
        settle(cache, source, effects)
        attach(cache, effects)
        fts.index_orders(cache, effects.fresh, fresh=True)
        fts.index_again(cache, effects.words - effects.fresh)
        cache.executemany(
            "INSERT OR IGNORE INTO dirty(order_id) VALUES (?)", [(order,) for order in effects.dirty | effects.words]
        )
        demand.mark(cache, effects.skus, levels=True)
        quarantined = _set_aside(cache, source, stream, page, batch, now=now)
        sync_state.unmapped(cache, source, batch.unmapped, now)
        read = len(page.records) - len(batch.unreadable)
        sync_state.advanced(cache, source, stream, page.cursor, read=read, fresh=taken.fresh, total=page.total, now=now)
        if page.cursor and not page.more:
            sync_state.succeeded(cache, source, stream, now)
    return Ingested(read, taken.changed, quarantined)


def _take(cache: Connection, source: str, batch: Batch, now: int, effects: Effects) -> Taken:
    taken = Taken()
    if batch.customers:
        taken += ingest_customers(cache, source, batch.customers, now, effects)[1]
    if batch.orders:
        taken += ingest_orders(cache, source, batch.orders, now, effects)
    if batch.joined:
        taken += ingest_joined(cache, source, batch.joined, now, effects)
    if batch.stock:
        taken += ingest_stock(cache, source, batch.stock, now, effects)
    if batch.trackers:
        taken += ingest_trackers(cache, source, batch.trackers, now, effects)
        stand_ins(cache, source, batch.trackers, now, effects)
    return taken


def _join_persons(store: Workspace, source: str, batch: Batch) -> None:
    """Customers that people confirmed to be one are one from the page on that brings them."""
    came = {customer.remote_id for customer in batch.customers}
    came |= {order.customer.remote_id for order in batch.orders if order.customer is not None}
    if came:
        join_persons(store, {f"customer:{source}:{remote_id}" for remote_id in came})


def _set_aside(cache: Connection, source: str, stream: str, page: Page, batch: Batch, *, now: int) -> int:
    sync_state.well_again(cache, source, batch.names)
    sync_state.read_anew(cache, source, page.settled)
    aside = [(one.ref, one.reason, one.raw) for one in page.quarantined]
    aside += [(one.ref, one.reason, one.raw) for one in batch.unreadable]
    for ref, reason, raw in aside:
        sync_state.quarantine(cache, source, stream, ref, reason, raw, now)
    return len(aside)
