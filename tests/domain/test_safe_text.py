"""Nothing from outside commands the terminal, hides, or reorders what stands beside it."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from oms_tui.domain.safe_text import safe_block, safe_file_name, safe_line, searchable

# Any code point at all, lone halves of surrogate pairs included, the dangerous ones often.
DANGEROUS = (
    "\x00\x07\x08\x1b\r\n\t\x0b\x0c\x7f\x85\x9b\x9d"
    "\u00ad\u034f\u061c\u200b\u200d\u200e\u202e\u2028\u2066\ufeff\ud800\U000e0041e\u0301"
)
ANY_TEXT = st.text(st.one_of(st.characters(), st.characters(categories=["Cs"]), st.sampled_from(DANGEROUS)))
# Format characters that are seen (they enclose Arabic and Syriac numbers, or join hieroglyphs).
SEEN_FORMATS = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD, *range(0x13430, 0x13456)}


def forbidden(text: str, *, allowed: str = "") -> list[str]:
    return [
        f"U+{ord(sign):04X}"
        for sign in text
        if sign not in allowed
        and unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        and ord(sign) not in SEEN_FORMATS
    ]


@given(ANY_TEXT)
@example("\x1b]52;c;cm0gLXJmIH4K\x07")
@example("a\u200d\u0301\u0301\u0301\u0301\u0301\u0301")
def test_no_control_or_invisible_character_leaves_a_line(text: str) -> None:
    assert forbidden(safe_line(text)) == []


@given(ANY_TEXT)
def test_no_control_or_invisible_character_leaves_a_block(text: str) -> None:
    assert forbidden(safe_block(text), allowed="\n\t") == []


@given(ANY_TEXT, st.integers(1, 60))
def test_making_safe_twice_changes_nothing(text: str, limit: int) -> None:
    line, block = safe_line(text, limit), safe_block(text, limit)
    assert safe_line(line, limit) == line
    assert safe_block(block, limit) == block
    assert len(line) <= limit
    assert len(block) <= limit


@given(ANY_TEXT)
def test_safe_text_can_always_be_stored(text: str) -> None:
    safe_line(text).encode()
    safe_block(text).encode()
    searchable(text).encode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Refund \x1b[2J\x1b[31mPAID", "Refund ␛[2J␛[31mPAID"),
        ("bell\x07 del\x7f null\x00", "bell␇ del␡ null␀"),
        ("C1 \x9b31m", "C1 \\x9b31m"),
        ("two\r\nlines\u2028three\x85four", "two lines three four"),
        ("Eve\r\x1b[1ABank", "Eve ␛[1ABank"),
        ("invoice_\u202efdp.exe", "invoice_\ufffdfdp.exe"),
        ("\u2066isolated\u2069\u200e", "isolated"),
        ("SO-1\u200b00\u2060001", "SO-100001"),
        ("soft\u00adhyphen", "softhyphen"),
        ("Hi\U000e0072\U000e0065", "Hi"),
        ("half \ud83d", "half \ufffd"),
        ("[bold red]x[/] <b>", "[bold red]x[/] <b>"),
        ("Gro\u0308ße", "Größe"),
        ("Grüße, żółć, 注文, שלום", "Grüße, żółć, 注文, שלום"),
    ],
)
def test_what_an_agent_sees(text: str, shown: str) -> None:
    assert safe_line(text) == shown


def test_lines_and_tabs_of_a_mail_stay_and_every_kind_of_line_end_is_one() -> None:
    assert safe_block("a\r\nb\rc\u2028d\x0be\tf") == "a\nb\nc\nd\ne\tf"


def test_a_letter_carries_at_most_four_marks() -> None:
    assert safe_line("z" + "\u0335" * 40 + "algo") == "z" + "\u0335" * 4 + "algo"
    assert safe_line("ส" + "\u0e47" * 40) == "ส" + "\u0e47" * 4


def test_a_cut_is_shown() -> None:
    assert safe_line("x" * 600, 10) == "xxxxxxxxx…"
    assert safe_line("\u200b" * 5000 + "x", 10) == "…"


def test_four_megabytes_on_one_line_are_cut_in_no_time() -> None:
    started = time.perf_counter()
    assert len(safe_block("A" * 4_000_000)) == 200_000
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize(
    "written",
    [
        "SO-1\u200b00001",
        "SO-10\u2060000\ufeff1",
        "SO\u2011100001",
        "\uff33\uff2f\uff0d\uff11\uff10\uff10\uff10\uff10\uff11",
        "SO-1\u00ad00001",
        "SO\u2212100001",
    ],
)
def test_an_order_number_is_found_however_it_was_disguised(written: str) -> None:
    assert "SO-100001" in searchable(f"My order {written} please")


@given(ANY_TEXT)
def test_searchable_hides_nothing_and_settles(text: str) -> None:
    once = searchable(text)
    assert forbidden(once, allowed="\n\t") == []
    assert searchable(once) == once


@pytest.mark.parametrize(
    ("sent", "saved"),
    [
        ("../../../../etc/cron.d/evil", "evil"),
        ("\\\\host\\share\\x", "x"),
        ("C:\\Users\\ana\\invoice.pdf", "invoice.pdf"),
        (".bashrc", "bashrc"),
        ("a.pdf. ", "a.pdf"),
        ("~/.ssh/authorized_keys", "authorized_keys"),
        ("invoice_\u202efdp.exe", "invoice_fdp.exe"),
        ("photo.jpg" + " " * 80 + ".exe", "photo.jpg.exe"),
        ("NUL", "_NUL"),
        ("con.txt", "_con.txt"),
        ("file.txt:stream", "file.txt_stream"),
        ("-rf", "rf"),
        ("..", "attachment"),
        ("", "attachment"),
        ("///", "attachment"),
        ("Rechnung Größe 5.pdf", "Rechnung Größe 5.pdf"),
        ("\ud800.png", "_.png"),
    ],
)
def test_an_attachment_is_saved_under_a_harmless_name(sent: str, saved: str) -> None:
    assert safe_file_name(sent) == saved


@given(ANY_TEXT)
def test_a_file_name_names_a_file_in_its_folder_and_nothing_else(name: str) -> None:
    saved = safe_file_name(name)
    assert saved
    assert not set(saved) & set('/\\:*?"<>|')
    assert not saved.startswith((".", "~", "-", " "))
    assert not saved.endswith((".", " "))
    assert len(saved.encode()) <= 200
    assert forbidden(saved) == []
    assert safe_file_name(saved) == saved


def test_a_long_name_keeps_its_extension() -> None:
    assert safe_file_name("ä" * 500 + ".pdf").endswith("ä.pdf")
