"""Deriving queue rows in batches: what is dirty, what time alone has changed, or given orders."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from oms_tui.store import badges
from oms_tui.store.derive import demand
from oms_tui.store.derive.facts import load
from oms_tui.store.derive.row import COLUMNS, need_of, row_of
from oms_tui.store.driver import transaction
from oms_tui.store.rows import marks, upsert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oms_tui.domain.policy import DeskPolicy, TierPolicy
    from oms_tui.domain.query_tree import Tree
    from oms_tui.store.derive.facts import OrderFacts
    from oms_tui.store.driver import Connection
    from oms_tui.store.workspace import Workspace

BATCH: Final = 500
_UPSERT: Final = upsert("queue_row")
_MANY: Final = 100  # changes of one batch that a screen is told of one by one


def derive_dirty(store: Workspace, policy: DeskPolicy, *, now: int, limit: int = BATCH) -> int:
    """Derive up to ``limit`` orders that something happened to; how many there were. Below ``limit``: none are left."""
    with transaction(store.cache) as cache:
        ids = [order for (order,) in cache.execute("SELECT order_id FROM dirty LIMIT ?", (min(limit, BATCH),))]
        derive_orders(store, policy, ids, now)
    return len(ids)


def derive_due(store: Workspace, policy: DeskPolicy, *, now: int, limit: int = BATCH) -> int:
    """Derive up to ``limit`` orders that time alone has changed; how many there were."""
    with transaction(store.cache) as cache:
        ids = [
            order
            for (order,) in cache.execute(
                "SELECT order_id FROM queue_row WHERE refresh_at <= ? ORDER BY refresh_at LIMIT ?",
                (now, min(limit, BATCH)),
            )
        ]
        derive_orders(store, policy, ids, now)
    return len(ids)


def derive_orders(store: Workspace, policy: DeskPolicy, ids: Sequence[int], now: int) -> None:
    """Derive these orders, at most ``BATCH`` of them. Others that lack stock now, or no more, are marked dirty.

    In the caller's transaction, or one of its own.
    """
    if not ids:
        return
    with transaction(store.cache) as cache:
        facts = load(store, ids)
        moved = _allot(cache, facts)
        here = list(facts)
        lacking, coming = demand.shorts(cache, here), demand.expected(cache, here)
        tiers = _tiers(policy.tiers)
        rows = [
            row_of(
                each,
                policy,
                tiers,
                now=now,
                short=lacking.get(order, (0, False)),
                expected=coming.get(order, ()),
            )
            for order, each in facts.items()
        ]
        cache.executemany(_UPSERT, [[row[column] for column in COLUMNS] for row in rows])
        _count(cache, facts, rows)
        cache.execute(f"DELETE FROM dirty WHERE order_id IN ({marks(len(ids))})", list(ids))
        others = [order for order in moved if order not in facts]
        others += _same_person(cache, facts, rows)
        cache.executemany("INSERT OR IGNORE INTO dirty(order_id) VALUES (?)", [(order,) for order in others])
        _tell(cache, facts, rows, [order for order in ids if order not in facts])


def _allot(cache: Connection, facts: dict[int, OrderFacts]) -> set[int]:
    """Write what these orders need and give the stock out anew where that matters."""
    touched = demand.write(cache, {order: need_of(each) for order, each in facts.items()})
    # What they wait for may also have come in: a source's stock marks the orders that wait for it.
    return demand.allot(cache, touched | demand.skus_of(cache, facts))


def _count(cache: Connection, facts: dict[int, OrderFacts], rows: Sequence[dict[str, object]]) -> None:
    """Keep the counts, by what each row was before."""
    more = {"open": 0, "calls_due": 0}
    for row in rows:
        before = facts[row["order_id"]].before or {}  # type: ignore[index]  # its own id
        more["open"] += int(bool(row["is_open"])) - int(bool(before.get("is_open")))
        more["calls_due"] += int(bool(row["call"])) - int(bool(before.get("call")))
    badges.bump(cache, more)


def _same_person(cache: Connection, facts: dict[int, OrderFacts], rows: Sequence[dict[str, object]]) -> list[int]:
    """Open orders of a customer whose tier has just changed with this order."""
    found: list[int] = []
    for row in rows:
        before = facts[row["order_id"]].before  # type: ignore[index]  # its own id
        new = before is None and facts[row["order_id"]].orders > 1  # type: ignore[index]  # likewise
        if row["customer_id"] is None or not (new or (before is not None and before["tier"] != row["tier"])):
            continue
        others = cache.execute(
            "SELECT order_id FROM queue_row WHERE customer_id = ? AND is_open = 1 AND tier <> ? LIMIT 200",
            (row["customer_id"], row["tier"]),
        )
        found += [order for (order,) in others if order not in facts]
    return found


_TOLD: Final = tuple(column for column in COLUMNS if column not in {"derived_at", "refresh_at"})


def _tell(
    cache: Connection, facts: dict[int, OrderFacts], rows: Sequence[dict[str, object]], gone: Sequence[int]
) -> None:
    """Say in the change feed which orders read differently now; many at once as one line."""
    changed = [
        row["order_id"]
        for row in rows
        if (before := facts[row["order_id"]].before) is None  # type: ignore[index]  # its own id
        or any(before[column] != row[column] for column in _TOLD)
    ]
    for order in gone:
        before = cache.execute("DELETE FROM queue_row WHERE order_id = ? RETURNING is_open, call", (order,)).fetchone()
        cache.execute("DELETE FROM demand WHERE order_id = ?", (order,))
        if before is not None:
            badges.bump(cache, {"open": -before[0], "calls_due": -bool(before[1])})
            changed.append(order)
    if len(changed) > _MANY:
        cache.execute("INSERT INTO change_log(kind, ref) VALUES ('everything', 0)")
    else:
        cache.executemany("INSERT INTO change_log(kind, ref) VALUES ('order', ?)", [(order,) for order in changed])


@lru_cache(maxsize=8)
def _tiers(policies: tuple[TierPolicy, ...]) -> list[tuple[str, Tree | None]]:
    """The tiers with their queries read. One that cannot be read finds nobody; ``doctor`` says why."""
    from oms_tui.domain.query import QueryError, parse
    from oms_tui.domain.tiers import UnknownTierWord, check
    from oms_tui.store.query_words import CATALOGUE

    found: list[tuple[str, Tree | None]] = []
    for policy in policies:
        try:
            tree = parse(policy.when, CATALOGUE) if policy.when.strip() else None
            if tree is not None:
                check(tree)
        except (QueryError, UnknownTierWord):
            continue
        found.append((policy.name, tree))
    return found
