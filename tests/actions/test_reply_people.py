"""Whom a reply goes to: Reply-To before From, nobody of ours, nobody unknown in copy, no address that came back."""

from __future__ import annotations

from typing import Any

import pytest
from actions.acting import blank

from oms_tui.actions.reply_people import bounced, envelope, mail_named, mail_to_answer, split
from oms_tui.store.session import MailAccount
from oms_tui.store.shapes import ConversationView, CustomerView, IdentityView, MessageView, OrderView

SUPPORT = MailAccount("support", "support@shop.example")
SALES = MailAccount("sales", "sales@shop.example")
OWN = frozenset({"support@shop.example", "sales@shop.example", "help@shop.example"})


def mail(number: int = 1, **values: Any) -> MessageView:
    said = {
        "id": number,
        "source": "support",
        "direction": "inbound",
        "from_name": "Jan Kowal",
        "from_address": "jan@firma.example",
        "to": ("support@shop.example",),
        "sent_at": number,
        "message_id": f"<{number}@firma.example>",
        "content_name": f"<{number}@firma.example>",
    }
    return blank(MessageView, **(said | values))


def order(
    *mails: MessageView, unanswered: int | None = None, email: str = "jan@firma.example", **values: Any
) -> OrderView:
    conversation = blank(ConversationView, id=1, messages=mails, unanswered=unanswered)
    return blank(OrderView, email=email, conversations=(conversation,), **values)


def to(view: OrderView, answered: MessageView | None) -> tuple[str, ...]:
    return envelope(view, answered, [SUPPORT, SALES], OWN).to


def test_the_one_who_wrote_is_answered_through_the_mailbox_it_came_to() -> None:
    letter = mail(source="sales", to=("sales@shop.example",))
    found = envelope(order(letter), letter, [SUPPORT, SALES], OWN)
    assert (found.account, found.to, found.cc, found.offered) == (SALES, ("Jan Kowal <jan@firma.example>",), (), ())


def test_a_mailbox_that_cannot_send_is_replaced_by_the_one_written_to() -> None:
    letter = mail(source="archive", to=("Shop <sales@shop.example>",))
    assert envelope(order(letter), letter, [SUPPORT, SALES], OWN).account == SALES
    assert envelope(order(), mail(source="archive", to=()), [SUPPORT, SALES], OWN).account == SUPPORT


def test_reply_to_goes_before_from() -> None:
    letter = mail(reply_to=("Jan private <jan@home.example>",))
    assert to(order(letter), letter) == ("Jan private <jan@home.example>",)


def test_a_reply_to_that_is_ours_is_passed_over() -> None:
    letter = mail(reply_to=("help@shop.example",))
    assert to(order(letter), letter) == ("Jan Kowal <jan@firma.example>",)


def test_nobody_of_ours_is_written_to_however_it_is_spelt() -> None:
    letter = mail(to=("SUPPORT@Shop.example", "help@shop.example"), cc=("Sales <sales@shop.example>",))
    found = envelope(order(letter), letter, [SUPPORT, SALES], OWN)
    assert found.cc == found.offered == ()


def test_who_is_known_stays_in_copy_and_who_is_not_is_offered() -> None:
    known = blank(IdentityView, kind="email", value="boss@firma.example", state="confirmed")
    maybe = blank(IdentityView, kind="email", value="maybe@firma.example", state="proposed")
    letter = mail(cc=("Boss <boss@firma.example>", "maybe@firma.example", "stranger@else.example"))
    view = order(letter, customer=blank(CustomerView, identities=(known, maybe)))
    found = envelope(view, letter, [SUPPORT, SALES], OWN)
    assert found.cc == ("Boss <boss@firma.example>",)
    assert found.offered == ("maybe@firma.example", "stranger@else.example")


def test_a_second_letter_goes_where_the_first_went() -> None:
    ours = mail(direction="outbound", from_address="support@shop.example", to=("jan@home.example",))
    assert to(order(ours), ours) == ("jan@home.example",)


def test_without_a_mail_the_orders_own_address_is_written_to() -> None:
    assert to(order(), None) == ("jan@firma.example",)


def test_an_address_that_came_back_is_never_used_again() -> None:
    ours = mail(1, direction="outbound", from_address="support@shop.example", to=("jan@firma.example",))
    back = mail(2, auto="bounce", from_address="mailer-daemon@firma.example", text="jan@firma.example: no such user")
    other = blank(IdentityView, kind="email", value="jan@home.example", state="confirmed")
    view = order(ours, back, customer=blank(CustomerView, identities=(other,)))
    assert bounced(view) == {"jan@firma.example"}
    assert to(view, None) == ("jan@home.example",)
    assert to(view, ours) == ()


def test_of_several_only_the_one_that_the_bounce_names_came_back_until_they_write_again() -> None:
    both = ("jan@firma.example", "boss@firma.example")
    ours = mail(1, direction="outbound", from_address="support@shop.example", to=both)
    back = mail(2, auto="bounce", from_address="mailer-daemon@x.example", text="<boss@firma.example>: mailbox full")
    assert bounced(order(ours, back)) == {"boss@firma.example"}
    assert bounced(order(ours, back, mail(3, from_address="boss@firma.example"))) == frozenset()


def test_the_newest_unanswered_mail_is_answered() -> None:
    view = order(mail(1), mail(2), mail(3, auto="auto-replied"), unanswered=1)
    found = mail_to_answer(view)
    assert found is not None
    assert found[1].id == 1


def test_when_all_is_answered_the_customers_last_mail_is() -> None:
    ours = mail(3, direction="outbound")
    found = mail_to_answer(order(mail(1), mail(2), ours))
    assert found is not None
    assert found[1].id == 2


def test_a_given_mail_is_answered_even_if_a_machine_wrote_it_and_another_orders_is_not() -> None:
    view = order(mail(1), mail(2, auto="list"), unanswered=1)
    given = mail_to_answer(view, 2)
    assert given is not None
    assert given[1].id == 2
    assert mail_to_answer(view, 99) is None
    assert mail_to_answer(order()) is None
    assert mail_to_answer(order(mail(1, auto="bounce"))) is None


def test_a_mail_is_found_by_its_name() -> None:
    found = mail_named(order(mail(1), mail(2)), "<2@firma.example>")
    assert found is not None
    assert found[1].id == 2
    assert mail_named(order(mail(1)), "") is None


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("jan@x.example", ("", "jan@x.example")),
        (" Jan Kowal <jan@x.example> ", ("Jan Kowal", "jan@x.example")),
        ('"Kowal, Jan" <jan@x.example>', ("Kowal, Jan", "jan@x.example")),
        ("<jan@x.example>", ("", "jan@x.example")),
    ],
)
def test_what_people_write_into_to_is_a_name_and_an_address(written: str, expected: tuple[str, str]) -> None:
    assert split(written) == expected
