"""Every word, alone and with others, whichever way a list is read: what plain Python says of each order one by one."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oracle import Known, is_listed, passes
from plain_shop import BERLIN, DAY, HOUR, PlainShop

from oms_tui.domain import normalise
from oms_tui.domain.money import minor_digits
from oms_tui.domain.query import parse
from oms_tui.store import desk_rows
from oms_tui.store.order_keys import order_key
from oms_tui.store.query_words import CATALOGUE, WORDS
from oms_tui.store.reads import queue, queue_walk
from oms_tui.store.settle import settle
from oms_tui.store.workspace import Workspace
from oms_tui.store.writes.source_ages import keep_ages

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = ["Jan Kowal", "Zoë Lund", "Maria Lund-Berg", "Émile Kowalski"]
SKUS = ["LAMP-BLUE", "Lamp-Red", "lamp_x", "SHADE%L", "10%"]
EMAILS = ["jan@firma.example", "zoe@post.example", "j.k@firma.example", "j_k@firma.example"]
PHONES = ["+491701234567", "+48221234567"]
TAGS = ["gift", "VIP", "spät", "gi_ft"]

QUERIES = {
    "number": ["1001", "#1001", "R-1001", "10*", "*3", "*00*", "1*1", "*", "9999", "100%"],
    "customer": ["lund", "kowal", "Zoe", '"jan kowal"', "nobody", "berg*"],
    "email": ["jan@firma.example", "JAN@Firma.example", "j*", "*@firma.example", "*irma*", "j_k*", "*", "x@y.example"],
    "phone": ['"+49 170 1234567"', '"0170 1234567"', "+48221234567", "999999999"],
    "sku": ["LAMP-BLUE", "lamp-blue", "lamp-red", "lamp*", "LAMP_*", "*blue", "*a*e*", "10%", "*", "none"],
    "state": ["open", "closed", "cancelled", "draft", "*"],
    "stage": ["awaiting_payment", "awaiting_stock", "ready_to_release", "in_transit", "delivered", "done", "*"],
    "payment": ["paid", "pending", "refunded"],
    "fulfillment": ["unfulfilled", "fulfilled", "on_hold"],
    "return": ["no_return", "requested", "*"],
    "ship": ["late", "due", "slipping"],
    "tracking": ["in_transit", "exception", "delivered", "JD1", "JD*", "*"],
    "carrier": ["dhl", "ups", "d*", "*"],
    "reason": ["customs_delay", "out_of_stock", "c*", "*"],
    "tier": ["key", "standard", "one_off", "*"],
    "owner": ["me", "none", "ana", "tom", "t*", "*"],
    "manager": ["lea", "none", "me", "*"],
    "stock": ["short", "ok"],
    "invoice": ["open", "overdue", "paid", "*"],
    "total": [">79", ">79EUR", "<9000jpy", "79", "79.00", "<100", "79..900", ">=900", "7900", "0.50..", "*"],
    "placed": ["today", ">2d", "<3d", "2026-11", "2026-11-20..2026-11-22", "*", ">=2026-11-21"],
    "promised": ["today", "tomorrow", "<2d", ">1d", "..2026-11-22", "*"],
    "due": ["today", "<1d", ">2d", "*"],
    "mail.waiting": [">1h", "4h", "<1d", "*"],
    "mail.last": ["today", "<1d", ">1d", "*"],
    "priority": [">0", "0", ">=20", "<30", "10..60", "*"],
    "call": ["due", "missed", "kept", "late", "*"],
    "milestone": ["placed", "delivered", "exception", "*"],
    "risk": ["payment", "silence", "late", "*"],
    "conflict": [">0", "0", ">=1", "*", "total", "ship_to"],
    "country": ["DE", "SE", "S*", "*"],
    "source": ["shop", "market", "*"],
    "tag": ["gift", "GIFT", "vip", "gi*", "*t", "gi_*", "*"],
    "has": list(CATALOGUE["has"].values),
    "is": list(CATALOGUE["is"].values),
    "sla": ["ok", "soon", "breached", "*"],
    "clock": [">80%", ">=100", "<50%", "0..100", "*"],
    "task": ["due", "today", "open", "*"],
    "task.due": ["today", "<1d", ">1d", "..2026-11-26", "*"],
    "customer.spend": [">100", "<500", ">=900", "*", ">100EUR", "<500JPY", "100..900eur"],
    "customer.orders": [">1", "1", "<=3", "*"],
    "customer.open": [">0", "0", ">=79", "*", ">0EUR", "0JPY"],
    "customer.tag": ["vip", "VIP", "v*", "*", "nothing"],
    "contract": ["yes", "no"],
    "text": ["kowal", "lun", "LAMP", "zoe", "1001", "hello", "nothing"],
}


def filled(plain: PlainShop, seed: int, count: int = 28) -> None:
    """A shop of every kind of order."""
    dice = random.Random(seed)
    some = dice.choice
    customers = [
        plain.customer(name, tags=["VIP", "contract: gold"] if name.startswith("Zoë") else [])
        for name in NAMES[: dice.randint(1, 4)]
    ]
    for customer, address, number in zip(customers, EMAILS, PHONES * 2, strict=False):
        plain.put("customer_identities", customer_id=customer, kind="email", value=address, source="shop")
        plain.put("customer_identities", customer_id=customer, kind="phone", value=number, source="shop")
    for sku in SKUS[:3]:
        plain.stock(sku, dice.randint(0, 6), incoming=2, expected_at=plain.now + 3 * DAY)
    for at in range(count):
        state = some(["open", "open", "open", "closed", "cancelled", "draft"])
        order = plain.order(
            str(1001 + at),
            remote_id=f"R-{1001 + at}",
            source=some(["shop", "shop", "market"]),
            placed_at=plain.now - dice.randint(0, 200) * HOUR,
            lines=[(some(SKUS), dice.randint(1, 3), dice.randint(0, 1)) for _ in range(dice.randint(1, 2))],
            state=state,
            payment_status=some(["paid", "paid", "pending", "refunded"]),
            fulfillment_status=some(["unfulfilled", "fulfilled", "on_hold"]),
            return_status=some(["no_return", "no_return", "no_return", "requested"]),
            customer_id=some([*customers, None]),
            email=some([*EMAILS, ""]),
            ship_name=some(NAMES),
            ship_country=some(["DE", "SE", ""]),
            currency=some(["EUR", "EUR", "EUR", "JPY", "KWD"]),
            total=some([7900, 90_000, 500, 0]),
            tags=dice.sample(TAGS, dice.randint(0, 2)),
            promised_at=some([None, plain.now + dice.randint(-5, 5) * DAY]),
        )
        if dice.random() < 0.4:
            plain.parcel(
                order,
                status=some(["in_transit", "exception", "delivered", ""]),
                carrier=some(["dhl", "ups"]),
                reason=some(["", "customs_delay"]),
                estimated_delivery_at=some([None, plain.now + dice.randint(1, 9) * DAY]),
            )
        if dice.random() < 0.4:
            mails = [(some(["inbound", "outbound"]), plain.now - dice.randint(1, 50) * HOUR, "", "hello there")]
            plain.thread(order, mails=mails)
        if dice.random() < 0.3:
            due = plain.now + dice.randint(-20, 20) * DAY
            plain.record(
                "invoices", order, kind="invoice", number=f"INV-{at}", status=some(["open", "paid"]), due_at=due
            )
        if dice.random() < 0.3:
            due, done = plain.now + dice.randint(-30, 30) * HOUR, plain.now - dice.randint(0, 30) * HOUR
            task = {"kind": "milestone_call", "milestone": "placed", "due_at": due}
            made = {"state": "done", "done_at": done, "outcome": "reached"}
            plain.decide("tasks", order, **task, **some([{"state": "open"}, made, {"state": "withdrawn"}]))
            if dice.random() < 0.4:
                plain.decide("tasks", order, kind="milestone_call", milestone="delivered", due_at=done, state="open")
        if dice.random() < 0.4:
            aside = some([None, plain.now + DAY, plain.now - DAY])
            owner = some(["ana", "tom", ""])
            plain.decide("order_decisions", order, owner=owner, tags='["gift"]', snoozed_until=aside)
    worked_on(plain, random.Random(seed + 100))
    settle(plain.store, plain.policy, plain.now)
    plain.derive()


def worked_on(plain: PlainShop, dice: random.Random) -> None:
    """Tasks, notes, files, mails on two orders or on none, and a source that was not read in time."""
    orders = [order for (order,) in plain.store.cache.execute("SELECT id FROM orders ORDER BY id")]
    for order in orders:
        if dice.random() < 0.3:
            due = plain.now + dice.randint(-30, 30) * HOUR
            kind, owner = dice.choice(["reminder", "callback", "approval"]), dice.choice(["ana", "tom", ""])
            state = dice.choice(["open", "open", "done"])
            plain.decide("tasks", order, kind=kind, title="do it", owner=owner, due_at=due, state=state, done_at=None)
        if dice.random() < 0.2:
            plain.decide("notes", order, author="ana", text="ask", created_at=plain.now)
    for _ in range(4):
        asked = [("inbound", plain.now - dice.randint(1, 60) * HOUR, "", "hello")]
        conversation = plain.thread(*dice.sample(orders, 2), mails=asked)
        if dice.random() < 0.5:
            plain.store.cache.execute(
                "UPDATE messages SET attachments='[[0,\"a.pdf\"]]' WHERE conversation_id=?", (conversation,)
            )
    for at, address in enumerate(dice.sample(EMAILS, 2)):
        plain.put(
            "messages", id=at + 1, source="support", folder="INBOX", uid=f"loose{at}", from_address=address.title(),
            sent_at=plain.now, direction="inbound", state="unlinked", message_id=f"<loose{at}>",
        )  # fmt: skip
    for source, age in {"shop": 10, "market": 40}.items():
        plain.put("sync_state", source=source, stream="orders", last_success_at=plain.now - age * 60_000)
    keep_ages(plain.store.cache, {"shop": 1_200_000, "market": 1_200_000})


def _stands(task: dict[str, Any], now: int) -> str:
    if task["state"] == "open":
        return "due" if task["due_at"] > now else "missed"
    if task["state"] == "done":
        return "kept" if task["done_at"] <= task["due_at"] else "late"
    return ""


def _work(plain: PlainShop, order: int, row: dict[str, Any], emails: list[str]) -> dict[str, Any]:
    """What is known of the work on an order."""
    cache, desk, name = plain.store.cache, plain.store.desk, plain.name(order)

    def cared(other: int) -> bool:
        of = plain.row(other)
        tasks = desk_rows.select(desk, "tasks", "source=? AND remote_id=? AND state='open'", plain.name(other))
        return (of["owner"] != "" and of["due_at"] is not None) or any(
            task["owner"] and task["due_at"] >= plain.now for task in tasks
        )

    on = "SELECT DISTINCT m.conversation_id FROM message_links l JOIN messages m ON m.id=l.message WHERE l.order_id=?"
    waits = [
        number
        for (number,) in cache.execute(on, (order,)).fetchall()
        if cache.execute("SELECT waiting_since FROM conversations WHERE id=?", (number,)).fetchone()[0] is not None
    ]
    others = (
        "SELECT DISTINCT l.order_id FROM messages m JOIN message_links l ON l.message=m.id WHERE m.conversation_id=?"
    )
    loose = {str(address).lower() for (address,) in cache.execute("SELECT from_address FROM messages WHERE id < 10")}
    phone = cache.execute("SELECT phone, ship_phone FROM orders WHERE id=?", (order,)).fetchone()
    kinds = cache.execute("SELECT kind FROM customer_identities WHERE customer_id=?", (row["customer_id"],)).fetchall()
    return {
        "calls": [
            (task["milestone"], state)
            for task in desk_rows.select(desk, "tasks", "source=? AND remote_id=? AND kind='milestone_call'", name)
            if (state := _stands(task, plain.now))
        ],
        "tasks": [
            task
            for task in desk_rows.select(desk, "tasks", "source=? AND remote_id=? AND state='open'", name)
            if task["kind"] != "milestone_call"
        ],
        "notes": len(list(desk_rows.select(desk, "notes", "source=? AND remote_id=?", name))),
        "files": cache.execute(
            "SELECT count(*) FROM message_links l JOIN messages m ON m.id=l.message "
            "WHERE l.order_id=? AND m.attachments<>'[]'",
            (order,),
        ).fetchone()[0],
        "reachable": frozenset(
            {kind for (kind,) in kinds} | ({"phone"} if any(phone) else set()) | ({"email"} if emails else set())
        ),
        "alone": any(
            not any(cared(other) for (other,) in cache.execute(others, (number,)).fetchall()) for number in waits
        ),
        "wrote_elsewhere": bool(loose & set(emails)),
        "old": row["source"] == "market",
    }


def _owed(plain: PlainShop, customer: int | None, currency: str) -> int:
    """Open invoices less what was paid; and open, unpaid orders that have none, less what was captured."""
    cache, owed = plain.store.cache, 0
    for order, of, total, state, payment in cache.execute(
        "SELECT id, currency, total, state, payment_status FROM orders WHERE customer_id=?", (customer,)
    ).fetchall():
        billed = cache.execute(
            "SELECT currency, total, paid, status FROM invoices WHERE order_id=? AND kind='invoice'", (order,)
        ).fetchall()
        owed += sum(
            max(total - paid, 0)
            for of, total, paid, status in billed
            if of == currency and status in {"open", "partially_paid"}
        )
        counted = [status for _, _, _, status in billed if status not in {"void", "deleted", "draft"}]
        if (
            not counted
            and of == currency
            and state == "open"
            and payment in {"pending", "authorized", "partially_paid"}
        ):
            taken = cache.execute("SELECT captured, currency FROM payments WHERE order_id=?", (order,)).fetchall()
            owed += max(total - sum(amount for amount, of in taken if of == currency), 0)
    return owed


def known(plain: PlainShop) -> dict[int, Known]:
    """What there is to know of each order, gathered table by table."""
    cache = plain.store.cache

    def listed(query: str, *bound: Any) -> list[str]:
        return [value for (value,) in cache.execute(query, bound)]

    found = {}
    for order, row in plain.rows().items():
        customer = row["customer_id"]
        (email,) = cache.execute("SELECT email FROM orders WHERE id=?", (order,)).fetchone()
        theirs = cache.execute("SELECT state, currency, total FROM orders WHERE customer_id=?", (customer,)).fetchall()
        billed_in = "SELECT i.currency FROM invoices i JOIN orders o ON o.id=i.order_id WHERE o.customer_id=?"
        currencies = {of for _, of, _ in theirs} | set(listed(billed_in, customer))
        numbers = listed("SELECT value FROM order_keys WHERE order_id=? AND kind IN ('number','remote_id')", order)
        parcels = listed("SELECT value FROM order_keys WHERE order_id=? AND kind='tracking'", order)
        skus = listed("SELECT sku FROM order_lines WHERE order_id=?", order)
        ways = "SELECT value FROM customer_identities WHERE customer_id=? AND kind=?"
        emails, phones = listed(ways, customer, "email"), listed(ways, customer, "phone")
        reached = [address for address in (email, *emails) if address]
        written = listed("SELECT ship_name FROM orders WHERE id=?", order)
        written += [
            row["name"] if customer is not None else "",
            *skus,
            *listed("SELECT number FROM orders WHERE id=?", order),
        ]
        written += [f"A {sku.lower()}" for sku in skus] + [email, *emails]
        mail = listed("SELECT m.text FROM message_links l JOIN messages m ON m.id=l.message WHERE l.order_id=?", order)
        found[order] = Known(
            row=row,
            skus=skus,
            numbers=numbers,
            parcels=parcels,
            **_work(plain, order, row, reached),
            emails=reached,
            phones=phones,
            words=[word for text in written for word in normalise.word_list(text)] + numbers,
            mail_words=[word for text in mail for word in normalise.word_list(text)] + (["jan"] if mail else []),
            spent={
                each: sum(total for state, of, total in theirs if of == each and state != "cancelled")
                for each in currencies
            },
            orders=len(theirs) if customer is not None else 0,
            owed={each: _owed(plain, customer, each) for each in currencies},
            customer_tags=[
                tag for tags in listed("SELECT tags FROM customers WHERE id=?", customer) for tag in json.loads(tags)
            ],
        )
    return found


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[tuple[PlainShop, dict[int, Known]]]]:
    stores = [Workspace(tmp_path_factory.mktemp("desk")) for _ in range(4)]
    made = []
    for seed, store in enumerate(stores):
        plain = PlainShop(store)
        filled(plain, seed)
        made.append((plain, known(plain)))
    yield made
    for store in stores:
        store.close()


def listed(plain: PlainShop, query: str, *, sort: str = "priority", limit: int = 7, **asked: Any) -> list[int]:
    """All pages of a list."""
    ids: list[int] = []
    after = None
    while True:
        page = queue.queue_page(
            plain.store, tree=parse(query, CATALOGUE), sort=sort, limit=limit, after=after, now=plain.now, zone=BERLIN,
            agent="ana", **asked,
        )  # fmt: skip
        ids += [item.id for item in page.items]
        if page.next is None:
            return ids
        after = page.next


def test_every_word_is_asked_here() -> None:
    assert set(QUERIES) == set(WORDS)
    for word, kind in CATALOGUE.items():
        if kind.kind in {"choice", "flag"} and len(kind.values) <= 10:
            assert {value for value in QUERIES[word] if value != "*"} <= set(kind.values)


@pytest.mark.parametrize("few", [0, 3, 2_000], ids=["walked", "either", "looked up"])
@pytest.mark.parametrize("word", QUERIES)
def test_a_word_finds_what_it_says(
    shops: list[tuple[PlainShop, dict[int, Known]]], word: str, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_walk, "FEW", few)
    monkeypatch.setattr(queue_walk, "SOME", few)
    hits = 0
    for plain, orders in shops:
        for value in QUERIES[word]:
            query = value if word == "text" else f"{word}:{value}"
            tree = parse(query, CATALOGUE)
            wanted = {order for order, of in orders.items() if passes(tree, of, now=plain.now)}
            hits += len(wanted)
            assert set(listed(plain, query, include_closed=True)) == wanted, query
            assert set(listed(plain, f"-{query}", include_closed=True)) == set(orders) - wanted, query
            closed = word == "state" or query == "is:closed"
            shown = {
                order
                for order in wanted
                if is_listed(orders[order].row, now=plain.now, closed=closed, snoozed=query == "is:snoozed")
            }
            assert set(listed(plain, query)) == shown, query
            assert queue.count(plain.store, tree=tree, now=plain.now, zone=BERLIN, agent="ana") == len(shown), query
            for order in list(orders)[:5]:
                found = queue.matches(plain.store, order, tree, now=plain.now, zone=BERLIN, agent="ana")
                assert found == (order in wanted), query
    assert hits or word == "conflict", "a word that never finds anything proves nothing"


ONE = st.sampled_from([f"{word}:{value}" for word in QUERIES if word != "text" for value in QUERIES[word]])
TREES = st.recursive(
    ONE,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' '.join(parts)})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' OR '.join(parts)})"),
        inner.map(lambda part: f"NOT {part}"),
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=TREES, sort=st.sampled_from(sorted(queue.SORTS)), few=st.sampled_from([0, 2, 2_000]), back=st.booleans())
def test_words_together_find_what_they_say_in_every_order(
    shops: list[tuple[PlainShop, dict[int, Known]]], query: str, sort: str, few: int, back: bool
) -> None:
    plain, orders = shops[len(query) % len(shops)]
    tree = parse(query, CATALOGUE)
    wanted = {order for order, of in orders.items() if passes(tree, of, now=plain.now)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queue_walk, "FEW", few)
        patch.setattr(queue_walk, "SOME", few)
        found = listed(plain, query, sort=f"-{sort}" if back else sort, include_closed=True, limit=5)

    assert len(found) == len(set(found))
    assert set(found) == wanted


@pytest.mark.parametrize("sort", sorted(queue.SORTS))
def test_a_list_is_in_the_order_it_says(shops: list[tuple[PlainShop, dict[int, Known]]], sort: str) -> None:
    stages = [*CATALOGUE["stage"].values]
    tiers = ["key", "priority", "standard", "one_off"]
    key = {
        "priority": lambda row: -row["priority"],
        "due": lambda row: row["due_sort"],
        "promised": lambda row: row["promised_sort"],
        "waiting": lambda row: row["waiting_sort"],
        "placed": lambda row: -row["placed_at"],
        "total": lambda row: -row["total"] / 10 ** minor_digits(row["currency"]),
        "name": lambda row: row["name"].lower(),
        "stage": lambda row: stages.index(row["stage"]),
        "tier": lambda row: tiers.index(row["tier"]),
        "owner": lambda row: row["owner"],
    }[sort]
    for plain, orders in shops:
        for closed in (None, True):
            found = listed(plain, "", sort=sort, include_closed=closed)
            back = listed(plain, "", sort=f"-{sort}", include_closed=closed)
            mixed = sort in {"placed", "total", "name"}
            parts = [found] if mixed or not closed else [[order for order in found if orders[order].row["is_open"]]]
            for part in parts:
                told = [key(orders[order].row) for order in part]
                assert told == sorted(told)
            if mixed or not closed:
                assert back == found[::-1]


def test_numbers_are_kept_as_they_are_looked_up() -> None:
    assert [order_key(text) for text in ("#1001", "R-1001", "JD 1")] == ["1001", "r1001", "jd1"]


def test_tags_are_looked_up_as_they_stand_on_the_row(shops: list[tuple[PlainShop, dict[int, Known]]]) -> None:
    for plain, orders in shops:
        stored: dict[int, set[str]] = {}
        for tag, order in plain.store.cache.execute("SELECT tag, order_id FROM order_tags"):
            stored.setdefault(order, set()).add(tag)
        told = {order: {tag.casefold() for tag in of.row["tags"]} for order, of in orders.items() if of.row["tags"]}
        assert stored == told
        assert json.dumps(sorted(map(sorted, told.values())))
