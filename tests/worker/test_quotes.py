"""Figures a reply quotes: old ones are read again before it leaves, and what changed stops it with both values."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from connectors.errors import Temporary
from connectors.records import InvoiceRecord, OrderRef, Page, StockRecord
from oms_tui.config import load
from oms_tui.desk import open_session
from oms_tui.sync.guard_quotes import QuoteCheck
from oms_tui.sync.ingest import ingest_page
from oms_tui.sync.sources_open import SourceBox
from oms_tui.sync.worker import run_once

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Desk
    from servers.scripted_shop import Script

    from oms_tui.store.session import Session

NOW = 1_790_000_000_000
HOUR = 3_600_000
NUMBER = "00340434161094015902"
MORE = """
[sources.shop]
kind = "scripted_shop"
[sources.parcels]
kind = "scripted_carrier"
[stale]
tracking = "6h"
stock = "1h"
invoices = "6h"
orders = "1h"
"""


class Quoting:
    """A desk whose order 42 has a parcel under way."""

    def __init__(self, desk: Desk, shops: dict[str, Script], session: Session, check: QuoteCheck) -> None:
        self.desk, self.shop, self.parcels, self.session, self.check = (
            desk,
            shops["shop"],
            shops["parcels"],
            session,
            check,
        )

    def send(self, *quotes: dict[str, Any], **more: Any) -> tuple[str, list[str]]:
        key = self.desk.reply(quotes=json.dumps(quotes), **more)
        self.desk.runner(quotes=self.check.stops).tick(NOW)
        return self.desk.state(key), [stop["words"] for stop in self.desk.guard(key) if stop["kind"] == "stale"]


def parcel(hours: float | None, **said: Any) -> dict[str, Any]:
    read_at = None if hours is None else NOW - int(hours * HOUR)
    said = {"status": "in_transit", "reason": "", "delayed": False, "estimated_delivery_at": None} | said
    return {
        "group": "tracking", "source": "parcels", "source_id": "x", "ref": NUMBER, "carrier": "dhl", "said": said,
        "read_at": read_at,
    }  # fmt: skip


@pytest.fixture
def quoting(desk: Desk, shops: dict[str, Script]) -> Iterator[Quoting]:
    path = desk.folder / "config.toml"
    path.write_text(path.read_text("utf-8") + MORE, "utf-8")
    shops["shop"].order("42")
    shops["shop"].parcel("42", NUMBER)
    shops["parcels"].parcels[NUMBER] = "in_transit"
    config = load(path)
    session = open_session(config, agent="ana", clock=lambda: NOW)
    run_once(config, session)
    boxes = {name: SourceBox(config, name) for name in config.sources}
    check = QuoteCheck(session, boxes, threading.Lock())
    shops["parcels"].tracked.clear()
    shops["shop"].calls.clear()
    yield Quoting(desk, shops, session, check)
    session.store.close()


def test_fresh_figures_are_not_asked_about(quoting: Quoting) -> None:
    assert quoting.send(parcel(5)) == ("filed", [])
    assert quoting.parcels.tracked == []


def test_old_figures_that_still_hold_let_the_reply_leave(quoting: Quoting) -> None:
    assert quoting.send(parcel(7)) == ("filed", [])
    assert [ref.tracking_number for ref in quoting.parcels.tracked] == [NUMBER]


@pytest.mark.parametrize("hours", [7, None])
def test_a_parcel_that_was_delivered_meanwhile_stops_it(quoting: Quoting, hours: float | None) -> None:
    quoting.parcels.parcels[NUMBER] = "delivered"
    state, words = quoting.send(parcel(hours))
    assert state == "blocked"
    assert words == [f"the parcel {NUMBER} has changed: status was in transit, is delivered"]


def test_a_person_may_send_it_all_the_same(quoting: Quoting) -> None:
    quoting.parcels.parcels[NUMBER] = "delivered"
    assert quoting.send(parcel(7), overrides='["stale"]') == ("filed", [])


def test_a_carrier_out_of_reach_stops_it_with_the_age(quoting: Quoting) -> None:
    quoting.parcels.fault = Temporary("nobody answers")
    state, words = quoting.send(parcel(7))
    assert state == "blocked"
    assert words == [f"the parcel {NUMBER}: what the reply says is 7 h old and cannot be read again: nobody answers"]


def test_a_source_that_left_the_config_cannot_be_asked(quoting: Quoting) -> None:
    state, words = quoting.send(parcel(7) | {"source": "gone"})
    assert state == "blocked"
    assert "not in the config" in words[0]


def test_a_carrier_that_does_not_know_the_parcel_any_more_counts_as_changed_or_not_as_the_cache_says(
    quoting: Quoting,
) -> None:
    quoting.parcels.parcels.clear()
    assert quoting.send(parcel(7)) == ("filed", [])


def test_an_order_is_read_again_by_its_id(quoting: Quoting) -> None:
    said = {"state": "open", "payment_status": "pending", "fulfillment_status": "unfulfilled"}
    quote = {
        "group": "orders",
        "source": "shop",
        "source_id": "42",
        "ref": "42",
        "said": said,
        "read_at": NOW - 2 * HOUR,
    }
    quoting.shop.order("42", told=False, payment_status="paid")
    state, words = quoting.send(quote)
    assert state == "blocked"
    assert words == ["the order 42 has changed: payment status was pending, is paid"]
    assert quoting.shop.calls == ["fetch"]


def test_an_order_that_is_gone_stops_it(quoting: Quoting) -> None:
    del quoting.shop.orders["42"]
    quote = {"group": "orders", "source": "shop", "source_id": "42", "ref": "42", "said": {}, "read_at": NOW - 2 * HOUR}
    state, words = quoting.send(quote)
    assert state == "blocked"
    assert "no longer has it" in words[0]


def test_stock_is_compared_over_its_locations(quoting: Quoting) -> None:
    levels: list[Any] = [StockRecord("LAMP", "north", 10, committed=2), StockRecord("LAMP", "south", 5)]
    ingest_page(quoting.session.store, "shop", "stock", Page(levels), now=NOW)
    quote: dict[str, Any] = {"group": "stock", "source": "shop", "source_id": "LAMP", "ref": "LAMP"}
    quote |= {"read_at": NOW - 2 * HOUR}
    assert quoting.send(quote | {"said": {"available": 13, "expected_at": None}}) == ("filed", [])
    state, words = quoting.send(quote | {"said": {"available": 14, "expected_at": NOW}}, created_at=NOW + 1)
    assert state == "blocked"
    assert words == ["the stock of LAMP has changed: available was 14, is 13; expected was 2026-09-21, is none"]


def test_an_invoice_that_was_paid_meanwhile(quoting: Quoting) -> None:
    invoice = InvoiceRecord("in_1", "INV-2201", OrderRef(remote_id="42"), "paid", 7900, "EUR", paid=7900)
    ingest_page(quoting.session.store, "shop", "invoices", Page([invoice]), now=NOW)
    said = {"status": "open", "paid": 0, "total": 7900}
    quote = {"group": "invoices", "source": "shop", "source_id": "42", "ref": "INV-2201", "said": said}
    state, words = quoting.send(quote | {"read_at": NOW - 7 * HOUR})
    assert state == "blocked"
    assert words == ["the invoice INV-2201 has changed: status was open, is paid; paid was 0, is 7900"]


def test_a_source_that_is_being_read_for_long_is_not_waited_for(
    quoting: Quoting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oms_tui.sync.guard_quotes._BUSY_SECONDS", 0.05)
    box = quoting.check._boxes["parcels"]
    held, let_go = threading.Event(), threading.Event()

    def reads() -> None:
        with box.working:
            held.set()
            let_go.wait(10)

    thread = threading.Thread(target=reads)
    thread.start()
    held.wait(5)
    state, words = quoting.send(parcel(7))
    let_go.set()
    thread.join()
    assert state == "blocked"
    assert "is being read just now" in words[0]
