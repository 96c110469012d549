"""What is put aside comes back by itself: orders, mails, tasks, at a business time or when the customer writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from actions.acting import at, order

from oms_tui.actions.run import settle
from oms_tui.actions.threads import set_status
from oms_tui.domain.query import parse
from oms_tui.domain.refused import Refused
from oms_tui.store.derive.run import derive_due
from oms_tui.store.query_words import CATALOGUE
from oms_tui.store.reads.mail import unattended, unlinked
from oms_tui.store.reads.queue import queue_page
from oms_tui.store.reads.tasks import tasks
from oms_tui.store.writes.undo import undo

if TYPE_CHECKING:
    from actions.acting import World


def time_passes(world: World, until: str) -> None:
    world.clock.now = at(until)
    while derive_due(world.session.store, world.session.policy, now=world.clock.now):
        pass
    world.derive()


def take_back(world: World) -> None:
    undo(world.session)
    settle(world.session)


def left_alone(world: World) -> list[str]:
    return [mail.subject for mail in unattended(world.session.store, world.session.policy, world.clock.now)]


# ---- mails


def test_a_mail_is_put_aside_for_a_reason_and_comes_back_at_its_time(world: World) -> None:
    world.orders(order())
    world.letter("q1")
    (refused,) = world.do("snooze", "1042", until="tomorrow 9:00")
    assert (refused.result, refused.why.split(":")[0]) == (
        "refused",
        "the customer waits for an answer since Thu 26 Nov 14",
    )

    world.do("snooze", "1042", until="tomorrow 9:00", reason="the depot looks for it")

    assert world.item("1042").waiting_since is None
    assert world.view("1042").conversations[0].status == "snoozed"
    assert left_alone(world) == []

    time_passes(world, "2026-11-27T08:59")
    assert world.item("1042").waiting_since is None
    time_passes(world, "2026-11-27T09:00")

    assert world.item("1042").waiting_since == at("2026-11-26T14:00")
    assert world.view("1042").conversations[0].status == "open"
    assert left_alone(world) == ["Where is my lamp #1042?"]


def test_and_earlier_if_they_write_again(world: World) -> None:
    world.orders(order())
    world.letter("q1")
    world.do("snooze", "1042", until="3d", reason="asked the carrier")

    world.clock.pass_(hours=1)
    world.letter("q2", answers=("q1",))

    assert world.item("1042").waiting_since == at("2026-11-26T14:00")
    assert world.view("1042").conversations[0].status == "open"


def test_an_answer_that_is_due_before_it_comes_back_is_warned_of(world: World) -> None:
    world.orders(order())
    world.letter("q1")

    (done,) = world.do("snooze", "1042", until="5d", reason="asked the carrier")

    assert done.warning.startswith("the answer is due before that")


def test_a_mail_of_no_order_is_put_aside_too_and_taken_back_by_undo(world: World) -> None:
    world.orders(order())
    mail = world.letter("s1", "stranger@else.example", subject="A question", text="Do you sell lamps?")
    assert left_alone(world) == ["A question"]

    set_status(world.session, mail, "snoozed", "", until="1d")
    assert left_alone(world) == []
    assert unlinked(world.session.store)[0] == ()

    take_back(world)
    assert left_alone(world) == ["A question"]

    set_status(world.session, mail, "snoozed", "", until="1d")
    time_passes(world, "2026-11-27T17:31")
    assert left_alone(world) == ["A question"]
    assert len(unlinked(world.session.store)[0]) == 1


def test_a_time_that_is_none_is_refused_in_words(world: World) -> None:
    mail = world.letter("s1", "stranger@else.example", subject="A question")

    with pytest.raises(Refused, match="is no time"):
        set_status(world.session, mail, "snoozed", "", until="soon")
    with pytest.raises(Refused, match="only for a reason"):
        set_status(world.session, mail, "closed", " ")


# ---- every mail ends somewhere


def test_every_mail_ends_as_answered_closed_for_a_reason_or_somebodys_and_due(world: World) -> None:
    world.orders(order(), order("1043", email="lund@post.example"))
    world.letter("a", subject="Where is #1042?")
    world.letter("b", "lund@post.example", subject="About #1043")
    stranger = world.letter("c", "stranger@else.example", subject="A question", text="Hello")
    junk = world.letter("d", "junk@else.example", subject="Win!!!", text="Win")
    world.letter("e", "robot@else.example", subject="Out of office", text="away", auto="auto-replied")
    assert sorted(left_alone(world)) == ["A question", "About #1043", "Where is #1042?", "Win!!!"]

    set_status(world.session, junk, "spam", "")
    set_status(world.session, stranger, "closed", "answered in the chat")
    world.do("assign", "1042", owner="ben")
    world.do("remind", "1043", when="2h", title="ask the depot", keep="yes")

    assert left_alone(world) == []

    time_passes(world, "2026-11-26T17:00")
    assert left_alone(world) == ["About #1043"], "the task is overdue: nobody has it in hand"


def unattended_orders(world: World) -> list[str]:
    store, zone = world.session.store, world.session.policy.zone
    tree = parse("is:unattended", CATALOGUE)
    return sorted(item.number for item in queue_page(store, tree=tree, now=world.clock.now, zone=zone).items)


def test_orders_and_mails_are_unattended_by_the_same_rule(world: World) -> None:
    world.orders(order(), order("1043", email="lund@post.example"), order("1044", email="third@post.example"))
    world.letter("a", subject="Where is #1042?")
    both = world.letter("b", "lund@post.example", subject="About #1043 and #1044")
    world.do("link", "1044", mail=str(both))
    assert unattended_orders(world) == ["1042", "1043", "1044"]
    assert sorted(left_alone(world)) == ["About #1043 and #1044", "Where is #1042?"]

    world.do("assign", "1043", owner="ben")

    assert unattended_orders(world) == ["1042"], "who owns one of its orders looks after the mail on both"
    assert left_alone(world) == ["Where is #1042?"]

    world.do("log_call", "1042", outcome="reached")
    assert unattended_orders(world) == []
    assert left_alone(world) == []


def test_a_mail_on_a_closed_order_waits_like_any_other(world: World) -> None:
    world.orders(order())
    world.do("close", "1042")
    world.letter("q1")

    assert world.item("1042").is_open
    assert left_alone(world) == ["Where is my lamp #1042?"]


# ---- on the phone


def test_whoever_was_reached_waits_no_more(world: World) -> None:
    world.orders(order())
    world.letter("q1")
    world.clock.pass_(minutes=20)

    (done,) = world.do("log_call", "1042", outcome="reached")

    assert done.why == "call: reached; their mail is answered by that"
    assert world.item("1042").waiting_since is None
    assert world.view("1042").conversations[0].status == "pending"
    assert left_alone(world) == []

    take_back(world)
    assert world.item("1042").waiting_since is not None


def test_unless_the_agent_says_that_the_mail_still_waits_or_nobody_answered(world: World) -> None:
    world.orders(order())
    world.letter("q1")

    world.do("log_call", "1042", outcome="reached", unanswered="yes")
    assert world.item("1042").waiting_since is not None
    world.do("log_call", "1042", outcome="no_answer")
    assert world.item("1042").waiting_since is not None


def test_after_the_call_the_next_mail_waits_anew(world: World) -> None:
    world.orders(order())
    world.letter("q1")
    world.do("log_call", "1042", outcome="reached")
    world.clock.pass_(hours=1)

    world.letter("q2", answers=("q1",), subject="Re: lamp")

    assert world.item("1042").waiting_since == at("2026-11-26T15:00")


# ---- tasks


def test_an_agents_day_is_their_tasks_and_nobodys_in_the_order_of_time(world: World) -> None:
    world.orders(order(), order("1043"))
    world.do("remind", "1042", when="3d", title="later")
    world.do("remind", "1043", when="1h", title="soon", keep="yes")
    world.do("log_call", "1043", agent="ben", outcome="callback", note="wants to be called")

    mine = tasks(world.session.store, owner="ana")
    assert [(task.title, task.order.number if task.order else "") for task in mine] == [
        ("soon", "1043"),
        ("later", "1042"),
    ]
    assert [task.title for task in tasks(world.session.store)] == ["soon", "wants to be called", "later"]
    assert [task.title for task in tasks(world.session.store, kind="callback")] == ["wants to be called"]
    assert tasks(world.session.store, before=at("2026-11-26T14:59")) == []


def test_a_task_is_handed_over_moved_and_taken_back(world: World) -> None:
    world.orders(order())
    world.do("remind", "1042", when="2h", title="ask the depot", keep="yes")

    (done,) = world.do("change_task", "1042", owner="ben", when="tomorrow 10:00")

    assert done.why == "task “ask the depot” given to Ben Okoro, moved to Fri 27 Nov 10:00"
    (task,) = tasks(world.session.store, owner="ben")
    assert (task.owner, task.due_at) == ("ben", at("2026-11-27T10:00"))
    take_back(world)
    (task,) = tasks(world.session.store, owner="ana")
    assert task.due_at == at("2026-11-26T16:00")

    (done,) = world.do("change_task", "1042")
    assert done.why == "nothing would change: name an owner, a time or other words"
    (done,) = world.do("change_task", "1042", task="polish", owner="ben")
    assert done.why == "no open task is called 'polish': ask the depot"


def test_a_task_whose_order_is_gone_is_still_listed(world: World) -> None:
    world.orders(order())
    world.do("remind", "1042", when="2h", title="ask the depot", keep="yes")
    world.session.store.cache.execute("DELETE FROM orders")

    (task,) = tasks(world.session.store)

    assert (task.title, task.order) == ("ask the depot", None)


def test_what_nothing_waits_for_is_not_put_aside_as_nothing_would_bring_it_back(world: World) -> None:
    world.orders(order(state="closed", payment_status="paid", fulfillment_status="fulfilled"))

    (done,) = world.do("snooze", "1042", until="1d")

    assert done.result == "refused"
    assert done.why == "it is closed and nothing about it waits: `remind` brings it back at a time"
    (done,) = world.do("remind", "1042", when="1d", title="ask how it went")
    assert done.result == "done"
