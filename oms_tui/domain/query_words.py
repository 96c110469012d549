"""The kinds of words a query knows, and how the value behind a word is read.

The words themselves are listed where their SQL is; here is only what they may be compared with.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from oms_tui.domain.query_tree import DayFromNow, Distance, FromNow, Minute, Period, Range, Term, Wild

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from oms_tui.domain.query_lexer import Token
    from oms_tui.domain.query_tree import Op, Point


class Kind(StrEnum):
    """What a word is compared with.

    ``text``: text with wildcards. ``set``: is one of the thing's own (a tag). ``choice`` and ``flag``: one of the
    listed values. ``count``: a whole number, or one of the listed values. ``number``: a whole or decimal number.
    ``money``: major units (``79.00``). ``percent``: of a hundred (``80%``). ``age``: how long it has lasted (``>4h``;
    without comparison: at least).
    ``date``: a point or period in time.
    """

    TEXT = "text"
    SET = "set"
    CHOICE = "choice"
    FLAG = "flag"
    COUNT = "count"
    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"
    AGE = "age"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class WordType:
    """One word of the catalogue.

    Attributes:
        kind: what it is compared with.
        values: the values of a choice or flag; of a set or text those worth proposing.
        help: what it asks, in a few words.
        ahead: a date that lies ahead (promised, due): a distance counts from now forward.
        meanings: what values mean that do not say it themselves.
    """

    kind: Kind
    values: tuple[str, ...] = ()
    help: str = ""
    ahead: bool = False
    meanings: Mapping[str, str] = field(default_factory=dict, compare=False)


class QueryError(ValueError):
    """A query that cannot be read.

    Attributes:
        column: where (0-based offset into the text).
        suggestions: what may have been meant, the likeliest first.
    """

    def __init__(self, message: str, column: int, suggestions: Iterable[str] = ()) -> None:
        self.column = column
        self.suggestions = tuple(suggestions)
        meant = f"; did you mean {' or '.join(self.suggestions)}?" if self.suggestions else ""
        super().__init__(f"{message}{meant}")


LONGEST: Final = timedelta(days=36_500)
"""The longest length of time a query may name."""

_COMPARED: Final = frozenset({Kind.COUNT, Kind.NUMBER, Kind.MONEY, Kind.PERCENT, Kind.AGE, Kind.DATE})
_LISTED: Final = frozenset({Kind.CHOICE, Kind.FLAG})
_DURATION: Final = re.compile(r"(?:(\d{1,6})w)?(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,8})s)?", re.ASCII)
_DECIMAL: Final = re.compile(r"-?\d{1,15}(\.\d{1,6})?", re.ASCII)
_IN_CURRENCY: Final = re.compile(r"([\d.-]*\d) ?([A-Za-z]{3})", re.ASCII)
_PERIOD: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_MINUTE: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}", re.ASCII)
_YEARS: Final = range(1970, 2200)
_NAMED_DAYS: Final = {"today": 0, "yesterday": -1, "tomorrow": 1}
_EXPECTS: Final = {
    Kind.COUNT: "a number like 3",
    Kind.NUMBER: "a number like 3",
    Kind.MONEY: "an amount like 79.00 or 79.00EUR",
    Kind.PERCENT: "a share like 80%",
    Kind.AGE: "a length of time like 4h or 2d",
    Kind.DATE: "a day like today or 2026-11-24, or a distance like 2d",
}


def nearest(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """What somebody may have meant who wrote ``word``."""
    from difflib import get_close_matches

    return tuple(get_close_matches(word[:60].lower(), list(known), n=2, cutoff=0.6))


def read_duration(text: str) -> timedelta | None:
    """``2d``, ``4h``, ``1d12h`` as a length of time; None if it is none, or longer than ``LONGEST``."""
    found = _DURATION.fullmatch(text)
    if not text or found is None:
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    total = ((weeks * 7 + days) * 24 + hours) * 3600 + minutes * 60 + seconds
    return timedelta(seconds=total) if total <= LONGEST.total_seconds() else None


def term_of(word: str, kind: WordType, token: Token) -> Term:
    """The condition that ``token`` makes of ``word``.

    Raises:
        QueryError: the value does not fit the word.
    """
    if not token.value:
        raise QueryError(f"{word}: needs a value", token.value_column, kind.values[:3])
    if not token.quoted and token.value == "*":
        return Term(word, _equals(word, token), Wild(("", "")), token.column)
    if kind.kind is Kind.COUNT and token.op == "=" and not token.value[:1].isdecimal() and ".." not in token.value:
        return Term(word, token.op, _listed(word, kind, token), token.column)
    if kind.kind in _COMPARED:
        return _compared(word, kind.kind, token)
    op = _equals(word, token)
    if kind.kind in _LISTED:
        return Term(word, op, _listed(word, kind, token), token.column)
    if token.quoted or "*" not in token.value:
        return Term(word, op, token.value, token.column)
    return Term(word, op, wild(token.value), token.column)


def wild(text: str) -> Wild:
    """Text with ``*`` in it; several in a row are one."""
    return Wild(tuple(re.sub(r"\*+", "*", text).split("*")))


def _equals(word: str, token: Token) -> Op:
    if token.op != "=":
        raise QueryError(f"{word}: cannot be compared with {token.op}", token.value_column - len(token.op))
    return "="


def _listed(word: str, kind: WordType, token: Token) -> str:
    value = token.value.lower()
    if value not in kind.values:
        likely = nearest(value, kind.values)
        hint = "" if likely or len(kind.values) > 8 else f" (one of {', '.join(kind.values)})"  # noqa: PLR2004 - a line's worth
        raise QueryError(f"{word}: has no value {token.value[:40]!r}{hint}", token.value_column, likely)
    return value


def _compared(word: str, kind: Kind, token: Token) -> Term:
    if kind is Kind.MONEY and (found := _IN_CURRENCY.fullmatch(token.value)):
        amount = _compared(word, kind, replace(token, value=_IN_CURRENCY.sub(r"\1", token.value)))
        return replace(amount, currency=found[2].upper())
    if ".." in token.value and not token.quoted:
        _equals(word, token)
        low, _, high = token.value.partition("..")
        if not low and not high:
            raise QueryError(f"{word}: a range needs at least one end", token.value_column)
        ends = Range(
            _point(word, kind, low, token.value_column) if low else None,
            _point(word, kind, high, token.value_column + len(low) + 2) if high else None,
        )
        return Term(word, "..", ends, token.column)
    value = _point(word, kind, token.value, token.value_column)
    op = ">=" if kind is Kind.AGE and token.op == "=" else token.op
    if isinstance(value, Distance) and op == "=":
        raise QueryError(f"{word}: needs < or > before a distance", token.value_column, (f"{word}:<{token.value}",))
    return Term(word, op, value, token.column)


def _point(word: str, kind: Kind, text: str, column: int) -> Point:
    value: Point | None
    if kind is Kind.AGE:
        value = read_duration(text)
    elif kind is Kind.DATE:
        value = _moment(text)
    else:
        number = text.removesuffix("%") if kind is Kind.PERCENT else text
        value = Decimal(number) if _DECIMAL.fullmatch(number) else None
    if value is None:
        raise QueryError(f"{word}: {text[:40]!r} is not {_EXPECTS[kind]}", column)
    return value


def _moment(text: str) -> Point | None:
    lowered = text.lower()
    if lowered in _NAMED_DAYS:
        return DayFromNow(_NAMED_DAYS[lowered])
    if text[:1] in {"+", "-"}:
        offset = read_duration(text[1:])
        return None if offset is None else FromNow(-offset if text[0] == "-" else offset)
    try:
        if _MINUTE.fullmatch(text):
            at = datetime.strptime(text, "%Y-%m-%dT%H:%M")  # noqa: DTZ007 - the desk's clock; its zone is added later
            return Minute(at) if at.year in _YEARS else None
        if found := _PERIOD.fullmatch(text):
            year, month, day = (int(part or 0) for part in found.groups())
            datetime(year, month or 1, day or 1)  # noqa: DTZ001 - only whether there is such a day
            whole = (month or not found[2]) and (day or not found[3]) and year in _YEARS
            return Period(year, month, day) if whole else None
    except ValueError:
        return None
    length = read_duration(text)
    return None if length is None else Distance(length)
