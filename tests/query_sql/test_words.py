"""Each word of the query language finds what it says, and pays for what it finds."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from shop import BERLIN, Shop, ms, parcel, stock

from connectors.records import Address, CustomerRecord, Identity, InvoiceRecord, LineRecord, OrderRef
from oms_tui.domain.query_completion import complete
from oms_tui.store.query_sql import compile_query
from oms_tui.store.query_words import CATALOGUE, WORDS

if TYPE_CHECKING:
    from connectors.records import OrderRecord


@pytest.fixture
def full(shop: Shop) -> Shop:
    """Four orders as different as they can be."""

    def by(name: str, email: str, phone: str = "") -> CustomerRecord:
        identities = [Identity("email", email)] + ([Identity("phone", phone)] if phone else [])
        return CustomerRecord(f"c-{email}", name=name, identities=tuple(identities))

    orders: list[OrderRecord] = [
        shop.order(
            "10042",
            customer=by("Zoë Çelik", "zoe@firma.example", "+491701234567"),
            email="zoe@firma.example",
            promised_at=shop.now - timedelta(days=3),
            placed_at=shop.now - timedelta(days=9),
            total=90000,
        ),
        shop.order(
            "10043",
            customer=by("Maria Lund", "maria@post.example"),
            email="maria@post.example",
            payment_status="pending",
            lines=(LineRecord("1", "SHADE-L", 1, title="Shade, large"),),
            ship_to=Address(name="Maria Lund", city="Malmö", country="SE"),
        ),
        shop.order("20001", state="closed", fulfillment_status="fulfilled", tags=("gift",)),
        shop.order("20002", currency="JPY", total=7900, fulfillment_status="fulfilled", promised_at=shop.now),
    ]
    invoice = InvoiceRecord(
        "i1",
        "INV-2201",
        OrderRef(remote_id="r10043"),
        "open",
        7900,
        "EUR",
        issued_at=shop.now - timedelta(days=30),
        due_at=shop.now - timedelta(days=10),
    )
    shop.take(stock("LAMP-BLUE", 1), stock("SHADE-L", 4), *orders, parcel("20002"), invoice)
    return shop


FOUND = {
    "number:10042": {"10042"},
    "number:100*": {"10042", "10043"},
    "number:*001": {"20001"},
    "customer:celik": {"10042"},
    "customer:Çelik": {"10042"},
    "customer:lindenweg": set(),
    "customer:mar*": {"10043"},
    "email:zoe@firma.example": {"10042"},
    "email:*@post.example": {"10043"},
    "email:ZOE@firma.example": {"10042"},
    'phone:"+49 170 1234567"': {"10042"},
    "sku:SHADE-L": {"10043"},
    "sku:lamp-blue": {"10042", "20001", "20002"},
    "sku:LAMP*": {"10042", "20001", "20002"},
    "state:closed": {"20001"},
    "-state:closed": {"10042", "10043", "20002"},
    "payment:pending": {"10043"},
    "fulfillment:fulfilled": {"20001", "20002"},
    "stage:awaiting_payment": {"10043"},
    "ship:late": {"10042"},
    "ship:due": {"20002"},
    "stock:short": {"10042"},
    "invoice:overdue": {"10043"},
    "total:>800": {"10042", "20002"},
    "total:79.00": {"10043", "20001"},
    "total:7900": {"20002"},
    "country:SE": {"10043"},
    "tag:gift": {"20001"},
    "tag:GIFT": {"20001"},
    "placed:>5d": {"10042"},
    "promised:today": {"20002"},
    "carrier:dhl": {"20002"},
    "tracking:00340434161094012*": {"20002"},
    "tier:one_off": {"10042", "10043"},
    "has:invoice": {"10043"},
    "is:closed": {"20001"},
    "customer.orders:>1": {"20001", "20002"},
    "customer.spend:>800": {"10042", "20001", "20002"},
    "owner:none": {"10042", "10043", "20001", "20002"},
    "source:shop": {"10042", "10043", "20001", "20002"},
    "source:*": {"10042", "10043", "20001", "20002"},
    "10042": {"10042"},
    "0042": {"10042"},
    "INV-2201": {"10043"},
    "malmo": {"10043"},
    '"shade large"': {"10043"},
    "lindenweg (payment:paid OR payment:pending) -is:closed": {"10042", "20002"},
    "NOT (sku:LAMP* OR sku:SHADE*)": set(),
    "": {"10042", "10043", "20001", "20002"},
}


@pytest.mark.parametrize("query", FOUND)
def test_a_query_finds_these_and_no_others(full: Shop, query: str) -> None:
    assert set(full.found(query)) == FOUND[query]


@pytest.mark.parametrize("query", ['"', "50% [off]", "x' OR 1=1 --", "NEAR(a b)", "a*b\x00c", "col:umn"])
def test_no_text_is_taken_for_sql_or_for_search_syntax(full: Shop, query: str) -> None:
    from oms_tui.domain.query_tree import Term

    tree = Term("text", "=", query)
    compiled = compile_query(tree, now=ms(full.now), zone=BERLIN)
    full.store.cache.execute(f"SELECT count(*) FROM queue_row q WHERE {compiled.sql}", compiled.arguments).fetchone()
    assert "OR 1=1" not in compiled.sql


def test_every_word_has_a_help_and_is_proposed() -> None:
    assert set(CATALOGUE) == set(WORDS)
    assert all(word.help for word in CATALOGUE.values())


def test_the_queue_itself_is_read_from_its_index_without_sorting(full: Shop) -> None:
    for order in (
        "q.priority DESC, q.order_id ASC",
        "q.due_sort ASC, q.order_id ASC",
        "q.due_sort DESC, q.order_id DESC",
    ):
        text = f"EXPLAIN QUERY PLAN SELECT q.number FROM queue_row q WHERE q.is_open = 1 ORDER BY {order} LIMIT 200"
        plan = " ".join(row[-1] for row in full.store.cache.execute(text))
        assert "TEMP B-TREE" not in plan, plan


def test_each_value_of_has_and_is_says_what_it_means() -> None:
    for word in ("has", "is"):
        assert set(CATALOGUE[word].meanings) == set(CATALOGUE[word].values)
    (first, *_) = complete("is:unat", 7, CATALOGUE)
    assert (first.text, first.help) == ("unattended", CATALOGUE["is"].meanings["unattended"])
