"""Searching mail: the newest that hold all words of a text, the last of which may be only begun.

The full-text index gives the newest of a whole word, and of two or three letters, at once; of a longer beginning it
merges all words that begin so before it gives any, which takes as long as there are mails that hold them. So the
newest of its first three letters are read themselves as long as enough of them pass; only of a beginning that few
mails hold is the index asked, and then it has little to merge.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from oms_tui.domain.safe_text import searchable
from oms_tui.store.rows import marks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oms_tui.store.workspace import Workspace

_INDEXED: Final = 3
"""Letters of a beginning that the index has by itself (``prefix`` of its declaration)."""

_READ: Final = (60, 240, 300)
"""Mails read in turn for a longer beginning, before the index is asked for it, as long as so many can be enough."""

_LONGEST: Final = 100_000  # characters of a text that are looked through


def search_messages(store: Workspace, words: str, limit: int = 50, before: int | None = None) -> list[int]:
    """Ids of the mails that hold all these words, newest first.

    The last may be the beginning of a word, unless so many mails hold it as it stands that they fill the page.
    ``before`` is the last id of the page before.
    """
    terms = [term for term in (word.replace('"', "") for word in searchable(words).split()) if term]
    if not terms:
        return []
    wanted = " ".join(f'"{term}"' for term in terms)
    found = _newest(store, wanted, limit, before)
    if len(found) < limit and len(terms[-1]) > _INDEXED and terms[-1].isalnum():
        found = _read(store, terms, limit, before)
    return found if len(found) == limit else _newest(store, f"{wanted}*", limit, before)


def _newest(store: Workspace, wanted: str, limit: int, before: int | None) -> list[int]:
    condition, more = ("AND rowid<?", (before,)) if before is not None else ("", ())
    found = store.cache.execute(
        f"SELECT rowid FROM messages_fts WHERE messages_fts MATCH ? {condition} ORDER BY rowid DESC LIMIT ?",
        (wanted, *more, limit),
    )
    return [number for (number,) in found]


def _read(store: Workspace, terms: Sequence[str], limit: int, before: int | None) -> list[int]:
    """The newest with a word that begins so, found by reading; fewer than ``limit`` when too few were met."""
    *whole, begun = terms
    wanted = " ".join([*(f'"{term}"' for term in whole), f'"{begun[:_INDEXED]}"*'])
    begins = re.compile(r"(?<![^\W_])" + re.escape(_plain(begun)))
    found: list[int] = []
    at, seen = before, 0
    for most in _READ:
        near = _newest(store, wanted, most, at)
        if not near:
            break
        texts = store.cache.execute(
            "SELECT id, subject || ' ' || from_name || ' ' || from_address || ' ' || text FROM messages "
            f"WHERE id IN ({marks(len(near))}) ORDER BY id DESC",
            near,
        )
        for number, text in texts:
            if begins.search(_plain(text[:_LONGEST])):
                found.append(number)
                if len(found) == limit:
                    return found
        at, seen = near[-1], seen + len(near)
        if len(found) * sum(_READ) < limit * seen:
            break
    return found


def _plain(text: str) -> str:
    """Lower case without accents, as the index has words."""
    if text.isascii():
        return text.lower()
    return "".join(sign for sign in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(sign))
