"""The whole worker killed while it reads, joins and derives: afterwards the counts add up and nothing is lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from oms_tui.config import load
from oms_tui.desk import open_session
from oms_tui.store import desk_rows, sync_state
from oms_tui.sync.worker import run_once

if TYPE_CHECKING:
    from pathlib import Path

LONG = os.environ.get("OMS_TUI_FAULTS") == "long"
KILLS = 150 if LONG else 10
CONFIG = """
[desk]
name = "Bright Shop"
data = "data"
undo_window = "0s"
[agents.ana]
name = "Ana Ruiz"
role = "lead"
[sources.depot]
kind = "files"
path = "exports"
poll = "15s"
[sources.support]
kind = "maildir"
path = "mail"
deliver_to = "customer"
address = "support@shop.test"
poll = "1s"
"""


class Place:
    """A shop that goes on selling and customers that go on writing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.orders = self.mails = 0
        for part in ("mail/new", "mail/cur", "mail/tmp", "exports"):
            (folder / part).mkdir(parents=True)
        (folder / "config.toml").write_text(CONFIG, "utf-8")

    def sells(self, count: int) -> None:
        head = "number,email,placed_at,total,currency,sku,quantity,unit_price\n"
        rows = [
            f"{number},c{number}@cust.example,2026-11-{1 + number % 25:02d}T10:00:00Z,79.00,EUR,LAMP,2,39.50\n"
            for number in range(10_000 + self.orders, 10_000 + self.orders + count)
        ]
        self.orders += count
        part = self.folder / "exports" / f"orders-{self.orders:06d}.csv"
        part.with_suffix(".part").write_text(head + "".join(rows), "utf-8")
        part.with_suffix(".part").rename(part)

    def customers_write(self, count: int) -> None:
        for number in range(self.mails, self.mails + count):
            (self.folder / "mail" / "new" / f"{number}.M1.desk").write_text(
                f"From: c{10_000 + number}@cust.example\nTo: support@shop.test\nSubject: order {10_000 + number}?\n"
                f"Date: Thu, 26 Nov 2026 09:00:00 +0000\nMessage-ID: <{number}@cust.example>\n\nHello?\n",
                "utf-8",
            )
        self.mails += count


@pytest.mark.faults
@pytest.mark.timeout(3000 if LONG else 150)
def test_a_worker_killed_again_and_again_leaves_a_desk_that_adds_up(tmp_path: Path) -> None:
    seed = int(os.environ.get("OMS_TUI_SEED", time.time_ns() % 100_000))
    dice = random.Random(seed)
    place = Place(tmp_path)
    for _ in range(KILLS):
        place.sells(dice.randrange(50, 300))
        place.customers_write(dice.randrange(5, 40))
        worker = subprocess.Popen(
            [sys.executable, "-m", "oms_tui.cli", "--config", str(tmp_path / "config.toml"), "sync", "--follow"]
        )
        time.sleep(dice.uniform(0.3, 1.8))
        worker.send_signal(signal.SIGKILL)
        worker.wait()

    config = load(tmp_path / "config.toml")
    session = open_session(config, agent="ana")
    started = time.monotonic()
    runs = run_once(config, session)
    assert time.monotonic() - started < 60
    assert all(run.ok for run in runs), runs

    def count(sql: str) -> Any:
        return session.store.cache.execute(sql).fetchone()[0]

    assert count("PRAGMA quick_check") == "ok"
    assert count("SELECT count(*) FROM orders") == place.orders, f"seed {seed}"
    assert count("SELECT count(*) FROM queue_row WHERE is_open=1") == place.orders, f"seed {seed}"
    assert count("SELECT count(*) FROM dirty") == 0
    assert count("SELECT count(*) FROM messages") == place.mails, f"seed {seed}"
    assert count("SELECT count(*) FROM messages WHERE state='linked'") == place.mails, f"seed {seed}"
    records = {(state.source, state.stream): state.records for state in sync_state.states(session.store.cache)}
    assert records["depot", "orders"] == place.orders, f"seed {seed}"
    assert records["support", "INBOX"] == place.mails, f"seed {seed}"
    assert desk_rows.damaged(session.store.desk) == []
    session.store.close()
