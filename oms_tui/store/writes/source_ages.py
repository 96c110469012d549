"""From which age each source counts as stale, as the config says: kept in the cache for ``is:stale``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.store.driver import transaction
from oms_tui.store.query_work import STALE_AFTER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oms_tui.store.driver import Connection


def keep_ages(cache: Connection, ages: Mapping[str, int]) -> None:
    """Note the age of each source in milliseconds; written only where it is another."""
    known = dict(
        cache.execute(
            "SELECT key, value FROM meta WHERE key >= ? AND key < ?", (STALE_AFTER, STALE_AFTER + "\U0010ffff")
        )
    )
    wanted = {STALE_AFTER + source: str(age) for source, age in ages.items()}
    if wanted == known:
        return
    with transaction(cache):
        cache.executemany("DELETE FROM meta WHERE key = ?", [(key,) for key in known.keys() - wanted.keys()])
        cache.executemany("INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)", list(wanted.items()))
