"""A program on a pseudo-terminal of its own, measured from outside: time, CPU, bytes, memory."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import tempfile
import termios
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_TICKS = os.sysconf("SC_CLK_TCK")
_ESCAPES = re.compile(rb"\x1b(?:\[[0-9;:?<=>]*[ -/]*[@-~]|[\]P_^].*?(?:\x07|\x1b\\)|[()][0-9A-Za-z]|.)", re.DOTALL)
KEYS = {"down": b"\x1b[B", "up": b"\x1b[A", "pagedown": b"\x1b[6~", "enter": b"\r", "escape": b"\x1b", "end": b"\x1b[F"}
_QUIET = 0.08  # seconds without a byte after which a screen counts as drawn


def as_installed() -> dict[str, str]:
    """The environment of a program that pip put there: it has its bytecode, whatever a machine for tests says of it."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "oms-tui-bench-bytecode")}


class Gone(RuntimeError):
    """The program ended, or never showed what it was waited for."""


@dataclass
class Program:
    """One run of a program; ``with`` it, so that it is stopped."""

    command: Sequence[str]
    columns: int = 120
    rows: int = 40
    environment: Mapping[str, str] = field(default_factory=dict)
    cpu_before_end: float = 0.0

    def __enter__(self) -> Self:
        self.started = time.perf_counter()
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            wanted = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "COLUMNS": "", "LINES": ""}
            os.environ.update({**wanted, **self.environment})
            os.environ.pop("COLUMNS")
            os.environ.pop("LINES")
            os.environ.update(as_installed())
            os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
            os.execvp(self.command[0], list(self.command))  # noqa: S606 - a program of ours, no shell
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", self.rows, self.columns, 0, 0))
        self.seen = b""
        return self

    def __exit__(self, *_: object) -> None:
        try:
            os.kill(self.pid, signal.SIGTERM)
            for _ in range(150):
                if os.waitpid(self.pid, os.WNOHANG)[0]:
                    return
                with suppress(Gone):  # it may close its terminal before it ends
                    self._read(0.02)
                time.sleep(0.005)
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            return
        finally:
            os.close(self.terminal)

    def until(self, text: str, *, seconds: float = 60) -> float:
        """Read until the screen has shown ``text``; seconds since the start."""
        deadline = time.perf_counter() + seconds
        wanted = text.encode()
        while wanted not in _ESCAPES.sub(b"", self.seen):
            if time.perf_counter() > deadline:
                tail = _ESCAPES.sub(b"", self.seen)[-600:].decode("utf-8", "replace")
                raise Gone(f"{' '.join(self.command)} did not show {text!r} in {seconds} s; last: {tail}")
            self._read(0.02)
        return time.perf_counter() - self.started

    def settle(self, quiet: float = _QUIET, *, longest: float = 10) -> float:
        """Read until nothing came for ``quiet`` seconds; when the last byte came (perf_counter)."""
        last = time.perf_counter()
        end = last + longest
        while time.perf_counter() < end:
            if self._read(0.01):
                last = time.perf_counter()
            elif time.perf_counter() - last > quiet:
                break
        return last

    def press(self, key: str, *, quiet: float = _QUIET, least: int = 0, longest: float = 2) -> tuple[float, int]:
        """Press a key: (seconds to the last byte of the answer, bytes of the answer).

        Fewer than ``least`` bytes are no answer yet: what comes after a pause of its own is waited for ``longest``
        seconds.
        """
        before = len(self.seen)
        at = time.perf_counter()
        os.write(self.terminal, KEYS.get(key, key.encode()))
        last = self.settle(quiet)
        while len(self.seen) - before < least and time.perf_counter() - at < longest:
            last = self.settle(quiet)
        count = len(self.seen) - before
        return (last - at if count else 0.0), count

    def cpu(self) -> float:
        """Seconds of user and system time of the process so far (its children not counted)."""
        with suppress(OSError, ValueError):  # to the nanosecond where the kernel tells it, of every thread there is
            return (
                sum(int(each.read_text().split()[0]) for each in Path(f"/proc/{self.pid}/task").glob("*/schedstat"))
                / 1e9
            )
        with open(f"/proc/{self.pid}/stat", "rb") as file:  # noqa: PTH123 - read often
            fields = file.read().rpartition(b")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory(self) -> float:
        """Resident memory in MB."""
        with open(f"/proc/{self.pid}/statm", "rb") as file:  # noqa: PTH123 - likewise
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20

    def idle(self, seconds: float) -> float:
        """Bytes a second that come while nobody does anything."""
        before, at = len(self.seen), time.perf_counter()
        while time.perf_counter() - at < seconds:
            self._read(0.05)
        return (len(self.seen) - before) / seconds

    def _read(self, seconds: float) -> int:
        ready, _, _ = select.select([self.terminal], [], [], seconds)
        if not ready:
            return 0
        try:
            piece = os.read(self.terminal, 65536)
        except OSError:
            raise Gone(f"{' '.join(self.command)} ended: {self.seen[-500:].decode('utf-8', 'replace')}") from None
        if not piece:
            raise Gone(f"{' '.join(self.command)} ended")
        self.seen += piece
        if b"\x1b[?2026$p" in piece:
            os.write(self.terminal, b"\x1b[?2026;2$y")
        return len(piece)
