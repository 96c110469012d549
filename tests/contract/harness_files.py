"""A folder of exports held against the contract: the system over there is whoever writes the files."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar

from harness import Harness, Priced, Refused, Sign

from connectors.base import Account, Change
from connectors.errors import NotFound, Rejected
from connectors.orders import files_reading
from connectors.orders.files_settings import SETTINGS
from connectors.records import Ref

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import pytest

_WORDS = ("الطرد مكسور", "Zażółć gęślą jaźń", "evil \u202etxt \x1b[31mred", "x" * 5000, "line one\nline two")
_ORDERS = (
    *(
        "number",
        "id",
        "date",
        "state",
        "payment status",
        "fulfillment status",
        "currency",
        "total",
        "note",
        "ship street",
    ),
    *("sku", "quantity", "price"),
)


@dataclass
class FilesHarness(Harness):
    """A shop's whole export is written again whenever something changes, as exports are."""

    key: ClassVar[str] = "files"
    not_applicable: ClassVar[Mapping[int, str]] = {
        8: "there is no wire; what breaks a file is in tests/files/test_text.py and test_sheets_and_json.py",
        9: "a folder has no clock of its own; zones and changes of the hour are in tests/files/test_values.py",
        11: "nothing is ever written to a watched folder, so nothing can happen twice",
        12: "nothing is ever written to a watched folder, so no version can be stale",
        13: "there is no wire; headings and values that are not what they were are in tests/files/test_columns.py",
    }
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    tables: dict[str, tuple[tuple[str, ...], list[tuple[Any, ...]]]] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self._path.mkdir()
        for words in _WORDS:
            self._order(note=words)
        self.tables = {
            "customers.csv": (("customer id", "name", "email"), [("C1", "Jan Kowal", "jan@x.example")]),
            "stock.csv": (("sku", "location", "on hand"), [("LAMP", "Berlin", 14), ("SHADE", "Berlin", 0)]),
            "shipments.csv": (
                ("id", "order number", "carrier", "tracking number", "shipped"),
                [("S1", "1", "dhl", "00340", "2026-01-06")],
            ),
            "tracking.csv": (
                ("carrier", "tracking number", "time", "status"),
                [("dhl", "00340", "2026-01-06T10:00:00Z", "in transit")],
            ),
            "payments.csv": (("id", "order number", "amount", "state"), [("P1", "1", "10.00", "paid")]),
            "refunds.csv": (("id", "order number", "amount"), [("R1", "1", "1.00")]),
            "disputes.csv": (("id", "order number", "amount"), [("D1", "2", "10.00")]),
            "invoices.csv": (("number", "order number", "total"), [("I1", "1", "10.00")]),
            "purchases.csv": (("number", "vendor", "order number"), [("PO1", "Ostermann", "3")]),
            "notes.csv": (("id", "order number", "text"), [("N1", "1", "called")]),
        }
        self._write()

    @property
    def _path(self) -> Path:
        return self.folder / "exports"

    def _order(self, **more: Any) -> str:
        number = str(next(self._numbers))
        self.orders[number] = {
            "number": number,
            "id": number,
            "date": "2026-01-05T10:00:00Z",
            "currency": "EUR",
            "total": "10.00",
            "sku": "LAMP",
            "quantity": 1,
            "price": "10.00",
            **more,
        }
        return number

    def _write(self) -> None:
        self._save("orders.csv", _ORDERS, [[order.get(name, "") for name in _ORDERS] for order in self.orders.values()])
        for name, (header, rows) in self.tables.items():
            self._save(name, header, rows)

    def _save(self, name: str, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerows([header, *rows])
        (self._path / name).write_text(text.getvalue(), encoding="utf-8", newline="")

    # ---- the contract

    def account(self, **options: Any) -> Account:
        return self._account({}, options)

    def _account(self, settings: dict[str, Any], options: dict[str, Any] | None = None) -> Account:
        values = {setting.name: setting.default for setting in SETTINGS} | {"path": self._path, "currency": "EUR"}
        waits = {"sleep": lambda _: None}  # files of this test are whole when they are written
        return Account("depot", values | settings, self.folder / "cache", waits | (options or {}))

    def secrets(self) -> Sequence[str]:
        return ()

    def refused(self) -> Sequence[Refused]:
        return (
            Refused("no folder", self._account({"path": self.folder / "none"}), NotFound),
            Refused("a file", self._account({"path": self._path / "orders.csv"}), NotFound),
            Refused("another protocol", self._account({"path": "sftp://host/exports"}), Rejected),
            Refused("an unknown field", self._account({"columns": {"orders": {"x": "nummer"}}}), Rejected),
        )

    def seeded(self) -> Mapping[str, set[str]]:
        return {
            "orders": set(self.orders),
            "customers": {"C1"},
            "stock": {"LAMP@Berlin", "SHADE@Berlin"},
            "shipments": {"S1"},
            "tracking": {"dhl:00340"},
            "payments": {"P1"},
            "refunds": {"R1"},
            "disputes": {"D1"},
            "invoices": {"I1"},
            "purchases": {"PO1"},
            "notes": {"N1"},
        }

    def changes(self) -> Mapping[Change | str, Callable[[], Sign]]:
        return {
            Change.PAID: self._edits("payment status", "paid", lambda order: order.payment_status == "paid"),
            Change.CANCELLED: self._edits("state", "cancelled", lambda order: order.state == "cancelled"),
            Change.PARTLY_SHIPPED: self._edits(
                "fulfillment status",
                "partially fulfilled",
                lambda order: order.fulfillment_status == "partially_fulfilled",
            ),
            Change.ADDRESS_EDIT: self._edits(
                "ship street", "Lindenweg 4", lambda order: order.ship_to.street == "Lindenweg 4"
            ),
            Change.LINE_EDIT: self._edits("quantity", 7, lambda order: order.lines[0].quantity == 7),
            Change.TRACKING_SET: self._adds(
                "shipments.csv",
                ("S2", "2", "ups", "1Z", ""),
                "shipments",
                lambda record: record.tracking_number == "1Z",
                Ref("shipment", "S2"),
            ),
            Change.TRACKING_CHANGED: self._adds(
                "tracking.csv",
                ("dhl", "00340", "2026-01-07T10:00:00Z", "exception"),
                "tracking",
                lambda record: record.status == "exception",
            ),
            Change.DELIVERED: self._adds(
                "tracking.csv",
                ("dhl", "00340", "2026-01-08T10:00:00Z", "delivered"),
                "tracking",
                lambda record: record.status == "delivered",
            ),
            Change.REFUND: self._adds(
                "refunds.csv", ("R2", "2", "2.50"), "refunds", lambda record: record.remote_id == "R2"
            ),
            Change.NOTE: self._adds(
                "notes.csv", ("N2", "1", "called again"), "notes", lambda record: record.text == "called again"
            ),
        }

    def _edits(self, name: str, value: Any, seen: Callable[[Any], bool]) -> Callable[[], Sign]:
        def edit() -> Sign:
            number = self._order()
            self._write()
            self.orders[number][name] = value
            self._write()
            return Sign(
                "orders", lambda told: getattr(told, "remote_id", "") == number and seen(told), Ref("order", number)
            )

        return edit

    def _adds(
        self, file: str, row: tuple[Any, ...], stream: str, seen: Callable[[Any], bool], ref: Ref | None = None
    ) -> Callable[[], Sign]:
        def add() -> Sign:
            self.tables[file][1].append(row)
            self._write()
            return Sign(stream, seen, ref)

        return add

    def together(self, count: int) -> tuple[str, set[str]]:
        made = {self._order() for _ in range(count)}
        self._write()
        return "orders", made

    def small_pages(self, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
        monkeypatch.setattr(files_reading, "PAGE", size)

    def touch(self) -> Sign:
        words = f"touched {next(self._numbers)}"
        self.orders["1"]["note"] = words
        self._write()
        return Sign("orders", lambda told: getattr(told, "note", "") == words, Ref("order", "1"))

    def priced(self) -> Sequence[Priced]:
        amounts = {"JPY": ("1200", 1200), "EUR": ("12.50", 1250), "KWD": ("1.2500", 1250)}
        made = []
        for currency, (written, minor) in amounts.items():
            number = self._order(currency=currency, total=written, price=written)
            made.append(Priced(currency, self.account(), "orders", number, minor))
        self._write()
        return made

    def backfill(self, count: int) -> tuple[Account, str]:
        for _ in range(count):
            self._order()
        self._write()
        return self.account(), "orders"

    def hostile(self) -> Mapping[str, Sequence[str]]:
        return {"orders": _WORDS}
