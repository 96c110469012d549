"""The full-text index over orders: everything by which people look for one."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from oms_tui.domain.normalise import fold
from oms_tui.store.rows import chunks, marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from oms_tui.store.driver import Connection

# Composed by SQLite: a read for each order and part would cost ten times as much. What is null is left out.
_WORDS: Final = """
SELECT o.id, o.number || ' ' || o.ship_name || ' ' || o.ship_company || ' ' || o.ship_street || ' ' || o.ship_city
 || ' ' || o.ship_postcode || ' ' || o.email || ' ' || o.phone || ' ' || o.ship_phone
 || coalesce(' ' || c.name || ' ' || c.company, '')
 || coalesce(' ' || (SELECT group_concat(i.value, ' ') FROM customer_identities i WHERE i.customer_id = c.id), '')
 || coalesce(' ' || (SELECT group_concat(l.sku || ' ' || l.title, ' ') FROM order_lines l WHERE l.order_id = o.id), '')
 || coalesce(' ' || (SELECT group_concat(s.tracking_number, ' ') FROM shipments s WHERE s.order_id = o.id), '')
 || coalesce(' ' || (SELECT group_concat(n.number, ' ') FROM invoices n WHERE n.order_id = o.id), '')
FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE o.id IN
"""
_LONGEST_WORD: Final = 60


def index_orders(cache: Connection, order_ids: Iterable[int], *, fresh: bool = False) -> None:
    """Write the index rows of these orders anew.

    Args:
        cache: in a transaction.
        order_ids: orders that are in the cache.
        fresh: none of them is in the index yet.
    """
    verb = "INSERT" if fresh else "INSERT OR REPLACE"
    for part in chunks(order_ids):
        found = cache.execute(f"{_WORDS} ({marks(len(part))})", part).fetchall()
        cache.executemany(
            f"{verb} INTO orders_fts(rowid, words) VALUES (?,?)",
            [(number, words if words.isascii() else _with_latin(words)) for number, words in found],
        )


def index_again(cache: Connection, order_ids: Iterable[int]) -> None:
    """Write the index rows of these orders anew when they are derived next.

    Parcels, invoices and customers come in turns, and with each the whole row would be written again.
    """
    cache.executemany("INSERT OR IGNORE INTO words_due(order_id) VALUES (?)", [(order,) for order in order_ids])


def index_due(cache: Connection, order_ids: Sequence[int]) -> None:
    """Those of these orders whose index rows are to be written anew: write them. Some hundred at most."""
    place = marks(len(order_ids))
    due = cache.execute(f"DELETE FROM words_due WHERE order_id IN ({place}) RETURNING order_id", order_ids).fetchall()
    index_orders(cache, [order for (order,) in due])


def _with_latin(words: str) -> str:
    return " ".join((words, *_latin_words(words)))


def _latin_words(words: str) -> Iterator[str]:
    for word in words.split():
        if not word.isascii() and len(word) <= _LONGEST_WORD and (latin := _latin(word)):
            yield latin


@lru_cache(maxsize=8192)
def _latin(word: str) -> str:
    """``word`` in plain letters, where taking off accents, as SQLite does, is not enough: Łódź, Straße, Иванов."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))
    return "" if bare.isascii() else fold(word)
