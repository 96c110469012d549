"""Every action there is, found by listing the folder ``orders``: a new action is one new file with an ``ACTION``."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from oms_tui.actions import orders
from oms_tui.actions.base import GROUPS, Action, Refused

if TYPE_CHECKING:
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem


@cache
def all_actions() -> tuple[Action, ...]:
    """Every action, by rank, then by group and title."""
    found = []
    for file in Path(orders.__path__[0]).glob("[!_]*.py"):
        action = import_module(f"{orders.__name__}.{file.stem}").ACTION
        assert isinstance(action, Action)  # noqa: S101 - a file in that folder is an action
        found.append(action)
    return tuple(sorted(found, key=lambda each: (each.rank, GROUPS.index(each.group), each.title)))


@cache
def _by_id() -> dict[str, Action]:
    return {each.id: each for each in all_actions()}


def action(name: str) -> Action:
    """The action with this id (``set-delay-reason`` will do for ``set_delay_reason``).

    Raises:
        Refused: there is none; the hint names the nearest.
    """
    found = _by_id().get(name.strip().lower().replace("-", "_"))
    if found is None:
        from oms_tui.domain.query_words import nearest

        meant = nearest(name, _by_id())
        hint = f"did you mean {' or '.join(meant)}?" if meant else "`oms-tui do --list` shows them"
        raise Refused(f"there is no action {name!r}", code="usage", field="action", hint=hint)
    return found


def refusals(session: Session, order: QueueItem) -> dict[str, str]:
    """For each action why it cannot be done to this order now, "" where it can. For palette, footer and JSON."""
    return {each.id: each.refusal(session, order) for each in all_actions()}
