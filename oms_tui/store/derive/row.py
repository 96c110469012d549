"""From an order's facts to its row in the queue: the rules of the trade applied, nothing read."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain.absence import Team, hands
from oms_tui.domain.attention import ENDED, AttentionFacts, due_again
from oms_tui.domain.clocks import (
    ResponsePolicy,
    resolution_clock,
    response_clocks,
    running,
    share_changes_at,
    share_gone,
)
from oms_tui.domain.conversations import Letter
from oms_tui.domain.delay import DelayFacts, delay_of
from oms_tui.domain.money import minor_digits
from oms_tui.domain.next_step import flags, next_step
from oms_tui.domain.priority import score
from oms_tui.domain.risk import changes_at as risk_changes_at
from oms_tui.domain.risk import risks
from oms_tui.domain.stages import stage_of
from oms_tui.domain.tiers import tier_of
from oms_tui.domain.vocabulary import (
    INVOICE_OVERDUE,
    DelayReason,
    Direction,
    InvoiceKind,
    InvoiceStatus,
    OrderState,
    ReturnStatus,
    Stage,
    TaskKind,
    TrackingStatus,
)
from oms_tui.store.compiled_sql import CACHE_COLUMNS
from oms_tui.store.customer_facts import customer_facts
from oms_tui.store.derive import goods
from oms_tui.store.derive.calls import state_of
from oms_tui.store.derive.demand import Lack
from oms_tui.store.queue_sorts import LATER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oms_tui.domain.clocks import Clock
    from oms_tui.domain.policy import DeskPolicy
    from oms_tui.domain.query_tree import Tree
    from oms_tui.store.derive.facts import OrderFacts, Parcel, Waiting

COLUMNS: Final = CACHE_COLUMNS["queue_row"]

_QUIET_AFTER_MS: Final = 14 * 86_400_000  # delivered so long ago, and nothing waits: out of the queue
_OWED: Final = frozenset({InvoiceStatus.OPEN, InvoiceStatus.PARTIALLY_PAID})
_INVOICE_RANK: Final = (INVOICE_OVERDUE, *(status.value for status in InvoiceStatus))
_RETURN_RUNS: Final = frozenset({ReturnStatus.REQUESTED, ReturnStatus.IN_PROGRESS})
_BEFORE_TRANSIT: Final = {
    Stage.AWAITING_STOCK: DelayReason.OUT_OF_STOCK,
    Stage.AWAITING_PAYMENT: DelayReason.AWAITING_PAYMENT,
}

_CALLS: Final = frozenset({TaskKind.MILESTONE_CALL, TaskKind.CALLBACK})
NOTHING_LACKS: Final = Lack()
ALWAYS_HERE: Final = Team()

Values = dict[str, Any]


def row_of(
    facts: OrderFacts,
    policy: DeskPolicy,
    tiers: Sequence[tuple[str, Tree | None]],
    *,
    now: int,
    short: Lack = NOTHING_LACKS,
    expected: Sequence[tuple[int, str]] = (),
    team: Team = ALWAYS_HERE,
) -> Values:
    """The order's row.

    Args:
        facts: what was read.
        policy: the desk's rules.
        tiers: the policy's tiers, their queries read.
        now: milliseconds since 1970 UTC.
        short: units it lacks, and whether the rest could go.
        expected: when what it lacks comes in, and who says so.
        team: who works here, and who is away.
    """
    order, threads = facts.order, facts.threads
    state = goods.state_of(facts)
    staged = stage_of(goods.stage_facts(facts, short.units))
    tier = _tier(facts, tiers)
    row: Values = dict.fromkeys(COLUMNS)
    decision = facts.decision or {}
    invoice, invoice_due = _invoice(facts, now)
    parcel = goods.pressing(facts.parcels)
    row |= {
        "order_id": order["id"],
        "source": order["source"],
        "remote_id": order["remote_id"],
        "number": order["number"],
        "name": facts.customer_name or order["ship_name"] or order["email"],
        "customer_id": order["customer_id"],
        "tier": tier,
        "account_manager": decision.get("account_manager") or facts.manager or policy.tier(tier).account_manager,
        "state": state,
        "payment_status": order["payment_status"],
        "fulfillment_status": goods.fulfillment_status(facts),
        "return_status": order["return_status"],
        "stage": staged.stage.value,
        "progress": staged.progress,
        "currency": order["currency"],
        "total": order["total"],
        "placed_at": order["placed_at"],
        "promised_at": order["promised_at"],
        "promised_sort": order["promised_at"] if order["promised_at"] is not None else LATER,
        "owner": decision.get("owner") or "",
        "held": 1,
        "tags": _tags(order["tags"], decision.get("tags")),
        "country": order["ship_country"],
        "carrier": parcel.carrier if parcel else "",
        "tracking": goods.tracking_of(parcel) if parcel else "",
        "waiting_since": threads.waiting_since if threads else None,
        "waiting_sort": threads.waiting_since if threads and threads.waiting_since is not None else LATER,
        "last_mail_at": threads.last_mail_at if threads else None,
        "last_told_at": max(filter(None, (threads.told_at if threads else None, facts.called_at)), default=None),
        "risk": "",
        "short": short.units,
        "noted": facts.notes,
        "attached": threads.attached if threads else 0,
        "clock": "",
        "clock_share": 0,
        "draft": facts.draft,
        "invoice": invoice,
        "conflicts": len(facts.conflicts),
        "conflict_fields": f" {' '.join(facts.conflicts)} " if facts.conflicts else "",
        # a customer who waits ends it (AttentionFacts.snoozed): lists must not leave them out
        "snoozed_until": decision.get("snoozed_until") if threads is None or threads.waiting_since is None else None,
        "derived_at": now,
    }
    if state in ENDED and _nothing_open(facts, staged.stage):
        _rest(row)
    else:
        _attend(row, facts, policy, parcel, now=now, short=short, expected=expected, invoice_due=invoice_due)
        if row["is_open"]:
            _put_into_hands(row, team, now)
    return row


def _put_into_hands(row: Values, team: Team, now: int) -> None:
    """Whose it is now, and until when that holds."""
    found = hands(
        team,
        owner=row["owner"],
        manager=row["account_manager"],
        tier=row["tier"],
        waits=row["waiting_since"] is not None,
        now=now,
    )
    if (row["owner"] or row["account_manager"]) and (change := team.next_change(now)) is not None:
        row["refresh_at"] = min(row["refresh_at"] or change, change)
    row["owner"], row["held"] = found.owner, int(found.held)


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
    short: Lack,
    expected: Sequence[tuple[int, str]],
    invoice_due: int | None,
) -> None:
    """The part of the row that says what asks for attention."""
    moment = _at(now)
    assert moment is not None  # noqa: S101 - now is a number
    delivered_at = goods.delivered_at(facts, goods.stage_facts(facts, short.units))
    delay_facts = _delay_facts(row, facts, parcel, expected, delivered_at=delivered_at, now=moment)
    delay = delay_of(delay_facts, now=moment, zone=policy.zone)
    call = _next(facts, calls=True)
    task = _next(facts, calls=False)
    promised = promised_to(row["tier"], policy)
    clock = clock_of(facts, promised, policy, moment)
    attention = AttentionFacts(
        zone=policy.zone,
        placed_at=_known(row["placed_at"]),
        tier=row["tier"],
        state=row["state"],
        payment_status=row["payment_status"],
        fulfillment_status=row["fulfillment_status"],
        return_status=row["return_status"],
        stage=row["stage"],
        total=row["total"],
        minor_digits=minor_digits(row["currency"]),
        currency=row["currency"],
        delay=delay_facts,
        waiting_since=_at(row["waiting_since"]),
        clock=clock,
        bounced=bool(facts.threads and facts.threads.bounced),
        tracking=row["tracking"] or TrackingStatus.UNKNOWN,
        reason=parcel.reason if parcel else "",
        short=short.units,
        can_split=short.rest_can_go,
        call_due_at=_at(call["due_at"]) if call else None,
        call=call["milestone"] if call else "",
        task_due_at=_at(task["due_at"]) if task else None,
        task=task["title"] if task else "",
        conflicts=facts.conflicts,
        disputed=facts.disputed,
        outbox=facts.outbox,
        invoice_due_at=_at(invoice_due),
        snoozed_until=_at(row["snoozed_until"]),
        prepared=facts.prepared,
        step=facts.step,
        step_action=facts.step_action,
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
        "is_open": int(_is_open(row, attention, quiet=quiet, now=moment)),
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
        "news_at": _ms(delay.news_at) if delay.late or delay.will_be_late else None,
        "will_be_late": int(delay.will_be_late),
        "call": _call(facts, now),
        "task_due_at": min(
            (each["due_at"] for each in _open(facts) if each["kind"] != TaskKind.MILESTONE_CALL), default=None
        ),
        "in_hand_until": max((each["due_at"] for each in _open(facts) if each["owner"]), default=None),
    }
    at_risk = risks(attention, delay, declined=facts.declined, told_at=_at(row["last_told_at"]), now=moment)
    if at_risk and row["is_open"]:
        row["risk"] = f" {' '.join(at_risk)} "
    if clock is not None:
        row |= {"clock": clock.kind.value, "clock_share": share_gone(clock, promised, policy.hours, now=moment)}
    share_at = share_changes_at(clock, promised, policy.hours, now=moment) if clock is not None else None
    moments = (_ms(again), _later(share_at), quiet_at, invoice_due, _ms(risk_changes_at(attention)))
    row["refresh_at"] = min((each for each in moments if each is not None and each > now), default=None)
    if not row["is_open"] and row["waiting_since"] is None:
        row["priority"], row["terms"] = 0, "[]"


def _next(facts: OrderFacts, *, calls: bool) -> Values | None:
    """The open task that is due first: of the calls (a callback the customer was promised is one), or of the others."""
    found = [task for task in _open(facts) if (task["kind"] in _CALLS) == calls]
    return min(found, key=lambda task: task["due_at"], default=None)


def _open(facts: OrderFacts) -> list[Values]:
    return [task for task in facts.tasks if task["state"] == "open"]


def _call(facts: OrderFacts, now: int) -> str:
    """The CallState of the milestone call that is due first; without one, of the one that ended last."""
    calls = [task for task in facts.tasks if task["kind"] == TaskKind.MILESTONE_CALL and state_of(task, now)]
    first = min((task for task in calls if task["state"] == "open"), key=lambda task: task["due_at"], default=None)
    last = max(calls, key=lambda task: task["done_at"] or 0, default=None)
    found = first or last
    return (state_of(found, now) or "") if found else ""


def _is_open(row: Values, attention: AttentionFacts, *, quiet: bool, now: datetime) -> bool:
    """Whether it belongs in a queue: it is under way, or something about it waits for somebody."""
    waits = (
        attention.waiting_since is not None
        or attention.outbox
        or attention.call_due_at is not None
        or attention.task_due_at is not None
        or attention.disputed
        or attention.money_held
        or attention.bounced
        or (attention.invoice_due_at is not None and attention.invoice_due_at <= now)
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
    before = facts.before or {}
    # When it was first seen to slip is kept; a cache made anew takes the carrier's word for when it said so.
    slipped = before.get("late_since") if before.get("will_be_late") else None
    trouble = goods.trouble_at(facts)  # a parcel that stands still will be late, and that is news of its own
    if slipped is not None and trouble is not None:
        slipped = max(slipped, trouble)
    house = facts.decision["delay_reason"] if facts.decision else ""
    reason = ""
    if parcel is not None and parcel.reason and not parcel.there:
        reason = parcel.reason
    elif not house:
        reason = _BEFORE_TRANSIT.get(Stage(row["stage"]), "")
    return DelayFacts(
        promised_at=_at(row["promised_at"]),
        promised_source=row["source"],
        predictions=tuple(goods.predictions(facts, expected)),
        delivered_at=_at(delivered_at),
        settled=row["state"] in ENDED,
        carrier_late=trouble is not None or any(each.delayed for each in goods.under_way(facts)),
        slipped_at=_at(slipped) or min(_at(goods.said_at(facts)) or now, now),
        trouble_at=_at(trouble),
        carrier_reason=reason,
        house_reason=house,
        told_at=_at(row["last_told_at"]),
    )


def promised_to(name: str, policy: DeskPolicy) -> ResponsePolicy:
    """What the customers of a tier are promised."""
    tier = policy.tier(name)
    return ResponsePolicy(tier.first_response, tier.next_response, tier.resolution)


def _later(moment: datetime | None) -> int | None:
    """A moment in whole milliseconds, not before it: a share that is looked at too early reads as before."""
    return None if moment is None else -((_EPOCH - moment) // _MILLISECOND)


def clock_of(facts: OrderFacts, promised: ResponsePolicy, policy: DeskPolicy, now: datetime) -> Clock | None:
    """The clock that runs out first, of an answer or of the solution, if a customer waits."""
    if facts.threads is None:
        return None
    clocks: list[Clock | None] = []
    for each in facts.threads.waiting:
        clocks.append(running(response_clocks(_letters(each), promised, policy.hours, now=now)))
        since = [letter for letter in _letters(each) if letter.at > _known(each.closed_at)]
        clocks.append(resolution_clock(since, promised, policy.hours, now=now))
    runs = (clock for clock in clocks if clock is not None and clock.runs)
    return min(runs, key=lambda clock: clock.due_at, default=None)


def _letters(waiting: Waiting) -> list[Letter]:
    """Who wrote when. What was closed without an answer before the customer wrote again asks for none any more.

    What went out since and left them waiting was no answer to them: it went to somebody else in the same thread.
    """
    outbound = [at for at, direction in waiting.letters if direction == Direction.OUTBOUND]
    answered = max((at for at in outbound if not waiting.waits or at <= waiting.since), default=0)
    return [
        Letter(str(at), _known(at), direction, "")
        for at, direction in waiting.letters
        if at <= answered or (at >= waiting.since and not (waiting.waits and direction == Direction.OUTBOUND))
    ]


def _invoice(facts: OrderFacts, now: int) -> tuple[str, int | None]:
    """How the invoices stand, the most pressing word; and when an open one is due (sold on account)."""
    found: list[str] = []
    due: int | None = None
    for kind, status, due_at in facts.invoices:
        if kind != InvoiceKind.INVOICE:
            continue
        owed = status in _OWED and due_at is not None
        found.append(INVOICE_OVERDUE if owed and due_at is not None and due_at <= now else status)
        if owed and due_at is not None:
            due = due_at if due is None else min(due, due_at)
    known = [status for status in found if status in _INVOICE_RANK]
    return (min(known, key=_INVOICE_RANK.index) if known else ""), due


def _tier(facts: OrderFacts, tiers: Sequence[tuple[str, Tree | None]]) -> str:
    return tier_of(customer_facts(facts.order, facts.worth, facts.customer_name), tiers)


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
