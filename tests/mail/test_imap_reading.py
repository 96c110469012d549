"""Single messages, searches, filing and waiting on a real server."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from connectors.errors import AuthExpired, CertificateRejected, NotFound, Rejected, Temporary
from connectors.records import MailKey

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.dovecot import DovecotServer
    from servers.smtp_loop import SmtpLoop

    from connectors.mail.imap import ImapMailbox
    from connectors.records import MailPage

    Mail = Callable[..., bytes]
    Open = Callable[..., ImapMailbox]
    ReadAll = Callable[..., tuple[list[MailPage], dict[str, Any]]]

pytestmark = pytest.mark.dovecot


def keys_of(pages: list[MailPage]) -> dict[str, MailKey]:
    return {record.message_id: record.key for page in pages for record in page.messages}


def test_bodies_come_in_the_order_asked_for_and_gone_ones_are_left_out(
    server: DovecotServer, open_mailbox: Open, read_all: ReadAll, mail: Mail
) -> None:
    user = server.user()
    with server.client(user) as client:
        for number in range(3):
            client.append("INBOX", mail(number, body=f"text {number}"), flags=[b"\\Seen"] if number == 2 else [])
    mailbox = open_mailbox(server, user)
    pages, _ = read_all(mailbox)
    keys = keys_of(pages)
    gone = MailKey("INBOX", keys["<0@cust.example>"].generation, "77")
    other_age = MailKey("INBOX", "1", "1")
    asked = [keys["<0@cust.example>"], gone, keys["<2@cust.example>"], other_age, keys["<1@cust.example>"]]
    records = list(mailbox.bodies(asked))
    assert [record.text.strip() for record in records] == ["text 0", "text 2", "text 1"]
    assert [record.seen for record in records] == [False, True, False]
    assert all(record.has_body and record.received_at and record.size for record in records)


def test_the_text_of_mail_that_came_after_the_folder_was_opened_is_there(
    server: DovecotServer, open_mailbox: Open, read_all: ReadAll, mail: Mail
) -> None:
    user = server.user()
    mailbox = open_mailbox(server, user)
    with server.client(user) as client:
        client.append("INBOX", mail(1, body="the first"))
        pages, cursor = read_all(mailbox)
        assert [record.text.strip() for record in mailbox.bodies([*keys_of(pages).values()])] == ["the first"]
        client.append("INBOX", mail(2, body="the second"))
    pages, _ = read_all(mailbox, cursor)
    assert [record.text.strip() for record in mailbox.bodies([*keys_of(pages).values()])] == ["the second"]


def test_a_large_message_is_read_in_pieces_and_whole(
    dovecot: DovecotServer, open_mailbox: Open, read_all: ReadAll, mail: Mail
) -> None:
    user = dovecot.user()
    raw = mail("large", body="\n".join(f"line {number} of a long story" for number in range(400_000)))
    assert len(raw) > 10 * 1024 * 1024
    with dovecot.client(user) as client:
        client.append("INBOX", raw)
        client.append("INBOX", mail("small", body="short"))
    mailbox = open_mailbox(dovecot, user)
    pages, _ = read_all(mailbox)
    keys = keys_of(pages)
    assert mailbox.raw(keys["<large@cust.example>"]) == raw
    large, small = mailbox.bodies([keys["<large@cust.example>"], keys["<small@cust.example>"]])
    assert (large.has_body, large.size, small.text.strip()) == (True, len(raw), "short")


def test_the_raw_message_is_byte_for_byte_what_arrived(
    server: DovecotServer, open_mailbox: Open, read_all: ReadAll, mail: Mail
) -> None:
    user = server.user()
    raw = mail("umlaut", body="Grüße\n.\n..\n€ é\n")
    with server.client(user) as client:
        client.append("INBOX", raw)
    mailbox = open_mailbox(server, user)
    pages, _ = read_all(mailbox)
    assert mailbox.raw(pages[0].messages[0].key) == raw
    with pytest.raises(NotFound, match="no longer in 'INBOX'"):
        mailbox.raw(MailKey("INBOX", pages[0].messages[0].key.generation, "999"))
    with pytest.raises(NotFound):
        mailbox.raw(MailKey("INBOX", "1", "1"))


def test_a_sent_reply_is_found_by_its_id_or_by_ours_and_by_nothing_like_it(
    server: DovecotServer, open_mailbox: Open, mail: Mail
) -> None:
    user = server.user()
    mailbox = open_mailbox(server, user)
    with server.client(user) as client:
        if not client.folder_exists("Sent"):
            client.create_folder("Sent")
    mailbox.append("Sent", mail("old", extra="X-OMS-ID: 12\n"))
    mark = mailbox.mark("Sent")
    assert mailbox.search("Sent", ["<reply-1@shop.test>"], own_id="12", since_uid=mark) == []
    mailbox.append("Sent", mail("x", extra="X-OMS-ID: 123\n"))
    mailbox.append("Sent", mail("reply-1"))
    assert [key.uid for key in mailbox.search("Sent", ["<reply-1@cust.example>"], since_uid=mark)] == ["3"]
    assert mailbox.search("Sent", ["<reply-1@cust.exampl>", "reply-1@cust.example"], since_uid=mark) == []
    assert [key.uid for key in mailbox.search("Sent", [], own_id="12")] == ["1"]
    assert [key.uid for key in mailbox.search("Sent", ["<none@x>"], own_id="123", since_uid=mark)] == ["2"]
    assert mailbox.search("Sent", []) == []


def test_a_search_among_thousands_is_the_servers_work_and_still_exact(
    server: DovecotServer, open_mailbox: Open, mail: Mail
) -> None:
    user = server.user()
    with server.client(user) as client:
        for number in range(260):
            client.append("INBOX", mail(number, extra=f"X-OMS-ID: {number}\n"))
    mailbox = open_mailbox(server, user)
    found = mailbox.search("INBOX", ["<25@cust.example>", '<"odd) OR ALL (@x>', "<ümlaut@x>", "<a\r\nA1 NOOP@x>"])
    assert [key.uid for key in found] == ["26"]
    assert [key.uid for key in mailbox.search("INBOX", [], own_id="7")] == ["8"]


def test_the_thread_as_it_stands_now_in_inbox_and_sent(server: DovecotServer, open_mailbox: Open, mail: Mail) -> None:
    user = server.user()
    with server.client(user) as client:
        if not client.folder_exists("Sent"):
            client.create_folder("Sent")
        client.append("INBOX", mail("question"))
        client.append("INBOX", mail("stranger", extra="References: <other@cust.example>\n"))
        client.append("Sent", mail("answer", extra="In-Reply-To: <question@cust.example>\n"))
        client.append("INBOX", mail("again", extra="References: <question@cust.example>\n <answer@cust.example>\n"))
    found = open_mailbox(server, user).thread(["<question@cust.example>"])
    assert {(record.key.folder, record.message_id) for record in found} == {
        ("INBOX", "<question@cust.example>"),
        ("INBOX", "<again@cust.example>"),
        ("Sent", "<answer@cust.example>"),
    }
    assert open_mailbox(server, user).thread([]) == []


def test_filing_makes_the_folder_and_marks_as_read(dovecot: DovecotServer, open_mailbox: Open, mail: Mail) -> None:
    user = dovecot.user()
    mailbox = open_mailbox(dovecot, user, sent="Gesendet")
    assert mailbox.folders()["sent"] == "Gesendet"
    mailbox.append("Gesendet", mail("reply"))
    with dovecot.client(user) as client:
        client.select_folder("Gesendet", readonly=True)
        assert client.search("SEEN") == [1]


def test_two_threads_may_ask_at_once(dovecot: DovecotServer, open_mailbox: Open, read_all: ReadAll, mail: Mail) -> None:
    user = dovecot.user()
    with dovecot.client(user) as client:
        for number in range(300):
            client.append("INBOX", mail(number, body=f"text {number}"))
    mailbox = open_mailbox(dovecot, user)
    pages, _ = read_all(mailbox)
    keys = [record.key for page in pages for record in page.messages]
    wrong: list[Any] = []

    def ask() -> None:
        for number in range(0, 300, 20):
            found = mailbox.search("INBOX", [f"<{number}@cust.example>"])
            if [key.uid for key in found] != [str(number + 1)]:
                wrong.append((number, found))

    asking = threading.Thread(target=ask)
    asking.start()
    texts = [record.text.strip() for record in mailbox.bodies(keys)]
    asking.join()
    assert wrong == []
    assert texts == [f"text {number}" for number in reversed(range(300))]


def test_waiting_ends_as_soon_as_mail_arrives(
    dovecot: DovecotServer, open_mailbox: Open, read_all: ReadAll, mail: Mail
) -> None:
    user = dovecot.user()
    mailbox = open_mailbox(dovecot, user)
    read_all(mailbox)
    assert mailbox.wait(0.2) is False
    later = threading.Timer(0.5, dovecot.deliver, (user, mail(1)))
    later.start()
    started = time.monotonic()
    assert mailbox.wait(20) is True
    assert time.monotonic() - started < 10
    later.join()


def test_mail_that_came_before_the_waiting_began_is_not_waited_for(
    server: DovecotServer, open_mailbox: Open, read_all: ReadAll, mail: Mail
) -> None:
    user = server.user()
    mailbox = open_mailbox(server, user)
    read_all(mailbox)
    server.deliver(user, mail(1))
    assert mailbox.wait(1) is True


def test_a_kicked_connection_is_opened_again_while_waiting_and_while_reading(
    dovecot: DovecotServer, open_mailbox: Open, read_all: ReadAll, mail: Mail
) -> None:
    user = dovecot.user()
    mailbox = open_mailbox(dovecot, user)
    _, cursor = read_all(mailbox)
    kick = threading.Timer(0.5, dovecot.doveadm, ("kick", user))
    kick.start()
    started = time.process_time()
    assert mailbox.wait(2) is False
    assert time.process_time() - started < 1  # a dead connection must not be polled in a circle
    kick.join()
    dovecot.deliver(user, mail(1, subject="after the kick"))
    for _ in range(2):  # the first look may be the one that finds the connection dead
        try:
            pages, cursor = read_all(mailbox, cursor)
            break
        except Temporary:
            continue
    assert pages[0].messages[0].subject == "after the kick"


def test_check_says_what_the_server_can_do_and_what_is_missing(
    dovecot: DovecotServer,
    dovecot_condstore: DovecotServer,
    dovecot_poor: DovecotServer,
    smtp_loop: SmtpLoop,
    open_mailbox: Open,
    mail: Mail,
) -> None:
    user = dovecot.user()
    dovecot.deliver(user, mail(1))
    rich = open_mailbox(dovecot, user, smtp=smtp_loop.table).check()
    assert (rich.ok, rich.missing, rich.version) == (True, (), "Dovecot")
    assert rich.detail == "1 messages in INBOX; changes by QRESYNC, news by IDLE; mail can be sent"
    assert "changes by CONDSTORE, news by IDLE" in open_mailbox(dovecot_condstore, user).check().detail
    poor = open_mailbox(dovecot_poor, user).check()
    assert "comparing all flags, news by looking" in poor.detail
    assert [words.partition(":")[0] for words in poor.missing] == [
        "no folder for sent mail",
        "the server has neither QRESYNC nor CONDSTORE",
        "the server has no IDLE",
        "no way out for mail",
    ]


def test_folders_are_known_by_the_servers_word(dovecot: DovecotServer, open_mailbox: Open) -> None:
    assert open_mailbox(dovecot, dovecot.user()).folders() == {
        "inbox": "INBOX",
        "sent": "Sent",
        "drafts": "Drafts",
        "trash": "Trash",
        "junk": "Junk",
    }


def test_a_wrong_password_is_said_without_the_password(dovecot: DovecotServer, open_mailbox: Open) -> None:
    mailbox = open_mailbox(dovecot, dovecot.user(), password="not-the-Passw0rd")
    with pytest.raises(AuthExpired, match=rf"support: 127\.0\.0\.1:{dovecot.tls_port}: the login of desk") as refused:
        mailbox.check()
    assert "not-the-Passw0rd" not in str(refused.value) + refused.value.hint + repr(mailbox)


def test_a_password_in_any_script_is_sent_as_it_is(dovecot: DovecotServer, open_mailbox: Open) -> None:
    with pytest.raises(AuthExpired, match="was refused"):
        open_mailbox(dovecot, dovecot.user(), password="Schlüssel-密").check()


def test_a_server_nobody_vouches_for_gets_no_password(dovecot: DovecotServer, open_mailbox: Open) -> None:
    with pytest.raises(CertificateRejected, match="certificate is not trusted"):
        open_mailbox(dovecot, dovecot.user(), ca_file="").check()


def test_starttls_works_and_is_never_skipped(
    dovecot: DovecotServer, open_mailbox: Open, scripted: Callable[..., Any]
) -> None:
    mailbox = open_mailbox(dovecot, dovecot.user(), tls="starttls", port=dovecot.port)
    assert mailbox.check().ok
    plain = scripted()
    with pytest.raises(CertificateRejected, match="offers no STARTTLS"):
        open_mailbox(plain, tls="starttls").check()
    assert not [command for command in plain.commands if "LOGIN" in command.upper()]


def test_a_server_that_is_not_there_is_named_with_its_port(dovecot: DovecotServer, open_mailbox: Open) -> None:
    with pytest.raises(Temporary, match=r"support: 127\.0\.0\.1:1: Connection refused while connecting"):
        open_mailbox(dovecot, port=1).check()
    with pytest.raises(Temporary, match=r"mail\.invalid:993: the name of the server is not known"):
        open_mailbox(dovecot, host="mail.invalid", port=None).check()


def test_tls_on_the_wrong_port_says_so(dovecot: DovecotServer, open_mailbox: Open) -> None:
    with pytest.raises(Temporary, match="no encrypted connection") as failed:
        open_mailbox(dovecot, port=dovecot.port).check()
    assert "starttls" in failed.value.hint


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"host": "mail.shop.test", "tls": "none"}, "tls"),
        ({"host": ""}, "host"),
        ({"tls": "maybe"}, "tls"),
        ({"port": 70_000}, "port"),
        ({"user": ""}, "user"),
        ({"password": ""}, "password"),
        ({"password": "two\nlines"}, "password"),
        ({"smtp": {"host": "smtp.shop.test", "tls": "none"}}, "smtp.tls"),
        ({"oauth": {"provider": "yahoo", "client_id": "1", "refresh_token": "2"}}, "oauth.provider"),
        ({"oauth": {"provider": "google", "client_id": "1"}}, "oauth.refresh_token"),
    ],
)
def test_settings_that_cannot_work_are_refused_before_any_connection(
    dovecot: DovecotServer, open_mailbox: Open, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(Rejected) as refused:
        open_mailbox(dovecot, **wrong)
    assert refused.value.field == field
