"""What to do with an order next, and the short words its row in the queue shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from oms_tui.domain.attention import FAR_OFF, STANDS, AttentionFacts, age
from oms_tui.domain.delay import Delay, delay_of
from oms_tui.domain.vocabulary import (
    TRACKING_TROUBLE,
    DelayReason,
    FlagLevel,
    FulfillmentStatus,
    Milestone,
    OrderState,
    PaymentStatus,
    ReturnStatus,
    Stage,
    TrackingStatus,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from oms_tui.domain.clocks import Clock


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do: the id of an action ("" for nothing), why, and by when (aware UTC; None: when there is time)."""

    action: str
    why: str
    due_at: datetime | None = None


class Flag(NamedTuple):
    """A short word on a queue row, and how much it presses (a FlagLevel)."""

    text: str
    level: FlagLevel


_PRESSING: Final = {level: rank for rank, level in enumerate(FlagLevel)}
_OUTBOX: Final = {"in_doubt": "reply in doubt", "blocked": "reply blocked", "failed": "reply failed"}
_WAITS: Final = frozenset({Stage.AWAITING_STOCK, Stage.READY_TO_RELEASE})
_PAID: Final = frozenset({PaymentStatus.PAID, PaymentStatus.PARTIALLY_PAID})
_RETURNS: Final = {
    ReturnStatus.REQUESTED: FlagLevel.WARN,
    ReturnStatus.IN_PROGRESS: FlagLevel.INFO,
}
_MOVING: Final = frozenset({Stage.HANDED_OVER, Stage.IN_TRANSIT})


def next_step(facts: AttentionFacts, *, now: datetime) -> NextStep:
    """The one thing to do next: first what keeps a person waiting, then what stops the order, then what moves it on."""
    if facts.snoozed(now):
        return NextStep("", "put aside", facts.snoozed_until)
    delay = delay_of(facts.delay, now=now, zone=facts.zone)
    return next(_steps(facts, delay, now), NextStep("", _calm(facts, delay)))


def _steps(facts: AttentionFacts, delay: Delay, now: datetime) -> Iterator[NextStep]:
    """Every step that offers itself, the most pressing first."""
    if facts.outbox:
        yield NextStep("resolve_outbox", _OUTBOX.get(facts.outbox, "a reply needs a decision"))
    if facts.waiting_since is not None:
        due = facts.clock.due_at if facts.clock and facts.clock.runs else None
        yield NextStep("draft", "the customer waits for an answer", due)
    if facts.call_due_at is not None:
        about = f"call about: {words_of(Milestone, facts.call)}" if facts.call else "a call is due"
        yield NextStep("log_call", about, facts.call_due_at)
    if facts.task_due_at is not None and now >= facts.task_due_at:
        yield NextStep("remind", facts.task or "a task is due", facts.task_due_at)
    if facts.money_held:
        yield NextStep("refund", "cancelled, and the money is still here")
    if facts.state != OrderState.DRAFT:
        yield from _coming_back(facts)
    if facts.state == OrderState.OPEN:
        yield from _trouble(facts, delay)
        yield from _onward(facts)


_TELL: Final = "tell the customer that it is late"


def _coming_back(facts: AttentionFacts) -> Iterator[NextStep]:
    if facts.return_status == ReturnStatus.REQUESTED:
        yield NextStep("draft", "they ask to send it back: agree or decline")
    if facts.return_status == ReturnStatus.RETURNED and facts.payment_status in _PAID:
        yield NextStep("refund", "the goods came back, and the money is still here")


def _trouble(facts: AttentionFacts, delay: Delay) -> Iterator[NextStep]:
    if facts.bounced:
        yield NextStep("draft", "our mail came back: write to another address")
    if delay.unexplained:
        yield NextStep("set_delay_reason", "late, and nobody knows why")
    if delay.untold:
        about = f"{_exception(facts)}: tell the customer" if _stuck_in_time(facts, delay) else _TELL
        yield NextStep("draft", about)
    if facts.conflicts:
        yield NextStep("resolve_conflict", f"systems disagree: {', '.join(facts.conflicts)}")
    if facts.tracking in {TrackingStatus.RETURNING, TrackingStatus.RETURNED}:
        yield NextStep("replace", f"the parcel is {words_of(TrackingStatus, facts.tracking)}: replace or refund it")
    elif facts.tracking == TrackingStatus.EXCEPTION:
        yield NextStep("draft", _exception(facts))


