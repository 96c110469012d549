"""How much there was to do: mails, orders, answers and calls, by week, by hour of the week, by role, or by agent."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING, Final, TypeVar

from oms_tui.domain.figures import Kind
from oms_tui.store.ids import first_id
from oms_tui.store.reads.reports.behind import MOST, named, query_of
from oms_tui.store.reads.reports.shape import Curve, Picture, figure, over_time
from oms_tui.store.reads.reports.turns import turns
from oms_tui.store.reads.reports.weeks import QUARTER_MS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from oms_tui.store.reads.reports.behind import Named
    from oms_tui.store.reads.reports.shape import Asked, Report

FORMULA: Final = (
    "mails in and replies out: written by persons; orders: by the day they were placed; calls: made and received; "
    "work: everything else that was done on the desk. By week, or by weekday and hour on the desk's clock. Backlog: "
    "customers who waited for an answer at the end of the week. By role or by agent only what was done here is "
    "counted; agents are named only when that is asked for."
)
BY: Final = ("week", "hour", "role", "agent")
_Key = TypeVar("_Key")
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
_LAST: Final = """
SELECT source, remote_id FROM desk_events
WHERE actor = ? AND occurred_at >= ? AND occurred_at <= ? AND remote_id <> '' AND kind <> 'handled'
GROUP BY 1, 2 ORDER BY max(occurred_at) DESC LIMIT ?
"""
_CALLS: Final = frozenset({"call_made", "call_received", "call_missed"})


@dataclass(frozen=True, slots=True)
class Load:
    """What came in and was done. ``when``: a week, a weekday and hour, a role or an agent.

    What came in is nobody's yet: None by role and by agent, as is the backlog; by hour it has no moment to stand at.
    """

    when: str = figure(Kind.TEXT, "{by}")
    mails_in: int | None = figure(bar=True)
    replies_out: int = figure()
    orders_in: int | None = figure()
    calls: int = figure()
    work: int = figure()
    backlog: int | None = figure()
    query: str = figure(Kind.QUERY)


def workload(asked: Asked) -> list[Load]:
    """The newest week first; hours in the order of the week; roles and agents by name, never by what they did."""
    if asked.by in {"role", "agent"}:
        return _of_people(asked)
    weeks = asked.weeks
    if asked.by == "hour":
        of_hour = _counted(asked, weeks.hour)
        hours = sorted({hour for hour, _ in of_hour})
        return [_load(_hour(_DAYS[weekday], hour), (weekday, hour), of_hour) for weekday, hour in hours]
    found, backlog = _counted(asked, weeks.of), _backlog(asked)
    names = {name for name, _ in found} | {name for name, count in backlog.items() if count}
    return [
        replace(_load(name, name, found), backlog=backlog[name], query=_placed_in(asked, name))
        for name in sorted(names, reverse=True)
    ]


def picture(report: Report) -> Picture | None:
    """By week as all that is told by week; by hour the mails of each weekday, on one scale."""
    if report.by == "week":
        return over_time(report)
    if report.by != "hour" or not report.rows:
        return None
    mails = {row.when: row.mails_in for row in report.rows}
    days = [(day, tuple(mails.get(_hour(day, hour), 0) for hour in range(24))) for day in _DAYS]
    most = max(max(values) for _, values in days)
    return Picture(
        "mails in", "from midnight to midnight", tuple(Curve(day, each, str(max(each)), most) for day, each in days)
    )


def _hour(day: str, hour: int) -> str:
    return f"{day} {hour:02}h"


def _placed_in(asked: Asked, week: str) -> str:
    first, last = (asked.weeks.day(at).isoformat() for at in asked.weeks.span(week))
    return f"state:* placed:{first}..{last}"


def _counted(asked: Asked, keyed: Callable[[int], _Key]) -> Counter[tuple[_Key, str]]:
    weeks, found = asked.weeks, Counter[tuple[_Key, str]]()
    bound = (first_id(weeks.since), first_id(weeks.until + 1000))
    for quarter, direction, count in asked.store.cache.execute(_MESSAGES, bound):
        found[keyed(quarter * QUARTER_MS), "mails_in" if direction == "inbound" else "replies_out"] += count
    for quarter, count in asked.store.cache.execute(_ORDERS, bound):
        found[keyed(quarter * QUARTER_MS), "orders_in"] += count
    for quarter, kind, _, count in asked.store.desk.execute(_DONE, (weeks.since, weeks.until)):
        found[keyed(quarter * QUARTER_MS), "calls" if kind in _CALLS else "work"] += count
    return found


def _backlog(asked: Asked) -> dict[str, int]:
    """How many waited at the end of each week."""
    names, ends = zip(*asked.weeks.ends(), strict=True)
    more = [0] * (len(ends) + 1)
    for turn in turns(asked):
        if turn.answered is not None or turn.status == "open":
            more[bisect_right(ends, turn.asked)] += 1
            more[bisect_right(ends, turn.answered) if turn.answered is not None else len(ends)] -= 1
    return dict(zip(names, accumulate(more[:-1]), strict=True))


def _of_people(asked: Asked) -> list[Load]:
    agents, found = asked.session.agents, Counter[tuple[str, str]]()
    for _, kind, actor, count in asked.store.desk.execute(_DONE, (asked.weeks.since, asked.weeks.until)):
        agent = agents.get(actor)
        name = actor if asked.by == "agent" else str(agent.role) if agent else "by itself"
        if asked.by == "role" or agent is not None:
            found[name, "replies_out" if kind == "mail_queued" else "calls" if kind in _CALLS else "work"] += count
    ids: defaultdict[str, list[str]] = defaultdict(list)
    for each in agents:
        ids[each if asked.by == "agent" else str(agents[each].role)].append(each)
    return [
        replace(_load(name, name, found), mails_in=None, orders_in=None, query=query_of(_worked_on(asked, ids[name])))
        for name in sorted({name for name, _ in found})
    ]


def _worked_on(asked: Asked, agents: Iterable[str]) -> list[Named]:
    """The orders that these agents last did something on."""
    last: list[Named] = []
    for agent in agents:
        last += named(asked.store, asked.store.desk.execute(_LAST, (agent, asked.weeks.since, asked.weeks.until, MOST)))
    return last


def _load(when: str, key: _Key, found: Counter[tuple[_Key, str]]) -> Load:
    return Load(
        when=when,
        mails_in=found[key, "mails_in"],
        replies_out=found[key, "replies_out"],
        orders_in=found[key, "orders_in"],
        calls=found[key, "calls"],
        work=found[key, "work"],
        backlog=None,
        query="",
    )
