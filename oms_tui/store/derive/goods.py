"""The goods of an order: how far they are, what they take from stock, which parcel matters, when they are expected."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from oms_tui.domain.delay import Prediction
from oms_tui.domain.fulfillment import fulfillment_of
from oms_tui.domain.stages import PAID, ParcelFacts, StageFacts, missing_units
from oms_tui.domain.vocabulary import (
    FulfillmentStatus,
    OrderState,
    RequestStatus,
    TrackingStatus,
)
from oms_tui.store.derive import demand

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from oms_tui.store.derive.facts import OrderFacts, Parcel

_PRESSES: Final[Mapping[str, int]] = {
    status: rank
    for rank, status in enumerate(
        (
            TrackingStatus.DELIVERED,
            TrackingStatus.CANCELLED,
            TrackingStatus.OUT_FOR_DELIVERY,
            TrackingStatus.IN_TRANSIT,
            TrackingStatus.PICKED_UP,
            TrackingStatus.UNKNOWN,
            TrackingStatus.PRE_TRANSIT,
            TrackingStatus.AVAILABLE_FOR_PICKUP,
            TrackingStatus.DELIVERY_ATTEMPTED,
            TrackingStatus.EXPIRED,
            TrackingStatus.EXCEPTION,
            TrackingStatus.RETURNING,
            TrackingStatus.RETURNED,
        )
    )
}
"""How much a parcel in each state needs somebody, the least first."""


def state_of(facts: OrderFacts) -> str:
    """The order's state: its source's, or closed where a person here closed it and the customer did not write since."""
    state = str(facts.order["state"])
    closed_at = facts.decision["closed_at"] if facts.decision else None
    if closed_at is None or state != OrderState.OPEN:
        return state
    written_since = facts.threads is not None and any(each.since > closed_at for each in facts.threads.waiting)
    return state if written_since else OrderState.CLOSED.value


def fulfillment_status(facts: OrderFacts) -> str:
    """The order's FulfillmentStatus: its source's word, else what its parcels say."""
    told = facts.order["fulfillment_status"]
    return str(told) if told else _as_parcels_say(facts).value


def _as_parcels_say(facts: OrderFacts) -> FulfillmentStatus:
    return fulfillment_of(
        _parcels(facts),
        ordered=sum(quantity for _, quantity, _ in facts.lines),
        fulfilled=sum(fulfilled for _, _, fulfilled in facts.lines),
    )


def _books(facts: OrderFacts) -> str:
    """What the order's own source says of its goods. Its parcels tell the stage themselves, also of those that wait."""
    found = fulfillment_status(facts)
    told = bool(facts.order["fulfillment_status"])
    return found if told or found != FulfillmentStatus.PARTIALLY_FULFILLED else FulfillmentStatus.UNFULFILLED.value


def _parcels(facts: OrderFacts) -> tuple[ParcelFacts, ...]:
    return tuple(
        ParcelFacts(
            state=parcel.state,
            tracking=parcel.status or TrackingStatus.UNKNOWN,
            reason=parcel.reason,
            units=sum(parcel.units.values()),
        )
        for parcel in facts.parcels
    )


def stage_facts(facts: OrderFacts, short: int) -> StageFacts:
    """What the stage is derived from."""
    order = facts.order
    return StageFacts(
        state=state_of(facts),
        payment_status=order["payment_status"],
        fulfillment_status=_books(facts),
        return_status=order["return_status"],
        parcels=_parcels(facts),
        ordered=sum(quantity for _, quantity, _ in facts.lines),
        fulfilled=sum(fulfilled for _, _, fulfilled in facts.lines),
        short=short,
        open_issue=facts.disputed,
    )


def need_of(facts: OrderFacts) -> demand.Need:
    """What the order still takes from stock: (rank, placed_at, units by product). Nothing once all is off the shelf."""
    order = facts.order
    status = _books(facts)
    rank = demand.PAID if order["payment_status"] in PAID else demand.UNPAID
    if status == FulfillmentStatus.IN_PROGRESS:
        rank = demand.BEGUN
    wanted: dict[str, int] = {}
    if state_of(facts) == OrderState.OPEN and status != FulfillmentStatus.FULFILLED and not _all_taken(facts):
        for sku, quantity, _ in facts.lines:
            if sku:
                wanted[sku] = wanted.get(sku, 0) + quantity
        for sku, units in _provided(facts).items():
            if sku in wanted:
                wanted[sku] -= units
    return rank, order["placed_at"], {sku: units for sku, units in wanted.items() if units > 0}


