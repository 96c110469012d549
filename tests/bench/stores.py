"""Stores of any size for the benchmarks: invented records through the real ingest, derived by the real rules."""

from __future__ import annotations

import random
import shutil
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zlib import crc32
from zoneinfo import ZoneInfo

from connectors.records import (
    Address,
    CustomerRecord,
    Identity,
    LineRecord,
    OrderRecord,
    OrderRef,
    Page,
    PaymentRecord,
    ShipmentRecord,
    StockRecord,
)
from oms_tui.domain.business_time import BusinessHours
from oms_tui.domain.policy import DeskPolicy, TierPolicy
from oms_tui.store.compiled_sql import CACHE_DDL
from oms_tui.store.derive.run import BATCH, derive_dirty
from oms_tui.store.workspace import Workspace
from oms_tui.sync.ingest import ingest_page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ZONE = ZoneInfo("Europe/Berlin")
POLICY = DeskPolicy(
    zone=ZONE,
    hours=BusinessHours.always(ZONE),
    tiers=(TierPolicy("key", when="customer.spend:>5000"), TierPolicy("priority", when="customer.spend:>2000")),
)
PAGE = 500
_FIRST = (
    "Jan", "Maria", "Zoë", "Óscar", "Lea", "Tom", "Amélie",
    "Priya", "Luca", "Jana", "Wei", "Sofia", "Ahmed", "Greta",
    "Pavel", "Ines", "Lars", "Hana", "Marc", "Ruth",
)  # fmt: skip
_LAST = (
    "Kowal", "Lund", "Çelik", "Peña", "Brandt", "Becker", "Durand",
    "Nair", "Bianchi", "Novák", "Chen", "Rossi", "Saleh", "Holm",
    "Dvořák", "Costa", "Sato", "Petit",
)  # fmt: skip
_CITIES = (("Berlin", "DE"), ("Łódź", "PL"), ("Lyon", "FR"), ("Madrid", "ES"), ("Malmö", "SE"), ("Osaka", "JP"))
SKUS = [f"LAMP-{index:04}" for index in range(2000)]


def orders(count: int, now: datetime, *, seed: int = 7, open_share: float = 0.05) -> Iterator[OrderRecord]:
    """``count`` orders, newest last; a twentieth of them open."""
    chance = random.Random(seed)
    for index in range(count):
        customer = chance.randrange(max(1, count // 3))
        first, last = _FIRST[customer % len(_FIRST)], _LAST[customer // len(_FIRST) % len(_LAST)]
        name, mail = f"{first} {last}", f"{first}.{last}.{customer}@mail.example".lower()
        is_open = chance.random() < open_share
        city, country = _CITIES[customer % len(_CITIES)]
        placed = now - timedelta(seconds=(count - index) * 180)
        yield OrderRecord(
            remote_id=str(index),
            number=str(100_000 + index),
            state="open" if is_open else "closed",
            placed_at=placed,
            currency="EUR",
            total=chance.randrange(900, 40_000),
            payment_status="paid" if not is_open or chance.random() < 0.8 else "pending",
            fulfillment_status="unfulfilled" if is_open and chance.random() < 0.5 else "fulfilled",
            lines=tuple(_line(chance, place) for place in range(chance.randrange(1, 4))),
            customer=CustomerRecord(f"c{customer}", name=name, identities=(Identity("email", mail),)),
            email=mail,
            ship_to=Address(
                name,
                street=f"Lindenweg {customer % 90}",
                city=city,
                postcode=f"{10_000 + customer % 9000}",
                country=country,
            ),
            promised_at=placed + timedelta(days=5),
        )


def _line(chance: random.Random, place: int) -> LineRecord:
    sku = SKUS[chance.randrange(len(SKUS))]
    return LineRecord(str(place), sku, chance.randrange(1, 4), title="Lamp, blue", unit_price=3950)


def records_of(order: OrderRecord) -> Iterator[PaymentRecord | ShipmentRecord]:
    """What hangs off an order."""
    if order.payment_status == "paid":
        yield PaymentRecord(
            f"p{order.remote_id}",
            OrderRef(remote_id=order.remote_id),
            "settled",
            order.total,
            "EUR",
            captured=order.total,
            paid_at=order.placed_at,
        )
    if order.fulfillment_status == "fulfilled":
        yield ShipmentRecord(
            f"s{order.remote_id}",
            OrderRef(remote_id=order.remote_id),
            "dhl",
            f"00340434{int(order.remote_id):012}",
            "delivered" if order.state == "closed" else "shipped",
            shipped_at=order.placed_at + timedelta(days=1),
        )


def pages(count: int, now: datetime) -> Iterator[Page]:
    """The same as pages of a connector."""
    batch: list[OrderRecord] = []
    for order in orders(count, now):
        batch.append(order)
        if len(batch) == PAGE:
            yield Page(records=list(batch), cursor={"at": batch[-1].remote_id})
            batch.clear()
    if batch:
        yield Page(records=list(batch), cursor={"at": batch[-1].remote_id})


def _stands(folder: Path, count: int) -> bool:
    """Whether a store found is what it was: a cache of other tables is put aside, a desk of others brought forward."""
    with Workspace(folder) as store:
        found = store.cache.execute("SELECT count(*) FROM queue_row").fetchone()[0]
        waits = store.cache.execute("SELECT EXISTS (SELECT 1 FROM dirty)").fetchone()[0]
    return found == count and not waits


def built(cache: Path, count: int) -> Path:
    """A desk's folder below ``cache`` with ``count`` orders; made once for each layout of the tables, found again."""
    layout = crc32("".join(CACHE_DDL).encode())
    folder = cache / f"{count}-{layout:08x}"
    done = folder / "complete"
    if done.exists() and _stands(folder, count):
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    now = datetime.now(UTC)
    moment = int(now.timestamp() * 1000)
    began = time.perf_counter()
    with Workspace(folder, checkpoints=True) as store:
        store.mark_for_trying()
        # Only sooner: a million orders' indexes do not fit into what a worker keeps in memory.
        store.cache.execute("PRAGMA cache_size=-262144")
        stock = [StockRecord(sku, "Hall", 40, incoming=5, expected_at=now + timedelta(days=6)) for sku in SKUS]
        ingest_page(store, "depot", "stock", Page(records=list(stock), cursor={}), now=moment)
        for page in pages(count, now):
            ingest_page(store, "shop", "orders", page, now=moment)
            hanging = [record for order in page.records for record in records_of(order)]  # type: ignore[arg-type]
            ingest_page(store, "shop", "more", Page(records=list(hanging), cursor={}), now=moment)
        ingested = time.perf_counter()
        while derive_dirty(store, POLICY, now=moment) == BATCH:
            continue
        store.cache.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    derived = time.perf_counter()
    done.write_text(
        f"{count} orders: ingest {count / (ingested - began):,.0f}/s, derive {count / (derived - ingested):,.0f}/s\n",
        encoding="utf-8",
    )
    return folder
