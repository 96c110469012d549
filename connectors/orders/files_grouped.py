"""Records that several rows make: orders with their lines, parcels, scans, invoices, purchase orders."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from connectors.carriers.status_map import meaning, reason_in, systems
from connectors.orders.files_kinds import fold
from connectors.orders.files_records import (
    RowError,
    bare,
    carrier_key,
    compact,
    identities,
    tags,
)
from connectors.orders.files_words import WORDS
from connectors.records import (
    Address,
    CameFrom,
    CustomerRecord,
    InvoiceRecord,
    LineRecord,
    OrderRecord,
    OrderRef,
    PurchaseOrderRecord,
    ShipmentRecord,
    TrackingEventRecord,
    TrackingRecord,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from connectors.orders.files_records import Reader
    from connectors.records import Record

_LINE_FIELDS: Final = frozenset(
    "line_id sku title gtin quantity unit_price tax fulfilled".split()  # noqa: SIM905 - reads as the list it is
)


@dataclass(slots=True)
class Group:
    """Rows of one record that follow each other in a file, with their lines, and who reads that file's values."""

    rows: list[dict[str, Any]]
    lines: list[int]
    reader: Reader
    file: str
    start: int = 0
    finish: int = 0


def where(groups: Sequence[Group], error: RowError) -> str:
    """File and line of the row at fault; of what several rows say together, the first one's."""
    for group in groups:
        for row, line in zip(group.rows, group.lines, strict=True):
            if row is error.row:
                return f"{group.file}:{line}"
    return f"{groups[-1].file}:{groups[-1].lines[0]}"


def record_of(kind: str, groups: Sequence[Group], lines: Sequence[Group] = ()) -> Record:
    """The record that some groups make, the oldest first; ``lines`` are groups of an order from a file of lines.

    Raises:
        RowError: something in them cannot be read.
    """
    return _KINDS[kind](groups, lines)


def continues(row: dict[str, Any], before: dict[str, Any]) -> bool:
    """Whether a row of orders is a further line of the order whose first row is ``before``.

    It has nothing but a line, or (Shopify) the number alone of all that names the order.
    """
    if "remote_id" in row or not ("sku" in row or "title" in row):
        return False
    return row.keys() <= _LINE_FIELDS or ("placed_at" not in row and row.get("number") == before.get("number"))


def _head(groups: Sequence[Group]) -> dict[str, Any]:
    """What the rows say of the whole: the first row with a value counts, and a later group before an earlier one."""
    head: dict[str, Any] = {}
    for group in reversed(groups):
        for row in group.rows:
            for own, value in row.items():
                head.setdefault(own, value)
    return head


def _rows_of(groups: Sequence[Group]) -> list[tuple[dict[str, Any], Reader]]:
    """The rows with a line. A group that repeats an earlier line was exported again: it replaces all before."""
    found: list[tuple[dict[str, Any], Reader]] = []
    seen: set[tuple[str, ...]] = set()
    for group in groups:
        rows = [row for row in group.rows if "sku" in row or "title" in row]
        names = {_line_name(row) for row in rows}
        if names & seen:
            found, seen = [], set()
        found += [(row, group.reader) for row in rows]
        seen |= names
    by_id = {str(row["line_id"]): (row, reader) for row, reader in found if "line_id" in row}
    return list(by_id.values()) if by_id and all("line_id" in row for row, _ in found) else found


def _line_name(row: dict[str, Any]) -> tuple[str, ...]:
    if "line_id" in row:
        return (str(row["line_id"]),)
    return tuple(str(row.get(own, "")) for own in ("sku", "title", "unit_price"))


