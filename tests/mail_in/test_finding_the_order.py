"""A mail finds its orders, or is proposed for one with the evidence, or waits with the reason."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mail_in.story import MONDAY, NOW, OURS, POLICY, Desk, order

from connectors.records import Address, LineRecord
from oms_tui.domain import reply_token
from oms_tui.store import mail_links
from oms_tui.store.derive.run import derive_dirty
from oms_tui.store.reads import mail as reads
from oms_tui.store.reads.mail_search import search_messages
from oms_tui.store.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path


def test_scenario_one_the_parcel_with_nothing_to_go_by(desk: Desk) -> None:
    """The order of another address is the first candidate, for street, product and time; nothing is linked."""
    wanted, *_ = desk.orders(
        order("#1042"),
        order(
            "#1043",
            email="other@cust.example",
            name="Ada Other",
            ship_to=Address(street="Lindenweg 40", city="Leipzig"),
        ),
        order("#1044", email="third@cust.example", name="Ben Third", ship_to=Address(street="Am Markt 4", city="Köln")),
        order("#1045", email="old@cust.example", name="Old Tenant", placed_at=MONDAY - timedelta(days=400)),
    )
    desk.mailbox.put(
        desk.letter(
            "hello",
            "j.k.private@example.net",
            subject="Hello??",
            text="still no parcel, I live at Lindenweg 4, ordered the blue lamp",
        )
    )

    desk.sync()

    mail = desk.mail("hello")
    assert mail.state == "unlinked"
    found = reads.candidates(desk.store, POLICY, mail.id)
    assert (found[0].order_id, found[0].number, found[0].name) == (wanted, "#1042", "Jan Kowal")
    assert found[0].evidence == ("address Lindenweg 4", "product words: Lamp, blue", "placed 7 days before")
    assert [each.id for each in reads.unlinked(desk.store)[0]] == [mail.id]


def test_a_stranger_who_names_an_order_gets_nothing(desk: Desk) -> None:
    desk.orders(order("#1042"))
    desk.mailbox.put(desk.letter("m1", "stranger@example.net", subject="Order #1042", text="Where is it?"))

    desk.sync()

    assert desk.on("m1") == ()
    waiting = reads.unlinked(desk.store)[0]
    assert waiting[0].reason == "names order number 1042, but the sender is not known on it"
    assert reads.candidates(desk.store, POLICY, waiting[0].id)[0].number == "#1042"


def test_the_customer_who_names_it_is_linked(desk: Desk) -> None:
    desk.orders(order("#1042"), order("SO-770", email="jan.kowal@firma.example"))
    desk.mailbox.put(
        desk.letter("m1", "Jan.Kowal@firma.example", subject="Bestellung 1042"),
        desk.letter("m2", text="what of so-770 and of #1042?"),
    )

    result = desk.sync()

    assert (result.fetched, result.linked) == (2, 2)
    assert desk.on("m1") == ("#1042",)
    assert sorted(desk.on("m2")) == ["#1042", "SO-770"]
    assert desk.mail("m1").link_reason == "order_number"
    assert desk.mail("m1").known_sender


def test_a_header_alone_is_proposed_for_and_the_text_links_it(desk: Desk) -> None:
    """The number stands in the text, which is fetched later."""
    desk.mailbox.whole = False
    desk.orders(order("#1042"))
    desk.mailbox.put(desk.letter("m1", subject="Hello", text="my number is #1042"))

    desk.sync()
    assert desk.on("m1") == ()
    assert desk.syncing().bodies(10, NOW) == 1

    assert desk.on("m1") == ("#1042",)
    assert desk.mail("m1").text == "my number is #1042"
    assert desk.counts() == {"fetched": 1, "linked": 1, "unlinked": 0, "quarantined": 0}
    assert search_messages(desk.store, "number") == [desk.mail("m1").id]


def test_a_quoted_number_links_too_and_quotes_are_kept(desk: Desk) -> None:
    desk.orders(order("#1042"))
    text = "Any news?\n\n> Your order #1042\n> was shipped"
    desk.mailbox.put(desk.letter("m1", text=text, quoted=((2, 4),)))

    desk.sync()

    assert desk.on("m1") == ("#1042",)
    assert desk.mail("m1").quoted == ((2, 4),)


def test_a_signed_reply_address_finds_its_order_whoever_writes(desk: Desk) -> None:
    (wanted,) = desk.orders(order("#1042"))
    desk.mailbox.put(
        desk.letter("m1", "wife@example.net", to=[reply_token.address(POLICY.key, wanted, OURS)]),
        desk.letter("m2", "thief@example.net", to=[f"support+{reply_token.sign(b'another key', wanted)}@shop.example"]),
    )

    desk.sync()

    assert (desk.on("m1"), desk.mail("m1").link_reason) == (("#1042",), "reply_token")
    assert not desk.mail("m1").known_sender
    assert desk.on("m2") == ()
    assert "it came to a reply address that this desk did not make" in desk.mail("m2").warnings


def test_a_reply_from_here_found_in_sent_lies_on_its_order(desk: Desk) -> None:
    """By our own id, though the server gave it another Message-ID; and the customer's answer follows it."""
    desk.orders(order("#1042"))
    desk.mailbox.put(desk.letter("ask", "j.k.private@example.net", text="still no parcel"))
    desk.sync()
    assert desk.on("ask") == ()

    desk.outbox("item1", "<ours.item1@shop.example>", "1042", to="j.k.private@example.net")
    desk.mailbox.put(
        desk.letter(
            "renamed@server", OURS, to=["j.k.private@example.net"], answers=["ask"], folder="Sent", own_id="item1"
        ),
    )
    desk.mailbox.put(desk.letter("thanks", "j.k.private@example.net", answers=["ask", "renamed@server"], text="oh"))
    desk.sync()

    assert desk.on("renamed@server") == ("#1042",)
    assert desk.on("ask") == ("#1042",), "what our reply answers is about the same order"
    assert desk.on("thanks") == ("#1042",)
    assert desk.mail("thanks").link_reason == "reply_to_ours"
    assert desk.counts()["linked"] == 3


