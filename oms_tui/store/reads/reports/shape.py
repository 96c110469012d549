"""What a report is: rows of a dataclass whose fields say how they are read, and in words how its figures are made."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from oms_tui.domain.figures import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from oms_tui.domain.policy import DeskPolicy
    from oms_tui.store.reads.reports.weeks import Weeks
    from oms_tui.store.session import Session
    from oms_tui.store.workspace import Workspace


class Column(NamedTuple):
    """A figure of a report: its name in JSON and CSV, its heading, how it is read, whether a bar shows it."""

    name: str
    title: str
    kind: Kind
    bar: bool


def figure(kind: Kind = Kind.COUNT, title: str = "", *, bar: bool = False) -> Any:
    """A field of a report's row. ``title``: the heading where the name's own words will not do."""
    return field(metadata={"kind": kind, "title": title, "bar": bar})


class Asked(NamedTuple):
    """What a report is made of: who asks at which store, of which weeks, and how it is grouped (one of its ``by``)."""

    session: Session
    weeks: Weeks
    by: str = ""

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
    """

    name: str
    title: str
    help: str
    formula: str | Callable[[DeskPolicy], str]
    row: type
    rows: Rows
    by: tuple[str, ...] = ()
    nothing: str = "nothing of this happened in these weeks"

    @property
    def columns(self) -> tuple[Column, ...]:
        """Its figures, in their order."""
        return tuple(
            Column(each.name, each.metadata["title"] or each.name.replace("_", " "), *_read(each.metadata))
            for each in fields(self.row)
        )


def _read(metadata: Mapping[str, Any]) -> tuple[Kind, bool]:
    return metadata["kind"], metadata["bar"]


@dataclass(frozen=True, slots=True)
class Report:
    """A report, made. ``rows`` are dataclasses of ``kind.row``."""

    kind: ReportKind
    formula: str
    by: str
    weeks: int
    rows: tuple[Any, ...]


def share(part: float, whole: float) -> float | None:
    """A part in percent with one decimal; None of nothing."""
    return round(100 * part / whole, 1) if whole else None
