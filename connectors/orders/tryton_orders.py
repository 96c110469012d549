"""Tryton's sales and parties in our words."""

from __future__ import annotations

from datetime import UTC, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from connectors.days import end_of
from connectors.orders.tryton_row import Row, UnreadableRecordError
from connectors.orders.tryton_scan import Walk
from connectors.records import (
    Address,
    CameFrom,
    CustomerRecord,
    Identity,
    LineRecord,
    NoteRecord,
    OrderRecord,
    OrderRef,
    minor_units,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, tzinfo

    from connectors.words import FulfillmentStatus, OrderState, PaymentStatus, ReturnStatus

SALES = Walk("sale.sale", watch=("lines", "shipment_address", "invoices", "payments"))
PARTIES = Walk("party.party", watch=("contact_mechanisms", "addresses"))
NOTES = Walk("ir.note", domain=(["resource", "like", "sale.sale,%"],))

ADDRESS_FIELDS = ("party_name", "attn", "street", "city", "postal_code", "subdivision.name", "country.code")
_CONTACTS = ("contact_mechanisms.type", "contact_mechanisms.value")

SALE_FIELDS = (
    *(
        "number",
        "reference",
        "description",
        "state",
        "sale_date",
        "shipping_date",
        "comment",
        "origin",
        "web_shop.name",
    ),
    *(
        "invoice_state",
        "shipment_state",
        "total_amount",
        "untaxed_amount",
        "write_date",
        "create_date",
        "currency.code",
    ),
    *("party.name", *(f"party.{name}" for name in _CONTACTS), "contact.type", "contact.value"),
    *(f"shipment_address.{name}" for name in ADDRESS_FIELDS),
    *(f"invoice_address.{name}" for name in ADDRESS_FIELDS),
    *("lines.type", "lines.product.code", "lines.product.name", "lines.description", "lines.quantity", "lines.amount"),
    *("lines.unit.symbol", "lines.unit_price", "lines.shipment_cost", "lines.moves.state", "lines.moves.quantity"),
    *("invoices.number", "invoices.state", "invoices.total_amount", "invoices.amount_to_pay", "invoices.lines"),
    *("payments.state", "payments.kind", "payments.amount", "shipments.state"),
    *(f"shipments.delivery_address.{name}" for name in ADDRESS_FIELDS),
)
PARTY_FIELDS = (
    *("name", "code", "write_date", "create_date", *_CONTACTS),
    *(f"addresses.{name}" for name in ADDRESS_FIELDS),
)
NOTE_FIELDS = ("message", "resource", "create_uid.rec_name", "create_date")

_STATES: Mapping[str, OrderState] = {
    "draft": "draft",
    "quotation": "draft",
    "confirmed": "open",
    "processing": "open",
    "done": "closed",
    "cancelled": "cancelled",
}
_SHIPPED: Mapping[str, FulfillmentStatus] = {
    "none": "unfulfilled",
    "waiting": "unfulfilled",
    "partially shipped": "partially_fulfilled",
    "sent": "fulfilled",
    "exception": "on_hold",
}
_IN_HAND = frozenset({"picked", "packed"})
_RETURNS: Mapping[str, ReturnStatus] = {
    "draft": "requested",
    "quotation": "requested",
    "confirmed": "in_progress",
    "processing": "in_progress",
    "done": "returned",
}
_PHONES = frozenset({"phone", "mobile"})


class SaleMap:
    """Turns sales into orders.

    Args:
        link: address of the web client's page of a sale, with ``{id}``.
        prefix: what the desk puts before Tryton's bare numbers.
        promised_days: days from shipping to the customer's door.
        zone: in which a day ends; Tryton keeps days without one.
    """

    def __init__(self, *, link: str, prefix: str, promised_days: int, zone: tzinfo = UTC) -> None:
        self._link = link
        self._prefix = prefix
        self._promised = timedelta(days=promised_days)
        self._zone = zone

    def number(self, row: Row) -> str:
        """The number people use; a draft has none yet and is shown as Tryton shows it."""
        found = row.text("number")
        return f"{self._prefix}{found}" if found else f"({row.id})"

    def order(
        self, values: object, *, returns: Sequence[Row], credited: Decimal, came_from: tuple[CameFrom, ...] = ()
    ) -> OrderRecord:
        """An order.

        Args:
            values: the sale as read with SALE_FIELDS.
            returns: sales that give goods of this one back (``state``, ``shipment_state``).
            credited: sum of the credit notes against its invoices, positive.
            came_from: the opportunity, or the sale it takes back, that it was made of.

        Raises:
            UnreadableRecordError: a field is not what it should be.
        """
        row = Row(values)
        currency = _need(row.row("currency"), "currency").word("code")
        state = row.word("state")
        placed = _placed_at(row)
        party = _need(row.row("party"), "party")
        customer = customer_record(party)
        lines = [line for line in row.rows("lines") if line.word("type") == "line"]
        is_return = row.reference("origin")[0] == "sale.sale"
        ship_to = _goes_to(row)
        bill_to = row.row("invoice_address")
        email, phone = _contact(row, customer)
        changed = row.changed_at()
        return OrderRecord(
            remote_id=str(row.id),
            number=self.number(row),
            state=_STATES.get(state, "open"),
            placed_at=placed,
            currency=currency,
            total=row.amount("total_amount", currency),
            payment_status=_payment_status(row, credited),
            fulfillment_status=_fulfillment_status(row),
            return_status=_return_status([row] if is_return else returns),
            lines=tuple(_line(line, currency) for line in lines if line.link("shipment_cost") is None),
            customer=customer,
            email=email,
            phone=phone,
            ship_to=address(ship_to, customer.name) if ship_to else Address(name=customer.name),
            bill_to=address(bill_to, customer.name) if bill_to else None,
            shipping=sum(_shipping(line, currency) for line in lines),
            promised_at=self._promised_at(row),
            note=row.text("comment"),
            channel=_name(row.row("web_shop")),
            url=self._link.format(id=row.id),
            came_from=came_from,
            references=tuple(
                filter(None, [row.text("reference"), *(each.text("number") for each in row.rows("invoices"))])
            ),
            raw_status={name: row.text(name) for name in ("state", "invoice_state", "shipment_state")},
            updated_at=changed,
            version=changed.isoformat() if changed else "",
            raw=row.values,
        )

    def _promised_at(self, row: Row) -> datetime | None:
        """The end of the day on which the goods should arrive."""
        day = row.day("shipping_date")
        return None if day is None else end_of(day + self._promised, self._zone)

    def note(self, values: object) -> NoteRecord:
        """A note on a sale.

        Raises:
            UnreadableRecordError: a field is not what it should be.
        """
        row = Row(values)
        model, sale = row.reference("resource")
        if model != "sale.sale":
            raise UnreadableRecordError("resource is no sale")
        author = row.row("create_uid")
        return NoteRecord(
            remote_id=str(row.id),
            order=OrderRef(remote_id=str(sale)),
            text=row.text("message"),
            author=author.text("rec_name") if author else "",
            created_at=row.moment("create_date"),
        )


def customer_record(row: Row) -> CustomerRecord:
    """A party as a customer.

    Raises:
        UnreadableRecordError: a field is not what it should be.
    """
    addresses = row.rows("addresses")
    name = row.text("name")
    return CustomerRecord(
        remote_id=str(row.id),
        name=name,
        identities=tuple(_identities(row)),
        address=address(addresses[0], name) if addresses else None,
        created_at=row.moment("create_date"),
        updated_at=row.changed_at(),
    )


def _goes_to(row: Row) -> Row | None:
    """Where the goods go: as the shipments still to leave say, if they are of one mind; else as the sale does."""
    own = row.row("shipment_address")
    to_leave = [each for each in row.rows("shipments") if each.text("state") not in _LEFT]
    places = {place.id: place for each in to_leave if (place := each.row("delivery_address")) is not None}
    return next(iter(places.values())) if len(places) == 1 else own


_LEFT = frozenset({"shipped", "done", "cancelled"})


def address(row: Row, name: str) -> Address:
    """A postal address; ``name`` where it names nobody itself."""
    country, subdivision = row.row("country"), row.row("subdivision")
    return Address(
        name=row.text("party_name") or row.text("attn") or name,
        street=row.text("street"),
        city=row.text("city"),
        region=_name(subdivision),
        postcode=row.text("postal_code"),
        country=country.text("code") if country else "",
    )


def whole(quantity: Decimal) -> int | None:
    """A quantity as whole units; None where it is a part of one."""
    return int(quantity) if quantity == quantity.to_integral_value() else None


def title(row: Row) -> str:
    """What a line is called: its own words, else the product's name."""
    product = row.row("product")
    return row.text("description") or (product.text("name") if product else "")


def sku(row: Row) -> str:
    """The code of a line's product; a product without one is told by its id."""
    product = row.row("product")
    return "" if product is None else product.text("code") or f"product {product.id}"


def _line(row: Row, currency: str) -> LineRecord:
    quantity = row.number("quantity")
    units, words = whole(quantity), title(row)
    price = minor_units(row.number("unit_price"), currency)
    if units is None:  # 1.5 kg of something: one unit of our kind, at the price of the line
        unit = row.row("unit")
        units, price = 1, minor_units(row.number("amount"), currency)
        words = f"{quantity.normalize():f} {unit.text('symbol') if unit else ''} {words}"
    moved = sum((move.number("quantity") for move in row.rows("moves") if move.text("state") == "done"), Decimal(0))
    return LineRecord(
        remote_id=str(row.id),
        sku=sku(row),
        quantity=units,
        title=words,
        unit_price=price,
        fulfilled=units if moved >= abs(quantity) > 0 else min(int(moved), abs(units)),
    )


def _shipping(line: Row, currency: str) -> int:
    return minor_units(line.number("amount"), currency) if line.values.get("shipment_cost") is not None else 0


def _identities(party: Row) -> list[Identity]:
    found = []
    for each in party.rows("contact_mechanisms"):
        kind, value = each.text("type"), each.text("value")
        if value and kind == "email":
            found.append(Identity("email", value))
        elif value and kind in _PHONES:
            found.append(Identity("phone", value))
    return found


def _contact(row: Row, customer: CustomerRecord) -> tuple[str, str]:
    """E-mail and phone of the order: the contact named on the sale wins over the party's first ones."""
    first: dict[str, str] = {}
    for identity in customer.identities:
        first.setdefault(identity.kind, identity.value)
    named = row.row("contact")
    if named is not None and named.text("value"):
        kind: Literal["email", "phone", ""] = (
            "email" if named.text("type") == "email" else "phone" if named.text("type") in _PHONES else ""
        )
        if kind:
            first[kind] = named.text("value")
    return first.get("email", ""), first.get("phone", "")


def _placed_at(row: Row) -> datetime:
    """When it was made; an imported sale carries an older day of its own, of which only the day is known."""
    created, day = row.moment("create_date"), row.midnight("sale_date")
    if created is None:
        raise UnreadableRecordError("create_date is missing")
    if day is not None and abs(created - day) > timedelta(days=2):
        return day
    return created


def _payment_status(row: Row, credited: Decimal) -> PaymentStatus:
    total = row.number("total_amount")
    paid = authorized = Decimal(0)
    for invoice in row.rows("invoices"):
        if invoice.text("state") in {"posted", "paid"}:
            paid += invoice.number("total_amount") - invoice.number("amount_to_pay")
    for payment in row.rows("payments"):
        sign = -1 if payment.text("kind") == "payable" else 1
        if payment.text("state") == "succeeded" and not any(i.text("state") == "paid" for i in row.rows("invoices")):
            paid += sign * payment.number("amount")
        elif payment.text("state") in {"submitted", "approved", "processing"}:
            authorized += sign * payment.number("amount")
    if credited > 0 and paid > 0:
        return "refunded" if credited >= paid else "partially_refunded"
    if total > 0 and paid >= total:
        return "paid"
    if paid > 0:
        return "partially_paid"
    if row.text("state") == "cancelled":
        return "voided"
    return "authorized" if authorized > 0 else "pending"


def _fulfillment_status(row: Row) -> FulfillmentStatus:
    status = _SHIPPED.get(row.text("shipment_state"), "unfulfilled")
    if status == "unfulfilled" and any(each.text("state") in _IN_HAND for each in row.rows("shipments")):
        return "in_progress"
    return status


def _return_status(returns: Sequence[Row]) -> ReturnStatus:
    """The furthest that any return of the order has come."""
    found = {
        "returned" if each.text("shipment_state") == "sent" else _RETURNS.get(each.text("state"), "no_return")
        for each in returns
    }
    for status in ("returned", "in_progress", "requested"):
        if status in found:
            return status
    return "no_return"


def _name(row: Row | None) -> str:
    return row.text("name") if row else ""


def _need(row: Row | None, name: str) -> Row:
    if row is None:
        raise UnreadableRecordError(f"{name} is missing")
    return row
