"""How a part of a list is read: down an index in its order, or by looking up the few orders that can be on it.

An index of a word knows quickly whether few orders or many have it. Few are looked up and sorted; when there are many,
a page of them is soon met on the way down the index that the list is sorted by, and that index is named to SQLite: it
keeps no statistics here, and would rather sort the many. So a page costs the same in a shop of any size.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from oms_tui.store.queue_sorts import NEWEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from oms_tui.store.driver import Connection, Row
    from oms_tui.store.query_sql import Compiled, Near
    from oms_tui.store.queue_sorts import Key

FEW: Final = 2_000
"""So many open orders are looked up sooner than the list of open orders is walked."""

SOME: Final = 8_000
"""The same of orders of which most may be closed, or of a walk through all there are."""


ALONG_AN_INDEX: Final = "SELECT q.order_id FROM queue_row q WHERE "
"""How a statement begins that brings up orders by an index of ``queue_row`` itself."""

_PIECE: Final = 250
GLANCE: Final = 400
"""So many orders at the head of a list are tried before anything else."""


class Part(NamedTuple):
    """One part of a list: a condition, how it is sorted, and the index that is so sorted ("": by id)."""

    condition: str
    keys: tuple[Key, ...]
    along: str
    open_only: bool = False


class Few(NamedTuple):
    """The orders that can be on a list, the newest first, and which part of the query found them."""

    ids: list[int]
    part: int

    @property
    def listed(self) -> str:
        """Their ids as a JSON list."""
        return json.dumps(self.ids)


class Lookups:
    """Which orders the words of a query bring up: asked once for all parts of a list."""

    def __init__(self, cache: Connection, compiled: Compiled | None) -> None:
        self._cache = cache
        self._compiled = compiled
        self._asked: dict[str, set[int] | None] = {}

    def few(self, *, open_only: bool) -> Few | None:
        """The fewest that one of the words brings up; None if every word brings up many."""
        if self._compiled is None:
            return None
        best: tuple[set[int], int] | None = None
        for near in self._compiled.nears(open_only=open_only):
            key = f"{near.part} {near.text}"
            if key not in self._asked:
                self._asked[key] = self._ids(near, FEW if near.open_only else SOME)
            ids = self._asked[key]
            if ids is not None and (best is None or len(ids) < len(best[0])):
                best = (ids, near.part)
        return Few(sorted(best[0], reverse=True), best[1]) if best else None

    def _ids(self, near: Near, most: int) -> set[int] | None:
        if near.many and self._cache.execute(near.many, near.bound).fetchone():
            return None
        if most == SOME and near.text.startswith(ALONG_AN_INDEX):  # counted sooner than handed over
            counted = f"SELECT 1 FROM ({near.text}) LIMIT 1 OFFSET {most}"
            if self._cache.execute(counted, near.bound).fetchone():
                return None
        found = self._cache.execute(f"SELECT * FROM ({near.text}) LIMIT ?", [*near.bound, most + 1]).fetchall()
        return {row[0] for row in found} if len(found) <= most else None


def rows(
    cache: Connection,
    columns: str,
    part: Part,
    compiled: Compiled | None,
    found: Few | None,
    *,
    limit: int,
    after: Sequence[Any] | None,
) -> list[Row]:
    """Rows of ``columns`` with the values they are sorted by behind them: those after the one that has ``after``."""
    columns += "".join(f", {key.sql}" for key in part.keys)
    text, bound = compiled.condition(found.part if found else None) if compiled else ("1", [])
    if found is not None:
        return _looked_up(cache, columns, part, found, (text, bound), limit=limit, after=after)
    along = part.along or (compiled.along if compiled else "")
    table = f"queue_row q INDEXED BY {along}" if along else "queue_row q NOT INDEXED"
    page: list[Row] = []
    for beyond, values, keys in _steps(part.keys, after):
        page += cache.execute(
            f"SELECT {columns} FROM {table} WHERE {part.condition} AND {text} AND {beyond} "
            f"ORDER BY {_order(keys)} LIMIT ?",
            [*bound, *values, limit - len(page)],
        ).fetchall()
        if len(page) >= limit:
            break
    return page


def glance(cache: Connection, columns: str, part: Part, compiled: Compiled, *, limit: int) -> list[Row]:
    """The first page of a list of open orders if its very first orders fill it, else nothing.

    What most orders have is not worth asking any other index how many have it.
    """
    if not part.open_only or any("SELECT" in each.text for each in compiled.parts):
        return []  # nothing to walk along, or a test that costs more than a look at the row
    columns += "".join(f", {key.sql}" for key in part.keys)
    text, bound = compiled.condition()
    order = _order(part.keys)
    found = cache.execute(
        f"SELECT {columns} FROM (SELECT order_id AS wanted FROM queue_row INDEXED BY {part.along} WHERE is_open = 1 "
        f"ORDER BY {order} LIMIT {GLANCE}) CROSS JOIN queue_row q ON q.order_id = wanted "
        f"WHERE {part.condition} AND {text} ORDER BY {order} LIMIT ?",
        [*bound, limit],
    ).fetchall()
    return found if len(found) == limit else []


def _looked_up(
    cache: Connection,
    columns: str,
    part: Part,
    found: Few,
    condition: tuple[str, Sequence[Any]],
    *,
    limit: int,
    after: Sequence[Any] | None,
) -> list[Row]:
    """The same of orders that are known by their ids."""
    text, bound = condition
    beyond, behind = _behind(part.keys, after)
    index = "INDEXED BY queue_row_open " if part.open_only and len(found.ids) > _PIECE else ""
    query = (
        f"SELECT {columns} FROM (SELECT value AS wanted FROM json_each(?)) CROSS JOIN queue_row q {index}ON "
        f"q.order_id = wanted WHERE {part.condition} AND {text} AND {beyond} ORDER BY {_order(part.keys)} LIMIT ?"
    )
    if part.keys != NEWEST:
        return cache.execute(query, [found.listed, *bound, *behind, limit]).fetchall()
    page: list[Row] = []
    ids = found.ids if after is None else [each for each in found.ids if each < after[0]]
    for start in range(0, len(ids), _PIECE):  # they are in this order already: the first few will do
        piece = json.dumps(ids[start : start + _PIECE])
        page += cache.execute(query, [piece, *bound, *behind, limit - len(page)]).fetchall()
        if len(page) >= limit:
            break
    return page


def _order(keys: Sequence[Key]) -> str:
    return ", ".join(f"{key.sql} DESC" if key.descending else key.sql for key in keys)


def _steps(keys: Sequence[Key], after: Sequence[Any] | None) -> Iterator[tuple[str, Sequence[Any], Sequence[Key]]]:
    """What comes after some values: conditions, one after the other, that each seek in an index, and their order.

    First those that differ in the last value only, then in the last but one…; as one condition it would be read from
    the first order with the same value, and thousands may have it.
    """
    if after is None:
        yield "1", (), keys
        return
    for at in reversed(range(len(keys))):
        conditions = [f"{key.sql} = ?" for key in keys[:at]]
        conditions.append(f"{keys[at].sql} {'<' if keys[at].descending else '>'} ?")
        yield " AND ".join(conditions), after[: at + 1], keys[at:]


def _behind(keys: Sequence[Key], after: Sequence[Any] | None) -> tuple[str, list[Any]]:
    """The same as one condition."""
    steps = list(_steps(keys, after))
    return "(" + " OR ".join(f"({step[0]})" for step in steps) + ")", [value for step in steps for value in step[1]]
