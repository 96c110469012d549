"""What of an order asks for attention: the facts that priority, next step and flags are all told from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from oms_tui.domain.delay import DelayFacts
from oms_tui.domain.delay import changes_at as delay_changes_at
from oms_tui.domain.vocabulary import (
    FulfillmentStatus,
    OrderState,
    PaymentStatus,
    ReturnStatus,
    Stage,
    Tier,
    TrackingStatus,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, tzinfo

    from oms_tui.domain.clocks import Clock

UNPAID: Final = frozenset(
    {PaymentStatus.PENDING, PaymentStatus.AUTHORIZED, PaymentStatus.PARTIALLY_PAID, PaymentStatus.EXPIRED}
)
"""Money is still owed."""

ENDED: Final = frozenset({OrderState.CLOSED, OrderState.CANCELLED})

STANDS: Final = frozenset({FulfillmentStatus.ON_HOLD, FulfillmentStatus.SCHEDULED})
"""Somebody decided that the goods wait: they are not to be released now."""

FAR_OFF: Final = timedelta(days=300)
"""What is put aside for longer waits for its customer to write; the day it comes back at the latest says nothing."""

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
_IN_HOURS: Final = 2 * DAY
"""Ages are told in hours up to here, in days from here on."""


@dataclass(frozen=True, slots=True)
class AttentionFacts:
    """Everything about an order that may ask for attention. Nothing in it depends on when it is asked.

    Attributes:
        zone: the desk's time zone.
        placed_at: aware, like every moment here.
        tier: a Tier.
        state: an OrderState.
        payment_status: a PaymentStatus.
        fulfillment_status: a FulfillmentStatus.
        return_status: a ReturnStatus.
        stage: a Stage.
        total: minor units of the order's currency.
        minor_digits: decimals of that currency.
        currency: its code, "" where nobody said.
        delay: what a delay is told from.
        waiting_since: the oldest customer's mail that nobody answered.
        clock: the response clock that runs, if one does.
        bounced: our last mail came back.
        tracking: the TrackingStatus of the parcel that needs most attention.
        reason: that parcel's DelayReason.
        short: units to ship that no location has.
        can_split: some of the rest could go now.
        call_due_at: by when an open milestone call must be made.
        call: what the call is about (a Milestone).
        task_due_at: when the earliest other open task is due.
        task: its title.
        conflicts: fields on which systems disagree.
        disputed: a chargeback waits for our answer.
        outbox: the OutboxState of a reply that needs a decision, "" for none.
        invoice_due_at: when an open invoice is due; None where nothing is sold on account.
        snoozed_until: somebody put it aside until then.
        prepared: a rule has prepared a draft that nobody has touched: what it is about.
        step: the next step of its procedure, in words.
        step_action: the action that does it.
    """

    zone: tzinfo
    placed_at: datetime
    tier: str = Tier.STANDARD
    state: str = OrderState.OPEN
    payment_status: str = PaymentStatus.PENDING
    fulfillment_status: str = FulfillmentStatus.UNFULFILLED
    return_status: str = ReturnStatus.NO_RETURN
    stage: str = Stage.AWAITING_PAYMENT
    total: int = 0
    minor_digits: int = 2
    currency: str = ""
    delay: DelayFacts = field(default_factory=DelayFacts)
    waiting_since: datetime | None = None
    clock: Clock | None = None
    bounced: bool = False
    tracking: str = TrackingStatus.UNKNOWN
    reason: str = ""
    short: int = 0
    can_split: bool = False
    call_due_at: datetime | None = None
    call: str = ""
    task_due_at: datetime | None = None
    task: str = ""
    conflicts: tuple[str, ...] = ()
    disputed: bool = False
    outbox: str = ""
    invoice_due_at: datetime | None = None
    snoozed_until: datetime | None = None
    prepared: str = ""
    step: str = ""
    step_action: str = ""

    @property
    def ended(self) -> bool:
        """Closed or cancelled."""
        return self.state in ENDED

    @property
    def owed_since(self) -> datetime | None:
        """Since when money is owed that should be there: the order's day, or on account the invoice's due day."""
        if self.payment_status not in UNPAID or self.ended or self.state == OrderState.DRAFT:
            return None
        return self.invoice_due_at or self.placed_at

    @property
    def paid_back(self) -> bool:
        """The money went back and the goods did not leave, but the order is still open: it could go out by mistake."""
        return (
            self.state == OrderState.OPEN
            and self.payment_status == PaymentStatus.REFUNDED
            and self.stage == Stage.AFTER_SALES
            and self.fulfillment_status != FulfillmentStatus.FULFILLED
        )

    @property
    def money_held(self) -> bool:
        """The order is cancelled and the customer's money is still with us."""
        return self.state == OrderState.CANCELLED and self.stage == Stage.AFTER_SALES

    def snoozed(self, now: datetime) -> bool:
        """Whether somebody put it aside, and neither the time has come nor the customer written."""
        return self.snoozed_until is not None and now < self.snoozed_until and self.waiting_since is None


def age(since: datetime, now: datetime) -> str:
    """How long it has lasted, as a row shows it: "" below an hour, ``3h`` below two days, then ``4d``."""
    lasted = now - since
    if lasted < HOUR:
        return ""
    return f"{lasted // HOUR}h" if lasted < _IN_HOURS else f"{lasted // DAY}d"


def _age_changes(since: datetime, now: datetime) -> datetime:
    """When ``age`` next reads differently."""
    lasted = now - since
    if lasted < timedelta():
        return since
    step = HOUR if lasted < _IN_HOURS else DAY
    return since + (lasted // step + 1) * step


def due_again(facts: AttentionFacts, now: datetime) -> datetime | None:
    """The next moment at which time alone changes score, flags or next step; None if it never does."""
    return min((moment for moment in _moments(facts, now) if moment > now), default=None)


def _moments(facts: AttentionFacts, now: datetime) -> Iterator[datetime]:
    if facts.waiting_since is not None:
        yield _age_changes(facts.waiting_since, now)
    if facts.clock is not None:
        yield from (facts.clock.soon_at, facts.clock.due_at)
    if facts.owed_since is not None:
        yield _age_changes(facts.owed_since, now)
    if facts.delay.promised_at is not None:
        # "due today" begins with the promised day itself, lateness when it is over.
        yield facts.delay.promised_at.astimezone(facts.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    if (moved := delay_changes_at(facts.delay, now=now, zone=facts.zone)) is not None:
        yield moved
    yield from filter(None, (facts.call_due_at, facts.task_due_at, facts.snoozed_until))
    if facts.snoozed_until is not None:
        yield facts.snoozed_until - FAR_OFF
