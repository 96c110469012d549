"""Whether customers were answered in time: first and later answers, solutions, and the business time between."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from actions.acting import HOURS, at, moment, order

from oms_tui.domain.policy import TierPolicy
from oms_tui.store.reads.reports.catalogue import make
from oms_tui.store.reads.reports.turns import Meter

if TYPE_CHECKING:
    from actions.acting import World

    from oms_tui.store.reads.reports.sla import Kept


@pytest.fixture
def promising(world: World) -> World:
    """Standard customers are promised all three clocks."""
    tier = TierPolicy(
        "standard",
        first_response=timedelta(hours=2),
        next_response=timedelta(hours=1),
        resolution=timedelta(hours=4),
    )
    world.session = replace(world.session, policy=replace(world.session.policy, tiers=(tier,)))
    return world


def clocks(world: World) -> dict[str, Kept]:
    return {row.clock: row for row in make(world.session, "sla").rows}


def letter_at(world: World, moment: str, name: str, **more: object) -> None:
    now = world.clock.now
    world.clock.now = at(moment)
    world.letter(name, **more)
    world.clock.now = now


def answer_at(world: World, moment: str, name: str, answers: str) -> None:
    letter_at(world, moment, name, sender="support@shop.example", to=["jan@firma.example"], answers=[answers])


def test_an_answer_over_lunch_is_told_in_business_time(promising: World) -> None:
    promising.orders(order())
    letter_at(promising, "2026-11-25T11:30", "a@firma.example")
    answer_at(promising, "2026-11-25T13:30", "b@shop.example", "a@firma.example")

    first = clocks(promising)["first_response"]

    assert (first.week, first.tier, first.asked, first.met, first.late) == ("2026-W48", "standard", 1, 1, 0)
    assert first.median == 3600  # half an hour before lunch, half an hour after it
    assert first.promised == 7200
    assert first.met_percent == 100.0


def test_who_still_waits_beyond_the_promise_is_late_and_who_does_not_yet_is_open(promising: World) -> None:
    promising.orders(order(), order("1043", email="kim@firma.example"))
    letter_at(promising, "2026-11-25T09:00", "a@firma.example")
    letter_at(promising, "2026-11-26T13:30", "c@firma.example", sender="kim@firma.example", subject="Order #1043?")

    first = clocks(promising)["first_response"]

    assert (first.asked, first.met, first.late, first.open) == (2, 0, 1, 1)
    assert first.median is None


def test_a_later_question_has_a_clock_of_its_own_and_all_waits_make_the_solutions(promising: World) -> None:
    promising.orders(order())
    letter_at(promising, "2026-11-25T09:00", "a@firma.example")
    answer_at(promising, "2026-11-25T10:00", "b@shop.example", "a@firma.example")
    letter_at(promising, "2026-11-25T13:00", "c@firma.example", answers=["a@firma.example", "b@shop.example"])
    answer_at(promising, "2026-11-25T16:30", "d@shop.example", "c@firma.example")

    found = clocks(promising)

    assert found["first_response"].met == 1
    assert (found["next_response"].met, found["next_response"].late) == (0, 1)
    assert found["next_response"].median == 3.5 * 3600
    assert (found["resolution"].asked, found["resolution"].late) == (1, 1)  # 4.5 hours of waiting, four were promised


def test_a_machines_mail_asks_nothing(promising: World) -> None:
    promising.orders(order())
    letter_at(promising, "2026-11-25T09:00", "a@firma.example", auto="auto-replied")

    assert make(promising.session, "sla").rows == ()


def test_the_meter_agrees_with_the_business_hours() -> None:
    first, last = at("2026-11-01T00:00"), at("2026-12-30T00:00")
    meter = Meter(HOURS, first, last)
    for start, end in (
        ("2026-11-06T17:00", "2026-11-09T09:30"),  # over a weekend
        ("2026-12-24T16:00", "2026-12-28T10:00"),  # over a holiday
        ("2026-11-25T12:10", "2026-11-25T12:50"),  # a lunch
        ("2026-11-25T10:00", "2026-11-25T10:00"),
    ):
        between = HOURS.between(moment(at(start)), moment(at(end))).total_seconds()
        assert meter.seconds(at(start), at(end)) == between, (start, end)
