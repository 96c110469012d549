"""What no real server does on request: broken answers, hidden messages, deaths at the wrong moment."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from connectors.errors import AuthExpired, ConnectorError, Forbidden, ProtocolError, Rejected, Temporary

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.scripted_imap import ScriptedImap

    from connectors.mail.imap import ImapMailbox
    from connectors.records import MailPage

    Mail = Callable[..., bytes]
    Open = Callable[..., ImapMailbox]
    ReadAll = Callable[..., tuple[list[MailPage], dict[str, Any]]]
    Scripted = Callable[..., ScriptedImap]


def told(pages: list[MailPage]) -> list[int]:
    return [int(record.key.uid) for page in pages for record in page.messages]


def aside(pages: list[MailPage]) -> list[int]:
    return [int(key.uid) for page in pages for key in page.quarantined_keys]


@pytest.fixture
def folder(mail: Mail) -> dict[int, bytes]:
    return {uid: mail(uid, subject=f"mail {uid}") for uid in range(1, 21)}


@pytest.mark.parametrize("fault", ["half", "garbage", "nest", "bye", "no"])
def test_one_poisoned_message_is_set_aside_and_all_others_come(
    scripted: Scripted, open_mailbox: Open, read_all: ReadAll, folder: dict[int, bytes], fault: str
) -> None:
    server = scripted(messages=folder, faults={"fetch:7": fault})
    mailbox = open_mailbox(server)
    pages, cursor = read_all(mailbox)
    assert told(pages) == [uid for uid in range(20, 0, -1) if uid != 7]
    assert aside(pages) == [7]
    (quarantined,) = pages[-1].quarantined
    assert quarantined.ref == "INBOX uid 7"
    assert "cannot be used" in quarantined.reason
    again, _ = read_all(mailbox, cursor)
    assert (told(again), aside(again)) == ([], [])


def test_what_can_be_read_of_a_poisoned_message_is_kept_for_a_person(
    scripted: Scripted, open_mailbox: Open, read_all: ReadAll, folder: dict[int, bytes]
) -> None:
    # asked for in the usual way, asked for again alone; then its beginning is asked for
    server = scripted(messages={7: folder[7]}, faults={"fetch:7": "garbage"}, times={"fetch:7": 2})
    pages, _ = read_all(open_mailbox(server))
    assert "Subject: mail 7" in pages[0].quarantined[0].raw


@pytest.mark.parametrize("fault", ["half", "bye", "garbage", "no"])
def test_a_passing_fault_costs_nothing(
    scripted: Scripted, open_mailbox: Open, read_all: ReadAll, folder: dict[int, bytes], fault: str
) -> None:
    server = scripted(messages=folder, faults={"fetch:7": fault}, times={"fetch:7": 1})
    pages, _ = read_all(open_mailbox(server))
    assert (sorted(told(pages)), aside(pages)) == (list(range(1, 21)), [])


def test_a_message_listed_but_withheld_is_told_of_and_asked_for_again(
    scripted: Scripted, open_mailbox: Open, read_all: ReadAll, folder: dict[int, bytes]
) -> None:
    server = scripted(messages=folder, faults={"fetch:5": "withhold"})
    mailbox = open_mailbox(server)
    pages, cursor = read_all(mailbox)
    assert (5 in told(pages), aside(pages)) == (False, [5])
    assert "asked for again" in pages[-1].quarantined[0].reason
    del server.faults["fetch:5"]
    pages, cursor = read_all(mailbox, cursor)
    assert (told(pages), aside(pages)) == ([5], [])
    pages, _ = read_all(mailbox, cursor)
    assert told(pages) == []


def test_a_server_that_goes_down_in_the_middle_is_temporary_and_the_cursor_goes_on(
    scripted: Scripted, open_mailbox: Open, read_all: ReadAll, mail: Mail
) -> None:
    server = scripted(messages={uid: mail(uid) for uid in range(1, 501)})
    mailbox = open_mailbox(server)
    running = mailbox.changed("INBOX", None)
    committed = next(running)
    server.faults["login"] = "bye"
    server.hang_up()
    with pytest.raises(Temporary, match=r"support: 127\.0\.0\.1:\d+"):
        list(running)
    server.faults.clear()
    pages, _ = read_all(mailbox, committed.cursor)
    assert sorted(told([committed, *pages])) == list(range(1, 501))


@pytest.mark.parametrize(
    ("faults", "error"),
    [
        ({"examine": "bye"}, Temporary),
        ({"examine": "no"}, Temporary),
        ({"search": "eof"}, Temporary),
        ({"search": "* SEARCH one two"}, ProtocolError),
        ({"search": "HTTP/1.1 400 Bad Request"}, Temporary),
        ({"login": "bye"}, Temporary),
        ({"capability": "eof"}, Temporary),
    ],
)
def test_every_way_to_fail_has_words_with_host_and_port(
    scripted: Scripted,
    open_mailbox: Open,
    folder: dict[int, bytes],
    faults: dict[str, str],
    error: type[ConnectorError],
) -> None:
    server = scripted(messages=folder, faults=faults)
    mailbox = open_mailbox(server)
    with pytest.raises(error, match=f"support: 127.0.0.1:{server.port}"):
        list(mailbox.changed("INBOX", None))
    server.faults.clear()
    assert len(told(list(mailbox.changed("INBOX", None)))) == 20


def test_something_that_is_no_imap_server_is_called_that(scripted: Scripted, open_mailbox: Open) -> None:
    server = scripted(greeting="220 mail.shop.test ESMTP")
    with pytest.raises(ProtocolError, match="this is no IMAP server"):
        open_mailbox(server).check()


def test_a_refused_login_does_not_repeat_the_password_the_server_echoes(scripted: Scripted, open_mailbox: Open) -> None:
    server = scripted()
    with pytest.raises(AuthExpired) as refused:
        open_mailbox(server, password="other-Passw0rd").check()
    assert "other-Passw0rd" not in str(refused.value)
    assert server.connections == 1  # a wrong password tried again and again locks the account


def test_a_server_too_busy_for_a_login_is_not_a_wrong_password(scripted: Scripted, open_mailbox: Open) -> None:
    server = scripted(refusal="NO [UNAVAILABLE] the directory is down")
    with pytest.raises(Temporary, match="takes no login just now"):
        open_mailbox(server).check()


def test_a_death_while_waiting_is_noticed_and_survived_once(
    scripted: Scripted, open_mailbox: Open, read_all: ReadAll, folder: dict[int, bytes]
) -> None:
    server = scripted(messages=folder, faults={"idling": "eof"}, times={"idling": 1})
    mailbox = open_mailbox(server)
    read_all(mailbox)
    started, burnt = time.monotonic(), time.process_time()
    assert mailbox.wait(1.0) is False
    assert 0.9 < time.monotonic() - started < 5
    assert time.process_time() - burnt < 0.5
    server.times["idling"] = 100
    with pytest.raises(Temporary, match="waiting for news"):
        mailbox.wait(5.0)


def test_news_told_with_the_go_ahead_ends_the_waiting(
    scripted: Scripted, open_mailbox: Open, read_all: ReadAll, folder: dict[int, bytes]
) -> None:
    server = scripted(messages=folder)
    mailbox = open_mailbox(server)
    read_all(mailbox)
    server.faults["idle"] = "* 21 EXISTS"
    started = time.monotonic()
    assert mailbox.wait(20) is True
    server.faults = {"idle_after": "* 21 EXISTS"}
    assert mailbox.wait(20) is True
    server.faults = {"idle_after": "* OK Still here"}
    assert time.monotonic() - started < 10
    assert mailbox.wait(0.5) is False


def test_a_mailbox_of_two_hundred_thousand_is_listed_by_a_poor_server_in_one_long_line(
    scripted: Scripted, open_mailbox: Open, mail: Mail
) -> None:
    raw = mail(1)
    server = scripted(messages=dict.fromkeys(range(1_000_001, 1_200_001), raw))
    page = next(open_mailbox(server).changed("INBOX", None))
    assert (page.total, len(page.messages), page.messages[0].key.uid) == (200_000, 200, "1200000")


def test_a_range_open_to_the_end_does_not_bring_old_mail_back(
    scripted: Scripted, open_mailbox: Open, read_all: ReadAll, folder: dict[int, bytes]
) -> None:
    server = scripted(messages=folder)
    mailbox = open_mailbox(server)
    _, cursor = read_all(mailbox)
    server.uidnext = 40  # messages came and went
    pages, _ = read_all(mailbox, cursor)
    assert told(pages) == []
    assert mailbox.search("INBOX", ["<20@cust.example>"], since_uid="40") == []


def test_gmails_threads_and_labels_are_kept(
    scripted: Scripted, open_mailbox: Open, read_all: ReadAll, folder: dict[int, bytes]
) -> None:
    server = scripted(
        messages={1: folder[1]},
        capabilities="IMAP4rev1 IDLE X-GM-EXT-1",
        gmail={1: r'X-GM-THRID 1278455344230334865 X-GM-LABELS (\Inbox "R&APw-ckfragen" 2026 "two words")'},
    )
    mailbox = open_mailbox(server)
    pages, _ = read_all(mailbox)
    for record in (pages[0].messages[0], *mailbox.bodies([pages[0].messages[0].key])):
        assert record.thread_hint == "1278455344230334865"
        assert record.labels == ("\\Inbox", "Rückfragen", "2026", "two words")


def test_a_body_that_cannot_be_had_is_said_of_that_message_alone(
    scripted: Scripted, open_mailbox: Open, read_all: ReadAll, folder: dict[int, bytes]
) -> None:
    server = scripted(messages=folder)
    mailbox = open_mailbox(server)
    pages, _ = read_all(mailbox)
    server.faults["fetch:7"] = "half"
    records = {record.key.uid: record for record in mailbox.bodies([r.key for r in pages[0].messages])}
    assert len(records) == 20
    assert [uid for uid, record in records.items() if not record.has_body] == ["7"]
    assert "cannot be used" in records["7"].warnings[0]


def test_closing_twice_and_going_on_is_harmless(
    scripted: Scripted, open_mailbox: Open, read_all: ReadAll, folder: dict[int, bytes]
) -> None:
    mailbox = open_mailbox(scripted(messages=folder))
    mailbox.close()
    read_all(mailbox)
    mailbox.close()
    mailbox.close()
    assert len(told(read_all(mailbox)[0])) == 20


def test_a_connection_that_died_in_silence_is_replaced_before_it_is_used(
    scripted: Scripted, open_mailbox: Open, folder: dict[int, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = scripted(messages=folder)
    mailbox = open_mailbox(server)
    assert mailbox.mark("INBOX") == "21"
    server.hang_up()
    monkeypatch.setattr("connectors.mail.imap_session._STALE_SECONDS", 0.0)
    assert mailbox.mark("INBOX") == "21"
    assert server.connections == 2


def test_a_folder_one_may_not_read_is_forbidden(
    scripted: Scripted, open_mailbox: Open, folder: dict[int, bytes]
) -> None:
    server = scripted(messages=folder, faults={"examine": "NO [NOPERM] not yours"})
    with pytest.raises(Forbidden, match="not yours"):
        list(open_mailbox(server).changed("INBOX", None))


def test_a_full_mailbox_says_so_and_what_to_do(
    scripted: Scripted, open_mailbox: Open, folder: dict[int, bytes]
) -> None:
    server = scripted(messages=folder, faults={"append": "NO [OVERQUOTA] no room"}, times={"append": 1})
    mailbox = open_mailbox(server)
    with pytest.raises(Rejected, match="did not take the message") as failed:
        mailbox.append("Sent", folder[1])
    assert "make room" in failed.value.hint
