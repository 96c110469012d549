"""A folder of exports held against the contract, its files written again and again as shops and ERPs do."""

from __future__ import annotations

import csv
import io
import itertools
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from harness import Harness, Priced, Refused, Sign

from connectors.base import Account, Change
from connectors.errors import NotFound, Rejected
from connectors.orders import files_reading
from connectors.orders.files_settings import SETTINGS
from connectors.records import OrderRecord, Ref, ShipmentRecord, TrackingRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import pytest

WORDS = ("الطرد مكسور", "Zażółć gęślą jaźń 灯", "evil \u202etxt \x1b[31mred\x07", '"quoted", with;signs', "ñ" * 5000)
_COUNT = itertools.count(1)
_DAY = "2026-01-05T10:00:00Z"
_ORDER = {"date": _DAY, "total": "39.50", "email": "jan@cust.example", "status": "processing", "ship city": "Berlin"}
Rows = dict[str, dict[str, str]]


def _seed() -> dict[str, Rows]:
    """Rows by their key, by the name of the file."""
    orders = {f"{number}": {"number": f"{number}", **_ORDER, "payment status": "open"} for number in range(7, 12)}
    money = {"order": "7", "amount": "39.50", "date": _DAY}
    return {
        "orders": orders,
        "order_lines": {number: {"order": number, "sku": "LAMP", "qty": "1", "price": "39.50"} for number in orders},
        "customers": {"c1": {"id": "c1", "email": "jan@cust.example", "name": "Jan Kowal"}},
        "stock": {
            "LAMP": {"sku": "LAMP", "on hand": "14", "location": "WH"},
            "SHADE": {"sku": "SHADE", "on hand": "1"},
        },
        "shipments": {"s1": {"id": "s1", "order": "7", "carrier": "dhl", "tracking number": "", "status": "pending"}},
        "tracking": {
            "a": {"tracking number": "JJD1", "carrier": "dhl", "status": "in transit", "time": _DAY, "order": "8"}
        },
        "payments": {"p1": {"id": "p1", **money, "status": "settled"}},
        "refunds": {"r1": {"id": "r1", **money, "payment": "p1", "status": "settled"}},
        "disputes": {"d1": {"id": "d1", **money, "payment": "p1", "status": "needs_response"}},
        "invoices": {"INV-1": {"number": "INV-1", "order": "7", "total": "39.50", "date": _DAY, "status": "open"}},
        "purchases": {"PO-1": {"number": "PO-1", "vendor": "Lampworks", "date": _DAY, "status": "submitted"}},
        "notes": {"n1": {"id": "n1", "order": "7", "text": "rang, nobody in", "date": _DAY}},
    }


