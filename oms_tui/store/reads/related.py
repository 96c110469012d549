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
from oms_tui.store.reads.near_orders import OtherOrder, known_by, load, near_orders, orders_of_person, ways_of
from oms_tui.store.reads.select import Values, one
from oms_tui.store.rows import chunks, marks
from oms_tui.store.shapes import RelatedView

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from oms_tui.domain.identity import Evidence
    from oms_tui.store.driver import Connection
    from oms_tui.store.workspace import Workspace

_MOST: Final = 20
"""Related orders shown: the newest of each kind."""

OWN_EVIDENCE: Final = "same customer"
"""Evidence of orders whose own system says they are one customer's: nothing to decide."""

_RANK: Final = {DecisionState.CONFIRMED: 0, DecisionState.PROPOSED: 1, DecisionState.REJECTED: 2}
_STRENGTHS: Final = {each.value: at for at, each in enumerate(Strength)}


class Decision(NamedTuple):
    """What a person decided about two customers, in the direction it was written."""

    left: str
    right: str
    state: str
    evidence: tuple[str, ...]
    agent: str
    decided_at: int


def related(store: Workspace, order: Values) -> tuple[RelatedView, ...]:
    """The related orders: confirmed ones, then proposals, the strongest first, then what was rejected.

    Args:
        store: both files.
        order: the order's row.
    """
    cache = store.cache
    own = next(iter(load(cache, [order["id"]])), None)
    if own is None:
        return ()
    person = orders_of_person(cache, own.person, _MOST + 1)
    near = near_orders(cache, own)
    others = {each.id: each for each in load(cache, {*person, *near} - {own.id})}
    found = _views(store, own, list(others.values()), near)
    kept: dict[str, int] = {}
    views = []
    for view in sorted(found, key=_order_of):
        kept[view.state] = kept.get(view.state, 0) + 1
        if kept[view.state] <= _MOST:
            views.append(view)
    return tuple(views)


def _order_of(view: RelatedView) -> tuple[int, int, int]:
    return _RANK[DecisionState(view.state)], _STRENGTHS.get(view.strength, 0), -view.order_id


def _views(
    store: Workspace, own: OtherOrder, others: Sequence[OtherOrder], near: dict[int, list[Evidence]]
) -> Iterator[RelatedView]:
    members = members_of(store.cache, {each.person for each in (own, *others) if each.person is not None})
    decided = decisions(store, members.get(own.person or 0, ()) or ([own.member] if own.member else []))
    ways = ways_of(store.cache, (each.customer_id for each in (own, *others)))
    ours = known_by(own, ways)
    for other in others:
        names = set(members.get(other.person or 0, ())) | {other.member}
        of_them = [each for each in decided if each.left in names or each.right in names]
        evidence = [*shared(ours, known_by(other, ways)), *near.get(other.id, ())]
        worth = strength(evidence, own.name, other.name)
        words = tuple(dict.fromkeys(each.words for each in evidence))
        if own.person is not None and own.person == other.person:
            yield _confirmed(own, other, of_them, words)
            continue
        rejected = next((each for each in of_them if each.state == DecisionState.REJECTED), None)
        if rejected is not None:
            yield _view(other, words or rejected.evidence, DecisionState.REJECTED, worth, rejected)
        elif worth is not None:
            yield _view(other, words, DecisionState.PROPOSED, worth, None)


def _confirmed(own: OtherOrder, other: OtherOrder, of_them: Sequence[Decision], words: tuple[str, ...]) -> RelatedView:
    if own.customer_id == other.customer_id:
        return _view(other, (OWN_EVIDENCE,), DecisionState.CONFIRMED, None, None)
    decision = next((each for each in of_them if each.state == DecisionState.CONFIRMED), None)
    evidence = words or (decision.evidence if decision else ()) or ("by way of a customer who is one with both",)
    return _view(other, evidence, DecisionState.CONFIRMED, None, decision)


def _view(
    other: OtherOrder,
    evidence: tuple[str, ...],
    state: DecisionState,
    worth: Strength | None,
    decision: Decision | None,
) -> RelatedView:
    return RelatedView(
        order_id=other.id,
        number=other.number,
        evidence=evidence,
        state=state.value,
        source=other.source,
        name=other.name,
        customer=other.member,
        strength=worth.value if worth is not None and state != DecisionState.CONFIRMED else "",
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
