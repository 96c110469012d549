"""Before the wire: has somebody answered, did the customer write again, is what the text says still true?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from connectors.errors import Temporary

if TYPE_CHECKING:
    from conftest import Desk

NOW = 1_790_000_000_000
MINUTE = 60_000


def test_a_colleagues_answer_from_another_program_stops_a_reply_and_is_shown(desk: Desk) -> None:
    key = desk.reply()
    desk.mail_comes("<colleague@shop.test>", sender="Lea Brandt <support@shop.test>", folder=".Sent")
    desk.runner().tick(NOW)
    assert desk.state(key) == "blocked"
    assert not desk.arrived()
    (stop,) = desk.guard(key)
    assert (stop["kind"], stop["words"]) == ("answered", "Lea Brandt answered in this thread meanwhile")
    assert (stop["message"], stop["sender"]) == ("<colleague@shop.test>", "support@shop.test")
    assert "Hello?? No parcel." in stop["text"]
    assert "Lea Brandt answered" in desk.item(key)["error"]


def test_the_customer_wrote_again(desk: Desk) -> None:
    key = desk.reply()
    desk.mail_comes("<2@cust.example>")
    desk.runner().tick(NOW)
    assert [stop["kind"] for stop in desk.guard(key)] == ["customer_wrote"]


def test_what_the_writer_had_before_their_eyes_is_no_news(desk: Desk) -> None:
    key = desk.reply(seen_ids='["<1@cust.example>", "<2@cust.example>"]')
    desk.mail_comes("<2@cust.example>")
    desk.runner().tick(NOW)
    assert desk.state(key) == "filed"


def test_an_absence_notice_is_no_question(desk: Desk) -> None:
    key = desk.reply()
    desk.mail_comes("<auto@cust.example>", extra="Auto-Submitted: auto-replied\n")
    desk.runner().tick(NOW)
    assert desk.state(key) == "filed"


def test_two_replies_of_one_writer_do_not_stop_each_other_but_a_colleagues_is_stopped(desk: Desk) -> None:
    first, second = desk.reply(), desk.reply(created_at=NOW + 1000)
    others = desk.reply(agent="ben", created_at=NOW + 2000, not_before=NOW + 1)
    desk.runner().tick(NOW + 1)
    assert (desk.state(first), desk.state(second)) == ("filed", "filed")
    assert desk.state(others) == "blocked"
    assert {stop["kind"] for stop in desk.guard(others)} == {"answered"}


@pytest.mark.parametrize(("waved", "state"), [("answered", "filed"), ("customer_wrote", "blocked")])
def test_a_person_may_wave_through_what_they_saw_and_only_that(desk: Desk, waved: str, state: str) -> None:
    key = desk.reply(overrides=json.dumps([waved]))
    desk.mail_comes("<colleague@shop.test>", sender="Lea Brandt <support@shop.test>", folder=".Sent")
    desk.runner().tick(NOW)
    assert desk.state(key) == state


def test_a_colleagues_answer_that_is_in_no_folder_yet_counts_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    first, others = desk.reply(), desk.reply(agent="ben", created_at=NOW + 1000, not_before=NOW + 1)

    def full(*_: object) -> None:
        raise Temporary("the disk is full")

    monkeypatch.setattr(desk.mailbox, "append", full)
    desk.runner().tick(NOW + 1)
    assert (desk.state(first), desk.state(others)) == ("sent", "blocked")
    (stop,) = desk.guard(others)
    assert (stop["kind"], stop["message"]) == ("answered", desk.item(first)["message_id"])
    assert stop["text"] == "Dear Jan, reply 1."


def test_a_new_conversation_has_no_thread_to_look_into(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    key = desk.reply(thread_ids="[]")
    monkeypatch.setattr(desk.mailbox, "thread", None)
    desk.runner().tick(NOW)
    assert desk.state(key) == "filed"


def test_a_mailbox_out_of_reach_is_tried_a_few_times_and_then_a_person_decides(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [desk.reply() for _ in range(3)]
    asked = []

    def away(_ids: object) -> list[object]:
        asked.append(1)
        raise Temporary("nobody answers at imap.shop.test")

    monkeypatch.setattr(desk.mailbox, "thread", away)
    runner = desk.runner()
    runner.tick(NOW)
    assert len(asked) == 1  # of three replies the first one told enough
    assert {desk.state(key) for key in keys} == {"queued"}
    assert "nobody answers" in desk.item(keys[0])["error"]
    for minute in range(1, 10):
        runner.tick(NOW + minute * MINUTE)
    assert {desk.state(key) for key in keys} == {"blocked"}
    (stop,) = desk.guard(keys[0])
    assert stop["kind"] == "unreachable"
    assert "nobody answers at imap.shop.test" in stop["words"]


def test_a_mailbox_that_comes_back_in_time_changes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    key = desk.reply()
    with monkeypatch.context() as patch:

        def away(_ids: object) -> list[object]:
            raise Temporary("nobody answers")

        patch.setattr(desk.mailbox, "thread", away)
        runner = desk.runner()
        runner.tick(NOW)
    runner.tick(NOW + 5 * MINUTE)
    assert (desk.state(key), desk.item(key)["guard"], desk.item(key)["error"]) == ("filed", "", "")


def test_a_person_may_send_though_the_mailbox_is_out_of_reach(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    key = desk.reply(overrides='["unreachable"]')

    def away(*_: object, **__: object) -> list[object]:
        raise Temporary("nobody answers")

    for name in ("thread", "mark", "search", "append"):
        monkeypatch.setattr(desk.mailbox, name, away)
    runner = desk.runner()
    runner.tick(NOW)
    assert desk.state(key) == "sent"
    assert len(desk.arrived()) == 1


def test_what_strangers_write_reaches_the_guard_as_plain_text(desk: Desk) -> None:
    key = desk.reply()
    desk.mail_comes("<evil@cust.example>", sender='"\x1b]0;owned\x07 [red]Jan" <jan@cust.example>')
    desk.runner().tick(NOW)
    assert "\x1b" not in desk.item(key)["guard"]
    assert "\\u001b" not in desk.item(key)["guard"]


def test_a_mail_that_our_own_code_chokes_on_does_not_hold_up_the_others(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison, good = desk.reply(thread_ids='["<poison@cust.example>"]'), desk.reply()
    whole = desk.mailbox.thread

    def chokes(ids: list[str]) -> object:
        return 1 // 0 if "<poison@cust.example>" in ids else whole(ids)

    monkeypatch.setattr(desk.mailbox, "thread", chokes)
    runner = desk.runner()
    for minute in range(10):
        runner.tick(NOW + minute * MINUTE)
    assert (desk.state(poison), desk.state(good)) == ("blocked", "filed")