@dataclass
class FilesHarness(Harness):
    """Eleven kinds of file with a few rows each."""

    key: ClassVar[str] = "files"
    key_shown_in: ClassVar[str] = "tests/files/test_over_sftp.py"
    not_applicable: ClassVar[Mapping[int, str]] = {
        8: "files on this disk: half of one, none, one that is no text are in tests/files/test_text.py",
        9: "a file's time of change tells that it changed, whatever the hour: tests/files/test_changes.py",
        11: "files are only read: nothing is ever written into the folder",
        12: "files are only read: nothing is ever written into the folder",
        13: "a changed heading or value sets rows aside: tests/files/test_columns.py and tests/files/test_orders.py",
    }

    def __post_init__(self) -> None:
        self.path = self.folder / "exports"
        self.path.mkdir()
        self.files = _seed()
        for name in self.files:
            self.export(name)

    def export(self, name: str, *, columns: Sequence[str] = ()) -> None:
        """Write a file anew, as a nightly export does."""
        rows = self.files[name]
        head = list(dict.fromkeys([*columns, *(column for row in rows.values() for column in row)]))
        text = io.StringIO()
        writer = csv.DictWriter(text, head, restval="")
        writer.writeheader()
        writer.writerows(rows.values())
        path = self.path / f"{name}.csv"
        path.write_text(text.getvalue(), encoding="utf-8")
        at = time.time() - 100_000 + next(_COUNT) * 5
        os.utime(path, (at, at))

    def account(self, **options: Any) -> Account:
        return self._account({}, options)

    def secrets(self) -> Sequence[str]:
        return ()

    def refused(self) -> Sequence[Refused]:
        return (
            Refused("no such folder", self._account({"path": self.folder / "nowhere"}, {}), NotFound),
            Refused("a file", self._account({"path": self.path / "orders.csv"}, {}), NotFound),
            Refused("no such zone", self._account({"timezone": "Europe/Atlantis"}, {}), Rejected),
            Refused("no such field", self._account({"columns": {"Ref": "numbr"}}, {}), Rejected),
        )

    def seeded(self) -> Mapping[str, set[str]]:
        places = {"stock": {"LAMP@WH", "SHADE@main"}, "tracking": {"dhl:JJD1"}}
        plain = {name: set(rows) for name, rows in self.files.items() if name not in {"order_lines", *places}}
        return {**plain, **places}

    def changes(self) -> Mapping[Change | str, Callable[[], Sign]]:
        def order(number: str, seen: Callable[[OrderRecord], bool], **values: str) -> Callable[[], Sign]:
            def change() -> Sign:
                self._put("orders", number, {name.replace("_", " "): value for name, value in values.items()})
                return Sign(
                    "orders",
                    lambda one: isinstance(one, OrderRecord) and one.number == number and seen(one),
                    Ref("order", number),
                )

            return change

        def more_lines() -> Sign:
            self._put("order_lines", "9", {"qty": "3"})
            return Sign(
                "orders",
                lambda one: isinstance(one, OrderRecord) and one.number == "9" and one.lines[0].quantity == 3,
                Ref("order", "9"),
            )

        def tracked(number: str) -> Callable[[], Sign]:
            def change() -> Sign:
                self._put("shipments", "s1", {"tracking number": number})
                return Sign(
                    "shipments",
                    lambda one: isinstance(one, ShipmentRecord) and one.tracking_number == number,
                    Ref("shipment", "s1"),
                )

            return change

        def delivered() -> Sign:
            scan = {**self.files["tracking"]["a"], "status": "delivered", "time": "2026-01-07T09:00:00Z"}
            self._put("tracking", "b", scan)
            return Sign("tracking", lambda one: isinstance(one, TrackingRecord) and one.status == "delivered")

        def refunded() -> Sign:
            self._put("refunds", "r2", {**self.files["refunds"]["r1"], "id": "r2"})
            return Sign("refunds", lambda one: one.remote_id == "r2")

        def noted() -> Sign:
            self._put("notes", "n2", {**self.files["notes"]["n1"], "id": "n2", "text": "rang again"})
            return Sign("notes", lambda one: getattr(one, "text", "") == "rang again")

        return {
            Change.PAID: order("7", lambda one: one.payment_status == "paid", payment_status="paid"),
            Change.PARTLY_SHIPPED: order(
                "8", lambda one: one.fulfillment_status == "partially_fulfilled", fulfillment_status="partial"
            ),
            Change.CANCELLED: order("9", lambda one: one.state == "cancelled", status="cancelled"),
            Change.ADDRESS_EDIT: order("10", lambda one: one.ship_to.city == "Bergen", ship_city="Bergen"),
            Change.LINE_EDIT: more_lines,
            Change.TRACKING_SET: tracked("JJD7"),
            Change.TRACKING_CHANGED: tracked("JJD8"),
            Change.DELIVERED: delivered,
            Change.REFUND: refunded,
            Change.NOTE: noted,
        }

    def together(self, count: int) -> tuple[str, set[str]]:
        numbers = {str(100 + next(_COUNT)) for _ in range(count)}
        for number in numbers:
            self.files["orders"][number] = {"number": number, **_ORDER}
        self.export("orders")
        return "orders", numbers

    def small_pages(self, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
        monkeypatch.setattr(files_reading, "PAGE", size)

    def touch(self) -> Sign:
        city = f"Berlin {next(_COUNT)}"
        self._put("orders", "7", {"ship city": city})
        return Sign("orders", lambda one: isinstance(one, OrderRecord) and one.ship_to.city == city, Ref("order", "7"))

    def priced(self) -> Sequence[Priced]:
        amounts = (("JPY", "500", 500), ("EUR", "79.99", 7999), ("KWD", "12.345", 12345))
        for currency, total, _ in amounts:
            row = {**_ORDER, "number": f"1{currency}", "total": total, "currency": currency}
            self.files["orders"][f"1{currency}"] = row
        self.export("orders")
        return [Priced(currency, self.account(), "orders", f"1{currency}", minor) for currency, _, minor in amounts]

    def backfill(self, count: int) -> tuple[Account, str]:
        self.files["orders"] = {str(number): {"number": str(number), **_ORDER} for number in range(count)}
        self.export("orders")
        return self.account(), "orders"

    def hostile(self) -> Mapping[str, Sequence[str]]:
        for number, text in enumerate(WORDS):
            self._put("notes", f"h{number}", {"id": f"h{number}", "order": "7", "text": text, "date": _DAY})
            self._put("orders", f"9{number}", {"number": f"9{number}", "note": text, **_ORDER})
        return {"notes": WORDS, "orders": WORDS}

    def _put(self, name: str, key: str, values: Mapping[str, str]) -> None:
        self.files[name][key] = {**self.files[name].get(key, {}), **values}
        self.export(name)

    def _account(self, values: dict[str, Any], options: dict[str, Any]) -> Account:
        defaults = {setting.name: setting.default for setting in SETTINGS}
        settings: dict[str, Any] = {**defaults, "path": self.path, "currency": "EUR", **values}
        cache: Path = self.folder / "cache"
        return Account("depot", settings, cache, {"sleep": lambda _seconds: None, **options})
