"""Conversations where people know better: a mail split off, put with another, closed for a reason, marked as spam."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from actions.acting import as_agent, order

from oms_tui.actions.base import Refused
from oms_tui.actions.run import settle
from oms_tui.actions.threads import move, set_status
from oms_tui.store.writes.undo import undo

if TYPE_CHECKING:
    from actions.acting import World


def together(world: World) -> list[list[str]]:
    return sorted([mail.message_id for mail in each.messages] for each in world.view("1042").conversations)


@pytest.fixture
def thread(world: World) -> World:
    """Jan wrote, and wrote again."""
    world.orders(order())
    world.letter("one@firma.example")
    world.clock.pass_(minutes=1)
    world.letter("two@firma.example", answers=["one@firma.example"])
    return world


def mail(world: World, name: str) -> int:
    row = world.session.store.cache.execute("SELECT id FROM messages WHERE message_id=?", (f"<{name}>",)).fetchone()
    return int(row[0])


def test_a_mail_is_split_off_and_put_back_by_undo(thread: World) -> None:
    assert together(thread) == [["<one@firma.example>", "<two@firma.example>"]]
    assert move(thread.session, mail(thread, "two@firma.example"), mail(thread, "two@firma.example"))
    assert together(thread) == [["<one@firma.example>"], ["<two@firma.example>"]]
    undo(thread.session)
    settle(thread.session)
    assert together(thread) == [["<one@firma.example>", "<two@firma.example>"]]


def test_a_mail_is_put_with_another(thread: World) -> None:
    thread.clock.pass_(minutes=1)
    other = thread.letter("three@firma.example", subject="Something else #1042")
    assert len(together(thread)) == 2
    move(thread.session, other, mail(thread, "one@firma.example"))
    assert len(together(thread)) == 1


def test_a_conversation_is_closed_only_for_a_reason(thread: World) -> None:
    with pytest.raises(Refused, match="only for a reason"):
        set_status(thread.session, mail(thread, "two@firma.example"), "closed", " ")
    set_status(thread.session, mail(thread, "two@firma.example"), "closed", "answered on the phone")
    view = thread.view("1042")
    assert (view.conversations[0].status, view.item.waiting_since) == ("closed", None)
    thread.clock.pass_(minutes=1)
    thread.letter("three@firma.example", answers=["two@firma.example"])
    assert thread.item("1042").waiting_since == thread.clock.now, "who writes again waits again"


def test_spam_waits_for_nobody(thread: World) -> None:
    set_status(thread.session, mail(thread, "one@firma.example"), "spam", "")
    assert thread.view("1042").conversations[0].status == "spam"
    assert thread.item("1042").waiting_since is None


def test_who_may_not_and_what_is_not_there_is_refused(thread: World) -> None:
    one = mail(thread, "one@firma.example")
    with pytest.raises(Refused) as refused:
        move(as_agent(thread.session, "wim"), one, one)
    assert refused.value.code == "forbidden"
    with pytest.raises(Refused) as refused:
        move(thread.session, 1, one)
    assert refused.value.code == "not_found"
    with pytest.raises(Refused, match="cannot be 'lost'"):
        set_status(thread.session, one, "lost", "x")
