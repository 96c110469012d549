"""What a demo's desk remembers of the weeks before it was made: written once, when all of its sources were read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.demo.calls import remember_calls
from oms_tui.demo.habits import remember_habits
from oms_tui.store import desk_rows, sync_state

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oms_tui.store.session import Session

_KEY: Final = "demo_past"


def is_read(session: Session, sources: Iterable[str]) -> bool:
    """Whether every one of these sources was read to its end once, and all that came is derived."""
    cache = session.store.cache
    ended: dict[str, bool] = {}
    for state in sync_state.states(cache):
        ended[state.source] = ended.get(state.source, True) and state.last_success_at is not None
    if not all(ended.get(name, False) for name in sources):
        return False
    return cache.execute("SELECT 1 FROM dirty LIMIT 1").fetchone() is None


def has_past(session: Session) -> bool:
    """Whether the past was written."""
    return desk_rows.get(session.store.desk, "desk_meta", _KEY) is not None


def write_past(session: Session) -> None:
    """Write the calls people made and the ways they left the set way, into a demo's desk that was read whole.

    A second call writes nothing.
    """
    if has_past(session):
        return
    remember_calls(session)
    remember_habits(session)
    desk_rows.put(session.store.desk, "desk_meta", {"key": _KEY, "value": "1"})
