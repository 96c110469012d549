"""An internal note; colleagues see it, customers never do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from oms_tui.actions.base import EVERYBODY, Action, Field, Outcome, Refused
from oms_tui.actions.decisions import ORDER_CHANGED, name_of, write_on
from oms_tui.actions.write_back import ask, source_cannot

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem

_NAMED: Final = re.compile(r"(?<![\w@.])@([\w-]{1,40})")  # not the second half of a mail address
_SHOWN = 120  # characters of a note in the log's line


def mentioned(session: Session, text: str) -> list[str]:
    """Whom a note names (``@ben``, ``@lead``): agents by id or first name, and roles; each once, the writer not."""
    from oms_tui.domain.vocabulary import Role, values

    known = {agent.name.partition(" ")[0].casefold(): agent.id for agent in session.agents.values() if agent.name}
    known |= {role: f"role:{role}" for role in values(Role)} | {agent.casefold(): agent for agent in session.agents}
    found = (known.get(each.casefold()) for each in _NAMED.findall(text))
    return [name for name in dict.fromkeys(found) if name and name != session.agent.id]


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    from oms_tui.store.ids import unique
    from oms_tui.store.writes.agent_notices import notify

    text = fields["text"]
    if fields["share"] and (why := source_cannot(session, order, order.source, "note")):
        raise Refused(why, field="share")
    first = text.split("\n", 1)[0]
    shown = first if len(first) <= _SHOWN and first == text else f"{first[:_SHOWN].rstrip()}…"
    with write_on(session, "note", order, f"note: {shown}") as write:
        row = write.insert(
            "notes",
            id=unique(),
            source=order.source,
            remote_id=order.remote_id,
            author=session.agent.id,
            text=text,
            created_at=write.now,
        )
        if fields["share"]:
            ask(
                write,
                session,
                order,
                "note",
                words=f"note: {shown}",
                fields={"text": text},
                account=order.source,
                expect="",
            )
        told = mentioned(session, text)
        for name in told:
            notify(write, name, "mention", name_of(order), shown, number=order.number)
        write.event("note", shown, name_of(order), {"note": row["id"], "told": told})
        write.changed(ORDER_CHANGED, *name_of(order))
    said = ["note kept"]
    if told:
        said.append(f"told {', '.join(_shown(session, name) for name in told)}")
    if fields["share"]:
        said.append(f"{order.source} gets it too")
    return Outcome("; ".join(said), write.undo_id)


def _shown(session: Session, name: str) -> str:
    role = name.removeprefix("role:")
    return f"every {role.replace('_', ' ')}" if role != name else session.agents[name].shown


ACTION = Action(
    id="note",
    title="Note",
    help="Writes an internal note on the order; customers never see it. @ben or @lead tells them of it.",
    group="order",
    key="n",
    rank=20,
    fields=(
        Field("text", "Note", "block", required=True),
        Field("share", "Leave it in the order's own system too", "flag"),
    ),
    roles=EVERYBODY,
    apply=_apply,
)
