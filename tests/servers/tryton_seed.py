"""Fill a fresh Tryton database with a small shop in every state a support desk meets.

Run by the interpreter of Tryton's own environment: ``python tryton_seed.py CONFIG DATABASE MANIFEST``. The manifest
(JSON) names what was made, so that tests compare the connector's reading with the seed's writing.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from proteus import Model, Wizard, config
from trytond.modules.account.tests.tools import create_chart, create_fiscalyear, get_accounts
from trytond.modules.account_invoice.tests.tools import create_payment_term, set_fiscalyear_invoice_sequences
from trytond.modules.company.tests.tools import create_company, get_company
from trytond.modules.currency.tests.tools import get_currency

TODAY = dt.datetime.now(dt.UTC).date()
NEXT_WEEK = TODAY + dt.timedelta(days=7)

CUSTOMERS = {
    "jan": ("Jan Kowal", "jan.kowal@example.com", "+48 601 100 200", ("Prosta 1", "00-001", "Warszawa", "PL")),
    "maria": ("Maria Lund-Øster", "maria@example.com", "", ("Storgata 5", "0155", "Oslo", "NO")),
    "yuki": ("山田 由紀", "yuki@example.com", "+81 3 1234 5678", ("丸の内1-1", "100-0005", "東京", "JP")),
    "noor": ("نور الهدى", "noor@example.com", "", ("شارع الملك 7", "11564", "الرياض", "SA")),
    "olga": ("Ольга Иванова", "olga@example.com", "", ("ул. Ленина 3", "0001", "Երևան", "AM")),
    "trap": ("Evil \u202etxt [b]x[/b]", "evil@example.com", "", ("1 Escape Row", "10115", "Berlin", "DE")),
}


class Shop:
    """The shop being made: proteus models by short names, and the manifest that grows with it."""

    def __init__(self) -> None:
        self.made: dict[str, Any] = {"orders": {}, "customers": {}, "products": {}, "stock": {}, "users": {}}
        self.accounts: dict[str, Any] = {}
        self.customers: dict[str, Any] = {}
        self.products: dict[str, Any] = {}

    def found_company(self) -> None:
        """A company in euro, with chart of accounts, fiscal year, payment term and a payment journal."""
        self.eur = get_currency("EUR")
        create_company(currency=self.eur)
        self.company = get_company()
        self.company.party.name = "Bright Shop"
        self.company.party.save()
        user_model = Model.get("res.user")
        admin = user_model(config.get_config().user)
        admin.companies.append(self.company)
        admin.company = self.company
        admin.save()
        config.get_config()._context = user_model.get_preferences(
            True, config.get_config().context
        )  # proteus has no other way in
        create_chart(self.company)
        period = (TODAY.replace(month=1, day=1), TODAY.replace(month=12, day=31))
        year = set_fiscalyear_invoice_sequences(create_fiscalyear(self.company, today=period))
        year.click("create_period")
        self.accounts = get_accounts(self.company)
        self.term = create_payment_term()
        self.term.save()
        self.category = Model.get("product.category")(name="Goods", accounting=True)
        self.category.account_expense = self.accounts["expense"]
        self.category.account_revenue = self.accounts["revenue"]
        self.category.save()
        self.journal = Model.get("account.payment.journal")(name="Card", process_method="manual")
        self.journal.save()
        method = Model.get("account.invoice.payment.method")()
        method.name = "Cash"
        (method.journal,) = Model.get("account.journal").find([("type", "=", "cash")], limit=1)
        method.credit_account = method.debit_account = self.accounts["cash"]
        method.save()
        self.method = method

    def open_warehouses(self) -> None:
        """Two warehouses; the first comes with Tryton."""
        location_model = Model.get("stock.location")
        (self.main,) = location_model.find([("code", "=", "WH")])
        places = {}
        for kind, code in (("input_location", "IN2"), ("output_location", "OUT2"), ("storage_location", "STO2")):
            places[kind] = location_model(name=f"Depot {code}", code=code, type="storage")
            places[kind].save()
        self.depot = location_model(name="Depot", code="DEP", type="warehouse")
        for kind, place in places.items():
            setattr(self.depot, kind, place)
        self.depot.lost_found_location = self.main.lost_found_location
        self.depot.save()
        self.made["warehouses"] = ["WH", "DEP"]

    def know_parties(self) -> None:
        """Customers whose names are in several scripts, two vendors, a carrier."""
        party_model, country_model = Model.get("party.party"), Model.get("country.country")
        for key, (name, email, phone, (street, postcode, city, country)) in CUSTOMERS.items():
            party = party_model(name=name)
            address = party.addresses[0] if party.addresses else party.addresses.new()
            address.street_unstructured, address.postal_code, address.city = street, postcode, city
            found = country_model.find([("code", "=", country)])
            if not found:
                land = country_model(name=country, code=country)
                land.save()
                found = [land]
            address.country = found[0]
            party.contact_mechanisms.new(type="email", value=email)
            if phone:
                party.contact_mechanisms.new(type="phone", value=phone)
            party.save()
            self.customers[key] = party
            self.made["customers"][key] = {"id": party.id, "name": name, "email": email}
        self.vendor = party_model(name="Lampworks GmbH")
        self.vendor.save()
        self.dropper = party_model(name="Direct Sofa Ltd")
        self.dropper.save()
        dhl = party_model(name="DHL")
        dhl.save()
        delivery = self._template("Delivery", "service", "5.00", "5.00")
        delivery.salable = True
        delivery.save()
        self.carrier = Model.get("carrier")(party=dhl, carrier_product=delivery.products[0])
        self.carrier.save()

    def _template(self, name: str, kind: str, price: str, cost: str) -> Any:
        (unit,) = Model.get("product.uom").find([("name", "=", "Unit")])
        template = Model.get("product.template")(name=name, type=kind, default_uom=unit)
        template.list_price = Decimal(price)
        template.cost_price_method = "fixed"
        template.account_category = self.category
        template.products[0].cost_price = Decimal(cost)
        return template

    def fill_catalogue(self) -> None:
        """Products with stock in two warehouses, one that is always shipped by its maker."""
        rows = (
            ("lamp", "LAMP-BLUE", "Lamp, blue", "39.50", {"main": 14, "depot": 3}),
            ("shade", "SHADE-L", "Shade, large", "10.00", {"main": 1}),
            ("bulb", "BULB-E27", "Bulb E27 «warm» 灯", "4.99", {"main": 200, "depot": 50}),
            ("sofa", "SOFA-3", "Sofa, three seats", "899.00", {}),
        )
        for key, sku, title, price, on_hand in rows:
            template = self._template(title, "goods", price, "2.00")
            template.salable = template.purchasable = True
            if key == "sofa":
                template.supply_on_sale = "always"
            template.products[0].suffix_code = sku
            template.save()
            product = template.products[0]
            supplier = Model.get("purchase.product_supplier")(template=template, lead_time=dt.timedelta(days=2))
            supplier.party = self.dropper if key == "sofa" else self.vendor
            supplier.drop_shipment = key == "sofa"
            supplier.save()
            self.products[key] = product
            self.made["products"][key] = {"id": product.id, "sku": sku}
            for place, quantity in on_hand.items():
                self._count(product, getattr(self, place), quantity)
                self.made["stock"][f"{sku}@{getattr(self, place).code}"] = quantity

    def _count(self, product: Any, warehouse: Any, quantity: int) -> None:
        inventory = Model.get("stock.inventory")(location=warehouse.storage_location)
        line = inventory.lines.new(product=product)
        line.quantity = float(quantity)
        inventory.click("confirm")

    def sell(self, key: str, customer: str, lines: list[tuple[str, int]], *, to: str = "confirm", **fields: Any) -> Any:
        """A sale brought ``to`` draft, quote, confirm (which processes it) or cancel."""
        sale = Model.get("sale.sale")(party=self.customers[customer], currency=self.eur, payment_term=self.term)
        sale.invoice_method = fields.pop("invoice_method", "order")
        sale.shipment_cost_method = None  # without a carrier Tryton refuses any other
        sale.sale_date = TODAY
        sale.warehouse = self.main
        for name, value in fields.items():
            setattr(sale, name, value)
        for product, quantity in lines:
            line = sale.lines.new()
            line.product = self.products[product]
            line.quantity = quantity
        sale.save()
        for step in {"draft": (), "cancel": ("cancel",), "quote": ("quote",)}.get(to, ("quote", "confirm")):
            sale.click(step)
        sale.reload()
        if to == "confirm" and sale.state == "confirmed":
            sale.click("process")
            sale.reload()
        self.made["orders"][key] = {
            "id": sale.id,
            "number": sale.number,
            "customer": customer,
            "total": str(sale.total_amount),
            "lines": [[self.made["products"][product]["sku"], quantity] for product, quantity in lines],
        }
        return sale

    def _unwarned(self, record: Any, button: str) -> None:
        """Press a button, acknowledging the warnings Tryton asks a person about."""
        from trytond.exceptions import UserWarning as Warned

        while True:
            try:
                record.click(button)
            except Warned as warning:
                Model.get("res.user.warning")(user=config.get_config().user, name=warning.name).save()
            else:
                return

    def ship(self, sale: Any, parcels: list[tuple[str, list[int]]], *, done: bool = True) -> Any:
        """Pick and pack a sale's first open shipment into ``parcels`` (tracking number, indexes of its moves)."""
        shipment = next(each for each in sale.shipments if each.state in {"draft", "waiting", "assigned"})
        shipment.carrier = self.carrier
        shipment.cost_sale_method = None
        shipment.save()
        if shipment.state == "draft":
            shipment.click("wait")
        shipment.click("assign_force" if hasattr(shipment, "assign_force") else "assign_try")
        shipment.click("pick")
        (kind,) = Model.get("stock.package.type").find([], limit=1) or [self._package_type()]
        outgoing = [move.id for move in shipment.outgoing_moves]
        for tracking, moves in parcels:
            package = Model.get("stock.package")(shipment=shipment, type=kind, shipping_reference=tracking)
            package.moves.extend([Model.get("stock.move")(outgoing[index]) for index in moves])
            package.save()
        shipment.reload()
        self._unwarned(shipment, "pack")
        if done:
            self._unwarned(shipment, "do")
        shipment.reload()
        return shipment

    def _package_type(self) -> Any:
        kind = Model.get("stock.package.type")(name="Box")
        kind.save()
        return kind

    def invoice(self, sale: Any, *, pay: str = "") -> Any:
        """Post a sale's invoice; pay all of it, a part ("10.00") or nothing."""
        sale.reload()
        invoice = sale.invoices[0]
        invoice.invoice_date = TODAY
        invoice.click("post")
        if pay:
            wizard = invoice.click("pay")
            if pay != "all":
                wizard.form.amount = Decimal(pay)
            wizard.form.payment_method = self.method
            wizard.form.date = TODAY
            wizard.execute("choice")
            if wizard.form_state == "ask":
                wizard.form.type = "partial"
                wizard.execute("pay")
        invoice.reload()
        return invoice

    def trade(self) -> None:
        """Sales in every state, with what hangs off them."""
        self.take_orders()
        self.take_money()
        self.send_parcels()
        self.take_back()

    def take_orders(self) -> None:
        """Orders nobody has paid or shipped yet, one of them with a hostile text in each field."""
        self.sell("draft", "jan", [("lamp", 1)], to="draft")
        self.sell("quotation", "yuki", [("bulb", 3)], to="quote")
        self.sell("cancelled", "noor", [("lamp", 1)], to="cancel")
        self.sell("open", "maria", [("lamp", 2), ("shade", 1)], shipping_date=NEXT_WEEK, comment="Leave at the door")
        self.sell("short", "olga", [("shade", 5)], comment="Line one\nLine two \x1b[31mred" + "ñ" * 100)
        trap = self.sell("trap", "trap", [("bulb", 1)], reference="PO-\u202e77", description="[red]not markup[/]")
        self.made["orders"]["trap"]["reference"] = trap.reference

    def take_money(self) -> None:
        """Paid, paid in part, paid beforehand; a note on one of them."""
        orders = self.made["orders"]
        paid = self.sell("paid", "jan", [("lamp", 1), ("bulb", 4)])
        orders["paid"]["invoice"] = self.invoice(paid, pay="all").number
        part_paid = self.sell("part_paid", "maria", [("lamp", 1)])
        orders["part_paid"]["invoice"] = self.invoice(part_paid, pay="10.00").number

        prepaid = self.sell("prepaid", "jan", [("bulb", 5)], to="quote")
        payment = Model.get("account.payment")(journal=self.journal, kind="receivable", party=prepaid.party)
        payment.origin = prepaid
        payment.amount = prepaid.total_amount
        payment.click("submit")
        payment.click("process_wizard")
        payment.click("succeed")
        orders["prepaid"]["payment"] = payment.number

        noted = Model.get("ir.note")(message="Called, will be home on Friday")
        noted.resource = paid
        noted.save()
        orders["paid"]["note"] = noted.message

    def send_parcels(self) -> None:
        """Shipped in two parcels, packed only, shipped in part, done."""
        orders = self.made["orders"]
        shipped = self.sell("shipped", "jan", [("bulb", 10), ("lamp", 1)])
        self.invoice(shipped, pay="all")
        parcels = [("00340434161094000001", [0]), ("00340434161094000002", [1])]
        orders["shipped"]["shipment"] = self.ship(shipped, parcels).number
        orders["shipped"]["tracking"] = [number for number, _ in parcels]

        packed = self.sell("packed", "yuki", [("bulb", 2)])
        self.ship(packed, [("00340434161094000003", [0])], done=False)
        orders["packed"]["tracking"] = ["00340434161094000003"]

        partly = self.sell("partly_shipped", "maria", [("bulb", 6)])
        move = partly.shipments[0].inventory_moves or partly.shipments[0].outgoing_moves
        move[0].quantity = 4
        partly.shipments[0].save()
        self.ship(partly, [("00340434161094000004", [0])])

        done = self.sell("done", "olga", [("bulb", 1)])
        self.ship(done, [("00340434161094000005", [0])])
        self.invoice(done, pay="all")

    def take_back(self) -> None:
        """Money back by credit note; goods back by a return."""
        orders = self.made["orders"]
        credited = self.sell("credited", "noor", [("bulb", 2)])
        invoice = self.invoice(credited, pay="all")
        credit = Wizard("account.invoice.credit", [invoice])
        credit.form.with_refund = False
        credit.form.invoice_date = TODAY
        credit.execute("credit")
        (note,) = Model.get("account.invoice").find([("type", "=", "out"), ("total_amount", "<", 0)])
        note.invoice_date = TODAY
        note.click("post")
        orders["credited"]["invoice"], orders["credited"]["credit_note"] = invoice.number, note.number

        returned = self.sell("returned", "maria", [("bulb", 1)])
        self.ship(returned, [("00340434161094000006", [0])])
        wizard = Wizard("sale.return_sale", [returned])
        wizard.execute("return_")
        (back,) = Model.get("sale.sale").find([("origin", "=", f"sale.sale,{returned.id}")])
        back.click("quote")
        back.click("confirm")
        back.reload()
        orders["return"] = {"id": back.id, "number": back.number, "customer": "maria", "origin": returned.id}

    def buy(self) -> None:
        """A purchase for stock, and a sofa that its maker ships to the customer and bills to us."""
        purchase_model = Model.get("purchase.purchase")
        stock = purchase_model(party=self.vendor, currency=self.eur, payment_term=self.term, warehouse=self.main)
        line = stock.lines.new()
        line.product = self.products["shade"]
        line.quantity = 20
        line.unit_price = Decimal("3.0000")
        stock.click("quote")
        stock.click("confirm")
        self.made["purchase"] = {"number": stock.number, "sku": "SHADE-L", "quantity": 20}
        sale = self.sell("drop_ship", "jan", [("sofa", 1)])
        sofa = self.products["sofa"].id
        (request,) = Model.get("purchase.request").find([("state", "=", "draft"), ("product", "=", sofa)])
        Wizard("purchase.request.create_purchase", [request])
        (purchase,) = purchase_model.find([("customer", "=", sale.party.id)])
        purchase.payment_term = self.term
        purchase.lines[0].unit_price = Decimal("400.0000")
        purchase.click("quote")
        purchase.click("confirm")
        sale.reload()
        (drop,) = sale.drop_shipments
        drop.click("ship")
        purchase.reload()
        bill = purchase.invoices[0]
        bill.invoice_date = TODAY
        bill.reference = "DS-881"
        bill.click("post")
        self.made["drop_ship"] = {
            "purchase": purchase.number,
            "shipment": drop.number,
            "bill": bill.number,
            "bill_reference": bill.reference,
        }

    def hire(self) -> None:
        """A clerk who may sell, and a guest who may log in and read nothing of the shop."""
        user_model, group_model = Model.get("res.user"), Model.get("res.group")
        for login, groups in (("clerk", ["Sales", "Stock", "Accounting", "Purchase", "Payment"]), ("guest", [])):
            user = user_model(name=login, login=login, password=f"{login}-Passw0rd-{login}")
            for name in groups:
                user.groups.extend(group_model.find([("name", "=", name)]))
            user.companies.append(Model.get("company.company")(self.company.id))
            user.company = self.company
            user.save()
            self.made["users"][login] = f"{login}-Passw0rd-{login}"


def main(config_file: str, database: str, manifest: str) -> None:
    """Make the shop and write the manifest."""
    config.set_trytond(database, config_file=config_file)
    shop = Shop()
    shop.found_company()
    shop.open_warehouses()
    shop.know_parties()
    shop.fill_catalogue()
    shop.trade()
    shop.buy()
    shop.hire()
    shop.made["today"] = TODAY.isoformat()
    Path(manifest).write_text(json.dumps(shop.made, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:4])
