"""Only what the tables allow may happen, and whatever is refused is refused in words."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain.transitions import (
    NEEDS_REASON,
    ORDER,
    ORDER_AXES,
    ORDER_GATES,
    TRANSITIONS,
    after,
    order_refusal,
    why_not,
)
from oms_tui.domain.vocabulary import values

PAIRS = [
    (machine, state, action)
    for machine, rules in TRANSITIONS.items()
    for state in values(rules.kind)
    for action in rules.steps
]


@pytest.mark.parametrize(("machine", "state", "action"), PAIRS)
def test_each_pair_is_a_step_or_is_refused_in_words(machine: str, state: str, action: str) -> None:
    refusal = why_not(machine, state, action)
    if refusal:
        assert refusal[0].islower()
        assert " " in refusal
        with pytest.raises(ValueError, match=re.escape(refusal)):
            after(machine, state, action)
    else:
        assert after(machine, state, action) in values(TRANSITIONS[machine].kind)


@pytest.mark.parametrize("machine", TRANSITIONS)
def test_there_is_a_way_from_every_state_to_an_end(machine: str) -> None:
    rules = TRANSITIONS[machine]
    for start in values(rules.kind):
        reached = {start}
        while (
            grown := {
                after(machine, state, action)
                for state in reached
                for action in rules.steps
                if not why_not(machine, state, action)
            }
            - reached
        ):
            reached |= grown
        assert reached & rules.ends, f"{machine} has no way out of {start}"


@given(st.sampled_from(sorted(TRANSITIONS)), st.data())
def test_a_walk_at_random_never_leaves_the_machine(machine: str, data: st.DataObject) -> None:
    rules = TRANSITIONS[machine]
    state = data.draw(st.sampled_from(values(rules.kind)))
    for action in data.draw(st.lists(st.sampled_from(sorted(rules.steps)), max_size=12)):
        if why_not(machine, state, action):
            continue
        state = after(machine, state, action)
        assert state in rules.because


def test_every_machine_says_for_each_state_why_it_allows_no_more() -> None:
    for rules in TRANSITIONS.values():
        assert set(rules.because) == set(values(rules.kind))
        assert rules.ends <= set(rules.because)
        for action, following in rules.steps.items():
            assert set(following) | set(following.values()) <= set(rules.because), action


def test_an_order_goes_from_draft_to_closed_and_back_with_a_reason() -> None:
    assert after("order", "draft", "open") == "open"
    assert after("order", "open", "close") == "closed"
    assert after("order", "closed", "reopen") == "open"
    assert ("order", "reopen") in NEEDS_REASON
    assert why_not("order", "open", "open") == "it is open already"


def test_a_refunded_order_can_still_be_cancelled_and_a_cancelled_one_refunded() -> None:
    assert why_not("order", "open", "cancel") == ""
    assert why_not("order", "cancelled", "refund") == ""
    assert why_not("order", "cancelled", "reopen") == "it is cancelled, and that is final: place a new order"


def test_a_reply_in_doubt_is_never_simply_sent_again() -> None:
    assert why_not("outbox", "in_doubt", "retry") == "nobody knows yet whether it left: resolve that first"
    assert why_not("outbox", "in_doubt", "recall")
    assert after("outbox", "in_doubt", "resolve_sent") == "sent"


def test_a_state_from_tomorrow_allows_nothing_and_says_so() -> None:
    assert why_not("order", "on_the_moon", "cancel") == "its state 'on_the_moon' is not one this desk knows"


def test_each_step_that_needs_a_reason_exists() -> None:
    for machine, action in NEEDS_REASON:
        assert action in TRANSITIONS[machine].steps


# ---- the other axes of an order

AXES = st.fixed_dictionaries({axis: st.sampled_from(values(kind)) for axis, kind in ORDER_AXES.items()})


@given(st.sampled_from(values(ORDER.kind)), st.sampled_from(sorted(ORDER.steps)), AXES)
def test_an_order_is_refused_an_action_by_its_state_first_and_then_by_what_the_gates_name(
    state: str, action: str, axes: dict[str, str]
) -> None:
    refused = order_refusal(action, state, axes)

    by_state = why_not("order", state, action)
    by_gates = [told[axes[axis]] for axis, told in ORDER_GATES.get(action, {}).items() if axes[axis] in told]
    assert refused == (by_state or next(iter(by_gates), ""))


@given(st.sampled_from(values(ORDER.kind)), AXES)
def test_whatever_has_become_of_money_and_goods_an_order_can_be_closed(state: str, axes: dict[str, str]) -> None:
    reached = {state}
    while (
        grown := {
            after("order", here, action)
            for here in reached
            for action in ORDER.steps
            if not order_refusal(action, here, axes)
        }
        - reached
    ):
        reached |= grown
    assert reached & ORDER.ends


def test_gates_name_what_there_is_and_refuse_in_words() -> None:
    for action, by_axis in ORDER_GATES.items():
        assert action in ORDER.steps
        for axis, told in by_axis.items():
            assert set(told) < set(values(ORDER_AXES[axis])), "some value lets it through"
            for why in told.values():
                assert why[0].islower()
                assert " " in why


@pytest.mark.parametrize("status", ["pending", "authorized", "partially_paid", "expired", "voided", "refunded"])
def test_what_is_not_paid_or_was_paid_back_is_never_released(status: str) -> None:
    """Shopify: an order that was refunded and not cancelled stays in the list to ship."""
    axes = {"payment_status": status, "fulfillment_status": "unfulfilled", "stage": "awaiting_payment"}
    assert order_refusal("release", "open", axes)
    assert not order_refusal("release", "open", axes | {"payment_status": "paid"})


def test_a_parcel_on_its_way_is_not_cancelled_and_one_that_is_lost_is() -> None:
    axes = {"payment_status": "paid", "fulfillment_status": "fulfilled"}
    assert order_refusal("cancel", "open", axes | {"stage": "in_transit"}) == (
        "the parcel has left: take it back as a return"
    )
    assert not order_refusal("cancel", "open", axes | {"stage": "after_sales"})
