"""Figures that a reply quotes: read again from their source when they are old, and compared with what the text said."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from connectors.base import TrackingRef
from connectors.errors import ConnectorError, NotFound, Temporary
from connectors.records import Page, Ref
from oms_tui.config_errors import ConfigError
from oms_tui.domain.safe_text import safe_line
from oms_tui.secrets import SecretError
from oms_tui.store import sync_state
from oms_tui.sync.guard import STALE, Stop
from oms_tui.sync.outbox_rows import listed
from oms_tui.sync.source_reader import TRACKING, stream_by_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from threading import Lock

    from connectors.base import RecordSource
    from oms_tui.store.desk_rows import Values
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import OrderView
    from oms_tui.sync.sources_open import OpenSource, SourceBox

Quote = dict[str, Any]

_GROUPS: Final = {"tracking": "the parcel", "stock": "the stock of", "invoices": "the invoice", "orders": "the order"}
_KINDS: Final = {"invoices": "invoice", "orders": "order"}
"""What can be read again by its id; of the rest the source is asked what changed."""

_STREAMS: Final = {"tracking": ("tracking", "shipments", "drop_shipments"), "stock": ("stock",)}
_BUSY_SECONDS: Final = 20.0
_DAY: Final = "%Y-%m-%d"
_LOG = logging.getLogger(__name__)


class QuoteCheck:
    """Looks after the figures of one thread's replies. ``writing`` is held while the cache is written."""

    def __init__(self, session: Session, boxes: Mapping[str, SourceBox], writing: Lock) -> None:
        self._session = session
        self._boxes = boxes
        self._writing = writing

    def stops(self, item: Values, now: int) -> list[Stop]:
        """What no longer is as the reply says, or cannot be looked up though it is old."""
        old = [quote for quote in listed(item["quotes"]) if isinstance(quote, dict) and self._is_old(quote, now)]
        if not old:
            return []
        found = []
        postcode = self._postcode(item)
        for quote in old:
            what = f"{_GROUPS.get(str(quote.get('group')), 'the figure')} {safe_line(str(quote.get('ref', '')), 80)}"
            try:
                self._refresh(quote, postcode)
            except (ConnectorError, ConfigError, SecretError) as error:
                told = f"{what}: what the reply says is {_age(quote, now)} old and cannot be read again: {error}"
                found.append(Stop(STALE, safe_line(told), message=str(quote.get("ref", ""))))
        if found:
            return found
        view = self._order(item, now)
        return [stop for quote in old if (stop := _changed(quote, view)) is not None]

    def read_again(self, source: str, kind: str, remote_id: str) -> None:
        """Re-read one record, as something was just done to it; a failure only means that it is seen later."""
        try:
            self._fetch(self._box(source), [Ref(kind, remote_id)])
        except (ConnectorError, ConfigError, SecretError) as error:
            _LOG.info("%s %s of %s is read again later: %s", kind, remote_id, source, error)

    def _is_old(self, quote: Quote, now: int) -> bool:
        limit = self._session.policy.stale.get(str(quote.get("group")))
        read_at = quote.get("read_at")
        return limit is not None and (read_at is None or now - int(read_at) > limit.total_seconds() * 1000)

    # ---- reading again

    def _refresh(self, quote: Quote, postcode: str) -> None:
        group, name = str(quote.get("group")), str(quote.get("source"))
        box = self._box(name)
        source = box.get()
        if group == "tracking" and source.tracking is not None:
            ref = TrackingRef(str(quote.get("carrier", "")), str(quote.get("ref")), postcode=postcode)
            with _held(box):
                page = source.tracking.track([ref])
            self._take(name, TRACKING, page)
            if page.quarantined and not page.records:
                raise NotFound(page.quarantined[0].reason)
        elif group in _KINDS:
            self._fetch(box, [Ref(_KINDS[group], str(quote.get("source_id")))])
        else:
            self._streams(box, source, _STREAMS.get(group, ()))

    def _fetch(self, box: SourceBox, refs: list[Ref]) -> None:
        source = box.get()
        records = self._records(source)
        with _held(box):
            page = records.fetch(refs)
        self._take(box.name, stream_by_id(source), page)
        if any(ref in page.deleted for ref in refs):
            raise NotFound(f"{box.name} no longer has it")

    def _streams(self, box: SourceBox, source: OpenSource, streams: tuple[str, ...]) -> None:
        """What changed in them is read: then what did not change is as true as what did."""
        records = self._records(source)
        cache = self._session.store.cache
        with _held(box):
            for stream in (name for name in streams if name in source.manifest.streams):
                cursor = sync_state.cursor(cache, box.name, stream)
                until = datetime.fromtimestamp(self._session.now() / 1000, UTC)
                for page in records.changed(stream, cursor, until=until):
                    self._take(box.name, stream, page, keep_cursor=True)

    def _take(self, source: str, stream: str, page: Page, *, keep_cursor: bool = False) -> None:
        from oms_tui.sync.ingest import ingest_page

        kept = page if keep_cursor else replace(page, cursor={})
        with self._writing:
            ingest_page(self._session.store, source, stream, kept, now=self._session.now())

    def _box(self, name: str) -> SourceBox:
        if name not in self._boxes:
            raise NotFound(f"the source {safe_line(name, 60)!r} is not in the config, or switched off there")
        return self._boxes[name]

    def _records(self, source: OpenSource) -> RecordSource:
        if source.records is None:
            raise NotFound(f"{source.name} cannot be asked about it")
        return source.records

    # ---- comparing

    def _postcode(self, item: Values) -> str:
        row = self._session.store.cache.execute(
            "SELECT ship_postcode FROM orders WHERE source=? AND remote_id=?", (item["source"], item["remote_id"])
        ).fetchone()
        return str(row[0]) if row else ""

    def _order(self, item: Values, now: int) -> OrderView | None:
        from oms_tui.store.derive.run import derive_orders
        from oms_tui.store.reads.order import read_order

        store, policy = self._session.store, self._session.policy
        row = store.cache.execute(
            "SELECT id FROM orders WHERE source=? AND remote_id=?", (item["source"], item["remote_id"])
        ).fetchone()
        if row is None:
            return None
        with self._writing:
            derive_orders(store, policy, [row[0]], now)  # its row is what the order says of itself
        return read_order(store, policy, row[0], now=now)


