"""What a benchmark says: a figure, the floor it is held against in the same run, and the budget of the ratio."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. ``budget`` is the largest ratio allowed (the value, without a floor); None: told only."""

    name: str
    value: float
    unit: str
    floor: float | None = None
    floor_name: str = ""
    budget: float | None = None

    @property
    def ratio(self) -> float | None:
        """Value over floor."""
        return self.value / self.floor if self.floor else None

    @property
    def verdict(self) -> str:
        """Whether it keeps its budget: informs, never fails a run."""
        if self.budget is None:
            return ""
        measured = self.ratio if self.floor else self.value
        return "ok" if measured is not None and measured <= self.budget else "OVER"


def median_of(run: Callable[[], object], times: int = 30) -> float:
    """Median seconds of ``run``."""
    taken = []
    for _ in range(times):
        at = time.perf_counter()
        run()
        taken.append(time.perf_counter() - at)
    return statistics.median(taken)


def least_of(
    run: Callable[[], object],
    seconds: float = 0.08,
    most: int = 60,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """The least seconds that ``run`` took: what it costs when nobody else has the machine.

    ``clock``: ``time.thread_time`` for the processor's seconds, where others do have it.
    """
    run()
    least, until = float("inf"), clock() + seconds
    for _ in range(most):
        at = clock()
        run()
        ended = clock()
        least = min(least, ended - at)
        if ended > until:
            break
    return least


def table(figures: list[Figure]) -> str:
    """The figures as text."""
    lines = [f"{'what':58} {'value':>12} {'floor':>12} {'ratio':>7} {'budget':>7}"]
    for figure in figures:
        floor = f"{figure.floor:,.3f}" if figure.floor is not None else ""
        ratio = f"{figure.ratio:.2f}" if figure.ratio is not None else ""
        budget = f"{figure.budget:g}" if figure.budget is not None else ""
        value = f"{figure.value:>9,.3f} {figure.unit:2.2}"
        lines.append(f"{figure.name:58.58} {value} {floor:>12} {ratio:>7} {budget:>7} {figure.verdict}")
    return "\n".join(lines)
