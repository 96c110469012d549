"""Tryton's invoices, credit notes, bills, payments and purchases in our words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.orders.tryton_orders import sku, title, whole
from connectors.orders.tryton_row import Row, UnreadableRecordError
from connectors.orders.tryton_scan import Walk
from connectors.records import InvoiceRecord, OrderRef, PaymentRecord, PurchaseOrderRecord, RefundRecord, minor_units

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connectors.words import InvoiceKind, InvoiceStatus, PaymentState, RefundState, RequestStatus

INVOICES = Walk("account.invoice", watch=("lines", "payment_lines"))
PAYMENTS = Walk("account.payment")
PURCHASES = Walk("purchase.purchase", watch=("lines",))

INVOICE_FIELDS = (
    *("number", "reference", "type", "state", "total_amount", "tax_amount", "amount_to_pay"),
    *("currency.code", "invoice_date"),
    *(
        "write_date",
        "create_date",
        "sales",
        "purchases.number",
        "origin_invoices.sales",
        "origin_invoices.purchases.number",
    ),
    *("lines_to_pay.maturity_date", "lines.type", "lines.product.code", "lines.product.name", "lines.description"),
    *("lines.quantity", "lines.amount", "party.name"),
)
# Money that reached an invoice without a payment order of Tryton's own: entered by hand or read from a bank statement.
RECEIPT_FIELDS = (
    *("number", "sales", "origin_invoices.sales", "currency.code", "write_date", "create_date"),
    *("payment_lines.debit", "payment_lines.credit", "payment_lines.date", "payment_lines.create_date"),
    *("payment_lines.move.origin", "payment_lines.move.journal.name"),
)
RECEIPTS = Walk("account.invoice", watch=("payment_lines",), domain=(["type", "=", "out"],))
PAYMENT_FIELDS = (
    "number",
    "kind",
    "state",
    "amount",
    "currency.code",
    "date",
    "origin",
    "journal.name",
    "write_date",
    "create_date",
)
PURCHASE_FIELDS = (
    *(
        "number",
        "reference",
        "state",
        "party.name",
        "customer",
        "purchase_date",
        "delivery_date",
        "write_date",
        "create_date",
    ),
    *("lines.product.code", "lines.quantity", "lines.delivery_date", "lines.type"),
)

_INVOICES: Mapping[str, InvoiceStatus] = {
    "draft": "draft",
    "validated": "submitted",
    "posted": "open",
    "paid": "paid",
    "cancelled": "void",
}
_PAYMENTS: Mapping[str, PaymentState] = {
    "draft": "created",
    "submitted": "created",
    "approved": "authorized",
    "processing": "authorized",
    "succeeded": "settled",
    "failed": "declined",
}
_REFUNDS: Mapping[str, RefundState] = {"succeeded": "settled", "failed": "failed"}
_PURCHASES: Mapping[str, RequestStatus] = {
    "draft": "unsubmitted",
    "quotation": "submitted",
    "confirmed": "accepted",
    "processing": "accepted",
    "done": "closed",
    "cancelled": "cancellation_accepted",
}


def invoice(values: object) -> InvoiceRecord:
    """An invoice, a credit note (its amounts turned positive) or a vendor's bill.

    Raises:
        UnreadableRecordError: a field is not what it should be.
    """
    row = Row(values)
    currency = _currency(row)
    state = row.word("state")
    total, due = row.amount("total_amount", currency), minor_units(row.number("amount_to_pay"), currency)
    kind: InvoiceKind = "supplier_bill" if row.word("type") == "in" else "credit_note" if total < 0 else "invoice"
    sign = -1 if kind == "credit_note" else 1
    posted = state in {"posted", "paid"}
    paid = sign * (total - due) if posted else 0
    status = _INVOICES.get(state, "open")
    if status == "open" and paid > 0:
        status = "partially_paid"
    purchases = [*row.rows("purchases"), *(p for each in row.rows("origin_invoices") for p in each.rows("purchases"))]
    return InvoiceRecord(
        remote_id=str(row.id),
        number=row.text("number") or f"({row.id})",
        order=_order(row),
        status=status,
        total=sign * total,
        currency=currency,
        kind=kind,
        credits=str(row.rows("origin_invoices")[0].id) if kind == "credit_note" and row.rows("origin_invoices") else "",
        paid=paid,
        tax=sign * row.amount("tax_amount", currency),
        issued_at=row.midnight("invoice_date"),
        due_at=min((at for line in row.rows("lines_to_pay") if (at := line.midnight("maturity_date"))), default=None),
        purchase_order=purchases[0].text("number") if purchases else "",
        lines=tuple(
            (
                sku(line) or title(line),
                whole(sign * line.number("quantity")) or 1,
                sign * minor_units(line.number("amount"), currency),
            )
            for line in row.rows("lines")
            if line.text("type") == "line"
        ),
        raw_status=state,
        updated_at=row.changed_at(),
    )


def payment(values: object) -> PaymentRecord | RefundRecord | None:
    """Money asked of a customer, or given back; None for what we pay to vendors.

    Raises:
        UnreadableRecordError: a field is not what it should be.
    """
    row = Row(values)
    currency, state, kind = _currency(row), row.word("state"), row.word("kind")
    model, sale = row.reference("origin")
    order = OrderRef(remote_id=str(sale)) if model == "sale.sale" else OrderRef(reference=row.text("number"))
    amount = row.amount("amount", currency)
    if kind == "payable":
        if model != "sale.sale":
            return None
        return RefundRecord(
            remote_id=str(row.id),
            order=order,
            state=_REFUNDS.get(state, "pending"),
            amount=amount,
            currency=currency,
            created_at=row.moment("create_date"),
            raw_status=state,
            updated_at=row.changed_at(),
        )
    journal = row.row("journal")
    return PaymentRecord(
        remote_id=str(row.id),
        order=order,
        state=_PAYMENTS.get(state, "created"),
        amount=amount,
        currency=currency,
        captured=amount if state == "succeeded" else 0,
        method=journal.text("name") if journal else "",
        paid_at=row.midnight("date") if state == "succeeded" else None,
        created_at=row.moment("create_date"),
        raw_status=state,
        updated_at=row.changed_at(),
    )


def receipts(values: object) -> list[PaymentRecord | RefundRecord]:
    """What was booked against an invoice by hand or from a bank statement; ``payment`` reads Tryton's own payments.

    Raises:
        UnreadableRecordError: a field is not what it should be.
    """
    row = Row(values)
    currency, found = _currency(row), list[PaymentRecord | RefundRecord]()
    for line in row.rows("payment_lines"):
        move = line.row("move")
        if move is not None and move.reference("origin")[0] == "account.payment":
            continue
        journal = move.row("journal") if move else None
        received = minor_units(line.number("credit") - line.number("debit"), currency)
        if received < 0:
            found.append(
                RefundRecord(
                    remote_id=f"line:{line.id}",
                    order=_order(row),
                    state="settled",
                    amount=-received,
                    currency=currency,
                    created_at=line.moment("create_date"),
                    raw_status="booked",
                    updated_at=row.changed_at(),
                )
            )
            continue
        found.append(
            PaymentRecord(
                remote_id=f"line:{line.id}",
                order=_order(row),
                state="settled",
                amount=received,
                currency=currency,
                captured=received,
                method=journal.text("name") if journal else "",
                paid_at=line.midnight("date"),
                created_at=line.moment("create_date"),
                raw_status="booked",
                updated_at=row.changed_at(),
            )
        )
    return found


def purchase(values: object, orders: Mapping[int, int]) -> PurchaseOrderRecord:
    """An order of ours to a vendor.

    Args:
        values: the purchase as read with PURCHASE_FIELDS.
        orders: the sale that each purchase was made for.

    Raises:
        UnreadableRecordError: a field is not what it should be.
    """
    row = Row(values)
    vendor = row.row("party")
    if vendor is None:
        raise UnreadableRecordError("party is missing")
    sale = orders.get(row.id)
    goods = [line for line in row.rows("lines") if line.text("type") == "line"]
    expected = [row.midnight("delivery_date"), *(line.midnight("delivery_date") for line in goods)]
    return PurchaseOrderRecord(
        remote_id=str(row.id),
        number=row.text("number") or f"({row.id})",
        vendor=vendor.text("name"),
        order=OrderRef(remote_id=str(sale)) if sale else OrderRef(),
        request_status=_PURCHASES.get(row.word("state"), "submitted"),
        drop_ship=row.link("customer") is not None,
        lines=tuple((sku(line) or title(line), whole(line.number("quantity")) or 1) for line in goods),
        ordered_at=row.midnight("purchase_date"),
        expected_at=max((at for at in expected if at), default=None),
        updated_at=row.changed_at(),
        raw_status=row.text("state"),
    )


def _order(row: Row) -> OrderRef:
    """The sale that an invoice, or the invoice that a credit note takes back, was made for."""
    sales = [*row.links("sales"), *(sale for each in row.rows("origin_invoices") for sale in each.links("sales"))]
    return OrderRef(remote_id=str(sales[0])) if sales else OrderRef()


def _currency(row: Row) -> str:
    currency = row.row("currency")
    if currency is None:
        raise UnreadableRecordError("currency is missing")
    return currency.word("code")
