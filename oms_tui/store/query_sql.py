"""A query as SQL over ``queue_row q``: every value is bound, every text is our own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from oms_tui.domain.query_tree import FREE_TEXT, And, Not, Or, Term
from oms_tui.store.query_words import WORDS, Asked

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from oms_tui.domain.query_tree import Tree


@dataclass(slots=True)
class Compiled:
    """A condition with its bound values. ``words`` are those it asks; ``closed``: it means closed orders too."""

    sql: str
    arguments: list[Any] = field(default_factory=list)
    words: frozenset[str] = frozenset()
    closed: bool = False
    snoozed: bool = False


def compile_query(tree: Tree, *, now: int, zone: tzinfo, agent: str = "") -> Compiled:
    """The condition of ``tree``; "1" for everything.

    Args:
        tree: parsed with ``query_words.CATALOGUE``.
        now: milliseconds since 1970 UTC; ``today`` is its day in ``zone``.
        zone: the desk's time zone.
        agent: who asks: ``owner:me``.
    """
    asked = Asked(now=_moment(now), now_ms=now, zone=zone, agent=agent)
    arguments: list[Any] = []
    words: set[str] = set()
    sql = _sql(tree, asked, arguments, words)
    return Compiled(sql, arguments, frozenset(words), closed=asked.closed, snoozed=asked.snoozed)


def _moment(now: int) -> datetime:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(now / 1000, UTC)


def _sql(tree: Tree, asked: Asked, arguments: list[Any], words: set[str]) -> str:
    match tree:
        case Term():
            words.add(tree.word)
            text, values = WORDS[tree.word if tree.word in WORDS else FREE_TEXT].sql(tree, asked)
            arguments.extend(values)
            return f"({text})"
        case Not(item):
            # NULL is neither: what is not known to be so counts as not so.
            return f"NOT coalesce({_sql(item, asked, arguments, words)}, 0)"
        case And(items) if not items:
            return "1"
        case And(items):
            return "(" + " AND ".join(_sql(item, asked, arguments, words) for item in items) + ")"
        case Or(items):
            return "(" + " OR ".join(_sql(item, asked, arguments, words) for item in items) + ")"
