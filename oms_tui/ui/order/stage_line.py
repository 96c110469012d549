"""The way of an order in one line: what is done, where it is, what stops it, what is to come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.domain.vocabulary import (
    LOST_REASONS,
    TRACKING_TROUBLE,
    DelayReason,
    FulfillmentStatus,
    OrderState,
    Stage,
    TrackingStatus,
    words_of,
)
from oms_tui.ui.rows import Part, cells, cut

if TYPE_CHECKING:
    from oms_tui.store.shapes import OrderView, ShipmentView

STEPS: Final = ("placed", "paid", "picked", "packed", "shipped", "in transit", "delivered")
"""The steps every order takes, as the line names them."""

_PLACE: Final = {
    Stage.AWAITING_PAYMENT: (1, 2),
    Stage.AWAITING_STOCK: (2, 2),
    Stage.READY_TO_RELEASE: (2, 2),
    Stage.PICKING: (2, 3),
    Stage.SORTING: (2, 3),
    Stage.INSPECTION: (3, 4),
    Stage.PACKING: (3, 4),
    Stage.LABELLED: (3, 4),
    Stage.HANDED_OVER: (4, 5),
    Stage.IN_TRANSIT: (5, 6),
    Stage.DELIVERED: (6, 7),
    Stage.AFTER_SALES: (7, 7),
    Stage.DONE: (7, 7),
}
"""For each stage: how many steps are done, and from which one on they are still to come."""

_LONGEST_TROUBLE: Final = 24
_WORST: Final = (
    TrackingStatus.RETURNED,
    TrackingStatus.RETURNING,
    TrackingStatus.EXCEPTION,
    TrackingStatus.DELIVERY_ATTEMPTED,
    TrackingStatus.EXPIRED,
)
_LATER: Final = frozenset({TrackingStatus.OUT_FOR_DELIVERY, TrackingStatus.AVAILABLE_FOR_PICKUP})


def stage_line(view: OrderView, width: int) -> tuple[Part, ...]:
    """The line in at most ``width`` cells; where there is little room, steps far from the present are counted."""
    done, ahead = _PLACE.get(view.item.stage, (1, 1))  # type: ignore[call-overload] # a stage from outside may be new
    chip = _chip(view)
    for first in range(done + 1):
        parts = _joined(STEPS[first:done], chip, STEPS[ahead:], hidden=first)
        if cells(parts) <= width:
            return parts
    for last in range(len(STEPS), ahead, -1):
        parts = _joined((), chip, STEPS[ahead:last], hidden=done, later=len(STEPS) - last)
        if cells(parts) <= width:
            return parts
    return cut(_joined((), chip, (), hidden=done, later=len(STEPS) - ahead), width)


def _joined(
    done: tuple[str, ...], chip: Part, ahead: tuple[str, ...], *, hidden: int = 0, later: int = 0
) -> tuple[Part, ...]:
    parts: list[Part] = []
    if hidden:
        parts += [Part(f"✓{hidden}", "good"), Part(" ━━ ", "good")]
    for step in done:
        parts += [Part(step, "good"), Part(" ━━ ", "good")]
    parts.append(chip)
    for step in ahead:
        parts += [Part(" ── ", "faint"), Part(step, "faint")]
    if later:
        parts.append(Part(f" ── +{later}", "faint"))
    return tuple(parts)


def _chip(view: OrderView) -> Part:
    """Where the order is, with a ground of its own: green where it goes its way, red where it does not."""
    item = view.item
    if item.state == OrderState.CANCELLED:
        return Part(" CANCELLED ", "badge.warn", bold=True)
    if trouble := trouble_words(view):
        words = f"{trouble} {item.progress}".strip()
        return Part(f" {words.upper()} ", "stage.alarm", bold=True)
    words = f"{_present(view)} {item.progress}".strip()
    waits = item.stage in {Stage.AWAITING_PAYMENT, Stage.AWAITING_STOCK}
    return Part(f" {words.upper()} ", "badge.warn" if waits else "stage", bold=True)


def _present(view: OrderView) -> str:
    """The stage in words; on the last mile, the carrier's word for it."""
    if view.item.stage == Stage.IN_TRANSIT:
        for parcel in view.shipments:
            if parcel.status in _LATER:
                return words_of(TrackingStatus, parcel.status)
    return words_of(Stage, view.item.stage)


def trouble_words(view: OrderView) -> str:
    """What stops the order now, short; "" where nothing does."""
    item = view.item
    if item.stage == Stage.DONE or item.state != OrderState.OPEN:
        return ""
    troubled = [parcel for parcel in view.shipments if parcel.status in TRACKING_TROUBLE]
    if troubled:
        return _parcel_words(min(troubled, key=lambda parcel: _WORST.index(TrackingStatus(parcel.status))))
    if item.fulfillment_status == FulfillmentStatus.ON_HOLD:
        return "on hold"
    if item.fulfillment_status == FulfillmentStatus.REQUEST_DECLINED:
        return "warehouse declined"
    short = sum(line.short for line in view.lines)
    return f"short {short}" if short and item.stage == Stage.AWAITING_STOCK else ""


def _parcel_words(parcel: ShipmentView) -> str:
    status = words_of(TrackingStatus, parcel.status)
    if parcel.status != TrackingStatus.EXCEPTION or parcel.reason in {"", DelayReason.UNKNOWN}:
        return status
    if parcel.reason in LOST_REASONS:
        return "lost"
    if parcel.reason.startswith("customs_"):
        return "customs"
    reason = words_of(DelayReason, parcel.reason)
    return reason if len(reason) <= _LONGEST_TROUBLE else status
