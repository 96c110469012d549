"""Every word of the query language with its type and its SQL, listed once for filter line, find, views and rules.

``q`` is a row of ``queue_row``. A word either has an index, or looks at open orders alone, or at the newest matches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain.query_tree import FREE_TEXT, Term, Wild
from oms_tui.domain.query_words import Kind, WordType
from oms_tui.domain.vocabulary import (
    INVOICE_OVERDUE,
    DelayReason,
    FulfillmentStatus,
    InvoiceStatus,
    OrderState,
    PaymentStatus,
    ReturnStatus,
    Stage,
    Tier,
    TrackingStatus,
    values,
)
from oms_tui.store.order_keys import NUMBER, REMOTE_ID, TRACKING, order_key
from oms_tui.store.query_parts import NEWEST, Asked, QueryWord, equals, like, listed, moment, money, number, phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oms_tui.store.query_parts import Builder, Sql

__all__ = ["CATALOGUE", "WORDS", "Asked"]

_DAY_MS: Final = 86_400_000
_FEWEST_LAST_DIGITS: Final = 4


def _text_of(term: Term) -> str:
    value = term.value
    return "".join(value.parts) if isinstance(value, Wild) else str(value)


def _keys(*kinds: str) -> Builder:
    """Orders with a number of one of these kinds: whole, a beginning (``104*``) or an end (``*482``)."""
    listed_kinds = ",".join(f"'{kind}'" for kind in kinds)

    def build(term: Term, _: Asked) -> Sql:
        start = f"q.order_id IN (SELECT order_id FROM order_keys WHERE kind IN ({listed_kinds}) AND "
        value = term.value
        if not isinstance(value, Wild):
            return f"{start}value = ?)", [order_key(str(value))]
        if value.anything:
            return "1", []
        parts = [order_key(part) for part in value.parts]
        if parts[0] == "" and parts[-1] != "" and not any(parts[1:-1]):
            text, bound = like("reversed", Wild((parts[-1][::-1], "")))
        else:
            text, bound = like("value", Wild(tuple(parts)))
        return f"{start}{text})", bound

    return build


def _found(term: Term, _: Asked) -> Sql:
    """Free text: what stands on the order, in its numbers (their beginnings and ends too), and in its mail."""
    text = _text_of(term).strip()
    match = phrase(text, prefix=len(text) > 1 and " " not in text)
    searches = [
        f"SELECT rowid FROM (SELECT rowid FROM orders_fts WHERE orders_fts MATCH ? ORDER BY rowid DESC LIMIT {NEWEST})"
    ]
    bound: list[Any] = [match]
    key = order_key(text)
    if key and any(char.isdigit() for char in key):
        searches.append(
            "SELECT order_id FROM (SELECT order_id FROM order_keys WHERE value >= ? AND value < ? LIMIT 1000)"
        )
        bound += [key, key + "\U0010ffff"]
        if key.isdigit() and len(key) >= _FEWEST_LAST_DIGITS:
            searches.append(
                "SELECT order_id FROM (SELECT order_id FROM order_keys WHERE reversed >= ? AND reversed < ? LIMIT 1000)"
            )
            bound += [key[::-1], key[::-1] + "\U0010ffff"]
    searches.append(
        "SELECT order_id FROM message_links WHERE message IN (SELECT rowid FROM messages_fts "
        f"WHERE messages_fts MATCH ? ORDER BY rowid DESC LIMIT {NEWEST // 10})"
    )
    bound.append(match)
    return f"q.order_id IN ({' UNION '.join(searches)})", bound


def _customer(term: Term, _: Asked) -> Sql:
    """A customer's name or company: by its words, then by how the row reads."""
    text = _text_of(term).strip()
    if not text:
        return "q.name <> ''", []
    words = text.split()
    match = " AND ".join(phrase(word, prefix=True) for word in words)
    rows = f"SELECT rowid FROM orders_fts WHERE orders_fts MATCH ? ORDER BY rowid DESC LIMIT {NEWEST}"
    names = (
        "folded(q.name || ' ' || coalesce((SELECT c.name || ' ' || c.company FROM customers c "
        "WHERE c.id = q.customer_id), ''))"
    )
    from oms_tui.domain.normalise import fold

    conditions = [f"q.order_id IN (SELECT rowid FROM ({rows}))", *(f"instr({names}, ?) > 0" for _ in words)]
    return " AND ".join(conditions), [match, *(fold(word) for word in words)]


