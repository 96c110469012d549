"""Which tier a customer is in: the first whose query finds them, and by what. Told over few facts: a million are quick.

A tier is found by what is known of the customer (what they spent, how many orders they placed, what they owe, a
contract, a tag the shop gave them, name and mail address), and by the order at hand (total, country, source, its tags).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from oms_tui.domain.money import minor_digits, money_text
from oms_tui.domain.query_tree import And, Not, Or, Range, Term, Wild
from oms_tui.domain.vocabulary import Tier

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from oms_tui.domain.query_tree import Tree

WORDS: Final = (
    *("customer.spend", "customer.orders", "customer.open", "customer.tag", "contract"),
    *("total", "country", "source", "tag", "email", "customer"),
)
"""The words of the query language that a tier may be found by."""

CONTRACT_TAGS: Final = ("contract", "vertrag", "contrat", "contrato", "contratto", "umowa", "avtal")
"""How shops mark a customer who has a contract; each may be followed by more, as in ``contract: gold``."""

NO_RULE: Final = "no tier's rule finds them"
FIRST_ORDER: Final = f"{NO_RULE}, and it is their first order"


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """What a tier is told from. Amounts are minor units: ``total`` of ``currency``, the others by their currencies.

    ``customer_tags`` are those of the customer, ``tags`` those of the order and of the customer.
    """

    currency: str
    spent: Mapping[str, int]
    orders: int
    owed: Mapping[str, int] = field(default_factory=dict)
    total: int = 0
    country: str = ""
    source: str = ""
    tags: tuple[str, ...] = ()
    customer_tags: tuple[str, ...] = ()
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


def tier_and_why(facts: CustomerFacts, tiers: Sequence[tuple[str, Tree | None]]) -> tuple[str, str]:
    """The same, and what of the customer made the rule find them: ``3 orders; spent €6,210.00``."""
    for name, tree in tiers:
        if tree is None:
            return name, "everybody else"
        if _fits(tree, facts):
            return name, "; ".join(dict.fromkeys(_because(tree, facts, wanted=True)))
    return tier_of(facts, ()), FIRST_ORDER if facts.orders <= 1 else NO_RULE


def has_contract(tags: Sequence[str]) -> bool:
    """Whether one of a customer's tags says that they have a contract."""
    return any(words and words[0].rstrip(":") in CONTRACT_TAGS for words in (_words(tag) for tag in tags))


def _words(tag: str) -> list[str]:
    return tag.casefold().replace(":", ": ").split()


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


def _because(tree: Tree, facts: CustomerFacts, *, wanted: bool) -> Iterator[str]:
    """The conditions that hold (``wanted``) or do not, in words with the customer's own figures."""
    match tree:
        case Term():
            if _term(tree, facts) == wanted:
                yield _said(tree, facts, holds=wanted)
        case Not(item):
            yield from _because(item, facts, wanted=not wanted)
        case And(items) | Or(items):
            for item in items:
                yield from _because(item, facts, wanted=wanted)


def _said(term: Term, facts: CustomerFacts, *, holds: bool) -> str:
    figures = {
        "customer.orders": f"{facts.orders} order{'s' if facts.orders != 1 else ''}",
        "customer.spend": f"spent {money_text(*_amount(facts.spent, facts, term))}",
        "customer.open": f"owes {money_text(*_amount(facts.owed, facts, term))}",
        "total": f"an order of {money_text(facts.total, facts.currency)}",
        "contract": "has a contract" if has_contract(facts.customer_tags) else "has no contract",
        "customer": f"is{'' if holds else ' not'} {_written(term)}",
        "customer.tag": f"{'' if holds else 'not '}tagged {_written(term)} in the shop",
        "tag": f"{'' if holds else 'not '}tagged {_written(term)}",
    }
    return figures.get(term.word) or f"{'' if holds else 'not '}{term.word} {_written(term)}"


def _written(term: Term) -> str:
    return "*".join(term.value.parts) if isinstance(term.value, Wild) else str(term.value)


def _term(term: Term, facts: CustomerFacts) -> bool:
    if term.word == "customer.orders":
        return _compared(Decimal(facts.orders), term)
    amounts = {"customer.spend": facts.spent, "customer.open": facts.owed, "total": {facts.currency: facts.total}}
    if term.word in amounts:
        there = amounts[term.word]
        if term.currency and term.currency not in there:
            return False
        return _compared(_major(*_amount(there, facts, term)), term)
    if term.word == "contract":
        return has_contract(facts.customer_tags) == (term.value == "yes")
    texts = {
        "country": (facts.country,),
        "source": (facts.source,),
        "email": (facts.email,),
        "customer": (facts.name,),
        "customer.tag": facts.customer_tags,
        "tag": facts.tags,
    }
    wanted = term.value
    if not isinstance(wanted, Wild):
        return any(text.casefold() == str(wanted).casefold() for text in texts.get(term.word, ()))
    pattern = "*".join(part.replace("[", "[[]").replace("?", "[?]") for part in wanted.parts).casefold()
    return any(text and fnmatchcase(text.casefold(), pattern) for text in texts.get(term.word, ()))


def _amount(amounts: Mapping[str, int], facts: CustomerFacts, term: Term) -> tuple[int, str]:
    """The amount a rule is about, and its currency: the one it names, else the largest figure.

    Nobody knows what one currency is worth in another: a rule that shall tell them apart names them. The largest is
    the same whichever of the customer's orders is at hand.
    """
    if term.currency:
        return amounts.get(term.currency, 0), term.currency
    found = max(((_major(minor, currency), currency) for currency, minor in amounts.items()), default=None)
    return (amounts[found[1]], found[1]) if found else (0, facts.currency)


def _major(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-minor_digits(currency))


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
