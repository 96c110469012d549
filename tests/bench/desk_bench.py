"""The desk as its user meets it, on a pseudo-terminal: start, keys, opening an order, memory."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from figures import Figure
from terminal import Program, as_installed

from oms_tui.store.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HERE = Path(__file__).parent
_RUNS = 7
_KEYS = 200
_ORDER_BYTES = 2_000
"""Bytes from which on an answer has the order in it; the two rows of the list that a Down changes are 600 at most."""
_DOWNS = 35  # a store of a thousand orders has some forty open ones
_CONFIG = """
[desk]
name = "Bench"
agent = "ana"
data = "{data}"
store = "sqlite:///{store}"
timezone = "Europe/Berlin"
[agents.ana]
name = "Ana"
role = "lead"
[ui]
theme = "dark"
"""


def desk(store: Path, folder: Path) -> list[str]:
    """The command that opens a desk on a store; no source, so that no worker has anything to do."""
    config = folder / f"config-{store.name}.toml"
    config.write_text(_CONFIG.format(data=folder / "data", store=store), encoding="utf-8")
    return [sys.executable, "-m", "oms_tui.cli", "--config", str(config), "--read-only"]


def figures(stores: dict[int, Path]) -> Iterator[Figure]:
    """Start, keys and memory on each store."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bare_cpu, bare_wall, bare_memory = _start([sys.executable, str(HERE / "bare_app.py")], "Jan Kowal")
        yield Figure("bare Textual app: CPU to the first frame", bare_cpu * 1000, "ms")
        cpu: dict[int, float] = {}
        memory: dict[int, float] = {}
        downs: dict[int, float] = {}
        for count, store in stores.items():
            seconds, wall, _ = _start(desk(store, folder), first_number(store))
            cpu[count] = seconds
            yield Figure(
                f"desk on {count:,} orders: CPU to the first frame",
                seconds * 1000,
                "ms",
                bare_cpu * 1000,
                "bare app",
                1.0,
            )
            yield Figure(
                f"desk on {count:,} orders: wall to the first frame", wall * 1000, "ms", bare_wall * 1000, "bare app"
            )
            for figure in _keys(desk(store, folder), first_number(store), count):
                if figure.name.startswith("resident"):
                    memory[count] = figure.value
                if figure.name.startswith("CPU a Down"):
                    downs[count] = figure.value
                yield figure
        yield _beside_a_worker(stores[min(stores)], folder)
        yield from _growth(memory, "resident memory", "MB", 1.1)
        yield from _growth(downs, "CPU a Down", "ms", 1.1)
        if memory:
            first = min(memory)
            yield Figure(
                f"resident memory at rest, {first:,} orders", memory[first], "MB", bare_memory, "bare app", 2.3
            )


def _growth(found: dict[int, float], what: str, unit: str, budget: float) -> Iterator[Figure]:
    """The largest store against the smallest."""
    if len(found) > 1:
        small, large = min(found), max(found)
        yield Figure(
            f"{what}, {large:,} orders against {small:,}", found[large], unit, found[small], f"{small:,}", budget
        )


class MeasuredNothing(RuntimeError):
    """What was to be measured did not happen."""


def first_number(store: Path) -> str:
    """The number of the order that a desk on this store shows first."""
    with Workspace(store, read_only=True) as opened:
        row = opened.cache.execute(
            "SELECT number FROM queue_row INDEXED BY queue_row_priority WHERE is_open = 1 "
            "ORDER BY priority DESC, order_id LIMIT 1"
        ).fetchone()
    if row is None:
        raise MeasuredNothing(f"there is no open order in {store}")
    return f"#{row[0]}"


def _start(command: Sequence[str], text: str) -> tuple[float, float, float]:
    """Least CPU and wall seconds to the first frame that shows ``text``, and resident MB then.

    The first run is not counted: it writes the bytecode that an installed program has.
    """
    with Program(command) as program:
        program.until(text)
    cpus, walls, memories = [], [], []
    for _ in range(_RUNS):
        with Program(command) as program:
            walls.append(program.until(text))
            cpus.append(program.cpu())
            program.settle(0.5)
            memories.append(program.memory())
    return min(cpus), min(walls), statistics.median(memories)