def _email(term: Term, _: Asked) -> Sql:
    """An address, its beginning, or a part of it (``*@firma.example``)."""
    from oms_tui.domain import normalise

    value = term.value
    if not isinstance(value, Wild):
        address = normalise.email(str(value))
        return (
            "q.order_id IN (SELECT id FROM orders WHERE email = ? "
            "UNION SELECT o.id FROM orders o JOIN customer_identities i ON i.customer_id = o.customer_id "
            "WHERE i.kind = 'email' AND i.value = ?)"
        ), [address, address]
    if value.anything:
        return "q.order_id IN (SELECT id FROM orders WHERE email <> '')", []
    lowered = Wild(tuple(part.lower() for part in value.parts))
    text, bound = like("email", lowered)
    if lowered.parts[0]:
        return f"q.order_id IN (SELECT id FROM orders WHERE {text})", bound
    longest = max(lowered.parts, key=len).strip("@.")
    rows = f"SELECT rowid FROM orders_fts WHERE orders_fts MATCH ? ORDER BY rowid DESC LIMIT {NEWEST}"
    return f"q.order_id IN (SELECT id FROM orders WHERE id IN ({rows}) AND {text})", [phrase(longest), *bound]


def _phone(term: Term, _: Asked) -> Sql:
    from oms_tui.domain import normalise

    phone = normalise.phone(_text_of(term)) or _text_of(term)
    return (
        "q.order_id IN (SELECT o.id FROM orders o JOIN customer_identities i ON i.customer_id = o.customer_id "
        "WHERE i.kind = 'phone' AND i.value IN (?, ?))"
    ), [phone, phone.lstrip("+")]


def _sku(term: Term, _: Asked) -> Sql:
    value = term.value
    start = "q.order_id IN (SELECT order_id FROM order_lines WHERE "
    if isinstance(value, Wild):
        text, bound = like("sku", value)
        return f"{start}{text})", bound
    return f"{start}sku IN (?, ?, ?))", [str(value), str(value).upper(), str(value).lower()]


def _tracking(term: Term, asked: Asked) -> Sql:
    """A tracking status, else a tracking number."""
    value = term.value
    if not isinstance(value, Wild) and str(value).lower() in _TRACKING:
        return "q.tracking = ?", [str(value).lower()]
    return _keys(TRACKING)(term, asked)


def _state(term: Term, asked: Asked) -> Sql:
    asked.closed = True
    return equals("q.state")(term, asked)


