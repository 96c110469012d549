"""The change feed as a screen follows it, and the counts of the top bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.store.reads.badges import badges
from oms_tui.store.reads.changes import EVERYTHING, KEPT, Feed, trim
from oms_tui.store.workspace import Workspace

if TYPE_CHECKING:
    from plain_shop import PlainShop


def told(feed: Feed) -> list[tuple[str, int]]:
    return [(change.kind, change.ref) for change in feed.poll()]


def test_a_screen_hears_of_every_order_that_reads_otherwise_once(plain: PlainShop) -> None:
    with Workspace(plain.store.folder) as desk:  # another process's connections
        feed = Feed(desk)
        assert told(feed) == []
        one, other = plain.order("1"), plain.order("2")
        plain.derive()
        plain.decide("order_decisions", one, owner="ana")
        plain.derive()

        assert told(feed) == [("order", other), ("order", one), ("order", 0)]  # the last is the desk's own line
        assert told(feed) == []


def test_what_was_there_before_is_no_news(plain: PlainShop) -> None:
    plain.order()
    plain.derive()

    assert told(Feed(plain.store)) == []


def test_its_own_writes_are_heard_as_well(plain: PlainShop) -> None:
    feed = Feed(plain.store)
    order = plain.order()
    plain.derive()

    assert ("order", order) in told(feed)


def test_very_much_at_once_means_read_everything_again(plain: PlainShop) -> None:
    feed = Feed(plain.store)
    plain.store.cache.executemany(
        "INSERT INTO change_log(kind, ref) VALUES ('message', ?)", [(n,) for n in range(2500)]
    )

    assert told(feed) == [(EVERYTHING, 0)]
    assert told(feed) == []


def test_a_batch_of_many_orders_is_one_line(plain: PlainShop) -> None:
    feed = Feed(plain.store)
    for _ in range(120):
        plain.order()
    plain.derive()

    assert told(feed) == [(EVERYTHING, 0)]


def test_the_feed_is_trimmed_and_goes_on_counting(plain: PlainShop) -> None:
    cache = plain.store.cache
    rows = [(number, number) for number in range(1, KEPT + 101)]
    cache.executemany("INSERT INTO change_log(seq, kind, ref) VALUES (?, 'message', ?)", rows)
    feed = Feed(plain.store)

    trim(cache)

    assert cache.execute("SELECT count(*), min(seq), max(seq) FROM change_log").fetchone() == (KEPT, 101, KEPT + 100)
    cache.execute("INSERT INTO change_log(kind, ref) VALUES ('message', 7)")
    assert told(feed) == [("message", 7)]


def test_the_top_bar_counts_orders_calls_and_what_leaves(plain: PlainShop) -> None:
    one = plain.order("1")
    plain.order("2")
    plain.order("3", state="closed")
    plain.decide("tasks", one, kind="milestone_call", milestone="paid", state="open", due_at=plain.now)
    for state in ("held", "in_doubt", "failed", "sent", "filed"):
        plain.decide("outbox", one, kind="mail", state=state)
    plain.derive()

    found = badges(plain.store)

    assert (found.open, found.calls_due, found.outbox, found.needs_decision) == (2, 1, 3, 2)
