"""The files that the shop's systems export: written row by row, each with what has happened up to now and no more."""

from __future__ import annotations

import csv
import json
import re
from contextlib import ExitStack
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, Self

from oms_tui.demo.life import DAY, HOUR, MINUTE
from oms_tui.demo.products import PRODUCTS
from oms_tui.demo.shop import SHORT
from oms_tui.demo.workdays import ZONE, at_time, workday_after
from oms_tui.domain.tracking_numbers import tracking_url

if TYPE_CHECKING:
    from collections import Counter
    from pathlib import Path
    from types import TracebackType

    from oms_tui.demo.life import Order, Parcel

_HEADERS: Final = {
    "shop/orders.csv": "Order number,Order ID,Order date,State,Payment status,Fulfillment status,Return status,"
    "Currency,Total,Shipping cost,Discount,Email,Phone,Customer ID,Customer,Company,Customer group,"
    "Ship name,Ship company,Ship street,Ship postcode,Ship city,Ship region,Ship country,Promised date,Tags,"
    "Packing instructions,Note,Channel,URL,References,Quote number,Last modified",
    "shop/order_lines.csv": "Order ID,Line ID,SKU,Product name,EAN,Quantity,Unit price,Tax,Shipped quantity",
    "shop/customers.csv": "Customer ID,Name,Company,Email,Phone,Tags,Customer since,Accepts marketing",
    "shop/notes.csv": "Order ID,Note,Author,Written at",
    "depot/stock.csv": "SKU;Bezeichnung;EAN;Lager;Bestand;Reserviert;Zulauf;Zulauf am;Lagerplatz;Geändert am",
    "depot/shipments.csv": "Delivery note,Order number,Courier,Tracking number,Status,Service,Tracking link,"
    "Warehouse,Shipped,Delivered,Weight g,Contents,Ship name,Ship street,Ship postcode,Ship city,Ship country,"
    "Last modified",
    "parcels/tracking.csv": "Carrier,Tracking number,Event time,Status,Event description,City,Delay reason,"
    "Estimated delivery",
    "books/payments.csv": "Transaction ID,Order number,Status,Amount,Amount captured,Currency,Payment method,Paid at,"
    "Created at,Failure message,Customer email",
    "books/refunds.csv": "Refund ID,Order number,Payment ID,Status,Amount,Currency,Reason,Created at",
    "books/disputes.csv": "Dispute ID,Order number,Payment ID,Status,Amount,Currency,Reason,Due,Created at",
    "books/invoices.csv": "Invoice number,Order number,Status,Total,Amount paid,Currency,Invoice date,Due date,"
    "Customer email",
}
_NO_DECIMALS: Final = frozenset({"JPY"})
_LOCATIONS: Final = ("Berlin", "Hamburg", "Poznań")
_SERVICES: Final = {
    "dhl": "Paket",
    "ups": "Standard",
    "dpd": "Classic",
    "gls": "BusinessParcel",
    "dhl_express": "Express Worldwide",
}
_TAX: Final = 0.19 / 1.19


def _label(order: Order) -> tuple[str, ...]:
    """What the depot printed on the parcel; whoever keyed in ``label_differs`` swapped two figures of the house."""
    where = order.address
    street = where.street
    if order.trouble == "label_differs":
        street = re.sub(
            r"\d+", lambda house: house[0][::-1] if len(set(house[0])) > 1 else f"{house[0]}1", street, count=1
        )
    return order.customer.latin, street, where.postcode, where.city, where.country


