"""A reply from the command line leaves once, through the right mailbox, threaded, and lies in Sent."""

from __future__ import annotations

import time
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from email.message import EmailMessage

    from conftest import Desk


def waiting(desk: Desk) -> tuple[str, dict[str, Any]]:
    """An order whose customer waits, and the mail that nobody answered."""
    for item in desk.json("find", "mail.waiting:>0h is:open", "--limit", "20")["items"]:
        for thread in desk.json("show", item["number"])["conversations"]:
            for message in thread["messages"]:
                if message["id"] == thread["unanswered"] and message["known_sender"]:
                    return item["number"], message
    raise AssertionError("the demo has no customer who waits")


def mails(desk: Desk, pattern: str) -> list[EmailMessage]:
    found = [path for path in desk.folder.glob(pattern) if path.is_file()]
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in found]  # type: ignore[misc]


def test_it_answers_the_mail_and_is_filed_once(desk: Desk) -> None:
    config = desk.folder / "config.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('undo_window = "10s"', 'undo_window = "1s"'), encoding="utf-8")
    number, mail = waiting(desk)
    sent_before = len(mails(desk, "mail/**/cur/*")) + len(mails(desk, "mail/**/new/*"))
    body = desk.folder / "reply.txt"
    body.write_text("Dear customer,\n\nyour parcel is on its way.\n", encoding="utf-8")
    item = desk.json("reply", number, "--body-file", str(body), "--send")
    assert item["state"] == "held"
    assert item["recipients"] == [mail["from"]["address"]]
    again = desk.run("reply", number, "--body-file", str(body), "--mail", mail["id"], "--send")
    assert again.code in {4, 5}, "the same mail is not answered twice"
    deadline = time.monotonic() + 40
    state = "held"
    while state != "filed" and time.monotonic() < deadline:
        time.sleep(1)
        assert desk.run("sync", "--once").code == 0
        state = desk.json("outbox", "show", item["id"])["state"]
    assert state == "filed"
    everything = mails(desk, "mail/**/cur/*") + mails(desk, "mail/**/new/*")
    ours = [each for each in everything if each["Message-ID"] == item["message_id"]]
    assert len(everything) == sent_before + 2, "one to the customer, one in Sent"
    assert len(ours) == 2
    assert ours[0]["In-Reply-To"] == mail["message_id"]
    assert "your parcel is on its way" in ours[0].get_content()
    assert desk.run("sync", "--once").code == 0, "what was filed is read like any other mail"
    thread = next(
        each
        for each in desk.json("show", number)["conversations"]
        if any(message["message_id"] == item["message_id"] for message in each["messages"])
    )
    assert thread["unanswered"] is None
    assert thread["status"] == "pending"

    listed = [each for each in desk.json("outbox", "list")["items"] if each["id"] == item["id"]]
    assert [each["state"] for each in listed] == ["filed"], "what left last is listed too"
    kept = desk.json("outbox", "show", item["id"][:12])  # as much of it as the list for people shows
    assert kept["text"].startswith("Dear customer,")
    assert kept["snapshot"]["record"]["order"]["number"] == number


def test_a_variable_without_a_value_blocks_and_the_draft_is_kept(desk: Desk) -> None:
    number, _ = waiting(desk)
    body = desk.folder / "reply.txt"
    body.write_text("Dear ⟨customer.first_name?⟩,\n", encoding="utf-8")
    answer = desk.run("reply", number, "--body-file", str(body), "--send", "--json")
    assert answer.code == 4
    assert answer.json["error"]["field"] == "body"
    assert any("customer.first_name" in draft["body"] for draft in desk.json("show", number)["drafts"])
    assert desk.run("outbox").code == 1, "nothing is on its way"


def test_what_has_not_left_can_be_recalled(desk: Desk) -> None:
    number, _ = waiting(desk)
    item = desk.json("reply", number, "--macro", "thanks", "--send")
    recalled = desk.json("outbox", "recall", item["id"])
    assert recalled["state"] == "recalled"
    assert desk.json("show", number)["drafts"][0]["id"] == recalled["draft"]


def test_a_reply_that_could_not_leave_is_told_by_the_round_that_tried(desk: Desk) -> None:
    number, _ = waiting(desk)
    config = desk.folder / "config.toml"
    text = config.read_text("utf-8").replace('undo_window = "10s"', 'undo_window = "0s"')
    config.write_text(text.replace('deliver_to = "mail/outgoing"', 'sendmail = ["false"]'), "utf-8")
    sent = desk.run("reply", number, "--body-file", "-", "--send", given="Dear customer, it is on its way.")
    assert sent.code == 0, sent.err
    answer = desk.run("sync", "--once", "--json")
    assert answer.code == 3
    (item,) = answer.json["outbox"]
    assert item["number"] == number
    assert item["error"] in answer.err
    assert "outbox show" in answer.err
    assert "outbox: 1 not done" in desk.run("status").err
