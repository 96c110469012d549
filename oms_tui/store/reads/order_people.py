"""Who is behind an order: the customer, every way they are known, and other orders of what is or may be the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.domain.tiers import tier_and_why
from oms_tui.domain.vocabulary import DecisionState, IdentityKind, values
from oms_tui.store.customer_facts import customer_facts, persons, read_tiers
from oms_tui.store.reads.related import decisions, members_of
from oms_tui.store.reads.select import Values, one
from oms_tui.store.shapes import CustomerView, IdentityView

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oms_tui.domain.policy import DeskPolicy
    from oms_tui.store.workspace import Workspace


_KINDS: Final = frozenset(values(IdentityKind))


def customer_name(row: Values) -> str:
    """How desk rows call a customer: ``customer:<source>:<remote id>``."""
    return f"customer:{row['source']}:{row['remote_id']}"


def customer_called(store: Workspace, order_id: int) -> str:
    """How desk rows call the customer of an order; "" where nobody keeps them."""
    row = store.cache.execute(
        "SELECT c.source, c.remote_id FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = ?",
        (order_id,),
    ).fetchone()
    return "" if row is None else customer_name({"source": row[0], "remote_id": row[1]})


def members(store: Workspace, order_id: int) -> list[str]:
    """How desk rows call every customer who is one with that of an order."""
    row = store.cache.execute(
        "SELECT c.person_id FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = ?", (order_id,)
    ).fetchone()
    return [] if row is None else members_of(store.cache, [row[0]]).get(row[0], [])


def customer(store: Workspace, policy: DeskPolicy, order: Values, queue: Values) -> CustomerView:
    """The customer of an order. Spend is of its currency, over every order of the person that was not cancelled."""
    row = one(store.cache, "customers", "id=?", (order["customer_id"],)) if order["customer_id"] is not None else None
    person = persons(store.cache, [row["person_id"]]).get(row["person_id"]) if row else None
    facts = customer_facts(order, person, (row["name"] or row["company"]) if row else "")
    tier, why = tier_and_why(facts, read_tiers(policy.tiers))
    base = {
        "tier": str(queue["tier"]),
        "tier_reason": why if tier == queue["tier"] else "the tiers' rules changed; it is told anew",
        "account_manager": queue["account_manager"],
        "owed": facts.owed,
        "tags": facts.customer_tags,
    }
    if row is None:
        return CustomerView(
            id=None,
            source=order["source"],
            source_id="",
            name=order["ship_name"],
            company=order["ship_company"],
            identities=tuple(_written(order)),
            orders=1,
            spend=order["total"],
            synced_at=order["synced_at"],
            **base,
        )
    return CustomerView(
        id=row["id"],
        source=row["source"],
        source_id=row["remote_id"],
        name=row["name"] or order["ship_name"],
        company=row["company"],
        identities=_identities(store, row),
        orders=facts.orders,
        spend=facts.spend,
        synced_at=row["synced_at"],
        **base,
    )


def _written(order: Values) -> Iterator[IdentityView]:
    """The ways a guest is known: what stands on the order itself."""
    for kind, value in ((IdentityKind.EMAIL, order["email"]), (IdentityKind.PHONE, order["phone"])):
        if value:
            yield IdentityView(kind, value, verified=False, state=DecisionState.CONFIRMED, source=order["source"])


def _identities(store: Workspace, row: Values) -> tuple[IdentityView, ...]:
    """Known ones of every customer that is this person, then those a person still has to decide on."""
    known = store.cache.execute(
        "SELECT kind, value, max(verified), min(source) FROM customer_identities WHERE customer_id IN "
        "(SELECT id FROM customers WHERE person_id=?) GROUP BY kind, value ORDER BY kind, value",
        (row["person_id"],),
    )
    views = [
        IdentityView(kind, value, verified=bool(verified), state=DecisionState.CONFIRMED, source=source)
        for kind, value, verified, source in known
    ]
    have = {(view.kind, view.value) for view in views}
    for decision in decisions(store, members_of(store.cache, [row["person_id"]]).get(row["person_id"], [])):
        kind, _, value = decision.right.partition(":")
        if kind in _KINDS and (kind, value) not in have:
            have.add((kind, value))
            views.append(IdentityView(kind, value, verified=False, state=decision.state, source="desk"))
    return tuple(views)
