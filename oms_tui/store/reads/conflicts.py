"""Facts on which systems disagree about an order, with both values, their sources and times."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oms_tui.domain.vocabulary import ConflictState, InvoiceKind
from oms_tui.store import desk_rows
from oms_tui.store.reads.select import one, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oms_tui.store.workspace import Workspace

Value = tuple[str, str, int]
"""Source, value, and when it was seen (milliseconds since 1970 UTC)."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """One field, what each system says, and what became of it."""

    field: str
    state: str
    values: tuple[Value, ...]
    chosen: str = ""


def conflicts(store: Workspace, order_id: int) -> list[Conflict]:
    """The order's conflicts, decided ones too; one whose systems agree again is gone."""
    order = one(store.cache, "orders", "id=?", (order_id,))
    if order is None:
        return []
    decided = {
        row["field"]: row
        for row in desk_rows.select(
            store.desk, "conflict_decisions", "source=? AND remote_id=?", (order["source"], order["remote_id"])
        )
    }
    found = []
    for field, values in _disagreements(store, order):
        decision = decided.get(field)
        # Whoever decided saw these values; others are a new disagreement.
        stands = decision is not None and [each[:2] for each in json.loads(decision["values"])] == [
            list(each[:2]) for each in values
        ]
        state = decision["state"] if decision and stands else ConflictState.OPEN.value
        found.append(Conflict(field, state, values, decision["chosen"] if decision and stands else ""))
    return found


def _disagreements(store: Workspace, order: dict[str, object]) -> Iterator[tuple[str, tuple[Value, ...]]]:
    """What the order and its invoices say differently."""
    from oms_tui.domain import normalise
    from oms_tui.domain.money import money_text

    invoices = [
        row
        for row in rows(store.cache, "invoices", "order_id=?", (order["id"],), "issued_at")
        if row["kind"] == InvoiceKind.INVOICE and row["status"] not in {"void", "deleted", "draft"}
    ]
    if not invoices:
        return
    seen = int(str(order["synced_at"]))
    newest = invoices[-1]
    if newest["currency"] != order["currency"]:
        yield (
            "currency",
            (
                (str(order["source"]), str(order["currency"]), seen),
                (newest["source"], newest["currency"], newest["synced_at"]),
            ),
        )
    else:
        billed = sum(row["total"] for row in invoices)
        if abs(billed - int(str(order["total"]))) > len(invoices):  # a cent an invoice is rounding
            currency = str(order["currency"])
            yield (
                "total",
                (
                    (str(order["source"]), money_text(int(str(order["total"])), currency), seen),
                    (newest["source"], money_text(billed, currency), newest["synced_at"]),
                ),
            )
    theirs, ours = normalise.email(newest["email"]), normalise.email(str(order["email"]))
    if theirs and ours and theirs != ours:
        yield (
            "email",
            (
                (str(order["source"]), str(order["email"]), seen),
                (newest["source"], newest["email"], newest["synced_at"]),
            ),
        )
