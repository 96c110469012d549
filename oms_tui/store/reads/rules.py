"""What rules find and what they did."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from oms_tui.store import desk_rows
from oms_tui.store.compiled_sql import DESK_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import tzinfo

    from oms_tui.domain.query_tree import Tree
    from oms_tui.store.desk_rows import Values
    from oms_tui.store.workspace import Workspace

MOST_RUNS: Final = 200
"""Runs of one list."""

STANDS: Final = ("done", "queued")
"""States of what a rule did and nobody took back."""

_NAMES: Final = 400  # orders asked for in one statement


class RuleCounts(NamedTuple):
    """What a rule did: how often it acted, how many orders it was refused on, and when it last did either."""

    done: int = 0
    refused: int = 0
    last_at: int | None = None


def found(
    store: Workspace, tree: Tree, *, now: int, zone: tzinfo, among: Sequence[int] | None = None, limit: int = 100_000
) -> list[int]:
    """The orders a rule's query finds, the oldest first: closed ones only where it names them, snoozed ones too.

    Args:
        store: both files.
        tree: the query.
        now: milliseconds since 1970 UTC.
        zone: the desk's time zone.
        among: only these orders.
        limit: orders at most.
    """
    from oms_tui.store.query_begun import ready
    from oms_tui.store.query_sql import compile_query
    from oms_tui.store.reads.queue_walk import Lookups

    compiled = compile_query(tree, now=now, zone=zone)
    ready(store.cache, compiled.sql)
    only = "1" if compiled.closed else "q.is_open = 1"
    source, bound, known = "queue_row q", [], None
    if among is not None:
        source = "(SELECT value AS wanted FROM json_each(?)) CROSS JOIN queue_row q ON q.order_id = wanted"
        bound = [json.dumps(list(among))]
    elif (few := Lookups(store.cache, compiled, effort=None).few(open_only=not compiled.closed)) is not None:
        source = "(SELECT value AS wanted FROM json_each(?)) CROSS JOIN queue_row q ON q.order_id = wanted"
        bound, known = [few.listed], few.part
    text, values = compiled.condition(known)
    rows = store.cache.execute(
        f"SELECT q.order_id FROM {source} WHERE {only} AND {text} ORDER BY q.order_id LIMIT ?", [*bound, *values, limit]
    )
    return [order for (order,) in rows]


def runs_on(store: Workspace, rule: str, names: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Values]:
    """What a rule did to these orders."""
    columns = DESK_COLUMNS["rule_runs"]
    listed = ",".join(f'"{column}"' for column in columns)
    done: dict[tuple[str, str], Values] = {}
    for start in range(0, len(names), _NAMES):
        part = names[start : start + _NAMES]
        marks = ",".join(["(?,?)"] * len(part))
        rows = store.desk.execute(
            f"WITH wanted(s, r) AS (VALUES {marks}) SELECT {listed} FROM wanted CROSS JOIN rule_runs "
            "ON rule = ? AND source = s AND remote_id = r",
            [*(each for name in part for each in name), rule],
        )
        for row in rows:
            values = dict(zip(columns, row, strict=True))
            done[values["source"], values["remote_id"]] = values
    return done


def standing(store: Workspace, rule: str, *, drafts_only: bool) -> Iterator[Values]:
    """What a rule did to orders that its query still found when it was last looked at."""
    condition = "rule=? AND left_at IS NULL AND state IN ('done','queued')" + (" AND draft<>''" if drafts_only else "")
    return desk_rows.select(store.desk, "rule_runs", condition, [rule])


def last_runs(store: Workspace, rule: str = "", *, limit: int = MOST_RUNS) -> list[Values]:
    """What a rule (or any) did last, the newest first."""
    condition, bound = ("rule=?", [rule]) if rule else ("1", [])
    return list(desk_rows.select(store.desk, "rule_runs", condition, bound, f"ran_at DESC, number LIMIT {limit:d}"))


def runs_of(store: Workspace, source: str, remote_id: str) -> list[Values]:
    """What rules did to an order, the newest first."""
    condition = "source=? AND remote_id=?"
    return list(desk_rows.select(store.desk, "rule_runs", condition, [source, remote_id], "ran_at DESC, rule"))


def counts(store: Workspace) -> dict[str, RuleCounts]:
    """What each rule did, by its name."""
    rows: Iterable[tuple[Any, ...]] = store.desk.execute(
        "SELECT rule, sum(times), sum(state='refused'), max(ran_at) FROM rule_runs GROUP BY rule"
    )
    return {str(rule): RuleCounts(int(done or 0), int(refused or 0), last) for rule, done, refused, last in rows}


def not_read_yet(store: Workspace, sources: Iterable[str]) -> list[str]:
    """Sources of which nothing was read since the cache was made: what an order lacks then means nothing."""
    read = {name for (name,) in store.cache.execute("SELECT source FROM sync_state WHERE last_success_at IS NOT NULL")}
    return [name for name in sources if name not in read]
