"""Rows were derived by rules that the config has changed since: all of them are told anew, by whoever looks after them.

Only the worker asks: a command that was given another config for once must not turn the desk's rows over.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from oms_tui.store.driver import transaction

if TYPE_CHECKING:
    from oms_tui.domain.policy import DeskPolicy
    from oms_tui.store.workspace import Workspace

_KEY: Final = "rules"


def take_over(store: Workspace, policy: DeskPolicy) -> bool:
    """Mark every row to be derived again if ``policy`` has other rules than they were derived by; whether it has."""
    name = _name(policy)
    row = store.cache.execute("SELECT value FROM meta WHERE key = ?", (_KEY,)).fetchone()
    if row is not None and row[0] == name:
        return False
    with transaction(store.cache) as cache:
        cache.execute("INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)", (_KEY, name))
        if row is not None:  # else the cache is new: what is in it was derived by these rules
            cache.execute("INSERT OR IGNORE INTO dirty(order_id) SELECT order_id FROM queue_row")
    return row is not None


def _name(policy: DeskPolicy) -> str:
    """A short name for everything that rows are derived from besides their facts."""
    rules = (
        policy.tiers,
        policy.procedures,
        sorted(policy.weights.items()),
        sorted(policy.agents.items()),
        (policy.hours.week, sorted(policy.hours.holidays)),
        str(policy.zone),
    )
    return blake2b(repr(rules).encode(), digest_size=12).hexdigest()
