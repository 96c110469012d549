"""What has become of an order's goods, where its own source does not say: its parcels do.

A shop's export may have no column for it, while the depot's names the parcels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.domain.vocabulary import FulfillmentStatus, ShipmentState, TrackingStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from oms_tui.domain.stages import ParcelFacts

_PACKED: Final = 1
_LEFT: Final = 2
_BY_STATE: Final[Mapping[str, int]] = {
    ShipmentState.CREATED: 0,  # planned: its goods may lie on the shelf
    ShipmentState.PENDING: _PACKED,
    ShipmentState.SHIPPED: _LEFT,
    ShipmentState.DELIVERED: _LEFT,
    ShipmentState.CANCELLED: 0,
}
_BY_TRACKING: Final[Mapping[str, int]] = {
    TrackingStatus.UNKNOWN: 0,
    TrackingStatus.PRE_TRANSIT: _PACKED,  # a label was made
    TrackingStatus.CANCELLED: 0,
    **dict.fromkeys(
        (
            TrackingStatus.PICKED_UP,
            TrackingStatus.IN_TRANSIT,
            TrackingStatus.OUT_FOR_DELIVERY,
            TrackingStatus.AVAILABLE_FOR_PICKUP,
            TrackingStatus.DELIVERY_ATTEMPTED,
            TrackingStatus.EXCEPTION,
            TrackingStatus.DELIVERED,
            TrackingStatus.RETURNING,
            TrackingStatus.RETURNED,
            TrackingStatus.EXPIRED,
        ),
        _LEFT,
    ),
}
"""How far a parcel is by each of its two axes: the further one counts."""

# Has something left, has everything, and is something packed that has not.
_STATUS: Final = {
    (True, True, False): FulfillmentStatus.FULFILLED,
    (True, True, True): FulfillmentStatus.FULFILLED,  # all that was ordered is gone: what is packed is something else
    (True, False, False): FulfillmentStatus.PARTIALLY_FULFILLED,
    (True, False, True): FulfillmentStatus.PARTIALLY_FULFILLED,
    (False, False, True): FulfillmentStatus.IN_PROGRESS,
    (False, False, False): FulfillmentStatus.UNFULFILLED,
}


def fulfillment_of(parcels: Sequence[ParcelFacts], *, ordered: int, fulfilled: int) -> FulfillmentStatus:
    """What its parcels say of an order.

    Args:
        parcels: every parcel known, void ones too; those without units may hold everything.
        ordered: units ordered, 0 when nobody says.
        fulfilled: units that the lines count as shipped.
    """
    live = [parcel for parcel in parcels if not parcel.void]
    left = [parcel for parcel in live if _how_far(parcel) == _LEFT]
    packed = any(_how_far(parcel) == _PACKED for parcel in live)
    units = max(fulfilled, sum(parcel.units for parcel in left))
    unsaid = not ordered or any(not parcel.units for parcel in left)
    everything = (0 < ordered <= units) or (unsaid and bool(left) and len(left) == len(live))
    return _STATUS[bool(left) or fulfilled > 0, everything, packed]


def _how_far(parcel: ParcelFacts) -> int:
    return max(_BY_TRACKING.get(parcel.tracking, 0), _BY_STATE.get(parcel.state, 0))
