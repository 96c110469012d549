"""What a parcel's scans add up to: one status, whether it is late and why.

Carriers send scans late, twice and out of order, so a parcel's state is always folded from all of its scans, sorted by
the time the carrier gives. The order in which they arrived does not matter, and folding again changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal

from oms_tui.domain.vocabulary import LOST_REASONS, TRACKING_SOFT_TERMINAL, TRACKING_TERMINAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# What still counts of a parcel that has ended, if it is newer: nothing else reopens it.
_AFTER_END: Final = {
    "delivered": frozenset({"returning", "returned"}),
    "cancelled": frozenset(
        {"delivered", "returning", "returned"}
    ),  # a label was void, the parcel travelled all the same
    "returned": frozenset[str](),
}
_TROUBLED: Final = frozenset({"exception", "delivery_attempted", "returning", "returned"})
_IN_HANDS: Final = frozenset(
    {
        "picked_up",
        "in_transit",
        "out_for_delivery",
        "delivery_attempted",
        "available_for_pickup",
        "delivered",
        "returning",
    }
)
"""The first of these ends the warehouse's liability."""
_CATCHES_UP: Final = frozenset({"out_for_delivery", "available_for_pickup", *TRACKING_TERMINAL})

# Scans of the same second are taken in the order a parcel lives through them.
_LIFE: Final = {
    status: rank
    for rank, status in enumerate(
        (
            "unknown",
            "expired",
            "pre_transit",
            "picked_up",
            "in_transit",
            "exception",
            "out_for_delivery",
            "delivery_attempted",
            "available_for_pickup",
            "cancelled",
            "delivered",
            "returning",
            "returned",
        )
    )
}

RECYCLED_AFTER: Final = timedelta(days=90)
"""A number silent for so long and then announced anew is another parcel: carriers hand numbers out again."""

_CLOCK_SLACK: Final = timedelta(days=1)  # offsets are missing or wrong by up to 14 hours, and clocks differ
_LONGEST_WAIT: Final = timedelta(days=365)  # back orders wait long, but not for ever

Stuck = Literal["", "never_handed_over", "at_origin", "silent", "waiting_at_pickup_point"]

_PATIENCE: Final[tuple[tuple[frozenset[str], timedelta, Stuck], ...]] = (
    (frozenset({"unknown", "pre_transit"}), timedelta(days=2), "never_handed_over"),
    (frozenset({"picked_up"}), timedelta(days=2), "at_origin"),
    (frozenset({"available_for_pickup"}), timedelta(days=5), "waiting_at_pickup_point"),
    (
        frozenset({"in_transit", "out_for_delivery", "delivery_attempted", "returning", "expired"}),
        timedelta(days=5),
        "silent",
    ),
)


@dataclass(frozen=True, slots=True)
class Scan:
    """One event of a parcel. ``occurred_at`` is aware and keeps the carrier's own offset."""

    occurred_at: datetime
    status: str
    raw_code: str = ""
    text: str = ""
    location: str = ""
    reason: str = ""
    delayed: bool = False


@dataclass(frozen=True, slots=True)
class Parcel:
    """What the scans add up to. ``changed_at`` is when the status began, by the carrier's clock.

    ``late_word`` says that the carrier itself spoke of a delay that nothing since has made good.
    """

    status: str = "unknown"
    reason: str = ""
    late_word: bool = False
    raw_code: str = ""
    raw_text: str = ""
    changed_at: datetime | None = None
    first_event_at: datetime | None = None
    last_event_at: datetime | None = None
    picked_up_at: datetime | None = None
    delivered_at: datetime | None = None
    attempts: int = 0
    scans: tuple[Scan, ...] = ()

    @property
    def ended(self) -> bool:
        """Whether nothing more is expected; a lost or destroyed parcel, and one not heard of, only softly so."""
        return self.status in TRACKING_TERMINAL or self.softly_ended

    @property
    def softly_ended(self) -> bool:
        """Ended until any newer scan: we stopped hearing of it, or the carrier calls it lost or destroyed."""
        return self.status in TRACKING_SOFT_TERMINAL or (self.status == "exception" and self.reason in LOST_REASONS)


def in_order(scans: Iterable[Scan]) -> tuple[Scan, ...]:
    """The scans once each, oldest first by the carrier's time."""
    return tuple(sorted(_once(scans), key=_place))


def fold(scans: Iterable[Scan], *, reported: str = "unknown", reported_reason: str = "") -> Parcel:
    """The state of one parcel from all of its scans, in whatever order they came.

    Args:
        scans: every scan known of the parcel.
        reported: the status the carrier gives the parcel as a whole. It decides where the scans do not say: without
            scans, when it has ended and the scans lag behind, and ``expired``, which no scan ever is.
        reported_reason: the reason that goes with it.
    """
    ordered = in_order(scans)
    state = _Folding()
    for scan in ordered:
        state.take(scan)
    if state.yields_to(reported):
        state.status, state.reason = reported, reported_reason
    last = ordered[-1].occurred_at if ordered else None
    return Parcel(
        status=state.status,
        reason=state.reason or (reported_reason if state.status == reported else ""),
        late_word=state.late_word and state.status not in TRACKING_TERMINAL,
        raw_code=state.raw_code,
        raw_text=state.raw_text,
        changed_at=state.changed_at,
        first_event_at=ordered[0].occurred_at if ordered else None,
        last_event_at=last,
        picked_up_at=state.picked_up_at,
        delivered_at=state.delivered_at if state.status == "delivered" else None,
        attempts=state.attempts,
        scans=ordered,
    )


