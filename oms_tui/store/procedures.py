"""The set steps of orders: which procedures are for an order, and how each step of them stands."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain.procedures import Done, Mark, actions_done, next_open, steps_of
from oms_tui.store.rows import marks
from oms_tui.store.work_shapes import ProcedureView

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from oms_tui.domain.policy import DeskPolicy
    from oms_tui.domain.procedures import ProcedureRule, Step
    from oms_tui.domain.query_tree import Tree
    from oms_tui.store.driver import Connection
    from oms_tui.store.workspace import Workspace

OrderName = tuple[str, str]

_MOST_EVENTS: Final = 2_000
"""Events of one order that are looked through: the newest."""


def procedures_of(store: Workspace, policy: DeskPolicy, order_id: int, *, now: int) -> tuple[ProcedureView, ...]:
    """The procedures that are for this order now, and those it has begun, each with how its steps stand."""
    if not policy.procedures:
        return ()
    row = store.cache.execute(
        "SELECT source, remote_id, is_open FROM queue_row WHERE order_id=?", (order_id,)
    ).fetchone()
    if row is None:
        return ()
    name: OrderName = (row[0], row[1])
    marked = _marks(store.desk, [name]).get(name, {})
    found = [
        rule
        for rule in policy.procedures
        if rule.name in marked
        or (row[2] and order_id in matching(store.cache, rule, policy, "queue_row", [order_id], now=now))
    ]
    if not found:
        return ()
    done = _done(store.desk, name)
    return tuple(ProcedureView(rule.name, steps_of(rule, marked.get(rule.name, {}), done)) for rule in found)


def next_steps(
    store: Workspace, policy: DeskPolicy, rows: Sequence[Mapping[str, Any]], *, now: int
) -> dict[int, tuple[str, Step]]:
    """For each open order among ``rows`` that is in a procedure: its procedure's name, and the step that comes next.

    Args:
        store: both files; tags and the other tables that queries look into are written already.
        policy: the desk's rules.
        rows: queue rows as they will be written.
        now: milliseconds since 1970 UTC.
    """
    open_rows = {row["order_id"]: row for row in rows if row["is_open"]}
    if not policy.procedures or not open_rows:
        return {}
    cache = store.cache
    columns = tuple(next(iter(open_rows.values())))
    cache.execute("CREATE TEMP TABLE IF NOT EXISTS row_probe AS SELECT * FROM queue_row WHERE 0")
    cache.execute("DELETE FROM temp.row_probe")
    cache.executemany(
        f"INSERT INTO temp.row_probe({','.join(columns)}) VALUES ({marks(len(columns))})",
        [[row[column] for column in columns] for row in open_rows.values()],
    )
    names = {order: (row["source"], row["remote_id"]) for order, row in open_rows.items()}
    marked = _marks(store.desk, names.values())
    found: dict[int, tuple[str, Step]] = {}
    for rule in policy.procedures:
        wanted = [order for order in names if order not in found]
        for order in matching(cache, rule, policy, "temp.row_probe", wanted, now=now):
            of_this = marked.get(names[order], {}).get(rule.name, {})
            step = next_open(steps_of(rule, of_this, _done(store.desk, names[order])))
            if step is not None:
                found[order] = (rule.name, step)
    return found


def matching(
    cache: Connection, rule: ProcedureRule, policy: DeskPolicy, table: str, orders: Sequence[int], *, now: int
) -> list[int]:
    """Those of ``orders`` that a procedure is for, by their rows in ``table``."""
    from oms_tui.store.query_begun import ready
    from oms_tui.store.query_sql import compile_query

    tree = _tree(rule.when)
    if tree is None or not orders:
        return []
    text, bound = compile_query(tree, now=now, zone=policy.zone).condition()
    ready(cache, text)
    statement = f"SELECT q.order_id FROM {table} q WHERE q.order_id IN ({marks(len(orders))}) AND {text}"
    return [order for (order,) in cache.execute(statement, [*orders, *bound])]


@lru_cache(maxsize=64)
def _tree(when: str) -> Tree | None:
    """A procedure's query, read; None for one that cannot be (``doctor`` says why): it is for no order."""
    from oms_tui.domain.query import QueryError, parse
    from oms_tui.store.query_words import CATALOGUE

    try:
        return parse(when, CATALOGUE)
    except QueryError:
        return None


def _marks(desk: Connection, names: Iterable[OrderName]) -> dict[OrderName, dict[str, dict[str, Mark]]]:
    """What people said of steps: by order, procedure and step."""
    listed = list(names)
    values = ",".join(["(?,?)"] * len(listed))
    found: dict[OrderName, dict[str, dict[str, Mark]]] = {}
    rows = desk.execute(
        f"WITH wanted(s, r) AS (VALUES {values}) SELECT source, remote_id, procedure, step, state, agent, marked_at, "
        "reason FROM wanted CROSS JOIN step_marks ON source = s AND remote_id = r",
        [part for name in listed for part in name],
    )
    for source, remote_id, procedure, step, *mark in rows:
        found.setdefault((source, remote_id), {}).setdefault(procedure, {})[step] = Mark(*mark)
    return found


def _done(desk: Connection, name: OrderName) -> dict[str, Done]:
    """The actions that were done to an order and not taken back."""
    rows = desk.execute(
        "SELECT kind, data, actor, occurred_at FROM desk_events WHERE source=? AND remote_id=? "
        f"ORDER BY occurred_at DESC, rowid DESC LIMIT {_MOST_EVENTS}",
        name,
    ).fetchall()
    return actions_done((kind, _action(data), actor, at) for kind, data, actor, at in reversed(rows))


def _action(data: str) -> str:
    found = json.loads(data)
    return str(found.get("action", "")) if isinstance(found, dict) else ""
