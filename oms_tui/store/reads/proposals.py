"""Names that may be an order's customer too: proposed from mails, or because another order shares something with it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from oms_tui.domain.vocabulary import DecisionState
from oms_tui.store import desk_rows
from oms_tui.store.reads.order_people import customer_name, related
from oms_tui.store.reads.select import one
from oms_tui.store.rows import marks

if TYPE_CHECKING:
    from oms_tui.store.workspace import Workspace

_THEIR_OWN: Final = ("same customer",)
"""Evidence of orders whose own system says they are one customer's: nothing to decide."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two names that may be one customer. ``called`` are the ways people may say it; the first is shown."""

    left: str
    right: str
    state: str
    evidence: tuple[str, ...]
    called: tuple[str, ...]


def proposals(store: Workspace, order_id: int) -> list[Proposal] | None:
    """Everything proposed or decided about the order's customer, what waits for a decision first.

    None: the order has no customer record that a name could be joined to.
    """
    order = one(store.cache, "orders", "id=?", (order_id,))
    if order is None or order["customer_id"] is None:
        return None
    own = one(store.cache, "customers", "id=?", (order["customer_id"],))
    if own is None:
        return None
    left = customer_name(own)
    rows = list(desk_rows.select(store.desk, "identity_decisions", '"left"=? OR "right"=?', (left, left)))
    found = [
        Proposal(left, row["right"], row["state"], tuple(json.loads(row["evidence"])), (row["right"],))
        for row in rows
        if not row["right"].startswith("customer:")
    ]
    others = [each for each in related(store, order) if each.evidence != _THEIR_OWN]
    names = _customers(store, [each.order_id for each in others])
    turned = {row["left"] for row in rows if row["right"] == left}
    for each in others:
        right = names.get(each.order_id, left)
        if right != left:
            pair = (right, left) if right in turned else (left, right)
            called = (each.number, right, f"order:{each.number}")
            found.append(Proposal(*pair, each.state, each.evidence, called))
    return sorted(found, key=lambda each: each.state != DecisionState.PROPOSED)


def _customers(store: Workspace, orders: list[int]) -> dict[int, str]:
    if not orders:
        return {}
    rows = store.cache.execute(
        "SELECT o.id, c.source, c.remote_id FROM orders o JOIN customers c ON c.id=o.customer_id "
        f"WHERE o.id IN ({marks(len(orders))})",
        orders,
    )
    return {order: customer_name({"source": source, "remote_id": remote_id}) for order, source, remote_id in rows}
