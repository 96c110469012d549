"""A parcel's life as its scans tell it, in whatever order they come."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain.tracking import Parcel, Scan, belongs, fold, in_order, is_delayed, life_of, lives, stuck
from oms_tui.domain.vocabulary import TRACKING_TERMINAL, TrackingStatus, values

MONDAY = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
STATUSES = values(TrackingStatus)


def at(hours: float, status: str, reason: str = "", *, delayed: bool = False, text: str = "") -> Scan:
    return Scan(MONDAY + timedelta(hours=hours), status, reason=reason, delayed=delayed, text=text)


scans = st.builds(
    Scan,
    occurred_at=st.integers(0, 400).map(lambda hours: MONDAY + timedelta(hours=hours)),
    status=st.sampled_from(STATUSES),
    raw_code=st.sampled_from(("", "A", "B")),
    text=st.sampled_from(("", "scan")),
    reason=st.sampled_from(("", "consignee_refused", "carrier_parcel_lost")),
    delayed=st.booleans(),
)


def test_a_parcel_from_label_to_door() -> None:
    parcel = fold(
        [at(0, "pre_transit"), at(5, "picked_up"), at(9, "in_transit"), at(30, "out_for_delivery"), at(34, "delivered")]
    )
    assert (parcel.status, parcel.ended, parcel.attempts) == ("delivered", True, 0)
    assert parcel.picked_up_at == MONDAY + timedelta(hours=5)
    assert parcel.delivered_at == parcel.changed_at == MONDAY + timedelta(hours=34)
    assert parcel.first_event_at == MONDAY


def test_a_scan_older_than_the_delivery_does_not_reopen_the_parcel() -> None:
    delivered = [at(5, "in_transit"), at(34, "delivered")]
    for late in ("in_transit", "out_for_delivery", "exception", "returning", "delivery_attempted"):
        assert fold([*delivered, at(20, late)]).status == "delivered"


def test_a_newer_scan_that_it_comes_back_does_reopen_it() -> None:
    assert fold([at(34, "delivered"), at(60, "returning")]).status == "returning"
    assert fold([at(34, "delivered"), at(60, "returning"), at(99, "returned")]).status == "returned"


def test_a_newer_scan_of_a_depot_does_not() -> None:
    assert fold([at(34, "delivered"), at(35, "in_transit", text="end of day")]).status == "delivered"


def test_the_carriers_offset_decides_what_is_newer_not_the_digits_of_the_clock() -> None:
    berlin = Scan(datetime(2026, 11, 17, 9, 30, tzinfo=timezone(timedelta(hours=1))), "delivered")
    utc = Scan(datetime(2026, 11, 17, 9, 0, tzinfo=UTC), "returning")
    assert in_order([utc, berlin]) == (berlin, utc)
    assert fold([utc, berlin]).status == "returning"
    assert in_order([berlin])[0].occurred_at.utcoffset() == timedelta(hours=1), "kept as given"


def test_two_failed_attempts_are_counted_once_each() -> None:
    parcel = fold(
        [at(30, "delivery_attempted", "consignee_not_home"), at(54, "delivery_attempted"), at(54, "delivery_attempted")]
    )
    assert (parcel.status, parcel.attempts, parcel.reason) == ("delivery_attempted", 2, "consignee_not_home")


def test_a_reason_goes_when_the_parcel_moves_again() -> None:
    held = [at(10, "exception", "customs_documentation")]
    assert fold(held).reason == "customs_documentation"
    assert fold([*held, at(20, "in_transit")]).reason == ""


def test_a_lost_parcel_that_turns_up_is_on_its_way_again() -> None:
    lost = [at(10, "in_transit"), at(200, "exception", "carrier_parcel_lost")]
    assert fold(lost).softly_ended
    assert fold(lost).ended
    assert fold([*lost, at(300, "in_transit")]).status == "in_transit"
    assert not fold([at(200, "exception", "customs_delay")]).ended


def test_expired_is_about_us_not_hearing_and_ends_with_the_next_scan() -> None:
    silent = fold([at(10, "in_transit")], reported="expired")
    assert (silent.status, silent.ended) == ("expired", True)
    assert fold([at(10, "delivered")], reported="expired").status == "delivered"
    assert fold([at(10, "in_transit"), at(900, "expired"), at(901, "out_for_delivery")]).status == "out_for_delivery"


@pytest.mark.parametrize(
    ("scanned", "reported", "status"),
    [
        ([], "pre_transit", "pre_transit"),
        ([], "unknown", "unknown"),
        (["in_transit"], "delivered", "delivered"),
        (["in_transit"], "returning", "returning"),
        (["out_for_delivery"], "in_transit", "out_for_delivery"),
        (["delivered"], "in_transit", "delivered"),
        (["delivered"], "returned", "returned"),
        (["returned"], "delivered", "returned"),
        (["unknown"], "in_transit", "in_transit"),
    ],
)
def test_the_carriers_headline_decides_only_where_the_scans_do_not(
    scanned: list[str], reported: str, status: str
) -> None:
    assert fold([at(n, word) for n, word in enumerate(scanned)], reported=reported).status == status


def test_late_by_the_carriers_word_until_it_catches_up() -> None:
    late = [at(10, "in_transit", "weather_delay", delayed=True), at(12, "in_transit")]
    assert is_delayed(fold(late), now=MONDAY)
    assert fold(late).reason == "weather_delay"
    assert not is_delayed(fold([*late, at(20, "out_for_delivery")]), now=MONDAY)


def test_late_when_the_estimate_or_the_promise_has_passed() -> None:
    underway = fold([at(1, "in_transit")])
    friday, saturday = MONDAY + timedelta(days=4), MONDAY + timedelta(days=5)
    assert not is_delayed(underway, now=friday, estimated_at=saturday, promised_at=saturday)
    assert is_delayed(underway, now=saturday, estimated_at=friday)
    assert is_delayed(underway, now=saturday, promised_at=friday)
    assert not is_delayed(fold([at(1, "delivered")]), now=saturday, promised_at=friday)
    assert is_delayed(fold([at(1, "in_transit")], reported="expired"), now=saturday, promised_at=friday)


@pytest.mark.parametrize(
    ("status", "days", "hint"),
    [
        ("pre_transit", 3, "never_handed_over"),
        ("pre_transit", 1, ""),
        ("picked_up", 3, "at_origin"),
        ("in_transit", 3, ""),
        ("in_transit", 6, "silent"),
        ("available_for_pickup", 6, "waiting_at_pickup_point"),
        ("delivered", 60, ""),
        ("exception", 60, ""),
    ],
)
def test_where_a_parcel_hangs(status: str, days: int, hint: str) -> None:
    assert stuck(fold([at(0, status)]), now=MONDAY + timedelta(days=days)) == hint


def test_a_parcel_never_scanned_hangs_nowhere_we_could_know() -> None:
    assert stuck(Parcel(), now=MONDAY) == ""


def test_an_old_parcel_with_the_same_number_is_not_the_new_orders() -> None:
    placed = MONDAY
    assert not belongs(placed, placed - timedelta(days=200))
    assert not belongs(placed, placed - timedelta(days=2))
    assert belongs(placed, placed - timedelta(hours=14)), "an offset left out is no proof"
    assert belongs(placed, placed + timedelta(days=30))
    assert belongs(placed, None)
    assert not belongs(placed, placed + timedelta(days=500))


def test_a_recycled_number_is_two_parcels() -> None:
    first = [at(0, "pre_transit"), at(24, "delivered")]
    second = [at(24 * 200, "pre_transit"), at(24 * 201, "in_transit")]
    assert lives([*second, *first]) == (tuple(first), tuple(second))
    assert life_of([*second, *first], order_placed_at=MONDAY + timedelta(days=199)) == tuple(second)
    assert life_of(first, order_placed_at=MONDAY + timedelta(days=199)) == ()
    assert fold(life_of([*second, *first], order_placed_at=MONDAY + timedelta(days=199))).status == "in_transit"


def test_a_return_months_later_is_still_the_same_parcel() -> None:
    slow = [at(0, "in_transit"), at(24 * 100, "returning")]
    assert lives(slow) == (tuple(slow),)


@given(st.lists(scans, max_size=12).flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))))
def test_the_order_of_arrival_does_not_matter(both: tuple[list[Scan], list[Scan]]) -> None:
    came, other = both
    assert fold(came) == fold(other)
    assert lives(came) == lives(other)


@given(st.lists(scans, max_size=12), st.sampled_from(STATUSES))
def test_telling_it_again_changes_nothing(some: list[Scan], reported: str) -> None:
    once = fold(some, reported=reported)
    assert fold([*some, *some], reported=reported) == once
    assert fold(once.scans, reported=reported) == once


@given(st.lists(scans, max_size=12), scans)
def test_only_a_newer_return_moves_a_delivered_parcel(some: list[Scan], news: Scan) -> None:
    before = fold(some)
    after = fold([*some, news])
    if before.status == "delivered" and after.status not in TRACKING_TERMINAL:
        assert before.delivered_at is not None
        assert after.status == "returning"
        assert news.status == "returning" or news.occurred_at <= before.delivered_at


@given(st.lists(scans, max_size=12))
def test_every_scan_is_in_exactly_one_life(some: list[Scan]) -> None:
    assert [scan for life in lives(some) for scan in life] == list(in_order(some))
