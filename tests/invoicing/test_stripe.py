"""Stripe read whole and by its events, and money back, against a stand-in: what localstripe does not do."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from connectors.base import Action, OrderActions, RecordSource
from connectors.errors import AuthExpired, Conflict, Forbidden, OutcomeUnknown, Rejected, Temporary
from connectors.records import PaymentRecord, Ref, RefundRecord

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from connectors.invoicing.stripe import Stripe
    from connectors.records import Page

    Make = Callable[..., Stripe]


@pytest.fixture
def now(stand_in: Any) -> Callable[[], datetime]:
    from datetime import UTC, datetime

    return lambda: datetime.fromtimestamp(stand_in.now, UTC)


def read(
    source: Stripe, stream: str, cursor: dict[str, Any] | None, until: datetime
) -> tuple[list[Page], dict[str, Any]]:
    pages = list(source.changed(stream, cursor, until=until))
    assert [page.more for page in pages] == [True] * (len(pages) - 1) + [False]
    return pages, pages[-1].cursor


def ids(pages: list[Page]) -> list[str]:
    return [record.remote_id for page in pages for record in page.records]


def refund(payment: str, **fields: Any) -> Action:
    return Action("refund", Ref("order", "10482"), {"payment": payment, **fields})


class TestReading:
    def test_the_first_read_brings_everything_once(self, stripe: Make, stand_in: Any, now: Any) -> None:
        made = {stand_in.pay(order=str(n)) for n in range(250)}
        lone = stand_in.add("charges", "ch", amount=100, status="succeeded", captured=True)
        stand_in.add("charges", "ch", amount=100, status="succeeded", payment_intent=min(made))
        pages, cursor = read(stripe(), "payments", None, now())
        assert sorted(ids(pages)) == sorted([*made, lone]), "a charge with an intent is not a payment of its own"
        assert set(cursor) == {"since"}

    def test_afterwards_only_what_the_log_names_is_read_again(self, stripe: Make, stand_in: Any, now: Any) -> None:
        payment, other = stand_in.pay(status="processing"), stand_in.pay()
        _, cursor = read(stripe(), "payments", None, now())
        stand_in.now += 3600
        stand_in.happen("payment_intent.processing", "payment_intents", payment, status="processing")
        stand_in.happen("payment_intent.succeeded", "payment_intents", payment, status="succeeded")
        pages, cursor = read(stripe(), "payments", cursor, now())
        assert ids(pages) == [payment], "once, though two events speak of it"
        assert pages[0].records[0].state == "settled", "as it is now, not as the event's copy has it"
        assert other not in ids(pages)
        pages, _ = read(stripe(), "payments", cursor, now())
        assert ids(pages) == [payment], "the overlap is read again"
        _, cursor = read(stripe(), "payments", cursor, now() + timedelta(hours=1))
        pages, _ = read(stripe(), "payments", cursor, now() + timedelta(hours=1))
        assert ids(pages) == [], "and no longer"

    def test_events_in_no_order_lead_to_the_same(self, stripe: Make, stand_in: Any, now: Any) -> None:
        payment = stand_in.pay(status="processing")
        _, cursor = read(stripe(), "payments", None, now())
        stand_in.happen("payment_intent.succeeded", "payment_intents", payment, status="succeeded")
        stand_in.happen("payment_intent.processing", "payment_intents", payment)
        stand_in.events.reverse()
        pages, _ = read(stripe(), "payments", cursor, now())
        assert [record.state for page in pages for record in page.records] == ["settled"]

    def test_a_charges_event_reads_its_payment(self, stripe: Make, stand_in: Any, now: Any) -> None:
        payment = stand_in.pay()
        _, cursor = read(stripe(), "payments", None, now())
        charge = stand_in.add("charges", "ch", amount=7900, status="succeeded", payment_intent=payment)
        stand_in.happen("charge.refunded", "charges", charge)
        assert ids(read(stripe(), "payments", cursor, now())[0]) == [payment]

    def test_a_refund_is_seen_even_where_the_account_sends_only_the_charges_event(
        self, stripe: Make, stand_in: Any, now: Any
    ) -> None:
        charge = stand_in.add("charges", "ch", amount=7900, status="succeeded", captured=True)
        _, cursor = read(stripe(), "refunds", None, now())
        made = stand_in.add("refunds", "re", amount=100, status="succeeded", charge=charge)
        stand_in.happen("charge.refunded", "charges", charge)
        assert ids(read(stripe(), "refunds", cursor, now())[0]) == [made]

    def test_a_deleted_draft_is_reported_gone(self, stripe: Make, stand_in: Any, now: Any) -> None:
        draft = stand_in.add("invoices", "in", status="draft", total=100)
        _, cursor = read(stripe(), "invoices", None, now())
        del stand_in.objects["invoices"][draft]
        stand_in.happen("invoice.deleted", "invoices", draft)
        pages, _ = read(stripe(), "invoices", cursor, now())
        assert pages[0].deleted == [Ref("invoice", draft)]

    def test_disputes_and_credit_notes_name_the_order_of_their_payment(
        self, stripe: Make, stand_in: Any, now: Any
    ) -> None:
        payment = stand_in.pay(order="10482")
        stand_in.add("disputes", "dp", amount=7900, status="needs_response", payment_intent=payment)
        stand_in.add("credit_notes", "cn", total=100, status="issued", metadata={"order": "10482"})
        for stream in ("disputes", "credit_notes"):
            pages, _ = read(stripe(), stream, None, now())
            assert pages[0].records[0].order.number == "10482", stream

    def test_a_cursor_older_than_the_log_starts_over(self, stripe: Make, stand_in: Any, now: Any) -> None:
        payment = stand_in.pay()
        _, cursor = read(stripe(), "payments", None, now())
        pages, _ = read(stripe(), "payments", cursor, now() + timedelta(days=31))
        assert ids(pages) == [payment]
        assert not any(request.url.path == "/v1/events" for request in stand_in.asked)

    def test_a_read_broken_off_goes_on_from_its_page(self, stripe: Make, stand_in: Any, now: Any) -> None:
        made = {stand_in.pay() for _ in range(150)}
        first = next(stripe().changed("payments", None, until=now()))
        late = stand_in.pay()
        stand_in.happen("payment_intent.created", "payment_intents", late)
        rest, cursor = read(stripe(), "payments", first.cursor, now())
        assert set(ids([first])) | set(ids(rest)) == made
        assert late in ids(read(stripe(), "payments", cursor, now())[0]), "what came meanwhile is in the log"

    def test_a_log_broken_off_goes_on_from_its_page(
        self, stripe: Make, stand_in: Any, now: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("connectors.invoicing.stripe_reading.PAGE", 5)
        made = [stand_in.pay() for _ in range(8)]
        _, cursor = read(stripe(), "payments", None, now())
        for payment in made:
            stand_in.happen("payment_intent.succeeded", "payment_intents", payment)
        first = next(stripe().changed("payments", cursor, until=now()))
        rest, last = read(stripe(), "payments", first.cursor, now() + timedelta(days=1))
        assert sorted(ids([first]) + ids(rest)) == sorted(made)
        assert last["since"] < now().timestamp(), "up to the time the run was begun, not the time it was ended"

    def test_the_object_gone_on_from_may_be_deleted(self, stripe: Make, stand_in: Any, now: Any) -> None:
        made = [stand_in.add("invoices", "in", status="draft", total=100) for _ in range(150)]
        first = next(stripe().changed("invoices", None, until=now()))
        del stand_in.objects["invoices"][first.cursor["after"]]
        rest, _ = read(stripe(), "invoices", first.cursor, now())
        assert set(ids([first])) | set(ids(rest)) == set(made)

    def test_a_server_that_repeats_its_last_page_is_left(self, stripe: Make, stand_in: Any, now: Any) -> None:
        page = {
            "object": "list",
            "data": [{"id": "in_1", "currency": "eur", "status": "paid", "total": 1}],
            "has_more": True,
        }
        stand_in.answers["/v1/invoices"] = [httpx.Response(200, json=page) for _ in range(9)]
        pages, _ = read(stripe(), "invoices", None, now())
        assert len(pages) == 2

    def test_an_object_without_an_id_does_not_stop_the_list(
        self, stripe: Make, stand_in: Any, now: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("connectors.invoicing.stripe_reading.PAGE", 2)
        made = [stand_in.add("invoices", "in", status="paid", total=1) for _ in range(5)]
        page = {"data": [stand_in.objects["invoices"][made[-1]], {"id": None, "currency": "eur"}], "has_more": True}
        stand_in.answers["/v1/invoices"] = [httpx.Response(200, json=page)]
        pages, _ = read(stripe(), "invoices", None, now())
        assert ids(pages) == made[::-1]
        assert len(pages[0].quarantined) == 1

    def test_one_that_cannot_be_read_is_set_aside_with_what_it_said(
        self, stripe: Make, stand_in: Any, now: Any
    ) -> None:
        good, bad = stand_in.pay(), stand_in.pay(status="levitating")
        pages, _ = read(stripe(), "payments", None, now())
        assert ids(pages) == [good]
        (aside,) = pages[0].quarantined
        assert bad in aside.ref
        assert "levitating" in aside.reason
        assert "levitating" in aside.raw

    def test_the_hot_set_brings_a_payments_refunds_and_tells_what_is_gone(self, stripe: Make, stand_in: Any) -> None:
        payment = stand_in.pay()
        made = stand_in.add("refunds", "re", amount=100, status="succeeded", payment_intent=payment)
        gone = [Ref("payment", "pi_999999"), Ref("payment", "../balance"), Ref("invoice", "xx_1")]
        page = stripe().fetch([Ref("payment", payment), *gone])
        assert [type(record) for record in page.records] == [PaymentRecord, RefundRecord]
        assert page.records[1].remote_id == made
        assert page.deleted[-3:] == gone

    def test_every_call_names_version_and_account(self, stripe: Make, stand_in: Any, now: Any) -> None:
        read(stripe(account="acct_7"), "refunds", None, now())
        headers = stand_in.asked[0].headers
        assert headers["stripe-version"] == "2024-10-28.acacia"
        assert headers["stripe-account"] == "acct_7"


class TestChecking:
    def test_a_good_key(self, stripe: Make) -> None:
        health = stripe().check()
        assert (health.ok, health.missing, health.detail) == (True, (), "Stripe, test mode")

    def test_rights_that_a_restricted_key_lacks_are_named(self, stripe: Make, stand_in: Any) -> None:
        words = {"error": {"message": "The provided key does not have the required permissions"}}
        stand_in.answers["/v1/disputes"] = [httpx.Response(403, json=words)]
        assert [missing.partition(":")[0] for missing in stripe().check().missing] == ["reading disputes"]

    def test_a_key_without_payments_is_refused(self, stripe: Make, stand_in: Any) -> None:
        stand_in.answers["/v1/payment_intents"] = [httpx.Response(403, json={})]
        with pytest.raises(Forbidden):
            stripe().check()

    def test_a_wrong_key_is_said_and_not_shown(self, stripe: Make) -> None:
        with pytest.raises(AuthExpired) as refused:
            stripe(key="sk_live_topsecret").check()
        assert "topsecret" not in str(refused.value) + repr(stripe(key="sk_live_topsecret").__dict__)

    def test_it_reads_and_acts(self, stripe: Make, stand_in: Any) -> None:
        assert isinstance(stripe(), RecordSource)
        assert isinstance(stripe(), OrderActions)
        assert stand_in.asked == []


class TestMoneyBack:
    def test_a_refund_is_made_once_and_carries_the_key(self, stripe: Make, stand_in: Any) -> None:
        payment = stand_in.pay(7900)
        receipt = stripe().perform(refund(payment, amount=1000, reason="broken glass"), key="k1", expect="")
        made = stand_in.objects["refunds"][receipt.remote_id]
        assert made["amount"] == 1000
        assert made["metadata"] == {"oms_key": "k1", "oms_order": "10482", "oms_reason": "broken glass"}
        assert stand_in.asked[-1].headers["idempotency-key"] == "k1"
        assert receipt.detail == "refund of 10.00 EUR: succeeded"

    def test_the_same_key_again_refunds_nothing_more(self, stripe: Make, stand_in: Any) -> None:
        payment = stand_in.pay(7900)
        first = stripe().perform(refund(payment), key="k1", expect="")
        assert stripe().perform(refund(payment), key="k1", expect="").remote_id == first.remote_id
        assert len(stand_in.objects["refunds"]) == 1

    def test_without_an_amount_it_is_all_that_is_left(self, stripe: Make, stand_in: Any) -> None:
        payment = stand_in.pay(7900)
        stripe().perform(refund(payment, amount=1000), key="k1", expect="")
        receipt = stripe().perform(refund(payment), key="k2", expect="")
        assert stand_in.objects["refunds"][receipt.remote_id]["amount"] == 6900

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"amount": 7901}, "amount"),
            ({"amount": 0}, "amount"),
            ({"amount": -1}, "amount"),
            ({"amount": "10.00"}, "amount"),
            ({"amount": True}, "amount"),
            ({"currency": "USD"}, "currency"),
        ],
    )
    def test_what_cannot_be_refunded_is_refused_in_words(
        self, stripe: Make, stand_in: Any, fields: dict[str, Any], field: str
    ) -> None:
        payment = stand_in.pay(7900)
        with pytest.raises(Rejected) as refused:
            stripe().perform(refund(payment, **fields), key="k", expect="")
        assert refused.value.field == field
        assert stand_in.objects["refunds"] == {}

    def test_never_more_than_was_taken_less_what_went_back(self, stripe: Make, stand_in: Any) -> None:
        payment = stand_in.pay(7900)
        stand_in.add("refunds", "re", amount=7000, status="pending", payment_intent=payment)
        stand_in.add("refunds", "re", amount=500, status="failed", payment_intent=payment)
        with pytest.raises(Rejected, match=r"9\.00 EUR at most"):
            stripe().perform(refund(payment, amount=901), key="k", expect="")
        stripe().perform(refund(payment, amount=900), key="k", expect="")
        with pytest.raises(Rejected, match="nothing is left"):
            stripe().perform(refund(payment), key="k2", expect="")

    def test_money_only_authorised_cannot_go_back(self, stripe: Make, stand_in: Any) -> None:
        payment = stand_in.pay(7900, status="requires_capture", amount_received=0)
        with pytest.raises(Rejected, match="nothing is left"):
            stripe().perform(refund(payment), key="k", expect="")

    @pytest.mark.parametrize("payment", ["", "in_1", "../../x", "pi_1/cancel"])
    def test_what_is_no_payment_is_asked_for(self, stripe: Make, stand_in: Any, payment: str) -> None:
        with pytest.raises(Rejected) as refused:
            stripe().perform(refund(payment), key="k", expect="")
        assert refused.value.field == "payment"
        assert stand_in.asked == []

    def test_icelandic_crowns_are_sent_as_stripe_wants_them(self, stripe: Make, stand_in: Any) -> None:
        payment = stand_in.pay(50000, currency="isk")
        assert "amount=50000" in stripe().preview(refund(payment))
        receipt = stripe().perform(refund(payment, amount=200), key="k", expect="")
        assert stand_in.objects["refunds"][receipt.remote_id]["amount"] == 20000
        assert receipt.detail == "refund of 200 ISK: succeeded"

    def test_the_preview_says_the_call_and_makes_none(self, stripe: Make, stand_in: Any) -> None:
        payment = stand_in.pay(7900)
        words = stripe().preview(refund(payment, amount=1000, reason="duplicate"))
        assert words.startswith("POST /v1/refunds with amount=1000, ")
        assert f"payment_intent={payment}" in words
        assert words.endswith("10.00 EUR back to the customer, 69.00 EUR left")
        assert all(request.method == "GET" for request in stand_in.asked)

    def test_an_answer_lost_after_the_act_is_in_doubt_and_then_found(self, stripe: Make, stand_in: Any) -> None:
        payment = stand_in.pay(7900)
        stand_in.lose.add("/v1/refunds")
        with pytest.raises(OutcomeUnknown):
            stripe().perform(refund(payment, amount=1000), key="k1", expect="")
        assert len(stand_in.objects["refunds"]) == 1, "sent once"
        receipt = stripe().confirm("k1")
        assert receipt is not None
        assert receipt.remote_id in stand_in.objects["refunds"]

    def test_one_that_never_arrived_is_told_apart(self, stripe: Make, stand_in: Any) -> None:
        payment = stand_in.pay(7900)
        stand_in.answers["/v1/refunds"] = [httpx.Response(200, json={"data": []}), httpx.ConnectError("no")]
        with pytest.raises(Temporary):
            stripe().perform(refund(payment, amount=1000), key="k1", expect="")
        assert stripe().confirm("k1") is None

    @pytest.mark.parametrize(
        "answer",
        [
            httpx.Response(500),
            httpx.Response(409, json={}),
            httpx.Response(200, text="<html>"),
            httpx.Response(200, json=[]),
        ],
    )
    def test_an_answer_that_tells_nothing_leaves_it_in_doubt(
        self, stripe: Make, stand_in: Any, answer: httpx.Response
    ) -> None:
        payment = stand_in.pay(7900)
        stand_in.answers["/v1/refunds"] = [httpx.Response(200, json={"data": []}), answer]
        with pytest.raises(OutcomeUnknown):
            stripe().perform(refund(payment, amount=1000), key="k1", expect="")

    def test_a_refund_the_bank_refuses_at_once_is_told(self, stripe: Make, stand_in: Any) -> None:
        payment = stand_in.pay(7900)
        failed = {"id": "re_9", "status": "failed", "failure_reason": "lost_or_stolen_card"}
        stand_in.answers["/v1/refunds"] = [httpx.Response(200, json={"data": []}), httpx.Response(200, json=failed)]
        with pytest.raises(Rejected, match="lost_or_stolen_card"):
            stripe().perform(refund(payment, amount=1000), key="k1", expect="")

    def test_decided_on_an_older_state_it_is_a_conflict(self, stripe: Make, stand_in: Any) -> None:
        payment = stand_in.pay(7900)
        stripe().perform(refund(payment, amount=1000), key="k1", expect="refundable:7900")
        with pytest.raises(Conflict, match=r"69\.00 EUR can be refunded now"):
            stripe().perform(refund(payment, amount=1000), key="k2", expect="refundable:7900")
        assert len(stand_in.objects["refunds"]) == 1

    def test_confirm_looks_thirty_days_back_and_no_further(self, stripe: Make, stand_in: Any) -> None:
        payment = stand_in.pay(7900)
        for n in range(3):
            old = stand_in.now - 40 * 86400
            stand_in.add(
                "refunds", "re", amount=1, status="succeeded", payment_intent=payment, created=old, metadata={"n": n}
            )
        assert stripe().confirm("k1") is None

    def test_it_does_nothing_but_refund(self, stripe: Make) -> None:
        action = Action("cancel", Ref("order", "1"), {})
        with pytest.raises(Rejected, match="cannot cancel"):
            stripe().preview(action)
        with pytest.raises(Rejected, match="cannot cancel"):
            stripe().perform(action, key="k", expect="")
