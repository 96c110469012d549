"""What a report is: rows of a dataclass whose fields say how they are read, and in words how its figures are made."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from oms_tui.domain.figures import Kind, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from oms_tui.domain.policy import DeskPolicy
    from oms_tui.store.reads.reports.turns import Turn
    from oms_tui.store.reads.reports.weeks import Weeks
    from oms_tui.store.session import Session
    from oms_tui.store.workspace import Workspace


class Column(NamedTuple):
    """A figure of a report: its name in JSON and CSV, its heading, how it is read, whether a bar shows it.

    ``{by}`` in a heading stands for how the report is grouped. ``gives_way``: where there is little room, the figure
    with the highest is left out first; 0 is for those that say most.
    """

    name: str
    title: str
    kind: Kind
    bar: bool
    gives_way: int = 0


class Curve(NamedTuple):
    """A line of a picture: its heading, its values from left to right, and the highest as people read it.

    ``most``: what the top of the line stands for, None for its own highest.
    """

    title: str
    values: tuple[float | None, ...]
    highest: str
    most: float | None = None


class Picture(NamedTuple):
    """Lines below each other: what they show, what lies along them, and the lines."""

    about: str
    along: str
    curves: tuple[Curve, ...]


def figure(kind: Kind = Kind.COUNT, title: str = "", *, bar: bool = False, gives_way: int = 0) -> Any:
    """A field of a report's row. ``title``: the heading where the name's own words will not do."""
    return field(metadata={"kind": kind, "title": title, "bar": bar, "gives_way": gives_way})


class Asked(NamedTuple):
    """What a report is made of: who asks at which store, of which weeks, and how it is grouped (one of its ``by``).

    ``waits``: what ``turns`` found, where reports made of each other read it once; None where it was not read yet.
    """

    session: Session
    weeks: Weeks
    by: str = ""
    waits: tuple[Turn, ...] | None = None

    @property
    def store(self) -> Workspace:
        """The two files."""
        return self.session.store

    @property
    def policy(self) -> DeskPolicy:
        """The desk's rules."""
        return self.session.policy


class Rows(Protocol):
    """Reads a report's rows."""

    def __call__(self, asked: Asked) -> Sequence[Any]:
        """The rows, in the order they are shown."""


@dataclass(frozen=True, slots=True)
class ReportKind:
    """A report there is.

    Attributes:
        name: how the command line calls it.
        title: how the desk does.
        help: what it is for, one sentence.
        formula: how its figures are made.
        row: the dataclass of its rows.
        rows: reads them.
        by: the ways to group it, the first one the usual.
        nothing: words for when there is no row.
        behind: which orders the ``query`` of a row finds.
        gist: the formula in a few words, for above the figures.
        picture: draws it where lines say more than figures, None where they do not.
    """

    name: str
    title: str
    help: str
    formula: str | Callable[[DeskPolicy], str]
    row: type
    rows: Rows
    by: tuple[str, ...] = ()
    nothing: str = "nothing of this happened in these weeks"
    behind: str = "orders"
    gist: str = ""
    picture: Callable[[Report], Picture | None] = lambda _report: None

    @property
    def columns(self) -> tuple[Column, ...]:
        """Its figures, in their order."""
        return tuple(
            Column(each.name, each.metadata["title"] or each.name.replace("_", " "), *_read(each.metadata))
            for each in fields(self.row)
        )


def _read(metadata: Mapping[str, Any]) -> tuple[Kind, bool, int]:
    return metadata["kind"], metadata["bar"], metadata["gives_way"]


@dataclass(frozen=True, slots=True)
class Report:
    """A report, made.

    Attributes:
        kind: which.
        formula: how its figures are made, with the house's own settings.
        by: how it is grouped, one of the kind's ``by``; "" where there is one way.
        weeks: how many it tells of.
        rows: dataclasses of ``kind.row``.
        names: the weeks by name, the oldest first; the last one is not over yet.
        since: the first moment of the first week, in milliseconds since 1970 UTC.
        until: when it was made; nothing later counts.
        first_day: the day of the desk's on which the first week begins, ISO 8601.
    """

    kind: ReportKind
    formula: str
    by: str
    weeks: int
    rows: tuple[Any, ...]
    names: tuple[str, ...] = ()
    since: int = 0
    until: int = 0
    first_day: str = ""

    @property
    def columns(self) -> tuple[Column, ...]:
        """What people are shown of it: no queries, and none that every row leaves out, as another grouping has it."""
        return tuple(
            column._replace(title=column.title.format(by=self.by))
            for column in self.kind.columns
            if column.kind is not Kind.QUERY
            and not (self.by and all(getattr(row, column.name) in _LEFT_OUT for row in self.rows))
        )

    def texts(self, row: Any) -> tuple[str, ...]:
        """A row of it as people read it, one text for each of ``columns``; the running week is marked by ``…``."""
        running = self.names[-1] if self.names else ""
        found = []
        for column in self.columns:
            value = getattr(row, column.name)
            found.append(f"{value}{_GOES_ON}" if running and value == running else shown(column.kind, value))
        return tuple(found)

    @property
    def told(self) -> str:
        """Of which time it tells, in words."""
        if not self.names:
            return ""
        last = self.names[-1]
        over = f"{last}{_GOES_ON} is not over yet: its figures still change"
        return f"{self.weeks} week{'s' * (self.weeks > 1)}, from Monday {self.first_day} to now; {over}."

    def most(self, column: Column) -> float:
        """What the whole length of a bar stands for: all of it where the figure is a share, else the highest."""
        if column.kind is Kind.PERCENT:
            return 100.0
        return max((float(getattr(row, column.name) or 0) for row in self.rows), default=0.0)


def over_time(report: Report) -> Picture | None:
    """Each figure of a report that has a row a week, from the first week there is a row of; None of one week alone.

    A figure of which there was nothing in any week has no line.
    """
    if len(report.rows) < 2:  # noqa: PLR2004 - a line has two ends
        return None
    week, *figures = report.columns
    rows = {getattr(row, week.name): row for row in report.rows}
    names = report.names[min(report.names.index(name) for name in rows) :]
    found = []
    for each in figures:
        values = tuple(getattr(rows[name], each.name) if name in rows else None for name in names)
        highest = max((value for value in values if value is not None), default=0)
        if highest:
            found.append(Curve(each.title, values, shown(each.kind, highest)))
    return Picture("over time", "the oldest week first", tuple(found))


_GOES_ON: Final = "…"
_LEFT_OUT: Final = (None, "", ())


def share(part: float, whole: float) -> float | None:
    """A part in percent with one decimal; None of nothing."""
    return round(100 * part / whole, 1) if whole else None
