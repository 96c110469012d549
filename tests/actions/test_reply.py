"""A reply: begun to whom it should go, saved as it is typed, stopped while something is missing, fixed once."""

from __future__ import annotations

import json
from dataclasses import replace
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

import pytest
from actions.acting import as_agent, at, moment, order

from connectors.records import OrderRef, ShipmentRecord, TrackingEventRecord, TrackingRecord
from oms_tui.actions import attachments, reply
from oms_tui.actions.base import Refused
from oms_tui.actions.run import settle
from oms_tui.domain.reply_token import read
from oms_tui.store import desk_rows
from oms_tui.store.reads.outbox import draft, drafts_of, outbox, outbox_item, outbox_of, sent_text
from oms_tui.store.session import MailAccount
from oms_tui.store.workspace import Workspace
from oms_tui.store.writes.undo import undo

if TYPE_CHECKING:
    from email.message import EmailMessage
    from pathlib import Path

    from actions.acting import World

    from oms_tui.store.session import Session
    from oms_tui.store.shapes import DraftView, OutboxView

SIGNED = "\n\nKind regards\nBright Shop\n"


@pytest.fixture
def written(world: World) -> World:
    """Jan has written about 1042."""
    world.orders(order())
    world.letter("hello@firma.example")
    return world


def start(world: World, **options: object) -> DraftView:
    return reply.start(world.session, world.id("1042"), **options)  # type: ignore[arg-type]  # as start takes them


def sent(world: World, body: str = "It is on its way.", **options: object) -> OutboxView:
    begun = start(world, **options)
    reply.save(world.session, begun.id, body=body)
    return reply.send(world.session, begun.id)


def mail_of(world: World, item: OutboxView) -> EmailMessage:
    return message_from_bytes(world.row(item.id)["raw"], policy=policy.default)  # type: ignore[return-value]  # its own


def told(session: Session, draft_id: str) -> dict[str, list[tuple[str, bool]]]:
    found: dict[str, list[tuple[str, bool]]] = {}
    for each in reply.check(session, draft_id):
        found.setdefault(each.field, []).append((each.words, each.blocking))
    return found


def macro(world: World, name: str, text: str) -> None:
    assert world.session.macros is not None
    (world.session.macros / f"{name}.md").write_text(text, encoding="utf-8")


# ---- beginning


def test_it_begins_to_the_one_who_waits_with_the_signature(written: World) -> None:
    begun = start(written)
    assert begun.to == ("Jan Kowal <jan@firma.example>",)
    assert (begun.subject, begun.account, begun.quote) == ("Re: Where is my lamp #1042?", "support", True)
    assert begun.body == SIGNED
    assert begun.mail == "<hello@firma.example>"
    assert [each.id for each in written.view("1042").drafts] == [begun.id]


def test_begun_again_it_is_the_same_draft_with_what_was_typed(written: World) -> None:
    begun = start(written)
    reply.save(written.session, begun.id, body="Dear Jan,")
    assert start(written).body == "Dear Jan,"
    assert len(drafts_of(written.session.store, "shop", "r1042")) == 1


def test_another_agent_begins_their_own_and_both_are_told(written: World) -> None:
    mine = start(written)
    theirs = reply.start(as_agent(written.session, "ben"), written.id("1042"))
    assert theirs.id != mine.id
    assert ("Ben Okoro writes to them as well", False) in told(written.session, mine.id)["thread"]


def test_an_order_without_mail_gets_a_letter_of_its_own(world: World) -> None:
    world.orders(order())
    begun = start(world)
    assert (begun.to, begun.subject, begun.quote, begun.mail) == (("jan@firma.example",), "Your order 1042", False, "")


def test_a_desk_that_cannot_send_says_so(written: World) -> None:
    mute = replace(written.session, accounts=())
    with pytest.raises(Refused, match="no mailbox of this desk can send"):
        reply.start(mute, written.id("1042"))


