"""Credit notes issued through Stripe: by its rules, once, and found again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from official import official

from connectors.base import Action
from connectors.errors import Conflict, NotFound, OutcomeUnknown, ProtocolError, Rejected, Temporary
from connectors.records import InvoiceRecord, Ref

if TYPE_CHECKING:
    from collections.abc import Callable

    from connectors.invoicing.stripe import Stripe

    Make = Callable[..., Stripe]

NOTES = "/v1/credit_notes"


def credit(invoice: str, **fields: Any) -> Action:
    return Action("credit_note", Ref("order", "r10482"), {"invoice": invoice, **fields})


def notes(stand_in: Any) -> list[dict[str, Any]]:
    return list(stand_in.objects["credit_notes"].values())


def test_of_a_paid_invoice_it_is_issued_once_carries_the_key_and_moves_no_money(stripe: Make, stand_in: Any) -> None:
    invoice = stand_in.bill(7900, paid=7900)
    receipt = stripe().perform(credit(invoice, amount=1000, reason="broken glass"), key="k1", expect="")
    [note] = notes(stand_in)
    assert note["metadata"] == {"oms_key": "k1", "oms_order": "r10482", "oms_reason": "broken glass"}
    assert (note["total"], note["out_of_band_amount"], note["type"]) == (1000, 1000, "post_payment")
    assert stand_in.objects["refunds"] == {}
    sent = stand_in.asked[-1]
    assert sent.headers["idempotency-key"] == "k1"
    assert b"email_type=none" in sent.content  # the desk writes to customers itself
    assert (receipt.remote_id, receipt.detail) == (note["id"], "credit note INV-0001-CN-01 of 10.00 EUR")


def test_of_an_open_invoice_it_lowers_what_is_owed(stripe: Make, stand_in: Any) -> None:
    invoice = stand_in.bill(7900)
    stripe().perform(credit(invoice, amount=1000), key="k1", expect="")
    left = stand_in.objects["invoices"][invoice]
    assert (left["amount_remaining"], left["status"], left["pre_payment_credit_notes_amount"]) == (6900, "open", 1000)
    stripe().perform(credit(invoice), key="k2", expect="credited:1000")  # all that is left
    assert left["status"] == "paid"


def test_of_one_paid_in_part_no_more_than_what_is_still_owed(stripe: Make, stand_in: Any) -> None:
    invoice = stand_in.bill(7900, paid=5000)
    with pytest.raises(Rejected, match=r"29\.00 EUR at most"):
        stripe().perform(credit(invoice, amount=2901), key="k", expect="")
    stripe().perform(credit(invoice, amount=2900), key="k", expect="")


def test_the_money_of_a_paid_one_goes_where_it_was_told(stripe: Make, stand_in: Any) -> None:
    payment = stand_in.pay(7900)
    invoice = stand_in.bill(7900, paid=7900, payment_intent=payment)
    stripe().perform(credit(invoice, amount=1000, money="refund"), key="k1", expect="")
    [refund] = stand_in.objects["refunds"].values()
    assert (refund["amount"], refund["payment_intent"]) == (1000, payment)
    stripe().perform(credit(invoice, amount=500, money="balance"), key="k2", expect="")
    assert b"credit_amount=500" in stand_in.asked[-1].content
    assert len(stand_in.objects["refunds"]) == 1


def test_the_same_key_again_issues_nothing_more(stripe: Make, stand_in: Any) -> None:
    invoice = stand_in.bill(7900, paid=7900)
    first = stripe().perform(credit(invoice), key="k1", expect="")
    assert stripe().perform(credit(invoice), key="k1", expect="credited:0") == first
    assert len(notes(stand_in)) == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"amount": 7901}, "amount"),
        ({"amount": 0}, "amount"),
        ({"amount": "10.00"}, "amount"),
        ({"currency": "USD"}, "currency"),
        ({"money": "cash"}, "money"),
    ],
)
def test_what_cannot_be_credited_is_refused_in_words(
    stripe: Make, stand_in: Any, fields: dict[str, Any], field: str
) -> None:
    invoice = stand_in.bill(7900, paid=7900)
    with pytest.raises(Rejected) as refused:
        stripe().perform(credit(invoice, **fields), key="k", expect="")
    assert refused.value.field == field
    assert notes(stand_in) == []


def test_no_money_goes_back_of_what_was_never_paid(stripe: Make, stand_in: Any) -> None:
    invoice = stand_in.bill(7900)
    with pytest.raises(Rejected, match="is not paid"):
        stripe().perform(credit(invoice, money="refund"), key="k", expect="")
    assert notes(stand_in) == []


@pytest.mark.parametrize(
    ("status", "words"), [("draft", "still a draft"), ("void", "is void"), ("uncollectible", "was written off")]
)
def test_an_invoice_that_is_not_in_force_is_not_credited(stripe: Make, stand_in: Any, status: str, words: str) -> None:
    invoice = stand_in.bill(7900, status=status)
    with pytest.raises(Rejected, match=words):
        stripe().preview(credit(invoice))


@pytest.mark.parametrize("invoice", ["", "pi_1", "cn_1", "../../x", "in_1/void"])
def test_what_is_no_invoice_is_asked_for(stripe: Make, stand_in: Any, invoice: str) -> None:
    with pytest.raises(Rejected) as refused:
        stripe().perform(credit(invoice), key="k", expect="")
    assert refused.value.field == "invoice"
    assert stand_in.asked == []


def test_an_invoice_that_is_gone_is_told(stripe: Make) -> None:
    with pytest.raises(NotFound, match="no invoice in_404"):
        stripe().perform(credit("in_404"), key="k", expect="")


def test_the_preview_is_looked_at_by_stripe_and_issues_nothing(stripe: Make, stand_in: Any) -> None:
    invoice = stand_in.bill(7900, paid=7900)
    words = stripe().preview(credit(invoice, amount=1000, reason="Order change"))
    assert words.startswith("POST /v1/credit_notes with amount=1000, email_type=none, ")
    assert "reason=order_change" in words
    assert words.endswith("10.00 EUR of INV-0001 given back outside of Stripe, 69.00 EUR left")
    assert stand_in.asked[-1].url.path == f"{NOTES}/preview"
    assert notes(stand_in) == []


def test_what_only_stripe_knows_shows_in_the_preview(stripe: Make, stand_in: Any) -> None:
    invoice = stand_in.bill(7900, paid=7900)
    there = f"{NOTES}/preview"
    refusal = {"error": {"message": "This invoice has line credits.", "type": "invalid_request_error"}}
    stand_in.answers[there] = [httpx.Response(400, json=refusal)]
    with pytest.raises(Rejected, match="has line credits"):
        stripe().preview(credit(invoice))
    stand_in.answers[there] = [httpx.Response(200, json={"total": 7899})]
    assert stripe().preview(credit(invoice)).endswith("; Stripe makes it 78.99 EUR")
    stand_in.answers[there] = [httpx.Response(200, json=[])]
    with pytest.raises(ProtocolError):
        stripe().preview(credit(invoice))


def test_an_answer_lost_after_the_act_is_in_doubt_and_then_found(stripe: Make, stand_in: Any) -> None:
    invoice = stand_in.bill(7900, paid=7900)
    stand_in.lose.add(NOTES)
    with pytest.raises(OutcomeUnknown):
        stripe().perform(credit(invoice, amount=1000), key="k1", expect="")
    receipt = stripe().confirm("k1")
    assert receipt is not None
    assert [receipt.remote_id] == [note["id"] for note in notes(stand_in)]
    again = stripe().perform(credit(invoice, amount=1000), key="k1", expect="credited:0")
    assert (again.remote_id, len(notes(stand_in))) == (receipt.remote_id, 1)


def test_one_that_never_arrived_is_told_apart(stripe: Make, stand_in: Any) -> None:
    invoice = stand_in.bill(7900, paid=7900)
    stand_in.answers[NOTES] = [httpx.Response(200, json={"data": []}), httpx.ConnectError("no")]
    with pytest.raises(Temporary):
        stripe().perform(credit(invoice, amount=1000), key="k1", expect="")
    assert stripe().confirm("k1") is None


@pytest.mark.parametrize("answer", [httpx.Response(500), httpx.Response(409, json={}), httpx.Response(200, json=[])])
def test_an_answer_that_tells_nothing_leaves_it_in_doubt(stripe: Make, stand_in: Any, answer: httpx.Response) -> None:
    invoice = stand_in.bill(7900, paid=7900)
    stand_in.answers[NOTES] = [httpx.Response(200, json={"data": []}), answer]
    with pytest.raises(OutcomeUnknown):
        stripe().perform(credit(invoice, amount=1000), key="k1", expect="")


def test_decided_on_an_older_state_it_is_a_conflict(stripe: Make, stand_in: Any) -> None:
    invoice = stand_in.bill(7900, paid=7900)
    stripe().perform(credit(invoice, amount=1000), key="k1", expect="credited:0")
    with pytest.raises(Conflict, match=r"69\.00 EUR is left to be credited"):
        stripe().perform(credit(invoice, amount=1000), key="k2", expect="credited:0")
    assert len(notes(stand_in)) == 1


def test_a_key_that_may_not_read_credit_notes_still_settles_its_refunds(stripe: Make, stand_in: Any) -> None:
    stand_in.answers[NOTES] = [httpx.Response(403, json={})]
    assert stripe().confirm("k1") is None


def test_icelandic_crowns_are_sent_as_stripe_wants_them(stripe: Make, stand_in: Any) -> None:
    invoice = stand_in.bill(50000, paid=50000, currency="isk")
    receipt = stripe().perform(credit(invoice, amount=200), key="k", expect="credited:0")
    assert notes(stand_in)[0]["total"] == 20000
    assert receipt.detail.endswith("of 200 ISK")


def test_what_was_issued_comes_back_as_a_credit_note_of_the_order(stripe: Make, stand_in: Any) -> None:
    receipt = stripe().perform(credit(stand_in.bill(7900, paid=7900), amount=1000), key="k", expect="")
    [note] = stripe().fetch([Ref("invoice", receipt.remote_id)]).records
    assert isinstance(note, InvoiceRecord)
    assert (note.kind, note.total, note.status, note.order.number) == ("credit_note", 1000, "paid", "10482")


def test_stripes_own_example_of_a_note_is_read_as_a_receipt(stripe: Make, stand_in: Any) -> None:
    invoice = stand_in.bill(7900, paid=7900)
    note = official("credit_note")
    stand_in.answers[NOTES] = [httpx.Response(200, json={"data": []}), httpx.Response(200, json=note)]
    receipt = stripe().perform(credit(invoice, amount=1690), key="k", expect="")
    assert (receipt.remote_id, receipt.detail) == (note["id"], "credit note ABCD-1234-CN-01 of 16.90 USD")


def test_stripes_own_example_of_an_invoice_may_be_credited(stripe: Make, stand_in: Any) -> None:
    invoice = {**official("invoice"), "status": "open"}
    stand_in.objects["invoices"][invoice["id"]] = invoice
    words = stripe().preview(credit(invoice["id"], amount=400))
    assert words.endswith("4.00 USD of in_1Pgc6tB7WZ01zgkWu9fdqL6I less to pay, 6.00 USD left")
