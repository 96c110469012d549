"""What people decide about things that leave: taken back, sent all the same, tried again, or given up."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from oms_tui.actions.base import EVERYBODY, Refused
from oms_tui.actions.run import settle
from oms_tui.domain.transitions import after
from oms_tui.store.ids import unique
from oms_tui.store.reads.outbox import draft, outbox_item
from oms_tui.store.writes.desk_write import DeskWrite, blank

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oms_tui.store.desk_rows import Values
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import DraftView, OutboxView

CHOICES: Final = {
    "blocked": ("send_anyway", "edit", "discard"),
    "in_doubt": ("sent", "not_sent"),
    "failed": ("retry", "edit", "discard"),
    "held": ("edit", "discard"),
    "queued": ("edit", "discard"),
}
"""What can be chosen in each state."""

CHOICE_WORDS: Final = {
    "send_anyway": "send it all the same",
    "edit": "take it back and edit it",
    "discard": "give it up",
    "sent": "it has arrived: do not send it again",
    "not_sent": "it has not left: send it again",
    "retry": "try again",
}

_STEPS: Final = {"send_anyway": "retry", "retry": "retry", "sent": "resolve_sent", "not_sent": "resolve_not_sent"}


@dataclass(frozen=True, slots=True)
class Resolved:
    """What became of an item; ``draft`` where it is one again."""

    item: OutboxView
    draft: DraftView | None = None


def recall(session: Session, outbox_id: str) -> DraftView:
    """Take back a reply that has not left; it becomes a draft again.

    Raises:
        Refused: it has left, is on the wire, or is no reply.
    """
    _allowed(session)
    with _about(session, outbox_id, "recall") as (write, row):
        _step(write, row, "recall")
        restored = _restore(write, session, row)
        write.event("mail_recalled", f"took back the reply: {row['subject']}", _name(row), {"outbox": row["id"]})
    settle(session)
    found = draft(session.store, restored)
    assert found is not None  # noqa: S101 - written above
    return found


def resolve(session: Session, outbox_id: str, choice: str) -> Resolved:
    """Decide about an item; which choices there are depends on its state (``CHOICES``).

    Raises:
        Refused: there is no such item, its state has no such choice, or it moved on this moment.
    """
    _allowed(session)
    if choice == "edit":
        again = recall(session, outbox_id)
        return Resolved(_item(session, outbox_id), again)
    with _about(session, outbox_id, "resolve_outbox") as (write, row):
        if choice not in CHOICES.get(row["state"], ()):
            there = ", ".join(CHOICES.get(row["state"], ())) or "nothing to decide"
            raise Refused(
                f"it is {row['state'].replace('_', ' ')}: {choice!r} is none of its choices", field="choice", hint=there
            )
        if choice == "discard":
            _step(write, row, "recall")
            write.event("mail_recalled", f"gave up: {row['subject'] or row['kind']}", _name(row), {"outbox": row["id"]})
        else:
            _step(write, row, _STEPS[choice], **_changes(choice, row, write.now))
            words = f"{CHOICE_WORDS[choice]}: {row['subject'] or row['kind']}"
            write.event("override", words, _name(row), {"outbox": row["id"], "choice": choice, "was": row["state"]})
    settle(session)
    return Resolved(_item(session, outbox_id))


def _changes(choice: str, row: Values, now: int) -> dict[str, Any]:
    """What a choice sets beside the state."""
    fresh = {"not_before": now, "error": "", "phase": "", "guard": ""}
    if choice == "send_anyway":
        stops = json.loads(row["guard"] or "[]")
        kinds = [*json.loads(row["overrides"]), *(stop["kind"] for stop in stops)]
        names = [*json.loads(row["seen_ids"]), *(stop["message"] for stop in stops if stop.get("message"))]
        return fresh | {
            "overrides": json.dumps([*dict.fromkeys(kinds)]),
            "seen_ids": json.dumps([*dict.fromkeys(names)]),
        }
    if choice == "sent":
        return {"phase": "", "error": "", "answer": "a person found it had arrived", "not_before": now}
    if row["kind"] == "mail":
        fresh["payload"] = "{}"  # when it was first tried: it gets its whole time again
    return fresh


@contextmanager
def _about(session: Session, outbox_id: str, action: str) -> Iterator[tuple[DeskWrite, Values]]:
    """A transaction about one item, with its row as it is inside of it.

    It has no undo: the way back from a step of the outbox is another step, if its machine has one.
    """
    with DeskWrite(session, action, undoable=False) as write:
        row = write.get("outbox", outbox_id)
        if row is None:
            raise Refused(f"nothing in the outbox is called {outbox_id!r}", code="not_found", field="outbox")
        yield write, row


def _step(write: DeskWrite, row: Values, action: str, **changes: Any) -> None:
    try:
        state = after("outbox", row["state"], action)
    except ValueError as error:
        raise Refused(f"{row['subject'] or row['kind']}: {error}", field="outbox") from error
    write.merge("outbox", (row["id"],), state=state, **changes)
    write.changed("outbox", *_name(row))


def _restore(write: DeskWrite, session: Session, row: Values) -> str:
    """Put the draft back as it was, under a name of its own: the old one belongs to the item."""
    if not row["draft"]:
        raise Refused("it is no reply: it can be given up, not edited", field="choice", hint="discard")
    before = blank("drafts") | json.loads(row["draft"])
    before |= {"id": unique(), "agent": session.agent.id, "updated_at": write.now}
    write.put("drafts", before)
    write.changed("draft", *_name(row))
    return str(before["id"])


def _allowed(session: Session) -> None:
    if session.store.read_only or session.agent.role not in EVERYBODY:
        raise Refused(f"{session.agent.shown} may only look", code="forbidden")


def _item(session: Session, outbox_id: str) -> OutboxView:
    found = outbox_item(session.store, outbox_id)
    assert found is not None  # noqa: S101 - items are never deleted
    return found


def _name(row: Values) -> tuple[str, str]:
    return row["source"], row["remote_id"]
