"""An action is done in the states the table allows, and in every other it is refused with the table's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from actions.acting import order

from oms_tui.actions.catalogue import all_actions
from oms_tui.domain.transitions import ORDER, why_not
from oms_tui.domain.vocabulary import OrderState, values
from oms_tui.store.writes.source_actions import declare

if TYPE_CHECKING:
    from actions.acting import World

STEPS = sorted(set(ORDER.steps) & {action.id for action in all_actions()})
PAIRS = [(action, state) for action in STEPS for state in values(OrderState)]


def test_most_steps_of_an_order_are_actions_of_the_desk() -> None:
    assert {"cancel", "close", "reopen", "refund", "hold", "release", "edit_address", "record_receipt"} <= set(STEPS)


@pytest.mark.parametrize(("action", "state"), PAIRS)
def test_each_pair_of_action_and_state_is_allowed_or_refused_in_the_tables_words(
    world: World, action: str, state: str
) -> None:
    declare(world.session.store.cache, "shop", ORDER.steps)
    world.orders(order(state=state, payment_status="paid"))
    about = next(each for each in all_actions() if each.id == action)
    item = world.item("1042")
    assert item.state == state

    refused = about.why_not(world.session, item)

    if words := why_not("order", state, action):
        assert refused == words
    if refused:
        (done,) = world.do(action, "1042", **_fields(action))
        assert (done.result, done.why) == ("refused", refused)


def _fields(action: str) -> dict[str, str]:
    about = next(each for each in all_actions() if each.id == action)
    wanted = {"money": "5", "when": "1d", "agent": "me", "mail": "1", "flag": "no"}
    return {
        field.name: field.choices[0] if field.choices else wanted.get(field.kind, "because")
        for field in about.fields
        if field.required
    }
