"""Which of the order's figures a reply quotes, from which source, what they said, and how old they were.

The worker reads stale ones again before the reply leaves, and stops it if they no longer say the same. An entry of the
outbox's ``quotes``::

    {"group": "tracking", "source": "parcels", "source_id": "trk_1", "ref": "00340…", "carrier": "dhl",
     "said": {"status": "in_transit", "reason": "", …}, "read_at": 1795600000000}

``group`` is one of the keys of the policy's ``stale``: orders, stock, tracking, invoices. ``ref`` is what people call
the thing: the order's or invoice's number, the tracking number, the SKU. ``read_at`` is in milliseconds, None where
nobody knows.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain.vocabulary import DelayReason, TrackingStatus, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from oms_tui.domain.policy import DeskPolicy
    from oms_tui.store.shapes import InvoiceView, LineView, OrderView, ShipmentView

_BY_NAME: Final = {
    "parcel": "tracking",
    "parcels": "tracking",
    "delay": "tracking",
    "stock": "stock",
    "invoice": "invoices",
    "invoices": "invoices",
    "payment": "invoices",
    "refundable": "invoices",
}
"""The figures that each name of the macro record stands for."""

_STOCK_NAMES: Final = re.compile(r"\.(?:short|available|expected_at)\b")
_STOCK_WORDS: Final = re.compile(
    r"\b(?:in stock|out of stock|sold out|back in|restock\w*|available|lieferbar|vorrätig)\b"
)
_PARCEL_WORDS: Final = re.compile(r"\b(?:parcel|package|shipment|delivery|tracking|courier|carrier|paket|sendung)\b")
_INVOICE_WORDS: Final = re.compile(r"\b(?:invoice|overdue|refund\w*|paid|payment|rechnung|bezahlt)\b")
_ORDER_WORDS: Final = re.compile(r"\b(?:shipped|dispatched|cancelled|canceled|on hold|storniert|versandt|verschickt)\b")
_SAYS_LITTLE: Final = frozenset({"unknown", "expired"})
_SHORTEST_NUMBER: Final = 5  # a number of fewer characters stands in a text by chance


@dataclass(frozen=True, slots=True)
class Quote:
    """One figure that a text quotes."""

    group: str
    source: str
    source_id: str
    ref: str
    said: dict[str, Any]
    read_at: int | None
    carrier: str = ""

    def as_json(self) -> dict[str, Any]:
        """As the outbox keeps it."""
        return {name: value for name, value in asdict(self).items() if name != "carrier" or value}


def quotes_in(order: OrderView, text: str, *, macro_source: str = "") -> tuple[Quote, ...]:
    """The figures of ``order`` that ``text`` quotes.

    Args:
        order: the record it was written from.
        text: subject and body, without what is repeated of another's mail.
        macro_source: the template it began as: what that asks for is taken as quoted, however it reads now.
    """
    plain = " ".join(text.casefold().split())
    groups = _groups(plain) | _groups_of_macro(macro_source)
    return (
        *_tracking(order.shipments, plain, whole="tracking" in groups),
        *_invoices(order.invoices, plain, whole="invoices" in groups),
        *_stock(order.lines, plain, whole="stock" in groups),
        *(_order(order) if "orders" in groups else ()),
    )


def stale_quotes(quotes: Iterable[Quote], policy: DeskPolicy, now: int) -> list[Quote]:
    """Those that are older than the desk's rule for their group allows, or of unknown age. ``now`` in milliseconds."""
    found = []
    for quote in quotes:
        limit = policy.stale.get(quote.group)
        if limit is not None and (quote.read_at is None or now - quote.read_at > limit.total_seconds() * 1000):
            found.append(quote)
    return found


def _groups(plain: str) -> set[str]:
    """What the words of a text are about, where no number says it."""
    found = {
        "tracking": _PARCEL_WORDS.search(plain) is not None and _has_status(plain),
        "invoices": _INVOICE_WORDS.search(plain) is not None,
        "stock": _STOCK_WORDS.search(plain) is not None,
        "orders": _ORDER_WORDS.search(plain) is not None,
    }
    return {group for group, there in found.items() if there}


def _has_status(plain: str) -> bool:
    said = (*(status.words for status in TrackingStatus if status not in _SAYS_LITTLE), *map(str, _CARRIED))
    return any(words in plain for words in said)


_CARRIED: Final = tuple(reason.words for reason in DelayReason if reason != DelayReason.UNKNOWN)


def _groups_of_macro(source: str) -> set[str]:
    if "{" not in source:
        return set()
    from oms_tui.domain.macro_language import names_used

    found = {_BY_NAME[name] for name in names_used(source) if name in _BY_NAME}
    return found | {"stock"} if _STOCK_NAMES.search(source) else found


def _tracking(shipments: Iterable[ShipmentView], plain: str, *, whole: bool) -> Iterator[Quote]:
    for parcel in shipments:
        if not parcel.tracking_number or parcel.state == "cancelled":
            continue
        named = _names(plain, parcel.tracking_number)
        told = parcel.status not in _SAYS_LITTLE and words_of(TrackingStatus, parcel.status) in plain
        if named or (whole and told) or (whole and parcel.status not in {"delivered", "returned"}):
            yield Quote(
                "tracking",
                parcel.tracking_source or parcel.source,
                parcel.source_id,
                parcel.tracking_number,
                {
                    "status": parcel.status,
                    "reason": parcel.reason,
                    "delayed": parcel.delayed,
                    "estimated_delivery_at": parcel.estimated_delivery_at,
                },
                parcel.tracked_at if parcel.tracked_at is not None else parcel.synced_at,
                parcel.carrier,
            )


def _invoices(invoices: Iterable[InvoiceView], plain: str, *, whole: bool) -> Iterator[Quote]:
    for invoice in invoices:
        if invoice.kind == "supplier_bill":
            continue
        if whole or _names(plain, invoice.number):
            said = {"status": invoice.status, "paid": invoice.paid, "total": invoice.total}
            yield Quote("invoices", invoice.source, invoice.source_id, invoice.number, said, invoice.synced_at)


def _stock(lines: Iterable[LineView], plain: str, *, whole: bool) -> Iterator[Quote]:
    for line in lines:
        named = _names(plain, line.sku) or (line.title and line.title.casefold() in plain)
        if not line.stock or not (whole and (named or line.short)):
            continue
        levels = sorted(line.stock, key=lambda level: (level.source, level.location))
        said = {
            "available": sum(level.available for level in levels),
            "expected_at": min((level.expected_at for level in levels if level.expected_at), default=None),
        }
        yield Quote("stock", levels[0].source, line.sku, line.sku, said, min(level.synced_at for level in levels))


def _order(order: OrderView) -> Iterator[Quote]:
    item = order.item
    said = {
        "state": item.state,
        "payment_status": item.payment_status,
        "fulfillment_status": item.fulfillment_status,
    }
    yield Quote("orders", item.source, item.remote_id, item.number, said, order.synced_at)


def _names(plain: str, number: str) -> bool:
    """Whether a text names a number, however it is spaced."""
    wanted = number.casefold()
    if len(wanted) < _SHORTEST_NUMBER:
        return False
    return wanted in plain or wanted.replace(" ", "") in plain.replace(" ", "")
