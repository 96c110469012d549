"""Milestone calls on the desk: made, withdrawn and given up as deriving noted, each in a transaction with its event.

A call's task is named after its order and milestone, so whatever is noted twice, by two processes or by a cache made
anew, makes one task. Since when a policy holds lies on the desk too: switched on today, it asks for no calls about
what was reached long ago.
"""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from oms_tui.domain.milestones import asked_for, in_force
from oms_tui.domain.vocabulary import Milestone, TaskKind, words_of
from oms_tui.store import desk_rows
from oms_tui.store.driver import transaction
from oms_tui.store.writes.desk_write import blank

if TYPE_CHECKING:
    from oms_tui.domain.policy import DeskPolicy
    from oms_tui.store.driver import Connection
    from oms_tui.store.workspace import Workspace

BY: Final = "desk"
"""Who makes and withdraws calls, in the log."""

_KEY: Final = "calls_in_force"
_MOST: Final = 500


def task_id(source: str, remote_id: str, milestone: str) -> str:
    """What the task of this call is named, wherever and whenever it is made."""
    return blake2b(f"call\x1f{source}\x1f{remote_id}\x1f{milestone}".encode(), digest_size=16).hexdigest()


def policy_in_force(desk: Connection) -> dict[str, int]:
    """Since when each part of the policy holds, by ``tier:milestone``; empty before anybody looked."""
    row = desk_rows.get(desk, "desk_meta", _KEY)
    return {str(name): int(at) for name, at in json.loads(row["value"]).items()} if row else {}


def take_over(store: Workspace, policy: DeskPolicy, now: int) -> bool:
    """Take the policy over from the config; whether it is another one. Then its orders are to be derived again."""
    known = policy_in_force(store.desk)
    wanted = [f"{tier.name}:{milestone}" for tier in policy.tiers for milestone in asked_for(tier)]
    holds = in_force(known, wanted, now)
    if holds == known:
        return False
    with transaction(store.desk) as desk:
        desk_rows.put(desk, "desk_meta", {"key": _KEY, "value": json.dumps(holds, sort_keys=True)})
    new = {name.partition(":")[0] for name in holds.keys() ^ known.keys()}
    with transaction(store.cache) as cache:
        for tier in new:
            cache.execute(
                "INSERT OR IGNORE INTO dirty(order_id) SELECT order_id FROM queue_row WHERE tier = ? AND is_open = 1",
                (tier,),
            )
    return True


class _Change(NamedTuple):
    order_id: int
    milestone: str
    change: str
    tier: str
    reached_at: int
    due_at: int
    why: str
    source: str
    remote_id: str


def keep(store: Workspace, now: int) -> int:
    """Do to the desk's calls what deriving noted; how many were made or ended. The desk's feed tells of them.

    Of orders to which something happened since, the next look tells.
    """
    done = 0
    while True:
        changes = [
            _Change(*row)
            for row in store.cache.execute(
                "SELECT c.order_id, c.milestone, c.change, c.tier, c.reached_at, c.due_at, c.why, o.source, "
                "o.remote_id FROM call_changes c JOIN orders o ON o.id = c.order_id "
                "WHERE c.order_id NOT IN (SELECT order_id FROM dirty) ORDER BY c.order_id, c.milestone LIMIT ?",
                (_MOST,),
            )
        ]
        if not changes:
            return done
        with transaction(store.desk) as desk:
            done += sum([_apply(desk, change, now) for change in changes])
        with transaction(store.cache) as cache:
            cache.executemany(
                "DELETE FROM call_changes WHERE order_id=? AND milestone=? AND change=?",
                [(each.order_id, each.milestone, each.change) for each in changes],
            )


def _apply(desk: Connection, change: _Change, now: int) -> bool:
    name = task_id(change.source, change.remote_id, change.milestone)
    about = words_of(Milestone, change.milestone)
    task = desk_rows.get(desk, "tasks", name)
    if task is None:
        # One that was made before calls were named so, or by hand.
        task = next(
            desk_rows.select(
                desk,
                "tasks",
                "source=? AND remote_id=? AND kind='milestone_call' AND milestone=?",
                (change.source, change.remote_id, change.milestone),
            ),
            None,
        )
    if change.change == "make":
        if task is not None:
            return False
        _make(desk, name, change, now)
        words = f"call about {about} is due"
    elif task is None:
        return False
    elif change.change == "again":
        if task["state"] != "withdrawn":
            return False
        desk_rows.update(desk, "tasks", (task["id"],), state="open", outcome="", done_at=None)
        words = f"call about {about} is due after all"
    else:
        if task["state"] != "open":
            return False
        state = "withdrawn" if change.change == "withdraw" else "dropped"
        desk_rows.update(desk, "tasks", (task["id"],), state=state, outcome=change.why, done_at=now)
        words = f"call about {about} {'is not owed any more' if state == 'withdrawn' else 'was not made'}: {change.why}"
    _tell(desk, change, words, now, task=task["id"] if task else name)
    return True


def _make(desk: Connection, name: str, change: _Change, now: int) -> None:
    about = words_of(Milestone, change.milestone)
    row: dict[str, Any] = blank("tasks") | {
        "id": name,
        "source": change.source,
        "remote_id": change.remote_id,
        "kind": TaskKind.MILESTONE_CALL.value,
        "title": f"call about {about}",
        "due_at": change.due_at,
        "state": "open",
        "milestone": change.milestone,
        "tier": change.tier,
        "reached_at": change.reached_at,
        "created_by": BY,
        "created_at": now,
    }
    desk_rows.put(desk, "tasks", row)


def _tell(desk: Connection, change: _Change, words: str, now: int, *, task: str) -> None:
    data = {
        "task": task,
        "milestone": change.milestone,
        "change": change.change,
        "reached_at": change.reached_at,
        "due_at": change.due_at,
    }
    desk_rows.record(
        desk,
        kind="milestone_call",
        actor=BY,
        summary=words,
        at=now,
        source=change.source,
        remote_id=change.remote_id,
        data=json.dumps(data, separators=(",", ":")),
    )
    desk_rows.changed(desk, "order", change.source, change.remote_id)
