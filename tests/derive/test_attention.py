"""What a row of the queue says of an order: from what sources know, what people decided, and the time."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from plain_shop import BERLIN, DAY, HOUR

from oms_tui.store.derive.run import derive_due

if TYPE_CHECKING:
    from plain_shop import PlainShop


def at(text: str) -> int:
    """A moment on the desk's clock."""
    return int(datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp() * 1000)


def test_a_paid_order_whose_goods_are_there_is_ready_to_release(plain: PlainShop) -> None:
    plain.stock("LAMP", 5)
    order = plain.order("10482", customer_id=plain.customer("Jan Kowal"), ship_country="PL")

    plain.derive()

    row = plain.row(order)
    assert (row["number"], row["name"], row["country"]) == ("10482", "Jan Kowal", "PL")
    assert (row["stage"], row["is_open"], row["next_action"]) == ("ready_to_release", 1, "release")
    assert plain.flags(order) == ["ready to release"]


def test_an_unpaid_order_waits_for_the_money_and_says_for_how_long(plain: PlainShop) -> None:
    order = plain.order(payment_status="pending", placed_at=plain.now - 3 * DAY)

    plain.derive()

    row = plain.row(order)
    assert (row["stage"], row["next_action"]) == ("awaiting_payment", "record_receipt")
    assert plain.flags(order) == ["unpaid 3d"]


@pytest.mark.parametrize(
    ("state", "payment", "stage", "is_open"),
    [
        ("closed", "paid", "done", 0),
        ("cancelled", "refunded", "done", 0),
        ("cancelled", "voided", "done", 0),
        ("cancelled", "paid", "after_sales", 1),  # the money is still here
    ],
)
def test_an_ended_order_is_out_of_the_queue_unless_it_holds_money(
    plain: PlainShop, state: str, payment: str, stage: str, is_open: int
) -> None:
    order = plain.order(state=state, payment_status=payment, fulfillment_status="fulfilled")

    plain.derive()

    row = plain.row(order)
    assert (row["stage"], row["is_open"]) == (stage, is_open)
    assert (row["priority"] > 0) == bool(is_open)


def test_a_closed_order_comes_back_into_the_queue_while_something_of_it_is_open(plain: PlainShop) -> None:
    waits = plain.order("1", state="closed", fulfillment_status="fulfilled")
    returns = plain.order("2", state="closed", fulfillment_status="fulfilled", return_status="requested")
    tasked = plain.order("3", state="closed", fulfillment_status="fulfilled")
    unsent = plain.order("4", state="closed", fulfillment_status="fulfilled")
    disputed = plain.order("5", state="closed", fulfillment_status="fulfilled")
    plain.thread(waits, mails=[("inbound", plain.now - HOUR)])
    plain.decide("tasks", tasked, kind="reminder", title="ask the vendor", state="open", due_at=plain.now + DAY)
    plain.decide("outbox", unsent, kind="mail", state="in_doubt")
    plain.record("disputes", disputed, state="needs_response")

    plain.derive()

    assert [plain.row(order)["is_open"] for order in (waits, returns, tasked, unsent, disputed)] == [1] * 5
    assert plain.badge("open") == 5


def test_an_order_is_late_when_its_promised_day_is_over_and_no_earlier(plain: PlainShop) -> None:
    plain.stock("LAMP", 5)
    order = plain.order(promised_at=at("2026-11-23T12:00"))

    plain.now = at("2026-11-23T23:59")
    plain.derive()
    assert plain.row(order)["days_late"] == 0
    assert "due today" in plain.flags(order)
    assert plain.row(order)["refresh_at"] <= at("2026-11-24T00:00")

    plain.now = at("2026-11-24T00:00")
    assert derive_due(plain.store, plain.policy, now=plain.now) == 1

    row = plain.row(order)
    assert (row["days_late"], row["will_be_late"], row["late_since"]) == (1, 0, at("2026-11-24T00:00"))
    assert "late 1d" in plain.flags(order)


def test_what_was_delivered_is_late_no_more(plain: PlainShop) -> None:
    order = plain.order(promised_at=plain.now - 5 * DAY, fulfillment_status="fulfilled")
    plain.parcel(order, status="delivered", delivered_at=plain.now - 3 * DAY, state="delivered")

    plain.derive()

    row = plain.row(order)
    assert (row["stage"], row["days_late"], row["late_since"]) == ("delivered", 0, None)
    assert row["next_action"] == "close"