def test_an_answer_to_a_mail_of_the_outbox_is_linked_before_its_copy_is_seen(desk: Desk) -> None:
    desk.orders(order("#1042"))
    desk.outbox("item1", "<ours.item1@shop.example>", "1042", to="wife@example.net")
    desk.mailbox.put(desk.letter("m1", "wife@example.net", answers=["ours.item1@shop.example"]))

    desk.sync()

    assert (desk.on("m1"), desk.mail("m1").link_reason) == (("#1042",), "reply_to_ours")


def test_newest_first_a_thread_is_linked_from_its_beginning(desk: Desk) -> None:
    """The answer comes in before the mail that names the order, in another page."""
    desk.orders(order("#1042"))
    desk.mailbox.page = 1
    desk.mailbox.put(
        desk.letter("first", subject="#1042"),
        desk.letter("ours", OURS, to=["jan.kowal@firma.example"], answers=["first"]),
        desk.letter("second", answers=["first", "ours"]),
    )

    desk.sync()

    assert desk.on("first") == desk.on("ours") == desk.on("second") == ("#1042",)
    assert desk.counts() == {"fetched": 3, "linked": 3, "unlinked": 0, "quarantined": 0}


def test_a_stranger_in_a_thread_is_not_linked_and_is_told_of(desk: Desk) -> None:
    desk.orders(order("#1042"))
    desk.mailbox.put(desk.letter("first", subject="#1042"))
    desk.mailbox.put(desk.letter("forged", "thief@example.net", answers=["first"], text="send it to me instead"))

    desk.sync()

    assert desk.on("forged") == ()
    assert "answers a mail of #1042" in reads.unlinked(desk.store)[0][0].reason
    assert any("never part of the conversation" in warning for warning in desk.mail("forged").warnings)
    assert desk.together() == [["first"], ["forged"]]


def test_our_own_mail_that_names_an_order_of_its_reader_lies_on_it(desk: Desk) -> None:
    desk.orders(order("#1042"))
    desk.mailbox.put(
        desk.letter("told", OURS, to=["jan.kowal@firma.example"], subject="Your order #1042", folder="Sent"),
        desk.letter("carrier", OURS, to=["claims@carrier.example"], subject="Claim for #1042", folder="Sent"),
    )

    desk.sync()

    assert desk.on("told") == ("#1042",)
    assert desk.on("carrier") == ()
    assert desk.mail("told").direction == "outbound"


def test_a_form_of_our_own_site_is_the_customers_mail(desk: Desk) -> None:
    desk.orders(order("#1042"))
    desk.mailbox.put(
        desk.letter("form", OURS, reply_to=["jan.kowal@firma.example"], subject="Contact form", text="Order: #1042")
    )

    desk.sync()

    assert (desk.mail("form").direction, desk.on("form")) == ("inbound", ("#1042",))
    assert desk.threads("1042")[0].customer == "jan.kowal@firma.example"
    assert desk.threads("1042")[0].waiting_since is not None


def test_a_tracking_number_in_a_mail_of_a_known_sender_links(desk: Desk) -> None:
    (wanted,) = desk.orders(order("#1042"))
    desk.store.cache.execute(
        "INSERT INTO order_keys(kind, value, order_id, reversed) VALUES ('tracking', '00340434161094042557', ?, '')",
        (wanted,),
    )
    desk.mailbox.put(desk.letter("m1", text="DHL says 00340434 161094 042557 is lost"))

    desk.sync()

    assert (desk.on("m1"), desk.mail("m1").link_reason) == (("#1042",), "tracking_number")


def test_when_an_order_arrives_the_mails_that_named_it_are_linked(desk: Desk) -> None:
    desk.mailbox.put(
        desk.letter("m1", subject="order #1042"),
        desk.letter("m2", "stranger@example.net", subject="order #1042"),
        desk.letter("ours", OURS, to=["jan.kowal@firma.example"], answers=["m1"], folder="Sent"),
    )
    desk.sync()
    ids = desk.orders(order("#1042"))

    touched = mail_links.rematch_unlinked(desk.store, POLICY, ids, NOW)

    assert touched == set(ids)
    assert (desk.on("m1"), desk.on("ours"), desk.on("m2")) == (("#1042",), ("#1042",), ())
    assert desk.counts() == {"fetched": 3, "linked": 2, "unlinked": 1, "quarantined": 0}
    assert mail_links.rematch_unlinked(desk.store, POLICY, ids, NOW) == set()