class _Folding:
    """The parcel while its scans are read, oldest first."""

    def __init__(self) -> None:
        self.status = "unknown"
        self.reason = ""
        self.late_word = False
        self.raw_code = ""
        self.raw_text = ""
        self.changed_at: datetime | None = None
        self.picked_up_at: datetime | None = None
        self.delivered_at: datetime | None = None
        self.attempts = 0

    def take(self, scan: Scan) -> None:
        if scan.status == "unknown":  # it says that the carrier spoke, not what became of the parcel
            return
        if self.status in TRACKING_TERMINAL and scan.status not in _AFTER_END[self.status]:
            return
        self._mark(scan)
        self._explain(scan)
        if scan.status != self.status:
            self.status, self.changed_at = scan.status, scan.occurred_at
        self.raw_code, self.raw_text = scan.raw_code, scan.text

    def _mark(self, scan: Scan) -> None:
        if scan.status == "delivery_attempted":
            self.attempts += 1
        if scan.status == "delivered":
            self.delivered_at = scan.occurred_at
        if self.picked_up_at is None and scan.status in _IN_HANDS:
            self.picked_up_at = scan.occurred_at

    def _explain(self, scan: Scan) -> None:
        if scan.delayed:
            self.late_word = True
        elif scan.status in _CATCHES_UP:
            self.late_word = False
        still_in_trouble = scan.status in _TROUBLED and self.status in _TROUBLED
        if scan.reason or not (still_in_trouble or self.late_word):
            self.reason = scan.reason  # without one: whatever it was, the parcel moves again

    def yields_to(self, reported: str) -> bool:
        if self.status == "unknown":
            return reported != "unknown"
        if self.status in TRACKING_TERMINAL:
            return reported in _AFTER_END[self.status]
        return reported in TRACKING_TERMINAL or reported in {"returning", "expired"}


def is_delayed(
    parcel: Parcel, *, now: datetime, estimated_at: datetime | None = None, promised_at: datetime | None = None
) -> bool:
    """Whether the parcel is late: the carrier says so, or its own estimate or our promise has passed undelivered.

    A parcel that has ended is not late any more, whatever it was; one that merely is not heard of is.
    """
    if parcel.status in TRACKING_TERMINAL:
        return False
    due = [day for day in (estimated_at, promised_at) if day is not None]
    return parcel.late_word or any(day < now for day in due)


def stuck(parcel: Parcel, *, now: datetime) -> Stuck:
    """Where a parcel hangs that has not moved for longer than is usual, "" if it does not.

    ``never_handed_over``: a label and no parcel; ``at_origin``: taken, then nothing; ``silent``: on its way, no scan
    for days; ``waiting_at_pickup_point``: it goes back soon unless the customer fetches it.
    """
    if parcel.last_event_at is None:
        return ""
    still = now - parcel.last_event_at
    return next(
        (hint for statuses, patience, hint in _PATIENCE if parcel.status in statuses and still > patience),
        "",
    )


def lives(scans: Iterable[Scan]) -> tuple[tuple[Scan, ...], ...]:
    """The scans of one carrier's number, cut where the number was given to another parcel. Oldest parcel first.

    Cut where it was silent for ``RECYCLED_AFTER`` and either the old parcel had ended or a new one is announced.
    """
    ordered = in_order(scans)
    cuts = [0]
    for index, (before, after) in enumerate(pairwise(ordered), start=1):
        if after.occurred_at - before.occurred_at > RECYCLED_AFTER and (
            after.status in {"pre_transit", "picked_up"} or fold(ordered[cuts[-1] : index]).ended
        ):
            cuts.append(index)
    return tuple(ordered[start:end] for start, end in pairwise([*cuts, len(ordered)]) if end > start)


def belongs(order_placed_at: datetime, first_event_at: datetime | None) -> bool:
    """Whether a parcel first seen at ``first_event_at`` can be one of an order placed at ``order_placed_at``.

    Tracking numbers are recycled: a parcel that travelled before the order was placed is another one with the same
    number, and so is one that first moves a year later. A parcel never scanned can belong to any order.
    """
    if first_event_at is None:
        return True
    return -_CLOCK_SLACK <= first_event_at - order_placed_at <= _LONGEST_WAIT


def life_of(scans: Iterable[Scan], *, order_placed_at: datetime) -> tuple[Scan, ...]:
    """Those of a number's scans that are of the parcel of an order placed then; empty when none is."""
    mine = [life for life in lives(scans) if belongs(order_placed_at, life[0].occurred_at)]
    return mine[0] if mine else ()


def _once(scans: Iterable[Scan]) -> Sequence[Scan]:
    seen: dict[tuple[datetime, str, str, str, str], Scan] = {}
    for scan in scans:
        key = (scan.occurred_at.astimezone(UTC), scan.status, scan.raw_code, scan.text, scan.location)
        kept = seen.get(key)
        # The same scan told twice, once with less: the fuller one, whichever came first.
        if kept is None or (scan.delayed, scan.reason, scan.occurred_at.isoformat()) > (
            kept.delayed,
            kept.reason,
            kept.occurred_at.isoformat(),
        ):
            seen[key] = scan
    return list(seen.values())


def _place(scan: Scan) -> tuple[datetime, int, str, str, str]:
    return (scan.occurred_at.astimezone(UTC), _LIFE.get(scan.status, 0), scan.raw_code, scan.text, scan.location)
