"""The query language: one way to ask, in the filter line, in saved views, in rules and on the command line.

``word:value``, ``word:>value``, ``word:low..high``; ``*`` for anything; ``"a phrase"``; a blank (or AND), OR, NOT or a
leading ``-``, parentheses. A bare word is searched for as text. AND, OR and NOT are words of the language only in
capitals. NOT binds closer than AND, AND closer than OR.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.domain.query_lexer import tokens
from oms_tui.domain.query_tree import EVERYTHING, FREE_TEXT, And, Not, Or, Term
from oms_tui.domain.query_words import Kind, QueryError, WordType, nearest, term_of, wild

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from oms_tui.domain.query_lexer import Token
    from oms_tui.domain.query_tree import Tree

__all__ = ["DEEPEST", "LONGEST_TEXT", "MOST_TERMS", "QueryError", "parse", "terms"]

LONGEST_TEXT: Final = 4_000
"""Characters of a query."""

MOST_TERMS: Final = 200
"""Conditions of a query: engines refuse expressions much longer than that."""

DEEPEST: Final = 40
"""Parentheses and NOTs within each other."""

_TEXT: Final = WordType(Kind.TEXT)


def parse(text: str, catalogue: Mapping[str, WordType]) -> Tree:
    """The tree of a query; an empty query is ``EVERYTHING``.

    Args:
        text: what somebody wrote.
        catalogue: the words there are, in lower case.

    Raises:
        QueryError: it cannot be read; the error says where, and what may have been meant.
    """
    if len(text) > LONGEST_TEXT:
        raise QueryError(f"a query has at most {LONGEST_TEXT} characters", LONGEST_TEXT)
    parser = _Parser(text, catalogue)
    tree = parser.either(0)
    if parser.token is not None:  # only a parenthesis can be left over
        raise QueryError("this parenthesis closes nothing", parser.token.column)
    return EVERYTHING if tree is None else tree


def terms(tree: Tree) -> Iterator[Term]:
    """Every condition in a tree, from left to right, whether asked for or ruled out."""
    match tree:
        case Term():
            yield tree
        case Not(item):
            yield from terms(item)
        case And(items) | Or(items):
            for item in items:
                yield from terms(item)


class _Parser:
    """Reads tokens one by one; ``token`` is the one not yet used, None at the end."""

    def __init__(self, text: str, catalogue: Mapping[str, WordType]) -> None:
        self.end = len(text)
        self.catalogue = catalogue
        self.stream = tokens(text)
        self.count = 0
        self.token: Token | None = None
        self.advance()

    def advance(self) -> None:
        self.token = next(self.stream, None)

    def at(self, *kinds: str) -> bool:
        return self.token is not None and self.token.kind in kinds

    def either(self, depth: int) -> Tree | None:
        """Parts joined by OR; None if there is nothing at all."""
        first = self.all_of(depth)
        if first is None:
            if self.at("OR") and self.token:
                raise QueryError("OR needs something before it", self.token.column)
            return None
        parts = [first]
        while self.at("OR") and self.token:
            column = self.token.column
            self.advance()
            part = self.all_of(depth)
            if part is None:
                raise QueryError("OR needs something after it", column)
            parts.append(part)
        return _joined(Or, parts)

    def all_of(self, depth: int) -> Tree | None:
        """Parts joined by AND or a blank; None if there are none."""
        parts: list[Tree] = []
        joined_at = -1
        while self.token is not None and not self.at("OR", ")"):
            if self.at("AND"):
                if not parts or joined_at >= 0:
                    raise QueryError("AND needs something before it", self.token.column)
                joined_at = self.token.column
                self.advance()
                continue
            parts.append(self.one(depth))
            joined_at = -1
        if joined_at >= 0:
            raise QueryError("AND needs something after it", joined_at)
        return _joined(And, parts) if parts else None

    def one(self, depth: int) -> Tree:
        """A condition, its opposite, or a parenthesis."""
        token = self.token
        if token is None or token.kind in {")", "AND", "OR"}:
            raise QueryError("something to rule out is missing here", self.end if token is None else token.column)
        if depth >= DEEPEST:
            raise QueryError(f"a query goes at most {DEEPEST} levels deep", token.column)
        self.advance()
        if token.kind == "NOT":
            return Not(self.one(depth + 1))
        if token.kind == "term":
            return self.term(token)
        inner = self.either(depth + 1)
        if not self.at(")"):
            raise QueryError("this parenthesis is not closed", token.column)
        if inner is None:
            raise QueryError("there is nothing in this parenthesis", token.column)
        self.advance()
        return inner

    def term(self, token: Token) -> Term:
        self.count += 1
        if self.count > MOST_TERMS:
            raise QueryError(f"a query has at most {MOST_TERMS} conditions", token.column)
        if not token.closed:
            raise QueryError("this quote is not closed", token.value_column)
        if not token.name:
            if not token.value:
                raise QueryError("there is nothing between these quotes", token.column)
            literal = token.quoted or "*" not in token.value
            return Term(FREE_TEXT, "=", token.value if literal else wild(token.value), token.column)
        kind = self.catalogue.get(token.name) or (_TEXT if token.name == FREE_TEXT else None)
        if kind is None:
            likely = nearest(token.name, self.catalogue)
            hint = "" if likely else " (put it in quotes to search for it as text)"
            raise QueryError(f"there is no word {token.name[:40]!r}{hint}", token.column, likely)
        return term_of(token.name, kind, token)


def _joined(kind: type[And | Or], parts: list[Tree]) -> Tree:
    """Parts under one node, those of the same kind among them opened."""
    if len(parts) == 1:
        return parts[0]
    return kind(tuple(inner for part in parts for inner in (part.items if isinstance(part, kind) else (part,))))
