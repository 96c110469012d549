"""Stripe's objects in our words: its official fixtures, its statuses, its odd currencies."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from official import official

from connectors.invoicing.stripe_money import from_stripe, stripe_digits, to_stripe
from connectors.invoicing.stripe_records import Reader, payment_id

READER = Reader(("order_id", "order_number", "order"))


class TestOfficialFixtures:
    def test_a_charge(self) -> None:
        record = READER.payment(official("charge"))
        assert (record.remote_id, record.amount, record.currency) == ("ch_1PgafuB7WZ01zgkWXYmPNZs8", 100, "USD")
        assert (record.state, record.captured) == ("authorized", 0), "it is paid and not captured"
        assert record.method == "visa 4242"

    def test_a_refund(self) -> None:
        record = READER.refund(official("refund"))
        assert (record.state, record.amount, record.payment) == ("settled", 100, "ch_1PgafuB7WZ01zgkWXYmPNZs8")

    def test_an_invoice(self) -> None:
        record = READER.invoice(official("invoice"))
        assert (record.status, record.total, record.paid, record.number) == ("draft", 1000, 0, "")
        assert record.due_at == datetime(2009, 2, 13, 23, 31, 30, tzinfo=UTC)
        assert record.lines == (("My First Invoice Item (created for API docs)", 1, 1000),)

    def test_a_credit_note(self) -> None:
        record = READER.credit_note(official("credit_note"))
        assert (record.kind, record.number, record.status) == ("credit_note", "ABCD-1234-CN-01", "paid")
        assert (record.total, record.paid) == (1690, 1690)


def intent(**fields: Any) -> dict[str, Any]:
    return {
        "id": "pi_1",
        "object": "payment_intent",
        "amount": 7900,
        "currency": "eur",
        "status": "succeeded",
        **fields,
    }


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("requires_payment_method", "created"),
        ("requires_confirmation", "created"),
        ("requires_action", "created"),
        ("processing", "created"),
        ("requires_capture", "authorized"),
        ("succeeded", "settled"),
        ("canceled", "cancelled"),
    ],
)
def test_what_becomes_of_a_payment_intent(status: str, state: str) -> None:
    assert READER.payment(intent(status=status)).state == state


def test_a_card_that_was_declined_says_why() -> None:
    record = READER.payment(intent(status="requires_payment_method", last_payment_error={"message": "Card declined."}))
    assert (record.state, record.failure) == ("declined", "Card declined.")


def test_a_charge_let_go_uncaptured_is_cancelled() -> None:
    charge = {
        "id": "ch_1",
        "object": "charge",
        "amount": 100,
        "currency": "eur",
        "status": "succeeded",
        "captured": False,
    }
    assert READER.payment({**charge, "refunded": True}).state == "cancelled"


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("pending", "pending"),
        ("requires_action", "pending"),
        ("succeeded", "settled"),
        ("failed", "failed"),
        ("canceled", "failed"),
    ],
)
def test_what_becomes_of_a_refund(status: str, state: str) -> None:
    refund = {"id": "re_1", "amount": 1, "currency": "eur", "status": status}
    assert READER.refund(refund).state == state


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("needs_response", "needs_response"),
        ("under_review", "under_review"),
        ("won", "won"),
        ("lost", "lost"),
        ("warning_needs_response", "needs_response"),
        ("warning_closed", "won"),
    ],
)
def test_what_becomes_of_a_dispute(status: str, state: str) -> None:
    dispute = {
        "id": "dp_1",
        "amount": 1,
        "currency": "eur",
        "status": status,
        "evidence_details": {"due_by": 1234567890},
    }
    record = READER.dispute(dispute)
    assert record.state == state
    assert record.due_at == datetime(2009, 2, 13, 23, 31, 30, tzinfo=UTC)


def test_an_open_invoice_paid_in_part_is_partially_paid() -> None:
    invoice = {"id": "in_1", "currency": "eur", "status": "open", "total": 1000, "amount_paid": 1}
    assert READER.invoice(invoice).status == "partially_paid"
    assert READER.invoice({**invoice, "amount_paid": 0}).status == "open"


@pytest.mark.parametrize(
    "broken",
    [
        {"status": "levitating"},
        {"currency": None},
        {"currency": "euros"},
        {"amount": "79.00"},
        {"amount": True},
        {"id": None},
        {"created": 10**20},
    ],
)
def test_what_cannot_be_read_is_refused_and_never_guessed(broken: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        READER.payment(intent(**broken))


@pytest.mark.parametrize(
    ("fields", "remote_id", "number"),
    [
        ({"metadata": {"order_id": "gid/77"}}, "gid/77", ""),
        ({"metadata": {"order_number": "#10482"}}, "", "10482"),
        ({"metadata": {"order": "A-7", "order_number": "B-8"}}, "", "B-8"),
        ({"description": "Bright Shop - Order 10482"}, "", "10482"),
        ({"description": "order no. SO-77, two lamps"}, "", "SO-77"),
        ({"description": "Payment for #10482"}, "", "10482"),
        ({"description": "Disorderly conduct 7"}, "", ""),
        ({"metadata": {"order_number": ""}, "description": "Order 9"}, "", "9"),
        ({}, "", ""),
    ],
)
def test_which_order_a_payment_names(fields: dict[str, Any], remote_id: str, number: str) -> None:
    ref = READER.payment(intent(**fields)).order
    assert (ref.remote_id, ref.number, ref.reference) == (remote_id, number, "pi_1")


def test_a_credit_note_refers_to_its_invoice_and_that_ones_payment() -> None:
    note = {"id": "cn_1", "currency": "eur", "status": "issued", "total": 1, "invoice": "in_1"}
    assert READER.credit_note(note).order.reference == "in_1"
    invoice = {
        "id": "in_1",
        "payment_intent": "pi_1",
        "metadata": {"order": "10482"},
        "customer_email": "jan@example.com",
    }
    record = READER.credit_note({**note, "invoice": invoice})
    assert (record.order.reference, record.order.number, record.email) == ("pi_1", "10482", "jan@example.com")


def test_a_refund_names_its_payments_order() -> None:
    refund = {"id": "re_1", "amount": 1, "currency": "eur", "payment_intent": intent(metadata={"order": "10482"})}
    record = READER.refund(refund)
    assert (record.order.number, record.order.reference, record.payment) == ("10482", "pi_1", "pi_1")
    assert payment_id({"id": "in_1"}) == "in_1"


@pytest.mark.parametrize(
    ("currency", "theirs", "ours"),
    [
        ("eur", 7900, 7900),
        ("jpy", 500, 500),
        ("kwd", 12340, 12340),
        ("isk", 50000, 500),
        ("ugx", 50000, 500),
        ("huf", 100000, 100000),
        ("twd", 10000, 10000),
        ("mga", 500, 50000),
    ],
)
def test_currencies_whose_units_differ(currency: str, theirs: int, ours: int) -> None:
    assert from_stripe(theirs, currency) == ours
    assert to_stripe(ours, currency) == theirs


@pytest.mark.parametrize(("currency", "amount"), [("mga", 50), ("kwd", 12345)])
def test_an_amount_stripe_cannot_say_is_refused(currency: str, amount: int) -> None:
    with pytest.raises(ValueError, match="no amount"):
        to_stripe(amount, currency)


@given(st.integers(0, 10**9), st.sampled_from(["eur", "jpy", "isk", "ugx", "huf", "xaf", "usd", "vnd"]))
def test_an_amount_there_and_back_is_the_same(amount: int, currency: str) -> None:
    assert from_stripe(to_stripe(amount, currency), currency) == amount
    assert stripe_digits(currency) in {0, 2}


def test_a_long_description_is_read_in_no_time() -> None:
    READER.payment(intent(description="order " + " " * 100_000 + "#" * 100_000))
