"""Header to record: who, to whom, when, in which thread, and whether a person wrote it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.mail import header
from connectors.mail.addresses import addresses, clean_address
from connectors.mail.message import HEADER_FIELDS, parse_header
from connectors.records import MailKey

if TYPE_CHECKING:
    from connectors.records import MailRecord

KEY = MailKey("INBOX", "7", "1")
RECEIVED = datetime(2026, 3, 2, 10, 1, tzinfo=UTC)


def head(*lines: str, received_at: datetime | None = RECEIVED) -> MailRecord:
    return parse_header("\r\n".join([*lines, "", ""]).encode(), KEY, received_at=received_at)


def who(value: str) -> list[tuple[str, str]]:
    found = head(f"From: {value}").from_
    return [(found.name, found.address)]


def test_an_ordinary_header() -> None:
    raw = (
        b"Delivered-To: support@shop.test\r\nFrom: Jan Kowal <Jan@Cust.Example>\r\nTo: support@shop.test,\r\n"
        b'\t"Brandt, Lea" <lea@cust.example>\r\nCc: x@y.example\r\nReply-To: jan@home.example\r\n'
        b"Subject: Where is\r\n my order?\r\nDate: Mon, 02 Mar 2026 11:00:00 +0100\r\nMessage-ID: <a@b>\r\n"
        b"In-Reply-To: <c@d>\r\nReferences: <e@f>\r\n <c@d>\r\nX-OMS-ID: 01J\r\n\r\n"
    )
    record = parse_header(raw, KEY, received_at=RECEIVED, size=900, flags=("\\Seen",))
    assert (record.from_.name, record.from_.address) == ("Jan Kowal", "Jan@cust.example")
    assert [(entry.name, entry.address) for entry in record.to] == [
        ("", "support@shop.test"),
        ("Brandt, Lea", "lea@cust.example"),
    ]
    assert record.cc[0].address == "x@y.example"
    assert record.reply_to[0].address == "jan@home.example"
    assert record.delivered_to == ("support@shop.test",)
    assert record.subject == "Where is my order?"
    assert record.sent_at == datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
    assert record.sent_at.utcoffset() == timedelta(hours=1)
    assert (record.message_id, record.in_reply_to, record.references) == ("<a@b>", "<c@d>", ("<e@f>", "<c@d>"))
    assert (record.own_id, record.size, record.seen, record.has_body) == ("01J", 900, True, False)
    assert (record.auto, record.warnings) == ("", ())
    assert len(record.digest) == 64


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("jan@cust.example", [("", "jan@cust.example")]),
        ("<jan@cust.example>", [("", "jan@cust.example")]),
        ('"a\\"b" <jan@cust.example>', [('a"b', "jan@cust.example")]),
        ("jan@cust.example (Jan Kowal)", [("Jan Kowal", "jan@cust.example")]),
        (
            "=?utf-8?q?Jan=2C_=3Ceve=40x=2Eexample=3E?= <jan@cust.example>",
            [("Jan, <eve@x.example>", "jan@cust.example")],
        ),
        ("a@b.example <jan@cust.example>", [("a@b.example", "jan@cust.example")]),
        ("Jan <@relay.example:jan@cust.example>", [("Jan", "jan@cust.example")]),
        ("Jan <jan@cust.example", [("Jan", "jan@cust.example")]),
        ("=?utf-8?b?RXZlDQpCY2M6IHg=?= <jan@cust.example>", [("Eve Bcc: x", "jan@cust.example")]),
        ("Jan <jan@cust\u200b.example>", [("Jan", "jan@cust.example")]),
        ("no address at all", [("no address at all", "")]),
        ("undisclosed-recipients:;", [("", "")]),
    ],
)
def test_a_sender_is_read_however_it_is_written(value: str, expected: list[tuple[str, str]]) -> None:
    assert who(value) == expected


def test_the_members_of_a_group_are_recipients() -> None:
    found = addresses("Team: a@x.example, Bo <b@x.example>;, c@x.example", str)
    assert [(entry.name, entry.address) for entry in found] == [
        *(("", "a@x.example"), ("Bo", "b@x.example"), ("", "c@x.example"))
    ]


def test_two_senders_are_none() -> None:
    for lines in (("From: a@x.example", "From: b@x.example"), ("From: a@x.example, b@x.example",)):
        record = head(*lines)
        assert record.from_.address == ""
        assert "a@x.example" in record.from_.name
        assert "b@x.example" in record.from_.name
        assert any("2 senders" in warning for warning in record.warnings)
    assert head("From: a@x.example", "From: A <a@x.example>").from_.address == "a@x.example"


def test_a_name_that_poses_as_another_address_is_marked() -> None:
    assert any("looks like another" in warning for warning in head("From: pay@bank.example <e@x.example>").warnings)


@pytest.mark.parametrize("address", ["", "a", "@b", "a@", "a@b@c", "a" * 400 + "@x.example"])
def test_what_is_no_address_is_empty(address: str) -> None:
    assert clean_address(address) == ""


@pytest.mark.parametrize(
    ("value", "subject"),
    [
        ("=?utf-8?q?R=C3=BCckgabe?=", "Rückgabe"),
        ("=?utf-8?q?R=C3?= =?utf-8?q?=BCckgabe?=", "Rückgabe"),  # a letter cut in two
        ("a =?utf-8?b?w7w=?= b", "a ü b"),
        ("=?utf-8?q?a?= =?iso-8859-1?q?=FC?=", "aü"),
        ("=?utf-8*de?q?a?=", "a"),
        ("=?x-unknown?q?caf=E9?=", "café"),
        ("=?rot13?q?uryyb?=", "uryyb"),
        ("=?utf-8?q?unclosed", "=?utf-8?q?unclosed"),
        ("Gr\u00fc\u00dfe", "Grüße"),
    ],
)
def test_a_subject_is_decoded(value: str, subject: str) -> None:
    assert head(f"Subject: {value}").subject == subject


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("Mon, 02 Mar 2026 10:00:00 GMT", datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ("2 Mar 2026 10:00 +0000", datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ("Mon, 2 Mar 2026 10:00:00 -0500 (EST)", datetime(2026, 3, 2, 15, tzinfo=UTC)),
        ("Mon, 02 Mar 2026 10:00:60 +0000", datetime(2026, 3, 2, 10, 0, 59, tzinfo=UTC)),
        ("Mon Mar  2 10:00:00 2026", datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ("Mon, 02 Mar 26 10:00:00 +0000", datetime(2026, 3, 2, 10, tzinfo=UTC)),
    ],
)
def test_a_date_is_read_however_it_is_written(value: str, moment: datetime) -> None:
    record = head(f"Date: {value}")
    assert record.sent_at == moment
    assert record.sent_at is not None
    assert record.sent_at.tzinfo is not None


@pytest.mark.parametrize(
    "value",
    ["", "yesterday", "Mon, 99 Mar 2026 10:00:00 +0000", "Mon, 01 Jan 2199 00:00:00 -2359", "1 Jan 1970 00:00:00 +0000",
              "Mon, 02 Mar 2026 10:00:00 +9999", "31 Dec 9999 23:59:59 -1200", "1 Jan 0001 00:00:00 +1400"]
)  # fmt: skip
def test_a_date_that_cannot_be_right_gives_way_to_the_arrival(value: str) -> None:
    record = head(f"Date: {value}")
    assert record.sent_at == RECEIVED
    assert any("date" in warning for warning in record.warnings)
    assert head(f"Date: {value}", received_at=None).sent_at is None


@pytest.mark.parametrize(
    ("lines", "auto"),
    [
        (("Auto-Submitted: auto-replied",), "auto-replied"),
        (("Auto-Submitted: auto-generated; x=y",), "auto-generated"),
        (("Auto-Submitted: no",), ""),
        (("Precedence: auto_reply",), "auto-replied"),
        (("X-Autoreply: yes",), "auto-replied"),
        (("Subject: Out of Office: Jan",), "auto-replied"),
        (("Subject: Automatische Antwort: Bestellung",), "auto-replied"),
        (("Subject: Automatic dimmer, order 4",), ""),
        (("X-Auto-Response-Suppress: OOF, AutoReply",), "auto-generated"),
        (("Precedence: bulk",), "bulk"),
        (("List-Unsubscribe: <https://x.example>", "Precedence: bulk"), "list"),
        (("List-Id: news <news.x.example>",), "list"),
        (("Return-Path: <>", "From: MAILER-DAEMON@mx.example"), "bounce"),
        (("Return-Path: <>",), "auto-generated"),
        (("X-Failed-Recipients: a@x.example",), "bounce"),
        (("Content-Type: multipart/report; report-type=delivery-status; boundary=R",), "bounce"),
        (("Content-Type: multipart/report; report-type=disposition-notification; boundary=R",), "receipt"),
        (("Return-Path: <jan@cust.example>", "Subject: Re: my order"), ""),
    ],
)
def test_who_or_what_wrote_it(lines: tuple[str, ...], auto: str) -> None:
    assert head(*lines).auto == auto


def test_ids_are_tokens_and_nothing_else() -> None:
    assert head("Message-ID: abc@def").message_id == "<abc@def>"
    assert head("Message-ID: <a b@c>").message_id == ""
    assert head("In-Reply-To: Your mail of Monday <a@b> (Jan)").in_reply_to == "<a@b>"
    assert head("References: <a@b> junk <c@d><a@b>").references == ("<a@b>", "<c@d>")
    many = " ".join(f"<{number}@x>" for number in range(20_000))
    assert head(f"References: {many}").references == ("<0@x>", *(f"<{number}@x>" for number in range(19_980, 20_000)))


def test_a_bare_carriage_return_starts_no_header() -> None:
    record = parse_header(b"From: a@x.example\rBcc: v@x.example\rX-OMS-ID: 7\r\nSubject: hi\r\n\r\n", KEY)
    assert record.own_id == ""
    assert record.subject == "hi"


def test_a_broken_line_is_passed_over_and_told() -> None:
    record = parse_header(b"Subject: one\nnot a header line\nMessage-ID: <a@b>\n\n", KEY)
    assert (record.subject, record.message_id) == ("one", "<a@b>")
    assert any("no header" in warning for warning in record.warnings)


def test_the_fields_to_fetch_are_all_that_is_looked_at() -> None:
    lines = [f"{name}: <x@y.example>" for name in HEADER_FIELDS]
    assert head(*lines, "X-Other: 1").digest != head(*lines).digest
    assert head(*lines, "X-Other: 1").references == head(*lines).references
    assert len(set(HEADER_FIELDS)) == len(HEADER_FIELDS)


@pytest.mark.parametrize(
    "value",
    [
        " " * 60_000 + "x", "a" + " " * 60_000 + ")", "(" * 60_000, '"' * 60_001, "<" * 60_000, "a@" * 30_000,
        "=?utf-8?q?" * 6_000, "=?a?q?x?= " * 6_000, ";a=" * 20_000, ';a="' * 16_001, "\\" * 60_000, "a," * 30_000,
    ],
    ids=lambda value: value[:10],
)  # fmt: skip
def test_no_header_takes_long(value: str) -> None:
    started = time.perf_counter()
    head(
        *(f"{name}: {value}" for name in ("From", "To", "Subject", "Date", "References", "Content-Type", "Message-ID"))
    )
    assert time.perf_counter() - started < 1


def test_headers_are_quick_enough_for_bulk(capsys: pytest.CaptureFixture[str]) -> None:
    raw = b"From: Jan <jan@cust.example>\r\nTo: support@shop.test\r\nSubject: hi\r\nMessage-ID: <a@b>\r\n\r\n"
    started = time.process_time()
    for _ in range(2000):
        parse_header(raw, KEY)
    rate = 2000 / (time.process_time() - started)
    with capsys.disabled():
        print(f"\nheaders parsed: {rate:,.0f} a second")
    assert rate > 2000  # 40,000 on a free core


@given(st.binary(max_size=400))
def test_no_bytes_defeat_the_header_parser(raw: bytes) -> None:
    record = parse_header(raw, KEY, received_at=RECEIVED)
    (record.subject + record.from_.name + record.from_.address).encode()


@given(st.lists(st.sampled_from([*'"\\()<>,:;@a ', "=?utf-8?q?=2C?="]), max_size=40))
def test_no_address_list_yields_an_address_with_blanks_or_brackets(pieces: list[str]) -> None:
    for entry in addresses("".join(pieces), str):
        assert not set(entry.address) & set(" \r\n<>,;")


def test_zones_without_a_name_are_kept_as_given() -> None:
    moment = header.date("Mon, 02 Mar 2026 10:00:00 +0530")
    assert moment is not None
    assert moment.tzinfo == timezone(timedelta(hours=5, minutes=30))
