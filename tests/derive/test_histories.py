"""Whatever happens to a shop, in whatever portions: rows, stock and counts are what one look at it all gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain_shop import DAY, HOUR, PlainShop

from oms_tui.store.derive.run import derive_due
from oms_tui.store.settle import settle
from oms_tui.store.workspace import Workspace

if TYPE_CHECKING:
    import pytest

_REMEMBERED = {"derived_at", "late_since", "last_told_at", "flags", "terms", "priority", "next_action", "next_why"}
"""What may hang on when a delay was first foreseen, which only the past knows."""

FULFILLMENTS = ["unfulfilled", "in_progress", "partially_fulfilled", "fulfilled"]
TASKS = ["milestone_call", "callback", "reminder"]
NUMBERS = st.integers(0, 5)
STEP = st.one_of(
    st.tuples(
        st.just("order"),
        NUMBERS,
        st.fixed_dictionaries(
            {
                "state": st.sampled_from(["open", "open", "open", "draft", "closed", "cancelled"]),
                "payment_status": st.sampled_from(["paid", "pending", "refunded"]),
                "fulfillment_status": st.sampled_from(
                    ["unfulfilled", "in_progress", "partially_fulfilled", "fulfilled"]
                ),
                "total": st.sampled_from([7900, 90_000]),
                "lines": st.lists(
                    st.tuples(st.sampled_from(["A", "B"]), st.integers(1, 3), st.integers(0, 1)), min_size=1, max_size=2
                ),
                "customer": st.sampled_from(["", "jan", "eva"]),
                "promised": st.one_of(st.none(), st.integers(-3, 3)),
            }
        ),
    ),
    st.tuples(st.just("gone"), NUMBERS),
    st.tuples(st.just("stock"), st.sampled_from(["A", "B"]), st.integers(0, 6)),
    st.tuples(st.just("parcel"), NUMBERS, st.sampled_from(["", "in_transit", "delivered", "exception", "pre_transit"])),
    st.tuples(st.just("mail"), NUMBERS, st.sampled_from(["inbound", "outbound"])),
    st.tuples(st.just("decide"), NUMBERS, st.sampled_from(["close", "reopen", "snooze", "own"])),
    st.tuples(
        st.just("task"), NUMBERS, st.sampled_from(["milestone_call", "callback", "reminder"]), st.integers(-2, 30)
    ),
    st.tuples(st.just("wait"), st.integers(1, 40)),
    st.tuples(st.just("derive"), st.integers(1, 3)),
    st.tuples(st.just("settle")),
)


class History:
    """Does the steps to a shop."""

    def __init__(self, shop: PlainShop) -> None:
        self.shop = shop
        self.orders: dict[int, int] = {}
        self.customers = {name: shop.customer(name) for name in ("jan", "eva")}

    def do(self, step: tuple[Any, ...]) -> None:
        kind, *what = step
        if kind in {"gone", "parcel", "mail", "decide", "task"} and what[0] not in self.orders:
            return
        getattr(self, f"_{kind}")(*what)

    def _order(self, number: int, values: dict[str, Any]) -> None:
        shop, given = self.shop, dict(values)
        customer, promised = given.pop("customer"), given.pop("promised")
        self.orders[number] = shop.order(
            str(number),
            placed_at=1_795_000_000_000 + number * DAY,
            customer_id=self.customers.get(customer),
            promised_at=None if promised is None else 1_795_424_400_000 + promised * DAY,
            **given,
        )

    def _gone(self, number: int) -> None:
        self.shop.gone(self.orders.pop(number))

    def _stock(self, sku: str, units: int) -> None:
        self.shop.stock(sku, units)

    def _parcel(self, number: int, status: str) -> None:
        self.shop.parcel(self.orders[number], status=status, estimated_delivery_at=self.shop.now + 2 * DAY)

    def _mail(self, number: int, direction: str) -> None:
        self.shop.thread(self.orders[number], mails=[(direction, self.shop.now)])

    def _decide(self, number: int, what: str) -> None:
        values = {"close": {"closed_at": self.shop.now}, "snooze": {"snoozed_until": self.shop.now + DAY}}
        self.shop.decide("order_decisions", self.orders[number], **values.get(what, {"owner": "ana"}))

    def _task(self, number: int, kind: str, hours: int) -> None:
        due = self.shop.now + hours * HOUR
        self.shop.decide("tasks", self.orders[number], kind=kind, title="do it", state="open", due_at=due)

    def _wait(self, hours: int) -> None:
        self.shop.now += hours * HOUR
        while derive_due(self.shop.store, self.shop.policy, now=self.shop.now):
            pass

    def _derive(self, limit: int) -> None:
        self.shop.derive(limit=limit)

    def _settle(self) -> None:
        settle(self.shop.store, self.shop.policy, self.shop.now)


def told(shop: PlainShop) -> dict[int, dict[str, Any]]:
    return {
        order: {name: value for name, value in row.items() if name not in _REMEMBERED}
        for order, row in shop.rows().items()
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEP, max_size=25))
def test_what_was_derived_step_by_step_is_what_one_look_gives(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[Any, ...]]
) -> None:
    with Workspace(tmp_path_factory.mktemp("desk")) as store:
        shop = PlainShop(store)
        history = History(shop)
        for step in steps:
            history.do(step)
        shop.derive()
        while derive_due(store, shop.policy, now=shop.now):
            pass
        rows = told(shop)
        badges = {key: shop.badge(key) for key in ("open", "calls_due")}
        assert badges["open"] == sum(row["is_open"] for row in rows.values())
        calls = store.cache.execute("SELECT * FROM order_calls ORDER BY 1, 2").fetchall()
        assert (
            badges["calls_due"] == store.cache.execute("SELECT count(*) FROM order_calls WHERE ended = 0").fetchone()[0]
        )
        assert set(rows) == set(history.orders.values())
        demand = store.cache.execute("SELECT * FROM demand ORDER BY 1, 2").fetchall()

        for table in ("queue_row", "demand", "badges", "dirty", "order_calls"):
            store.cache.execute(f"DELETE FROM {table}")
        shop.dirty(*history.orders.values())
        shop.derive()

        assert told(shop) == rows
        assert store.cache.execute("SELECT * FROM demand ORDER BY 1, 2").fetchall() == demand
        assert store.cache.execute("SELECT * FROM order_calls ORDER BY 1, 2").fetchall() == calls
        assert {key: shop.badge(key) for key in badges} == badges


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEP, max_size=20), hours=st.integers(1, 200))
def test_no_row_goes_stale_unnoticed(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[Any, ...]], hours: int
) -> None:
    """Whatever time changes, ``refresh_at`` knew: rows read alike whether time passed at once or was watched."""
    with Workspace(tmp_path_factory.mktemp("desk")) as store:
        shop = PlainShop(store)
        history = History(shop)
        for step in steps:
            history.do(step)
        shop.derive()
        shop.now += hours * HOUR
        while derive_due(store, shop.policy, now=shop.now):
            pass
        watched = {order: row | {"derived_at": 0} for order, row in shop.rows().items()}

        shop.dirty(*watched)
        shop.derive()

        assert {order: row | {"derived_at": 0} for order, row in shop.rows().items()} == watched
