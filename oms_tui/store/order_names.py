"""Orders by the names that the desk keeps of them: a cache made anew gives them other ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.store.rows import chunks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oms_tui.store.driver import Connection

_MOST: Final = 300
"""Names that one statement asks for."""


def ids_of(cache: Connection, names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The ids of the orders called so, by (source, remote id), in the order given; what the cache has not is left out.

    Args:
        cache: the cache.
        names: as often as they come, each is asked for once.
    """
    wanted = dict.fromkeys(names)
    there: dict[tuple[str, str], int] = {}
    for part in chunks(wanted, _MOST):
        values = ",".join(["(?,?)"] * len(part))
        for source, remote_id, order in cache.execute(
            f"WITH wanted(s, r) AS (VALUES {values}) SELECT s, r, o.id FROM wanted "
            "CROSS JOIN orders o ON o.source = s AND o.remote_id = r",
            [word for name in part for word in name],
        ):
            there[source, remote_id] = order
    return {name: there[name] for name in wanted if name in there}
