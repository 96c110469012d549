"""Tryton's stock and shipments in our words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from connectors.orders.tryton_orders import ADDRESS_FIELDS, address, sku, whole
from connectors.orders.tryton_row import Row
from connectors.orders.tryton_scan import Walk
from connectors.records import OrderRef, Ref, ShipmentRecord, StockRecord

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connectors.words import RequestStatus, ShipmentState

PRODUCTS = Walk("product.product", domain=(["type", "!=", "service"],))
MOVES = Walk("stock.move")
SHIPMENTS = Walk("stock.shipment.out", watch=("packages", "outgoing_moves"))
DROP_SHIPMENTS = Walk("stock.shipment.drop", watch=("customer_moves",))

PRODUCT_FIELDS = ("code", "name", "quantity", "template.name", "identifiers.type", "identifiers.code")
MOVE_FIELDS = ("product", "internal_quantity", "from_location", "to_location", "planned_date")
OPEN_MOVES = ["state", "in", ["staging", "draft", "assigned"]]
LOCATION_FIELDS = ("name", "code", "type", "parent")
SHIPMENT_FIELDS = (
    *("number", "state", "carrier.party.name", "warehouse.code", "warehouse.name", "effective_date", "planned_date"),
    *("write_date", "create_date", "shipping_reference", "outgoing_moves.origin", "outgoing_moves.quantity"),
    *(
        "outgoing_moves.product.code",
        "packages.shipping_reference",
        "packages.shipping_tracking_url",
        "packages.number",
    ),
    *("packages.moves.product.code", "packages.moves.quantity", "packages.internal_weight", "packages.write_date"),
    *("packages.create_date", "shipping_service.name", "customer.name"),
    *(f"delivery_address.{name}" for name in ADDRESS_FIELDS),
)
DROP_FIELDS = (
    *("number", "state", "supplier.name", "effective_date", "write_date", "create_date"),
    *("customer_moves.origin", "customer_moves.quantity", "customer_moves.product.code"),
)

_OUT: Mapping[str, ShipmentState] = {
    "draft": "created",
    "waiting": "created",
    "assigned": "created",
    "picked": "pending",
    "packed": "pending",
    "shipped": "shipped",
    "done": "shipped",  # the goods have left our books; that they arrived, only the carrier knows
    "cancelled": "cancelled",
}
_REQUESTS: Mapping[str, RequestStatus] = {
    "draft": "submitted",
    "waiting": "accepted",
    "shipped": "accepted",
    "done": "closed",
    "cancelled": "cancellation_accepted",
}
_GTIN = "ean"


@dataclass(frozen=True)
class Location:
    """A place: its id, code and name, Tryton's type of it ("warehouse", "customer"…), what it lies in."""

    id: int
    code: str
    title: str
    kind: str
    parent: int | None

    @property
    def name(self) -> str:
        """What the desk calls it."""
        return self.code or self.title


@dataclass(frozen=True)
class Move:
    """Goods that will go from one place to another, in the product's own unit."""

    product: int | None
    quantity: Decimal
    source: int | None
    target: int | None
    day: date | None


def location(values: object) -> Location:
    """A place.

    Raises:
        UnreadableRecordError: a field is not what it should be.
    """
    row = Row(values)
    return Location(row.id, row.text("code"), row.text("name"), row.text("type"), row.link("parent"))


def move(values: object) -> Move:
    """A move that is still to come.

    Raises:
        UnreadableRecordError: a field is not what it should be.
    """
    row = Row(values)
    places = row.link("from_location"), row.link("to_location")
    return Move(row.link("product"), row.number("internal_quantity"), *places, row.day("planned_date"))


class Places:
    """The tree of locations: which warehouse a place is in, and which places are outside."""

    def __init__(self, locations: Sequence[Location], wanted: Sequence[str]) -> None:
        self._places = {place.id: place for place in locations}
        self.warehouses = [
            place
            for place in locations
            if place.kind == "warehouse" and (not wanted or {place.code, place.title} & set(wanted))
        ]

    def warehouse(self, place: int | None) -> int | None:
        """The id of the warehouse ``place`` lies in; None for customers, vendors and places lost."""
        seen: set[int] = set()
        while place is not None and place in self._places and place not in seen:
            seen.add(place)
            if self._places[place].kind == "warehouse":
                return place
            place = self._places[place].parent
        return None

    def kind(self, place: int | None) -> str:
        """Tryton's type of a place ("customer", "supplier", "storage"…)."""
        return self._places[place].kind if place in self._places else ""


@dataclass
class Coming:
    """What open moves will do to one product at one warehouse."""

    committed: Decimal = Decimal(0)
    incoming: Decimal = Decimal(0)
    expected_at: datetime | None = None


