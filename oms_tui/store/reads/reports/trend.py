"""One line a week of what the other reports tell, so that weeks can be compared: made by them, and by nothing else."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from oms_tui.domain.figures import Kind
from oms_tui.store.reads.reports.coverage import coverage
from oms_tui.store.reads.reports.handling import handling
from oms_tui.store.reads.reports.quality import looked_at, stood
from oms_tui.store.reads.reports.shape import figure, share
from oms_tui.store.reads.reports.sla import sla
from oms_tui.store.reads.reports.turns import turns
from oms_tui.store.reads.reports.workflow import workflow
from oms_tui.store.reads.reports.workload import workload

if TYPE_CHECKING:
    from oms_tui.store.reads.reports.shape import Asked

FORMULA: Final = (
    "each figure is the week's own of another report, over all tiers and fields: orders in, mails in and backlog of "
    "workload; first reply of handling; clocks met of sla (met of met and late, all clocks); calls kept of coverage "
    "(kept of kept, late and missed); informal steps of workflow, all kinds; flaws of quality that stood: blank, "
    "conflict, unmapped, quarantined."
)


@dataclass(frozen=True, slots=True)
class Trend:
    """A week, ISO 8601: 2026-W48. Percent, business seconds; None where nothing was asked or due, or nobody looked."""

    week: str = figure(Kind.TEXT)
    orders_in: int = figure()
    mails_in: int = figure()
    backlog: int = figure()
    first_reply: int | None = figure(Kind.SECONDS)
    clocks_met: float | None = figure(Kind.PERCENT, bar=True)
    calls_kept: float | None = figure(Kind.PERCENT)
    informal_steps: int = figure()
    flaws: int | None = figure()
    query: str = figure(Kind.QUERY)


def trend(asked: Asked) -> list[Trend]:
    """The newest week first, every week that was asked for in which anything came in."""
    plain = asked._replace(by="week", waits=tuple(turns(asked)))
    replies = {row.week: row.first_reply for row in handling(plain)}
    sums: Counter[tuple[str, str]] = Counter()
    for kept in sla(plain):
        sums[kept.week, "met"] += kept.met
        sums[kept.week, "decided"] += kept.met + kept.late
    for calls in coverage(plain):
        sums[calls.week, "kept"] += calls.kept
        sums[calls.week, "owed"] += calls.kept + calls.late + calls.missed
    for step in workflow(plain):
        sums[step.week, "informal"] += step.times
    for flaw in stood(plain):
        sums[flaw.week, "flaws"] += flaw.count
    known = looked_at(plain)
    return [
        Trend(
            week=load.when,
            orders_in=load.orders_in or 0,
            mails_in=load.mails_in or 0,
            backlog=load.backlog or 0,
            first_reply=replies.get(load.when),
            clocks_met=share(sums[load.when, "met"], sums[load.when, "decided"]),
            calls_kept=share(sums[load.when, "kept"], sums[load.when, "owed"]),
            informal_steps=sums[load.when, "informal"],
            flaws=sums[load.when, "flaws"] if load.when in known else None,
            query=load.query,
        )
        for load in workload(plain)
    ]
