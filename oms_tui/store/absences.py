"""Who is away: as the config says, and as people said at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from oms_tui.domain.absence import Away, Team
from oms_tui.store import desk_rows

if TYPE_CHECKING:
    from oms_tui.domain.policy import DeskPolicy
    from oms_tui.store.driver import Connection


def team_of(desk: Connection, policy: DeskPolicy, now: int) -> Team:
    """Everybody who works here, with the absences that are not over at ``now`` (milliseconds since 1970 UTC)."""
    away = [
        Away(agent.id, start, end) for agent in policy.agents.values() for start, end in agent.away if end > now
    ] + [Away(*row) for row in desk.execute(_NOT_OVER, (now,))]
    return Team({agent.id: agent.deputy for agent in policy.agents.values()}, tuple(sorted(away)))


_NOT_OVER = "SELECT agent, starts_at, until_at, deputy FROM absences WHERE until_at > ?"


def said(desk: Connection, agent: str) -> desk_rows.Values | None:
    """What was said at the desk about an agent's absence, over or not."""
    return desk_rows.get(desk, "absences", agent)


class AbsenceView(NamedTuple):
    """An absence that is not over, as lists show it.

    Attributes:
        agent: whose.
        start: milliseconds since 1970 UTC, like ``until``, which is when they are back.
        until: see there.
        away: it has begun.
        stand_in: who attends to what is theirs meanwhile, "" for nobody.
        source: ``desk`` where it was said, or ``config``.
        note: why, as far as somebody said.
    """

    agent: str
    start: int
    until: int
    away: bool
    stand_in: str
    source: str
    note: str


def absences(desk: Connection, policy: DeskPolicy, now: int) -> tuple[AbsenceView, ...]:
    """Who is away or will be, by agent and then by time: the same for the command and for the screen."""
    team = team_of(desk, policy, now)
    views = []
    for each in team.away:
        row = said(desk, each.agent)
        here = row is not None and (row["starts_at"], row["until_at"]) == (each.start, each.end)
        note = row["note"] if row is not None and here else ""
        stand_in = team.stand_in(each.agent, max(now, each.start))
        source = "desk" if here else "config"
        views.append(AbsenceView(each.agent, each.start, each.end, each.start <= now, stand_in, source, note))
    return tuple(views)
