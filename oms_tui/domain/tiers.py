"""Which tier a customer is in: the first whose query finds them. Told over a few facts, so that a million are quick."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from oms_tui.domain.money import minor_digits
from oms_tui.domain.query_tree import And, Not, Or, Range, Term, Wild
from oms_tui.domain.vocabulary import Tier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oms_tui.domain.query_tree import Tree

WORDS: Final = ("customer.spend", "customer.orders", "total", "country", "source", "tag", "email", "customer")
"""The words of the query language that a tier may be found by."""


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """What a tier is told from. Amounts are minor units of ``currency``."""

    currency: str
    spend: int
    orders: int
    total: int = 0
    country: str = ""
    source: str = ""
    tags: tuple[str, ...] = ()
    email: str = ""
    name: str = ""


class UnknownTierWord(ValueError):
    """A tier's query uses a word that a tier cannot be found by."""


def check(tree: Tree) -> None:
    """See that a tier can be found by ``tree``.

    Raises:
        UnknownTierWord: it cannot; the message says by which words it could.
    """
    match tree:
        case Term():
            if tree.word not in WORDS:
                raise UnknownTierWord(f"a tier cannot be found by {tree.word}: use {', '.join(WORDS)}")
        case Not(item):
            check(item)
        case And(items) | Or(items):
            for item in items:
                check(item)


def tier_of(facts: CustomerFacts, tiers: Sequence[tuple[str, Tree | None]]) -> str:
    """The name of the first tier that finds them.

    Args:
        facts: the customer behind an order.
        tiers: names with their queries, in order; None finds everybody.

    Returns:
        a tier's name; without one that fits, ``one_off`` for a first order and else ``standard``.
    """
    for name, tree in tiers:
        if tree is None or _fits(tree, facts):
            return name
    return Tier.ONE_OFF if facts.orders <= 1 else Tier.STANDARD


def _fits(tree: Tree, facts: CustomerFacts) -> bool:
    match tree:
        case Term():
            return _term(tree, facts)
        case Not(item):
            return not _fits(item, facts)
        case And(items):
            return all(_fits(item, facts) for item in items)
        case Or(items):
            return any(_fits(item, facts) for item in items)


def _term(term: Term, facts: CustomerFacts) -> bool:
    numbers = {
        "customer.spend": facts.spend,
        "total": facts.total,
        "customer.orders": facts.orders,
    }
    if term.word in numbers:
        scale = 1 if term.word == "customer.orders" else 10 ** minor_digits(facts.currency)
        return _compared(Decimal(numbers[term.word]) / scale, term)
    texts = {
        "country": (facts.country,),
        "source": (facts.source,),
        "email": (facts.email,),
        "customer": (facts.name,),
        "tag": facts.tags,
    }
    wanted = term.value
    pattern = "*".join(wanted.parts).casefold() if isinstance(wanted, Wild) else str(wanted).casefold()
    if not isinstance(wanted, Wild):
        return any(text.casefold() == pattern for text in texts.get(term.word, ()))
    return any(text and fnmatchcase(text.casefold(), pattern) for text in texts.get(term.word, ()))


def _compared(value: Decimal, term: Term) -> bool:
    wanted = term.value
    if isinstance(wanted, Range):
        low, high = wanted.low, wanted.high
        return (not isinstance(low, Decimal) or value >= low) and (not isinstance(high, Decimal) or value <= high)
    if isinstance(wanted, Wild):
        return True
    assert isinstance(wanted, Decimal)  # noqa: S101 - the parser makes nothing else of a number
    return {
        "=": value == wanted,
        ">": value > wanted,
        ">=": value >= wanted,
        "<": value < wanted,
        "<=": value <= wanted,
    }[term.op]
