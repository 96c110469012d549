"""Tracking numbers as customers write them: among words, in groups, mistyped."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain.tracking_number_kinds import KINDS, LONGEST
from oms_tui.domain.tracking_numbers import compact, find_tracking_numbers, tracking_url

NUMBERS = Path(__file__).parents[2].parent / "shared" / "corpus" / "tracking" / "numbers"

# The kinds of the public collection that our table has, by file and name there.
COVERED = {
    ("ups", "UPS"): "ups",
    ("ups", "UPS Waybill"): "ups",
    ("usps", "USPS 20"): "usps",
    ("usps", "USPS IMpb N"): "usps",
    ("usps", "USPS Legacy"): "usps",
    ("usps", "USPS IMpb C"): "usps",
    ("fedex", "FedEx Express (12)"): "fedex",
    ("fedex", "FedEx Express (34)"): "fedex",
    ("fedex", "FedEx Ground"): "fedex",
    ("fedex", "FedEx Ground 96 (22)"): "fedex",
    ("fedex", "FedEx Ground GSN"): "fedex",
    ("fedex", "FedEx Ground (SSCC-18)"): "",
    ("dhl", "DHL Express"): "dhl_express",
    ("dhl", "DHL Express (Piece ID)"): "dhl_express",
    ("dpd", "DPD (28)"): "dpd",
    ("dpd", "DPD (14)"): "dpd",
    ("s10", "S10"): None,  # the country's post
    ("canadapost", "Canada Post (16)"): "canada_post",
    ("amazon", "Amazon Logistics"): "amazon",
    ("purolator", "Purolator (12)"): "purolator",
    ("ontrac", "OnTrac"): "ontrac",
    ("ontrac", "OnTrac D"): "ontrac",
    ("yodel", "Yodel"): "yodel",
}


def collection() -> list[tuple[str, str, list[str], list[str]]]:
    kinds = []
    for path in sorted(NUMBERS.glob("couriers__*.json")):
        for kind in json.loads(path.read_text())["tracking_numbers"]:
            tests = kind["test_numbers"]
            kinds.append((path.stem.removeprefix("couriers__"), kind["name"], tests["valid"], tests["invalid"]))
    return kinds


@pytest.mark.skipif(not NUMBERS.is_dir(), reason=f"no collection of tracking numbers at {NUMBERS}")
class TestThePublicCollection:
    def test_every_valid_number_is_found_with_its_carrier(self) -> None:
        checked = 0
        for file, name, valid, _ in collection():
            if (file, name) not in COVERED:
                continue
            carrier = COVERED[file, name]
            for number in valid:
                (found,) = find_tracking_numbers(f"my parcel: {number}, please look")
                assert found.number == compact(number)
                assert carrier is None or carrier in found.carriers or not carrier, (name, number, found)
                checked += 1
        assert checked > 100

    def test_no_invalid_number_passes_as_that_carriers(self) -> None:
        for file, name, _, invalid in collection():
            carrier = COVERED.get((file, name), "")
            for number in invalid:
                assert not any(
                    found.number == compact(number)
                    and (carrier in found.carriers or (carrier is None and found.carriers))
                    for found in find_tracking_numbers(number)
                ), (name, number)


def test_a_number_is_found_where_it_stands_among_words() -> None:
    text = "Hello, where is 1Z5R89390357567127? I ordered on 12 March, order 10482."
    (found,) = find_tracking_numbers(text)
    assert (found.carrier, found.kind, found.sure) == ("ups", "ups_1z", True)
    assert text[found.start : found.end] == "1Z5R89390357567127"


def test_groups_and_small_letters_are_one_number() -> None:
    assert [found.number for found in find_tracking_numbers("1Z 5R8 939 03 5756 7127")] == ["1Z5R89390357567127"]
    assert [found.number for found in find_tracking_numbers("1z5r89390357567127")] == ["1Z5R89390357567127"]
    assert [found.number for found in find_tracking_numbers("RB 123 456 785 GB")] == ["RB123456785GB"]


def test_numbers_in_a_list_stay_apart() -> None:
    text = "1Z5R89390357567127\n1Z879E930346834440, 986578788855 477179081230"
    assert [found.number for found in find_tracking_numbers(text)] == [
        "1Z5R89390357567127",
        "1Z879E930346834440",
        "986578788855",
        "477179081230",
    ]


def test_a_digit_mistyped_is_no_tracking_number() -> None:
    assert find_tracking_numbers("1Z5R89390357567128") == []
    assert find_tracking_numbers("RB123456786GB") == []
    assert find_tracking_numbers("RB123456785XX") == [], "no country of that name"


def test_a_german_dhl_number_is_an_sscc_of_dhls() -> None:
    body = "00340434123456789"
    number = next(f"{body}{n:02}{d}" for n in range(1) for d in range(10) if find_tracking_numbers(f"{body}{n:02}{d}"))
    (found,) = find_tracking_numbers(f"Sendung {number}")
    assert (found.carrier, found.sure) == ("dhl", True)


def test_the_carriers_name_just_before_settles_what_the_digits_leave_open() -> None:
    (found,) = find_tracking_numbers("sent by FedEx, 986578788855")
    assert (found.carrier, found.sure) == ("fedex", True)
    (found,) = find_tracking_numbers("986578788855")
    assert not found.sure


def test_shapes_that_anything_has_count_only_with_the_carriers_name() -> None:
    assert find_tracking_numbers("article ZK8T2M4P") == []
    (found,) = find_tracking_numbers("GLS says ZK8T2M4P")
    assert (found.carrier, found.number) == ("gls", "ZK8T2M4P")
    assert find_tracking_numbers("Hermes 12345678901234")[0].carrier == "hermes"
    assert find_tracking_numbers("12345678901234") == []


@pytest.mark.parametrize(
    "text", ["", "Hello", "order #10482 of 2026-11-16", "EUR 79.00", "LAMP-BLUE SHADE-L", "+49 30 1234"]
)
def test_ordinary_text_holds_none(text: str) -> None:
    assert find_tracking_numbers(text) == []


@given(st.text(alphabet="0123456789 ABCZ-1zé\n", max_size=300))
def test_what_is_found_stands_in_the_text(text: str) -> None:
    end = 0
    for found in find_tracking_numbers(text):
        assert found.start >= end
        end = found.end
        assert compact(text[found.start : found.end]) == found.number
        assert len(found.number) <= LONGEST


@given(st.text(max_size=60))
def test_any_text_is_survived(text: str) -> None:
    find_tracking_numbers(text)


def test_the_work_grows_with_the_text_and_not_faster() -> None:
    def seconds(unit: str, times: int) -> float:
        text = unit * times
        best = 9e9
        for _ in range(3):
            began = time.process_time()
            find_tracking_numbers(text)
            best = min(best, time.process_time() - began)
        return best

    for unit in ("1 ", "1Z ", "9", "a", "A", "AB ", "12345678901 ", "A1-"):
        assert seconds(unit, 2400) < 40 * seconds(unit, 300) + 0.05, unit


def test_a_public_page_for_each_carrier_we_recognise() -> None:
    for carrier in {kind.carrier for kind in KINDS} - {"", "amazon"}:
        assert tracking_url(carrier, "1Z 5R8").startswith("https://"), carrier
    assert tracking_url("ups", "1Z 5R8") == "https://www.ups.com/track?tracknum=1Z5R8"
    assert tracking_url("pigeon", "1") == ""


def test_a_number_made_to_leave_the_address_stays_in_it() -> None:
    assert tracking_url("ups", "1/../&x=#") == "https://www.ups.com/track?tracknum=1%2F..%2F%26X%3D%23"
