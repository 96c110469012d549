"""How long customers waited and what an order cost its agent: by week, from the mail and the desk's own log."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles
from typing import TYPE_CHECKING, Final

from oms_tui.domain.events import HANDLED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from oms_tui.domain.policy import DeskPolicy
    from oms_tui.store.workspace import Workspace

FORMULA: Final = (
    "first reply: business seconds from a customer's first mail in a conversation to the first mail a person here "
    "wrote after it, by the week of the customer's mail; close: clock seconds from the order's first customer mail to "
    "its closing here; keys and screens: counted on the desk from opening an order to the reply, note, call or "
    "decision that ended the work on it. Median and ninth decile; machine-made mail counts nowhere."
)

_FIRST_REPLIES: Final = """
SELECT conversation_id, asked, (
  SELECT min(m.sent_at) FROM messages m WHERE m.conversation_id = first.conversation_id AND m.direction = 'outbound'
  AND m.auto = '' AND m.sent_at >= first.asked)
FROM (SELECT conversation_id, min(sent_at) AS asked FROM messages
  WHERE direction = 'inbound' AND auto = '' AND gone_at IS NULL AND conversation_id IS NOT NULL
  GROUP BY conversation_id)
AS first WHERE asked >= ?
"""

_FIRST_ASKED: Final = """
SELECT min(m.sent_at) FROM orders o JOIN message_links l ON l.order_id = o.id JOIN messages m ON m.id = l.message
WHERE o.source = ? AND o.remote_id = ? AND m.direction = 'inbound' AND m.auto = ''
"""


@dataclass(frozen=True, slots=True)
class Handling:
    """One week. Seconds and counts; None where nothing was measured."""

    week: str  # ISO 8601: 2026-W48
    asked: int
    answered: int
    first_reply: int | None
    first_reply_slow: int | None  # the ninth decile
    closed: int
    close: int | None
    handled: int
    keys: float | None
    screens: float | None


def handling(store: Workspace, policy: DeskPolicy, now: int, weeks: int = 8) -> list[Handling]:
    """The last ``weeks`` weeks, the newest first, those without anything left out."""
    monday = datetime.fromtimestamp(now / 1000, UTC).astimezone(policy.zone).date()
    monday -= timedelta(days=monday.weekday(), weeks=weeks - 1)
    since = int(datetime(monday.year, monday.month, monday.day, tzinfo=policy.zone).timestamp() * 1000)
    asked: dict[str, int] = {}
    replies: dict[str, list[float]] = {}
    for at, seconds in _first_replies(store, policy, since):
        week = _week(at, policy)
        asked[week] = asked.get(week, 0) + 1
        if seconds is not None:
            replies.setdefault(week, []).append(seconds)
    closed = _by_week(_closings(store, since), policy)
    keys: dict[str, list[float]] = {}
    screens: dict[str, list[float]] = {}
    for at, pressed, seen in _handled(store, since):
        keys.setdefault(_week(at, policy), []).append(pressed)
        screens.setdefault(_week(at, policy), []).append(seen)
    found = []
    for week in sorted({*asked, *closed, *keys}, reverse=True):
        waits = replies.get(week, [])
        ended = closed.get(week, [])
        measured = [seconds for seconds in ended if seconds is not None]
        found.append(
            Handling(
                week=week,
                asked=asked.get(week, 0),
                answered=len(waits),
                first_reply=_median(waits),
                first_reply_slow=round(quantiles(waits, n=10)[-1]) if len(waits) > 1 else _median(waits),
                closed=len(ended),
                close=_median(measured),
                handled=len(keys.get(week, [])),
                keys=median(keys[week]) if week in keys else None,
                screens=median(screens[week]) if week in screens else None,
            )
        )
    return found


def _first_replies(store: Workspace, policy: DeskPolicy, since: int) -> Iterator[tuple[int, float | None]]:
    for _, asked, answered in store.cache.execute(_FIRST_REPLIES, (since,)):
        if answered is None:
            yield asked, None
        else:
            waited = policy.hours.between(_moment(asked), _moment(answered))
            yield asked, waited.total_seconds()


def _closings(store: Workspace, since: int) -> Iterator[tuple[int, float | None]]:
    events = store.desk.execute(
        "SELECT occurred_at, source, remote_id FROM desk_events WHERE kind = 'closed' AND occurred_at >= ?", (since,)
    )
    for at, source, remote_id in events.fetchall():
        asked = store.cache.execute(_FIRST_ASKED, (source, remote_id)).fetchone()[0]
        yield at, (at - asked) / 1000 if asked is not None and asked <= at else None


def _handled(store: Workspace, since: int) -> Iterator[tuple[int, int, int]]:
    events = store.desk.execute(
        "SELECT occurred_at, data FROM desk_events WHERE kind = ? AND occurred_at >= ?", (HANDLED, since)
    )
    for at, text in events:
        data = json.loads(text)
        yield at, int(data.get("keys", 0)), int(data.get("screens", 0))


def _by_week(found: Iterable[tuple[int, float | None]], policy: DeskPolicy) -> dict[str, list[float | None]]:
    weeks: dict[str, list[float | None]] = {}
    for at, seconds in found:
        weeks.setdefault(_week(at, policy), []).append(seconds)
    return weeks


def _median(seconds: list[float]) -> int | None:
    return round(median(seconds)) if seconds else None


def _week(at: int, policy: DeskPolicy) -> str:
    year, week, _ = _moment(at).astimezone(policy.zone).isocalendar()
    return f"{year}-W{week:02}"


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)