def test_who_may_not_write_to_customers_is_refused(written: World) -> None:
    for agent in ("wim", "eye"):
        with pytest.raises(Refused) as refused:
            reply.start(as_agent(written.session, agent), written.id("1042"))
        assert refused.value.code == "forbidden"


# ---- typing


def test_what_was_typed_is_there_for_whoever_opens_the_desk_next(written: World) -> None:
    begun = start(written)
    reply.save(
        written.session,
        begun.id,
        to=["jan@home.example"],
        cc=["boss@x.example"],
        subject="New\nlamp",
        body="ä" * 10,
        quote=False,
    )
    with Workspace(written.session.store.folder) as again:
        found = draft(again, begun.id)
    assert found is not None
    assert (found.to, found.cc, found.subject, found.body, found.quote) == (
        ("jan@home.example",),
        ("boss@x.example",),
        "New lamp",
        "ä" * 10,
        False,
    )


def test_a_draft_that_is_gone_takes_nothing_more(written: World) -> None:
    begun = start(written)
    reply.discard(written.session, begun.id)
    with pytest.raises(Refused) as refused:
        reply.save(written.session, begun.id, body="too late")
    assert refused.value.code == "not_found"


def test_a_discarded_draft_comes_back_whole(written: World) -> None:
    begun = start(written)
    kept = reply.save(written.session, begun.id, body="An hour's work")
    reply.discard(written.session, begun.id)
    assert drafts_of(written.session.store, "shop", "r1042") == ()
    undo(written.session)
    assert drafts_of(written.session.store, "shop", "r1042") == (kept,)


# ---- what stands against it


def test_nothing_written_goes_nowhere(written: World) -> None:
    begun = start(written)
    assert told(written.session, begun.id)["body"] == [("nothing is written yet", True)]
    with pytest.raises(Refused, match="nothing is written yet"):
        reply.send(written.session, begun.id)
    assert draft(written.session.store, begun.id) is not None


@pytest.mark.parametrize("body", ["Dear ⟨customer.first_name?⟩, hello", "Dear {{ customer.name }}, hello"])
def test_nobody_receives_dear_comma(written: World, body: str) -> None:
    begun = start(written)
    reply.save(written.session, begun.id, body=body)
    assert any(
        "is missing: fill it in" in words and blocking for words, blocking in told(written.session, begun.id)["body"]
    )
    with pytest.raises(Refused, match="is missing"):
        reply.send(written.session, begun.id)
    reply.save(written.session, begun.id, body="Dear Jan, hello", subject="Your ⟨order.number?⟩")
    with pytest.raises(Refused, match=r"order\.number is missing"):
        reply.send(written.session, begun.id)


def test_a_mark_in_what_the_customer_wrote_blocks_nothing(world: World) -> None:
    world.orders(order())
    world.letter("hello@firma.example", text="Your form said {{ name }} and ⟨x?⟩")
    assert sent(world).state == "held"


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ([], "nobody to write to"),
        (["not an address"], "is no address mail can be sent to"),
        (["Support <SUPPORT@shop.example>"], "is our own address"),
    ],
)
def test_an_address_that_is_none_or_ours_is_stopped(written: World, to: list[str], words: str) -> None:
    begun = start(written)
    reply.save(written.session, begun.id, body="Hello", to=to)
    with pytest.raises(Refused, match=words) as refused:
        reply.send(written.session, begun.id)
    assert refused.value.field == "to"


def test_a_reply_to_that_differs_is_obeyed_and_told(world: World) -> None:
    world.orders(order())
    world.letter("hello@firma.example", reply_to=["jan@home.example"])
    begun = start(world)
    assert begun.to == ("jan@home.example",)
    assert told(world.session, begun.id)["to"] == [
        ("answers go to jan@home.example, though jan@firma.example wrote", False),
        ("jan@home.example is not known on this order", False),
    ]


