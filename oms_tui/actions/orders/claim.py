"""Saying "I am on it", so that two people do not do the same thing; it lapses by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from oms_tui.actions.base import EVERYBODY, Action, Field, Outcome, Refused
from oms_tui.actions.decisions import agent_name, name_of, shown_time, write_on

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.desk_rows import Values
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem

LASTS: Final = timedelta(minutes=15)
"""After this a claim that nobody renewed blocks nobody."""


def _other(session: Session, row: Values | None) -> str:
    """Who else has it, in words; "" if nobody."""
    if row is None or row["expires_at"] <= session.now() or row["agent"] in {"", session.agent.id}:
        return ""
    return f"{agent_name(session, row['agent'])} is on it until {shown_time(session, row['expires_at'])}"


def _why_not(session: Session, order: QueueItem) -> str:
    from oms_tui.store import desk_rows

    return _other(session, desk_rows.get(session.store.desk, "claims", *name_of(order)))


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    release = fields["release"]
    words = "let go" if release else "claimed"
    with write_on(session, "claim", order, words) as write:
        row = write.get("claims", *name_of(order))
        if why := _other(session, row):  # looked at again: somebody may have been quicker
            raise Refused(why, code="conflict")
        mine = row is not None and row["agent"] == session.agent.id and row["expires_at"] > write.now
        write.merge(
            "claims",
            name_of(order),
            agent="" if release else session.agent.id,
            what=fields["what"],
            expires_at=0 if release else write.now + int(LASTS.total_seconds() * 1000),
        )
        if release or not mine:  # renewing says nothing new
            write.event("claimed", words, name_of(order))
        write.changed("claim", *name_of(order))
    return Outcome(words, write.undo_id)


ACTION = Action(
    id="claim",
    title="Claim",
    help="Tells colleagues that you are on it for the next quarter of an hour.",
    group="order",
    key="w",
    rank=80,
    fields=(Field("release", "Let it go", "flag"), Field("what", "What you do", default="work")),
    roles=EVERYBODY,
    why_not=_why_not,
    not_by_rule="a claim says that a person is at work on it",
    apply=_apply,
)
