"""Every time a customer waited for an answer: from their mail to the first that a person here wrote after it."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from oms_tui.store.ids import first_id
from oms_tui.store.reads.reports.behind import Named
from oms_tui.store.reads.reports.weeks import DAY_MS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from oms_tui.domain.business_time import BusinessHours
    from oms_tui.store.reads.reports.shape import Asked

_BEFORE_MS: Final = 28 * DAY_MS
"""Of conversations that go on, letters so old are read too: a wait may have begun before the first week."""

# A turn begins with an inbound letter before which there is none, or an answer: the islands are found in SQL.
_TURNS: Final = """
WITH letters AS (
  SELECT conversation_id AS c, id, sent_at AS at, direction AS d,
    lag(direction) OVER (PARTITION BY conversation_id ORDER BY sent_at, direction) AS before
  FROM messages WHERE id >= ? AND id < ? AND auto = '' AND conversation_id IS NOT NULL),
turns AS (
  SELECT c, id, at, d, lead(at) OVER (PARTITION BY c ORDER BY at, d) AS ended,
    row_number() OVER (PARTITION BY c ORDER BY at, d) AS place
  FROM letters WHERE before IS NULL OR before <> d)
SELECT t.c, t.at, t.ended, t.place, v.status, v.id < ?, coalesce(q.tier, 'standard'), q.order_id, q.source, q.number
FROM turns t CROSS JOIN conversations v ON v.id = t.c LEFT JOIN queue_row q ON q.order_id = (
  SELECT l.order_id FROM message_links l WHERE l.message = t.id LIMIT 1)
WHERE t.d = 'inbound'
"""


class Turn(NamedTuple):
    """A customer's wait: since when, until when (None: nobody wrote), the tier, and whether it was their first.

    ``order``: one that the mail is about, None where it is linked to none.
    """

    conversation: int
    asked: int
    answered: int | None
    tier: str
    first: bool
    status: str
    order: Named | None


def turns(asked: Asked) -> Iterable[Turn]:
    """Every wait that lasted into these weeks or began in them; in no order."""
    return asked.waits if asked.waits is not None else _turns(asked)


def _turns(asked: Asked) -> Iterator[Turn]:
    lowest = first_id(asked.weeks.since - _BEFORE_MS)
    bound = (lowest, first_id(asked.weeks.until + DAY_MS), lowest)
    for number, at, ended, place, status, older, tier, *order in asked.store.cache.execute(_TURNS, bound):
        if at <= asked.weeks.until and (ended is None or ended >= asked.weeks.since):
            named = Named(*order) if order[0] is not None else None
            yield Turn(number, at, ended, tier, place == 1 and not older, status, named)


class Meter:
    """Business time between any two moments of a stretch, for a hundred thousand pairs: two look-ups each.

    Args:
        hours: when the desk is open.
        first: the earliest moment asked for, in milliseconds since 1970 UTC.
        last: the latest.
    """

    __slots__ = ("_before", "_starts", "_until")

    def __init__(self, hours: BusinessHours, first: int, last: int) -> None:
        self._starts: list[int] = []
        self._until: list[int] = []
        self._before: list[int] = []
        total = 0
        day = datetime.fromtimestamp(first / 1000, UTC).astimezone(hours.zone).date()
        end = datetime.fromtimestamp(last / 1000, UTC).astimezone(hours.zone).date()
        while day <= end:
            for opened, closed in hours.spans(day):
                start, stop = int(opened.timestamp() * 1000), int(closed.timestamp() * 1000)
                self._starts.append(start)
                self._until.append(stop)
                self._before.append(total)
                total += stop - start
            day += timedelta(days=1)

    def seconds(self, start: int, end: int) -> float:
        """Open seconds between two moments."""
        return (self._passed(end) - self._passed(start)) / 1000

    def _passed(self, at: int) -> int:
        place = bisect_right(self._starts, at) - 1
        return self._before[place] + min(at, self._until[place]) - self._starts[place] if place >= 0 else 0


def meter(asked: Asked) -> Meter:
    """The meter for every turn of these weeks."""
    return Meter(asked.policy.hours, asked.weeks.since - _BEFORE_MS - DAY_MS, asked.weeks.until)
