"""Stripe's connector against localstripe, a server with a state of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from connectors.base import Account, Action
from connectors.errors import Rejected
from connectors.invoicing.stripe import Stripe
from connectors.records import PaymentRecord, Ref, RefundRecord

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KEY = "sk_test_local12345"


@pytest.fixture
def pay(localstripe: str) -> Callable[..., str]:
    """Makes a payment with a card, as a shop does; says the intent's id."""

    def make(amount: int, order: str, currency: str = "eur") -> str:
        with httpx.Client(base_url=localstripe, auth=(KEY, "")) as shop:
            card = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2030, "cvc": 123}
            method = shop.post(
                "/v1/payment_methods", data={"type": "card", **{f"card[{k}]": v for k, v in card.items()}}
            )
            wanted = {"amount": amount, "currency": currency, "payment_method": method.json()["id"], "confirm": "true"}
            answer = shop.post("/v1/payment_intents", data={**wanted, "metadata[order_number]": order})
            assert answer.status_code == 200, answer.text
            return str(answer.json()["id"])

    return make


@pytest.fixture
def stripe(localstripe: str, tmp_path: Path) -> Stripe:
    values: dict[str, Any] = {"key": KEY, "url": localstripe, "order_reference": ["order_number"]}
    return Stripe(Account("books", values, tmp_path))


def payments(stripe: Stripe) -> dict[str, PaymentRecord]:
    pages = stripe.changed("payments", None, until=datetime.now(UTC))
    return {record.remote_id: record for page in pages for record in page.records if isinstance(record, PaymentRecord)}


def test_it_is_reached_and_says_what_it_lacks(stripe: Stripe) -> None:
    health = stripe.check()
    assert health.ok
    assert any("credit_notes" in missing for missing in health.missing), "localstripe has none"


def test_payments_are_listed_page_by_page_with_their_order(stripe: Stripe, pay: Callable[..., str]) -> None:
    made = {pay(1000 + n, f"A-{n}"): n for n in range(105)}
    found = payments(stripe)
    assert set(made) <= set(found)
    for remote_id, n in made.items():
        record = found[remote_id]
        assert (record.order.number, record.amount, record.captured, record.state) == (
            f"A-{n}",
            1000 + n,
            1000 + n,
            "settled",
        )


def test_a_refund_goes_through_and_is_found_by_its_key(stripe: Stripe, pay: Callable[..., str]) -> None:
    payment = pay(7900, "10482")
    receipt = stripe.perform(
        Action("refund", Ref("order", "10482"), {"payment": payment, "amount": 1000}), key="key-1", expect=""
    )
    assert stripe.confirm("key-1") == receipt
    assert stripe.confirm("key-2") is None
    page = stripe.fetch([Ref("payment", payment)])
    (back,) = [record for record in page.records if isinstance(record, RefundRecord)]
    assert (back.remote_id, back.amount, back.state, back.payment) == (receipt.remote_id, 1000, "settled", payment)


def test_twice_with_one_key_is_one_refund_though_this_server_ignores_keys(
    stripe: Stripe, pay: Callable[..., str]
) -> None:
    payment = pay(7900, "10483")
    action = Action("refund", Ref("order", "10483"), {"payment": payment, "amount": 1000})
    first = stripe.perform(action, key="key-3", expect="")
    assert stripe.perform(action, key="key-3", expect="") == first
    assert len(stripe.fetch([Ref("payment", payment)]).records) == 2


def test_more_than_is_left_never_leaves_the_desk(stripe: Stripe, pay: Callable[..., str]) -> None:
    payment = pay(500, "10484", currency="jpy")
    stripe.perform(Action("refund", Ref("order", "10484"), {"payment": payment, "amount": 400}), key="key-4", expect="")
    with pytest.raises(Rejected, match="100 JPY at most"):
        stripe.perform(
            Action("refund", Ref("order", "10484"), {"payment": payment, "amount": 101}), key="key-5", expect=""
        )


def test_a_payment_that_is_not_there_is_gone(stripe: Stripe) -> None:
    assert stripe.fetch([Ref("payment", "pi_nothing")]).deleted == [Ref("payment", "pi_nothing")]
