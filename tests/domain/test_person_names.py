"""Nobody is greeted by a family name, a company's name or half a title: what is not certain is missing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain.person_names import first_name, last_name


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Jan Kowal", "Jan", "Kowal"),
        ("jan van der berg", "Jan", "van der berg"),
        ("KOWAL, JAN", "Jan", "Kowal"),
        ("Dr. Jan Kowal", "Jan", "Kowal"),
        ("Prof. Dr. med. Anna-Maria Müller", "Anna-Maria", "Müller"),
        ("Ana María López García", "Ana", "García"),
        ("SIOBHÁN O'NEILL", "Siobhán", "O'Neill"),
        ("Γιώργος Παπαδόπουλος", "Γιώργος", "Παπαδόπουλος"),
        ("محمد علي", "محمد", "علي"),
        ("Jan K.", "Jan", ""),
    ],
)
def test_a_person_has_a_first_and_a_family_name(name: str, first: str, last: str) -> None:
    assert (first_name(name), last_name(name)) == (first, last)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "Madonna",
        "J. Kowal",
        "JP Morgan",
        "de Vries",
        "Kowal GmbH",
        "Müller & Söhne",
        "Hotel Adler",
        "Kowal s.r.o.",
        "Mr & Mrs Smith",
        "Jan und Maria Kowal",
        "佐藤 花子",
        "김민수",
        "Иванов Иван",
        "jan.kowal@example.com",
        "Jan Kowal (Lager 2)",
        "Smith, Jones, Brown",
        "Customer 1042",
        "Jan " * 30,
    ],
)
def test_what_leaves_a_doubt_has_no_first_name(name: str) -> None:
    assert not first_name(name)
    assert not last_name(name)


def test_a_title_and_one_name_are_a_family_name() -> None:
    assert (first_name("Herr Kowal"), last_name("Herr Kowal")) == ("", "Kowal")


def test_where_the_family_name_comes_first_nobody_guesses() -> None:
    assert not first_name("Nagy János", "HU")
    assert not first_name("Nguyen Van An", "VN")
    assert first_name("Nagy János", "DE") == "Nagy"


@given(st.text(max_size=100))
def test_any_name_gives_a_word_of_it_or_nothing(name: str) -> None:
    found = first_name(name)
    assert not found or (len(found) > 1 and found.isprintable() and " " not in found)
