"""What people decided is on the rows as soon as it is settled: once, twice, late, and in a cache made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plain_shop import DAY, PlainShop

from oms_tui.store import desk_rows
from oms_tui.store.derive import run
from oms_tui.store.settle import DERIVED, settle
from oms_tui.store.workspace import Workspace
from oms_tui.store.writes.desk_write import blank

if TYPE_CHECKING:
    import pytest


def settled(plain: PlainShop) -> int:
    return settle(plain.store, plain.policy, plain.now)


def test_a_decision_is_on_its_row_though_a_thousand_orders_wait_to_be_derived(plain: PlainShop) -> None:
    order = plain.order("1", placed_at=plain.now - 900 * DAY)
    plain.derive()
    for number in range(300):
        plain.order(f"new{number}")
    plain.decide("order_decisions", order, owner="ana")

    assert settled(plain) == 1

    assert plain.row(order)["owner"] == "ana"
    assert plain.store.cache.execute("SELECT count(*) FROM dirty").fetchone()[0] >= 300


def test_settling_again_changes_nothing(plain: PlainShop) -> None:
    order = plain.order()
    plain.decide("order_decisions", order, owner="ana")
    settled(plain)
    before = plain.row(order), plain.store.cache.total_changes

    assert settled(plain) == 0

    assert (plain.row(order), plain.store.cache.total_changes) == before


def test_of_many_decisions_the_last_are_seen_at_once_and_all_in_the_end(plain: PlainShop) -> None:
    orders = [plain.order() for _ in range(260)]
    for order in orders:
        plain.decide("order_decisions", order, owner="ana")

    assert settled(plain) == 260

    assert [plain.row(order)["owner"] for order in orders[-200:]] == ["ana"] * 200
    plain.derive()
    assert {row["owner"] for row in plain.rows().values()} == {"ana"}


def test_a_decision_about_an_order_that_is_not_there_yet_waits_for_it(plain: PlainShop) -> None:
    order = plain.order("1")
    plain.decide("order_decisions", order, owner="ana")
    plain.gone(order)
    assert settled(plain) == 1

    again = plain.order("1")
    plain.derive()

    assert plain.row(again)["owner"] == "ana"


def test_an_older_copy_in_the_place_of_the_desks_file_is_noticed(plain: PlainShop) -> None:
    kept, lost = plain.order("1"), plain.order("2")
    plain.decide("order_decisions", kept, owner="ana")
    plain.decide("order_decisions", lost, owner="ana")
    settled(plain)
    with desk_rows.transaction(plain.store.desk) as desk:  # what an older copy has not
        desk_rows.delete(desk, "order_decisions", *plain.name(lost))
        desk.execute("DELETE FROM desk_changes WHERE seq=2")

    settled(plain)
    plain.derive()

    assert (plain.row(kept)["owner"], plain.row(lost)["owner"]) == ("ana", "")
    assert settled(plain) == 0


def test_rows_brought_back_from_a_copy_are_applied(plain: PlainShop) -> None:
    order = plain.order()
    plain.derive()
    settled(plain)
    with desk_rows.transaction(plain.store.desk) as desk:
        source, remote_id = plain.name(order)
        row = blank("order_decisions") | {"source": source, "remote_id": remote_id, "owner": "tom"}
        desk_rows.put(desk, "order_decisions", row)
        desk_rows.changed(desk, "restored")

    settled(plain)

    assert plain.row(order)["owner"] == "tom"


def test_in_a_cache_made_anew_every_order_reads_as_before(plain: PlainShop) -> None:
    def bring() -> None:
        plain.stock("LAMP", 1)
        first = plain.order("1", placed_at=plain.now - 5 * DAY, promised_at=plain.now - DAY)
        second = plain.order("2", promised_at=plain.now + DAY, fulfillment_status="fulfilled")
        third = plain.order("3", state="closed")
        plain.order("4")
        plain.parcel(second, status="in_transit", estimated_delivery_at=plain.now + 9 * DAY, updated_at=plain.now - DAY)
        plain.thread(first, third, mails=[("outbound", plain.now - 3 * DAY), ("inbound", plain.now - 2 * DAY)])

    bring()
    plain.derive()
    orders = sorted(plain.rows())
    plain.decide("order_decisions", orders[0], owner="ana", tags='["gift"]', delay_reason="vendor_late")
    plain.decide("order_decisions", orders[1], closed_at=plain.now)
    plain.decide("tasks", orders[2], kind="milestone_call", state="open", due_at=plain.now + DAY)
    plain.decide("outbox", orders[3], kind="mail", state="blocked")
    settled(plain)
    plain.derive()
    before, badges = plain.rows(), (plain.badge("open"), plain.badge("calls_due"))

    plain.store.close()
    for path in plain.store.folder.glob("cache.db*"):
        path.unlink()
    plain.store = Workspace(plain.store.folder)
    settled(plain)
    plain.restart()
    bring()
    plain.derive()

    assert plain.rows() == before
    assert (plain.badge("open"), plain.badge("calls_due")) == badges
    assert settled(plain) == 0
    plain.store.close()


def test_what_is_decided_while_rows_are_derived_is_not_lost(plain: PlainShop, monkeypatch: pytest.MonkeyPatch) -> None:
    order = plain.order()
    load = run.load

    def late(store: Workspace, ids: list[int]) -> object:
        facts = load(store, ids)
        monkeypatch.setattr(run, "load", load)
        with Workspace(store.folder) as other, desk_rows.transaction(other.desk) as desk:
            row = blank("order_decisions") | {"source": "shop", "remote_id": plain.name(order)[1], "owner": "ana"}
            desk_rows.put(desk, "order_decisions", row)
            desk_rows.changed(desk, "order", *plain.name(order))
        return facts

    monkeypatch.setattr(run, "load", late)
    plain.derive()
    assert plain.row(order)["owner"] == ""

    settled(plain)

    assert plain.row(order)["owner"] == "ana"


def test_who_waits_for_all_that_was_decided_has_all_of_it(plain: PlainShop) -> None:
    """A desk shows some hundred at once and leaves the rest to its worker; a script has none beside it."""
    orders = [plain.order() for _ in range(450)]
    plain.derive()
    for order in orders:
        plain.decide("order_decisions", order, owner="ben")
    settle(plain.store, plain.policy, plain.now, most=len(orders))
    assert {row["owner"] for row in plain.rows().values()} == {"ben"}

    for order in orders:
        plain.decide("order_decisions", order, owner="ana")
    settle(plain.store, plain.policy, plain.now)
    assert sum(row["owner"] == "ana" for row in plain.rows().values()) == DERIVED


def test_what_follows_from_a_decision_is_derived_with_it_as_far_as_who_decided_waits(plain: PlainShop) -> None:
    """One order's row puts its customer into another tier: their other orders, which nobody named, follow it."""
    customer = plain.customer("jan")
    orders = [plain.order(customer_id=customer) for _ in range(5)]
    plain.derive()
    assert [plain.row(order)["tier"] for order in orders] == ["standard"] * 5

    plain.store.cache.execute("UPDATE orders SET total=200000 WHERE id=?", (orders[0],))
    plain.decide("order_decisions", orders[0], owner="ana")
    settle(plain.store, plain.policy, plain.now, most=3)

    tiers = [plain.row(order)["tier"] for order in orders]
    assert (tiers[0], tiers.count("key")) == ("key", 3)
    plain.derive()
    assert [plain.row(order)["tier"] for order in orders] == ["key"] * 5
