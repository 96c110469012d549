"""How urgent an order is, and why: a sum of named terms, each of which can be shown.

Every term is worth its weight at most. The weights (``priority_weights``) are the house's to change; a term that is
worth nothing at the moment is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from oms_tui.domain.attention import DAY, HOUR, STANDS, AttentionFacts, age
from oms_tui.domain.clocks import ClockKind
from oms_tui.domain.delay import Delay, delay_of
from oms_tui.domain.priority_weights import WEIGHTS
from oms_tui.domain.vocabulary import LOST_REASONS, DelayReason, Stage, Tier, TrackingStatus, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

_TIERS: Final = {Tier.KEY: 1.0, Tier.PRIORITY: 0.6, Tier.STANDARD: 0.2, Tier.ONE_OFF: 0.0}
_MAIL_STEPS: Final = ((3 * DAY, 1.0), (DAY, 0.75), (4 * HOUR, 0.5), (timedelta(), 0.3))
_UNPAID_STEPS: Final = ((7 * DAY, 1.0), (3 * DAY, 0.6), (DAY, 0.25))
_WORST_DELAY: Final = 10  # days after which a late order gets no later
_TROUBLES: Final = {
    TrackingStatus.RETURNED: 1.0,
    TrackingStatus.RETURNING: 0.9,
    TrackingStatus.EXCEPTION: 0.8,
    TrackingStatus.EXPIRED: 0.6,
    TrackingStatus.DELIVERY_ATTEMPTED: 0.4,
}
_LARGE: Final = 1000  # major units from which an order in trouble counts in full


@dataclass(frozen=True, slots=True)
class Term:
    """One reason for an order's place in the queue: its name (a key of ``WEIGHTS``), points, and why."""

    name: str
    points: int
    why: str


@dataclass(frozen=True, slots=True)
class Priority:
    """How urgent an order is. ``score`` is the sum of the terms; the weightiest comes first."""

    score: int
    terms: tuple[Term, ...]


def score(facts: AttentionFacts, weights: Mapping[str, int] = WEIGHTS, *, now: datetime) -> Priority:
    """How urgent an order is at ``now`` (aware). An order that is calm, or that somebody put aside, has no terms."""
    if facts.snoozed(now):
        return Priority(0, ())
    delay = delay_of(facts.delay, now=now, zone=facts.zone)
    found: list[Term] = []
    for name, tell in _TERMS.items():
        for share, why in tell(facts, delay, now):
            points = round(weights[name] * share)
            if points:
                found.append(Term(name, points, why))
    found.sort(key=lambda term: -term.points)
    if all(term.name == "tier" for term in found):
        return Priority(0, ())  # whose it is does not matter while nothing is to be done
    return Priority(sum(term.points for term in found), tuple(found))


def _tier(facts: AttentionFacts, _: Delay, __: datetime) -> Iterator[tuple[float, str]]:
    if facts.tier in _TIERS:
        yield _TIERS[Tier(facts.tier)], f"{words_of(Tier, facts.tier)} customer"


def _clock(facts: AttentionFacts, _: Delay, now: datetime) -> Iterator[tuple[float, str]]:
    if facts.clock is None or not facts.clock.runs:
        return
    what = "solution" if facts.clock.kind == ClockKind.RESOLUTION else "answer"
    if now >= facts.clock.due_at:
        yield 1.0, f"{what} overdue"
    elif now >= facts.clock.soon_at:
        yield 0.6, f"{what} due soon"
    else:
        yield 0.25, f"{what} due"


def _mail(facts: AttentionFacts, _: Delay, now: datetime) -> Iterator[tuple[float, str]]:
    if facts.waiting_since is not None:
        waited = max(now - facts.waiting_since, timedelta())
        share = next(share for least, share in _MAIL_STEPS if waited >= least)
        yield share, f"customer waits {age(facts.waiting_since, now) or 'less than an hour'}"


def _late(facts: AttentionFacts, delay: Delay, _: datetime) -> Iterator[tuple[float, str]]:
    if facts.ended:
        return
    if delay.late:
        yield 0.35 + 0.65 * min(delay.days, _WORST_DELAY) / _WORST_DELAY, f"late {_days(delay.days)}"
    elif delay.will_be_late and (delay.days or facts.tracking not in _TROUBLES):  # the trouble counts by itself
        yield 0.2, f"will be late {_days(delay.days)}" if delay.days else "the carrier says it will be late"


