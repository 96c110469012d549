"""Reads against raw SQLite fetching the same rows: a page of the queue, an order, a search, the badges."""

from __future__ import annotations

import statistics
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from figures import Figure, least_of
from recorded import Statements
from stores import POLICY, ZONE

from oms_tui.domain.query import parse
from oms_tui.store.query_words import CATALOGUE
from oms_tui.store.reads import queue
from oms_tui.store.reads.badges import badges
from oms_tui.store.reads.order import read_order
from oms_tui.store.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def _beside(read: Callable[[], object], again: Callable[[], object]) -> tuple[float, float]:
    """The least seconds of a read and of its statements alone, taken in turns: what the machine does meets both."""
    ours, raw = [], []
    for _ in range(8):
        ours.append(least_of(read, 0.02))
        raw.append(least_of(again, 0.02))
    return min(ours), min(raw)


def _whole_orders(store: Workspace, count: int, now: int) -> Iterator[Figure]:
    """An order with everything about it, of many orders each with its own floor."""
    whole, by_itself, at_once, statements = [], [], [], []
    for item in queue.queue_page(store, now=now, zone=ZONE, limit=30).items:
        read = partial(read_order, store, POLICY, item.id, now=now)
        said = Statements(store, read)
        ours, raw = _beside(read, said.again)
        whole.append(ours)
        by_itself.append(raw)
        at_once.append(least_of(said.again_at_once, 0.02))
        statements.append(len(said.found))
        said.close()
    value = statistics.median(whole) * 1000
    floor = statistics.median(by_itself) * 1000
    yield Figure(f"whole order read, {count:,} orders", value, "ms", floor, "raw sqlite3", 1.5)
    floor = statistics.median(at_once) * 1000
    yield Figure(f"the same, floor in one transaction, {count:,} orders", value, "ms", floor, "raw sqlite3")
    yield Figure(f"statements of a whole order, {count:,} orders", statistics.median(statements), "")


def figures(stores: dict[int, Path]) -> Iterator[Figure]:
    """Each read on each store, then the largest against the second."""
    pages: dict[str, dict[int, float]] = {"queue page": {}, "badges": {}, "search page": {}}
    now = int(datetime.now(UTC).timestamp() * 1000)
    for count, folder in stores.items():
        with Workspace(folder, read_only=True) as store:
            read = partial(queue.queue_page, store, now=now, zone=ZONE)
            said = Statements(store, read)
            page, floor = _beside(read, said.again)
            said.close()
            yield Figure(f"queue page of 200, {count:,} orders", page * 1000, "ms", floor * 1000, "raw sqlite3", 1.2)
            pages["queue page"][count] = page
            yield from _whole_orders(store, count, now)
            counts = least_of(partial(badges, store))
            pages["badges"][count] = counts
            yield Figure(f"badges, {count:,} orders", counts * 1000, "ms")
            asked = partial(queue.queue_page, store, now=now, zone=ZONE, include_closed=True, limit=50)
            found = least_of(partial(asked, tree=parse("kowal", CATALOGUE)), 0.5)
            pages["search page"][count] = found
            yield Figure(f"search page of 50 for a common name, {count:,} orders", found * 1000, "ms")
    if len(stores) > 1:
        *_, smaller, larger = sorted(stores)
        for what, found_at in pages.items():
            yield Figure(
                f"{what}, {larger:,} orders against {smaller:,}",
                found_at[larger] * 1000,
                "ms",
                found_at[smaller] * 1000,
                f"{smaller:,}",
                1.3,
            )
