"""A desk of one's own to try: an invented shop in a folder, read by the real connectors. Nothing leaves the machine."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oms_tui.commands.context import emit, tell
from oms_tui.commands.failures import DONE, WRONG_USE, Failure

if TYPE_CHECKING:
    import argparse

_FOLDER = Path("oms-desk")


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--orders", type=int, default=400, help="how many orders to invent (400)")
    parser.add_argument("--dir", type=Path, default=_FOLDER, help="the folder (oms-desk)")
    parser.add_argument("--no-desk", action="store_true", help="make and read it, but do not open the desk")


def run(options: Any) -> int:
    """Make it (or find it there), read it, open it; returns the exit code."""
    if options.orders < 1:
        raise Failure(WRONG_USE, "usage", "--orders must be at least 1", field="orders")
    from oms_tui.demo import NotADemoError, make

    folder = options.dir.expanduser().resolve()
    is_new = not (folder / "config.toml").exists()
    show = _progress()
    try:
        path = make(folder, orders=options.orders, now=datetime.now(UTC), progress=show)
    except NotADemoError as error:
        raise Failure(WRONG_USE, "folder", str(error), field="dir", hint="name another with --dir") from None
    options.config = str(path)
    if is_new:
        _read(options)
    if options.json or options.no_desk or not sys.stdout.isatty():
        if options.json:
            emit({"dir": str(folder), "config": str(path), "new": is_new})
        else:
            tell(f"the desk lies in {folder}; open it with: oms-tui --config {path}")
        return DONE
    from oms_tui.commands import desk

    return desk.run(options)


def _read(options: Any) -> None:
    """Fetch everything once, so that the desk opens full."""
    from oms_tui.commands.context import config_of
    from oms_tui.commands.sync_command import progress_line
    from oms_tui.demo.calls import remember_calls
    from oms_tui.demo.habits import remember_habits
    from oms_tui.desk import agent_of, open_store, session_on
    from oms_tui.sync.worker import run_once

    config = config_of(options)
    store = open_store(config, checkpoints=True)
    try:
        store.mark_for_trying()
        session = session_on(config, store, agent_of(config, options.agent))
        for each in run_once(config, session, progress=progress_line()):
            if not each.ok:
                tell(f"{each.source}: {each.error}\n  {each.hint}")
        remember_calls(session)
        remember_habits(session)
    finally:
        store.close()
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")


def _progress() -> Any:
    if not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        sys.stderr.write(f"\r\x1b[Kinventing orders: {done:,} of {total:,}")
        sys.stderr.flush()

    return show
