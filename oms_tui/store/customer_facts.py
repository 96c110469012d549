"""What the people behind orders are worth: orders, spend, what they owe, their tags. A statement a fact, not a person.

One place for the queue's rows, for the order's panel, for a preview of tiers and for reports.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain.tiers import CustomerFacts
from oms_tui.store.rows import chunks, marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from oms_tui.domain.policy import TierPolicy
    from oms_tui.domain.query_tree import Tree
    from oms_tui.store.driver import Connection
    from oms_tui.store.workspace import Workspace

OWED_BY_INVOICE: Final = (
    "CASE WHEN i.kind = 'invoice' AND i.status IN ('open','partially_paid') THEN max(i.total - i.paid, 0) ELSE 0 END"
)
"""What is still to be paid of an invoice (in SQL, of ``invoices i``): of one that is issued, and not void."""

_UNBILLED: Final = (
    "CASE WHEN o.state = 'open' AND o.payment_status IN ('pending','authorized','partially_paid') AND NOT EXISTS "
    "(SELECT 1 FROM invoices i WHERE i.order_id = o.id AND i.kind = 'invoice' "
    "AND i.status NOT IN ('void','deleted','draft')) THEN max(o.total - coalesce((SELECT sum(p.captured) FROM "
    "payments p WHERE p.order_id = o.id AND p.currency = o.currency), 0), 0) ELSE 0 END"
)
"""What is still to be paid of an order under way that nobody has written an invoice for."""

OWED_WORDS: Final = "open invoices less what was paid of them, and orders under way that are unpaid and have no invoice"
"""How the open amount of a customer is made."""

_WORTH: Final = (
    "SELECT c.person_id, o.currency, count(*), sum(CASE WHEN o.state <> 'cancelled' THEN o.total ELSE 0 END), "
    f"sum({_UNBILLED}) FROM customers c JOIN orders o ON o.customer_id = c.id {{}} GROUP BY c.person_id, o.currency"
)
_BILLED: Final = (
    f"SELECT c.person_id, i.currency, sum({OWED_BY_INVOICE}) FROM customers c JOIN orders o ON o.customer_id = c.id "
    "JOIN invoices i ON i.order_id = o.id {} GROUP BY c.person_id, i.currency"
)
_TAGGED: Final = "SELECT person_id, tags FROM customers c WHERE tags <> '[]' {}"


@dataclass(slots=True)
class PersonFacts:
    """A person over all their customer records. ``spent`` and ``owed`` are minor units by currency."""

    orders: int = 0
    spent: dict[str, int] = field(default_factory=dict)
    owed: dict[str, int] = field(default_factory=dict)
    tags: tuple[str, ...] = ()


def persons(cache: Connection, ids: Iterable[int]) -> dict[int, PersonFacts]:
    """These people (``customers.person_id``); one without any order has none."""
    found: dict[int, PersonFacts] = {}
    for part in chunks(sorted(set(ids))):
        _gather(cache, found, f"c.person_id IN ({marks(len(part))})", part)
    return found


def everybody(cache: Connection) -> dict[int, PersonFacts]:
    """All of them."""
    found: dict[int, PersonFacts] = {}
    _gather(cache, found, "1", ())
    return found


def _gather(cache: Connection, found: dict[int, PersonFacts], condition: str, bound: Iterable[Any]) -> None:
    bound = list(bound)
    for person, currency, orders, spend, owed in cache.execute(_WORTH.format(f"WHERE {condition}"), bound):
        facts = found.setdefault(person, PersonFacts())
        facts.orders += orders
        facts.spent[currency] = spend
        facts.owed[currency] = owed
    for person, currency, owed in cache.execute(_BILLED.format(f"WHERE {condition}"), bound):
        facts = found.setdefault(person, PersonFacts())
        facts.owed[currency] = facts.owed.get(currency, 0) + owed
    for person, tags in cache.execute(_TAGGED.format(f"AND {condition}"), bound):
        facts = found.setdefault(person, PersonFacts())
        facts.tags = tuple(dict.fromkeys((*facts.tags, *json.loads(tags))))


def owed_of_order(cache: Connection, order_id: int) -> int:
    """What is still to be paid of one order, in its currency."""
    row = cache.execute(
        f"SELECT {_UNBILLED} + coalesce((SELECT sum({OWED_BY_INVOICE}) FROM invoices i WHERE i.order_id = o.id "
        "AND i.currency = o.currency), 0) FROM orders o WHERE o.id = ?",
        (order_id,),
    ).fetchone()
    return int(row[0]) if row else 0


def account_managers(store: Workspace, ids: Iterable[int]) -> dict[int, str]:
    """Whom people made account manager of these persons: what was said last of any of their customers."""
    found: dict[int, tuple[int, str]] = {}
    for part in chunks(sorted(set(ids))):
        members = store.cache.execute(
            "SELECT 'customer:' || source || ':' || remote_id, person_id FROM customers "
            f"WHERE person_id IN ({marks(len(part))})",
            part,
        ).fetchall()
        for names in chunks(members):
            person_of = dict(names)
            for customer, manager, at in store.desk.execute(
                "SELECT customer, account_manager, updated_at FROM customer_decisions "
                f"WHERE account_manager <> '' AND customer IN ({marks(len(names))})",
                [name for name, _ in names],
            ):
                person = person_of[customer]
                found[person] = max(found.get(person, (0, "")), (at, manager))
    return {person: manager for person, (_, manager) in found.items()}


def customer_facts(order: Mapping[str, Any], person: PersonFacts | None, name: str = "") -> CustomerFacts:
    """What the tier of an order is told from.

    Args:
        order: its row of ``orders``.
        person: who is behind it; None for somebody nobody keeps.
        name: the customer's name, if another than the one on the parcel.
    """
    known = person or PersonFacts(orders=1)
    currency = order["currency"]
    return CustomerFacts(
        currency=currency,
        spent=known.spent,
        orders=known.orders,
        owed=known.owed,
        total=order["total"],
        country=order["ship_country"],
        source=order["source"],
        tags=(*json.loads(order["tags"]), *known.tags),
        customer_tags=known.tags,
        email=order["email"],
        name=name or order["ship_name"],
    )


@lru_cache(maxsize=8)
def read_tiers(policies: tuple[TierPolicy, ...]) -> list[tuple[str, Tree | None]]:
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
