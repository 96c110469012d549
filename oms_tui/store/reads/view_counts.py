"""How many orders a view has, for lists of views: cheap whatever the view asks, and said when it was not counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.store.reads import queue

if TYPE_CHECKING:
    from datetime import tzinfo

    from oms_tui.domain.query_tree import Tree
    from oms_tui.store.workspace import Workspace

MOST: Final = 1000
"""Counted so far; more is told as "1000+"."""

EFFORT: Final = 1_000_000
"""Steps of SQLite's machine, some 40 ms: a list of twenty views is there within a second whatever they ask."""


def view_count(
    store: Workspace,
    tree: Tree | None,
    *,
    now: int,
    zone: tzinfo,
    agent: str,
    effort: int = EFFORT,
) -> int | None:
    """The number of orders, at most ``MOST``; None where counting took too long and was given up.

    Args:
        store: both files.
        tree: the view's query; None for everything open.
        now: milliseconds since 1970 UTC.
        zone: the desk's time zone.
        agent: who asks.
        effort: steps of SQLite's machine that it may take.
    """
    return queue.count(store, tree=tree, now=now, zone=zone, agent=agent, most=MOST, effort=effort)
