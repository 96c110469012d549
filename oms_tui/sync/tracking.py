"""Which parcels a carrier is asked about: those on open orders whose journey has not ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connectors.base import TrackingRef
from oms_tui.domain.vocabulary import TRACKING_TERMINAL
from oms_tui.store.rows import marks

if TYPE_CHECKING:
    from collections.abc import Collection

    from oms_tui.store.driver import Connection

BATCH: Final = 50
MOST_A_ROUND: Final = 2000


def open_parcels(
    cache: Connection, source: str, carriers: Collection[str] | None, *, before: int, limit: int = MOST_A_ROUND
) -> list[TrackingRef]:
    """Parcels ``source`` should be asked about, those first that nobody asked about yet.

    Left out: what another source tracks already (asking twice costs twice), and what was asked after ``before``
    (milliseconds).

    Args:
        cache: where the parcels are.
        source: the tracking source.
        carriers: those it can answer for; None: any.
        before: parcels read later than this are fresh enough.
        limit: at most so many.
    """
    wanted, arguments = "", []
    if carriers is not None:
        wanted = f"AND s.carrier IN ({marks(len(carriers))})"
        arguments = sorted(carriers)
    ended = sorted(TRACKING_TERMINAL)
    rows = cache.execute(
        "SELECT s.carrier, s.tracking_number, coalesce(t.remote_id,''), o.ship_postcode FROM queue_row q "
        "JOIN shipments s ON s.order_id=q.order_id JOIN orders o ON o.id=q.order_id "
        "LEFT JOIN trackers t ON t.id=s.tracker_id "
        f"WHERE q.is_open=1 AND s.tracking_number<>'' AND s.state NOT IN ('cancelled','delivered') {wanted} "
        f"AND (t.id IS NULL OR (t.source=? AND t.synced_at<? AND t.status NOT IN ({marks(len(ended))}))) "
        "ORDER BY coalesce(t.synced_at,0), s.id LIMIT ?",
        [*arguments, source, before, *ended, limit],
    ).fetchall()
    seen: dict[tuple[str, str], TrackingRef] = {}
    for carrier, number, remote_id, postcode in rows:  # one parcel may carry several orders
        seen.setdefault((carrier, number), TrackingRef(carrier, number, remote_id, postcode))
    return list(seen.values())
