"""One worker a desk: the second one says so, and takes over when the first is dead, frozen or gone elsewhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from oms_tui.store import desk_rows
from oms_tui.store.driver import connect, transaction
from oms_tui.store.session import wall_clock
from oms_tui.store.workspace import Workspace
from oms_tui.sync.lease import SYNC, LeaseHeld, holder_of, lives, take, this_process, told

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOLDER = """
import sys, time
from pathlib import Path
from oms_tui.store.workspace import Workspace
from oms_tui.store.session import wall_clock
from oms_tui.sync.lease import SYNC, take
lease = take(Workspace(Path(sys.argv[1])), SYNC, wall_clock())
print("held", flush=True)
while lease.renew(wall_clock()):
    time.sleep(0.5)
print("lost", flush=True)
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def holder(store: Workspace) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lease."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(store.folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_nobody_holds_a_new_lease_and_a_released_one_is_free(store: Workspace) -> None:
    lease = take(store, SYNC, wall_clock())
    assert holder_of(store, SYNC).startswith(f"process {os.getpid()} on ")
    lease.release(wall_clock())
    assert holder_of(store, SYNC) == ""
    take(store, SYNC, wall_clock(), patience=0).release(wall_clock())


def test_a_second_worker_says_at_once_who_works(store: Workspace, holder: subprocess.Popen[str]) -> None:
    started = time.monotonic()
    with pytest.raises(LeaseHeld, match=f"process {holder.pid} on .* looks after this desk already"):
        take(store, SYNC, wall_clock())
    assert time.monotonic() - started < 2


def test_a_dead_holders_lease_is_free_at_once(store: Workspace, holder: subprocess.Popen[str]) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    started = time.monotonic()
    take(store, SYNC, wall_clock()).release(wall_clock())
    assert time.monotonic() - started < 1


def test_a_frozen_holder_is_given_up_and_knows_it_when_it_wakes(
    store: Workspace, holder: subprocess.Popen[str]
) -> None:
    holder.send_signal(signal.SIGSTOP)
    started = time.monotonic()
    lease = None
    while lease is None:
        try:
            lease = take(store, SYNC, wall_clock())
        except LeaseHeld:
            time.sleep(0.2)
    assert time.monotonic() - started < 9  # what it last said counts for a while, then its silence does
    holder.send_signal(signal.SIGCONT)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "lost\n"
    assert lease.renew(wall_clock())
    lease.release(wall_clock())


def test_a_holder_on_a_machine_that_went_away_is_waited_for_below_five_seconds(store: Workspace) -> None:
    with transaction(store.desk):
        row = {"name": SYNC, "holder": "elsewhere/boot/1|77|5", "expires_at": wall_clock() + 3000, "version": 9}
        desk_rows.put(store.desk, "leases", row)
    started = time.monotonic()
    take(store, SYNC, wall_clock()).release(wall_clock())
    assert 3.5 < time.monotonic() - started < 5


@pytest.mark.parametrize("days", [-1, 1])
def test_a_clock_that_jumped_takes_nobodys_lease(store: Workspace, holder: subprocess.Popen[str], days: int) -> None:
    with pytest.raises(LeaseHeld):
        take(store, SYNC, wall_clock() + days * 86_400_000)
    assert holder.poll() is None


def test_a_lease_that_another_took_is_not_renewed_nor_given_away(store: Workspace) -> None:
    lease = take(store, SYNC, wall_clock())
    with transaction(store.desk):
        desk_rows.update(store.desk, "leases", (SYNC,), holder="elsewhere/boot/1|77|5", version=40)
    assert not lease.renew(wall_clock())
    lease.release(wall_clock())
    row = desk_rows.get(store.desk, "leases", SYNC)
    assert row is not None
    assert row["version"] == 40


def test_a_process_that_got_a_dead_ones_number_is_not_taken_for_it() -> None:
    machine, pid, _ = this_process().rsplit("|", 2)
    assert lives(this_process()) is True
    assert lives(f"{machine}|{pid}|1") is False
    assert lives("elsewhere/x/1|1|1") is None
    assert told("elsewhere/x/1|12|1") == "process 12 on elsewhere"


def test_holding_on_does_not_wait_for_the_disk(store: Workspace) -> None:
    lease = take(store, SYNC, wall_clock())
    assert lease._connection.execute("PRAGMA synchronous").fetchone()[0] == 1
    assert connect(store.desk_path, durable=True).execute("PRAGMA synchronous").fetchone()[0] == 2
    lease.release(wall_clock())
