"""Panel 3: the parcels, what their carriers saw, and what was ordered of vendors."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from oms_tui.domain.carriers import carrier_name
from oms_tui.domain.vocabulary import (
    TRACKING_TROUBLE,
    DelayReason,
    RequestStatus,
    ShipmentState,
    TrackingStatus,
    words_of,
)
from oms_tui.ui.order.panel import Panel
from oms_tui.ui.rows import BLANK, Column, Part, Row, cut, flow, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from oms_tui.store.shapes import OrderView, PurchaseView, ShipmentView
    from oms_tui.ui.order.frame import Frame

_SCANS: Final = 5  # of each parcel, where there are several


def parcel_rows(view: OrderView, frame: Frame, width: int, *, most: int | None = None) -> list[Row]:
    """The parcels, the most troubled first, each with its newest scans; then what vendors were asked for."""
    rows: list[Row] = []
    shipments = sorted(view.shipments, key=_rank)
    several = len(shipments) > 1
    for shipment in shipments:
        if rows:
            rows.append(BLANK)
        rows += _parcel(shipment, frame, width, several=several, most=most or (_SCANS if several else None))
    if not rows:
        words = "no parcel yet" if view.item.is_open else "no parcel is known"
        rows.append(Row((Part(words, "muted"),)))
    for purchase in view.purchase_orders:
        rows += _purchase(purchase, frame, width)
    return rows


def _rank(shipment: ShipmentView) -> tuple[int, int]:
    if shipment.state == ShipmentState.CANCELLED:
        return (3, 0)
    trouble = shipment.status in TRACKING_TROUBLE or shipment.delayed
    over = shipment.status == TrackingStatus.DELIVERED
    return (2 if over else 0 if trouble else 1, -(shipment.shipped_at or 0))


def _parcel(shipment: ShipmentView, frame: Frame, width: int, *, several: bool, most: int | None) -> Iterator[Row]:
    key = ("parcel", shipment.source, shipment.source_id)
    for at, parts in enumerate(flow(_title(shipment, frame, several=several), width, gap=2, indent=2)):
        yield Row(parts, key=key if not at else None)
    scans = shipment.events[:most]
    columns = (Column(), Column(least=8), Column(least=10))
    lines = [
        [
            [Part("  "), Part(frame.moment_there(scan.occurred_at, scan.offset_minutes), "muted" if at else "text")],
            [Part(scan.location, "muted" if at else "text")],
            [Part(scan.text or words_of(TrackingStatus, scan.status), _scan_level(scan.status, newest=not at))],
        ]
        for at, scan in enumerate(scans)
    ]
    for scan, parts in zip(scans, table(columns, lines, width), strict=True):
        yield Row(parts, key=("scan", *key[1:], scan.occurred_at, scan.raw_code))
    if len(shipment.events) > len(scans):
        yield Row((Part(f"  … {len(shipment.events) - len(scans)} earlier scans", "faint"),), key=("scans", *key[1:]))
    if not shipment.events and shipment.tracking_number:
        yield Row((Part("  no scan yet", "muted"),))
    if shipment.tracking_url:
        yield Row(cut([Part("  "), Part(shipment.tracking_url, "accent")], width), key=("url", shipment.tracking_url))


def _title(shipment: ShipmentView, frame: Frame, *, several: bool) -> Iterator[list[Part]]:
    carrier = [Part(carrier_name(shipment.carrier), "warn", bold=True)] if shipment.carrier else []
    if shipment.tracking_number:
        yield [*carrier, Part(" " if carrier else ""), Part(shipment.tracking_number, "text")]
    else:
        words = "no number yet" if shipment.state != ShipmentState.CANCELLED else "cancelled"
        yield [*carrier, Part(" " if carrier else ""), Part(words, "muted")]
    yield _status(shipment)
    if shipment.delivered_at is not None:
        yield [Part("delivered ", "muted"), Part(frame.moment(shipment.delivered_at), "text")]
    elif shipment.estimated_delivery_at is not None:
        late = "warn" if shipment.delayed else "text"
        yield [Part("expected ", "muted"), Part(frame.day(shipment.estimated_delivery_at), late)]
    if several and shipment.lines:
        yield [Part(", ".join(f"{quantity} {sku}" for sku, quantity in shipment.lines), "muted")]


def _status(shipment: ShipmentView) -> list[Part]:
    if shipment.state == ShipmentState.CANCELLED:
        return [Part("cancelled", "muted")]
    status = shipment.status
    words = words_of(TrackingStatus, status)
    if status == TrackingStatus.UNKNOWN and not shipment.events:
        words = words_of(ShipmentState, shipment.state)
    if status in TRACKING_TROUBLE:
        reason = "" if shipment.reason in {"", DelayReason.UNKNOWN} else words_of(DelayReason, shipment.reason)
        return [Part(f"{words}: {reason}" if reason else words, "alarm", bold=True)]
    level = "good" if status == TrackingStatus.DELIVERED else "info"
    late = [Part(", delayed", "warn", bold=True)] if shipment.delayed else []
    if status == TrackingStatus.UNKNOWN and shipment.raw_text:
        return [Part(words, "muted"), Part(f" ({shipment.raw_text})", "muted"), *late]
    return [Part(words, level), *late]


def _scan_level(status: str, *, newest: bool) -> str:
    if status in TRACKING_TROUBLE:
        return "alarm"
    if status == TrackingStatus.DELIVERED:
        return "good"
    return "text" if newest else "muted"


def _purchase(purchase: PurchaseView, frame: Frame, width: int) -> Iterator[Row]:
    refused = purchase.request_status == RequestStatus.REJECTED
    level = "alarm" if refused else "good" if purchase.request_status == RequestStatus.ACCEPTED else "warn"
    groups = [
        [Part("vendor ", "muted"), Part(purchase.vendor or "?", "name"), Part(f" {purchase.number}", "text")],
        [Part(words_of(RequestStatus, purchase.request_status), level)],
        [Part(", ".join(f"{quantity} {sku}" for sku, quantity in purchase.lines), "muted")],
        [Part("ships to the customer", "muted")] if purchase.drop_ship else [],
    ]
    if purchase.expected_at is not None:
        groups.append([Part("expected ", "muted"), Part(frame.day(purchase.expected_at), "text")])
    if purchase.reason:
        groups.append([Part(purchase.reason, "alarm" if refused else "muted")])
    for at, parts in enumerate(flow(groups, width, gap=2, indent=2)):
        yield Row(parts, key=("purchase", purchase.source, purchase.source_id) if not at else None)


class ParcelsPanel(Panel):
    """The parcels; Enter on a link opens it."""

    NUMBER: ClassVar[int] = 3
    TITLE: ClassVar[str] = "Parcels"

    def lay_out(self, view: OrderView, width: int) -> Sequence[Row]:
        """The rows of ``parcel_rows``."""
        return parcel_rows(view, self.frame, width)

    def title(self) -> Sequence[Part]:
        """How many there are, if more than one."""
        count = len(self.view.shipments) if self.view else 0
        return (Part(f"  {count}", "muted"),) if count > 1 else ()

    def records(self, view: OrderView) -> list[tuple[str, int | None]]:
        """Who tracks each parcel, and when they were last asked; without a tracker, who keeps the parcel."""
        found: list[tuple[str, int | None]] = [
            (each.tracking_source, each.tracked_at) if each.tracking_source else (each.source, each.synced_at)
            for each in view.shipments
        ]
        found += [(each.source, each.synced_at) for each in view.purchase_orders]
        return found or [(view.item.source, view.synced_at)]