def _order(groups: Sequence[Group], lines: Sequence[Group]) -> OrderRecord:
    head, reader = _head(groups), groups[-1].reader
    rows = _rows_of(groups) or _rows_of(lines)
    currency = reader.currency(head, "total", "unit_price", "shipping")
    number = reader.needed(head, "number", "remote_id")
    remote_id = reader.name(head, "remote_id") or bare(number)
    found = tuple(_line(row, each, currency, place) for place, (row, each) in enumerate(rows, 1))
    shipping = reader.money(head, "shipping", currency)
    discount = abs(reader.money(head, "discount", currency))
    total = sum(line.unit_price * line.quantity for line in found) + shipping - discount
    placed_at = reader.at(head, "placed_at")
    if placed_at is None:
        raise RowError(head, "placed_at", "is missing")
    said: Any = reader.status(head)
    state: Any = reader.word(head, "state", said[0] or "open")
    payment: Any = reader.word(head, "payment_status", said[1] or "pending")
    fulfillment: Any = reader.word(head, "fulfillment_status", said[2])
    returned: Any = reader.word(head, "return_status", "no_return")
    ship_to, bill_to = reader.address(head, "ship"), reader.address(head, "bill")
    if not ship_to.name and not ship_to.company:
        ship_to = replace(ship_to, name=_name(head, reader))  # nobody else is named: it goes to who ordered
    email, phone = reader.name(head, "email"), reader.text(head, "phone")
    replaces = reader.name(head, "replaces")
    return OrderRecord(
        remote_id=remote_id,
        number=number,
        state=state,
        placed_at=placed_at,
        currency=currency,
        total=reader.money(head, "total", currency, total),
        payment_status=payment,
        fulfillment_status=fulfillment,
        return_status=returned,
        lines=found,
        customer=_customer(head, reader, ship_to, bill_to),
        email=email,
        phone=phone or ship_to.phone,
        ship_to=ship_to if _is_place(ship_to) or not _is_place(bill_to) else bill_to,
        bill_to=bill_to if _is_place(bill_to) else None,
        shipping=shipping,
        discount=discount,
        promised_at=reader.until(head, "promised_at"),
        tags=tags(reader.text(head, "tags")),
        instructions=reader.text(head, "instructions"),
        note=reader.text(head, "note"),
        channel=reader.text(head, "channel"),
        url=reader.text(head, "url"),
        came_from=_came_from(head, reader),
        replaces=OrderRef(number=replaces) if replaces else None,
        references=tags(reader.text(head, "references")),
        raw_status={
            own: reader.text(head, own)
            for own in ("status", "state", "payment_status", "fulfillment_status", "return_status")
            if own in head
        },
        updated_at=reader.at(head, "updated_at"),
    )


def _came_from(head: dict[str, Any], reader: Reader) -> tuple[CameFrom, ...]:
    found = CameFrom("quote", reader.name(head, "quote")), CameFrom("lead", reader.name(head, "lead"))
    return tuple(each for each in found if each.number)


def _is_place(address: Address) -> bool:
    return bool(address.street or address.city or address.postcode)


def _line(row: dict[str, Any], reader: Reader, currency: str, place: int) -> LineRecord:
    quantity = reader.whole(row, "quantity", 1)
    return LineRecord(
        remote_id=reader.name(row, "line_id") or str(place),
        sku=reader.name(row, "sku"),
        quantity=quantity,
        title=reader.text(row, "title"),
        gtin=reader.text(row, "gtin"),
        unit_price=reader.money(row, "unit_price", currency),
        tax=reader.money(row, "tax", currency) if reader.text(row, "tax") else None,
        fulfilled=_fulfilled(row, reader, quantity),
    )


def _fulfilled(row: dict[str, Any], reader: Reader, quantity: int) -> int:
    """A count, or a word: all of it or nothing."""
    word = WORDS["orders.fulfillment_status"].get(fold(reader.text(row, "fulfilled")))
    if word is not None and not reader.text(row, "fulfilled").isdigit():
        return quantity if word == "fulfilled" else 0
    return reader.whole(row, "fulfilled")


def _name(head: dict[str, Any], reader: Reader) -> str:
    first, last = reader.text(head, "customer_first_name"), reader.text(head, "customer_last_name")
    return reader.text(head, "customer_name") or f"{first} {last}".strip()


