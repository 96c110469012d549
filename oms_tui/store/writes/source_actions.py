"""What each source can be told to do, as its connector declared it when the worker opened it.

The desk knows no connectors; by this it greys out what a source cannot do. Kept in the cache: every sync says it anew.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oms_tui.store.driver import Connection

_PREFIX: Final = "actions:"


def declare(cache: Connection, source: str, actions: Iterable[str]) -> None:
    """Note which actions of the catalogue ``source`` can perform; written only if it is news."""
    value = json.dumps(sorted(actions))
    if cache.execute("SELECT value FROM meta WHERE key=?", [_PREFIX + source]).fetchone() != (value,):
        cache.execute("INSERT OR REPLACE INTO meta(key, value) VALUES (?,?)", [_PREFIX + source, value])


def declared(cache: Connection, source: str) -> frozenset[str] | None:
    """The actions that ``source`` can perform; None if it was never opened."""
    row = cache.execute("SELECT value FROM meta WHERE key=?", [_PREFIX + source]).fetchone()
    return None if row is None else frozenset(json.loads(row[0]))