def coming(moves: Sequence[Move], places: Places) -> dict[tuple[int, int], Coming]:
    """Reserved and expected quantities by (product, warehouse), in the products' own units."""
    found: dict[tuple[int, int], Coming] = {}
    for each in moves:
        source, target = places.warehouse(each.source), places.warehouse(each.target)
        if each.product is None or source == target:
            continue
        if source is not None and places.kind(each.target) != "lost_found":
            found.setdefault((each.product, source), Coming()).committed += each.quantity
        if target is not None:
            here = found.setdefault((each.product, target), Coming())
            here.incoming += each.quantity
            expected = datetime.combine(each.day, time(), UTC) if each.day else None
            if expected and (here.expected_at is None or expected < here.expected_at):
                here.expected_at = expected
    return found


def stock(values: object, where: Location, awaited: Coming) -> StockRecord:
    """A product at one warehouse; parts of a unit are not sold, so they are not counted.

    Raises:
        UnreadableRecordError: a field is not what it should be.
    """
    row = Row(values)
    codes = [each.text("code") for each in row.rows("identifiers") if each.text("type") == _GTIN]
    template = row.row("template")
    return StockRecord(
        sku=row.text("code") or f"product {row.id}",
        location=where.name,
        on_hand=int(row.number("quantity")),
        committed=int(awaited.committed),
        incoming=int(awaited.incoming),
        expected_at=awaited.expected_at,
        title=row.text("name") or (template.text("name") if template else ""),
        gtin=codes[0] if codes else "",
    )


def shipments(values: object, orders: Mapping[int, int]) -> tuple[list[ShipmentRecord], list[Ref]]:
    """A shipment as its parcels, or as one record while nothing is packed; and what that makes obsolete.

    Args:
        values: the shipment as read with SHIPMENT_FIELDS.
        orders: the sale of each sale line.

    Raises:
        UnreadableRecordError: a field is not what it should be.
    """
    row = Row(values)
    carrier, warehouse = row.row("carrier"), row.row("warehouse")
    party = carrier.row("party") if carrier else None
    service = row.row("shipping_service")
    customer, place = row.row("customer"), row.row("delivery_address")
    ship_to = address(place, customer.text("name") if customer else "") if place else None
    state = row.word("state")
    moves = row.rows("outgoing_moves")
    base = f"out:{row.id}"

    def record(remote_id: str, tracking: str, parcel: Row | None, goods: Sequence[Row]) -> ShipmentRecord:
        weight = parcel.number("internal_weight") if parcel else Decimal(0)
        times = [moment for moment in (row.changed_at(), parcel.changed_at() if parcel else None) if moment]
        return ShipmentRecord(
            remote_id=remote_id,
            order=_order(moves, orders),
            carrier=party.text("name").strip().lower() if party else "",
            tracking_number=tracking,
            state=_OUT.get(state, "pending"),
            service=service.text("name") if service else "",
            tracking_url=parcel.text("shipping_tracking_url") if parcel else "",
            location=(warehouse.text("code") or warehouse.text("name")) if warehouse else "",
            shipped_at=row.midnight("effective_date") if state in {"shipped", "done"} else None,
            weight_grams=int(weight * 1000) or None,  # Tryton's internal weight is in kilograms
            lines=_contents(goods),
            ship_to=ship_to,
            raw_status=state,
            updated_at=max(times, default=None),
        )

    parcels = row.rows("packages")
    if not parcels:
        return [record(base, row.text("shipping_reference"), None, moves)], []
    found = [
        record(f"package:{each.id}", each.text("shipping_reference"), each, each.rows("moves")) for each in parcels
    ]
    return found, [Ref("shipment", base)]


def drop_shipment(values: object, orders: Mapping[int, int]) -> ShipmentRecord:
    """What a vendor sends straight to the customer.

    Raises:
        UnreadableRecordError: a field is not what it should be.
    """
    row = Row(values)
    vendor, state = row.row("supplier"), row.word("state")
    moves = row.rows("customer_moves")
    return ShipmentRecord(
        remote_id=f"drop:{row.id}",
        order=_order(moves, orders),
        carrier="",
        state=_OUT.get(state, "pending"),
        location=vendor.text("name") if vendor else "",
        shipped_at=row.midnight("effective_date") if state in {"shipped", "done"} else None,
        lines=_contents(moves),
        request_status=_REQUESTS.get(state),
        raw_status=state,
        updated_at=row.changed_at(),
    )


def origins(rows: Sequence[Mapping[str, Any]], name: str) -> set[int]:
    """Ids of the sale lines that the moves under ``name`` come from; what cannot be read is told when it is mapped."""
    found: set[int] = set()
    for values in rows:
        moves = values.get(f"{name}.")
        for each in moves if isinstance(moves, list) else ():
            origin = each.get("origin") if isinstance(each, dict) else None
            model, _, line = str(origin).partition(",")
            if model == "sale.line" and line.isdecimal():
                found.add(int(line))
    return found


def _order(moves: Sequence[Row], orders: Mapping[int, int]) -> OrderRef:
    for each in moves:
        model, line = each.reference("origin")
        if model == "sale.line" and line in orders:
            return OrderRef(remote_id=str(orders[line]))
    return OrderRef()


def _contents(moves: Sequence[Row]) -> tuple[tuple[str, int], ...]:
    return tuple((sku(each), whole(each.number("quantity")) or 1) for each in moves)
