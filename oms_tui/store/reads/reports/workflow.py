"""Where work left the set way: guards waved through, steps skipped, orders taken up again, what was taken back.

And what of the set way is not the same for all: procedures and tiers that a query keeps to some orders.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from oms_tui.domain.figures import Kind
from oms_tui.store.reads.reports.behind import named, query_of
from oms_tui.store.reads.reports.shape import figure

if TYPE_CHECKING:
    from oms_tui.store.reads.reports.shape import Asked

FORMULA: Final = (
    "how often a step was left out (with the reason given), a guard waved through, a closed order taken up again, an "
    "action taken back, an order escalated (to which role), or a note said #workaround, by week and step; nobody is "
    "named. Differences: every order goes through the one table of steps; what a query keeps to some of them "
    "(procedures and tiers; rules and views that name products, tags or tiers) is listed with that query, and counts "
    "nothing."
)

_LEFT: Final = """
SELECT occurred_at, kind, CASE kind
  WHEN 'step_skipped' THEN json_extract(data, '$.procedure') || ': ' || json_extract(data, '$.title')
  WHEN 'override' THEN coalesce(json_extract(data, '$.choice'), json_extract(data, '$.status'), 'guard')
  WHEN 'undone' THEN json_extract(data, '$.action')
  WHEN 'escalated' THEN json_extract(data, '$.to')
  WHEN 'note' THEN 'note' ELSE 'close' END, CASE kind WHEN 'step_skipped' THEN json_extract(data, '$.reason') END,
  source, remote_id
FROM desk_events WHERE occurred_at >= ? AND occurred_at <= ?
AND (kind IN ('step_skipped','override','undone','reopened','escalated')
  OR (kind = 'note' AND summary LIKE '%#workaround%'))
"""
_OF_SOME: Final = re.compile(r"(?i)(?<![\w.])(?:sku|tag|customer\.tag|tier):")
"""Words by which a query keeps to products, tags or tiers."""

_WORDS: Final = {"step_skipped": "skipped", "note": "workaround"}


@dataclass(frozen=True, slots=True)
class Informal:
    """A step that was not taken as set.

    ``week`` is "" for a difference that is written down. ``what``: its query; of a skipped step the reason given.
    """

    week: str = figure(Kind.TEXT)
    kind: str = figure(Kind.TEXT)
    step: str = figure(Kind.TEXT)
    times: int = figure(bar=True)
    what: str = figure(Kind.TEXT, "why, or for which orders")
    query: str = figure(Kind.QUERY)


def workflow(asked: Asked) -> list[Informal]:
    """What was done otherwise, the newest week first; then the differences."""
    found: defaultdict[tuple[str, str, str, str], list[tuple[str, str]]] = defaultdict(list)
    bound = (asked.weeks.since, asked.weeks.until)
    for at, kind, step, reason, source, remote_id in asked.store.desk.execute(_LEFT, bound):
        name = _role(asked, str(step or "")) if kind == "escalated" else str(step or "")
        found[asked.weeks.of(at), _WORDS.get(kind, kind), name, str(reason or "")].append((source, remote_id))
    rows = [
        Informal(week, kind, step, len(orders), why, query_of(named(asked.store, orders)))
        for (week, kind, step, why), orders in found.items()
    ]
    rows.sort(key=lambda row: (-row.times, row.kind, row.step))
    rows.sort(key=lambda row: row.week, reverse=True)
    written = [("procedure", each.name, each.when) for each in asked.policy.procedures]
    written += [("tier", each.name, each.when) for each in asked.policy.tiers]
    written += [each for each in asked.policy.queries if _OF_SOME.search(each[2])]
    return rows + [Informal("", f"difference: {kind}", name, 0, when, when) for kind, name, when in written if when]


def _role(asked: Asked, to: str) -> str:
    """To whom an order was escalated: the role and never the person, whom nobody is to be counted by."""
    agent = asked.session.agents.get(to)
    return str(agent.role) if agent is not None else to.removeprefix("role:") if to.startswith("role:") else "agent"
