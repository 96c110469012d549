"""The desk and the connectors speak of the same values."""

import inspect
from typing import get_args

import pytest

from connectors import words
from connectors.carriers.reason_rows import REASONS
from oms_tui.domain import vocabulary
from oms_tui.domain.events import EVENT_GROUPS, GROUP_KEYS, TimelineGroup, group_of
from oms_tui.domain.vocabulary import Stage, Word, values, words_of

SHARED = {name: value for name, value in vars(words).items() if get_args(value)}
LISTS = {
    name: kind
    for name, kind in inspect.getmembers(vocabulary, inspect.isclass)
    if issubclass(kind, Word) and kind is not Word
}


@pytest.mark.parametrize("name", sorted(SHARED))
def test_a_connectors_words_are_the_desks_words_in_the_same_order(name: str) -> None:
    assert values(LISTS[name]) == get_args(SHARED[name])


def test_the_carrier_map_knows_the_same_reasons() -> None:
    assert set(vocabulary.CARRIER_REASONS) == REASONS


def test_a_parcel_ends_delivered_returned_or_cancelled() -> None:
    assert set(vocabulary.TRACKING_TERMINAL) == {"delivered", "returned", "cancelled"}


@pytest.mark.parametrize("kind", LISTS.values(), ids=LISTS)
def test_every_value_is_lower_snake_case_and_has_short_words(kind: type[Word]) -> None:
    for member in kind:
        assert member.replace("_", "").isalpha()
        assert member == member.lower()
        assert 0 < len(member.words) <= 26
        assert "_" not in member.words
        assert member.words[0].islower()


def test_a_value_is_stored_as_plain_text_and_shown_in_words() -> None:
    assert f"{vocabulary.PaymentStatus.PENDING}" == "pending"
    assert words_of(vocabulary.PaymentStatus, "pending") == "unpaid"
    assert words_of(vocabulary.PaymentStatus, "half_eaten") == "half eaten"


def test_stages_go_from_payment_to_done() -> None:
    assert next(iter(Stage)) == "awaiting_payment"
    assert list(Stage)[-1] == "done"
    assert vocabulary.STAGE_RANK[Stage.PACKING] < vocabulary.STAGE_RANK[Stage.HANDED_OVER]


def test_each_event_has_one_filter_and_each_filter_a_key() -> None:
    assert set(GROUP_KEYS.values()) == set(TimelineGroup) == set(EVENT_GROUPS.values())
    assert group_of("mail_received") == "mail"
    assert group_of("refund_issued") == "money"
    assert group_of("a_kind_from_another_package") == "shop"
