"""The same fact written twice is one; two facts stay two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain.normalise import email, fold, name, phone, phones_in, postcode, street, streets_in


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Lindenstraße 4", "Lindenstr. 4"),
        ("Lindenstraße 4", "LINDENSTRASSE  4"),
        ("Lindenstraße 4", "Linden-Strasse 4"),
        ("4 Linden Street", "Linden St. 4"),
        ("Lindenweg 4 a", "Lindenweg 4A"),
        ("ul. Marszałkowska 12/5", "Ulica Marszalkowska 12"),
        ("Apt 5, 12 High Street", "12 High St"),
        ("Straße des 17. Juni 135", "Str. des 17 Juni 135"),
        ("12, rue de la Paix", "12 Rue de la Paix"),
    ],
)
def test_one_street_written_in_two_ways(left: str, right: str) -> None:
    assert street(left).key == street(right).key != ""


@pytest.mark.parametrize(
    ("left", "right"),
    [("Lindenweg 4", "Lindenweg 6"), ("Lindenweg 4", "Lindenweg 4a"), ("Lindenweg 4", "Lindenstr. 4")],
)
def test_two_houses_stay_two(left: str, right: str) -> None:
    assert street(left).key != street(right).key


def test_a_street_without_a_number_says_too_little() -> None:
    assert street("Lindenweg").key == ""
    assert street("").key == ""


def test_a_street_is_found_inside_a_sentence() -> None:
    assert "lindenweg 4" in {found.key for found in streets_in("I live at Lindenweg 4, ordered the blue lamp")}
    assert street("12 High Street").key in {found.key for found in streets_in("bring it to 12 High Street please")}


def test_letters_of_other_alphabets_have_one_spelling() -> None:
    assert fold("Łódź Ærøskøbing Straße") == "lodz aroskobing strasse"
    assert fold("Müller") == fold("Mueller") == fold("MULLER")
    assert fold("Иванов") == fold("Ivanov")
    assert fold("Παπαδόπουλος") == "papadopoulos".replace("ou", "oy")


def test_mail_addresses_ignore_case_and_googles_two_names() -> None:
    assert email(" Jan.Kowal@GoogleMail.com ") == "jan.kowal@gmail.com"
    assert email("a.b+c@x.example") != email("ab@x.example")
    assert email("no address") == "no address"
    assert email("Jan@xn--mller-kva.example") == email("jan@müller.example")
    assert email("jan@xn--\u00e4.example") == "jan@xn--\u00e4.example"  # no name of a domain at all


@pytest.mark.parametrize(
    "written",
    ["+49 30 1234567", "+49 (0)30 1234567", "0049 30 123 45 67", "030/1234567", "(030) 123-4567", "+49 030 1234567"],
)
def test_a_phone_number_is_one_however_it_is_written(written: str) -> None:
    assert phone(written, "DE") == "+49301234567"


def test_phones_of_other_countries_and_what_is_none() -> None:
    assert phone("06 1234 5678", "IT") == "+390612345678"  # Italy keeps its zero
    assert phone("020 7946 0958", "GB") == "+442079460958"
    assert phone("030 1234567") == "0301234567"
    assert phone("12") == phone("") == ""
    assert phone("1" * 40) == ""
    assert phones_in("call +44 20 7946 0958 or 030/123 45 67", "DE") == ("+442079460958", "+49301234567")


def test_names_and_postcodes_ignore_order_and_blanks() -> None:
    assert name("Kowal, Jan") == name("jan KOWAL")
    assert postcode("sw1a 1aa") == postcode("SW1A1AA")


@given(st.text(max_size=80))
def test_bringing_to_one_form_twice_changes_nothing(text: str) -> None:
    assert email(email(text)) == email(text)
    assert phone(phone(text)) == phone(text)
    assert postcode(postcode(text)) == postcode(text)
    street(text)
    name(text)
