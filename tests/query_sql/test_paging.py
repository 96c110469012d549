"""Going through a list page by page while it changes: nothing that stayed is lost, nothing is seen twice."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_shop import BERLIN, DAY, PlainShop, nothing

from oms_tui.domain.query import parse
from oms_tui.store.compiled_sql import CACHE_COLUMNS
from oms_tui.store.query_words import CATALOGUE
from oms_tui.store.queue_sorts import LATER
from oms_tui.store.reads import queue, queue_walk
from oms_tui.store.rows import upsert
from oms_tui.store.workspace import Workspace

if TYPE_CHECKING:
    from oms_tui.store.reads.queue import Page

TIERS = ["key", "standard", "one_off"]


def put(store: Workspace, order: int, blank: dict[str, Any], dice: random.Random) -> None:
    """An order of few different values, so that many are alike."""
    due = dice.choice([None, 5, 6])
    row = blank | {
        "order_id": order,
        "number": str(order),
        "name": dice.choice(["Anna", "bert", "Çelik"]),
        "tier": dice.choice(TIERS),
        "is_open": dice.choice([0, 1, 1]),
        "state": "open",
        "stage": dice.choice(["picking", "in_transit"]),
        "priority": dice.choice([0, 20, 20, 90]),
        "total": dice.choice([100, 200]),
        "placed_at": dice.choice([1, 2, 3]),
        "due_at": due,
        "due_sort": LATER if due is None else due,
        "promised_sort": dice.choice([7, LATER]),
        "waiting_sort": dice.choice([1, LATER]),
        "owner": dice.choice(["", "ana"]),
    }
    store.cache.execute(upsert("queue_row"), [row[column] for column in CACHE_COLUMNS["queue_row"]])


def page(
    store: Workspace, sort: str, *, limit: int = 5, after: str | None = None, query: str = "", **more: Any
) -> Page:
    tree = parse(query, CATALOGUE)
    return queue.queue_page(store, tree=tree, sort=sort, limit=limit, after=after, now=0, zone=BERLIN, **more)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    sort=st.sampled_from(sorted(queue.SORTS) + [f"-{name}" for name in queue.SORTS]),
    query=st.sampled_from(["", "tier:key", "stage:picking OR owner:ana", "-owner:ana"]),
    few=st.sampled_from([0, 2_000]),
    closed=st.sampled_from([None, True]),
)
def test_what_stays_is_seen_once_whatever_else_moves(
    tmp_path_factory: pytest.TempPathFactory, seed: int, sort: str, query: str, few: int, closed: bool | None
) -> None:
    dice = random.Random(seed)
    with Workspace(tmp_path_factory.mktemp("desk")) as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr(queue_walk, "FEW", few)
        patch.setattr(queue_walk, "SOME", few)
        blank = nothing(store.cache, "queue_row")
        blank["terms"] = blank["flags"] = "[]"
        for order in range(1, 41):
            put(store, order, blank, dice)
        wanted = [item.id for item in page(store, sort, query=query, limit=1000, include_closed=closed).items]
        moved: set[int] = set()
        seen: list[int] = []
        after = None
        while True:
            found = page(store, sort, query=query, after=after, include_closed=closed)
            seen += [item.id for item in found.items]
            if (after := found.next) is None:
                break
            order = dice.choice([dice.randint(1, 40), dice.randint(41, 60)])
            moved.add(order)
            if dice.random() < 0.3:
                store.cache.execute("DELETE FROM queue_row WHERE order_id=?", (order,))
            else:
                put(store, order, blank, dice)

    stayed = [order for order in seen if order not in moved]
    assert stayed == [order for order in wanted if order not in moved]


def test_a_cursor_belongs_to_its_list(plain: PlainShop) -> None:
    for _ in range(4):
        plain.order()
    plain.derive()
    first = page(plain.store, "due", limit=2)
    assert first.next is not None

    rubbish = [
        "",
        "x",
        "{}",
        "[]",
        '["due"]',
        '["due",0]',
        '["due",7,1,2]',
        '["due",0,null,2]',
        '["due",0,[1],2]',
        '["due",0,1,2,3,true]',
        '["due",true]',
    ]
    for cursor in [*rubbish, first.next.replace("due", "total")]:
        with pytest.raises(ValueError, match="use the `next` of an answer"):
            page(plain.store, "due", limit=2, after=cursor)
    with pytest.raises(ValueError, match="sorted by one of priority"):
        page(plain.store, "weight")
    assert json.loads(first.next)[0] == "due"
    assert len(page(plain.store, "due", limit=2, after=first.next).items) == 2


def test_a_queue_leaves_out_what_is_closed_or_put_aside_and_a_search_does_not(plain: PlainShop) -> None:
    there = plain.order("1")
    closed = plain.order("2", state="closed")
    aside = plain.order("3")
    plain.decide("order_decisions", aside, snoozed_until=plain.now + DAY)
    plain.derive()

    def found(query: str, **more: Any) -> set[int]:
        tree = parse(query, CATALOGUE)
        items = queue.queue_page(plain.store, tree=tree, now=plain.now, zone=BERLIN, **more).items
        return {item.id for item in items}

    assert found("") == {there}
    assert found("", include_closed=True) == {there, closed, aside}
    assert found("", include_closed=False) == {there, aside}
    assert found("is:snoozed") == {aside}
    assert found("state:closed") == {closed}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1001", ["1001"]),
        ("#1001", ["1001"]),
        ("shop:1001", ["1001"]),
        ("market:1001", []),
        ("r1002", ["1002"]),
        ("R-1002", ["1002"]),
        ("100", ["1001", "1002", "1003"]),
        ("", []),
        ("#", []),
        ("nothing", []),
    ],
)
def test_orders_are_found_by_what_people_call_them(plain: PlainShop, text: str, numbers: list[str]) -> None:
    for number in ("1001", "1002", "1003"):
        plain.order(number)
    plain.derive()

    found = queue.find_orders(plain.store, text)

    assert [item.number for item in queue.items(plain.store, found)] == numbers


def test_who_does_something_to_an_order_names_it_whole(plain: PlainShop) -> None:
    order = plain.order("1001")
    other = plain.order("100", source="market")
    plain.derive()

    assert queue.find_orders(plain.store, "10", whole=True) == []
    assert queue.find_orders(plain.store, "100", whole=True) == [other]
    assert queue.find_orders(plain.store, "1001", whole=True) == [order]