def test_a_stranger_in_copy_is_offered_and_not_written_to(world: World) -> None:
    world.orders(order())
    world.letter("hello@firma.example", cc=["stranger@else.example"])
    begun = start(world)
    assert begun.cc == ()
    [(words, blocking)] = told(world.session, begun.id)["cc"]
    assert words.startswith("stranger@else.example had a copy")
    assert not blocking
    reply.save(world.session, begun.id, cc=["stranger@else.example"])
    assert "cc" not in told(world.session, begun.id)


def test_an_address_that_came_back_is_not_written_to_again(world: World) -> None:
    world.orders(order())
    world.letter("ours@shop.example", "support@shop.example", to=["jan@firma.example"], folder="Sent")
    world.clock.pass_(minutes=1)
    world.letter("back@x.example", "mailer-daemon@x.example", answers=["ours@shop.example"], auto="bounce")
    begun = reply.start(world.session, world.id("1042"))
    assert "jan@firma.example" not in " ".join(begun.to)
    reply.save(world.session, begun.id, body="Hello", to=["jan@firma.example"])
    with pytest.raises(Refused, match=r"our last mail to jan@firma\.example came back"):
        reply.send(world.session, begun.id)


def test_what_came_meanwhile_is_told_until_it_was_looked_at(written: World) -> None:
    begun = start(written)
    reply.save(written.session, begun.id, body="Hello")
    assert "thread" not in told(written.session, begun.id)
    written.clock.pass_(minutes=3)
    written.letter("again@firma.example", answers=["hello@firma.example"])
    assert told(written.session, begun.id)["thread"] == [("Jan Kowal wrote again meanwhile (Thu 26 Nov 14:03)", False)]
    reply.seen(written.session, begun.id)
    assert "thread" not in told(written.session, begun.id)


def test_what_a_colleague_sent_meanwhile_is_not_among_what_the_writer_saw(written: World) -> None:
    begun = start(written)
    written.letter(
        "ben@shop.example",
        "support@shop.example",
        to=["jan@firma.example"],
        folder="Sent",
        answers=["hello@firma.example"],
    )
    reply.save(written.session, begun.id, body="Hello")
    item = written.row(reply.send(written.session, begun.id).id)
    assert json.loads(item["seen_ids"]) == ["<hello@firma.example>"]
    assert set(json.loads(item["thread_ids"])) == {"<hello@firma.example>", "<ben@shop.example>"}


# ---- macros


def test_a_macro_fills_the_reply_with_the_orders_facts(written: World) -> None:
    macro(
        written,
        "wismo",
        "title: Where\nsubject: not used in an answer\n\nDear {{ customer.first_name }}, {{ order.number }}.",
    )
    begun = start(written, macro="wismo")
    assert begun.body == "Dear Jan, 1042." + SIGNED
    assert (begun.subject, begun.macro) == ("Re: Where is my lamp #1042?", "wismo")


def test_what_a_macro_cannot_fill_stands_in_the_text_and_blocks(written: World) -> None:
    macro(written, "track", "title: Track\n\nIt is at {{ parcel.url }}.")
    begun = start(written, macro="track")
    assert "⟨parcel.url?⟩" in begun.body
    with pytest.raises(Refused, match=r"parcel\.url is missing"):
        reply.send(written.session, begun.id)


def test_a_macro_is_put_below_what_is_written_and_above_the_signature(written: World) -> None:
    macro(written, "sorry", "title: Sorry\n\nWe are sorry.")
    begun = start(written)
    reply.save(written.session, begun.id, body=f"Dear Jan,{SIGNED}")
    assert reply.apply_macro(written.session, begun.id, "sorry").body == f"Dear Jan,\n\nWe are sorry.{SIGNED}"
    assert reply.render_macro(written.session, begun.id, "sorry").text == "We are sorry."


