"""What moved at a source between two reads, written down: the timeline shows it, the source often keeps no history."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain.money import money_text
from oms_tui.store.ids import timed_id
from oms_tui.store.incoming import JOINED_VALUES, ORDER_VALUES
from oms_tui.store.rows import chunks, insert, marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from oms_tui.store.driver import Connection
    from oms_tui.store.incoming import IncomingOrder

_AXES: Final = {
    "payment_status": ("payment", "payment"),
    "fulfillment_status": ("fulfillment", "shipping"),
    "return_status": ("return", "return"),
}
_ADDRESS: Final = (
    "ship_name",
    "ship_company",
    "ship_street",
    "ship_city",
    "ship_region",
    "ship_postcode",
    "ship_country",
    "ship_phone",
)
_WATCHED: Final = (*_AXES, "state", "promised_at", "number", "total", "currency", "note", "instructions", *_ADDRESS)
_PLACES: Final = {name: ORDER_VALUES.index(name) for name in (*_WATCHED, "updated_at")}
_STATES: Final = {"cancelled": "cancelled", "closed": "closed"}
_MOST_LINES: Final = 6


@dataclass(slots=True)
class Observation:
    """Something that changed. ``at`` is when, by the source's clock if it says; ``data`` has [before, after]s."""

    order_id: int
    at: int
    kind: str
    source: str
    summary: str
    source_id: str = ""
    data: dict[str, Any] = field(default_factory=dict)


def observe(cache: Connection, observations: Iterable[Observation], now: int) -> None:
    """Append to orders' timelines; the same one twice (a page read again) is one."""
    rows = []
    for one in observations:
        text = json.dumps(one.data, ensure_ascii=False, sort_keys=True)
        name = "\x1f".join((str(one.order_id), one.kind, one.source, one.source_id, one.summary, text))
        rows.append(
            (timed_id(one.at, name), one.order_id, one.at, now, one.kind, one.source, one.source_id, one.summary, text)
        )
    cache.executemany(insert("observations", ignore=True), rows)


def observe_orders(cache: Connection, source: str, orders: Mapping[int, IncomingOrder], now: int) -> None:
    """Compare orders with what the cache has of them, and write down what moved. Called before they are written."""
    columns = ",".join(_WATCHED)
    found: list[Observation] = []
    for part in chunks(orders):
        old_lines = _lines(cache, part)
        for number, *old in cache.execute(f"SELECT id,{columns} FROM orders WHERE id IN ({marks(len(part))})", part):
            order = orders[number]
            before = dict(zip(_WATCHED, old, strict=True))
            after = {name: order.values[_PLACES[name]] for name in _WATCHED}
            at = order.values[_PLACES["updated_at"]] or now
            new_lines = {(row[1] or str(row[0])): (row[2], row[4], row[5]) for row in order.lines}
            moves = [*_moves(before, after), *_line_moves(old_lines.get(number, {}), new_lines)]
            found += [Observation(number, at, kind, source, summary, "", data) for kind, summary, data in moves]
    observe(cache, found, now)


Move = tuple[str, str, dict[str, Any]]


def _moves(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Move]:
    yield from _axis_moves(before, after)
    if before["promised_at"] is not None and (data := _changed(before, after, "promised_at")):
        yield "promise", "promised date moved", data
    moved = {name: [before[name], after[name]] for name in _ADDRESS if before[name] != after[name]}
    if moved:
        yield "address", "shipping address changed", moved
    if data := _changed(before, after, "number"):
        yield "edited", f"number: {before['number']} → {after['number']}", data
    if (data := _changed(before, after, "total")) and before["currency"] == after["currency"]:
        was, is_now = (money_text(side["total"], side["currency"]) for side in (before, after))
        yield "edited", f"total: {was} → {is_now}", data
    for name, called in (("note", "note"), ("instructions", "delivery instructions")):
        if data := _changed(before, after, name):
            yield "edited", f"{called} changed", data


def _changed(before: dict[str, Any], after: dict[str, Any], name: str) -> dict[str, Any]:
    return {name: [before[name], after[name]]} if before[name] != after[name] else {}


