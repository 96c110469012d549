"""What the screens ask the reader thread: functions of a session, run there, their values sent back as answers."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from oms_tui.ui.queue.model import PAGE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oms_tui.domain.query_tree import Tree
    from oms_tui.store.reads.queue import Page
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import Badges, OrderView, QueueItem, SourceHealth

Sources = dict[str, tuple[str, bool, int]]
"""Name of a source -> its kind, whether it is enabled, and the age in milliseconds from which it counts as stale."""

MOST_AGAIN: Final = 2_000
"""Rows that are read again when something changed; who scrolled further reads on from there."""


MOST_MARKED: Final = 2_000
"""Orders that are marked by one query."""


LOOKED_AT: Final = 2_000
"""Orders that the first reading looks at where no index knows which are meant: what there is shows at once."""

STEP_SECONDS: Final = 0.01
"""How long the steps that follow may take, each twice the one before until then: no key waits longer than for one."""

_COUNTING: Final = 200_000
"""Steps of SQLite's machine that counting a list may take, some 7 ms; a list that takes more is not counted."""

_PAGES_LOOKED_AT: Final = 5
"""Pages in which the next order is looked for."""


class Question(NamedTuple):
    """What the queue shows: a query as it was written, by what it is sorted, how it is called, which columns."""

    query: str = ""
    sort: str = "priority"
    title: str = "Queue"
    columns: tuple[str, ...] = ()

    def sorted_by(self, sort: str) -> Question:
        """The same in another order."""
        return self._replace(sort=sort)


class QueueAnswer(NamedTuple):
    """A page of the queue and the question it answers.

    ``cut``: it was to look at no more orders than it did, ``looked`` of ``reach``; the page goes on behind ``after``,
    and may look at ``look_at`` orders there.
    """

    question: Question
    items: tuple[QueueItem, ...]
    after: str | None
    cut: bool = False
    looked: int = 0
    reach: int = 0
    look_at: int = 0


class Counted(NamedTuple):
    """How many orders a list has, up to so many; None where counting took too long."""

    question: Question
    number: int | None


class OrderAnswer(NamedTuple):
    """An order (None: it is gone), and for each action why it cannot be done to it now, "" where it can."""

    order_id: int
    view: OrderView | None
    refusals: Mapping[str, str]


class Status(NamedTuple):
    """What the top bar says. ``notices``: how many this agent has not seen to."""

    badges: Badges
    health: tuple[SourceHealth, ...] = ()
    notices: int = 0


def tree_of(query: str) -> Tree:
    """The tree of a query as it was written.

    Raises:
        QueryError: it cannot be read.
    """
    from oms_tui.domain.query import parse
    from oms_tui.store.query_words import CATALOGUE

    return parse(query, CATALOGUE)


def page_of(
    session: Session, question: Question, *, limit: int = PAGE, after: str | None = None, look_at: int | None = None
) -> Page:
    """A page of the queue; ``look_at`` as of ``queue_page``."""
    from oms_tui.store.reads.queue import queue_page

    asked = _asked(session, question)
    return queue_page(session.store, sort=question.sort, limit=limit, after=after, look_at=look_at, **asked)


def _asked(session: Session, question: Question) -> dict[str, Any]:
    """Which orders, when, and who asks; the first frame does without the query language."""
    return {
        "tree": tree_of(question.query) if question.query else None,
        "now": session.now(),
        "zone": session.policy.zone,
        "agent": session.agent.id,
    }


