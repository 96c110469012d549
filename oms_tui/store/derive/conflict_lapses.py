"""Systems agree again on what a person once decided: the decision is over, the old values are a new conflict."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from oms_tui.domain.conflicts import speaks
from oms_tui.store.conflict_facts import sides_of, twins_of
from oms_tui.store.rows import marks, upsert

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oms_tui.store.derive.facts import OrderFacts
    from oms_tui.store.driver import Connection

_TWO: Final = 2


def note_lapses(cache: Connection, facts: Mapping[int, OrderFacts], now: int) -> list[int]:
    """Note which decisions about these orders are over; returns the same orders in other systems.

    Only what every system that disagreed still says, and says alike, is an agreement: one that is silent, or was not
    read since the cache was made, has agreed to nothing.
    """
    rows = [
        (order, field, decision.decided_at, now, 0)
        for order, of in facts.items()
        for field, decision in of.decided.items()
        if field not in of.sides and _agree(cache, order, field, decision.values)
    ]
    cache.executemany(upsert("lapsed_decisions"), rows)
    return [twin for order in dict.fromkeys(row[0] for row in rows) for twin in twins_of(cache, order)]


def _agree(cache: Connection, order: int, field: str, values: str) -> bool:
    told = sides_of(cache, order)
    if told is None:
        return False
    sources = {str(source) for source, *_ in json.loads(values)}
    speaking = [side.source for side in told.all() if speaks(side, field)]
    return len(speaking) >= _TWO and sources <= set(speaking) and _all_read(cache, sources)


def _all_read(cache: Connection, sources: set[str]) -> bool:
    """Whether nothing of these systems is still to be read for the first time since the cache was made."""
    unread = cache.execute(
        f"SELECT 1 FROM sync_state WHERE source IN ({marks(len(sources))}) AND last_success_at IS NULL "
        "AND failures = 0 LIMIT 1",
        sorted(sources),
    )
    return unread.fetchone() is None
