"""Orders that share something with one: an address, a phone, a mail address, a thread or a payer. By indexes alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from oms_tui.domain import normalise
from oms_tui.domain.identity import Evidence, Face
from oms_tui.store.rows import chunks, marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from oms_tui.store.driver import Connection

_MOST: Final = 60
"""Orders of one kind of sharing that are looked at: the newest."""


class OtherOrder(NamedTuple):
    """Another order, with its customer. ``member``: how desk rows call that customer."""

    id: int
    source: str
    number: str
    name: str
    email: str
    phone: str
    ship_phone: str
    street: str
    postcode: str
    city: str
    country: str
    customer_id: int | None
    person: int | None
    member: str

    def face(self) -> Face:
        """As it shows its customer."""
        phones = (normalise.phone(number, self.country) for number in (self.phone, self.ship_phone) if number)
        return Face(
            name=self.name,
            emails=frozenset({normalise.email(self.email)} if self.email else ()),
            phones=frozenset(filter(None, phones)),
            street=self.street,
            postcode=self.postcode,
            city=self.city,
        )


_SELECT: Final = (
    "SELECT o.id, o.source, o.number, coalesce(nullif(c.name, ''), o.ship_name), o.email, o.phone, o.ship_phone, "
    "o.ship_street, o.ship_postcode, o.ship_city, o.ship_country, o.customer_id, c.person_id, "
    "coalesce('customer:' || c.source || ':' || c.remote_id, '') FROM orders o LEFT JOIN customers c ON "
    "c.id = o.customer_id WHERE o.id IN"
)


def load(cache: Connection, ids: Iterable[int]) -> Iterator[OtherOrder]:
    """These orders."""
    for part in chunks(sorted(ids)):
        yield from map(OtherOrder._make, cache.execute(f"{_SELECT} ({marks(len(part))})", part))


def orders_of_person(cache: Connection, person: int | None, most: int) -> list[int]:
    """The newest orders of a person, by all their customer records."""
    query = (
        "SELECT o.id FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.person_id = ? "
        "ORDER BY o.id DESC LIMIT ?"
    )
    return [] if person is None else [order for (order,) in cache.execute(query, (person, most))]


def near_orders(cache: Connection, own: OtherOrder) -> dict[int, list[Evidence]]:
    """The orders that share something with ``own``, each with what only a thread or a payment tells.

    What two faces show by themselves (``identity.shared``) is no evidence here yet.
    """
    face = known_by(own, ways_of(cache, [own.customer_id]))
    near = _Near(cache)
    near.by_identity(face)
    near.by_house(own)
    near.by_payment(own.id, face)
    near.by_thread(own.id)
    near.found.pop(own.id, None)
    return near.found


class _Near:
    """Gathers them."""

    def __init__(self, cache: Connection) -> None:
        self._cache = cache
        self.found: dict[int, list[Evidence]] = {}

    def by_identity(self, face: Face) -> None:
        for address in sorted(face.emails):
            self._add("SELECT id FROM orders WHERE email = ? ORDER BY id DESC LIMIT ?", address)
            self._add(_OF_IDENTITY.format("email"), address)
        for number in sorted(face.phones):
            for variant in normalise.phone_variants(number):
                self._add(_OF_IDENTITY.format("phone"), variant)

    def by_house(self, own: OtherOrder) -> None:
        """Who lives behind the same postcode is many; behind the same door, few."""
        street = normalise.street(own.street).key
        if own.postcode and street:
            codes = normalise.postcode_spellings(own.postcode)
            query = (
                f"SELECT id, ship_street FROM orders WHERE ship_postcode IN ({marks(len(codes))}) "
                "ORDER BY id DESC LIMIT ?"
            )
            for order, other in self._cache.execute(query, (*codes, _MOST_AT_POSTCODE)).fetchall():
                if normalise.street(other).key == street:
                    self.found.setdefault(order, [])

    def by_payment(self, own: int, face: Face) -> None:
        for address in sorted(face.emails):
            self._add(_PAID_WITH, address, Evidence("payment", f"paid with the mail address {address}"))
        payers = self._cache.execute("SELECT DISTINCT email FROM payments WHERE order_id = ? AND email <> ''", (own,))
        for (address,) in payers.fetchall():
            if address not in face.emails:
                words = f"this one was paid with the mail address {address}"
                self._add(
                    "SELECT id FROM orders WHERE email = ? ORDER BY id DESC LIMIT ?",
                    address,
                    Evidence("payment", words),
                )

    def by_thread(self, own: int) -> None:
        for order, subject in self._cache.execute(_ONE_THREAD, (own, own, _MOST)).fetchall():
            self.found.setdefault(order, []).append(Evidence("thread", f"one mail is about both: “{subject}”"))

    def _add(self, query: str, bound: str, evidence: Evidence | None = None) -> None:
        for (order,) in self._cache.execute(query, (bound, _MOST)).fetchall():
            known = self.found.setdefault(order, [])
            if evidence is not None and evidence not in known:
                known.append(evidence)


_MOST_AT_POSTCODE: Final = 200
_OF_IDENTITY: Final = (
    "SELECT o.id FROM customer_identities i JOIN orders o ON o.customer_id = i.customer_id "
    "WHERE i.kind = '{}' AND i.value = ? ORDER BY o.id DESC LIMIT ?"
)
_PAID_WITH: Final = (
    "SELECT p.order_id FROM payments p WHERE p.email = ? AND p.email <> '' AND p.order_id IS NOT NULL "
    "ORDER BY p.order_id DESC LIMIT ?"
)
_ONE_THREAD: Final = (
    "SELECT l.order_id, max(m.subject) FROM message_links mine JOIN message_links l ON l.message = mine.message "
    "JOIN messages m ON m.id = l.message WHERE mine.order_id = ? AND l.order_id <> ? AND m.direction = 'inbound' "
    "AND m.auto = '' GROUP BY l.order_id ORDER BY l.order_id DESC LIMIT ?"
)


def ways_of(cache: Connection, customers: Iterable[int | None]) -> dict[int, list[tuple[str, str]]]:
    """Every way in which these customers' own records are known."""
    found: dict[int, list[tuple[str, str]]] = {}
    for part in chunks(sorted({each for each in customers if each is not None})):
        for customer, kind, value in cache.execute(
            f"SELECT customer_id, kind, value FROM customer_identities WHERE customer_id IN ({marks(len(part))})", part
        ):
            found.setdefault(customer, []).append((kind, value))
    return found


def known_by(order: OtherOrder, known: Mapping[int, Sequence[tuple[str, str]]]) -> Face:
    """The order's face, with every way its customer's own record is known."""
    face, ways = order.face(), known.get(order.customer_id or 0, ())
    return Face(
        face.name,
        face.emails | {value for kind, value in ways if kind == "email"},
        face.phones | {value for kind, value in ways if kind == "phone"},
        face.street,
        face.postcode,
        face.city,
    )
