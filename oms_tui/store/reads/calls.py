"""The call board: milestone calls over all orders, one read for the screen, the command and the query words' facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain.vocabulary import CallState

if TYPE_CHECKING:
    from collections.abc import Collection

    from oms_tui.store.workspace import Workspace

MOST: Final = 200
"""Calls of one page, unless more are asked for."""

_STATE: Final = (
    "CASE WHEN c.ended = 1 THEN c.state WHEN c.state = 'missed' OR c.due_at <= ? THEN 'missed' ELSE 'due' END"
)
_COLUMNS: Final = (
    "c.order_id, q.number, q.source, q.remote_id, q.name, q.tier, q.account_manager, q.owner, q.country, c.milestone, "
    "c.reached_at, c.due_at, c.done_at, c.ended, c.attempts, c.chasing, c.task, c.turn"
)
_FROM: Final = "FROM order_calls c JOIN queue_row q ON q.order_id = c.order_id"


@dataclass(frozen=True, slots=True)
class CallItem:
    """A milestone call.

    Attributes:
        order_id: the order's id in this store.
        number: as people read it.
        source: the order's.
        remote_id: what the source calls it.
        customer: their name.
        tier: a Tier, or what the config calls one.
        account_manager: an agent's id, "" for none.
        owner: who attends to the order now, "" for nobody.
        country: where the order goes, ISO 3166-1 alpha-2.
        milestone: a Milestone.
        reached_at: milliseconds since 1970 UTC, like every time here.
        due_at: by when the call is to be made: the promise, or when to try again.
        done_at: when it was made or given up.
        ended: nothing is to be done about it any more.
        state: a CallState, as of the moment that was asked for.
        attempts: how often nobody was reached.
        chasing: how often the customer asked where the order is, since the milestone.
        task: the task's id on the desk.
    """

    order_id: int
    number: str
    source: str
    remote_id: str
    customer: str
    tier: str
    account_manager: str
    owner: str
    country: str
    milestone: str
    reached_at: int
    due_at: int
    done_at: int | None
    ended: bool
    attempts: int
    chasing: int
    task: str
    state: str


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Which calls: of a tier, an owner or an account manager; "" for all, and for people ``none`` for nobody."""

    tier: str = ""
    owner: str = ""
    account_manager: str = ""

    @property
    def empty(self) -> bool:
        """Whether it lets everything through."""
        return not (self.tier or self.owner or self.account_manager)


@dataclass(frozen=True, slots=True)
class CallPage:
    """Some calls, and how many there are in each state by the same filter. ``next``: where to go on, None at the end.

    ``waiting`` of the missed ones are still to be made; the rest was given up.
    """

    items: tuple[CallItem, ...]
    next: str | None
    counts: dict[str, int]
    waiting: int


def calls(
    store: Workspace,
    *,
    now: int,
    states: Collection[str] = (),
    only: CallFilter = CallFilter(),
    limit: int = MOST,
    after: str | None = None,
) -> CallPage:
    """Calls in these states (none: in all): what is still to be made by when it is due, then what ended, newest first.

    Args:
        store: both files.
        now: from which moment on a call is missed.
        states: CallStates.
        only: which.
        limit: calls at most.
        after: ``next`` of an earlier page.

    Raises:
        ValueError: ``after`` is none of ours.
    """
    told, bound = _only(only)
    conditions, values = list(told), list(bound)
    if states:
        conditions.append(f"{_STATE} IN ({','.join('?' * len(states))})")
        values += [now, *states]
    if after is not None:
        conditions.append("(c.ended, c.turn, c.order_id, c.milestone) > (?,?,?,?)")
        values += _position(after)
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    rows = store.cache.execute(
        f"SELECT {_COLUMNS}, {_STATE} {_FROM}{where} ORDER BY c.ended, c.turn, c.order_id, c.milestone LIMIT ?",
        [now, *values, limit + 1],
    ).fetchall()
    found = rows[:limit]
    following = None
    if len(rows) > limit:
        last = found[-1]
        following = f"{last[13]}:{last[17]}:{last[0]}:{last[9]}"
    counts, waiting = _counts(store, told, bound, now)
    return CallPage(tuple(_item(row) for row in found), following, counts, waiting)


def people(store: Workspace) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The tiers, owners and account managers that have calls to make, sorted: what the board filters by."""
    found = store.cache.execute(f"SELECT DISTINCT q.tier, q.owner, q.account_manager {_FROM} WHERE c.ended = 0")
    rows = found.fetchall()
    tiers, owners, managers = (tuple(sorted({row[place] for row in rows} - {""})) for place in range(3))
    return tiers, owners, managers


def calls_of(store: Workspace, order_id: int, now: int) -> tuple[CallItem, ...]:
    """The milestone calls of one order, by when they are due."""
    rows = store.cache.execute(
        f"SELECT {_COLUMNS}, {_STATE} {_FROM} WHERE c.order_id = ? ORDER BY c.reached_at, c.milestone", (now, order_id)
    )
    return tuple(_item(row) for row in rows)


def _item(row: tuple[Any, ...]) -> CallItem:
    order, number, source, remote_id, name, tier, manager, owner, country, milestone, *rest = row
    reached_at, due_at, done_at, ended, attempts, chasing, task, _, state = rest
    return CallItem(
        order_id=order,
        number=number,
        source=source,
        remote_id=remote_id,
        customer=name,
        tier=tier,
        account_manager=manager,
        owner=owner,
        country=country,
        milestone=milestone,
        reached_at=reached_at,
        due_at=due_at,
        done_at=done_at,
        ended=bool(ended),
        attempts=attempts,
        chasing=chasing,
        task=task,
        state=state,
    )


def _only(only: CallFilter) -> tuple[list[str], list[Any]]:
    # A customer who became a one-off one may still have calls of before: they are none for the board.
    conditions, values = ["q.tier <> 'one_off'"], []
    for column, value in (("tier", only.tier), ("owner", only.owner), ("account_manager", only.account_manager)):
        if value:
            conditions.append(f"q.{column} = ?")
            values.append("" if value == "none" and column != "tier" else value)
    return conditions, values


def _counts(store: Workspace, conditions: list[str], values: list[Any], now: int) -> tuple[dict[str, int], int]:
    found = store.cache.execute(
        f"SELECT {_STATE}, c.ended, count(*) {_FROM} WHERE {' AND '.join(conditions)} GROUP BY 1, 2", [now, *values]
    )
    counts = dict.fromkeys((state.value for state in CallState), 0)
    waiting = 0
    for state, ended, count in found:
        counts[state] += count
        if state == CallState.MISSED and not ended:
            waiting += count
    return counts, waiting


def _position(after: str) -> list[Any]:
    try:
        ended, turn, order, milestone = after.split(":")
        return [int(ended), int(turn), int(order), milestone]
    except ValueError:
        raise ValueError(f"{after!r} is no place to go on from: give the `next` of an earlier answer") from None
