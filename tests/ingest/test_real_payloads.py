"""What real systems sent, through the connectors' own readers into a cache."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from feeding import order

from connectors.base import TrackingRef
from connectors.carriers.easypost_trackers import tracking_record
from connectors.invoicing.stripe_records import Reader
from oms_tui.store.reads.health import quarantined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feeding import Desk

PAYLOADS = Path(__file__).parents[2].parent / "shared" / "corpus" / "payloads"


def stripe(name: str) -> dict[str, Any]:
    path = PAYLOADS / "stripe" / f"{name}.json"
    if not path.is_file():
        pytest.skip(f"Stripe's official fixtures are not at {PAYLOADS}")
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def recorded_trackers() -> Iterator[dict[str, Any]]:
    """Every tracker in EasyPost's recorded traffic."""
    folders = [folder for folder in (PAYLOADS / "easypost", PAYLOADS / "easypost-ruby") if folder.is_dir()]
    if not folders:
        pytest.skip(f"EasyPost's recorded traffic is not at {PAYLOADS}")
    for path in sorted(path for folder in folders for path in folder.glob("*.json")):
        yield from _trackers(json.loads(path.read_text()))


def _trackers(found: Any) -> Iterator[dict[str, Any]]:
    if isinstance(found, dict) and found.get("object") == "Tracker" and found.get("tracking_code"):
        yield found
    for part in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
        yield from _trackers(part)


def test_stripes_objects_land_and_join_by_metadata_payment_and_invoice(desk: Desk) -> None:
    reader = Reader(("order_id", "order_number", "order"))
    charge = reader.payment(stripe("charge") | {"metadata": {"order_number": "1042"}})
    refund = reader.refund(stripe("refund"))
    invoice = reader.invoice(stripe("invoice") | {"metadata": {"order": "1042"}})
    note = reader.credit_note(stripe("credit_note"))
    took = desk.feed("books", refund, note, invoice, charge)
    desk.feed("shop", order("1042"))

    assert (took.records, took.quarantined) == (4, 0)
    assert desk.order_of("payments", charge.remote_id) == "shop:1042"
    assert desk.order_of("refunds", refund.remote_id) == "shop:1042"
    assert desk.order_of("invoices", invoice.remote_id) == "shop:1042"
    assert desk.order_of("invoices", note.remote_id) is None, "it is of another invoice"


def test_every_recorded_parcel_lands_and_says_the_same_when_it_is_asked_again(desk: Desk) -> None:
    records = [
        tracking_record(tracker, TrackingRef("", tracker["tracking_code"], tracker["id"]))[0]
        for tracker in recorded_trackers()
    ]
    took = desk.feed("parcels", *records)
    assert took.records == len(records) > 10
    assert quarantined(desk.store) == []
    numbers = {record.tracking_number for record in records}
    assert {number for (number,) in desk.rows("SELECT tracking_number FROM trackers")} == numbers

    before = desk.content()
    desk.feed("parcels", *records)
    assert desk.content() == before
