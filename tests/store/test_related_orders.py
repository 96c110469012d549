"""Related orders found by indexes are those that comparing every order with every other finds."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from connectors.records import Address, CustomerRecord, Identity, OrderRecord, OrderRef, Page, PaymentRecord
from oms_tui.domain import normalise
from oms_tui.domain.identity import Evidence, Face, shared, strength
from oms_tui.store import desk_rows
from oms_tui.store.compiled_sql import CACHE_COLUMNS
from oms_tui.store.reads.related import OWN_EVIDENCE, order_row, related
from oms_tui.store.rows import insert
from oms_tui.store.workspace import Workspace
from oms_tui.sync.ingest import ingest_page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from oms_tui.store.shapes import RelatedView

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
MOMENT = int(NOW.timestamp() * 1000)
NAMES = ("Jan Kowal", "Kowal, Jan", "J. Kowal", "Maria Lund", "Eva Lund", "Ярослав Новак", "")
MAILS = ("jan@home.example", "Jan.K@work.example", "m.lund@mail.example", "eva@mail.example", "q8@relay.example", "")
PHONES = ("+49 30 1234567", "030 1234567", "0046 70 1740611", "", "", "")
STREETS = ("Lindenstraße 4", "Lindenstr. 4", "4 Linden Street", "Lindenweg 4", "Am Markt 1", "Lindenstraße")
CODES = (("10115", "DE"), ("221 00", "SE"), ("22100", "SE"), ("22 100", "SE"), ("", "DE"))
ORDERS = 75  # fewer than the bounds of the kinds of sharing, more than are shown
MOST = 20


def records(chance: random.Random) -> Iterator[tuple[str, OrderRecord]]:
    """Orders of two shops, by few people who have much in common."""
    for index in range(ORDERS):
        shop = chance.choice(("shop", "market"))
        customer = chance.randrange(20)
        who = random.Random(f"{shop}{customer}")  # one customer is always known by the same
        ways = [Identity("email", way) for way in {who.choice(MAILS), who.choice(MAILS)} if way]
        ways += [Identity("phone", way) for way in (who.choice(PHONES),) if way]
        code, country = chance.choice(CODES)
        known = CustomerRecord(f"c{customer}", name=who.choice(NAMES), identities=tuple(ways))
        yield (
            shop,
            OrderRecord(
                remote_id=f"r{index}",
                number=str(1000 + index),
                state="open",
                placed_at=NOW - timedelta(hours=index),
                currency="EUR",
                total=5000,
                payment_status="paid",
                fulfillment_status="unfulfilled",
                customer=known if chance.random() < 0.8 else None,
                email=chance.choice(MAILS),
                phone=chance.choice(PHONES),
                ship_to=Address(
                    chance.choice(NAMES), street=chance.choice(STREETS), city="Lund", postcode=code, country=country
                ),
            ),
        )


@pytest.fixture(params=range(3))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workspace]:
    chance = random.Random(request.param)
    with Workspace(tmp_path / "desk") as opened:
        for shop, record in records(chance):
            ingest_page(opened, shop, "orders", Page(records=[record], cursor={}), now=MOMENT)
            if chance.random() < 0.15:
                paid = PaymentRecord(
                    f"p{record.remote_id}",
                    OrderRef(remote_id=record.remote_id),
                    "settled",
                    5000,
                    "EUR",
                    email=chance.choice(MAILS),
                )
                ingest_page(opened, shop, "payments", Page(records=[paid], cursor={}), now=MOMENT)
        put_mails(opened, chance)
        join_and_decide(opened, chance)
        yield opened


def put_mails(store: Workspace, chance: random.Random) -> None:
    orders = [order for (order,) in store.cache.execute("SELECT id FROM orders ORDER BY id")]
    for number in range(1, 13):
        columns = CACHE_COLUMNS["messages"]
        given: dict[str, Any] = {
            "id": number,
            "uid": number,
            "direction": chance.choice(("inbound", "inbound", "outbound")),
            "auto": chance.choice(("", "", "reply")),
            "subject": f"about {number % 5}",
            "sent_at": MOMENT,
        }
        store.cache.execute(insert("messages"), [given.get(column, "") for column in columns])
        for order in chance.sample(orders, 3):
            store.cache.execute(
                "INSERT INTO message_links(message, order_id, reason, confidence, linked_by) "
                "VALUES (?,?,'number',90,'')",
                (number, order),
            )


def join_and_decide(store: Workspace, chance: random.Random) -> None:
    """Some customers are one person; about some pairs somebody decided."""
    found = store.cache.execute("SELECT id, source, remote_id FROM customers ORDER BY id").fetchall()
    for one, other in (chance.sample(found, 2) for _ in range(8)):
        left, right = (f"customer:{source}:{remote_id}" for _, source, remote_id in (one, other))
        confirmed = chance.random() < 0.5
        if confirmed:
            store.cache.execute("UPDATE customers SET person_id = ? WHERE person_id = ?", (one[0], other[0]))
        desk_rows.put(
            store.desk,
            "identity_decisions",
            {
                "left": left,
                "right": right,
                "state": "confirmed" if confirmed else "rejected",
                "evidence": '["said so"]',
                "agent": "ana",
                "decided_at": MOMENT,
            },
        )


def everybody(store: Workspace) -> dict[int, dict[str, Any]]:
    """Every order with its customer and its face, by a plain scan."""
    ways: dict[int, set[tuple[str, str]]] = {}
    for customer, kind, value in store.cache.execute("SELECT customer_id, kind, value FROM customer_identities"):
        ways.setdefault(customer, set()).add((kind, value))
    found = {}
    for order, customer, name, email, phone, ship_phone, street, code, city, country in store.cache.execute(
        "SELECT id, customer_id, ship_name, email, phone, ship_phone, ship_street, ship_postcode, ship_city, "
        "ship_country FROM orders"
    ).fetchall():
        kept = store.cache.execute(
            "SELECT source, remote_id, name, person_id FROM customers WHERE id = ?", (customer,)
        ).fetchone()
        known = ways.get(customer, set())
        numbers = {normalise.phone(each, country) for each in (phone, ship_phone)}
        face = Face(
            (kept and kept[2]) or name,
            frozenset({value for kind, value in known if kind == "email"} | ({normalise.email(email)} - {""})),
            frozenset({value for kind, value in known if kind == "phone"} | (numbers - {""})),
            street,
            code,
            city,
        )
        found[order] = {
            "email": email,
            "face": face,
            "customer": customer,
            "called": f"customer:{kept[0]}:{kept[1]}" if kept else "",
            "person": kept[3] if kept else None,
            "paid_by": {
                each
                for (each,) in store.cache.execute("SELECT email FROM payments WHERE order_id = ?", (order,))
                if each
            },
            "mails": dict(
                store.cache.execute(
                    "SELECT m.id, m.subject FROM message_links l JOIN messages m ON m.id = l.message "
                    "WHERE l.order_id = ? AND m.direction = 'inbound' AND m.auto = ''",
                    (order,),
                ).fetchall()
            ),
        }
    return found


def told(own: dict[str, Any], other: dict[str, Any]) -> list[Evidence]:
    """What only payments and mails tell."""
    evidence = [
        Evidence("payment", f"paid with the mail address {each}")
        for each in sorted(other["paid_by"] & own["face"].emails)
    ]
    evidence += [
        Evidence("payment", f"this one was paid with the mail address {each}")
        for each in sorted(own["paid_by"] - own["face"].emails)
        if each == other["email"]
    ]
    if both := own["mails"].keys() & other["mails"].keys():
        subject = max(own["mails"][mail] for mail in both)
        evidence.append(Evidence("thread", f"one mail is about both: “{subject}”"))
    return evidence


def called_of(store: Workspace) -> dict[int | None, set[str]]:
    """How desk rows call each customer of a person, by the person."""
    found: dict[int | None, set[str]] = {}
    for person, called in store.cache.execute(
        "SELECT person_id, 'customer:' || source || ':' || remote_id FROM customers"
    ):
        found.setdefault(person, set()).add(called)
    return found


def expected(store: Workspace, order: int, orders: dict[int, dict[str, Any]]) -> list[tuple[Any, ...]]:
    """(order, state, strength, evidence) of each related order, told by the rules from all there are."""
    own, called = orders[order], called_of(store)
    ours = called.get(own["person"], set())
    decided = [row for row in desk_rows.select(store.desk, "identity_decisions") if {row["left"], row["right"]} & ours]
    found: list[tuple[Any, ...]] = []
    for number, other in orders.items():
        theirs = called.get(other["person"], set()) | {other["called"]}
        states = {row["state"] for row in decided if {row["left"], row["right"]} & theirs}
        evidence = [*shared(own["face"], other["face"]), *told(own, other)]
        words = tuple(dict.fromkeys(each.words for each in evidence))
        worth = strength(evidence, own["face"].name, other["face"].name)
        if number == order:
            continue
        if own["person"] is not None and own["person"] == other["person"]:
            said = ("said so",) if "confirmed" in states else ("by way of a customer who is one with both",)
            same = (OWN_EVIDENCE,) if own["customer"] == other["customer"] else words or said
            found.append((number, "confirmed", "", same))
        elif "rejected" in states:
            found.append((number, "rejected", worth.value if worth else "", words))
        elif worth is not None:
            found.append((number, "proposed", worth.value, words))
    return found


def as_told(views: tuple[RelatedView, ...]) -> list[tuple[Any, ...]]:
    return [(view.order_id, view.state, view.strength, view.evidence) for view in views]


def test_indexes_find_what_comparing_all_with_all_finds(store: Workspace) -> None:
    orders = everybody(store)
    strengths = ("strong", "likely", "weak")
    states = ("confirmed", "proposed", "rejected")
    seen: set[str] = set()
    for number in orders:
        row = order_row(store, number)
        assert row is not None
        # Who shares nothing but a name is not looked for: a rejection of them may stay unseen.
        wanted = [each for each in expected(store, number, orders) if each[1] != "rejected" or shares(each)]
        wanted.sort(key=lambda each: (states.index(each[1]), strengths.index(each[2]) if each[2] else 0, -each[0]))
        by_state = [[each for each in wanted if each[1] == state][:MOST] for state in states]
        found = [each for each in as_told(related(store, row)) if each[1] != "rejected" or shares(each)]
        assert found == [each for state in by_state for each in state], number
        seen |= {each[1] for each in found} | {words.split()[0] for each in found for words in each[3]}
    assert seen >= {"confirmed", "proposed", "rejected", "same", "paid", "this", "one"}, "the shop has too little"


def shares(each: tuple[Any, ...]) -> bool:
    return any(not words.startswith(("same name", "said so")) for words in each[3])
