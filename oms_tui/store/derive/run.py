"""Deriving queue rows in batches: what is dirty, what time alone has changed, or given orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.domain.vocabulary import Role, words_of
from oms_tui.store import badges, fts
from oms_tui.store.absences import team_of
from oms_tui.store.conflict_facts import twins_of
from oms_tui.store.customer_facts import read_tiers
from oms_tui.store.derive import demand
from oms_tui.store.derive.calls import forget_calls, write_calls
from oms_tui.store.derive.conflict_lapses import note_lapses
from oms_tui.store.derive.conflict_log import write_down
from oms_tui.store.derive.facts import load
from oms_tui.store.derive.goods import need_of
from oms_tui.store.derive.lookups import forget_tags, write_tags, write_worth
from oms_tui.store.derive.row import COLUMNS, NOTHING_LACKS, row_of
from oms_tui.store.driver import transaction
from oms_tui.store.rows import chunks, marks, upsert

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from oms_tui.domain.policy import DeskPolicy
    from oms_tui.store.derive.facts import OrderFacts, Values
    from oms_tui.store.driver import Connection
    from oms_tui.store.workspace import Workspace

BATCH: Final = 500
_UPSERT: Final = upsert("queue_row")
_MANY: Final = 100  # changes of one batch that a screen is told of one by one


def derive_dirty(store: Workspace, policy: DeskPolicy, *, now: int, limit: int = BATCH) -> int:
    """Derive up to ``limit`` orders that something happened to; how many there were. Below ``limit``: none are left."""
    limit = min(limit, BATCH)
    done = 0
    with transaction(store.cache) as cache:
        while done < limit:
            ids = _dirty(cache, limit - done)
            # Stock is given out when all have said what they need: not a thousand times while a shop comes in.
            last = done + len(ids) < limit
            if not ids and not (last and _give_out(cache)):
                break
            if ids:
                _find_their_mail(store, policy, ids, now)
                derive_orders(store, policy, ids, now, give_out=last)
            done += len(ids)
    return done


def _dirty(cache: Connection, limit: int) -> list[int]:
    """The newest first: while a whole shop comes in for the first time, these are what people look for."""
    found = cache.execute("SELECT order_id FROM dirty ORDER BY order_id DESC LIMIT ?", (limit,))
    return [order for (order,) in found]


def _give_out(cache: Connection) -> int:
    """Give out what stock moved; how many orders are dirty by that."""
    moved = demand.give_out(cache)
    cache.executemany("INSERT OR IGNORE INTO dirty(order_id) VALUES (?)", [(order,) for order in moved])
    return len(moved)


def _find_their_mail(store: Workspace, policy: DeskPolicy, ids: Sequence[int], now: int) -> None:
    """Mails about orders that are new here may have come before them."""
    query = f"SELECT order_id FROM queue_row WHERE order_id IN ({marks(len(ids))})"
    known = {order for (order,) in store.cache.execute(query, list(ids))}
    if len(known) < len(ids):
        from oms_tui.store.mail_links import rematch_unlinked

        rematch_unlinked(store, policy, [order for order in ids if order not in known], now)


def derive_due(store: Workspace, policy: DeskPolicy, *, now: int, limit: int = BATCH) -> int:
    """Derive up to ``limit`` orders that time alone has changed; how many there were.

    Conversations that were put aside until now come back, and their orders with them.
    """
    from oms_tui.store.mail_links import wake

    with transaction(store.cache) as cache:
        derive_orders(store, policy, wake(store, policy, now, limit=BATCH)[:BATCH], now)
        ids = [
            order
            for (order,) in cache.execute(
                "SELECT order_id FROM queue_row WHERE refresh_at <= ? ORDER BY refresh_at LIMIT ?",
                (now, min(limit, BATCH)),
            )
        ]
        derive_orders(store, policy, ids, now)
    return len(ids)


def derive_orders(
    store: Workspace, policy: DeskPolicy, ids: Sequence[int], now: int, *, give_out: bool = True
) -> list[int]:
    """Derive these orders, at most ``BATCH`` of them; returns others that read otherwise by that, marked dirty.

    They lack stock now, or no more, or are of a person who is in another tier. In the caller's transaction, or one of
    its own. ``give_out`` False: more orders follow at once, and stock is given out when they have said what they need.
    """
    if not ids:
        return []
    with transaction(store.cache) as cache:
        facts = load(store, ids)
        gone = [order for order in ids if order not in facts]
        needs = {order: need_of(each) for order, each in facts.items()}
        demand.mark(cache, demand.write(cache, needs | dict.fromkeys(gone, demand.NOTHING)))
        moved = demand.give_out(cache) if give_out else set()
        here = list(facts)
        lacking = demand.lacks(cache, here)
        coming = demand.expected(cache, lacking)
        tiers, team = read_tiers(policy.tiers), team_of(store.desk, policy, now)

        def row(order: int) -> Values:
            return row_of(
                facts[order],
                policy,
                tiers,
                now=now,
                short=lacking.get(order, NOTHING_LACKS),
                expected=coming.get(order, ()),
                team=team,
            )

        rows = [row(order) for order in facts]
        if policy.procedures:
            rows = _with_steps(store, policy, facts, rows, row, now=now)
        changed = [row for row in rows if _differs(facts[row["order_id"]].before, row, _WRITTEN)]
        cache.executemany(_UPSERT, [[row[column] for column in COLUMNS] for row in changed])
        write_tags(cache, facts, changed)
        write_worth(cache, facts)
        write_down(cache, facts, changed, now)
        _count(cache, facts, changed)
        called = write_calls(store, policy, facts, rows, now)
        fts.index_due(cache, list(ids))
        cache.execute(f"DELETE FROM dirty WHERE order_id IN ({marks(len(ids))})", list(ids))
        told = [row["order_id"] for row in changed if _differs(facts[row["order_id"]].before, row, _TOLD)]
        taken = _take_away(cache, gone)
        others = [order for order in moved if order not in facts]
        others += _same_person(cache, facts, rows)
        others += _same_order(cache, facts, changed)
        others += [order for order in note_lapses(cache, facts, now) if order not in facts]
        others += _orders_of(cache, [customer for customer in taken.values() if customer is not None])
        cache.executemany("INSERT OR IGNORE INTO dirty(order_id) VALUES (?)", [(order,) for order in others])
        _tell(cache, [*dict.fromkeys([*told, *called]), *taken])
    return list(dict.fromkeys(others))


def _with_steps(
    store: Workspace,
    policy: DeskPolicy,
    facts: dict[int, OrderFacts],
    rows: list[Values],
    again: Callable[[int], Values],
    *,
    now: int,
) -> list[Values]:
    """The rows with the next step of each order's procedure: which one it is in, its row as it will be says."""
    from oms_tui.store.procedures import next_steps

    write_tags(store.cache, facts, rows)  # queries look into these tables as well
    write_worth(store.cache, facts)
    found = next_steps(store, policy, rows, now=now)
    for order, (procedure, step) in found.items():
        role = f" ({words_of(Role, step.rule.role)})" if step.rule.role else ""
        facts[order].step = f"{procedure}: {step.rule.title}{role}"
        facts[order].step_action = step.rule.action
    return [again(row["order_id"]) if row["order_id"] in found else row for row in rows]


