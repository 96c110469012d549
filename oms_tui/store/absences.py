"""Who is away: as the config says, and as people said at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.domain.absence import Away, Team
from oms_tui.store import desk_rows

if TYPE_CHECKING:
    from oms_tui.domain.policy import DeskPolicy
    from oms_tui.store.driver import Connection


def team_of(desk: Connection, policy: DeskPolicy, now: int) -> Team:
    """Everybody who works here, with the absences that are not over at ``now`` (milliseconds since 1970 UTC)."""
    away = [
        Away(agent.id, start, end) for agent in policy.agents.values() for start, end in agent.away if end > now
    ] + [Away(agent, start, end) for agent, start, end in desk.execute(_NOT_OVER, (now,))]
    return Team({agent.id: agent.deputy for agent in policy.agents.values()}, tuple(sorted(away)))


_NOT_OVER = "SELECT agent, starts_at, until_at FROM absences WHERE until_at > ?"


def said(desk: Connection, agent: str) -> desk_rows.Values | None:
    """What was said at the desk about an agent's absence, over or not."""
    return desk_rows.get(desk, "absences", agent)
