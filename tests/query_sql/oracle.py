"""What a query means, told in plain Python over what is known of an order: no SQL, no index, one order at a time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from plain_shop import BERLIN, DAY

from oms_tui.domain import normalise
from oms_tui.domain.money import minor_digits
from oms_tui.domain.query_time import interval
from oms_tui.domain.query_tree import And, Not, Or, Range, Term, Wild
from oms_tui.domain.vocabulary import TrackingStatus, values

if TYPE_CHECKING:
    from oms_tui.domain.query_tree import Tree


@dataclass
class Known:
    """An order: its row, and what lies in other tables."""

    row: dict[str, Any]
    skus: list[str]
    numbers: list[str]
    parcels: list[str]
    emails: list[str]
    phones: list[str]
    words: list[str]
    mail_words: list[str]
    spent: dict[str, int]
    orders: int
    owed: dict[str, int]
    customer_tags: list[str]
    tasks: list[dict[str, Any]] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)  # milestone, state
    notes: int = 0
    files: int = 0
    reachable: frozenset[str] = frozenset()
    alone: bool = False  # a conversation on it waits, and none of its orders is in anybody's hands
    wrote_elsewhere: bool = False  # its customer wrote a mail that lies on no order
    old: bool = False  # its source was not read in time


def amount(there: dict[str, int], asked: Term) -> bool:
    """Of several currencies the one that is named, else the largest figure."""
    major = {currency: Decimal(minor) / 10 ** minor_digits(currency) for currency, minor in there.items()}
    if asked.currency:
        return asked.currency in major and number(major[asked.currency], asked)
    return number(max(major.values()), asked)


def passes(tree: Tree, order: Known, *, now: int, agent: str = "ana") -> bool:
    match tree:
        case Not(item):
            return not passes(item, order, now=now, agent=agent)
        case And(items):
            return all(passes(item, order, now=now, agent=agent) for item in items)
        case Or(items):
            return any(passes(item, order, now=now, agent=agent) for item in items)
        case Term():
            return term(tree, order, now, agent)


def term(asked: Term, order: Known, now: int, agent: str) -> bool:  # noqa: C901, PLR0911, PLR0912 - a word a branch
    row, value = order.row, asked.value
    match asked.word:
        case "state" | "stage" | "tier" | "country" | "source" | "carrier" | "reason" | "invoice":
            return text(row[asked.word], value)
        case "call":
            return any(text(state, value) for _, state in order.calls)
        case "milestone":
            return any(text(about, value) for about, _ in order.calls)
        case "payment" | "fulfillment" | "return":
            return text(row[f"{asked.word}_status"], value)
        case "manager":
            if value == "none":
                return row["account_manager"] == ""
            return text(row["account_manager"], agent if value == "me" else value)
        case "owner":
            return row["owner"] == "" if value == "none" else text(row["owner"], agent if value == "me" else value)
        case "number":
            return any(text(number, plain(value)) for number in order.numbers)
        case "tracking" if isinstance(value, str) and value in values(TrackingStatus):
            return row["tracking"] == value
        case "tracking":
            return any(text(number, plain(value)) for number in order.parcels)
        case "sku":
            return any(text(sku.lower(), lower(value)) for sku in order.skus)
        case "email":
            return any(text(address, lower(value)) for address in order.emails)
        case "phone":
            return any(number in normalise.phone_variants(normalise.phone(str(value))) for number in order.phones)
        case "tag":
            return any(text(tag.casefold(), lower(value)) for tag in row["tags"])
        case "customer":
            wanted = [normalise.fold(word) for word in _text(value).split()]
            return all(word in normalise.fold(row["name"]) for word in wanted)
        case "text":
            wanted = normalise.fold(_text(value))
            return any(word.startswith(wanted) for word in (*order.words, *order.mail_words))
        case "total":
            return amount({row["currency"]: row["total"]}, asked)
        case "customer.spend":
            return amount(order.spent, asked) if order.orders else False
        case "customer.open":
            return amount(order.owed, asked) if order.orders else False
        case "customer.tag":
            return any(text(tag.casefold(), lower(value)) for tag in order.customer_tags)
        case "contract":
            marked = [tag for tag in order.customer_tags if tag.casefold().replace(":", " ").split()[0] == "contract"]
            return bool(marked) == (value == "yes")
        case "conflict" if isinstance(value, str):
            return value in row["conflict_fields"].split()
        case "risk":
            return row["risk"] != "" if isinstance(value, Wild) else value in row["risk"].split()
        case "customer.orders":
            return number(Decimal(order.orders), asked) if order.orders else False
        case "priority" | "conflict":
            return number(Decimal(row["priority" if asked.word == "priority" else "conflicts"]), asked)
        case "placed":
            return moment(row["placed_at"], asked, now)
        case "promised":
            return moment(row["promised_at"], asked, now, ahead=True)
        case "due":
            return bool(row["is_open"]) and moment(row["due_at"], asked, now, ahead=True)
        case "mail.waiting":
            return moment(row["waiting_since"], asked, now)
        case "mail.last":
            return moment(row["last_mail_at"], asked, now)
        case "ship":
            return ship(row, str(value), now)
        case "stock":
            waits = row["is_open"] and row["stage"] in {"awaiting_payment", "awaiting_stock", "ready_to_release"}
            return bool(waits) and (row["short"] > 0) == (value == "short")
        case "has":
            return has(order, str(value))
        case "is":
            return is_so(order, str(value), now, agent)
        case "sla":
            share, runs = row["clock_share"], bool(row["is_open"]) and row["clock"] != ""
            stands = {"ok": share < 75, "soon": 75 <= share < 100, "breached": share >= 100}
            return runs and (isinstance(value, Wild) or stands[str(value)])
        case "clock":
            above = replace(asked, op=">=") if asked.op == ">" else asked  # it is kept in steps
            return bool(row["is_open"]) and row["clock"] != "" and number(Decimal(row["clock_share"]), above)
        case "task":
            return task(order, value, now)
        case "task.due":
            return bool(order.tasks) and moment(min(each["due_at"] for each in order.tasks), asked, now, ahead=True)
    raise AssertionError(f"nobody says what {asked.word} means")


def _text(value: Any) -> str:
    return "".join(value.parts) if isinstance(value, Wild) else str(value)


def lower(value: Any) -> Any:
    return Wild(tuple(part.casefold() for part in value.parts)) if isinstance(value, Wild) else str(value).casefold()


def plain(value: Any) -> Any:
    """As numbers are kept: without case and punctuation."""

    def bare(part: str) -> str:
        return "".join(char for char in part.casefold() if char.isalnum())

    return Wild(tuple(bare(part) for part in value.parts)) if isinstance(value, Wild) else bare(str(value))


def text(have: str, value: Any) -> bool:
    if not isinstance(value, Wild):
        return have == value
    if value.anything:
        return have != ""
    at, (head, *middle) = 0, value.parts
    if not have.startswith(head):
        return False
    at = len(head)
    for part in middle[:-1]:
        found = have.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return len(have) - len(middle[-1]) >= at and have.endswith(middle[-1])


def number(have: Decimal, asked: Term) -> bool:
    value = asked.value
    if isinstance(value, Wild):
        return True
    if isinstance(value, Range):
        return (value.low is None or have >= value.low) and (value.high is None or have <= value.high)
    return {
        "=": have == value, ">": have > value, ">=": have >= value, "<": have < value, "<=": have <= value
    }[asked.op]  # fmt: skip


def moment(have: int | None, asked: Term, now: int, *, ahead: bool = False) -> bool:
    if have is None:
        return False
    if isinstance(asked.value, Wild):
        return True
    start, end = interval(asked, now=datetime.fromtimestamp(now / 1000, UTC), zone=BERLIN, ahead=ahead)
    at = datetime.fromtimestamp(have / 1000, UTC)
    return (start is None or at >= start) and (end is None or at < end)


def ship(row: dict[str, Any], value: str, now: int) -> bool:
    late = bool(row["is_open"]) and row["late_since"] is not None
    if value == "late":
        return late and not row["will_be_late"]
    if value == "slipping":
        return late and bool(row["will_be_late"])
    here = datetime.fromtimestamp(now / 1000, UTC).astimezone(BERLIN).date()
    there = row["stage"] in {"delivered", "after_sales", "done"}
    if not row["is_open"] or there or row["promised_at"] is None:
        return False
    return datetime.fromtimestamp(row["promised_at"] / 1000, UTC).astimezone(BERLIN).date() == here


def task(order: Known, value: Any, now: int) -> bool:
    if isinstance(value, Wild) or value == "open":
        return bool(order.tasks)
    first = min((each["due_at"] for each in order.tasks), default=None)
    if first is None or value == "due":
        return first is not None and first <= now
    here = [datetime.fromtimestamp(at / 1000, UTC).astimezone(BERLIN).date() for at in (first, now)]
    return here[0] <= here[1]


def has(order: Known, value: str) -> bool:
    row = order.row
    return {
        "draft": row["draft"] != "",
        "prepared": row["draft"] == "prepared",
        "task": bool(order.tasks),
        "note": order.notes > 0,
        "attachment": order.files > 0,
        "phone": "phone" in order.reachable,
        "email": "email" in order.reachable,
        "mail": row["last_mail_at"] is not None,
        "delay_reason": row["reason"] not in {"", "unknown"},
        "tracking": row["tracking"] not in {"", "unknown"},
        "invoice": row["invoice"] != "",
        "conflict": row["conflicts"] > 0,
        "owner": row["owner"] != "",
        "tag": row["tags"] != [],
        "promise": row["promised_at"] is not None,
        "call": row["call"] != "",
        "account_manager": row["account_manager"] != "",
    }[value]


def is_so(order: Known, value: str, now: int, agent: str) -> bool:
    row = order.row
    late = bool(row["is_open"]) and row["late_since"] is not None
    waits = bool(row["is_open"]) and row["waiting_since"] is not None
    told = row["last_told_at"] is not None and late and row["last_told_at"] >= row["news_at"]
    return {
        "open": row["is_open"] == 1,
        "closed": row["is_open"] == 0,
        "late": late and not row["will_be_late"],
        "unattended": waits and order.alone,
        "unlinked": order.wrote_elsewhere,
        "stale": order.old,
        "unheld": row["is_open"] == 1 and not row["held"],
        "waiting": waits,
        "untold": late and not told,
        "mine": row["owner"] == agent,
        "snoozed": row["snoozed_until"] is not None and row["snoozed_until"] > now,
    }[value]


def is_listed(row: dict[str, Any], *, now: int, closed: bool, snoozed: bool) -> bool:
    """Whether a queue shows such an order at all."""
    aside = row["snoozed_until"] is not None and row["snoozed_until"] > now
    return (closed or row["is_open"] == 1) and (snoozed or not aside)


__all__ = ["DAY", "Known", "is_listed", "passes"]
