"""Building blocks of query words: how a text, a number, a time or a set is compared in SQL."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain.query_time import interval
from oms_tui.domain.query_tree import Range, Term, Wild

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, tzinfo

    from oms_tui.domain.query_words import WordType

    Sql = tuple[str, list[Any]]
    Builder = Callable[["Term", "Asked"], Sql]

_AFTER_ANY: Final = "\U0010ffff"
NEWEST: Final = 20_000
"""Matches of a full-text search that are looked at: the newest. It bounds what a common word can cost."""

_ZERO_DIGITS: Final = (
    "'BIF','CLP','DJF','GNF','ISK','JPY','KMF','KRW','PYG','RWF','UGX','UYI','VND','VUV','XAF','XOF','XPF'"
)
_THREE_DIGITS: Final = "'BHD','IQD','JOD','KWD','LYD','OMR','TND'"


@dataclass(slots=True)
class Asked:
    """Who asks and when; ``closed`` and ``snoozed`` are set by words that mean such orders."""

    now: datetime
    now_ms: int
    zone: tzinfo
    agent: str = ""
    closed: bool = False
    snoozed: bool = False


@dataclass(frozen=True, slots=True)
class QueryWord:
    """One word of the language: its type and how it is asked in SQL."""

    type: WordType
    sql: Builder


def ms(moment: datetime) -> int:
    """Milliseconds since 1970 UTC."""
    return int(moment.timestamp() * 1000)


def equals(column: str) -> Builder:
    """A text column compared as a whole; ``*`` for anything."""

    def build(term: Term, _: Asked) -> Sql:
        value = term.value
        if isinstance(value, Wild):
            return like(column, value)
        return f"{column} = ?", [str(value)]

    return build


def like(column: str, value: Wild) -> Sql:
    """A text with wildcards. A prefix is a range, so that an index on the column serves it."""
    if value.anything:
        return f"{column} <> ''", []
    head, *rest = value.parts
    if rest == [""] and head:
        return f"{column} >= ? AND {column} < ?", [head, head + _AFTER_ANY]
    pattern = "%".join(part.replace("!", "!!").replace("%", "!%").replace("_", "!_") for part in value.parts)
    return f"{column} LIKE ? ESCAPE '!'", [pattern]


def number(column: str) -> Builder:
    """A number compared."""

    def build(term: Term, _: Asked) -> Sql:
        return compared(column, term, lambda value: int(value) if value == value.to_integral_value() else float(value))

    return build


def money(column: str, currency: str) -> Builder:
    """An amount in major units compared with a column in minor ones."""
    scale = (
        f"CASE WHEN {currency} IN ({_ZERO_DIGITS}) THEN 100 WHEN {currency} IN ({_THREE_DIGITS}) THEN 0.1 ELSE 1 END"
    )

    def build(term: Term, _: Asked) -> Sql:
        return compared(f"({column} * {scale})", term, lambda value: float(value * 100))

    return build


def compared(column: str, term: Term, turned: Callable[[Decimal], Any]) -> Sql:
    """A decimal, a range of decimals, or ``*``."""
    value = term.value
    if isinstance(value, Wild):
        return f"{column} IS NOT NULL", []
    if isinstance(value, Range):
        parts, bound = [], []
        for end, op in ((value.low, ">="), (value.high, "<=")):
            if isinstance(end, Decimal):
                parts.append(f"{column} {op} ?")
                bound.append(turned(end))
        return " AND ".join(parts), bound
    assert isinstance(value, Decimal)  # noqa: S101 - the parser makes nothing else of a number
    return f"{column} {term.op} ?", [turned(value)]


def moment(column: str, *, ahead: bool = False) -> Builder:
    """A time compared: today, ``<2d``, a range; ``*`` for any."""

    def build(term: Term, asked: Asked) -> Sql:
        if isinstance(term.value, Wild):
            return f"{column} IS NOT NULL", []
        start, end = interval(term, now=asked.now, zone=asked.zone, ahead=ahead)
        parts, bound = [f"{column} IS NOT NULL"], []
        if start is not None:
            parts.append(f"{column} >= ?")
            bound.append(ms(start))
        if end is not None:
            parts.append(f"{column} < ?")
            bound.append(ms(end))
        return " AND ".join(parts), bound

    return build


def listed(column: str) -> Builder:
    """Is one of a JSON list's texts."""

    def build(term: Term, _: Asked) -> Sql:
        if isinstance(term.value, Wild):
            text, bound = like("value", term.value)
            return f"EXISTS (SELECT 1 FROM json_each({column}) WHERE {text})", bound
        return f"EXISTS (SELECT 1 FROM json_each({column}) WHERE value = ? COLLATE NOCASE)", [str(term.value)]

    return build


def phrase(text: str, *, prefix: bool = False) -> str:
    """``text`` as an FTS5 phrase; whatever stands in it is text."""
    quoted = '"' + text.replace('"', '""').replace("\x00", " ") + '"'
    return f"{quoted} *" if prefix else quoted
