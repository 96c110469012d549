"""Stock and what carriers say of parcels, as rows of the store."""

from __future__ import annotations

from dataclasses import astuple
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain.tracking_numbers import compact
from oms_tui.domain.vocabulary import DelayReason, TrackingStatus, values
from oms_tui.store.incoming import IncomingScan, IncomingTracker
from oms_tui.sync.records_in_joined import carrier_key, order_name
from oms_tui.sync.records_in_text import digest, identifier, integer, line, lines, maybe, milliseconds, web_address

if TYPE_CHECKING:
    from connectors.records import StockRecord, TrackingEventRecord, TrackingRecord

_STATUSES: Final = frozenset(values(TrackingStatus))
_REASONS: Final = frozenset(values(DelayReason))
_MINUTE: Final = timedelta(minutes=1)
_MOST_SCANS: Final = 2000  # a parcel has dozens; a carrier that sends more is broken, and its newest count


def stock(record: StockRecord) -> tuple[Any, ...]:
    """A product at one location, in the order of STOCK_VALUES.

    Raises:
        ValueError, TypeError, AttributeError: a field is not what it should be; so in all functions here.
    """
    return (
        identifier(record.sku, "the product's sku"),
        line(record.location),
        integer(record.on_hand, "on hand"),
        integer(record.committed, "committed"),
        integer(record.incoming, "incoming"),
        maybe(record.expected_at),
        line(record.title),
        line(record.gtin),
        line(record.bin),
        maybe(record.updated_at),
    )


def tracker(record: TrackingRecord, unmapped: list[tuple[str, str]]) -> IncomingTracker:
    """A parcel as its carrier knows it. A status that is none of ours is ``unknown``: never a silent "in transit"."""
    number = compact(line(record.tracking_number))
    if not number:
        raise ValueError("its tracking number is empty")
    unmapped.extend(("tracking code", line(code)) for code in record.unmapped)
    scans = sorted(record.events, key=lambda event: event.occurred_at)[-_MOST_SCANS:]
    content = (
        carrier_key(record.carrier, number),
        number,
        line(record.remote_id),
        _status(record.status, unmapped),
        bool(record.delayed),
        _reason(record.reason, unmapped),
        line(record.raw_code),
        line(record.raw_text),
        maybe(record.estimated_delivery_at),
        web_address(record.tracking_url),
        maybe(record.updated_at),
    )
    told = [_scan(event, unmapped) for event in scans]
    order = order_name(record.order) if record.order is not None else None
    return IncomingTracker(
        *content,
        scans=tuple([IncomingScan(*scan) for scan in told]),
        order=order,
        digest=digest((content, told, astuple(order) if order else None)),
    )


def _scan(event: TrackingEventRecord, unmapped: list[tuple[str, str]]) -> tuple[int, str, str, str, int, str, str]:
    """In the order of IncomingScan's fields."""
    offset = event.occurred_at.utcoffset()
    raw_code, text, location = lines(event.raw_code, event.text, event.location)
    return (
        milliseconds(event.occurred_at),
        _status(event.status, unmapped),
        raw_code,
        text,
        offset // _MINUTE if offset else 0,
        location,
        _reason(event.reason, unmapped),
    )


def _status(word: str, unmapped: list[tuple[str, str]]) -> str:
    if word in _STATUSES:
        return word
    unmapped.append(("tracking status", line(word)))
    return str(TrackingStatus.UNKNOWN)


def _reason(word: str, unmapped: list[tuple[str, str]]) -> str:
    if not word or word in _REASONS:
        return word
    unmapped.append(("delay reason", line(word)))
    return ""
