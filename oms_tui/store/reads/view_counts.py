"""How many orders a view has, for lists of views: cheap whatever the view asks, and said when it was not counted."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from oms_tui.store.driver import OperationalError
from oms_tui.store.reads import queue

if TYPE_CHECKING:
    from datetime import tzinfo

    from oms_tui.domain.query_tree import Tree
    from oms_tui.store.workspace import Workspace

MOST: Final = 1000
"""Counted so far; more is told as "1000+"."""

WITHIN_SECONDS: Final = 0.05
"""A count that takes longer is given up: a list of twenty views is there within a second whatever they ask."""

_STEPS: Final = 2_000  # of SQLite's machine between two looks at the clock


def view_count(
    store: Workspace,
    tree: Tree | None,
    *,
    now: int,
    zone: tzinfo,
    agent: str,
    within: float = WITHIN_SECONDS,
) -> int | None:
    """The number of orders, at most ``MOST``; None where counting took too long and was given up.

    Args:
        store: both files.
        tree: the view's query; None for everything open.
        now: milliseconds since 1970 UTC.
        zone: the desk's time zone.
        agent: who asks.
        within: seconds it may take.
    """
    until = time.monotonic() + within
    store.cache.set_progress_handler(lambda: int(time.monotonic() > until), _STEPS)
    try:
        return queue.count(store, tree=tree, now=now, zone=zone, agent=agent, most=MOST)
    except OperationalError as error:
        if "interrupt" in str(error):
            return None
        raise
    finally:
        store.cache.set_progress_handler(None, 0)