def _keys(command: Sequence[str], number: str, count: int) -> Iterator[Figure]:
    with Program(command, environment={"TEXTUAL_ANIMATIONS": "none"}) as program:
        program.until(number)
        program.settle(1.5)
        yield Figure(f"resident memory of the desk, {count:,} orders", program.memory(), "MB")
        yield Figure(f"bytes a second while idle, {count:,} orders", program.idle(5), "B", budget=0)
        size, cpu, seconds = _pressed(program, "down", _DOWNS, wait=0.4, least=_ORDER_BYTES)
        yield Figure(f"CPU a Down in the queue, order beside it drawn, {count:,} orders", cpu * 1000, "ms")
        yield Figure(f"bytes a Down, order beside it drawn, {count:,} orders", size, "B")
        yield Figure(f"key to last byte, {count:,} orders, median", seconds * 1000, "ms")
    # At 80 columns the list has the screen: what a Down costs by itself.
    with Program(command, columns=80, rows=24) as program:
        program.until(number)
        program.settle(1.5)
        by_itself = _pressed(program, "down", _DOWNS, wait=0.1)
        yield Figure(f"bytes a Down in the list, 80x24, {count:,} orders", by_itself[0], "B", budget=600)
        yield Figure(f"CPU a Down in the list, 80x24, {count:,} orders", by_itself[1] * 1000, "ms", budget=3)


def _beside_a_worker(store: Path, folder: Path) -> Figure:
    """How long keys take at the worst while a worker takes orders in as fast as it can, against a desk left alone."""
    copied = Path(shutil.copytree(store, folder / f"busy-{store.name}"))
    command, number = desk(copied, folder), first_number(copied)
    idle = _worst(command, number)
    worker = subprocess.Popen([sys.executable, str(HERE / "flat_out.py"), str(copied)], env=as_installed())
    try:
        busy = _worst(command, number)
        if worker.poll() is not None:
            raise MeasuredNothing("the worker ended before the keys did")
    finally:
        worker.kill()
        worker.wait()
    with Workspace(copied) as grown:
        if not grown.cache.execute("SELECT 1 FROM queue_row WHERE number LIKE 'N%' LIMIT 1").fetchone():
            raise MeasuredNothing("the worker took nothing in")
    return Figure("key to last byte, p99, beside a busy worker", busy * 1000, "ms", idle * 1000, "idle", 1.5)


def _worst(command: Sequence[str], number: str) -> float:
    """Seconds within which 99 of a hundred keys have their last byte; in the list alone, which answers at once."""
    with Program(command, columns=80, rows=24, environment={"TEXTUAL_ANIMATIONS": "none"}) as program:
        program.until(number)
        program.settle(1.5)
        answers = []
        for at in range(_KEYS):
            # A short quiet ends the answer: what the worker changes on the screen meanwhile is no part of it.
            # One that comes late is waited for: counted as none it would make a slow desk look quick.
            answers.append(program.press("up" if at // 15 % 2 else "down", quiet=0.025, least=1))
            program.settle(0.02, longest=0.1)
    if sum(1 for _, size in answers if size) < _KEYS * 0.9:
        raise MeasuredNothing("keys changed nothing on the screen")
    return sorted(seconds for seconds, _ in answers)[int(_KEYS * 0.99) - 1]


def _pressed(program: Program, key: str, times: int, *, wait: float, least: int = 1) -> tuple[float, float, float]:
    """Median bytes, CPU seconds and seconds to the last byte of a key; its answer has at least so many bytes.

    Raises:
        MeasuredNothing: more than a tenth of the answers never grew to ``least``.
    """
    answers, took = [], []
    for _ in range(times):
        before = program.cpu()
        answers.append(program.press(key, least=least))
        program.settle(wait)
        took.append(program.cpu() - before)
    short = sum(1 for _, size in answers if size < least)
    if short > times // 10:
        raise MeasuredNothing(f"{short} of {times} times {key} was pressed, less than {least} bytes came")
    sizes, seconds = [size for _, size in answers], [taken for taken, _ in answers]
    return statistics.median(sizes), statistics.median(took), statistics.median(seconds)
