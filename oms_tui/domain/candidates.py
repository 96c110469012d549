"""Orders a mail may be about when nothing proves it: what speaks for each, and how much.

Evidence never links a mail by itself; it ranks what a person is shown. Points are of 100, added up and capped there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from oms_tui.domain import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


@dataclass(frozen=True, slots=True)
class OrderSketch:
    """As much of an order as matching needs, as the sources have it (nothing normalised).

    Attributes:
        id: the order's id in the store.
        number: what people call it.
        emails: every address known on it: its own, its customer's, those who wrote before.
        phones: likewise.
        names: the customer's and the receiver's.
        street: the line with street and house number.
        postcode: of the address it goes to.
        city: likewise.
        country: ISO 3166, of the same address.
        products: (sku, title) of each line.
        placed_at: aware.
        is_open: neither closed nor cancelled.
    """

    id: int
    number: str
    placed_at: datetime
    emails: frozenset[str] = frozenset()
    phones: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    products: tuple[tuple[str, str], ...] = ()
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that speaks for an order: its kind, in words for a person, and its points."""

    kind: str
    words: str
    points: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """An order a mail may be about. ``evidence`` is the strongest first; ``score`` of 100."""

    order: OrderSketch
    evidence: tuple[Evidence, ...]
    score: int


@dataclass(frozen=True, slots=True)
class Words:
    """What a mail says, normalised once for all orders that are looked at."""

    sender: str
    sender_name: tuple[str, ...]
    words: tuple[str, ...]
    streets: frozenset[str]
    phones: frozenset[str]
    identifiers: frozenset[str]
    sent_at: datetime

    @property
    def distinct(self) -> frozenset[str]:
        """The words without their order."""
        return frozenset(self.words)


POINTS: Final = {
    "thread": 60,
    "token": 60,
    "number": 50,
    "tracking": 50,
    "invoice": 50,
    "payment": 50,
    "sender": 40,
    "only_order": 15,
    "address": 40,
    "postcode": 15,
    "city": 8,
    "phone": 40,
    "sku": 35,
    "product": 20,
    "name": 20,
    "time": 10,
}
"""What each kind of evidence is worth."""

MOST: Final = 10
"""Candidates shown: who does not find it among ten searches."""

_NEAR: Final = timedelta(days=60)
_AHEAD: Final = timedelta(days=1)  # clocks differ; an order placed later than that cannot be what the mail is about
_SHORTEST_WORD: Final = 3
_SAME_END: Final = 8  # digits that agree where one number lacks the country's code
_NOT_ALONE: Final = frozenset({"city", "time", "product", "only_order"})  # too weak to propose an order by themselves

# Words of every mail and of every second product: they tell nothing apart.
_COMMON: Final = frozenset(
    word
    for line in (
        "the and for with without from your our you are was not but has have had this that what where when why who how",
        "order orders ordered parcel package delivery delivered shipping shipped please thanks thank hello",
        "dear regards still yet just only set new size pack piece pieces",
        "der die das und mit fur von ist nicht ein eine einen bitte danke hallo bestellung bestellt paket lieferung",
        "les des une pour avec commande colis bonjour merci",
    )
    for word in line.split()
)


def spoken_words(text: str) -> list[str]:
    """The words of a text that can tell one order from another, folded, each once, as they come; to search by."""
    words = normalise.word_list(text)
    return list(dict.fromkeys(word for word in words if len(word) >= _SHORTEST_WORD and word not in _COMMON))


def rank(
    said: Words, orders: Iterable[OrderSketch], known: Iterable[tuple[int, Evidence]] = ()
) -> tuple[Candidate, ...]:
    """The orders a mail may be about, the likeliest first, at most ``MOST``.

    Args:
        said: what the mail says.
        orders: what a search by number, sender, address, phone or words brought up; duplicates are fine.
        known: evidence found on the way there (a number named by a stranger), by the order's id.
    """
    given: dict[int, list[Evidence]] = {}
    for order_id, evidence in known:
        given.setdefault(order_id, []).append(evidence)
    distinct = {order.id: order for order in orders if order.placed_at - said.sent_at <= _AHEAD}
    of_sender = [order.id for order in distinct.values() if order.is_open and _is_sender(said, order)]
    only = of_sender[0] if len(of_sender) == 1 else None
    found = (
        _candidate(order, [*given.get(order.id, []), *evidence_for(said, order, only=order.id == only)])
        for order in distinct.values()
    )
    ranked = sorted(
        (candidate for candidate in found if candidate is not None),
        key=lambda candidate: (-candidate.score, not candidate.order.is_open, -candidate.order.placed_at.timestamp()),
    )
    return tuple(ranked[:MOST])


