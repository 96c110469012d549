"""Which parcels have reached a step that their customer is to be told of by itself (config: [notices])."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from oms_tui.actions.base import Refused
from oms_tui.actions.notices import NoticeWanted, is_made, queue_notice
from oms_tui.store import desk_rows
from oms_tui.store.driver import transaction

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from oms_tui.config_model import Notice
    from oms_tui.store.session import Session

_LOG = logging.getLogger(__name__)
_LOOK_BACK_MS: Final = 3 * 86_400_000
"""A step that a source tells of later than this is no news any more: nobody is written to about it."""

_MOST: Final = 200  # notices a tick: a shop's whole morning, in bites

_SHIPPED: Final = (
    "SELECT s.source, s.remote_id, s.order_id FROM shipments s WHERE s.order_id IS NOT NULL "
    "AND s.tracking_number <> '' AND s.state IN ('shipped', 'delivered') AND s.shipped_at >= ? ORDER BY s.shipped_at"
)
_SCANNED: Final = (
    "SELECT s.source, s.remote_id, s.order_id FROM trackers t JOIN tracking_events e ON e.tracker_id = t.id "
    "JOIN shipments s ON s.tracking_number = t.tracking_number AND s.tracker_id = t.id "
    "WHERE t.last_event_at >= ?1 AND e.occurred_at >= ?1 AND e.status = ?2 AND s.order_id IS NOT NULL "
    "ORDER BY e.occurred_at"
)


class Notices:
    """Looks for steps and hands notices to the outbox. Knows what it has seen, so that a look costs little."""

    def __init__(self, session: Session, notices: Mapping[str, Notice]) -> None:
        self._session = session
        self._notices = notices
        self._seen: set[str] = set()

    def tick(self) -> int:
        """Queue what is new; how many notices were made."""
        made = 0
        for notice in self._notices.values():
            for wanted in self._wanted(notice):
                try:
                    made += bool(queue_notice(self._session, wanted))
                except Refused as error:  # its order is not derived yet, or went: the next look tells
                    _LOG.info("%s: %s", wanted.key, error)
                    continue
                self._seen.add(wanted.key)
                if made >= _MOST:
                    return made
        return made

    def _wanted(self, notice: Notice) -> Iterator[NoticeWanted]:
        now = self._session.now()
        since = max(self._in_force_since(notice.name, now), now - _LOOK_BACK_MS)
        cache = self._session.store.cache
        if notice.name == "shipped":
            found = cache.execute(_SHIPPED, (since,)).fetchall()
        else:
            found = cache.execute(_SCANNED, (since, notice.name)).fetchall()
        for source, parcel, order_id in found:
            key = f"notice:{notice.name}:{source}:{parcel}"
            if key in self._seen:
                continue
            if is_made(self._session, key) or not self._is_for(notice, order_id):
                self._seen.add(key)
                continue
            yield NoticeWanted(key, notice.name, order_id, parcel, notice.macro, notice.account)

    def _in_force_since(self, name: str, now: int) -> int:
        """Since when the config has had this notice: parcels of before are nobody's news."""
        desk, key = self._session.store.desk, f"notice:{name}"
        row = desk_rows.get(desk, "desk_meta", key)
        if row is None:
            with transaction(desk):
                row = desk_rows.put(desk, "desk_meta", {"key": key, "value": str(now)})
        return int(row["value"])

    def _is_for(self, notice: Notice, order_id: int) -> bool:
        if not notice.when.strip():
            return True
        from oms_tui.domain.query import QueryError, parse
        from oms_tui.store.query_words import CATALOGUE
        from oms_tui.store.reads.queue import matches

        policy = self._session.policy
        try:
            tree = parse(notice.when, CATALOGUE)
        except QueryError:
            return False  # `doctor` says what is wrong with it
        return matches(self._session.store, order_id, tree, now=self._session.now(), zone=policy.zone)
