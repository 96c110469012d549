"""A reply leaves once, is filed once, or somebody is told: on real Maildirs, with a scripted way out for its faults."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from connectors.base import SendReceipt
from connectors.errors import AuthExpired, OutcomeUnknown, RateLimited, Rejected, Temporary
from oms_tui.store import desk_rows
from oms_tui.store.driver import OperationalError
from oms_tui.sync import outbox_rows

if TYPE_CHECKING:
    from conftest import Desk, ScriptedSender

NOW = 1_790_000_000_000
MINUTE = 60_000
DAY = 24 * 60 * MINUTE


def test_a_reply_leaves_when_its_undo_window_is_over_and_is_filed(desk: Desk) -> None:
    key = desk.reply(not_before=NOW + 10_000)
    runner = desk.runner()

    runner.tick(NOW + 9_000)
    assert desk.state(key) == "held"
    assert not desk.arrived()

    runner.tick(NOW + 10_000)
    item = desk.item(key)
    assert (item["state"], item["filed"], item["phase"], item["attempts"]) == ("filed", 1, "", 1)
    assert [raw.replace(b"\n", b"\r\n") for raw in desk.arrived()] == [item["raw"]]
    assert len(desk.filed()) == 1
    assert desk.events() == ["mail_sent"]


def test_every_state_is_committed_before_what_it_stands_for(desk: Desk, scripted: type[ScriptedSender]) -> None:
    key = desk.reply()
    seen: list[tuple[str, str, bool]] = []

    class Watching(scripted):
        def send(self, *arguments: object, **more: object) -> object:
            self.look()
            self.on_commit = self.look
            return super().send(*arguments, **more)

        def look(self) -> None:
            item = desk.item(key)
            seen.append((item["state"], item["phase"], bool(item["sent_mark"])))

    desk.runner(Watching()).tick(NOW)
    assert seen == [("sending", "connecting", True), ("sending", "committing", True)]


def test_a_crash_before_the_dot_is_sent_again(desk: Desk) -> None:
    key = desk.reply(state="sending", phase="connecting", attempts=1)
    desk.runner().tick(NOW)
    assert desk.state(key) == "filed"
    assert len(desk.arrived()) == 1


def test_a_crash_after_the_dot_is_settled_by_the_sent_folder(desk: Desk) -> None:
    key = desk.reply(state="sending", phase="committing", attempts=1, sent_mark="1")
    desk.mailbox.append("Sent", desk.item(key)["raw"])
    desk.runner().tick(NOW)
    assert desk.state(key) == "filed"
    assert not desk.arrived()
    assert len(desk.filed()) == 1


def test_our_own_id_is_enough_where_a_server_replaced_the_message_id(desk: Desk) -> None:
    key = desk.reply(state="sending", phase="committing", attempts=1, sent_mark="1")
    raw = desk.item(key)["raw"].replace(b"<reply1.item1@shop.test>", b"<by-the-server@provider.example>")
    desk.mailbox.append("Sent", raw)
    desk.runner().tick(NOW)
    assert desk.state(key) == "filed"


def test_what_is_not_found_is_looked_for_some_minutes_and_then_asked_about_and_never_sent(
    desk: Desk, scripted: type[ScriptedSender]
) -> None:
    key = desk.reply(state="sending", phase="committing", attempts=1, sent_mark="1")
    sender = scripted()
    runner = desk.runner(sender)
    for seconds in range(0, 175, 5):
        runner.tick(NOW + seconds * 1000)
        assert desk.state(key) == "sending"
    runner.tick(NOW + 3 * MINUTE)
    assert desk.state(key) == "in_doubt"
    assert "nobody can tell" in desk.item(key)["error"]
    for hours in range(48):
        runner.tick(NOW + hours * 60 * MINUTE)
    assert sender.asked == 0
    assert desk.events() == ["mail_in_doubt"]


def test_a_doubt_ends_when_the_mail_turns_up_late(desk: Desk) -> None:
    key = desk.reply(state="in_doubt", phase="committing", attempts=1, sent_mark="1")
    runner = desk.runner()
    runner.tick(NOW)
    desk.mailbox.append("Sent", desk.item(key)["raw"])
    runner.tick(NOW + 2 * MINUTE)
    assert desk.state(key) == "filed"


@pytest.mark.parametrize("where", ["taken", "after"])
def test_a_lost_answer_is_never_followed_by_a_second_try(
    desk: Desk, scripted: type[ScriptedSender], where: str
) -> None:
    key = desk.reply()
    sender = scripted([(where, OutcomeUnknown("no answer after the dot"))])
    runner = desk.runner(sender)
    for minute in range(6):
        runner.tick(NOW + minute * MINUTE)
    assert sender.asked == 1
    assert desk.state(key) == "in_doubt"


@pytest.mark.parametrize("committed", [True, False])
def test_a_fault_of_ours_is_no_reason_to_send_twice(
    desk: Desk, scripted: type[ScriptedSender], *, committed: bool
) -> None:
    key = desk.reply()
    sender = scripted([("taken" if committed else "before", ZeroDivisionError("a bug"))])
    runner = desk.runner(sender)
    runner.tick(NOW)
    assert desk.state(key) == ("sending" if committed else "queued")
    runner.tick(NOW + 5 * MINUTE)
    assert desk.state(key) == ("in_doubt" if committed else "filed")
    assert len(sender.delivered) == 1


def test_a_refusal_is_told_and_not_repeated(desk: Desk, scripted: type[ScriptedSender]) -> None:
    key = desk.reply()
    sender = scripted([("before", Rejected("550 no such user", hint="correct the address"))])
    runner = desk.runner(sender)
    runner.tick(NOW)
    runner.tick(NOW + DAY)
    assert desk.state(key) == "failed"
    assert desk.item(key)["error"] == "550 no such user; correct the address"
    assert sender.asked == 1
    assert desk.events() == ["mail_failed"]


def test_what_could_not_leave_is_tried_again_ever_more_seldom_and_fails_after_a_day(
    desk: Desk, scripted: type[ScriptedSender]
) -> None:
    key = desk.reply()
    sender = scripted([("before", Temporary("nobody answers"))] * 200)
    runner = desk.runner(sender)
    tries = []
    for minute in range(0, 26 * 60, 1):
        before = sender.asked
        runner.tick(NOW + minute * MINUTE)
        if sender.asked > before:
            tries.append(minute)
    assert tries[0] == 0
    assert tries[1] <= 2
    assert tries[-1] - tries[-2] > 25
    assert 20 < len(tries) < 60
    item = desk.item(key)
    assert item["state"] == "failed"
    assert "for a day" in next(desk_rows.select(desk.db, "desk_events"))["summary"]


def test_after_a_retry_by_a_person_a_new_day_begins(desk: Desk, scripted: type[ScriptedSender]) -> None:
    key = desk.reply(state="queued", attempts=9, created_at=NOW - 3 * DAY)
    desk.runner(scripted([("before", Temporary("nobody answers"))])).tick(NOW)
    assert desk.state(key) == "queued"


def test_a_server_out_of_reach_is_left_alone_for_a_while_by_all_mails(
    desk: Desk, scripted: type[ScriptedSender]
) -> None:
    keys = [desk.reply() for _ in range(50)]
    sender = scripted([("before", Temporary("nobody answers"))] * 2)
    runner = desk.runner(sender)
    runner.tick(NOW)
    assert sender.asked == 2
    runner.tick(NOW + 10 * MINUTE)
    assert {desk.state(key) for key in keys} == {"filed"}


def test_a_wrong_password_is_not_tried_in_a_loop(desk: Desk, scripted: type[ScriptedSender]) -> None:
    for _ in range(5):
        desk.reply()
    sender = scripted([("before", AuthExpired("the password was refused"))] * 99)
    runner = desk.runner(sender)
    for minute in range(60):
        runner.tick(NOW + minute * MINUTE)
    assert sender.asked <= 5


def test_a_limit_is_waited_for(desk: Desk, scripted: type[ScriptedSender]) -> None:
    until = datetime.fromtimestamp((NOW + 20 * MINUTE) / 1000, UTC)
    key = desk.reply()
    sender = scripted([("before", RateLimited("too many mails", until=until))])
    runner = desk.runner(sender)
    for minute in range(20):
        runner.tick(NOW + minute * MINUTE)
    assert sender.asked == 1
    runner.tick(NOW + 21 * MINUTE)
    assert desk.state(key) == "filed"


def test_a_sent_folder_that_cannot_be_written_is_no_failed_send(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    key = desk.reply()
    with monkeypatch.context() as patch:

        def full(*_: object) -> None:
            raise Temporary("the disk is full")

        patch.setattr(desk.mailbox, "append", full)
        runner = desk.runner()
        runner.tick(NOW)
        assert desk.state(key) == "sent"
        assert "not yet filed" in desk.item(key)["error"]
    runner.tick(NOW + MINUTE)
    assert (desk.state(key), desk.item(key)["error"]) == ("filed", "")
    assert len(desk.filed()) == 1
    assert len(desk.arrived()) == 1


def test_a_provider_that_files_sent_mail_is_given_the_time_to_do_so(desk: Desk, scripted: type[ScriptedSender]) -> None:
    key = desk.reply()
    sender = scripted()
    sender.files_itself = True
    runner = desk.runner(sender)
    runner.tick(NOW)
    runner.tick(NOW + MINUTE)
    assert desk.state(key) == "sent"
    assert not desk.filed()
    desk.mailbox.append("Sent", desk.item(key)["raw"].replace(b"Subject: Re:", b"Subject: RE:"))
    runner.tick(NOW + 5 * MINUTE)
    assert desk.state(key) == "filed"
    assert len(desk.filed()) == 1


def test_recipients_a_server_left_out_are_told_and_stay_told(desk: Desk, scripted: type[ScriptedSender]) -> None:
    class Partly(scripted):
        def send(self, *arguments: object, **more: object) -> SendReceipt:
            super().send(*arguments, **more)
            return SendReceipt("250 taken", (("lea@cust.example", "550 no such user"),))

    key = desk.reply()
    desk.runner(Partly()).tick(NOW)
    assert (desk.state(key), desk.item(key)["error"]) == ("filed", "lea@cust.example: 550 no such user")
    assert "but not to lea@cust.example" in next(desk_rows.select(desk.db, "desk_events"))["summary"]


def test_a_yes_that_cannot_be_written_down_is_kept_until_it_can(
    desk: Desk, scripted: type[ScriptedSender], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = desk.reply(), desk.reply()
    sender = scripted()
    runner = desk.runner(sender)
    with monkeypatch.context() as patch:
        whole = outbox_rows.advance

        def full(db: object, item: dict[str, str], action: str, *arguments: object, **more: object) -> object:
            if action == "confirm":
                raise OperationalError("database or disk is full")
            return whole(db, item, action, *arguments, **more)

        patch.setattr(outbox_rows, "advance", full)
        runner.tick(NOW)
        runner.tick(NOW + MINUTE)
        assert (desk.state(first), desk.state(second)) == ("sending", "queued")
        assert sender.asked == 1
    runner.tick(NOW + 2 * MINUTE)
    assert (desk.state(first), desk.state(second)) == ("filed", "filed")
    assert len(sender.delivered) == 2


def test_who_was_taken_for_dead_and_knows_that_it_left_ends_the_doubt(
    desk: Desk, scripted: type[ScriptedSender]
) -> None:
    key = desk.reply()

    class Frozen(scripted):
        def send(self, *arguments: object, **more: object) -> SendReceipt:
            receipt = super().send(*arguments, **more)
            desk_rows.update(desk.db, "outbox", (key,), state="in_doubt")
            return receipt

    desk.runner(Frozen()).tick(NOW)
    assert desk.state(key) == "filed"


def test_a_reply_taken_back_at_the_last_moment_does_not_leave(desk: Desk, scripted: type[ScriptedSender]) -> None:
    key = desk.reply()

    class Slow(scripted):
        def send(self, *arguments: object, **more: object) -> object:
            desk_rows.update(desk.db, "outbox", (key,), state="recalled", phase="")
            return super().send(*arguments, **more)

    sender = Slow()
    desk.runner(sender).tick(NOW)
    assert not sender.delivered
    assert desk.state(key) == "recalled"


def test_a_worker_that_lost_its_lease_at_the_last_moment_sends_nothing(
    desk: Desk, scripted: type[ScriptedSender]
) -> None:
    key = desk.reply()
    sender = scripted()
    desk.runner(sender, may_send=lambda: not sender.asked).tick(NOW)
    assert sender.asked == 1
    assert not sender.delivered
    assert (desk.item(key)["state"], desk.item(key)["phase"]) == ("sending", "connecting")
    desk.runner(sender).tick(NOW)
    assert desk.state(key) == "filed"


def test_every_row_written_carries_its_hash(desk: Desk) -> None:
    desk.reply()
    desk.runner().tick(NOW)
    assert desk_rows.damaged(desk.db) == []
