"""Panel 2: what was paid, what went back, what is left, and the papers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from oms_tui.domain.vocabulary import (
    Beginning,
    DisputeState,
    InvoiceKind,
    InvoiceStatus,
    PaymentState,
    PaymentStatus,
    RefundState,
    words_of,
)
from oms_tui.ui.order.frame import amount
from oms_tui.ui.order.panel import Panel
from oms_tui.ui.order.provenance import stale_sources
from oms_tui.ui.rows import Column, Part, Row, cut, flow, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from oms_tui.store.shapes import InvoiceView, MoneyView, OrderView
    from oms_tui.ui.order.frame import Frame

_LOST: Final = frozenset({PaymentState.DECLINED, PaymentState.ERROR, PaymentState.CANCELLED})
_OPEN_DISPUTES: Final = frozenset({DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW})


def money_rows(view: OrderView, frame: Frame, width: int) -> list[Row]:
    """The sum first, then disputes, the quote or lead it was made of, invoices, payments and refunds one by one."""
    rows = [Row(parts) for parts in flow(_sum(view), width)]
    rows += [
        Row(cut(_dispute(each, view, frame), width), key=("money", each.source, each.source_id))
        for each in view.disputes
    ]
    rows += _beginnings(view, width)
    rows += _papers(view, frame, width)
    rows += _movements(view, frame, width)
    rows += [
        Row(
            cut(
                [
                    Part(
                        f"{source} has not answered for {age}: figures may be old"
                        if age
                        else f"{source} was never read",
                        "alarm",
                    )
                ],
                width,
            )
        )
        for source, age in stale_sources(view, frame, _records(view))
    ]
    return rows


def _sum(view: OrderView) -> Iterator[list[Part]]:
    currency = view.item.currency
    captured = sum(each.captured for each in view.payments if each.currency == currency)
    refunded = sum(
        each.amount for each in view.refunds if each.currency == currency and each.state != RefundState.FAILED
    )
    status = view.item.payment_status
    if captured:
        yield [Part("paid ", "muted"), Part(amount(captured, currency, currency), "good", bold=True)]
    else:
        level = "good" if status in {PaymentStatus.PAID, PaymentStatus.REFUNDED} else "warn"
        yield [
            Part(words_of(PaymentStatus, status), level, bold=True),
            Part(f"  of {amount(view.item.total, currency)}", "muted"),
        ]
    if captured and captured < view.item.total:
        yield [Part("open ", "muted"), Part(amount(view.item.total - captured, currency, currency), "warn", bold=True)]
    if captured > view.item.total:
        yield [
            Part("overpaid ", "muted"),
            Part(amount(captured - view.item.total, currency, currency), "warn", bold=True),
        ]
    if refunded:
        yield [Part("refunded ", "muted"), Part(amount(refunded, currency, currency), "warn")]
    if captured:
        yield [Part("left ", "muted"), Part(amount(view.refundable, currency), "text", bold=True)]


def _dispute(dispute: MoneyView, view: OrderView, frame: Frame) -> list[Part]:
    live = dispute.state in _OPEN_DISPUTES
    parts = [
        Part("chargeback ", "alarm" if live else "muted", bold=live),
        Part(amount(dispute.amount, dispute.currency, view.item.currency), "alarm" if live else "text"),
        Part(f"  {words_of(DisputeState, dispute.state)}", "alarm" if live else "muted"),
    ]
    if dispute.reason:
        parts.append(Part(f": {dispute.reason.replace('_', ' ')}", "text"))
    if dispute.at is not None:
        parts.append(Part(f"  {frame.day(dispute.at)}", "muted"))
    return parts


def _beginnings(view: OrderView, width: int) -> Iterator[Row]:
    """What the order was made of: lead to cash begins there."""
    if view.came_from:
        parts = [
            Part(text, level)
            for kind, number in view.came_from
            for text, level in ((f"{words_of(Beginning, kind)} ", "muted"), (f"{number}  ", "text"))
        ]
        yield Row(cut(parts, width))


def _papers(view: OrderView, frame: Frame, width: int) -> Iterator[Row]:
    invoices = sorted(view.invoices, key=lambda each: (each.kind != InvoiceKind.INVOICE, -(each.issued_at or 0)))
    columns = (Column(least=8), Column("right"), Column(least=8), Column(least=6, drop=1))
    lines = [_paper(each, view, frame) for each in invoices]
    for invoice, parts in zip(invoices, table(columns, lines, width), strict=True):
        yield Row(parts, key=("invoice", invoice.source, invoice.source_id))


def _paper(invoice: InvoiceView, view: OrderView, frame: Frame) -> list[list[Part]]:
    name = invoice.number or invoice.source_id
    if invoice.kind != InvoiceKind.INVOICE:
        name = f"{words_of(InvoiceKind, invoice.kind)} {name}"
    settled = invoice.status in {InvoiceStatus.PAID, InvoiceStatus.VOID}
    status = "overdue" if invoice.overdue else words_of(InvoiceStatus, invoice.status)
    level = (
        "alarm"
        if invoice.overdue
        else "good"
        if invoice.status == InvoiceStatus.PAID
        else "muted"
        if settled
        else "warn"
    )
    open_amount = invoice.total - invoice.paid
    state = [Part(status, level, bold=invoice.overdue)]
    if invoice.paid and open_amount > 0:
        state.append(Part(f" {amount(open_amount, invoice.currency, view.item.currency)} open", "muted"))
    notes: list[Part] = []
    if invoice.due_at is not None and not settled:
        notes.append(Part(f"due {frame.day(invoice.due_at)}", level if invoice.overdue else "muted"))
    elif invoice.issued_at is not None:
        notes.append(Part(f"of {frame.day(invoice.issued_at)}", "muted"))
    if invoice.purchase_order:
        notes.append(Part(f"  for {invoice.purchase_order}", "muted"))
    return [
        [Part(name, "text")],
        [Part(amount(invoice.total, invoice.currency, view.item.currency), "text")],
        state,
        notes,
    ]


def _movements(view: OrderView, frame: Frame, width: int) -> Iterator[Row]:
    movements = sorted((*view.payments, *view.refunds), key=lambda each: -(each.at or 0))
    columns = (Column(), Column("right"), Column(least=8), Column(least=8), Column(drop=1))
    lines = [_movement(each, view, frame) for each in movements]
    for movement, parts in zip(movements, table(columns, lines, width), strict=True):
        yield Row(parts, key=("money", movement.source, movement.source_id))


def _movement(movement: MoneyView, view: OrderView, frame: Frame) -> list[list[Part]]:
    back = movement.kind == "refund"
    state = words_of(RefundState if back else PaymentState, movement.state)
    failed = movement.state in _LOST or movement.state == RefundState.FAILED
    settled = movement.state in {PaymentState.SETTLED, RefundState.SETTLED}
    figure = -movement.amount if back else movement.amount
    what = movement.reason.replace("_", " ") if back else movement.method
    if failed and movement.reason and not back:
        what = f"{movement.method} {movement.reason}".strip()
    return [
        [Part(movement.kind, "muted")],
        [Part(amount(figure, movement.currency, view.item.currency), "warn" if back else "text")],
        [Part(state, "alarm" if failed else "muted" if settled else "warn", bold=failed)],
        [Part(what, "text")],
        [Part(frame.moment(movement.at) if movement.at is not None else "", "muted")],
    ]


def _records(view: OrderView) -> list[tuple[str, int | None]]:
    moved: list[tuple[str, int | None]] = [
        (each.source, each.synced_at) for each in (*view.payments, *view.refunds, *view.disputes)
    ]
    return [*moved, *((each.source, each.synced_at) for each in view.invoices)]


class MoneyPanel(Panel):
    """Payments, refunds, disputes and invoices."""

    NUMBER: ClassVar[int] = 2
    TITLE: ClassVar[str] = "Money"

    def lay_out(self, view: OrderView, width: int) -> Sequence[Row]:
        """The rows of ``money_rows``."""
        return money_rows(view, self.frame, width)

    def title(self) -> Sequence[Part]:
        """What must not be missed: a chargeback, an overdue invoice."""
        if self.view is None:
            return ()
        if any(each.state in _OPEN_DISPUTES for each in self.view.disputes):
            return (Part("  chargeback", "alarm", bold=True),)
        return (Part("  overdue", "alarm", bold=True),) if any(each.overdue for each in self.view.invoices) else ()

    def records(self, view: OrderView) -> list[tuple[str, int | None]]:
        """Every payment and paper; without any, the order itself."""
        return _records(view) or [(view.item.source, view.synced_at)]
