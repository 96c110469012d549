"""Orders that share something with one: an address, a phone, a mail address, a thread or a payer. By indexes alone."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from oms_tui.domain import normalise
from oms_tui.domain.identity import Evidence, Face
from oms_tui.store.rows import chunks, marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from oms_tui.store.driver import Connection

Ways = list[tuple[str, str]]
"""(kind, value) of each way in which a customer's own record is known."""

_MOST: Final = 60
"""Orders of one kind of sharing that are looked at: the newest."""

_MOST_AT_POSTCODE: Final = 200
_MOST_ADDRESSES: Final = 50
_MOST_CUSTOMERS: Final = 200
"""Customers known by the same addresses: what more of them share is nobody's own."""


class OtherOrder(NamedTuple):
    """An order, with its customer. ``member``: how desk rows call that customer."""

    id: int
    source: str
    number: str
    member: str
    person: int | None
    customer_id: int | None
    name: str
    email: str
    phone: str
    ship_phone: str
    street: str
    postcode: str
    city: str
    country: str

    @property
    def looks(self) -> tuple[object, ...]:
        """All that ``face_of`` makes of it: orders of the same looks need comparing once."""
        return self[5:]


def face_of(order: OtherOrder, ways: Sequence[tuple[str, str]]) -> Face:
    """The customer as the order shows them, with every way their own record is known."""
    emails, phones = set(), set()
    for kind, value in ways:
        if kind == "email":
            emails.add(value)
        elif kind == "phone":
            phones.add(value)
    if order.email:
        emails.add(normalise.email(order.email))
    for number in (order.phone, order.ship_phone):
        if number and (phone := normalise.phone(number, order.country)):
            phones.add(phone)
    return Face(order.name, frozenset(emails), frozenset(phones), order.street, order.postcode, order.city)


_SELECT: Final = (
    "SELECT o.id, o.source, o.number, coalesce('customer:' || c.source || ':' || c.remote_id, ''), c.person_id, "
    "o.customer_id, coalesce(nullif(c.name, ''), o.ship_name), o.email, o.phone, o.ship_phone, o.ship_street, "
    "o.ship_postcode, o.ship_city, o.ship_country FROM orders o LEFT JOIN customers c ON c.id = o.customer_id "
    "WHERE o.id IN"
)


def load(cache: Connection, ids: Iterable[int]) -> Iterator[OtherOrder]:
    """These orders."""
    for part in chunks(sorted(ids)):
        yield from map(OtherOrder._make, cache.execute(f"{_SELECT} ({marks(len(part))})", part).fetchall())


class Near(NamedTuple):
    """Orders to compare with one. ``face``: of that one's customer.

    ``of_person``: the newest ones of the same person, by all their customer records. ``sharing``: those that share
    something, each with what only a thread or a payment tells; what two faces show by themselves (``identity.shared``)
    is no evidence here yet.
    """

    face: Face
    of_person: frozenset[int]
    sharing: dict[int, list[Evidence]]


def near_orders(cache: Connection, own: OtherOrder, ways: Sequence[tuple[int, str, str]], most: int) -> Near:
    """What to compare ``own`` with: one statement, a second where somebody else is known by the same address or paid.

    Args:
        cache: the cache.
        own: the order.
        ways: (customer, kind, value) of every way in which the person behind it is known.
        most: orders of the same person, itself counted.
    """
    face = face_of(own, [(kind, value) for customer, kind, value in ways if customer == own.customer_id])
    street = normalise.street(own.street).key
    found = _Found(street)
    asked = _Asked(
        emails=tuple(sorted(face.emails)[:_MOST_ADDRESSES]),
        phones=tuple(variant for number in sorted(face.phones) for variant in normalise.phone_variants(number)),
        codes=normalise.postcode_spellings(own.postcode) if street and own.postcode else (),
    )
    found.take(cache.execute(_text(*map(len, asked), most), _bound(own, asked)).fetchall())
    members = {customer for customer, *_ in ways}
    customers, payers = sorted(found.customers - members), sorted(found.payers - face.emails)
    if customers or payers:
        most = _MOST * max(1, len(face.emails) + len(face.phones))
        found.take(cache.execute(_text_of_others(len(customers), len(payers), most), (*customers, *payers)))
    sharing = found.sharing()
    sharing.pop(own.id, None)
    return Near(face, frozenset(found.of_person - {own.id}), sharing)


class _Asked(NamedTuple):
    """By what is looked for: as often as each has values, the statement has places."""

    emails: tuple[str, ...]
    phones: tuple[str, ...]
    codes: tuple[str, ...]


