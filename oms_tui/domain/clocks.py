"""By when a customer must have an answer, in business time: the first response, every further one, and the solution.

A response clock starts when a person writes to us and nobody of us has answered since; it stops at the first mail a
person here sends them, or when somebody reached them by phone. Nothing else moves it: not a note, not an automatic
confirmation, not a change of the order (zammad#5177, zammad#3140). The solution's clock counts all the time the
customer waited for us, from their first mail until the conversation is closed. While the customer is to answer, no
clock runs; a merged or spam conversation has none (zammad#904). To put a conversation aside stops none: whoever waits
does not know of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from oms_tui.domain.vocabulary import ConversationStatus, Direction, Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime, timedelta

    from oms_tui.domain.business_time import BusinessHours
    from oms_tui.domain.conversations import Letter

SOON: Final = 0.75
"""The share of a clock after which it is said that it runs out soon, before it does."""

SHARE_STEP: Final = 5
"""Per cent by which the share of a clock that is gone is told; what is between two steps counts as the lower."""

_ROUNDING: Final = 1e-6  # a share is a quotient of floats: the moment of a step belongs to it
_NO_CLOCK: Final = frozenset({ConversationStatus.SPAM, ConversationStatus.MERGED})
_FOREVER_QUIET: Final = frozenset({ConversationStatus.CLOSED, *_NO_CLOCK})


class ClockKind(Word):
    """Which answer is due."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution", "solution"


class ClockState(Word):
    """How a clock stands."""

    RUNNING = "running"
    SOON = "soon", "due soon"
    BREACHED = "breached", "overdue"
    KEPT = "kept"
    LATE = "late", "answered late"
    STOPPED = "stopped", "closed without an answer"
    PAUSED = "paused", "the customer is to answer"


@dataclass(frozen=True, slots=True)
class ResponsePolicy:
    """What a tier is promised, in business time. None: that has no clock."""

    first_response: timedelta
    next_response: timedelta | None = None
    resolution: timedelta | None = None

    def of(self, kind: ClockKind) -> timedelta | None:
        """What is promised of this kind."""
        return {
            ClockKind.FIRST_RESPONSE: self.first_response,
            ClockKind.NEXT_RESPONSE: self.next_response,
            ClockKind.RESOLUTION: self.resolution,
        }[kind]


@dataclass(frozen=True, slots=True)
class Clock:
    """One promise of an answer.

    Attributes:
        kind: a ClockKind.
        started_at: when the customer wrote.
        soon_at: when three quarters of the time are gone.
        due_at: when it is broken; of a solution's clock that stands still: were it to run on from there.
        state: a ClockState at the moment asked.
        answered_at: when a person here wrote, None while nobody has.
    """

    kind: ClockKind
    started_at: datetime
    soon_at: datetime
    due_at: datetime
    state: ClockState
    answered_at: datetime | None = None

    @property
    def runs(self) -> bool:
        """Whether the customer still waits."""
        return self.state in {ClockState.RUNNING, ClockState.SOON, ClockState.BREACHED}

    def changes_at(self, now: datetime) -> datetime | None:
        """When time alone changes its state next; None if never."""
        return next((at for at in (self.soon_at, self.due_at) if self.runs and at > now), None)


def response_clocks(
    letters: Iterable[Letter],
    policy: ResponsePolicy,
    hours: BusinessHours,
    *,
    now: datetime,
    status: str = ConversationStatus.OPEN,
    closed_at: datetime | None = None,
    told: Iterable[datetime] = (),
) -> list[Clock]:
    """Every response clock of a conversation, oldest first; at most the last one runs.

    Args:
        letters: the mails of one conversation, in any order.
        policy: what the customer's tier is promised.
        hours: when the desk is open.
        now: aware.
        status: the conversation's status.
        closed_at: when somebody closed it, if it is closed.
        told: when the customer was answered otherwise: reached by phone.
    """
    if status in _NO_CLOCK:
        return []
    clocks: list[Clock] = []
    for started, answered in _turns(letters, told):
        first = not clocks
        allowed = policy.first_response if first else policy.next_response
        if allowed is None:
            break
        kind = ClockKind.FIRST_RESPONSE if first else ClockKind.NEXT_RESPONSE
        due, soon = hours.add(started, allowed), hours.add(started, allowed * SOON)
        closed = closed_at if status in _FOREVER_QUIET and closed_at and closed_at >= started else None
        state = _state(soon, due, answered=answered, closed=closed, now=now)
        clocks.append(Clock(kind, started, soon, due, state, answered))
    return clocks


