"""The orders behind a figure, as a query that finds them, whatever became of them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from oms_tui.domain.query_tree import quote

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
    """The orders that the desk knows by source and remote id; one that the cache has not is left out."""
    found = []
    for source, remote_id in set(references):
        row = store.cache.execute(
            "SELECT id, source, number FROM orders WHERE source = ? AND remote_id = ?", (source, remote_id)
        ).fetchone()
        if row is not None:
            found.append(Named(*row))
    return found
