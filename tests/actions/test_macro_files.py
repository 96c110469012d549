"""Macros are found in their folder by a few letters; one that cannot be read says where and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.actions.macro_files import broken, find_macros, macro_named, macros, score_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "wismo-late.md": "title: Where is my parcel, late\nwhen: ship:late\ntags: wismo\n\nDear {{ customer.name }}",
        "wismo.md": "title: Where is my parcel\ntags: wismo\n\nDear {{ customer.name }}",
        "refund.md": "title: Money is on its way\n\nWe pay back {{ refundable }}",
        "carrier/trace.md": "title: Trace a parcel\nto: trace@carrier.example\n\nPlease look for {{ parcel.number }}",
        "notes.txt": "no macro",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_every_file_of_the_folder_and_its_folders_is_a_macro(folder: Path) -> None:
    assert [macro.name for macro in macros(folder)] == ["refund.md", "carrier/trace.md", "wismo.md", "wismo-late.md"]
    assert broken(folder) == []


def test_without_a_folder_there_are_none(tmp_path: Path) -> None:
    assert macros(None) == macros(tmp_path / "none") == broken(None) == []


@pytest.mark.parametrize(
    ("typed", "first"),
    [("late", "wismo-late.md"), ("mny", "refund.md"), ("wp", "wismo.md"), ("trace", "carrier/trace.md")],
)
def test_a_few_letters_find_it(folder: Path, typed: str, first: str) -> None:
    assert find_macros(folder, typed)[0].name == first


def test_letters_that_are_not_there_find_nothing(folder: Path) -> None:
    assert find_macros(folder, "zzz") == []


def test_those_that_fit_the_order_come_first(folder: Path) -> None:
    found = find_macros(folder, "", lambda macro: macro.when == "ship:late")
    assert found[0].name == "wismo-late.md"
    assert len(found) == 4


def test_a_macro_is_called_by_its_file_or_its_title(folder: Path) -> None:
    for name in ("refund", "refund.md", "REFUND", "money is on its way"):
        macro = macro_named(folder, name)
        assert macro is not None
        assert macro.name == "refund.md"
    assert macro_named(folder, "nothing") is None


def test_a_broken_one_is_listed_with_file_line_and_words_and_the_others_are_there(folder: Path) -> None:
    (folder / "head.md").write_text("titel: Wrong\n\nText", encoding="utf-8")
    (folder / "body.md").write_text("title: Unclosed\n\nDear {{ customer.name\n", encoding="utf-8")
    (folder / "filter.md").write_text("title: Filter\n\nline\n{{ order.number | shout }}", encoding="utf-8")
    (folder / "latin.md").write_bytes("title: Größe\n\nText".encode("latin-1"))
    told = {error.file: (error.line, error.words) for error in broken(folder)}
    assert told["head.md"] == (1, "the head has no titel; did you mean title?")
    assert told["body.md"][0] >= 3
    assert told["filter.md"][0] == 4
    assert "shout" in told["filter.md"][1]
    assert told["latin.md"] == (1, "is no UTF-8 text")
    assert "refund.md" in {macro.name for macro in macros(folder)}


@given(st.text(max_size=20), st.text(max_size=40))
def test_a_score_is_never_negative_and_letters_in_their_order_always_count(typed: str, title: str) -> None:
    assert score_of(typed, title) >= 0
    assert score_of(title[::2], title) > 0


def test_letters_at_the_start_of_words_count_more_than_letters_strewn_about() -> None:
    assert score_of("mp", "my parcel") > score_of("mp", "some spare")
    assert score_of("late", "late") > score_of("late", "l-a-t-e")
