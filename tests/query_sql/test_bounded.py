"""Pages that look at so many orders and stop: one behind the other they are the list, whole and in its order."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain_shop import BERLIN, DAY, nothing
from test_paging import put

from oms_tui.domain.query import parse
from oms_tui.store import driver
from oms_tui.store.driver import TooMuch, at_most
from oms_tui.store.query_words import CATALOGUE
from oms_tui.store.reads import queue, queue_walk
from oms_tui.store.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plain_shop import PlainShop

QUERIES = [
    "tier:key", "-tier:key", "state:open", "state:open NOT tier:key", "state:open -owner:ana tier:standard",
    "state:open (owner:ana OR tier:key) -stage:picking", "total:>1", "state:open total:2", "customer.spend:<20",
    "is:closed", "number:*2*", "-number:*2*", "state:open nothing", "has:email OR tier:key", "state:closed",
]  # fmt: skip


@pytest.fixture(scope="module")
def alike(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Orders of few different values: many have the same, so that pages end among equals."""
    dice = random.Random(11)
    with Workspace(tmp_path_factory.mktemp("desk")) as store:
        blank = nothing(store.cache, "queue_row")
        blank["terms"] = blank["flags"] = "[]"
        for order in range(1, 121):
            put(store, order, blank, dice)
            key = ("number", str(order), order, str(order)[::-1])
            store.cache.execute("INSERT INTO order_keys(kind, value, order_id, reversed) VALUES (?,?,?,?)", key)
        yield store


def whole(store: Workspace, query: str, sort: str, **more: Any) -> list[int]:
    asked = {"tree": parse(query, CATALOGUE), "sort": sort, "now": 0, "zone": BERLIN, "agent": "ana"}
    return [item.id for item in queue.queue_page(store, limit=1000, **asked, **more).items]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=st.sampled_from(QUERIES),
    sort=st.sampled_from(sorted(queue.SORTS) + [f"-{name}" for name in queue.SORTS]),
    look_at=st.sampled_from([1, 2, 7, 40, 1000]),
    limit=st.sampled_from([1, 3, 10, 500]),
    few=st.sampled_from([0, 5, 2_000]),
    stretch=st.sampled_from([1, 3, 1000]),
    glance=st.sampled_from([0, 5]),
    closed=st.sampled_from([None, True, False]),
)
def test_what_is_read_in_steps_is_the_list_read_at_once(
    alike: Workspace, query: str, sort: str, look_at: int, limit: int, few: int, stretch: int, glance: int,
    closed: bool | None,
) -> None:  # fmt: skip
    tree = parse(query, CATALOGUE)
    wanted = whole(alike, query, sort, include_closed=closed)
    seen: list[int] = []
    looked = 0
    after = None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queue_walk, "FEW", few)
        patch.setattr(queue_walk, "SOME", few)
        patch.setattr(queue_walk, "GLANCE", glance)
        patch.setattr(queue_walk, "_FIRST_STRETCH", stretch)
        for _ in range(2000):
            page = queue.queue_page(
                alike, tree=tree, sort=sort, limit=limit, after=after, now=0, zone=BERLIN, agent="ana",
                include_closed=closed, look_at=look_at,
            )  # fmt: skip
            assert page.looked <= look_at
            assert page.cut or page.next is None or len(page.items) == limit, "short for no reason"
            seen += [item.id for item in page.items]
            looked += page.looked
            after = page.next
            if after is None:
                break
    assert after is None, "it never ends"
    assert seen == wanted
    assert looked <= 2 * 120, "the same orders are not walked by again and again"