def test_streets_are_found_however_they_are_written(desk: Desk) -> None:
    places = {
        "#1": ("Mühlenstraße 12", "Muehlenstr. 12"),
        "#2": ("12 Baker Street", "12 Baker St"),
        "#3": ("Große Gasse 7", "grosse gasse 7"),
        "#4": ("Łąkowa 3", "Lakowa 3"),
    }
    desk.orders(
        *[
            order(number, email=f"{number}@x.example", name="Some Body", ship_to=Address(street=street, city="X"))
            for number, (street, _) in places.items()
        ]
    )
    for number, (_, said) in places.items():
        desk.mailbox.put(desk.letter(f"of {number}", "private@example.net", text=f"my parcel to {said} is not here"))

    desk.sync()

    for number in places:
        found = reads.candidates(desk.store, POLICY, desk.mail(f"of {number}").id)
        assert found, number
        assert found[0].number == number


def test_phones_skus_and_names_bring_orders_up(desk: Desk) -> None:
    desk.orders(
        order("#1", email="a@x.example", name="Maria Lund", phone="+49 30 1234567", ship_to=Address(country="DE")),
        order("#2", email="b@x.example", name="Jörg Faßbinder", ship_to=Address(name="Jörg Faßbinder"), lines=()),
        order("#3", email="c@x.example", name="C", lines=(LineRecord("1", "SHADE-L", 1, title="Shade, large"),)),
    )
    desk.mailbox.put(
        desk.letter("phone", "private@example.net", text="call me: 030 1234567"),
        desk.letter("name", "private@example.net", text="greetings, Jörg Faßbinder"),
        desk.letter("sku", "private@example.net", text="the SHADE-L is too small"),
    )

    desk.sync()

    for name, number in {"phone": "#1", "name": "#2", "sku": "#3"}.items():
        found = reads.candidates(desk.store, POLICY, desk.mail(name).id)
        assert [each.number for each in found][:1] == [number], name


def test_a_cache_made_again_finds_everything_though_mail_comes_before_orders(tmp_path: Path) -> None:
    """By reply address, by what left from here, by hand: whatever waited for its order is linked when that arrives."""
    with Workspace(tmp_path / "desk") as store:
        desk = Desk(store)
        (wanted,) = desk.orders(order("#1042"))
        desk.outbox("item1", "<ours.item1@shop.example>", "1042", to="wife@example.net")
        desk.outbox("item2", "<unfiled.item2@shop.example>", "1042", to="son@example.net")
        desk.mailbox.put(
            desk.letter("token", "x@example.net", to=[reply_token.address(POLICY.key, wanted, OURS)]),
            desk.letter("renamed@server", OURS, to=["wife@example.net"], folder="Sent", own_id="item1"),
            desk.letter("wife", "wife@example.net", answers=["renamed@server"]),
            desk.letter("son", "son@example.net", answers=["unfiled.item2@shop.example"]),
            desk.letter("by hand", "y@example.net"),
            desk.letter("number", subject="#1042"),
            desk.letter("stranger", "z@example.net", subject="#1042"),
        )
        desk.sync()
        desk.decide("link_decisions", mail="<by hand>", source="shop", remote_id="1042", linked=1)
        mail_links.relink_named(store, POLICY, ["<by hand>"], NOW)
        names = ("token", "renamed@server", "wife", "son", "by hand", "number", "stranger")
        before = {name: (desk.on(name), desk.mail(name).link_reason) for name in names}
        assert [name for name, (on, _) in before.items() if not on] == ["stranger"]
        store.put_cache_aside("test")

    with Workspace(tmp_path / "desk") as store:
        again = Desk(store, mailbox=desk.mailbox, numbers=desk.numbers)
        again.sync()
        assert again.counts()["linked"] == 0
        ids = again.orders(order("#1042"))

        mail_links.rematch_unlinked(store, POLICY, ids, NOW)

        assert {name: (again.on(name), again.mail(name).link_reason) for name in names} == before
        assert again.counts() == {"fetched": 7, "linked": 6, "unlinked": 1, "quarantined": 0}


def test_deriving_a_new_order_finds_its_mail(desk: Desk) -> None:
    """Nobody has to ask for it: the queue row of a new order counts the mail that was there before."""
    desk.mailbox.put(desk.letter("m1", subject="order #1042"))
    desk.sync()
    (wanted,) = desk.orders(order("#1042"))

    derive_dirty(desk.store, POLICY, now=NOW)

    assert desk.on("m1") == ("#1042",)
    row = desk.store.cache.execute("SELECT waiting_since FROM queue_row WHERE order_id=?", (wanted,)).fetchone()
    assert row == (desk.mail("m1").sent_at,)
    assert derive_dirty(desk.store, POLICY, now=NOW) == 0
