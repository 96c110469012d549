"""EasyPost: recorded traffic, and the faults no recording holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from connectors.base import TrackingRef, TrackingSource
from connectors.carriers.easypost_trackers import carrier_key, carrier_name
from connectors.errors import AuthExpired, NotFound, ProtocolError, RateLimited, Temporary

if TYPE_CHECKING:
    from collections.abc import Callable

    from connectors.carriers.easypost import EasyPost
    from connectors.records import TrackingRecord

    Make = Callable[..., EasyPost]

RUBY = "easypost-ruby/EasyPost_Services_Tracker"
UPS = "1Z5R89390357567127"


def scan(at: str, status: str, detail: str = "status_update", message: str = "", **more: Any) -> dict[str, Any]:
    return {"datetime": at, "status": status, "status_detail": detail, "message": message, **more}


def only(page: Any) -> TrackingRecord:
    assert page.quarantined == []
    (record,) = page.records
    return record


class TestRecordedTraffic:
    def test_a_new_parcel_gets_a_tracker(self, easypost: Make, playback: Callable[..., Any]) -> None:
        source = easypost(playback(f"{RUBY}_create_creates_a_tracker.json"))
        record = only(source.track([TrackingRef("", "EZ1000000001")]))
        assert (record.carrier, record.tracking_number, record.status) == ("usps", "EZ1000000001", "pre_transit")
        assert record.remote_id == "trk_9a81e140a14946668b5d58b68782ce54"
        assert record.tracking_url.startswith("https://track.easypost.com/")
        assert [event.text for event in record.events] == ["Pre-Shipment Info Sent to USPS", "Shipping Label Created"]
        assert record.events[1].location == "HOUSTON, TX 77063"
        assert record.events[1].occurred_at == datetime(2024, 6, 27, 7, 14, 38, tzinfo=UTC)
        assert record.unmapped == ()

    def test_a_known_one_is_read_in_a_batch(self, easypost: Make, playback: Callable[..., Any]) -> None:
        source = easypost(playback(f"{RUBY}_retrieve_batch_retrieves_a_batch_of_trackers.json"))
        ref = TrackingRef("usps", "EZ1000000001", remote_id="trk_33b935fbb2c549548ac308e9650703ea")
        record = only(source.track([ref]))
        assert (record.status, record.raw_code) == ("pre_transit", "pre_transit/status_update")

    def test_where_batches_are_not_to_be_had_it_is_read_alone(
        self, easypost: Make, playback: Callable[..., Any]
    ) -> None:
        source = easypost(playback(f"{RUBY}_retrieve_retrieves_a_tracker.json"))
        ref = TrackingRef("usps", "EZ1000000001", remote_id="trk_9a81e140a14946668b5d58b68782ce54")
        assert only(source.track([ref])).status == "pre_transit"

    def test_the_key_is_checked_by_listing(self, easypost: Make, playback: Callable[..., Any]) -> None:
        health = easypost(playback("easypost/test_tracker_all.json"), key="EZTKtest").check()
        assert health.ok
        assert "test key" in health.missing[0]


def test_it_is_a_tracking_source_that_makes_no_call_to_be_made(easypost: Make, stand_in: Any) -> None:
    source = easypost()
    assert isinstance(source, TrackingSource)
    assert source.carriers() is None
    assert easypost(carriers=["UPS", "dhl"]).carriers() == {"ups", "dhl"}
    assert stand_in.asked == []


def test_a_parcels_story_with_the_offsets_as_given(easypost: Make, stand_in: Any) -> None:
    stand_in.add(
        UPS,
        "in_transit",
        "weather_delay",
        est_delivery_date="2026-11-20T18:00:00-06:00",
        tracking_details=[
            scan(
                "2026-11-16T09:00:00-06:00", "in_transit", "received_at_origin_facility", "Picked up", carrier_code="OR"
            ),
            scan("2026-11-17T04:00:00Z", "in_transit", "weather_delay", "Severe weather", carrier_code="DY"),
        ],
    )
    record = only(easypost().track([TrackingRef("ups", UPS)]))
    assert (record.status, record.delayed, record.reason) == ("in_transit", True, "weather_delay")
    assert [event.status for event in record.events] == ["picked_up", "in_transit"]
    assert record.events[0].occurred_at.utcoffset() == timedelta(hours=-6)
    assert record.events[0].raw_code == "OR"
    assert record.estimated_delivery_at is not None
    assert record.estimated_delivery_at.utcoffset() == timedelta(hours=-6)


@pytest.mark.parametrize(
    ("status", "detail", "ours"),
    [
        ("in_transit", "received_at_origin_facility", "picked_up"),
        ("in_transit", "delivery_exception", "delivery_attempted"),
        ("return_to_sender", "return", "returning"),
        ("return_to_sender", "arrived_at_destination", "returned"),
        ("error", "unknown", "unknown"),
    ],
)
def test_the_detail_tells_what_the_status_does_not(
    easypost: Make, stand_in: Any, status: str, detail: str, ours: str
) -> None:
    stand_in.add(UPS, status, detail)
    assert only(easypost().track([TrackingRef("ups", UPS)])).status == ours


def test_a_word_easypost_invents_tomorrow_is_unknown_and_reported(easypost: Make, stand_in: Any) -> None:
    stand_in.add(UPS, "teleported", "", tracking_details=[scan("2026-11-17T04:00:00Z", "beamed", "")])
    record = only(easypost().track([TrackingRef("ups", UPS)]))
    assert record.status == "unknown"
    assert record.raw_code == "teleported"
    assert set(record.unmapped) == {"easypost:teleported", "easypost:beamed"}


def test_many_known_parcels_cost_one_call_per_fifty(easypost: Make, stand_in: Any) -> None:
    refs = [TrackingRef("ups", f"N{n}", remote_id=stand_in.add(f"N{n}", "in_transit")) for n in range(120)]
    assert len(easypost().track(refs).records) == 120
    assert [path for _, path, _ in stand_in.asked] == ["/v2/trackers/batch"] * 3


def test_one_bad_parcel_is_set_aside_and_the_others_still_come(easypost: Make, stand_in: Any) -> None:
    good = stand_in.add(UPS, "delivered")
    page = easypost().track(
        [TrackingRef("ups", "BAD1"), TrackingRef("ups", UPS, remote_id=good), TrackingRef("dhl", "00340434")]
    )
    assert [record.tracking_number for record in page.records] == [UPS, "00340434"]
    (bad,) = page.quarantined
    assert bad.ref == "parcel ups BAD1"
    assert "Invalid tracking number" in bad.reason


def test_a_batch_that_one_number_spoils_is_asked_one_by_one(easypost: Make, stand_in: Any) -> None:
    good = stand_in.add(UPS, "delivered")
    stand_in.answers["/v2/trackers/batch"] = [httpx.Response(422, json={"error": {"message": "no"}})]
    assert only(easypost().track([TrackingRef("ups", UPS, remote_id=good)])).status == "delivered"


def test_a_tracker_deleted_over_there_is_made_anew(easypost: Make, stand_in: Any) -> None:
    stand_in.add(UPS, "in_transit")
    record = only(easypost().track([TrackingRef("ups", UPS, remote_id="trk_gone")]))
    assert record.remote_id != "trk_gone"
    assert ("POST", "/v2/trackers", {"tracker": {"tracking_code": UPS, "carrier": "UPS"}}) in stand_in.asked


def test_an_answer_about_another_parcel_is_not_believed(easypost: Make, stand_in: Any) -> None:
    other = stand_in.add("1Z879E930346834440", "delivered")
    page = easypost().track([TrackingRef("ups", UPS, remote_id=other)])
    assert page.records == []
    assert "another parcel" in page.quarantined[0].reason


def test_a_scan_without_a_time_is_set_aside_and_the_rest_of_the_parcel_read(easypost: Make, stand_in: Any) -> None:
    stand_in.add(
        UPS,
        "in_transit",
        tracking_details=[scan("yesterday", "in_transit"), scan("2026-11-17T04:00:00Z", "in_transit"), 7],
    )
    page = easypost().track([TrackingRef("ups", UPS)])
    assert len(page.records[0].events) == 1
    assert ["scan 1" in fault.reason or "scan 3" in fault.reason for fault in page.quarantined] == [True, True]


def test_a_link_that_is_none_is_left_out(easypost: Make, stand_in: Any) -> None:
    stand_in.add(UPS, "in_transit", public_url="javascript:alert(1)")
    assert only(easypost().track([TrackingRef("ups", UPS)])).tracking_url == ""


@pytest.mark.parametrize("junk", [[], "x", {"id": 7}, {"id": "trk_1", "tracking_code": None}])
def test_junk_for_a_tracker_is_set_aside(easypost: Make, stand_in: Any, junk: Any) -> None:
    stand_in.answers["/v2/trackers"] = [httpx.Response(200, json=junk)]
    page = easypost().track([TrackingRef("ups", UPS)])
    assert page.records == []
    assert len(page.quarantined) == 1


def test_an_id_that_is_none_never_becomes_an_address(easypost: Make, stand_in: Any) -> None:
    page = easypost().track([TrackingRef("ups", UPS, remote_id="../users")])
    assert len(page.quarantined) == 1
    assert all(path.startswith("/v2/trackers") for _, path, _ in stand_in.asked)


def test_a_wrong_key_is_said_and_not_shown(easypost: Make) -> None:
    with pytest.raises(AuthExpired) as refused:
        easypost(key="EZAKwrong999").check()
    assert "EZAKwrong999" not in str(refused.value) + repr(refused.value)
    with pytest.raises(AuthExpired):
        easypost(key="EZAKwrong999").track([TrackingRef("ups", UPS)])


def test_a_limit_stops_the_whole_run_with_its_time(easypost: Make, stand_in: Any) -> None:
    stand_in.answers["/v2/trackers"] = [httpx.Response(429, headers={"Retry-After": "900"}, json={})]
    with pytest.raises(RateLimited):
        easypost().track([TrackingRef("ups", UPS)])


def test_a_limit_in_the_middle_keeps_what_was_read(easypost: Make, stand_in: Any) -> None:
    limit = httpx.Response(429, headers={"Retry-After": "900"}, json={})
    good = stand_in.add(UPS, "delivered")
    stand_in.answers["/v2/trackers"] = [limit]
    page = easypost().track(
        [TrackingRef("ups", UPS, remote_id=good), TrackingRef("ups", "N1"), TrackingRef("ups", "N2")]
    )
    assert [record.tracking_number for record in page.records] == [UPS]
    assert page.more
    assert page.quarantined == []


def test_a_parcel_their_server_breaks_on_does_not_stop_the_others(easypost: Make, stand_in: Any) -> None:
    stand_in.answers["/v2/trackers"] = [httpx.Response(500)] * 3
    page = easypost().track([TrackingRef("ups", "N1"), TrackingRef("ups", "N2")])
    assert [record.tracking_number for record in page.records] == ["N2"]
    assert [aside.ref for aside in page.quarantined] == ["parcel ups N1"]


def test_without_a_network_the_run_ends_soon_and_says_so(easypost: Make, stand_in: Any) -> None:
    stand_in.answers["/v2/trackers"] = [httpx.ConnectError("no route")] * 99
    with pytest.raises(Temporary, match="no route"):
        easypost().track([TrackingRef("ups", f"N{n}") for n in range(50)])
    assert len(stand_in.asked) == 9, "three parcels, three tries each"


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, html="<h1>Please sign in</h1>"),
        httpx.Response(200, content=b'{"id": "trk_1", "tracking_'),
        httpx.Response(404, json={"error": {"message": "no such path"}}),
        httpx.Response(200),
    ],
)
def test_a_place_that_is_not_easypost_is_told_of_the_source_and_not_of_each_parcel(
    easypost: Make, stand_in: Any, answer: httpx.Response
) -> None:
    stand_in.answers["/v2/trackers"] = [answer] * 99
    with pytest.raises((ProtocolError, NotFound)) as told:
        easypost().track([TrackingRef("ups", f"N{n}") for n in range(50)])
    assert "config" in told.value.hint or "settings" in told.value.hint


def test_its_address_may_be_written_with_its_version(easypost: Make, stand_in: Any) -> None:
    stand_in.add(UPS, "delivered")
    assert easypost(url="https://api.easypost.com/v2/").check().ok


def test_a_login_page_is_no_list(easypost: Make, stand_in: Any) -> None:
    stand_in.answers["/v2/trackers"] = [httpx.Response(200, json={"hello": 1})]
    with pytest.raises(ProtocolError):
        easypost().check()


def test_a_read_that_broke_is_tried_again(easypost: Make, stand_in: Any) -> None:
    stand_in.add(UPS, "delivered")
    stand_in.answers["/v2/trackers"] = [httpx.ReadTimeout("late")]
    assert only(easypost().track([TrackingRef("ups", UPS)])).status == "delivered"


def test_carriers_names_are_ours() -> None:
    assert carrier_key("DHLExpress") == "dhl_express"
    assert carrier_key("FedEx") == "fedex"
    assert carrier_key("Some New Carrier!") == "somenewcarrier"
    assert (carrier_name("ups"), carrier_name("pigeon")) == ("UPS", "")


def test_closing_twice_is_fine(easypost: Make) -> None:
    source = easypost()
    source.close()
    source.close()
