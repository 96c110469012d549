"""Reading as the sync does it, whatever kind of source it is, and the state that comes of it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from connectors.base import MailSource, RecordSource, TrackingSource
from connectors.records import MailKey, MailPage, MailRecord, Ref

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness import Harness

    from connectors.base import Connector
    from connectors.records import Page, Quarantined

MOST_PAGES = 20_000


def identity(record: Any) -> str:
    """What makes a record that record: remote id, place for stock, number for a parcel, message id for a mail."""
    if isinstance(record, MailRecord):
        return record.message_id
    if hasattr(record, "on_hand"):
        return f"{record.sku}@{record.location}"
    return str(getattr(record, "remote_id", "") or f"{record.carrier}:{record.tracking_number}")


def streams(harness: Harness, connector: Connector) -> list[str]:
    """The streams to read: declared ones, "parcels" of a carrier, the folders of a mailbox."""
    if isinstance(connector, RecordSource):
        return list(connector.manifest.streams)
    if isinstance(connector, MailSource):
        return list(harness.seeded())
    return ["parcels"]


def pages(
    harness: Harness,
    connector: Connector,
    stream: str,
    cursor: dict[str, Any] | None = None,
    *,
    ahead: timedelta = timedelta(),
) -> Iterator[Page | MailPage]:
    """Pages of a stream. ``ahead`` is how far the desk's clock is before the right time."""
    if isinstance(connector, RecordSource):
        yield from connector.changed(stream, cursor, until=datetime.now(UTC) + ahead)
    elif isinstance(connector, MailSource):
        yield from connector.changed(stream, cursor)
    elif isinstance(connector, TrackingSource):
        yield connector.track(harness.parcels())


def records(page: Page | MailPage) -> list[Any]:
    """The records or messages of a page."""
    return list(page.messages if isinstance(page, MailPage) else page.records)


def told(page: Page | MailPage) -> list[Any]:
    """All that a page says: records, refs or keys of what is gone, (key, flags) of a mail that is flagged otherwise."""
    if isinstance(page, MailPage):
        return [*page.messages, *page.gone, *page.flags]
    return [*page.records, *page.deleted]


@dataclass
class Read:
    """What one run brought, and the cursor after it."""

    told: list[Any] = field(default_factory=list)
    records: list[Any] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    cursor: dict[str, Any] | None = None

    @property
    def identities(self) -> set[str]:
        """Which records came."""
        return {identity(record) for record in self.records}

    def take(self, page: Page | MailPage) -> None:
        """Add a page; its cursor goes through JSON, as the store keeps it."""
        self.told += told(page)
        self.records += records(page)
        self.quarantined += page.quarantined
        self.sizes.append(len(records(page)))
        self.cursor = stored(page.cursor)


def stored(cursor: dict[str, Any]) -> dict[str, Any]:
    """A cursor as it comes back from the store."""
    back: dict[str, Any] = json.loads(json.dumps(cursor))
    assert back == cursor, "a cursor is plain JSON"
    return back


def read(
    harness: Harness,
    connector: Connector,
    stream: str,
    cursor: dict[str, Any] | None = None,
    *,
    ahead: timedelta = timedelta(),
) -> Read:
    """A whole run; that only its last page says there is no more is seen to as well."""
    found = Read()
    more = True
    for page in pages(harness, connector, stream, cursor, ahead=ahead):
        assert more, f"{stream}: a page came after the last one"
        assert len(found.sizes) < MOST_PAGES, f"{stream}: pages without end"
        found.take(page)
        more = page.more
    assert not more, f"{stream}: the last page promised another"
    return found


@dataclass
class Store:
    """What a desk would hold after the pages it committed, by what makes a record that record."""

    held: dict[str, Any] = field(default_factory=dict)

    def commit(self, page: Page | MailPage) -> None:
        """Take in one page as the sync does: the last word counts, what is gone goes."""
        for thing in told(page):
            match thing:
                case MailRecord():
                    self.held[_place(thing.key)] = _lasting(thing)
                case MailKey():
                    self.held.pop(_place(thing), None)
                case (MailKey() as key, flags):
                    if _place(key) in self.held:
                        self.held[_place(key)] = {**self.held[_place(key)], "flags": flags, "seen": "\\Seen" in flags}
                case Ref():
                    self.held.pop(thing.remote_id, None)
                case _:
                    self.held[f"{type(thing).__name__} {identity(thing)}"] = thing


def _place(key: MailKey) -> str:
    return f"{key.folder} {key.generation} {key.uid}"


def _lasting(record: MailRecord) -> dict[str, Any]:
    return {name: getattr(record, name) for name in ("message_id", "subject", "size", "digest", "flags", "seen")}


def texts(value: Any) -> Iterator[str]:
    """Every text in a record, but for the raw copy of what the system sent."""
    if isinstance(value, str):
        yield value
    elif dataclasses.is_dataclass(value):
        for each in dataclasses.fields(value):
            if each.name != "raw":
                yield from texts(getattr(value, each.name))
    elif isinstance(value, (tuple, list)):
        for each in value:
            yield from texts(each)
    elif isinstance(value, Mapping):
        yield from texts(list(value.values()))


def moments(value: Any) -> Iterator[datetime]:
    """Every point in time in a record."""
    if isinstance(value, datetime):
        yield value
    elif dataclasses.is_dataclass(value):
        for each in dataclasses.fields(value):
            yield from moments(getattr(value, each.name))
    elif isinstance(value, (tuple, list)):
        for each in value:
            yield from moments(each)
