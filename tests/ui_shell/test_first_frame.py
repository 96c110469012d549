"""What the first frame costs, proven in a fresh interpreter and on a terminal of its own."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import pyte
import pytest
from ui_shell.shop import fill

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oms_tui.config_model import Config
    from oms_tui.store.workspace import Workspace

HEAVY = (
    "sqlmodel",
    "sqlalchemy",
    "pydantic",
    "jinja2",
    "httpx",
    "imapclient",
    "selectolax",
    "connectors",
    "oms_tui.sync",
    "oms_tui.actions.catalogue",
    "oms_tui.store.query_words",
    "oms_tui.ui.order.pane",
    "textual.widgets._data_table",
    "textual.widgets._header",
    "textual.widgets._footer",
    "textual.widgets._text_area",
    "textual.widgets._markdown",
)
LOOK = """
import asyncio, sys
from pathlib import Path
from oms_tui.config import load
from oms_tui.desk import open_session
config = load(Path(sys.argv[1]))
from oms_tui.ui.app import DeskApp
app = DeskApp(config, open_session(config))
seen = {}
async def begin():
    seen["modules"] = set(sys.modules)
    strips = app.screen._compositor.render_strips()
    seen["screen"] = "".join(segment.text for strip in strips for segment in strip)
    app.exit()
app._begin = begin
async def main():
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause(0.2)
asyncio.run(main())
assert "#10482 Jan Kowal" in seen["screen"], seen["screen"]
print("\\n".join(sorted(seen["modules"])))
"""
START = """
import sys
from pathlib import Path
from oms_tui.config import load
from oms_tui.desk import open_session
from oms_tui.ui.running import run_desk
config = load(Path(sys.argv[1]))
sys.exit(run_desk(config, open_session(config)))
"""


def test_the_first_page_is_drawn_with_nothing_heavy_loaded(config: Config, store: Workspace) -> None:
    store.close()
    ran = subprocess.run(
        [sys.executable, "-c", LOOK, str(config.path)], capture_output=True, text=True, check=False, timeout=60
    )

    assert ran.returncode == 0, ran.stderr
    loaded = set(ran.stdout.split())
    assert "oms_tui.store.reads.queue" in loaded
    assert not sorted(name for name in loaded if any(name == each or name.startswith(f"{each}.") for each in HEAVY))


class Terminal:
    """The desk on a pseudo-terminal; what it sends is counted and drawn."""

    def __init__(self, config: Path, columns: int, rows: int) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", COLUMNS=str(columns), LINES=str(rows))
            os.environ.pop("NO_COLOR", None)
            os.execv(sys.executable, [sys.executable, "-c", START, str(config)])  # noqa: S606 - no shell
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, quiet: float) -> int:
        """Bytes until nothing came for ``quiet`` seconds."""
        count = 0
        while select.select([self.fd], [], [], quiet)[0]:
            try:
                data = os.read(self.fd, 1 << 16)
            except OSError:
                return count
            count += len(data)
            self._stream.feed(data)
        return count

    def press(self, key: str, quiet: float = 0.03) -> int:
        os.write(self.fd, key.encode())
        return self.read(quiet)

    def until(self, text: str, seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while text not in "\n".join(self.screen.display):
            assert time.monotonic() < end, "\n".join(self.screen.display)
            self.read(0.05)

    def cpu(self) -> float:
        """Milliseconds of processor time so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text("ascii").rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")

    def close(self) -> int:
        """Leave with ctrl+q; the exit code."""
        os.write(self.fd, b"\x11")
        for _ in range(200):
            self.read(0.02)
            time.sleep(0.02)  # at its end the terminal is readable and empty
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                os.close(self.fd)
                return os.waitstatus_to_exitcode(status)
        os.kill(self.pid, 9)
        os.waitpid(self.pid, 0)
        os.close(self.fd)
        raise AssertionError("the desk did not end")


@pytest.fixture(params=[(160, 48), (80, 24)], ids=["wide", "small"])
def terminal(request: pytest.FixtureRequest, config: Config, store: Workspace) -> Iterator[Terminal]:
    if not sys.platform.startswith("linux"):
        pytest.skip("counts a process's time as Linux tells it")
    fill(store, 400)
    store.close()
    made = Terminal(config.path, *request.param)
    made.until("400 · by priority")
    made.read(0.6)
    yield made
    assert made.close() == 0


def test_a_step_of_the_cursor_is_a_few_hundred_bytes_and_rest_is_silence(terminal: Terminal) -> None:
    assert terminal.read(1.5) == 0, "a desk at rest sends nothing"

    steps = [terminal.press("jk"[number % 2]) for number in range(30)]
    steps = sorted(step for step in steps if step)

    assert steps, "nothing moved"
    # Now and then a step rests long enough for the order at the right to be drawn; that is not the step's own.
    assert median(steps) <= 600
    assert steps[len(steps) // 4] <= 600


def test_holding_down_costs_little_time(terminal: Terminal) -> None:
    before = terminal.cpu()
    for number in range(100):
        terminal.press("jk"[number % 2], quiet=0.02)

    # The budget is 3 ms on an idle machine; a busy one must not make a test fail.
    assert (terminal.cpu() - before) / 100 < 12


def test_the_screen_is_what_the_rows_say(terminal: Terminal) -> None:
    lines = "\n".join(terminal.screen.display)

    assert "#10482 Jan Kowal" in lines
    assert "Queue 400" in lines
    assert "ctrl+p everything" in lines
