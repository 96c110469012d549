"""A shop and a carrier that do what no real system does on request: lie by their cursor, vanish, limit, break.

Made known to the catalogue by the ``shops`` fixture; each account plays the script of its name.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from connectors import catalogue
from connectors.base import Capability, Health, Manifest, Receipt, Setting
from connectors.records import LineRecord, OrderRecord, OrderRef, Page, Ref, ShipmentRecord, TrackingRecord

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connectors.base import Account, Action, TrackingRef

PLACED = datetime(2026, 11, 20, 9, tzinfo=UTC)


@dataclass
class Script:
    """What a shop holds, and how it behaves. ``seen`` are ids the cursor tells of, with the counter of their change."""

    orders: dict[str, OrderRecord] = field(default_factory=dict)
    shipments: dict[str, ShipmentRecord] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    parcels: dict[str, str] = field(default_factory=dict)  # tracking number -> status
    faults: list[Exception | None] = field(default_factory=list)  # for one call each
    fault: Exception | None = None  # for every call
    calls: list[str] = field(default_factory=list)
    tracked: list[TrackingRef] = field(default_factory=list)
    performed: dict[str, Action] = field(default_factory=dict)
    expected: str = ""
    until: datetime | None = None
    page: int = 1000
    opened: int = 0

    def order(self, number: str, *, told: bool = True, **changes: Any) -> OrderRecord:
        """Put an order in, or change it; ``told``: the cursor sees it."""
        before = self.orders.get(number) or OrderRecord(
            number, number, "open", PLACED, "EUR", 7900, lines=(LineRecord("1", "LAMP", 2, unit_price=3950),)
        )
        self.orders[number] = replace(before, **changes)
        if told:
            self.seen[number] = max(self.seen.values(), default=0) + 1
        return self.orders[number]

    def parcel(self, order: str, number: str, carrier: str = "dhl", status: str = "in_transit") -> None:
        shipped = PLACED + timedelta(days=1)
        self.shipments[number] = ShipmentRecord(
            f"s{number}", OrderRef(remote_id=order), carrier, number, "shipped", shipped_at=shipped
        )
        self.parcels[number] = status

    def call(self, name: str) -> None:
        self.calls.append(name)
        fault = self.faults.pop(0) if self.faults else self.fault
        if fault is not None:
            raise fault


SCRIPTS: dict[str, Script] = {}


class _Scripted:
    def __init__(self, account: Account) -> None:
        self.script = SCRIPTS[account.name]
        self.script.opened += 1

    def check(self) -> Health:
        return Health(ok=True)

    def close(self) -> None:
        self.script.calls.append("close")


class ScriptedShop(_Scripted):
    manifest = Manifest(
        key="scripted_shop",
        title="A scripted shop",
        capabilities=frozenset({Capability.ORDERS, Capability.SHIPMENTS, Capability.ORDER_ACTIONS}),
        settings=(Setting("key", "secret"),),
        streams=("orders", "shipments"),
        actions=("note", "cancel"),
        min_poll=timedelta(milliseconds=50),
    )

    def changed(self, stream: str, cursor: dict[str, Any] | None, *, until: datetime) -> Iterator[Page]:
        self.script.call(stream)
        self.script.until = until
        if stream == "shipments":
            yield Page(list(self.script.shipments.values()), cursor={"at": 1})
            return
        after = (cursor or {}).get("at", 0)
        fresh = sorted((at, number) for number, at in self.script.seen.items() if at > after)
        records = [self.script.orders[number] for _, number in fresh if number in self.script.orders]
        last = fresh[-1][0] if fresh else after
        for start in range(0, max(len(records), 1), self.script.page):
            part = records[start : start + self.script.page]
            more = start + self.script.page < len(records)
            yield Page(list(part), cursor={"at": fresh[start + len(part) - 1][0] if more else last}, more=more)

    def fetch(self, refs: Sequence[Ref]) -> Page:
        self.script.call("fetch")
        there = [self.script.orders[ref.remote_id] for ref in refs if ref.remote_id in self.script.orders]
        return Page(list(there), [ref for ref in refs if ref.remote_id not in self.script.orders])

    def preview(self, action: Action) -> str:
        return action.kind

    def perform(self, action: Action, *, key: str, expect: str) -> Receipt:
        self.script.call("perform")
        self.script.performed[key] = action
        self.script.expected = expect
        return Receipt("77", f"{action.kind} done")

    def confirm(self, key: str) -> Receipt | None:
        self.script.call("confirm")
        return Receipt("77", "found") if key in self.script.performed else None


class ScriptedCarrier(_Scripted):
    manifest = Manifest(
        key="scripted_carrier",
        title="A scripted carrier",
        capabilities=frozenset({Capability.TRACKING}),
        settings=(Setting("carriers", "list", default=()),),
        min_poll=timedelta(milliseconds=50),
    )

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self._carriers = frozenset(account.values["carriers"]) or None

    def carriers(self) -> frozenset[str] | None:
        return self._carriers

    def track(self, refs: Sequence[TrackingRef]) -> Page:
        self.script.call("track")
        self.script.tracked += refs
        found = [
            TrackingRecord(ref.carrier, ref.tracking_number, self.script.parcels[ref.tracking_number])  # type: ignore[arg-type]
            for ref in refs
            if ref.tracking_number in self.script.parcels
        ]
        return Page(list(found))


@pytest.fixture
def shops(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Script]]:
    """Scripts by the name of their source; kinds ``scripted_shop`` and ``scripted_carrier`` exist meanwhile."""
    ours = dict(catalogue._OURS)
    ours["scripted_shop"] = "servers.scripted_shop:ScriptedShop"
    ours["scripted_carrier"] = "servers.scripted_shop:ScriptedCarrier"
    monkeypatch.setattr(catalogue, "_OURS", ours)
    SCRIPTS.clear()
    SCRIPTS.update({name: Script() for name in ("shop", "other", "parcels")})
    yield SCRIPTS
    SCRIPTS.clear()
