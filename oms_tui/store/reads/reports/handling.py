"""How long customers waited and what an order cost its agent: by week, from the mail and the desk's own log."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from statistics import median, quantiles
from typing import TYPE_CHECKING, Final

from oms_tui.domain.events import HANDLED
from oms_tui.domain.figures import Kind
from oms_tui.domain.vocabulary import ConversationStatus
from oms_tui.store.reads.reports.behind import MOST, query_of
from oms_tui.store.reads.reports.shape import figure
from oms_tui.store.reads.reports.turns import meter, turns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from oms_tui.store.reads.reports.behind import Named
    from oms_tui.store.reads.reports.shape import Asked
    from oms_tui.store.workspace import Workspace

FORMULA: Final = (
    "first reply: business seconds from a customer's first mail in a conversation to the first mail a person here "
    "wrote after it, by the week of the customer's mail; close: clock seconds from the order's first customer mail to "
    "its closing here; keys and screens: counted on the desk from opening an order to the reply, note, call or "
    "decision that ended the work on it. The middle one (median) of each, and where it says so the ninth decile: nine "
    "of ten were faster. Machine-made mail counts nowhere."
)

_FIRST_ASKED: Final = """
SELECT min(m.sent_at) FROM orders o JOIN message_links l ON l.order_id = o.id JOIN messages m ON m.id = l.message
WHERE o.source = ? AND o.remote_id = ? AND m.direction = 'inbound' AND m.auto = ''
"""


@dataclass(frozen=True, slots=True)
class Handling:
    """One week, ISO 8601: 2026-W48. Seconds and counts; None where nothing was measured."""

    week: str = figure(Kind.TEXT)
    asked: int = figure()
    answered: int = figure(gives_way=1)
    first_reply: int | None = figure(Kind.SECONDS, bar=True)
    first_reply_slow: int | None = figure(Kind.SECONDS, "ninth decile", gives_way=2)
    closed: int = figure()
    close: int | None = figure(Kind.SECONDS, "time to close")
    handled: int = figure()
    keys: float | None = figure(title="keys each")
    screens: float | None = figure(title="screens each")
    query: str = figure(Kind.QUERY)


def handling(asked: Asked) -> list[Handling]:
    """The newest week first, those without anything left out."""
    weeks, measure = asked.weeks, meter(asked)
    replies: defaultdict[str, list[float]] = defaultdict(list)
    conversations: defaultdict[str, int] = defaultdict(int)
    waited: defaultdict[str, dict[Named, float]] = defaultdict(dict)
    for turn in turns(asked):
        if turn.first and turn.asked >= weeks.since:
            week = weeks.of(turn.asked)
            conversations[week] += 1
            answered = turn.answered if turn.answered is not None and turn.answered <= weeks.until else None
            lasted = measure.seconds(turn.asked, weeks.until if answered is None else answered)
            if answered is not None:
                replies[week].append(lasted)
            if turn.order is not None and (answered is not None or turn.status == ConversationStatus.OPEN):
                waited[week][turn.order] = max(lasted, waited[week].get(turn.order, 0.0))
    closed: defaultdict[str, list[float | None]] = defaultdict(list)
    for at, seconds in _closings(asked.store, weeks.since):
        closed[weeks.of(at)].append(seconds)
    keys: defaultdict[str, list[int]] = defaultdict(list)
    screens: defaultdict[str, list[int]] = defaultdict(list)
    for at, pressed, seen in _handled(asked.store, weeks.since):
        keys[weeks.of(at)].append(pressed)
        screens[weeks.of(at)].append(seen)
    return [
        Handling(
            week=week,
            asked=conversations[week],
            answered=len(replies[week]),
            first_reply=middle(replies[week]),
            first_reply_slow=slow(replies[week]),
            closed=len(closed[week]),
            close=middle([seconds for seconds in closed[week] if seconds is not None]),
            handled=len(keys[week]),
            keys=median(keys[week]) if keys[week] else None,
            screens=median(screens[week]) if screens[week] else None,
            query=query_of(sorted(waited[week], key=lambda order: -waited[week][order])[:MOST]),
        )
        for week in sorted({*conversations, *closed, *keys}, reverse=True)
    ]


def middle(seconds: Sequence[float]) -> int | None:
    """The median, in whole seconds; None of nothing."""
    return round(median(seconds)) if seconds else None


def slow(seconds: Sequence[float]) -> int | None:
    """The ninth decile, in whole seconds; None of nothing."""
    return round(quantiles(seconds, n=10, method="inclusive")[-1]) if len(seconds) > 1 else middle(seconds)


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
