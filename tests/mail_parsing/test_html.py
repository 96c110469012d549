"""HTML mail as text: readable, honest about links, and nothing that was hidden."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.mail.html_text import html_to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hello <b>Jan</b>,</p><p>your  parcel\n is late.</p>", "Hello Jan,\n\nyour parcel is late."),
        ("a<br>b<br><br>c", "a\nb\n\nc"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("<ul><li>one</li><li>two<ol><li>x</li><li>y</li></ol></li></ul>", "- one\n- two\n  1. x\n  2. y"),
        ("<table><tr><th>SKU</th><th>Qty</th></tr><tr><td>LAMP</td><td>2</td></tr></table>", "SKU | Qty\nLAMP | 2"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>c", "> a\n>\n> > b\n\nc"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("a<hr>b", "a\n\n----------\n\nb"),
        ("&lt;b&gt; &amp; &#27;[2J", "<b> & \x1b[2J"),
        ("<style>p{color:red}</style><script>alert(1)</script><title>t</title><p>x</p><!-- c -->", "x"),
        ("", ""),
    ],
)
def test_layout(html: str, text: str) -> None:
    assert html_to_text(html).text == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<a href="https://shop.example/t/1">Track</a>', "Track <shop.example>"),
        ('<a href="https://shop.example/x">https://shop.example/x</a>', "https://shop.example/x"),
        ('<a href="https://shop.example/x"><div>Track</div></a>', "Track <shop.example>"),
        ('<a href="mailto:Jan@x.example?subject=1">write</a>', "write <jan@x.example>"),
        ('<a href="mailto:jan@x.example">jan@x.example</a>', "jan@x.example"),
        ('<a href="javascript:alert(1)">x</a> <a href="data:text/html,y">y</a>', "x y"),
        ('<a href="java\nscript:alert(1)">x</a>', "x"),
        ('<a href="https://user@evil.example:8/">x</a>', "x <evil.example>"),
        ('<a href="https://[bad/">x</a>', "x <an unreadable address>"),
        ('<a href="/relative">x</a>', "x"),
    ],
)
def test_a_link_shows_where_it_really_leads(html: str, text: str) -> None:
    assert html_to_text(html).text == text


def test_a_link_that_lies_is_told() -> None:
    found = html_to_text('<a href="https://evil.example/">www.bank.example</a>')
    assert found.text == "www.bank.example <evil.example>"
    assert found.warnings == ("a link shows www.bank.example but leads to evil.example",)


@pytest.mark.parametrize(
    "style",
    [
        "display:none",
        "DISPLAY : NONE",
        "visibility:hidden",
        "font-size:0",
        "font-size:0px;color:red",
        "font-size:1px",
        "opacity:0",
        "mso-hide:all",
        "text-indent:-9999px",
        "max-height:0;overflow:hidden",
        "overflow:hidden;height:0px",
        "color:#fff;background:#ffffff",
        "position:absolute;left:-5000px",
    ],
)
def test_what_a_reader_would_not_see_is_left_out_and_told(style: str) -> None:
    found = html_to_text(f'<p>SO-100001</p><div style="{style}">SO-999999 <b>refund</b></div>')
    assert found.text == "SO-100001"
    assert found.warnings == ("text that the HTML hides was left out",)


@pytest.mark.parametrize(
    "style",
    [
        "font-size:10px",
        "font-size:0.9em",
        "opacity:0.5",
        "height:0",
        "color:#fff",
        "margin-left:-5px",
        "overflow:hidden",
    ],
)
def test_what_a_reader_sees_stays(style: str) -> None:
    assert html_to_text(f'<div style="{style}">seen</div>').text == "seen"


def test_images_are_named_and_never_fetched() -> None:
    html = (
        '<img src="cid:1"><img src="https://t.example/p.gif" width=1><img src="https://x.example/a.png" alt="The lamp">'
    )
    assert html_to_text(html).text == "[image][image: The lamp]"


def test_deep_and_long_html_takes_no_time() -> None:
    for html in (
        "<div>" * 20_000 + "x",
        "<b>" * 50_000 + "x",
        "<a href='http://x.example'><i>" * 20_000 + "x",
        "A" * 4_000_000,
        "<blockquote>" * 5_000 + "x",
        "<ul><li>" * 5_000 + "x",
        "<table><tr><td>" * 5_000 + "x",
        "<p>x" * 300_000,
    ):
        started = time.perf_counter()
        assert html_to_text(html).text
        assert time.perf_counter() - started < 8, html[:20]


@given(
    st.lists(
        st.sampled_from(
            [
                "<div>",
                "</div>",
                "<p>",
                "<a href=x>",
                "</a>",
                "<li>",
                "<ul>",
                "</ul>",
                "<td>",
                "<tr>",
                "<table>",
                "</table>",
                "<pre>",
                "</pre>",
                "<br>",
                "text",
                " ",
                "&#0;",
                "<blockquote>",
                "<",
                ">",
                "<!--",
            ]
        )
    )
)
def test_no_html_defeats_the_walk(pieces: list[str]) -> None:
    html_to_text("".join(pieces)).text.encode()
