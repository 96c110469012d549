"""Stock by product and location into the cache; what moved is given out anew to the orders that wait for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from oms_tui.store.compiled_sql import CACHE_COLUMNS
from oms_tui.store.incoming import STOCK_VALUES
from oms_tui.store.ingest_effects import Taken
from oms_tui.store.rows import chunks, marks, upsert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oms_tui.store.driver import Connection
    from oms_tui.store.ingest_effects import Effects

_VALUES: Final = ",".join(STOCK_VALUES)
if CACHE_COLUMNS["stock_levels"] != ("source", *STOCK_VALUES, "synced_at"):
    raise AssertionError("the columns of stock_levels moved: ingest_stock writes them in their order")


def ingest_stock(
    cache: Connection, source: str, levels: Sequence[tuple[Any, ...]], now: int, effects: Effects
) -> Taken:
    """Upsert levels, each in the order of STOCK_VALUES."""
    latest = {level[:2]: level for level in levels}
    known: dict[tuple[str, str], tuple[Any, ...]] = {}
    for part in chunks({sku for sku, _ in latest}):
        for row in cache.execute(
            f"SELECT {_VALUES} FROM stock_levels WHERE source=? AND sku IN ({marks(len(part))})", [source, *part]
        ):
            known[row[:2]] = row
    moved = {place for place, level in latest.items() if known.get(place) != level}
    rows = [(source, *level, now) for level in latest.values()]
    cache.executemany(upsert("stock_levels"), rows)
    effects.skus.update(sku for sku, _ in moved)
    return Taken(sum(1 for place in latest if place not in known), len(moved))
