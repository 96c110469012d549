"""Numbers, money and dates as people and programs write them; what has two readings is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.orders.files_values import (
    Notation,
    Unreadable,
    currency_in,
    date_evidence,
    decimal,
    decimal_evidence,
    moment,
    money,
    whole,
    yes_or_no,
)

if TYPE_CHECKING:
    from conftest import Folder

YEARS = (datetime(1995, 1, 1), datetime(2150, 1, 1))  # noqa: DTZ001 - the zone is put on in the test
POINT, COMMA = Notation(decimal="."), Notation(decimal=",")
BERLIN = ZoneInfo("Europe/Berlin")


def written(amount: Decimal, sign: str, group: str) -> str:
    text = f"{amount:,.2f}"
    return text.replace(",", "\0").replace(".", sign).replace("\0", group)


@given(
    st.decimals(-(10**9), 10**9, places=2, allow_nan=False),
    st.sampled_from(
        [(".", ","), (".", ""), (".", "'"), (".", " "), (",", "."), (",", ""), (",", " "), (",", "\u202f")]
    ),
    st.sampled_from(["{}", "{} €", "EUR {}", "€{}", " {} EUR"]),
)
def test_money_comes_back_however_it_is_grouped(amount: Decimal, signs: tuple[str, str], around: str) -> None:
    text = around.format(written(amount, *signs))
    assert decimal_evidence(text) == signs[0]
    assert money(text, "EUR", Notation()) == int(amount * 100)
    assert money(text, "EUR", Notation(decimal=signs[0])) == int(amount * 100)


@pytest.mark.parametrize(
    ("text", "notation", "value"),
    [
        ("12", Notation(), 1200),
        ("-5", Notation(), -500),
        ("5-", Notation(), -500),
        ("(5.00)", Notation(), -500),
        ("\u22125.00", Notation(), -500),
        ("1.000", COMMA, 100_000),
        ("1,000", POINT, 100_000),
        ("1.234.567", Notation(), 123_456_700),
        (",5", COMMA, 50),
        ("0,500", Notation(), 50),
        ("12,50 zł", Notation(), 1250),
    ],
)
def test_money_in_odd_forms(text: str, notation: Notation, value: int) -> None:
    assert money(text, "EUR" if "zł" not in text else "PLN", notation) == value


@pytest.mark.parametrize("text", ["1.234", "1,234", "-12.345"])
def test_thousands_or_a_fraction_is_asked_and_not_guessed(text: str) -> None:
    with pytest.raises(Unreadable, match="set `decimal`"):
        money(text, "EUR", Notation())


@pytest.mark.parametrize("text", ["12.50", "1,234.00", "1.23.4"])
def test_a_number_written_otherwise_than_the_rest_is_told(text: str) -> None:
    with pytest.raises(Unreadable):
        money(text, "EUR", COMMA)


@pytest.mark.parametrize(
    "text",
    ["", "ten", "1e5", "NaN", "Infinity", "--5", "1..2", "0x10", "=1+1", "5 €€ 6", "5 € 6", "(5", "5)", "9" * 40],
)
def test_what_is_no_amount_is_none(text: str) -> None:
    with pytest.raises(Unreadable):
        money(text, "EUR", POINT)


def test_minor_units_follow_the_currency_and_another_currency_is_told() -> None:
    assert money("100", "JPY", POINT) == 100
    assert money("1.5", "KWD", POINT) == 1500
    with pytest.raises(Unreadable, match="in USD, the row in EUR"):
        money("12.50 USD", "EUR", POINT)
    assert [currency_in(text) for text in ("€ 5", "5 GBP", "5", "$5", "5 kr", 5)] == ["EUR", "GBP", "", "", "", ""]


@given(st.integers(-(10**12), 10**12))
def test_counts_come_back(number: int) -> None:
    assert whole(str(number), Notation()) == number
    assert whole(Decimal(number), Notation()) == number
    assert decimal(number, Notation()) == number


@given(st.datetimes(*YEARS), st.booleans())
def test_moments_come_back_in_every_form(at: datetime, day_first: bool) -> None:
    at = at.replace(microsecond=0)
    notation = Notation(day_first=day_first, zone=UTC)
    slashes = f"{at:%d/%m/%Y %H:%M:%S}" if day_first else f"{at:%m/%d/%Y %H:%M:%S}"
    forms = (
        at.isoformat(),
        f"{at:%Y-%m-%d %H:%M:%S} UTC",
        f"{at:%Y/%m/%d %H:%M:%S}",
        slashes,
        slashes.replace("/", "-"),
        f"{at:%Y-%m-%d %H:%M:%S +0000}",
    )
    for form in forms:
        assert moment(form, notation) == at.replace(tzinfo=UTC)
    assert moment(f"{at:%d.%m.%Y, %H:%M:%S}", Notation()) == at.replace(tzinfo=UTC)
    assert moment(f"{at:%d.%m.%Y %I:%M:%S %p}", Notation()) == at.replace(tzinfo=UTC)
    assert moment(str(int(at.replace(tzinfo=UTC).timestamp())).zfill(10), Notation()) == at.replace(tzinfo=UTC)


@given(st.dates(date(1995, 1, 1), date(2150, 1, 1)))
def test_a_day_alone_is_its_midnight_in_the_sources_zone(day: date) -> None:
    found = moment(f"{day:%d.%m.%Y}", Notation(zone=BERLIN))
    assert found is not None
    assert (found.date(), found.hour, found.tzinfo) == (day, 0, BERLIN)


def test_a_time_without_offset_is_of_the_sources_zone_also_when_the_clocks_change() -> None:
    notation = Notation(zone=BERLIN)
    winter, summer = moment("2026-01-05 10:00", notation), moment("2026-07-05 10:00", notation)
    assert winter == datetime(2026, 1, 5, 9, tzinfo=UTC)
    assert summer == datetime(2026, 7, 5, 8, tzinfo=UTC)
    assert (
        moment("2026-03-29 02:30", notation) is not None
    )  # there is no such time, and it is no reason to lose an order


def test_an_offset_is_kept_as_it_was_given() -> None:
    found = moment("2026-01-05 10:00:00 +0530", Notation())
    assert found is not None
    assert found.utcoffset() == timedelta(hours=5, minutes=30)
    assert found.tzinfo == timezone(timedelta(hours=5, minutes=30))


@pytest.mark.parametrize("text", ["03/04/2026", "3-4-2026", "11/12/26"])
def test_a_date_with_two_readings_is_asked_and_not_guessed(text: str) -> None:
    with pytest.raises(Unreadable, match="set `dates` to dmy or mdy"):
        moment(text, Notation())
    assert moment(text, Notation(day_first=True)) != moment(text, Notation(day_first=False))


def test_a_date_can_tell_by_itself() -> None:
    assert moment("25/12/2026", Notation()) == moment("12/25/2026", Notation()) == datetime(2026, 12, 25, tzinfo=UTC)
    assert moment("05/05/2026", Notation()) == datetime(2026, 5, 5, tzinfo=UTC)
    assert [date_evidence(text) for text in ("25/12/2026", "12/25/2026", "03/04/2026", "25.12.2026")] == [
        True,
        False,
        None,
        None,
    ]


@pytest.mark.parametrize("text", ["0000-00-00", "0000-00-00 00:00:00", "00.00.0000", "-", "n/a", "NULL", ""])
def test_a_databases_nothing_is_no_date(text: str) -> None:
    assert moment(text, Notation()) is None


@pytest.mark.parametrize(
    "text", ["31.02.2026", "2026-13-01", "45/45/2026", "yesterday", "1026-01-05", "9999-01-01", "25:00", "1.1.26 99:00"]
)
def test_what_is_no_date_is_told(text: str) -> None:
    with pytest.raises(Unreadable):
        moment(text, Notation())


def test_yes_and_no() -> None:
    assert [yes_or_no(text) for text in ("Yes", "ja", "0", "NON", "perhaps", True)] == [
        True,
        True,
        False,
        False,
        None,
        True,
    ]


@given(st.text(max_size=30))
def test_nothing_but_our_own_error_comes_of_any_text(text: str) -> None:
    for read in (lambda: money(text, "EUR", Notation()), lambda: whole(text, COMMA), lambda: moment(text, Notation())):
        try:
            read()
        except Unreadable:
            continue


def test_the_columns_evidence_decides_for_the_whole_file(folder: Folder) -> None:
    folder.write("orders.csv", "number;date;total;shipping\n1;01/02/2026;1.234;0\n2;25/02/2026;1,5;1.000\n")
    one, two = folder.read().records
    assert (one.total, two.total, two.shipping) == (123_400, 150, 100_000)
    assert one.placed_at.date() == date(2026, 2, 1)


def test_what_nothing_in_the_file_decides_is_set_aside_until_the_config_says_it(folder: Folder) -> None:
    folder.write("orders.csv", "number;date;total\n1;01/02/2026;5\n2;2026-02-01;1.234\n")
    found = folder.read()
    assert found.records == []
    assert ["`dates`" in found.bad[0].reason, "`decimal`" in found.bad[1].reason] == [True, True]
    told = folder.read(dates="mdy", decimal=",")
    assert [(order.placed_at.month, order.total) for order in told.records] == [(1, 500), (2, 123_400)]


def test_without_a_currency_anywhere_the_row_is_set_aside(folder: Folder) -> None:
    folder.write("orders.csv", "number,date,total\n1,2026-01-05,5\n2,2026-01-05,5 €\n")
    found = folder.read(currency="")
    assert [(order.number, order.currency) for order in found.records] == [("2", "EUR")]
    assert "set `currency`" in found.bad[0].reason
