"""What somebody here is to know of: their own notices and those for their role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from oms_tui.store.absences import team_of
from oms_tui.store.rows import marks

if TYPE_CHECKING:
    from oms_tui.store.session import Session
    from oms_tui.store.workspace import Workspace

MOST: Final = 500
"""Notices of one list."""

_COLUMNS: Final = "id, recipient, kind, source, remote_id, number, words, sender, created_at, done_at, done_by"


class NoticeView(NamedTuple):
    """One notice; ``done_at`` None while nobody has seen to it."""

    id: str
    recipient: str
    kind: str
    source: str
    remote_id: str
    number: str
    words: str
    sender: str
    created_at: int
    done_at: int | None
    done_by: str


def recipients(session: Session) -> tuple[str, ...]:
    """The names by which an agent is told of something: their own, their role's, those of whom they stand in for."""
    now, agent = session.now(), session.agent
    team = team_of(session.store.desk, session.policy, now)
    others = [each for each in session.agents.values() if each.id != agent.id]
    absent = [each for each in others if team.is_away(each.id, now) and team.stand_in(each.id, now) == agent.id]
    return tuple(dict.fromkeys(name for each in (agent, *absent) for name in (each.id, f"role:{each.role}")))


def notices_for(session: Session, *, done: bool = False) -> tuple[NoticeView, ...]:
    """An agent's notices, the newest first: the open ones, or those that are ``done``."""
    store, mine = session.store, recipients(session)
    condition, order = ("IS NOT NULL", "done_at") if done else ("IS NULL", "created_at")
    rows = store.desk.execute(
        f"SELECT {_COLUMNS} FROM agent_notices WHERE recipient IN ({marks(len(mine))}) AND done_at {condition} "
        f"ORDER BY {order} DESC, id LIMIT {MOST}",
        list(mine),
    )
    return tuple(map(_notice, rows))


def count_open(session: Session) -> int:
    """How many of an agent's notices are open."""
    mine = recipients(session)
    row = session.store.desk.execute(
        f"SELECT count(*) FROM agent_notices WHERE recipient IN ({marks(len(mine))}) AND done_at IS NULL", list(mine)
    ).fetchone()
    return int(row[0])


def notices_of(store: Workspace, source: str, remote_id: str) -> tuple[NoticeView, ...]:
    """What anybody was told of about an order, newest first."""
    rows = store.desk.execute(
        f"SELECT {_COLUMNS} FROM agent_notices WHERE source=? AND remote_id=? ORDER BY created_at DESC LIMIT {MOST}",
        [source, remote_id],
    )
    return tuple(map(_notice, rows))


def _notice(row: tuple[Any, ...]) -> NoticeView:
    return NoticeView._make(row)
