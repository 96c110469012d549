"""Which orders a mail belongs to: proved, proposed, and never given away to a stranger."""

from __future__ import annotations

import email
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain import normalise, reply_token
from oms_tui.domain.candidates import OrderSketch
from oms_tui.domain.mail_numbers import compiled, order_numbers
from oms_tui.domain.matching import KnownMail, LinkReason, MailFacts, MatchResult, match

if TYPE_CHECKING:
    from collections.abc import Sequence

HOSTILE = Path(__file__).parents[3] / "shared" / "corpus" / "mail" / "hostile"
NOW = datetime(2026, 11, 24, 9, 58, tzinfo=UTC)
KEY = b"a key of thirty-two bytes, no less"
SHOP = ("support@shop.example", "sales@shop.example")

JAN = OrderSketch(
    id=1042,
    number="1042",
    placed_at=NOW - timedelta(days=6),
    emails=frozenset({"jan.kowal@firma.example"}),
    phones=("030 1234567",),
    names=("Jan Kowal",),
    street="Lindenweg 4",
    postcode="10115",
    city="Berlin",
    country="DE",
    products=(("LAMP-BLUE", "Lamp, blue"), ("SHADE-L", "Shade, large")),
)
MARIA = OrderSketch(
    id=1043,
    number="SO-100001",
    placed_at=NOW - timedelta(days=3),
    emails=frozenset({"maria@lund.example"}),
    names=("Maria Lund",),
    street="Storgatan 12",
    postcode="111 29",
    city="Stockholm",
    country="SE",
    products=(("LAMP-RED", "Lamp, red"),),
)
NEIGHBOUR = OrderSketch(
    id=900,
    number="900",
    placed_at=NOW - timedelta(days=200),
    emails=frozenset({"n@nachbar.example"}),
    names=("Nora Nachbar",),
    street="Lindenweg 6",
    postcode="10115",
    city="Berlin",
    country="DE",
    products=(("CHAIR", "Chair"),),
)


@dataclass
class Desk:
    """A store of a handful of orders, answering the way the real one must."""

    known: tuple[OrderSketch, ...] = (JAN, MARIA, NEIGHBOUR)
    sent: tuple[KnownMail, ...] = ()
    parcels: dict[str, int] = field(default_factory=dict)
    invoices: dict[str, int] = field(default_factory=dict)
    payments: dict[str, int] = field(default_factory=dict)

    def mails(self, message_ids: Sequence[str]) -> list[KnownMail]:
        return [mail for mail in self.sent if mail.message_id in message_ids]

    def orders(self, ids: Sequence[int]) -> list[OrderSketch]:
        return [order for order in self.known if order.id in ids]

    def by_number(self, numbers: Sequence[str]) -> list[tuple[str, OrderSketch]]:
        return [(order.number, order) for order in self.known if order.number in numbers]

    def _of(self, table: dict[str, int], numbers: Sequence[str]) -> list[tuple[str, OrderSketch]]:
        return [(number, order) for number in numbers if number in table for order in self.orders([table[number]])]

    def by_tracking_number(self, numbers: Sequence[str]) -> list[tuple[str, OrderSketch]]:
        return self._of(self.parcels, numbers)

    def by_invoice_number(self, numbers: Sequence[str]) -> list[tuple[str, OrderSketch]]:
        return self._of(self.invoices, numbers)

    def by_payment_reference(self, references: Sequence[str]) -> list[tuple[str, OrderSketch]]:
        return self._of(self.payments, references)

    def by_email(self, address: str) -> list[OrderSketch]:
        return [order for order in self.known if address in order.emails]

    def by_address(self, streets: Sequence[str], words: Sequence[str]) -> list[OrderSketch]:
        return [
            order
            for order in self.known
            if normalise.street(order.street).key in streets or normalise.postcode(order.postcode).lower() in words
        ]

    def by_phone(self, phones: Sequence[str]) -> list[OrderSketch]:
        return [order for order in self.known if any(phones for _ in order.phones)]

    def by_words(self, words: Sequence[str]) -> list[OrderSketch]:
        return [
            order
            for order in self.known
            if set(words) & set(normalise.word_list(" ".join(f"{sku} {title}" for sku, title in order.products)))
        ]


def mail(sender: str, text: str = "", subject: str = "", **more: object) -> MailFacts:
    facts = MailFacts(message_id="<new@mail.example>", sender=sender, sent_at=NOW, text=text, subject=subject)
    return (
        replace(facts, recipients=("support@shop.example",), **more)
        if "recipients" not in more
        else replace(facts, **more)
    )


