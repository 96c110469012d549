"""What handling an order took on the desk, for ``report handling``: counts, and nothing of what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.domain.events import HANDLED
from oms_tui.store.writes.desk_write import DeskWrite

if TYPE_CHECKING:
    from oms_tui.store.session import Session


def handled(session: Session, source: str, remote_id: str, *, keys: int, screens: int) -> None:
    """Write down that work on an order came to an end.

    Args:
        session: who worked.
        source: of the order.
        remote_id: of the order.
        keys: pressed since it was opened, or since the last such end.
        screens: panels and screens gone to in that time.
    """
    with DeskWrite(session, HANDLED, [(source, remote_id)], undoable=False) as write:
        words = f"handled with {keys} key{'s' if keys != 1 else ''} on {screens} screen{'s' if screens != 1 else ''}"
        write.event(HANDLED, words, (source, remote_id), {"keys": keys, "screens": screens})
