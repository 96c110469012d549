"""What drives customers away: trouble with the payment, silence, late goods. An order at risk says which."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from oms_tui.domain.vocabulary import PaymentStatus, Word

if TYPE_CHECKING:
    from datetime import datetime

    from oms_tui.domain.attention import AttentionFacts
    from oms_tui.domain.delay import Delay


class Risk(Word):
    """Why an order is at risk."""

    PAYMENT = "payment", "payment trouble"
    SILENCE = "silence"
    LATE = "late"


UNPAID_TOO_LONG: Final = timedelta(days=3)
"""From then on an order that was to be paid at once is in trouble with its payment."""

_GONE_WRONG: Final = frozenset({PaymentStatus.VOIDED, PaymentStatus.EXPIRED})


def risks(
    facts: AttentionFacts, delay: Delay, *, declined: bool, told_at: datetime | None, now: datetime
) -> tuple[Risk, ...]:
    """Why an order may cost us its customer, in the order of ``Risk``.

    Args:
        facts: what asks for attention.
        delay: whether it is late, and since when.
        declined: a payment was declined and none was taken.
        told_at: when we last wrote to the customer or spoke to them.
        now: aware.
    """
    found = []
    if _payment(facts, declined=declined, now=now):
        found.append(Risk.PAYMENT)
    if _silence(facts, delay, told_at, now):
        found.append(Risk.SILENCE)
    if delay.late and not facts.ended:
        found.append(Risk.LATE)
    return tuple(found)


def _payment(facts: AttentionFacts, *, declined: bool, now: datetime) -> bool:
    if facts.disputed or facts.money_held:
        return True
    if facts.ended:
        return False
    owed = facts.owed_since
    if owed is not None and now >= owed + (timedelta() if facts.invoice_due_at else UNPAID_TOO_LONG):
        return True
    return declined or facts.payment_status in _GONE_WRONG


def _silence(facts: AttentionFacts, delay: Delay, told_at: datetime | None, now: datetime) -> bool:
    """Nobody answered in the promised time, or it became late and nobody told the customer."""
    if facts.clock is not None and facts.clock.runs and facts.waiting_since is not None and now >= facts.clock.due_at:
        return True
    untold = delay.news_at is not None and (told_at is None or told_at < delay.news_at)
    return delay.late and untold and not facts.ended


def changes_at(facts: AttentionFacts) -> datetime | None:
    """The moment at which time alone makes an unpaid order a risk; the others are moments of ``attention``."""
    owed = facts.owed_since
    return owed + UNPAID_TOO_LONG if owed is not None and facts.invoice_due_at is None else None
