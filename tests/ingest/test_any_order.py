"""Whatever comes first, and however often: the same records end in the same cache."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from feeding import Desk, customer, day, order, parcel, scan
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.records import (
    InvoiceRecord,
    OrderRef,
    PaymentRecord,
    PurchaseOrderRecord,
    RefundRecord,
    ShipmentRecord,
    StockRecord,
)
from oms_tui.store.workspace import Workspace

if TYPE_CHECKING:
    import random

    from connectors.records import Record

SOURCES = ("shop", "outlet", "books")
NUMBERS = ("1042", "1043", "SO-9")
IDS = ("1", "2", "pi_3MtwBw", "in_5Hb77c", "INV-2201")
PARCELS = ("00340434161094021501", "JJD000390007882123")

ids, numbers = st.sampled_from(IDS), st.sampled_from(NUMBERS)
maybe_id, maybe_number = st.sampled_from(("", *IDS)), st.sampled_from(("", *NUMBERS))
days = st.sampled_from((-400, -30, 0, 1, 5))
refs = st.builds(OrderRef, maybe_id, maybe_number, st.sampled_from(("", "", "shop")), maybe_id)

records = st.one_of(
    st.builds(
        lambda number, remote_id, at, references, known: order(
            number,
            remote_id=remote_id,
            placed_at=day(at),
            references=references,
            customer=customer() if known else None,
        ),
        numbers,
        ids,
        days,
        st.lists(ids, max_size=2, unique=True).map(tuple),
        st.booleans(),
    ),
    st.builds(lambda i, ref: PaymentRecord(i, ref, "settled", 100, "EUR", created_at=day(1)), ids, refs),
    st.builds(lambda i, ref, of: RefundRecord(i, ref, "settled", 100, "EUR", payment=of), ids, refs, maybe_id),
    st.builds(
        lambda i, number, ref, of: InvoiceRecord(i, number, ref, "open", 100, "EUR", purchase_order=of),
        ids,
        ids,
        refs,
        st.sampled_from(("", "PO-77")),
    ),
    st.builds(lambda i, ref: PurchaseOrderRecord(i, "PO-77", "Lamps Ltd", ref), ids, refs),
    st.builds(
        lambda i, ref, number, at: ShipmentRecord(
            i, ref, "dhl", number, "shipped", shipped_at=day(at), delivered_at=day(at + 2)
        ),
        ids,
        refs,
        st.sampled_from(PARCELS),
        days,
    ),
    st.builds(
        lambda number, at, ref: parcel(
            number, scan(day(at)), scan(day(at + 2), "delivered"), order=ref, remote_id=str(at)
        ),
        st.sampled_from(PARCELS),
        days,
        st.none() | refs,
    ),
    st.builds(
        lambda sku, amount: StockRecord(sku, "Hall 1", amount), st.sampled_from(("LAMP", "CHAIR")), st.integers(0, 3)
    ),
    st.builds(lambda name: customer(name=name, updated_at=day(2)), st.sampled_from(("Jan Kowal", "J. Kowal"))),
)


def name_of(source: str, record: Record) -> tuple[str, ...]:
    """What a later version of the record would replace; a carrier's number has only one teller."""
    kind = type(record).__name__
    if kind == "StockRecord":
        return source, kind, record.sku  # type: ignore[union-attr]  # told by the line above
    if kind == "TrackingRecord":
        return kind, record.tracking_number, record.remote_id  # type: ignore[union-attr]  # likewise
    return source, kind, record.remote_id  # type: ignore[union-attr]  # likewise


def cache_of(pages: list[tuple[str, list[Record]]]) -> tuple[dict[str, list[tuple[object, ...]]], dict[str, set[str]]]:
    """The cache that the pages make, and what search finds in it."""
    with tempfile.TemporaryDirectory() as folder, Workspace(Path(folder)) as store:
        desk = Desk(store)
        for source, page in pages:
            desk.feed(source, *page)
        everything = {word: desk.found(word) for word in ("kowal", "3404*", "0034*", "jjd*", "2201", "lamp")}
        return desk.content(), everything


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(SOURCES), records), max_size=14), st.randoms(use_true_random=False))
def test_any_order_of_pages_ends_in_the_same_cache(told: list[tuple[str, Record]], chance: random.Random) -> None:
    once = {
        name_of("dhl" if type(record).__name__ == "TrackingRecord" else source, record): (source, record)
        for source, record in told
    }
    facts = [
        ("dhl", record) if type(record).__name__ == "TrackingRecord" else (source, record)
        for source, record in once.values()
    ]
    whole: dict[str, list[Record]] = {}
    for source, record in facts:
        whole.setdefault(source, []).append(record)
    shuffled = facts + chance.sample(facts, len(facts) // 2)  # some come again
    chance.shuffle(shuffled)

    at_once, found = cache_of(list(whole.items()))
    bit_by_bit, found_then = cache_of([(source, [record]) for source, record in shuffled])
    for table, rows in at_once.items():
        assert bit_by_bit[table] == rows, table
    assert found_then == found
