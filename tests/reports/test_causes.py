"""What hurts customers, by customers, tier and days; and what people did otherwise than set."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from actions.acting import at, moment, order

from oms_tui.domain.policy import TierPolicy
from oms_tui.store.reads.reports.behind import Named, query_of
from oms_tui.store.reads.reports.catalogue import make
from oms_tui.store.settle import settle

if TYPE_CHECKING:
    from actions.acting import World

    from connectors.records import OrderRecord


def late(number: str, since: str) -> OrderRecord:
    return order(number, email=f"c{number}@firma.example", promised_at=moment(at(since)))


def test_a_cause_scores_customers_times_tier_times_days(world: World) -> None:
    tiers = (TierPolicy("key", when="tag:contract"), TierPolicy("standard"))
    world.session = replace(world.session, policy=replace(world.session.policy, tiers=tiers))
    world.orders(late("1042", "2026-11-24T12:00"), late("1043", "2026-11-22T12:00"))

    (cause,) = make(world.session, "causes").rows

    assert cause.cause == "unexplained"
    assert (cause.customers, cause.order_count) == (2, 2)
    assert (cause.days, cause.score) == (2 + 4, 2 + 4)
    assert set(cause.orders) == {"1042", "1043"}
    assert "standard 1" in make(world.session, "causes").formula
    assert "key 5" in make(world.session, "causes").formula


def test_a_reason_set_here_is_the_cause_and_its_query_finds_the_orders(world: World) -> None:
    world.orders(late("1042", "2026-11-24T12:00"), late("1043", "2026-11-22T12:00"))
    world.do("set_delay_reason", "1042", reason="warehouse_backlog")
    settle(world.session.store, world.session.policy, world.clock.now)
    world.derive()
    found = {row.cause: row for row in make(world.session, "causes").rows}

    assert set(found) == {"unexplained", "warehouse_backlog"}
    assert found["warehouse_backlog"].query == 'state:* source:"shop" (number:"1042")'


def test_a_tiers_weight_is_the_houses_to_set_and_stands_in_the_formula(world: World) -> None:
    tiers = (TierPolicy("standard", weight=7), TierPolicy("priority"), TierPolicy("partner"))
    world.session = replace(world.session, policy=replace(world.session.policy, tiers=tiers))
    world.orders(late("1042", "2026-11-24T12:00"))

    report = make(world.session, "causes")

    assert report.rows[0].score == 7 * 2
    assert "Weights: standard 7, priority 3, partner 1 (" in report.formula


def test_a_cause_is_told_over_time_by_the_days_that_lie_in_each_week(world: World) -> None:
    world.orders(late("1042", "2026-11-19T12:00"), late("1043", "2026-11-24T12:00"))  # a Thursday, a Tuesday

    (whole,) = make(world.session, "causes", weeks=3).rows
    now, before = make(world.session, "causes", weeks=3, by="week").rows

    assert (whole.week, whole.score, whole.over_time) == ("", 7 + 2, (0, 3, 6))  # of 1042 Friday to Sunday
    assert (before.week, before.score, before.customers, before.orders) == ("2026-W47", 3, 1, ("1042",))
    assert (now.week, now.score, now.customers, now.order_count) == ("2026-W48", 4 + 2, 2, 2)
    assert now.over_time == ()


def test_two_shops_orders_of_one_number_are_told_apart(world: World) -> None:
    assert query_of([Named(2, "shop", "1042"), Named(1, "outlet", '10"42'), Named(2, "shop", "1042")]) == (
        'state:* ((source:"outlet" (number:"10\\"42")) OR (source:"shop" (number:"1042")))'
    )
    assert query_of([]) == ""


def test_informal_steps_are_counted_by_step_and_week_with_their_reasons(world: World) -> None:
    world.orders(order())
    world.do("close", "1042", reason="settled by phone")
    world.do("reopen", "1042", reason="they called again")
    world.do("escalate", "1042", agent="ana", to="lea", why="they threaten to leave")

    rows = make(world.session, "workflow").rows

    assert {("reopened", "close", 1), ("escalated", "lead", 1)} <= {(row.kind, row.step, row.times) for row in rows}
    assert {row.week for row in rows if row.times} == {"2026-W48"}
    assert {row.query for row in rows if row.times} == {'state:* source:"shop" (number:"1042")'}


def test_what_is_not_the_same_for_all_products_and_customers_is_listed_with_its_query(world: World) -> None:
    queries = (
        ("rule", "glass", "sku:VASE-* state:open"),
        ("view", "Late", "ship:late"),
        ("view", "Gifts", "tag:gift"),
    )
    tiers = (TierPolicy("key", when="tag:contract"), TierPolicy("standard"))
    policy = replace(world.session.policy, queries=queries, tiers=tiers)
    world.session = replace(world.session, policy=policy)

    rows = make(world.session, "workflow").rows

    assert [(row.week, row.kind, row.step, row.what) for row in rows] == [
        ("", "difference: tier", "key", "tag:contract"),
        ("", "difference: rule", "glass", "sku:VASE-* state:open"),
        ("", "difference: view", "Gifts", "tag:gift"),
    ]
