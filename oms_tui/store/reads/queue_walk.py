"""How a part of a list is read: down an index in its order, or by looking up the few orders that can be on it.

An index of a word knows quickly whether few orders or many have it. Few are looked up and sorted; when there are many,
a page of them is soon met on the way down the index that the list is sorted by, and that index is named to SQLite: it
keeps no statistics here, and would rather sort the many. Neither may go on for long: asking an index is given up after
so many steps of SQLite's machine, and a walk may be told to stop after so many orders, wherever that is. So a page
costs the same in a shop of any size.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from oms_tui.store.driver import TooMuch, at_most
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

EFFORT: Final = 60_000
"""Steps of SQLite's machine, about 2 ms, for which an index of a word is asked: few orders are told by then."""

PATIENCE: Final = 600_000
"""The same once a page had to be cut: less than it takes to walk through all open orders of a large shop."""

_ELSEWHERE: Final = 10
"""A step that leads from table to table costs as much as so many in one index: each is on another page of the file."""

ALONG_AN_INDEX: Final = "SELECT q.order_id FROM queue_row q "
"""How a statement begins that brings up orders by an index of ``queue_row`` itself."""

_PIECE: Final = 250
GLANCE: Final = 400
"""So many orders at the head of a list are tried before anything else."""

_FIRST_STRETCH: Final = 1_000
_LONGER: Final = 4  # each stretch of a bounded walk than the one before: a page is mostly full after the first


class Part(NamedTuple):
    """One part of a list: a condition, how it is sorted, and the index that is so sorted ("": by id).

    ``scope`` is what holds of all that is met along the index; ``condition`` what else must hold.
    """

    scope: str
    condition: str
    keys: tuple[Key, ...]
    along: str
    open_only: bool = False

    @property
    def both(self) -> str:
        """Scope and condition."""
        return f"{self.scope} AND {self.condition}"


class Few(NamedTuple):
    """The orders that can be on a list, the newest first, and which part of the query found them."""

    ids: list[int]
    part: int

    @property
    def listed(self) -> str:
        """Their ids as a JSON list."""
        return json.dumps(self.ids)


class Walked(NamedTuple):
    """What a walk met: rows, how many orders it looked at, and where it had to stop (None: it was not stopped)."""

    rows: list[Row]
    looked: int = 0
    stopped: Sequence[Any] | None = None


class Lookups:
    """Which orders the words of a query bring up: asked once for all parts of a list.

    Args:
        cache: the queue.
        compiled: the query.
        effort: steps of SQLite's machine that one word may take; None for as many as it needs.
    """

    def __init__(self, cache: Connection, compiled: Compiled | None, *, effort: int | None = EFFORT) -> None:
        self._cache = cache
        self._compiled = compiled
        self._effort = effort
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
        effort = self._effort
        if effort is not None and "JOIN" in near.text:
            effort //= _ELSEWHERE
        try:
            with at_most(self._cache, effort):
                if most == SOME and near.text.startswith(ALONG_AN_INDEX):  # counted sooner than handed over
                    counted = f"SELECT 1 FROM ({near.text}) LIMIT 1 OFFSET {most}"
                    if self._cache.execute(counted, near.bound).fetchone():
                        return None
                rows = self._cache.execute(f"SELECT * FROM ({near.text}) LIMIT ?", [*near.bound, most + 1]).fetchall()
        except TooMuch:
            return None
        return {row[0] for row in rows} if len(rows) <= most else None


def walked(
    cache: Connection,
    columns: str,
    part: Part,
    compiled: Compiled | None,
    *,
    limit: int,
    after: Sequence[Any] | None,
    most: int | None,
) -> Walked:
    """Rows of ``columns`` with the values they are sorted by behind them, met on the way down the index.

    Args:
        cache: the queue.
        columns: what is wanted of each.
        part: the part of the list.
        compiled: the query.
        limit: rows at most.
        after: values of the row that they come after; None from the beginning.
        most: orders looked at, at most; None for all there are.
    """
    columns += "".join(f", {key.sql}" for key in part.keys)
    text, bound = compiled.condition() if compiled else ("1", [])
    own = compiled.along if compiled and not part.along else None
    along = part.along or (own.along if own else "")
    table = f"queue_row q INDEXED BY {along}" if along else "queue_row q NOT INDEXED"
    scope, of_scope = (f"{part.scope} AND {own.text}", own.bound) if own else (part.scope, ())
    # By id nothing but the table itself can be walked: all orders count there.
    met = f"{table} WHERE {scope if along else '1'}"
    looked, stretch = 0, _FIRST_STRETCH
    page: list[Row] = []
    while True:
        until, passed = None, 0
        if most is not None:
            until, passed = _nth(cache, (met, of_scope), part.keys, after, min(stretch, most - looked))
        for beyond, values, keys in between(part.keys, after, until):
            page += cache.execute(
                f"SELECT {columns} FROM {table} WHERE {part.both} AND {text} AND {beyond} "
                f"ORDER BY {_order(keys)} LIMIT ?",
                [*bound, *values, limit - len(page)],
            ).fetchall()
            if len(page) >= limit:
                return Walked(page, looked)
        looked += passed
        if until is None or most is None:
            return Walked(page, looked)
        if looked >= most:
            return Walked(page, looked, until)
        after, stretch = until, stretch * _LONGER