def _untold(_: AttentionFacts, delay: Delay, __: datetime) -> Iterator[tuple[float, str]]:
    if delay.untold:
        yield 1.0 if delay.late else 0.5, "the customer has heard nothing since"


def _unexplained(_: AttentionFacts, delay: Delay, __: datetime) -> Iterator[tuple[float, str]]:
    if delay.unexplained:
        yield 1.0, "nobody knows why it is late"


def _exception(facts: AttentionFacts, _: Delay, __: datetime) -> Iterator[tuple[float, str]]:
    if facts.ended or facts.tracking not in _TROUBLES:
        return
    share = 1.0 if facts.reason in LOST_REASONS else _TROUBLES[TrackingStatus(facts.tracking)]
    why = words_of(TrackingStatus, facts.tracking)
    yield share, f"{why}: {words_of(DelayReason, facts.reason)}" if facts.reason else why


def _money(facts: AttentionFacts, delay: Delay, __: datetime) -> Iterator[tuple[float, str]]:
    if facts.disputed:
        yield 1.0, "a chargeback waits for our answer"
    elif facts.money_held:
        yield 0.6, "cancelled, and the money is still here"
    elif facts.paid_back:
        yield 0.4, "refunded, and still open: it could go out by mistake"
    elif not facts.ended and (delay.late or facts.tracking in _TROUBLES):
        major = facts.total // 10**facts.minor_digits
        worth = f"{major:,} {facts.currency}".rstrip()
        yield 0.6 * min(major, _LARGE) / _LARGE, f"an order of {worth} in trouble"


def _short(facts: AttentionFacts, _: Delay, __: datetime) -> Iterator[tuple[float, str]]:
    if facts.short > 0 and not facts.ended:
        yield 1.0, f"{facts.short} short"


def _call(facts: AttentionFacts, _: Delay, now: datetime) -> Iterator[tuple[float, str]]:
    if facts.call_due_at is not None:
        missed = now >= facts.call_due_at
        yield (1.0, "call missed") if missed else (0.6, "call due")


def _task(facts: AttentionFacts, _: Delay, now: datetime) -> Iterator[tuple[float, str]]:
    if facts.task_due_at is not None and now >= facts.task_due_at:
        yield 1.0, facts.task or "a task is due"


def _conflict(facts: AttentionFacts, _: Delay, __: datetime) -> Iterator[tuple[float, str]]:
    if facts.conflicts and not facts.ended:
        yield 1.0, f"systems disagree: {', '.join(facts.conflicts)}"


def _unpaid(facts: AttentionFacts, _: Delay, now: datetime) -> Iterator[tuple[float, str]]:
    if facts.owed_since is not None:
        owed = now - facts.owed_since
        share = next((share for least, share in _UNPAID_STEPS if owed >= least), 0.0)
        yield share, f"unpaid {owed // DAY}d"


def _outbox(facts: AttentionFacts, _: Delay, __: datetime) -> Iterator[tuple[float, str]]:
    if facts.outbox:
        yield 1.0, f"a reply of ours is {facts.outbox.replace('_', ' ')}"


def _bounced(facts: AttentionFacts, _: Delay, __: datetime) -> Iterator[tuple[float, str]]:
    if facts.bounced:
        yield 1.0, "our mail came back"


def _release(facts: AttentionFacts, _: Delay, __: datetime) -> Iterator[tuple[float, str]]:
    if facts.stage == Stage.READY_TO_RELEASE and facts.fulfillment_status not in STANDS:
        yield 1.0, "ready to release"


_TERMS: Final[Mapping[str, Callable[[AttentionFacts, Delay, datetime], Iterator[tuple[float, str]]]]] = {
    "tier": _tier,
    "clock": _clock,
    "mail": _mail,
    "late": _late,
    "untold": _untold,
    "unexplained": _unexplained,
    "exception": _exception,
    "money": _money,
    "short": _short,
    "call": _call,
    "task": _task,
    "conflict": _conflict,
    "unpaid": _unpaid,
    "outbox": _outbox,
    "bounced": _bounced,
    "release": _release,
}


def _days(days: int) -> str:
    return f"{days} day" if days == 1 else f"{days} days"
