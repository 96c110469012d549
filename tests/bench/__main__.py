"""``python -m tests.bench``: figures of speed, each against a floor measured in the same run. Informs; fails nothing.

``--orders 1000,100000,1000000`` says how large the stores are; they are made once under ``OMS_TUI_BENCH_CACHE`` (by
default a folder below the system's temporary one) and found again. ``--only reads,words`` runs some parts
(ingest, reads, words, reports, desk, mail).
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from pathlib import Path

HERE = str(Path(__file__).parent)
if HERE not in sys.path:  # benchmarks are no package of ours, they name each other by plain names
    sys.path.insert(0, HERE)

from figures import Figure, table  # noqa: E402 - they lie in the folder just made importable

_PARTS = ("ingest", "reads", "words", "reports", "desk", "mail")
_OF_STORES = frozenset({"reads", "words", "reports", "desk"})


def main() -> None:
    """Run what was asked for and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--orders", default="1000,100000", help="sizes of the stores, with commas between")
    parser.add_argument("--messages", type=int, default=50_000, help="mails of the mailbox of the part mail")
    parser.add_argument("--only", default=",".join(_PARTS), help=f"parts: {', '.join(_PARTS)}")
    options = parser.parse_args()
    wanted = options.only.split(",")
    sizes = sorted(int(size) for size in options.orders.split(","))
    cache = Path(os.environ.get("OMS_TUI_BENCH_CACHE") or Path(tempfile.gettempdir()) / "oms-tui-bench")
    import stores

    made = {}
    if _OF_STORES & set(wanted):
        for size in sizes:
            made[size] = stores.built(cache, size)
            print((made[size] / "complete").read_text(encoding="utf-8").strip(), flush=True)
    found: list[Figure] = []
    for part in _PARTS:
        if part not in wanted:
            continue
        module = __import__(f"{part}_bench")
        given: tuple[object, ...] = (made,) if part in _OF_STORES else ()
        for figure in module.figures(options.messages, cache) if part == "mail" else module.figures(*given):
            found.append(figure)
            print(f"  {figure.name}: {figure.value:,.3f} {figure.unit}", file=sys.stderr, flush=True)
    python = f"{platform.python_implementation()} {platform.python_version()}"
    print(f"\n{python}, {os.cpu_count()} cores, {platform.machine()}\n")
    print(table(found))


if __name__ == "__main__":
    main()
