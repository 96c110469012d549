"""What a query means, as a small tree to walk; and how a tree is written as text again.

A tree is ``And``, ``Or``, ``Not`` over ``Term``. ``And(())`` is the empty query: everything. Parsed trees are in one
normal form (no ``And`` directly in an ``And``, none of fewer than two parts but the empty one), so that writing a tree
and parsing it gives the same tree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Literal, TypeAlias

Op: TypeAlias = Literal["=", ">", ">=", "<", "<=", ".."]

FREE_TEXT: Final = "text"
"""The word that a bare word of a query stands for."""


@dataclass(frozen=True, slots=True)
class Wild:
    """Text with wildcards: its parts, with anything (or nothing) between them. ``("LAMP-", "")`` was ``LAMP-*``."""

    parts: tuple[str, ...]

    @property
    def anything(self) -> bool:
        """Whether it was a lone ``*``: any value at all, as long as there is one."""
        return not any(self.parts)


@dataclass(frozen=True, slots=True)
class DayFromNow:
    """A calendar day of the desk: 0 today, -1 yesterday, 1 tomorrow."""

    days: int


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar day, or a whole month (``day`` 0), or a whole year (``month`` 0), in the desk's time zone."""

    year: int
    month: int = 0
    day: int = 0


@dataclass(frozen=True, slots=True)
class Minute:
    """A minute of the desk's clock. ``at`` is naive local time."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Distance:
    """How far from now, either way: back for what has happened, ahead for what is to come (``<2d``)."""

    length: timedelta


@dataclass(frozen=True, slots=True)
class FromNow:
    """A moment relative to now, with its sign written (``+3d``, ``-2h``)."""

    offset: timedelta


Point: TypeAlias = Decimal | timedelta | DayFromNow | Period | Minute | Distance | FromNow


@dataclass(frozen=True, slots=True)
class Range:
    """Both ends included; None is open."""

    low: Point | None
    high: Point | None


Value: TypeAlias = str | Wild | Point | Range


@dataclass(frozen=True, slots=True)
class Term:
    """One condition. The type of ``value`` follows from the word's kind in the catalogue.

    Attributes:
        word: a word of the catalogue, or ``FREE_TEXT``.
        op: how to compare; text, choices and flags know only ``=``; ``..`` goes with a ``Range``.
        value: text, wildcards, a Decimal in major units, a timedelta, or a point in time.
        currency: ISO 4217 of an amount that names one (``>5000EUR``), "" for one that does not.
        column: where it stood in the text (0-based); not part of what it means.
    """

    word: str
    op: Op
    value: Value
    column: int = field(default=0, compare=False)
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of ``item``."""

    item: Tree


@dataclass(frozen=True, slots=True)
class And:
    """All of ``items``; of none: everything."""

    items: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of ``items``."""

    items: tuple[Tree, ...]


Tree: TypeAlias = And | Or | Not | Term

EVERYTHING: Final = And(())

NAME: Final = re.compile(r"[A-Za-z][A-Za-z_.]*:")
KEYWORDS: Final = frozenset({"AND", "OR", "NOT"})
_NEEDS_QUOTES: Final = re.compile(r'[\s()"*]')


def write(tree: Tree) -> str:
    """The tree as text, which parses to the same tree."""
    return _write(tree, outer="or")


def _write(tree: Tree, outer: Literal["or", "and", "not"]) -> str:
    match tree:
        case Or(items):
            text = " OR ".join(_write(item, "and") for item in items)
            return text if outer == "or" else f"({text})"
        case And(items):
            text = " ".join(_write(item, "and") for item in items)
            return f"({text})" if outer == "not" else text
        case Not(item):
            return f"-{_write(item, 'not')}"
        case Term():
            return _write_term(tree)


def _write_term(term: Term) -> str:
    value = term.value
    comparison = "" if term.op in {"=", ".."} else term.op
    if term.word != FREE_TEXT:
        return f"{term.word}:{comparison}{write_value(value)}"
    if isinstance(value, Wild):
        text = "*".join(value.parts)
        return f"{FREE_TEXT}:{text}" if text.startswith("-") or NAME.match(text) else text
    text = str(value)
    plain = not (text in KEYWORDS or text.startswith("-") or NAME.match(text) or _NEEDS_QUOTES.search(text))
    return text if plain else quote(text)


def quote(text: str) -> str:
    """``text`` as a phrase in quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def write_value(value: Value) -> str:  # noqa: PLR0911 - one return a type of value
    """A value as it is written after ``word:``."""
    match value:
        case str():
            return quote(value) if value[:1] in {">", "<", ""} or _NEEDS_QUOTES.search(value) else value
        case Wild(parts):
            return "*".join(parts)
        case Range(low, high):
            return f"{'' if low is None else write_value(low)}..{'' if high is None else write_value(high)}"
        case Decimal():
            return f"{value:f}"
        case timedelta() | Distance():
            return write_duration(value if isinstance(value, timedelta) else value.length)
        case FromNow(offset):
            return f"{'-' if offset < timedelta() else '+'}{write_duration(abs(offset))}"
        case DayFromNow(days):
            return {0: "today", -1: "yesterday", 1: "tomorrow"}[days]
        case Minute(at):
            return at.strftime("%Y-%m-%dT%H:%M")
        case Period(year, month, day):
            return f"{year:04}" + (f"-{month:02}" if month else "") + (f"-{day:02}" if day else "")


def write_duration(length: timedelta) -> str:
    """A length of time as the query language writes it: ``2d``, ``1d12h``, ``90s`` as ``1m30s``."""
    seconds = int(length.total_seconds())
    parts = []
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"
