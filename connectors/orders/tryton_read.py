"""From ids to records: what is read of each model, in as few calls as Tryton allows."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from connectors.orders import tryton_goods as goods
from connectors.orders import tryton_money as money
from connectors.orders import tryton_orders as sales
from connectors.orders.tryton_row import Row, UnreadableRecordError, day_stamp, record_id, set_aside
from connectors.records import CameFrom

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from connectors.orders.tryton_rpc import TrytonRpc
    from connectors.orders.tryton_scan import Walk
    from connectors.records import Page, Record, Ref
    from connectors.words import Beginning


T = TypeVar("T")

_ORIGINS: Final[dict[str, Beginning]] = {"sale.opportunity": "lead", "sale.sale": "order"}


@dataclass(frozen=True)
class Stream:
    """A stream: what it walks over, the module that brings it, the kind of record people know it by."""

    walk: Walk
    module: str
    kind: str


STREAMS: dict[str, Stream] = {
    "customers": Stream(sales.PARTIES, "party", "customer"),
    "orders": Stream(sales.SALES, "sale", "order"),
    "stock": Stream(goods.PRODUCTS, "stock", "stock"),
    "shipments": Stream(goods.SHIPMENTS, "stock", "shipment"),
    "drop_shipments": Stream(goods.DROP_SHIPMENTS, "sale_supply_drop_shipment", "shipment"),
    "invoices": Stream(money.INVOICES, "account_invoice", "invoice"),
    "payments": Stream(money.PAYMENTS, "account_payment", "payment"),
    "receipts": Stream(money.RECEIPTS, "account_invoice", "payment"),
    "purchases": Stream(money.PURCHASES, "purchase", "purchase_order"),
    "notes": Stream(sales.NOTES, "ir", "note"),
}


class TrytonReader:
    """Reads records of a stream by id into a page; one that cannot be read is set aside and the others land."""

    def __init__(
        self, rpc: TrytonRpc, sale_map: sales.SaleMap, *, warehouses: Sequence[str], clock: Callable[[], datetime]
    ) -> None:
        self._rpc = rpc
        self._sales = sale_map
        self._warehouses = warehouses
        self._clock = clock
        self._read: dict[str, Callable[[list[int], Page], set[int]]] = {
            "customers": self._customers,
            "orders": self._orders,
            "stock": self._stock,
            "shipments": self._shipments,
            "drop_shipments": self._drop_shipments,
            "invoices": self._invoices,
            "payments": self._payments,
            "receipts": self._receipts,
            "purchases": self._purchases,
            "notes": self._notes,
        }

    def read(self, stream: str, ids: list[int], page: Page) -> set[int]:
        """Read ``ids`` into ``page``; which of them exist. Nothing where the model is missing or not ours to read."""
        if not ids or not self._rpc.readable(STREAMS[stream].walk.model):
            return set()
        return self._read[stream](ids, page)

    def moved_products(self, moves: list[int]) -> list[int]:
        """The goods that the given stock moves move."""
        rows = self._rpc.search_read(
            "stock.move", [["id", "in", moves], ["product.type", "!=", "service"]], ["product"]
        )
        return sorted({row["product"] for row in rows if isinstance(row.get("product"), int)})

    def hang_on(self, orders: list[int], page: Page) -> None:
        """Read all that hangs off the given sales into ``page``."""
        rows = self._rpc.search_read(
            "sale.sale", [["id", "in", orders]], ["shipments", "drop_shipments", "invoices", "payments", "lines"]
        )
        linked = {name: _all(rows, name) for name in ("shipments", "drop_shipments", "invoices", "payments")}
        linked["invoices"] += self._credit_notes(linked["invoices"])
        linked["receipts"] = linked["invoices"]
        linked["purchases"] = sorted(self._sales_of_purchases([["sale", "in", orders]], page))
        linked["notes"] = self._ids("ir.note", [["resource", "in", [f"sale.sale,{each}" for each in orders]]])
        for stream, ids in linked.items():
            self.read(stream, ids, page)

    def locate(self, ref: Ref) -> tuple[str, int] | None:
        """The stream and id behind a ref of ours; None where there is no such record any more."""
        prefix, _, text = ref.remote_id.rpartition(":")
        number = record_id(text)
        if number is None:
            return None
        stream = {"out": "shipments", "drop": "drop_shipments", "package": "shipments", "line": "receipts"}.get(prefix)
        if stream is None:
            kind = "payment" if ref.kind == "refund" else ref.kind
            stream = next((name for name, each in STREAMS.items() if each.kind == kind and name != "stock"), None)
            return None if stream is None or prefix else (stream, number)
        if prefix == "package":
            rows = self._rpc.search_read("stock.package", [["id", "=", number]], ["shipment"])
            shipment = Row(rows[0]).reference("shipment")[1] if rows else 0
            return (stream, shipment) if shipment else None
        if prefix == "line":
            found = self._ids("account.invoice", [["payment_lines", "in", [number]]])
            return (stream, found[0]) if found else None
        return stream, number

    def _ids(self, model: str, domain: Sequence[Any]) -> list[int]:
        if not self._rpc.readable(model):
            return []
        return [row["id"] for row in self._rpc.search_read(model, domain, ["id"])]

    def _rows(self, stream: str, ids: list[int], fields: Sequence[str], **options: Any) -> list[dict[str, Any]]:
        walk = STREAMS[stream].walk
        return self._rpc.search_read(walk.model, [["id", "in", ids], *walk.domain], fields, **options)

    def _take(
        self, stream: str, rows: list[dict[str, Any]], page: Page, make: Callable[[dict[str, Any]], Sequence[Record]]
    ) -> set[int]:
        for values in rows:
            try:
                page.records += make(values)
            except UnreadableRecordError as reason:
                page.quarantined.append(set_aside(STREAMS[stream].kind, values, reason))
        return {values["id"] for values in rows}

    @staticmethod
    def _sound(kind: str, rows: list[dict[str, Any]], page: Page, make: Callable[[dict[str, Any]], T]) -> list[T]:
        """What can be made of ``rows``; one of which nothing can is set aside."""
        found: list[T] = []
        for values in rows:
            try:
                found.append(make(values))
            except UnreadableRecordError as reason:
                page.quarantined.append(set_aside(kind, values, reason))
        return found

    def _customers(self, ids: list[int], page: Page) -> set[int]:
        rows = self._rows("customers", ids, sales.PARTY_FIELDS)
        return self._take("customers", rows, page, lambda values: [sales.customer_record(Row(values))])

    def _orders(self, ids: list[int], page: Page) -> set[int]:
        rows = self._rows("orders", ids, sales.SALE_FIELDS)
        returns = self._returns(ids)
        credited = self._credited(rows, page)
        origins = self._origins(rows)

        def order(values: dict[str, Any]) -> list[Record]:
            own, found = values["id"], credited.get(values["id"], Decimal(0))
            return [
                self._sales.order(values, returns=returns.get(own, []), credited=found, came_from=origins.get(own, ()))
            ]

        return self._take("orders", rows, page, order)

    def _origins(self, rows: list[dict[str, Any]]) -> dict[int, tuple[CameFrom, ...]]:
        """What sales were made of, by the sale: an opportunity's number, or the sale whose goods come back.

        A quotation is the sale itself in Tryton. What this user may not read is left out.
        """
        origins: dict[int, tuple[str, int]] = {}
        for values in rows:
            with suppress(UnreadableRecordError):  # told where the sale itself is made
                origins[values["id"]] = Row(values).reference("origin")
        found: dict[int, tuple[CameFrom, ...]] = {}
        for model, kind in _ORIGINS.items():
            numbers = self._numbers(model, {record for of, record in origins.values() if of == model})
            for sale, (of, record) in origins.items():
                if of == model and record in numbers:
                    found[sale] = (CameFrom(kind, numbers[record]),)
        return found

    def _numbers(self, model: str, ids: set[int]) -> dict[int, str]:
        """The numbers people use for records of a model, as far as this user may read them."""
        found: dict[int, str] = {}
        if ids and self._rpc.readable(model):
            for values in self._rpc.search_read(model, [["id", "in", sorted(ids)]], ["number"]):
                with suppress(UnreadableRecordError):
                    row = Row(values)
                    found[row.id] = self._sales.number(row) if model == "sale.sale" else row.text("number")
        return {record: number for record, number in found.items() if number}

    def _returns(self, ids: list[int]) -> dict[int, list[Row]]:
        """Sales made to take goods of the given sales back."""
        found: dict[int, list[Row]] = {}
        domain = [["origin", "in", [f"sale.sale,{each}" for each in ids]]]
        for values in self._rpc.search_read("sale.sale", domain, ["origin", "state", "shipment_state"]):
            row = Row(values)
            with suppress(UnreadableRecordError):  # told where that sale is read itself
                if row.text("state") and row.text("shipment_state"):
                    found.setdefault(_reference_id(row, "origin"), []).append(row)
        return found

    def _credited(self, rows: list[dict[str, Any]], page: Page) -> dict[int, Decimal]:
        """What posted credit notes take back of each sale, positive. One that cannot be read is set aside."""
        invoices: dict[int, int] = {}
        for values in rows:
            linked = values.get("invoices.")
            for each in linked if isinstance(linked, list) else ():
                if isinstance(each, dict) and isinstance(each.get("id"), int):
                    invoices[each["id"]] = values["id"]
        found: dict[int, Decimal] = {}
        notes = self._credit_notes(list(invoices))
        fields = ("state", "total_amount", "origin_invoices")

        def taken_back(values: dict[str, Any]) -> tuple[int | None, Decimal]:
            row = Row(values)
            posted = row.text("state") in {"posted", "paid"}
            of = next((invoices[each] for each in row.links("origin_invoices") if each in invoices), None)
            return of if posted else None, -row.number("total_amount")

        read = self._rpc.search_read("account.invoice", [["id", "in", notes]], fields) if notes else []
        for of, amount in self._sound("invoice", read, page, taken_back):
            if of is not None:
                found[of] = found.get(of, Decimal(0)) + amount
        return found

    def _credit_notes(self, invoices: list[int]) -> list[int]:
        """Invoices whose lines come from lines of the given invoices."""
        if not invoices or not self._rpc.readable("account.invoice.line"):
            return []
        lines = self._ids("account.invoice.line", [["invoice", "in", invoices]])
        origins = [f"account.invoice.line,{each}" for each in lines]
        rows = (
            self._rpc.search_read("account.invoice.line", [["origin", "in", origins]], ["invoice"]) if origins else []
        )
        return sorted({row["invoice"] for row in rows if isinstance(row.get("invoice"), int)} - set(invoices))

    def _stock(self, ids: list[int], page: Page) -> set[int]:
        locations = self._rpc.search_read("stock.location", [], goods.LOCATION_FIELDS)
        places = goods.Places(self._sound("location", locations, page, goods.location), self._warehouses)
        moves = self._rpc.search_read("stock.move", [["product", "in", ids], goods.OPEN_MOVES], goods.MOVE_FIELDS)
        awaited = goods.coming(self._sound("move", moves, page, goods.move), places)
        today = self._clock().date()
        found: set[int] = set()
        for where in places.warehouses:
            # Without an end Tryton counts what is still to come as if it lay there.
            context = {"locations": [where.id], "with_childs": True, "stock_date_end": day_stamp(today)}
            rows = self._rows("stock", ids, goods.PRODUCT_FIELDS, context=context)
            found |= self._take("stock", rows, page, partial(_stock_at, where, awaited))
        return found

    def _shipments(self, ids: list[int], page: Page) -> set[int]:
        rows = self._rows("shipments", ids, goods.SHIPMENT_FIELDS)
        orders = self._sales_of_lines(rows, "outgoing_moves")

        def parcels(values: dict[str, Any]) -> list[Record]:
            records, obsolete = goods.shipments(values, orders)
            page.deleted += obsolete
            return [*records]

        return self._take("shipments", rows, page, parcels)

    def _drop_shipments(self, ids: list[int], page: Page) -> set[int]:
        rows = self._rows("drop_shipments", ids, goods.DROP_FIELDS)
        orders = self._sales_of_lines(rows, "customer_moves")
        return self._take("drop_shipments", rows, page, lambda values: [goods.drop_shipment(values, orders)])

    def _sales_of_lines(self, rows: list[dict[str, Any]], name: str) -> dict[int, int]:
        """The sale of each sale line that the rows' moves come from."""
        lines = goods.origins(rows, name)
        if not lines or not self._rpc.readable("sale.line"):
            return {}
        found = self._rpc.search_read("sale.line", [["id", "in", sorted(lines)]], ["sale"])
        return {row["id"]: row["sale"] for row in found if isinstance(row.get("sale"), int)}

    def _invoices(self, ids: list[int], page: Page) -> set[int]:
        rows = self._rows("invoices", ids, money.INVOICE_FIELDS)
        return self._take("invoices", rows, page, lambda values: [money.invoice(values)])

    def _payments(self, ids: list[int], page: Page) -> set[int]:
        rows = self._rows("payments", ids, money.PAYMENT_FIELDS)

        def payment(values: dict[str, Any]) -> list[Record]:
            found = money.payment(values)
            return [found] if found else []

        return self._take("payments", rows, page, payment)

    def _receipts(self, ids: list[int], page: Page) -> set[int]:
        rows = self._rows("receipts", ids, money.RECEIPT_FIELDS)
        return self._take("receipts", rows, page, money.receipts)

    def _purchases(self, ids: list[int], page: Page) -> set[int]:
        rows = self._rows("purchases", ids, money.PURCHASE_FIELDS)
        orders = self._sales_of_purchases([["purchase_request.purchase_line.purchase", "in", ids]], page)
        return self._take("purchases", rows, page, lambda values: [money.purchase(values, orders)])

    def _sales_of_purchases(self, domain: list[Any], page: Page) -> dict[int, int]:
        """The sale that each purchase was made for, of the sale lines in ``domain``."""
        path = "purchase_request.purchase_line.purchase"
        if not self._rpc.knows("sale.line", path):  # without drop shipping no sale asks for a purchase
            return {}
        lines = self._rpc.search_read("sale.line", domain, ["sale", path])
        pairs = self._sound("sale line", lines, page, _bought_for)
        return {purchase: sale for purchase, sale in pairs if purchase is not None and sale is not None}

    def _notes(self, ids: list[int], page: Page) -> set[int]:
        rows = self._rows("notes", ids, sales.NOTE_FIELDS)
        return self._take("notes", rows, page, lambda values: [self._sales.note(values)])


def _all(rows: list[dict[str, Any]], name: str) -> list[int]:
    linked = [row.get(name) for row in rows]
    return sorted({each for ids in linked if isinstance(ids, list) for each in ids if isinstance(each, int)})


def _stock_at(
    where: goods.Location, awaited: dict[tuple[int, int], goods.Coming], values: dict[str, Any]
) -> list[Record]:
    return [goods.stock(values, where, awaited.get((values["id"], where.id), goods.Coming()))]


def _bought_for(values: dict[str, Any]) -> tuple[int | None, int | None]:
    """The purchase that a sale line asked for, and its sale."""
    row = Row(values)
    request = row.row("purchase_request")
    line = request.row("purchase_line") if request else None
    return (line.link("purchase") if line else None), row.link("sale")


def _reference_id(row: Row, name: str) -> int:
    return row.reference(name)[1]