def _customer(head: dict[str, Any], reader: Reader, ship_to: Address, bill_to: Address) -> CustomerRecord | None:
    email, phone = reader.name(head, "email"), reader.text(head, "phone")
    name = _name(head, reader) or bill_to.name or ship_to.name
    remote_id = reader.name(head, "customer_id") or email.casefold()
    if not remote_id:
        return None
    return CustomerRecord(
        remote_id=remote_id,
        name=name,
        company=reader.text(head, "customer_company") or bill_to.company,
        identities=identities(email, phone, reader.text(head, "marketplace_id")),
        tags=tags(reader.text(head, "customer_tags")),
    )


def _shipment(groups: Sequence[Group], _: Sequence[Group]) -> ShipmentRecord:
    head, reader = _head(groups), groups[-1].reader
    shipped_at, delivered_at = reader.at(head, "shipped_at"), reader.at(head, "delivered_at")
    state: Any = reader.word(head, "state", "delivered" if delivered_at else "shipped" if shipped_at else "created")
    request: Any = reader.word(head, "request_status") or None
    kilograms = reader.money(head, "weight_kg", "KWD", -1)  # a currency of three decimals: grams of kilograms
    grams = reader.whole(head, "weight_grams", kilograms)
    ship_to = reader.address(head, "ship")
    return ShipmentRecord(
        remote_id=reader.needed(head, "remote_id", "tracking_number"),
        order=reader.order(head),
        carrier=carrier_key(reader.text(head, "carrier")),
        tracking_number=compact(reader.name(head, "tracking_number")),
        state=state,
        service=reader.text(head, "service"),
        tracking_url=reader.text(head, "tracking_url"),
        location=reader.text(head, "location"),
        shipped_at=shipped_at,
        delivered_at=delivered_at,
        weight_grams=grams if grams >= 0 else None,
        lines=reader.items(groups[-1].rows),
        ship_to=ship_to if _is_place(ship_to) else None,
        request_status=request,
        raw_status=reader.text(head, "state"),
        updated_at=reader.at(head, "updated_at"),
    )


def _tracking(groups: Sequence[Group], _: Sequence[Group]) -> TrackingRecord:
    """One parcel with every scan that any file has of it; the newest scan says how it stands.

    A list of how parcels stand now may tell no times: its last row counts where no scan has one, and is no event.
    """
    head, reader = _head(groups), groups[-1].reader
    carrier, unmapped = carrier_key(reader.text(head, "carrier")), list[str]()
    events: dict[tuple[Any, ...], tuple[TrackingEventRecord, bool]] = {}
    said: tuple[TrackingEventRecord, bool] | None = None
    for group in groups:
        for row in group.rows:
            event, delayed, new = _event(row, group.reader, carrier)
            unmapped += new
            if event.occurred_at != _NO_TIME:
                events[event.occurred_at, event.raw_code, event.text] = (event, delayed)
            elif event.raw_code:
                said = (event, delayed)
    ordered = sorted(events.values(), key=lambda each: each[0].occurred_at)
    last = ordered[-1] if ordered else said
    order = reader.order(head)
    return TrackingRecord(
        carrier=carrier,
        tracking_number=compact(reader.needed(head, "tracking_number")),
        status=last[0].status if last else "unknown",
        events=tuple(event for event, _ in ordered),
        delayed=bool(last and last[1]),
        reason=last[0].reason if last else "",
        raw_code=last[0].raw_code if last else "",
        raw_text=last[0].text if last else "",
        estimated_delivery_at=reader.until(head, "estimated_delivery_at"),
        tracking_url=reader.text(head, "tracking_url"),
        remote_id=reader.name(head, "remote_id"),
        order=order if order != OrderRef() else None,
        unmapped=tuple(dict.fromkeys(unmapped)),
        updated_at=last[0].occurred_at if ordered and last else None,
    )


_NO_TIME: Final = datetime.min.replace(tzinfo=UTC)


