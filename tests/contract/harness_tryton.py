"""Tryton held against the contract, on a real server with a small shop in every state."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import httpx
from harness import Harness, Priced, Refused, Sign, Write
from tryton_changes import Shop

from connectors.base import Account, Action, Change
from connectors.errors import AuthExpired, Forbidden, NotFound, ProtocolError, Temporary
from connectors.orders import tryton_scan
from connectors.records import Ref

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pytest
    from servers.tryton import TrytonServer

_WORDS = (
    "الطرد مكسور",
    "Zażółć gęślą jaźń 灯",
    "evil \u202etxt \x1b[31mred\x07",
    "line one\nline two\ttab",
    "ñ" * 5000,
)
_NUMBERS = itertools.count(1)
_ANSWERS: dict[tuple[str, str, bytes], tuple[int, bytes]] = {}


# What no change of the shop changes: who we are, what the models are, what we may do.
_LASTING = (b'"common.db.login"', b'.fields_get"', b'.get_access"', b'.get_preferences"')


class Remembering(httpx.BaseTransport):
    """The real server, each question put to it once: faults are tried by the thousand, and a login takes a while.

    Of a server that is ``busy`` only what never changes is remembered.
    """

    def __init__(self, inner: httpx.BaseTransport, *, busy: bool) -> None:
        self._inner = inner
        self._busy = busy

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self._busy and not any(name in request.read() for name in _LASTING):
            return self._inner.handle_request(request)
        question = (str(request.url), request.headers.get("authorization", ""), request.read())
        if question not in _ANSWERS:
            answer = self._inner.handle_request(request)
            _ANSWERS[question] = (answer.status_code, answer.read())
        status, body = _ANSWERS[question]
        return httpx.Response(status, content=body, headers={"Content-Type": "application/json"})


@dataclass
class TrytonHarness(Harness):
    """The seeded shop; changes go to a second server with the same seed."""

    key: ClassVar[str] = "tryton"
    fixtures: ClassVar[tuple[str, ...]] = ("tryton", "tryton_to_change")
    marks: ClassVar[tuple[str, ...]] = ("tryton",)
    structure: ClassVar[frozenset[str]] = frozenset({"id", "invoice", "invoices."})  # a row without id; ids asked for
    context_field: ClassVar[str] = "parent"  # a location has one: by it all stock is counted
    per_document: ClassVar[int] = 2  # a shipment of two parcels, a product at two warehouses
    own: bool = False
    wire: httpx.HTTPTransport = field(default_factory=httpx.HTTPTransport)

    @property
    def server(self) -> TrytonServer:
        return self.given["tryton_to_change" if self.own else "tryton"]  # type: ignore[no-any-return] # a fixture

    def take_own(self) -> None:
        self.own = True

    def account(self, **options: Any) -> Account:
        return self._account({}, options)

    def network(self) -> httpx.BaseTransport | None:
        return Remembering(self.wire, busy=self.own)

    def secrets(self) -> Sequence[str]:
        return (self.server.password,)

    def refused(self) -> Sequence[Refused]:
        def refuse(_: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("Name or service not known")

        page = httpx.MockTransport(lambda _: httpx.Response(200, text="<html>Hello</html>"))
        guest = {"user": "guest", "password": self.server.seed["users"]["guest"]}
        return (
            Refused("wrong key", self._account({"user": "clerk", "password": "wrong-Passw0rd"}, {}), AuthExpired),
            Refused("missing scope", self._account(guest, {}), Forbidden),
            Refused("wrong database", self._account({"database": "elsewhere"}, {}), NotFound),
            Refused("wrong company", self._account({"company": "Dim Shop"}, {}), NotFound),
            Refused("wrong host", self._account({}, {"transport": httpx.MockTransport(refuse)}), Temporary),
            Refused("a page, not the API", self._account({}, {"transport": page}), ProtocolError),
        )

    def seeded(self) -> Mapping[str, set[str]]:
        def ids(table: str, prefix: str = "") -> set[str]:
            return {f"{prefix}{number}" for (number,) in self.server.rows(f'SELECT id FROM "{table}"')}

        packed = {int(name.partition(",")[2]) for (name,) in self.server.rows("SELECT shipment FROM stock_package")}
        shipments = ids("stock_shipment_out") - {str(number) for number in packed}
        skus = [each["sku"] for each in self.server.seed["products"].values()]
        receipts = self.server.rows('SELECT DISTINCT line FROM "account_invoice-account_move_line"')
        return {
            "customers": ids("party_party"),
            "orders": ids("sale_sale"),
            "stock": {f"{sku}@{place}" for sku in skus for place in self.server.seed["warehouses"]},
            "shipments": ids("stock_package", "package:") | {f"out:{number}" for number in shipments},
            "drop_shipments": ids("stock_shipment_drop", "drop:"),
            "invoices": ids("account_invoice"),
            "payments": ids("account_payment"),
            "receipts": {f"line:{number}" for (number,) in receipts},
            "purchases": ids("purchase_purchase"),
            "notes": ids("ir_note"),
        }

    def changes(self) -> Mapping[Change | str, Callable[[], Sign]]:
        return Shop(self.server).changes()

    def together(self, count: int) -> tuple[str, set[str]]:
        values = [{"name": f"Twin {number}"} for number in range(count)]
        return "customers", {str(number) for number in self.server.call("model.party.party.create", values)}

    def touch(self) -> Sign:
        jan = self.server.seed["customers"]["jan"]["id"]
        name = f"Jan Kowal {next(_NUMBERS)}"
        self.server.call("model.party.party.write", [jan], {"name": name})
        return Sign("customers", lambda one: getattr(one, "name", "") == name, Ref("customer", str(jan)))

    def small_pages(self, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
        monkeypatch.setattr(tryton_scan, "PAGE", size)

    def records_in(self, document: Any) -> list[dict[str, Any]]:
        found = document.get("result") if isinstance(document, dict) else None
        rows = found if isinstance(found, list) else []
        return [row for row in rows if isinstance(row, dict) and "id" in row and len(row) > 1]

    def priced(self) -> Sequence[Priced]:
        shop = Shop(self.server)
        asked = (("JPY", 0, "500", 500), ("EUR", 2, "79.99", 7999), ("KWD", 3, "12.345", 12345))
        return [
            Priced(code, self.account(), "orders", str(shop.sell_for(price, code, digits)), minor)
            for code, digits, price, minor in asked
        ]

    def writes(self) -> Mapping[str, Callable[[], Write]]:
        shop = Shop(self.server)

        def write(kind: str, sale: int, fields: Mapping[str, Any], effects: Callable[[], int]) -> Write:
            action = Action(kind, Ref("order", str(sale)), fields)
            return Write(action, shop.version(sale), effects, lambda: shop.comment(sale, f"changed {next(_NUMBERS)}"))

        def note() -> Write:
            sale, text = shop.draft(), f"a note from the desk {next(_NUMBERS)}."
            return write("note", sale, {"text": text}, lambda: shop.notes(sale, text))

        def cancel() -> Write:
            sale = shop.draft()
            return write("cancel", sale, {}, lambda: int(shop.state(sale) == "cancelled"))

        def credit_note() -> Write:
            invoice = shop.invoice()
            action = Action("credit_note", Ref("order", "3"), {"invoice": str(invoice), "reason": "duplicate"})
            others: list[int] = []

            def meanwhile() -> None:
                shop.credit(invoice)
                others.append(invoice)

            return Write(action, "credited:0", lambda: shop.credited(invoice) - len(others), meanwhile)

        def edit_address() -> Write:
            sale, house = shop.draft(), next(_NUMBERS)
            fields = {"street": f"Ahornweg {house}", "postcode": "04109", "city": "Leipzig"}
            return write("edit_address", sale, fields, lambda: int(shop.goes_to(sale)["street"] == fields["street"]))

        return {"note": note, "cancel": cancel, "edit_address": edit_address, "credit_note": credit_note}

    def backfill(self, count: int) -> tuple[Account, str]:
        self.server.rows(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            " INSERT INTO ir_note(resource, message, create_uid, create_date)"
            " SELECT 'sale.sale,3', 'backfill ' || i, 1, '2026-01-05' FROM n",
            count,
        )
        return self.account(), "notes"

    def hostile(self) -> Mapping[str, Sequence[str]]:
        shop = Shop(self.server)
        for text in _WORDS:
            shop.comment(shop.draft(), text)
            self.server.call("model.ir.note.create", [{"resource": "sale.sale,3", "message": text}])
        names = [each["name"] for each in self.server.seed["customers"].values()]
        return {"orders": _WORDS, "notes": _WORDS, "customers": names}

    def close(self) -> None:
        if self.own:
            self.server.rows("DELETE FROM ir_note WHERE message LIKE 'backfill %'")
        self.wire.close()

    def _account(self, values: dict[str, Any], options: dict[str, Any]) -> Account:
        server = self.server
        settings = {
            "url": server.url,
            "database": server.database,
            "user": server.user,
            "password": server.password,
            **values,
        }
        return Account("erp", settings, self.folder, {"transport": self.network(), **options})
