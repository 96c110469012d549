"""A credit note in a real Tryton: of the whole invoice, once, whether it is paid or owed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from harness_tryton import TrytonHarness
from tryton_changes import PAY_REST, Shop

from connectors.base import Action, OrderActions
from connectors.errors import NotFound, Rejected
from connectors.records import InvoiceRecord, Ref

if TYPE_CHECKING:
    from pathlib import Path

    from servers.tryton import TrytonServer

pytestmark = pytest.mark.tryton


class Books:
    """The seeded shop and the connector on it."""

    def __init__(self, server: TrytonServer, folder: Path) -> None:
        self.server, self.shop = server, Shop(server)
        harness = TrytonHarness({"tryton": server, "tryton_to_change": server}, folder)
        harness.take_own()  # a server that changes: nothing is answered from memory
        self.tryton: Any = harness.connect()
        assert isinstance(self.tryton, OrderActions)

    def credit(self, invoice: int, key: str, **fields: Any) -> Any:
        return self.tryton.perform(self.action(invoice, **fields), key=key, expect="credited:0")

    def action(self, invoice: int | str, **fields: Any) -> Action:
        return Action("credit_note", Ref("order", "1"), {"invoice": str(invoice), **fields})

    def read(self, remote_id: str) -> InvoiceRecord:
        [record] = self.tryton.fetch([Ref("invoice", remote_id)]).records
        assert isinstance(record, InvoiceRecord)
        return record


@pytest.fixture
def books(tryton_to_change: TrytonServer, tmp_path: Path) -> Books:
    return Books(tryton_to_change, tmp_path)


def test_one_that_is_owed_is_cancelled_by_its_note(books: Books) -> None:
    _, invoice = books.shop.billed()
    before = books.read(str(invoice))
    words = books.tryton.preview(books.action(invoice))
    assert "with its own wizard, which cancels it by a credit note of" in words
    receipt = books.credit(invoice, "owed", amount=before.total, currency=before.currency)
    note = books.read(receipt.remote_id)
    assert (note.kind, note.total, note.credits) == ("credit_note", before.total, str(invoice))
    assert receipt.detail.startswith(f"credit note {note.number} of ")
    assert books.read(str(invoice)).status in {"void", "paid"}


def test_of_one_that_is_paid_the_note_is_posted_and_nothing_is_paid_out(books: Books) -> None:
    _, invoice = books.shop.billed()
    books.server.run(PAY_REST, json.dumps(invoice))
    receipt = books.credit(invoice, "paid", money="outside")
    note = books.read(receipt.remote_id)
    assert (note.kind, note.raw_status, note.credits) == ("credit_note", "posted", str(invoice))
    assert books.read(str(invoice)).status == "paid"


def test_a_draft_that_a_lost_answer_left_is_posted_and_not_made_again(books: Books) -> None:
    _, invoice = books.shop.billed()
    books.server.run(PAY_REST, json.dumps(invoice))
    books.shop.credit_draft(invoice)
    books.credit(invoice, "again")
    assert books.shop.credited(invoice) == 1


def test_what_tryton_does_not_do_is_refused_before_anything_is_written(books: Books) -> None:
    _, invoice = books.shop.billed()
    for fields, field in (({"amount": 1}, "amount"), ({"currency": "USD"}, "currency"), ({"money": "refund"}, "money")):
        with pytest.raises(Rejected) as refused:
            books.credit(invoice, f"no {field}", **fields)
        assert refused.value.field == field
    assert books.shop.credited(invoice) == 0
    with pytest.raises(NotFound):
        books.tryton.preview(books.action("in_1"))
    books.credit(invoice, "first")
    with pytest.raises(Rejected, match=r"was credited already|is cancelled"):
        books.tryton.perform(books.action(invoice), key="second", expect="")
    assert books.shop.credited(invoice) == 1
