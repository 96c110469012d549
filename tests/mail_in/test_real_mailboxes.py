"""Mail out of a Maildir and off an IMAP server, through their real connectors, up to the order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from mail_in.story import NOW, OURS, POLICY, Desk, order

from connectors.base import Account
from connectors.mail.imap import ImapMailbox
from connectors.mail.maildir import MaildirMailbox
from connectors.records import Address
from oms_tui.store.reads import mail as reads
from oms_tui.sync.mailbox import MailboxSync, MailResult

if TYPE_CHECKING:
    from servers.dovecot import DovecotServer

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "mail"
_TEXTS = "from_name, from_address, to_addresses, cc_addresses, reply_to, subject, text, attachments, warnings, reason"


def raw(name: str, sender: str, subject: str, text: str, *, answers: str = "", to: str = OURS) -> bytes:
    references = f"In-Reply-To: <{answers}>\r\nReferences: <{answers}>\r\n" if answers else ""
    head = f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nDate: Mon, 02 Mar 2026 08:00:00 +0100\r\n"
    return f"{head}Message-ID: <{name}>\r\n{references}\r\n{text}\r\n".encode()


def maildir(path: Path, *mails: bytes) -> Path:
    for folder in ("tmp", "new", "cur"):
        (path / folder).mkdir(parents=True, exist_ok=True)
    for mail in mails:
        number = len(list((path / "new").iterdir()))
        (path / "new" / f"{1_772_000_000 + number}.M{number}.desk").write_bytes(mail)
    return path


def sync_maildir(desk: Desk, path: Path, cache: Path) -> MailResult:
    cache.mkdir(exist_ok=True)
    mailbox = MaildirMailbox(Account("local", {"path": path, "folders": ("INBOX",), "sent": "Sent"}, cache))
    return MailboxSync(desk.store, POLICY, "local", mailbox).run(now=NOW)


def test_scenario_one_out_of_a_maildir(desk: Desk, tmp_path: Path) -> None:
    elsewhere = Address(street="Am Markt 4", city="Köln", postcode="50667")
    desk.orders(order("#1042"), order("#1043", email="ada@cust.example", name="Ada Other", ship_to=elsewhere))
    said = "still no parcel, I live at Lindenweg 4, ordered the blue lamp"
    path = maildir(
        tmp_path / "mail",
        raw("hello", "J K <j.k.private@example.net>", "Hello??", said),
        raw("stranger", "thief@example.net", "Order #1042", "send it to my address"),
        raw("jan", "Jan Kowal <jan.kowal@firma.example>", "Order #1042", "where is it?"),
    )
    maildir(path / ".Sent", raw("ours", OURS, "Re: Order #1042", "soon", answers="jan", to="jan.kowal@firma.example"))

    result = sync_maildir(desk, path, tmp_path / "cache")

    assert (result.fetched, result.linked, result.unlinked) == (4, 2, 2)
    assert desk.on("jan") == desk.on("ours") == ("#1042",)
    assert reads.candidates(desk.store, POLICY, desk.mail("hello").id)[0].number == "#1042"
    (conversation,) = desk.threads("1042")
    assert [mail.direction for mail in conversation.messages] == ["inbound", "outbound"]
    assert conversation.waiting_since is None
    assert sync_maildir(desk, path, tmp_path / "cache") == MailResult()


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of mails is not beside the project")
def test_every_mail_of_the_corpus_lands_counted_and_safe(desk: Desk, tmp_path: Path) -> None:
    mails = [path.read_bytes() for path in sorted(CORPUS.rglob("*.eml"))]
    desk.orders(order("#1042"))

    result = sync_maildir(desk, maildir(tmp_path / "mail", *mails), tmp_path / "cache")

    assert result.fetched == result.linked + result.unlinked + result.quarantined == len(mails)
    assert desk.counts()["fetched"] == len(mails)
    for row in desk.store.cache.execute(f"SELECT {_TEXTS} FROM messages"):
        for text in row:
            shown = (
                "".join(_leaves(json.loads(text))) if text[:1] == "[" and text[-1:] == "]" and _is_json(text) else text
            )
            assert not [char for char in shown if (ord(char) < 32 and char not in "\n\t") or 127 <= ord(char) < 160]
    for (number,) in desk.store.cache.execute("SELECT id FROM messages").fetchall():
        reads.candidates(desk.store, POLICY, number)
        assert reads.message(desk.store, number) is not None


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _leaves(value: object) -> list[str]:
    if isinstance(value, list):
        return [leaf for each in value for leaf in _leaves(each)]
    return [str(value)]


@pytest.mark.dovecot
def test_off_an_imap_server_headers_first_then_texts_and_nothing_is_wiped(
    desk: Desk, dovecot: DovecotServer, tmp_path: Path
) -> None:
    user = dovecot.user()
    desk.orders(order("#1042"))
    dovecot.deliver(user, raw("first", "jan.kowal@firma.example", "Order #1042", "where is it?"))
    dovecot.deliver(user, raw("second", "jan.kowal@firma.example", "Still", "no parcel", answers="first"))
    dovecot.deliver(user, raw("text", "jan.kowal@firma.example", "Hello", "it is about order #1042"))
    values = {
        "host": dovecot.host,
        "port": dovecot.tls_port,
        "tls": "implicit",
        "ca_file": str(dovecot.ca_file),
        "user": user,
        "password": dovecot.password,
    }
    mailbox = ImapMailbox(Account("support", values, tmp_path / "cache"))
    sync = MailboxSync(desk.store, POLICY, "support", mailbox)
    try:
        result = sync.run(now=NOW)
        assert (result.fetched, result.linked) == (3, 2)
        assert not desk.mail("first").has_body

        assert sync.bodies(100, NOW) == 3
        assert desk.on("text") == ("#1042",)
        assert "where is it?" in desk.mail("first").text
        before = {name: desk.mail(name).id for name in ("first", "second", "text")}

        dovecot.doveadm("mailbox", "update", "-u", user, "--uid-validity", "4242", "INBOX")
        dovecot.deliver(user, raw("third", "jan.kowal@firma.example", "Re", "and?", answers="second"))
        result = sync.run(now=NOW)

        assert (result.fetched, result.gone) == (1, 0)
        assert {name: desk.mail(name).id for name in before} == before
        assert desk.on("third") == ("#1042",)
        assert desk.counts() == {"fetched": 4, "linked": 4, "unlinked": 0, "quarantined": 0}
    finally:
        mailbox.close()
