"""A shop in a real store, filled with plain rows: any state a source could have brought, and what people decided."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from oms_tui.domain.business_time import BusinessHours, Span
from oms_tui.domain.policy import DeskPolicy, TierPolicy
from oms_tui.store import desk_rows, fts
from oms_tui.store.compiled_sql import CACHE_COLUMNS
from oms_tui.store.derive import demand
from oms_tui.store.derive.run import derive_dirty
from oms_tui.store.driver import transaction
from oms_tui.store.ids import timed_id
from oms_tui.store.order_keys import order_key
from oms_tui.store.rows import upsert
from oms_tui.store.writes.desk_write import blank

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oms_tui.store.driver import Connection
    from oms_tui.store.workspace import Workspace

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # 10:00 in Berlin
NOW = int(MONDAY.timestamp() * 1000)
HOUR = 3_600_000
DAY = 24 * HOUR

POLICY = DeskPolicy(
    zone=BERLIN,
    hours=BusinessHours(BERLIN, [[Span(9 * 60, 17 * 60)]] * 5 + [[], []]),
    tiers=(
        TierPolicy(
            "key",
            "customer.spend:>1000 OR tag:vip",
            first_response=timedelta(hours=1),
            next_response=timedelta(hours=2),
            account_manager="lea",
        ),
        TierPolicy("standard", next_response=timedelta(hours=8)),
    ),
    own_addresses=frozenset({"support@shop.example"}),
)

_LISTS = {"tags", "refs", "came_from", "lines", "flags", "terms", "labels", "quoted", "attachments", "warnings"}
_LISTS |= {"to_addresses", "cc_addresses", "reply_to", "delivered_to"}
_TRACKER = {"estimated_delivery_at", "delayed", "reason", "last_event_at", "first_seen_at", "raw_code", "updated_at"}


def nothing(cache: Connection, table: str) -> dict[str, Any]:
    """A row of a cache table with nothing in it."""
    row: dict[str, Any] = {}
    for _, name, kind, needed, *_ in cache.execute(f"PRAGMA table_info({table})"):
        if not needed:
            row[name] = None
        elif name in _LISTS:
            row[name] = "[]"
        else:
            row[name] = 0 if "INT" in kind else ""
    if table == "orders":
        row["raw_status"] = "{}"
    return row


class PlainShop:
    """Writes rows as the syncs do, and marks what they concern. Its clock is ``now``, in milliseconds."""

    def __init__(self, store: Workspace, policy: DeskPolicy = POLICY) -> None:
        self.store = store
        self.policy = policy
        self.now = NOW
        self._names = count(1)
        self._blanks: dict[str, dict[str, Any]] = {}

    def restart(self) -> None:
        """Give out the same names again, for what is brought a second time."""
        self._names = count(1)

    # ---- what sources know

    def put(self, table: str, **values: Any) -> None:
        """Insert or replace a row of the cache; what is not said is nothing."""
        if table not in self._blanks:
            self._blanks[table] = nothing(self.store.cache, table)
        row = {**self._blanks[table], **values}
        if "recorded_at" in row and "recorded_at" not in values:
            row["recorded_at"] = self.now
        if "synced_at" in row and "synced_at" not in values:
            row["synced_at"] = self.now
        self.store.cache.execute(upsert(table), [row[column] for column in CACHE_COLUMNS[table]])

    def dirty(self, *orders: int | None) -> None:
        self.store.cache.executemany(
            "INSERT OR IGNORE INTO dirty(order_id) VALUES (?)", [(order,) for order in orders if order is not None]
        )

    def order(self, number: str = "", /, *, lines: Iterable[tuple[Any, ...]] = (("LAMP", 1),), **values: Any) -> int:
        """An order, paid and open unless said otherwise. A line is (sku, quantity[, fulfilled])."""
        number = number or str(10_000 + next(self._names))
        given = {
            "number": number,
            "remote_id": f"r{number}",
            "source": "shop",
            "placed_at": self.now - 2 * DAY,
            "state": "open",
            "payment_status": "paid",
            "fulfillment_status": "unfulfilled",
            "return_status": "no_return",
            "currency": "EUR",
            "total": 7900,
        } | values
        given["tags"] = json.dumps(given.get("tags", []))
        order = timed_id(given["placed_at"], f"{given['source']}\x1f{given['remote_id']}")
        with transaction(self.store.cache) as cache:
            self.put("orders", id=order, **given)
            cache.execute("DELETE FROM order_lines WHERE order_id=?", (order,))
            for position, (sku, quantity, *more) in enumerate(lines):
                self.put(
                    "order_lines",
                    order_id=order,
                    position=position,
                    remote_id=str(position),
                    sku=sku,
                    title=f"A {sku.lower()}",
                    quantity=quantity,
                    fulfilled=more[0] if more else 0,
                )
            self.key(order, "number", number)
            self.key(order, "remote_id", given["remote_id"])
            fts.index_orders(cache, [order])
            self.dirty(order)
        return order

    def key(self, order: int, kind: str, name: str) -> None:
        value = order_key(name)
        self.put("order_keys", kind=kind, value=value, order_id=order, reversed=value[::-1])

    def change(self, table: str, row: int, **values: Any) -> None:
        """Change columns of a row that has an id, as a source that is read again does."""
        changes = ", ".join(f'"{name}"=?' for name in values)
        self.store.cache.execute(f"UPDATE {table} SET {changes} WHERE id=?", [*values.values(), row])
        of = {"orders": "SELECT ?", "trackers": "SELECT order_id FROM shipments WHERE tracker_id=?"}
        found = self.store.cache.execute(of.get(table, f"SELECT order_id FROM {table} WHERE id=?"), (row,))
        self.dirty(*(order for (order,) in found.fetchall()))

    def gone(self, order: int) -> None:
        """The order is no longer in the cache."""
        for table, column in (("orders", "id"), ("order_lines", "order_id"), ("order_keys", "order_id")):
            self.store.cache.execute(f"DELETE FROM {table} WHERE {column}=?", (order,))
        self.dirty(order)

    def customer(self, name: str, *, tags: Iterable[str] = (), **values: Any) -> int:
        number = timed_id(self.now - 400 * DAY, f"customer\x1f{name}")
        given = {"id": number, "source": "shop", "remote_id": name, "person_id": number, "name": name}
        self.put("customers", **given | {"tags": json.dumps(list(tags))} | values)
        return number

    def parcel(self, order: int, *, status: str = "", lines: Iterable[tuple[str, int]] = (), **values: Any) -> int:
        """A parcel; with a ``status`` its carrier knows it. Values that only a tracker has go there."""
        number = next(self._names)
        about = {name: values.pop(name) for name in _TRACKER & values.keys()}
        name = {"carrier": "dhl", "tracking_number": f"JD{number}"}
        if status:
            scanned = {"first_seen_at": self.now - DAY, "last_event_at": self.now - DAY, "status": status}
            self.put("trackers", **{"id": number, "source": "parcels"} | name | scanned | about)
        given = {"id": number, "order_id": order, "source": "shop", "remote_id": f"s{number}", "state": "shipped"}
        given |= {"shipped_at": self.now - DAY, "tracker_id": number if status else None}
        self.put("shipments", **given | name | {"lines": json.dumps([list(line) for line in lines])} | values)
        self.key(order, "tracking", f"JD{number}")
        self.dirty(order)
        return number

    def stock(self, sku: str, on_hand: int, *, location: str = "Main", source: str = "depot", **values: Any) -> None:
        """What a location has of a product; marked to be given out anew, as the sync does."""
        self.put("stock_levels", source=source, sku=sku, location=location, on_hand=on_hand, **values)
        demand.mark(self.store.cache, [sku], levels=True)

    def record(self, table: str, order: int, **values: Any) -> int:
        """A payment, invoice, dispute…"""
        number = next(self._names)
        given = {"id": number, "order_id": order, "source": "books", "remote_id": f"{table}{number}", "currency": "EUR"}
        self.put(table, **given | values)
        self.dirty(order)
        return number

    def thread(self, *orders: int, mails: Iterable[tuple[Any, ...]], status: str = "open") -> int:
        """A conversation on orders. A mail is (direction, at[, auto[, text]]); who waits is told from them."""
        conversation = next(self._names)
        last: dict[str, int] = {}
        waiting: int | None = None
        for direction, at, *more in mails:
            number = timed_id(at, f"mail{next(self._names)}")
            auto, text = [*more, "", ""][:2]
            self.put(
                "messages",
                id=number,
                source="support",
                folder="INBOX",
                uid=str(number),
                message_id=f"<{number}@mail>",
                from_address="jan@x.example" if direction == "inbound" else "support@shop.example",
                sent_at=at,
                direction=direction,
                auto=auto,
                text=text,
                state="linked",
                conversation_id=conversation,
            )
            self.store.cache.execute(
                "INSERT INTO messages_fts(rowid, subject, sender, body) VALUES (?,?,?,?)", (number, "", "jan", text)
            )
            for order in orders:
                self.put("message_links", message=number, order_id=order, reason="number", confidence=90)
            if not auto:
                last[direction] = at
                waiting = None if direction == "outbound" else waiting or at
        self.put(
            "conversations",
            id=conversation,
            root=f"<{conversation}@mail>",
            status=status,
            messages=1,
            last_inbound_at=last.get("inbound"),
            last_outbound_at=last.get("outbound"),
            waiting_since=waiting if status == "open" else None,
        )
        self.dirty(*orders)
        return conversation

    # ---- what people decided

    def decide(self, table: str, order: int, /, **values: Any) -> None:
        """A row of the desk on an order, with its line in the desk's feed; the order is marked as settling does."""
        name = self.name(order)
        row = blank(table) | {"source": name[0], "remote_id": name[1]} | values
        if "id" in row and not row["id"]:
            row["id"] = f"row{next(self._names)}"
        with transaction(self.store.desk) as desk:
            desk_rows.put(desk, table, row)
            desk_rows.changed(desk, "order", *name)
        self.dirty(order)

    def name(self, order: int) -> tuple[str, str]:
        source, remote_id = self.store.cache.execute(
            "SELECT source, remote_id FROM orders WHERE id=?", (order,)
        ).fetchone()
        return source, remote_id

    # ---- what is derived

    def derive(self, *, limit: int = 500) -> int:
        """Derive until nothing is dirty; how many orders it took. What it sets off must come to rest."""
        total = 0
        for _ in range(300):
            done = derive_dirty(self.store, self.policy, now=self.now, limit=limit)
            total += done
            if not done:
                return total
        raise AssertionError("deriving does not come to rest")

    def row(self, order: int) -> dict[str, Any]:
        """The order's row in the queue."""
        columns = CACHE_COLUMNS["queue_row"]
        found = self.store.cache.execute(f"SELECT {','.join(columns)} FROM queue_row WHERE order_id=?", (order,))
        row = dict(zip(columns, found.fetchone(), strict=True))
        for name in ("flags", "terms", "tags"):
            row[name] = json.loads(row[name])
        return row

    def rows(self) -> dict[int, dict[str, Any]]:
        orders = self.store.cache.execute("SELECT order_id FROM queue_row").fetchall()
        return {order: self.row(order) for (order,) in orders}

    def flags(self, order: int) -> list[str]:
        return [text for text, _ in self.row(order)["flags"]]

    def badge(self, key: str) -> int:
        found = self.store.cache.execute("SELECT value FROM badges WHERE key=?", (key,)).fetchone()
        return int(found[0]) if found else 0
