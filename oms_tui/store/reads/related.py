"""Other orders of what is, may be, or was said not to be the same customer, with the evidence for each.

What only shares something is proposed and never joined. Decisions are about customers and hold for everybody who was
confirmed to be one with them: a pair that somebody rejected is not proposed again by way of a third.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple

from oms_tui.domain.identity import Strength, shared, strength
from oms_tui.domain.vocabulary import DecisionState
from oms_tui.store import desk_rows
from oms_tui.store.reads.near_orders import OtherOrder, face_of, load, near_orders, ways_of
from oms_tui.store.reads.select import Values, one
from oms_tui.store.rows import chunks, marks
from oms_tui.store.shapes import RelatedView

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from oms_tui.store.driver import Connection, Row
    from oms_tui.store.reads.near_orders import Near
    from oms_tui.store.workspace import Workspace

_MOST: Final = 20
"""Related orders shown: the newest of each kind."""

OWN_EVIDENCE: Final = "same customer"
"""Evidence of orders whose own system says they are one customer's: nothing to decide."""

_BY_ANOTHER: Final = "by way of a customer who is one with both"

_RANK: Final = {DecisionState.CONFIRMED: 0, DecisionState.PROPOSED: 1, DecisionState.REJECTED: 2}
_STRENGTHS: Final = {each: at for at, each in enumerate(Strength)}


class Decision(NamedTuple):
    """What a person decided about two customers, in the direction it was written."""

    left: str
    right: str
    state: str
    evidence: tuple[str, ...]
    agent: str
    decided_at: int


class Behind(NamedTuple):
    """Who is behind an order: read once for the customer's panel and for the related orders.

    ``row``: the order's own customer, None for a guest. ``members``: how desk rows call each customer of that person.
    ``ways``: (customer, kind, value, verified, source) of every way they are known. ``decided``: what people decided
    about any of them.
    """

    row: Values | None
    members: tuple[str, ...]
    ways: tuple[Row, ...]
    decided: tuple[Decision, ...]


def behind(store: Workspace, order: Values) -> Behind:
    """Who is behind the order of this row."""
    customer = order["customer_id"]
    row = one(store.cache, "customers", "id=?", (customer,)) if customer is not None else None
    if row is None:
        return Behind(None, (), (), ())
    members: dict[str, None] = {}
    ways = []
    for member, *way in store.cache.execute(_FACES, (row["person_id"],)):
        members[member] = None
        if way[1] is not None:
            ways.append(tuple(way))
    return Behind(row, tuple(members), tuple(ways), tuple(decisions(store, tuple(members))))


_FACES: Final = (
    "SELECT 'customer:' || c.source || ':' || c.remote_id, c.id, i.kind, i.value, i.verified, i.source "
    "FROM customers c LEFT JOIN customer_identities i ON i.customer_id = c.id WHERE c.person_id = ? ORDER BY c.id"
)


def related(store: Workspace, order: Values, known: Behind | None = None) -> tuple[RelatedView, ...]:
    """The related orders: confirmed ones, then proposals, the strongest first, then what was rejected.

    Args:
        store: both files.
        order: the order's row.
        known: who is behind it, if that was read already.
    """
    cache, known = store.cache, known or behind(store, order)
    own = _own(order, known.row)
    near = near_orders(cache, own, [way[:3] for way in known.ways], _MOST + 1)
    others = list(load(cache, near.of_person | near.sharing.keys()))
    ranked = sorted(_compared(store, own, known, others, near), key=_place)
    kept: dict[DecisionState, int] = {}
    views = []
    for each in ranked:
        kept[each.state] = kept.get(each.state, 0) + 1
        if kept[each.state] <= _MOST:
            views.append(_view(each))
    return tuple(views)


class _Compared(NamedTuple):
    """Another order, what speaks for its being the same customer's, and what became of that."""

    other: OtherOrder
    state: DecisionState
    evidence: tuple[str, ...]
    worth: Strength | None
    decision: Decision | None


def _place(each: _Compared) -> tuple[int, int, int]:
    return _RANK[each.state], 0 if each.worth is None else _STRENGTHS[each.worth], -each.other.id


