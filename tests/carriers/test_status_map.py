"""What carriers say, and what it means here: among it the traps that others fell into."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.carriers.reason_rows import PHRASES, REASON_ROWS, REASONS
from connectors.carriers.status_map import Meaning, meaning, reason_in, systems
from connectors.carriers.status_rows import DELAY_ROWS, DETAIL_ROWS, STATUS_ROWS
from connectors.words import TrackingStatus
from oms_tui.domain.vocabulary import CARRIER_REASONS


def test_every_row_leads_to_a_word_of_the_vocabulary_and_no_code_stands_twice() -> None:
    for system, rows in STATUS_ROWS.items():
        codes = [code.casefold() for row in rows.values() for code in row.split()]
        assert len(codes) == len(set(codes)), system
        assert set(rows) <= set(get_args(TrackingStatus))
        assert {code.casefold() for code in DELAY_ROWS.get(system, "").split() if "/" not in code} <= set(codes), system
    assert set(DELAY_ROWS) <= set(STATUS_ROWS)
    assert set(DETAIL_ROWS) <= set(STATUS_ROWS)
    assert {reason for rows in REASON_ROWS.values() for reason in rows} <= REASONS
    assert {reason for _, reason in PHRASES} <= REASONS
    assert REASONS == CARRIER_REASONS


def test_every_listed_code_means_what_its_row_says() -> None:
    for system, rows in STATUS_ROWS.items():
        for status, codes in rows.items():
            for code in codes.split():
                tag, _, detail = code.partition("/")
                assert meaning(system, tag, detail).status == status, (system, code)
                assert meaning(system, tag.lower(), detail.upper()).status == status, (system, code)
                assert not meaning(system, tag, detail).unmapped


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("DL", {"fedex": "delivered", "ups": "out_for_delivery"}),
        ("OC", {"fedex": "pre_transit", "ups": "picked_up"}),
        ("HP", {"fedex": "available_for_pickup", "dhl_express": "exception"}),
        ("RT", {"fedex": "returning", "dhl_express": "delivery_attempted"}),
        ("PL", {"fedex": "in_transit", "dhl_express": "picked_up"}),
    ],
)
def test_the_same_code_means_another_thing_at_another_carrier(code: str, expected: dict[str, str]) -> None:
    assert {system: meaning(system, code).status for system in expected} == expected


def test_dd_is_a_delay_at_fedex_and_data_at_ups() -> None:
    assert meaning("fedex", "DD") == Meaning("in_transit", delayed=True)
    assert meaning("ups", "DD") == Meaning("pre_transit", delayed=False)


def test_dhl_delivered_with_the_return_flag_came_back() -> None:
    assert meaning("dhl", "delivered").status == "delivered"
    assert meaning("dhl", "delivered", return_flag=True).status == "returned"
    assert meaning("dhl", "transit", return_flag=True).status == "returning"
    assert meaning("dhl", "failure", return_flag=True).status == "exception"
    assert meaning("dhl", "pre-transit", return_flag=True).status == "pre_transit"


def test_dhl_unknown_is_not_late() -> None:
    assert meaning("dhl", "unknown") == Meaning("unknown", delayed=False)


def test_a_sentence_where_dhl_puts_a_code_is_unknown_and_reported() -> None:
    said = meaning("dhl", "The shipment has been successfully delivered")
    assert said.status == "unknown"
    assert said.unmapped == ("dhl:The shipment has been successfully delivered",)


def test_gls_left_at_a_parcel_shop_waits_to_be_picked_up() -> None:
    assert meaning("gls", "DELIVEREDPS").status == "available_for_pickup"
    assert meaning("gls", "DELIVERED").status == "delivered"


@pytest.mark.parametrize(
    ("system", "tag", "detail", "status"),
    [
        ("aftership", "Exception", "Exception_010", "returning"),
        ("aftership", "Exception", "Exception_011", "returned"),
        ("17track", "Exception", "Exception_Returning", "returning"),
        ("17track", "Exception", "Exception_Returned", "returned"),
    ],
)
def test_a_return_hidden_inside_exception_is_found(system: str, tag: str, detail: str, status: str) -> None:
    assert meaning(system, tag, detail).status == status
    assert meaning(system, detail).status == status


@pytest.mark.parametrize("system", sorted(systems()))
def test_a_code_the_map_does_not_know_is_unknown_kept_and_reported(system: str) -> None:
    said = meaning(system, "ZZ-9")
    assert (said.status, said.delayed, said.reason) == ("unknown", False, "")
    assert said.unmapped == (f"{system}:ZZ-9",)


def test_a_system_the_map_does_not_know_is_unknown_and_reported() -> None:
    assert meaning("pigeon", "delivered") == Meaning("unknown", unmapped=("pigeon:delivered",))


def test_a_later_sub_tag_takes_its_tags_meaning_and_is_reported() -> None:
    assert meaning("aftership", "Exception_042") == Meaning("exception", unmapped=("aftership:Exception_042",))
    said = meaning("aftership", "Exception", "Exception_042")
    assert said == Meaning("exception", unmapped=("aftership:Exception/Exception_042",))


def test_an_unknown_detail_leaves_the_status_and_is_reported() -> None:
    assert meaning("easypost", "in_transit", "teleported") == Meaning(
        "in_transit", unmapped=("easypost:in_transit/teleported",)
    )
    assert meaning("easypost", "in_transit", "departed_facility") == Meaning("in_transit")


def test_ups_tells_a_type_and_a_code_and_the_type_decides() -> None:
    assert meaning("ups", "D", "FS") == Meaning("delivered")
    assert meaning("ups", "D", "DL") == Meaning("delivered")
    assert meaning("ups", "D", "9E") == Meaning("delivered", unmapped=("ups:D/9E",))


def test_expired_is_a_word_of_its_own() -> None:
    assert meaning("aftership", "Expired", "Expired_001").status == "expired"
    assert meaning("easypost", "in_transit", "expired").status == "expired"


@pytest.mark.parametrize(
    ("system", "code", "detail", "expected"),
    [
        ("aftership", "Exception", "Exception_004", Meaning("exception", delayed=True, reason="customs_delay")),
        ("aftership", "Exception", "Exception_017", Meaning("exception", delayed=True, reason="weather_delay")),
        ("17track", "Exception", "Exception_Delayed", Meaning("in_transit", delayed=True)),
        ("17track", "Exception", "Exception_Destroyed", Meaning("exception", reason="carrier_parcel_lost")),
        ("easypost", "in_transit", "weather_delay", Meaning("in_transit", delayed=True, reason="weather_delay")),
        ("easypost", "failure", "refused", Meaning("exception", reason="consignee_refused")),
        ("shippo", "FAILURE", "package_lost", Meaning("exception", reason="carrier_parcel_lost")),
        ("shippo", "TRANSIT", "delayed", Meaning("in_transit", delayed=True)),
        ("shopify", "DELAYED", "", Meaning("in_transit", delayed=True)),
        ("hermes", "7000", "", Meaning("in_transit", delayed=True)),
        ("dhl_express", "UD", "", Meaning("in_transit", delayed=True, reason="customs_delay")),
        ("dpd", "DeliveryFailure", "NOT_HOME", Meaning("delivery_attempted", reason="consignee_not_home")),
    ],
)
def test_delay_and_reason_stand_beside_the_status(system: str, code: str, detail: str, expected: Meaning) -> None:
    assert meaning(system, code, detail) == expected


def test_the_carriers_sentence_gives_the_reason_where_the_code_does_not() -> None:
    assert meaning("dhl", "failure", text="Missing documents at customs").reason == "customs_documentation"
    assert reason_in("Package damaged in transit") == "carrier_damaged_parcel"
    assert reason_in("Arrived at facility") == ""
    assert meaning("easypost", "in_transit", text="Weather in Leipzig is fine").reason == "", "nothing is wrong with it"


@given(st.sampled_from(sorted(systems())), st.text(max_size=200), st.text(max_size=200), st.text(max_size=200))
def test_no_word_of_an_outsider_breaks_the_map(system: str, code: str, detail: str, text: str) -> None:
    said = meaning(system, code, detail, text=text)
    assert said.status in get_args(TrackingStatus)
    assert all(len(name) < 100 for name in said.unmapped)