def _axis_moves(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Move]:
    if data := _changed(before, after, "state"):
        kind = (
            "reopened"
            if before["state"] in _STATES and after["state"] == "open"
            else _STATES.get(after["state"], "order")
        )
        yield kind, f"order: {_words(before['state'])} → {_words(after['state'])}", data
    for name, (kind, called) in _AXES.items():
        if data := _changed(before, after, name):
            yield kind, f"{called}: {_words(before[name])} → {_words(after[name])}", data


def _line_moves(before: dict[str, tuple[Any, ...]], after: dict[str, tuple[Any, ...]]) -> Iterator[Move]:
    words = []
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        if old == new or (old and new and old[::2] == new[::2]):  # a title alone is no change of the order
            continue
        if old is None and new is not None:
            words.append(f"+{new[2]} {new[0] or new[1]}")
        elif new is None and old is not None:
            words.append(f"-{old[2]} {old[0] or old[1]}")
        elif old is not None and new is not None:
            words.append(f"{old[2]} {old[0] or old[1]} → {new[2]} {new[0] or new[1]}")
    if words:
        more = f" and {len(words) - _MOST_LINES} more" if len(words) > _MOST_LINES else ""
        yield "line_edited", f"lines: {', '.join(words[:_MOST_LINES])}{more}", {"lines": words}


def _lines(cache: Connection, order_ids: Sequence[int]) -> dict[int, dict[str, tuple[Any, ...]]]:
    found: dict[int, dict[str, tuple[Any, ...]]] = {}
    for number, position, remote_id, sku, title, quantity in cache.execute(
        "SELECT order_id, position, remote_id, sku, title, quantity FROM order_lines "
        f"WHERE order_id IN ({marks(len(order_ids))})",
        order_ids,
    ):
        found.setdefault(number, {})[remote_id or str(position)] = (sku, title, quantity)
    return found


# Of each table: the column that tells how the record does, the kind of event, and what to call it.
_TOLD: Final = {
    "shipments": ("state", "fulfillment", "parcel"),
    "payments": ("state", "payment", "payment"),
    "refunds": ("state", "payment", "refund"),
    "disputes": ("state", "payment", "chargeback"),
    "invoices": ("status", "payment", "invoice"),
    "purchase_orders": ("request_status", "purchase_order", "purchase order"),
}
_KINDS: Final = {
    ("payments", "settled"): "payment_captured",
    ("payments", "authorized"): "payment_authorized",
    ("payments", "declined"): "payment_failed",
    ("payments", "error"): "payment_failed",
    ("payments", "cancelled"): "payment_voided",
    ("refunds", "settled"): "refund_issued",
    ("refunds", "failed"): "refund_failed",
    ("disputes", "won"): "dispute_closed",
    ("disputes", "lost"): "dispute_closed",
    ("disputes", "accepted"): "dispute_closed",
    ("disputes", "charge_refunded"): "dispute_closed",
    ("invoices", "paid"): "invoice_paid",
}


def record_moves(table: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[Move]:
    """What moved of a record that hangs off an order; ``old`` and ``new`` follow JOINED_VALUES of its table."""
    columns = JOINED_VALUES[table]
    before, after = dict(zip(columns, old, strict=True)), dict(zip(columns, new, strict=True))
    if table in _TOLD:
        column, kind, called = _TOLD[table]
        if before[column] != after[column]:
            name = " ".join(filter(None, (called, _name(table, after))))
            kind = _KINDS.get((table, after[column]), kind)
            yield (
                kind,
                f"{name}: {_words(before[column])} → {_words(after[column])}",
                {column: [before[column], after[column]]},
            )
    if table == "shipments" and before["tracking_number"] and before["tracking_number"] != after["tracking_number"]:
        was, is_now = before["tracking_number"], after["tracking_number"]
        yield "tracking", f"tracking number: {was} → {is_now or 'none'}", {"tracking_number": [was, is_now]}
    if table == "purchase_orders" and before["expected_at"] and before["expected_at"] != after["expected_at"]:
        dates = [before["expected_at"], after["expected_at"]]
        yield "purchase_order", f"purchase order {after['number']}: expected date moved", {"expected_at": dates}


def _name(table: str, values: dict[str, Any]) -> str:
    if table == "shipments":
        return str(values["tracking_number"])
    if table in {"payments", "refunds", "disputes"}:
        return money_text(values["amount"], values["currency"])
    return str(values["number"])


def _words(value: str) -> str:
    return value.replace("_", " ") or "none"
