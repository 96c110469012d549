"""The orders behind a figure, as a query that finds them, whatever became of them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from oms_tui.domain.query_tree import quote
from oms_tui.store.order_names import ids_of
from oms_tui.store.rows import marks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oms_tui.store.workspace import Workspace

MOST: Final = 50
"""Orders that a query names: the newest."""


class Named(NamedTuple):
    """An order by its id, of which a later order's is higher, and by the names a query knows it by."""

    order: int
    source: str
    number: str


def newest(orders: Iterable[Named]) -> list[Named]:
    """Each once, the newest first, at most ``MOST``."""
    return sorted(set(orders), reverse=True)[:MOST]


def query_of(orders: Iterable[Named]) -> str:
    """A query for the newest of these orders, "" for none. Two shops may give the same number: the source is named."""
    of_source: defaultdict[str, list[str]] = defaultdict(list)
    for _, source, number in newest(orders):
        of_source[source].append(f"number:{quote(number)}")
    parts = [f"source:{quote(source)} ({' OR '.join(numbers)})" for source, numbers in sorted(of_source.items())]
    if not parts:
        return ""
    return f"state:* {parts[0]}" if len(parts) == 1 else f"state:* ({' OR '.join(f'({part})' for part in parts)})"


def names_all(query: str) -> bool:
    """Whether a query of ``query_of`` may name every order there was: it names fewer than it can."""
    return query.count("number:") < MOST


def named(store: Workspace, references: Iterable[tuple[str, str]]) -> list[Named]:
    """The newest ``MOST`` of the orders that the desk knows by source and remote id; what the cache has not is none."""
    ids = sorted(ids_of(store.cache, references).values(), reverse=True)[:MOST]
    query = f"SELECT id, source, number FROM orders WHERE id IN ({marks(len(ids))})"
    return [Named(*row) for row in store.cache.execute(query, ids)]
