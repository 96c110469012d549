"""A desk of invented orders, written straight into the store's tables: what is shown is tested, not how it came."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from oms_tui.store.driver import transaction
from oms_tui.store.shapes import Flag, QueueItem

if TYPE_CHECKING:
    from oms_tui.store.workspace import Workspace

NOW = 1_795_600_000_000  # a Wednesday noon in November 2026
HOUR = 3_600_000

NAMES = (
    "Jan Kowal",
    "Maria Lund",
    "Acme Tools GmbH",
    "Zoë Çelik",
    "Óscar Peña Ruiz",
    "Wei Chen 陈伟",
    "H. van der Berg",
)
FLAGS: tuple[list[list[str]], ...] = (
    [["late 2d", "alarm"], ["mail 3h", "warn"], ["call due", "warn"]],
    [["short 1", "alarm"], ["ask customer", "warn"]],
    [["mail 1h", "warn"]],
    [["ready to release", "good"]],
    [["in transit, on time", "quiet"]],
)
CONFIG = """
[desk]
name = "Bright Shop"
agent = "ana"
portable = true
timezone = "Europe/Berlin"
[agents.ana]
name = "Ana Ruiz"
role = "lead"
[agents.lea]
name = "Lea Brandt"
role = "agent"
[sources.shop]
kind = "files"
path = "exports"
"""


def columns(store: Workspace, table: str) -> list[tuple[str, str]]:
    return [(row[1], row[2]) for row in store.cache.execute(f"PRAGMA table_info({table})")]


def insert(store: Workspace, table: str, **values: Any) -> None:
    """A row; what is not named is 0 or empty, as its column's type says."""
    row = {name: 0 if "INT" in kind.upper() else "" for name, kind in columns(store, table)}
    row |= values
    names = ",".join(f'"{name}"' for name in row)
    store.cache.execute(
        f"INSERT OR REPLACE INTO {table}({names}) VALUES ({','.join('?' * len(row))})", list(row.values())
    )


def add_order(store: Workspace, order_id: int, **values: Any) -> None:
    """An order with its row in the queue."""
    number = str(values.pop("number", 10_483 - order_id))
    name = values.pop("name", NAMES[(order_id - 1) % len(NAMES)])
    shared = {
        "source": "shop",
        "remote_id": f"r{order_id}",
        "number": number,
        "state": "open",
        "payment_status": "paid",
        "fulfillment_status": "unfulfilled",
        "return_status": "no_return",
        "placed_at": NOW - order_id * HOUR,
        "promised_at": None,
        "currency": "EUR",
        "total": 8_900,
    }
    row: dict[str, Any] = {
        "order_id": order_id,
        "name": name,
        "tier": ("key", "priority", "standard", "one_off")[order_id % 4],
        "customer_id": None,
        "is_open": 1,
        "stage": "picking",
        "due_at": None,
        "priority": max(0, 1_000 - order_id),
        "terms": "[]",
        "flags": json.dumps(FLAGS[order_id % len(FLAGS)]),
        "owner": ("", "ana", "lea")[order_id % 3],
        "tags": "[]",
        "late_since": None,
        "news_at": None,
        "predicted_at": None,
        "next_due_at": None,
        "waiting_since": None,
        "last_mail_at": None,
        "last_told_at": None,
        "snoozed_until": None,
        "refresh_at": None,
        "derived_at": NOW,
    }
    insert(store, "queue_row", **shared, **(row | values))
    insert(
        store,
        "orders",
        id=order_id,
        **shared,
        customer_id=None,
        ship_name=name,
        ship_city="Leipzig",
        tags="[]",
        refs="[]",
        came_from="[]",
        raw_status="{}",
        updated_at=None,
        recorded_at=NOW,
        synced_at=NOW,
    )
    insert(store, "order_keys", kind="number", value=number, order_id=order_id, reversed=number[::-1])


def fill(store: Workspace, count: int) -> None:
    with transaction(store.cache):
        for order_id in range(1, count + 1):
            add_order(store, order_id)
        store.cache.execute("INSERT OR REPLACE INTO badges(key, value) VALUES ('open', ?)", (count,))


def change(store: Workspace, order_id: int, **values: Any) -> None:
    """Change an order's row as the worker would: with a line in the change feed."""
    with transaction(store.cache):
        sets = ",".join(f'"{name}"=?' for name in values)
        store.cache.execute(f"UPDATE queue_row SET {sets} WHERE order_id=?", [*values.values(), order_id])
        tell(store, "order", order_id)


def tell(store: Workspace, kind: str, ref: int) -> None:
    """Write to the change feed."""
    store.cache.execute("INSERT INTO change_log(kind, ref) VALUES (?,?)", (kind, ref))


ITEM = QueueItem(
    id=0,
    source="shop",
    remote_id="r",
    number="1",
    name="Jan Kowal",
    tier="key",
    account_manager="",
    is_open=True,
    state="open",
    payment_status="paid",
    fulfillment_status="unfulfilled",
    return_status="no_return",
    stage="picking",
    progress="",
    currency="EUR",
    total=100,
    placed_at=0,
    promised_at=None,
    due_at=None,
    priority=1,
    flags=(Flag("late 2d", "alarm"),),
    next_action="",
    owner="",
    country="DE",
    carrier="",
    tracking="",
    days_late=0,
    waiting_since=None,
    snoozed_until=None,
    risk="",
)


def item(order_id: int, name: str = "Jan Kowal", **values: Any) -> QueueItem:
    return ITEM._replace(id=order_id, number=str(order_id), name=name, **values)
