"""As much of orders as matching needs, for many of them in a handful of statements."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from oms_tui.domain import normalise
from oms_tui.domain.candidates import OrderSketch
from oms_tui.domain.vocabulary import DecisionState, IdentityKind
from oms_tui.store.rows import chunks, marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from oms_tui.store.driver import Row
    from oms_tui.store.workspace import Workspace

_SHUT: Final = frozenset({"closed", "cancelled"})
_MOST_LINES: Final = 30  # of one order that are compared with what a mail says


def sketches(store: Workspace, ids: Iterable[int]) -> dict[int, OrderSketch]:
    """The orders of these ids, by id; those that are gone are left out."""
    found: dict[int, OrderSketch] = {}
    for part in chunks(ids):
        found.update(_sketches(store, list(part)))
    return found


def _sketches(store: Workspace, ids: Sequence[int]) -> dict[int, OrderSketch]:
    orders = store.cache.execute(
        "SELECT o.id, o.number, o.placed_at, o.state, o.email, o.phone, o.ship_phone, o.ship_name, o.ship_company, "
        "o.ship_street, o.ship_postcode, o.ship_city, o.ship_country, c.id, c.source, c.remote_id, c.name, c.company "
        f"FROM orders o LEFT JOIN customers c ON c.id=o.customer_id WHERE o.id IN ({marks(len(ids))})",
        list(ids),
    ).fetchall()
    known = _identities(store, {row[13] for row in orders if row[13] is not None})
    decided = _decisions(store, {_name(row) for row in orders if row[13] is not None})
    products, writers = _products(store, ids), _writers(store, ids)
    found: dict[int, OrderSketch] = {}
    for row in orders:
        number, called, placed_at, state, email, phone, ship_phone, *rest = row
        ways = [*known.get(row[13], ()), *decided.get(_name(row), {}).items()]
        mails = {
            *writers.get(number, ()),
            *(value for (kind, value), yes in ways if yes and kind == IdentityKind.EMAIL),
        }
        mails -= {value for (kind, value), yes in ways if not yes and kind == IdentityKind.EMAIL}
        mails.add(email)
        phones = [phone, ship_phone, *(value for (kind, value), yes in ways if yes and kind == IdentityKind.PHONE)]
        found[number] = OrderSketch(
            id=number,
            number=called,
            placed_at=datetime.fromtimestamp(placed_at / 1000, UTC),
            emails=frozenset(filter(None, mails)),
            phones=tuple(dict.fromkeys(filter(None, phones))),
            names=tuple(dict.fromkeys(filter(None, (rest[0], rest[1], row[16], row[17])))),
            street=rest[2],
            postcode=rest[3],
            city=rest[4],
            country=rest[5],
            products=tuple(products.get(number, ())),
            is_open=state not in _SHUT,
        )
    return found


def emails_of(store: Workspace, order_id: int) -> frozenset[str]:
    """The addresses known on an order, normalised."""
    found = sketches(store, [order_id]).get(order_id)
    return frozenset(map(normalise.email, found.emails)) if found else frozenset()


def _name(row: Row) -> str:
    return f"customer:{row[14]}:{row[15]}"


def _identities(store: Workspace, customers: Iterable[int]) -> dict[int, list[tuple[tuple[str, str], bool]]]:
    """Every way in which the person behind a customer is known."""
    found: dict[int, list[tuple[tuple[str, str], bool]]] = defaultdict(list)
    for part in chunks(customers):
        query = (
            "SELECT c.id, i.kind, i.value FROM customers c JOIN customers p ON p.person_id=c.person_id "
            f"JOIN customer_identities i ON i.customer_id=p.id WHERE c.id IN ({marks(len(part))})"
        )
        for customer, kind, value in store.cache.execute(query, list(part)):
            found[customer].append(((kind, value), True))
    return found


def _decisions(store: Workspace, names: Iterable[str]) -> dict[str, dict[tuple[str, str], bool]]:
    """What people confirmed (True) or rejected (False) as a customer's."""
    found: dict[str, dict[tuple[str, str], bool]] = defaultdict(dict)
    for part in chunks(names):
        query = f'SELECT "left", "right", state FROM identity_decisions WHERE "left" IN ({marks(len(part))})'
        for name, other, state in store.desk.execute(query, list(part)):
            kind, _, value = other.partition(":")
            if state in {DecisionState.CONFIRMED, DecisionState.REJECTED}:
                found[name][kind, value] = state == DecisionState.CONFIRMED
    return found


def _products(store: Workspace, ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    query = (
        f"SELECT order_id, sku, title FROM order_lines WHERE order_id IN ({marks(len(ids))}) AND position<{_MOST_LINES}"
    )
    for order, sku, title in store.cache.execute(query, list(ids)):
        found[order].append((sku, title))
    return found


def _writers(store: Workspace, ids: Sequence[int]) -> dict[int, set[str]]:
    """Whose mail a person put on the order."""
    found: dict[int, set[str]] = defaultdict(set)
    query = (
        "SELECT l.order_id, m.from_address FROM message_links l JOIN messages m ON m.id=l.message "
        f"WHERE l.order_id IN ({marks(len(ids))}) AND l.linked_by<>'' AND m.direction='inbound' LIMIT 5000"
    )
    for order, address in store.cache.execute(query, list(ids)):
        found[order].add(address)
    return found
