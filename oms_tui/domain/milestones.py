"""Milestone calls: which steps of an order its customer is to be called about, by when, and what became of the call.

What "reached" means where an order has many parcels: it is shipped and out for delivery with the first of them (that is
news), delivered with the last. A milestone is reached once: a second exception makes no second call.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from oms_tui.domain.vocabulary import CallState, Milestone, Tier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from oms_tui.domain.business_time import BusinessHours
    from oms_tui.domain.policy import TierPolicy

CALL_WITHIN: Final = timedelta(hours=4)
"""Business time for a call where a tier names none: half a day at the desk."""

HORIZON: Final = timedelta(days=7)
"""A milestone that is learned of later than this is no news: nobody is called about it."""

SWITCHED_ON: Final = timedelta(days=1)
"""How far back a policy reaches that is switched on at a desk which works already."""

OVERTAKEN: Final = "delivered meanwhile"
"""The outcome of a call that was not made before everything was there."""

BEFORE_DELIVERY: Final = frozenset(set(Milestone) - {Milestone.DELIVERED})
"""What there is nothing to say about any more when the customer has everything."""


@dataclass(frozen=True, slots=True)
class ParcelMoments:
    """When a parcel that travels was handed over, went out to the door, and first met with an exception; aware."""

    shipped_at: datetime | None = None
    out_for_delivery_at: datetime | None = None
    exception_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MilestoneFacts:
    """When things happened to an order, as far as somebody says.

    Attributes:
        placed_at: aware, like every moment here; None for a draft.
        paid_at: when the last of the money came, None while some is owed.
        allocated_at: when paid goods were all set aside and still lie here.
        parcels: those that are not void.
        delivered_at: when the last of it was there.
        late_since: since when it is late, or was first said to become late.
        cancelled: nobody is called about it any more.
    """

    placed_at: datetime | None
    paid_at: datetime | None = None
    allocated_at: datetime | None = None
    parcels: tuple[ParcelMoments, ...] = ()
    delivered_at: datetime | None = None
    late_since: datetime | None = None
    cancelled: bool = False


def reached(facts: MilestoneFacts) -> dict[Milestone, datetime]:
    """The milestones an order has reached, and when."""
    if facts.cancelled or facts.placed_at is None:
        return {}
    found = {
        Milestone.PLACED: facts.placed_at,
        Milestone.PAID: facts.paid_at,
        Milestone.ALLOCATED: facts.allocated_at,
        Milestone.SHIPPED: _first(parcel.shipped_at for parcel in facts.parcels),
        Milestone.OUT_FOR_DELIVERY: _first(parcel.out_for_delivery_at for parcel in facts.parcels),
        Milestone.DELIVERED: facts.delivered_at,
        Milestone.EXCEPTION: _first(parcel.exception_at for parcel in facts.parcels),
        Milestone.DELAYED: facts.late_since,
    }
    return {milestone: at for milestone, at in found.items() if at is not None}


def _first(moments: Iterable[datetime | None]) -> datetime | None:
    return min((at for at in moments if at is not None), default=None)


def asked_for(tier: TierPolicy) -> tuple[str, ...]:
    """The milestones a tier's customers are called at. One-off customers expect no calls, whatever a config says."""
    return () if tier.name == Tier.ONE_OFF else tier.calls


def due_at(reached_at: datetime, tier: TierPolicy, hours: BusinessHours) -> datetime:
    """By when the call must be made: so much business time after the milestone. Aware in, UTC out."""
    return hours.add(reached_at, tier.call_within or CALL_WITHIN)


def in_force(known: Mapping[str, int], wanted: Iterable[str], now: int) -> dict[str, int]:
    """Since when each part of the calls' policy holds, brought up to the config.

    Args:
        known: as it was, by ``tier:milestone``, in milliseconds; empty at a desk that begins.
        wanted: what the config asks for now.
        now: milliseconds since 1970 UTC.

    Returns:
        the same for what is wanted now. What was taken out of the config begins anew when it is put in again.
    """
    back = SWITCHED_ON if known else HORIZON
    begins = now - back // timedelta(milliseconds=1)
    found = {name: known.get(name, begins) for name in wanted}
    return found | {BEGUN: known.get(BEGUN, now)}


BEGUN: Final = "begun"
"""The name of the moment at which a desk first looked at its policy, with calls in it or none."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A call that is to be made."""

    milestone: Milestone
    reached_at: datetime
    due_at: datetime


def calls_wanted(
    facts: MilestoneFacts, tier: TierPolicy, hours: BusinessHours, since: Mapping[str, int], *, now: datetime
) -> Iterator[Wanted]:
    """The calls that an order's customer is to get.

    Args:
        facts: when things happened.
        tier: how the customer is served.
        hours: the desk's.
        since: since when the parts of the policy hold (``in_force``).
        now: aware.
    """
    there = reached(facts)
    for name in asked_for(tier):
        milestone = Milestone(name)
        at, begins = there.get(milestone), since.get(f"{tier.name}:{name}")
        if at is None or begins is None or at > now or at < now - HORIZON or at.timestamp() * 1000 < begins:
            continue
        if milestone in BEFORE_DELIVERY and Milestone.DELIVERED in there:
            continue
        yield Wanted(milestone, at, due_at(at, tier, hours))


def call_state(
    *, state: str, outcome: str, due_at: int, done_at: int | None, missed_at: int | None, now: int
) -> CallState | None:
    """How a milestone call stands against its promise; None for one that is not owed (any more).

    An attempt that nobody answered moves ``due_at`` on and does not count; one made too late stays missed, whatever
    is agreed then (``missed_at``). A call given up, as everything is there or somebody closed the order, is missed.

    Args:
        state: the task's: open, done, dropped or withdrawn.
        outcome: what ended it.
        due_at: milliseconds, like every moment here.
        done_at: when it ended.
        missed_at: when it was first missed, where somebody tried again since.
        now: for what is open.
    """
    if state == "open":
        return CallState.MISSED if missed_at is not None or due_at <= now else CallState.DUE
    if state == "done" and outcome == "reached" and done_at is not None:
        return CallState.LATE if missed_at is not None or done_at >= due_at else CallState.KEPT
    return CallState.MISSED if state == "dropped" else None


def ended_by(call: str, *, milestone: str) -> bool:
    """Whether a conversation settles a call that is open.

    One about a milestone settles that one; one about the order settles all that is open: whoever talks to a customer
    tells how the order stands.

    Args:
        call: the milestone it was said to be about, "" for none.
        milestone: that of the open call.
    """
    return call in {"", milestone}
