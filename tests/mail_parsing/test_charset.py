"""Text comes out of bytes whatever they claim to be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.mail.charset import decode, text_codec


@pytest.mark.parametrize(
    ("raw", "charset", "text"),
    [
        ("Grüße".encode(), "utf-8", "Grüße"),
        ("Grüße".encode(), "us-ascii", "Grüße"),
        ("Grüße".encode(), "iso-8859-1", "Grüße"),
        ("Grüße €".encode("cp1252"), "iso-8859-1", "Grüße €"),
        ("Grüße".encode("cp1252"), "", "Grüße"),
        ("Grüße".encode("cp1252"), "utf-8", "Grüße"),
        ("Zażółć gęślą".encode("iso8859-2"), "iso-8859-2", "Zażółć gęślą"),
        ("注文".encode("gb18030"), "gb2312", "注文"),
        ("주문 확인".encode("cp949"), "ks_c_5601-1987", "주문 확인"),
        ("注文".encode("iso2022_jp"), "iso-2022-jp", "注文"),
        ("สั่งซื้อ".encode("cp874"), "windows-874", "สั่งซื้อ"),
        ("שלום".encode("iso8859-8"), "iso-8859-8-i", "שלום"),
        ("Größe".encode("utf-16"), "utf-16", "Größe"),
        (b"\xef\xbb\xbfhello", "utf-8", "hello"),
        (b"+2AA-", "utf-7", "\ufffd"),
        (b"", "utf-8", ""),
    ],
)
def test_the_declared_charset_or_a_better_one(raw: bytes, charset: str, text: str) -> None:
    assert decode(raw, charset)[0] == text


@pytest.mark.parametrize(
    "charset",
    ["rot13", "zlib", "bz2", "hex", "base64", "idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape",
     "mbcs", "x-evil", "../../etc/passwd", "", "\0", "a" * 500, "é"],
)  # fmt: skip
def test_what_is_no_charset_of_text_is_refused(charset: str) -> None:
    assert text_codec(charset) == ""
    assert decode("Grüße SO-100001".encode(), charset)[0] == "Grüße SO-100001"


def test_a_body_cut_in_a_letter_stays_what_it_is() -> None:
    text, guessed = decode(("Grüße aus Köln. " * 20).encode()[:-3] + b"\xc3", "utf-8")
    assert text.startswith("Grüße aus Köln.")
    assert guessed


@given(
    st.binary(max_size=200), st.sampled_from(["", "utf-8", "utf-7", "utf-16", "utf-32", "hz", "big5", "iso-2022-kr"])
)
def test_whatever_comes_out_can_be_stored(raw: bytes, charset: str) -> None:
    decode(raw, charset)[0].encode()
