"""Credit notes: never more than is left, once, and into the books with the note's id on the order's timeline."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from actions.acting import order
from servers.stand_in_stripe import KEY, StandIn

from connectors.base import Account
from connectors.invoicing.stripe import Stripe
from connectors.records import InvoiceRecord, OrderRef
from oms_tui.actions.run import settle
from oms_tui.store.reads.outbox import outbox
from oms_tui.store.writes.source_actions import declare
from oms_tui.store.writes.undo import undo
from oms_tui.sync.ingest import ingest_page
from oms_tui.sync.outbox_actions import ASK_FOR_MS, ActionRunner

if TYPE_CHECKING:
    from pathlib import Path

    from actions.acting import World

    from oms_tui.actions.base import Done

REF = OrderRef(source="shop", remote_id="r1042")


def bill(remote_id: str = "in_1", status: Any = "paid", **fields: Any) -> InvoiceRecord:
    paid = 8900 if status == "paid" else 0
    return InvoiceRecord(remote_id, f"INV-{remote_id[3:]}", REF, status, 8900, "EUR", **{"paid": paid, **fields})


def note(total: int, credits_: str = "in_1", status: Any = "paid") -> InvoiceRecord:
    name = f"cn_{total}"
    return InvoiceRecord(name, name, REF, status, total, "EUR", kind="credit_note", credits=credits_)


@pytest.fixture
def shop(world: World) -> World:
    """An order of 89.00, invoiced and paid in books that can credit."""
    world.orders(order())
    declare(world.session.store.cache, "books", ("refund", "credit_note"))
    world.feed("books", bill())
    return world


def credit(world: World, **fields: object) -> Done:
    return world.do("credit_note", "1042", **fields)[0]


def payload(world: World) -> dict[str, Any]:
    [item] = outbox(world.session.store)
    return json.loads(world.row(item.id)["payload"])


def test_it_is_asked_of_the_books_that_wrote_the_invoice(shop: World) -> None:
    done = credit(shop, amount="10", reason="order change")
    assert (done.result, done.why) == ("queued", "credit €10.00 of INV-1: order change: books is asked")
    [item] = outbox(shop.session.store)
    assert shop.row(item.id)["account"] == "books"
    assert payload(shop) == {
        "action": "credit_note",
        "fields": {
            "invoice": "in_1",
            "number": "INV-1",
            "amount": 1000,
            "currency": "EUR",
            "reason": "order change",
            "money": "outside",
            "order": "1042",
        },
        "expect": "credited:0",
    }


def test_never_more_than_the_invoice_less_what_was_credited(shop: World) -> None:
    shop.feed("books", note(3000), note(500, status="void"), note(200, ""))  # the last does not say of which
    assert credit(shop, amount="57.01").why == "€57.01 cannot be credited: at most €57.00 is left of INV-1"
    assert credit(shop).why == "credit €57.00 of INV-1: books is asked"
    assert payload(shop)["expect"] == "credited:3200"


def test_of_one_that_is_owed_no_more_than_is_still_to_be_paid(shop: World) -> None:
    shop.feed("books", bill(status="partially_paid", paid=5000))
    assert credit(shop, amount="39.01", money="refund").result == "refused"
    assert credit(shop, amount="39", money="refund").result == "queued"
    assert payload(shop)["fields"]["money"] == "", "of what was never paid nothing can be given back"


def test_a_second_part_counts_the_first_that_is_still_on_its_way(shop: World) -> None:
    credit(shop, amount="50", reason="one")
    assert credit(shop, amount="40", reason="two").result == "refused"
    assert credit(shop, amount="39", reason="two").result == "queued"
    assert credit(shop, amount="1").why == "all of it is being credited already"


def test_pressed_twice_it_is_one(shop: World) -> None:
    for _ in range(2):
        assert credit(shop, amount="4.90", reason="shipping").result == "queued"
    assert len(outbox(shop.session.store)) == 1


def test_the_newest_invoice_unless_another_is_named(shop: World) -> None:
    early, late = (datetime(2026, 11, day, tzinfo=UTC) for day in (1, 20))
    shop.feed("books", bill(issued_at=early), bill("in_2", issued_at=late))
    assert credit(shop, amount="1").why == "credit €1.00 of INV-2: books is asked"
    assert credit(shop, amount="1", invoice="INV-1").why == "credit €1.00 of INV-1: books is asked"
    assert credit(shop, amount="1", invoice="INV-9").why == (
        "there is no invoice 'INV-9' to credit: there is INV-2, INV-1"
    )


def test_why_not(world: World) -> None:
    world.orders(order())
    nothing = "there is nothing to credit: no invoice is in force, or all of it was credited"
    assert credit(world).why == nothing
    world.feed("books", bill(status="draft"))
    assert credit(world).why == nothing
    world.feed("books", bill())
    elsewhere = "books cannot credit from here: do it in books itself, it shows here after the next sync"
    assert credit(world).why == elsewhere
    declare(world.session.store.cache, "books", ("credit_note",))
    world.feed("books", note(8900))
    assert credit(world).why == nothing


def test_the_preview_says_what_becomes_of_the_money_and_asks_nobody(shop: World) -> None:
    for money, becomes in (("outside", "no money moves"), ("refund", "the money is paid back with it")):
        [done] = shop.do("credit_note", "1042", preview=True, amount="10", money=money)
        assert (done.result, done.why) == (
            "previewed",
            f"would ask books to credit €10.00 of INV-1; {becomes}, €79.00 would be left",
        )
    assert outbox(shop.session.store) == ()


def test_within_the_undo_window_it_is_taken_back(shop: World) -> None:
    credit(shop)
    undo(shop.session)
    settle(shop.session)
    assert outbox(shop.session.store) == ()
    assert credit(shop).result == "queued"


class Books:
    """Stripe behind the desk: what is in the outbox leaves for it, what it has comes in."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.server = StandIn(datetime.fromtimestamp(world.clock.now / 1000, UTC))
        settings = {"key": KEY, "order_reference": ["order_number"], "url": "https://api.stripe.com"}
        options = {"transport": httpx.MockTransport(self.server.handle), "clock": self.now}
        self.stripe = Stripe(Account("books", settings, folder, options))
        declare(world.session.store.cache, "books", self.stripe.manifest.actions)
        self.runner = ActionRunner(world.session, {"books": self.stripe})

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.world.clock.now / 1000, UTC)

    def leave(self, **later: float) -> None:
        self.world.clock.pass_(**later)
        self.runner.tick(self.world.clock.now)

    def sync(self) -> None:
        for stream in ("invoices", "credit_notes"):
            for page in self.stripe.changed(stream, None, until=self.now()):
                ingest_page(self.world.session.store, "books", stream, page, now=self.world.clock.now)
        self.world.derive()

    def notes(self) -> list[str]:
        return list(self.server.objects["credit_notes"])


