"""How much there was to do: mails, orders, answers and calls, by week, by hour of the week, by role, or by agent."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from oms_tui.domain.figures import Kind
from oms_tui.store.ids import first_id
from oms_tui.store.reads.reports.shape import figure
from oms_tui.store.reads.reports.turns import turns
from oms_tui.store.reads.reports.weeks import QUARTER_MS

if TYPE_CHECKING:
    from collections.abc import Callable

    from oms_tui.store.reads.reports.shape import Asked

FORMULA: Final = (
    "mails in and replies out: written by persons; orders: by the day they were placed; calls: made and received; "
    "work: everything else that was done on the desk. By week, or by weekday and hour on the desk's clock. Backlog: "
    "customers who waited for an answer at the end of the week. By role or by agent only what was done here is "
    "counted; agents are named only when that is asked for."
)
BY: Final = ("week", "hour", "role", "agent")
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_MESSAGES: Final = f"""
SELECT sent_at / {QUARTER_MS}, direction, count(*) FROM messages
WHERE id >= ? AND id < ? AND auto = '' AND direction IN ('inbound','outbound') GROUP BY 1, 2
"""
_ORDERS: Final = f"SELECT placed_at / {QUARTER_MS}, count(*) FROM orders WHERE id >= ? AND id < ? GROUP BY 1"
_DONE: Final = f"""
SELECT occurred_at / {QUARTER_MS}, kind, actor, count(*) FROM desk_events
WHERE occurred_at >= ? AND occurred_at <= ? AND kind <> 'handled' GROUP BY 1, 2, 3
"""
_CALLS: Final = frozenset({"call_made", "call_received", "call_missed"})


@dataclass(frozen=True, slots=True)
class Load:
    """What came in and was done. ``when``: a week, a weekday and hour, a role or an agent."""

    when: str = figure(Kind.TEXT, "")
    mails_in: int = figure(bar=True)
    replies_out: int = figure()
    orders_in: int = figure()
    calls: int = figure()
    work: int = figure()
    backlog: int | None = figure()


def workload(asked: Asked) -> list[Load]:
    """The newest week first; hours in the order of the week; roles and agents by name."""
    if asked.by in {"role", "agent"}:
        return _of_people(asked)
    weeks = asked.weeks

    def hour(at: int) -> str:
        weekday, of_day = weeks.hour(at)
        return f"{weekday} {_DAYS[weekday]} {of_day:02}h"

    found = _counted(asked, hour if asked.by == "hour" else weeks.of)
    names = sorted({name for name, _ in found}, reverse=asked.by != "hour")
    backlog = {} if asked.by == "hour" else _backlog(asked)
    return [_load(name, found, backlog.get(name)) for name in names]


def _counted(asked: Asked, named: Callable[[int], str]) -> Counter[tuple[str, str]]:
    weeks, found = asked.weeks, Counter[tuple[str, str]]()
    bound = (first_id(weeks.since), first_id(weeks.until + 1000))
    for quarter, direction, count in asked.store.cache.execute(_MESSAGES, bound):
        found[named(quarter * QUARTER_MS), "mails_in" if direction == "inbound" else "replies_out"] += count
    for quarter, count in asked.store.cache.execute(_ORDERS, bound):
        found[named(quarter * QUARTER_MS), "orders_in"] += count
    for quarter, kind, _, count in asked.store.desk.execute(_DONE, (weeks.since, weeks.until)):
        found[named(quarter * QUARTER_MS), "calls" if kind in _CALLS else "work"] += count
    return found


def _backlog(asked: Asked) -> dict[str, int]:
    waits = [(turn.asked, turn.answered) for turn in turns(asked) if turn.answered is not None or turn.status == "open"]
    return {
        week: sum(1 for start, end in waits if start < last and (end is None or end >= last))
        for week, last in asked.weeks.ends()
    }


def _of_people(asked: Asked) -> list[Load]:
    agents, found = asked.session.agents, Counter[tuple[str, str]]()
    for _, kind, actor, count in asked.store.desk.execute(_DONE, (asked.weeks.since, asked.weeks.until)):
        agent = agents.get(actor)
        name = actor if asked.by == "agent" else str(agent.role) if agent else "by itself"
        if asked.by == "role" or agent is not None:
            found[name, "replies_out" if kind == "mail_queued" else "calls" if kind in _CALLS else "work"] += count
    return [_load(name, found, None) for name in sorted({name for name, _ in found})]


def _load(name: str, found: Counter[tuple[str, str]], backlog: int | None) -> Load:
    return Load(
        when=name,
        mails_in=found[name, "mails_in"],
        replies_out=found[name, "replies_out"],
        orders_in=found[name, "orders_in"],
        calls=found[name, "calls"],
        work=found[name, "work"],
        backlog=backlog,
    )
