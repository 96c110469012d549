"""The reports there are, and the one way to make one. Nothing is imported from here before a report is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.store.reads.reports import causes, coverage, handling, quality, sla, trend, workflow, workload
from oms_tui.store.reads.reports.shape import Asked, Report, ReportKind
from oms_tui.store.reads.reports.weeks import Weeks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oms_tui.store.session import Session

WEEKS: Final = 8
"""So many weeks where nobody says how many."""

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
        curves=True,
    ),
)

REPORTS: Final[Mapping[str, ReportKind]] = {kind.name: kind for kind in _KINDS}
"""Every report by its name, in the order they are listed."""


def make(session: Session, name: str, *, weeks: int = WEEKS, by: str = "") -> Report:
    """A report, made now.

    Args:
        session: whose store and rules.
        name: of REPORTS.
        weeks: how many, this one included; at least one.
        by: one of the report's ways to group it; "" is its first.

    Raises:
        KeyError: there is no such report, or no such way to group it; in words.
    """
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
