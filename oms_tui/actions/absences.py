"""Somebody is away until a day: said at the desk, by themselves or for a colleague; it ends by itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from oms_tui.actions.base import Outcome, Refused
from oms_tui.actions.decisions import agent_name, shown_time
from oms_tui.domain.vocabulary import Role

if TYPE_CHECKING:
    from oms_tui.domain.absence import Team
    from oms_tui.store.session import Session

ABSENCE_CHANGED: Final = "absence"
"""The feed's word for "tell anew in whose hands orders are"."""

_LONGEST_NOTE: Final = 200


def set_away(session: Session, agent: str, *, until: str, start: str = "", deputy: str = "", note: str = "") -> Outcome:
    """Say that ``agent`` is away.

    Args:
        session: who says it: oneself, or a lead for anybody.
        agent: their id.
        until: when they are back, as times are written here (``fri``, ``2026-12-01``, ``3d``).
        start: from when on, likewise; "" for now.
        deputy: who stands in this time, their id; "" for whom the config names.
        note: why, for colleagues.

    Raises:
        Refused: not theirs to say, no such agent or deputy, or a time that cannot be read.
    """
    from oms_tui.domain.safe_text import safe_line
    from oms_tui.store.writes.desk_write import DeskWrite

    may_say(session, agent)
    starts_at = _moment(session, start, "from") if start else session.now()
    until_at = _moment(session, until, "until")
    if until_at <= starts_at:
        raise Refused("they would be back before they leave", code="usage", field="until")
    _can_stand_in(session, agent, deputy)
    who = agent_name(session, agent)
    words = f"{who} is away until {shown_time(session, until_at)}"
    with DeskWrite(session, "absent", summary=words) as write:
        write.put(
            "absences",
            {
                "agent": agent,
                "starts_at": starts_at,
                "until_at": until_at,
                "note": safe_line(note, _LONGEST_NOTE),
                "deputy": deputy,
                "set_by": session.agent.id,
                "set_at": write.now,
            },
        )
        write.event("absence", words, None, {"agent": agent, "from": starts_at, "until": until_at, "deputy": deputy})
        write.changed(ABSENCE_CHANGED)
    acting = _team(session).stand_in(agent, starts_at)
    if not acting:
        return Outcome(words, write.undo_id, warning=f"nobody stands in for {who}: name a deputy")
    return Outcome(f"{words}; {agent_name(session, acting)} stands in", write.undo_id)


def set_back(session: Session, agent: str) -> Outcome:
    """Say that ``agent`` is here again before the day they gave.

    Raises:
        Refused: not theirs to say, or nobody said at the desk that they are away.
    """
    from oms_tui.store.absences import said
    from oms_tui.store.writes.desk_write import DeskWrite

    may_say(session, agent)
    row, who = said(session.store.desk, agent), agent_name(session, agent)
    if row is None or row["until_at"] <= session.now():
        hint = "their days are in [agents] of the config" if _team(session).is_away(agent, session.now()) else ""
        raise Refused(f"nobody said here that {who} is away", hint=hint)
    words = f"{who} is back"
    with DeskWrite(session, "back", summary=words) as write:
        write.delete("absences", agent)
        write.event("absence", words, None, {"agent": agent})
        write.changed(ABSENCE_CHANGED)
    return Outcome(words, write.undo_id)


def may_say(session: Session, agent: str) -> None:
    """See that it is theirs to say whether ``agent`` is away.

    Raises:
        Refused: it is not, or there is no such agent.
    """
    _is_there(session, agent, "agent")
    if agent != session.agent.id and session.agent.role != Role.LEAD:
        raise Refused("only a lead says that somebody else is away", code="forbidden", field="agent")
    if session.store.read_only or session.agent.role == Role.READER:
        raise Refused(f"{session.agent.shown} may only read here", code="forbidden")


def _can_stand_in(session: Session, agent: str, deputy: str) -> None:
    if deputy == agent:
        raise Refused("nobody stands in for themselves", code="usage", field="deputy")
    if deputy:
        _is_there(session, deputy, "deputy", but=agent)


def _is_there(session: Session, agent: str, field: str, *, but: str = "") -> None:
    if session.agents and agent not in session.agents:
        there = ", ".join(each for each in session.agents if each != but)
        raise Refused(f"there is no agent {agent!r}", code="usage", field=field, hint=f"there are: {there}")


def _moment(session: Session, text: str, field: str) -> int:
    from oms_tui.actions.when import read_when

    now = datetime.fromtimestamp(session.now() / 1000, UTC)
    try:
        return int(read_when(text, now, session.policy.hours).timestamp() * 1000)
    except ValueError as error:
        raise Refused(f"{field}: {error}", code="usage", field=field) from None


def _team(session: Session) -> Team:
    from oms_tui.store.absences import team_of

    return team_of(session.store.desk, session.policy, session.now())
