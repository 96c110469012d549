"""From an order's facts to its row in the queue: the rules of the trade applied, nothing read."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain.attention import AttentionFacts, due_again
from oms_tui.domain.clocks import SOON, Clock, ClockKind, ClockState
from oms_tui.domain.delay import DelayFacts, Prediction, delay_of
from oms_tui.domain.money import minor_digits
from oms_tui.domain.next_step import flags, next_step
from oms_tui.domain.priority import score
from oms_tui.domain.stages import PAID, ParcelFacts, StageFacts, missing_units, stage_of
from oms_tui.domain.tiers import CustomerFacts, tier_of
from oms_tui.domain.vocabulary import (
    INVOICE_OVERDUE,
    TRACKING_TROUBLE,
    DelayReason,
    InvoiceKind,
    InvoiceStatus,
    OrderState,
    ReturnStatus,
    ShipmentState,
    Stage,
    TaskKind,
    TrackingStatus,
)
from oms_tui.store.compiled_sql import CACHE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oms_tui.domain.policy import DeskPolicy
    from oms_tui.domain.query_tree import Tree
    from oms_tui.store.derive.facts import OrderFacts, Parcel

COLUMNS: Final = CACHE_COLUMNS["queue_row"]
LATER: Final = 1 << 60
"""Where nothing is due: sorts behind everything that is."""

_QUIET_AFTER_MS: Final = 14 * 86_400_000  # delivered so long ago, and nothing waits: out of the queue
_ENDED: Final = frozenset({OrderState.CLOSED, OrderState.CANCELLED})
_OWED: Final = frozenset({InvoiceStatus.OPEN, InvoiceStatus.PARTIALLY_PAID})
_OVER: Final = frozenset({TrackingStatus.DELIVERED, TrackingStatus.RETURNED, TrackingStatus.CANCELLED})
_INVOICE_RANK: Final = (INVOICE_OVERDUE, *(status.value for status in InvoiceStatus))
_RETURN_RUNS: Final = frozenset({ReturnStatus.REQUESTED, ReturnStatus.IN_PROGRESS})
_BEFORE_TRANSIT: Final = {
    Stage.AWAITING_STOCK: DelayReason.OUT_OF_STOCK,
    Stage.AWAITING_PAYMENT: DelayReason.AWAITING_PAYMENT,
}

Values = dict[str, Any]
Tiers = "Sequence[tuple[str, Tree | None]]"


def state_of(facts: OrderFacts) -> str:
    """The order's state: its source's, or closed where a person here closed it and the customer did not write since."""
    state = str(facts.order["state"])
    closed_at = facts.decision["closed_at"] if facts.decision else None
    if closed_at is None or state != OrderState.OPEN:
        return state
    written = facts.threads.waiting_since if facts.threads else None
    return state if written is not None and written > closed_at else OrderState.CLOSED.value


def stage_facts(facts: OrderFacts, short: int) -> StageFacts:
    """What the stage is derived from."""
    order = facts.order
    return StageFacts(
        state=state_of(facts),
        payment_status=order["payment_status"],
        fulfillment_status=order["fulfillment_status"],
        return_status=order["return_status"],
        parcels=tuple(
            ParcelFacts(
                state=parcel.state,
                tracking=parcel.status or TrackingStatus.UNKNOWN,
                reason=parcel.reason,
                units=sum(int(line[1]) for line in json.loads(parcel.lines)) if parcel.lines != "[]" else 0,
            )
            for parcel in facts.parcels
        ),
        ordered=sum(quantity for _, quantity, _ in facts.lines),
        fulfilled=sum(fulfilled for _, _, fulfilled in facts.lines),
        short=short,
        open_issue=facts.disputed,
    )


def need_of(facts: OrderFacts) -> tuple[int, int, dict[str, int]]:
    """What the order still takes from stock: (rank, placed_at, units by product). Nothing once it has all left."""
    order = facts.order
    rank = 0 if order["payment_status"] in PAID else 1
    wanted: dict[str, int] = {}
    if state_of(facts) == OrderState.OPEN and missing_units(stage_facts(facts, 0)):
        in_parcels: dict[str, int] = {}
        for parcel in facts.parcels:
            if parcel.state != ShipmentState.CANCELLED and parcel.lines != "[]":
                for sku, quantity, *_ in json.loads(parcel.lines):
                    in_parcels[sku] = in_parcels.get(sku, 0) + int(quantity)
        for sku, quantity, fulfilled in facts.lines:
            left = quantity - max(fulfilled, in_parcels.get(sku, 0))
            in_parcels[sku] = max(0, in_parcels.get(sku, 0) - quantity)
            if sku and left > 0:
                wanted[sku] = wanted.get(sku, 0) + left
    return rank, order["placed_at"], wanted


def row_of(
    facts: OrderFacts,
    policy: DeskPolicy,
    tiers: Sequence[tuple[str, Tree | None]],
    *,
    now: int,
    short: tuple[int, bool] = (0, False),
    expected: Sequence[tuple[int, str]] = (),
) -> Values:
    """The order's row.

    Args:
        facts: what was read.
        policy: the desk's rules.
        tiers: the policy's tiers, their queries read.
        now: milliseconds since 1970 UTC.
        short: units it lacks, and whether the rest could go.
        expected: when what it lacks comes in, and who says so.
    """
    order, threads = facts.order, facts.threads
    state = state_of(facts)
    staged = stage_of(stage_facts(facts, short[0]))
    tier = _tier(facts, tiers)
    row: Values = dict.fromkeys(COLUMNS)
    decision = facts.decision or {}
    invoice, invoice_due = _invoice(facts, now)
    parcel = _pressing(facts.parcels)
    row |= {
        "order_id": order["id"],
        "source": order["source"],
        "remote_id": order["remote_id"],
        "number": order["number"],
        "name": facts.customer_name or order["ship_name"] or order["email"],
        "customer_id": order["customer_id"],
        "tier": tier,
        "account_manager": decision.get("account_manager") or policy.tier(tier).account_manager,
        "state": state,
        "payment_status": order["payment_status"],
        "fulfillment_status": order["fulfillment_status"],
        "return_status": order["return_status"],
        "stage": staged.stage.value,
        "progress": staged.progress,
        "currency": order["currency"],
        "total": order["total"],
        "placed_at": order["placed_at"],
        "promised_at": order["promised_at"],
        "promised_sort": order["promised_at"] if order["promised_at"] is not None else LATER,
        "owner": decision.get("owner") or "",
        "tags": _tags(order["tags"], decision.get("tags")),
        "country": order["ship_country"],
        "carrier": parcel.carrier if parcel else "",
        "tracking": (parcel.status or TrackingStatus.UNKNOWN.value) if parcel else "",
        "waiting_since": threads.waiting_since if threads else None,
        "waiting_sort": threads.waiting_since if threads and threads.waiting_since is not None else LATER,
        "last_mail_at": threads.last_mail_at if threads else None,
        "last_told_at": max(filter(None, (threads.told_at if threads else None, facts.called_at)), default=None),
        "short": short[0],
        "invoice": invoice,
        "conflicts": 0,
        # a customer who waits ends it (AttentionFacts.snoozed): lists must not leave them out
        "snoozed_until": decision.get("snoozed_until") if threads is None or threads.waiting_since is None else None,
        "derived_at": now,
    }
    if state in _ENDED and _nothing_open(facts, staged.stage):
        _rest(row)
    else:
        _attend(row, facts, policy, parcel, now=now, short=short, expected=expected, invoice_due=invoice_due)
    return row


def _nothing_open(facts: OrderFacts, stage: Stage) -> bool:
    """Nothing about an ended order can ask for anything: the most of a million orders, told without reckoning."""
    waits = facts.threads is not None and (facts.threads.waiting_since is not None or facts.threads.bounced)
    return stage == Stage.DONE and not (waits or facts.tasks or facts.outbox or facts.disputed)


def _rest(row: Values) -> None:
    row |= {
        "is_open": 0,
        "due_sort": LATER,
        "priority": 0,
        "terms": "[]",
        "flags": json.dumps([[row["state"], "quiet"]]),
        "next_action": "",
        "next_why": row["state"],
        "reason": "",
        "days_late": 0,
        "will_be_late": 0,
        "call": "",
    }


def _attend(
    row: Values,
    facts: OrderFacts,
    policy: DeskPolicy,
    parcel: Parcel | None,
    *,
    now: int,
    short: tuple[int, bool],
    expected: Sequence[tuple[int, str]],
    invoice_due: int | None,
) -> None:
    """The part of the row that says what asks for attention."""
    moment = _at(now)
    assert moment is not None  # noqa: S101 - now is a number
    delivered_at = _delivered_at(facts, row["stage"])
    delay_facts = _delay_facts(row, facts, parcel, expected, delivered_at=delivered_at, now=moment)
    delay = delay_of(delay_facts, now=moment, zone=policy.zone)
    calls = [task for task in facts.tasks if task["kind"] == TaskKind.MILESTONE_CALL]
    others = [task for task in facts.tasks if task["kind"] != TaskKind.MILESTONE_CALL]
    call = min(calls, key=lambda task: task["due_at"], default=None)
    task = min(others, key=lambda task: task["due_at"], default=None)
    clock = _clock(row, facts, policy, moment)
    attention = AttentionFacts(
        zone=policy.zone,
        placed_at=_known(row["placed_at"]),
        tier=row["tier"],
        state=row["state"],
        payment_status=row["payment_status"],
        fulfillment_status=row["fulfillment_status"],
        stage=row["stage"],
        total=row["total"],
        minor_digits=minor_digits(row["currency"]),
        delay=delay_facts,
        waiting_since=_at(row["waiting_since"]),
        clock=clock,
        bounced=bool(facts.threads and facts.threads.bounced),
        tracking=row["tracking"] or TrackingStatus.UNKNOWN,
        reason=parcel.reason if parcel else "",
        short=short[0],
        can_split=short[1],
        call_due_at=_at(call["due_at"]) if call else None,
        call=call["milestone"] if call else "",
        task_due_at=_at(task["due_at"]) if task else None,
        task=task["title"] if task else "",
        disputed=facts.disputed,
        outbox=facts.outbox,
        invoice_due_at=_at(invoice_due),
        snoozed_until=_at(row["snoozed_until"]),
    )
    priority = score(attention, policy.weights, now=moment)
    step = next_step(attention, now=moment)
    due = min(
        filter(None, (clock.due_at if clock else None, attention.call_due_at, attention.task_due_at)), default=None
    )
    again = due_again(attention, moment)
    quiet_at = delivered_at + _QUIET_AFTER_MS if delivered_at is not None else None
    quiet = quiet_at is not None and now >= quiet_at
    row |= {
        "is_open": int(_is_open(row, attention, quiet=quiet)),
        "predicted_at": _ms(delay.predicted_at),
        "due_at": _ms(due),
        "due_sort": _ms(due) if due else LATER,
        "priority": priority.score,
        "terms": json.dumps([[term.name, term.points, term.why] for term in priority.terms], ensure_ascii=False),
        "flags": json.dumps([[flag.text, flag.level] for flag in flags(attention, now=moment)], ensure_ascii=False),
        "next_action": step.action,
        "next_why": step.why,
        "next_due_at": _ms(step.due_at),
        "reason": delay.reason,
        "days_late": delay.days if delay.late or delay.will_be_late else 0,
        "late_since": _ms(delay.since) if delay.late or delay.will_be_late else None,
        "will_be_late": int(delay.will_be_late),
        "call": "" if call is None else "missed" if call["due_at"] <= now else "due",
    }
    moments = [each for each in (_ms(again), quiet_at if quiet_at and not quiet else None) if each is not None]
    row["refresh_at"] = min(moments, default=None)
    if not row["is_open"] and row["waiting_since"] is None:
        row["priority"], row["terms"] = 0, "[]"


def _is_open(row: Values, attention: AttentionFacts, *, quiet: bool) -> bool:
    """Whether it belongs in a queue: it is under way, or something about it waits for somebody."""
    waits = (
        attention.waiting_since is not None
        or attention.outbox
        or attention.call_due_at is not None
        or attention.task_due_at is not None
        or attention.disputed
        or attention.money_held
        or attention.bounced
        or row["return_status"] in _RETURN_RUNS
    )
    if waits:
        return True
    return row["state"] == OrderState.OPEN and not (quiet and row["stage"] == Stage.DELIVERED)


def _delay_facts(
    row: Values,
    facts: OrderFacts,
    parcel: Parcel | None,
    expected: Sequence[tuple[int, str]],
    *,
    delivered_at: int | None,
    now: datetime,
) -> DelayFacts:
    under_way = [each for each in facts.parcels if each.status not in _OVER and each.state != ShipmentState.CANCELLED]
    predictions = [
        Prediction(_known(each.estimated_at), each.carrier or each.source) for each in under_way if each.estimated_at
    ]
    predictions += [Prediction(_known(at), source) for at, source in expected]
    before = facts.before or {}
    slipped = before.get("late_since") if before.get("will_be_late") else None
    told = delay_reason = ""
    if facts.decision:
        told = facts.decision["delay_reason"]
    if parcel is not None and parcel.reason:
        delay_reason = parcel.reason
    elif not told:
        delay_reason = _BEFORE_TRANSIT.get(Stage(row["stage"]), "")
    return DelayFacts(
        promised_at=_at(row["promised_at"]),
        promised_source=row["source"],
        predictions=tuple(predictions),
        delivered_at=_at(delivered_at),
        settled=row["state"] in _ENDED,
        carrier_late=any(each.delayed for each in under_way),
        slipped_at=_at(slipped) or now,
        carrier_reason=delay_reason,
        house_reason=told,
        told_at=_at(row["last_told_at"]),
    )


def _delivered_at(facts: OrderFacts, stage: str) -> int | None:
    """When the last of it was there; None while something is missing."""
    if stage not in {Stage.DELIVERED, Stage.AFTER_SALES, Stage.DONE}:
        return None
    times = [
        each.delivered_at or each.last_event_at
        for each in facts.parcels
        if each.state != ShipmentState.CANCELLED and (each.delivered_at or each.status == TrackingStatus.DELIVERED)
    ]
    return max(filter(None, times), default=None)


def _clock(row: Values, facts: OrderFacts, policy: DeskPolicy, now: datetime) -> Clock | None:
    """The response clock that runs, if a customer waits."""
    since = _at(row["waiting_since"])
    if since is None or facts.threads is None:
        return None
    tier = policy.tier(row["tier"])
    allowed = tier.first_response if facts.threads.first else tier.next_response
    if allowed is None:
        return None
    due, soon = policy.hours.add(since, allowed), policy.hours.add(since, allowed * SOON)
    state = ClockState.BREACHED if now >= due else ClockState.SOON if now >= soon else ClockState.RUNNING
    kind = ClockKind.FIRST_RESPONSE if facts.threads.first else ClockKind.NEXT_RESPONSE
    return Clock(kind, since, soon, due, state)


def _pressing(parcels: Sequence[Parcel]) -> Parcel | None:
    """The parcel that needs most attention: in trouble, else under way, else there; the newest of these."""
    live = [each for each in parcels if each.state != ShipmentState.CANCELLED or each.status not in {None, "cancelled"}]
    return max(
        live,
        key=lambda each: (
            each.status in TRACKING_TROUBLE,
            each.status not in _OVER,
            each.shipped_at or 0,
        ),
        default=None,
    )


def _invoice(facts: OrderFacts, now: int) -> tuple[str, int | None]:
    """How the invoices stand, the most pressing word; and when an open one is due (sold on account)."""
    found: list[str] = []
    due: int | None = None
    for kind, status, due_at in facts.invoices:
        if kind != InvoiceKind.INVOICE:
            continue
        owed = status in _OWED and due_at is not None
        found.append(INVOICE_OVERDUE if owed and due_at is not None and due_at < now else status)
        if owed and due_at is not None:
            due = due_at if due is None else min(due, due_at)
    known = [status for status in found if status in _INVOICE_RANK]
    return (min(known, key=_INVOICE_RANK.index) if known else ""), due


def _tier(facts: OrderFacts, tiers: Sequence[tuple[str, Tree | None]]) -> str:
    order = facts.order
    return tier_of(
        CustomerFacts(
            currency=order["currency"],
            spend=facts.spend,
            orders=facts.orders,
            total=order["total"],
            country=order["ship_country"],
            source=order["source"],
            tags=tuple(json.loads(order["tags"])) + tuple(json.loads(facts.customer_tags)),
            email=order["email"],
            name=facts.customer_name or order["ship_name"],
        ),
        tiers,
    )


def _tags(theirs: str, ours: str | None) -> str:
    """The source's tags and those people put on here, each once."""
    if not ours or ours == "[]":
        return theirs
    return json.dumps(list(dict.fromkeys([*json.loads(theirs), *json.loads(ours)])), ensure_ascii=False)


def _at(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)


def _known(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else (moment - _EPOCH) // _MILLISECOND


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