def test_a_macro_for_a_carrier_is_no_answer_to_the_customer(written: World) -> None:
    macro(
        written, "trace", "title: Trace\nto: trace@carrier.example\nsubject: Trace {{ order.number }}\n\nPlease look."
    )
    begun = start(written, macro="trace")
    assert (begun.to, begun.mail, begun.quote, begun.subject) == (("trace@carrier.example",), "", False, "Trace 1042")
    mail = mail_of(written, reply.send(written.session, begun.id))
    assert mail["In-Reply-To"] is None
    assert "Still no parcel" not in mail.get_content()


@pytest.mark.parametrize(("name", "words"), [("wismoo", "no macro 'wismoo'"), ("bad", r"bad\.md:1")])
def test_a_macro_that_is_not_there_or_broken_is_told(written: World, name: str, words: str) -> None:
    macro(written, "wismo", "title: Where\n\nDear")
    macro(written, "bad", "titel: Wrong\n\nDear")
    with pytest.raises(Refused, match=words):
        start(written, macro=name)


# ---- leaving


def test_it_leaves_threaded_from_the_desks_mailbox_with_the_mail_quoted(written: World) -> None:
    item = sent(written, "It is on its way.\n\nKind regards\nBright Shop")
    mail = mail_of(written, item)
    assert mail["From"] == "Bright Shop <support@shop.example>"
    assert mail["To"] == "Jan Kowal <jan@firma.example>"
    assert mail["Subject"] == "Re: Where is my lamp #1042?"
    assert mail["In-Reply-To"] == mail["References"] == "<hello@firma.example>"
    assert mail["Message-ID"] == item.message_id
    assert item.message_id.endswith(f".{item.id}@shop.example>")
    assert mail["X-OMS-ID"] == item.id
    assert mail["Reply-To"] is None
    assert "On 2026-11-26 at 14:00, Jan Kowal wrote:\r\n> Still no parcel." in mail.get_content()


def test_it_refers_to_the_whole_thread(written: World) -> None:
    written.clock.pass_(minutes=1)
    written.letter("again@firma.example", answers=["hello@firma.example"])
    mail = mail_of(written, sent(written))
    assert mail["In-Reply-To"] == "<again@firma.example>"
    assert mail["References"].split() == ["<hello@firma.example>", "<again@firma.example>"]


def test_its_bytes_and_its_record_are_on_the_disk_when_it_is_sent(written: World) -> None:
    item = written.row(sent(written).id)
    assert (item["state"], item["kind"], item["account"]) == ("held", "mail", "support")
    assert item["not_before"] == written.clock.now + 10_000
    assert json.loads(item["recipients"]) == ["jan@firma.example"]
    assert json.loads(item["snapshot"])["record"]["order"]["number"] == "1042"
    assert desk_rows.damaged(written.session.store.desk) == []
    assert sent_text(written.session.store, item["id"]) == "It is on its way."
    assert [kind for kind, _, _ in written.events("1042")] == ["draft", "mail_queued"]


def test_where_the_mailbox_takes_plus_addresses_answers_name_their_order(written: World) -> None:
    plus = MailAccount("support", "support@shop.example", "Bright Shop", plus=True)
    written.session = replace(written.session, accounts=(plus,))
    address = mail_of(written, sent(written))["Reply-To"].addresses[0].addr_spec
    assert read(written.session.policy.key, [address]).orders == (written.id("1042"),)


def test_pressed_twice_it_is_one(written: World) -> None:
    begun = start(written)
    reply.save(written.session, begun.id, body="Hello")
    first, second = reply.send(written.session, begun.id), reply.send(written.session, begun.id)
    assert first == second
    assert len(outbox(written.session.store)) == 1


