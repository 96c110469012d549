"""Reading one source: its streams, its mailbox, the parcels it is asked about; its open orders again, and all at night.

Pages go into the cache one transaction each, with the cursor. While the desk is being followed a page is cut into small
ones, so that the desk's own writes and the other sources never wait long.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Self

from connectors.errors import AuthExpired, CertificateRejected, ConnectorError, RateLimited, Temporary
from oms_tui.store import sync_state
from oms_tui.store.driver import DatabaseError
from oms_tui.store.rows import chunks
from oms_tui.store.writes.source_actions import declare
from oms_tui.sync import hot, tracking
from oms_tui.sync.reconcile import Met, asked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from threading import Lock

    from connectors.base import MailSource, RecordSource, TrackingSource
    from connectors.records import Page
    from oms_tui.store.session import Session
    from oms_tui.sync.sources_open import OpenSource

    Told = Callable[[str, int, int | None], None]

SMALL: Final = 200
WHOLE: Final = ""
"""The stream under which a fault of a whole source is noted: its secret, its mailbox, its hot set."""

TRACKING: Final = "tracking"
_WHOLE_SOURCE: Final = (AuthExpired, CertificateRejected, RateLimited, Temporary, DatabaseError)
_BODIES: Final = 200
_BODIES_SECONDS: Final = 2.0
_NEARLY_A_POLL_MS: Final = 850  # rounds come up to a tenth early, and what one read is due in the next


def _nobody(_source: str, _done: int, _total: int | None) -> None:
    """Nobody wants to know how far it is."""


@dataclass(slots=True)
class Round:
    """What one round brought: records read, and what failed in which stream."""

    records: int = 0
    failed: list[tuple[str, Exception]] = field(default_factory=list)

    def __iadd__(self, other: Round) -> Self:
        self.records += other.records
        self.failed += other.failed
        return self


class SourceReader:
    """One source read into the cache. Belongs to one thread, as the session's store does.

    Args:
        source: the source, open.
        session: the thread's own.
        writing: held while the cache is written: one writer at a time in this process.
        landed: told after each page, so that what changed is derived.
        told: told how far it is (source, records done, of how many).
        small: cut pages, as somebody works at the desk.
        asked: somebody wants to know now: carriers are asked about every parcel, however lately they were.
        stopping: asked between pages.
    """

    def __init__(
        self,
        source: OpenSource,
        session: Session,
        *,
        writing: Lock,
        landed: Callable[[], None] = lambda: None,
        told: Told | None = None,
        small: bool = False,
        asked: bool = False,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._source = source
        self._name = source.name
        self._session = session
        self._cache = session.store.cache
        self._writing = writing
        self._landed = landed
        self._told = told or _nobody
        self._small = small
        self._asked = asked
        self._stopping = stopping
        self.more = False
        """Whether the last round left something to be read at once."""

    def read(self) -> Round:
        """Everything that changed since the last time. Faults are handed back, never raised."""
        done, self.more = Round(), False
        if self._source.records is not None:
            done += self._streams(self._source.records)
        if self._source.mailbox is not None:
            done += self._tried(WHOLE, self._mail, self._source.mailbox)
        if self._source.tracking is not None and not reached_nothing(done):
            done += self._tried(TRACKING, self._parcels, self._source.tracking)
        return done

    def read_hot(self, before: int) -> Round:
        """Open orders that were read last before ``before`` (milliseconds) are read again."""
        records = self._source.records
        if records is None:
            return Round()
        return self._tried(WHOLE, self._hot, records, before)

    def reconcile(self) -> Round:
        """Everything is read and compared."""
        records = self._source.records
        if records is None:
            return Round()
        return self._tried(WHOLE, self._reconciled, records)

    # ---- each of them

    def _tried(self, stream: str, read: Callable[..., int], *arguments: object) -> Round:
        try:
            count = read(*arguments)
            if stream == WHOLE:
                self._is_well()
            else:
                self._succeeded(stream)
        except Exception as error:  # noqa: BLE001 - a fault in one source never stops the others
            return Round(0, [(stream, error)])
        return Round(count)

    def _streams(self, records: RecordSource) -> Round:
        done = Round()
        for stream in self._source.manifest.streams:
            if self._stopping():
                break
            done += self._tried(stream, self._stream, records, stream)
            if done.failed and isinstance(done.failed[-1][1], _WHOLE_SOURCE):
                break  # the next stream would meet the same wall
        else:
            if not done.failed:
                self._is_well()
        return done

    def _stream(self, records: RecordSource, stream: str) -> int:
        cursor = sync_state.cursor(self._cache, self._name, stream)
        done = 0
        for page in records.changed(stream, cursor, until=self._moment()):
            self._take(stream, page, small=self._small and cursor is not None)
            done += len(page.records)
            self._told(self._name, done, page.total)
            if self._stopping():
                return done
        if cursor is None:
            with self._writing:
                sync_state.reconciled(self._cache, self._name, stream, self._session.now())
        return done

    def _mail(self, mailbox: MailSource) -> int:
        from oms_tui.sync.mailbox import MailboxSync

        store, folders = self._session.store, self._source.folders
        sync = MailboxSync(store, self._session.policy, self._name, mailbox, folders=folders)
        result = sync.run(now=self._session.now(), on_progress=self._mail_progress)
        self._landed()
        until = time.monotonic() + _BODIES_SECONDS
        while sync.bodies(_BODIES, self._session.now()):
            self._landed()
            if self._stopping():
                break
            if self._small and time.monotonic() > until:  # new mail is looked for first, then it goes on
                self.more = True
                break
        return result.fetched

    def _mail_progress(self, _folder: str, done: int, total: int | None) -> None:
        self._landed()
        self._told(self._name, done, total)

    def _parcels(self, source: TrackingSource) -> int:
        poll = self._source.pace.poll.total_seconds()
        before = self._session.now() - (0 if self._asked else int(poll * _NEARLY_A_POLL_MS))
        refs = tracking.open_parcels(self._cache, self._name, source.carriers(), before=before)
        done = 0
        for batch in chunks(refs, tracking.BATCH):
            if self._stopping():
                break
            page = source.track(batch)
            self._take(TRACKING, replace(page, cursor={}))
            done += len(page.records)
            self._told(self._name, done, len(refs))
        return done

    def _hot(self, records: RecordSource, before: int) -> int:
        done = 0
        for batch in chunks(hot.hot_orders(self._cache, self._name, before=before), hot.BATCH):
            if self._stopping():
                break
            page = records.fetch(batch)
            self._take(stream_by_id(self._source), replace(page, cursor={}), small=self._small)
            done += len(page.records)
        return done

    def _reconciled(self, records: RecordSource) -> int:
        started = self._session.now()
        met = Met(self._cache, self._name)
        done = 0
        try:
            for stream in self._source.manifest.streams:
                for page in records.changed(stream, None, until=self._moment()):
                    met.add(page)
                    self._take(stream, replace(page, cursor={}), small=self._small)
                    done += len(page.records)
                    if self._stopping():
                        return done
            for page in asked(records, met.missing(started), self._stopping):
                self._take(stream_by_id(self._source), replace(page, cursor={}), small=self._small)
        finally:
            met.close()
        with self._writing:
            for stream in self._source.manifest.streams:
                sync_state.reconciled(self._cache, self._name, stream, self._session.now())
                sync_state.forget_quarantined(self._cache, self._name, stream, started)
        return done

    # ---- inside

    def _take(self, stream: str, page: Page, *, small: bool = False) -> None:
        from oms_tui.sync.ingest import ingest_page

        for part in parts(page) if small else (page,):
            with self._writing:
                ingest_page(self._session.store, self._name, stream, part, now=self._session.now())
            self._landed()

    def _succeeded(self, stream: str) -> None:
        with self._writing:
            sync_state.succeeded(self._cache, self._name, stream, self._session.now())
            declare(self._cache, self._name, self._source.manifest.actions)

    def _is_well(self) -> None:
        """What was noted of the whole source is over; it has a row only where something was."""
        if sync_state.state(self._cache, self._name, WHOLE) is not None:
            with self._writing:
                sync_state.well(self._cache, self._name, WHOLE)

    def _moment(self) -> datetime:
        return datetime.fromtimestamp(self._session.now() / 1000, UTC)


def stream_by_id(source: OpenSource) -> str:
    """The stream that records read by their id count for."""
    streams = source.manifest.streams
    return "orders" if "orders" in streams else streams[0]


def parts(page: Page, size: int = SMALL) -> Iterator[Page]:
    """A page in pieces of at most ``size`` records; the cursor comes with the last: a crash reads them again."""
    batches = list(chunks(page.records, size)) or [[]]
    for number, batch in enumerate(batches):
        if number + 1 < len(batches):
            yield replace(page, records=list(batch), deleted=[], quarantined=[], cursor={}, more=True)
        else:
            yield replace(page, records=list(batch))


def reached_nothing(done: Round) -> bool:
    """Whether what failed stands before the whole source: nobody there, no login, a limit."""
    return any(isinstance(error, _WHOLE_SOURCE) for _, error in done.failed)


def is_ours(error: Exception) -> bool:
    """Whether nobody foresaw this: it goes into the log with all it can tell."""
    return not isinstance(error, ConnectorError | DatabaseError)
