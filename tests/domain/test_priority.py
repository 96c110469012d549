"""Priority is a sum that explains itself: more trouble never lowers it, time alone moves it only when it said so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain.attention import ENDED, AttentionFacts, due_again
from oms_tui.domain.business_time import BusinessHours, read_week
from oms_tui.domain.clocks import ResponsePolicy, response_clocks, running
from oms_tui.domain.conversations import Letter
from oms_tui.domain.delay import DelayFacts, Prediction
from oms_tui.domain.next_step import flags, next_step
from oms_tui.domain.priority import score
from oms_tui.domain.priority_weights import WEIGHTS, checked_weights
from oms_tui.domain.transitions import ORDER, ORDER_AXES, order_refusal
from oms_tui.domain.vocabulary import (
    DelayReason,
    FulfillmentStatus,
    OrderState,
    PaymentStatus,
    ReturnStatus,
    Stage,
    Tier,
    TrackingStatus,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from oms_tui.domain.clocks import Clock

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ALWAYS = BusinessHours.always(ZONE)

moments = st.integers(-20 * 24, 20 * 24).map(lambda hours: NOW + timedelta(hours=hours))
past = st.integers(0, 20 * 24).map(lambda hours: NOW - timedelta(hours=hours))


def clock_of(asked: datetime) -> Clock | None:
    letter = Letter("a", asked, "inbound", "jan@firma.example")
    return running(response_clocks([letter], ResponsePolicy(8 * HOUR), ALWAYS, now=NOW))


@st.composite
def facts(draw: st.DrawFn) -> AttentionFacts:
    waiting = draw(st.none() | past)
    predictions = tuple(Prediction(at, "dhl") for at in draw(st.lists(moments, max_size=2)))
    state = draw(st.sampled_from(list(OrderState)))
    delay = DelayFacts(
        promised_at=draw(st.none() | moments),
        predictions=predictions,
        delivered_at=draw(st.none() | past),
        settled=state in ENDED,
        carrier_late=draw(st.booleans()),
        slipped_at=NOW - DAY,
        carrier_reason=draw(st.sampled_from(["", "customs_delay"])),
        told_at=draw(st.none() | past),
    )
    return AttentionFacts(
        zone=ZONE,
        placed_at=draw(past),
        tier=draw(st.sampled_from([*Tier, "gold"])),
        state=state,
        payment_status=draw(st.sampled_from(list(PaymentStatus))),
        fulfillment_status=draw(st.sampled_from(list(FulfillmentStatus))),
        return_status=draw(st.sampled_from(list(ReturnStatus))),
        stage=draw(st.sampled_from(list(Stage))),
        total=draw(st.integers(0, 500_000)),
        delay=delay,
        waiting_since=waiting,
        clock=clock_of(waiting) if waiting else None,
        bounced=draw(st.booleans()),
        tracking=draw(st.sampled_from(list(TrackingStatus))),
        reason=draw(st.sampled_from(["", "carrier_parcel_lost", "customs_delay"])),
        short=draw(st.integers(0, 2)),
        call_due_at=draw(st.none() | moments),
        task_due_at=draw(st.none() | moments),
        conflicts=draw(st.sampled_from([(), ("address",)])),
        disputed=draw(st.booleans()),
        outbox=draw(st.sampled_from(["", "blocked"])),
        step=draw(st.sampled_from(["", "gift: wrap it"])),
    )


def _waits(known: AttentionFacts) -> AttentionFacts:
    since = min(known.waiting_since or NOW, NOW - 3 * DAY)
    return replace(known, waiting_since=since, clock=clock_of(since))


def _lost(known: AttentionFacts) -> AttentionFacts:
    return replace(known, tracking=TrackingStatus.EXCEPTION, reason=DelayReason.CARRIER_PARCEL_LOST)


def _late(known: AttentionFacts) -> AttentionFacts:
    promised = min(known.delay.promised_at or NOW, NOW - 30 * DAY)
    # told of a delay, but before it began: that it is an older one would else take "untold" away
    return replace(known, delay=replace(known.delay, promised_at=promised, delivered_at=None, told_at=None))


TROUBLES: list[Callable[[AttentionFacts], AttentionFacts]] = [
    _waits,
    _lost,
    _late,
    lambda known: replace(known, bounced=True),
    lambda known: replace(known, short=max(known.short, 1)),
    lambda known: replace(known, call_due_at=NOW - HOUR),
    lambda known: replace(known, task_due_at=NOW - HOUR),
    lambda known: replace(known, conflicts=("address", "quantity")),
    lambda known: replace(known, disputed=True),
    lambda known: replace(known, outbox="in_doubt"),
]


@pytest.mark.parametrize("trouble", TROUBLES)
@given(known=facts())
def test_more_trouble_never_lowers_it(
    trouble: Callable[[AttentionFacts], AttentionFacts], known: AttentionFacts
) -> None:
    assert score(trouble(known), now=NOW).score >= score(known, now=NOW).score


@given(facts(), moments)
def test_it_is_the_sum_of_terms_that_each_say_why_and_none_is_worth_more_than_its_weight(
    known: AttentionFacts, now: datetime
) -> None:
    found = score(known, now=now)

    assert found.score == sum(term.points for term in found.terms)
    assert [term.points for term in found.terms] == sorted((term.points for term in found.terms), reverse=True)
    for term in found.terms:
        assert 0 < term.points <= WEIGHTS[term.name]
        assert term.why


@given(facts(), st.sampled_from(sorted(WEIGHTS)))
def test_a_term_that_is_weighed_nothing_is_gone_and_the_others_stay(known: AttentionFacts, name: str) -> None:
    whole, less = score(known, now=NOW), score(known, checked_weights({name: 0}), now=NOW)

    assert name not in {term.name for term in less.terms}
    if less.terms:
        assert less.terms == tuple(term for term in whole.terms if term.name != name)


@given(facts(), st.integers(0, 40 * 24 * 60))
def test_until_the_moment_it_named_time_alone_changes_nothing(known: AttentionFacts, minutes: int) -> None:
    again = due_again(known, NOW)
    later = NOW + timedelta(minutes=minutes)
    if again is not None and later >= again:
        later = again - timedelta(milliseconds=1)

    def told(now: datetime) -> tuple[Any, ...]:
        return score(known, now=now), flags(known, now=now), next_step(known, now=now)

    assert told(later) == told(NOW)


@given(facts())
def test_what_is_put_aside_is_worth_nothing_until_the_customer_writes(known: AttentionFacts) -> None:
    aside = replace(known, snoozed_until=NOW + DAY, waiting_since=None, clock=None)

    assert score(aside, now=NOW).score == 0
    assert score(_waits(aside), now=NOW).score > 0
    assert score(aside, now=NOW + DAY) == score(replace(aside, snoozed_until=None), now=NOW + DAY)


def test_the_next_step_of_a_procedure_goes_before_the_usual_way_on_and_after_all_trouble() -> None:
    ready = AttentionFacts(
        zone=ZONE,
        placed_at=NOW - DAY,
        payment_status=PaymentStatus.PAID,
        stage=Stage.READY_TO_RELEASE,
        step="Gift: wrap it (warehouse)",
    )
    assert (next_step(ready, now=NOW).action, next_step(ready, now=NOW).why) == (
        "step_done",
        "Gift: wrap it (warehouse)",
    )
    assert next_step(replace(ready, step_action="note"), now=NOW).action == "note"
    assert next_step(replace(ready, short=1, stage=Stage.AWAITING_STOCK), now=NOW).action == "ask_customer"
    assert next_step(_waits(ready), now=NOW).action == "draft"
    unpaid = replace(ready, payment_status=PaymentStatus.PENDING, stage=Stage.AWAITING_PAYMENT)
    assert next_step(unpaid, now=NOW).action == "record_receipt"


def test_a_clock_that_runs_out_soon_or_has_is_told_in_words_in_the_row() -> None:
    desk = BusinessHours(ZONE, read_week({"mon-fri": ["09:00-17:00"]}))

    def told(asked: str, now: str) -> str:
        at, then = (datetime.fromisoformat(text).replace(tzinfo=ZONE) for text in (asked, now))
        letter = Letter("a", at, "inbound", "jan@firma.example")
        clock = running(response_clocks([letter], ResponsePolicy(4 * HOUR), desk, now=then))
        waits = AttentionFacts(zone=ZONE, placed_at=at - DAY, waiting_since=at, clock=clock)
        return flags(waits, now=then)[0].text

    assert told("2026-11-26 09:00", "2026-11-26 11:59") == "mail 2h"
    assert told("2026-11-26 09:00", "2026-11-26 12:00") == "mail 3h due 13:00"
    assert told("2026-11-26 09:00", "2026-11-26 13:00") == "mail 4h overdue"
    assert told("2026-11-27 13:30", "2026-11-27 16:45") == "mail 3h due Mon 09:30", "over a weekend the day is named"


READY = AttentionFacts(zone=ZONE, placed_at=NOW - DAY, payment_status=PaymentStatus.PAID, stage=Stage.READY_TO_RELEASE)


@pytest.mark.parametrize("status", [FulfillmentStatus.ON_HOLD, FulfillmentStatus.SCHEDULED])
def test_what_stands_on_purpose_is_not_called_to_be_released(status: FulfillmentStatus) -> None:
    assert next_step(READY, now=NOW).action == "release"
    stands = replace(READY, fulfillment_status=status)

    assert next_step(stands, now=NOW).action == ""
    assert "release" not in {term.name for term in score(stands, now=NOW).terms}
    assert [flag.text for flag in flags(stands, now=NOW)] == [status.value.replace("_", " ")]


def test_an_order_that_was_paid_back_is_not_left_open_and_a_draft_asks_for_no_money() -> None:
    back = replace(READY, payment_status=PaymentStatus.REFUNDED, stage=Stage.AFTER_SALES)
    assert next_step(back, now=NOW).action == "cancel"
    assert flags(back, now=NOW)[0].text == "refunded, still open"
    assert score(back, now=NOW).terms

    draft = replace(READY, state=OrderState.DRAFT, payment_status=PaymentStatus.PENDING, stage=Stage.AWAITING_PAYMENT)
    assert (next_step(draft, now=NOW).action, next_step(draft, now=NOW).why) == ("", "draft")
    assert [flag.text for flag in flags(draft, now=NOW)] == ["draft"]

    voided = replace(READY, payment_status=PaymentStatus.VOIDED, stage=Stage.AWAITING_PAYMENT)
    assert next_step(voided, now=NOW).action == "draft"
    assert flags(voided, now=NOW)[0].text == "payment voided"


def test_goods_that_are_to_come_back_or_came_back_ask_for_an_answer_and_then_for_the_money() -> None:
    there = replace(READY, stage=Stage.AFTER_SALES, fulfillment_status=FulfillmentStatus.FULFILLED)
    asked = replace(there, return_status=ReturnStatus.REQUESTED)
    assert next_step(asked, now=NOW).action == "draft"
    assert flags(asked, now=NOW)[0].text == "return requested"

    came = replace(there, stage=Stage.DELIVERED, return_status=ReturnStatus.RETURNED)
    assert next_step(came, now=NOW).action == "refund"
    settled = replace(came, payment_status=PaymentStatus.REFUNDED)
    assert next_step(settled, now=NOW).action == "close"


@given(facts())
def test_a_next_step_is_none_that_the_orders_axes_refuse(known: AttentionFacts) -> None:
    """What the desk proposes can be done: a draft is not asked for money, and nothing unpaid is released."""
    action = next_step(known, now=NOW).action
    if action in ORDER.steps:
        axes = {axis: getattr(known, axis) for axis in ORDER_AXES}
        assert order_refusal(action, known.state, axes) == ""


def test_what_waits_for_its_customer_says_so_and_not_the_day_it_comes_back_at_the_latest() -> None:
    assert flags(replace(READY, snoozed_until=NOW + 365 * DAY), now=NOW)[0].text == "until they write"
    soon = replace(READY, snoozed_until=NOW + 2 * DAY)
    assert flags(soon, now=NOW)[0].text == "until Sat 28 Nov 11:00"
    assert due_again(replace(READY, snoozed_until=NOW + 301 * DAY), NOW) == NOW + DAY