def test_the_same_mail_is_not_answered_twice_while_an_answer_is_on_its_way(written: World) -> None:
    mine, theirs = start(written), reply.start(as_agent(written.session, "ben"), written.id("1042"))
    reply.save(written.session, mine.id, body="Hello")
    reply.send(written.session, mine.id)
    reply.save(written.session, theirs.id, body="Hello too")
    with pytest.raises(Refused, match="Ana Ruiz has answered this mail already: that reply is held in the outbox"):
        reply.send(as_agent(written.session, "ben"), theirs.id)
    assert draft(written.session.store, theirs.id) is not None
    for state, allowed in (("queued", False), ("in_doubt", False), ("sent", True)):
        desk_rows.update(
            written.session.store.desk,
            "outbox",
            (outbox_of(written.session.store, "shop", "r1042")[0].id,),
            state=state,
        )
        blocking = [each for each in reply.check(as_agent(written.session, "ben"), theirs.id) if each.blocking]
        assert (not blocking) is allowed, state


def test_undo_within_the_window_brings_the_draft_back(written: World) -> None:
    item = sent(written, "Almost right")
    [undone] = undo(written.session)
    settle(written.session)
    assert undone.summary.startswith("1042: reply to jan@firma.example")
    again = outbox_item(written.session.store, item.id)
    assert again is not None
    assert again.state == "recalled"
    [back] = drafts_of(written.session.store, "shop", "r1042")
    assert back.body == "Almost right"
    assert reply.send(written.session, back.id).state == "held"


def test_undo_after_the_window_says_that_it_has_gone_on(written: World) -> None:
    item = sent(written)
    desk_rows.update(written.session.store.desk, "outbox", (item.id,), state="queued")
    with pytest.raises(Refused, match="cannot be undone any more"):
        undo(written.session)


# ---- decisions


def stopped(world: World, state: str, **changes: object) -> OutboxView:
    """A reply as the worker leaves it."""
    item = sent(world)
    desk_rows.update(world.session.store.desk, "outbox", (item.id,), state=state, **changes)
    return item


@pytest.mark.parametrize("state", ["held", "queued", "blocked", "failed"])
def test_what_has_not_left_is_taken_back(written: World, state: str) -> None:
    item = stopped(written, state)
    back = reply.recall(written.session, item.id)
    assert (back.body, back.mail) == ("It is on its way.", "<hello@firma.example>")
    assert written.row(item.id)["state"] == "recalled"
    assert reply.send(written.session, back.id).id != item.id


@pytest.mark.parametrize("state", ["sending", "sent", "filed", "in_doubt", "recalled"])
def test_what_has_left_or_may_have_is_not(written: World, state: str) -> None:
    item = stopped(written, state)
    with pytest.raises(Refused):
        reply.recall(written.session, item.id)
    assert written.row(item.id)["state"] == state
    assert drafts_of(written.session.store, "shop", "r1042") == ()


def test_blocked_it_is_sent_all_the_same_past_what_was_shown(written: World) -> None:
    guard = [{"kind": "answered", "words": "Ben answered", "message": "<ben@shop.example>"}]
    item = stopped(written, "blocked", guard=json.dumps(guard), error="Ben answered")
    shown = outbox_item(written.session.store, item.id)
    assert shown is not None
    assert shown.guard == ("Ben answered",)
    assert outbox(written.session.store)[0].id == item.id
    found = reply.resolve(written.session, item.id, "send_anyway").item
    row = written.row(item.id)
    assert (found.state, found.guard, row["not_before"]) == ("queued", (), written.clock.now)
    assert json.loads(row["overrides"]) == ["answered"]
    assert "<ben@shop.example>" in json.loads(row["seen_ids"])
    assert written.events("1042")[-1][0] == "override"


def test_in_doubt_a_person_says_what_happened(written: World) -> None:
    item = stopped(written, "in_doubt", phase="committing", attempts=1)
    assert reply.resolve(written.session, item.id, "sent").item.state == "sent"
    other = stopped(written, "in_doubt", phase="committing", attempts=1)
    again = reply.resolve(written.session, other.id, "not_sent").item
    assert (again.state, written.row(other.id)["phase"]) == ("queued", "")


