"""What people do in a Tryton shop between two looks of the desk: over its wire, or by its own client for wizards."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from harness import Sign

from connectors.base import Change
from connectors.records import OrderRecord, Ref, ShipmentRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from servers.tryton import TrytonServer

_SHIP_IN_PART = """
sale = Model.get("sale.sale")(json.loads(sys.argv[2]))
shipment = sale.shipments[0]
shipment.carrier = Model.get("carrier").find([], limit=1)[0]
shipment.cost_sale_method = None
shipment.save()
(shipment.inventory_moves or shipment.outgoing_moves)[0].quantity = 1
shipment.save()
for button in ("assign_force", "pick"):
    press(shipment, button)
    shipment.reload()
(kind,) = Model.get("stock.package.type").find([], limit=1)
package = Model.get("stock.package")(shipment=shipment, type=kind)
package.moves.extend([Model.get("stock.move")(move.id) for move in shipment.outgoing_moves])
package.save()
shipment.reload()
press(shipment, "pack")
press(shipment, "do")
print(package.id)
"""
PAY_REST = """
invoice = Model.get("account.invoice")(json.loads(sys.argv[2]))
wizard = invoice.click("pay")
wizard.form.payment_method = Model.get("account.invoice.payment.method").find([], limit=1)[0]
wizard.form.date = dt.date.today()
wizard.execute("choice")
"""
_CREDIT = """
invoice = Model.get("account.invoice")(json.loads(sys.argv[2]))
credit = Wizard("account.invoice.credit", [invoice])
credit.form.with_refund = False
credit.form.invoice_date = dt.date.today()
credit.execute("credit")
"""
_TEXTS = itertools.count(1)


class Shop:
    """The seeded shop, busy."""

    def __init__(self, server: TrytonServer) -> None:
        self._server = server
        self._invoice = 0

    # ---- what happens to orders

    def changes(self) -> Mapping[Change | str, Callable[[], Sign]]:
        """Every change, each on an order of the seed that it suits."""
        return {
            Change.NOTE: self._noted,
            Change.ADDRESS_EDIT: self._moved_house,
            Change.LINE_EDIT: self._one_more,
            Change.CANCELLED: self._cancelled,
            Change.PAID: self._paid,
            Change.PARTLY_SHIPPED: self._partly_shipped,
            Change.TRACKING_SET: self._tracked,
            Change.TRACKING_CHANGED: self._tracked,
            Change.REFUND: self._refunded,
        }

    def _noted(self) -> Sign:
        sale, text = self._seeded("open"), f"rang, nobody in {next(_TEXTS)}"
        self._server.call("model.ir.note.create", [{"resource": f"sale.sale,{sale}", "message": text}])
        return Sign("notes", lambda one: getattr(one, "text", "") == text, _order(sale))

    def _moved_house(self) -> Sign:
        sale, city = self._seeded("open"), f"Bergen {next(_TEXTS)}"
        (row,) = self._server.call("model.sale.sale.read", [sale], ["shipment_address"])
        self._server.call("model.party.address.write", [row["shipment_address"]], {"city": city})
        return Sign("orders", lambda one: isinstance(one, OrderRecord) and one.ship_to.city == city, _order(sale))

    def _one_more(self) -> Sign:
        sale, quantity = self._seeded("draft"), 100 + next(_TEXTS)
        (row,) = self._server.call("model.sale.sale.read", [sale], ["lines"])
        self._server.call("model.sale.line.write", row["lines"], {"quantity": float(quantity)})
        return Sign(
            "orders",
            lambda one: isinstance(one, OrderRecord) and any(line.quantity == quantity for line in one.lines),
            _order(sale),
        )

    def _cancelled(self) -> Sign:
        sale = self.draft()
        self._server.call("model.sale.sale.cancel", [sale])
        return Sign("orders", _is(sale, state="cancelled"), _order(sale))

    def _paid(self) -> Sign:
        sale, invoice = self.billed()
        self._server.run(PAY_REST, json.dumps(invoice))
        return Sign("orders", _is(sale, payment_status="paid"), _order(sale))

    def _partly_shipped(self) -> Sign:
        sale = self.confirmed()
        self._package = int(self._server.run(_SHIP_IN_PART, json.dumps(sale)))
        return Sign("orders", _is(sale, fulfillment_status="partially_fulfilled"), _order(sale))

    def _tracked(self) -> Sign:
        number = f"0034043416109499{next(_TEXTS):04}"
        self._server.call("model.stock.package.write", [self._package], {"shipping_reference": number})
        return Sign(
            "shipments",
            lambda one: isinstance(one, ShipmentRecord) and one.tracking_number == number,
            Ref("shipment", f"package:{self._package}"),
        )

    def _refunded(self) -> Sign:
        sale, invoice = self.billed()
        self._server.run(PAY_REST, json.dumps(invoice))
        self._server.run(_CREDIT, json.dumps(invoice))
        return Sign(
            "invoices",
            lambda one: getattr(one, "kind", "") == "credit_note" and one.order.remote_id == str(sale),
            _order(sale),
        )

    # ---- orders to act on

    def draft(self) -> int:
        """A fresh draft with one line."""
        (sale,) = self._server.call("model.sale.sale.copy", [self._seeded("draft")], {})
        return int(sale)

    def sell_for(self, price: str, currency: str, digits: int) -> int:
        """A draft whose one lamp costs ``price`` of a currency with ``digits`` decimals."""
        known = self._server.call("model.currency.currency.search", [["code", "=", currency]], 0, None, None)
        if not known:
            unit = _decimal("1" if digits == 0 else f"0.{'1'.zfill(digits)}")
            values = {"name": currency, "code": currency, "symbol": currency, "digits": digits, "rounding": unit}
            rate = {"date": {"__class__": "date", "year": 2020, "month": 1, "day": 1}, "rate": _decimal("1.5")}
            known = self._server.call("model.currency.currency.create", [{**values, "rates": [["create", [rate]]]}])
        (sale,) = self._server.call("model.sale.sale.copy", [self._seeded("draft")], {"currency": known[0]})
        (row,) = self._server.call("model.sale.sale.read", [sale], ["lines"])
        self._server.call("model.sale.line.write", row["lines"], {"quantity": 1.0, "unit_price": _decimal(price)})
        return int(sale)

    def comment(self, sale: int, text: str) -> None:
        """Somebody writes into the sale."""
        self._server.call("model.sale.sale.write", [sale], {"comment": text})

    def state(self, sale: int) -> str:
        """Where the sale stands."""
        (row,) = self._server.call("model.sale.sale.read", [sale], ["state"])
        return str(row["state"])

    def goes_to(self, sale: int) -> dict[str, Any]:
        """The sale's delivery address."""
        (row,) = self._server.call("model.sale.sale.read", [sale], ["shipment_address"])
        return self.address(row["shipment_address"])

    def address(self, number: int) -> dict[str, Any]:
        """An address of a party."""
        names = ["street", "city", "postal_code", "country", "party"]
        (row,) = self._server.call("model.party.address.read", [number], names)
        return dict(row)

    def notes(self, sale: int, text: str) -> int:
        """How many notes with ``text`` the sale has."""
        domain = [["resource", "=", f"sale.sale,{sale}"], ["message", "like", f"%{text}%"]]
        return int(self._server.call("model.ir.note.search_count", domain, 0, None))

    def invoice(self) -> int:
        """Another posted invoice like that of one sale: a copy costs a quarter of selling once more."""
        if not self._invoice:
            self._invoice = self.billed()[1]
            return self._invoice
        (copy,) = self._server.call("model.account.invoice.copy", [self._invoice], {"invoice_date": _today()})
        self._server.call("model.account.invoice.post", [copy])
        return int(copy)

    def credit(self, invoice: int) -> None:
        """Somebody credits the invoice in Tryton and posts the note."""
        self.credit_draft(invoice)
        self._server.call("model.account.invoice.post", self._notes_of(invoice, "draft"))

    def credit_draft(self, invoice: int) -> None:
        """Tryton's wizard was run and nothing was posted."""
        self._server.run(_CREDIT, json.dumps(invoice))

    def credited(self, invoice: int) -> int:
        """How many credit notes of the invoice are in force."""
        return len(self._notes_of(invoice, "posted", "paid"))

    def _notes_of(self, invoice: int, *states: str) -> list[int]:
        domain = [["origin_invoices", "=", invoice], ["state", "in", states]]
        return list(self._server.call("model.account.invoice.search", domain, 0, None, None))

    def version(self, sale: int) -> str:
        """The version that the connector gives the sale, from the database itself."""
        ((written, created),) = self._server.rows("SELECT write_date, create_date FROM sale_sale WHERE id=?", sale)
        return datetime.fromisoformat(written or created).replace(tzinfo=UTC).isoformat()

    def confirmed(self) -> int:
        """A sale of two lamps that the warehouse was told of."""
        sale = self.draft()
        (row,) = self._server.call("model.sale.sale.read", [sale], ["lines"])
        self._server.call("model.sale.line.write", row["lines"], {"quantity": 2.0})
        for button in ("quote", "confirm", "process"):
            self._server.call(f"model.sale.sale.{button}", [sale])
        return sale

    def billed(self) -> tuple[int, int]:
        """A sale with a posted invoice."""
        sale = self.confirmed()
        (row,) = self._server.call("model.sale.sale.read", [sale], ["invoices"])
        self._server.call("model.account.invoice.write", row["invoices"], {"invoice_date": _today()})
        self._server.call("model.account.invoice.post", row["invoices"])
        return sale, int(row["invoices"][0])

    def _seeded(self, key: str) -> int:
        return int(self._server.seed["orders"][key]["id"])


def _today() -> dict[str, Any]:
    today = datetime.now(UTC)
    return {"__class__": "date", "year": today.year, "month": today.month, "day": today.day}


def _order(sale: int) -> Ref:
    return Ref("order", str(sale))


def _is(sale: int, **values: str) -> Callable[[Any], bool]:
    def seen(one: Any) -> bool:
        wanted = isinstance(one, OrderRecord) and one.remote_id == str(sale)
        return wanted and all(getattr(one, name) == value for name, value in values.items())

    return seen


def _decimal(text: str) -> dict[str, str]:
    return {"__class__": "Decimal", "decimal": text}
