"""What only time changes is told by whoever asks next, also where no worker has looked since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from oms_tui.config import load
from oms_tui.desk import open_store

if TYPE_CHECKING:
    from conftest import Desk

PAST_ALL_PROMISES = 60  # days, in which every clock of the demo runs out


@pytest.fixture(autouse=True)
def _any_time(desk: Desk) -> None:
    store = open_store(load(desk.folder / "config.toml"))
    store.mark_for_trying()
    store.close()


def later(days: int) -> tuple[str, str]:
    return ("--now", (datetime.now(UTC) + timedelta(days=days)).isoformat())


def flags(desk: Desk, *now: str) -> dict[str, list[str]]:
    rows = desk.json("find", "mail.waiting:>0m state:open", "--limit", "500", "--columns", "number,flags", *now)
    return {row["number"]: row["flags"] for row in rows["items"]}


def test_without_a_worker_a_clock_runs_out_all_the_same_and_a_time_before_is_told_as_it_was(desk: Desk) -> None:
    before = flags(desk)
    waiting = desk.json("find", "mail.waiting:>0m", "--count")["count"]
    breached = desk.json("find", "sla:breached", "--count")["count"]
    assert breached < waiting, "some of them still have time"

    after = later(PAST_ALL_PROMISES)
    assert desk.json("find", "sla:breached", "--count", *after)["count"] == waiting
    assert flags(desk, *after) != before

    assert desk.json("find", "sla:breached", "--count")["count"] == breached
    assert flags(desk) == before


def test_an_order_that_was_put_aside_is_back_at_its_time(desk: Desk) -> None:
    number = desk.json("find", "state:open -mail.waiting:>0m -is:snoozed", "--limit", "1")["items"][0]["number"]
    desk.json("do", "snooze", number, "--until", "2d")
    (row,) = desk.json("find", f"is:snoozed {number}")["items"]
    assert row["flags"][0].startswith("until ")

    assert desk.run("find", f"is:snoozed {number}", *later(9)).code == 1
    (row,) = desk.json("find", number, *later(9))["items"]
    assert not row["flags"][0].startswith("until ")
