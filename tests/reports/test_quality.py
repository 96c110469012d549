"""How whole the sources' data are: now, and as it was on the days that the worker kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actions.acting import at, order

from oms_tui.store.quality import keep_day, standing
from oms_tui.store.reads.reports.catalogue import make

if TYPE_CHECKING:
    from actions.acting import World


def flaws(world: World) -> list[tuple[str, str, str, str, int]]:
    return [(row.week, row.source, row.field, row.kind, row.count) for row in make(world.session, "quality").rows]


def unread(world: World, code: str) -> None:
    world.session.store.cache.execute(
        "INSERT INTO unmapped_codes(source, field, code, times, last_seen_at) VALUES ('shop', 'status', ?, 3, ?)",
        (code, world.clock.now),
    )


def test_a_blank_counts_in_the_week_the_order_was_placed(world: World) -> None:
    world.orders(order(), order("1043", email=""))

    assert ("2026-W47", "shop", "email", "blank", 1) in flaws(world)
    row = next(row for row in make(world.session, "quality").rows if row.field == "email")
    assert (row.of, row.percent) == (2, 50.0)


def test_what_stood_last_week_is_told_after_it_was_mended_and_the_cache_made_anew(world: World) -> None:
    world.clock.now = at("2026-11-20T14:00")
    unread(world, "odd")
    unread(world, "odder")
    assert keep_day(world.session)
    world.session.store.cache.execute("DELETE FROM unmapped_codes")
    world.clock.now = at("2026-11-26T14:00")
    unread(world, "odd")

    assert flaws(world) == [
        ("2026-W48", "shop", "status", "unmapped", 1),
        ("2026-W47", "shop", "status", "unmapped", 2),
    ]


def test_a_day_is_kept_once(world: World) -> None:
    unread(world, "odd")
    assert keep_day(world.session)
    unread(world, "odder")
    assert not keep_day(world.session)
    assert world.session.store.desk.execute("SELECT day, times FROM quality_days").fetchall() == [("2026-11-26", 1)]


def test_a_faultless_day_ends_what_stood_before_it(world: World) -> None:
    world.clock.now = at("2026-11-18T14:00")
    unread(world, "odd")
    keep_day(world.session)
    world.session.store.cache.execute("DELETE FROM unmapped_codes")
    world.clock.now = at("2026-11-19T14:00")
    assert keep_day(world.session)
    assert not keep_day(world.session)
    world.clock.now = at("2026-11-26T14:00")

    assert flaws(world) == []


def test_a_conflict_stands_beside_the_open_orders_of_its_source(world: World) -> None:
    world.orders(order(), order("1043", email="kim@firma.example"))
    world.session.store.cache.execute("UPDATE queue_row SET conflicts=1, conflict_fields=' total ' WHERE number='1043'")

    (found,) = standing(world.session.store)

    assert found == ("shop", "total", "conflict", 1, 2)
