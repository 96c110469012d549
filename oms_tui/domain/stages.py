"""The stage of an order: derived from its four axes, its parcels and its stock, never stored by hand.

What a carrier or the warehouse saw beats what the books say: a parcel on the road is in transit even if the invoice is
unpaid. An order in several pieces is as far as its slowest piece, and says how many pieces are further: ``2/3``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from oms_tui.domain.vocabulary import (
    LOST_REASONS,
    STAGE_RANK,
    FulfillmentStatus,
    OrderState,
    PaymentStatus,
    ReturnStatus,
    ShipmentState,
    Stage,
    TrackingStatus,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

PAID: Final = frozenset({PaymentStatus.PAID, PaymentStatus.PARTIALLY_REFUNDED})
"""The money for the goods is there; a part that went back as goodwill does not stop the parcel."""

WAREHOUSE_STEPS: Final = (Stage.PICKING, Stage.SORTING, Stage.INSPECTION, Stage.PACKING, Stage.LABELLED)
"""The stages inside the warehouse, in order."""

_RETURN_RUNS: Final = frozenset({ReturnStatus.REQUESTED, ReturnStatus.IN_PROGRESS})
_MONEY_HELD: Final = frozenset({PaymentStatus.PAID, PaymentStatus.PARTIALLY_PAID})
_CAME_TO_NOTHING: Final = frozenset({TrackingStatus.RETURNING, TrackingStatus.RETURNED})
_SEEN: Final = {
    TrackingStatus.PICKED_UP: Stage.HANDED_OVER,
    TrackingStatus.IN_TRANSIT: Stage.IN_TRANSIT,
    TrackingStatus.OUT_FOR_DELIVERY: Stage.IN_TRANSIT,
    TrackingStatus.AVAILABLE_FOR_PICKUP: Stage.IN_TRANSIT,
    TrackingStatus.DELIVERY_ATTEMPTED: Stage.IN_TRANSIT,
    TrackingStatus.EXCEPTION: Stage.IN_TRANSIT,
    TrackingStatus.EXPIRED: Stage.IN_TRANSIT,
    TrackingStatus.DELIVERED: Stage.DELIVERED,
}
"""Where a parcel is that a carrier has scanned."""


@dataclass(frozen=True, slots=True)
class ParcelFacts:
    """One parcel, planned or travelling.

    Attributes:
        state: a ShipmentState, as shop or warehouse keep it.
        tracking: a TrackingStatus, as the carrier says.
        reason: the carrier's DelayReason, "" for none.
        units: how many units lie in it; 0 when nobody says.
        step: the warehouse stage it has reached (one of ``WAREHOUSE_STEPS``), "" when nobody says.
    """

    state: str = ShipmentState.CREATED
    tracking: str = TrackingStatus.UNKNOWN
    reason: str = ""
    units: int = 0
    step: str = ""

    @property
    def void(self) -> bool:
        """Whether it will never travel: cancelled, and no carrier has seen it."""
        return self.tracking == TrackingStatus.CANCELLED or (
            self.state == ShipmentState.CANCELLED
            and self.tracking in {TrackingStatus.UNKNOWN, TrackingStatus.PRE_TRANSIT}
        )


@dataclass(frozen=True, slots=True)
class StageFacts:
    """What the stage is derived from.

    Attributes:
        state: an OrderState.
        payment_status: a PaymentStatus.
        fulfillment_status: a FulfillmentStatus.
        return_status: a ReturnStatus.
        parcels: every parcel known, void ones too.
        ordered: units ordered and not cancelled.
        fulfilled: units the shop counts as shipped.
        short: units still to ship that no location has.
        released: the warehouse was told to begin.
        step: the warehouse stage of what is in no parcel yet, "" when nobody says.
        open_issue: a complaint, dispute or replacement is still open.
    """

    state: str = OrderState.OPEN
    payment_status: str = PaymentStatus.PENDING
    fulfillment_status: str = FulfillmentStatus.UNFULFILLED
    return_status: str = ReturnStatus.NO_RETURN
    parcels: tuple[ParcelFacts, ...] = ()
    ordered: int = 0
    fulfilled: int = 0
    short: int = 0
    released: bool = False
    step: str = ""
    open_issue: bool = False


@dataclass(frozen=True, slots=True)
class OrderStage:
    """Where an order is. ``progress`` ("2/3") says how many of its pieces are further, "" where there is one piece."""

    stage: Stage
    progress: str = ""


def stage_of(facts: StageFacts) -> OrderStage:
    """The stage of an order: the earliest unfinished stage of its pieces.

    A piece is a parcel, or what lies in no parcel yet.
    """
    if facts.state == OrderState.CANCELLED:
        # The goods are settled; money still held is not.
        return OrderStage(Stage.AFTER_SALES if facts.payment_status in _MONEY_HELD else Stage.DONE)
    unsettled = facts.open_issue or facts.return_status in _RETURN_RUNS
    if facts.state == OrderState.CLOSED:
        return OrderStage(Stage.AFTER_SALES if unsettled else Stage.DONE)
    pieces = list(_pieces(facts))
    earliest = min(pieces, key=STAGE_RANK.__getitem__)
    if earliest == Stage.DELIVERED and (unsettled or Stage.AFTER_SALES in pieces):
        return OrderStage(Stage.AFTER_SALES)
    further = sum(STAGE_RANK[piece] > STAGE_RANK[earliest] for piece in pieces)
    several = len(pieces) > 1 and STAGE_RANK[earliest] < STAGE_RANK[Stage.DELIVERED]
    return OrderStage(earliest, f"{further}/{len(pieces)}" if several else "")


def parcel_stage(parcel: ParcelFacts, facts: StageFacts) -> Stage:
    """The stage of one parcel of an order."""
    if parcel.tracking in _CAME_TO_NOTHING or parcel.reason in LOST_REASONS:
        return Stage.AFTER_SALES  # it will not reach the customer: somebody must decide
    if parcel.state == ShipmentState.DELIVERED:
        return Stage.DELIVERED
    if parcel.tracking in _SEEN:
        return _SEEN[TrackingStatus(parcel.tracking)]
    if parcel.state == ShipmentState.SHIPPED:
        return Stage.HANDED_OVER
    announced = parcel.tracking == TrackingStatus.PRE_TRANSIT  # the carrier knows of it: a label was made
    return Stage.LABELLED if announced and not parcel.step else _before_parcel(facts, parcel.step)


def missing_units(facts: StageFacts) -> int:
    """Units ordered that lie in no parcel and were not shipped."""
    live = [parcel for parcel in facts.parcels if not parcel.void]
    if facts.fulfillment_status == FulfillmentStatus.FULFILLED:
        return 0
    if any(parcel.units == 0 for parcel in live) and facts.fulfillment_status != FulfillmentStatus.PARTIALLY_FULFILLED:
        return 0  # nobody says what is in it: as long as the shop names no rest, it is everything
    rest = facts.ordered - max(facts.fulfilled, sum(parcel.units for parcel in live))
    all_gone = all(parcel.state != ShipmentState.CREATED for parcel in live)
    if rest <= 0 and all_gone and facts.fulfillment_status == FulfillmentStatus.PARTIALLY_FULFILLED:
        return 1  # the shop says there is a rest, and no parcel waits that could be it
    return max(rest, 0)


def _pieces(facts: StageFacts) -> Iterator[Stage]:
    live = [parcel for parcel in facts.parcels if not parcel.void]
    for parcel in live:
        yield parcel_stage(parcel, facts)
    if not live and facts.fulfillment_status == FulfillmentStatus.FULFILLED:
        yield Stage.HANDED_OVER  # shipped, and nobody says with whom
    elif not live or missing_units(facts):
        yield _before_parcel(facts, facts.step)


def _before_parcel(facts: StageFacts, step: str = "") -> Stage:
    """The stage of goods that no carrier has; ``step`` is the warehouse's word on them."""
    if step in WAREHOUSE_STEPS:
        return Stage(step)
    if facts.payment_status == PaymentStatus.REFUNDED:
        return Stage.AFTER_SALES  # the money went back: these goods must not leave by mistake
    if facts.released or facts.fulfillment_status == FulfillmentStatus.IN_PROGRESS:
        return Stage.PICKING
    if facts.payment_status not in PAID or facts.state == OrderState.DRAFT:
        return Stage.AWAITING_PAYMENT
    return Stage.AWAITING_STOCK if facts.short > 0 else Stage.READY_TO_RELEASE
