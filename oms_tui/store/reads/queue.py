"""Lists of orders, a page at a time, by keyset: what comes next costs the same on every page.

The first page is read before the desk's first frame: nothing heavy is imported here, queries are compiled late.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from oms_tui.store.queue_shapes import Flag, QueueItem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from oms_tui.domain.query_tree import Tree
    from oms_tui.store.query_sql import Compiled
    from oms_tui.store.workspace import Workspace

_COLUMNS: Final = (
    "q.order_id, q.source, q.remote_id, q.number, q.name, q.tier, q.account_manager, q.is_open, q.state, "
    "q.payment_status, q.fulfillment_status, q.return_status, q.stage, q.progress, q.currency, q.total, q.placed_at, "
    "q.promised_at, q.due_at, q.priority, q.flags, q.next_action, q.owner, q.country, q.carrier, q.tracking, "
    "q.days_late, q.waiting_since, q.snoozed_until"
)
_OPEN: Final = 7
_FLAGS: Final = 20

SORTS: Final = {
    "priority": ("priority", True),
    "due": ("due_sort", False),
    "promised": ("promised_sort", False),
    "waiting": ("waiting_sort", False),
    "placed": ("order_id", True),
    "total": ("total", True),
    "name": ("name", False),
    "stage": ("stage", False),
    "tier": ("tier", False),
    "owner": ("owner", False),
}
"""What a list can be sorted by: the column, and whether the largest comes first. ``-`` before it: the other way."""

_BY_NATURE_OPEN: Final = frozenset({"priority", "due", "promised", "waiting", "stage", "tier", "owner"})
_COUNTED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Page:
    """Some orders of a list. ``next`` goes on behind them; None: these were the last."""

    items: tuple[QueueItem, ...]
    next: str | None


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

    Raises:
        ValueError: there is no such sort, or ``after`` is not of this list.
    """
    compiled = _compiled(store, tree, now=now, zone=zone, agent=agent)
    closed = compiled.closed if include_closed is None else include_closed
    phase, key = _position(after)
    found: list[QueueItem] = []
    last: list[Any] = []
    queue = include_closed is None and not compiled.snoozed
    for number, condition, order in _phases(sort, closed=closed, queue=queue, now=now):
        if number < phase:
            continue
        start = key if number == phase else None
        for row in _read(store, compiled, condition, order, limit=limit + 1 - len(found), after=start):
            if len(found) == limit:
                return Page(tuple(found), json.dumps(last))
            found.append(_item(row))
            last = [number, row[-1], row[0]]
    return Page(tuple(found), None)


class _Order(NamedTuple):
    """How a list is sorted: a column, the largest first, and the later order first where two are alike."""

    column: str
    descending: bool
    later_first: bool = False


def _phases(sort: str, *, closed: bool, queue: bool, now: int) -> list[tuple[int, str, _Order]]:
    """The parts of a list one behind the other: (number, condition, order)."""
    name = sort.removeprefix("-")
    if name not in SORTS:
        raise ValueError(f"lists are sorted by one of {', '.join(SORTS)}")
    column, descending = SORTS[name]
    other_way = sort.startswith("-")  # an index is walked backwards, what is alike with it
    order = _Order(column, descending != other_way, later_first=other_way)
    awake = f" AND (q.snoozed_until IS NULL OR q.snoozed_until <= {int(now)})" if queue else ""
    if not closed:
        return [(0, f"q.is_open = 1{awake}", order)]
    if name in _BY_NATURE_OPEN:
        return [(0, "q.is_open = 1", order), (1, "q.is_open = 0", _Order(*SORTS["placed"]))]
    return [(0, "1", order)]


def _read(
    store: Workspace, compiled: Compiled, condition: str, order: _Order, *, limit: int, after: list[Any] | None
) -> list[Sequence[Any]]:
    """Rows with the value they are sorted by behind them."""
    arguments = list(compiled.arguments)
    column, way, beyond = order.column, "DESC" if order.descending else "ASC", ""
    forward = "<" if order.descending else ">"
    sorting = f"q.{column} {way}"
    if column == "order_id":
        if after is not None:
            beyond = f" AND q.order_id {forward} ?"
            arguments.append(after[1])
    else:
        sorting += f", q.order_id {'DESC' if order.later_first else 'ASC'}"
        if after is not None:
            later = "<" if order.later_first else ">"
            beyond = f" AND q.{column} {forward}= ? AND (q.{column} {forward} ? OR q.order_id {later} ?)"
            arguments += [after[0], after[0], after[1]]
    text = (
        f"SELECT {_COLUMNS}, q.{column} FROM queue_row q WHERE {condition} AND {compiled.sql}{beyond} "
        f"ORDER BY {sorting} LIMIT ?"
    )
    return store.cache.execute(text, [*arguments, limit]).fetchall()


