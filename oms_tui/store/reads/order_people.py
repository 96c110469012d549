"""Who is behind an order: the customer, every way they are known, and other orders of what is or may be the same."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from oms_tui.domain import normalise
from oms_tui.domain.vocabulary import DecisionState, IdentityKind
from oms_tui.store import desk_rows
from oms_tui.store.reads.select import Values, one, rows
from oms_tui.store.rows import marks
from oms_tui.store.shapes import CustomerView, IdentityView, RelatedView

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oms_tui.domain.policy import DeskPolicy
    from oms_tui.store.workspace import Workspace

_MOST = 20
"""Related orders shown: the newest."""


def customer_name(row: Values) -> str:
    """How desk rows call a customer: ``customer:<source>:<remote id>``."""
    return f"customer:{row['source']}:{row['remote_id']}"


def customer(store: Workspace, policy: DeskPolicy, order: Values, queue: Values) -> CustomerView:
    """The customer of an order. Spend is of its currency, over every order of the person that was not cancelled."""
    row = one(store.cache, "customers", "id=?", (order["customer_id"],)) if order["customer_id"] is not None else None
    tier = str(queue["tier"])
    when = policy.tier(tier).when
    base = {
        "tier": tier,
        "tier_reason": f"found by {when}" if when else "no rule found them",
        "account_manager": queue["account_manager"],
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
    count, spend = _worth(store, row["person_id"], order["currency"])
    return CustomerView(
        id=row["id"],
        source=row["source"],
        source_id=row["remote_id"],
        name=row["name"] or order["ship_name"],
        company=row["company"],
        identities=_identities(store, row),
        orders=count,
        spend=spend,
        synced_at=row["synced_at"],
        **base,
    )


def _written(order: Values) -> Iterator[IdentityView]:
    """The ways a guest is known: what stands on the order itself."""
    for kind, value in ((IdentityKind.EMAIL, order["email"]), (IdentityKind.PHONE, order["phone"])):
        if value:
            yield IdentityView(kind, value, verified=False, state=DecisionState.CONFIRMED, source=order["source"])


def _worth(store: Workspace, person: int, currency: str) -> tuple[int, int]:
    found = store.cache.execute(
        "SELECT count(*), coalesce(sum(CASE WHEN currency=? AND state<>'cancelled' THEN total ELSE 0 END), 0) "
        "FROM orders WHERE customer_id IN (SELECT id FROM customers WHERE person_id=?)",
        (currency, person),
    ).fetchone()
    return int(found[0]), int(found[1])


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
    for decision in desk_rows.select(store.desk, "identity_decisions", '"left"=?', (customer_name(row),)):
        kind, _, value = decision["right"].partition(":")
        if kind in set(IdentityKind) and (kind, value) not in have:
            views.append(IdentityView(kind, value, verified=False, state=decision["state"], source="desk"))
    return tuple(views)


class _Other(NamedTuple):
    """As much of another order as relating needs."""

    id: int
    number: str
    customer_id: int | None
    street: str


def related(store: Workspace, order: Values) -> tuple[RelatedView, ...]:
    """Other orders of the same customer, and those that share an address, a mail address or a phone with this one.

    What only shares something is proposed, never merged; a pair somebody rejected is not proposed again.
    """
    own = one(store.cache, "customers", "id=?", (order["customer_id"],)) if order["customer_id"] is not None else None
    found: dict[int, tuple[_Other, list[str], str]] = {}
    if own:
        condition = "customer_id IN (SELECT id FROM customers WHERE person_id=?)"
        for other in _others(store, condition, own["person_id"]):
            found[other.id] = (other, ["same customer"], DecisionState.CONFIRMED)
    for evidence, other in _sharing(store, order):
        _, reasons, state = found.setdefault(other.id, (other, [], DecisionState.PROPOSED))
        if state == DecisionState.PROPOSED and evidence not in reasons:
            reasons.append(evidence)
    found.pop(order["id"], None)
    decided = _decisions(store, own)
    names = _customer_names(store, [other.customer_id for other, _, _ in found.values() if other.customer_id])
    views = []
    for other, reasons, proposed in found.values():
        decision = decided.get(names.get(other.customer_id or 0, ""), "")
        # What a person decided goes before what we propose.
        state = decision if decision and proposed == DecisionState.PROPOSED else proposed
        views.append(RelatedView(other.id, other.number, tuple(reasons), state))
    views.sort(key=lambda view: (view.state != DecisionState.CONFIRMED, -view.order_id))
    return tuple(views[:_MOST])


def _others(store: Workspace, condition: str, value: object) -> Iterator[_Other]:
    text = (
        f"SELECT id, number, customer_id, ship_street FROM orders WHERE {condition} ORDER BY id DESC LIMIT {_MOST + 1}"
    )
    yield from map(_Other._make, store.cache.execute(text, (value,)))


def _sharing(store: Workspace, order: Values) -> Iterator[tuple[str, _Other]]:
    if order["email"]:
        for other in _others(store, "email=?", order["email"]):
            yield "same mail address", other
    here = _street(order["ship_street"])
    if order["ship_postcode"] and here:
        for other in _others(store, "ship_postcode=?", order["ship_postcode"]):
            if _street(other.street) == here:
                yield "same address", other
    for number in {order["phone"], order["ship_phone"]} - {""}:
        phone = normalise.phone(number, order["ship_country"])
        if phone:
            condition = (
                "customer_id IN (SELECT customer_id FROM customer_identities WHERE kind='phone' AND value=? LIMIT 50)"
            )
            for other in _others(store, condition, phone):
                yield "same phone", other


@lru_cache(maxsize=2048)
def _street(text: str) -> str:
    return normalise.street(text).key


def _decisions(store: Workspace, own: Values | None) -> dict[str, str]:
    if own is None:
        return {}
    name = customer_name(own)
    return {
        decision["right"] if decision["left"] == name else decision["left"]: decision["state"]
        for decision in desk_rows.select(store.desk, "identity_decisions", '"left"=? OR "right"=?', (name, name))
    }


def _customer_names(store: Workspace, ids: list[int]) -> dict[int, str]:
    if not ids:
        return {}
    return {row["id"]: customer_name(row) for row in rows(store.cache, "customers", f"id IN ({marks(len(ids))})", ids)}
