"""What each panel says of an order, as text: no screen is needed to know it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len
from ui_order import sample

from oms_tui.store.shapes import ConflictValue, ConflictView, PurchaseView
from oms_tui.ui.order.conversation import conversation_rows, open_by_default
from oms_tui.ui.order.frame import Frame, amount, span
from oms_tui.ui.order.head import head_rows
from oms_tui.ui.order.money import money_rows
from oms_tui.ui.order.parcels import parcel_rows
from oms_tui.ui.order.provenance import provenance
from oms_tui.ui.order.stage_line import stage_line
from oms_tui.ui.order.stock import stock_rows
from oms_tui.ui.order.timeline import counts, timeline_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from oms_tui.store.shapes import OrderView
    from oms_tui.ui.rows import Part, Row

FRAME = Frame(sample.NOW, sample.ZONE, {}, "ana")
WIDTHS = (30, 36, 54, 80, 114)


def texts(rows: Iterable[Row]) -> list[str]:
    return [row.text.rstrip() for row in rows]


def said(parts: Iterable[Part]) -> str:
    return "".join(part.text for part in parts)


# ---- the head


def test_the_head_names_who_how_urgent_how_late_why_and_what_to_do() -> None:
    lines = texts(head_rows(sample.order(), FRAME, 114))
    assert lines[0].startswith("Jan Kowal   KEY   account Lea Brandt  7 orders · 2,310 EUR")
    assert lines[0].endswith("priority 87 late tier call")
    assert lines[1] == "placed ━━ paid ━━ picked ━━ packed ━━ shipped ━━  CUSTOMS  ── delivered"
    assert lines[2].startswith("late 4 days: customs documentation, says dhl   promised Fri 20 shop   now Thu 26 dhl")
    assert lines[2].endswith("the customer does not know")
    assert lines[3].startswith("next answer: the customer waits for an answer (due 10:42, in 38m)")
    assert "then courtesy call: delayed (due 12:00, in 1h)" in lines[3]
    assert "Lindenweg 4, 90-001 Łódź, PL" in lines[4]
    assert "maybe also B-118" in lines[4]


def test_a_call_that_is_to_be_made_next_is_said_once() -> None:
    order = sample.order()
    call = replace(order.tasks[0], title="call about delayed")
    due = call.due_at
    order = replace(
        order,
        item=order.item._replace(next_action="log_call"),
        next_why="call about: delayed",
        next_due_at=due,
        tasks=(call, replace(call, id="t2", title="call about shipped", due_at=due + 3_600_000)),
    )
    lines = "\n".join(texts(head_rows(order, FRAME, 114)))
    assert "next call: call about: delayed (due 12:00" in lines
    assert "then call about shipped (due 13:00" in lines
    assert lines.count("delayed") == 1, lines


def test_a_late_order_that_nobody_can_explain_says_so() -> None:
    order = sample.order()
    order = replace(order, delay=replace(order.delay, reason="", reason_text="", reason_source=""))
    assert "late 4 days: nobody knows why" in texts(head_rows(order, FRAME, 114))[2]


def test_a_colleague_who_is_at_work_on_it_is_named_first() -> None:
    assert texts(head_rows(sample.order(claim="ben"), FRAME, 114))[0].startswith(" ben is on it   Jan Kowal")
    assert "is on it" not in texts(head_rows(sample.order(claim="ana"), FRAME, 114))[0]


def test_systems_that_disagree_are_shown_side_by_side_with_source_and_age() -> None:
    values = (
        ConflictValue("shop", "Lindenweg 4", sample.NOW - 60_000),
        ConflictValue("books", "Lindenweg 14", sample.NOW - 7_200_000),
    )
    rows = head_rows(sample.order(conflicts=(ConflictView("ship_street", "open", values),)), FRAME, 114)
    assert texts(rows)[-1] == "ship street differs: Lindenweg 4 (shop 1m)  or  Lindenweg 14 (books 2h)"
    assert rows[-1].key == ("conflict", "ship_street")


@pytest.mark.parametrize(
    ("stage", "changes", "line"),
    [
        (
            "awaiting_payment",
            {},
            "placed ━━  AWAITING PAYMENT  ── picked ── packed ── shipped ── in transit ── delivered",
        ),
        ("awaiting_stock", {}, "placed ━━ paid ━━  SHORT 1  ── picked ── packed ── shipped ── in transit ── delivered"),
        ("picking", {}, "placed ━━ paid ━━  PICKING  ── packed ── shipped ── in transit ── delivered"),
        (
            "packing",
            {"progress": "1/2"},
            "placed ━━ paid ━━ picked ━━  PACKING 1/2  ── shipped ── in transit ── delivered",
        ),
        ("delivered", {}, "placed ━━ paid ━━ picked ━━ packed ━━ shipped ━━ in transit ━━  DELIVERED"),
        ("done", {}, "placed ━━ paid ━━ picked ━━ packed ━━ shipped ━━ in transit ━━ delivered ━━  DONE"),
        (
            "ready_to_release",
            {"fulfillment_status": "on_hold"},
            "placed ━━ paid ━━  ON HOLD  ── picked ── packed ── shipped ── in transit ── delivered",
        ),
    ],
)
def test_the_way_of_an_order_is_one_line_with_its_place_on_it(stage: str, changes: dict[str, str], line: str) -> None:
    item = sample.queue_item(stage=stage, **changes)
    assert said(stage_line(sample.order(item=item, shipments=()), 120)).rstrip() == line


@pytest.mark.parametrize("width", range(12, 90, 3))
def test_where_there_is_little_room_steps_are_counted_and_the_place_is_kept(width: int) -> None:
    line = said(stage_line(sample.order(), width))
    assert cell_len(line) <= width
    assert "CUSTOMS" in line or width < 16


def test_several_parcels_show_the_worst_of_them() -> None:
    fine = replace(sample.PARCEL, source_id="s2", status="in_transit", reason="")
    back = replace(sample.PARCEL, source_id="s3", status="returning", reason="")
    assert "COMING BACK" in said(stage_line(sample.order(shipments=(fine, sample.PARCEL, back)), 120))


# ---- lines and stock


def test_each_line_says_what_is_free_what_is_short_and_when_the_rest_comes() -> None:
    lines = texts(stock_rows(sample.order(), FRAME, 80))
    assert lines[1].split() == ["2", "Lamp,", "blue", "39.50", "14", "of", "20", "+20", "Fri", "27"]
    assert lines[2].split() == ["LAMP-BLUE", "Hall", "14", "14/20", "·", "Depot", "B", "0"]
    assert "short 1 of 1  +6 Tue 1" in lines[3]


def test_in_a_narrow_column_the_stock_stands_below_its_line() -> None:
    lines = texts(stock_rows(sample.order(), FRAME, 36))
    assert lines[0] == "2  Lamp, blue                  39.50"
    assert lines[1] == "   14 of 20  +20 Fri 27  LAMP-BLUE"
    assert lines[4].startswith("   short 1 of 1  +6 Tue 1")


def test_incoming_goods_without_a_date_say_so() -> None:
    line = replace(sample.LINES[0], stock=(sample.stock("LAMP-BLUE", "Hall 14", 0, 0, 5),))
    assert "+5, no date" in texts(stock_rows(sample.order(lines=(line,)), FRAME, 80))[1]


# ---- money


def test_money_is_summed_first_then_each_paper_and_movement() -> None:
    lines = texts(money_rows(sample.order(), FRAME, 54))
    assert lines[0] == "paid 89.00   refunded 10.00   left 79.00 EUR"
    assert lines[1].split() == ["INV-2201", "89.00", "paid", "of", "Mon", "16", "Nov"]
    assert lines[2].split() == ["refund", "-10.00", "settled", "goodwill", "17", "Nov"]
    assert lines[4] == "stripe has not answered for 1h: figures may be old"


def test_the_quote_and_the_lead_an_order_was_made_of_stand_before_its_papers() -> None:
    made_of = (("quote", "Q-17"), ("lead", "L-4"))
    lines = texts(money_rows(sample.order(came_from=made_of), FRAME, 54))
    assert lines[1] == "quote Q-17  lead L-4"
    assert lines[2].startswith("INV-2201")
    assert "takes back 1001" in texts(money_rows(sample.order(came_from=(("order", "1001"),)), FRAME, 54))


def test_overdue_part_paid_and_disputed_money_stand_out() -> None:
    overdue = sample.invoice("INV-7", "partially_paid", 8900, 5000, overdue=True, due_at=sample.at("2026-11-20 12:00"))
    dispute = sample.money("dispute", 8900, state="needs_response", reason="product_not_received")
    rows = money_rows(
        sample.order(invoices=(overdue,), disputes=(dispute,), payments=(sample.money("payment", 5000),)), FRAME, 80
    )
    lines = texts(rows)
    assert lines[0] == "paid 50.00   open 39.00   refunded 10.00   left 79.00 EUR"
    assert lines[1] == "chargeback 89.00  needs response: product not received"
    assert "overdue 39.00 open  due Fri 20" in lines[2]


def test_another_currency_is_named_beside_its_figure() -> None:
    rows = money_rows(sample.order(refunds=(sample.money("refund", 700, currency="USD"),)), FRAME, 80)
    assert any("-7.00 USD" in line for line in texts(rows))


# ---- parcels


def test_a_parcel_shows_carrier_number_trouble_scans_and_link() -> None:
    lines = texts(parcel_rows(sample.order(), FRAME, 80))
    assert lines[0] == "DHL 00340434161094015902  exception: customs documentation  expected Thu 26"
    assert lines[1].split() == ["Fri", "03:12", "Leipzig", "DE", "held,", "documents", "missing"]
    assert lines[-1].strip() == sample.PARCEL.tracking_url


def test_a_scan_far_away_shows_the_clock_of_its_place() -> None:
    parcel = replace(
        sample.PARCEL, events=(sample.scan("2026-11-20 03:12", "in_transit", "left hub", "Louisville US", offset=-300),)
    )
    assert "Thu 21:12-05" in texts(parcel_rows(sample.order(shipments=(parcel,)), FRAME, 80))[1]


def test_many_scans_of_many_parcels_are_counted_not_dropped() -> None:
    many = tuple(
        replace(sample.PARCEL.events[1], occurred_at=sample.at("2026-11-10 08:00") + at * 60_000) for at in range(9)
    )
    two = (replace(sample.PARCEL, events=many), replace(sample.PARCEL, source_id="s2", events=()))
    assert "  … 4 earlier scans" in texts(parcel_rows(sample.order(shipments=two), FRAME, 80))


def test_a_vendor_who_refused_stands_out_with_the_reason() -> None:
    purchase = PurchaseView(
        "tryton", "p1", "PO-77", "Acme", "rejected", True, (("LAMP-BLUE", 2),), None, None, "sold out", sample.NOW
    )
    line = texts(parcel_rows(sample.order(purchase_orders=(purchase,)), FRAME, 110))[-1]
    assert line == "vendor Acme PO-77  rejected  2 LAMP-BLUE  ships to the customer  sold out"


# ---- timeline


def test_the_timeline_is_by_the_time_things_happened_with_counts_for_each_filter() -> None:
    lines = texts(timeline_rows(sample.order(), FRAME, 60))
    assert lines[0].split() == ["09:40", "│", "note", "Ana:", "sent", "customs", "paper", "to", "DHL"]
    assert lines[1].split()[:3] == ["07:58", "●", "mail"]
    assert lines[4].split()[:4] == ["Fri", "03:12", "!", "dhl"]
    assert counts(sample.order()) == {"internal": 3, "mail": 2, "calls": 1, "tracking": 3, "money": 3, "shop": 1}


@pytest.mark.parametrize("group", ["mail", "tracking", "calls", "internal", "money", "shop"])
def test_a_filter_shows_its_group_alone(group: str) -> None:
    rows = timeline_rows(sample.order(), FRAME, 60, group)
    assert {row.key for row in rows} == {item.id for item in sample.TIMELINE if item.group == group}


def test_news_of_something_older_than_what_was_known_has_a_sign() -> None:
    newest, before = sample.TIMELINE[0], sample.TIMELINE[1]
    late = replace(before, recorded_at=newest.recorded_at + 7_200_000)
    lines = texts(timeline_rows(sample.order(timeline=(newest, late)), FRAME, 60))
    assert ["↶" in line for line in lines] == [False, True]


def test_a_history_that_was_read_at_once_is_not_news() -> None:
    history = tuple(replace(item, recorded_at=sample.NOW) for item in sample.TIMELINE)
    assert not any("↶" in line for line in texts(timeline_rows(sample.order(timeline=history), FRAME, 60)))


# ---- conversation


def test_what_waits_for_an_answer_is_open_with_its_quotes_folded_and_the_rest_is_one_line_each() -> None:
    lines = texts(conversation_rows(sample.order(), FRAME, 80))
    assert lines[0].startswith("● Jan Kowal <j.k.private@example.net>")
    assert lines[0].endswith("unanswered 07:58")
    assert lines[1] == "  new address, not yet known as theirs   subject Hello??"
    assert "  ▸ 12 quoted lines" in lines
    assert not any("thank you for your order" in line for line in lines)
    assert any(line.startswith("  ▪ doorbell.jpg  1.3 MB") for line in lines)
    assert "  linked by ana: same street, product words" in lines
    assert lines[-2].startswith("▸ Bright Shop → jan.kowal@firma.example")


def test_an_unfolded_quote_shows_every_line_of_it() -> None:
    rows = conversation_rows(sample.order(), FRAME, 114, unfolded={(2, 3)})
    quoted = [line.removeprefix("  │ ") for line in texts(rows) if line.startswith("  │ ")]
    assert quoted == sample.COMPLAINT.split("\n")[3:]
    assert "  ▾ 12 quoted lines" in texts(rows)


def test_all_messages_since_our_last_are_open() -> None:
    view = sample.long_thread(10)
    assert open_by_default(view.conversations[0]) == frozenset({6, 7, 8, 9})


def test_answers_that_go_elsewhere_than_to_who_wrote_are_said() -> None:
    letter = sample.message(2, reply_to=("boss@firma.example",), warnings=("a link says another host than it shows",))
    rows = texts(
        conversation_rows(sample.order(conversations=(replace(sample.THREAD, messages=(letter,)),)), FRAME, 80)
    )
    assert any("answers go to boss@firma.example" in line for line in rows)
    assert any("! a link says another host than it shows" in line for line in rows)


def test_a_text_that_is_not_here_yet_can_be_asked_for() -> None:
    letter = sample.message(2, has_body=False, text="", quoted=())
    rows = conversation_rows(sample.order(conversations=(replace(sample.THREAD, messages=(letter,)),)), FRAME, 80)
    assert any(row.key == ("body", 2) for row in rows)


def test_two_threads_are_told_apart_and_the_waiting_one_comes_first() -> None:
    calm = replace(
        sample.THREAD, id=2, unanswered=None, subject="Invoice please", messages=(replace(sample.CONFIRMATION, id=7),)
    )
    rows = texts(conversation_rows(sample.order(conversations=(calm, sample.THREAD)), FRAME, 80))
    assert rows[0].startswith("── Hello??  open  2 mails")
    assert any(row.startswith("── Invoice please") for row in rows)


# ---- ages


def test_every_source_shows_its_age_and_a_stale_one_says_so() -> None:
    records = [("tryton", sample.NOW - 40_000), ("stripe", sample.NOW - 3_700_000), ("new", None)]
    order = sample.order(source_ages={})
    assert said(provenance(order, FRAME, records)) == "tryton 40s · stripe 1h stale · new never read"


def test_a_record_that_did_not_change_is_as_fresh_as_the_last_run_that_found_nothing_new() -> None:
    order = sample.order(source_ages={"tryton": sample.NOW - 5_000})
    assert said(provenance(order, FRAME, [("tryton", sample.NOW - 9_000_000)])) == "tryton 5s"


@pytest.mark.parametrize(
    ("milliseconds", "words"),
    [
        (0, "0s"),
        (59_999, "59s"),
        (60_000, "1m"),
        (3_599_999, "59m"),
        (3_600_000, "1h"),
        (172_800_000, "2d"),
        (30 * 86_400_000, "4w"),
    ],
)
def test_a_length_of_time_is_said_in_its_largest_unit(milliseconds: int, words: str) -> None:
    assert span(milliseconds) == words


def test_amounts_have_the_digits_of_their_currency() -> None:
    assert amount(231_000, "EUR", "EUR") == "2,310.00"
    assert amount(-500, "JPY", "EUR") == "-500 JPY"
    assert amount(1_500, "KWD", "EUR") == "1.500 KWD"


# ---- every panel, every order, every width


ROWS = (head_rows, stock_rows, money_rows, parcel_rows, timeline_rows, conversation_rows)


@pytest.mark.parametrize("rows", ROWS, ids=lambda each: each.__name__)
@pytest.mark.parametrize(
    "order",
    [sample.order, sample.calm, sample.empty, sample.hostile, sample.long_thread],
    ids=lambda each: each.__name__,
)
@pytest.mark.parametrize("width", WIDTHS)
def test_no_row_is_wider_than_its_panel_and_none_can_command_a_terminal(
    rows: Callable[[OrderView, Frame, int], list[Row]], order: Callable[[], OrderView], width: int
) -> None:
    from oms_tui.ui.rows import cut

    for row in rows(order(), FRAME, width):
        shown = cut(row.parts, width)
        assert cell_len("".join(part.text for part in shown)) <= width
        assert all(part.text.isprintable() for part in shown)
        if "".join(part.text for part in shown) != row.text:
            assert shown[-1].text.endswith("…") or not row.text.isprintable()
