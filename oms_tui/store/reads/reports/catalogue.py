"""The reports there are, and the one way to make one. Nothing is imported from here before a report is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.store.reads.reports import causes, coverage, handling, quality, sla, trend, workflow, workload
from oms_tui.store.reads.reports.shape import Asked, Report, ReportKind, over_time
from oms_tui.store.reads.reports.weeks import Weeks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oms_tui.store.session import Session

WEEKS: Final = 8
"""So many weeks where nobody says how many."""

MOST_WEEKS: Final = 1040
"""Twenty years: longer than any shop's own records, and well within the calendar."""

_KINDS: Final = (
    ReportKind(
        "causes",
        "Causes",
        "What hurts customers, the worst first, whoever they are and however often.",
        causes.formula,
        causes.Cause,
        causes.causes,
        by=causes.BY,
        behind="orders it hit",
        gist="score = the tier's weight times the days, added up over the orders hit",
        nothing="no order was late, in trouble, disputed between systems or refunded in these weeks",
    ),
    ReportKind(
        "sla",
        "Clocks",
        "Whether customers were answered in the time their tier was promised.",
        sla.FORMULA,
        sla.Kept,
        sla.sla,
        behind="orders that were late, or wait too long",
        gist="in time = met / (met + late), in business time",
        nothing="nobody wrote in these weeks",
    ),
    ReportKind(
        "handling",
        "Handling",
        "How long customers waited, and what an order cost its agent.",
        handling.FORMULA,
        handling.Handling,
        handling.handling,
        behind="orders that waited longest",
        picture=over_time,
        gist="first reply = business time from their first mail to our answer, the median",
        nothing="nothing was asked, closed or handled in these weeks",
    ),
    ReportKind(
        "coverage",
        "Call coverage",
        "Whether the calls that key customers were promised were made.",
        coverage.FORMULA,
        coverage.Coverage,
        coverage.coverage,
        behind="calls that came late or were missed",
        gist="coverage = kept / (kept + late + missed)",
        nothing="no call was due and nobody chased an order in these weeks",
    ),
    ReportKind(
        "quality",
        "Data quality",
        "What sources leave blank, disagree on, or say so that nobody can read it.",
        quality.FORMULA,
        quality.Flaw,
        quality.quality,
        behind="orders it stands on",
        gist="percent = records with the flaw / records looked at",
        nothing="every source said everything, alike and readably",
    ),
    ReportKind(
        "workload",
        "Workload",
        "How much came in and was done, and when.",
        workload.FORMULA,
        workload.Load,
        workload.workload,
        behind="orders of it",
        gist="counted by when it came in or was done; backlog: who waited at the week's end",
        picture=workload.picture,
        by=workload.BY,
    ),
    ReportKind(
        "workflow",
        "Informal steps",
        "Where work left the set way, and what is not the same for every order.",
        workflow.FORMULA,
        workflow.Informal,
        workflow.workflow,
        behind="orders it was on",
        gist="times = how often a step was not taken as set; nobody is named",
        nothing="every step was taken as set, and nothing differs between orders",
    ),
    ReportKind(
        "trend",
        "Weeks compared",
        "One line a week of what the others tell.",
        trend.FORMULA,
        trend.Trend,
        trend.trend,
        behind="orders placed in it",
        gist="each figure is another report's, over all tiers, sources and kinds",
        picture=over_time,
    ),
)

REPORTS: Final[Mapping[str, ReportKind]] = {kind.name: kind for kind in _KINDS}
"""Every report by its name, in the order they are listed."""


def make(session: Session, name: str, *, weeks: int = WEEKS, by: str = "") -> Report:
    """A report, made now.

    Args:
        session: whose store and rules.
        name: of REPORTS.
        weeks: how many, this one included; from one to ``MOST_WEEKS``.
        by: one of the report's ways to group it; "" is its first.

    Raises:
        KeyError: there is no such report, or no such way to group it; in words.
        ValueError: so many weeks cannot be told of; in words.
    """
    if not 1 <= weeks <= MOST_WEEKS:
        raise ValueError(f"a report is of 1 to {MOST_WEEKS} weeks, not of {weeks}")
    kind = REPORTS.get(name)
    if kind is None:
        raise KeyError(f"there is no report {name}; there are {', '.join(REPORTS)}")
    if by and by not in kind.by:
        ways = f"it goes by {', '.join(kind.by)}" if kind.by else "it is grouped one way only"
        raise KeyError(f"report {name} cannot go by {by}: {ways}")
    by = by or (kind.by[0] if kind.by else "")
    told = Weeks(session.policy.zone, session.now(), weeks)
    formula = kind.formula if isinstance(kind.formula, str) else kind.formula(session.policy)
    rows = tuple(kind.rows(Asked(session, told, by)))
    return Report(kind, formula, by, weeks, rows, told.names, told.since, told.until, told.first_day.isoformat())