def resolution_clock(
    letters: Iterable[Letter],
    policy: ResponsePolicy,
    hours: BusinessHours,
    *,
    now: datetime,
    status: str = ConversationStatus.OPEN,
    closed_at: datetime | None = None,
    told: Iterable[datetime] = (),
) -> Clock | None:
    """The solution's clock of a conversation; None where the tier is promised none, or nobody wrote.

    The arguments are those of ``response_clocks``. What was written before it was closed and taken up again is another
    matter: ``letters`` are those since.
    """
    if status in _NO_CLOCK or policy.resolution is None:
        return None
    closed = closed_at if status in _FOREVER_QUIET else None
    turns = list(_turns(letters, told))
    if not turns:
        return None
    waits = turns[-1][1] is None and closed is None
    spans = [(start, answered or closed or max(now, start)) for start, answered in turns]
    soon = _reached(spans, policy.resolution * SOON, hours)
    due = _reached(spans, policy.resolution, hours)
    broken = due <= spans[-1][1]
    if waits:
        state = ClockState.BREACHED if broken else ClockState.SOON if soon <= now else ClockState.RUNNING
    elif broken:
        state = ClockState.LATE
    else:
        state = ClockState.KEPT if closed is not None else ClockState.PAUSED
    return Clock(ClockKind.RESOLUTION, spans[0][0], soon, due, state, closed)


def _reached(spans: Sequence[tuple[datetime, datetime]], length: timedelta, hours: BusinessHours) -> datetime:
    """When the open time within ``spans`` comes to ``length``; the last span is thought to go on."""
    left = length
    for start, end in spans[:-1]:
        waited = hours.between(start, end)
        if waited >= left:
            return hours.add(start, left)
        left -= waited
    return hours.add(spans[-1][0], left)


def share_gone(clock: Clock, policy: ResponsePolicy, hours: BusinessHours, *, now: datetime) -> int:
    """How much of a clock that runs is gone at ``now``: per cent of what is promised, in steps; 100 when it is broken.

    Told from what is left, in business time: so it holds for a clock that stood still in between as well.
    """
    allowed = policy.of(clock.kind)
    if now >= clock.due_at or not allowed:
        return 100
    left = hours.between(now, clock.due_at) / allowed
    return max(0, int((1 - left) * 100 + _ROUNDING) // SHARE_STEP * SHARE_STEP)


def share_changes_at(clock: Clock, policy: ResponsePolicy, hours: BusinessHours, *, now: datetime) -> datetime | None:
    """When ``share_gone`` is told otherwise next, if nobody answers; None if never."""
    allowed = policy.of(clock.kind)
    gone = share_gone(clock, policy, hours, now=now)
    if gone >= 100 or not allowed:  # noqa: PLR2004 - per cent
        return None
    wait = hours.between(now, clock.due_at) - allowed * (100 - gone - SHARE_STEP) / 100
    return hours.add(now, wait) if wait.total_seconds() > 0 else None


def running(clocks: Sequence[Clock]) -> Clock | None:
    """The clock that runs, if one does."""
    return next((clock for clock in reversed(clocks) if clock.runs), None)


def _turns(letters: Iterable[Letter], told: Iterable[datetime]) -> Iterator[tuple[datetime, datetime | None]]:
    """When the customer began to wait, and when a person answered; the last one may still be open."""
    moves = [(letter.at, letter.direction) for letter in letters if letter.by_a_person]
    moves += [(at, Direction.OUTBOUND) for at in told]
    waiting: datetime | None = None
    for at, direction in sorted(moves):
        if direction == Direction.INBOUND:
            waiting = waiting or at  # writing again does not start it anew (nor give the desk more time)
        elif waiting is not None:
            yield waiting, at
            waiting = None
    if waiting is not None:
        yield waiting, None


def _state(
    soon: datetime, due: datetime, *, answered: datetime | None, closed: datetime | None, now: datetime
) -> ClockState:
    if answered is not None:
        return ClockState.KEPT if answered <= due else ClockState.LATE
    if closed is not None:
        return ClockState.STOPPED
    if now >= due:
        return ClockState.BREACHED
    return ClockState.SOON if now >= soon else ClockState.RUNNING