def _onward(facts: AttentionFacts) -> Iterator[NextStep]:
    if facts.short > 0 and facts.stage in _WAITS:
        yield NextStep("split" if facts.can_split else "ask_customer", f"{facts.short} short")
    if facts.stage == Stage.AWAITING_PAYMENT and facts.owed_since is not None:
        yield NextStep("record_receipt", "waits for the money")
    if facts.step:
        yield NextStep(facts.step_action or "step_done", facts.step)
    if facts.paid_back:
        yield NextStep("cancel", "the money went back, and the order is still open")
    if facts.stage == Stage.AWAITING_PAYMENT and facts.payment_status == PaymentStatus.VOIDED:
        yield NextStep("draft", "the payment was voided: ask for another one, or cancel")
    if facts.stage == Stage.READY_TO_RELEASE and facts.fulfillment_status not in STANDS:
        yield NextStep("release", "paid and in stock")
    if facts.stage == Stage.DELIVERED:
        yield NextStep("close", "delivered, and nothing is open")


def flags(facts: AttentionFacts, *, now: datetime) -> tuple[Flag, ...]:
    """The short words of a queue row, the most pressing first; a calm order has one that says how it is."""
    delay = delay_of(facts.delay, now=now, zone=facts.zone)
    if facts.snoozed(now) and facts.snoozed_until:
        if facts.snoozed_until - now > FAR_OFF:
            return (Flag("until they write", FlagLevel.QUIET),)
        return (Flag(f"until {facts.snoozed_until.astimezone(facts.zone):%a %d %b %H:%M}", FlagLevel.QUIET),)
    found = [*_people(facts, now), *_goods(facts, delay, now), *_books(facts, now)]
    found.sort(key=lambda flag: _PRESSING[flag.level])
    return tuple(found) or (Flag(_calm(facts, delay), FlagLevel.QUIET if facts.ended else FlagLevel.GOOD),)


def _people(facts: AttentionFacts, now: datetime) -> Iterator[Flag]:
    if facts.outbox:
        yield Flag(_OUTBOX.get(facts.outbox, "reply: decide"), FlagLevel.ALARM)
    if facts.waiting_since is not None:
        clock = facts.clock if facts.clock and facts.clock.runs else None
        level = FlagLevel.WARN
        if clock:
            level = (
                FlagLevel.ALARM if now >= clock.due_at else FlagLevel.WARN if now >= clock.soon_at else FlagLevel.INFO
            )
        yield Flag(f"mail {age(facts.waiting_since, now)}".strip() + _by_when(clock, facts, now), level)
    if facts.call_due_at is not None:
        missed = now >= facts.call_due_at
        yield Flag("call missed", FlagLevel.ALARM) if missed else Flag("call due", FlagLevel.WARN)
    if facts.bounced:
        yield Flag("mail came back", FlagLevel.WARN)
    if facts.prepared:
        yield Flag(f"draft prepared: {facts.prepared}", FlagLevel.INFO)
    if facts.task_due_at is not None and now >= facts.task_due_at:
        yield Flag("task due", FlagLevel.WARN)


def _by_when(clock: Clock | None, facts: AttentionFacts, now: datetime) -> str:
    """That the time for an answer is over, or when it is, once most of it is gone: words, as colour alone says nothing.

    The day is named where the time runs over a night.
    """
    if clock is None or now < clock.soon_at:
        return ""
    if now >= clock.due_at:
        return " overdue"
    soon, due = clock.soon_at.astimezone(facts.zone), clock.due_at.astimezone(facts.zone)
    return f" due {due:%H:%M}" if soon.date() == due.date() else f" due {due:%a %H:%M}"