def matched(facts: MailFacts, desk: Desk | None = None) -> MatchResult:
    return match(facts, desk or Desk(), own_addresses=SHOP, key=KEY)


def linked(result: MatchResult) -> dict[int, str]:
    return {link.order: str(link.reason) for link in result.links}


OUR_REPLY = KnownMail(
    "<r1@shop.example>",
    ours=True,
    orders=(1042,),
    people=frozenset({"support@shop.example", "jan.kowal@firma.example"}),
)


# ---- nothing to go by


def test_a_mail_from_a_private_address_finds_its_order_by_what_it_says() -> None:
    facts = mail("j.k.private@example.net", "still no parcel, I live at Lindenweg 4, ordered the blue lamp", "Hello??")
    result = matched(facts)
    assert result.links == ()
    first = result.candidates[0]
    assert first.order.number == "1042"
    assert [evidence.kind for evidence in first.evidence] == ["address", "product", "time"]
    assert [evidence.words for evidence in first.evidence] == [
        "address Lindenweg 4",
        "product words: Lamp, blue",
        "placed 6 days before",
    ]
    assert all(candidate.score < first.score for candidate in result.candidates[1:])


def test_a_lamp_alone_proposes_nobody() -> None:
    assert matched(mail("x@example.net", "where is my lamp")).candidates == ()


def test_phone_and_name_in_the_signature_speak_for_an_order() -> None:
    result = matched(mail("x@example.net", "Where is it?\n\nJan Kowal\nTel. +49 30 1234567"))
    assert {"phone", "name"} <= {evidence.kind for evidence in result.candidates[0].evidence}


def test_the_senders_only_open_order_is_proposed_and_not_linked() -> None:
    result = matched(mail("Jan.Kowal@Firma.example", "any news?"))
    assert result.links == ()
    assert [evidence.kind for evidence in result.candidates[0].evidence][:2] == ["sender", "only_order"]


def test_an_order_placed_after_the_mail_is_not_what_it_is_about() -> None:
    later = replace(JAN, placed_at=NOW + timedelta(days=3))
    assert matched(mail("jan.kowal@firma.example", "any news?"), Desk(known=(later,))).candidates == ()


def test_an_address_is_found_however_it_is_written() -> None:
    order = replace(JAN, street="Müllerstraße 12a", city="Köln")
    for text in ("I live in Muellerstr. 12 a", "Mullerstrasse 12A, Koeln", "MÜLLER-STRASSE 12a", "Müller Str. 12a"):
        result = matched(mail("x@example.net", text), Desk(known=(order,)))
        assert result.candidates[0].evidence[0].kind == "address", text


# ---- numbers


def test_a_number_from_somebody_known_on_that_order_links() -> None:
    assert linked(matched(mail("jan.kowal@firma.example", "where is order 1042?"))) == {1042: "order_number"}


def test_a_known_sender_may_put_the_number_however_they_like() -> None:
    for text in ("the order number is 1042", "I mean 1042.", "1042, thanks"):
        assert linked(matched(mail("jan.kowal@firma.example", text))) == {1042: "order_number"}, text
    assert matched(mail("jan.kowal@firma.example", "I paid 10421, it costs 91042 or 1.042, see 1042/2026")).links == ()


def test_somebody_elses_number_from_a_stranger_never_links() -> None:
    result = matched(mail("stranger@evil.example", "please send the invoice of #1042 to me"))
    assert result.links == ()
    assert result.candidates[0].order.id == 1042
    assert result.candidates[0].evidence[0].words == "names order number 1042, but the sender is not known on it"


def test_a_known_customer_naming_another_customers_number_is_a_stranger_there() -> None:
    result = matched(mail("maria@lund.example", "#1042 and my SO-100001"))
    assert linked(result) == {1043: "order_number"}
    assert [candidate.order.id for candidate in result.candidates] == [1042]


def test_one_mail_about_two_orders_is_on_both() -> None:
    both = Desk(known=(JAN, replace(MARIA, emails=JAN.emails)))
    assert set(linked(matched(mail("jan.kowal@firma.example", "orders 1042 and SO-100001"), both))) == {1042, 1043}


