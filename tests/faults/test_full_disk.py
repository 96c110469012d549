"""A full disk: words with what to do, nothing lost, and all goes on by itself when there is room again.

A small memory disk is mounted for the desk's folder; where that is not allowed the tests are skipped and say so.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CONFIG = """
[desk]
name = "Bright Shop"
data = "disk"
[agents.ana]
name = "Ana Ruiz"
role = "lead"
[sources.shop]
kind = "files"
path = "exports"
poll = "1s"
stale_after = "1h"
"""
HEAD = "number,placed_at,email,name,street,postal_code,city,country,currency,sku,quantity,unit_price,payment_status\n"
PATIENCE = 30.0


@dataclass
class SmallDisk:
    """A desk whose data lie on a disk of a few megabytes."""

    folder: Path

    def run(self, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "oms_tui.cli", "--config", str(self.folder), *arguments]
        return subprocess.run(command, input=given, capture_output=True, text=True, check=False, timeout=60)

    def orders(self, first: int, last: int) -> None:
        """Put an export of these orders where the files are watched."""
        rows = [
            f"{n},2026-11-20T10:00:00Z,c{n}@post.example,Name {n},Weg {n},04109,Leipzig,DE,EUR,LAMP,1,39.50,paid\n"
            for n in range(first, last)
        ]
        fresh = self.folder / "export.part"
        fresh.write_text(HEAD + "".join(rows), "utf-8")
        fresh.replace(self.folder / "exports" / f"orders-{first}.csv")

    def count(self) -> int:
        return int(json.loads(self.run("find", "", "--count", "--json").stdout)["count"])

    def fill(self) -> None:
        """Leave no byte."""
        with (self.folder / "disk" / "ballast").open("ab", buffering=0) as ballast, suppress(OSError):
            for size in (65536, 4096, 512, 1):
                with suppress(OSError):
                    while ballast.write(b"x" * size):
                        pass

    def make_room(self) -> None:
        (self.folder / "disk" / "ballast").unlink()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[SmallDisk]:
    disk = tmp_path / "disk"
    (tmp_path / "exports").mkdir()
    disk.mkdir()
    mount = [shutil.which("mount") or "mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False, timeout=20)
    except OSError as error:
        pytest.skip(f"no disk can be mounted here: {error}")
    if done.returncode:
        pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    made = SmallDisk(tmp_path)
    made.orders(1, 20)
    assert made.run("sync", "--once").returncode == 0
    yield made
    subprocess.run([shutil.which("umount") or "umount", "-l", str(disk)], check=True, timeout=20)


@pytest.fixture
def worker(desk: SmallDisk) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "oms_tui.cli", "--config", str(desk.folder), "sync", "--follow"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    time.sleep(3)
    assert process.poll() is None
    yield process
    if process.poll() is None:
        os.kill(process.pid, signal.SIGTERM)
        process.wait(20)
    assert process.stderr is not None
    process.stderr.close()


def soon(true: Callable[[], Any]) -> None:
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.5)


def test_a_worker_on_a_full_disk_goes_on_when_there_is_room(desk: SmallDisk, worker: subprocess.Popen[str]) -> None:
    desk.fill()
    desk.orders(100, 400)
    time.sleep(8)  # longer than a lease is silent before another may take it
    assert worker.poll() is None, "it waits for room"
    status = desk.run("status", "--json")
    found = {each["source"]: each for each in json.loads(status.stdout)["items"]}
    assert status.returncode == 3
    assert "is full" in found["disk"]["error"]
    assert "make room" in found["disk"]["hint"]
    assert desk.count() == 19, "what was read before is there"
    desk.make_room()
    soon(lambda: desk.count() == 319)
    soon(lambda: desk.run("status").returncode == 0)
    os.kill(worker.pid, signal.SIGTERM)
    _, told = worker.communicate(timeout=20)
    assert "Traceback" not in told
    assert "Logging error" not in told


def test_what_was_not_kept_is_said_and_can_be_done_again(desk: SmallDisk, worker: subprocess.Popen[str]) -> None:
    del worker  # beside it files are open already: reading needs no room
    assert desk.run("do", "note", "3", "--text", "kept").returncode == 0
    desk.fill()
    refused = [
        desk.run("do", "note", "3", "--text", "x" * 9000 + str(n)) for n in range(3)
    ]  # the first may fit what was left
    assert refused[-1].returncode == 2
    assert "full" in refused[-1].stderr, refused[-1].stderr
    assert "make room" in refused[-1].stderr
    assert "Traceback" not in refused[-1].stderr
    backup = desk.run("store", "backup")
    assert backup.returncode == 2
    assert "full" in backup.stderr
    desk.make_room()
    assert desk.run("do", "note", "3", "--text", "again").returncode == 0
    shown = desk.run("show", "3").stdout
    assert "kept" in shown
    assert "again" in shown
    assert desk.run("store", "verify").returncode == 0


def test_a_desk_that_cannot_be_opened_for_want_of_room_says_so(desk: SmallDisk) -> None:
    desk.fill()
    refused = desk.run("find", "")
    assert refused.returncode in {0, 2}
    if refused.returncode:
        assert "is full" in refused.stderr
        assert "make room" in refused.stderr
    desk.make_room()
    assert desk.count() == 19