def evidence_for(said: Words, order: OrderSketch, *, only: bool = False) -> Iterator[Evidence]:
    """What in the mail speaks for ``order``. ``only``: it is the sender's only open order."""
    if _is_sender(said, order):
        yield _evidence("sender", f"{said.sender} is known on it")
        if only:
            yield _evidence("only_order", "the sender's only open order")
    yield from _address(said, order)
    if number := next((phone for phone in order.phones if _has_phone(said, phone, order.country)), ""):
        yield _evidence("phone", f"phone {number}")
    yield from _products(said, order)
    if name := next((name for name in order.names if _has_name(said, name)), ""):
        yield _evidence("name", f"name {name}")
    yield from _time(said, order)


def _candidate(order: OrderSketch, evidence: list[Evidence]) -> Candidate | None:
    kinds = {item.kind for item in evidence}
    if kinds <= _NOT_ALONE and not kinds >= {"product", "city"}:
        return None
    strongest: dict[str, Evidence] = {}
    for item in sorted(evidence, key=lambda item: -item.points):
        strongest.setdefault(item.kind, item)
    score = min(100, sum(item.points for item in strongest.values()))
    return Candidate(order, tuple(strongest.values()), score)


def _evidence(kind: str, words: str) -> Evidence:
    return Evidence(kind, words, POINTS[kind])


def _is_sender(said: Words, order: OrderSketch) -> bool:
    return said.sender != "" and said.sender in {normalise.email(address) for address in order.emails}


def _address(said: Words, order: OrderSketch) -> Iterator[Evidence]:
    key = normalise.street(order.street).key
    if key and key in said.streets:
        yield _evidence("address", f"address {order.street}")
    code = normalise.postcode(order.postcode)
    if code and (code.lower() in said.words or code in said.identifiers):
        yield _evidence("postcode", f"postcode {order.postcode}")
    if _follows(said.words, normalise.word_list(order.city)):
        yield _evidence("city", f"city {order.city}")


def _products(said: Words, order: OrderSketch) -> Iterator[Evidence]:
    best, named = 0.0, ""
    for sku, title in order.products:
        if sku and _follows(said.words, normalise.word_list(sku)) and len(sku) > _SHORTEST_WORD:
            yield _evidence("sku", f"product {sku}")
        words = set(spoken_words(title))
        share = len(words & said.distinct) / len(words) if words else 0.0
        if share > best:
            best, named = share, title
    if best >= 0.5:  # noqa: PLR2004 - half of what it is called
        yield Evidence("product", f"product words: {named}", round(POINTS["product"] * best))


def _time(said: Words, order: OrderSketch) -> Iterator[Evidence]:
    age = abs(said.sent_at - order.placed_at)
    if age <= _NEAR:
        days = max(0, (said.sent_at - order.placed_at).days)
        ago = {0: "the same day", 1: "the day before"}.get(days, f"{days} days before")
        yield Evidence("time", f"placed {ago}", round(POINTS["time"] * (1 - age / _NEAR)))


def _has_phone(said: Words, written: str, country: str) -> bool:
    number = normalise.phone(written, country)
    return bool(number) and any(
        number == other
        or (number.lstrip("+")[-_SAME_END:] == other.lstrip("+")[-_SAME_END:] and len(other) > _SAME_END)
        for other in said.phones
    )


def _has_name(said: Words, name: str) -> bool:
    """Whether sender or text give the whole name; a single word is no name."""
    parts = normalise.word_list(name)
    return len(parts) > 1 and (tuple(sorted(parts)) == said.sender_name or _follows(said.words, parts))


def _follows(words: Sequence[str], phrase: Sequence[str]) -> bool:
    """Whether ``phrase`` stands in ``words``, word after word."""
    if not phrase:
        return False
    length, first = len(phrase), phrase[0]
    return any(word == first and tuple(words[at : at + length]) == tuple(phrase) for at, word in enumerate(words))