class _Found:
    """Sorts what the statements bring up: (an id, how it was found, what that says)."""

    def __init__(self, street: str) -> None:
        self._street = street
        self._same_door: dict[str, bool] = {}  # behind the same postcode live many; behind the same door, few
        self._sharing: dict[int, list[Evidence]] = {}
        self._threads: dict[int, str] = {}
        self._neighbours: list[int] = []
        self.of_person: set[int] = set()
        self.customers: set[int] = set()
        self.payers: set[str] = set()

    def take(self, rows: Iterable[tuple[int, str, str]]) -> None:
        for number, how, text in rows:
            if how == "house":  # most of them are
                if self._behind_the_door(text):
                    self._neighbours.append(number)
            elif how == "person":
                self.of_person.add(number)
            elif how == "customer":
                self.customers.add(number)
            elif how == "payer":
                self.payers.add(text)
            elif how == "thread":
                self._threads[number] = max(text, self._threads.get(number, ""))
            elif how in _PAID:
                self._tell(number, Evidence("payment", f"{_PAID[how]} {text}"))
            else:
                self._sharing.setdefault(number, [])

    def _behind_the_door(self, street: str) -> bool:
        known = self._same_door.get(street)
        if known is None:
            known = self._same_door[street] = normalise.street(street).key == self._street
        return known

    def sharing(self) -> dict[int, list[Evidence]]:
        """What was found, when all was."""
        for order in sorted(self._threads, reverse=True)[:_MOST]:
            self._tell(order, Evidence("thread", f"one mail is about both: “{self._threads[order]}”"))
        for order in sorted(self._neighbours, reverse=True)[:_MOST]:
            self._sharing.setdefault(order, [])
        return self._sharing

    def _tell(self, order: int, evidence: Evidence) -> None:
        known = self._sharing.setdefault(order, [])
        if evidence not in known:
            known.append(evidence)


_PAID: Final = {"paid": "paid with the mail address", "paid_here": "this one was paid with the mail address"}
_NEWEST: Final = f"ORDER BY 1 DESC LIMIT {_MOST}"


@lru_cache(maxsize=64)
def _text(emails: int, phones: int, codes: int, of_person: int) -> str:
    """(id, how it was found, what that says) for so many addresses, phones and spellings of a postcode.

    Each address and each kind of sharing has a bound of its own, so that a house full of people hides nobody who wrote
    from the same address. The bounds stand in the text: where they are bound, SQLite prepares a statement every time.
    """
    newest = f"ORDER BY 1 DESC LIMIT {of_person}"
    arms = [f"o.id, 'person', '' FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.person_id = ? {newest}"]
    arms += [f"id, 'order', '' FROM orders WHERE email = ? {_NEWEST}"] * emails
    arms += [_PAID_WITH] * emails
    if emails:
        arms.append(_KNOWN_BY.format("email", marks(emails)))
    if phones:
        arms.append(_KNOWN_BY.format("phone", marks(phones)))
    if codes:
        arms.append(
            "o.id, 'house', o.ship_street FROM (SELECT id FROM orders WHERE ship_postcode IN "
            f"({marks(codes)}) ORDER BY 1 DESC LIMIT {_MOST_AT_POSTCODE}) n CROSS JOIN orders o ON o.id = n.id"
        )
    arms.append("0, 'payer', email FROM payments WHERE order_id = ? AND email <> ''")
    arms.append(
        "l.order_id, 'thread', m.subject FROM message_links mine "
        "CROSS JOIN message_links l ON l.message = mine.message CROSS JOIN messages m ON m.id = l.message "
        "WHERE mine.order_id = ? AND l.order_id <> mine.order_id AND m.direction = 'inbound' AND m.auto = ''"
    )
    return " UNION ALL ".join(f"SELECT * FROM (SELECT {arm})" for arm in arms)


_PAID_WITH: Final = (
    "order_id, 'paid', email FROM payments WHERE email = ? AND email <> '' AND order_id IS NOT NULL "
    f"ORDER BY id DESC LIMIT {_MOST}"
)
_KNOWN_BY: Final = (
    "customer_id, 'customer', '' FROM customer_identities WHERE kind = '{}' AND value IN ({}) "
    f"LIMIT {_MOST_CUSTOMERS}"
)


def _bound(own: OtherOrder, asked: _Asked) -> list[object]:
    """The values of that statement, in its order."""
    return [own.person, *asked.emails * 3, *asked.phones, *asked.codes, own.id, own.id]


def _text_of_others(customers: int, payers: int, most: int) -> str:
    """The newest orders of so many customers, and those that bear the address of so many payers."""
    newest = f"ORDER BY 1 DESC LIMIT {most}"
    return (
        f"SELECT * FROM (SELECT id, 'order', '' FROM orders WHERE customer_id IN ({marks(customers)}) {newest}) UNION "
        f"ALL SELECT * FROM (SELECT id, 'paid_here', email FROM orders WHERE email IN ({marks(payers)}) {newest})"
    )


def ways_of(cache: Connection, customers: Iterable[int]) -> dict[int, Ways]:
    """Every way in which these customers' own records are known."""
    found: dict[int, Ways] = {}
    for part in chunks(sorted(customers)):
        for customer, *way in cache.execute(
            f"SELECT customer_id, kind, value FROM customer_identities WHERE customer_id IN ({marks(len(part))})", part
        ):
            found.setdefault(customer, []).append((way[0], way[1]))
    return found
