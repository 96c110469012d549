"""What a write to a source has to know: on which version it is decided, how much of a payment or an invoice is left."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from oms_tui.domain.vocabulary import InvoiceKind, InvoiceStatus
from oms_tui.store.rows import marks

if TYPE_CHECKING:
    from oms_tui.store.workspace import Workspace

_CREDITABLE = (InvoiceStatus.OPEN, InvoiceStatus.PARTIALLY_PAID, InvoiceStatus.PAID)
_UNDER_WAY = ("held", "queued", "sending", "in_doubt", "blocked")


@dataclass(frozen=True, slots=True)
class PaidBack:
    """A payment with money in it. Amounts are minor units; ``left`` is captured less refunds that did not fail."""

    source: str
    remote_id: str
    method: str
    currency: str
    captured: int
    left: int


@dataclass(frozen=True, slots=True)
class Creditable:
    """An invoice of which something can be credited. Amounts are minor units.

    ``credited`` is what its source's credit notes took back, ``left`` what another may: of one that is owed no more
    than is still to be paid. ``is_paid`` tells which of the two it is.
    """

    source: str
    remote_id: str
    number: str
    currency: str
    total: int
    credited: int
    left: int
    is_paid: bool


@dataclass(frozen=True, slots=True)
class UnderWay:
    """An action on its way to a source."""

    id: str
    action: str
    account: str
    fields: dict[str, Any]
    state: str


def version_of(store: Workspace, order_id: int) -> str:
    """The order's version as its source calls it, "" where it has none."""
    row = store.cache.execute("SELECT version FROM orders WHERE id=?", [order_id]).fetchone()
    return str(row[0]) if row else ""


def refundable_payments(store: Workspace, order_id: int) -> list[PaidBack]:
    """The order's payments of which something can still be paid back, the largest rest first."""
    rows = store.cache.execute(
        "SELECT p.source, p.remote_id, p.method, p.currency, p.captured, p.captured - coalesce((SELECT sum(r.amount) "
        "FROM refunds r WHERE r.order_id=p.order_id AND r.source=p.source AND r.payment=p.remote_id AND "
        "r.state<>'failed'), 0) FROM payments p WHERE p.order_id=?",
        [order_id],
    )
    found = [PaidBack(*row) for row in rows]
    return sorted((each for each in found if each.left > 0), key=lambda each: -each.left)


def creditable_invoices(store: Workspace, order_id: int) -> list[Creditable]:
    """The order's invoices of which something can still be credited, the newest first.

    A credit note whose source does not say which invoice it takes back counts against each of them.
    """
    rows = store.cache.execute(
        "SELECT i.source, i.remote_id, i.number, i.currency, i.total, i.paid, i.status, "
        "coalesce((SELECT sum(n.total) FROM invoices n WHERE n.order_id=i.order_id AND n.source=i.source AND n.kind=? "
        "AND n.status<>? AND n.credits IN (i.remote_id, '')), 0) FROM invoices i WHERE i.order_id=? AND i.kind=? "
        "AND i.status IN (?,?,?) ORDER BY coalesce(i.issued_at, i.recorded_at) DESC, i.id DESC",
        [InvoiceKind.CREDIT_NOTE, InvoiceStatus.VOID, order_id, InvoiceKind.INVOICE, *_CREDITABLE],
    )
    found = []
    for source, remote_id, number, currency, total, paid, status, credited in rows:
        is_paid = status == InvoiceStatus.PAID
        left = total - credited - (0 if is_paid else paid)
        if left > 0:
            found.append(Creditable(source, remote_id, number or remote_id, currency, total, credited, left, is_paid))
    return found


def under_way(store: Workspace, source: str, remote_id: str) -> list[UnderWay]:
    """The actions on an order that no source has answered yet."""
    rows = store.desk.execute(
        f"SELECT id, account, payload, state FROM outbox WHERE source=? AND remote_id=? AND kind='order_action' "
        f"AND state IN ({marks(len(_UNDER_WAY))})",
        [source, remote_id, *_UNDER_WAY],
    )
    found = []
    for item, account, payload, state in rows:
        wanted = json.loads(payload)
        found.append(UnderWay(item, wanted.get("action", ""), account, wanted.get("fields", {}), state))
    return found