def test_when_lateness_was_foreseen_is_kept_however_often_it_is_derived(plain: PlainShop) -> None:
    order = plain.order(promised_at=plain.now + DAY, fulfillment_status="fulfilled")
    parcel = plain.parcel(order, status="in_transit", estimated_delivery_at=plain.now + 3 * DAY)
    plain.derive()
    foreseen = plain.row(order)["late_since"]
    assert plain.row(order)["will_be_late"] == 1
    assert foreseen is not None
    assert "not told" in plain.flags(order)

    plain.now += 5 * HOUR
    plain.dirty(order)
    plain.derive()
    assert plain.row(order)["late_since"] == foreseen

    plain.thread(order, mails=[("outbound", plain.now)])
    plain.derive()
    assert "not told" not in plain.flags(order)
    assert plain.row(order)["last_told_at"] == plain.now

    plain.change("trackers", parcel, estimated_delivery_at=plain.now)  # good again
    plain.dirty(order)
    plain.derive()
    assert (plain.row(order)["will_be_late"], plain.row(order)["late_since"]) == (0, None)


def test_a_call_that_reached_the_customer_is_news_too(plain: PlainShop) -> None:
    order = plain.order(promised_at=plain.now - 3 * DAY)
    plain.derive()
    assert "not told" in plain.flags(order)

    plain.decide("call_logs", order, agent="ana", outcome="no_answer", called_at=plain.now)
    plain.dirty(order)
    plain.derive()
    assert "not told" in plain.flags(order)

    plain.decide("call_logs", order, agent="ana", outcome="reached", called_at=plain.now)
    plain.dirty(order)
    plain.derive()
    assert "not told" not in plain.flags(order)


def test_the_reason_of_a_delay_is_the_carriers_until_a_person_says_another(plain: PlainShop) -> None:
    order = plain.order(promised_at=plain.now - 3 * DAY, fulfillment_status="fulfilled")
    plain.parcel(order, status="exception", reason="customs_documentation")
    plain.derive()
    row = plain.row(order)
    assert (row["reason"], row["tracking"], row["carrier"]) == ("customs_documentation", "exception", "dhl")
    assert "exception: customs documentation" in plain.flags(order)

    plain.decide("order_decisions", order, delay_reason="customer_request")
    plain.dirty(order)
    plain.derive()
    assert plain.row(order)["reason"] == "customer_request"


def test_the_parcel_in_trouble_stands_for_the_order(plain: PlainShop) -> None:
    order = plain.order(lines=[("LAMP", 3)], fulfillment_status="fulfilled")
    plain.parcel(order, status="delivered", state="delivered", lines=[("LAMP", 1)])
    plain.parcel(order, status="in_transit", lines=[("LAMP", 1)])
    plain.parcel(order, status="returning", lines=[("LAMP", 1)])
    plain.parcel(order, status="exception", state="cancelled")

    plain.derive()

    assert plain.row(order)["tracking"] == "returning"


def test_an_order_in_several_parcels_is_as_far_as_its_slowest(plain: PlainShop) -> None:
    order = plain.order(lines=[("LAMP", 3)], fulfillment_status="fulfilled")
    plain.parcel(order, status="delivered", state="delivered", lines=[("LAMP", 1)])
    plain.parcel(order, status="delivered", state="delivered", lines=[("LAMP", 1)])
    plain.parcel(order, status="in_transit", lines=[("LAMP", 1)])

    plain.derive()

    assert (plain.row(order)["stage"], plain.row(order)["progress"]) == ("in_transit", "2/3")


def test_who_waits_longest_counts_and_the_answer_is_due_in_business_time(plain: PlainShop) -> None:
    friday = at("2026-11-20T16:30")
    order = plain.order(placed_at=at("2026-11-18T10:00"), customer_id=plain.customer("Jan", tags=["vip"]))
    plain.thread(order, mails=[("inbound", friday)])
    plain.thread(order, mails=[("inbound", friday + HOUR)])
    plain.thread(order, mails=[("inbound", friday - 3 * DAY), ("outbound", friday - 2 * DAY)])

    plain.now = at("2026-11-20T16:45")
    plain.derive()

    row = plain.row(order)
    assert (row["tier"], row["waiting_since"]) == ("key", friday)
    assert row["due_at"] == at("2026-11-23T09:30")  # an hour, half of it on Monday
    assert row["next_action"] == "draft"
    assert row["next_due_at"] == row["due_at"]


