"""What may come next in a query, while it is being written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from oms_tui.domain.query_lexer import tokens
from oms_tui.domain.query_tree import KEYWORDS, quote
from oms_tui.domain.query_words import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oms_tui.domain.query_lexer import Token
    from oms_tui.domain.query_words import WordType

_PROPOSED: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.DATE: ("today", "yesterday", "tomorrow", "<1d", "<7d", ">7d"),
    Kind.AGE: (">1h", ">4h", ">1d", ">3d"),
    Kind.NUMBER: (">0", "0"),
    Kind.MONEY: (">100", ">1000"),
}


@dataclass(frozen=True, slots=True)
class Completion:
    """A proposal: put ``text`` in place of the characters ``[start, end)``. ``help`` says what it is."""

    text: str
    start: int
    end: int
    help: str = ""


def complete(text: str, cursor: int, catalogue: Mapping[str, WordType]) -> list[Completion]:
    """Proposals for what is being written at ``cursor``, the likeliest first. Never raises, whatever the text.

    A word is completed with its colon, so that its values can follow at once. Words that begin with what is written
    come before words that merely contain it.
    """
    cursor = max(0, min(cursor, len(text)))
    token = _under(text, cursor)
    if token is None:
        return _words("", cursor, cursor, catalogue)
    if token.name and cursor >= token.value_column:
        return _values(text, token, cursor, catalogue)
    if token.quoted:
        return []
    return _words(text[token.column : cursor].lower(), token.column, _end_of_name(token), catalogue)


def _under(text: str, cursor: int) -> Token | None:
    """The term that the cursor touches or has just left."""
    for token in tokens(text):
        if token.column >= cursor:
            return None
        if token.end >= cursor:
            keyword = token.kind in KEYWORDS and token.end - token.column > 1  # a lone "-" is no beginning of a word
            return token if keyword or token.kind == "term" else None
    return None


def _end_of_name(token: Token) -> int:
    return token.column + len(token.name) + 1 if token.name else token.end


def _words(prefix: str, start: int, end: int, catalogue: Mapping[str, WordType]) -> list[Completion]:
    begins = [name for name in catalogue if name.startswith(prefix)]
    contains = [name for name in catalogue if prefix and prefix in name and not name.startswith(prefix)]
    return [Completion(f"{name}:", start, end, catalogue[name].help) for name in begins + contains]


def _values(text: str, token: Token, cursor: int, catalogue: Mapping[str, WordType]) -> list[Completion]:
    kind = catalogue.get(token.name)
    if kind is None:
        return []
    start = token.column + len(token.name) + 1  # the comparison belongs to what a date or age may be completed to
    written = text[start:cursor].strip('"').lower()
    known = kind.values or _PROPOSED.get(kind.kind, ())
    begins = [value for value in known if value.lower().startswith(written)]
    contains = [value for value in known if written and written in value.lower() and value not in begins]
    return [
        Completion(_as_written(value), start, token.end, kind.meanings.get(value, kind.help))
        for value in begins + contains
    ]


def _as_written(value: str) -> str:
    return quote(value) if any(char.isspace() or char in '()"*' for char in value) else value