class Tables:
    """The files of one shop, open for writing. A context manager; they are whole when it ends."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self._folder, self._now = folder, now
        self._stack = ExitStack()
        self._write: dict[str, Any] = {}

    def __enter__(self) -> Self:
        for name, header in _HEADERS.items():
            path = self._folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            file = self._stack.enter_context(path.open("w", encoding="utf-8", newline=""))
            delimiter = ";" if ";" in header else ","
            self._write[name] = csv.writer(file, delimiter=delimiter, lineterminator="\n").writerow
            self._write[name](header.split(delimiter))
        purchases = self._stack.enter_context(
            (self._folder / "depot/purchase_orders.jsonl").open("w", encoding="utf-8")
        )
        self._write["purchases"] = lambda row: purchases.write(json.dumps(row, ensure_ascii=False) + "\n")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def order(self, order: Order) -> None:
        """Every row of an order."""
        self._head(order)
        for at, author, text in order.notes:
            if self._past(at):
                self._write["shop/notes.csv"]((order.remote_id, text, author, _time(at)))
        self._customer(order)
        for parcel in order.parcels:
            self._parcel(order, parcel)
        self._money(order)
        self._invoice(order)
        self._purchase(order)

    def _past(self, at: datetime | None) -> bool:
        return at is not None and at <= self._now

    def _head(self, order: Order) -> None:
        past, customer, address = self._past, order.customer, order.address
        gone = {line.product.sku: 0 for line in order.lines}
        for parcel in order.parcels:
            if past(parcel.shipped_at):
                for line in parcel.lines:
                    gone[line.product.sku] += line.quantity
        shipped, ordered = sum(gone.values()), sum(line.quantity for line in order.lines)
        closed = order.closed_at()
        state = "cancelled" if past(order.cancelled_at) else "closed" if past(closed) else "open"
        fulfillment = "unfulfilled"
        if order.held:
            fulfillment = "on_hold"
        elif shipped:
            fulfillment = "fulfilled" if shipped >= ordered else "partially_fulfilled"
        elif past(order.released_at):
            fulfillment = "in_progress"
        returned = order.return_status if order.return_status and past(order.delivered_at) else ""
        number, money = order.number, _money(order.currency)
        self._write["shop/orders.csv"](
            (
                number,
                order.remote_id,
                _time(order.placed_at),
                state,
                self._payment_status(order),
                fulfillment,
                returned,
                order.currency,
                money(order.total),
                money(order.shipping),
                money(order.discount),
                customer.email,
                customer.phone,
                order.customer_id,
                customer.name,
                customer.company,
                _group(order),
                customer.name,
                customer.company,
                address.street,
                address.postcode,
                address.city,
                address.region,
                address.country,
                _day(order.promised_at),
                ", ".join(order.tags),
                order.instructions,
                order.note,
                "phone" if order.index % 23 == 0 else "web",
                f"https://bright-shop.example/admin/orders/{order.remote_id}",
                self._reference(order),
                f"Q-{order.index:05}" if customer.company and order.index % 3 == 0 else "",  # companies ask first
                _time(self._moved(order)),
            )
        )
        for place, line in enumerate(order.lines, 1):
            product = line.product
            self._write["shop/order_lines.csv"](
                (
                    order.remote_id,
                    f"{order.remote_id}-{place}",
                    product.sku,
                    product.title,
                    product.gtin,
                    line.quantity,
                    money(line.price),
                    money(round(line.price * line.quantity * _TAX)),
                    min(gone[product.sku], line.quantity),
                )
            )

    def _payment_status(self, order: Order) -> str:
        past = self._past
        if past(order.refunded_at):
            return "refunded" if order.refunded >= order.total else "partially_refunded"
        if past(order.paid_at):
            return "paid"
        return "voided" if past(order.cancelled_at) else "pending"

    def _moved(self, order: Order) -> datetime:
        """When something about the order last changed in the shop."""
        times = [
            order.placed_at,
            order.paid_at,
            order.released_at,
            order.cancelled_at,
            order.refunded_at,
            order.closed_at(),
        ]
        times += [parcel.shipped_at for parcel in order.parcels]
        return max(at for at in times if at is not None and at <= self._now)

    @staticmethod
    def _reference(order: Order) -> str:
        return "" if order.on_account else _id("pay", order.remote_id)

    def _customer(self, order: Order) -> None:
        if not order.customer_id or not order.new_customer:
            return
        who = order.customer
        self._write["shop/customers.csv"](
            (
                order.customer_id,
                who.name,
                who.company,
                who.email,
                who.phone,
                _group(order),
                f"{order.placed_at - DAY * (int(order.customer_id[1:]) % 400):%Y-%m-%d}",
                "yes" if len(who.email) % 3 else "no",
            )
        )

    def _parcel(self, order: Order, parcel: Parcel) -> None:
        past = self._past
        if not past(parcel.packed_at):
            return
        delivered = parcel.delivered_at if past(parcel.delivered_at) else None
        status = "delivered" if delivered else "shipped" if past(parcel.shipped_at) else "pending"
        contents = ", ".join(f"{line.quantity}x {line.product.sku}" for line in parcel.lines)
        self._write["depot/shipments.csv"](
            (
                f"DN-{parcel.number[-9:]}",
                order.number,
                parcel.carrier,
                parcel.number,
                status,
                _SERVICES.get(parcel.carrier, ""),
                tracking_url(parcel.carrier, parcel.number),
                parcel.location,
                _time(parcel.shipped_at) if status != "pending" else "",
                _time(delivered),
                parcel.grams,
                contents,
                *_label(order),
                _time(delivered or (parcel.shipped_at if status == "shipped" else parcel.packed_at)),
            )
        )
        write = self._write["parcels/tracking.csv"]
        due = _day(parcel.due_at)
        for scan in parcel.scans:
            if scan.at <= self._now:
                write(
                    (
                        parcel.carrier,
                        parcel.number,
                        scan.at.isoformat(timespec="seconds"),
                        scan.status,
                        scan.text,
                        scan.place,
                        scan.reason,
                        due,
                    )
                )

    def _money(self, order: Order) -> None:
        past, money = self._past, _money(order.currency)
        payment = _id("pay", order.remote_id)
        declined = order.trouble == "declined"
        paid = order.paid_at if past(order.paid_at) else None
        if paid or (order.method in {"card", "paypal", "apple pay"} and not order.on_account):
            status = "settled" if paid else "declined" if declined else "pending"
            self._write["books/payments.csv"](
                (
                    payment,
                    order.number,
                    status,
                    money(order.total),
                    money(order.total) if paid else "0",
                    order.currency,
                    order.method,
                    _time(paid),
                    _time(paid if order.on_account or order.method == "bank transfer" else order.placed_at),
                    "insufficient funds" if declined else "",
                    order.customer.email,
                )
            )
        if past(order.refunded_at) and order.refunded:
            self._write["books/refunds.csv"](
                (
                    _id("re", order.remote_id),
                    order.number,
                    payment,
                    "settled",
                    money(order.refunded),
                    order.currency,
                    order.refund_reason,
                    _time(order.refunded_at),
                )
            )
        if order.disputed_at is not None and past(order.disputed_at):
            self._write["books/disputes.csv"](
                (
                    _id("dp", order.remote_id),
                    order.number,
                    payment,
                    "needs_response",
                    money(order.total),
                    order.currency,
                    "product not received",
                    _time(order.disputed_at + 10 * DAY),
                    _time(order.disputed_at),
                )
            )

    def _invoice(self, order: Order) -> None:
        if order.invoiced_at is None or not self._past(order.invoiced_at) or order.invoice_due_at is None:
            return
        money, paid = _money(order.currency), self._past(order.paid_at)
        # Somebody typed two figures the wrong way round: books and shop disagree.
        total = order.total - 9 * 10 ** (len(str(order.total)) - 2) if order.trouble == "books_differ" else order.total
        self._write["books/invoices.csv"](
            (
                f"INV-{order.number}",
                order.number,
                "paid" if paid else "open",
                money(total),
                money(total) if paid else "0",
                order.currency,
                _time(order.invoiced_at),
                _day(order.invoice_due_at),
                order.customer.email,
            )
        )

    def _purchase(self, order: Order) -> None:
        lines = [line for line in order.lines if line.product.vendor]
        if not lines or order.released_at is None or not self._past(order.released_at + HOUR):
            return
        self._write["purchases"](
            {
                "po_number": f"PO-{order.number}",
                "vendor": lines[0].product.vendor,
                "sales_order": order.number,
                "status": order.purchase_status or "accepted",
                "drop_ship": True,
                "ordered_at": _time(order.released_at + 10 * MINUTE),
                "expected_at": f"{order.purchase_expected_at:%Y-%m-%d}" if order.purchase_expected_at else None,
                "reason": "out of production" if order.purchase_status == "rejected" else "",
                "lines": [{"sku": line.product.sku, "quantity": line.quantity} for line in lines],
            }
        )

    def stock(self, demand: Counter[str]) -> None:
        """What lies where: enough for what is ordered, but of what ran out; more of that is on its way."""
        today = self._now.astimezone(ZONE)
        for number, product in enumerate(each for each in PRODUCTS if not each.vendor):
            wanted = demand[product.sku]
            short = product.sku in SHORT
            free = 3 + number * 7 % 19 + product.weight
            shares = (0, 0, 0) if short else (wanted + free, free // 2, free // 3)
            if short and number % 3 == 0:
                shares = (1, 0, 0)  # for the first who ordered it
            coming = (max(20, wanted + 6), workday_after(today, 2 + number % 5)) if short else (0, None)
            if not short and number % 9 == 0:
                coming = (24, workday_after(today, 4 + number % 6))
            for place, location in enumerate(_LOCATIONS):
                on_hand = shares[place]
                first = place == 0
                self._write["depot/stock.csv"](
                    (
                        product.sku,
                        product.title,
                        product.gtin,
                        location,
                        on_hand,
                        min(on_hand, wanted) if first else 0,
                        coming[0] if first else 0,
                        f"{coming[1]:%d.%m.%Y}" if first and coming[1] else "",
                        product.bin if first else "",
                        f"{at_time(today, 0):%d.%m.%Y %H:%M}",
                    )
                )


def _group(order: Order) -> str:
    """The shop's mark on a customer: those with a contract are key accounts."""
    return "contract" if order.customer_id.startswith("K") else "trade" if order.customer.company else ""


def _time(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(UTC).isoformat(timespec="seconds")


def _day(at: datetime | None) -> str:
    return "" if at is None else at.isoformat()[:10]


def _money(currency: str) -> Any:
    """How amounts of a currency are written."""
    return str if currency in _NO_DECIMALS else lambda minor: f"{minor // 100}.{minor % 100:02d}"


def _id(prefix: str, remote_id: str) -> str:
    return f"{prefix}_{blake2b(remote_id.encode(), digest_size=7).hexdigest()}"
