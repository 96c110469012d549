"""Who is behind an order: the customer, every way they are known, and other orders of what is or may be the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.domain.tiers import tier_and_why
from oms_tui.domain.vocabulary import DecisionState, IdentityKind, values
from oms_tui.store.customer_facts import customer_facts, persons, read_tiers
from oms_tui.store.reads.related import members_of
from oms_tui.store.shapes import CustomerView, IdentityView

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oms_tui.domain.policy import DeskPolicy
    from oms_tui.store.reads.related import Behind
    from oms_tui.store.reads.select import Values
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


def customer(store: Workspace, policy: DeskPolicy, order: Values, queue: Values, known: Behind) -> CustomerView:
    """The customer of an order. Spend is of its currency, over every order of the person that was not cancelled."""
    row = known.row
    person = persons(store.cache, [row["person_id"]]).get(row["person_id"]) if row else None
    facts = customer_facts(order, person, (row["name"] or row["company"]) if row else "")
    tier, why = tier_and_why(facts, read_tiers(policy.tiers))
    others = sorted((facts.spent.keys() | facts.owed.keys()) - {order["currency"]})
    base = {
        "tier": str(queue["tier"]),
        "tier_reason": why if tier == queue["tier"] else "the tiers' rules changed; it is told anew",
        "account_manager": queue["account_manager"],
        "owed": facts.owed.get(order["currency"], 0),
        "tags": facts.customer_tags,
        "other_currencies": tuple((each, facts.spent.get(each, 0), facts.owed.get(each, 0)) for each in others),
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
        identities=_identities(known),
        orders=facts.orders,
        spend=facts.spent.get(order["currency"], 0),
        synced_at=row["synced_at"],
        **base,
    )


def _written(order: Values) -> Iterator[IdentityView]:
    """The ways a guest is known: what stands on the order itself."""
    for kind, value in ((IdentityKind.EMAIL, order["email"]), (IdentityKind.PHONE, order["phone"])):
        if value:
            yield IdentityView(kind, value, verified=False, state=DecisionState.CONFIRMED, source=order["source"])


def _identities(known: Behind) -> tuple[IdentityView, ...]:
    """Known ones of every customer that is this person, then those a person still has to decide on."""
    merged: dict[tuple[str, str], tuple[bool, str]] = {}
    for _, kind, value, verified, source in known.ways:
        before, first = merged.get((kind, value), (False, source))
        merged[kind, value] = (before or bool(verified), min(first, source))
    views = [
        IdentityView(kind, value, verified=verified, state=DecisionState.CONFIRMED, source=source)
        for (kind, value), (verified, source) in sorted(merged.items())
    ]
    for decision in known.decided:
        kind, _, value = decision.right.partition(":")
        if kind in _KINDS and (kind, value) not in merged:
            merged[kind, value] = (False, "desk")
            views.append(IdentityView(kind, value, verified=False, state=decision.state, source="desk"))
    return tuple(views)
