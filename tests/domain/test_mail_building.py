"""A reply is built once, reads back as it was meant, and carries nothing a stranger slipped in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.mail.message import attachment, parse_message
from connectors.records import MailKey, MailRecord
from oms_tui.domain.mail_building import (
    File,
    Mailbox,
    Original,
    Reply,
    UnsendableReply,
    build_reply,
    quoted,
    recipients,
    reply_subject,
    thread_ids,
)

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
JAN = Mailbox("jan@cust.example", "Jan Kowal")
ANY_TEXT = st.text(
    st.one_of(st.characters(), st.characters(categories=["Cs"]), st.sampled_from('\x00\x1b\r\n\t"\\,<>@()=?_'))
)


def reply(**changes: object) -> Reply:
    base = Reply(
        sender=Mailbox("support@shop.test", "Bright Shop"),
        to=(JAN,),
        subject="Where is my order SO-100001?",
        body="Dear Jan,\n\nyour parcel is in Leipzig.\n\n-- \nAna",
        message_id="<out-1@shop.test>",
        own_id="01J-out-1",
        date=NOW,
        original=Original(JAN, "Hello?\n> earlier", NOW, "<in-1@cust.example>", ("<in-0@cust.example>",)),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def read(raw: bytes) -> MailRecord:
    return parse_message(raw, MailKey("Sent", "", "1"), received_at=NOW)


def assert_fit_for_the_wire(raw: bytes) -> None:
    assert raw.replace(b"\r\n", b"").count(b"\n") == 0
    assert raw.replace(b"\r\n", b"").count(b"\r") == 0
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    head = raw.partition(b"\r\n\r\n")[0]
    assert not set(head) & (set(range(0x20)) - set(b"\r\n\t"))


def test_a_reply_reads_back_as_it_was_meant() -> None:
    raw = build_reply(reply(cc=(Mailbox("lea@cust.example", "Brandt, Lea"),)))
    assert_fit_for_the_wire(raw)
    record = read(raw)
    assert record.subject == "Re: Where is my order SO-100001?"
    assert (record.from_.name, record.from_.address) == ("Bright Shop", "support@shop.test")
    assert [(entry.name, entry.address) for entry in record.to] == [("Jan Kowal", "jan@cust.example")]
    assert [(entry.name, entry.address) for entry in record.cc] == [("Brandt, Lea", "lea@cust.example")]
    assert record.message_id == "<out-1@shop.test>"
    assert record.own_id == "01J-out-1"
    assert record.in_reply_to == "<in-1@cust.example>"
    assert record.references == ("<in-0@cust.example>", "<in-1@cust.example>")
    assert record.sent_at == NOW
    assert record.auto == ""
    assert record.warnings == ()
    assert record.text.split("\n") == [
        *("Dear Jan,", "", "your parcel is in Leipzig.", "", "--", "Ana", ""),
        *("On 2026-03-02 at 10:00, Jan Kowal wrote:", "> Hello?", ">> earlier"),
    ]
    assert record.quoted == ((7, 10),)


def test_the_same_pieces_give_the_same_bytes() -> None:
    files = (File("label.pdf", b"%PDF-1.7"),)
    assert build_reply(reply(files=files)) == build_reply(reply(files=files))


def test_attachments_arrive_as_they_were() -> None:
    content = bytes(range(256)) * 50
    raw = build_reply(
        reply(
            files=(File("Rückgabe Größe 5.pdf", content, "application/pdf"), File("../x.eml", b"a", "message/rfc822"))
        )
    )
    assert_fit_for_the_wire(raw)
    record = read(raw)
    assert [(file.name, file.content_type, file.size) for file in record.attachments] == [
        ("Rückgabe Größe 5.pdf", "application/pdf", len(content)),
        ("x.eml", "application/octet-stream", 1),
    ]
    assert attachment(raw, record.attachments[0].index)[1] == content


@pytest.mark.parametrize(
    ("subject", "answered"),
    [
        ("Order", "Re: Order"),
        ("Re: Order", "Re: Order"),
        ("AW: RE: SV: Antw: Order", "Re: Order"),
        ("Re[2]: Order", "Re: Order"),
        ("回复\uff1aOrder", "Re: Order"),
        ("Fwd: Order", "Re: Fwd: Order"),
        ("Return: Order", "Re: Return: Order"),
        ("Ref: 100001", "Re: Ref: 100001"),
        ("", "Re:"),
        ("hi\r\nBcc: victim@third.example\r\n\r\nbody", "Re: hi Bcc: victim@third.example body"),
    ],
)
def test_a_subject_gets_one_mark_and_stays_one_line(subject: str, answered: str) -> None:
    assert reply_subject(subject) == answered
    assert read(build_reply(reply(subject=subject))).subject == answered


def test_a_new_mail_has_no_mark_and_no_thread() -> None:
    record = read(build_reply(reply(original=None)))
    assert record.subject == "Where is my order SO-100001?"
    assert (record.in_reply_to, record.references) == ("", ())


def test_a_long_thread_keeps_its_first_id_and_its_last() -> None:
    ids = tuple(f"<{number}@{'long' * 20}.example>" for number in range(500))
    raw = build_reply(reply(original=Original(JAN, "", NOW, ids[-1], ids[:-1])))
    assert_fit_for_the_wire(raw)
    assert read(raw).references == (ids[0], *ids[-20:])


def test_ids_that_are_none_are_left_out() -> None:
    bad = ("<a b@x>", "<x\r\nBcc: v@x.example>", "no brackets", "<\u00e9@x.example>", "<a@x>\n")
    assert thread_ids(Original(JAN, references=bad, message_id="<in-1@cust.example>")) == ("<in-1@cust.example>",)
    assert thread_ids(Original(JAN, references=("<a@x>", "<a@x>"))) == ("<a@x>",)


@pytest.mark.parametrize(
    "address",
    [
        "", "jan", "jan@", "@cust.example", "jan@cust.example, v@third.example", "jan@cust.example\r\nBcc: v@x.example",
        "jan kowal@cust.example", "jan@cust..example", "<jan@cust.example>", "jan@-cust.example", "\x1b@cust.example",
        "jan@" + "x" * 300 + ".example", "иван@почта.example",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_its_field(address: str) -> None:
    with pytest.raises(UnsendableReply) as refusal:
        build_reply(reply(cc=(Mailbox(address),)))
    assert refusal.value.field == "cc"
    assert "\x1b" not in str(refusal.value)


def test_an_international_domain_is_sent_in_its_ascii_form() -> None:
    written = reply(to=(Mailbox("jan@müller.example"), Mailbox("JAN@xn--mller-kva.example")), cc=(JAN, JAN))
    assert recipients(written) == ("jan@xn--mller-kva.example", "JAN@xn--mller-kva.example", "jan@cust.example")
    assert read(build_reply(written)).to[0].address == "jan@xn--mller-kva.example"


def test_no_recipient_and_bad_ids_are_refused() -> None:
    for changes, field in (
        ({"to": ()}, "to"),
        ({"message_id": "<a b>"}, "message_id"),
        ({"own_id": "x\r\nBcc: v@x.example"}, "own_id"),
    ):
        with pytest.raises(UnsendableReply) as refusal:
            build_reply(reply(**changes))
        assert refusal.value.field == field


@pytest.mark.parametrize(
    "name",
    [
        'Eve "the\\ boss"', "Eve, Bank <pay@bank.example>", "Żółć Größe 注文" * 5, "=?utf-8?q?x?=", "pay@bank.example",
        "x\r\nBcc: victim@third.example", "\x1b[1ABank\x00", "(comment", "a" * 400, ":;,",
    ],
)  # fmt: skip
def test_a_hostile_name_stays_a_name(name: str) -> None:
    raw = build_reply(reply(to=(Mailbox("eve@cust.example", name),)))
    assert_fit_for_the_wire(raw)
    record = read(raw)
    assert [entry.address for entry in record.to] == ["eve@cust.example"]
    assert record.cc == ()
    assert b"\r\nBcc:" not in raw


@given(name=ANY_TEXT, subject=ANY_TEXT, body=ANY_TEXT, original=ANY_TEXT, file_name=ANY_TEXT)
def test_whatever_the_texts_are_the_message_is_sound(
    name: str, subject: str, body: str, original: str, file_name: str
) -> None:
    raw = build_reply(
        reply(
            to=(Mailbox("eve@cust.example", name),),
            subject=subject,
            body=body,
            original=Original(Mailbox("eve@cust.example", name), original, NOW, "<in-1@cust.example>"),
            files=(File(file_name, b"\r\n.\r\n\n"),),
        )
    )
    assert_fit_for_the_wire(raw)
    record = read(raw)
    assert [entry.address for entry in record.to] == ["eve@cust.example"]
    assert record.message_id == "<out-1@shop.test>"
    assert len(record.attachments) == 1
    assert attachment(raw, record.attachments[0].index)[1] == b"\r\n.\r\n\n"


def test_lines_made_to_end_the_message_are_carried_as_text() -> None:
    text = ".\n..\n.hidden\nQUIT\nFrom here"
    record = read(build_reply(reply(body=text, original=None)))
    assert record.text == text


def test_a_line_of_ten_thousand_letters_is_encoded() -> None:
    raw = build_reply(reply(original=Original(JAN, "W" * 10_000, NOW, "<in-1@cust.example>")))
    assert_fit_for_the_wire(raw)
    assert "> " + "W" * 10_000 in read(raw).text


def test_a_quote_shows_what_the_original_tried_to_hide() -> None:
    text = quoted(Original(Mailbox("eve@cust.example"), "\x1b]52;c;x\x07\n\u202etxt", NOW))
    assert text == "On 2026-03-02 at 10:00, eve@cust.example wrote:\n> ␛]52;c;x␇\n> \ufffdtxt"
    assert quoted(Original(JAN, " \n ")) == ""
    assert "> Hello" not in read(build_reply(reply(quote=False))).text
