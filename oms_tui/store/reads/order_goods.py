"""What was ordered and where it is: lines with stock, parcels with scans, orders of ours to vendors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from oms_tui.domain.vocabulary import TrackingStatus
from oms_tui.store.reads.select import Values, rows
from oms_tui.store.rows import marks
from oms_tui.store.shapes import LineView, PurchaseView, ScanView, ShipmentView, StockView

if TYPE_CHECKING:
    from oms_tui.store.driver import Connection

_SCANS = 60
"""Scans read of one parcel: what a screen can show; a parcel that has more is told by its newest."""


def lines(cache: Connection, order_id: int) -> tuple[LineView, ...]:
    """The order's lines in its own order, each with the stock of its product at every location."""
    found = rows(cache, "order_lines", "order_id=?", (order_id,), "position")
    stock = _stock(cache, sorted({row["sku"] for row in found if row["sku"]}))
    lacking = dict(cache.execute("SELECT sku, short FROM demand WHERE order_id=?", (order_id,)))
    views = []
    for row in found:
        # Two lines of one product share what it lacks: the later line goes short first, as pickers would have it.
        wanted = max(0, row["quantity"] - row["fulfilled"])
        behind = sum(
            max(0, other["quantity"] - other["fulfilled"])
            for other in found
            if other["sku"] == row["sku"] and other["position"] > row["position"]
        )
        views.append(
            LineView(
                position=row["position"],
                remote_id=row["remote_id"],
                sku=row["sku"],
                gtin=row["gtin"],
                title=row["title"],
                quantity=row["quantity"],
                unit_price=row["unit_price"],
                fulfilled=row["fulfilled"],
                short=min(wanted, max(0, lacking.get(row["sku"], 0) - behind)),
                stock=stock.get(row["sku"], ()),
            )
        )
    return tuple(views)


def _stock(cache: Connection, skus: list[str]) -> dict[str, tuple[StockView, ...]]:
    found: dict[str, tuple[StockView, ...]] = {}
    if not skus:
        return found
    for row in rows(cache, "stock_levels", f"sku IN ({marks(len(skus))})", skus, "sku, location"):
        view = StockView(
            source=row["source"],
            sku=row["sku"],
            location=row["location"],
            on_hand=row["on_hand"],
            committed=row["committed"],
            available=row["on_hand"] - row["committed"],
            incoming=row["incoming"],
            expected_at=row["expected_at"],
            bin=row["bin"],
            synced_at=row["synced_at"],
        )
        found[view.sku] = (*found.get(view.sku, ()), view)
    return found


def shipments(cache: Connection, order_id: int) -> tuple[ShipmentView, ...]:
    """The order's parcels, the newest first, each with what its carrier says."""
    found = rows(cache, "shipments", "order_id=?", (order_id,), "coalesce(shipped_at, recorded_at) DESC, id")
    numbers = [row["tracker_id"] for row in found if row["tracker_id"] is not None]
    trackers = {
        row["id"]: row
        for row in (rows(cache, "trackers", f"id IN ({marks(len(numbers))})", numbers) if numbers else ())
    }
    return tuple(_shipment(cache, row, trackers.get(row["tracker_id"])) for row in found)


def _shipment(cache: Connection, row: Values, tracker: Values | None) -> ShipmentView:
    told: Values = tracker or {}
    return ShipmentView(
        source=row["source"],
        source_id=row["remote_id"],
        carrier=row["carrier"] or told.get("carrier", ""),
        tracking_number=row["tracking_number"],
        state=row["state"],
        status=told.get("status", TrackingStatus.UNKNOWN),
        service=row["service"],
        location=row["location"],
        shipped_at=row["shipped_at"],
        delivered_at=row["delivered_at"],
        delayed=bool(told.get("delayed")),
        reason=told.get("reason", ""),
        raw_code=told.get("raw_code", "") or row["raw_status"],
        raw_text=told.get("raw_text", ""),
        estimated_delivery_at=told.get("estimated_delivery_at"),
        tracking_url=row["tracking_url"] or told.get("tracking_url", ""),
        tracking_source=told.get("source", ""),
        lines=pairs(row["lines"]),
        events=_scans(cache, tracker["id"]) if tracker else (),
        synced_at=row["synced_at"],
        tracked_at=told.get("synced_at"),
    )


def _scans(cache: Connection, tracker_id: int) -> tuple[ScanView, ...]:
    found = rows(cache, "tracking_events", "tracker_id=?", (tracker_id,), f"occurred_at DESC LIMIT {_SCANS}")
    return tuple(
        ScanView(
            occurred_at=row["occurred_at"],
            offset_minutes=row["offset_minutes"],
            status=row["status"],
            text=row["text"],
            location=row["location"],
            reason=row["reason"],
            raw_code=row["raw_code"],
        )
        for row in found
    )


def purchases(cache: Connection, order_id: int) -> tuple[PurchaseView, ...]:
    """Orders to vendors that this order caused."""
    return tuple(
        PurchaseView(
            source=row["source"],
            source_id=row["remote_id"],
            number=row["number"],
            vendor=row["vendor"],
            request_status=row["request_status"],
            drop_ship=bool(row["drop_ship"]),
            lines=pairs(row["lines"]),
            ordered_at=row["ordered_at"],
            expected_at=row["expected_at"],
            reason=row["reason"],
            synced_at=row["synced_at"],
        )
        for row in rows(cache, "purchase_orders", "order_id=?", (order_id,), "coalesce(ordered_at, recorded_at)")
    )


def pairs(text: str) -> tuple[tuple[str, int], ...]:
    """(sku, quantity) of each line, from the JSON a parcel or a purchase order keeps."""
    return tuple((str(sku), int(quantity)) for sku, quantity, *_ in json.loads(text or "[]"))
