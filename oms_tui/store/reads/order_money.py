"""The money of an order: what came in, what went back, what is invoiced, and what may still be paid back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.domain.vocabulary import InvoiceStatus, RefundState
from oms_tui.store.reads.select import rows
from oms_tui.store.shapes import InvoiceView, MoneyView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oms_tui.store.driver import Connection

_OWED = frozenset({InvoiceStatus.OPEN, InvoiceStatus.PARTIALLY_PAID})


def payments(cache: Connection, order_id: int) -> tuple[MoneyView, ...]:
    """Money in or promised, the newest first."""
    return tuple(
        MoneyView(
            kind="payment",
            source=row["source"],
            source_id=row["remote_id"],
            state=row["state"],
            amount=row["amount"],
            captured=row["captured"],
            currency=row["currency"],
            method=row["method"],
            reason=row["failure"],
            at=row["paid_at"] or row["created_at"],
            synced_at=row["synced_at"],
        )
        for row in rows(cache, "payments", "order_id=?", (order_id,), "coalesce(paid_at, created_at, recorded_at) DESC")
    )


def refunds(cache: Connection, order_id: int) -> tuple[MoneyView, ...]:
    """Money back, the newest first."""
    return _back(cache, "refunds", "refund", order_id)


def disputes(cache: Connection, order_id: int) -> tuple[MoneyView, ...]:
    """Chargebacks, the newest first."""
    return _back(cache, "disputes", "dispute", order_id)


def _back(cache: Connection, table: str, kind: str, order_id: int) -> tuple[MoneyView, ...]:
    return tuple(
        MoneyView(
            kind=kind,
            source=row["source"],
            source_id=row["remote_id"],
            state=row["state"],
            amount=row["amount"],
            captured=0,
            currency=row["currency"],
            method="",
            reason=row["reason"],
            at=row["created_at"],
            synced_at=row["synced_at"],
        )
        for row in rows(cache, table, "order_id=?", (order_id,), "coalesce(created_at, recorded_at) DESC")
    )


def refundable(paid: Sequence[MoneyView], back: Sequence[MoneyView], currency: str) -> int:
    """Minor units that may still go back: captured less every refund that did not fail. Never below zero."""
    captured = sum(each.captured for each in paid if each.currency == currency)
    returned = sum(each.amount for each in back if each.currency == currency and each.state != RefundState.FAILED)
    return max(0, captured - returned)


def invoices(cache: Connection, order_id: int, now: int) -> tuple[InvoiceView, ...]:
    """Invoices, credit notes and suppliers' bills, the newest first. ``overdue`` is told at ``now``."""
    return tuple(
        InvoiceView(
            source=row["source"],
            source_id=row["remote_id"],
            kind=row["kind"],
            number=row["number"],
            status=row["status"],
            total=row["total"],
            paid=row["paid"],
            currency=row["currency"],
            issued_at=row["issued_at"],
            due_at=row["due_at"],
            overdue=row["status"] in _OWED and row["due_at"] is not None and row["due_at"] < now,
            purchase_order=row["purchase_order"],
            url=row["url"],
            synced_at=row["synced_at"],
        )
        for row in rows(cache, "invoices", "order_id=?", (order_id,), "coalesce(issued_at, recorded_at) DESC")
    )
