"""Which mails are one conversation, and who waits in it: whatever order they come in, and whatever people decide."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from mail_in.story import NOW, OURS, POLICY, Desk, order

from oms_tui.store import mail_links
from oms_tui.store.reads import mail as reads
from oms_tui.store.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from connectors.records import MailRecord

JAN = "jan.kowal@firma.example"


def thread(desk: Desk) -> list[MailRecord]:
    """Jan asks, we answer, Jan thanks; Eva asks something else with the same subject."""
    return [
        desk.letter("ask", JAN, subject="Lamp"),
        desk.letter("answer", OURS, to=[JAN], subject="Re: Lamp", answers=["ask"], folder="Sent"),
        desk.letter("thanks", JAN, subject="Re: Lamp", answers=["ask", "answer"]),
        desk.letter("other", "eva@x.example", subject="Re: Lamp"),
    ]


def test_mails_are_joined_by_their_references_and_never_by_subject(desk: Desk) -> None:
    desk.mailbox.put(*thread(desk))

    desk.sync()

    assert desk.together() == [["ask", "answer", "thanks"], ["other"]]


@pytest.mark.parametrize("seed", range(12))
def test_the_order_in_which_mail_comes_does_not_matter(tmp_path: Path, seed: int) -> None:
    """Late mails join conversations that were apart, at any page size."""
    shuffled = random.Random(seed)
    with Workspace(tmp_path / "desk") as store:
        desk = Desk(store)
        desk.mailbox.page = shuffled.choice([1, 2, 7])
        letters = [
            *thread(desk),
            desk.letter("a1", "a@x.example"),
            desk.letter("a2", "a@x.example", answers=["a1"]),
            desk.letter("a3", "a@x.example", answers=["missing", "a2"]),
            desk.letter("b1", "b@x.example", answers=["missing"]),
            desk.letter("news1", "c@x.example", answers=["newsletter"]),
            desk.letter("news2", "d@x.example", answers=["newsletter"]),
            desk.letter("cc", "e@x.example", to=[OURS], cc=["c@x.example"], answers=["news1"]),
        ]
        shuffled.shuffle(letters)
        for start in range(0, len(letters), 3):
            desk.mailbox.put(*letters[start : start + 3])
            if shuffled.random() < 0.5:
                desk.sync()
        desk.sync()

        assert desk.together() == [
            ["a1", "a2", "a3"],
            ["ask", "answer", "thanks"],
            ["b1"],
            ["news1", "cc"],
            ["news2"],
            ["other"],
        ]
        rows = store.cache.execute("SELECT count(*), count(DISTINCT root) FROM conversations").fetchone()
        assert rows == (6, 6), "no conversation is left without mails"
        desk.counts()


def test_two_conversations_become_one_when_the_mail_between_them_comes(desk: Desk) -> None:
    desk.orders(order("#1042"))
    desk.mailbox.put(desk.letter("first", JAN, subject="#1042"))
    desk.mailbox.put(desk.letter("last", JAN, answers=["middle"]))
    desk.sync()
    assert desk.together() == [["first"], ["last"]]
    assert desk.on("last") == ()

    desk.mailbox.put(desk.letter("middle", JAN, answers=["first"]))
    desk.sync()

    assert desk.together() == [["first", "last", "middle"]]
    assert desk.on("last") == desk.on("middle") == ("#1042",)
    (conversation,) = desk.threads("1042")
    assert [mail.message_id for mail in conversation.messages] == ["<first>", "<last>", "<middle>"]
    assert conversation.root == "<first>"


def test_who_waits_is_the_newest_unanswered_mail(desk: Desk) -> None:
    desk.orders(order("#1042"))
    first, answer, *_ = thread(desk)
    first.subject = "#1042"
    desk.mailbox.put(first)
    desk.sync()
    (waiting,) = desk.threads("1042")
    assert (waiting.status, waiting.unanswered) == ("open", desk.mail("ask").id)
    assert waiting.waiting_since == desk.mail("ask").sent_at

    desk.mailbox.put(answer)
    desk.sync()
    (answered,) = desk.threads("1042")
    assert (answered.status, answered.unanswered, answered.waiting_since) == ("pending", None, None)

    desk.mailbox.put(desk.letter("again", JAN, answers=["answer"]), desk.letter("and again", JAN, answers=["answer"]))
    desk.sync()
    (again,) = desk.threads("1042")
    assert again.waiting_since == desk.mail("again").sent_at
    assert again.unanswered == desk.mail("and again").id


def test_a_machine_neither_waits_nor_answers(desk: Desk) -> None:
    desk.orders(order("#1042"))
    desk.mailbox.put(
        desk.letter("ask", JAN, subject="#1042"),
        desk.letter("confirmed", OURS, to=[JAN], answers=["ask"], auto="auto-replied", folder="Sent"),
        desk.letter("away", JAN, answers=["confirmed"], auto="auto-replied"),
    )

    desk.sync()

    (conversation,) = desk.threads("1042")
    assert conversation.unanswered == desk.mail("ask").id
    assert len(conversation.messages) == 3


def test_a_copy_in_two_mailboxes_is_two_rows_and_one_mail(desk: Desk) -> None:
    """Two of our own addresses were written to (freescout#4748, #5284)."""
    desk.orders(order("#1042"))
    mail = desk.letter("ask", JAN, to=[OURS, "returns@shop.example"], subject="#1042")
    desk.mailbox.put(mail)
    desk.sync()
    other = Desk(desk.store, source="returns")
    other.mailbox.put(mail)
    other.sync()

    assert desk.counts() == {"fetched": 2, "linked": 2, "unlinked": 0, "quarantined": 0}
    (conversation,) = desk.threads("1042")
    assert [mail.message_id for mail in conversation.messages] == ["<ask>"]
    assert conversation.unanswered in {mail.id for mail in conversation.messages}


def test_copies_without_a_message_id_find_each_other_by_their_content(desk: Desk) -> None:
    desk.mailbox.put(desk.letter("", JAN, digest="same"), desk.letter("", JAN, digest="same"), desk.letter("", JAN))

    desk.sync()

    assert sorted(map(len, desk.together())) == [1, 2]


def test_two_mails_with_one_message_id_are_both_shown(desk: Desk) -> None:
    """A Message-ID is not unique (freescout#5591)."""
    desk.orders(order("#1042"))
    desk.mailbox.put(desk.letter("same", JAN, subject="#1042"), desk.letter("same", JAN, subject="#1042 again"))

    desk.sync()

    (conversation,) = desk.threads("1042")
    assert [mail.subject for mail in conversation.messages] == ["#1042", "#1042 again"]


def test_somebody_in_cc_answers_first_and_is_part_of_it(desk: Desk) -> None:
    """freescout#2086: a colleague of the customer, known from the first mail's Cc, writes before anybody else."""
    desk.orders(order("#1042"))
    desk.mailbox.put(
        desk.letter("ask", JAN, cc=["lea@firma.example"], subject="#1042"),
        desk.letter("more", "lea@firma.example", answers=["ask"]),
    )

    desk.sync()

    assert desk.together() == [["ask", "more"]]
    assert desk.on("more") == ("#1042",)
    assert not desk.mail("more").known_sender


# ---- what people decide


def settle(desk: Desk, *names: str) -> set[int]:
    return mail_links.relink_named(desk.store, POLICY, [f"<{name}>" for name in names], NOW)


def test_a_link_made_by_hand_carries_to_the_answers_and_is_taken_back_whole(desk: Desk) -> None:
    desk.orders(order("#1042"))
    desk.mailbox.put(
        desk.letter("ask", "private@example.net"),
        desk.letter("answer", OURS, to=["private@example.net"], answers=["ask"], folder="Sent"),
        desk.letter("thanks", "private@example.net", answers=["answer"]),
    )
    desk.sync()

    desk.decide("link_decisions", mail="<ask>", source="shop", remote_id="1042", linked=1)
    assert settle(desk, "ask") == {desk.order_id("1042")}

    assert desk.on("ask") == desk.on("answer") == desk.on("thanks") == ("#1042",)
    assert desk.mail("ask").link_reason == "person"
    assert desk.counts()["linked"] == 3
    assert reads.unlinked(desk.store)[0] == ()

    desk.take_back("link_decisions", "<ask>", "shop", "1042")
    settle(desk, "ask")

    assert desk.on("ask") == desk.on("answer") == desk.on("thanks") == ()
    assert desk.counts()["unlinked"] == 3


def test_a_mail_taken_off_stays_off_however_often_it_is_read(desk: Desk) -> None:
    desk.orders(order("#1042"))
    desk.mailbox.put(desk.letter("ask", JAN, subject="#1042"), desk.letter("more", JAN, answers=["ask"]))
    desk.sync()
    desk.decide("link_decisions", mail="<ask>", source="shop", remote_id="1042", linked=0)
    settle(desk, "ask")

    desk.mailbox.put(desk.letter("even more", JAN, answers=["ask"], subject="#1042"))
    desk.sync()

    assert desk.on("ask") == ()
    assert desk.on("even more") == ("#1042",)
    (conversation,) = desk.threads("1042")
    assert "<ask>" not in [mail.message_id for mail in conversation.messages]
    row = desk.store.cache.execute("SELECT reason FROM messages WHERE message_id='<ask>'").fetchone()
    assert row == ("taken off by hand",)


def test_decisions_survive_a_cache_that_is_made_again(tmp_path: Path) -> None:
    with Workspace(tmp_path / "desk") as store:
        desk = Desk(store)
        desk.orders(order("#1042"))
        desk.mailbox.put(
            desk.letter("ask", "private@example.net"),
            desk.letter("more", "private@example.net", answers=["ask"]),
            desk.letter("spam", "spam@example.net"),
            desk.letter("apart", "private@example.net", answers=["ask"]),
            desk.letter("moved", "else@example.net"),
        )
        desk.sync()
        desk.decide("link_decisions", mail="<ask>", source="shop", remote_id="1042", linked=1)
        desk.decide("thread_decisions", mail="<spam>", kind="status", value="spam", reason="")
        desk.decide("thread_decisions", mail="<apart>", kind="thread", value="<apart>", reason="")
        desk.decide("thread_decisions", mail="<moved>", kind="thread", value="<ask>", reason="")
        settle(desk, "ask", "spam", "apart", "moved")
        before = (desk.together(), desk.on("more"), desk.on("moved"), len(reads.unlinked(store)[0]), desk.counts())
        assert before[0] == [["apart"], ["ask", "more", "moved"], ["spam"]]
        assert before[1] == before[2] == ("#1042",)
        store.put_cache_aside("test")
    for page in (1, 2, 200):
        with Workspace(tmp_path / "desk") as store:
            again = Desk(store, mailbox=desk.mailbox, numbers=desk.numbers)
            again.mailbox.page = page
            again.orders(order("#1042"))
            again.sync()

            assert (
                again.together(),
                again.on("more"),
                again.on("moved"),
                len(reads.unlinked(store)[0]),
                again.counts(),
            ) == before
            store.put_cache_aside("test")


def test_a_mail_is_split_off_and_put_back(desk: Desk) -> None:
    desk.mailbox.put(
        desk.letter("a", JAN), desk.letter("b", JAN, answers=["a"]), desk.letter("c", JAN, answers=["a", "b"])
    )
    desk.sync()

    desk.decide("thread_decisions", mail="<b>", kind="thread", value="<b>", reason="")
    settle(desk, "b")
    assert desk.together() == [["a", "c"], ["b"]]

    desk.take_back("thread_decisions", "<b>", "thread")
    settle(desk, "b")
    assert desk.together() == [["a", "b", "c"]]


def test_a_conversation_closed_with_a_reason_waits_no_more_until_somebody_writes(desk: Desk) -> None:
    desk.orders(order("#1042"))
    desk.mailbox.put(desk.letter("ask", JAN, subject="#1042"))
    desk.sync()
    assert [mail.subject for mail in reads.unattended(desk.store, POLICY, NOW)] == ["#1042"]

    desk.decide("thread_decisions", mail="<ask>", kind="status", value="closed", reason="thanked us")
    settle(desk, "ask")

    assert desk.threads("1042")[0].status == "closed"
    assert desk.threads("1042")[0].waiting_since is None
    assert reads.unattended(desk.store, POLICY, NOW) == []

    desk.mailbox.put(desk.letter("again", JAN, answers=["ask"], at=desk.later()))
    desk.sync()
    assert desk.threads("1042")[0].unanswered == desk.mail("again").id


@pytest.mark.parametrize("mark", ["WG: ", "Fwd: ", "RE: AW: "])
def test_a_mark_before_the_subject_neither_joins_nor_hides_the_number(desk: Desk, mark: str) -> None:
    """zammad#4965, and Outlook, which drops the headers (odoo#22488): the number still finds the order."""
    desk.orders(order("#1042"))
    desk.mailbox.put(
        desk.letter("first", JAN, subject="Order #1042"),
        desk.letter("dropped", JAN, subject=f"{mark}Order #1042"),
        desk.letter("forwarded", "lea@firma.example", subject=f"{mark}Order #1042"),
    )

    desk.sync()

    assert desk.together() == [["dropped"], ["first"], ["forwarded"]]
    assert desk.on("dropped") == ("#1042",)
    assert desk.on("forwarded") == ()
    assert len(desk.threads("1042")) == 2
