"""Words of a full-text index that begin with what somebody wrote: found in its vocabulary, so that a page stays cheap.

Asked for a beginning, the index first merges the matches of every word that begins so: all orders of a street that
a million orders are sent to. Asked for words, it gives the newest at once. So the words are looked up before, by a seek
for each, and asked for by name; of beginnings of very many words only whole ones are named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from oms_tui.store.driver import Connection

MOST_WORDS: Final = 64
"""So many words that begin alike are asked for by name."""

AFTER_ANY: Final = "\U0010ffff"


def phrase(text: str, *, prefix: bool = False) -> str:
    """``text`` as an FTS5 phrase; whatever stands in it is text."""
    quoted = '"' + text.replace('"', '""').replace("\x00", " ") + '"'
    return f"{quoted} *" if prefix else quoted


def begun(index: str, word: str) -> tuple[str, list[Any]]:
    """An expression for what to ask ``index`` for, for all its words that begin with ``word``; and its values.

    Where more than ``MOST_WORDS`` begin so it is the beginning itself; with a digit in it, the word alone: the numbers
    that begin so are a million words, and they are found by ``order_keys``.

    Args:
        index: a full-text index of the cache; ``ready`` must have seen the statement.
        word: as it was written.
    """
    rest = phrase(word, prefix=not any(char.isdigit() for char in word))
    if not (word.isascii() and word.isalnum()):  # the index folds it in a way of its own
        return "?", [phrase(word, prefix=True)]
    first, end = word.lower(), word.lower() + AFTER_ANY
    terms = f"temp.{index}_terms"
    # The next word sorts behind the last with whatever sign follows it.
    words = (
        f"WITH RECURSIVE begun(term) AS (SELECT (SELECT term FROM {terms} WHERE term >= ? LIMIT 1) UNION ALL "
        f"SELECT (SELECT term FROM {terms} WHERE term >= begun.term || char(1) LIMIT 1) FROM begun "
        f"WHERE begun.term < ? LIMIT {MOST_WORDS + 1}) "
        f"SELECT CASE WHEN count(*) <= {MOST_WORDS} THEN group_concat('\"' || term || '\"', ' OR ') END "
        "FROM begun WHERE term < ?"
    )
    return f"coalesce('(' || ({words}) || ')', ?)", [first, end, end, rest]


def ready(cache: Connection, text: str) -> None:
    """Give a connection what a query's statement names: the vocabularies, and how texts are folded."""
    for index in ("orders_fts", "messages_fts"):
        if f"temp.{index}_terms" in text:
            # "instance": the only kind that does not count all matches of a word before it names it
            cache.execute(
                f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.{index}_terms USING fts5vocab(main, {index}, instance)"
            )
    if "folded(" in text:
        from oms_tui.domain.normalise import fold

        cache.create_function("folded", 1, fold, deterministic=True)
