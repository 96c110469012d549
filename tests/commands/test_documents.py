"""The JSON that scripts rely on: shapes, values, counts that add up."""

from __future__ import annotations

import csv
from datetime import datetime
from typing import TYPE_CHECKING, Any

from oms_tui.domain import vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Desk


def moments(document: Any, key: str = "") -> Iterator[str]:
    if isinstance(document, dict):
        for name, value in document.items():
            yield from moments(value, name)
    elif isinstance(document, list):
        for value in document:
            yield from moments(value, key)
    elif key.endswith("_at") and document is not None:
        yield document


def test_an_order_is_shown_whole_with_source_and_age_on_everything(desk: Desk) -> None:
    document = desk.json("show", "1042")
    assert {
        "order", "customer", "lines", "payments", "refunds", "invoices", "refundable", "shipments", "conversations",
        "purchase_orders", "tasks", "calls", "conflicts", "related", "timeline", "actions", "next",
    } <= set(document)  # fmt: skip
    order = document["order"]
    assert order["number"] == "1042"
    assert order["state"] in vocabulary.values(vocabulary.OrderState)
    assert order["stage"] in vocabulary.values(vocabulary.Stage)
    assert order["priority"]["score"] == sum(term["points"] for term in order["priority"]["terms"])
    for group in ("lines", "payments", "shipments"):
        assert document[group], group
        for each in document[group]:
            assert each["source"]
            assert each["source_id"]
            assert each["synced_at"]
    assert document["shipments"][0]["events"]
    for text in moments(document):
        assert text.endswith("Z")
        assert datetime.fromisoformat(text).tzinfo is not None


def test_lead_to_cash_begins_with_the_quote_and_the_quote_finds_its_order(desk: Desk) -> None:
    with (desk.folder / "shop" / "orders.csv").open(encoding="utf-8", newline="") as file:
        row = next(each for each in csv.DictReader(file) if each["Quote number"])
    [found] = [each["number"] for each in desk.json("find", row["Quote number"])["items"]]
    assert found == row["Order number"]
    way = desk.json("show", found)["lead_to_cash"]
    assert (way["lead"], way["quote"], way["takes_back"], way["order"]) == (None, row["Quote number"], None, found)
    assert f"quote {row['Quote number']}" in desk.run("show", found).out


def test_the_timeline_is_in_order_of_what_happened_and_not_of_what_arrived(desk: Desk) -> None:
    happened = [event["occurred_at"] for event in desk.json("show", "1042")["timeline"]]
    assert len(happened) > 4
    assert happened == sorted(happened, reverse=True)


def test_what_is_refundable_is_what_was_captured_less_what_went_back(desk: Desk) -> None:
    for item in desk.json("find", "payment:partially_refunded OR payment:paid", "--limit", "30")["items"]:
        document = desk.json("show", f"{item['source']}:{item['number']}")
        captured = sum(payment["captured"]["amount"] for payment in document["payments"])
        back = sum(refund["amount"]["amount"] for refund in document["refunds"] if refund["state"] != "failed")
        assert document["refundable"]["amount"] == max(0, captured - back)
        break


def test_pages_of_find_follow_each_other_and_the_count_is_theirs(desk: Desk) -> None:
    count = desk.json("find", "state:open", "--count")["count"]
    numbers: list[str] = []
    after: str | None = None
    while True:
        more = ("--after", after) if after else ()
        page = desk.json("find", "state:open", "--limit", "17", *more)
        numbers += [item["number"] for item in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert len(numbers) == len(set(numbers)) == count


def test_every_fetched_mail_is_linked_unlinked_or_set_aside(desk: Desk) -> None:
    counts = desk.json("mail", "list", "--limit", "1")["counts"]
    assert counts["fetched"] == counts["linked"] + counts["unlinked"] + counts["quarantined"] > 0


def test_status_tells_of_every_source(desk: Desk) -> None:
    items = desk.json("status")["items"]
    assert {item["source"] for item in items} == {"shop", "depot", "parcels", "books", "support", "trade"}
    # The desk was read once for all tests: on a slow machine that is longer ago than a mailbox counts as fresh.
    assert {item["state"] for item in items} <= {"ok", "stale"}
    assert all(item["records"] and not item["error"] for item in items)


def test_the_catalogue_of_actions_and_of_sources(desk: Desk) -> None:
    actions = {item["id"]: item for item in desk.json("do", "--list")["items"]}
    assert {"note", "tag", "assign", "log_call", "remind", "snooze", "close", "link", "unlink", "draft", "send"} <= set(
        actions
    )
    assert all(action["title"] and action["help"] for action in actions.values())
    assert not any(action["id"] == "note" and "reader" in action["roles"] for action in actions.values())
    sources = {item["kind"]: item for item in desk.json("sources", "list")["items"]}
    assert {"imap", "maildir", "tryton", "easypost", "stripe", "files"} <= set(sources)
    assert all(source["proof"] for source in sources.values())
