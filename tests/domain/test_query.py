"""One language to ask the desk: what is written, what it means, and what is said when it cannot be read."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from oms_tui.domain.query import MOST_TERMS, parse, terms
from oms_tui.domain.query_completion import complete
from oms_tui.domain.query_time import interval
from oms_tui.domain.query_tree import (
    EVERYTHING,
    And,
    DayFromNow,
    Distance,
    FromNow,
    Minute,
    Not,
    Or,
    Period,
    Range,
    Term,
    Tree,
    Wild,
    write,
)
from oms_tui.domain.query_words import Kind, QueryError, WordType

STATES = ("draft", "open", "closed", "cancelled")
CATALOGUE = {
    "state": WordType(Kind.CHOICE, STATES, "where the order itself is"),
    "ship": WordType(Kind.CHOICE, ("late", "due")),
    "is": WordType(Kind.FLAG, ("unlinked", "unattended", "snoozed", "stale")),
    "has": WordType(Kind.FLAG, ("delay_reason", "conflict")),
    "sku": WordType(Kind.TEXT),
    "tag": WordType(Kind.SET, ("vip", "wants invoice")),
    "tier": WordType(Kind.CHOICE, ("key", "priority", "standard", "one_off")),
    "total": WordType(Kind.MONEY),
    "customer.spend": WordType(Kind.MONEY),
    "conflicts": WordType(Kind.NUMBER),
    "mail.waiting": WordType(Kind.AGE, help="how long the customer has waited for an answer"),
    "placed": WordType(Kind.DATE),
    "promised": WordType(Kind.DATE, ahead=True),
    "stock": WordType(Kind.CHOICE, ("short", "ok")),
    "invoice": WordType(Kind.CHOICE, ("open", "overdue", "paid")),
}
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def read(text: str) -> Tree:
    return parse(text, CATALOGUE)


def one(text: str) -> Term:
    tree = read(text)
    assert isinstance(tree, Term)
    return tree


# ---- what is written


def test_one_query_over_everything() -> None:
    tree = read("tier:key state:open ship:late -has:delay_reason mail.waiting:>4h invoice:overdue stock:short")
    assert tree == And(
        (
            Term("tier", "=", "key"),
            Term("state", "=", "open"),
            Term("ship", "=", "late"),
            Not(Term("has", "=", "delay_reason")),
            Term("mail.waiting", ">", timedelta(hours=4)),
            Term("invoice", "=", "overdue"),
            Term("stock", "=", "short"),
        ),
    )


def test_nothing_written_asks_for_everything() -> None:
    assert read("   ") == EVERYTHING
    assert write(EVERYTHING) == ""


def test_not_binds_closer_than_and_and_and_closer_than_or() -> None:
    assert read("-a b OR c AND d") == read("((NOT a) AND b) OR (c d)")


def test_or_in_small_letters_is_a_word_to_search_for() -> None:
    assert read("lamp or shade") == And(
        (Term("text", "=", "lamp"), Term("text", "=", "or"), Term("text", "=", "shade"))
    )


def test_bare_words_phrases_and_numbers_search_the_text() -> None:
    assert one("#1042") == Term("text", "=", "#1042")
    assert one('"blue lamp"') == Term("text", "=", "blue lamp")
    assert one('"OR"') == Term("text", "=", "OR")
    assert one("10:30") == Term("text", "=", "10:30")
    assert one("lamp*") == one("text:lamp*") == Term("text", "=", Wild(("lamp", "")))


def test_a_star_in_quotes_is_a_star_and_a_lone_star_is_anything() -> None:
    assert one('sku:"A*"') == Term("sku", "=", "A*")
    assert one("sku:A*B") == Term("sku", "=", Wild(("A", "B")))
    star = one("ship:*").value
    assert isinstance(star, Wild)
    assert star.anything


def test_words_and_listed_values_do_not_mind_capitals() -> None:
    assert one("State:OPEN") == Term("state", "=", "open")


def test_money_is_written_in_major_units() -> None:
    assert one("total:>=79.00") == Term("total", ">=", Decimal(79))
    assert one("customer.spend:>5000") == Term("customer.spend", ">", Decimal(5000))
    assert one("total:50..100") == Term("total", "..", Range(Decimal(50), Decimal(100)))


def test_an_age_without_comparison_is_at_least_that() -> None:
    assert one("mail.waiting:1d12h") == Term("mail.waiting", ">=", timedelta(hours=36))


def test_days_months_distances_and_open_ranges() -> None:
    assert one("placed:today").value == DayFromNow(0)
    assert one("placed:2026-11").value == Period(2026, 11)
    assert one("placed:<2d") == Term("placed", "<", Distance(timedelta(days=2)))
    assert one("promised:today..+3d").value == Range(DayFromNow(0), FromNow(timedelta(days=3)))
    assert one("placed:2026-01-01..").value == Range(Period(2026, 1, 1), None)
    assert one("placed:>2026-11-24T09:30").value == Minute(datetime(2026, 11, 24, 9, 30))  # noqa: DTZ001 - the desk's clock


def test_a_condition_knows_where_it_stood() -> None:
    assert [term.column for term in terms(read("state:open (ship:late OR -is:stale)"))] == [0, 12, 26]


# ---- what is said when it cannot be read


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("stat:open", 0, "there is no word 'stat'; did you mean state?"),
        ("ship:late statte:open", 10, "there is no word 'statte'; did you mean state?"),
        ("state:opne", 6, "state: has no value 'opne'; did you mean open?"),
        ("ship:soon", 5, "ship: has no value 'soon' (one of late, due)"),
        ("https://x.example", 0, "there is no word 'https' (put it in quotes to search for it as text)"),
        ("state:", 6, "state: needs a value; did you mean draft or open or closed?"),
        ("state:>open", 6, "state: cannot be compared with >"),
        ("sku:>=5", 4, "sku: cannot be compared with >="),
        ("total:79,00", 6, "total: '79,00' is not an amount like 79.00 or 79.00EUR"),
        ("total:1..x", 9, "total: 'x' is not an amount like 79.00 or 79.00EUR"),
        ("total:..", 6, "total: a range needs at least one end"),
        ("mail.waiting:>4 h", 14, "mail.waiting: '4' is not a length of time like 4h or 2d"),
        ("placed:2026-02-30", 7, "placed: '2026-02-30' is not a day like today or 2026-11-24, or a distance like 2d"),
        ("placed:2d", 7, "placed: needs < or > before a distance; did you mean placed:<2d?"),
        ('a "b c', 2, "this quote is not closed"),
        ('a ""', 2, "there is nothing between these quotes"),
        ("a (b OR c", 2, "this parenthesis is not closed"),
        ("a b) c", 3, "this parenthesis closes nothing"),
        ("a ()", 2, "there is nothing in this parenthesis"),
        ("OR a", 0, "OR needs something before it"),
        ("a OR", 2, "OR needs something after it"),
        ("a AND AND b", 6, "AND needs something before it"),
        ("a AND", 2, "AND needs something after it"),
        ("a NOT", 5, "something to rule out is missing here"),
        ("a - OR b", 4, "something to rule out is missing here"),
    ],
)
def test_an_error_points_at_the_column_and_says_what_may_have_been_meant(text: str, column: int, words: str) -> None:
    with pytest.raises(QueryError) as error:
        read(text)
    assert (error.value.column, str(error.value)) == (column, words)


@pytest.mark.parametrize(
    "text", ["(" * 500, "-" * 500 + "a", "(a " * 300 + ")" * 300, "a " * (MOST_TERMS + 1), "a" * 5000]
)
def test_what_is_too_deep_or_too_long_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match="at most"):
        read(text)


def reads_back_or_points_into(text: str) -> None:
    try:
        tree = read(text)
    except QueryError as error:
        column = error.column
    else:
        column = 0
        assert read(write(tree)) == tree
    assert 0 <= column <= len(text)


@given(st.text(max_size=200))
@example('state:"\\')
@example("placed:99999999d..")
@example("sku:*" + "*" * 90)
@example("mail.waiting:>99999999999999h")
@example("placed:٣٣٣٣")
def test_any_text_is_a_query_or_a_query_error_and_can_be_completed(text: str) -> None:
    for cursor in range(0, len(text) + 1, 7):
        complete(text, cursor, CATALOGUE)
    reads_back_or_points_into(text)


NOISE = st.lists(
    st.sampled_from(
        [
            *CATALOGUE,
            "state:",
            ":",
            "-",
            "(",
            ")",
            '"',
            "*",
            "..",
            ">",
            "<",
            "=",
            " ",
            "OR",
            "AND",
            "NOT",
            "2d",
            "open",
            "\\",
            "é",
        ]
    ),
    max_size=25,
).map("".join)


@given(NOISE)
@settings(max_examples=400)
def test_pieces_of_the_language_in_any_order_too(text: str) -> None:
    reads_back_or_points_into(text)


words = st.text(min_size=1, max_size=12)
lengths = st.integers(0, 10**6).map(lambda seconds: timedelta(seconds=seconds))
days = st.dates(datetime(1970, 1, 1).date(), datetime(2199, 12, 31).date())  # noqa: DTZ001 - calendar days
points = st.one_of(
    st.sampled_from([DayFromNow(days) for days in (-1, 0, 1)]),
    days.map(lambda day: Period(day.year, day.month, day.day)),
    days.map(lambda day: Period(day.year, day.month)),
    days.map(lambda day: Period(day.year)),
    days.map(lambda day: Minute(datetime(day.year, day.month, day.day, 13, 7))),  # noqa: DTZ001 - the desk's clock
    lengths.map(FromNow),
    lengths.filter(bool).map(lambda length: FromNow(-length)),
)
amounts = st.decimals(-(10**9), 10**9, places=2).map(lambda amount: amount + 0)
COMPARED = st.sampled_from((">", ">=", "<", "<="))


def ranges(ends: st.SearchStrategy) -> st.SearchStrategy[Range]:
    return st.one_of(st.builds(Range, ends, ends), st.builds(Range, ends, st.none()), st.builds(Range, st.none(), ends))


pieces = st.text("ab-:", max_size=4)
wilds = st.builds(
    lambda first, middle, last: Wild((first, *middle, last)),
    pieces,
    st.lists(pieces.filter(bool), max_size=2),
    pieces,
)
leaves = st.one_of(
    st.builds(Term, st.sampled_from(("text", "sku", "tag")), st.just("="), words),
    st.builds(
        Term,
        st.sampled_from(("text", "sku")),
        st.just("="),
        wilds,
    ),
    st.builds(Term, st.just("state"), st.just("="), st.sampled_from(STATES)),
    st.builds(Term, st.just("total"), st.one_of(COMPARED, st.just("=")), amounts),
    st.builds(Term, st.just("total"), st.just(".."), ranges(amounts)),
    st.builds(Term, st.just("mail.waiting"), COMPARED, lengths),
    st.builds(Term, st.just("placed"), COMPARED, st.one_of(points, lengths.map(Distance))),
    st.builds(Term, st.just("placed"), st.just("="), points),
    st.builds(Term, st.just("placed"), st.just(".."), ranges(points)),
)


def level(children: st.SearchStrategy) -> st.SearchStrategy:
    several = st.lists(children, min_size=2, max_size=4)
    return st.one_of(
        children.map(Not),
        several.filter(lambda items: not any(isinstance(item, And) for item in items)).map(
            lambda items: And(tuple(items))
        ),
        several.filter(lambda items: not any(isinstance(item, Or) for item in items)).map(
            lambda items: Or(tuple(items))
        ),
    )


@given(st.recursive(leaves, level, max_leaves=12))
@settings(max_examples=400)
def test_what_is_written_out_reads_back_as_the_same(tree: Tree) -> None:
    assert read(write(tree)) == tree


def test_a_long_query_costs_in_proportion() -> None:
    def cost(text: str) -> float:
        started = time.perf_counter()
        for _ in range(20):
            complete(text, len(text), CATALOGUE)
            try:
                read(text)
            except QueryError:
                continue
        return time.perf_counter() - started

    short, long = '"' + '\\"' * 300, '"' + '\\"' * 1900
    assert cost(long) < 60 * cost(short) + 0.5


# ---- what it means now


def when(text: str, *, ahead: bool = False) -> tuple[str | None, str | None]:
    found = interval(one(text), now=NOW, zone=BERLIN, ahead=ahead)
    start, end = (moment and moment.strftime("%m-%d %H:%M") for moment in found)
    return start, end


def test_a_day_is_the_desks_day() -> None:
    assert when("placed:today") == ("11-23 23:00", "11-24 23:00")
    assert when("placed:yesterday") == ("11-22 23:00", "11-23 23:00")
    assert when("placed:2026-10-25") == ("10-24 22:00", "10-25 23:00")  # a day of 25 hours
    assert when("placed:2026-02") == ("01-31 23:00", "02-28 23:00")
    assert when("placed:2026") == ("12-31 23:00", "12-31 23:00")


def test_comparisons_take_days_whole() -> None:
    assert when("placed:>2026-11-20") == ("11-20 23:00", None)
    assert when("placed:>=2026-11-20") == ("11-19 23:00", None)
    assert when("placed:<2026-11-20") == (None, "11-19 23:00")
    assert when("placed:<=2026-11-20") == (None, "11-20 23:00")
    assert when("placed:2026-11-18..2026-11-20") == ("11-17 23:00", "11-20 23:00")


def test_less_than_two_days_is_back_for_what_happened_and_ahead_for_what_is_to_come() -> None:
    assert when("placed:<2d") == ("11-22 09:00", None)
    assert when("placed:>2d") == (None, "11-22 09:00")
    assert when("placed:2d..7d") == ("11-17 09:00", "11-22 09:00")
    assert when("promised:<2d", ahead=True) == (None, "11-26 09:00")
    assert when("promised:today..+3d", ahead=True) == ("11-23 23:00", "11-27 09:00")


def test_waiting_longer_than_four_hours_is_since_before_that() -> None:
    assert when("mail.waiting:>4h") == (None, "11-24 05:00")
    assert when("mail.waiting:<4h") == ("11-24 05:00", None)
    assert when("mail.waiting:1h..4h") == ("11-24 05:00", "11-24 08:00")


def test_only_conditions_on_time_have_an_interval() -> None:
    with pytest.raises(TypeError, match="not a point in time"):
        interval(one("sku:A"), now=NOW, zone=BERLIN)


# ---- what may come next


def proposals(text: str) -> list[str]:
    cursor = text.index("|")
    bare = text.replace("|", "")
    return [bare[: found.start] + found.text + bare[found.end :] for found in complete(bare, cursor, CATALOGUE)]


def test_words_come_with_their_colon_and_beginnings_before_middles() -> None:
    assert proposals("sta|") == ["state:"]
    assert proposals("t|")[:3] == ["tag:", "tier:", "total:"]
    assert "state:" in proposals("t|")
    assert proposals("ship:late (-st|")[:2] == ["ship:late (-state:", "ship:late (-stock:"]
    assert len(proposals("|")) == len(CATALOGUE)


def test_values_follow_their_word() -> None:
    assert proposals("state:c|") == ["state:closed", "state:cancelled"]
    assert proposals("state:| ship:late")[0] == "state:draft ship:late"
    assert proposals("mail.waiting:>|")[0] == "mail.waiting:>1h"
    assert proposals("placed:t|") == ["placed:today", "placed:tomorrow", "placed:yesterday"]
    assert proposals("tag:w|") == ['tag:"wants invoice"']


def test_nothing_is_proposed_inside_a_phrase_or_for_a_word_there_is_not() -> None:
    assert proposals('"sta|') == []
    assert proposals("nonsense:a|") == []
