"""Finding mail by words, the last of which somebody is still writing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from oms_tui.store.compiled_sql import CACHE_COLUMNS
from oms_tui.store.reads import mail_search
from oms_tui.store.reads.mail_search import search_messages
from oms_tui.store.rows import insert
from oms_tui.store.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEXTS = (
    "Wann kommt meine Lieferung?", "der lieferschein fehlt", "Liefern Sie auch nach Łódź?", "ausgeliefert wurde nichts",
    "lie low", "Größere Lampe gesucht", "GROESSER geht auch", "zwei_lieferungen an einem Tag", "liefe", "nothing of it",
)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path / "desk") as opened:
        for number in range(300):
            text = TEXTS[number % len(TEXTS)]
            values = dict.fromkeys(CACHE_COLUMNS["messages"], 0) | {"id": number + 1, "uid": str(number), "text": text}
            values |= dict.fromkeys(("subject", "from_name", "from_address"), "") | {"message_id": f"<{number}@x>"}
            opened.cache.execute(insert("messages"), [values[name] for name in CACHE_COLUMNS["messages"]])
            opened.cache.execute(
                "INSERT INTO messages_fts(rowid, subject, sender, body) VALUES (?,'','',?)", (number + 1, text)
            )
        yield opened


@pytest.mark.parametrize("begun", ["liefe", "lieferu", "größ", "meine lief", "gesuc", "kommt meine liefer", "nowher"])
@pytest.mark.parametrize("limit", [5, 50, 400])
def test_a_word_that_is_begun_finds_what_the_index_would(
    store: Workspace, begun: str, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = search_messages(store, begun, limit)
    monkeypatch.setattr(mail_search, "_INDEXED", 100)  # nothing is read then, the index tells all

    assert found == search_messages(store, begun, limit)
    assert begun == "nowher" or found


def test_pages_of_a_begun_word_follow_each_other(store: Workspace) -> None:
    whole = search_messages(store, "liefer", 1000)
    pages: list[int] = []
    while page := search_messages(store, "liefer", 7, pages[-1] if pages else None):
        pages += page

    assert pages == whole
    assert len(whole) == 120
