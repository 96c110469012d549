"""Whom other rules would put into another tier: told from what the rows say now and what the rules would make of it.

Reads only. The facts of everybody are gathered by a statement each, and every order is told once, so that fifty
thousand customers take a second or two; nothing is written, and nothing is derived before somebody changes the config.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from oms_tui.domain.tiers import tier_and_why, tier_of
from oms_tui.store.customer_facts import customer_facts, everybody

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from oms_tui.domain.query_tree import Tree
    from oms_tui.store.driver import Connection
    from oms_tui.store.workspace import Workspace

    Tiers = Sequence[tuple[str, Tree | None]]


class Moves(NamedTuple):
    """A customer whose orders would be served otherwise. ``number`` is the newest of those ``orders``."""

    customer: str
    source: str
    source_id: str
    number: str
    orders: int
    before: str
    after: str
    why: str


@dataclass(slots=True)
class TierPreview:
    """What would become of everybody. ``now`` and ``then`` count customers by the tier of their newest order."""

    customers: int = 0
    moved: list[Moves] = field(default_factory=list)
    now: dict[str, int] = field(default_factory=dict)
    then: dict[str, int] = field(default_factory=dict)


_COLUMNS: Final = (
    *("id", "number", "source", "currency", "total", "ship_country", "ship_name", "tags", "email", "tier", "person"),
    *("name", "company", "customer_source", "customer_id"),
)
_ORDERS: Final = (
    "SELECT o.id, o.number, o.source, o.currency, o.total, o.ship_country, o.ship_name, o.tags, o.email, q.tier, "
    "c.person_id, c.name, c.company, c.source, c.remote_id "
    "FROM orders o JOIN queue_row q ON q.order_id = o.id LEFT JOIN customers c ON c.id = o.customer_id "
    "ORDER BY o.id DESC"
)


def preview(store: Workspace, tiers: Tiers) -> TierPreview:
    """What ``tiers`` would change, against what the rows say now."""
    people = everybody(store.cache)
    found = TierPreview()
    moved: dict[tuple[Any, str, str], Moves] = {}
    seen: set[Any] = set()
    for order in _orders(store.cache):
        who = order["person"] if order["person"] is not None else f"order {order['id']}"
        facts = customer_facts(order, people.get(order["person"]), order["name"] or order["company"] or "")
        before, after = order["tier"], tier_of(facts, tiers)
        if who not in seen:
            seen.add(who)
            found.now[before] = found.now.get(before, 0) + 1
            found.then[after] = found.then.get(after, 0) + 1
        if before == after:
            continue
        key = (who, before, after)
        known = moved.get(key)
        if known is not None:
            moved[key] = known._replace(orders=known.orders + 1)
            continue
        name = order["name"] or order["company"] or order["ship_name"] or order["email"]
        why = tier_and_why(facts, tiers)[1]
        moved[key] = Moves(
            name, order["customer_source"] or order["source"], order["customer_id"] or "", order["number"], 1,
            before, after, why,
        )  # fmt: skip
    found.customers = len(seen)
    found.moved = sorted(moved.values(), key=lambda each: (each.after, each.before, each.customer.casefold()))
    return found


def _orders(cache: Connection) -> Iterator[dict[str, Any]]:
    for row in cache.execute(_ORDERS):
        yield dict(zip(_COLUMNS, row, strict=True))


def counted(store: Workspace) -> dict[str, tuple[int, int, int]]:
    """Customers, orders and open orders of each tier, as the rows say."""
    rows = store.cache.execute(
        "SELECT q.tier, count(DISTINCT coalesce(c.person_id, -q.order_id)), count(*), sum(q.is_open) "
        "FROM queue_row q LEFT JOIN customers c ON c.id = q.customer_id GROUP BY q.tier"
    )
    return {tier: (customers, orders, open_) for tier, customers, orders, open_ in rows}