def test_a_page_looks_at_no_more_than_it_was_given(alike: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_walk, "FEW", 3)
    monkeypatch.setattr(queue_walk, "SOME", 3)
    monkeypatch.setattr(queue_walk, "GLANCE", 0)
    tree = parse("state:open NOT tier:key NOT tier:standard NOT tier:one_off", CATALOGUE)
    read: list[int] = []
    alike.cache.create_function("seen", 1, lambda order: read.append(order) or 1)
    monkeypatch.setattr(queue, "_awake", lambda *_: "seen(q.order_id)")

    page = queue.queue_page(alike, tree=tree, now=0, zone=BERLIN, look_at=25)

    assert (page.items, page.looked, page.cut) == ((), 25, True)
    assert len(read) <= 25
    assert not whole(alike, "state:open NOT tier:key NOT tier:standard NOT tier:one_off", "priority")


def test_what_an_index_tells_only_with_patience_is_asked_once_a_page_was_cut(
    alike: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "_STEPS_A_LOOK", 1)
    monkeypatch.setattr(queue, "EFFORT", 10)
    asked: dict[str, Any] = {"tree": parse("number:*11*", CATALOGUE), "now": 0, "zone": BERLIN, "look_at": 20}
    first = queue.queue_page(alike, **asked)
    assert first.cut
    second = queue.queue_page(alike, after=first.next, **asked)
    assert (second.looked, second.cut, second.next) == (0, False, None)

    monkeypatch.setattr(queue, "PATIENCE", 10)
    steps = [queue.queue_page(alike, **asked)]
    while steps[-1].next:
        steps.append(queue.queue_page(alike, after=steps[-1].next, **asked))
    assert len(steps) > 2
    assert [item.id for step in steps for item in step.items] == [item.id for item in first.items + second.items]


def test_what_is_not_told_how_much_to_look_at_is_whole(alike: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_walk, "FEW", 0)
    monkeypatch.setattr(queue_walk, "SOME", 0)
    page = queue.queue_page(alike, tree=parse("number:*12", CATALOGUE), now=0, zone=BERLIN, include_closed=True)
    assert sorted(item.number for item in page.items) == ["112", "12"]
    assert (page.next, page.cut) == (None, False)


def test_an_index_that_takes_too_long_is_given_up_and_the_list_walked(
    plain: PlainShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(60):
        plain.order(str(number), placed_at=plain.now - number * DAY)
    plain.derive()
    monkeypatch.setattr(queue, "EFFORT", 1)
    monkeypatch.setattr(driver, "_STEPS_A_LOOK", 1)
    tree = parse("number:*1*", CATALOGUE)
    asked: dict[str, Any] = {"tree": tree, "now": plain.now, "zone": BERLIN}
    texts: list[str] = []
    plain.store.cache.set_trace_callback(texts.append)
    page = queue.queue_page(plain.store, look_at=1000, **asked)
    plain.store.cache.set_trace_callback(None)

    assert any("INDEXED BY queue_row_priority" in text for text in texts), "it was walked"
    monkeypatch.undo()
    assert page.items == queue.queue_page(plain.store, **asked).items
    assert len(page.items) == 15


def test_steps_run_out_and_the_connection_goes_on(alike: Workspace) -> None:
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT max(i) FROM n"
    with pytest.raises(TooMuch), at_most(alike.cache, 5_000):
        alike.cache.execute(many).fetchone()
    assert alike.cache.execute(many).fetchone() == (100_000,)
    with at_most(alike.cache, 5_000_000):
        assert alike.cache.execute(many).fetchone() == (100_000,)
    with pytest.raises(driver.OperationalError, match="no such table"), at_most(alike.cache, 5_000):
        alike.cache.execute("SELECT * FROM nowhere")


def test_a_count_that_takes_too_long_is_not_told(alike: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "_STEPS_A_LOOK", 1)
    tree = parse("-number:*2*", CATALOGUE)
    asked: dict[str, Any] = {"tree": tree, "now": 0, "zone": BERLIN, "include_closed": True}
    assert queue.count(alike, effort=50, **asked) is None
    assert queue.count(alike, effort=5_000_000, **asked) == queue.count(alike, **asked)
    assert queue.count(alike, most=7, **asked) == 7
    assert queue.count(alike, most=None, **asked) == queue.count(alike, **asked)
