"""Rows fit: nothing is wider than it may be, nothing is cut without a mark, nothing is lost in a wrap."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from oms_tui.ui.rows import Column, Part, cells, clean, cut, cut_text, fit, flow, spread, table, wrap

TEXTS = st.text(st.sampled_from("ab c日本é👍🇩🇪שלוםŁ\t…-"), max_size=60)
PARTS = st.lists(TEXTS.map(Part), max_size=6)
WIDTHS = st.integers(1, 40)


@given(TEXTS, WIDTHS)
def test_a_text_is_never_wider_than_its_room_and_says_when_it_goes_on(text: str, width: int) -> None:
    shown = cut_text(text, width)
    assert cell_len(shown) <= width
    if shown != clean(text):
        assert shown.endswith("…")


@given(TEXTS, WIDTHS, st.sampled_from(["left", "right"]))
def test_a_column_is_exactly_as_wide_as_asked(text: str, width: int, align: str) -> None:
    assert cell_len(fit(text, width, align)) == width


@given(PARTS, WIDTHS)
def test_cut_parts_fit_and_carry_the_mark_where_something_is_missing(parts: list[Part], width: int) -> None:
    shown = cut(parts, width)
    whole, left = "".join(clean(part.text) for part in parts), "".join(part.text for part in shown)
    assert cells(shown) <= width
    if left.rstrip() != whole.rstrip():
        assert left.endswith("…")


@given(PARTS, PARTS, st.integers(8, 60))
def test_left_and_right_share_a_line_of_one_width(left: list[Part], right: list[Part], width: int) -> None:
    assert cells(spread(left, right, width)) <= width


@given(TEXTS, st.integers(4, 30))
def test_a_wrap_loses_no_word(text: str, width: int) -> None:
    pieces = wrap(text, width)
    assert all(cell_len(piece) <= width for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(clean(text.expandtabs(4)).split())


def test_words_are_broken_between_and_only_a_word_longer_than_a_line_within() -> None:
    assert wrap("the parcel is in Leipzig", 12) == ["the parcel", "is in", "Leipzig"]
    assert wrap("  indented words stay", 12) == ["  indented", "words stay"]
    assert wrap("a" * 25, 10) == ["a" * 10, "a" * 10, "a" * 5]
    assert wrap("日本語テキスト", 6) == ["日本語", "テキス", "ト"]
    assert wrap("one\n\ntwo", 10) == ["one", "", "two"]


def test_groups_flow_into_the_next_line_whole() -> None:
    groups = [[Part("promised "), Part("Fri 20")], [Part("now Thu 26")], [Part("told today")]]
    lines = ["".join(part.text for part in line) for line in flow(groups, 30)]
    assert lines == ["promised Fri 20   now Thu 26", "told today"]


@given(
    st.lists(st.lists(PARTS, min_size=3, max_size=3), max_size=5),
    st.integers(6, 60),
)
def test_a_table_is_never_wider_than_its_room(lines: list[list[list[Part]]], width: int) -> None:
    columns = (Column(), Column(least=4), Column(least=3, drop=1))
    assert all(cells(row) <= width for row in table(columns, lines, width))


def test_a_table_narrows_what_may_be_narrowed_then_drops_what_may_be_dropped() -> None:
    columns = (Column("right"), Column(least=6), Column(drop=1))
    lines = [
        [[Part("12")], [Part("Shade, large, linen")], [Part("SHADE-L")]],
        [[Part("1")], [Part("Lamp")], [Part("L")]],
    ]
    wide, narrow, tight = (
        ["".join(part.text for part in row) for row in table(columns, lines, width)] for width in (40, 22, 14)
    )
    assert wide == ["12  Shade, large, linen  SHADE-L", " 1  Lamp                 L      "]
    assert narrow == ["12  Shade, l…  SHADE-L", " 1  Lamp       L      "]
    assert tight == ["12  Shade, la…", " 1  Lamp      "]


@pytest.mark.parametrize("text", ["\x1b[31mred", "a\x00b", "tab\there", "\u202eevil", "a\u200bb", "\x9b2J"])
def test_nothing_a_terminal_obeys_passes_the_last_gate(text: str) -> None:
    for shown in (cut_text(text, 40), "".join(part.text for part in cut([Part(text)], 40)), *wrap(text, 40)):
        assert shown.isprintable()
