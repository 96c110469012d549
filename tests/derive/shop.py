"""A small shop for stories about queue rows: records go in by the real door, rows come out derived."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from connectors.records import (
    Address,
    CustomerRecord,
    Identity,
    LineRecord,
    OrderRecord,
    OrderRef,
    Page,
    ShipmentRecord,
    StockRecord,
)
from oms_tui.domain.business_time import BusinessHours, read_week
from oms_tui.domain.policy import DeskPolicy, TierPolicy
from oms_tui.domain.query import parse
from oms_tui.store.derive.run import derive_dirty
from oms_tui.store.query_words import CATALOGUE
from oms_tui.store.reads import queue
from oms_tui.sync.ingest import ingest_page

if TYPE_CHECKING:
    from oms_tui.store.shapes import QueueItem
    from oms_tui.store.workspace import Workspace

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)  # a Thursday, 11:00 in Berlin


def ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def policy(**changes: Any) -> DeskPolicy:
    hours = BusinessHours(BERLIN, read_week({"mon-fri": ["09:00-12:00", "13:00-17:30"]}))
    tiers = (TierPolicy("key", when="customer.spend:>5000", account_manager="lea"),)
    return DeskPolicy(**({"zone": BERLIN, "hours": hours, "tiers": tiers} | changes))


@dataclass
class Shop:
    store: Workspace
    rules: DeskPolicy = field(default_factory=policy)
    now: datetime = NOW

    def take(self, *records: Any, source: str = "shop") -> None:
        ingest_page(self.store, source, "all", Page(records=list(records), cursor={}), now=ms(self.now))
        self.derive()

    def derive(self) -> None:
        while derive_dirty(self.store, self.rules, now=ms(self.now)):
            pass

    def order(self, number: str, **changes: Any) -> OrderRecord:
        """An order of two lamps, paid, promised for Monday, unless said otherwise."""
        given = {
            "remote_id": f"r{number}",
            "number": number,
            "state": "open",
            "placed_at": self.now - timedelta(days=2),
            "currency": "EUR",
            "total": 7900,
            "payment_status": "paid",
            "lines": (LineRecord("1", "LAMP-BLUE", 2, title="Lamp, blue", unit_price=3950),),
            "customer": CustomerRecord("c1", name="Jan Kowal", identities=(Identity("email", "jan@firma.example"),)),
            "email": "jan@firma.example",
            "ship_to": Address(name="Jan Kowal", street="Lindenweg 4", city="Berlin", postcode="10115", country="DE"),
            "promised_at": self.now + timedelta(days=4),
        }
        return OrderRecord(**(given | changes))

    def row(self, number: str) -> QueueItem:
        (found,) = queue.find_orders(self.store, number)
        item = queue.item(self.store, found)
        assert item is not None
        return item

    def found(self, query: str, **changes: Any) -> list[str]:
        given = {"now": ms(self.now), "zone": BERLIN, "agent": "ana", "include_closed": True, "limit": 1000}
        page = queue.queue_page(self.store, tree=parse(query, CATALOGUE), **(given | changes))
        return [item.number for item in page.items]


def stock(sku: str, on_hand: int, **changes: Any) -> StockRecord:
    return StockRecord(sku, changes.pop("location", "Hall"), on_hand, **changes)


def parcel(number: str, state: str = "shipped", **changes: Any) -> ShipmentRecord:
    given = {
        "remote_id": f"s{number}",
        "order": OrderRef(remote_id=f"r{number}"),
        "carrier": "dhl",
        "tracking_number": f"0034043416109401{number}",
        "state": state,
    }
    return ShipmentRecord(**(given | changes))
