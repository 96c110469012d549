"""When a source is asked again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.catalogue import connector
from connectors.errors import AuthExpired, RateLimited, Temporary
from oms_tui.config_model import Source
from oms_tui.domain.business_time import BusinessHours, read_week
from oms_tui.sync.schedule import backoff, next_wait, pace, reconcile_is_due, wait_after

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 3_600_000


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp() * 1000)


@given(st.integers(1, 500), st.integers())
def test_waits_double_from_a_second_to_five_minutes(failures: int, seed: int) -> None:
    wait = backoff(failures, Random(seed))
    whole = min(300.0, 2.0 ** (failures - 1)) if failures < 20 else 300.0
    assert whole / 2 <= wait <= whole


def test_a_limits_end_is_waited_for_and_not_longer() -> None:
    limit = RateLimited("slow down", until=NOW + timedelta(seconds=77))
    assert wait_after(limit, 9, NOW, Random(1)) == 77
    assert wait_after(RateLimited("over", until=NOW - timedelta(days=1)), 1, NOW, Random(1)) == 1


def test_a_wrong_password_is_parked_and_a_dead_server_is_not() -> None:
    assert wait_after(AuthExpired("no"), 1, NOW, Random(1)) >= 3600
    assert wait_after(Temporary("no"), 1, NOW, Random(1)) <= 1


def test_the_config_says_how_often_and_else_what_the_system_bears() -> None:
    easypost = connector("easypost").manifest
    assert pace(Source("p", "easypost"), easypost).poll == easypost.min_poll
    assert pace(Source("p", "easypost", poll=timedelta(seconds=1)), easypost).poll == timedelta(seconds=1)
    tryton = pace(Source("t", "tryton", poll=timedelta(minutes=10)), connector("tryton").manifest)
    assert tryton.poll == tryton.hot == timedelta(minutes=10)


@given(st.integers())
def test_sources_do_not_march_in_step_and_none_is_later_than_its_poll(seed: int) -> None:
    assert 54 <= next_wait(timedelta(seconds=60), Random(seed)) <= 60


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        ("2026-11-25T22:00", "2026-11-26T10:00", False),  # open
        ("2026-11-25T22:00", "2026-11-26T18:30", True),
        ("2026-11-26T02:00", "2026-11-26T19:00", False),  # done this night
        ("2026-11-20T02:00", "2026-11-26T10:00", True),  # switched off at night: better by day than never
    ],
)
def test_everything_is_compared_once_a_day_while_nobody_works(last: str, now: str, *, due: bool) -> None:
    hours = BusinessHours(BERLIN, read_week({"mon-fri": ["09:00-17:30"]}))
    assert reconcile_is_due(at(last), at(now), hours, BERLIN) is due


def test_a_desk_that_never_closes_has_a_quiet_hour() -> None:
    hours = BusinessHours.always(BERLIN)
    assert not reconcile_is_due(at("2026-11-25T03:10"), at("2026-11-26T02:59"), hours, BERLIN)
    assert reconcile_is_due(at("2026-11-25T03:10"), at("2026-11-26T03:05"), hours, BERLIN)
    assert not reconcile_is_due(None, at("2026-11-26T03:05"), hours, BERLIN)
