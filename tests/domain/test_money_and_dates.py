"""Amounts and days are written as the customer's language writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import records
from oms_tui.domain.calendar_words import date_text, time_text, weekday_text
from oms_tui.domain.money import minor_digits, money_text

BERLIN = ZoneInfo("Europe/Berlin")
FRIDAY_NIGHT = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)  # Saturday in Berlin


@pytest.mark.parametrize(
    ("amount", "currency", "language", "text"),
    [
        (790000, "EUR", "en", "€7,900.00"),
        (790000, "EUR", "de-AT", "7.900,00\u00a0€"),
        (790000, "EUR", "fr", "7\u202f900,00\u00a0€"),
        (790000, "EUR", "nl", "€\u00a07.900,00"),
        (-5, "GBP", "en", "-£0.05"),
        (7900, "JPY", "en", "¥7,900"),
        (5, "KWD", "en", "KWD\u00a00.005"),
        (1250, "chf", "it", "12,50\u00a0CHF"),
        (100, "USD", "ja", "$1.00"),
    ],
)
def test_money_is_written_as_the_language_does(amount: int, currency: str, language: str, text: str) -> None:
    assert money_text(amount, currency, language) == text


def test_both_lists_of_decimals_are_the_same() -> None:
    codes = {*"EUR USD JPY KWD BHD CLF UYW XOF KRW ISK".split(), *records._MINOR_DIGITS}  # noqa: SIM905 - reads as the list it is
    assert {code: minor_digits(code) for code in codes} == {code: records.minor_digits(code) for code in codes}


@given(st.integers(-(10**14), 10**14), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_no_digit_of_an_amount_is_lost(amount: int, currency: str) -> None:
    shown = money_text(amount, currency)
    digits = "".join(char for char in shown if char.isdigit())
    assert int(digits) == abs(amount)
    assert shown.startswith("-") == (amount < 0)


@pytest.mark.parametrize(
    ("language", "day", "weekday"),
    [
        ("en", "21 November 2026", "Saturday"),
        ("de", "21. November 2026", "Samstag"),
        ("es", "21 de noviembre de 2026", "sábado"),
        ("pl", "21 listopada 2026", "sobota"),
        ("ja", "2026-11-21", "Saturday"),
    ],
)
def test_a_moment_is_the_day_it_is_at_the_desk(language: str, day: str, weekday: str) -> None:
    assert date_text(FRIDAY_NIGHT, BERLIN, language) == day
    assert weekday_text(FRIDAY_NIGHT, BERLIN, language) == weekday
    assert time_text(FRIDAY_NIGHT, BERLIN) == "00:30"


def test_a_day_without_a_time_is_that_day_everywhere() -> None:
    assert date_text(date(2026, 11, 20), ZoneInfo("Pacific/Kiritimati")) == "20 November 2026"
