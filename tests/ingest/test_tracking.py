"""What carriers say, brought together with our parcels; numbers that were handed out twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from feeding import NOW, by_number, day, order, parcel, scan

from connectors.records import OrderRef, Ref, ShipmentRecord
from oms_tui.store.reads.health import loose_records

if TYPE_CHECKING:
    from feeding import Desk

NUMBER = "00340434161094021501"


def shipped(number: str = NUMBER, of: str = "1042", remote_id: str = "s-1") -> ShipmentRecord:
    return ShipmentRecord(remote_id, OrderRef(remote_id=f"id-{of}"), "dhl", number, "shipped", shipped_at=day(1))


def told(desk: Desk) -> list[tuple[str, str | None]]:
    """Of each order with a parcel, the number and what the carrier says of it."""
    return desk.rows(
        "SELECT o.number, t.status FROM shipments s JOIN orders o ON o.id=s.order_id "
        "LEFT JOIN trackers t ON t.id=s.tracker_id ORDER BY o.number"
    )


def test_a_carriers_word_reaches_the_parcel_and_its_order_is_derived_again(desk: Desk) -> None:
    desk.feed("shop", order(), shipped())
    desk.settled()
    desk.feed("dhl", parcel(NUMBER, scan(day(1)), scan(day(2), "out_for_delivery")))

    assert told(desk) == [("1042", "out_for_delivery")]
    assert desk.dirty() == {"1042"}


def test_it_does_not_matter_whether_carrier_shop_or_order_speaks_first(desk: Desk) -> None:
    desk.feed("dhl", parcel(NUMBER, scan(day(1)), scan(day(2), "delivered")))
    desk.feed("shop", shipped())
    desk.feed("shop", order())

    assert told(desk) == [("1042", "delivered")]


def test_scans_add_up_though_the_carrier_forgets_the_old_ones(desk: Desk) -> None:
    desk.feed("dhl", parcel(NUMBER, scan(day(1), "picked_up"), scan(day(2))))
    desk.feed("dhl", parcel(NUMBER, scan(day(2)), scan(day(3), "out_for_delivery")))

    assert [status for (status,) in desk.rows("SELECT status FROM tracking_events ORDER BY occurred_at")] == [
        *("picked_up", "in_transit", "out_for_delivery")
    ]
    assert desk.rows("SELECT status FROM trackers") == [("out_for_delivery",)]


def test_a_late_old_scan_does_not_reopen_a_delivered_parcel(desk: Desk) -> None:
    desk.feed("shop", order(), shipped())
    desk.feed("dhl", parcel(NUMBER, scan(day(1)), scan(day(3), "delivered")))
    desk.feed("dhl", parcel(NUMBER, scan(day(2), "out_for_delivery"), scan(day(3), "delivered"), status="delivered"))
    assert told(desk) == [("1042", "delivered")]

    desk.feed("dhl", parcel(NUMBER, scan(day(4), "returning")))
    assert told(desk) == [("1042", "returning")]


def test_when_a_scan_was_first_read_never_moves(desk: Desk) -> None:
    desk.feed("dhl", parcel(NUMBER, scan(day(2))))
    desk.feed("dhl", parcel(NUMBER, scan(day(1)), scan(day(2)), scan(day(3))))

    assert desk.rows("SELECT recorded_at FROM tracking_events ORDER BY occurred_at") == [
        (NOW + 2000,),
        (NOW + 1000,),
        (NOW + 2000,),
    ]


def test_the_same_word_again_changes_nothing(desk: Desk) -> None:
    desk.feed("shop", order(), shipped())
    word = parcel(NUMBER, scan(day(1)), scan(day(2), reason="customs_delay", status="exception"), delayed=True)
    desk.feed("dhl", word)
    desk.settled()
    before = desk.content()

    took = desk.feed("dhl", word)

    assert took.changed == 0
    assert desk.content() == before
    assert desk.dirty() == set()
    assert desk.rows("SELECT synced_at FROM trackers") == [(NOW + 3000,)]


def test_the_carriers_offset_is_kept(desk: Desk) -> None:
    tokyo = timezone(timedelta(hours=9))
    desk.feed("dhl", parcel(NUMBER, scan(datetime(2026, 5, 5, 8, 30, tzinfo=tokyo))))

    at = int(datetime(2026, 5, 4, 23, 30, tzinfo=UTC).timestamp() * 1000)
    assert desk.rows("SELECT occurred_at, offset_minutes FROM tracking_events") == [(at, 540)]


def test_a_number_handed_out_again_belongs_to_the_order_of_its_time(desk: Desk) -> None:
    """The same number, a year apart: each order sees its own parcel, and neither the other's."""
    desk.feed("shop", order("1", placed_at=day(-400)), shipped(of="1", remote_id="s-old"))
    desk.feed("shop", order("2", placed_at=day(0)), shipped(of="2", remote_id="s-new"))
    desk.feed("dhl", parcel(NUMBER, scan(day(-399)), scan(day(-397), "delivered")))
    desk.feed("dhl", parcel(NUMBER, scan(day(1), "pre_transit"), scan(day(2))))

    assert told(desk) == [("1", "delivered"), ("2", "in_transit")]
    assert desk.one("SELECT count(*) FROM trackers") == 2


