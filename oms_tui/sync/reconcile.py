"""Once a night everything is read and compared by id: what a source deleted without a word is found that way.

What was not met is not taken for gone: its source is asked about each, and only what it says is gone is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from connectors.records import Page, Ref
from oms_tui.store.rows import chunks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from connectors.base import RecordSource
    from connectors.records import Record
    from oms_tui.store.driver import Connection

_TABLES: Final = {
    "order": "orders",
    "shipment": "shipments",
    "payment": "payments",
    "refund": "refunds",
    "dispute": "disputes",
    "invoice": "invoices",
    "purchase_order": "purchase_orders",
    "note": "source_notes",
}
"""Kinds of records that a source can be asked about by id, and where we keep them."""

_WORD: Final = re.compile(r"(?<!^)(?=[A-Z])")
_ASKED_AT_ONCE: Final = 50
_MOST_ASKED: Final = 5000


def kind_of(record: Record) -> str:
    """A record's kind as ``Ref`` calls it."""
    return _WORD.sub("_", type(record).__name__.removesuffix("Record")).lower()


class Met:
    """The ids that a whole reading met, in a table of this connection's own (there may be a million)."""

    def __init__(self, cache: Connection, source: str) -> None:
        self._cache = cache
        self._source = source
        self._kinds: set[str] = set()
        cache.execute("DROP TABLE IF EXISTS temp.met")
        cache.execute("CREATE TEMP TABLE met(kind TEXT, remote_id TEXT, PRIMARY KEY(kind, remote_id)) WITHOUT ROWID")

    def add(self, page: Page) -> None:
        """Remember what a page brought."""
        rows = [(kind, record.remote_id) for record in page.records if (kind := kind_of(record)) in _TABLES]  # type: ignore[union-attr]  # kinds of the table have one
        self._kinds.update(kind for kind, _ in rows)
        self._cache.executemany("INSERT OR IGNORE INTO temp.met VALUES (?,?)", rows)

    def missing(self, before: int) -> list[Ref]:
        """What we hold of the kinds that were met, was read last before ``before`` (milliseconds), and was not met."""
        found: list[Ref] = []
        for kind in sorted(self._kinds):
            rows = self._cache.execute(
                f"SELECT remote_id FROM {_TABLES[kind]} t WHERE source=? AND synced_at<? AND NOT EXISTS "
                "(SELECT 1 FROM temp.met m WHERE m.kind=? AND m.remote_id=t.remote_id) LIMIT ?",
                (self._source, before, kind, _MOST_ASKED),
            )
            found += [Ref(kind, remote_id) for (remote_id,) in rows]
        return found

    def close(self) -> None:
        """Forget them."""
        self._cache.execute("DROP TABLE IF EXISTS temp.met")


def asked(records: RecordSource, missing: Iterable[Ref], stopping: Callable[[], bool]) -> Iterator[Page]:
    """What the source says of records that were not met: they are there after all, or gone. Raises a ConnectorError."""
    for batch in chunks(missing, _ASKED_AT_ONCE):
        if stopping():
            return
        yield records.fetch(batch)
