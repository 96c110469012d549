"""What outsiders write, what connectors get wrong, and words nobody told us of: kept, counted, never a crash."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from feeding import by_number, customer, day, order
from hypothesis import given
from hypothesis import strategies as st

from connectors.records import Address, LineRecord, NoteRecord, OrderRef, PaymentRecord, Quarantined, StockRecord
from oms_tui.store.reads.health import quarantined, unmapped_codes
from oms_tui.sync.records_in import incoming

if TYPE_CHECKING:
    from feeding import Desk

HOSTILE = "\x1b]52;c;cm0gLXJm\x07 \u202egnp.exe \ud800 [red]x[/red]\r\n\x9b31m \u200b"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"remote_id": ""}, "its id is empty"),
        ({"remote_id": "7\x1b[2J"}, "its id is too long, or holds characters that cannot be shown"),
        ({"placed_at": datetime(2026, 5, 4, 12)}, "offset-naive"),  # noqa: DTZ001 - that is what is wrong with it
        ({"placed_at": None}, "NoneType"),
        ({"number": 1042}, "sequence item"),
        ({"total": "79.00"}, "total is no whole number: '79.00'"),
        ({"total": 79.0}, "total is no whole number"),
        ({"total": 10**30}, "total is no whole number"),
        ({"lines": (LineRecord("1", "LAMP", True),)}, "quantity is no whole number"),
        ({"lines": ("LAMP",)}, "AttributeError"),
        ({"ship_to": None}, "NoneType"),
        ({"raw_status": [1]}, "AttributeError"),
        ({"customer": customer(remote_id="\x07")}, "the customer's id"),
    ],
)
def test_a_record_that_is_not_what_it_should_be_is_set_aside_and_the_rest_lands(
    desk: Desk, wrong: dict[str, Any], says: str
) -> None:
    took = desk.feed("shop", order("1"), replace(order("2", raw={"id": 2}), **wrong), order("3"))

    assert (took.records, took.quarantined) == (2, 1)
    assert desk.rows("SELECT number FROM orders ORDER BY number") == [("1",), ("3",)]
    (aside,) = quarantined(desk.store)
    assert says in aside.reason
    assert (aside.source, aside.stream, aside.raw) == ("shop", "all", '{"id": 2}')


def test_what_a_connector_could_not_read_is_listed_with_its_reason(desk: Desk) -> None:
    bad = Quarantined("orders.csv:17", "total is no amount\x1b[2J", "x" * 100_000)
    took = desk.feed("depot", quarantined=(bad,))

    assert took.quarantined == 1
    (aside,) = quarantined(desk.store, "depot")
    assert (aside.ref, aside.reason) == ("orders.csv:17", "total is no amount␛[2J")
    assert len(aside.raw) == 4000
    assert quarantined(desk.store, "shop") == []


def test_the_same_fault_again_is_one_with_its_first_time(desk: Desk) -> None:
    for _ in range(3):
        desk.feed("depot", quarantined=(Quarantined("order 17", "broken"),))

    (aside,) = quarantined(desk.store)
    assert aside.last_seen_at - aside.first_seen_at == 2000


def test_a_record_that_reads_well_again_is_no_longer_set_aside(desk: Desk) -> None:
    desk.feed("shop", order("17", total="?"), order("18", total="?"), quarantined=(Quarantined("order 19", "x"),))
    desk.feed("shop", order("17"), order("19"))

    assert [aside.ref for aside in quarantined(desk.store)] == ["order 18"]


def test_words_of_a_system_that_nobody_knows_are_kept_and_counted(desk: Desk) -> None:
    desk.feed("shop", order(state="limbo", payment_status="paid in\x1b shells"))
    desk.feed("books", PaymentRecord("p", by_number("1042"), "vaporised", 1, "EUR"))  # type: ignore[arg-type]  # the point

    assert desk.rows("SELECT state, payment_status FROM orders") == [("limbo", "paid in␛ shells")]
    assert desk.rows("SELECT state FROM payments") == [("vaporised",)]
    assert {(code.source, code.field, code.code, code.times) for code in unmapped_codes(desk.store)} == {
        ("shop", "order state", "limbo", 1),
        ("shop", "payment status", "paid in␛ shells", 1),
        ("books", "payment state", "vaporised", 1),
    }


def test_nothing_hostile_is_stored_wherever_it_stood(desk: Desk) -> None:
    desk.feed(
        "shop",
        order(
            HOSTILE,
            remote_id="1",
            email=f"{HOSTILE}@x.example",
            phone=HOSTILE,
            ship_to=Address(*[HOSTILE] * 8),
            bill_to=Address(*[HOSTILE] * 8),
            tags=(HOSTILE,),
            instructions=HOSTILE,
            note=HOSTILE,
            channel=HOSTILE,
            url=f"javascript:{HOSTILE}",
            raw_status={HOSTILE: HOSTILE},
            references=(HOSTILE,),
            lines=(LineRecord(HOSTILE, HOSTILE, 1, HOSTILE, HOSTILE),),
            customer=customer(name=HOSTILE, company=HOSTILE, tags=(HOSTILE,), address=Address(*[HOSTILE] * 8)),
        ),
        NoteRecord("n", OrderRef(remote_id="1"), HOSTILE, HOSTILE),
        StockRecord("LAMP", HOSTILE, 1, title=HOSTILE, bin=HOSTILE),
    )

    tables = [
        name for (name,) in desk.rows("SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE '%fts%'")
    ]
    texts = [
        value
        for table in tables
        for row in desk.rows(f"SELECT * FROM {table}")
        for value in row
        if isinstance(value, str)
    ]
    assert any("exe" in text for text in texts)
    for text in texts:
        signs = {unicodedata.category(sign) for sign in text.replace("\n", "").replace("\x1f", "")}
        assert not signs & {"Cc", "Cf", "Cs"}, ascii(text)
    assert desk.rows("SELECT url FROM orders") == [("",)]


def test_a_line_stays_one_line_and_a_note_keeps_its_lines(desk: Desk) -> None:
    desk.feed("shop", order(note="first\r\nsecond", channel="web\nshop"))

    assert desk.rows("SELECT note, channel FROM orders") == [("first\nsecond", "web shop")]


def test_a_megabyte_of_note_is_capped(desk: Desk) -> None:
    desk.feed("shop", order(note="x" * 1_000_000, instructions="y" * 1_000_000))

    assert desk.one("SELECT length(note) FROM orders") <= 200_000


@given(
    st.text(max_size=40),
    st.text(max_size=40),
    st.text(max_size=40),
    st.integers(),
    st.sampled_from([None, day(1), "x"]),
)
def test_no_record_at_all_stops_its_page(number: str, name: str, sku: str, total: int, when: Any) -> None:
    records = [
        order(number, remote_id=name, total=total, placed_at=when, lines=(LineRecord(sku, sku, 1, name),)),
        StockRecord(sku, name, total),
        PaymentRecord(name, OrderRef(number, name, sku), number, total, "EUR"),  # type: ignore[arg-type]  # the point
        order("well"),
    ]
    batch = incoming(records)

    assert batch.orders[-1].remote_id == "id-well"
    assert len(batch.orders) + len(batch.stock) + len(batch.joined) + len(batch.unreadable) == len(records)
