"""Lists of orders, a page at a time, by keyset: what comes next costs the same on every page.

The first page is read before the desk's first frame: nothing heavy is imported here, queries are compiled late.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Final

from oms_tui.store.driver import TooMuch, at_most
from oms_tui.store.queue_shapes import Flag, QueueItem
from oms_tui.store.queue_sorts import NEWEST, SORTS
from oms_tui.store.reads import queue_walk
from oms_tui.store.reads.queue_walk import EFFORT, PATIENCE, Lookups, Part, Walked, glance, looked_up, walked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import tzinfo

    from oms_tui.domain.query_tree import Tree
    from oms_tui.store.driver import Row
    from oms_tui.store.query_sql import Compiled
    from oms_tui.store.workspace import Workspace

_COLUMNS: Final = (
    "q.order_id, q.source, q.remote_id, q.number, q.name, q.tier, q.account_manager, q.state, "
    "q.payment_status, q.fulfillment_status, q.return_status, q.stage, q.progress, q.currency, q.total, q.placed_at, "
    "q.promised_at, q.due_at, q.priority, q.next_action, q.owner, q.country, q.carrier, q.tracking, "
    "q.days_late, q.waiting_since, q.snoozed_until, q.risk, q.is_open, q.flags"
)
_NAMES: Final = tuple(name.strip().removeprefix("q.") for name in _COLUMNS.split(","))

_COUNTED: Final = 10_000

_ELSEWHERE: Final = 4
"""A test that reads another table costs as much as looking at so many orders."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some orders of a list. ``next`` goes on behind them; None: these were the last.

    ``looked``: how many orders were walked by. ``cut``: the page was given so many to look at, and ends where it had:
    there may be fewer orders on it than asked for, or none, though there are more behind.
    """

    items: tuple[QueueItem, ...]
    next: str | None
    looked: int = 0
    cut: bool = False


def queue_page(
    store: Workspace,
    *,
    tree: Tree | None = None,
    sort: str = "priority",
    limit: int = 200,
    after: str | None = None,
    now: int,
    zone: tzinfo,
    agent: str = "",
    include_closed: bool | None = None,
    look_at: int | None = None,
) -> Page:
    """A page of a list.

    Args:
        store: both files.
        tree: which orders; None or the empty query for all.
        sort: a key of ``SORTS``, with ``-`` for the other way round.
        limit: orders on the page.
        after: ``next`` of the page before.
        now: milliseconds since 1970 UTC.
        zone: the desk's time zone.
        agent: who asks.
        include_closed: closed orders too, behind the open ones where the sort is about open work. None: only where the
            query names them. Snoozed orders are left out of a queue unless the query asks for them.
        look_at: orders to look at, at most, where a query has to be asked of one after the other: for a screen, that
            shows what there is and goes on. None: as many as it takes, the page is whole.

    Raises:
        ValueError: there is no such sort, or ``after`` is not of this list.
    """
    compiled = _compiled(store, tree, now=now, zone=zone, agent=agent)
    closed = _with_closed(compiled, include_closed)
    parts = _parts(sort, closed=closed, condition=_awake(compiled, include_closed, now))
    first, behind, cut = _position(after, sort, parts)
    # Of a page that was cut the words were asked quickly, and told nothing: now with patience, then no more.
    effort = None if look_at is None else EFFORT if cut is None else PATIENCE
    lookups = Lookups(store.cache, compiled if cut is not False else None, effort=effort)
    first_cut = cut is None
    if look_at is not None and compiled is not None and compiled.looks_elsewhere:
        look_at = max(1, look_at // _ELSEWHERE)
    found: list[Row] = []
    last: list[Any] = []
    looked = 0
    for number, part in enumerate(parts[first:], start=first):
        wanted = limit + 1 - len(found)
        left = None if look_at is None or compiled is None else look_at - looked
        if left is not None and left <= 0:  # behind all of the part before
            return Page(_items(found), json.dumps([sort, number, first_cut]), looked, cut=True)
        step = _rows(store, part, compiled, lookups, limit=wanted, after=behind, most=left)
        more, looked = step.rows, looked + step.looked
        if len(found) + len(more) > limit:
            more.pop()
            if more:
                last = [number, *more[-1][_WIDTH:]]
            return Page(_items(found + more), json.dumps([sort, *last]), looked)
        found += more
        if step.stopped is not None:
            return Page(_items(found), json.dumps([sort, number, *step.stopped, first_cut]), looked, cut=True)
        if more:
            last = [number, *more[-1][_WIDTH:]]
        behind = None
    return Page(_items(found), None, looked)


def _rows(
    store: Workspace,
    part: Part,
    compiled: Compiled | None,
    lookups: Lookups,
    *,
    limit: int,
    after: list[Any] | None,
    most: int | None,
) -> Walked:
    """The rows of a part of a list, read in whichever way costs least."""
    walk = partial(walked, store.cache, _COLUMNS, part, compiled)
    head = Walked([])
    if compiled is not None:
        if after is None and part.open_only and not compiled.looks_elsewhere:
            # What most orders have is not worth asking any other index how many have it.
            if most is None:
                if more := glance(store.cache, _COLUMNS, part, compiled, limit=limit):
                    return Walked(more)
            else:
                head = walk(limit=limit, after=None, most=max(1, min(queue_walk.GLANCE, most)))
                if head.stopped is None or head.looked >= most:
                    return head
        if (known := lookups.few(open_only=part.open_only)) is not None:
            return Walked(looked_up(store.cache, _COLUMNS, part, compiled, known, limit=limit, after=after))
    if head.stopped is None or most is None:
        return walk(limit=limit, after=after, most=most)
    rest = walk(limit=limit - len(head.rows), after=head.stopped, most=most - head.looked)
    return Walked(head.rows + rest.rows, head.looked + rest.looked, rest.stopped)


def _with_closed(compiled: Compiled | None, include_closed: bool | None) -> bool:
    if include_closed is not None:
        return include_closed
    return compiled is not None and compiled.closed


def _awake(compiled: Compiled | None, include_closed: bool | None, now: int) -> str:
    """A queue leaves out what somebody put aside, unless it is asked for; a search does not."""
    if include_closed is not None or (compiled is not None and compiled.snoozed):
        return "1"
    return f"(q.snoozed_until IS NULL OR q.snoozed_until <= {int(now)})"


def _parts(sort: str, *, closed: bool, condition: str) -> list[Part]:
    """The parts of a list, one behind the other."""
    name = sort.removeprefix("-")
    if name not in SORTS:
        raise ValueError(f"lists are sorted by one of {', '.join(SORTS)}")
    order = SORTS[name]
    keys = tuple(key.backwards for key in order.keys) if sort.startswith("-") else order.keys
    if not closed:
        return [Part("q.is_open = 1", condition, keys, order.along, open_only=True)]
    if order.everywhere:
        return [Part("1", condition, keys, order.along)]
    return [
        Part("q.is_open = 1", condition, keys, order.along, open_only=True),
        Part("q.is_open = 0", condition, NEWEST, ""),
    ]


def _position(after: str | None, sort: str, parts: Sequence[Part]) -> tuple[int, list[Any] | None, bool | None]:
    """In which part a page begins, behind which values; whether the page before was the first that was cut.

    None: it was not cut.
    """
    if after is None:
        return 0, None, None
    try:
        of, number, *values = json.loads(after)
        cut = values.pop() if isinstance(values[-1], bool) else None
        fits = len(values) == len(parts[number].keys) or (cut is not None and not values)
        if of == sort and fits and all(_is_plain(value) for value in values):
            return int(number), values or None, cut
    except (ValueError, TypeError, IndexError):
        pass
    raise ValueError("this is not where this list goes on: use the `next` of an answer as it is, with the same sort")


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float)


def _compiled(store: Workspace, tree: Tree | None, *, now: int, zone: tzinfo, agent: str) -> Compiled | None:
    """The query; None for everything, so that nobody imports the compiler for it."""
    if tree is None or not getattr(tree, "items", True):
        return None
    from oms_tui.store.query_begun import ready
    from oms_tui.store.query_sql import compile_query

    compiled = compile_query(tree, now=now, zone=zone, agent=agent)
    ready(store.cache, compiled.sql)
    return compiled


def count(
    store: Workspace,
    *,
    tree: Tree | None = None,
    now: int,
    zone: tzinfo,
    agent: str = "",
    include_closed: bool | None = None,
    most: int | None = _COUNTED,
    effort: int | None = None,
) -> int | None:
    """How many orders a list has, counted up to ``most`` (a count that high is told as "more than").

    Args:
        store: both files.
        tree: which orders; None or the empty query for all.
        now: milliseconds since 1970 UTC.
        zone: the desk's time zone.
        agent: who asks.
        include_closed: as of ``queue_page``.
        most: counted so far; None for all there are.
        effort: steps of SQLite's machine that it may take; the count is None where they are not enough.
    """
    compiled = _compiled(store, tree, now=now, zone=zone, agent=agent)
    condition = _awake(compiled, include_closed, now)
    closed = _with_closed(compiled, include_closed)
    if not closed:
        condition += " AND q.is_open = 1"
    found = Lookups(store.cache, compiled, effort=effort).few(open_only=not closed)
    text, bound = compiled.condition(found.part if found else None) if compiled else ("1", [])
    source = "queue_row q"
    if found is not None:
        source = "(SELECT value AS wanted FROM json_each(?)) CROSS JOIN queue_row q ON q.order_id = wanted"
        bound = [found.listed, *bound]
    text = f"SELECT count(*) FROM (SELECT 1 FROM {source} WHERE {condition} AND {text} LIMIT ?)"
    try:
        with at_most(store.cache, effort):
            return int(store.cache.execute(text, [*bound, -1 if most is None else most]).fetchone()[0])
    except TooMuch:
        return None


def reach(store: Workspace, tree: Tree | None, *, now: int, zone: tzinfo, agent: str = "") -> int:
    """How many orders a list of ``tree`` is looked for among: the open ones, or all where it names closed ones."""
    compiled = _compiled(store, tree, now=now, zone=zone, agent=agent)
    among = "" if _with_closed(compiled, None) else " WHERE is_open = 1"
    return int(store.cache.execute(f"SELECT count(*) FROM queue_row{among}").fetchone()[0])


def items(store: Workspace, ids: Sequence[int]) -> list[QueueItem]:
    """Orders by id, in the order asked for; those that are gone are left out."""
    found: dict[int, Row] = {}
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        marks = ",".join("?" * len(part))
        for row in store.cache.execute(f"SELECT {_COLUMNS} FROM queue_row q WHERE q.order_id IN ({marks})", list(part)):
            found[row[0]] = row
    return list(_items(found[number] for number in ids if number in found))


def item(store: Workspace, order_id: int) -> QueueItem | None:
    """One order of a list."""
    return next(iter(items(store, [order_id])), None)


def matches(store: Workspace, order_id: int, tree: Tree, *, now: int, zone: tzinfo, agent: str = "") -> bool:
    """Whether a query finds this order, closed or snoozed or not: what rules, macros and procedures are for."""
    compiled = _compiled(store, tree, now=now, zone=zone, agent=agent)
    text, bound = compiled.condition() if compiled else ("1", [])
    row = store.cache.execute(f"SELECT 1 FROM queue_row q WHERE q.order_id = ? AND {text}", [order_id, *bound])
    return row.fetchone() is not None


def find_orders(store: Workspace, text: str, *, limit: int = 50, whole: bool = False) -> list[int]:
    """The orders that ``text`` names (a number, ``source:number``, a remote id, our id), newest first.

    Args:
        store: both files.
        text: however somebody wrote it.
        limit: orders at most.
        whole: only what is named so; else, if nothing is, orders whose number begins so: for looking, not for doing.
    """
    from oms_tui.store.ids import parse
    from oms_tui.store.order_keys import NUMBER, REMOTE_ID, order_key

    text = text.strip().removeprefix("#")
    source, colon, rest = text.partition(":")
    wanted, only = (rest.removeprefix("#"), source) if colon and _is_source(store, source) else (text, "")
    key = order_key(wanted)
    if not key:
        return []
    by_source = " AND EXISTS (SELECT 1 FROM orders o WHERE o.id = order_id AND o.source = ?)" if only else ""
    bound = [only] if only else []
    # What people read as its number goes before an id that only a machine knows.
    for kind in (NUMBER, REMOTE_ID):
        exact = store.cache.execute(
            f"SELECT order_id FROM order_keys WHERE kind = ? AND value = ?{by_source} ORDER BY order_id DESC LIMIT ?",
            [kind, key, *bound, limit],
        )
        if found := [number for (number,) in exact]:
            return found
    ours = parse(wanted)
    if ours is not None and store.cache.execute("SELECT 1 FROM orders WHERE id = ?", (ours,)).fetchone():
        return [ours]
    if whole:
        return []
    beginnings = store.cache.execute(
        f"SELECT DISTINCT order_id FROM order_keys WHERE kind = ? AND value >= ? AND value < ?{by_source} "
        "ORDER BY value LIMIT ?",
        [NUMBER, key, key + "\U0010ffff", *bound, limit],
    )
    return [number for (number,) in beginnings]


def _is_source(store: Workspace, name: str) -> bool:
    return store.cache.execute("SELECT 1 FROM orders WHERE source = ? LIMIT 1", (name,)).fetchone() is not None


def item_of(values: Mapping[str, Any]) -> QueueItem:
    """The order of a list that a whole row of ``queue_row`` is."""
    return _items([tuple(values[name] for name in _NAMES)])[0]


def _items(rows: Iterable[Row]) -> tuple[QueueItem, ...]:
    """The last two columns are made of what is stored; the rest is taken over in one piece: a page has hundreds."""
    new, flags = tuple.__new__, _flags
    return tuple([new(QueueItem, (*row[:_PLAIN], row[_PLAIN] == 1, flags(row[_PLAIN + 1]))) for row in rows])


@lru_cache(maxsize=2_000)
def _flags(text: str) -> tuple[Flag, ...]:
    """Thousands of orders have the same few words on them."""
    return tuple(map(Flag._make, json.loads(text)))


_WIDTH: Final = len(QueueItem._fields)
_PLAIN: Final = _WIDTH - 2
