"""Open orders of customers with a service of their own that no shared view shows to anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.domain.absence import WITHOUT_MANAGER
from oms_tui.domain.query import parse
from oms_tui.domain.query_tree import quote
from oms_tui.store.query_words import CATALOGUE
from oms_tui.store.reads.queue import items, queue_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import tzinfo

    from oms_tui.store.queue_shapes import QueueItem
    from oms_tui.store.workspace import Workspace

LOOKED_AT: Final = 5_000
"""Orders of these customers that are looked at, the most pressing first."""


def uncovered(
    store: Workspace,
    queries: Iterable[str],
    *,
    tiers: Sequence[str],
    agents: Sequence[str],
    now: int,
    zone: tzinfo,
) -> tuple[QueueItem, ...]:
    """Those orders, the most pressing first.

    Args:
        store: both files.
        queries: of the shared views. One that says ``me`` is asked for each agent: somebody's view is enough.
        tiers: the desk's tiers; those anybody serves are left out.
        agents: who works here.
        now: milliseconds since 1970 UTC.
        zone: the desk's time zone.

    Raises:
        QueryError: a query cannot be read.
    """
    own = [tier for tier in tiers if tier not in WITHOUT_MANAGER]
    if not own:
        return ()
    wanted = f"is:open ({' OR '.join(f'tier:{quote(tier)}' for tier in own)})"

    def found(query: str, agent: str) -> list[int]:
        tree = parse(query, CATALOGUE)
        page = queue_page(store, tree=tree, limit=LOOKED_AT, now=now, zone=zone, agent=agent)
        return [item.id for item in page.items]

    left = dict.fromkeys(found(wanted, ""))
    for query in queries:
        for agent in agents if _is_personal(query) else ("",):
            if left:
                for seen in found(f"{wanted} ({query})" if query else wanted, agent):
                    left.pop(seen, None)
    return tuple(items(store, list(left)))


def _is_personal(query: str) -> bool:
    return any(word in query for word in ("owner:me", "manager:me", "is:mine"))
