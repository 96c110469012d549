"""What the invented desk's people did about milestone calls so far: most were kept, some were late, some were missed.

The files of a demo are its sources; whom somebody called is the desk's own, so it is written after they were read.
"""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from oms_tui.domain.milestones import CALL_WITHIN, OVERTAKEN, asked_for
from oms_tui.store import desk_rows
from oms_tui.store.driver import transaction
from oms_tui.store.ids import unique
from oms_tui.store.milestone_calls import task_id
from oms_tui.store.settle import settle
from oms_tui.store.writes.desk_write import blank

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oms_tui.domain.policy import TierPolicy
    from oms_tui.store.session import Session

_WEEKS_MS: Final = 42 * 86_400_000
_FRESH_MS: Final = 2 * 86_400_000
"""What was reached since then is for whoever opens the demo."""

_MINUTE_MS: Final = 60_000
_CALLERS: Final = ("ana", "ben", "lea")
_NOTES: Final = (
    "",
    "",
    "happy",
    "asked for the tracking number",
    "all there",
    "will open it on Monday",
    "wants a date",
)


class _Reached(NamedTuple):
    """A milestone that an order reached some days ago."""

    source: str
    remote_id: str
    tier: str
    milestone: str
    at: int


class _Call(NamedTuple):
    """A call somebody made."""

    agent: str
    at: int
    outcome: str
    note: str = ""
    direction: str = "outbound"


def remember_calls(session: Session, seed: int = 1) -> int:
    """Write the calls of the last weeks into the desk of a demo that was just read; how many there were."""
    chance, made = Random(seed), 0
    tiers = {tier.name: tier for tier in session.policy.tiers if asked_for(tier)}
    with transaction(session.store.desk):
        for reached in _reached(session, tuple(tiers)):
            if reached.milestone in tiers[reached.tier].calls:
                made += _remember(session, reached, tiers[reached.tier], chance)
    settle(session.store, session.policy, session.now())
    return made


def _reached(session: Session, tiers: tuple[str, ...]) -> Iterator[_Reached]:
    now = session.now()
    since, until = now - _WEEKS_MS, now - _FRESH_MS
    rows = session.store.cache.execute(
        "SELECT q.source, q.remote_id, q.tier, q.placed_at, min(s.shipped_at), max(s.delivered_at), "
        "CASE WHEN q.will_be_late = 0 THEN q.late_since END FROM queue_row q "
        f"LEFT JOIN shipments s ON s.order_id = q.order_id WHERE q.tier IN ({','.join('?' * len(tiers))}) "
        "AND q.state <> 'cancelled' GROUP BY q.order_id ORDER BY q.placed_at",
        tiers,
    ).fetchall()
    for source, remote_id, tier, placed_at, shipped_at, delivered_at, late_since in rows:
        moments = {"placed": placed_at, "shipped": shipped_at, "delayed": late_since, "delivered": delivered_at}
        for milestone, at in moments.items():
            if at is not None and since <= at <= until:
                yield _Reached(source, remote_id, tier, milestone, at)


def _remember(session: Session, reached: _Reached, tier: TierPolicy, chance: Random) -> int:
    desk, hours, milestone = session.store.desk, session.policy.hours, reached.milestone
    key = task_id(reached.source, reached.remote_id, milestone)
    known = desk_rows.get(desk, "tasks", key)
    due = hours.add(datetime.fromtimestamp(reached.at / 1000, UTC), tier.call_within or CALL_WITHIN)
    due_at = int(due.timestamp() * 1000)
    row: dict[str, Any] = known or blank("tasks") | {
        "id": key,
        "source": reached.source,
        "remote_id": reached.remote_id,
        "kind": "milestone_call",
        "title": f"call about {milestone.replace('_', ' ')}",
        "milestone": milestone,
        "tier": tier.name,
        "reached_at": reached.at,
        "due_at": due_at,
        "created_by": "desk",
        "created_at": reached.at,
    }
    fate, caller = chance.random(), chance.choice(_CALLERS)
    if fate < 0.82:
        minutes = -chance.randint(2, 40) if fate < 0.68 else chance.randint(20, 300)
        call = _Call(caller, due_at + minutes * _MINUTE_MS, "reached", chance.choice(_NOTES))
        desk_rows.put(desk, "tasks", row | {"state": "done", "outcome": "reached", "done_at": call.at})
        _log(session, reached, call)
    elif known is None:  # too long ago to be made now
        given_up_at = due_at + chance.randint(1, 3) * 86_400_000
        desk_rows.put(desk, "tasks", row | {"state": "dropped", "outcome": OVERTAKEN, "done_at": given_up_at})
    elif fate > 0.93:  # it stays open: missed, though somebody tried
        _log(session, reached, _Call(caller, due_at + 30 * _MINUTE_MS, "no_answer"))
        desk_rows.put(desk, "tasks", row | {"attempts": 1, "missed_at": due_at})
    else:  # and so the customer calls
        _log(session, reached, _Call(caller, due_at + 190 * _MINUTE_MS, "reached", "asked where it is", "inbound"))
    return 1


def _log(session: Session, reached: _Reached, call: _Call) -> None:
    desk = session.store.desk
    name = {"source": reached.source, "remote_id": reached.remote_id}
    ours = call.direction == "outbound"
    row = {"id": unique(), "direction": call.direction, "outcome": call.outcome}
    said = {
        "milestone": reached.milestone if ours else "",
        "agent": call.agent,
        "note": call.note,
        "called_at": call.at,
    }
    desk_rows.put(desk, "call_logs", blank("call_logs") | name | row | said)
    outcome = call.outcome.replace("_", " ")
    words = f"call about {reached.milestone.replace('_', ' ')}: {outcome}" if ours else f"they called: {outcome}"
    desk_rows.record(
        desk,
        kind="call_received" if not ours else "call_made" if call.outcome == "reached" else "call_missed",
        actor=call.agent,
        summary=f"{words}; {call.note}" if call.note else words,
        at=call.at,
        source=reached.source,
        remote_id=reached.remote_id,
    )
    desk_rows.changed(desk, "order", reached.source, reached.remote_id)
