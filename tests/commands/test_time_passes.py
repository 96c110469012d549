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


STARTED = datetime.now(UTC)


def later(days: int) -> tuple[str, str]:
    return ("--now", (STARTED + timedelta(days=days)).isoformat())


def flags(desk: Desk, *now: str) -> dict[str, list[str]]:
    rows = desk.json("find", "mail.waiting:>0m state:open", "--limit", "500", "--columns", "number,flags", *now)
    return {row["number"]: row["flags"] for row in rows["items"]}


def test_without_a_worker_a_clock_runs_out_all_the_same_and_a_time_before_is_told_as_it_was(desk: Desk) -> None:
    now = later(0)
    before = flags(desk, *now)
    waiting = desk.json("find", "mail.waiting:>0m", "--count", *now)["count"]
    breached = desk.json("find", "sla:breached", "--count", *now)["count"]
    assert breached < waiting, "some of them still have time"

    after = later(PAST_ALL_PROMISES)
    assert desk.json("find", "sla:breached", "--count", *after)["count"] == waiting
    assert flags(desk, *after) != before

    assert desk.json("find", "sla:breached", "--count", *now)["count"] == breached
    assert flags(desk, *now) == before


def test_an_order_that_was_put_aside_is_back_at_its_time(desk: Desk) -> None:
    number = desk.json("find", "state:open -mail.waiting:>0m -is:snoozed", "--limit", "1")["items"][0]["number"]
    desk.json("do", "snooze", number, "--until", "2d")
    (row,) = desk.json("find", f"is:snoozed {number}")["items"]
    assert row["flags"][0].startswith("until ")

    assert desk.run("find", f"is:snoozed {number}", *later(9)).code == 1
    (row,) = desk.json("find", number, *later(9))["items"]
    assert not row["flags"][0].startswith("until ")


def test_show_tells_of_the_clock_what_the_list_found_it_by(desk: Desk) -> None:
    for word, state in (("sla:breached", "breached"), ("sla:soon", "soon"), ("clock:<75% mail.waiting:>0m", "running")):
        found = desk.run("find", word, "--limit", "1", "--json")
        if found.code:
            continue  # the demo's letters depend on the hour: not every state is always there
        clock = desk.json("show", found.json["items"][0]["number"])["clock"]
        assert clock["state"] == state
        assert clock["started_at"] < clock["soon_at"] < clock["due_at"]
        assert (clock["share"] == 100) == (state == "breached")
    number = desk.json("find", "sla:breached", "--limit", "1")["items"][0]["number"]
    assert desk.json("show", number)["clock"]["promised_seconds"] >= 3600

    calm = desk.json("find", "state:open -mail.waiting:>0m", "--limit", "1")["items"][0]["number"]
    assert desk.json("show", calm)["clock"] is None