def _nth(
    cache: Connection, source: tuple[str, Sequence[Any]], keys: Sequence[Key], after: Sequence[Any] | None, number: int
) -> tuple[Sequence[Any] | None, int]:
    """The values of the row so far behind ``after``, or None if there are not so many; and how far it is, or the end.

    Read from the index alone.
    """
    (table, bound), passed = source, 0
    wanted = ", ".join(key.sql for key in keys)
    for beyond, values, rest in between(keys, after, None):
        behind = f"FROM {table} AND {beyond}"
        row = cache.execute(
            f"SELECT {wanted} {behind} ORDER BY {_order(rest)} LIMIT 1 OFFSET ?", [*bound, *values, number - passed - 1]
        ).fetchone()
        if row is not None:
            return list(row), number
        count = cache.execute(f"SELECT count(*) FROM (SELECT 1 {behind} LIMIT ?)", [*bound, *values, number - passed])
        passed += count.fetchone()[0]
    return None, passed


def glance(cache: Connection, columns: str, part: Part, compiled: Compiled, *, limit: int) -> list[Row]:
    """The first page of a list of open orders if its very first orders fill it, else nothing."""
    columns += "".join(f", {key.sql}" for key in part.keys)
    text, bound = compiled.condition()
    order = _order(part.keys)
    found = cache.execute(
        f"SELECT {columns} FROM (SELECT order_id AS wanted FROM queue_row INDEXED BY {part.along} WHERE is_open = 1 "
        f"ORDER BY {order} LIMIT {GLANCE}) CROSS JOIN queue_row q ON q.order_id = wanted "
        f"WHERE {part.both} AND {text} ORDER BY {order} LIMIT ?",
        [*bound, limit],
    ).fetchall()
    return found if len(found) == limit else []


def looked_up(
    cache: Connection,
    columns: str,
    part: Part,
    compiled: Compiled,
    found: Few,
    *,
    limit: int,
    after: Sequence[Any] | None,
) -> list[Row]:
    """Rows of ``columns`` with the values they are sorted by behind them, of orders that are known by their ids."""
    columns += "".join(f", {key.sql}" for key in part.keys)
    text, bound = compiled.condition(found.part)
    beyond, behind = _behind(part.keys, after)
    index = "INDEXED BY queue_row_open " if part.open_only and len(found.ids) > _PIECE else ""
    query = (
        f"SELECT {columns} FROM (SELECT value AS wanted FROM json_each(?)) CROSS JOIN queue_row q {index}ON "
        f"q.order_id = wanted WHERE {part.both} AND {text} AND {beyond} ORDER BY {_order(part.keys)} LIMIT ?"
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


def between(
    keys: Sequence[Key], after: Sequence[Any] | None, until: Sequence[Any] | None
) -> Iterator[tuple[str, Sequence[Any], Sequence[Key]]]:
    """What comes after some values, up to and with others: conditions that each seek in an index, and their order.

    One after the other, first those that differ in the last value only, then in the last but one…; as one condition it
    would be read from the first order with the same value, and thousands may have it.
    """
    yield from _ranges([], [], keys, after, until)


def _ranges(
    told: list[str],
    bound: list[Any],
    keys: Sequence[Key],
    after: Sequence[Any] | None,
    until: Sequence[Any] | None,
) -> Iterator[tuple[str, Sequence[Any], Sequence[Key]]]:
    key, more = keys[0], keys[1:]
    same, beyond, before = f"{key.sql} = ?", f"{key.sql} >", f"{key.sql} <"
    if key.descending:
        beyond, before = before, beyond
    if more and after is not None and until is not None and after[0] == until[0]:
        yield from _ranges([*told, same], [*bound, after[0]], more, after[1:], until[1:])
        return
    if more and after is not None:
        yield from _ranges([*told, same], [*bound, after[0]], more, after[1:], None)
    low = [f"{beyond} ?"] if after is not None else []
    high = [f"{before}{'' if more else '='} ?"] if until is not None else []
    ends = [*(after or ())[:1], *(until or ())[:1]]
    yield " AND ".join([*told, *low, *high]) or "1", [*bound, *ends], keys
    if more and until is not None:
        yield from _ranges([*told, same], [*bound, until[0]], more, None, until[1:])


def _behind(keys: Sequence[Key], after: Sequence[Any] | None) -> tuple[str, list[Any]]:
    """The same as one condition, of all that come after some values."""
    steps = list(between(keys, after, None))
    return "(" + " OR ".join(f"({step[0]})" for step in steps) + ")", [value for step in steps for value in step[1]]
