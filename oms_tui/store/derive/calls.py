"""Milestone calls as deriving sees them: what the call board lists, and what must become of calls on the desk.

Deriving writes the cache alone. What the desk has to be told (a call to make, one nobody is owed any more) is noted in
``call_changes`` in the same transaction; ``milestone_calls.keep`` writes it there afterwards, as often as it takes.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from oms_tui.domain.chasing import is_chasing, without_quotes
from oms_tui.domain.milestones import (
    BEFORE_DELIVERY,
    OVERTAKEN,
    asked_for,
    call_state,
    calls_wanted,
    reached,
)
from oms_tui.domain.vocabulary import Milestone, TaskKind, Tier, words_of
from oms_tui.store import badges
from oms_tui.store.compiled_sql import CACHE_COLUMNS
from oms_tui.store.derive.milestones import milestones
from oms_tui.store.milestone_calls import policy_in_force
from oms_tui.store.rows import chunks, marks, upsert

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from oms_tui.domain.milestones import MilestoneFacts
    from oms_tui.domain.policy import DeskPolicy, TierPolicy
    from oms_tui.store.derive.facts import OrderFacts, Values
    from oms_tui.store.driver import Connection
    from oms_tui.store.workspace import Workspace

_COLUMNS: Final = CACHE_COLUMNS["order_calls"]


def write_calls(
    store: Workspace, policy: DeskPolicy, facts: Mapping[int, OrderFacts], rows: Sequence[Values], now: int
) -> set[int]:
    """Write the calls of these orders, and note what the desk must be told; in the caller's transaction of the cache.

    Returns:
        the orders whose calls read differently now.
    """
    cache = store.cache
    tiers = {tier.name: tier for tier in policy.tiers if asked_for(tier)}
    tasks = {row["order_id"]: _tasks(facts[row["order_id"]]) for row in rows}
    told = _write(cache, store, tasks, now)
    watched = [row for row in rows if row["tier"] in tiers or _open(tasks[row["order_id"]])]
    changes: list[tuple[Any, ...]] = []
    if watched:
        since = policy_in_force(store.desk)
        happened = milestones(cache, facts, watched, tiers.keys(), now)
        for row in watched:
            order = row["order_id"]
            closed = (facts[order].decision or {}).get("closed_at") is not None
            seen = _Order(row, tasks[order], happened[order], tiers.get(row["tier"]), closed)
            changes += _changes(seen, policy, since, now)
    orders = [row["order_id"] for row in rows]
    for part in chunks(orders):
        cache.execute(f"DELETE FROM call_changes WHERE order_id IN ({marks(len(part))})", part)
    cache.executemany(upsert("call_changes"), changes)
    return told


def forget_calls(cache: Connection, orders: Iterable[int]) -> None:
    """Orders that are gone from the cache have no calls in it; those on the desk stay."""
    for part in chunks(orders):
        place = marks(len(part))
        cache.execute(f"DELETE FROM call_changes WHERE order_id IN ({place})", part)
        gone = cache.execute(f"DELETE FROM order_calls WHERE order_id IN ({place}) RETURNING ended", part).fetchall()
        badges.bump(cache, {"calls_due": -sum(not ended for (ended,) in gone)})


# ---- what the board lists


def _write(cache: Connection, store: Workspace, tasks: Mapping[int, list[Values]], now: int) -> set[int]:
    before: dict[int, set[tuple[Any, ...]]] = {}
    names = ",".join(_COLUMNS)
    for part in chunks(tasks):
        for row in cache.execute(f"SELECT {names} FROM order_calls WHERE order_id IN ({marks(len(part))})", part):
            before.setdefault(row[0], set()).add(row)
    called = {order: found for order, found in tasks.items() if found}
    chased = _chases(store, {order: min(task["reached_at"] for task in found) for order, found in called.items()})
    here = {order: set(_rows(order, found, chased.get(order, []), now)) for order, found in called.items()}
    moved = {order for order in before.keys() | here.keys() if before.get(order, set()) != here.get(order, set())}
    for part in chunks(moved):
        cache.execute(f"DELETE FROM order_calls WHERE order_id IN ({marks(len(part))})", part)
    cache.executemany(upsert("order_calls"), [row for order in moved for row in here.get(order, ())])
    more = sum(_waits(here.get(order, ())) - _waits(before.get(order, ())) for order in moved)
    badges.bump(cache, {"calls_due": more})
    return moved


def _waits(rows: Iterable[tuple[Any, ...]]) -> int:
    return sum(not row[_COLUMNS.index("ended")] for row in rows)


def _rows(order: int, tasks: Iterable[Values], chased: Sequence[int], now: int) -> Iterator[tuple[Any, ...]]:
    # Of two about one milestone (one was made by hand) the open one counts, of these the one due first.
    for task in {each["milestone"]: each for each in sorted(tasks, key=_turn, reverse=True)}.values():
        state = state_of(task, now)
        if state is None:
            continue
        ended = int(task["state"] != "open")
        until = task["done_at"] if ended and task["done_at"] is not None else now
        row = {
            "order_id": order,
            "milestone": task["milestone"],
            "task": task["id"],
            "state": state,
            "ended": ended,
            "turn": -task["due_at"] if ended else task["due_at"],
            "reached_at": task["reached_at"],
            "due_at": task["due_at"],
            "done_at": task["done_at"],
            "attempts": task["attempts"],
            "chasing": sum(task["reached_at"] < at <= until for at in chased),
        }
        yield tuple(row[column] for column in _COLUMNS)


def _turn(task: Values) -> tuple[bool, int, str]:
    return task["state"] != "open", task["due_at"], task["id"]


def state_of(task: Values, now: int) -> str | None:
    """The CallState of a task of the desk that is a milestone call, None for one that is not owed."""
    state = call_state(
        state=task["state"],
        outcome=task["outcome"],
        due_at=task["due_at"],
        done_at=task["done_at"],
        missed_at=task["missed_at"],
        now=now,
    )
    return state.value if state else None


def _chases(store: Workspace, since: Mapping[int, int]) -> dict[int, list[int]]:
    """When customers asked where their order is: mails by their words, and every call of theirs."""
    found: dict[int, list[int]] = {}
    for part in chunks(since, 200):
        place = marks(len(part))
        for order, at, subject, text, quoted in store.cache.execute(
            "SELECT l.order_id, m.sent_at, m.subject, m.text, m.quoted FROM message_links l "
            f"JOIN messages m ON m.id = l.message WHERE l.order_id IN ({place}) AND m.direction = 'inbound' "
            "AND m.auto = '' AND m.sent_at > ?",
            [*part, min(since[order] for order in part)],
        ):
            if at > since[order] and is_chasing(subject, without_quotes(text, json.loads(quoted))):
                found.setdefault(order, []).append(at)
        for order, at in _their_calls(store, part):
            if at > since[order]:
                found.setdefault(order, []).append(at)
    return found


def _their_calls(store: Workspace, orders: Sequence[int]) -> Iterator[tuple[int, int]]:
    place = marks(len(orders))
    names = {
        (source, remote_id): order
        for order, source, remote_id in store.cache.execute(
            f"SELECT id, source, remote_id FROM orders WHERE id IN ({place})", list(orders)
        )
    }
    values = ",".join(["(?,?)"] * len(names))
    for source, remote_id, at in store.desk.execute(
        f"WITH wanted(s, r) AS (VALUES {values}) SELECT source, remote_id, called_at FROM wanted CROSS JOIN call_logs "
        "ON source = s AND remote_id = r AND direction = 'inbound' AND deleted_at IS NULL",
        [part for name in names for part in name],
    ):
        yield names[source, remote_id], at


# ---- what the desk must be told


class _Order(NamedTuple):
    """An order as its calls are told from."""

    row: Values
    tasks: Sequence[Values]
    facts: MilestoneFacts
    tier: TierPolicy | None
    closed: bool  # by somebody here

    def change(self, what: str, milestone: str, reached_at: int, due_at: int, why: str = "") -> tuple[Any, ...]:
        """A row of ``call_changes``."""
        return self.row["order_id"], milestone, what, self.row["tier"], reached_at, due_at, why


def _changes(order: _Order, policy: DeskPolicy, since: Mapping[str, int], now: int) -> Iterator[tuple[Any, ...]]:
    for task in order.tasks:
        if found := _ends(order, task, now):
            what, why = found
            yield order.change(what, task["milestone"], task["reached_at"], task["due_at"], why)
    if order.tier is None or order.closed:
        return
    known = {task["milestone"] for task in order.tasks}
    for call in calls_wanted(order.facts, order.tier, policy.hours, since, now=_known(now)):
        if call.milestone not in known:
            yield order.change("make", call.milestone, _ms(call.reached_at), _ms(call.due_at))


def _ends(order: _Order, task: Values, now: int) -> tuple[str, str] | None:
    """What must become of a call that is there, and why."""
    name, facts = task["milestone"], order.facts
    asked = order.tier is not None and name in asked_for(order.tier)
    if task["state"] == "withdrawn":
        return ("again", "") if asked and not facts.cancelled and task["due_at"] > now else None
    if task["state"] != "open":
        return None
    if facts.cancelled:
        return "withdraw", "the order was cancelled"
    if not asked:
        tier = words_of(Tier, order.row["tier"])
        return "withdraw", f"{tier} customers are not called about {words_of(Milestone, name)}"
    if name in BEFORE_DELIVERY and Milestone.DELIVERED in reached(facts):
        return "miss", OVERTAKEN
    return None


def _tasks(of: OrderFacts) -> list[Values]:
    found = [task for task in of.tasks if task["kind"] == TaskKind.MILESTONE_CALL]
    for task in found:
        if task["reached_at"] is None:  # one that a desk of before made by hand
            task["reached_at"] = task["created_at"]
    return found


def _open(tasks: Iterable[Values]) -> bool:
    return any(task["state"] == "open" for task in tasks)


def _at(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else _known(milliseconds)


def _known(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _ms(moment: datetime) -> int:
    return (moment - _EPOCH) // _MILLISECOND


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