def test_an_old_parcel_never_attaches_to_an_order_placed_after_it_was_delivered(desk: Desk) -> None:
    desk.feed("shop", order(placed_at=day(0)), shipped())
    desk.feed("dhl", parcel(NUMBER, scan(day(-100)), scan(day(-97), "delivered")))

    assert told(desk) == [("1042", None)]


def test_a_word_about_the_old_parcel_says_nothing_of_the_new_one(desk: Desk) -> None:
    old = parcel(NUMBER, scan(day(-399)), scan(day(-397), "delivered"), remote_id="trk_old")
    new = parcel(NUMBER, scan(day(1), "pre_transit"), scan(day(2)), remote_id="trk_new")
    desk.feed("shop", order("1", placed_at=day(-400)), shipped(of="1", remote_id="s-old"))
    desk.feed("shop", order("2", placed_at=day(0)), shipped(of="2", remote_id="s-new"))
    desk.feed("dhl", old, new)
    desk.feed("dhl", old)

    assert told(desk) == [("1", "delivered"), ("2", "in_transit")]
    assert {name for (name,) in desk.rows("SELECT remote_id FROM trackers")} == {"trk_old", "trk_new"}


def test_another_carriers_parcel_of_the_same_number_is_left_alone(desk: Desk) -> None:
    desk.feed("shop", order(), shipped("123456789012"))
    desk.feed("gls", parcel("123456789012", scan(day(1)), carrier="gls"))

    assert told(desk) == [("1042", None)]


def test_a_number_is_one_however_it_is_grouped(desk: Desk) -> None:
    desk.feed("shop", order(), shipped("0034 0434 1610 9402 1501"))
    desk.feed("dhl", parcel("00340434161094021501", scan(day(1))))

    assert told(desk) == [("1042", "in_transit")]


def test_a_parcel_only_the_carrier_knows_is_on_the_order_it_names(desk: Desk) -> None:
    desk.feed("dhl", parcel(NUMBER, scan(day(1)), order=by_number("1042")))
    desk.feed("shop", order())

    assert told(desk) == [("1042", "in_transit")]
    assert desk.keys("1042", "tracking") == {NUMBER}


def test_it_makes_way_for_the_parcel_the_shop_tells_of(desk: Desk) -> None:
    desk.feed("shop", order())
    desk.feed("dhl", parcel(NUMBER, scan(day(1)), order=by_number("1042")))
    desk.feed("shop", shipped())

    assert told(desk) == [("1042", "in_transit")]
    assert loose_records(desk.store) == []

    desk.feed("shop", deleted=(Ref("shipment", "s-1"),))
    assert told(desk) == [("1042", "in_transit")]


def test_a_parcel_without_scans_is_attached_and_gets_its_scans_later(desk: Desk) -> None:
    desk.feed("shop", order(), shipped())
    desk.feed("dhl", parcel(NUMBER, status="pre_transit", remote_id="trk_1"))
    assert told(desk) == [("1042", "pre_transit")]

    desk.feed("dhl", parcel(NUMBER, scan(day(1)), remote_id="trk_1"))
    assert told(desk) == [("1042", "in_transit")]
    assert desk.one("SELECT count(*) FROM trackers") == 1


def test_codes_no_map_knows_are_counted_and_the_status_stays_unknown(desk: Desk) -> None:
    for _ in range(2):
        desk.feed("dhl", parcel(NUMBER, scan(day(1), "teleported"), unmapped=("TP/9",)))

    assert desk.rows("SELECT status FROM trackers") == [("unknown",)]
    assert desk.rows("SELECT field, code, times FROM unmapped_codes ORDER BY field, code") == [
        ("tracking code", "TP/9", 2),
        ("tracking status", "teleported", 4),
    ]


def test_a_tracker_that_is_gone_leaves_the_parcel_and_takes_its_word_back(desk: Desk) -> None:
    desk.feed("shop", order(), shipped())
    desk.feed("dhl", parcel(NUMBER, scan(day(1)), remote_id="trk_1"))
    desk.settled()
    desk.feed("dhl", deleted=(Ref("tracking", "trk_1"),))

    assert told(desk) == [("1042", None)]
    assert desk.rows("SELECT * FROM tracking_events") == []
    assert desk.dirty() == {"1042"}
