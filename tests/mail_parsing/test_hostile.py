"""Mails written to do harm do none: each of the collection is held to what is expected of it."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from connectors.mail.message import attachment, parse_header, parse_message
from connectors.records import MailKey, MailRecord
from oms_tui.domain.mail_building import Mailbox, Original, Reply, UnsendableReply, build_reply, reply_subject
from oms_tui.domain.safe_text import safe_block, safe_file_name, safe_line, searchable

if TYPE_CHECKING:
    from collections.abc import Callable

HOSTILE = Path(__file__).resolve().parents[2].parent / "shared" / "corpus" / "mail" / "hostile"
EXPECTED = HOSTILE / "EXPECTED.jsonl"
FILES = [json.loads(line)["file"] for line in EXPECTED.read_text().splitlines()] if EXPECTED.is_file() else []
RECEIVED = datetime(2026, 3, 2, 10, 1, tzinfo=UTC)
ORDER = "SO-100001"


class Case:
    """One mail, read: what an agent sees of it, and how long that took."""

    def __init__(self, path: Path) -> None:
        self.raw = path.read_bytes()
        started = time.perf_counter()
        self.mail = parse_message(self.raw, MailKey("INBOX", "", "1"), received_at=RECEIVED)
        self.head = parse_header(self.raw, MailKey("INBOX", "", "1"), received_at=RECEIVED)
        self.subject = safe_line(self.mail.subject)
        self.text = safe_block(self.mail.text)
        self.sender = safe_line(self.mail.from_.name)
        self.seconds = time.perf_counter() - started
        self.files = [safe_file_name(file.name) for file in self.mail.attachments]

    def reply(self) -> MailRecord:
        """The mail that answers this one, read back."""
        to = self.mail.reply_to or (self.mail.from_,)
        raw = build_reply(
            Reply(
                sender=Mailbox("support@shop.test"),
                to=tuple(Mailbox(entry.address, entry.name) for entry in to),
                subject=self.mail.subject,
                body="Thank you.",
                message_id="<out-9@shop.test>",
                own_id="9",
                date=RECEIVED,
                original=Original(
                    Mailbox(self.mail.from_.address, self.mail.from_.name),
                    self.mail.text,
                    RECEIVED,
                    self.mail.message_id,
                    self.mail.references,
                ),
            )
        )
        assert max(map(len, raw.split(b"\r\n"))) <= 998
        return parse_message(raw, MailKey("Sent", "", "1"))


def shown_as_text(case: Case) -> None:
    shown = [case.subject, case.text, case.sender, case.mail.from_.address, *case.files]
    assert not any(
        (sign < " " and sign not in "\n\t") or sign in "\x7f\u200b\u202e\ufeff" or "\x80" <= sign <= "\x9f"
        for text in shown
        for sign in text
    )
    assert not {"\n", "\t"} & set(case.subject + case.sender)


def order_is_found(case: Case) -> None:
    assert ORDER in searchable(f"{case.mail.subject} {case.mail.text}")


def order_is_in_text(case: Case) -> None:
    assert ORDER in searchable(case.mail.text)


def kept(text: str) -> Callable[[Case], None]:
    def check(case: Case) -> None:
        assert text in case.text

    return check


def left_out(text: str) -> Callable[[Case], None]:
    def check(case: Case) -> None:
        assert text not in case.mail.text
        assert text not in case.mail.subject

    return check


def named(*names: str) -> Callable[[Case], None]:
    def check(case: Case) -> None:
        assert case.files == list(names)

    return check


def warned(words: str) -> Callable[[Case], None]:
    def check(case: Case) -> None:
        assert any(words in warning for warning in case.mail.warnings), case.mail.warnings

    return check


def within(seconds: float) -> Callable[[Case], None]:
    def check(case: Case) -> None:
        assert case.seconds < seconds

    return check


def sender_is(address: str) -> Callable[[Case], None]:
    def check(case: Case) -> None:
        assert case.mail.from_.address == address
        assert case.head.from_.address == address

    return check


def reply_goes_only_to(address: str) -> Callable[[Case], None]:
    def check(case: Case) -> None:
        answer = case.reply()
        assert [entry.address for entry in (*answer.to, *answer.cc)] == [address]

    return check


def no_network(case: Case) -> None:
    assert "http" not in case.mail.text
    assert "color" not in case.mail.text


def japanese(case: Case) -> None:
    assert case.mail.subject == "注文 SO-100005"
    assert case.mail.text == "注文が届きません SO-100005"


def markup_is_text(case: Case) -> None:
    assert "[bold red]" in case.subject or "[@click=app.bell]" in case.text


def no_half_characters(case: Case) -> None:
    (case.mail.text + case.mail.subject).encode()
    assert case.text.endswith("end")


def cut_with_a_note(case: Case) -> None:
    assert len(case.mail.text) <= 1_000_000
    warned("cut")(case)


def size_is_the_stored_one(case: Case) -> None:
    file, content = attachment(case.raw, case.mail.attachments[0].index)
    assert file.size == len(content) == 194_632


def two_files(case: Case) -> None:
    assert case.files == ["a.pdf", "a.pdf"]
    assert len({file.index for file in case.mail.attachments}) == 2


def one_line_subject(case: Case) -> None:
    assert reply_subject(case.mail.subject) == "Re: hi Bcc: victim@third.example body"
    assert case.reply().subject == "Re: hi Bcc: victim@third.example body"


def no_sender_is_believed(case: Case) -> None:
    assert case.mail.from_.address == ""
    assert "pay@bank.example" in case.sender
    assert "eve@cust.example" in case.sender
    warned("2 senders")(case)


def address_beside_a_long_name(case: Case) -> None:
    assert len(safe_line(case.mail.from_.name, 40)) == 40
    sender_is("eve@evil.example")(case)


def clear_error_on_reply(case: Case) -> None:
    assert case.mail.from_.address == "иван@почта.example"
    with pytest.raises(UnsendableReply, match="before the @"):
        case.reply()


def known_by_its_content(case: Case) -> None:
    again = parse_message(case.raw, MailKey("INBOX", "", "2"), received_at=RECEIVED)
    assert again.digest == case.mail.digest
    assert case.mail.message_id == ""
    assert case.mail.sent_at == RECEIVED


def dated_by_arrival(case: Case) -> None:
    assert case.mail.sent_at == RECEIVED
    warned("cannot be right")(case)


def references_are_capped(case: Case) -> None:
    assert 20 <= len(case.mail.references) <= 100
    assert len(case.reply().references) <= 100


def readable_headers(case: Case) -> None:
    assert "Rückgabe" in case.mail.subject
    (case.mail.subject + case.mail.from_.name).encode()


def nothing_but_an_empty_mail(case: Case) -> None:
    assert (case.mail.subject, case.mail.text, case.mail.attachments) == ("", "", ())


def no_null(case: Case) -> None:
    assert "\0" not in case.mail.text + case.mail.subject


def is_a_bounce(case: Case) -> None:
    assert case.mail.auto == case.head.auto == "bounce"
    assert "<out-1@shop.test>" in case.mail.references
    warned("bounced 5.1.1")(case)


def is_our_own(case: Case) -> None:
    assert case.mail.message_id == "<out-1@shop.test>"


def is_by_a_stranger(case: Case) -> None:
    assert case.mail.from_.address == "mal@evil.example"
    assert case.mail.references


def thread_ends(case: Case) -> None:
    assert len(case.mail.references) == len(set(case.mail.references))


def token_is_only_text(case: Case) -> None:
    assert [entry.address for entry in case.mail.to] == ["support+ord.SO-100002.badsig@shop.test"]


def dots_come_back(case: Case) -> None:
    assert "> .\n> ..\n> .hidden\n> QUIT" in case.reply().text


def long_line_comes_back(case: Case) -> None:
    assert "W" * 10_000 in case.reply().text


# What each mail must do, by its number. A mail without an entry fails, so that none is forgotten.
CHECKS: dict[int, tuple[Callable[[Case], None], ...]] = {
    1: (order_is_found,),
    3: (kept("␛]52;c;"),),
    5: (kept("\\x9b31m"),),
    7: (sender_is("eve@cust.example"), reply_goes_only_to("eve@cust.example")),
    9: (kept("␛[6n"),),
    11: (japanese,),
    13: (named("invoice_fdp.exe"),),
    15: (order_is_in_text,),
    17: (kept("Hi"),),
    19: (no_half_characters,),
    21: (markup_is_text,),
    23: (markup_is_text,),
    25: (kept("[click](javascript:alert(1))\n```\n> quote\n<b>x</b>"),),
    27: (no_network, order_is_in_text),
    29: (order_is_in_text, left_out("SO-99999"), warned("hides")),
    31: (order_is_in_text, within(2)),
    33: (cut_with_a_note, within(2)),
    35: (kept("+ADw-script"), left_out("<script>"), order_is_in_text),
    37: (left_out("base64"), order_is_in_text, within(1)),
    39: (named("evil"),),
    41: (named("x"),),
    43: (named("bashrc"),),
    45: (named("a.pdf"),),
    47: (named("authorized_keys"),),
    49: (named("photos.zip"), size_is_the_stored_one),
    51: (two_files,),
    53: (named("run.desktop", "x.html"), left_out("<")),
    54: (reply_goes_only_to("eve@cust.example"),),
    56: (one_line_subject, reply_goes_only_to("eve@cust.example")),
    58: (no_sender_is_believed,),
    60: (address_beside_a_long_name,),
    62: (clear_error_on_reply,),
    64: (known_by_its_content,),
    66: (dated_by_arrival,),
    68: (references_are_capped,),
    70: (within(2), warned("encoded words")),
    72: (sender_is("x@y.example"),),
    74: (readable_headers,),
    75: (warned("nested"), within(2)),
    77: (warned("more than 1000 parts"), within(3), order_is_in_text),
    79: (kept("real SO-100001"), left_out("fake"), left_out("SO-999996")),
    81: (order_is_in_text, kept("Grüße")),
    83: (order_is_in_text, kept("Grüße")),
    85: (order_is_in_text,),
    87: (order_is_in_text, kept("Grüße")),
    89: (order_is_in_text, kept("Grüße")),
    91: (no_null,),
    93: (nothing_but_an_empty_mail,),
    95: (named("winmail.dat"), order_is_in_text),
    97: (is_a_bounce,),
    99: (is_our_own,),
    101: (is_by_a_stranger,),
    105: (thread_ends,),
    107: (token_is_only_text,),
    108: (dots_come_back,),
    110: (long_line_comes_back,),
}


@pytest.mark.skipif(not FILES, reason=f"the collection of hostile mail is not at {HOSTILE}")
def test_every_hostile_mail_has_a_check() -> None:
    assert {int(name[:3]) for name in FILES} == set(CHECKS)


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_mail_does_no_harm(name: str) -> None:
    case = Case(HOSTILE / name)
    shown_as_text(case)
    assert case.head.message_id == case.mail.message_id
    assert case.head.subject == case.mail.subject
    for check in CHECKS[int(name[:3])]:
        check(case)