def _position(after: str | None) -> tuple[int, list[Any] | None]:
    if after is None:
        return 0, None
    try:
        phase, value, order_id = json.loads(after)
        return int(phase), [value, int(order_id)]
    except (ValueError, TypeError):
        raise ValueError("this is not where a list goes on: use the `next` of an answer as it is") from None


def _compiled(store: Workspace, tree: Tree | None, *, now: int, zone: tzinfo, agent: str) -> Compiled:
    if tree is None or not getattr(tree, "items", True):
        everything: Compiled = _ALL  # the same shape, there before the compiler is imported
        return everything
    from oms_tui.store.query_sql import compile_query

    compiled = compile_query(tree, now=now, zone=zone, agent=agent)
    if "folded(" in compiled.sql:
        from oms_tui.domain.normalise import fold

        store.cache.create_function("folded", 1, fold, deterministic=True)
    return compiled


class _Everything:
    """The empty query, without importing the compiler."""

    sql = "1"
    arguments: tuple[Any, ...] = ()
    closed = False
    snoozed = False


_ALL: Any = _Everything()


def count(
    store: Workspace,
    *,
    tree: Tree | None = None,
    now: int,
    zone: tzinfo,
    agent: str = "",
    include_closed: bool | None = None,
    most: int = _COUNTED,
) -> int:
    """How many orders a list has, counted up to ``most`` (a count that high is told as "more than")."""
    compiled = _compiled(store, tree, now=now, zone=zone, agent=agent)
    closed = compiled.closed if include_closed is None else include_closed
    condition = "1" if closed else "q.is_open = 1"
    if include_closed is None and not compiled.snoozed:
        condition += f" AND (q.snoozed_until IS NULL OR q.snoozed_until <= {int(now)})"
    text = f"SELECT count(*) FROM (SELECT 1 FROM queue_row q WHERE {condition} AND {compiled.sql} LIMIT ?)"
    return int(store.cache.execute(text, [*compiled.arguments, most]).fetchone()[0])


def items(store: Workspace, ids: Sequence[int]) -> list[QueueItem]:
    """Orders by id, in the order asked for; those that are gone are left out."""
    found: dict[int, QueueItem] = {}
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        marks = ",".join("?" * len(part))
        for row in store.cache.execute(f"SELECT {_COLUMNS} FROM queue_row q WHERE q.order_id IN ({marks})", list(part)):
            found[row[0]] = _item(row)
    return [found[number] for number in ids if number in found]


def item(store: Workspace, order_id: int) -> QueueItem | None:
    """One order of a list."""
    return next(iter(items(store, [order_id])), None)


def matches(store: Workspace, order_id: int, tree: Tree, *, now: int, zone: tzinfo, agent: str = "") -> bool:
    """Whether a query finds this order, closed or snoozed or not: what rules, macros and procedures are for."""
    compiled = _compiled(store, tree, now=now, zone=zone, agent=agent)
    text = f"SELECT 1 FROM queue_row q WHERE q.order_id = ? AND {compiled.sql}"
    return store.cache.execute(text, [order_id, *compiled.arguments]).fetchone() is not None


def find_orders(store: Workspace, text: str, *, limit: int = 50) -> list[int]:
    """The orders that ``text`` names (a number, ``source:number``, a remote id, our id), else begins; newest first."""
    from oms_tui.store.ids import parse
    from oms_tui.store.order_keys import NUMBER, REMOTE_ID, order_key

    text = text.strip().removeprefix("#")
    source, colon, rest = text.partition(":")
    wanted, only = (rest.removeprefix("#"), source) if colon and _is_source(store, source) else (text, "")
    key = order_key(wanted)
    if not key:
        return []
    by_source = " AND order_id IN (SELECT id FROM orders WHERE source = ?)" if only else ""
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
    beginnings = store.cache.execute(
        f"SELECT DISTINCT order_id FROM order_keys WHERE kind = ? AND value >= ? AND value < ?{by_source} "
        "ORDER BY value LIMIT ?",
        [NUMBER, key, key + "\U0010ffff", *bound, limit],
    )
    return [number for (number,) in beginnings]


def _is_source(store: Workspace, name: str) -> bool:
    return store.cache.execute("SELECT 1 FROM orders WHERE source = ? LIMIT 1", (name,)).fetchone() is not None


def _item(row: Sequence[Any]) -> QueueItem:
    values = list(row[: _LAST + 1])
    values[_OPEN] = bool(values[_OPEN])
    values[_FLAGS] = tuple(Flag(text, level) for text, level in json.loads(values[_FLAGS]))
    return QueueItem(*values)


_LAST: Final = _COLUMNS.count(",")
