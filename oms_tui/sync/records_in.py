"""A connector's page as rows of the store. A record that is not what it should be is set aside; the rest goes on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from connectors import records as given
from oms_tui.domain.safe_text import safe_line
from oms_tui.store.incoming import Batch, Unreadable
from oms_tui.sync import records_in_goods, records_in_joined, records_in_orders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_LONGEST_RAW: Final = 4000

_JOINED: Final[dict[type, Callable[[Any, list[tuple[str, str]]], Any]]] = {
    given.ShipmentRecord: records_in_joined.shipment,
    given.PaymentRecord: records_in_joined.payment,
    given.RefundRecord: records_in_joined.refund,
    given.DisputeRecord: records_in_joined.dispute,
    given.InvoiceRecord: records_in_joined.invoice,
    given.PurchaseOrderRecord: records_in_joined.purchase_order,
    given.NoteRecord: records_in_joined.note,
}


def incoming(records: Iterable[given.Record]) -> Batch:
    """Every record of a page, converted."""
    batch = Batch()
    for record in records:
        try:
            _take(batch, record)
        except Exception as error:  # noqa: BLE001 - one record of somebody's connector must not stop the others
            batch.unreadable.append(_unreadable(record, error))
    return batch


def _take(batch: Batch, record: given.Record) -> None:
    if isinstance(record, given.OrderRecord):
        order = records_in_orders.order(record, batch.unmapped)
        batch.orders.append(order)
        batch.names.update((order.remote_id, order.values[0]))
    elif isinstance(record, given.StockRecord):
        row = records_in_goods.stock(record)
        batch.stock.append(row)
        batch.names.add(row[0])
    elif isinstance(record, given.TrackingRecord):
        tracker = records_in_goods.tracker(record, batch.unmapped)
        batch.trackers.append(tracker)
        batch.names.add(tracker.tracking_number)
    elif isinstance(record, given.CustomerRecord):
        customer = records_in_orders.customer(record, whole=True)
        batch.customers.append(customer)
        batch.names.add(customer.remote_id)
    else:
        joined = _JOINED[type(record)](record, batch.unmapped)
        batch.joined.append(joined)
        batch.names.add(joined.remote_id)


def _unreadable(record: object, error: Exception) -> Unreadable:
    kind = type(record).__name__.removesuffix("Record").lower() or "record"
    name = getattr(record, "number", "") or getattr(record, "remote_id", "") or getattr(record, "sku", "")
    why = (
        str(error)
        if isinstance(error, ValueError)
        else f"a field is not what it should be ({type(error).__name__}: {error})"
    )
    return Unreadable(ref=f"{kind} {safe_line(str(name), 120)}", reason=safe_line(why), raw=_raw(record))


def _raw(record: object) -> str:
    """What was read, as far as it can be written down."""
    raw = getattr(record, "raw", None)
    try:
        text = repr(record) if raw is None else json.dumps(raw, ensure_ascii=False, default=str, skipkeys=True)
    except (TypeError, ValueError, RecursionError):  # a loop, or a value that cannot be written
        text = f"a {type(record).__name__} that cannot be written down"
    return text[:_LONGEST_RAW]