def _all_taken(facts: OrderFacts) -> bool:
    """Whether a parcel or a vendor has the whole order: nobody says what is in it, nor that there is a rest."""
    if _books(facts) == FulfillmentStatus.PARTIALLY_FULFILLED:
        return False
    unsaid = (not parcel.units and parcel.taken and not parcel.void for parcel in facts.parcels)
    return any(unsaid) or any(each.drop_ship and not each.units for each in facts.purchases)


def _provided(facts: OrderFacts) -> dict[str, int]:
    """Units of each product that need no stock any more: shipped by the books or off the shelf, or sent by a vendor."""
    fulfilled: dict[str, int] = {}
    taken: dict[str, int] = {}
    for sku, _, done in facts.lines:
        fulfilled[sku] = fulfilled.get(sku, 0) + done
    for parcel in facts.parcels:
        if parcel.taken and not parcel.void:
            for sku, units in parcel.units.items():
                taken[sku] = taken.get(sku, 0) + units
    provided = {sku: max(fulfilled.get(sku, 0), taken.get(sku, 0)) for sku in fulfilled.keys() | taken.keys()}
    for purchase in facts.purchases:
        for sku, units in purchase.units.items() if purchase.drop_ship else ():
            provided[sku] = provided.get(sku, 0) + units
    return provided


def pressing(parcels: Sequence[Parcel]) -> Parcel | None:
    """The parcel that needs most attention; of two alike the newer. Void ones count only where there is no other."""
    return max(
        parcels,
        key=lambda each: (not each.void, _PRESSES.get(tracking_of(each), 0), each.shipped_at or 0),
        default=None,
    )


def tracking_of(parcel: Parcel) -> str:
    """Its TrackingStatus: the carrier's word, else what the shop knows of its end."""
    if parcel.status is not None:
        return parcel.status
    return TrackingStatus.DELIVERED.value if parcel.there else TrackingStatus.UNKNOWN.value


def delivered_at(facts: OrderFacts, staged: StageFacts) -> int | None:
    """When the last of it was there, in milliseconds; None while something is missing."""
    live = [each for each in facts.parcels if not each.void]
    if not live or not all(each.there for each in live) or missing_units(staged):
        return None
    return max(each.delivered_at or each.last_event_at or each.shipped_at or each.recorded_at for each in live)


def under_way(facts: OrderFacts) -> list[Parcel]:
    """Parcels that the customer still waits for."""
    return [each for each in facts.parcels if not each.void and not each.there and tracking_of(each) not in _LOST]


_LOST: Final = frozenset({TrackingStatus.RETURNED, TrackingStatus.CANCELLED})


def predictions(facts: OrderFacts, expected: Sequence[tuple[int, str]]) -> Iterator[Prediction]:
    """When somebody says that it will be there: carriers, vendors, for what is short the stock that is on its way."""
    for each in under_way(facts):
        if each.estimated_at is not None:
            yield Prediction(_moment(each.estimated_at), each.carrier or each.source)
    for purchase in facts.purchases:
        if purchase.expected_at is not None and purchase.status != RequestStatus.CLOSED:
            yield Prediction(_moment(purchase.expected_at), purchase.vendor)
    for at, source in expected:
        yield Prediction(_moment(at), source)


def trouble_at(facts: OrderFacts) -> int | None:
    """Since when a parcel stands still, in milliseconds, the newest of them; None if none does."""
    stuck = (each for each in under_way(facts) if tracking_of(each) == TrackingStatus.EXCEPTION)
    return max((each.last_event_at or each.told_at or each.recorded_at for each in stuck), default=None)


def said_at(facts: OrderFacts) -> int | None:
    """When carriers said what they say now, in milliseconds; None if none does."""
    return max((each.told_at for each in under_way(facts) if each.told_at is not None), default=None)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