def test_parcels_invoices_and_payments_name_their_orders_too() -> None:
    desk = Desk(parcels={"00340434161094042557": 1042}, invoices={"INV-2201": 1042}, payments={"pi_3Nabc123456": 1042})
    for text, reason in (
        ("my parcel 0034 0434 1610 9404 2557 is late", "tracking_number"),
        ("a question on INV-2201", "invoice_number"),
        ("the bank shows pi_3Nabc123456", "payment_reference"),
    ):
        assert linked(matched(mail("jan.kowal@firma.example", text), desk)) == {1042: reason}
        assert matched(mail("stranger@evil.example", text), desk).links == ()


def test_a_mail_with_no_sender_or_two_is_from_nobody() -> None:
    assert matched(mail("", "order 1042")).links == ()


# ---- threads


def test_an_answer_to_our_mail_links_to_its_order() -> None:
    facts = mail("jan.kowal@firma.example", "thanks", in_reply_to="<r1@shop.example>")
    assert linked(matched(facts, Desk(sent=(OUR_REPLY,)))) == {1042: "reply_to_ours"}


def test_whoever_was_in_copy_may_answer_first() -> None:
    copied = replace(OUR_REPLY, people=OUR_REPLY.people | {"wife@kowal.example"})
    assert linked(matched(mail("wife@kowal.example", references=("<r1@shop.example>",)), Desk(sent=(copied,)))) == {
        1042: "reply_to_ours"
    }


def test_a_customer_who_answers_from_another_known_address_is_known() -> None:
    order = replace(JAN, emails=JAN.emails | {"j.k.private@example.net"})
    result = matched(
        mail("j.k.private@example.net", in_reply_to="<r1@shop.example>"), Desk(known=(order,), sent=(OUR_REPLY,))
    )
    assert linked(result) == {1042: "thread"}


def test_a_thread_hijacked_by_a_stranger_is_a_candidate_with_a_warning() -> None:
    facts = mail("stranger@evil.example", "send it to me", references=("<r1@shop.example>",))
    result = matched(facts, Desk(sent=(OUR_REPLY,)))
    assert result.links == ()
    assert result.candidates[0].evidence[0].kind == "thread"
    assert result.warnings == ("stranger@evil.example was never part of the conversation this mail claims to answer",)


def test_a_bounce_belongs_where_the_mail_it_returns_belongs() -> None:
    facts = mail("mailer-daemon@firma.example", "User unknown", auto="bounce", bounced=("<r1@shop.example>",))
    assert linked(matched(facts, Desk(sent=(OUR_REPLY,)))) == {1042: "bounce"}


def test_what_claims_to_return_a_mail_that_was_never_ours_belongs_nowhere() -> None:
    theirs = replace(OUR_REPLY, ours=False)
    facts = mail("mailer-daemon@firma.example", auto="bounce", bounced=("<r1@shop.example>",))
    assert matched(facts, Desk(sent=(theirs,))).links == ()


def test_our_own_mail_from_another_program_is_outbound_and_lies_in_the_thread() -> None:
    question = KnownMail(
        "<q@firma.example>",
        ours=False,
        orders=(1042,),
        people=frozenset({"jan.kowal@firma.example", "support@shop.example"}),
    )
    facts = mail(
        "support@shop.example", "On its way", in_reply_to="<q@firma.example>", recipients=("jan.kowal@firma.example",)
    )
    result = matched(facts, Desk(sent=(question,)))
    assert result.direction == "outbound"
    assert linked(result) == {1042: "thread"}


def test_our_mail_that_names_an_order_to_its_customer_links_and_to_another_does_not() -> None:
    to_jan = mail("sales@shop.example", "your order 1042", recipients=("jan.kowal@firma.example",))
    assert linked(matched(to_jan)) == {1042: "order_number"}
    assert matched(replace(to_jan, recipients=("maria@lund.example",))).links == ()


# ---- signed reply addresses


def test_a_signed_reply_address_links_and_tells_when_the_sender_is_new_there() -> None:
    address = reply_token.address(KEY, 1042, "support@shop.example")
    known = matched(mail("jan.kowal@firma.example", delivered_to=(address,)))
    assert (linked(known), known.links[0].sender_known, known.warnings) == ({1042: "reply_token"}, True, ())
    other = matched(mail("assistant@firma.example", delivered_to=(address.upper(),)))
    assert (linked(other), other.links[0].sender_known) == ({1042: "reply_token"}, False)
    assert other.warnings == ("assistant@firma.example is not known on 1042, but used its reply address",)


def test_a_forged_reply_address_is_marked_and_leads_nowhere() -> None:
    address = reply_token.address(b"another key", 1042, "support@shop.example")
    result = matched(mail("stranger@evil.example", delivered_to=(address,)))
    assert result.links == ()
    assert result.warnings == ("it came to a reply address that this desk did not make",)


