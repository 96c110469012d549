"""Whether two customers may be one person: what speaks for it, how strongly, and what never proves anything.

Nothing here joins anybody: a person decides, and what they rejected is not proposed again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from oms_tui.domain import normalise
from oms_tui.domain.vocabulary import Word

if TYPE_CHECKING:
    from collections.abc import Iterable


class Strength(Word):
    """How much the evidence is worth, the strongest first."""

    STRONG = "strong", "very likely"
    LIKELY = "likely"
    WEAK = "weak", "a bare maybe"


class Evidence(NamedTuple):
    """One thing two customers share. ``kind``: email, phone, address, name, thread or payment."""

    kind: str
    words: str


_POINTS: Final = {"email": 4, "payment": 3, "thread": 2, "phone": 2, "name": 2, "address": 1}
_OTHER_NAME: Final = -2  # the same surname or house with another first name: father and son, flatmates
_STRONG: Final = 4
_LIKELY: Final = 3
_FULL: Final = 2  # words of a name that says who somebody is

_RELAYS: Final = (
    *("marketplace.amazon.", "members.ebay.", "reply.ebay.", "convo.etsy.", "messages.etsy.", "relay.walmart."),
    *("privaterelay.appleid.", "relay.firefox.", "mozmail.", "kaufland-marktplatz.", "kaufland.market", "allegromail."),
    *("allegro.pl", "marketplace.otto.", "relay.cdiscount.", "relay.fnac.", "bol.com", "mail.zalando.", "marketplace."),
)
"""How the domains begin under which marketplaces hide a buyer's address: each is one buyer at one market."""


def is_relay(address: str) -> bool:
    """Whether a mail address only forwards: it serves the orders it came with, and no other conversation."""
    domain = address.rpartition("@")[2].strip().lower()
    return any(domain.startswith(each) or f".{each}" in f".{domain}" for each in _RELAYS)


@dataclass(frozen=True, slots=True)
class Face:
    """A customer as one order shows them. ``emails`` and ``phones`` are normalised, also of all their other orders."""

    name: str = ""
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    street: str = ""
    postcode: str = ""
    city: str = ""


def shared(one: Face, other: Face) -> list[Evidence]:
    """What two faces have in common, the most telling first."""
    found = [Evidence("email", f"same mail address {each}") for each in sorted(one.emails & other.emails)]
    if one.phones and other.phones:
        found += [Evidence("phone", f"same phone {each}") for each in sorted(_same_phones(one.phones, other.phones))]
    if place := same_place(one, other):
        found.append(Evidence("address", f"same address {place}"))
    if same_name(one.name, other.name):
        found.append(Evidence("name", f"same name {one.name}"))
    return found


def strength(evidence: Iterable[Evidence], one: str, other: str) -> Strength | None:
    """How likely two customers are one; None: it says nothing.

    A name in common alone is none, nor is an address where the names have nothing in common: many live in one house.

    Args:
        evidence: what they share.
        one: the name of the one.
        other: and of the other.
    """
    return _strength(frozenset(each.kind for each in evidence), one, other)


@lru_cache(maxsize=1024)
def _strength(kinds: frozenset[str], one: str, other: str) -> Strength | None:
    if not kinds - {"name"}:
        return None
    if kinds <= {"address"} and not related_names(one, other):
        return None
    points = sum(_POINTS.get(kind, 0) for kind in kinds)
    if other_names(one, other):
        points += _OTHER_NAME
        if not kinds & {"email", "payment"}:
            return Strength.WEAK
    return Strength.STRONG if points >= _STRONG else Strength.LIKELY if points >= _LIKELY else Strength.WEAK


def same_place(one: Face, other: Face) -> str:
    """The address in words if both go to one house; "" if not."""
    here, there = place_key(one.street, one.postcode), place_key(other.street, other.postcode)
    return ", ".join(filter(None, (one.street, f"{one.postcode} {one.city}".strip()))) if here == there != "" else ""


@lru_cache(maxsize=4096)
def place_key(street: str, postcode: str) -> str:
    """A house to compare: street, number and postcode; "" where one of them is missing."""
    key, code = normalise.street(street).key, normalise.postcode(postcode)
    return f"{code} {key}" if key and code else ""


@lru_cache(maxsize=1024)
def same_name(one: str, other: str) -> bool:
    """Whether two full names are one: all of the shorter one's words are in the other, an initial for its name too."""
    ours, theirs = normalise.name(one), normalise.name(other)
    common = {word for word in ours if len(word) > 1} & set(theirs)
    return min(len(ours), len(theirs)) >= _FULL and bool(common) and not other_names(one, other)


@lru_cache(maxsize=1024)
def other_names(one: str, other: str) -> bool:
    """Whether two names are two people's: both say who it is, and neither has all of the other's words."""
    ours, theirs = normalise.name(one), normalise.name(other)
    if not ours or not theirs:
        return False
    fewer, more = sorted((ours, theirs), key=len)
    return not all(any(_same_word(word, each) for each in more) for word in fewer)


@lru_cache(maxsize=1024)
def related_names(one: str, other: str) -> bool:
    """Whether names have a word in common, or one of them is not known."""
    ours, theirs = normalise.name(one), normalise.name(other)
    return not ours or not theirs or any(_same_word(word, each) for word in ours for each in theirs)


def _same_word(one: str, other: str) -> bool:
    """The same, or one is the other's initial."""
    return one == other or (min(len(one), len(other)) == 1 and one[:1] == other[:1])


def _same_phones(ours: frozenset[str], theirs: frozenset[str]) -> set[str]:
    """Numbers of the one that the other has too, with or without a country's code."""
    known = {variant for number in theirs for variant in normalise.phone_variants(number)}
    return {number for number in ours if set(normalise.phone_variants(number)) & known}