def test_failed_it_is_tried_again_with_its_whole_time(written: World) -> None:
    item = stopped(written, "failed", error="550 no", payload='{"trying_since": 1}')
    assert reply.resolve(written.session, item.id, "retry").item.state == "queued"
    assert (written.row(item.id)["payload"], written.row(item.id)["error"]) == ("{}", "")


def test_given_up_it_stays_on_record(written: World) -> None:
    item = stopped(written, "blocked")
    found = reply.resolve(written.session, item.id, "discard")
    assert (found.item.state, found.draft) == ("recalled", None)


def test_to_edit_is_to_take_it_back(written: World) -> None:
    item = stopped(written, "blocked")
    found = reply.resolve(written.session, item.id, "edit")
    assert found.draft is not None
    assert (found.item.state, found.draft.body) == ("recalled", "It is on its way.")


@pytest.mark.parametrize(
    ("state", "choice"), [("in_doubt", "retry"), ("failed", "sent"), ("filed", "discard"), ("blocked", "xyz")]
)
def test_only_the_choices_of_its_state_are_taken(written: World, state: str, choice: str) -> None:
    item = stopped(written, state)
    with pytest.raises(Refused):
        reply.resolve(written.session, item.id, choice)
    assert written.row(item.id)["state"] == state


def test_by_action_as_well(written: World) -> None:
    written.do("draft", "1042")
    [begun] = drafts_of(written.session.store, "shop", "r1042")
    reply.save(written.session, begun.id, body="Hello")
    [done] = written.do("send", "1042")
    assert (done.result, bool(done.undo_id)) == ("queued", True)
    written.do("recall", "1042")
    written.do("send", "1042")
    [item] = outbox(written.session.store)
    desk_rows.update(written.session.store.desk, "outbox", (item.id,), state="failed")
    [done] = written.do("resolve_outbox", "1042", choice="retry")
    assert (done.result, written.row(item.id)["state"]) == ("done", "queued")


# ---- quotes


def on_its_way(world: World) -> None:
    shipped = moment(at("2026-11-23T10:00"))
    number = "00340434160941212345"
    world.feed("shop", ShipmentRecord("s1", OrderRef(remote_id="r1042"), "dhl", number, "shipped", shipped_at=shipped))
    scan = TrackingEventRecord(shipped, "in_transit", raw_code="x", text="Leipzig")
    world.feed("parcels", TrackingRecord("dhl", number, "in_transit", events=(scan,)))


def test_a_quoted_parcel_is_noted_for_the_worker_and_its_age_told(written: World) -> None:
    on_its_way(written)
    macro(written, "wismo", "title: Where\n\n{{ parcel.carrier }} has it: {{ parcel.number }}, {{ parcel.status }}.")
    begun = start(written, macro="wismo")
    assert "00340434160941212345" in begun.body
    assert "is read again" not in str(told(written.session, begun.id))
    written.clock.pass_(hours=7)
    assert any("7 h old: it is read again" in words for words, _ in told(written.session, begun.id)["body"])
    [quote] = json.loads(written.row(reply.send(written.session, begun.id).id)["quotes"])
    assert (quote["group"], quote["source"], quote["ref"]) == ("tracking", "parcels", "00340434160941212345")
    assert quote["said"]["status"] == "in_transit"
    assert quote["read_at"] == written.clock.now - 7 * 3_600_000


# ---- files


def test_a_file_is_copied_when_it_is_attached_and_travels_along(written: World, tmp_path: Path) -> None:
    photo = tmp_path / "broken lamp.jpg"
    photo.write_bytes(b"\xff\xd8 a photo")
    begun = start(written)
    reply.attach(written.session, begun.id, photo)
    photo.unlink()
    reply.save(written.session, begun.id, body="See the photo.")
    mail = mail_of(written, reply.send(written.session, begun.id))
    [part] = mail.iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == ("broken lamp.jpg", "image/jpeg")
    assert part.get_content() == b"\xff\xd8 a photo"


