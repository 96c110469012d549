"""Rows of a cache table as small mappings, for what is read an order at a time."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from oms_tui.store.compiled_sql import CACHE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oms_tui.store.driver import Connection

Values = dict[str, Any]


def rows(
    cache: Connection, table: str, condition: str, arguments: Sequence[object] = (), order: str = ""
) -> list[Values]:
    """The rows of ``table`` that meet a condition of our own text, in the order given."""
    found = cache.execute(_text(table, condition, order), arguments).fetchall()
    if not found:  # of most tables an order has nothing
        return []
    columns = CACHE_COLUMNS[table]
    return [dict(zip(columns, row, strict=True)) for row in found]


@lru_cache(maxsize=256)
def _text(table: str, condition: str, order: str) -> str:
    names = ",".join(f'"{name}"' for name in CACHE_COLUMNS[table])
    return f"SELECT {names} FROM {table} WHERE {condition}{f' ORDER BY {order}' if order else ''}"


def one(cache: Connection, table: str, condition: str, arguments: Sequence[object] = ()) -> Values | None:
    """The first such row."""
    found = rows(cache, table, f"{condition} LIMIT 1", arguments)
    return found[0] if found else None
