"""What the composer and the pane have done by the reader thread. Imported late there, so that the screen never pays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from oms_tui.actions.reply import Problem, Resolved
    from oms_tui.domain.macros import Macro
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import DraftView, OutboxView


def start(session: Session, order_id: int, message_id: int | None, macro: str) -> DraftView:
    """Begin a reply, or go on with the one begun."""
    from oms_tui.actions import reply

    return reply.start(session, order_id, message_id=message_id, macro=macro)


def save(session: Session, draft_id: str, changes: Mapping[str, Any]) -> DraftView:
    """Keep what was typed."""
    from oms_tui.actions import reply

    return reply.save(session, draft_id, **changes)


def check(session: Session, draft_id: str) -> list[Problem]:
    """What stands against it."""
    from oms_tui.actions import reply

    return reply.check(session, draft_id)


def preview(session: Session, draft_id: str) -> str:
    """As its reader will see it."""
    from oms_tui.actions import reply

    return reply.preview(session, draft_id)


def send(session: Session, draft_id: str) -> OutboxView:
    """Hand it to the outbox."""
    from oms_tui.actions import reply

    return reply.send(session, draft_id)


def discard(session: Session, draft_id: str) -> str:
    """Throw it away; the id with which it comes back."""
    from oms_tui.actions import reply

    return reply.discard(session, draft_id)


def apply_macro(session: Session, draft_id: str, macro: str) -> DraftView:
    """Put a macro in."""
    from oms_tui.actions import reply

    return reply.apply_macro(session, draft_id, macro)


def attach(session: Session, draft_id: str, path: Path) -> DraftView:
    """Attach a copy of a file."""
    from oms_tui.actions import reply

    return reply.attach(session, draft_id, path)


def seen(session: Session, draft_id: str) -> DraftView:
    """What came meanwhile was looked at."""
    from oms_tui.actions import reply

    return reply.seen(session, draft_id)


def recall(session: Session, outbox_id: str) -> DraftView:
    """Take a reply back that has not left."""
    from oms_tui.actions import reply

    return reply.recall(session, outbox_id)


def resolve(session: Session, outbox_id: str, choice: str) -> Resolved:
    """Decide on a reply that stands still."""
    from oms_tui.actions import reply

    return reply.resolve(session, outbox_id, choice)


def find_macros(session: Session, text: str, draft_id: str) -> list[Macro]:
    """The macros a few letters may mean, best first; without letters those meant for the draft's order."""
    from oms_tui.actions import macro_offers

    return macro_offers.offered_for(session, draft_id, text)
