"""Decisions about conflicts that hold: a decision lapses when the systems agree again, and undo takes back it alone.

Deriving sees the agreement and writes the cache alone: what lapsed is noted in its ``lapsed_decisions``, and ``keep``
writes it to the desk (``conflict_lapses``) afterwards, so that a cache made anew brings no old decision back. The
decision itself stays as it was made: the reports count it, and whoever made it can still take it back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from oms_tui.store import desk_rows
from oms_tui.store.driver import transaction
from oms_tui.store.rows import chunks, marks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oms_tui.store.workspace import Workspace

_MOST: Final = 300
_DECIDED: Final = (
    'd.source, d.remote_id, d.field, d.state, d.chosen, d."values", d.agent, d.decided_at FROM wanted '
    "CROSS JOIN conflict_decisions d ON d.source = s AND d.remote_id = r LEFT JOIN conflict_lapses l "
    "ON l.source = d.source AND l.remote_id = d.remote_id AND l.field = d.field AND l.decided_at >= d.decided_at "
    "WHERE l.field IS NULL"
)
"""A lapse ends the decision it was noted for and older ones, which undo may bring back."""


class Decided(NamedTuple):
    """What a person decided about one field. ``values``: JSON of what each system said then."""

    state: str
    chosen: str
    values: str
    agent: str
    decided_at: int


def decided(store: Workspace, orders: Mapping[tuple[str, str], int]) -> dict[tuple[int, str], Decided]:
    """The decisions that have not lapsed, by order and field.

    Args:
        store: both files.
        orders: their ids in the cache, by (source, remote id).
    """
    if store.desk.execute("SELECT 1 FROM conflict_decisions LIMIT 1").fetchone() is None:
        return {}
    found: dict[tuple[int, str], Decided] = {}
    for names in chunks(list(orders), _MOST):
        places = ",".join(["(?,?)"] * len(names))
        rows = store.desk.execute(
            f"WITH wanted(s, r) AS (VALUES {places}) SELECT {_DECIDED}", [part for name in names for part in name]
        )
        for source, remote_id, field, *row in rows:
            found[orders[source, remote_id], field] = Decided(*row)
    for part in chunks({order for order, _ in found}):
        for order, field, decided_at in store.cache.execute(
            f"SELECT order_id, field, decided_at FROM lapsed_decisions WHERE order_id IN ({marks(len(part))})", part
        ):
            decision = found.get((order, field))
            if decision is not None and decided_at >= decision.decided_at:
                del found[order, field]
    return found


def keep(store: Workspace) -> int:
    """Write into the desk what lapsed, as deriving noted; how many decisions."""
    noted = store.cache.execute(
        "SELECT l.order_id, l.field, l.decided_at, l.lapsed_at, o.source, o.remote_id FROM lapsed_decisions l "
        "JOIN orders o ON o.id = l.order_id WHERE l.kept = 0 LIMIT ?",
        (_MOST,),
    ).fetchall()
    if not noted:
        return 0
    with transaction(store.desk) as desk:
        for _, field, decided_at, lapsed_at, source, remote_id in noted:
            row = {"source": source, "remote_id": remote_id, "field": field}
            desk_rows.put(desk, "conflict_lapses", row | {"decided_at": decided_at, "lapsed_at": lapsed_at})
    with transaction(store.cache) as cache:
        cache.executemany(
            "UPDATE lapsed_decisions SET kept = 1 WHERE order_id = ? AND field = ? AND decided_at = ?",
            [row[:3] for row in noted],
        )
    return len(noted)
