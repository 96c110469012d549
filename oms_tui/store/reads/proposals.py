"""Names that may be an order's customer too: proposed from mails, or because another order shares something with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from oms_tui.domain.vocabulary import DecisionState
from oms_tui.store.reads.order_people import customer_name
from oms_tui.store.reads.related import Decision, behind, decisions, members_of, order_row, related

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from oms_tui.store.shapes import RelatedView
    from oms_tui.store.workspace import Workspace

_CUSTOMER: Final = "customer:"


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
    order = order_row(store, order_id)
    known = behind(store, order) if order is not None else None
    if order is None or known is None or known.row is None:
        return None
    own = customer_name(known.row)
    found = [
        Proposal(each.left, each.right, each.state, each.evidence, (each.right,))
        for each in known.decided
        if not each.right.startswith(_CUSTOMER)
    ]
    found += _of_orders(store, own, known.members, known.decided, related(store, order, known))
    return sorted(found, key=lambda each: each.state != DecisionState.PROPOSED)


def _of_orders(
    store: Workspace, own: str, members: Sequence[str], decided: Sequence[Decision], views: Sequence[RelatedView]
) -> Iterator[Proposal]:
    """One proposal for each other customer, called by whichever of their orders.

    What was decided keeps its direction: of two persons of several customers it is the pair that a person decided on
    that can be taken back.
    """
    called: dict[str, list[str]] = {}
    views_of: dict[str, RelatedView] = {}
    for view in views:
        if view.customer and view.customer != own:
            called.setdefault(view.customer, []).extend((view.number, f"order:{view.number}"))
            views_of.setdefault(view.customer, view)
    for customer, view in views_of.items():
        theirs = {customer, *_members_called(store, customer)}
        fitting = [each for each in decided if _joins(each, set(members), theirs) and each.state == view.state]
        # of several that made one person of them the one about these two is taken back, else one about theirs
        by_name = ({own, customer}, {customer})
        named = (each for names in by_name for each in fitting if names <= {each.left, each.right})
        pair = next(named, next(iter(fitting), None))
        left, right = (pair.left, pair.right) if pair else (own, customer)
        names = (called[customer][0], customer, *called[customer][1:])
        yield Proposal(left, right, view.state, pair.evidence if pair else view.evidence, names)


def _joins(decision: Decision, ours: set[str], theirs: set[str]) -> bool:
    return (decision.left in ours and decision.right in theirs) or (decision.left in theirs and decision.right in ours)


def _members(store: Workspace, customer_id: int) -> list[str]:
    row = store.cache.execute("SELECT person_id FROM customers WHERE id=?", (customer_id,)).fetchone()
    return [] if row is None else members_of(store.cache, [row[0]]).get(row[0], [])


def _members_called(store: Workspace, customer: str) -> list[str]:
    source, _, remote_id = customer.removeprefix(_CUSTOMER).partition(":")
    row = store.cache.execute("SELECT id FROM customers WHERE source=? AND remote_id=?", (source, remote_id)).fetchone()
    return [] if row is None else _members(store, row[0])


def rejected_between(store: Workspace, left: str, right: str) -> Decision | None:
    """A rejected pair that joining two customers would join after all, by way of whom they are one with already."""
    ours, theirs = {left, *_members_called(store, left)}, {right, *_members_called(store, right)}
    for each in decisions(store, sorted(ours)):
        if (
            each.state == DecisionState.REJECTED
            and _joins(each, ours, theirs)
            and (each.left, each.right) != (left, right)
        ):
            return each
    return None