def queue(
    session: Session,
    question: Question,
    *,
    limit: int = PAGE,
    after: str | None = None,
    reach: int = 0,
    look_at: int = 0,
) -> QueueAnswer:
    """A page, or as much of it as a look at some thousand orders finds.

    Args:
        session: who asks.
        question: of which list.
        limit: orders at most.
        after: where the page before ended.
        reach: of the page before, so that nothing is counted again for each.
        look_at: as the page before says; 0 for the first.

    Raises:
        QueryError: the query cannot be read.
    """
    look_at = look_at or LOOKED_AT
    began = monotonic()
    page = page_of(session, question, limit=limit, after=after, look_at=look_at)
    if not page.cut:
        return QueueAnswer(question, page.items, page.next, looked=page.looked)
    took = monotonic() - began
    if not reach:
        from oms_tui.store.reads.queue import reach as count_all

        reach = count_all(session.store, **_asked(session, question))
    if took < STEP_SECONDS / 2:
        look_at *= 2
    elif took > STEP_SECONDS:
        look_at = max(LOOKED_AT, look_at // 2)
    return QueueAnswer(question, page.items, page.next, True, page.looked, reach, look_at)


def count(session: Session, question: Question) -> Counted:
    """How many orders a list has."""
    from oms_tui.store.reads.queue import count as counted

    return Counted(question, counted(session.store, effort=_COUNTING, **_asked(session, question)))


def found_by(session: Session, query: str) -> tuple[tuple[QueueItem, ...], bool]:
    """The orders a query finds, to be marked: ``MOST_MARKED`` at most, and whether there are more.

    Raises:
        QueryError: the query cannot be read.
    """
    page = page_of(session, Question(query), limit=MOST_MARKED)
    return page.items, page.next is not None


def view_count(session: Session, question: Question) -> int | None:
    """How many orders a view has, up to a thousand; None where that took too long to count."""
    from oms_tui.store.reads.view_counts import view_count as counted

    return counted(session.store, **_asked(session, question))


def order(session: Session, order_id: int) -> OrderAnswer:
    """The whole order."""
    from oms_tui.actions.catalogue import refusals
    from oms_tui.store.reads.order import read_order

    view = read_order(session.store, session.policy, order_id, now=session.now())
    return OrderAnswer(order_id, view, refusals(session, view.item) if view else {})


def status(session: Session, sources: Sources) -> Status:
    """The counts and how every source does."""
    from oms_tui.store.reads.agent_notices import count_open
    from oms_tui.store.reads.badges import badges
    from oms_tui.store.reads.health import source_health

    health = tuple(source_health(session.store, sources, session.now()))
    return Status(badges(session.store), health, count_open(session))


def most_urgent(session: Session, question: Question, not_this: int | None) -> QueueItem | None:
    """The order of a list that most needs this agent now, but the one they are on; None if none does.

    By priority, and theirs or nobody's: what is in other hands, what somebody is at work on just now, what is put aside
    and what asks for nothing is left to itself.
    """
    mine = "(owner:me OR owner:none)"
    asked = Question(f"({question.query}) {mine}" if question.query.strip() else mine)
    claimed = _claimed(session)
    after: str | None = None
    for _ in range(_PAGES_LOOKED_AT):
        page = page_of(session, asked, limit=PAGE, after=after)
        for item in page.items:
            wanted = item.priority > 0 or item.next_action
            if wanted and item.id != not_this and (item.source, item.remote_id) not in claimed:
                return item
        after = page.next
        if after is None:
            break
    return None


def _claimed(session: Session) -> set[tuple[str, str]]:
    """The orders that somebody else is at work on."""
    found = session.store.desk.execute(
        "SELECT source, remote_id FROM claims WHERE expires_at > ? AND agent NOT IN ('', ?)",
        (session.now(), session.agent.id),
    )
    return set(found.fetchall())


def found_orders(session: Session, text: str, limit: int = 12) -> tuple[QueueItem, ...]:
    """Orders by a number or part of one, for the palette."""
    from oms_tui.store.reads.queue import find_orders, items

    ids = find_orders(session.store, text)[:limit]
    return tuple(items(session.store, ids))


def order_named(session: Session, source: str, remote_id: str) -> int | None:
    """The id of an order by the name its source has for it; None if it is not in the store."""
    row = session.store.cache.execute(
        "SELECT id FROM orders WHERE source=? AND remote_id=?", (source, remote_id)
    ).fetchone()
    return int(row[0]) if row else None
