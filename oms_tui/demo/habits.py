"""Where the invented desk left the set way in the last weeks, and how its sources' data were then: for the reports."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from oms_tui.store import desk_rows
from oms_tui.store.driver import transaction
from oms_tui.store.quality import Standing, standing

if TYPE_CHECKING:
    from oms_tui.store.session import Session

_WEEK_MS: Final = 7 * 86_400_000
_WEEKS: Final = 5
_AGENTS: Final = ("ana", "ben", "lea")


class _Habit(NamedTuple):
    """Something that is not done as set: an event's kind, its words and data, and how often in a week at most."""

    kind: str
    words: str
    data: dict[str, Any]
    most: int


_HABITS: Final = (
    _Habit(
        "step_skipped",
        "skipped: Write the card",
        {"procedure": "Gift", "step": "write_the_card", "title": "Write the card", "reason": "out of cards"},
        3,
    ),
    _Habit("override", "sent although the customer wrote meanwhile", {"choice": "send_anyway"}, 2),
    _Habit("reopened", "reopened: they wrote again", {}, 2),
    _Habit("note", "#workaround: label written by hand", {}, 2),
)


def remember_habits(session: Session, seed: int = 1) -> int:
    """Write them into the desk of a demo that was just read; how many events there were."""
    chance, store = Random(seed), session.store
    orders = store.cache.execute(
        "SELECT source, remote_id FROM queue_row WHERE is_open = 0 AND state <> 'cancelled' "
        "ORDER BY order_id DESC LIMIT 60"
    ).fetchall()
    made = 0
    with transaction(store.desk):
        for back in range(1, _WEEKS + 1):
            at = session.now() - back * _WEEK_MS
            _remember_quality(session, at, back)
            for habit in _HABITS if orders else ():
                for _ in range(chance.randint(0, habit.most)):
                    source, remote_id = chance.choice(orders)
                    desk_rows.record(
                        store.desk,
                        kind=habit.kind,
                        actor=chance.choice(_AGENTS),
                        summary=habit.words,
                        at=at + chance.randrange(3600) * 1000,
                        source=source,
                        remote_id=remote_id,
                        data=json.dumps(habit.data),
                    )
                    made += 1
    return made


def _remember_quality(session: Session, at: int, back: int) -> None:
    """The flaws of today, of which there were more the longer it is ago."""
    store = session.store
    day = datetime.fromtimestamp(at / 1000, UTC).astimezone(session.policy.zone).date().isoformat()
    for each in standing(store):
        times = each.times + each.times * back // 3
        then: Standing = each._replace(times=min(times, each.of) if each.of is not None else times)
        desk_rows.put(store.desk, "quality_days", {"day": day, **then._asdict()})
