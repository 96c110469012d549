"""Somebody else is to look at this order: the lead, or whoever is named, gets a notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.actions.base import EVERYBODY, Action, Field, Outcome, Refused
from oms_tui.actions.decisions import name_of, shown_time, write_on

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem


def _recipient(session: Session, text: str) -> tuple[str, str]:
    """By which name somebody is told, and how people read it: an agent, or whoever has a role."""
    from oms_tui.domain.vocabulary import Role, values

    wanted = text.strip().removeprefix("@").lower().replace(" ", "_")
    if wanted in session.agents or wanted == session.agent.id:
        known = session.agents.get(wanted, session.agent)
        return wanted, known.shown
    if wanted.removeprefix("role:") in values(Role):
        role = wanted.removeprefix("role:")
        return f"role:{role}", f"every {role.replace('_', ' ')}"
    there = ", ".join([*session.agents, *values(Role)])
    raise Refused(f"nobody here is called {text!r}", code="usage", field="to", hint=f"one of {there}")


def _check(session: Session, fields: Fields) -> None:
    _recipient(session, fields["to"])


def _words(session: Session, order: QueueItem, fields: Fields) -> str:
    """What they are told: the given words, else by when something is due and what presses most."""
    if fields["why"]:
        return str(fields["why"])
    found = [flag.text for flag in order.flags if flag.level in {"alarm", "warn"}][:3]
    if order.due_at is not None:  # the whole date: a notice may be read on another day
        found = [text.partition(" due ")[0].removesuffix(" overdue") for text in found]
        over = order.due_at <= session.now()
        found.insert(0, f"{'was due' if over else 'due'} {shown_time(session, order.due_at)}")
    return ", ".join(found) or f"{session.agent.shown} asks you to look at it"


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    from oms_tui.store.writes.agent_notices import notify

    to, shown = _recipient(session, fields["to"])
    words = _words(session, order, fields)
    summary = f"escalated to {shown}: {words}"
    with write_on(session, "escalate", order, summary) as write:
        notify(write, to, "escalation", name_of(order), words, number=order.number)
        write.event("escalated", summary, name_of(order), {"to": to})
    return Outcome(summary, write.undo_id)


def _preview(session: Session, order: QueueItem, fields: Fields) -> str:
    _, shown = _recipient(session, fields["to"])
    return f"would tell {shown}: {_words(session, order, fields)}"


ACTION = Action(
    id="escalate",
    title="Escalate",
    help="Puts the order into the notices of the lead, or of whoever is named, with a word why.",
    group="order",
    key="!",
    rank=75,
    fields=(
        Field("to", "To", default="lead", help="an agent, or a role: whoever has it"),
        Field("why", "Why", help="none: what presses most on the order"),
    ),
    roles=EVERYBODY,
    check=_check,
    apply=_apply,
    preview=_preview,
)
