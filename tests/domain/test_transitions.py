"""Only what the tables allow may happen, and whatever is refused is refused in words."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain.transitions import NEEDS_REASON, TRANSITIONS, after, why_not
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