def _ship(term: Term, asked: Asked) -> Sql:
    late = "q.is_open = 1 AND q.promised_sort < ? AND q.days_late > 0 AND q.will_be_late = 0"
    if term.value == "late":
        return late, [asked.now_ms]
    if term.value == "slipping":
        return "q.is_open = 1 AND q.will_be_late = 1", []
    day = asked.now.astimezone(asked.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    start = int(day.timestamp() * 1000)
    return (
        "q.is_open = 1 AND q.promised_sort >= ? AND q.promised_sort < ? "
        "AND q.stage NOT IN ('delivered','after_sales','done')",
        [start, start + _DAY_MS],
    )


def _stock(term: Term, _: Asked) -> Sql:
    waits = "q.is_open = 1 AND q.stage IN ('awaiting_payment','awaiting_stock','ready_to_release')"
    return f"{waits} AND q.short {'> 0' if term.value == 'short' else '= 0'}", []


def _owner(term: Term, asked: Asked) -> Sql:
    value = term.value
    if isinstance(value, Wild):
        return like("q.owner", value)
    if value == "none":
        return "q.owner = ''", []
    return "q.owner = ?", [asked.agent if value == "me" else str(value)]


def _waiting(term: Term, asked: Asked) -> Sql:
    text, bound = moment("q.waiting_sort")(term, asked)
    return f"q.waiting_since IS NOT NULL AND {text}", bound


def _has(term: Term, _: Asked) -> Sql:
    return _HAS[str(term.value)], []


def _is(term: Term, asked: Asked) -> Sql:
    value = str(term.value)
    if value == "closed":
        asked.closed = True
    if value == "snoozed":
        asked.snoozed = True
    if value == "mine":
        return "q.owner = ?", [asked.agent]
    if value == "snoozed":
        return "q.snoozed_until > ?", [asked.now_ms]
    return _IS[value], []


def _person(what: str, only: str = "") -> str:
    """A figure over all orders of the customer; the planner asks it last."""
    return (
        f"(SELECT {what} FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.person_id = "
        f"(SELECT person_id FROM customers WHERE id = q.customer_id){only})"
    )


_SPEND: Final = _person("coalesce(sum(o.total), 0)", " AND o.state <> 'cancelled' AND o.currency = q.currency")


_TRACKING: Final = frozenset(values(TrackingStatus))
_HAS: Final = {
    "mail": "q.last_mail_at IS NOT NULL",
    "delay_reason": "q.reason NOT IN ('', 'unknown')",
    "tracking": "q.tracking NOT IN ('', 'unknown')",
    "invoice": "q.invoice <> ''",
    "conflict": "q.conflicts > 0",
    "owner": "q.owner <> ''",
    "tag": "q.tags <> '[]'",
    "promise": "q.promised_at IS NOT NULL",
    "call": "q.call <> ''",
    "account_manager": "q.account_manager <> ''",
}
_IS: Final = {
    "open": "q.is_open = 1",
    "closed": "q.is_open = 0",
    "late": "q.is_open = 1 AND q.days_late > 0 AND q.will_be_late = 0",
    "unattended": "q.is_open = 1 AND q.waiting_since IS NOT NULL AND q.owner = ''",
    "waiting": "q.is_open = 1 AND q.waiting_since IS NOT NULL",
    "untold": "q.is_open = 1 AND q.late_since IS NOT NULL "
    "AND (q.last_told_at IS NULL OR q.last_told_at < q.late_since)",
    "mine": "",
    "snoozed": "",
}


def _word(
    kind: Kind, sql: Builder, words: str, listed_values: tuple[str, ...] = (), *, ahead: bool = False
) -> QueryWord:
    return QueryWord(WordType(kind, listed_values, words, ahead=ahead), sql)


WORDS: Final[Mapping[str, QueryWord]] = {
    "number": _word(Kind.TEXT, _keys(NUMBER, REMOTE_ID), "the order's number, 104* or *482"),
    "customer": _word(Kind.TEXT, _customer, "the customer's name or company"),
    "email": _word(Kind.TEXT, _email, "a mail address, j.k* or *@firma.example"),
    "phone": _word(Kind.TEXT, _phone, "a phone number"),
    "sku": _word(Kind.TEXT, _sku, "a product of the order, LAMP-*"),
    "state": _word(Kind.CHOICE, _state, "draft, open, closed or cancelled", values(OrderState)),
    "stage": _word(Kind.CHOICE, equals("q.stage"), "how far it is", values(Stage)),
    "payment": _word(Kind.CHOICE, equals("q.payment_status"), "whether it is paid", values(PaymentStatus)),
    "fulfillment": _word(
        Kind.CHOICE, equals("q.fulfillment_status"), "whether it was shipped", values(FulfillmentStatus)
    ),
    "return": _word(Kind.CHOICE, equals("q.return_status"), "whether it comes back", values(ReturnStatus)),
    "ship": _word(Kind.CHOICE, _ship, "late, due today, or slipping", ("late", "due", "slipping")),
    "tracking": _word(Kind.TEXT, _tracking, "a tracking number, or what the carrier says", values(TrackingStatus)),
    "carrier": _word(Kind.TEXT, equals("q.carrier"), "who carries it: dhl, ups"),
    "reason": _word(Kind.TEXT, equals("q.reason"), "why it is late", values(DelayReason)),
    "tier": _word(Kind.TEXT, equals("q.tier"), "how the customer is served", values(Tier)),
    "owner": _word(Kind.TEXT, _owner, "whose it is: me, none, or an agent", ("me", "none")),
    "manager": _word(Kind.TEXT, equals("q.account_manager"), "the customer's account manager"),
    "stock": _word(Kind.CHOICE, _stock, "whether everything is there", ("short", "ok")),
    "invoice": _word(
        Kind.CHOICE, equals("q.invoice"), "how its invoice stands", (INVOICE_OVERDUE, *values(InvoiceStatus))
    ),
    "total": _word(Kind.MONEY, money("q.total", "q.currency"), "what it costs, >100"),
    "placed": _word(Kind.DATE, moment("q.placed_at"), "when it was placed, today or <2d"),
    "promised": _word(Kind.DATE, moment("q.promised_at", ahead=True), "for when it was promised", ahead=True),
    "due": _word(Kind.DATE, moment("q.due_at", ahead=True), "by when something must be done", ahead=True),
    "mail.waiting": _word(Kind.AGE, _waiting, "how long a customer waits, >4h"),
    "mail.last": _word(Kind.DATE, moment("q.last_mail_at"), "when there was mail last, <2d"),
    "priority": _word(Kind.NUMBER, number("q.priority"), "its priority, >80"),
    "call": _word(Kind.CHOICE, equals("q.call"), "a milestone call", ("due", "missed", "kept", "late")),
    "conflict": _word(Kind.NUMBER, number("q.conflicts"), "how many facts systems disagree on, >0"),
    "country": _word(Kind.TEXT, equals("q.country"), "where it goes, DE"),
    "source": _word(Kind.TEXT, equals("q.source"), "the source it is from"),
    "tag": _word(Kind.SET, listed("q.tags"), "a tag"),
    "has": _word(Kind.FLAG, _has, "has something", tuple(_HAS)),
    "is": _word(Kind.FLAG, _is, "is something", tuple(_IS)),
    "customer.spend": _word(Kind.MONEY, money(_SPEND, "q.currency"), "what the customer spent so far"),
    "customer.orders": _word(Kind.NUMBER, number(_person("count(*)")), "how many orders the customer placed"),
    FREE_TEXT: _word(Kind.TEXT, _found, "anything: names, numbers, products, mail"),
}
"""The words there are, in the order in which they are proposed."""

CATALOGUE: Final[Mapping[str, WordType]] = {name: word.type for name, word in WORDS.items()}
"""The same for the parser and for completion."""
