"""The clock that runs on an order, as its row in the queue was told from it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from oms_tui.domain.clocks import share_gone
from oms_tui.store.derive.facts import load
from oms_tui.store.derive.row import clock_of, promised_to

if TYPE_CHECKING:
    from oms_tui.domain.clocks import Clock
    from oms_tui.domain.policy import DeskPolicy
    from oms_tui.store.shapes import QueueItem
    from oms_tui.store.workspace import Workspace


class RunningClock(NamedTuple):
    """The clock that runs out first, what the tier is promised (business seconds), and per cent of it that are gone."""

    clock: Clock
    allowed: int
    share: int


def running_clock(store: Workspace, policy: DeskPolicy, item: QueueItem, now: int) -> RunningClock | None:
    """The clock of an order whose customer waits at ``now`` (milliseconds since 1970 UTC); None where none runs."""
    facts = load(store, [item.id]).get(item.id)
    if facts is None:
        return None
    moment = datetime.fromtimestamp(now / 1000, UTC)
    promised = promised_to(item.tier, policy)
    clock = clock_of(facts, promised, policy, moment)
    if clock is None:
        return None
    allowed = promised.of(clock.kind)
    seconds = int(allowed.total_seconds()) if allowed else 0
    return RunningClock(clock, seconds, share_gone(clock, promised, policy.hours, now=moment))
