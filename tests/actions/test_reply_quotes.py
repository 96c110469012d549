"""Which figures a reply quotes: by number, by word, by the macro it began as; and which of them are old."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from actions.acting import BERLIN, HOURS, blank

from oms_tui.actions.reply_quotes import quotes_in, stale_quotes
from oms_tui.domain.policy import DeskPolicy
from oms_tui.store.shapes import InvoiceView, LineView, OrderView, QueueItem, ShipmentView, StockView

HOUR = 3_600_000


@pytest.fixture
def order() -> OrderView:
    parcel = {"source": "erp", "source_id": "s1", "carrier": "dhl", "tracking_source": "parcels", "synced_at": 5}
    return blank(
        OrderView,
        item=blank(QueueItem, source="erp", remote_id="7", number="10482", state="open", payment_status="paid"),
        synced_at=9,
        shipments=(
            blank(ShipmentView, **parcel, tracking_number="0034043416094", status="in_transit", tracked_at=1 * HOUR),
            blank(ShipmentView, **parcel, tracking_number="1Z999AA10123", status="delivered", tracked_at=2 * HOUR),
        ),
        invoices=(
            blank(
                InvoiceView,
                source="books",
                source_id="in_1",
                kind="invoice",
                number="INV-2201",
                status="open",
                total=8900,
            ),
        ),
        lines=(
            blank(
                LineView,
                sku="LAMP-BLUE",
                title="Blue lamp",
                short=1,
                stock=(
                    blank(StockView, source="depot", sku="LAMP-BLUE", location="A", available=2, synced_at=3 * HOUR),
                    blank(StockView, source="depot", sku="LAMP-BLUE", location="B", available=-1, synced_at=2 * HOUR),
                ),
            ),
            blank(LineView, sku="SHADE-L", title="Shade", stock=(blank(StockView, source="depot", sku="SHADE-L"),)),
        ),
    )


def refs(order: OrderView, text: str, macro: str = "") -> list[tuple[str, str]]:
    return [(quote.group, quote.ref) for quote in quotes_in(order, text, macro_source=macro)]


@pytest.mark.parametrize("text", ["Thank you, we look into it.", "Dear Jan, good news!", ""])
def test_a_letter_without_figures_quotes_nothing(order: OrderView, text: str) -> None:
    assert refs(order, text) == []


def test_a_tracking_number_is_a_quote_of_that_parcel_however_it_is_spaced(order: OrderView) -> None:
    assert refs(order, "It is 0034 0434 16094.") == [("tracking", "0034043416094")]


def test_words_of_a_parcels_state_are_a_quote_of_it(order: OrderView) -> None:
    assert refs(order, "Your parcel is in transit.") == [("tracking", "0034043416094")]
    assert refs(order, "Your parcel is held by customs.") == [("tracking", "0034043416094")]


def test_a_tracking_quote_says_what_was_said_by_whom_and_when(order: OrderView) -> None:
    [quote] = quotes_in(order, "0034043416094")
    assert quote.as_json() == {
        "group": "tracking",
        "source": "parcels",
        "source_id": "s1",
        "ref": "0034043416094",
        "said": {"status": "in_transit", "reason": "", "delayed": False, "estimated_delivery_at": None},
        "read_at": HOUR,
        "carrier": "dhl",
    }


def test_an_invoice_is_quoted_by_number_or_by_word(order: OrderView) -> None:
    for text in ("See INV-2201.", "Your invoice is overdue."):
        assert refs(order, text) == [("invoices", "INV-2201")]


def test_stock_is_quoted_where_the_text_speaks_of_it(order: OrderView) -> None:
    [quote] = quotes_in(order, "The blue lamp is back in on Friday.")
    assert (quote.group, quote.ref, quote.said["available"], quote.read_at) == ("stock", "LAMP-BLUE", 1, 2 * HOUR)
    assert refs(order, "You ordered the blue lamp.") == []


def test_what_is_said_of_the_order_itself_is_a_quote(order: OrderView) -> None:
    [quote] = quotes_in(order, "Your order is cancelled.")
    assert (quote.group, quote.ref, quote.said["state"]) == ("orders", "10482", "open")


@pytest.mark.parametrize(
    ("macro", "expected"),
    [
        ("{{ parcel.url }}", {"tracking"}),
        ("{% if delay %}late{% endif %}", {"tracking"}),
        ("{{ invoice.open }}", {"invoices"}),
        ("{{ stock.expected_at | date }}", {"stock"}),
        ("{% for line in lines %}{{ line.available }}{% endfor %}", {"stock"}),
        ("{% for line in lines %}{{ line.title }}{% endfor %}", set()),
        ("Dear {{ customer.name }}", set()),
        ("{{ broken", set()),
    ],
)
def test_what_the_macro_asks_for_counts_as_quoted(order: OrderView, macro: str, expected: set[str]) -> None:
    assert {group for group, _ in refs(order, "Dear Jan", macro)} == expected


@pytest.mark.parametrize(("now", "stale"), [(7 * HOUR, False), (7 * HOUR + 1, True)])
def test_a_figure_is_old_after_the_desks_own_time(order: OrderView, now: int, *, stale: bool) -> None:
    policy = DeskPolicy(BERLIN, HOURS, stale={"tracking": timedelta(hours=6)})
    assert bool(stale_quotes(quotes_in(order, "0034043416094"), policy, now)) is stale


def test_a_figure_of_unknown_age_is_old_and_a_group_without_a_rule_never_is(order: OrderView) -> None:
    from dataclasses import replace

    [quote] = quotes_in(order, "0034043416094")
    policy = DeskPolicy(BERLIN, HOURS, stale={"tracking": timedelta(hours=6)})
    unknown: Any = replace(quote, read_at=None)
    assert stale_quotes([unknown], policy, 0) == [unknown]
    assert stale_quotes([quote], DeskPolicy(BERLIN, HOURS), 10**15) == []
