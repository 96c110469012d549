"""Who gets the stock: nobody counts on a unit that somebody else was promised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from plain_shop import DAY, PlainShop

from oms_tui.store.workspace import Workspace

if TYPE_CHECKING:
    import pytest


def shorts(plain: PlainShop, *orders: int) -> list[int]:
    return [plain.row(order)["short"] for order in orders]


def test_the_older_order_gets_the_last_unit(plain: PlainShop) -> None:
    plain.stock("LAMP", 1)
    younger = plain.order("2", placed_at=plain.now - DAY)
    older = plain.order("1", placed_at=plain.now - 2 * DAY)

    plain.derive()

    assert shorts(plain, older, younger) == [0, 1]
    assert plain.row(younger)["stage"] == "awaiting_stock"
    assert "short 1" in plain.flags(younger)


def test_a_paid_order_goes_before_an_unpaid_one(plain: PlainShop) -> None:
    plain.stock("LAMP", 1)
    unpaid = plain.order("1", placed_at=plain.now - 5 * DAY, payment_status="pending")
    paid = plain.order("2", placed_at=plain.now - DAY)

    plain.derive()

    assert shorts(plain, paid, unpaid) == [0, 1]


def test_two_lines_of_one_product_share_its_stock(plain: PlainShop) -> None:
    plain.stock("LAMP", 3)
    order = plain.order(lines=[("LAMP", 2), ("LAMP", 2)])

    plain.derive()

    assert shorts(plain, order) == [1]


def test_stock_of_all_places_counts_and_the_same_place_told_by_two_sources_once(plain: PlainShop) -> None:
    plain.stock("LAMP", 2, location="Berlin")
    plain.stock("LAMP", 2, location="Berlin", source="shop")
    plain.stock("LAMP", 1, location="Leipzig")
    order = plain.order(lines=[("LAMP", 5)])

    plain.derive()

    assert shorts(plain, order) == [2]


def test_what_has_left_takes_nothing_any_more(plain: PlainShop) -> None:
    plain.stock("LAMP", 1)
    shipped = plain.order("1", placed_at=plain.now - 9 * DAY, lines=[("LAMP", 2, 1)])
    plain.parcel(shipped, lines=[("LAMP", 2)])
    drafted = plain.order("2", placed_at=plain.now - 8 * DAY, state="draft")
    cancelled = plain.order("3", placed_at=plain.now - 7 * DAY, state="cancelled", payment_status="refunded")
    waiting = plain.order("4")

    plain.derive()

    assert shorts(plain, shipped, drafted, cancelled, waiting) == [0, 0, 0, 0]


def test_a_parcel_that_never_left_still_needs_its_goods(plain: PlainShop) -> None:
    plain.stock("LAMP", 1)
    order = plain.order("1", placed_at=plain.now - 9 * DAY)
    plain.parcel(order, state="cancelled", lines=[("LAMP", 1)])
    later = plain.order("2")

    plain.derive()

    assert shorts(plain, order, later) == [0, 1]


def test_a_planned_parcel_still_needs_its_goods_and_a_packed_one_has_them(plain: PlainShop) -> None:
    plain.stock("LAMP", 1)
    planned = plain.order("1", placed_at=plain.now - 9 * DAY)
    plain.parcel(planned, state="created", lines=[("LAMP", 1)])
    packed = plain.order("2", placed_at=plain.now - 8 * DAY)
    plain.parcel(packed, state="pending", lines=[("LAMP", 1)])
    later = plain.order("3")

    plain.derive()

    assert shorts(plain, planned, packed, later) == [0, 0, 1]


def test_what_the_warehouse_has_begun_goes_before_what_is_older(plain: PlainShop) -> None:
    plain.stock("LAMP", 1)
    older = plain.order("1", placed_at=plain.now - 9 * DAY)
    begun = plain.order("2", fulfillment_status="in_progress")

    plain.derive()

    assert shorts(plain, begun, older) == [0, 1]


def test_what_a_vendor_sends_needs_no_stock(plain: PlainShop) -> None:
    plain.stock("LAMP", 1)
    dropped = plain.order("1", placed_at=plain.now - 9 * DAY, lines=[("LAMP", 3)], promised_at=plain.now)
    plain.record(
        "purchase_orders",
        dropped,
        drop_ship=1,
        request_status="accepted",
        lines='[["LAMP", 3]]',
        vendor="Lund",
        expected_at=plain.now + 2 * DAY,
    )
    refused = plain.order("2", placed_at=plain.now - 8 * DAY)
    plain.record("purchase_orders", refused, drop_ship=1, request_status="rejected", lines='[["LAMP", 1]]')
    later = plain.order("3")

    plain.derive()

    assert shorts(plain, dropped, refused, later) == [0, 0, 1]
    assert plain.row(dropped)["predicted_at"] == plain.now + 2 * DAY


def test_what_a_source_has_reserved_for_orders_we_do_not_see_is_not_ours(plain: PlainShop) -> None:
    plain.stock("LAMP", 5, committed=4)  # ours are two of the four
    order = plain.order(lines=[("LAMP", 2)])
    plain.derive()
    assert shorts(plain, order) == [0]

    plain.stock("LAMP", 5, committed=7)
    plain.derive()
    assert shorts(plain, order) == [2]


def test_a_product_nobody_counts_is_nobodys_lack(plain: PlainShop) -> None:
    order = plain.order(lines=[("GIFT-WRAP", 1), ("", 1)])

    plain.derive()

    assert shorts(plain, order) == [0]


def test_new_stock_reaches_those_that_wait_and_a_sale_takes_it_from_the_later(plain: PlainShop) -> None:
    plain.stock("LAMP", 1)
    first, second = plain.order("1", placed_at=plain.now - 3 * DAY), plain.order("2")
    plain.derive()

    plain.stock("LAMP", 2)
    plain.derive()
    assert shorts(plain, first, second) == [0, 0]

    earlier = plain.order("0", placed_at=plain.now - 9 * DAY)
    plain.derive()
    assert shorts(plain, earlier, first, second) == [0, 0, 1]


def test_what_is_short_is_expected_when_enough_has_come_in(plain: PlainShop) -> None:
    plain.stock("LAMP", 0, location="Berlin", incoming=1, expected_at=plain.now + 2 * DAY)
    plain.stock("LAMP", 0, location="Leipzig", incoming=5, expected_at=plain.now + 6 * DAY)
    first = plain.order("1", placed_at=plain.now - 3 * DAY, promised_at=plain.now + 3 * DAY)
    second = plain.order("2", promised_at=plain.now + 3 * DAY)

    plain.derive()

    assert plain.row(first)["predicted_at"] == plain.now + 2 * DAY
    assert plain.row(second)["predicted_at"] == plain.now + 6 * DAY
    assert [plain.row(order)["will_be_late"] for order in (first, second)] == [0, 1]


def test_when_the_rest_could_go_it_is_split_and_else_the_customer_is_asked(plain: PlainShop) -> None:
    plain.stock("LAMP", 0)
    plain.stock("SHADE", 9)
    both = plain.order("1", lines=[("LAMP", 1), ("SHADE", 1)])
    one = plain.order("2")

    plain.derive()

    assert [plain.row(order)["next_action"] for order in (both, one)] == ["split", "ask_customer"]


NEEDS = st.lists(
    st.tuples(
        st.integers(0, 5),  # days ago
        st.lists(st.tuples(st.sampled_from(["A", "B"]), st.integers(1, 4), st.integers(0, 2)), min_size=1, max_size=3),
        st.sampled_from(["paid", "pending"]),
    ),
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(needs=NEEDS, more=NEEDS, stock=st.tuples(st.integers(0, 9), st.integers(0, 9)), batch=st.integers(1, 4))
def test_no_unit_is_ever_counted_on_twice(
    tmp_path_factory: pytest.TempPathFactory,
    needs: list[tuple[int, list[tuple[str, int, int]], str]],
    more: list[tuple[int, list[tuple[str, int, int]], str]],
    stock: tuple[int, int],
    batch: int,
) -> None:
    """Whatever comes in, in whatever portions: what orders do not lack is there, and no order lacks what lies free."""
    with Workspace(tmp_path_factory.mktemp("desk")) as store:
        plain = PlainShop(store)
        held = dict(zip("AB", stock, strict=True))
        for sku, units in held.items():
            plain.stock(sku, units)
        for days, lines, payment in [*needs, *more]:
            wanted = [(sku, quantity, min(done, quantity)) for sku, quantity, done in lines]
            plain.order(placed_at=plain.now - days * DAY, lines=wanted, payment_status=payment)
            if len(plain.rows()) % 3 == 0:
                plain.derive(limit=batch)
        plain.derive(limit=batch)

        for sku, units in held.items():
            needed, lacked = store.cache.execute(
                "SELECT coalesce(sum(quantity), 0), coalesce(sum(short), 0) FROM demand WHERE sku=?", (sku,)
            ).fetchone()
            assert needed - lacked <= units
            assert lacked == max(0, needed - units)
        told = {order: row["short"] for order, row in plain.rows().items()}
        stored = dict(store.cache.execute("SELECT order_id, sum(short) FROM demand GROUP BY order_id").fetchall())
        assert told == {order: stored.get(order, 0) for order in told}
