"""SQL text for rows of the cache, made once per table from the compiled columns."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from oms_tui.store.compiled_sql import CACHE_COLUMNS, PRIMARY_KEYS
from oms_tui.store.ids import timed_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import TypeVar

    from oms_tui.store.driver import Connection

    T = TypeVar("T")

_CHUNK = 500


@cache
def upsert(table: str, *, keep: tuple[str, ...] = ()) -> str:
    """Insert a full row, or update the one with its primary key, leaving the columns in ``keep`` as they are."""
    columns, keys = CACHE_COLUMNS[table], PRIMARY_KEYS[table]
    changes = ", ".join(f'"{name}"=excluded."{name}"' for name in columns if name not in keys and name not in keep)
    action = f"UPDATE SET {changes}" if changes else "NOTHING"
    target = ",".join(f'"{key}"' for key in keys)
    return f"{insert(table)} ON CONFLICT({target}) DO {action}"


@cache
def insert(table: str, *, ignore: bool = False) -> str:
    """Insert a full row, its columns in the order of the declaration."""
    columns = CACHE_COLUMNS[table]
    names = ",".join(f'"{name}"' for name in columns)
    tail = " ON CONFLICT DO NOTHING" if ignore else ""
    return f"INSERT INTO {table}({names}) VALUES ({','.join('?' * len(columns))}){tail}"


def marks(count: int) -> str:
    """``count`` places for bound values: "?,?,?"."""
    return ",".join("?" * count)


def chunks(values: Iterable[T], size: int = _CHUNK) -> Iterator[Sequence[T]]:
    """The values in lists of at most ``size``: a statement's bound values are limited, its text is cached by length."""
    batch: list[T] = []
    for value in values:
        batch.append(value)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def new_ids(cache: Connection, table: str, names: Sequence[tuple[int, str]]) -> list[int]:
    """An id for each new row, moved on by one where it is taken (exports often share one second).

    Args:
        cache: in a transaction.
        table: a table whose key is ``id``.
        names: of each row its time in milliseconds and a name no other row of the table has.
    """
    wanted = [timed_id(at, name) for at, name in names]
    taken: set[int] = set()
    for part in chunks(wanted):
        taken.update(
            number for (number,) in cache.execute(f"SELECT id FROM {table} WHERE id IN ({marks(len(part))})", part)
        )
    given: list[int] = []
    for number in wanted:
        free = number
        while free in taken or (
            free != number and cache.execute(f"SELECT 1 FROM {table} WHERE id=?", (free,)).fetchone()
        ):
            free += 1
        taken.add(free)
        given.append(free)
    return given
