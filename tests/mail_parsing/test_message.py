"""Whole mails: which part is the text, what is attached, and what a broken one still gives."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import NotFound, Rejected
from connectors.mail import message
from connectors.mail.message import UnreadableMail, attachment, parse_header, parse_message
from connectors.records import MailKey

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from connectors.records import MailRecord

HEAD = "From: jan@cust.example\nSubject: hi\nMessage-ID: <a@b>\nMIME-Version: 1.0\n"
PDF = base64.b64encode(b"%PDF-1.7 invoice").decode()


def parts(kind: str, *bodies: str, boundary: str = "B") -> str:
    inside = "".join(f"--{boundary}\n{body}\n" for body in bodies)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n{inside}--{boundary}--\n'


PLAIN = "Content-Type: text/plain; charset=utf-8\n\nplain"
HTML = "Content-Type: text/html; charset=utf-8\n\n<p>rich</p>"
FILE = f'Content-Type: application/pdf; name="a.pdf"\nContent-Transfer-Encoding: base64\n\n{PDF}'
PICTURE = "Content-Type: image/png\nContent-ID: <logo>\nContent-Transfer-Encoding: base64\n\niVBORw0K"


@pytest.mark.parametrize(
    ("body", "text", "files"),
    [
        (PLAIN, "plain", []),
        (HTML, "rich", []),
        ("\nno type at all", "no type at all", []),
        (parts("alternative", PLAIN, HTML), "plain", []),
        (parts("alternative", "Content-Type: text/plain\n\n ", HTML), "rich", []),
        (parts("alternative", HTML), "rich", []),
        (parts("mixed", PLAIN, FILE), "plain", ["a.pdf"]),
        (parts("mixed", PLAIN, "Content-Type: text/plain\n\nfooter"), "plain\n\nfooter", []),
        (parts("related", HTML, PICTURE), "rich", [""]),
        (parts("mixed", parts("alternative", PLAIN, HTML, boundary="C"), FILE), "plain", ["a.pdf"]),
        (parts("alternative", PLAIN, parts("mixed", HTML, FILE, HTML, boundary="C")), "plain", ["a.pdf"]),
        (parts("signed", PLAIN, "Content-Type: application/pgp-signature; name=s.asc\n\nx"), "plain", ["s.asc"]),
        (
            parts("mixed", PLAIN, "Content-Type: message/rfc822\n\nSubject: old mail\n\nSO-999999"),
            "plain",
            ["old mail.eml"],
        ),
        (parts("mixed", PLAIN, "Content-Type: text/plain; name=notes.txt\n\nnotes"), "plain", ["notes.txt"]),
        ("Content-Type: text/plain; name=mail.txt\n\nonly", "only", []),
        ("Content-Type: text/plain\nContent-Disposition: attachment; filename=x.txt\n\nonly", "", ["x.txt"]),
        ("Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\nGr=C3=BC=\n=C3=9Fe", "Grüße", []),
        ("Content-Type: text/plain\nContent-Transfer-Encoding: BASE64 (x)\n\nR3LDvMOfZQ", "Grüße", []),
        ("Content-Type: text/plain\nContent-Transfer-Encoding: nonsense\n\nraw", "raw", []),
        ("Content-Type: multipart/mixed\n\nno boundary named", "no boundary named", []),
        ("Content-Type: multipart/mixed; boundary=B\n\nnever used", "never used", []),
        ('Content-Type: multipart/mixed; boundary="B"\n\n--B\n\nnever closed', "never closed", []),
        ("Content-Type: nonsense\n\nstill text", "still text", []),
    ],
)
def test_what_is_read_and_what_is_attached(
    read: Callable[..., MailRecord], body: str, text: str, files: list[str]
) -> None:
    for raw in ((HEAD + body).encode(), (HEAD + body).replace("\n", "\r\n").encode()):
        record = read(raw)
        assert record.text == text
        assert [file.name for file in record.attachments] == files
        assert record.has_body


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ('filename="a b.pdf"', "a b.pdf"),
        ("filename=a b.pdf", "a b.pdf"),
        ("filename*=utf-8''Gr%C3%B6%C3%9Fe.pdf", "Größe.pdf"),
        ("filename*0*=utf-8''Gr%C3%B6; filename*1=\"sse.pdf\"", "Grösse.pdf"),
        ("filename*1=b.pdf; filename*0=a", "ab.pdf"),
        ('filename="=?utf-8?q?Gr=C3=B6=C3=9Fe.pdf?="', "Größe.pdf"),
        ('filename="say \\"hi\\".pdf"', 'say "hi".pdf'),
        ('filename="unclosed', "unclosed"),
        ("filename*=x''%ff", "ÿ"),
    ],
)
def test_the_name_of_an_attachment(read: Callable[..., MailRecord], parameters: str, name: str) -> None:
    record = read(f"{HEAD}Content-Type: application/pdf\nContent-Disposition: attachment; {parameters}\n\nx")
    assert [file.name for file in record.attachments] == [name]


def test_an_attachment_is_given_as_it_was_sent() -> None:
    raw = (HEAD + parts("mixed", PLAIN, FILE, PICTURE)).encode()
    record = parse_message(raw, MailKey("INBOX", "", "1"))
    assert [(file.content_type, file.inline) for file in record.attachments] == [
        ("application/pdf", False),
        ("image/png", True),
    ]
    entry, content = attachment(raw, record.attachments[0].index)
    assert content == b"%PDF-1.7 invoice"
    assert entry.size == len(content)
    with pytest.raises(NotFound, match="no attachment 99"):
        attachment(raw, 99)
    with pytest.raises(NotFound):
        attachment(raw, 0)  # the text is no attachment


def test_an_attachment_that_is_too_large_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message, "MAX_ATTACHMENT_BYTES", 10)
    raw = (HEAD + parts("mixed", PLAIN, FILE)).encode()
    with pytest.raises(Rejected, match="too large"):
        attachment(raw, 1)


def test_uuencoded_files_are_decoded() -> None:
    body = (
        "Content-Type: application/x-y; name=x\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 x\n#0V%T\n`\nend\n"
    )
    assert attachment((HEAD + body).encode(), 0)[1] == b"Cat"


def test_flowed_text_is_joined(read: Callable[..., MailRecord]) -> None:
    body = "Content-Type: text/plain; format=flowed\n\none \ntwo\n> a \n> b\n From\n-- \nJan\n"
    assert read(HEAD + body).text == "one two\n> a b\nFrom\n--\nJan"


def test_quotes_are_marked_and_nothing_is_cut(read: Callable[..., MailRecord]) -> None:
    record = read(f"{HEAD}\nStill late.\n\nOn 2026-03-02 at 10:00, Support wrote:\n> Dear Jan\n")
    assert record.text == "Still late.\n\nOn 2026-03-02 at 10:00, Support wrote:\n> Dear Jan"
    assert record.quoted == ((2, 4),)


def test_a_bounce_names_the_mail_that_came_back_and_a_delay_is_none(read: Callable[..., MailRecord]) -> None:
    status = (
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n"
        "Final-Recipient: rfc822; j@x\nAction: {}\nStatus: {}\n"
    )
    original = "Content-Type: message/rfc822\n\nMessage-ID: <out-1@shop.test>\nSubject: Re: hi\n\nDear"
    head = HEAD.replace("MIME", "References: <old@x>\nMIME")

    def report(action: str, code: str) -> MailRecord:
        body = parts("report; report-type=delivery-status", PLAIN, status.format(action, code), original)
        return read(head + body)

    failed = report("failed", "5.1.1")
    assert failed.auto == "bounce"
    assert failed.references == ("<old@x>", "<out-1@shop.test>")
    assert "bounced 5.1.1: j@x" in failed.warnings
    delayed = report("delayed", "4.4.1")
    assert delayed.auto == "auto-generated"
    assert "delayed 4.4.1: j@x" in delayed.warnings


def test_header_and_message_agree() -> None:
    raw = (HEAD + parts("mixed", PLAIN, FILE)).encode()
    arrived = datetime(2026, 3, 2, tzinfo=UTC)
    head = parse_header(raw, MailKey("INBOX", "", "1"), received_at=arrived)
    whole = parse_message(raw, MailKey("INBOX", "", "1"), received_at=arrived, flags=("\\Seen",))
    for name in ("message_id", "subject", "sent_at", "from_", "to", "auto", "references", "digest"):
        assert getattr(head, name) == getattr(whole, name)
    assert (whole.size, whole.seen) == (len(raw), True)


def test_a_fault_in_the_parser_is_one_documented_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(message, "readable", fault)
    with pytest.raises(UnreadableMail, match="RecursionError"):
        parse_message(HEAD.encode(), MailKey("INBOX", "", "1"))
    monkeypatch.setattr(message.header, "split", fault)
    with pytest.raises(UnreadableMail, match="header"):
        parse_header(HEAD.encode(), MailKey("INBOX", "", "1"))
    with pytest.raises(UnreadableMail):
        attachment(HEAD.encode(), 0)


@pytest.mark.parametrize(
    "body",
    [
        "Content-Type: multipart/mixed; boundary=a\n\n" + "--a\n" * 300_000,
        "Content-Type: multipart/mixed; boundary=a\n\n" + "--ab\n" * 300_000,
        "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(3000)),
        "Content-Type: message/rfc822\n\n" * 3000,
        "Content-Type: text/plain; format=flowed\n\n" + "a \n" * 500_000,
        "Content-Type: text/html\n\n" + "<p style='" + "height:0;" * 300 + "'>x</p>" * 3000,
        "X-A: b\n" * 300_000,
        "\n" + " " * 2_000_000 + "x",
        "\n" + "> " * 1_000_000,
        "Content-Type: text/plain; " + "a=b; " * 10_000 + "\n\nx",
    ],
    ids=lambda body: body[:45],
)
def test_no_mail_takes_long(read: Callable[..., MailRecord], body: str) -> None:
    started = time.process_time()
    read(HEAD + body)
    assert time.process_time() - started < 5  # below 1 s on a free core


@given(st.binary(max_size=300))
def test_no_bytes_defeat_the_parser(raw: bytes) -> None:
    parse_message(raw, MailKey("INBOX", "", "1"))


MIME_PIECES = [
    *(
        "Content-Type: multipart/mixed; boundary=B\n",
        "Content-Type: text/html\n",
        "Content-Transfer-Encoding: base64\n",
        "\n",
    ),
    *(
        "--B\n",
        "--B--\n",
        "\r",
        "Content-Disposition: attachment; filename*0*=x'",
        "=?utf-8?b?",
        "<p>",
        "\0",
        "text ",
        "é",
        "\r\n",
    ),
]


@given(st.lists(st.sampled_from(MIME_PIECES), max_size=40))
def test_no_structure_defeats_the_parser(pieces: list[str]) -> None:
    raw = "".join(pieces).encode()
    record = parse_message(raw, MailKey("INBOX", "", "1"))
    record.text.encode()
    assert "\0" not in record.text
    for file in record.attachments:
        assert attachment(raw, file.index)[0] == file


def test_every_real_mail_is_read(corpus: Path) -> None:
    paths = [path for path in sorted((corpus / "real").rglob("*")) if path.is_file()]
    assert len(paths) > 200
    for path in paths:
        raw = path.read_bytes()
        record = parse_message(raw, MailKey("INBOX", "", path.name))
        (record.text + record.subject).encode()
        for file in record.attachments:
            attachment(raw, file.index)
