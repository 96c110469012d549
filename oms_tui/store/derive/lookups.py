"""Small tables beside the queue rows, by which query words find them: tags, and what a person is worth."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from oms_tui.domain.money import minor_digits
from oms_tui.store.rows import chunks, insert, marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from oms_tui.store.derive.facts import OrderFacts, Values
    from oms_tui.store.driver import Connection

_TAG: Final = insert("order_tags", ignore=True)
_WORTH: Final = (
    insert("person_worth") + " ON CONFLICT(person_id, currency) DO UPDATE SET spend=excluded.spend, "
    "orders=excluded.orders, owed=excluded.owed "
    "WHERE spend<>excluded.spend OR orders<>excluded.orders OR owed<>excluded.owed"
)


def write_tags(cache: Connection, facts: Mapping[int, OrderFacts], rows: Iterable[Values]) -> None:
    """The tags of those rows whose tags are others than before."""
    moved = [row for row in rows if row["tags"] != _tags_before(facts[row["order_id"]])]
    forget_tags(cache, [row["order_id"] for row in moved])
    cache.executemany(
        _TAG, [(str(tag).casefold(), row["order_id"]) for row in moved for tag in json.loads(row["tags"])]
    )


def _tags_before(of: OrderFacts) -> str:
    return str(of.before["tags"]) if of.before else "[]"


def forget_tags(cache: Connection, orders: Iterable[int]) -> None:
    """Orders without any, so far."""
    for part in chunks(orders):
        cache.execute(f"DELETE FROM order_tags WHERE order_id IN ({marks(len(part))})", part)


def write_worth(cache: Connection, facts: Mapping[int, OrderFacts]) -> None:
    """What the people behind these orders spent, ordered and owe, and their tags; written only where it moved."""
    people = {of.person: of.worth for of in facts.values() if of.person is not None and of.worth is not None}
    rows = []
    for person, of in people.items():
        for currency in of.spent.keys() | of.owed.keys():
            unit = 10 ** minor_digits(currency)
            rows.append(
                (person, currency, of.spent.get(currency, 0) / unit, of.orders, of.owed.get(currency, 0) / unit)
            )
    cache.executemany(_WORTH, rows)
    _write_person_tags(cache, {person: {tag.casefold() for tag in of.tags} for person, of in people.items()})


def _write_person_tags(cache: Connection, wanted: Mapping[int, set[str]]) -> None:
    for part in chunks(wanted):
        found = cache.execute(
            f"SELECT tag, person_id FROM person_tags WHERE person_id IN ({marks(len(part))})", part
        ).fetchall()
        there = set(found)
        here = {(tag, person) for person in part for tag in wanted[person]}
        if there != here:
            cache.executemany("DELETE FROM person_tags WHERE tag=? AND person_id=?", there - here)
            cache.executemany("INSERT OR IGNORE INTO person_tags(tag, person_id) VALUES (?,?)", here - there)
