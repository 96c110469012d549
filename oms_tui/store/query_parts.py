"""Building blocks of query words: how a text, a number, a time or a set is compared in SQL.

A condition is told twice: as a test of a row ``q`` of ``queue_row`` (``text``), and as a statement that brings up, by
an index, the ids of all rows that can pass it (``near``). Which of the two leads is decided when it is asked, by how
many are near (``reads/queue_walk.py``): few are looked at one by one, many are met soon on the way down the list.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from oms_tui.domain.query_time import interval
from oms_tui.domain.query_tree import Range, Term, Wild
from oms_tui.store.query_begun import AFTER_ANY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime, tzinfo

    from oms_tui.domain.query_words import WordType

    Builder = Callable[["Term", "Asked"], "Sql"]

NEWEST: Final = 2_000
"""Matches of a full-text search that are looked at: the newest. It bounds what a common word can cost."""

OPEN: Final = " /* open */"
"""Where a ``near`` may be narrowed to open orders."""


@dataclass(slots=True)
class Asked:
    """Who asks and when; ``closed`` and ``snoozed`` are set by words that mean such orders."""

    now: datetime
    now_ms: int
    zone: tzinfo
    agent: str = ""
    closed: bool = False
    snoozed: bool = False


class Sql(NamedTuple):
    """A condition in SQL, its values bound.

    Attributes:
        text: a test of row ``q``.
        bound: its values.
        near: a statement that gives the ids of every order that can pass, "" where no index knows them.
        near_bound: its values.
        exact: every order that is near passes.
        along: an index of ``queue_row`` in which all that pass lie together, the open ones apart, by their ids.
    """

    text: str
    bound: Sequence[Any] = ()
    near: str = ""
    near_bound: Sequence[Any] = ()
    exact: bool = False
    along: str = ""


@dataclass(frozen=True, slots=True)
class QueryWord:
    """One word of the language: its type and how it is asked in SQL."""

    type: WordType
    sql: Builder


def ms(moment: datetime) -> int:
    """Milliseconds since 1970 UTC."""
    return int(moment.timestamp() * 1000)


def indexed(text: str, bound: Sequence[Any] = (), *, along: str = "", by: str = "") -> Sql:
    """A test that an index of ``queue_row`` answers too; ``by`` names it where SQLite would take a longer one."""
    index = f"INDEXED BY {by} " if by else ""
    near = f"SELECT q.order_id FROM queue_row q {index}WHERE {text}{OPEN}"  # queue_walk.ALONG_AN_INDEX
    return Sql(text, bound, near, bound, exact=True, along=along)


def among(near: str, bound: Sequence[Any] = ()) -> Sql:
    """Whatever a statement brings up; it must bring up few."""
    return Sql(f"q.order_id IN ({near})", bound, near, bound, exact=True)


def equals(column: str, *, usual: str | None = None, index: bool = True) -> Builder:
    """A text column compared as a whole; ``*`` for anything.

    Args:
        column: of ``queue_row``.
        usual: the value that most rows have, which its index leaves out.
        index: whether it has one.
    """

    def build(term: Term, _: Asked) -> Sql:
        value = term.value
        if isinstance(value, Wild):
            text, bound = like(f"q.{column}", value)
            return indexed(text, bound) if index and usual in {None, ""} else Sql(text, bound)
        if not index or value == usual:
            return Sql(f"q.{column} = ?", [str(value)])
        told = "" if usual is None else f"q.{column} <> '{usual}' AND "
        return indexed(f"{told}q.{column} = ?", [str(value)], along=f"queue_row_of_{column}")

    return build


def like(column: str, value: Wild) -> tuple[str, list[str]]:
    """A text with wildcards. A prefix is a range, so that an index on the column serves it."""
    if value.anything:
        return f"{column} <> ''", []
    head, *rest = value.parts
    if rest == [""] and head:
        return f"{column} <> '' AND {column} >= ? AND {column} < ?", [head, head + AFTER_ANY]
    return f"{column} <> '' AND {column} LIKE ? ESCAPE '!'", [pattern(value)]


def pattern(value: Wild) -> str:
    """What LIKE takes, with ``!`` as its escape."""
    return "%".join(part.replace("!", "!!").replace("%", "!%").replace("_", "!_") for part in value.parts)


def number(column: str, *, index: bool = True) -> Builder:
    """A number compared."""

    def build(term: Term, _: Asked) -> Sql:
        text, bound = compared(column, term)
        if term.currency:
            return Sql(f"({text} AND q.currency = ?)", [*bound, term.currency])
        return indexed(text, bound) if index else Sql(text, bound)

    return build


def compared(column: str, term: Term) -> tuple[str, list[float]]:
    """A decimal, a range of decimals, or ``*``, compared with an expression."""
    value = term.value
    if isinstance(value, Wild):
        return f"{column} IS NOT NULL", []
    if isinstance(value, Range):
        ends = [(end, op) for end, op in ((value.low, ">="), (value.high, "<=")) if isinstance(end, Decimal)]
        return " AND ".join(f"{column} {op} ?" for _, op in ends), [_plain(end) for end, _ in ends]
    assert isinstance(value, Decimal)  # noqa: S101 - the parser makes nothing else of a number
    return f"{column} {term.op} ?", [_plain(value)]


def _plain(value: Decimal) -> float:
    """A number as the database has it: whole ones as such, for a decimal the nearest there is."""
    whole = value == value.to_integral_value() and abs(value) < 1 << 62
    return int(value) if whole else float(value)


def moment(column: str, *, ahead: bool = False, index: bool = True) -> Builder:
    """A time compared: today, ``<2d``, a range; ``*`` for any."""

    def build(term: Term, asked: Asked) -> Sql:
        text, bound = between(column, term, asked, ahead=ahead)
        text = " AND ".join(filter(None, (f"{column} IS NOT NULL", text)))
        return indexed(text, bound) if index else Sql(text, bound)

    return build


def between(column: str, term: Term, asked: Asked, *, ahead: bool = False) -> tuple[str, list[int]]:
    """When a column must lie: "" for whenever."""
    if isinstance(term.value, Wild):
        return "", []
    start, end = interval(term, now=asked.now, zone=asked.zone, ahead=ahead)
    ends = [(at, op) for at, op in ((start, ">="), (end, "<")) if at is not None]
    return " AND ".join(f"{column} {op} ?" for _, op in ends), [ms(at) for at, _ in ends]