def _event(row: dict[str, Any], reader: Reader, carrier: str) -> tuple[TrackingEventRecord, bool, list[str]]:
    """A scan (at ``_NO_TIME`` where nobody says when), whether the carrier speaks of a delay, and unmapped codes."""
    at = reader.at(row, "occurred_at") or reader.at(row, "updated_at")
    text, code = reader.text(row, "text"), reader.text(row, "code")
    status: Any = reader.word(row, "status")
    reason, delayed, unmapped = reader.text(row, "reason"), False, list[str]()
    if code:
        meant = meaning(carrier, code, text=text) if carrier in systems() else None
        if meant is not None:
            status, delayed, reason = status or meant.status, meant.delayed, reason or meant.reason
        if not status or (meant is not None and meant.unmapped and status == "unknown"):
            unmapped = list(meant.unmapped) if meant else [f"{carrier or 'files'}:{code[:80]}"]
    status = status or "unknown"
    if not reason and status in {"exception", "delivery_attempted", "returning", "returned"}:
        reason = reason_in(text)
    event = TrackingEventRecord(
        occurred_at=_NO_TIME if at is None else at,
        status=status,
        raw_code=code or reader.text(row, "status"),
        text=text,
        location=reader.text(row, "place"),
        reason=reason,
    )
    return event, delayed, unmapped


def _invoice(groups: Sequence[Group], _: Sequence[Group]) -> InvoiceRecord:
    head, reader = _head(groups), groups[-1].reader
    currency = reader.currency(head, "total", "paid")
    total = reader.money(head, "total", currency)
    kind: Any = reader.word(head, "kind", "credit_note" if total < 0 else "invoice")
    said: Any = reader.word(head, "status")
    paid = reader.money(head, "paid", currency, total if said == "paid" else 0)
    if "balance" in head and "paid" not in head:
        paid = total - reader.money(head, "balance", currency)
    if kind == "credit_note":
        total, paid = abs(total), abs(paid)  # books write what goes back with a minus
    status: Any = said or ("paid" if total and paid >= total else "partially_paid" if paid else "open")
    number = reader.needed(head, "number", "remote_id")
    return InvoiceRecord(
        remote_id=reader.name(head, "remote_id") or number,
        number=number,
        order=reader.order(head),
        status=status,
        total=total,
        currency=currency,
        kind=kind,
        credits=reader.name(head, "credits") if kind == "credit_note" else "",
        paid=paid,
        tax=abs(reader.money(head, "tax_total", currency)) if "tax_total" in head else None,
        issued_at=reader.at(head, "issued_at"),
        due_at=reader.until(head, "due_at"),
        purchase_order=reader.name(head, "purchase_order"),
        email=reader.text(head, "email"),
        url=reader.text(head, "url"),
        lines=tuple(
            (reader.text(row, "sku"), reader.whole(row, "quantity", 1), reader.money(row, "amount", currency))
            for row in groups[-1].rows
            if "sku" in row
        ),
        raw_status=reader.text(head, "status"),
        updated_at=reader.at(head, "updated_at"),
    )


def _purchase(groups: Sequence[Group], _: Sequence[Group]) -> PurchaseOrderRecord:
    head, reader = _head(groups), groups[-1].reader
    request: Any = reader.word(head, "request_status", "submitted")
    number = reader.needed(head, "number", "remote_id")
    return PurchaseOrderRecord(
        remote_id=reader.name(head, "remote_id") or number,
        number=number,
        vendor=reader.needed(head, "vendor"),
        order=reader.order(head),
        request_status=request,
        drop_ship=bool(reader.yes(head, "drop_ship")),
        lines=reader.items(groups[-1].rows),
        ordered_at=reader.at(head, "ordered_at"),
        expected_at=reader.until(head, "expected_at"),
        reason=reader.text(head, "reason"),
        updated_at=reader.at(head, "updated_at"),
    )


_KINDS: Final[dict[str, Callable[[Sequence[Group], Sequence[Group]], Record]]] = {
    "orders": _order,
    "shipments": _shipment,
    "tracking": _tracking,
    "invoices": _invoice,
    "purchases": _purchase,
}
