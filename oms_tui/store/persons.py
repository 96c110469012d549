"""Customers that people confirmed to be one person, in the cache, where each source's customer is a row of its own.

``customers.person_id`` is the smallest id of the group; spend, tier and related orders are told by it. The decisions
are the desk's, so a rebuilt cache is joined again as its customers arrive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.store.rows import chunks, marks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from oms_tui.store.driver import Connection
    from oms_tui.store.workspace import Workspace

_PREFIX = "customer:"


def join_persons(store: Workspace, arrived: Collection[str] | None = None) -> int:
    """Join what was confirmed and part what no longer is; how many customers moved. In the caller's transaction.

    Args:
        store: decisions are read from its desk, its cache is written. Orders of whoever moved are derived again.
        arrived: names of customers (``customer:<source>:<remote id>``) that just came; None: look at everybody.
    """
    pairs = store.desk.execute(
        f'SELECT "left", "right" FROM identity_decisions WHERE state=\'confirmed\' AND "left" LIKE \'{_PREFIX}%\' '
        f"AND \"right\" LIKE '{_PREFIX}%'"
    ).fetchall()
    if arrived is not None and not any(name in arrived for pair in pairs for name in pair):
        return 0
    cache = store.cache
    ids = {
        name: number for name in {name for pair in pairs for name in pair} if (number := _id(cache, name)) is not None
    }
    wanted = _groups([(ids[left], ids[right]) for left, right in pairs if left in ids and right in ids])
    now = dict(cache.execute("SELECT id, person_id FROM customers WHERE person_id<>id").fetchall())
    for part in chunks(list(wanted)):
        query = f"SELECT id, person_id FROM customers WHERE id IN ({marks(len(part))})"
        now.update(cache.execute(query, list(part)).fetchall())
    moved = {
        number: wanted.get(number, number) for number, person in now.items() if wanted.get(number, number) != person
    }
    if moved:
        persons = {*moved.values(), *(now[number] for number in moved)}
        cache.executemany(
            "UPDATE customers SET person_id=? WHERE id=?", [(person, each) for each, person in moved.items()]
        )
        _derive_again(cache, {*persons, *moved})
    return len(moved)


def of_same_persons(cache: Connection, orders: Collection[int]) -> list[int]:
    """Every order of whoever placed one of these."""
    found: dict[int, None] = {}
    for part in chunks(list(orders)):
        rows = cache.execute(
            "SELECT o.id FROM customers c JOIN customers p ON p.person_id = c.person_id "
            f"JOIN orders o ON o.customer_id = p.id WHERE c.id IN (SELECT customer_id FROM orders "
            f"WHERE id IN ({marks(len(part))}))",
            part,
        )
        found |= dict.fromkeys(order for (order,) in rows)
    return list(found)


def _id(cache: Connection, name: str) -> int | None:
    source, _, remote_id = name.removeprefix(_PREFIX).partition(":")
    row = cache.execute("SELECT id FROM customers WHERE source=? AND remote_id=?", (source, remote_id)).fetchone()
    return None if row is None else int(row[0])


def _groups(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Each customer that is one with another, and the smallest id of those it is one with."""
    person: dict[int, int] = {}

    def of(number: int) -> int:
        while person.setdefault(number, number) != number:
            number = person[number]
        return number

    for left, right in pairs:
        first, second = sorted((of(left), of(right)))
        person[second] = first
    return {number: of(number) for number in list(person)}


def _derive_again(cache: Connection, customers: Iterable[int]) -> None:
    """Tier and spend are told over the person: every order of whoever is or was one of these."""
    for part in chunks(list(customers)):
        cache.execute(
            "INSERT OR IGNORE INTO dirty(order_id) SELECT o.id FROM orders o JOIN customers c ON c.id=o.customer_id "
            f"WHERE c.id IN ({marks(len(part))}) OR c.person_id IN ({marks(len(part))})",
            [*part, *part],
        )