def test_two_files_of_one_name_stay_two_and_one_is_taken_off(written: World, tmp_path: Path) -> None:
    begun = start(written)
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "list.csv").write_text(folder)
        begun = reply.attach(written.session, begun.id, tmp_path / folder / "list.csv")
    assert [name.rpartition("/")[2] for name in begun.attachments] == ["list.csv", "list (2).csv"]
    assert reply.save(written.session, begun.id, attachments=begun.attachments[1:]).attachments == begun.attachments[1:]


def test_more_than_a_mail_takes_is_refused_with_what_to_do(
    written: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "LARGEST", 100)
    (tmp_path / "a").write_bytes(b"x" * 60)
    begun = start(written)
    reply.attach(written.session, begun.id, tmp_path / "a")
    with pytest.raises(Refused, match="together, a mail takes") as refused:
        reply.attach(written.session, begun.id, tmp_path / "a")
    assert refused.value.hint == "send a link instead"
    with pytest.raises(Refused, match="is no file"):
        reply.attach(written.session, begun.id, tmp_path / "none")


def test_a_file_that_is_gone_stops_the_reply(written: World, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    begun = start(written)
    found = reply.attach(written.session, begun.id, tmp_path / "a.txt")
    (written.session.store.folder / found.attachments[0]).unlink()
    reply.save(written.session, begun.id, body="See the file.")
    with pytest.raises(Refused, match=r"a\.txt is no longer there"):
        reply.send(written.session, begun.id)


def test_files_of_drafts_long_gone_are_swept_and_others_stay(written: World, tmp_path: Path) -> None:
    import os

    (tmp_path / "a.txt").write_text("x")
    gone, kept = start(written), reply.start(as_agent(written.session, "ben"), written.id("1042"))
    root = written.session.store.folder / "attachments"
    for begun in (gone, kept):
        reply.attach(written.session, begun.id, tmp_path / "a.txt")
        os.utime(root / begun.id, (0, 0))
    reply.discard(written.session, gone.id)
    assert [path.name for path in root.iterdir()] == [kept.id]


# ---- looking before


def test_a_preview_reads_as_the_mail_will(written: World) -> None:
    begun = start(written)
    reply.save(written.session, begun.id, body="It is on its way.")
    assert reply.preview(written.session, begun.id) == (
        "From: Bright Shop <support@shop.example>\n"
        "To: Jan Kowal <jan@firma.example>\n"
        "Subject: Re: Where is my lamp #1042?\n\n"
        "It is on its way.\n\n"
        "On 2026-11-26 at 14:00, Jan Kowal wrote:\n> Still no parcel.\n"
    )
    [done] = written.do("send", "1042", preview=True)
    assert (done.result, done.why.startswith("From: Bright Shop")) == ("previewed", True)


def test_from_the_moment_it_is_sent_the_customer_waits_no_more(world: World) -> None:
    world.orders(order("1042"))
    world.letter("hello@firma.example")
    assert world.item("1042").waiting_since is not None
    draft = reply.start(world.session, world.id("1042"))
    reply.save(world.session, draft.id, body="Dear Jan,\n\nit comes today.\n")
    item = reply.send(world.session, draft.id)
    assert world.item("1042").waiting_since is None, "no mailbox shows the answer yet"
    assert world.view("1042").conversations[0].unanswered is None
    reply.recall(world.session, item.id)
    assert world.item("1042").waiting_since is not None, "what was taken back answers nothing"


def test_who_writes_again_while_the_answer_leaves_waits_for_the_next(world: World) -> None:
    world.orders(order("1042"))
    world.letter("hello@firma.example")
    draft = reply.start(world.session, world.id("1042"))
    reply.save(world.session, draft.id, body="Dear Jan,\n\nit comes today.\n")
    reply.send(world.session, draft.id)
    world.clock.pass_(minutes=3)
    second = world.letter("again@firma.example", answers=("hello@firma.example",))
    assert world.item("1042").waiting_since == world.clock.now
    assert world.view("1042").conversations[0].unanswered == second
