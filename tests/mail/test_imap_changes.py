"""What a desk sees of a mailbox on a real server, by each of the ways servers have of telling changes."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from connectors.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from servers.dovecot import DovecotServer

    from connectors.mail.imap import ImapMailbox
    from connectors.records import MailPage

    Mail = Callable[..., bytes]
    Open = Callable[..., ImapMailbox]
    ReadAll = Callable[..., tuple[list[MailPage], dict[str, Any]]]

pytestmark = pytest.mark.dovecot


def fill(server: DovecotServer, user: str, mails: list[bytes], folder: str = "INBOX") -> None:
    with server.client(user) as client:
        for raw in mails:
            client.append(folder, raw)


def subjects(pages: list[MailPage]) -> list[str]:
    return [record.subject for page in pages for record in page.messages]


def test_a_first_look_brings_everything_newest_first(
    server: DovecotServer, open_mailbox: Open, read_all: ReadAll, mail: Mail
) -> None:
    user = server.user()
    fill(server, user, [mail(number, subject=f"mail {number}") for number in range(450)])
    pages, cursor = read_all(open_mailbox(server, user))
    assert subjects(pages) == [f"mail {number}" for number in reversed(range(450))]
    assert [len(page.messages) for page in pages] == [200, 200, 50]
    assert {page.total for page in pages} == {450}
    newest = pages[0].messages[0]
    assert (newest.message_id, newest.from_.address, newest.has_body, newest.seen) == (
        "<449@cust.example>",
        "jan@cust.example",
        False,
        False,
    )
    assert newest.size == len(mail(449, subject="mail 449"))
    assert newest.received_at is not None
    assert cursor["complete"]


def test_an_empty_mailbox_is_one_empty_page(server: DovecotServer, open_mailbox: Open, read_all: ReadAll) -> None:
    mailbox = open_mailbox(server, server.user())
    pages, cursor = read_all(mailbox)
    again, _ = read_all(mailbox, cursor)
    assert subjects(pages + again) == []


def test_the_next_look_brings_what_is_new_flagged_and_gone_and_nothing_else(
    server: DovecotServer, open_mailbox: Open, read_all: ReadAll, mail: Mail
) -> None:
    user = server.user()
    fill(server, user, [mail(number) for number in range(10)])
    mailbox = open_mailbox(server, user)
    _, cursor = read_all(mailbox)
    with server.client(user) as client:
        client.select_folder("INBOX")
        client.add_flags([2, 3], [b"\\Seen"])
        client.add_flags([4], [b"\\Answered", b"$Forwarded"])
        client.delete_messages([7, 8])
        client.expunge()
    server.deliver(user, mail("late", subject="still no parcel"))
    pages, cursor = read_all(mailbox, cursor)
    (page,) = pages
    assert subjects(pages) == ["still no parcel"]
    assert sorted(int(key.uid) for key in page.gone) == [7, 8]
    assert {(key.uid, flags) for key, flags in page.flags} == {
        ("2", ("\\Seen",)),
        ("3", ("\\Seen",)),
        ("4", ("$Forwarded", "\\Answered")),
    }
    quiet, _ = read_all(mailbox, cursor)
    assert (quiet[0].messages, quiet[0].gone, quiet[0].flags) == ([], [], [])


def test_another_process_goes_on_from_the_cursor(
    server: DovecotServer, open_mailbox: Open, read_all: ReadAll, mail: Mail
) -> None:
    user = server.user()
    fill(server, user, [mail(number) for number in range(5)])
    _, cursor = read_all(open_mailbox(server, user))
    fill(server, user, [mail("new", subject="new")])
    pages, _ = read_all(open_mailbox(server, user), cursor)
    assert subjects(pages) == ["new"]


def test_a_run_that_dies_between_pages_goes_on_where_it_was_committed(
    server: DovecotServer, open_mailbox: Open, read_all: ReadAll, mail: Mail
) -> None:
    user = server.user()
    fill(server, user, [mail(number, subject=str(number)) for number in range(500)])
    mailbox = open_mailbox(server, user)
    running = mailbox.changed("INBOX", None)
    committed = next(running)
    uncommitted = next(running)
    del running
    with server.client(user) as client:
        client.select_folder("INBOX")
        client.add_flags([450], [b"\\Seen"])
        client.delete_messages([460, 10])
        client.expunge()
    fill(server, user, [mail("late", subject="late")])

    pages, _ = read_all(open_mailbox(server, user), committed.cursor)

    assert len(uncommitted.messages) == 200
    expected = {str(number) for number in range(300)} - {"9"} | {"late"}
    assert sorted(subjects(pages)) == sorted(expected)
    assert [key.uid for page in pages for key in page.gone] == ["460"]
    assert [(key.uid, flags) for page in pages for key, flags in page.flags] == [("450", ("\\Seen",))]


def test_the_old_cursor_brings_the_same_again(
    server: DovecotServer, open_mailbox: Open, read_all: ReadAll, mail: Mail
) -> None:
    user = server.user()
    fill(server, user, [mail(1)])
    mailbox = open_mailbox(server, user)
    _, cursor = read_all(mailbox)
    fill(server, user, [mail(2, subject="two")])
    first, _ = read_all(mailbox, cursor)
    second, _ = read_all(mailbox, cursor)
    assert subjects(first) == subjects(second) == ["two"]


def test_new_uids_after_a_rebuild_are_the_same_mail(
    server: DovecotServer, open_mailbox: Open, read_all: ReadAll, mail: Mail
) -> None:
    user = server.user()
    fill(server, user, [mail(number, subject=str(number)) for number in range(6)])
    mailbox = open_mailbox(server, user)
    _, cursor = read_all(mailbox)
    with server.client(user) as client:
        client.select_folder("INBOX")
        client.delete_messages([2])
        client.expunge()
        client.add_flags([5], [b"\\Flagged"])
        client.append("INBOX", mail("late", subject="late"))
    server.doveadm("mailbox", "update", "-u", user, "--uid-validity", "424242", "INBOX")

    pages, cursor = read_all(mailbox, cursor)

    moved = [(old, new) for page in pages for old, new in page.moved]
    assert {old.uid for old, _ in moved} == {"1", "3", "4", "5", "6"}
    assert all(old.generation != new.generation == "424242" for old, new in moved)
    assert [key.uid for page in pages for key in page.gone] == ["2"]
    assert subjects(pages) == ["late"]
    flagged = [(key, flags) for page in pages for key, flags in page.flags]
    assert flagged == [(new, ("\\Flagged",)) for old, new in moved if old.uid == "5"]
    quiet, _ = read_all(open_mailbox(server, user), cursor)
    assert (quiet[0].messages, quiet[0].moved, quiet[0].gone, quiet[0].flags) == ([], [], [], [])


def test_copies_are_paired_in_order_and_mail_without_an_id_only_where_it_is_unmistakable(
    dovecot: DovecotServer, open_mailbox: Open, read_all: ReadAll, mail: Mail
) -> None:
    user = dovecot.user()
    nameless = b"From: a@cust.example\r\nSubject: no id\r\n\r\nsame\r\n"
    with dovecot.client(user) as client:
        for raw in (mail("copy"), mail("copy"), nameless, nameless):
            client.append("INBOX", raw, msg_time=datetime(2026, 3, 2, 10, tzinfo=UTC))
        client.append("INBOX", nameless, msg_time=datetime(2026, 3, 3, 10, tzinfo=UTC))
    mailbox = open_mailbox(dovecot, user)
    _, cursor = read_all(mailbox)
    dovecot.doveadm("mailbox", "update", "-u", user, "--uid-validity", "55", "INBOX")
    pages, _ = read_all(mailbox, cursor)
    assert {(old.uid, new.uid) for page in pages for old, new in page.moved} == {("1", "1"), ("2", "2"), ("5", "5")}
    assert {key.uid for page in pages for key in page.gone} == {"3", "4"}
    assert subjects(pages) == ["no id", "no id"]


def test_a_lost_cache_costs_a_second_look_and_no_mail(
    server: DovecotServer, open_mailbox: Open, read_all: ReadAll, mail: Mail, tmp_path: Path
) -> None:
    user = server.user()
    fill(server, user, [mail(number, subject=str(number)) for number in range(4)])
    _, cursor = read_all(open_mailbox(server, user))
    shutil.rmtree(tmp_path / "cache")
    with server.client(user) as client:
        client.select_folder("INBOX")
        client.delete_messages([2])
        client.expunge()
    mailbox = open_mailbox(server, user)
    pages, cursor = read_all(mailbox, cursor)
    assert sorted(subjects(pages)) == ["0", "2", "3"]
    assert [key.uid for page in pages for key in page.gone] == ["2"]
    quiet, _ = read_all(mailbox, cursor)
    assert subjects(quiet) == []


def test_a_lost_cache_and_a_rebuild_leave_no_ghosts(
    dovecot: DovecotServer, open_mailbox: Open, read_all: ReadAll, mail: Mail, tmp_path: Path
) -> None:
    user = dovecot.user()
    fill(dovecot, user, [mail(number, subject=str(number)) for number in range(3)])
    pages, cursor = read_all(open_mailbox(dovecot, user))
    before = {(record.key.generation, record.key.uid) for page in pages for record in page.messages}
    shutil.rmtree(tmp_path / "cache")
    dovecot.doveadm("mailbox", "update", "-u", user, "--uid-validity", "99", "INBOX")
    pages, _ = read_all(open_mailbox(dovecot, user), cursor)
    assert {(key.generation, key.uid) for page in pages for key in page.gone} == before
    assert {record.key.generation for page in pages for record in page.messages} == {"99"}


def test_a_folder_with_a_foreign_name(server: DovecotServer, open_mailbox: Open, read_all: ReadAll, mail: Mail) -> None:
    user = server.user()
    with server.client(user) as client:
        client.create_folder('Reklamationen "Ö" & später')
        client.append('Reklamationen "Ö" & später', mail(1, subject="here"))
    pages, _ = read_all(open_mailbox(server, user), None, 'Reklamationen "Ö" & später')
    assert subjects(pages) == ["here"]


def test_a_folder_that_is_not_there_is_named(server: DovecotServer, open_mailbox: Open) -> None:
    with pytest.raises(NotFound, match="no folder 'Nowhere'"):
        list(open_mailbox(server, server.user()).changed("Nowhere", None))


def test_nothing_we_do_marks_mail_as_read(
    server: DovecotServer, open_mailbox: Open, read_all: ReadAll, mail: Mail
) -> None:
    user = server.user()
    fill(server, user, [mail(number) for number in range(3)])
    mailbox = open_mailbox(server, user)
    pages, _ = read_all(mailbox)
    keys = [record.key for record in pages[0].messages]
    assert len(list(mailbox.bodies(keys))) == 3
    mailbox.raw(keys[0])
    mailbox.search("INBOX", ["<1@cust.example>"])
    mailbox.thread(["<1@cust.example>"])
    with server.client(user) as client:
        client.select_folder("INBOX", readonly=True)
        assert client.search("SEEN") == []


def test_messages_are_asked_for_in_ranges_and_never_by_a_long_list(
    dovecot: DovecotServer, open_mailbox: Open, read_all: ReadAll, mail: Mail
) -> None:
    user = dovecot.user()
    fill(dovecot, user, [mail(number) for number in range(600)])
    with dovecot.client(user) as client:
        client.select_folder("INBOX")
        client.delete_messages(list(range(1, 601, 2)))
        client.expunge()
    pages, _ = read_all(open_mailbox(dovecot, user))
    assert [len(page.messages) for page in pages] == [200, 100]
