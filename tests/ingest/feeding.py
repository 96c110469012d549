"""Builders of records, a desk that takes them in, and a look at a cache that forgets the ids it gave."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from connectors.records import (
    Address,
    CustomerRecord,
    Identity,
    LineRecord,
    OrderRecord,
    OrderRef,
    Page,
    TrackingEventRecord,
    TrackingRecord,
)
from oms_tui.store.compiled_sql import CACHE_COLUMNS
from oms_tui.store.driver import transaction
from oms_tui.store.fts import index_due
from oms_tui.store.incoming import JOINED_TABLES
from oms_tui.sync.ingest import Ingested, ingest_page

if TYPE_CHECKING:
    from connectors.records import Quarantined, Record, Ref
    from oms_tui.store.workspace import Workspace

MONDAY = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
NOW = int(MONDAY.timestamp() * 1000)


def day(number: float) -> datetime:
    """Noon, so many days after Monday morning."""
    return MONDAY + timedelta(days=number, hours=3)


def order(number: str = "1042", *, remote_id: str = "", sku: str = "LAMP", **more: Any) -> OrderRecord:
    """An order of one line for Jan Kowal; its remote id is ``id-`` and its number unless given."""
    fields: dict[str, Any] = {
        "remote_id": remote_id or f"id-{number}",
        "number": number,
        "state": "open",
        "placed_at": day(0),
        "currency": "EUR",
        "total": 7900,
        "lines": (LineRecord("1", sku, 2, "Lamp, blue", unit_price=3950),),
        "email": "Jan.Kowal@Example.com",
        "ship_to": Address(name="Jan Kowal", street="Lindenstraße 4", city="Leipzig", postcode="04107", country="DE"),
    }
    return OrderRecord(**(fields | more))


def customer(remote_id: str = "7", **more: Any) -> CustomerRecord:
    """Jan Kowal as the shop knows him."""
    fields: dict[str, Any] = {
        "remote_id": remote_id,
        "name": "Jan Kowal",
        "identities": (Identity("email", "jan.kowal@example.com", verified=True),),
    }
    return CustomerRecord(**(fields | more))


def scan(at: datetime, status: str = "in_transit", text: str = "", **more: Any) -> TrackingEventRecord:
    """A scan with the status for its code."""
    return TrackingEventRecord(at, status, raw_code=more.pop("raw_code", status), text=text or status, **more)  # type: ignore[arg-type]  # a test may say what no carrier should


def parcel(number: str, *events: TrackingEventRecord, carrier: str = "dhl", **more: Any) -> TrackingRecord:
    """What a carrier says of a parcel; its status is the last scan's unless given."""
    status = more.pop("status", events[-1].status if events else "unknown")
    return TrackingRecord(carrier, number, status, events=events, **more)


def by_number(number: str) -> OrderRef:
    """An order by its number."""
    return OrderRef(number=number)


@dataclass
class Desk:
    """A store that pages are fed to; its clock moves a second with each."""

    store: Workspace
    now: int = NOW
    fed: dict[tuple[str, str], int] = field(default_factory=dict)

    def feed(
        self,
        source: str,
        *records: Record,
        stream: str = "all",
        deleted: tuple[Ref, ...] = (),
        quarantined: tuple[Quarantined, ...] = (),
        more: bool = False,
    ) -> Ingested:
        """Take in a page of a source."""
        self.now += 1000
        place = self.fed[source, stream] = self.fed.get((source, stream), 0) + 1
        page = Page(list(records), list(deleted), list(quarantined), cursor={"page": place}, more=more)
        return ingest_page(self.store, source, stream, page, now=self.now)

    def rows(self, sql: str, *arguments: object) -> list[tuple[Any, ...]]:
        """What a statement finds in the cache."""
        return self.store.cache.execute(sql, arguments).fetchall()

    def one(self, sql: str, *arguments: object) -> Any:
        """The first column of the only row."""
        ((value, *_),) = self.rows(sql, *arguments)
        return value

    def order_of(self, table: str, remote_id: str) -> str | None:
        """``source:number`` of the order that a record is joined to."""
        found = self.rows(
            f"SELECT o.source || ':' || o.number FROM {table} r LEFT JOIN orders o ON o.id=r.order_id "
            "WHERE r.remote_id=?",
            remote_id,
        )
        assert found, f"there is no {remote_id} in {table}"
        return found[0][0]

    def found(self, words: str) -> set[str]:
        """Numbers of the orders that full-text search finds, once those whose words changed are derived."""
        with transaction(self.store.cache) as cache:
            due = [order for (order,) in cache.execute("SELECT order_id FROM words_due")]
            assert set(due) <= {order for (order,) in cache.execute("SELECT order_id FROM dirty")}, "never written"
            index_due(cache, due)
        rows = self.rows(
            "SELECT o.number FROM orders_fts f JOIN orders o ON o.id=f.rowid WHERE orders_fts MATCH ?", words
        )
        return {number for (number,) in rows}

    def keys(self, number: str, kind: str) -> set[str]:
        """The keys of a kind that name an order."""
        rows = self.rows(
            "SELECT k.value FROM order_keys k JOIN orders o ON o.id=k.order_id WHERE o.number=? AND k.kind=?",
            number,
            kind,
        )
        return {value for (value,) in rows}

    def settled(self) -> None:
        """Pretend that every order was derived."""
        self.store.cache.execute("DELETE FROM dirty")

    def dirty(self) -> set[str]:
        """Numbers of the orders to derive again."""
        return {number for (number,) in self.rows("SELECT number FROM orders WHERE id IN (SELECT order_id FROM dirty)")}

    def content(self) -> dict[str, list[tuple[Any, ...]]]:
        """The whole cache without the ids it gave and times it read things at: what no order of reading moves."""
        names = dict(self.rows("SELECT id, source || ':' || remote_id FROM orders"))
        customers = dict(self.rows("SELECT id, source || ':' || remote_id FROM customers"))
        trackers = dict(self.rows("SELECT id, carrier || ':' || tracking_number || ':' || first_seen_at FROM trackers"))
        records = {
            (table, number): f"{table}:{name}"
            for table in JOINED_TABLES
            for number, name in self.rows(f"SELECT id, source || ':' || remote_id FROM {table}")
        }
        found = {}
        for table in (
            *("orders", "order_lines", "order_keys", "customers", "customer_identities", "stock_levels"),
            *("trackers", "tracking_events", "record_names", *JOINED_TABLES),
        ):
            rows = []
            for row in self.rows(f"SELECT * FROM {table}"):
                values = dict(zip(CACHE_COLUMNS[table], row, strict=True))
                for column, known in (("order_id", names), ("customer_id", customers), ("tracker_id", trackers)):
                    if column in values:
                        values[column] = known.get(values[column], values[column] and "?")
                if "record" in values:
                    values["record"] = records[values.pop("record_table"), values["record"]]
                for column in ("id", "person_id", "recorded_at", "synced_at"):
                    values.pop(column, None)
                rows.append(tuple(values.values()))
            found[table] = sorted(rows, key=repr)
        return found
