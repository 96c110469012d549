"""A query as SQL over ``queue_row q``: every value is bound, every text is our own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from oms_tui.domain.query_tree import FREE_TEXT, And, Not, Or, Term
from oms_tui.store.query_parts import OPEN, Asked, Sql
from oms_tui.store.query_words import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime, tzinfo

    from oms_tui.domain.query_tree import Tree


class Near(NamedTuple):
    """What brings up every order that can pass part ``part`` of a query. ``open_only``: and no closed ones."""

    part: int
    text: str
    bound: Sequence[Any]
    open_only: bool


@dataclass(slots=True)
class Compiled:
    """A condition: all of ``parts`` must hold. ``words`` are those it asks.

    ``closed``: it means closed orders too; ``snoozed``: those put aside too.
    """

    parts: tuple[Sql, ...] = ()
    words: frozenset[str] = frozenset()
    closed: bool = False
    snoozed: bool = False

    @property
    def sql(self) -> str:
        """The condition as one text; "1" for everything."""
        return self.condition()[0]

    @property
    def arguments(self) -> list[Any]:
        """Its values."""
        return self.condition()[1]

    @property
    def looks_elsewhere(self) -> bool:
        """Whether a part of it reads other tables: it costs more than a look at the row."""
        return any("SELECT" in part.text for part in self.parts)

    def condition(self, known: int | None = None) -> tuple[str, list[Any]]:
        """The condition and its values. ``known``: a part that need not be asked any more where it is exact."""
        asked = [part for number, part in enumerate(self.parts) if number != known or not part.exact]
        text = " AND ".join(f"({part.text})" for part in asked) or "1"
        return text, [value for part in asked for value in part.bound]

    def nears(self, *, open_only: bool) -> Iterator[Near]:
        """Statements each of which brings up every order that can pass."""
        narrowed = " AND q.is_open = 1" if open_only else ""
        for number, part in enumerate(self.parts):
            if part.near:
                text = part.near.replace(OPEN, narrowed)
                yield Near(number, text, part.near_bound, open_only and text != part.near)

    @property
    def along(self) -> Sql | None:
        """The part with an index in which all that can pass lie together in the order of their ids, if there is one."""
        return next((part for part in self.parts if part.along), None)


def compile_query(tree: Tree, *, now: int, zone: tzinfo, agent: str = "") -> Compiled:
    """The condition of ``tree``.

    Args:
        tree: parsed with ``query_words.CATALOGUE``.
        now: milliseconds since 1970 UTC; ``today`` is its day in ``zone``.
        zone: the desk's time zone.
        agent: who asks: ``owner:me``.
    """
    asked = Asked(now=_moment(now), now_ms=now, zone=zone, agent=agent)
    words: set[str] = set()
    items = tree.items if isinstance(tree, And) else (tree,)
    parts = tuple(_sql(item, asked, words) for item in items)
    return Compiled(parts, frozenset(words), closed=asked.closed, snoozed=asked.snoozed)


def _moment(now: int) -> datetime:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(now / 1000, UTC)


def _sql(tree: Tree, asked: Asked, words: set[str]) -> Sql:
    match tree:
        case Term():
            words.add(tree.word)
            return WORDS[tree.word if tree.word in WORDS else FREE_TEXT].sql(tree, asked)
        case Not(item):
            inner = _sql(item, asked, words)
            # NULL is neither: what is not known to be so counts as not so.
            return Sql(f"NOT coalesce({inner.text}, 0)", inner.bound)
        case And(items):
            return _all([_sql(item, asked, words) for item in items])
        case Or(items):
            return _any([_sql(item, asked, words) for item in items])


def _all(parts: Sequence[Sql]) -> Sql:
    """All of them; what is near the first that has an index is near all."""
    text = " AND ".join(f"({part.text})" for part in parts) or "1"
    near = next((part for part in parts if part.near), Sql(""))
    return Sql(text, _bound(parts), near.near, near.near_bound)


def _any(parts: Sequence[Sql]) -> Sql:
    """At least one of them; near is what is near any, if an index knows of each."""
    text = " OR ".join(f"({part.text})" for part in parts)
    if not all(part.near for part in parts):
        return Sql(text, _bound(parts))
    near = " UNION ALL ".join(f"SELECT * FROM ({part.near})" for part in parts)
    bound = [value for part in parts for value in part.near_bound]
    return Sql(text, _bound(parts), near, bound, exact=all(part.exact for part in parts))


def _bound(parts: Sequence[Sql]) -> list[Any]:
    return [value for part in parts for value in part.bound]
