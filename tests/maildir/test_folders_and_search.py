"""Folders by their role, and finding a message again by its ids: what the outbox and the send guard ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connectors.mail import maildir_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize("name", [".Sent", "Sent", ".Sent Items", ".INBOX.Sent", "Gesendet"])
def test_the_sent_folder_is_found_in_either_layout(
    name: str, new_box: Callable[[str], Any], open_mailbox: Callable[..., Any], mail: Callable[..., bytes], box: Any
) -> None:
    sent = new_box(f"mail/{name}")
    sent.put(mail(1), seen=True)
    mailbox = open_mailbox()
    role = mailbox.folders()["sent"]
    assert [record.message_id for page in mailbox.changed(role, None) for record in page.messages] == [
        "<1@cust.example>"
    ]


def test_drafts_junk_and_inbox_have_their_roles(
    new_box: Callable[[str], Any], open_mailbox: Callable[..., Any], box: Any
) -> None:
    for name in (".Drafts", ".Junk", ".Papierkorb"):
        new_box(f"mail/{name}")
    assert open_mailbox().folders() == {"inbox": "INBOX", "drafts": "Drafts", "junk": "Junk", "trash": "Papierkorb"}


def test_filed_mail_is_read_whole_and_there_once(
    box: Any, mail: Callable[..., bytes], open_mailbox: Callable[..., Any]
) -> None:
    mailbox = open_mailbox(sent="Sent")
    assert [page.messages for page in mailbox.changed("Sent", None)] == [[]]
    raw = mail(1).replace(b"\n", b"\r\n")
    mailbox.append("Sent", raw)
    mailbox.append("Sent", raw)
    records = [record for page in mailbox.changed("Sent", None) for record in page.messages]
    assert [(record.message_id, record.seen) for record in records] == [("<1@cust.example>", True)]
    assert mailbox.raw(records[0].key) == mail(1)
    assert [path for path in box.state() if "tmp" in path.split("/")] == []


def test_sent_mail_is_found_by_message_id_or_by_our_own_id(
    mail: Callable[..., bytes], open_mailbox: Callable[..., Any]
) -> None:
    mailbox = open_mailbox(sent="Sent")
    mailbox.append("Sent", mail("before"))
    mark = mailbox.mark("Sent")
    mailbox.append("Sent", mail("reply", extra="X-OMS-ID: 7f3a\n"))
    found = mailbox.search("Sent", ["<reply@cust.example>"], since_uid=mark)
    assert len(found) == 1
    assert mailbox.search("Sent", ["<replaced@server.example>"], own_id="7f3a") == found
    assert mailbox.search("Sent", ["<nobody@x.example>"]) == []
    assert mailbox.search("Nowhere", ["<reply@cust.example>"]) == []


def test_a_search_from_a_mark_does_not_read_what_is_older(
    box: Any, mail: Callable[..., bytes], open_mailbox: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        box.put(mail(number))
    read: list[str] = []
    real = maildir_folder.read
    monkeypatch.setattr(maildir_folder, "read", lambda entry, most: read.append(entry.path) or real(entry, most))
    later = str(int(open_mailbox().mark("INBOX")) + 10**13)
    assert open_mailbox().search("INBOX", ["<1@cust.example>"], since_uid=later) == []
    assert read == []


def test_the_send_guard_sees_an_answer_that_came_a_moment_ago(
    box: Any, mail: Callable[..., bytes], open_mailbox: Callable[..., Any]
) -> None:
    box.put(mail("question"))
    mailbox = open_mailbox(sent="Sent")
    list(mailbox.changed("INBOX", None))
    box.put(mail("more", extra="In-Reply-To: <question@cust.example>\n"))
    box.put(mail("stranger"))
    mailbox.append("Sent", mail("answer", extra="References: <other@x.example> <question@cust.example>\n"))
    found = {record.message_id for record in mailbox.thread(["<question@cust.example>"])}
    assert found == {"<question@cust.example>", "<more@cust.example>", "<answer@cust.example>"}


def test_the_index_outlives_the_mailbox_and_a_torn_line(
    box: Any,
    mail: Callable[..., bytes],
    open_mailbox: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(3):
        box.put(mail(number))
    list(open_mailbox().changed("INBOX", None))
    index = next((tmp_path / "cache").glob("*.ids"))
    index.write_bytes(index.read_bytes()[:-5])  # the machine died while the last line was written
    read: list[str] = []
    real = maildir_folder.read
    monkeypatch.setattr(maildir_folder, "read", lambda entry, most: read.append(entry.path) or real(entry, most))
    assert len(open_mailbox().thread(["<0@cust.example>"])) == 1
    assert len(read) == 2  # the torn one for its ids, and the one that was found


def test_check_counts_and_names_what_is_missing(
    box: Any, mail: Callable[..., bytes], open_mailbox: Callable[..., Any]
) -> None:
    box.put(mail(1))
    health = open_mailbox().check()
    assert health.ok
    assert health.detail == "1 messages in INBOX"
    assert len(health.missing) == 2
    assert open_mailbox(sent="Sent", sendmail=["true"]).check().missing == ()
