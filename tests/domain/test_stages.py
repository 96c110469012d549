"""How far an order is, told from what is known of it."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain.stages import ParcelFacts, StageFacts, missing_units, stage_of
from oms_tui.domain.transitions import after
from oms_tui.domain.vocabulary import (
    STAGE_RANK,
    FulfillmentStatus,
    OrderState,
    PaymentStatus,
    ReturnStatus,
    ShipmentState,
    Stage,
    TrackingStatus,
    values,
)

PAID = StageFacts(payment_status="paid", ordered=3)


def stage(facts: StageFacts) -> str:
    found = stage_of(facts)
    return f"{found.stage} {found.progress}".strip()


def test_a_new_order_waits_for_its_money_then_for_stock_then_for_the_desk() -> None:
    assert stage(StageFacts(ordered=3)) == "awaiting_payment"
    assert stage(replace(PAID, short=1)) == "awaiting_stock"
    assert stage(PAID) == "ready_to_release"
    assert stage(replace(PAID, released=True)) == "picking"


def test_money_only_authorized_does_not_release_goods() -> None:
    assert stage(StageFacts(payment_status="authorized", ordered=1)) == "awaiting_payment"


def test_goodwill_for_a_part_does_not_stop_the_parcel() -> None:
    assert stage(StageFacts(payment_status="partially_refunded", ordered=1)) == "ready_to_release"


def test_an_order_whose_money_went_back_never_lies_in_the_list_to_ship() -> None:
    assert stage(StageFacts(payment_status="refunded", ordered=1)) == "after_sales"


def test_the_warehouse_says_where_it_is() -> None:
    for step in ("picking", "sorting", "inspection", "packing", "labelled"):
        assert stage(replace(PAID, released=True, step=step)) == step
        assert stage(replace(PAID, parcels=(ParcelFacts(step=step),))) == step


def test_a_carrier_that_announces_a_parcel_has_been_given_a_label() -> None:
    assert stage(replace(PAID, parcels=(ParcelFacts(tracking="pre_transit"),))) == "labelled"


def test_a_parcel_on_the_road_is_in_transit_even_if_the_books_say_unpaid() -> None:
    on_account = StageFacts(ordered=1, parcels=(ParcelFacts(state="shipped", tracking="in_transit"),))
    assert stage(on_account) == "in_transit"


def test_the_carrier_has_it_before_it_moves() -> None:
    assert stage(replace(PAID, parcels=(ParcelFacts(state="shipped"),))) == "handed_over"
    assert stage(replace(PAID, parcels=(ParcelFacts(tracking="picked_up"),))) == "handed_over"
    assert stage(replace(PAID, fulfillment_status="fulfilled")) == "handed_over"


def test_of_three_parcels_the_slowest_counts_and_the_others_are_told() -> None:
    parcels = (
        ParcelFacts(tracking="delivered", units=1),
        ParcelFacts(tracking="delivered", units=1),
        ParcelFacts(tracking="in_transit", units=1),
    )
    assert stage(replace(PAID, parcels=parcels)) == "in_transit 2/3"


def test_two_parcels_on_one_order_it_is_not_on_its_way_until_the_second_leaves() -> None:
    parcels = (ParcelFacts(state="shipped", tracking="in_transit", units=2), ParcelFacts(step="packing", units=1))
    assert stage(replace(PAID, parcels=parcels)) == "packing 1/2"


def test_a_rest_in_no_parcel_is_a_piece_of_its_own() -> None:
    facts = replace(PAID, parcels=(ParcelFacts(tracking="in_transit", units=2),), fulfilled=2, short=1)
    assert missing_units(facts) == 1
    assert stage(facts) == "awaiting_stock 1/2"


def test_the_shop_says_partly_shipped_and_nobody_says_what_lies_in_the_parcel() -> None:
    facts = replace(PAID, fulfillment_status="partially_fulfilled", parcels=(ParcelFacts(state="shipped"),))
    assert stage(facts) == "ready_to_release 1/2"


def test_all_parcels_there_is_delivered_without_a_count() -> None:
    parcels = (ParcelFacts(tracking="delivered"), ParcelFacts(state="delivered"))
    assert stage(replace(PAID, parcels=parcels)) == "delivered"


def test_a_void_label_is_no_parcel() -> None:
    parcels = (ParcelFacts(tracking="cancelled"), ParcelFacts(state="cancelled"), ParcelFacts(tracking="in_transit"))
    assert stage(replace(PAID, parcels=parcels)) == "in_transit"


def test_a_label_cancelled_here_that_travels_all_the_same_is_a_parcel() -> None:
    assert stage(replace(PAID, parcels=(ParcelFacts(state="cancelled", tracking="in_transit"),))) == "in_transit"


def test_a_parcel_that_comes_back_or_is_lost_needs_somebody() -> None:
    for parcel in (
        ParcelFacts(tracking="returning"),
        ParcelFacts(state="delivered", tracking="returned"),
        ParcelFacts(tracking="exception", reason="carrier_parcel_lost"),
    ):
        assert stage(replace(PAID, parcels=(parcel,))) == "after_sales"


def test_delivered_with_a_return_or_an_issue_open_is_after_sales() -> None:
    delivered = replace(PAID, parcels=(ParcelFacts(tracking="delivered"),))
    assert stage(replace(delivered, return_status="requested")) == "after_sales"
    assert stage(replace(delivered, open_issue=True)) == "after_sales"
    assert stage(replace(delivered, return_status="declined")) == "delivered"


def test_closed_is_done_unless_a_return_is_under_way() -> None:
    assert stage(replace(PAID, state="closed")) == "done"
    assert stage(replace(PAID, state="closed", return_status="in_progress")) == "after_sales"


def test_cancelled_is_done_unless_we_still_hold_the_money() -> None:
    assert stage(StageFacts(state="cancelled", payment_status="voided")) == "done"
    assert stage(StageFacts(state="cancelled", payment_status="refunded")) == "done"
    assert stage(StageFacts(state="cancelled", payment_status="paid")) == "after_sales"


parcels = st.builds(
    ParcelFacts,
    state=st.sampled_from(values(ShipmentState)),
    tracking=st.sampled_from([*values(TrackingStatus), "a_word_of_tomorrow"]),
    reason=st.sampled_from(["", "weather_delay", "carrier_parcel_lost"]),
    units=st.integers(0, 4),
    step=st.sampled_from(["", "picking", "packing", "a_word_of_tomorrow"]),
)
facts = st.builds(
    StageFacts,
    state=st.sampled_from(values(OrderState)),
    payment_status=st.sampled_from([*values(PaymentStatus), "a_word_of_tomorrow"]),
    fulfillment_status=st.sampled_from(values(FulfillmentStatus)),
    return_status=st.sampled_from(values(ReturnStatus)),
    parcels=st.lists(parcels, max_size=5).map(tuple),
    ordered=st.integers(0, 9),
    fulfilled=st.integers(0, 9),
    short=st.integers(0, 3),
    released=st.booleans(),
    step=st.sampled_from(["", "inspection"]),
    open_issue=st.booleans(),
)


@given(facts)
def test_every_order_whatever_is_said_of_it_has_a_stage(known: StageFacts) -> None:
    found = stage_of(known)
    assert found.stage in set(Stage)
    assert (found.stage == "done") <= (known.state in {"closed", "cancelled"})
    if found.progress:
        further, pieces = map(int, found.progress.split("/"))
        assert 0 <= further < pieces >= 2


@given(facts)
def test_one_more_delivered_parcel_never_takes_an_open_order_back(known: StageFacts) -> None:
    with_units = [replace(parcel, units=max(parcel.units, 1)) for parcel in known.parcels]
    before = replace(known, state="open", parcels=(*with_units, ParcelFacts(tracking="in_transit", units=1)))
    after = replace(before, parcels=(*with_units, ParcelFacts(tracking="delivered", units=1)))
    assert STAGE_RANK[stage_of(after).stage] >= STAGE_RANK[stage_of(before).stage]


@given(facts)
def test_whatever_has_become_of_an_order_it_can_be_brought_to_its_end(known: StageFacts) -> None:
    """A return that has ended, an issue that is settled, and the desk closes it: no history is a dead end."""
    settled = replace(known, return_status="returned", open_issue=False)
    if known.state == "cancelled":
        assert stage(replace(settled, payment_status="refunded")) == "done"
        return
    state = known.state
    for action in {"draft": ("open", "close"), "open": ("close",), "closed": ()}[state]:
        state = after("order", state, action)
    assert state == "closed"
    assert stage(replace(settled, state=state)) == "done"


@given(facts)
def test_an_issue_or_a_return_never_makes_a_delivered_order_look_finished(known: StageFacts) -> None:
    troubled = replace(known, open_issue=True)
    if known.state != "cancelled":
        assert stage(troubled) != "done"


def test_an_order_that_replaces_another_goes_its_way_like_any_other() -> None:
    """A replacement costs nothing: its books say paid, or nothing at all was to be paid."""
    replacement = replace(PAID, ordered=1, short=0)
    assert stage(replacement) == "ready_to_release"
    assert stage(replace(replacement, parcels=(ParcelFacts(tracking="in_transit", units=1),))) == "in_transit"