def _count(cache: Connection, facts: dict[int, OrderFacts], rows: Sequence[Values]) -> None:
    """Keep the counts, by what each row was before."""
    more = {"open": 0}
    for row in rows:
        before = facts[row["order_id"]].before or {"is_open": 0}
        more["open"] += row["is_open"] - before["is_open"]
    badges.bump(cache, more)


def _same_person(cache: Connection, facts: dict[int, OrderFacts], rows: Sequence[Values]) -> list[int]:
    """Other orders of a person who is served otherwise now, by one of these orders."""
    tiers: dict[tuple[int, str], str] = {}
    left: set[int] = set()
    for row in rows:
        of = facts[row["order_id"]]
        if of.person is not None and of.orders > 1 and (of.before is None or of.before["tier"] != row["tier"]):
            tiers[of.person, row["currency"]] = row["tier"]
        if of.before is not None and of.before["customer_id"] not in {None, row["customer_id"]}:
            left.add(of.before["customer_id"])
    found = _orders_of(cache, left)
    for part in chunks({person for person, _ in tiers}):
        others = cache.execute(
            "SELECT q.order_id, c.person_id, q.currency, q.tier FROM customers c "
            f"JOIN queue_row q ON q.customer_id = c.id WHERE c.person_id IN ({marks(len(part))})",
            part,
        )
        for order, person, currency, tier in others:
            if tier != tiers.get((person, currency), tier):
                found.append(order)
    return [order for order in found if order not in facts]


def _same_order(cache: Connection, facts: dict[int, OrderFacts], changed: Sequence[Values]) -> list[int]:
    """The same order in other systems, which agrees or disagrees otherwise now."""
    found: list[int] = []
    for row in changed:
        before = facts[row["order_id"]].before or {"conflicts": 0, "flags": ""}
        if (row["conflicts"] or before["conflicts"]) and row["flags"] != before["flags"]:
            found += twins_of(cache, row["order_id"])
    return [order for order in found if order not in facts]


def _orders_of(cache: Connection, customers: Iterable[int]) -> list[int]:
    """The orders of whoever has lost one: their spend and so their tier may be another."""
    found: list[int] = []
    for part in chunks(customers):
        rows = cache.execute(
            "SELECT q.order_id FROM customers c JOIN customers p ON p.person_id = c.person_id "
            f"JOIN queue_row q ON q.customer_id = p.id WHERE c.id IN ({marks(len(part))})",
            part,
        )
        found += [order for (order,) in rows]
    return found


_WRITTEN: Final = tuple(column for column in COLUMNS if column != "derived_at")
_TOLD: Final = tuple(column for column in _WRITTEN if column != "refresh_at")


def _differs(before: Values | None, row: Values, columns: Sequence[str]) -> bool:
    return before is None or any(before[column] != row[column] for column in columns)


def _take_away(cache: Connection, gone: Sequence[int]) -> dict[int, int | None]:
    """Delete the rows of orders that are no longer there; returns those that had one, each with its customer."""
    had: dict[int, int | None] = {}
    forget_tags(cache, gone)
    forget_calls(cache, gone)
    for order in gone:
        row = cache.execute(
            "DELETE FROM queue_row WHERE order_id = ? RETURNING customer_id, is_open", (order,)
        ).fetchone()
        if row is not None:
            badges.bump(cache, {"open": -row[1]})
            had[order] = row[0]
    return had


def _tell(cache: Connection, changed: Sequence[int]) -> None:
    """Say in the change feed which orders read differently now; many at once as one line."""
    if len(changed) > _MANY:
        cache.execute("INSERT INTO change_log(kind, ref) VALUES ('everything', 0)")
    else:
        cache.executemany("INSERT INTO change_log(kind, ref) VALUES ('order', ?)", [(order,) for order in changed])
