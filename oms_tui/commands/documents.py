"""The JSON documents of CONTRACT.md, from what the reads hand out. Times are RFC 3339 in UTC, money minor units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.commands import customer_documents as customers
from oms_tui.commands.document_parts import Document as Document  # noqa: PLC0414 - handed on
from oms_tui.commands.document_parts import amount as amount  # noqa: PLC0414 - handed on
from oms_tui.commands.document_parts import listed as listed  # noqa: PLC0414 - handed on
from oms_tui.commands.document_parts import moment as moment  # noqa: PLC0414 - handed on
from oms_tui.commands.document_parts import origin
from oms_tui.commands.mail_documents import conversation, outbox_item

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oms_tui.store.shapes import (
        LineView,
        MoneyView,
        OrderView,
        ProcedureView,
        QueueItem,
        ShipmentView,
        SourceHealth,
    )


def queue_item(item: QueueItem) -> Document:
    """An order in a list (``find``)."""
    return {
        "number": item.number,
        "source": item.source,
        "source_id": item.remote_id,
        "customer": item.name,
        "tier": item.tier,
        "state": item.state,
        "payment_status": item.payment_status,
        "fulfillment_status": item.fulfillment_status,
        "return_status": item.return_status,
        "stage": item.stage,
        "progress": item.progress or None,
        "total": amount(item.total, item.currency),
        "placed_at": moment(item.placed_at),
        "promised_at": moment(item.promised_at),
        "due_at": moment(item.due_at),
        "priority": item.priority,
        "owner": item.owner or None,
        "account_manager": item.account_manager or None,
        "flags": [flag.text for flag in item.flags],
        "risk": item.risk.split(),
        "next": item.next_action or None,
    }


def order(view: OrderView, actions: Iterable[Document] = ()) -> Document:
    """The whole order (``show``)."""
    item, currency = view.item, view.item.currency
    return {
        "order": {
            **origin(item.source, item.remote_id, view.synced_at),
            "number": item.number,
            "state": item.state,
            "payment_status": item.payment_status,
            "fulfillment_status": item.fulfillment_status,
            "return_status": item.return_status,
            "stage": item.stage,
            "progress": item.progress or None,
            "risk": item.risk.split(),
            "placed_at": moment(item.placed_at),
            "promised_at": moment(item.promised_at),
            "currency": currency,
            "total": amount(item.total, currency),
            "email": view.email,
            "phone": view.phone,
            "ship_to": {
                key: getattr(view.ship_to, key)
                for key in ("name", "company", "street", "city", "region", "postcode", "country", "phone")
            },
            "owner": item.owner or None,
            "owner_why": view.owner_why or None,
            "assigned_to": view.assigned_to or None,
            "tags": list(view.tags),
            "instructions": view.instructions,
            "note": view.note,
            "raw_status": view.raw_status,
            "replaces": view.replaces or None,
            "priority": {
                "score": item.priority,
                "terms": [{"name": term.name, "points": term.points, "why": term.why} for term in view.priority_terms],
            },
            "flags": [flag.text for flag in item.flags],
            "delay": _delay(view),
            "claimed_by": view.claim or None,
        },
        "customer": customers.customer(view),
        "lines": [_line(line, item.source, currency, view.synced_at) for line in view.lines],
        "payments": [_money(each) for each in view.payments],
        "refunds": [_money(each) for each in view.refunds],
        "disputes": [_money(each) for each in view.disputes],
        "invoices": [
            {
                **origin(each.source, each.source_id, each.synced_at),
                "kind": each.kind,
                "number": each.number,
                "status": each.status,
                "total": amount(each.total, each.currency),
                "paid": amount(each.paid, each.currency),
                "issued_at": moment(each.issued_at),
                "due_at": moment(each.due_at),
                "overdue": each.overdue,
                "purchase_order": each.purchase_order or None,
            }
            for each in view.invoices
        ],
        "refundable": amount(view.refundable, currency),
        "shipments": [_shipment(each) for each in view.shipments],
        "conversations": [conversation(each) for each in view.conversations],
        "purchase_orders": [
            {
                **origin(each.source, each.source_id, each.synced_at),
                "number": each.number,
                "vendor": each.vendor,
                "request_status": each.request_status,
                "drop_ship": each.drop_ship,
                "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in each.lines],
                "ordered_at": moment(each.ordered_at),
                "expected_at": moment(each.expected_at),
                "reason": each.reason or None,
            }
            for each in view.purchase_orders
        ],
        "tasks": [
            {
                "id": each.id,
                "source": "desk",
                "source_id": each.id,
                "kind": each.kind,
                "title": each.title,
                "owner": each.owner or None,
                "due_at": moment(each.due_at),
                "state": each.state,
                "milestone": each.milestone or None,
            }
            for each in view.tasks
        ],
        "calls": [
            {
                "id": each.id,
                "agent": each.agent,
                "direction": each.direction,
                "outcome": each.outcome,
                "milestone": each.milestone or None,
                "note": each.note,
                "called_at": moment(each.called_at),
            }
            for each in view.calls
        ],
        "conflicts": [customers.conflict(each) for each in view.conflicts],
        "related": [customers.related(each) for each in view.related],
        "parties": [customers.party(each) for each in view.parties],
        "lead_to_cash": customers.lead_to_cash(view),
        "timeline": [
            {
                "id": each.id,
                "occurred_at": moment(each.occurred_at),
                "recorded_at": moment(each.recorded_at),
                "kind": each.kind,
                "group": each.group,
                "source": each.source,
                "summary": each.summary,
            }
            for each in view.timeline
        ],
        "procedures": [_procedure(each) for each in view.procedures],
        "drafts": [
            {"id": each.id, "agent": each.agent, "subject": each.subject, "to": list(each.to), "body": each.body}
            for each in view.drafts
        ],
        "outbox": [outbox_item(each) for each in view.outbox],
        "actions": list(actions),
        "next": {
            "action": item.next_action or None,
            "why": view.next_why,
            "due_at": moment(view.next_due_at),
        },
    }


def _procedure(each: ProcedureView) -> Document:
    following = each.next
    return {
        "name": each.name,
        "done": each.settled,
        "next": following.rule.id if following else None,
        "steps": [
            {
                "id": step.rule.id,
                "title": step.rule.title,
                "role": step.rule.role or None,
                "action": step.rule.action or None,
                "state": step.state.value,
                "by": step.by or None,
                "at": moment(step.at),
                "reason": step.reason or None,
                "by_itself": step.by_itself,
            }
            for step in each.steps
        ],
    }


def _delay(view: OrderView) -> Document | None:
    delay = view.delay
    if not (delay.late or delay.will_be_late):
        return None
    return {
        "late": delay.late,
        "will_be_late": delay.will_be_late,
        "days": delay.days,
        "since": moment(delay.since),
        "reason": delay.reason or None,
        "reason_source": delay.reason_source or None,
        "promised_at": moment(delay.promised_at),
        "promised_source": delay.promised_source or None,
        "predicted_at": moment(delay.predicted_at),
        "predicted_source": delay.predicted_source or None,
        "customer_told_at": moment(delay.customer_told_at),
    }


def _line(line: LineView, source: str, currency: str, synced_at: int) -> Document:
    return {
        **origin(source, line.remote_id, synced_at),
        "sku": line.sku,
        "gtin": line.gtin or None,
        "title": line.title,
        "quantity": line.quantity,
        "unit_price": amount(line.unit_price, currency),
        "fulfilled": line.fulfilled,
        "short": line.short,
        "stock": [
            {
                **origin(level.source, level.sku, level.synced_at),
                "location": level.location,
                "on_hand": level.on_hand,
                "committed": level.committed,
                "available": level.available,
                "incoming": level.incoming,
                "expected_at": moment(level.expected_at),
            }
            for level in line.stock
        ],
    }


def _money(each: MoneyView) -> Document:
    return {
        **origin(each.source, each.source_id, each.synced_at),
        "state": each.state,
        "amount": amount(each.amount, each.currency),
        "captured": amount(each.captured, each.currency),
        "method": each.method or None,
        "reason": each.reason or None,
        "at": moment(each.at),
    }


def _shipment(each: ShipmentView) -> Document:
    return {
        **origin(each.source, each.source_id, each.synced_at),
        "carrier": each.carrier,
        "tracking_number": each.tracking_number,
        "state": each.state,
        "status": each.status,
        "service": each.service or None,
        "location": each.location or None,
        "delayed": each.delayed,
        "reason": each.reason or None,
        "raw_code": each.raw_code or None,
        "raw_text": each.raw_text or None,
        "shipped_at": moment(each.shipped_at),
        "delivered_at": moment(each.delivered_at),
        "estimated_delivery_at": moment(each.estimated_delivery_at),
        "tracking_url": each.tracking_url or None,
        "tracking_source": each.tracking_source or None,
        "tracked_at": moment(each.tracked_at),
        "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in each.lines],
        "events": [
            {
                "occurred_at": moment(scan.occurred_at),
                "offset_minutes": scan.offset_minutes,
                "status": scan.status,
                "text": scan.text,
                "location": scan.location or None,
                "reason": scan.reason or None,
                "raw_code": scan.raw_code or None,
            }
            for scan in each.events
        ],
    }


def health(view: SourceHealth) -> Document:
    """How a source does."""
    return {
        "source": view.source,
        "kind": view.kind,
        "state": view.state,
        "last_success_at": moment(view.last_success_at),
        "age_seconds": view.age_seconds,
        "records": view.records,
        "quarantined": view.quarantined,
        "error": view.error or None,
        "hint": view.hint or None,
        "progress": {"done": view.done, "total": view.total} if view.total else None,
    }