def _own(order: Values, customer: Values | None) -> OtherOrder:
    return OtherOrder(
        id=order["id"],
        source=order["source"],
        number=order["number"],
        member=f"customer:{customer['source']}:{customer['remote_id']}" if customer else "",
        person=customer["person_id"] if customer else None,
        customer_id=order["customer_id"],
        name=(customer["name"] if customer else "") or order["ship_name"],
        email=order["email"],
        phone=order["phone"],
        ship_phone=order["ship_phone"],
        street=order["ship_street"],
        postcode=order["ship_postcode"],
        city=order["ship_city"],
        country=order["ship_country"],
    )


def _compared(
    store: Workspace, own: OtherOrder, known: Behind, others: Sequence[OtherOrder], near: Near
) -> Iterator[_Compared]:
    ways = ways_of(store.cache, {each.customer_id for each in others if each.customer_id is not None})
    # Most orders were never decided about: then nobody has to know how the others' customers are called.
    members = members_of(store.cache, {each.person for each in others if each.person}) if known.decided else {}
    alike: dict[object, tuple[tuple[str, ...], Strength | None]] = {}
    for other in others:
        same_person = own.person is not None and own.person == other.person
        if same_person and own.customer_id == other.customer_id:
            yield _Compared(other, DecisionState.CONFIRMED, (OWN_EVIDENCE,), None, None)
            continue
        told = near.sharing.get(other.id, ())
        looks = (other.looks, *told) if told else other.looks
        found = alike.get(looks)
        if found is None:  # in a house of a hundred orders live some thirty customers
            evidence = [*shared(near.face, face_of(other, ways.get(other.customer_id or 0, ()))), *told]
            words = tuple(dict.fromkeys(each.words for each in evidence))
            found = alike[looks] = words, strength(evidence, own.name, other.name)
        words, worth = found
        of_them = _of_them(known.decided, other, members)
        if same_person:
            decision = _decided(of_them, DecisionState.CONFIRMED)
            words = words or (decision.evidence if decision else ()) or (_BY_ANOTHER,)
            yield _Compared(other, DecisionState.CONFIRMED, words, None, decision)
            continue
        rejected = _decided(of_them, DecisionState.REJECTED)
        if rejected is not None:
            yield _Compared(other, DecisionState.REJECTED, words or rejected.evidence, worth, rejected)
        elif worth is not None:
            yield _Compared(other, DecisionState.PROPOSED, words, worth, None)


def _of_them(decided: Sequence[Decision], other: OtherOrder, members: Mapping[int, Sequence[str]]) -> list[Decision]:
    """What was decided about the customer of an order, and whomever they are one with."""
    if not decided:
        return []
    names = {other.member, *members.get(other.person or 0, ())}
    return [each for each in decided if each.left in names or each.right in names]


def _decided(of_them: Sequence[Decision], state: DecisionState) -> Decision | None:
    return next((each for each in of_them if each.state == state), None)


def _view(each: _Compared) -> RelatedView:
    other, decision = each.other, each.decision
    return RelatedView(
        order_id=other.id,
        number=other.number,
        evidence=each.evidence,
        state=each.state.value,
        source=other.source,
        name=other.name,
        customer=other.member,
        strength=each.worth.value if each.worth is not None else "",
        decided_by=decision.agent if decision else "",
        decided_at=decision.decided_at if decision else None,
    )


# ---- decisions


def members_of(cache: Connection, persons: Iterable[int]) -> dict[int, list[str]]:
    """How desk rows call each customer of these people."""
    found: dict[int, list[str]] = {}
    for part in chunks(sorted(set(persons))):
        rows = cache.execute(
            "SELECT person_id, 'customer:' || source || ':' || remote_id FROM customers "
            f"WHERE person_id IN ({marks(len(part))}) ORDER BY id",
            part,
        )
        for person, name in rows:
            found.setdefault(person, []).append(name)
    return found


def decisions(store: Workspace, members: Sequence[str]) -> list[Decision]:
    """What was decided about any of these customers and another."""
    found: list[Decision] = []
    for part in chunks(members):
        place = marks(len(part))
        condition = f'"left" IN ({place}) OR "right" IN ({place})'
        found += map(_decision, desk_rows.select(store.desk, "identity_decisions", condition, [*part, *part]))
    return found


def _decision(row: desk_rows.Values) -> Decision:
    evidence = tuple(json.loads(row["evidence"]))
    return Decision(row["left"], row["right"], row["state"], evidence, row["agent"], row["decided_at"])


def order_row(store: Workspace, order_id: int) -> Values | None:
    """The row that ``related`` wants."""
    return one(store.cache, "orders", "id=?", (order_id,))