@given(st.integers(0, 2**63 - 1), st.binary(min_size=1), st.data())
def test_a_token_names_its_order_and_no_change_of_it_does(order: int, key: bytes, data: st.DataObject) -> None:
    address = reply_token.address(key, order, "support@shop.example")
    assert len(address.partition("@")[0]) <= 64
    assert reply_token.read(key, [address]) == ((order,), 0)
    token = reply_token.sign(key, order)
    place = data.draw(st.integers(0, len(token) - 1))
    changed = token[:place] + data.draw(st.sampled_from("abcdefghij234567")) + token[place + 1 :]
    if changed != token:
        assert order not in reply_token.read(key, [f"support+{changed}@shop.example"]).orders


def test_only_an_orders_id_can_be_signed() -> None:
    with pytest.raises(ValueError, match="not the id of an order"):
        reply_token.sign(KEY, -1)


# ---- what looks like a number


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("where is #1042?", ("1042",)),
        ("Re: [SO-100001] shipped", ("SO-100001",)),
        ("order 1042", ("1042",)),
        ("Order No.: 1042", ("1042",)),
        ("Bestellung Nr. 1042", ("1042",)),
        ("ma commande n° 1042", ("1042",)),
        ("orders 1042, 1043 and 1044", ("1042", "1043", "1044")),
        ("SO-1\u200b00\u2060001", ("SO-100001",)),
        ("\uff03\uff11\uff10\uff14\uff12", ("1042",)),  # full width
        ("SO\u2011100001", ("SO-100001",)),
        ("I ordered 2 lamps in 2026", ()),
        ("page&#1234; http://x.example/#1234", ()),
    ],
)
def test_order_numbers_in_what_people_write(text: str, numbers: tuple[str, ...]) -> None:
    assert order_numbers(text) == numbers


def test_a_shop_has_its_own_numbers() -> None:
    assert order_numbers("ref 2026/000123", compiled([r"(\d{4}/\d{6})"])) == ("2026/000123",)
    with pytest.raises(ValueError, match="exactly one group"):
        compiled([r"\d+"])
    with pytest.raises(ValueError, match="no regular expression"):
        compiled(["("])


def test_a_list_of_thousands_is_not_looked_up() -> None:
    assert len(order_numbers(" ".join(f"#{number}" for number in range(1000, 9000)))) == 20


@pytest.mark.parametrize(
    "evil",
    ["order " * 9000, "order 1042 and " * 4000, "#" * 60000, "1 " * 30000, "+49 " * 9000, "a-" * 30000, "ﷺ" * 20000],
)
def test_hostile_text_costs_little(evil: str) -> None:
    started = time.perf_counter()
    matched(mail("x@example.net", evil, evil, quoted=evil))
    assert time.perf_counter() - started < 5


@given(st.text(max_size=300), st.text(max_size=60), st.text(max_size=60))
def test_whatever_is_written_a_stranger_links_nothing(text: str, subject: str, name: str) -> None:
    result = matched(mail("stranger@evil.example", f"#1042 {text}", subject, sender_name=name))
    assert result.links == ()


@pytest.mark.skipif(not HOSTILE.is_dir(), reason="the corpus of hostile mail is not beside the project")
@pytest.mark.parametrize("name", ["101-match-ticket-hijack-references.eml", "107-match-plus-address-token-forged.eml"])
def test_hostile_mail_is_linked_nowhere(name: str) -> None:
    raw = email.message_from_bytes((HOSTILE / name).read_bytes())
    references = tuple(f"{raw['References'] or ''} {raw['In-Reply-To'] or ''}".split())
    ours = tuple(KnownMail(reference, ours=True, orders=(1042,), people=OUR_REPLY.people) for reference in references)
    facts = mail(
        parseaddr(str(raw["From"]))[1],
        str(raw.get_payload()),
        str(raw["Subject"]),
        references=references,
        recipients=(parseaddr(str(raw["To"]))[1],),
    )
    result = match(facts, Desk(sent=ours), own_addresses=("support@shop.test",), key=KEY)
    assert result.links == ()
    assert len(result.warnings) == 1


def test_a_tag_of_the_mailboxs_owner_is_no_forgery() -> None:
    assert matched(mail("x@example.net", delivered_to=("support+news@shop.example",))).warnings == ()


def test_every_reason_has_a_confidence() -> None:
    from oms_tui.domain.matching import CONFIDENCE

    assert set(CONFIDENCE) == set(LinkReason)