def _goods(facts: AttentionFacts, delay: Delay, now: datetime) -> Iterator[Flag]:
    if (level := _RETURNS.get(facts.return_status)) is not None:  # type: ignore[call-overload] # a word of a source's own
        yield Flag(words_of(ReturnStatus, facts.return_status), level)
    if facts.ended:
        return
    yield from _lateness(facts, delay, now)
    if facts.tracking in TRACKING_TROUBLE:
        alarming = facts.tracking != TrackingStatus.DELIVERY_ATTEMPTED
        yield Flag(_exception(facts), FlagLevel.ALARM if alarming else FlagLevel.WARN)
    if facts.short > 0:
        yield Flag(f"short {facts.short}", FlagLevel.WARN)
    if facts.fulfillment_status == FulfillmentStatus.ON_HOLD:
        yield Flag("on hold", FlagLevel.INFO)
    elif facts.fulfillment_status == FulfillmentStatus.SCHEDULED:
        yield Flag("scheduled", FlagLevel.INFO)
    elif facts.fulfillment_status == FulfillmentStatus.REQUEST_DECLINED:
        yield Flag("warehouse declined", FlagLevel.WARN)
    elif facts.stage == Stage.READY_TO_RELEASE:
        yield Flag("ready to release", FlagLevel.INFO)


def _stuck_in_time(facts: AttentionFacts, delay: Delay) -> bool:
    """A parcel stands still, and the promised day is not yet said to be missed: its trouble says it all."""
    return delay.will_be_late and not delay.days and facts.tracking == TrackingStatus.EXCEPTION


def _lateness(facts: AttentionFacts, delay: Delay, now: datetime) -> Iterator[Flag]:
    if delay.late:
        yield Flag(f"late {delay.days}d", FlagLevel.ALARM)
    elif delay.will_be_late and not _stuck_in_time(facts, delay):
        yield Flag(f"will be late {delay.days}d" if delay.days else "will be late", FlagLevel.WARN)
    elif _due_today(facts, now):
        yield Flag("due today", FlagLevel.INFO)
    if delay.untold:
        yield Flag("not told", FlagLevel.WARN)


def _books(facts: AttentionFacts, now: datetime) -> Iterator[Flag]:
    if facts.disputed:
        yield Flag("chargeback", FlagLevel.ALARM)
    if facts.money_held:
        yield Flag("refund due", FlagLevel.WARN)
    if facts.paid_back:
        yield Flag("refunded, still open", FlagLevel.WARN)
    if facts.payment_status == PaymentStatus.VOIDED and facts.stage == Stage.AWAITING_PAYMENT and not facts.ended:
        yield Flag("payment voided", FlagLevel.WARN)
    if not facts.ended:
        for field in facts.conflicts:
            yield Flag(f"{field.replace('_', ' ')} differs", FlagLevel.WARN)
    if facts.owed_since is not None and now >= facts.owed_since:
        word = "overdue" if facts.invoice_due_at else "unpaid"
        yield Flag(
            f"{word} {age(facts.owed_since, now)}".strip(), FlagLevel.WARN if facts.invoice_due_at else FlagLevel.INFO
        )


def _exception(facts: AttentionFacts) -> str:
    what = words_of(TrackingStatus, facts.tracking)
    return f"{what}: {words_of(DelayReason, facts.reason)}" if facts.reason else what


def _due_today(facts: AttentionFacts, now: datetime) -> bool:
    if facts.delay.promised_at is None or facts.delay.delivered_at is not None:
        return False
    return facts.delay.promised_at.astimezone(facts.zone).date() == now.astimezone(facts.zone).date()


def _calm(facts: AttentionFacts, delay: Delay) -> str:
    """How an order is that asks for nothing."""
    if facts.state != OrderState.OPEN:
        return facts.state
    stage = words_of(Stage, facts.stage)
    on_time = (
        facts.stage in _MOVING and facts.delay.promised_at is not None and not delay.late and not delay.will_be_late
    )
    return f"{stage}, on time" if on_time else stage