@pytest.fixture
def books(world: World, tmp_path: Path) -> Books:
    world.orders(order())
    made = Books(world, tmp_path)
    made.server.bill(8900, paid=8900, order="1042")
    made.sync()
    return made


def told(world: World) -> list[tuple[str, str]]:
    return [(each.source, each.summary) for each in world.view("1042").timeline if each.kind == "credit_note_issued"]


def test_it_reaches_the_books_and_its_id_stands_on_the_timeline(books: Books, world: World) -> None:
    assert credit(world, amount="10", reason="order change").result == "queued"
    books.leave()
    assert books.notes() == [], "the undo window is open"
    books.leave(minutes=1)
    [remote_id] = books.notes()
    [(_, summary)] = told(world)
    assert summary == f"ana: credit note done at books: credit note INV-0001-CN-01 of 10.00 EUR ({remote_id})"
    books.sync()
    [came] = [each for each in world.view("1042").invoices if each.kind == "credit_note"]
    assert (came.source_id, came.total, came.status) == (remote_id, 1000, "paid")
    assert credit(world, amount="79.01").result == "refused", "ten are credited now"


def test_an_answer_that_is_lost_makes_one(books: Books, world: World) -> None:
    credit(world, amount="10")
    books.server.lose.add("/v1/credit_notes")
    books.leave(minutes=1)
    assert len(books.notes()) == 1
    [item] = outbox(world.session.store)
    assert item.state == "sending"
    books.leave(seconds=ASK_FOR_MS / 2000)
    assert world.row(item.id)["state"] == "filed"
    assert len(books.notes()) == 1
    assert len(told(world)) == 1


def test_one_that_never_arrived_is_issued_later_and_once(books: Books, world: World) -> None:
    credit(world, amount="10")
    books.server.answers["/v1/credit_notes"] = [
        httpx.Response(200, json={"data": []}),
        httpx.ConnectError("no route to host"),
    ]
    books.leave(minutes=1)
    assert books.notes() == []
    books.leave(minutes=5)
    books.leave(minutes=5)
    assert len(books.notes()) == 1


def test_credited_by_somebody_else_meanwhile_it_is_not_forced(books: Books, world: World) -> None:
    credit(world, amount="10")
    [invoice] = books.server.objects["invoices"].values()
    invoice["post_payment_credit_notes_amount"] = 100
    books.leave(minutes=1)
    [item] = outbox(world.session.store)
    assert item.state == "failed"
    assert "INV-0001 was credited in the meantime, 88.00 EUR is left to be credited" in item.error
    assert books.notes() == []
