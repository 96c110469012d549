"""Pages of a mailbox into the store: once, whatever happens, and everything counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from mail_in.story import MONDAY, NOW, OURS, POLICY, Desk, MailboxInMemory, order, unreadable

from connectors.records import Attachment, MailKey, MailPage
from oms_tui.store import mail_links, sync_state
from oms_tui.store.derive.run import derive_orders
from oms_tui.store.mail_rows import packed, unpacked
from oms_tui.store.reads import mail as reads
from oms_tui.store.reads.mail_search import search_messages

JAN = "jan.kowal@firma.example"


def test_a_page_that_comes_twice_changes_nothing(desk: Desk) -> None:
    desk.orders(order("#1042"))
    desk.mailbox.put(desk.letter("m1", subject="#1042"), desk.letter("m2", "x@y.example"))
    desk.sync()
    before = (desk.counts(), desk.together(), list(desk.store.cache.execute("SELECT * FROM message_links")))

    sync_state.restart(desk.store.cache, "support", "INBOX")
    result = desk.sync(now=NOW + 1000)

    assert result.fetched == 0
    assert (desk.counts(), desk.together(), list(desk.store.cache.execute("SELECT * FROM message_links"))) == before


def test_a_run_that_breaks_keeps_what_it_read_and_goes_on_there(desk: Desk) -> None:
    desk.mailbox.page = 1
    desk.mailbox.put(*[desk.letter(f"m{number}") for number in range(5)])
    desk.mailbox.breaks_after = 3
    with pytest.raises(ConnectionError):
        desk.sync()
    kept = desk.counts()["fetched"]

    desk.mailbox.breaks_after = None
    desk.sync()

    assert kept <= 3
    assert desk.counts()["fetched"] == 5
    assert len(desk.store.cache.execute("SELECT DISTINCT message_id FROM messages").fetchall()) == 5


def test_what_cannot_be_read_is_set_aside_and_counted(desk: Desk) -> None:
    desk.mailbox.put(desk.letter("m1", uid="1"))
    desk.mailbox.tell("INBOX", unreadable("INBOX", "9", "its header could not be read (RecursionError)"))

    result = desk.sync()

    assert (result.fetched, result.quarantined) == (2, 1)
    assert desk.counts() == {"fetched": 2, "linked": 0, "unlinked": 1, "quarantined": 1}
    ((aside,), following) = reads.quarantined_mail(desk.store)
    assert (aside.reason, following) == ("its header could not be read (RecursionError)", None)
    assert desk.store.cache.execute("SELECT ref, reason FROM quarantine").fetchall() == [
        ("INBOX uid 9", "its header could not be read (RecursionError)")
    ]
    assert reads.message(desk.store, aside.id) is not None
    assert reads.candidates(desk.store, POLICY, aside.id) == []

    desk.mailbox.put(desk.letter("m9", uid="9"))
    desk.sync()
    assert desk.counts() == {"fetched": 2, "linked": 0, "unlinked": 2, "quarantined": 0}
    assert desk.store.cache.execute("SELECT count(*) FROM quarantine").fetchone() == (0,)


def test_a_mailbox_numbered_anew_keeps_links_and_decisions(desk: Desk) -> None:
    desk.orders(order("#1042"))
    mails = [desk.letter("m1", subject="#1042", uid="1"), desk.letter("m2", uid="2"), desk.letter("m3", uid="3")]
    desk.mailbox.put(*mails)
    desk.sync()
    ids = {name: desk.mail(name).id for name in ("m1", "m2", "m3")}

    desk.mailbox.tell(
        "INBOX",
        MailPage(
            moved=[(MailKey("INBOX", "1", str(uid)), MailKey("INBOX", "2", str(uid + 10))) for uid in (1, 2)],
            gone=[MailKey("INBOX", "1", "3")],
            flags=[(MailKey("INBOX", "2", "11"), ("\\Seen",))],
        ),
    )
    desk.mailbox.put(desk.letter("m4", uid="13", generation="2"))
    result = desk.sync()

    assert (result.fetched, result.gone) == (1, 1)
    assert {name: desk.mail(name).id for name in ids} == ids
    assert desk.on("m1") == ("#1042",)
    assert desk.mail("m1").source_id == "INBOX 11"
    assert desk.counts() == {"fetched": 3, "linked": 1, "unlinked": 2, "quarantined": 0}
    assert len(reads.unlinked(desk.store)[0]) == 2


def test_what_is_gone_stays_on_its_order_and_waits_for_no_link(desk: Desk) -> None:
    desk.orders(order("#1042"))
    mails = [desk.letter("m1", subject="#1042"), desk.letter("m2", "x@y.example")]
    desk.mailbox.put(*mails)
    desk.sync()

    gone = MailPage(gone=[mail.key for mail in mails])
    desk.mailbox.tell("INBOX", gone)
    desk.sync()

    assert desk.counts()["fetched"] == 0
    assert reads.unlinked(desk.store)[0] == ()
    assert [mail.message_id for mail in desk.threads("1042")[0].messages] == ["<m1>"]
    assert [mail.subject for mail in reads.unattended(desk.store, POLICY, NOW)] == ["#1042"]

    desk.mailbox.put(*mails)
    desk.sync()
    assert desk.counts() == {"fetched": 2, "linked": 1, "unlinked": 1, "quarantined": 0}


def test_every_text_from_outside_is_made_safe(desk: Desk) -> None:
    desk.mailbox.put(
        desk.letter(
            "m1",
            "evil\x1b]0;x@y.example",
            sender_name="\x1b[31mRed\u202e",
            subject="a\x00b\x9b1m\nc",
            text="one\x1b[2J\u2028two\n> quoted\x85> more\nend",
            quoted=((1, 2),),
            attachments=(Attachment(1, "../\x1bx.pdf", "application/pdf", 3),),
            warnings=("strange\x1b",),
        )
    )

    desk.sync()

    mail = desk.mail("m1")
    shown = " ".join(
        [mail.from_name, mail.from_address, mail.subject, mail.text, mail.attachments[0].name, *mail.warnings]
    )
    assert not [char for char in shown if (ord(char) < 32 and char not in "\n\t") or 127 <= ord(char) < 160]
    assert "\u202e" not in shown
    lines = mail.text.split("\n")
    (first, last) = mail.quoted[0]
    assert [line[:1] for line in lines[first:last]] == [">", ">"], "the quote is still where it was"


def test_a_forged_date_does_not_move_a_mail_ahead(desk: Desk) -> None:
    mail = desk.letter("m1")
    mail.sent_at, mail.received_at = MONDAY + timedelta(days=300), MONDAY
    dateless = replace(desk.letter("m2"), sent_at=None, received_at=None)
    desk.mailbox.put(mail, dateless)

    desk.sync()

    assert desk.mail("m1").sent_at == NOW
    assert desk.mail("m2").sent_at == NOW


def test_texts_come_for_open_orders_first_then_the_newest(desk: Desk) -> None:
    desk.mailbox.whole = False
    desk.orders(order("#1"), order("#2", state="closed"))
    for number, remote_id in ((1, "1"), (0, "2")):
        desk.store.cache.execute("DELETE FROM queue_row WHERE remote_id=?", (remote_id,))
        desk.queue(remote_id, is_open=number)
    desk.mailbox.put(
        desk.letter("open", subject="order #001", text="o"),
        *[desk.letter(f"m{number}", f"p{number}@x.example", text="t") for number in range(5)],
    )
    desk.store.cache.execute("UPDATE order_keys SET value='001' WHERE value='1' AND kind='number'")
    desk.sync()
    assert desk.on("open") == ("#1",)

    assert desk.syncing().bodies(2, NOW) == 2

    have = [
        name for (name,) in desk.store.cache.execute("SELECT message_id FROM messages WHERE has_body=1 ORDER BY id")
    ]
    assert have == ["<open>", "<m4>"]
    assert desk.syncing().bodies(100, NOW) == 4
    assert desk.syncing().bodies(100, NOW) == 0


def test_a_text_that_is_not_handed_over_is_not_asked_for_for_ever(desk: Desk) -> None:
    desk.mailbox.whole = False
    desk.mailbox.put(desk.letter("m1", uid="1", text="x"), desk.letter("m2", uid="2", text="y"))
    desk.sync()
    desk.mailbox.unreadable = {"2"}

    assert desk.syncing().bodies(10, NOW) == 2
    assert desk.syncing().bodies(10, NOW) == 0
    assert not desk.mail("m2").has_body


def test_a_bounce_names_the_mail_that_came_back_only_in_its_text(desk: Desk) -> None:
    """Its header refers to nothing; the returned mail in its body does."""
    desk.mailbox.whole = False
    desk.orders(order("#1042"))
    desk.outbox("item1", "<ours.item1@shop.example>", "1042", to=JAN)
    bounce = desk.letter("bounce", "mailer-daemon@mx.example", subject="Undelivered", auto="bounce")
    desk.mailbox.put(bounce)
    desk.sync()
    assert desk.on("bounce") == ()

    desk.mailbox.mails[bounce.key.folder, bounce.key.generation, bounce.key.uid] = replace(
        bounce, references=("<ours.item1@shop.example>",), text="your mail could not be delivered"
    )
    desk.syncing().bodies(10, NOW)

    assert (desk.on("bounce"), desk.mail("bounce").link_reason) == (("#1042",), "bounce")


def test_a_person_who_linked_a_mail_is_not_corrected_by_its_text(desk: Desk) -> None:
    desk.mailbox.whole = False
    desk.orders(order("#1042"), order("#1043"))
    desk.mailbox.put(desk.letter("m1", subject="Hello", text="about #1043"))
    desk.decide("link_decisions", mail="<m1>", source="shop", remote_id="1042", linked=1)
    desk.sync()
    assert desk.on("m1") == ("#1042",)

    desk.syncing().bodies(10, NOW)

    assert desk.on("m1") == ("#1042",)


def test_orders_are_marked_and_the_feed_told(desk: Desk) -> None:
    (wanted,) = desk.orders(order("#1042"))
    desk.store.cache.execute("DELETE FROM dirty")
    desk.store.cache.execute("DELETE FROM change_log")
    desk.mailbox.put(desk.letter("m1", subject="#1042"))

    desk.sync()

    assert desk.store.cache.execute("SELECT order_id FROM dirty").fetchall() == [(wanted,)]
    told = desk.store.cache.execute("SELECT kind, ref FROM change_log WHERE kind='message'").fetchall()
    assert told == [("message", desk.mail("m1").id)]


def test_lists_go_on_where_a_page_ended(desk: Desk) -> None:
    desk.mailbox.put(*[desk.letter(f"m{number}", f"p{number}@x.example", at=MONDAY) for number in range(7)])
    desk.sync()

    seen: list[int] = []
    after = None
    while True:
        page, after = reads.mail_list(desk.store, state="unlinked", limit=3, after=after)
        seen += [each.id for each in page]
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 7

    found = search_messages(desk.store, "hel", limit=4)
    assert found == sorted(found, reverse=True)
    assert len(found + search_messages(desk.store, "hel", limit=4, before=found[-1])) == 7
    assert search_messages(desk.store, 'p3@x.example "quoted') == []
    assert [each.id for each in reads.shown_messages(desk.store, found)] == found


def test_mail_is_attended_to_by_an_owner_or_a_task_that_is_not_overdue(desk: Desk) -> None:
    desk.orders(order("#1"), order("#2", email="b@x.example"), order("#3", email="c@x.example"))
    desk.store.cache.execute("UPDATE order_keys SET value='00' || value WHERE kind='number'")
    desk.mailbox.put(
        desk.letter("a", subject="order 001"),
        desk.letter("b", "b@x.example", subject="order 002"),
        desk.letter("c", "c@x.example", subject="order 003"),
        desk.letter("d", "d@x.example", subject="of no order"),
        desk.letter("news", "news@x.example", subject="News", auto="list"),
    )
    desk.sync()
    desk.own("1", "ana")
    desk.task("2", "ana", due_at=NOW + 1)
    desk.task("3", "ana", due_at=NOW - 1)
    derive_orders(desk.store, POLICY, [desk.order_id(name) for name in "123"], NOW)

    found = reads.unattended(desk.store, POLICY, NOW)

    assert [(mail.subject, mail.reason) for mail in found] == [
        ("order 003", "unanswered, and nobody's"),
        ("of no order", "unanswered, and on no order"),
    ]


def test_an_order_that_is_owned_and_due_never_is_told_with_that_reason(desk: Desk) -> None:
    """The tier promises a first answer and no time for the next: whoever owns it has nothing that says by when."""
    desk.orders(order("#1"))
    desk.store.cache.execute("UPDATE order_keys SET value='00' || value WHERE kind='number'")
    desk.mailbox.put(
        desk.letter("a", subject="order 001"),
        desk.letter("b", OURS, to=["jan.kowal@firma.example"], answers=["a"], folder="Sent"),
    )
    desk.sync()
    desk.own("1", "ana")
    one = [desk.order_id("1")]
    derive_orders(desk.store, POLICY, one, NOW)
    assert reads.unattended(desk.store, POLICY, NOW) == []

    desk.mailbox.put(desk.letter("c", answers=["b"], subject="order 001 again"))
    desk.sync()
    derive_orders(desk.store, POLICY, one, NOW)
    assert desk.store.cache.execute("SELECT owner, due_at FROM queue_row").fetchall() == [("ana", None)]
    (mail,) = reads.unattended(desk.store, POLICY, NOW)
    assert (mail.subject, mail.reason) == ("order 001 again", "unanswered, somebody's, and nothing says by when")

    desk.task("1", "ana", due_at=NOW + 1)
    derive_orders(desk.store, POLICY, one, NOW)
    assert reads.unattended(desk.store, POLICY, NOW) == []


@pytest.mark.parametrize("first", ["the answer", "the bounce"])
@pytest.mark.parametrize("owned", [False, True])
def test_an_answer_that_came_back_has_answered_nobody(desk: Desk, first: str, owned: bool) -> None:
    desk.orders(order("#1"))
    desk.store.cache.execute("UPDATE order_keys SET value='00' || value WHERE kind='number'")
    one = [desk.order_id("1")]
    if owned:
        desk.own("1", "ana")
    ask = desk.letter("a", subject="order 001")
    answer = desk.letter("b", OURS, to=["jan.kowal@firma.example"], answers=["a"], folder="Sent")
    back = desk.letter(
        "r",
        "mailer-daemon@firma.example",
        answers=["b"],
        auto="bounce",
        subject="Undelivered",
        text="<jan.kowal@firma.example>: no such user",
    )
    for mail in (ask, answer, back) if first == "the answer" else (ask, back, answer):
        desk.mailbox.put(mail)
        desk.sync()
    derive_orders(desk.store, POLICY, one, NOW)

    (mail,) = reads.unattended(desk.store, POLICY, NOW)
    assert mail.subject == "order 001"
    assert mail.reason == ("our answer came back" if owned else "our answer came back, and nobody's")
    (row,) = desk.store.cache.execute("SELECT waiting_since FROM queue_row").fetchall()
    assert row == (int(ask.sent_at.timestamp() * 1000),), "the customer waits since they asked"

    desk.mailbox.put(desk.letter("e", OURS, to=[JAN], answers=["a"], folder="Sent"))
    desk.sync()
    assert reads.unattended(desk.store, POLICY, NOW) == [], "it was sent once more"


def test_what_was_closed_with_the_answer_is_open_again_when_it_comes_back(desk: Desk) -> None:
    desk.orders(order("#1"))
    desk.mailbox.put(
        desk.letter("a", subject="order 001"),
        desk.letter("b", OURS, to=["jan.kowal@firma.example"], cc=["lea@firma.example"], answers=["a"], folder="Sent"),
    )
    desk.sync()
    answered = MONDAY - timedelta(minutes=30)
    closed = int(answered.timestamp() * 1000)
    desk.decide("thread_decisions", mail="<a>", kind="status", value="closed", reason="answered", decided_at=closed)
    desk.mailbox.put(
        desk.letter("r", "daemon@x.example", answers=["b"], auto="bounce", text="lea@firma.example", at=MONDAY)
    )
    desk.sync()
    assert reads.unattended(desk.store, POLICY, NOW) == [], "the customer has it, a copy came back"

    desk.mailbox.put(
        desk.letter("s", "daemon@y.example", answers=["b"], auto="bounce", text="Jan.Kowal@firma.example", at=MONDAY)
    )
    desk.sync()
    assert [mail.subject for mail in reads.unattended(desk.store, POLICY, NOW)] == ["order 001"]

    later = NOW + 1
    desk.decide("thread_decisions", mail="<a>", kind="status", value="closed", reason="phoned", decided_at=later)
    desk.mailbox.put(desk.letter("t", "daemon@y.example", answers=["b"], auto="bounce", text="again", at=MONDAY))
    desk.sync()
    assert reads.unattended(desk.store, POLICY, later) == [], "somebody has dealt with it"


def test_packed_lists_are_json(desk: Desk) -> None:
    import json

    for values in ((), ("a",), ("a", "b"), ('a"b', "c"), ("a\\b",), ('","',), ("", ""), ("ü", "\u2028", "\n")):
        assert tuple(json.loads(packed(values))) == values
        assert unpacked(packed(values)) == values


def test_progress_is_told_and_health_kept(desk: Desk) -> None:
    told: list[tuple[str, int, int | None]] = []
    desk.mailbox.put(*[desk.letter(f"m{number}") for number in range(3)])

    desk.syncing().run(now=NOW, on_progress=lambda *each: told.append(each))

    assert ("INBOX", 3, None) in told
    state = sync_state.state(desk.store.cache, "support", "INBOX")
    assert state is not None
    assert (state.records, state.last_success_at, state.error) == (3, NOW, "")


def test_sent_mail_of_an_alias_nobody_configured_is_ours(desk: Desk) -> None:
    desk.orders(order("#1042"))
    desk.mailbox.put(desk.letter("m1", "alias@shop.example", to=[JAN], subject="Your order #1042", folder="Sent"))

    desk.sync()

    assert (desk.mail("m1").direction, desk.on("m1")) == ("outbound", ("#1042",))


def test_a_mailbox_without_a_sent_folder_is_read(desk: Desk) -> None:
    class NoSent(MailboxInMemory):
        def folders(self) -> dict[str, str]:
            return {"inbox": "INBOX"}

    desk.mailbox = NoSent()
    desk.mailbox.put(desk.letter("m1", to=[OURS], at=datetime(2026, 1, 1, tzinfo=UTC)))

    assert desk.sync().fetched == 1


def test_a_bounce_that_is_read_before_our_own_mail_finds_it_when_it_comes(desk: Desk) -> None:
    desk.orders(order("#1042"))
    for name, machine in (("bounce", "mailer-daemon@mx.example"), ("again", "postmaster@mx.example")):
        desk.mailbox.put(desk.letter(name, machine, subject="Undelivered", auto="bounce", answers=["ours"]))
    desk.sync()
    assert (desk.on("bounce"), desk.on("again")) == ((), ())

    desk.mailbox.put(desk.letter("ours", OURS, to=[JAN], subject="Your order #1042", folder="Sent"))
    desk.sync()
    assert desk.on("ours") == ("#1042",)
    assert (desk.on("bounce"), desk.on("again")) == (("#1042",), ("#1042",))
    assert desk.mail("bounce").link_reason == "bounce"


def test_of_what_machines_send_only_bounces_wait_for_a_person(desk: Desk) -> None:
    mail = desk.letter("ask", "x@y.example")
    desk.mailbox.put(
        mail,
        desk.letter("news", "news@x.example", auto="list"),
        desk.letter("bounce", "mailer-daemon@mx.example", auto="bounce"),
        desk.letter("ours", OURS, to=["somebody@else.example"], folder="Sent"),
    )
    desk.sync()
    other = Desk(desk.store, source="returns")
    other.mailbox.put(mail)
    other.sync()

    waiting = reads.unlinked(desk.store)[0]

    assert [each.from_address for each in waiting] == ["mailer-daemon@mx.example", "x@y.example"]
    assert waiting[0].reason == "a mail that came back, of no order we know"
    assert desk.counts() == {"fetched": 5, "linked": 0, "unlinked": 5, "quarantined": 0}

    desk.decide("thread_decisions", mail="<bounce>", kind="status", value="closed", reason="called them")
    mail_links.relink_named(desk.store, POLICY, ["<bounce>"], NOW)
    assert [each.from_address for each in reads.unlinked(desk.store)[0]] == ["x@y.example"]
    desk.counts()
