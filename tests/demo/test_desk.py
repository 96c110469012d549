"""The demo as its desk sees it after the first sync: a shop's Monday, with everything to be found that was planted."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from oms_tui.actions.macro_files import broken, macros
from oms_tui.domain.macros import render
from oms_tui.domain.query import parse
from oms_tui.domain.standard_views import STANDARD
from oms_tui.domain.vocabulary import TrackingStatus, values
from oms_tui.store.macro_record import Writer, macro_record
from oms_tui.store.query_words import CATALOGUE
from oms_tui.store.reads import queue
from oms_tui.store.reads.health import quarantined, unmapped_codes
from oms_tui.store.reads.mail import candidates, mail_counts, mail_list, unlinked
from oms_tui.store.reads.order import read_order

if TYPE_CHECKING:
    from conftest import MONDAY, Desk
else:
    from datetime import UTC, datetime

    MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def test_every_source_is_read_and_nothing_is_set_aside(desk: Desk) -> None:
    assert {run.source: run.ok for run in desk.runs} == dict.fromkeys(
        ("shop", "depot", "parcels", "books", "support", "trade"), True
    )
    assert list(quarantined(desk.session.store)) == []
    assert list(unmapped_codes(desk.session.store)) == []


def test_half_a_hundred_orders_need_somebody_and_the_rest_is_calm(desk: Desk) -> None:
    found = desk.find("state:open OR state:cancelled OR state:closed")
    urgent = [item for item in found if any(flag.level in {"alarm", "warn"} for flag in item.flags)]
    assert 35 <= len(urgent) <= 75
    assert len(found) == 400


def test_orders_stand_at_every_stage_and_parcels_in_every_state(desk: Desk) -> None:
    stages = Counter(item.stage for item in desk.find("state:open"))
    assert {"awaiting_payment", "awaiting_stock", "ready_to_release", "in_transit", "delivered", "after_sales"} <= set(
        stages
    )
    statuses = {status for (status,) in desk.session.store.cache.execute("SELECT DISTINCT status FROM trackers")}
    assert statuses == set(values(TrackingStatus))
    tiers = Counter(item.tier for item in desk.find("state:open OR state:closed"))
    assert set(tiers) == {"key", "priority", "standard", "one_off"}
    assert tiers["key"] < tiers["priority"] + tiers["standard"]


def test_money_of_every_kind_is_in_the_books(desk: Desk) -> None:
    count = desk.session.store.cache.execute
    for table, fewest in (
        ("payments", 300),
        ("refunds", 5),
        ("disputes", 1),
        ("invoices", 250),
        ("purchase_orders", 2),
    ):
        loose = count(f"SELECT count(*), sum(order_id IS NULL) FROM {table}").fetchone()
        assert loose[0] >= fewest, table
        assert loose[1] == 0, table
    assert desk.find("invoice:overdue")
    assert desk.find("(payment:refunded OR payment:partially_refunded) state:closed")


def test_every_view_of_the_config_can_be_asked_and_has_something(desk: Desk) -> None:
    for view in desk.config.views.values():
        now, zone = desk.session.now(), desk.session.policy.zone
        page = queue.queue_page(
            desk.session.store,
            tree=parse(view.query, CATALOGUE),
            sort=view.sort or "priority",
            now=now,
            zone=zone,
            agent="ana",
        )
        assert page.items, view.name


def test_the_views_a_lead_expects_find_what_was_planted(desk: Desk) -> None:
    queries = {view.name: view.query for view in STANDARD}
    for name in (
        "My queue",
        "Unowned",
        "Open priority accounts in nobody's hands",
        "At risk",
        "Late without a reason",
        "Late and not told",
    ):
        assert desk.find(queries[name]), name
    for reason in ("payment", "silence", "late"):
        assert desk.find(f"risk:{reason}"), reason


def test_mail_is_answered_and_unanswered_linked_and_not(desk: Desk) -> None:
    counts = mail_counts(desk.session.store)
    assert 110 <= counts["fetched"] <= 220
    assert counts["quarantined"] == 0
    assert counts["fetched"] == counts["linked"] + counts["unlinked"]
    assert counts["linked"] > 4 * counts["unlinked"]
    assert 12 <= len(desk.find("mail.waiting:>0h")) <= 45


def test_scenario_one_the_blue_lamp_for_lindenweg(desk: Desk) -> None:
    order = desk.order("1042")
    assert (order.ship_to.name, order.ship_to.street, order.email) == (
        "Jan Kowal",
        "Lindenweg 4",
        "jan.kowal@firma.example",
    )
    assert "LAMP-BLUE" in {line.sku for line in order.lines}
    assert (order.item.stage, order.item.days_late, order.shipments[0].status) == ("in_transit", 2, "in_transit")
    mail = next(mail for mail in unlinked(desk.session.store)[0] if mail.subject == "Hello??")
    assert mail.from_address == "j.k.private@example.net"
    best = candidates(desk.session.store, desk.session.policy, mail.id)[0]
    assert best.number == "1042"
    assert any("Lindenweg 4" in words for words in best.evidence)
    assert any("Lamp" in words for words in best.evidence)


def test_a_stranger_who_names_an_order_is_not_linked(desk: Desk) -> None:
    mail = next(mail for mail in unlinked(desk.session.store)[0] if mail.from_address == "claims@parcel-claims.example")
    named = next(each for each in candidates(desk.session.store, desk.session.policy, mail.id))
    assert named.number in mail.subject


def test_one_mail_is_about_two_orders(desk: Desk) -> None:
    mails = mail_list(desk.session.store, limit=500)[0]
    mail = next(mail for mail in mails if mail.subject.startswith("Commandes"))
    linked = desk.session.store.cache.execute(
        "SELECT count(*) FROM message_links WHERE message=?", (mail.id,)
    ).fetchone()
    assert linked == (2,)


def test_markup_and_escapes_of_strangers_are_shown_as_what_they_are(desk: Desk) -> None:
    (order,) = [item for item in desk.find("customer:Tables") if "Tables" in item.name]
    view = read_order(desk.session.store, desk.session.policy, order.id, now=desk.session.now())
    assert view is not None
    assert "\x1b" not in view.note
    assert "[@click=app.quit]" in view.note
    assert view.ship_to.street == "=1+1 High Street"


@pytest.mark.parametrize(
    ("macro", "query"),
    [
        ("wismo-late", "ship:late stage:in_transit"),
        ("in-transit", "stage:in_transit -ship:late"),
        ("not-received", "stage:delivered"),
        ("out-of-stock", "stock:short"),
        ("address-change", "stage:ready_to_release"),
        ("refund-done", "payment:refunded state:closed"),
        ("broken", "stage:delivered"),
        ("invoice-copy", "stage:delivered"),
        ("payment-reminder", "stage:awaiting_payment"),
        ("customs", "reason:customs_documentation"),
        ("thanks", "stage:delivered"),
        ("handed-to-team", "stage:in_transit"),
    ],
)
def test_every_macro_is_complete_for_the_orders_it_is_meant_for(desk: Desk, macro: str, query: str) -> None:
    folder = desk.config.macros
    assert broken(folder) == []
    written = next(each for each in macros(folder) if each.name.removesuffix(".md") == macro)
    parse(written.when, CATALOGUE)
    found = desk.find(query, limit=25)
    assert found
    writer = Writer("Ana Ruiz", "ana@bright-shop.example", "Bright Shop", "Kind regards")
    for item in found:
        view = read_order(desk.session.store, desk.session.policy, item.id, now=desk.session.now())
        assert view is not None
        record = macro_record(view, writer, mail=None, now=MONDAY)
        filled = render(written, record, zone=desk.session.policy.zone)
        assert filled.complete, (item.number, filled.missing, filled.missing_in_subject)
        assert "{" not in filled.text
        assert "\n\n\n" not in filled.text


def test_the_next_sync_finds_nothing_new(desk: Desk) -> None:
    from oms_tui.sync.worker import run_once

    changes = "SELECT max(seq) FROM change_log WHERE kind <> 'source'"
    before = desk.session.store.cache.execute(changes).fetchone()
    again = run_once(desk.config, desk.session)
    assert all(run.ok for run in again)
    assert desk.session.store.cache.execute(changes).fetchone() == before
