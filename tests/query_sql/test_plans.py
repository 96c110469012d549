"""How SQLite goes about a list: along an index, or from the few that a word brings up; never through every order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from plain_shop import BERLIN, DAY, PlainShop

from oms_tui.domain import money
from oms_tui.domain.query import parse
from oms_tui.domain.vocabulary import Stage, Tier, values
from oms_tui.store import queue_sorts
from oms_tui.store.query_begun import ready
from oms_tui.store.query_sql import compile_query
from oms_tui.store.query_words import CATALOGUE
from oms_tui.store.reads import queue, queue_walk

if TYPE_CHECKING:
    from typing import Self

    from oms_tui.store.driver import Connection

PROMISED = [
    "number:1001", "number:10*", "number:*01", "customer:kowal", "email:jan@firma.example", "email:jan*",
    "phone:+491701234567", "sku:LAMP", "sku:LAMP*", "state:draft", "stage:picking", "payment:pending",
    "fulfillment:on_hold", "return:requested", "ship:late", "ship:due", "ship:slipping", "tracking:exception",
    "tracking:JD1", "tracking:JD*", "carrier:dhl", "reason:customs_delay", "tier:key", "owner:me", "owner:tom",
    "manager:lea", "stock:short", "invoice:overdue", "total:>900", "total:10..20", "placed:today", "promised:<2d",
    "due:today", "mail.waiting:>4h", "mail.last:<1d", "priority:>80", "call:missed", "conflict:>0", "country:SE",
    "tag:vip", "tag:vi*",
    "has:mail", "has:invoice", "has:conflict", "has:task", "has:note", "has:attachment", "has:tag", "has:tracking",
    "task:due", "task:today", "task.due:<2d", "is:unlinked", "is:stale", "source:market",
    "is:late", "is:unattended", "is:untold", "is:mine", "is:snoozed",
    "customer.spend:>5000", "customer.orders:>9", "customer.open:>100", "customer.tag:vip", "contract:yes",
    "conflict:ship_to", "is:unheld", "risk:silence", "risk:*",
    "kowal", "1001", "tier:key OR return:requested",
    "source:shop tag:vip",
]  # fmt: skip
"""What must never cost more than what it finds."""

PARTS = ["number:*00*", "sku:*blue*", "email:*irma*"]
"""A part from the middle: read along the index of that table, which holds nothing else."""


def plan(cache: Connection, text: str, bound: Any) -> list[str]:
    return [row[-1] for row in cache.execute(f"EXPLAIN QUERY PLAN {text}", list(bound))]


def scans(lines: list[str]) -> list[str]:
    """Steps that read a whole table (of constants, of what was found before, or of the few sources, is none)."""
    harmless = re.compile(
        r"SCAN (json_each|\(subquery|CONSTANT|\d+ CONSTANT|[nsu]\b|begun\b|(temp\.)?\w+_fts(_terms)? VIRTUAL)"
    )
    return [line for line in lines if line.startswith("SCAN") and not harmless.match(line)]


@pytest.mark.parametrize("closed", [True, False], ids=["all", "open"])
@pytest.mark.parametrize("query", PROMISED)
def test_a_word_brings_up_what_it_finds_by_an_index(plain: PlainShop, query: str, closed: bool) -> None:
    cache = plain.store.cache
    compiled = compile_query(parse(query, CATALOGUE), now=plain.now, zone=BERLIN, agent="ana")
    ready(cache, compiled.sql)

    nears = list(compiled.nears(open_only=not closed))

    assert nears, "an index promised to know"
    for near in nears:
        steps = plan(cache, f"SELECT * FROM ({near.text}) LIMIT 2001", near.bound)
        # has:… reads an index that holds only those that have it.
        whole = [step for step in scans(steps) if not (query.startswith("has:") and "COVERING INDEX" in step)]
        names = ("short", "conflicts", "late", "mailed", "unheld", "noted", "attached", "tasks", "risk")
        partial = tuple(f"queue_row_{name}" for name in names)
        assert not [step for step in whole if not step.endswith(partial)], steps


@pytest.mark.parametrize("query", PARTS)
def test_a_part_from_the_middle_is_looked_for_in_an_index_alone(plain: PlainShop, query: str) -> None:
    compiled = compile_query(parse(query, CATALOGUE), now=plain.now, zone=BERLIN)
    for near in compiled.nears(open_only=False):
        for step in scans(plan(plain.store.cache, near.text, near.bound)):
            assert "COVERING INDEX" in step or "USING PRIMARY KEY" in step, step


class Statements:
    """What a store was asked, as SQLite understood it."""

    def __init__(self, cache: Connection) -> None:
        self.cache = cache
        self.texts: list[str] = []

    def __enter__(self) -> Self:
        self.cache.set_trace_callback(self.texts.append)
        return self

    def __exit__(self, *_: object) -> None:
        self.cache.set_trace_callback(None)

    def plans(self) -> list[list[str]]:
        pages = [text for text in self.texts if text.startswith("SELECT q.order_id, q.source")]
        found = [text for text in pages if f"LIMIT {queue_walk.GLANCE})" not in text]  # sorts a few, told below
        return [plan(self.cache, text, ()) for text in found]


def lists(plain: PlainShop, sort: str, query: str, closed: bool | None) -> list[list[str]]:
    """The plans of every statement of two pages of a list."""
    tree = parse(query, CATALOGUE)
    asked: dict[str, Any] = {"tree": tree, "sort": sort, "limit": 2, "now": plain.now, "zone": BERLIN}
    with Statements(plain.store.cache) as told:
        first = queue.queue_page(plain.store, include_closed=closed, **asked)
        if first.next:
            queue.queue_page(plain.store, include_closed=closed, after=first.next, **asked)
    return told.plans()


@pytest.fixture
def full(plain: PlainShop) -> PlainShop:
    for at in range(12):
        plain.order(state="closed" if at % 3 == 0 else "open", placed_at=plain.now - at * DAY)
    plain.derive()
    return plain


@pytest.mark.parametrize("sort", sorted(queue.SORTS) + [f"-{name}" for name in queue.SORTS])
@pytest.mark.parametrize("query", ["", "has:phone", "tracking:* -tag:vip OR has:phone"])
def test_a_list_is_read_along_its_index_and_never_sorted(full: PlainShop, sort: str, query: str) -> None:
    for closed in (None, True):
        plans = lists(full, sort, query, closed)
        assert plans
        for steps in plans:
            assert not [step for step in steps if "TEMP B-TREE" in step], steps


@pytest.mark.parametrize("sort", sorted(queue.SORTS) + [f"-{name}" for name in queue.SORTS])
def test_a_list_in_steps_is_never_sorted_and_its_steps_are_measured_in_an_index(
    full: PlainShop, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_walk, "GLANCE", 2)
    for query in ("-tag:vip", "tracking:* -tag:vip OR has:phone"):
        asked: dict[str, Any] = {"tree": parse(query, CATALOGUE), "sort": sort, "now": full.now, "zone": BERLIN}
        with Statements(full.store.cache) as told:
            page = queue.queue_page(full.store, include_closed=True, look_at=12, limit=5, **asked)
            while page.next:
                page = queue.queue_page(full.store, include_closed=True, look_at=12, after=page.next, **asked)
        plans = told.plans()
        assert len(plans) > 2
        assert not [steps for steps in plans if any("TEMP B-TREE" in step for step in steps)]
        measured = [text for text in told.texts if "OFFSET" in text and "queue_row q INDEXED BY" in text]
        assert measured
        ranked = sort.removeprefix("-") in {"stage", "tier"}  # an expression in a partial index never counts as covered
        for text in measured:
            (step,) = plan(full.store.cache, text, ())
            assert "USING COVERING INDEX" in step or (ranked and " USING INDEX queue_row_" in step), (text, step)


def test_what_many_orders_have_is_met_on_the_way_and_not_sorted(
    full: PlainShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_walk, "FEW", 3)
    monkeypatch.setattr(queue_walk, "SOME", 3)  # twelve are many
    for query in ("state:open", "payment:paid", "total:>1", "sku:LAMP", "number:1*"):
        for closed in (None, True):
            for steps in lists(full, "priority", query, closed):
                assert not [step for step in steps if "TEMP B-TREE" in step], (query, steps)


def test_closed_orders_of_one_kind_are_read_newest_first_along_the_index_of_that_kind(
    full: PlainShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_walk, "FEW", 3)
    monkeypatch.setattr(queue_walk, "SOME", 3)
    tree = parse("payment:paid", CATALOGUE)
    with Statements(full.store.cache) as told:
        queue.queue_page(full.store, tree=tree, include_closed=True, now=full.now, zone=BERLIN)

    _, closed = told.plans()

    assert closed == ["SEARCH q USING INDEX queue_row_of_payment_status (payment_status=? AND is_open=?)"]


def test_a_list_whose_first_orders_nearly_all_pass_is_read_at_a_glance(
    full: PlainShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = parse("payment:paid", CATALOGUE)
    asked: dict[str, Any] = {"tree": tree, "now": full.now, "zone": BERLIN}
    whole = queue.queue_page(full.store, **asked)
    for sort in queue.SORTS:
        with Statements(full.store.cache) as told:
            first = queue.queue_page(full.store, sort=sort, limit=3, **asked)
        assert len(told.texts) == 1, "one look was enough"
        second = queue.queue_page(full.store, sort=sort, limit=300, after=first.next, **asked)
        monkeypatch.setattr(queue_walk, "GLANCE", 0)
        assert first.items + second.items == queue.queue_page(full.store, sort=sort, **asked).items
        monkeypatch.undo()
    assert len(whole.items) == 8


def test_what_few_of_the_first_orders_have_is_looked_up_after_a_glance(full: PlainShop) -> None:
    rare = parse("stage:picking", CATALOGUE)
    with Statements(full.store.cache) as told:
        page = queue.queue_page(full.store, tree=rare, limit=3, now=full.now, zone=BERLIN)
    assert not page.items
    assert len(told.texts) == 3, "the glance, how many there are, and those"


def test_amounts_have_the_decimals_of_their_currency(plain: PlainShop) -> None:
    for currency in (*money._DECIMALS, "EUR", "PLN", ""):
        text = f"SELECT {queue_sorts.AMOUNT} FROM (SELECT 123456 AS total, ? AS currency)"
        (amount,) = plain.store.cache.execute(text, (currency,)).fetchone()
        assert amount == 123456 / 10 ** money.minor_digits(currency), currency


def test_the_ranks_by_which_lists_are_sorted_are_those_of_the_trade() -> None:
    assert values(Stage) == queue_sorts._STAGES
    assert values(Tier) == queue_sorts._TIERS