def test_the_first_answer_and_the_next_have_their_own_time(plain: PlainShop) -> None:
    customer = plain.customer("Jan", tags=["vip"])
    first = plain.order("1", customer_id=customer)
    later = plain.order("2", customer_id=customer)
    asked = at("2026-11-23T09:00")
    plain.thread(first, mails=[("inbound", asked)])
    plain.thread(later, mails=[("inbound", asked - 5 * DAY), ("outbound", asked - 4 * DAY), ("inbound", asked)])

    plain.derive()

    assert plain.row(first)["due_at"] == asked + HOUR
    assert plain.row(later)["due_at"] == asked + 2 * HOUR


def test_a_mail_of_ours_before_they_ever_wrote_is_no_answer(plain: PlainShop) -> None:
    order = plain.order(customer_id=plain.customer("Jan", tags=["vip"]))
    asked = at("2026-11-23T09:00")
    plain.thread(order, mails=[("outbound", asked - 3 * DAY), ("inbound", asked)])

    plain.derive()

    assert plain.row(order)["due_at"] == asked + HOUR  # still their first


def test_our_mail_that_came_back_is_told_until_a_person_writes_again(plain: PlainShop) -> None:
    order = plain.order()
    start = plain.now - DAY
    plain.thread(order, mails=[("outbound", start), ("inbound", start + 1000, "bounce")])
    plain.derive()
    assert "mail came back" in plain.flags(order)

    other = plain.order("2")
    plain.thread(
        other,
        mails=[("outbound", start), ("inbound", start + 1000, "bounce"), ("inbound", start + HOUR)],
    )
    plain.derive()
    assert "mail came back" not in plain.flags(other)


def test_a_snoozed_order_is_quiet_until_its_time_or_until_the_customer_writes(plain: PlainShop) -> None:
    order = plain.order(promised_at=plain.now - 3 * DAY)
    plain.decide("order_decisions", order, snoozed_until=plain.now + DAY)
    plain.derive()
    row = plain.row(order)
    assert (row["priority"], row["next_why"], row["snoozed_until"]) == (0, "put aside", plain.now + DAY)

    plain.now += DAY
    derive_due(plain.store, plain.policy, now=plain.now)
    assert plain.row(order)["priority"] > 0

    plain.decide("order_decisions", order, snoozed_until=plain.now + DAY)
    plain.thread(order, mails=[("inbound", plain.now)])
    plain.derive()
    assert plain.row(order)["priority"] > 0


def test_calls_are_due_then_missed_and_counted_once(plain: PlainShop) -> None:
    order = plain.order()
    due = plain.now + 2 * HOUR
    plain.decide("tasks", order, kind="milestone_call", milestone="shipped", state="open", due_at=due)
    plain.decide("tasks", order, kind="reminder", title="look again", state="open", due_at=due + DAY)
    plain.derive()
    row = plain.row(order)
    assert (row["call"], row["next_action"], row["due_at"]) == ("due", "log_call", due)
    assert plain.badge("calls_due") == 1

    plain.now = due
    assert derive_due(plain.store, plain.policy, now=plain.now) == 1
    assert plain.row(order)["call"] == "missed"
    assert plain.badge("calls_due") == 1


def test_a_callback_the_customer_was_promised_asks_for_a_call_and_is_none_of_the_milestones(plain: PlainShop) -> None:
    order = plain.order()
    plain.decide("tasks", order, kind="callback", title="call back", state="open", due_at=plain.now + HOUR)

    plain.derive()

    assert (plain.row(order)["next_action"], plain.badge("calls_due")) == ("log_call", 0)


@pytest.mark.parametrize(
    ("done_at", "outcome", "said"),
    [(-HOUR, "reached", "kept"), (HOUR, "reached", "late"), (-HOUR, "order closed", "missed")],
)
def test_a_call_that_was_made_was_kept_or_late(plain: PlainShop, done_at: int, outcome: str, said: str) -> None:
    order = plain.order()
    due = plain.now - DAY
    state = "done" if outcome == "reached" else "dropped"
    plain.decide(
        "tasks",
        order,
        kind="milestone_call",
        milestone="placed",
        state=state,
        outcome=outcome,
        due_at=due,
        done_at=due + done_at,
    )

    plain.derive()

    assert (plain.row(order)["call"], plain.badge("calls_due")) == (said, 0)


