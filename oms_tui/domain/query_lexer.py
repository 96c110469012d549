"""A query cut into tokens, from left to right in one pass."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from oms_tui.domain.query_tree import KEYWORDS, NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oms_tui.domain.query_tree import Op

_BLANK: Final = re.compile(r"\s+")
_RUN: Final = re.compile(r'[^\s()"]+')
_PHRASE: Final = re.compile(r'"((?:[^"\\]|\\.)*)("?)', re.DOTALL)
_COMPARISON: Final = re.compile(r">=|<=|>|<|")
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query.

    Attributes:
        kind: ``(``, ``)``, ``AND``, ``OR``, ``NOT`` (also a leading ``-``), or ``term``.
        column: where it begins (0-based).
        end: where it ends.
        name: of a term, the word before the colon in lower case; "" for a bare word.
        op: of a term, the comparison written.
        value: of a term, its text without quotes.
        value_column: where the value begins.
        quoted: the value stood in quotes.
        closed: the quotes were closed.
    """

    kind: str
    column: int
    end: int
    name: str = ""
    op: Op = "="
    value: str = ""
    value_column: int = 0
    quoted: bool = False
    closed: bool = True


def tokens(text: str) -> Iterator[Token]:
    """The tokens of ``text``. Never raises: what is wrong with them is for the parser to say."""
    at = 0
    while at < len(text):
        if blank := _BLANK.match(text, at):
            at = blank.end()
            continue
        token = _token(text, at)
        yield token
        at = token.end


def _token(text: str, at: int) -> Token:
    first = text[at]
    if first in "()":
        return Token(first, at, at + 1)
    if first == "-":
        return Token("NOT", at, at + 1)
    if first == '"':
        return _term(text, at, at, "", "=")
    if name := NAME.match(text, at):
        comparison = _COMPARISON.match(text, name.end())
        written = comparison[0] if comparison else ""
        op = cast("Op", written or "=")
        return _term(text, at, name.end() + len(written), name[0][:-1].lower(), op)
    run = _RUN.match(text, at)
    if run and run[0] in KEYWORDS:
        return Token(run[0], at, run.end())
    return _term(text, at, at, "", "=")


def _term(text: str, column: int, start: int, name: str, op: Op) -> Token:
    if phrase := _PHRASE.match(text, start):
        value = _ESCAPED.sub(r"\1", phrase[1])
        return Token("term", column, phrase.end(), name, op, value, start, quoted=True, closed=bool(phrase[2]))
    run = _RUN.match(text, start)
    value = run[0] if run else ""
    return Token("term", column, start + len(value), name, op, value, start)
