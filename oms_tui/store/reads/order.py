"""The whole order in one value: a few dozen indexed statements over both files, no query inside a loop over orders."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from oms_tui.domain.delay import source_of
from oms_tui.domain.vocabulary import DelayReason, words_of
from oms_tui.store import desk_rows
from oms_tui.store.customer_facts import owed_of_order
from oms_tui.store.driver import snapshot
from oms_tui.store.procedures import procedures_of
from oms_tui.store.reads import order_goods, order_money, order_people, queue
from oms_tui.store.reads.calls import calls_of
from oms_tui.store.reads.mail import conversations_of
from oms_tui.store.reads.outbox import drafts_of, outbox_of
from oms_tui.store.reads.parties import hands_now, parties
from oms_tui.store.reads.related import behind, related
from oms_tui.store.reads.select import Values, one
from oms_tui.store.reads.timeline import timeline
from oms_tui.store.shapes import (
    AddressView,
    CallView,
    ConflictValue,
    ConflictView,
    DelayView,
    OrderView,
    TaskView,
    Term,
)

if TYPE_CHECKING:
    from oms_tui.domain.policy import DeskPolicy
    from oms_tui.store.shapes import LineView, ShipmentView
    from oms_tui.store.workspace import Workspace


def read_order(store: Workspace, policy: DeskPolicy, order_id: int, *, now: int) -> OrderView | None:
    """Everything about one order; None when there is none of that id, or it was not derived yet.

    Args:
        store: both files.
        policy: the desk's rules.
        order_id: the order's id in the store.
        now: milliseconds since 1970 UTC; what is overdue is told by it.
    """
    with snapshot(store.cache), snapshot(store.desk):
        return _read(store, policy, order_id, now)


def _read(store: Workspace, policy: DeskPolicy, order_id: int, now: int) -> OrderView | None:
    cache = store.cache
    order = one(cache, "orders", "id=?", (order_id,))
    row = one(cache, "queue_row", "order_id=?", (order_id,))
    if order is None or row is None:
        return None
    source, remote_id, currency = order["source"], order["remote_id"], order["currency"]
    payments = order_money.payments(cache, order_id)
    refunds = order_money.refunds(cache, order_id)
    disputes = order_money.disputes(cache, order_id)
    invoices = order_money.invoices(cache, order_id, now)
    lines = order_goods.lines(cache, order_id)
    shipments = order_goods.shipments(cache, order_id)
    purchases = order_goods.purchases(cache, order_id)
    conversations = conversations_of(store, order_id, policy, now)
    decision = desk_rows.get(store.desk, "order_decisions", source, remote_id)
    held = hands_now(store, policy, row, decision, now)
    known = behind(store, order)
    view = OrderView(
        item=queue.item_of(row),
        priority_terms=tuple(Term(name, points, why) for name, points, why in json.loads(row["terms"])),
        next_why=row["next_why"],
        next_due_at=row["next_due_at"],
        email=order["email"],
        phone=order["phone"],
        ship_to=AddressView(
            name=order["ship_name"],
            company=order["ship_company"],
            street=order["ship_street"],
            city=order["ship_city"],
            region=order["ship_region"],
            postcode=order["ship_postcode"],
            country=order["ship_country"],
            phone=order["ship_phone"],
        ),
        instructions=order["instructions"],
        note=order["note"],
        channel=order["channel"],
        url=order["url"],
        came_from=tuple((kind, number) for kind, number in json.loads(order["came_from"])),
        replaces=order["replaces"],
        tags=tuple(json.loads(row["tags"])),
        raw_status=json.loads(order["raw_status"]),
        synced_at=order["synced_at"],
        customer=order_people.customer(store, policy, order, row, known),
        lines=lines,
        payments=payments,
        refunds=refunds,
        disputes=disputes,
        refundable=order_money.refundable(payments, refunds, currency),
        invoices=invoices,
        shipments=shipments,
        conversations=conversations,
        purchase_orders=purchases,
        tasks=_tasks(store, source, remote_id),
        calls=_calls(store, source, remote_id),
        conflicts=_conflicts(store, order_id),
        related=related(store, order, known),
        timeline=timeline(
            store,
            order,
            money=(*payments, *refunds, *disputes),
            invoices=invoices,
            shipments=shipments,
            purchases=purchases,
            conversations=conversations,
            calls=calls_of(store, order_id, now),
        ),
        delay=_delay(order, row, decision, shipments, lines),
        drafts=drafts_of(store, source, remote_id),
        outbox=outbox_of(store, source, remote_id),
        claim=_claim(store, source, remote_id, now),
        source_ages=_ages(store),
        procedures=procedures_of(store, policy, order_id, now=now),
        references=tuple(json.loads(order["refs"])),
        owed=owed_of_order(cache, order_id),
        assigned_to=held.assigned_to,
        owner_why=held.why,
        manager_acting=held.manager_acts,
        manager_away=held.manager_acts != held.manager,
    )
    return replace(view, parties=parties(view, policy, held))


def _tasks(store: Workspace, source: str, remote_id: str) -> tuple[TaskView, ...]:
    found = desk_rows.select(store.desk, "tasks", "source=? AND remote_id=?", (source, remote_id), "due_at")
    return tuple(
        TaskView(row["id"], row["kind"], row["title"], row["owner"], row["due_at"], row["state"], row["milestone"])
        for row in found
    )


def _calls(store: Workspace, source: str, remote_id: str) -> tuple[CallView, ...]:
    condition = "source=? AND remote_id=? AND deleted_at IS NULL"
    found = desk_rows.select(store.desk, "call_logs", condition, (source, remote_id), "called_at DESC")
    return tuple(
        CallView(
            id=row["id"],
            agent=row["agent"],
            direction=row["direction"],
            outcome=row["outcome"],
            milestone=row["milestone"],
            note=row["note"],
            called_at=row["called_at"],
        )
        for row in found
    )


def _conflicts(store: Workspace, order_id: int) -> tuple[ConflictView, ...]:
    from oms_tui.store.reads.conflicts import conflicts

    return tuple(
        ConflictView(
            field=each.field,
            state=each.state,
            values=tuple(ConflictValue(*value) for value in each.values),
            parts=each.parts,
            chosen=each.chosen,
            decided_by=each.agent,
            decided_at=each.decided_at,
        )
        for each in conflicts(store, order_id)
    )


def _claim(store: Workspace, source: str, remote_id: str, now: int) -> str:
    row = desk_rows.get(store.desk, "claims", source, remote_id)
    return str(row["agent"]) if row and row["expires_at"] > now else ""


def _ages(store: Workspace) -> dict[str, int | None]:
    return dict(store.cache.execute("SELECT source, max(last_success_at) FROM sync_state GROUP BY source"))


def _delay(
    order: Values,
    row: Values,
    decision: Values | None,
    shipments: tuple[ShipmentView, ...],
    lines: tuple[LineView, ...],
) -> DelayView:
    """The delay as it was derived, with where its dates and its reason are from."""
    house = bool(decision and decision["delay_reason"])
    predicted, since, news, told = row["predicted_at"], row["late_since"], row["news_at"], row["last_told_at"]
    said_by = [each.carrier or each.tracking_source for each in shipments if each.estimated_delivery_at == predicted]
    said_by += [level.source for line in lines for level in line.stock if level.expected_at == predicted]
    reason = row["reason"]
    will_be_late = bool(row["will_be_late"])
    late = row["days_late"] > 0 and not will_be_late and since is not None
    return DelayView(
        late=late,
        will_be_late=will_be_late,
        days=row["days_late"],
        since=since,
        reason=reason,
        reason_text=words_of(DelayReason, reason) if reason else "",
        reason_source=source_of(reason, house=house),
        promised_at=row["promised_at"],
        promised_source=order["source"] if row["promised_at"] is not None else "",
        predicted_at=predicted,
        predicted_source=said_by[0] if predicted is not None and said_by else "",
        customer_told_at=told if told is not None and news is not None and told >= news else None,
    )
