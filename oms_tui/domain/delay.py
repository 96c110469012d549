"""Whether an order is late or will be, since when, why, and whether the customer knows.

A promise is a day: the order is late when that day is over in the desk's time zone, and days late are calendar days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from oms_tui.domain.vocabulary import DelayReason

if TYPE_CHECKING:
    from datetime import date, tzinfo

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Prediction:
    """When somebody says the goods will be there: a carrier's estimate, a supplier's date for what is short. Aware."""

    at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class DelayFacts:
    """What a delay is told from.

    Attributes:
        promised_at: the moment or day the customer was promised, aware; None if nothing was promised.
        promised_source: who says so.
        predictions: of every parcel still on its way and every line still short.
        delivered_at: when the last of it was delivered; None while something is missing.
        settled: closed or cancelled: nothing is late any more.
        carrier_late: a carrier itself speaks of a delay, or of a parcel that stands still.
        slipped_at: when a prediction first went past the promise, as far as we saw it.
        trouble_at: since when a parcel stands still, of several the newest; None: none does.
        carrier_reason: a DelayReason as the carrier's codes say, or as the order itself shows before any parcel is on
            its way (no stock, no payment); "" for none.
        house_reason: a DelayReason that a person here set, "" for none.
        told_at: the customer's newest news: the last mail or call from us that reached them.
    """

    promised_at: datetime | None = None
    promised_source: str = ""
    predictions: tuple[Prediction, ...] = ()
    delivered_at: datetime | None = None
    settled: bool = False
    carrier_late: bool = False
    slipped_at: datetime | None = None
    trouble_at: datetime | None = None
    carrier_reason: str = ""
    house_reason: str = ""
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delay:
    """How late an order is.

    Attributes:
        late: the promised day is over and something is missing.
        will_be_late: it is not yet, but is predicted to be.
        days: calendar days late by now, by the prediction, or by the delivery; 0 when on time or not known.
        since: when it became late (the first moment after the promised day), or when that became foreseeable.
        reason: a DelayReason, "" while nobody knows.
        reason_source: as ``source_of`` says; a person's word goes before a code.
        predicted_at: the latest prediction that has not passed.
        predicted_source: whose it is.
        news_at: since when there is something to tell the customer: ``since``, or when a parcel got into trouble after
            that, which is news of its own.
        told_at: the customer's first-hand news since ``news_at``; None: they heard nothing.
    """

    late: bool = False
    will_be_late: bool = False
    days: int = 0
    since: datetime | None = None
    reason: str = ""
    reason_source: str = ""
    predicted_at: datetime | None = None
    predicted_source: str = ""
    news_at: datetime | None = None
    told_at: datetime | None = None

    @property
    def unexplained(self) -> bool:
        """Late, and nobody knows why: no delay may stay so."""
        return self.late and self.reason in {"", "unknown"}

    @property
    def untold(self) -> bool:
        """Late or soon to be, and the customer has heard nothing since, or not of the trouble that came after."""
        return (self.late or self.will_be_late) and self.news_at is not None and self.told_at is None


def delay_of(facts: DelayFacts, *, now: datetime, zone: tzinfo) -> Delay:
    """How late an order is at ``now`` (aware), in days of ``zone``."""
    reason, source = _reason(facts)
    if facts.settled:
        return Delay(reason=reason, reason_source=source)
    promised = _day(facts.promised_at, zone) if facts.promised_at else None
    if facts.delivered_at is not None:
        days = max(0, (_day(facts.delivered_at, zone) - promised).days) if promised else 0
        return Delay(days=days, reason=reason, reason_source=source)
    today = _day(now, zone)
    prediction = max(
        (item for item in facts.predictions if _day(item.at, zone) >= today), key=lambda item: item.at, default=None
    )
    predicted = _day(prediction.at, zone) if prediction else None
    late = promised is not None and today > promised
    slips = promised is not None and predicted is not None and predicted > promised
    foreseen = not late and (slips or facts.carrier_late)
    since = _midnight(promised + _DAY, zone) if late and promised else facts.slipped_at if foreseen else None
    news_at = max(filter(None, (since, facts.trouble_at)), default=None) if since else None
    if late and promised:
        days = (today - promised).days
    else:
        days = (predicted - promised).days if slips and predicted and promised else 0
    return Delay(
        late=late,
        will_be_late=foreseen,
        days=days,
        since=since,
        reason=reason,
        reason_source=source,
        predicted_at=prediction.at if prediction else None,
        predicted_source=prediction.source if prediction else "",
        news_at=news_at,
        told_at=facts.told_at if news_at and facts.told_at and facts.told_at >= news_at else None,
    )


def changes_at(facts: DelayFacts, *, now: datetime, zone: tzinfo) -> datetime | None:
    """The next moment at which time alone changes the delay; None if it never does."""
    if facts.settled or facts.delivered_at is not None:
        return None
    days = [_day(item.at, zone) for item in facts.predictions]
    if facts.promised_at is not None:
        days.append(max(_day(facts.promised_at, zone), _day(now, zone)))  # while it is late, every day counts
    passing = (_midnight(day + _DAY, zone) for day in days)
    return min((moment for moment in passing if moment > now), default=None)


def _reason(facts: DelayFacts) -> tuple[str, str]:
    reason = facts.house_reason or facts.carrier_reason
    return reason, source_of(reason, house=bool(facts.house_reason))


def source_of(reason: str, *, house: bool) -> str:
    """Who says why: ``house`` for a person, ``stock`` or ``payment`` where the order shows it, else ``carrier``."""
    if not reason:
        return ""
    return "house" if house else _SHOWN_BY.get(reason, "carrier")


_SHOWN_BY: Final[dict[str, str]] = {DelayReason.OUT_OF_STOCK: "stock", DelayReason.AWAITING_PAYMENT: "payment"}


def _day(at: datetime, zone: tzinfo) -> date:
    return at.astimezone(zone).date()


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
