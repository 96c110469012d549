"""What an agent does to an order: seen at once in the queue, in the log with who and what, and taken back by undo."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from actions.acting import as_agent, at, order

from oms_tui.actions.base import Refused
from oms_tui.actions.catalogue import all_actions, refusals
from oms_tui.actions.run import settle
from oms_tui.store.reads.queue import queue_page
from oms_tui.store.writes.undo import undo

if TYPE_CHECKING:
    from actions.acting import World

    from oms_tui.store.desk_rows import Values


def take_back(world: World) -> None:
    undo(world.session)
    settle(world.session)


def in_queue(world: World) -> list[str]:
    page = queue_page(world.session.store, now=world.clock.now, zone=world.session.policy.zone)
    return [item.number for item in page.items]


def decided(world: World, number: str = "1042") -> Values:
    from oms_tui.store import desk_rows

    return desk_rows.get(world.session.store.desk, "order_decisions", "shop", f"r{number}") or {}


def test_a_note_is_on_the_timeline_with_who_wrote_it(world: World) -> None:
    world.orders(order())
    [done] = world.do("note", "1042", text="Called the carrier.\nThey look for it.")
    assert (done.result, done.number) == ("done", "1042")
    assert world.events("1042") == [("note", "ana", "Called the carrier.…")]
    assert [item.summary for item in world.view("1042").timeline if item.kind == "note"]
    take_back(world)
    assert world.session.store.desk.execute("SELECT count(*) FROM notes").fetchone() == (0,)


def test_an_owner_shows_in_the_queue_at_once_and_goes_again(world: World) -> None:
    world.orders(order())
    world.do("assign", "1042", owner="ben")
    assert world.item("1042").owner == "ben"
    take_back(world)
    assert world.item("1042").owner == ""
    world.do("assign", "1042")
    assert world.item("1042").owner == "ana"
    assert world.do("assign", "1042")[0].why == "given to Ana Ruiz already"


def test_many_orders_are_done_one_by_one_and_each_says_what_became_of_it(world: World) -> None:
    world.orders(order("1"), order("2", state="cancelled"), order("3"))
    done = world.do("close", "1", "2", "3")
    assert [(each.number, each.result) for each in done] == [("1", "done"), ("2", "refused"), ("3", "done")]
    assert done[1].why == "it is cancelled, and that is final: place a new order"


def test_a_preview_changes_nothing(world: World) -> None:
    world.orders(order())
    before = world.session.store.desk.execute("SELECT count(*) FROM desk_changes").fetchone()
    for action, fields in {
        "assign": {"owner": "ben"},
        "snooze": {"until": "3d"},
        "remind": {},
        "tag": {"tags": "gift"},
        "set_delay_reason": {"reason": "out_of_stock"},
        "log_call": {"outcome": "reached"},
        "close": {},
        "note": {"text": "x"},
    }.items():
        [done] = world.do(action, "1042", preview=True, **fields)
        assert (done.result, bool(done.why)) == ("previewed", True), action
    assert world.session.store.desk.execute("SELECT count(*) FROM desk_changes").fetchone() == before
    assert world.events("1042") == []


def test_tags_come_and_go_by_one_line(world: World) -> None:
    world.orders(order())
    assert world.do("tag", "1042", tags="Gift, #late gift")[0].why == "tagged gift, late"
    assert world.do("tag", "1042", tags="-gift urgent")[0].why == "tagged urgent; no longer gift"
    assert world.view("1042").tags == ("late", "urgent")
    assert world.do("tag", "1042", tags="late")[0].why == "tagged so already"
    for action, wrong in (
        ("tag", {"tags": "a/b"}),
        ("snooze", {"until": "nonsense"}),
        ("remind", {"when": "nonsense"}),
    ):
        with pytest.raises(Refused) as refused:  # whatever the order: none of them is touched
            world.do(action, "1042", **wrong)
        assert (refused.value.code, refused.value.field) == ("usage", next(iter(wrong)))


def test_a_snoozed_order_leaves_the_queue_until_its_time(world: World) -> None:
    world.orders(order())
    world.do("snooze", "1042", until="1d", reason="waits for stock")
    assert in_queue(world) == []
    assert decided(world)["snoozed_until"] == at("2026-11-27T14:00")
    world.clock.pass_(days=1, minutes=1)
    assert in_queue(world) == ["1042"]


def test_a_snoozed_order_is_taken_up_again(world: World) -> None:
    world.orders(order())
    assert world.do("snooze", "1042", until="now")[0].why == "it is not put aside"
    world.do("snooze", "1042", until="reply")
    assert decided(world)["snoozed_until"] > at("2027-11-01T00:00")
    world.do("snooze", "1042", until="now")
    assert in_queue(world) == ["1042"]
    assert [kind for kind, _, _ in world.events("1042")] == ["snoozed", "woken"]


def test_a_reminder_comes_back_after_three_working_days(world: World) -> None:
    world.orders(order())
    [done] = world.do("remind", "1042", when="3d", title="ask the carrier again")
    assert done.why == "reminder: ask the carrier again, on Tue 01 Dec 14:00"
    assert in_queue(world) == []
    [task] = world.view("1042").tasks
    assert (task.kind, task.owner, task.due_at) == ("reminder", "ana", at("2026-12-01T14:00"))
    world.clock.now = at("2026-12-01T14:01")
    assert in_queue(world) == ["1042"]
    world.do("done", "1042", outcome="found")
    assert world.view("1042").tasks[0].state == "done"
    assert world.do("done", "1042")[0].why == "it has no open task (a call is done by logging it)"


def test_and_earlier_if_the_customer_writes(world: World) -> None:
    world.orders(order())
    world.do("remind", "1042", when="3d")
    world.clock.pass_(minutes=5)
    world.letter("hello@firma.example")
    assert in_queue(world) == ["1042"]


def test_a_customer_who_waits_is_not_put_aside(world: World) -> None:
    world.orders(order())
    world.letter("hello@firma.example")
    [refused] = world.do("snooze", "1042", until="1d")
    assert refused.why.startswith("the customer waits for an answer since Thu 26 Nov 14:00: answer first")
    world.do("remind", "1042", when="1d", title="ask the depot")
    assert in_queue(world) == ["1042"]
    assert [task.title for task in world.view("1042").tasks] == ["ask the depot"]


def test_a_claim_holds_others_off_until_it_lapses(world: World) -> None:
    world.orders(order())
    world.do("claim", "1042")
    assert world.view("1042").claim == "ana"
    [refused] = world.do("claim", "1042", agent="ben")
    assert refused.why == "Ana Ruiz is on it until Thu 26 Nov 14:15"
    assert world.do("claim", "1042")[0].result == "done"
    assert len(world.events("1042")) == 1, "renewing a claim says nothing new"
    world.clock.pass_(minutes=16)
    assert world.do("claim", "1042", agent="ben")[0].result == "done"
    world.do("claim", "1042", agent="ben", release="yes")
    assert world.view("1042").claim == ""


def test_a_reason_for_the_delay_is_set_and_taken_off(world: World) -> None:
    world.orders(order())
    world.do("set_delay_reason", "1042", reason="vendor is late")
    assert decided(world)["delay_reason"] == "vendor_late"
    world.do("set_delay_reason", "1042", reason="none")
    assert decided(world)["delay_reason"] == ""
    with pytest.raises(Refused, match="none of the choices"):
        world.do("set_delay_reason", "1042", reason="laziness")


def call_due(world: World, milestone: str = "shipped") -> None:
    """A milestone call is due on 1042, as the rules of a later day open them."""
    from oms_tui.store.writes.desk_write import DeskWrite

    with DeskWrite(world.session, "rule", undoable=False) as write:
        write.insert(
            "tasks",
            id="call",
            source="shop",
            remote_id="r1042",
            kind="milestone_call",
            title="call",
            state="open",
            milestone=milestone,
            due_at=world.clock.now,
        )


def test_a_call_that_reached_them_ends_the_call_that_was_due(world: World) -> None:
    world.orders(order())
    call_due(world)
    [done] = world.do("log_call", "1042", outcome="reached", note="happy")
    assert done.why == "call about shipped: reached; happy"
    view = world.view("1042")
    assert [(task.state, task.milestone) for task in view.tasks] == [("done", "shipped")]
    assert [(call.outcome, call.milestone, call.agent) for call in view.calls] == [("reached", "shipped", "ana")]
    take_back(world)
    assert [task.state for task in world.view("1042").tasks] == ["open"]
    assert world.view("1042").calls == ()


def test_no_answer_does_not_count_and_is_tried_again_in_business_time(world: World) -> None:
    world.orders(order())
    call_due(world)
    world.clock.now = at("2026-11-26T16:30")
    [done] = world.do("log_call", "1042", outcome="no_answer")
    assert done.why.endswith("again Fri 27 Nov 10:00")
    [task] = world.view("1042").tasks
    assert (task.state, task.due_at) == ("open", at("2026-11-27T10:00"))


def test_a_callback_is_a_task_of_its_own(world: World) -> None:
    world.orders(order())
    world.do("log_call", "1042", outcome="callback", when="tomorrow 11:00", note="is in a meeting")
    [task] = world.view("1042").tasks
    assert (task.kind, task.title, task.due_at) == ("callback", "is in a meeting", at("2026-11-27T11:00"))


def test_they_called_and_that_ends_no_call_of_ours(world: World) -> None:
    world.orders(order())
    call_due(world)
    world.do("log_call", "1042", outcome="reached", direction="inbound")
    assert world.view("1042").tasks[0].state == "open"
    assert world.events("1042")[-1][0] == "call_received"


def test_a_courtesy_call_to_a_one_off_customer_warns(world: World) -> None:
    from dataclasses import replace

    from oms_tui.domain.policy import TierPolicy

    world.session = replace(world.session, policy=replace(world.session.policy, tiers=(TierPolicy("one_off"),)))
    world.orders(order())
    [done] = world.do("log_call", "1042", outcome="reached", milestone="shipped")
    assert done.warning == "a one-off customer does not expect courtesy calls"
    assert world.do("log_call", "1042", outcome="reached")[0].warning == done.warning
    world.do("log_call", "1042", outcome="callback", direction="inbound", when="tomorrow")
    assert world.do("log_call", "1042", outcome="reached")[0].warning == "", "they asked for it"


def test_an_order_with_nothing_open_closes_and_opens_again_for_a_reason(world: World) -> None:
    world.orders(order())
    world.do("close", "1042")
    assert (world.item("1042").state, world.item("1042").is_open) == ("closed", False)
    assert world.do("close", "1042")[0].why == "it is closed already"
    with pytest.raises(Refused, match="Why is missing"):
        world.do("reopen", "1042")
    world.do("reopen", "1042", reason="it came back")
    assert world.item("1042").state == "open"


def test_what_is_open_on_it_is_told_and_closed_only_for_a_reason(world: World) -> None:
    world.orders(order())
    world.letter("hello@firma.example")
    world.do("remind", "1042", keep="yes", title="ask again")
    [refused] = world.do("close", "1042")
    assert refused.result == "refused"
    assert "the customer waits for an answer since Thu 26 Nov 14:00" in refused.why
    assert "open task: ask again" in refused.why
    [done] = world.do("close", "1042", reason="answered on the phone")
    assert done.result == "done"
    view = world.view("1042")
    assert (view.item.is_open, view.item.waiting_since, view.tasks[0].state) == (False, None, "dropped")
    assert view.conversations[0].status == "closed"
    take_back(world)
    view = world.view("1042")
    assert (view.item.state, view.tasks[0].state) == ("open", "open")
    assert view.item.waiting_since == at("2026-11-26T14:00")


def test_an_order_that_the_shop_closed_is_reopened_there(world: World) -> None:
    world.orders(order(state="closed"))
    assert world.do("reopen", "1042", reason="x")[0].why == "shop closed it, not this desk: reopen it there"


def test_a_stranger_is_linked_by_hand_and_their_address_is_only_proposed(world: World) -> None:
    world.orders(order())
    mail = world.letter("hello@example.net", "j.k.private@example.net", subject="Hello??")
    assert world.view("1042").conversations == ()
    [done] = world.do("link", "1042", mail=mail)
    assert done.why.endswith("j.k.private@example.net is proposed as the customer's address")
    view = world.view("1042")
    assert [each.message_id for each in view.conversations[0].messages] == ["<hello@example.net>"]
    proposed = [each for each in view.customer.identities if each.state == "proposed"]
    assert [(each.kind, each.value) for each in proposed] == [("email", "j.k.private@example.net")]
    assert world.do("link", "1042", mail=mail)[0].why == "linked already"
    take_back(world)
    assert world.view("1042").conversations == ()
    assert all(each.state == "confirmed" for each in world.view("1042").customer.identities)


def test_one_mail_of_two_orders_taken_off_one_stays_on_the_other(world: World) -> None:
    world.orders(order("1042"), order("1043"))
    mail = world.letter("both@firma.example", subject="1042 and 1043")
    world.do("link", "1042", "1043", mail=mail)
    world.do("unlink", "1042", mail=mail)
    assert world.view("1042").conversations == ()
    assert len(world.view("1043").conversations) == 1


def test_a_link_outlives_the_cache(world: World) -> None:
    world.orders(order())
    mail = world.letter("hello@example.net", "stranger@example.net", subject="Hello??")
    world.do("link", "1042", mail=mail)
    world.do("assign", "1042", owner="ben")
    store = world.session.store
    store.put_cache_aside("test")
    store.cache = store._open_cache()
    world.orders(order())
    world.mailbox.told["INBOX"] = world.mailbox.told["INBOX"][:]
    world.letter("other@example.net", "somebody@example.net", subject="else")
    settle(world.session)
    assert world.item("1042").owner == "ben"
    assert [each.message_id for each in world.view("1042").conversations[0].messages] == ["<hello@example.net>"]


def test_no_mail_of_that_id_is_told(world: World) -> None:
    world.orders(order())
    [refused] = world.do("link", "1042", mail="123")
    assert (refused.code, refused.why) == ("not_found", "there is no mail '123'")


def test_every_refusal_of_an_order_is_words(world: World) -> None:
    world.orders(order())
    why = refusals(world.session, world.item("1042"))
    assert set(why) == {each.id for each in all_actions()}
    assert {name for name, words in why.items() if not words} >= {"note", "tag", "assign", "snooze", "close", "draft"}
    assert why["cancel"] == "nobody knows yet what shop can do: run `oms-tui sync shop`"
    assert why["send"] == "you have no draft on it"
    assert why["recall"] == "no reply on it waits to leave"
    assert why["resolve_outbox"] == "nothing in its outbox needs a decision"
    assert refusals(as_agent(world.session, "eye"), world.item("1042"))["note"]


def test_the_log_has_what_was_before_and_after(world: World) -> None:
    world.orders(order())
    world.do("assign", "1042", owner="ben")
    world.do("assign", "1042", owner="lea")
    [_, (data,)] = world.session.store.desk.execute("SELECT data FROM desk_events ORDER BY rowid").fetchall()
    assert json.loads(data) == {"action": "assign", "before": {"owner": "ben"}, "after": {"owner": "lea"}}
