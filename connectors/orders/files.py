"""A folder that something else puts exports into: orders, stock, parcels, scans, money, as CSV, XLSX or JSON.

What a file holds is told by its name (``orders-2026-01.csv``) or by the config; what its columns mean by their headings
or by the config. Nothing is ever written there.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from connectors.base import Capability, Change, Health, Manifest
from connectors.errors import NotFound
from connectors.orders import files_spool as spool
from connectors.orders.files_folder import listing
from connectors.orders.files_index import Index
from connectors.orders.files_kinds import KINDS, STREAMS
from connectors.orders.files_reading import Reading
from connectors.orders.files_remote import RemoteFolder, remote_of
from connectors.orders.files_settings import SETTINGS, settings_of
from connectors.orders.files_table import opened
from connectors.records import Page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from connectors.base import Account
    from connectors.orders.files_settings import Settings
    from connectors.records import Ref

_FETCHED: Final = {
    "order": "orders",
    "shipment": "shipments",
    "invoice": "invoices",
    "purchase_order": "purchases",
    "tracking": "tracking",
}
"""What ``fetch`` finds again, by the kind of its reference: what the index knows the place of."""

_MOST_FETCHED: Final = 2000


class Files:
    """One watched folder."""

    manifest = Manifest(
        key="files",
        title="Folder of CSV, XLSX or JSON files",
        capabilities=frozenset(
            {
                Capability.ORDERS,
                Capability.CUSTOMERS,
                Capability.STOCK,
                Capability.SHIPMENTS,
                Capability.TRACKING,
                Capability.PAYMENTS,
                Capability.INVOICES,
                Capability.PURCHASES,
            }
        ),
        settings=SETTINGS,
        cursor_covers=frozenset(Change),
        streams=STREAMS,
        scale="silver",
        proof="exports written as Excel, Shopify and WooCommerce write them; broken and hostile ones; a million orders",
    )

    def __init__(self, account: Account) -> None:
        self._account = account
        self._index = Index(account.cache)
        self._settings_read: Settings | None = None
        self._remote: RemoteFolder | None = None

    def check(self) -> Health:
        """See what lies in the folder, and open the newest file of each kind: what it lacks is named."""
        settings = self._settings
        if self._remote is not None:
            self._remote.refresh(now=True)
        found = listing(settings.folder, settings.patterns)
        counts = {kind: sum(entry.kind == kind for entry in found.entries) for kind in KINDS}
        missing = []
        for kind in (kind for kind, count in counts.items() if count):
            entry = found.of([kind])[-1]
            try:
                opened(entry, settings, self._account.cache)
            except spool.MovedError:
                continue  # it is being written just now
            except spool.UnreadableFile as error:
                missing.append(f"{entry.name}: {error}")
            except OSError as error:
                missing.append(f"{entry.name}: it cannot be read: {error.strerror or error}")
        if found.unplaced:
            names = ", ".join(found.unplaced[:5])
            missing.append(
                f"what {names} hold{'s' if len(found.unplaced) == 1 else ''}: name it in "
                f'[sources.{settings.source}.files], as "{found.unplaced[0]}" = "orders", or "ignore"'
            )
        told = ", ".join(f"{count} of {kind}" for kind, count in counts.items() if count)
        waits = f"; {len(found.unfinished)} still being written" if found.unfinished else ""
        if not found.entries:
            missing.append(f"files: {settings.folder} holds none of a known kind ({', '.join(STREAMS)})")
        return Health(ok=True, detail=f"files: {told or 'none'}{waits}", missing=tuple(missing))

    def close(self) -> None:
        """Let go of the index."""
        self._index.close()

    def changed(self, stream: str, cursor: dict[str, Any] | None, *, until: datetime) -> Iterator[Page]:
        """Pages of what stands in new, grown and replaced files of the stream's kinds."""
        del until  # a file says nothing of later than it was written
        if stream not in STREAMS:
            raise NotFound(f"a folder of files has no stream {stream!r}; it has {', '.join(STREAMS)}")
        reading = self._reading(stream)
        if self._remote is not None:
            self._remote.refresh(now=stream == STREAMS[0])
        return reading.pages(cursor)

    def fetch(self, refs: Sequence[Ref]) -> Page:
        """Given orders (parcels, invoices, purchase orders) again, from where they lie in the files.

        None is ever said to be gone: a record that is in no file any more may well be in the system they come from.
        """
        page = Page()
        for kind, stream in _FETCHED.items():
            keys = [ref.remote_id for ref in refs[:_MOST_FETCHED] if ref.kind == kind]
            if keys:
                page.records += self._reading(stream).catch_up().fetched(stream, keys)
        return page

    def _reading(self, stream: str) -> Reading:
        wait = self._account.options.get("sleep") or time.sleep
        return Reading(stream, self._settings, self._account.cache, self._index, wait=wait)

    @property
    def _settings(self) -> Settings:
        if self._settings_read is None:
            self._settings_read = settings_of(self._account)
            self._remote = remote_of(self._account, self._settings_read.patterns)
        return self._settings_read
