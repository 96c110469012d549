"""What an order's row in the queue says, and when it says something else."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from shop import Shop, ms, parcel, stock

from connectors.records import CustomerRecord, Identity, LineRecord, Page, Ref
from oms_tui.store import desk_rows
from oms_tui.store.derive.run import derive_due
from oms_tui.store.reads import badges, queue
from oms_tui.store.settle import settle
from oms_tui.store.workspace import Workspace
from oms_tui.sync.ingest import ingest_page

if TYPE_CHECKING:
    from plain_shop import PlainShop

    from oms_tui.store.shapes import QueueItem


def words(item: QueueItem) -> set[str]:
    return {flag.text for flag in item.flags}


def decide(shop: Shop, number: str, **changes: object) -> None:
    """Write a decision as an action does: the row, and its line in the feed."""
    with desk_rows.transaction(shop.store.desk):
        row = {
            "source": "shop", "remote_id": f"r{number}", "owner": "", "tags": "[]", "delay_reason": "",
            "snoozed_until": None, "snooze_reason": "", "closed_at": None, "closed_reason": "", "account_manager": "",
            "version": 1, "updated_at": ms(shop.now),
        }  # fmt: skip
        desk_rows.put(shop.store.desk, "order_decisions", row | changes)
        desk_rows.changed(shop.store.desk, "order", "shop", f"r{number}")
    settle(shop.store, shop.rules, ms(shop.now))


def test_a_paid_order_with_everything_there_is_ready_to_release(shop: Shop) -> None:
    shop.take(stock("LAMP-BLUE", 5), shop.order("1042"))
    row = shop.row("1042")
    assert (row.stage, row.next_action) == ("ready_to_release", "release")
    assert "ready to release" in words(row)


def test_an_order_is_late_when_the_promised_day_is_over_and_says_so_from_then_on(shop: Shop) -> None:
    shop.take(stock("LAMP-BLUE", 5), shop.order("1042", promised_at=shop.now))
    assert "late" not in " ".join(words(shop.row("1042")))
    shop.now += timedelta(days=2)
    assert derive_due(shop.store, shop.rules, now=ms(shop.now)) == 1, "time alone makes it late"
    row = shop.row("1042")
    assert row.days_late == 2
    assert "late 2d" in words(row)
    assert derive_due(shop.store, shop.rules, now=ms(shop.now)) == 0


def test_two_orders_never_count_on_the_same_unit(shop: Shop) -> None:
    first = shop.order("1", placed_at=shop.now - timedelta(days=3))
    second = shop.order("2", placed_at=shop.now - timedelta(days=2))
    shop.take(stock("LAMP-BLUE", 3), second, first)
    assert shop.row("1").stage == "ready_to_release"
    late = shop.row("2")
    assert late.stage == "awaiting_stock"
    assert "short 1" in words(late)


def test_a_paid_order_gets_the_stock_before_an_older_unpaid_one(shop: Shop) -> None:
    unpaid = shop.order("1", placed_at=shop.now - timedelta(days=9), payment_status="pending")
    shop.take(stock("LAMP-BLUE", 2), unpaid, shop.order("2"))
    assert shop.row("2").stage == "ready_to_release"
    assert "short 2" in words(shop.row("1"))


def test_stock_that_comes_in_frees_the_order_that_waited(shop: Shop) -> None:
    shop.take(stock("LAMP-BLUE", 0), shop.order("1042"))
    assert shop.row("1042").stage == "awaiting_stock"
    shop.take(stock("LAMP-BLUE", 2), source="depot")
    assert shop.row("1042").stage == "ready_to_release"


def test_a_cancelled_order_gives_its_units_to_the_next(shop: Shop) -> None:
    shop.take(stock("LAMP-BLUE", 2), shop.order("1", placed_at=shop.now - timedelta(days=3)), shop.order("2"))
    assert shop.row("2").stage == "awaiting_stock"
    shop.take(shop.order("1", placed_at=shop.now - timedelta(days=3), state="cancelled", payment_status="refunded"))
    assert shop.row("2").stage == "ready_to_release"


def test_two_lines_of_one_product_are_one_need(shop: Shop) -> None:
    lines = (LineRecord("1", "LAMP-BLUE", 2), LineRecord("2", "LAMP-BLUE", 2))
    shop.take(stock("LAMP-BLUE", 3), shop.order("1042", lines=lines))
    assert "short 1" in words(shop.row("1042"))


def test_what_no_source_counts_is_nobodys_lack(shop: Shop) -> None:
    shop.take(shop.order("1042", lines=(LineRecord("1", "GIFT-CARD", 1),)))
    assert shop.row("1042").stage == "ready_to_release"


def test_a_parcel_on_the_road_takes_nothing_from_stock_any_more(shop: Shop) -> None:
    shipped = shop.order("1", fulfillment_status="fulfilled", placed_at=shop.now - timedelta(days=5))
    shop.take(stock("LAMP-BLUE", 2), shipped, parcel("1"), shop.order("2"))
    assert shop.row("1").stage == "handed_over"
    assert shop.row("2").stage == "ready_to_release"


def test_a_tier_is_found_by_what_the_customer_spent_over_all_their_orders(shop: Shop) -> None:
    shop.take(stock("LAMP-BLUE", 50), shop.order("1", total=300000))
    assert shop.row("1").tier == "one_off"
    shop.take(shop.order("2", total=250000))
    assert shop.row("2").tier == "key"
    assert shop.row("2").account_manager == "lea"
    assert shop.row("1").tier == "key", "the earlier order of the same customer follows"


def test_a_cancelled_order_does_not_count_as_spent(shop: Shop) -> None:
    shop.take(shop.order("1", total=900000, state="cancelled", payment_status="voided"), shop.order("2"))
    assert shop.row("2").tier == "standard"


def test_an_owner_a_tag_and_a_reason_are_on_the_row_as_soon_as_they_are_decided(shop: Shop) -> None:
    shop.take(shop.order("1042", tags=("web",), promised_at=shop.now - timedelta(days=3)))
    decide(shop, "1042", owner="ana", tags='["gift"]', delay_reason="customs_delay")
    assert shop.row("1042").owner == "ana"
    assert shop.found("tag:gift tag:web reason:customs_delay owner:me") == ["1042"]


def test_a_snoozed_order_leaves_the_queue_until_its_time(shop: Shop) -> None:
    shop.take(shop.order("1042"))
    decide(shop, "1042", snoozed_until=ms(shop.now + timedelta(hours=3)))
    assert shop.found("", include_closed=None) == []
    assert shop.found("is:snoozed", include_closed=None) == ["1042"]
    shop.now += timedelta(hours=4)
    derive_due(shop.store, shop.rules, now=ms(shop.now))
    assert shop.found("", include_closed=None) == ["1042"]


def test_a_closed_order_is_out_of_the_queue_and_its_counts(shop: Shop) -> None:
    shop.take(shop.order("1042"), shop.order("1043"))
    assert badges.badges(shop.store).open == 2
    decide(shop, "1042", closed_at=ms(shop.now), closed_reason="done")
    assert badges.badges(shop.store).open == 1
    assert shop.row("1042").state == "closed"
    assert shop.found("", include_closed=None) == ["1043"]


def test_an_order_the_source_deleted_is_cancelled_and_leaves_the_queue(shop: Shop) -> None:
    shop.take(shop.order("1042", payment_status="pending"), shop.order("1043"))
    page = Page(deleted=[Ref("order", "r1042")], cursor={})
    ingest_page(shop.store, "shop", "all", page, now=ms(shop.now))
    shop.derive()
    assert shop.found("", include_closed=None) == ["1043"]
    assert shop.row("1042").state == "cancelled"
    assert badges.badges(shop.store).open == 1


def test_decisions_are_all_there_after_the_cache_was_thrown_away(shop: Shop) -> None:
    shop.take(stock("LAMP-BLUE", 5), shop.order("1042"))
    decide(shop, "1042", owner="ana", tags='["gift"]')
    before = shop.row("1042")
    shop.store.close()
    for path in shop.store.folder.glob("cache.db*"):
        path.unlink()
    with Workspace(shop.store.folder) as again:
        shop.store = again
        settle(again, shop.rules, ms(shop.now))
        shop.take(stock("LAMP-BLUE", 5), shop.order("1042"))
        assert shop.row("1042") == before


def test_settling_twice_changes_nothing(shop: Shop) -> None:
    shop.take(shop.order("1042"))
    decide(shop, "1042", owner="ana")
    before = shop.store.cache.total_changes
    assert settle(shop.store, shop.rules, ms(shop.now)) == 0
    assert shop.store.cache.total_changes == before


def test_a_guest_without_customer_record_has_a_name_and_a_tier(shop: Shop) -> None:
    shop.take(shop.order("1042", customer=None))
    assert (shop.row("1042").name, shop.row("1042").tier) == ("Jan Kowal", "one_off")


@pytest.mark.parametrize("sort", sorted(queue.SORTS) + [f"-{name}" for name in queue.SORTS])
def test_pages_of_every_order_bring_each_order_once(shop: Shop, sort: str) -> None:
    people = [
        CustomerRecord(f"c{n % 7}", name=f"N{n % 7}", identities=(Identity("email", f"n{n % 7}@x.example"),))
        for n in range(30)
    ]
    shop.take(
        *(
            shop.order(
                str(100 + n),
                customer=people[n],
                total=1000 + n % 4,
                promised_at=shop.now + timedelta(days=n % 5 - 2),
                state="closed" if n % 3 == 0 else "open",
            )
            for n in range(30)
        )
    )
    seen: list[str] = []
    after = None
    while True:
        page = queue.queue_page(
            shop.store, sort=sort, limit=4, after=after, now=ms(shop.now), zone=shop.rules.zone, include_closed=True
        )
        seen += [item.number for item in page.items]
        after = page.next
        if after is None:
            break
    assert sorted(seen) == sorted(str(100 + n) for n in range(30))


def test_a_cursor_of_something_else_is_refused_in_words(shop: Shop) -> None:
    with pytest.raises(ValueError, match="use the `next` of an answer"):
        queue.queue_page(shop.store, after="rubbish", now=ms(shop.now), zone=shop.rules.zone)


def test_a_shop_that_does_not_say_what_was_shipped_is_told_by_its_parcels(plain: PlainShop) -> None:
    plain.stock("LAMP", on_hand=0)
    order = plain.order(fulfillment_status="", payment_status="paid", lines=[("LAMP", 2)])
    plain.derive()
    assert (plain.row(order)["fulfillment_status"], plain.row(order)["short"]) == ("unfulfilled", 2)

    plain.parcel(order, state="shipped", lines=[("LAMP", 1)])
    plain.derive()
    assert (plain.row(order)["fulfillment_status"], plain.row(order)["short"]) == ("partially_fulfilled", 1)

    plain.parcel(order, state="shipped", lines=[("LAMP", 1)])
    plain.derive()
    row = plain.row(order)
    assert (row["fulfillment_status"], row["stage"], row["short"]) == ("fulfilled", "handed_over", 0)

    plain.change("orders", order, fulfillment_status="unfulfilled")  # its word goes before
    plain.derive()
    assert plain.row(order)["fulfillment_status"] == "unfulfilled"
