"""Facts on which systems disagree about an order, with every value, its source and time, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from oms_tui.domain.vocabulary import ConflictState
from oms_tui.store.conflict_decisions import decided
from oms_tui.store.conflict_facts import disagreements, standing

if TYPE_CHECKING:
    from oms_tui.domain.conflicts import Value
    from oms_tui.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Conflict:
    """One field, what each system says (source, value, and when it was seen), and what became of it.

    ``parts``: of an address, those that differ. ``agent`` and ``decided_at``: who decided, "" and None for nobody.
    """

    field: str
    state: str
    values: tuple[Value, ...]
    chosen: str = ""
    parts: tuple[str, ...] = ()
    agent: str = ""
    decided_at: int | None = None


def conflicts(store: Workspace, order_id: int) -> list[Conflict]:
    """The order's conflicts, decided ones too; one whose systems agree again is gone."""
    found = disagreements(store.cache, [order_id]).get(order_id, [])
    if not found:
        return []
    name = store.cache.execute("SELECT source, remote_id FROM orders WHERE id=?", (order_id,)).fetchone()
    decisions = decided(store, {(name[0], name[1]): order_id})
    conflicts = []
    for field, values, parts in found:
        decision = decisions.get((order_id, field))
        if decision is not None and standing(decision.values, values):
            state, chosen = decision.state, decision.chosen
            conflicts.append(Conflict(field, state, values, chosen, parts, decision.agent, decision.decided_at))
        else:
            conflicts.append(Conflict(field, ConflictState.OPEN.value, values, parts=parts))
    return conflicts


def open_fields(store: Workspace, order_id: int) -> list[str]:
    """The fields on which systems disagree, and nobody has decided."""
    return [each.field for each in conflicts(store, order_id) if each.state == ConflictState.OPEN]
