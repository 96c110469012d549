"""Orders, their customers and their numbers, as an agent finds them afterwards."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from feeding import NOW, customer, day, order

from connectors.records import Address, CameFrom, Identity, LineRecord, OrderRef

if TYPE_CHECKING:
    from feeding import Desk


def test_an_order_is_there_with_lines_customer_and_numbers_and_waits_to_be_derived(desk: Desk) -> None:
    took = desk.feed("shop", order("SO-1042", remote_id="77", customer=customer(), references=("pi_3MtwBw",)))

    assert (took.records, took.changed, took.quarantined) == (1, 1, 0)
    assert desk.rows("SELECT source, remote_id, number, total, currency, email FROM orders") == [
        ("shop", "77", "SO-1042", 7900, "EUR", "jan.kowal@example.com")
    ]
    assert desk.rows("SELECT sku, quantity, unit_price, title FROM order_lines") == [("LAMP", 2, 3950, "Lamp, blue")]
    assert desk.rows("SELECT kind, value, reversed FROM order_keys ORDER BY kind") == [
        ("number", "so1042", "2401os"),
        ("reference", "pi3mtwbw", "wbwtm3ip"),
        ("remote_id", "77", "77"),
    ]
    assert desk.rows("SELECT name, person_id=id FROM customers") == [("Jan Kowal", 1)]
    assert desk.dirty() == {"SO-1042"}


def test_the_same_order_again_only_says_when_it_was_read(desk: Desk) -> None:
    desk.feed("shop", order(customer=customer()))
    desk.settled()
    before = desk.content()

    took = desk.feed("shop", order(customer=customer()))

    assert (took.records, took.changed) == (1, 0)
    assert desk.content() == before
    assert desk.dirty() == set()
    assert desk.rows("SELECT recorded_at, synced_at FROM orders") == [(NOW + 1000, NOW + 2000)]


def test_what_changed_between_two_reads_is_on_the_timeline(desk: Desk) -> None:
    moved = day(3)
    desk.feed("shop", order(promised_at=day(5)))
    desk.feed(
        "shop",
        order(
            promised_at=day(9),
            payment_status="paid",
            total=11850,
            lines=(LineRecord("1", "LAMP", 3, "Lamp, blue", unit_price=3950), LineRecord("2", "BULB", 1)),
            ship_to=Address(name="Jan Kowal", street="Birkenweg 9", city="Leipzig", postcode="04107", country="DE"),
            updated_at=moved,
        ),
    )

    told = dict(desk.rows("SELECT kind, summary FROM observations"))
    assert told == {
        "payment": "payment: pending → paid",
        "promise": "promised date moved",
        "address": "shipping address changed",
        "edited": "total: €79.00 → €118.50",
        "line_edited": "lines: 2 LAMP → 3 LAMP, +1 BULB",
    }
    assert {at for (at,) in desk.rows("SELECT occurred_at FROM observations")} == {int(moved.timestamp() * 1000)}
    assert json.loads(desk.one("SELECT data FROM observations WHERE kind='address'"))["ship_street"] == [
        "Lindenstraße 4",
        "Birkenweg 9",
    ]


def test_a_cancelled_order_that_comes_back_is_told_as_reopened(desk: Desk) -> None:
    for state in ("open", "cancelled", "open"):
        desk.feed("shop", order(state=state))

    assert desk.rows("SELECT kind, summary FROM observations ORDER BY recorded_at") == [
        ("cancelled", "order: open → cancelled"),
        ("reopened", "order: cancelled → open"),
    ]


def test_an_edited_order_loses_its_old_lines_and_numbers(desk: Desk) -> None:
    desk.feed("shop", order("1042", remote_id="77", references=("INV-2201",)))
    desk.feed("shop", order("1042-B", remote_id="77", sku="CHAIR"))

    assert desk.rows("SELECT sku FROM order_lines") == [("CHAIR",)]
    assert desk.rows("SELECT kind, value FROM order_keys ORDER BY kind") == [("number", "1042b"), ("remote_id", "77")]


def test_an_order_that_occurs_twice_in_a_page_counts_with_its_last_occurrence(desk: Desk) -> None:
    desk.feed("shop", order(payment_status="pending"), order(payment_status="paid"))

    assert desk.rows("SELECT payment_status FROM orders") == [("paid",)]


def test_a_thousand_orders_of_one_second_have_ids_of_their_own(desk: Desk) -> None:
    desk.feed("shop", *(order(str(number)) for number in range(1000)))

    assert desk.one("SELECT count(DISTINCT id) FROM orders") == 1000


def test_ids_are_in_the_order_of_time_whichever_order_came_first(desk: Desk) -> None:
    desk.feed("shop", *(order(str(number), placed_at=day(number)) for number in (3, 1, 2)))

    assert desk.rows("SELECT number FROM orders ORDER BY id") == [("1",), ("2",), ("3",)]


def test_the_same_number_in_two_shops_is_two_orders(desk: Desk) -> None:
    desk.feed("shop", order("1042"))
    desk.feed("outlet", order("1042"))

    assert desk.rows("SELECT source FROM orders ORDER BY source") == [("outlet",), ("shop",)]


# ---- customers


def test_a_guest_who_orders_again_is_one_customer(desk: Desk) -> None:
    desk.feed("shop", order("1", email="Jan@Example.com"), order("2", email="jan@example.com", placed_at=day(1)))

    assert desk.rows("SELECT remote_id, name, whole FROM customers") == [("guest:jan@example.com", "Jan Kowal", 0)]
    assert desk.one("SELECT count(DISTINCT customer_id) FROM orders") == 1


def test_an_order_without_any_contact_has_no_customer(desk: Desk) -> None:
    desk.feed("shop", order(email=""))

    assert desk.rows("SELECT customer_id FROM orders") == [(None,)]


def test_contacts_are_kept_in_the_form_they_are_compared_in(desk: Desk) -> None:
    known = customer(
        identities=(
            Identity("email", " Jan@GoogleMail.com "),
            Identity("phone", "030 1234 567"),
            Identity("marketplace_id", "A1B2C3"),
        ),
    )
    desk.feed("shop", order(email="", phone="0341 99 88 77", customer=known))

    assert set(desk.rows("SELECT kind, value FROM customer_identities")) == {
        ("email", "jan@gmail.com"),
        ("phone", "+49301234567"),
        ("phone", "+49341998877"),
        ("marketplace_id", "A1B2C3"),
    }


def test_what_an_order_says_never_overrules_what_was_read_of_the_customer(desk: Desk) -> None:
    desk.feed("shop", customer(name="Jan Kowal", company="Kowal & Sons", tags=("vip",)))
    desk.feed("shop", order(customer=customer(name="J. Kowal", identities=(Identity("phone", "+48221234567"),))))

    assert desk.rows("SELECT name, company, tags FROM customers") == [("Jan Kowal", "Kowal & Sons", '["vip"]')]
    assert ("phone", "+48221234567") in desk.rows("SELECT kind, value FROM customer_identities")


def test_of_two_orders_the_later_one_says_what_the_customer_is_called(desk: Desk) -> None:
    desk.feed("shop", order("2", placed_at=day(2), customer=customer(name="Jan Kowal-Lund")))
    desk.feed("shop", order("1", placed_at=day(1), customer=customer(name="Jan Kowal")))

    assert desk.rows("SELECT name FROM customers") == [("Jan Kowal-Lund",)]


def test_a_customer_who_changed_makes_their_orders_dirty_and_findable_by_the_new_name(desk: Desk) -> None:
    desk.feed("shop", order("1", customer=customer()), order("2", email="other@example.com"))
    desk.settled()

    desk.feed("shop", customer(name="Jan Nowak", updated_at=day(4)))

    assert desk.dirty() == {"1"}
    assert desk.found("nowak") == {"1"}


# ---- what they are found by


def test_an_order_is_found_by_everything_people_say(desk: Desk) -> None:
    desk.feed(
        "shop",
        order(
            "SO-1042",
            customer=customer(company="Kowal Sp. z o.o."),
            ship_to=Address(name="Żaneta Łącka", street="Große Allee 7", city="Łódź", postcode="90-001", country="PL"),
        ),
        order(
            "SO-9", sku="CHAIR", email="x@y.example", lines=(LineRecord("1", "CHAIR", 1, "Stuhl"),), ship_to=Address()
        ),
    )

    for words in (
        "1042",
        "zaneta",
        "kowal",
        "lodz",
        "90 001",
        '"jan kowal example com"',
        "lam*",
        "blue",
        "alle*",
        "grosse",
    ):
        assert desk.found(words) == {"SO-1042"}, words
    assert desk.found("stuhl") == {"SO-9"}


def test_after_a_change_the_old_words_find_nothing(desk: Desk) -> None:
    desk.feed("shop", order(sku="LAMP"))
    desk.feed("shop", order(sku="CHAIR", lines=(LineRecord("1", "CHAIR", 1, "Stuhl"),)))

    assert desk.found("lamp") == set()
    assert desk.found("stuhl") == {"1042"}


def test_a_replacement_remembers_what_it_replaces(desk: Desk) -> None:
    desk.feed("shop", order("1043", replaces=OrderRef(number="1042")))

    assert desk.rows("SELECT replaces FROM orders") == [("1042",)]


def test_what_an_order_was_made_of_is_kept_and_finds_it(desk: Desk) -> None:
    made_of = (CameFrom("quote", "Q-2026/17"), CameFrom("lead", "L-4"), CameFrom("order", "1001"), CameFrom("lead", ""))
    desk.feed("shop", order("1043", came_from=made_of))

    assert desk.one("SELECT number FROM orders") == "1043"
    assert desk.one("SELECT came_from FROM orders") == '[["quote", "Q-2026/17"], ["lead", "L-4"], ["order", "1001"]]'
    found = desk.rows("SELECT value FROM order_keys WHERE kind = 'reference' ORDER BY value")
    assert found == [("l4",), ("q202617",)], "the order it takes back is another order"


def test_times_are_exact_to_the_millisecond(desk: Desk) -> None:
    at = day(0) + timedelta(milliseconds=1)
    desk.feed("shop", order(placed_at=at))

    assert desk.one("SELECT placed_at FROM orders") == NOW + 3 * 3600 * 1000 + 1
