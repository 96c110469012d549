"""The full-text index over orders: everything by which people look for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.store.rows import chunks, marks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oms_tui.store.driver import Connection

# Composed by SQLite: no text passes through Python. What is null is left out by coalesce.
_WORDS = """
SELECT o.id, o.number || ' ' || o.ship_name || ' ' || o.ship_company || ' ' || o.ship_street || ' ' || o.ship_city
 || ' ' || o.ship_postcode || ' ' || o.email || ' ' || o.phone || ' ' || o.ship_phone
 || coalesce(' ' || c.name || ' ' || c.company, '')
 || coalesce(' ' || (SELECT group_concat(i.value, ' ') FROM customer_identities i WHERE i.customer_id = c.id), '')
 || coalesce(' ' || (SELECT group_concat(l.sku || ' ' || l.title, ' ') FROM order_lines l WHERE l.order_id = o.id), '')
 || coalesce(' ' || (SELECT group_concat(s.tracking_number, ' ') FROM shipments s WHERE s.order_id = o.id), '')
 || coalesce(' ' || (SELECT group_concat(n.number, ' ') FROM invoices n WHERE n.order_id = o.id), '')
FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE o.id IN
"""


def index_orders(cache: Connection, order_ids: Iterable[int], *, fresh: bool = False) -> None:
    """Write the index rows of these orders anew.

    Args:
        cache: in a transaction.
        order_ids: orders that are in the cache.
        fresh: none of them is in the index yet.
    """
    verb = "INSERT" if fresh else "INSERT OR REPLACE"
    for part in chunks(order_ids):
        cache.execute(f"{verb} INTO orders_fts(rowid, words) {_WORDS} ({marks(len(part))})", part)
