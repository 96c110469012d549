"""The six ways systems say when to come back, and the ways they say nonsense."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.retry_after import LONGEST_WAIT, wait_until

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
RESET = int(NOW.timestamp()) + 30


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"Retry-After": "30"}, None, 30),
        ({"Retry-After": "Tue, 24 Nov 2026 09:00:30 GMT"}, None, 30),
        ({"x-retry-after": "30"}, None, 30),
        ({"X-RateLimit-Reset": str(RESET)}, None, 30),
        ({"X-RateLimit-Reset": str(RESET * 1000)}, None, 30),
        ({"RateLimit-Reset": "30"}, None, 30),
        ({"X-Rate-Limit-Time-Reset-Ms": "30000"}, None, 30),
        ({"retry-after-ms": "30000"}, None, 30),
        (
            {},
            {
                "extensions": {
                    "cost": {
                        "requestedQueryCost": 1600,
                        "throttleStatus": {"maximumAvailable": 2000, "currentlyAvailable": 100, "restoreRate": 50},
                    }
                }
            },
            30,
        ),
    ],
    ids=["seconds", "date", "x-retry-after", "unix", "unix ms", "delta", "ms", "ms 2", "cost"],
)
def test_each_shape_is_understood(headers: dict[str, str], body: Any, seconds: int) -> None:
    assert wait_until(headers, body, now=NOW) == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize("minutes", [-5, 5])
def test_a_moment_is_read_by_the_servers_own_clock(minutes: int) -> None:
    theirs = NOW + timedelta(minutes=minutes)
    stamp = "%a, %d %b %Y %H:%M:%S GMT"
    headers = {"Date": theirs.strftime(stamp), "Retry-After": (theirs + timedelta(seconds=30)).strftime(stamp)}
    assert wait_until(headers, now=NOW) == NOW + timedelta(seconds=30)


def test_retry_after_wins_over_the_others() -> None:
    headers = {"X-RateLimit-Reset": str(RESET + 500), "Retry-After": "7"}
    assert wait_until(headers, now=NOW) == NOW + timedelta(seconds=7)


@pytest.mark.parametrize("text", ["", "soon", "-5", "nan", "inf", "Tue, 99 Foo 2026", "0x10"])
def test_nonsense_means_a_minute(text: str) -> None:
    assert wait_until({"Retry-After": text}, now=NOW) == NOW + timedelta(seconds=60)


@given(st.dictionaries(st.sampled_from(["Retry-After", "Date", "X-RateLimit-Reset"]), st.text(max_size=40)))
def test_whatever_a_server_says_the_wait_is_between_a_second_and_a_day(headers: dict[str, str]) -> None:
    until = wait_until(headers, now=NOW)
    assert timedelta(seconds=1) <= until - NOW <= LONGEST_WAIT


@given(st.integers(min_value=0, max_value=10**30))
def test_a_number_of_any_size_is_survived(number: int) -> None:
    assert wait_until({"Retry-After": str(number)}, now=NOW) - NOW <= LONGEST_WAIT
