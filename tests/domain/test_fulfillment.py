"""What an order's parcels say of its goods where its shop does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain.fulfillment import fulfillment_of
from oms_tui.domain.stages import ParcelFacts
from oms_tui.domain.vocabulary import FulfillmentStatus, ShipmentState, TrackingStatus, values

P = ParcelFacts


@pytest.mark.parametrize(
    ("parcels", "ordered", "fulfilled", "status"),
    [
        ([], 2, 0, "unfulfilled"),
        ([P("created")], 2, 0, "unfulfilled"),  # planned
        ([P("created", "pre_transit", units=2)], 2, 0, "in_progress"),  # its label was made
        ([P("pending", units=2)], 2, 0, "in_progress"),
        ([P("shipped", units=2)], 2, 0, "fulfilled"),
        ([P("shipped", units=1)], 2, 0, "partially_fulfilled"),
        ([P("shipped", units=1), P("pending", units=1)], 2, 0, "partially_fulfilled"),
        ([P("shipped", units=1), P("delivered", units=1)], 2, 0, "fulfilled"),
        ([P("shipped")], 2, 0, "fulfilled"),  # nobody says what is in it
        ([P("shipped"), P("created")], 2, 0, "partially_fulfilled"),
        ([P("created", "in_transit", units=2)], 2, 0, "fulfilled"),  # the carrier has it, whatever the depot says
        ([P("cancelled", units=2)], 2, 0, "unfulfilled"),
        ([P("shipped", "cancelled", units=2)], 2, 0, "unfulfilled"),
        ([P("shipped", "returned", units=2)], 2, 0, "fulfilled"),  # it was shipped; that it came back is another axis
        ([], 2, 2, "fulfilled"),
        ([], 2, 1, "partially_fulfilled"),
        ([P("shipped", units=1)], 0, 0, "fulfilled"),  # an order without lines
    ],
)
def test_its_parcels_say(parcels: list[ParcelFacts], ordered: int, fulfilled: int, status: str) -> None:
    assert fulfillment_of(parcels, ordered=ordered, fulfilled=fulfilled) == status


PARCELS = st.lists(
    st.builds(
        ParcelFacts,
        state=st.sampled_from(values(ShipmentState)),
        tracking=st.sampled_from(values(TrackingStatus)),
        units=st.integers(0, 3),
    ),
    max_size=4,
)
RANK = [
    FulfillmentStatus.UNFULFILLED,
    FulfillmentStatus.IN_PROGRESS,
    FulfillmentStatus.PARTIALLY_FULFILLED,
    FulfillmentStatus.FULFILLED,
]


@given(parcels=PARCELS, ordered=st.integers(0, 5), fulfilled=st.integers(0, 5))
def test_any_parcels_have_a_status_and_units_that_are_shipped_never_take_it_back(
    parcels: list[ParcelFacts], ordered: int, fulfilled: int
) -> None:
    before = fulfillment_of(parcels, ordered=ordered, fulfilled=fulfilled)
    after = fulfillment_of([*parcels, ParcelFacts("shipped", units=1)], ordered=ordered, fulfilled=fulfilled)
    assert RANK.index(after) >= RANK.index(before)
