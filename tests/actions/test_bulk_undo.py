"""What was done to several orders at once is taken back as one, and what cannot be is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from actions.acting import as_agent, order

from oms_tui.actions.base import Refused
from oms_tui.actions.run import run, settle
from oms_tui.store.writes.undo import undo

if TYPE_CHECKING:
    from actions.acting import World

NUMBERS = ("1042", "1043", "1044")


@pytest.fixture
def three(world: World) -> World:
    world.orders(*(order(number) for number in NUMBERS))
    return world


def owners(world: World) -> list[str]:
    settle(world.session)
    return [world.item(number).owner for number in NUMBERS]


def give(world: World, owner: str, *numbers: str) -> None:
    run(world.session, "assign", [world.id(number) for number in numbers], {"owner": owner})


def test_one_undo_takes_all_of_it_back(three: World) -> None:
    give(three, "lea", "1042")
    give(three, "ben", *NUMBERS)
    [undone] = undo(three.session)
    assert (undone.summary, len(undone.orders), undone.left) == ("assign of 3 orders", 3, ())
    assert owners(three) == ["lea", "", ""]
    [undone] = undo(three.session)
    assert owners(three) == ["", "", ""]
    assert undo(three.session) == []


def test_what_somebody_changed_since_stays_and_is_listed(three: World) -> None:
    give(three, "ben", *NUMBERS)
    run(as_agent(three.session, "lea"), "assign", [three.id("1043")], {"owner": "lea"})
    [undone] = undo(three.session)
    assert len(undone.orders) == 2
    assert undone.left == (("1043", "the order's decision has been changed since: it cannot be undone any more"),)
    assert owners(three) == ["", "lea", ""]
    assert undo(three.session) == [], "what cannot be undone does not stand in the way for ever"


def test_where_nothing_of_it_can_be_undone_that_is_said(three: World) -> None:
    give(three, "ben", *NUMBERS)
    run(as_agent(three.session, "lea"), "assign", [three.id(number) for number in NUMBERS], {"owner": "lea"})
    with pytest.raises(Refused, match="has been changed since"):
        undo(three.session)
    assert owners(three) == ["lea", "lea", "lea"]


def test_an_action_on_several_orders_counts_as_one(three: World) -> None:
    give(three, "ben", *NUMBERS)
    give(three, "lea", *NUMBERS)
    assert [len(each.orders) for each in undo(three.session, 2)] == [3, 3]
    assert owners(three) == ["", "", ""]
