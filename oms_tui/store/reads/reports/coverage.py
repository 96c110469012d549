"""How well the calls were made that key customers were promised, by tier and week; beside it how often they chased."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from oms_tui.domain.chasing import is_chasing, without_quotes
from oms_tui.domain.figures import Kind
from oms_tui.domain.milestones import asked_for, call_state
from oms_tui.domain.vocabulary import CallState, Tier
from oms_tui.store.ids import first_id
from oms_tui.store.reads.reports.behind import named, query_of
from oms_tui.store.reads.reports.shape import figure, share
from oms_tui.store.rows import marks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oms_tui.store.reads.reports.shape import Asked

FORMULA: Final = (
    "coverage: kept / (kept + late + missed) in per cent, of the milestone calls that were due in the week, by how the "
    "customer was served when the milestone was reached. kept: reached before it was due; late: reached from then on; "
    "missed: not made, and due, or given up as everything was there or the order was closed. A try that nobody "
    "answered moves the call on and does not count. Calls that were withdrawn are not owed, and none is counted. "
    "chasing: mails of the week that ask where an order is, and calls that came in, on orders of the tier."
)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The calls of a tier that were due in a week. ``week`` is ISO 8601: 2026-W48; ``coverage`` in per cent."""

    week: str = figure(Kind.TEXT)
    tier: str = figure(Kind.TEXT)
    coverage: float | None = figure(Kind.PERCENT, bar=True)
    kept: int = figure()
    late: int = figure()
    missed: int = figure()
    chasing: int = figure()
    query: str = figure(Kind.QUERY)


_CALLS: Final = """
SELECT source, remote_id, tier, state, outcome, due_at, done_at, missed_at FROM tasks
WHERE kind = 'milestone_call' AND state IN ('open','done','dropped') AND due_at >= ? AND due_at <= ?
"""

_MAILS: Final = """
SELECT DISTINCT q.tier, m.id, m.sent_at, m.subject, m.text, m.quoted FROM queue_row q
CROSS JOIN message_links l ON l.order_id = q.order_id JOIN messages m ON m.id = l.message
WHERE q.tier IN ({}) AND l.message >= ? AND m.direction = 'inbound' AND m.auto = '' AND m.sent_at BETWEEN ? AND ?
"""


def coverage(asked: Asked) -> list[Coverage]:
    """A row a week and tier with calls due or customers chasing, the newest week first."""
    weeks = asked.weeks
    calls: Counter[tuple[str, str, str]] = Counter()
    behind: defaultdict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for call in _calls(asked):
        week = weeks.of(call.due_at)
        calls[week, call.tier, call.state] += 1
        if call.state != CallState.KEPT:
            behind[week, call.tier].add((call.source, call.remote_id))
    chasing: Counter[tuple[str, str]] = Counter()
    for tier, at in _chases(asked):
        chasing[weeks.of(at), tier] += 1
    there = {(week, tier) for week, tier, _ in calls} | set(chasing)
    order = {tier.name: place for place, tier in enumerate(asked.policy.tiers)}
    found = []
    for week, tier in sorted(there, key=lambda each: (each[0], -order.get(each[1], len(order))), reverse=True):
        kept, late, missed = (calls[week, tier, state] for state in (CallState.KEPT, CallState.LATE, CallState.MISSED))
        found.append(
            Coverage(
                week=week,
                tier=tier,
                coverage=share(kept, kept + late + missed),
                kept=kept,
                late=late,
                missed=missed,
                chasing=chasing[week, tier],
                query=query_of(named(asked.store, behind[week, tier])),
            )
        )
    return found


def kept_of(asked: Asked) -> tuple[int, int]:
    """How many of the calls that were due in these weeks were kept, and how many that were."""
    states = [call.state for call in _calls(asked)]
    return states.count(CallState.KEPT), len(states)


class _Call(NamedTuple):
    """A call: how the customer was served, when it was due, how it stands, of which order."""

    tier: str
    due_at: int
    state: str
    source: str
    remote_id: str


def _calls(asked: Asked) -> Iterator[_Call]:
    """Every call that was due in these weeks."""
    weeks = asked.weeks
    for source, remote_id, tier, state, outcome, due_at, done_at, missed_at in asked.store.desk.execute(
        _CALLS, (weeks.since, weeks.until)
    ).fetchall():
        stands = call_state(
            state=state, outcome=outcome, due_at=due_at, done_at=done_at, missed_at=missed_at, now=weeks.until
        )
        served = tier or _tier_now(asked, source, remote_id)
        if stands not in {None, CallState.DUE} and served != Tier.ONE_OFF:
            yield _Call(served, due_at, str(stands), source, remote_id)


def _tier_now(asked: Asked, source: str, remote_id: str) -> str:
    """Of a call that was made before the desk kept how the customer was served."""
    row = asked.store.cache.execute(
        "SELECT q.tier FROM orders o JOIN queue_row q ON q.order_id = o.id WHERE o.source = ? AND o.remote_id = ?",
        (source, remote_id),
    ).fetchone()
    return str(row[0]) if row else ""


def _chases(asked: Asked) -> Iterator[tuple[str, int]]:
    """Tier and moment of every mail and call that chased an order of a tier whose customers are called."""
    tiers = [tier.name for tier in asked.policy.tiers if asked_for(tier)]
    if not tiers:
        return
    weeks = asked.weeks
    mails = asked.store.cache.execute(
        _MAILS.format(marks(len(tiers))), [*tiers, first_id(weeks.since), weeks.since, weeks.until]
    )
    for tier, _, at, subject, text, quoted in mails:
        if is_chasing(subject, without_quotes(text, json.loads(quoted))):
            yield tier, at
    calls = asked.store.desk.execute(
        "SELECT source, remote_id, called_at FROM call_logs WHERE direction = 'inbound' AND deleted_at IS NULL "
        "AND called_at BETWEEN ? AND ?",
        (weeks.since, weeks.until),
    ).fetchall()
    for source, remote_id, at in calls:
        if (tier := _tier_now(asked, source, remote_id)) in tiers:
            yield tier, at