class _held:  # noqa: N801 - reads as the statement it is
    """A source is used by this thread now; one that reads for long (its first time) is as good as out of reach."""

    def __init__(self, box: SourceBox) -> None:
        self._box = box

    def __enter__(self) -> None:
        if not self._box.working.acquire(timeout=_BUSY_SECONDS):
            raise Temporary(f"{self._box.name} is being read just now")

    def __exit__(self, *_: object) -> None:
        self._box.working.release()


def current(quote: Quote, view: OrderView) -> dict[str, Any] | None:
    """What the quoted thing says now, under the names of ``quote["said"]``; None: it is no longer there."""
    group, ref = quote.get("group"), str(quote.get("ref"))
    if group == "tracking":
        parcel = next((each for each in view.shipments if each.tracking_number == ref), None)
        return None if parcel is None else _of(quote, parcel)
    if group == "invoices":
        invoice = next((each for each in view.invoices if each.number == ref), None)
        return None if invoice is None else _of(quote, invoice)
    if group == "stock":
        levels = [level for line in view.lines if line.sku == ref for level in line.stock]
        levels = list({(level.source, level.location): level for level in levels}.values())
        if not levels:
            return None
        expected = min((level.expected_at for level in levels if level.expected_at), default=None)
        return {"available": sum(level.available for level in levels), "expected_at": expected}
    return _of(quote, view.item)


def _of(quote: Quote, thing: object) -> dict[str, Any]:
    return {name: getattr(thing, name, None) for name in quote.get("said") or {}}


def _changed(quote: Quote, view: OrderView | None) -> Stop | None:
    group, ref = str(quote.get("group")), safe_line(str(quote.get("ref", "")), 80)
    what = f"{_GROUPS.get(group, 'the figure')} {ref}"
    now = current(quote, view) if view is not None else None
    if now is None:
        return Stop(STALE, f"{what}: the reply speaks of it, and it is no longer there", message=ref)
    said = quote.get("said") or {}
    moved = [name for name in said if name in now and said[name] != now[name]]
    if not moved:
        return None
    told = "; ".join(
        f"{name.removesuffix('_at').replace('_', ' ')} was {_shown(name, said[name])}, is {_shown(name, now[name])}"
        for name in moved
    )
    return Stop(STALE, safe_line(f"{what} has changed: {told}"), message=ref)


def _shown(name: str, value: object) -> str:
    if value in (None, ""):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name.endswith("_at") and isinstance(value, int):
        with suppress(ValueError, OverflowError, OSError):
            return datetime.fromtimestamp(value / 1000, UTC).strftime(_DAY)
    return str(value).replace("_", " ")


def _age(quote: Quote, now: int) -> str:
    read_at = quote.get("read_at")
    if read_at is None:
        return "of unknown age, perhaps"
    hours, minutes = divmod(max(0, now - int(read_at)) // 60_000, 60)
    return f"{hours} h" if hours else f"{minutes} min"
