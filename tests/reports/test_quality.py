"""How whole the sources' data are: now, and as it was on the days that the worker kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actions.acting import at, order

from oms_tui.store.quality import keep_day, standing
from oms_tui.store.reads.reports.catalogue import make

if TYPE_CHECKING:
    from sqlite3 import Connection

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

    assert ("2026-W47", "shop", "email", "came_blank", 1) in flaws(world)
    row = next(row for row in make(world.session, "quality").rows if (row.field, row.kind) == ("email", "came_blank"))
    assert (row.of, row.percent) == (2, 50.0)
    assert row.query == 'state:* source:"shop" (number:"1043")'


def test_what_is_blank_on_open_orders_is_kept_day_by_day_and_told_after_it_was_filled_in(world: World) -> None:
    world.clock.now = at("2026-11-20T14:00")
    world.orders(order(), order("1043", email=""))
    assert keep_day(world.session)
    assert ("2026-W47", "shop", "email", "blank", 1) in flaws(world)
    world.clock.now = at("2026-11-26T14:00")
    world.orders(order("1043", email="kim@firma.example"))

    found = [row for row in make(world.session, "quality").rows if (row.field, row.kind) == ("email", "blank")]

    assert [(row.week, row.count, row.of, row.percent) for row in found] == [("2026-W47", 1, 2, 50.0)]
    assert found[0].query == ""  # how many there were was kept, and not which


def test_blanks_are_looked_for_in_every_system_that_work_waits_for(world: World) -> None:
    world.orders(order())
    cache = world.session.store.cache
    order_id = cache.execute("SELECT id FROM orders").fetchone()[0]
    put(cache, "trackers", 1, source="dhl", status="in_transit", carrier="dhl", tracking_number="00340434", digest="")
    put(cache, "shipments", 2, source="depot", order_id=order_id, tracker_id=1, carrier="dhl", state="shipped")
    put(cache, "invoices", 3, source="books", order_id=order_id, kind="invoice", number="R1", status="open", total=1)
    put(cache, "purchase_orders", 4, source="vendor", order_id=order_id, number="P1", request_status="accepted")
    put(cache, "stock_levels", None, source="depot", sku="LAMP", location="main", on_hand=0, incoming=5)

    found = {(row.source, row.field): row for row in make(world.session, "quality").rows if row.kind == "blank"}

    of_order = {
        "parcel.estimated_delivery_at",
        "parcel.tracking_number",
        "invoice.due_at",
        "purchase_order.expected_at",
    }
    assert {field for _, field in found if "." in field} == of_order | {"stock.expected_at"}
    assert {found[key].of for key in found if "." in key[1]} == {1}
    assert {row.query for (_, field), row in found.items() if field in of_order} == {
        'state:* source:"shop" (number:"1042")'
    }
    assert found["depot", "stock.expected_at"].query == ""


def put(cache: Connection, table: str, key: int | None, **values: object) -> None:
    """A row of the cache; what is not said is empty, or 0."""
    row = {"id": key} if key is not None else {}
    for _, name, kind, needed, default, _ in cache.execute(f"PRAGMA table_info({table})"):
        if name not in values and name != "id" and needed and default is None:
            row[name] = 0 if "INT" in kind else ""
    row |= values
    names = ", ".join(f'"{name}"' for name in row)
    cache.execute(f"INSERT INTO {table}({names}) VALUES ({', '.join('?' * len(row))})", list(row.values()))


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

    (found,) = (each for each in standing(world.session.store) if each.kind == "conflict")

    assert found == ("shop", "total", "conflict", 1, 2)
    (row,) = (row for row in make(world.session, "quality").rows if row.kind == "conflict")
    assert row.query == 'source:"shop" conflict:total'