def test_the_reply_that_needs_a_decision_comes_first(plain: PlainShop) -> None:
    order = plain.order()
    plain.thread(order, mails=[("inbound", plain.now - DAY)])
    for state in ("failed", "in_doubt", "sent", "blocked"):
        plain.decide("outbox", order, kind="mail", state=state)

    plain.derive()

    assert plain.flags(order)[0] == "reply in doubt"
    assert plain.row(order)["next_action"] == "resolve_outbox"


def test_an_invoice_is_overdue_from_the_moment_it_is_due(plain: PlainShop) -> None:
    order = plain.order(payment_status="paid")
    due = plain.now + 3 * HOUR
    plain.record("invoices", order, kind="invoice", number="INV-1", status="open", due_at=due, total=7900)
    plain.record("invoices", order, kind="credit_note", number="CN-1", status="open", due_at=plain.now - DAY)
    plain.derive()
    assert plain.row(order)["invoice"] == "open"

    plain.now = due
    derive_due(plain.store, plain.policy, now=plain.now)

    assert plain.row(order)["invoice"] == "overdue"


def test_what_was_delivered_long_ago_stays_in_the_queue_while_its_invoice_is_overdue(plain: PlainShop) -> None:
    orders = [plain.order(payment_status="pending") for _ in range(2)]
    for order, due in zip(orders, (plain.now - DAY, plain.now + DAY), strict=True):
        plain.parcel(order, status="delivered", delivered_at=plain.now - 30 * DAY, state="delivered")
        plain.record("invoices", order, kind="invoice", number=f"INV-{order}", status="open", due_at=due, total=7900)

    plain.derive()
    assert [plain.row(order)["is_open"] for order in orders] == [1, 0]

    plain.now += DAY
    derive_due(plain.store, plain.policy, now=plain.now)
    assert [plain.row(order)["is_open"] for order in orders] == [1, 1]


def test_what_people_decided_stands_beside_what_the_source_says(plain: PlainShop) -> None:
    order = plain.order(tags=["gift", "web"])
    plain.decide(
        "order_decisions", order, owner="ana", tags='["urgent", "gift"]', account_manager="tom", closed_at=plain.now
    )

    plain.derive()

    row = plain.row(order)
    assert (row["owner"], row["account_manager"], row["state"], row["is_open"]) == ("ana", "tom", "closed", 0)
    assert row["tags"] == ["gift", "web", "urgent"]


def test_an_order_that_its_source_deleted_leaves_no_trace(plain: PlainShop) -> None:
    plain.stock("LAMP", 1)
    order, other = plain.order("1", placed_at=plain.now - 5 * DAY), plain.order("2")
    plain.derive()
    assert plain.row(other)["short"] == 1
    plain.store.cache.execute("DELETE FROM change_log")

    plain.gone(order)
    plain.derive()

    assert order not in plain.rows()
    assert plain.badge("open") == 1
    assert plain.row(other)["short"] == 0
    told = {ref for (ref,) in plain.store.cache.execute("SELECT ref FROM change_log WHERE kind='order'")}
    assert told == {order, other}


def test_nothing_is_told_of_an_order_that_reads_as_before(plain: PlainShop) -> None:
    order = plain.order()
    plain.derive()
    plain.store.cache.execute("DELETE FROM change_log")

    plain.dirty(order)
    plain.now += 1000
    plain.derive()

    assert plain.store.cache.execute("SELECT count(*) FROM change_log").fetchone() == (0,)


def test_what_hangs_off_no_order_disturbs_nothing(plain: PlainShop) -> None:
    plain.dirty(4711)

    assert plain.derive() == 1
    assert plain.rows() == {}


def test_a_parcel_in_trouble_is_news_for_its_customer_before_the_promised_day_is_over(plain: PlainShop) -> None:
    promised = plain.now + 5 * DAY
    order = plain.order(promised_at=promised, fulfillment_status="fulfilled")
    plain.parcel(order, status="exception", reason="weather_delay", state="shipped", last_event_at=plain.now - HOUR)
    plain.derive()
    row = plain.row(order)
    assert (row["will_be_late"], row["days_late"], row["late_since"]) == (1, 0, plain.now - HOUR)
    assert "not told" in plain.flags(order)
    assert "will be late" not in plain.flags(order)
    assert "tell the customer" in row["next_why"]

    plain.thread(order, mails=[("outbound", plain.now - HOUR // 2)])
    plain.derive()
    assert "not told" not in plain.flags(order)
    assert plain.row(order)["last_told_at"] >= plain.row(order)["late_since"]
