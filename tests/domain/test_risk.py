"""What may cost us a customer: one order of each kind, and the calm one beside it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from oms_tui.domain.attention import AttentionFacts
from oms_tui.domain.clocks import Clock, ClockKind, ClockState
from oms_tui.domain.delay import DelayFacts, delay_of
from oms_tui.domain.risk import Risk, changes_at, risks

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)


def found(*, declined: bool = False, told_at: datetime | None = None, **facts: Any) -> tuple[str, ...]:
    facts = {"zone": BERLIN, "placed_at": NOW - 2 * DAY, "payment_status": "paid", **facts}
    attention = AttentionFacts(**facts)
    delay = delay_of(attention.delay, now=NOW, zone=BERLIN)
    return tuple(risks(attention, delay, declined=declined, told_at=told_at, now=NOW))


def test_a_calm_order_is_not_at_risk() -> None:
    assert found() == ()
    assert found(payment_status="pending") == (), "unpaid since two days only"


@pytest.mark.parametrize(
    "facts",
    [
        {"disputed": True},
        {"declined": True},
        {"payment_status": "voided"},
        {"payment_status": "pending", "placed_at": NOW - 3 * DAY},
        {"payment_status": "pending", "invoice_due_at": NOW},
        {"state": "cancelled", "stage": "after_sales"},
    ],
)
def test_trouble_with_the_payment(facts: dict[str, Any]) -> None:
    assert found(**facts) == (Risk.PAYMENT,)


def test_late_and_told_is_late_and_untold_is_silence_too() -> None:
    late = {"delay": DelayFacts(promised_at=NOW - 4 * DAY)}
    assert found(told_at=NOW, **late) == (Risk.LATE,)
    assert found(**late) == (Risk.SILENCE, Risk.LATE)
    assert found(told_at=NOW - 5 * DAY, **late) == (Risk.SILENCE, Risk.LATE)
    assert found(state="closed", **late) == ()


@pytest.mark.parametrize(("due", "expected"), [(NOW, (Risk.SILENCE,)), (NOW + DAY, ())])
def test_an_answer_that_is_overdue_is_silence(due: datetime, expected: tuple[str, ...]) -> None:
    clock = Clock(ClockKind.FIRST_RESPONSE, NOW - DAY, due, due, ClockState.RUNNING)
    assert found(waiting_since=NOW - DAY, clock=clock) == expected


def test_when_time_alone_makes_it_one() -> None:
    unpaid = AttentionFacts(zone=BERLIN, placed_at=NOW)
    assert changes_at(unpaid) == NOW + 3 * DAY
    assert changes_at(AttentionFacts(zone=BERLIN, placed_at=NOW, payment_status="paid")) is None
