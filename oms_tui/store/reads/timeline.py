"""One timeline for an order: what systems, mailboxes and the desk say happened, by when it happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.domain.events import HANDLED, group_of
from oms_tui.domain.money import money_text
from oms_tui.domain.rules import person_or_rule
from oms_tui.domain.vocabulary import CallState, DelayReason, InvoiceKind, Milestone, TrackingStatus, words_of
from oms_tui.store import desk_rows
from oms_tui.store.reads.select import Values, rows
from oms_tui.store.shapes import TimelineItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from oms_tui.store.reads.calls import CallItem
    from oms_tui.store.shapes import (
        ConversationView,
        InvoiceView,
        MessageView,
        MoneyView,
        PurchaseView,
        ShipmentView,
    )
    from oms_tui.store.workspace import Workspace

_ALARMING = frozenset({"exception", "returning", "returned", "delivery_attempted"})
_BAD_NEWS = frozenset(
    {"mail_failed", "mail_in_doubt", "mail_bounced", "dispute_opened", "payment_failed", "call_missed"}
)
_PAYMENT_KINDS = {
    "created": "payment",
    "authorized": "payment_authorized",
    "settled": "payment_captured",
    "declined": "payment_failed",
    "error": "payment_failed",
    "cancelled": "payment_voided",
}


def timeline(
    store: Workspace,
    order: Values,
    *,
    money: Iterable[MoneyView],
    invoices: Iterable[InvoiceView],
    shipments: Iterable[ShipmentView],
    purchases: Iterable[PurchaseView],
    conversations: Iterable[ConversationView],
    calls: Iterable[CallItem] = (),
) -> tuple[TimelineItem, ...]:
    """Everything that happened to an order, newest first. What was read already is handed in."""
    found: list[TimelineItem] = [
        _item(
            f"placed:{order['id']}",
            order["placed_at"],
            "placed",
            order["source"],
            f"placed: {money_text(order['total'], order['currency'])}"
            + (f" ({order['channel']})" if order["channel"] else ""),
            recorded=order["recorded_at"],
        ),
        *_observations(store, order),
        *_money(money),
        *_invoices(invoices),
        *_parcels(shipments),
        *_purchases(purchases),
        *_source_notes(store, order),
        *_mails(conversations),
        *_missed(calls),
        *_desk(store, order),
    ]
    found.sort(key=lambda item: (item.occurred_at, item.recorded_at, item.id), reverse=True)
    return tuple(found)


def _item(
    name: str,
    at: int,
    kind: str,
    source: str,
    summary: str,
    *,
    recorded: int | None = None,
    alarm: bool = False,
    message: int | None = None,
) -> TimelineItem:
    return TimelineItem(
        id=name,
        occurred_at=at,
        recorded_at=at if recorded is None else recorded,
        kind=kind,
        group=group_of(kind),
        source=source,
        summary=summary,
        alarm=alarm or kind in _BAD_NEWS,
        message=message,
    )


def _observations(store: Workspace, order: Values) -> Iterator[TimelineItem]:
    for row in rows(store.cache, "observations", "order_id=?", (order["id"],), "occurred_at DESC LIMIT 300"):
        yield _item(
            f"seen:{row['id']}",
            row["occurred_at"],
            row["kind"],
            row["source"],
            row["summary"],
            recorded=row["recorded_at"],
        )


def _money(money: Iterable[MoneyView]) -> Iterator[TimelineItem]:
    for each in money:
        if each.at is None:
            continue
        text = money_text(each.captured or each.amount, each.currency)
        why = f": {each.reason}" if each.reason else ""
        name = f"{each.kind}:{each.source}:{each.source_id}"
        if each.kind == "payment":
            kind = _PAYMENT_KINDS.get(each.state, "payment")
            words = "paid" if kind == "payment_captured" else f"payment {each.state}"
            how = f" by {each.method}" if each.method else ""
            yield _item(name, each.at, kind, each.source, f"{words} {text}{how}{why}", recorded=each.synced_at)
        elif each.kind == "refund":
            kind = "refund_failed" if each.state == "failed" else "refund_issued"
            words = "refund failed" if each.state == "failed" else "refunded"
            yield _item(name, each.at, kind, each.source, f"{words} {text}{why}", recorded=each.synced_at)
        else:
            yield _item(
                name,
                each.at,
                "dispute_opened",
                each.source,
                f"chargeback {text}{why}",
                recorded=each.synced_at,
                alarm=True,
            )


def _invoices(invoices: Iterable[InvoiceView]) -> Iterator[TimelineItem]:
    for each in invoices:
        if each.issued_at is None:
            continue
        kind = "credit_note_issued" if each.kind == InvoiceKind.CREDIT_NOTE else "invoice_issued"
        words = f"{words_of(InvoiceKind, each.kind)} {each.number}: {money_text(each.total, each.currency)}"
        name = f"invoice:{each.source}:{each.source_id}"
        yield _item(name, each.issued_at, kind, each.source, words, recorded=each.synced_at)
        if each.overdue and each.due_at is not None:
            yield _item(
                f"{name}:due",
                each.due_at,
                "invoice_overdue",
                each.source,
                f"{each.number} was due",
                recorded=each.synced_at,
                alarm=True,
            )


def _parcels(shipments: Iterable[ShipmentView]) -> Iterator[TimelineItem]:
    for each in shipments:
        name = f"parcel:{each.source}:{each.source_id}"
        called = f"{each.carrier} {each.tracking_number}".strip() or "parcel"
        if each.shipped_at is not None:
            yield _item(
                name, each.shipped_at, "handed_over", each.source, f"handed over: {called}", recorded=each.synced_at
            )
        scanned = {scan.status for scan in each.events}
        if each.delivered_at is not None and TrackingStatus.DELIVERED not in scanned:
            yield _item(
                f"{name}:there",
                each.delivered_at,
                "parcel_delivered",
                each.source,
                f"delivered: {called}",
                recorded=each.synced_at,
            )
        source = each.tracking_source or each.source
        for scan in each.events:
            kind = {"delivered": "parcel_delivered", "returned": "parcel_returned"}.get(scan.status, "tracking")
            what = scan.text or words_of(TrackingStatus, scan.status)
            why = f": {words_of(DelayReason, scan.reason)}" if scan.reason and scan.status in _ALARMING else ""
            where = f" · {scan.location}" if scan.location else ""
            yield _item(
                f"{name}:{scan.occurred_at}:{scan.raw_code}:{scan.text}",
                scan.occurred_at,
                kind,
                each.carrier or source,
                f"{what}{why}{where}",
                recorded=each.tracked_at,
                alarm=scan.status in _ALARMING,
            )


def _purchases(purchases: Iterable[PurchaseView]) -> Iterator[TimelineItem]:
    for each in purchases:
        if each.ordered_at is not None:
            what = "drop ship" if each.drop_ship else "ordered"
            yield _item(
                f"purchase:{each.source}:{each.source_id}",
                each.ordered_at,
                "purchase_order",
                each.source,
                f"{what} {each.number} at {each.vendor}: {each.request_status.replace('_', ' ')}",
                recorded=each.synced_at,
                alarm=each.request_status == "rejected",
            )


def _source_notes(store: Workspace, order: Values) -> Iterator[TimelineItem]:
    for row in rows(store.cache, "source_notes", "order_id=?", (order["id"],), "id DESC LIMIT 100"):
        by = f"{row['author']}: " if row["author"] else ""
        at = row["created_at"] or row["recorded_at"]
        yield _item(
            f"source_note:{row['id']}",
            at,
            "source_note",
            row["source"],
            f"{by}{row['text']}",
            recorded=row["recorded_at"],
        )


def _mails(conversations: Iterable[ConversationView]) -> Iterator[TimelineItem]:
    for conversation in conversations:
        for mail in conversation.messages:
            kind = _mail_kind(mail)
            who = mail.from_name or mail.from_address
            summary = f"{who}: {mail.subject}" if mail.direction == "inbound" else mail.subject
            yield _item(
                f"mail:{mail.id}",
                mail.sent_at,
                kind,
                mail.source,
                summary or "(no subject)",
                recorded=mail.synced_at,
                alarm=mail.id == conversation.unanswered,
                message=mail.id,
            )


def _mail_kind(mail: MessageView) -> str:
    if mail.auto == "bounce":
        return "mail_bounced"
    if mail.auto:
        return "mail_automatic"
    return "mail_sent" if mail.direction == "outbound" else "mail_received"


def _missed(calls: Iterable[CallItem]) -> Iterator[TimelineItem]:
    """That nobody called is no event of anybody's: it is told from when the call was due."""
    for call in calls:
        if call.state == CallState.MISSED and not call.ended:
            words = f"call about {words_of(Milestone, call.milestone)} was due, and is not made"
            yield _item(f"missed:{call.task}", call.due_at, "call_missed", "desk", words)


def _desk(store: Workspace, order: Values) -> Iterator[TimelineItem]:
    found = desk_rows.select(
        store.desk,
        "desk_events",
        "source=? AND remote_id=? AND kind<>?",
        (order["source"], order["remote_id"], HANDLED),
        "occurred_at DESC LIMIT 500",
    )
    for row in found:
        by = f"{person_or_rule(row['actor'])}: " if row["actor"] else ""
        yield _item(f"desk:{row['id']}", row["occurred_at"], row["kind"], "desk", f"{by}{row['summary']}")
