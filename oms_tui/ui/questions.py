"""What the screens ask the reader thread: functions of a session, run there, their values sent back as answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

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
    """A page of the queue, the question it answers, and (of the first page) the ``number`` of orders."""

    question: Question
    items: tuple[QueueItem, ...]
    after: str | None
    number: int | None = None


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


def page_of(session: Session, question: Question, *, limit: int = PAGE, after: str | None = None) -> Page:
    """A page of the queue."""
    from oms_tui.store.reads.queue import queue_page

    return queue_page(
        session.store,
        tree=tree_of(question.query) if question.query else None,  # the first frame does without the query language
        sort=question.sort,
        limit=limit,
        after=after,
        now=session.now(),
        zone=session.policy.zone,
        agent=session.agent.id,
    )


def queue(session: Session, question: Question, *, limit: int = PAGE, after: str | None = None) -> QueueAnswer:
    """A page, and with the first one how many orders there are.

    Raises:
        QueryError: the query cannot be read.
    """
    page = page_of(session, question, limit=limit, after=after)
    return QueueAnswer(question, page.items, page.next, None if after else _count(session, question))


def _count(session: Session, question: Question) -> int:
    from oms_tui.store.reads.queue import count

    return int(
        count(
            session.store,
            tree=tree_of(question.query) if question.query else None,
            now=session.now(),
            zone=session.policy.zone,
            agent=session.agent.id,
        )
    )


def found_by(session: Session, query: str) -> tuple[tuple[QueueItem, ...], bool]:
    """The orders a query finds, to be marked: ``MOST_MARKED`` at most, and whether there are more.

    Raises:
        QueryError: the query cannot be read.
    """
    page = page_of(session, Question(query), limit=MOST_MARKED)
    return page.items, page.next is not None


def view_count(session: Session, question: Question) -> int | None:
    """How many orders a view has, up to a thousand; None where that took too long to count."""
    from oms_tui.store.reads.view_counts import view_count as count

    tree = tree_of(question.query) if question.query else None
    return count(session.store, tree, now=session.now(), zone=session.policy.zone, agent=session.agent.id)


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
