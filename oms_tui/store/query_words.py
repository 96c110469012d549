"""Every word of the query language with its type and its SQL, listed once for filter line, find, views and rules.

``q`` is a row of ``queue_row``. A word either has an index, or looks at open orders alone, or at the newest matches.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from oms_tui.domain.conflict_fields import FIELDS
from oms_tui.domain.query_tree import FREE_TEXT, Wild
from oms_tui.domain.query_words import Kind, WordType
from oms_tui.domain.risk import Risk
from oms_tui.domain.vocabulary import (
    INVOICE_OVERDUE,
    CallState,
    DelayReason,
    FulfillmentStatus,
    InvoiceStatus,
    Milestone,
    OrderState,
    PaymentStatus,
    ReturnStatus,
    Stage,
    Tier,
    TrackingStatus,
    values,
)
from oms_tui.store import query_calls, query_clocks, query_meanings, query_work
from oms_tui.store.order_keys import NUMBER, REMOTE_ID, TRACKING
from oms_tui.store.query_lookups import contract, customer, customer_tag, email, found, keys, phone, sku, tag, worth
from oms_tui.store.query_parts import Asked, QueryWord, Sql, between, equals, indexed, moment, ms, number
from oms_tui.store.queue_sorts import AMOUNT, LATER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oms_tui.domain.query_tree import Term
    from oms_tui.store.query_parts import Builder

__all__ = ["CATALOGUE", "WORDS", "Asked"]


def _tracking(term: Term, asked: Asked) -> Sql:
    """A tracking status, else a tracking number."""
    value = term.value
    if not isinstance(value, Wild) and str(value).lower() in _TRACKING:
        return equals("tracking")(replace(term, value=str(value).lower()), asked)
    return keys(TRACKING)(term, asked)


def _state(term: Term, asked: Asked) -> Sql:
    asked.closed = True
    return equals("state")(term, asked)


def _ship(term: Term, asked: Asked) -> Sql:
    if term.value == "late":
        return indexed(_LATE)
    if term.value == "slipping":
        return indexed("q.is_open = 1 AND q.late_since IS NOT NULL AND q.will_be_late = 1")
    day = asked.now.astimezone(asked.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    start, end = ms(day), ms(day + timedelta(days=1))
    return indexed(
        "q.is_open = 1 AND q.promised_sort >= ? AND q.promised_sort < ? "
        "AND q.stage NOT IN ('delivered','after_sales','done')",
        [start, end],
    )


def _stock(term: Term, _: Asked) -> Sql:
    waits = "q.is_open = 1 AND q.stage IN ('awaiting_payment','awaiting_stock','ready_to_release')"
    return (
        indexed(f"q.short > 0 AND {waits.replace('q.stage', '+q.stage')}")
        if term.value == "short"
        else indexed(f"{waits} AND q.short = 0")
    )


def _owner(term: Term, asked: Asked) -> Sql:
    value = term.value
    if value == "none":
        return Sql("q.owner = ''")
    wanted = asked.agent if value == "me" else value
    return equals("owner", usual="")(replace(term, value=wanted), asked)


def _manager(term: Term, asked: Asked) -> Sql:
    if term.value == "none":
        return Sql("q.account_manager = ''")
    wanted = asked.agent if term.value == "me" else term.value
    return equals("account_manager", usual="")(replace(term, value=wanted), asked)


def _waiting(term: Term, asked: Asked) -> Sql:
    text, bound = between("q.waiting_sort", term, asked)
    return indexed(" AND ".join(filter(None, (_WAITING, text))), bound)


def _promised(term: Term, asked: Asked) -> Sql:
    return moment("q.promised_at", ahead=True)(term, asked)


def _due(term: Term, asked: Asked) -> Sql:
    text, bound = between("q.due_sort", term, asked, ahead=True)
    return indexed(" AND ".join(filter(None, (f"q.is_open = 1 AND q.due_sort < {LATER}", text))), bound)


def _priority(term: Term, asked: Asked) -> Sql:
    """What is not open has none."""
    found = number("q.priority", index=False)(term, asked)
    above = isinstance(term.value, Decimal) and term.op in {">", ">="} and term.value > 0
    return indexed(f"q.is_open = 1 AND {found.text}", found.bound) if above else found


def _conflict(term: Term, asked: Asked) -> Sql:
    """How many fields systems disagree on, or that they do on one."""
    if isinstance(term.value, str):
        return indexed("q.conflicts > 0 AND instr(q.conflict_fields, ?) > 0", [f" {term.value} "])
    found = number("q.conflicts", index=False)(term, asked)
    above = isinstance(term.value, Decimal) and term.op in {">", ">="} and term.value >= (term.op == ">=")
    return indexed(f"q.conflicts > 0 AND {found.text}", found.bound) if above else found


def _risk(term: Term, _: Asked) -> Sql:
    if isinstance(term.value, Wild):
        return indexed("q.risk <> ''")
    return indexed("q.risk <> '' AND instr(q.risk, ?) > 0", [f" {term.value} "])


def _has(term: Term, _: Asked) -> Sql:
    return _HAS[str(term.value)]


def _is(term: Term, asked: Asked) -> Sql:
    value = str(term.value)
    if value == "closed":
        asked.closed = True
    if value == "snoozed":
        asked.snoozed = True
        return indexed("q.snoozed_until IS NOT NULL AND q.snoozed_until > ?", [asked.now_ms])
    if value == "mine":
        return indexed("q.owner <> '' AND q.owner = ?", [asked.agent])
    if value == "unattended":
        return query_work.unattended(asked)
    return query_work.stale(asked) if value == "stale" else _IS[value]


_TRACKING: Final = frozenset(values(TrackingStatus))
_TOLD: Final = ",".join(f"'{status}'" for status in sorted(_TRACKING - {TrackingStatus.UNKNOWN}))
_LATE: Final = "q.is_open = 1 AND q.late_since IS NOT NULL AND q.will_be_late = 0"
_WAITING: Final = f"q.is_open = 1 AND q.waiting_sort < {LATER}"
_HAS: Final = {
    "mail": indexed("q.last_mail_at IS NOT NULL"),
    "delay_reason": indexed("q.reason <> '' AND q.reason <> 'unknown'"),
    # Each status by itself: in the index open orders come first of each, and most orders are delivered ones.
    "tracking": indexed(f"q.tracking IN ({_TOLD})"),
    "invoice": indexed("q.invoice <> ''"),
    "conflict": indexed("q.conflicts > 0"),
    "owner": indexed("q.owner <> ''", by="queue_row_of_owner"),
    "tag": Sql("q.tags <> '[]'", near="SELECT order_id FROM order_tags", exact=True),
    "promise": indexed("q.promised_at IS NOT NULL"),
    "call": indexed("q.call <> ''"),
    "account_manager": indexed("q.account_manager <> ''"),
    **query_work.HAS,
    **query_clocks.HAS,
}
_IS: Final = {
    "open": Sql("q.is_open = 1"),
    "closed": Sql("q.is_open = 0"),
    "late": indexed(_LATE),
    "waiting": indexed(_WAITING),
    "unheld": indexed("q.held = 0 AND q.is_open = 1"),
    "unlinked": query_work.unlinked(),
    "untold": indexed(
        "q.is_open = 1 AND q.late_since IS NOT NULL AND (q.last_told_at IS NULL OR q.last_told_at < q.news_at)"
    ),
}


def _word(
    kind: Kind, sql: Builder, words: str, listed_values: tuple[str, ...] = (), *, ahead: bool = False
) -> QueryWord:
    return QueryWord(WordType(kind, listed_values, words, ahead=ahead), sql)


def _flags(sql: Builder, words: str, names: tuple[str, ...], meanings: Mapping[str, str]) -> QueryWord:
    return QueryWord(WordType(Kind.FLAG, names, words, meanings=meanings), sql)


WORDS: Final[Mapping[str, QueryWord]] = {
    "number": _word(Kind.TEXT, keys(NUMBER, REMOTE_ID), "the order's number, 104* or *482"),
    "customer": _word(Kind.TEXT, customer, "the customer's name or company"),
    "email": _word(Kind.TEXT, email, "a mail address, j.k* or *@firma.example"),
    "phone": _word(Kind.TEXT, phone, "a phone number"),
    "sku": _word(Kind.TEXT, sku, "a product of the order, LAMP-*"),
    "state": _word(Kind.CHOICE, _state, "draft, open, closed or cancelled", values(OrderState)),
    "stage": _word(Kind.CHOICE, equals("stage"), "how far it is", values(Stage)),
    "payment": _word(Kind.CHOICE, equals("payment_status"), "whether it is paid", values(PaymentStatus)),
    "fulfillment": _word(
        Kind.CHOICE, equals("fulfillment_status"), "whether it was shipped", values(FulfillmentStatus)
    ),
    "return": _word(
        Kind.CHOICE, equals("return_status", usual="no_return"), "whether it comes back", values(ReturnStatus)
    ),
    "ship": _word(Kind.CHOICE, _ship, "late, due today, or slipping", ("late", "due", "slipping")),
    "tracking": _word(Kind.TEXT, _tracking, "a tracking number, or what the carrier says", values(TrackingStatus)),
    "carrier": _word(Kind.TEXT, equals("carrier", usual=""), "who carries it: dhl, ups"),
    "reason": _word(Kind.TEXT, equals("reason", usual=""), "why it is late", values(DelayReason)),
    "tier": _word(Kind.TEXT, equals("tier"), "how the customer is served", values(Tier)),
    "owner": _word(Kind.TEXT, _owner, "whose it is: me, none, or an agent", ("me", "none")),
    "manager": _word(Kind.TEXT, _manager, "the customer's account manager: me, none, or an agent", ("me", "none")),
    "stock": _word(Kind.CHOICE, _stock, "whether everything is there", ("short", "ok")),
    "invoice": _word(
        Kind.CHOICE, equals("invoice", usual=""), "how its invoice stands", (INVOICE_OVERDUE, *values(InvoiceStatus))
    ),
    "total": _word(Kind.MONEY, number(AMOUNT), "what it costs, >100"),
    "placed": _word(Kind.DATE, moment("q.placed_at"), "when it was placed, today or <2d"),
    "promised": _word(Kind.DATE, _promised, "for when it was promised", ahead=True),
    "due": _word(Kind.DATE, _due, "by when something must be done", ahead=True),
    "mail.waiting": _word(Kind.AGE, _waiting, "how long a customer waits, >4h"),
    "clock": _word(Kind.PERCENT, query_clocks.clock, "how much of the customer's clock is gone, >80% (steps of 5)"),
    "sla": _word(Kind.CHOICE, query_clocks.sla, "how the customer's clock stands", tuple(query_clocks.SLA)),
    "mail.last": _word(Kind.DATE, moment("q.last_mail_at"), "when there was mail last, <2d"),
    "priority": _word(Kind.NUMBER, _priority, "its priority, >80"),
    "call": _word(Kind.CHOICE, query_calls.call, "how a milestone call stands", values(CallState)),
    "milestone": _word(Kind.CHOICE, query_calls.milestone, "what a milestone call is about", values(Milestone)),
    "conflict": _word(Kind.COUNT, _conflict, "how many facts systems disagree on, >0, or on which", FIELDS),
    "risk": _word(Kind.CHOICE, _risk, "what may cost us the customer", values(Risk)),
    "country": _word(Kind.TEXT, equals("country"), "where it goes, DE"),
    "source": _word(Kind.TEXT, equals("source"), "the source it is from"),
    "tag": _word(Kind.SET, tag, "a tag"),
    "has": _flags(_has, "has something", tuple(_HAS), query_meanings.HAS),
    "is": _flags(_is, "is something", (*_IS, "mine", "snoozed", "unattended", "stale"), query_meanings.IS),
    "task": _word(Kind.CHOICE, query_work.task, "its task is due, due today, or open", query_work.TASK_VALUES),
    "task.due": _word(Kind.DATE, query_work.task_due, "by when its first task is due", ahead=True),
    "customer.spend": _word(Kind.MONEY, worth("spend"), "what the customer spent so far"),
    "customer.orders": _word(Kind.NUMBER, worth("orders"), "how many orders the customer placed"),
    "customer.open": _word(Kind.MONEY, worth("owed"), "what the customer still owes"),
    "customer.tag": _word(Kind.SET, customer_tag, "a tag that the shop gave the customer"),
    "contract": _word(Kind.CHOICE, contract, "whether the customer has a contract, by their tags", ("yes", "no")),
    FREE_TEXT: _word(Kind.TEXT, found, "anything: names, numbers, products, mail"),
}
"""The words there are, in the order in which they are proposed."""

CATALOGUE: Final[Mapping[str, WordType]] = {name: word.type for name, word in WORDS.items()}
"""The same for the parser and for completion."""
