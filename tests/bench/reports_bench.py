"""Every report of the command line over years of orders: how long somebody waits for it, the start included."""

from __future__ import annotations

import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from desk_bench import MeasuredNothing, desk
from figures import Figure
from terminal import as_installed

from oms_tui.commands.failures import DONE, NOTHING
from oms_tui.store.reads.reports.catalogue import REPORTS

if TYPE_CHECKING:
    from collections.abc import Iterator

_ORDERS: Final = 50_000
_SECONDS: Final = 2.0
_WEEKS: Final = 520
_RUNS: Final = 3


def figures(stores: dict[int, Path]) -> Iterator[Figure]:
    """Least seconds of each, on the smallest store that is large enough."""
    large = [count for count in sorted(stores) if count >= _ORDERS]
    if not large:
        print(f"reports: left out, no store of {_ORDERS:,} orders was asked for", flush=True)
        return
    count = large[0]
    with tempfile.TemporaryDirectory() as folder:
        *program, _ = desk(stores[count], Path(folder))
        for name in REPORTS:
            command = [*program, "report", name, "--json", "--weeks", str(_WEEKS)]
            taken = []
            for _ in range(_RUNS):
                at = time.perf_counter()
                done = subprocess.run(command, env=as_installed(), capture_output=True, check=False)
                taken.append(time.perf_counter() - at)
                if done.returncode not in {DONE, NOTHING}:
                    raise MeasuredNothing(f"{' '.join(command)}: {done.stderr.decode()[-400:]}")
            empty = ", nothing to tell" if done.returncode == NOTHING else ""
            yield Figure(f"report {name}, {count:,} orders{empty}", min(taken), "s", budget=_SECONDS)
