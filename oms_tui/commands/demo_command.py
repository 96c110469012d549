"""A desk of one's own to try: an invented shop in a folder, read by the real connectors. Nothing leaves the machine."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from oms_tui.commands.context import emit, tell
from oms_tui.commands.failures import DONE, WRONG_USE, Failure

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from oms_tui.config_model import Config
    from oms_tui.store.session import Session

_FOLDER: Final = Path("oms-desk")
_READ_FIRST: Final = 20_000
"""Up to how many orders all is read before the desk opens; with more it opens at once and fills while one looks."""


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
    stays = not (options.json or options.no_desk or not sys.stdout.isatty())
    if not stays or (is_new and options.orders <= _READ_FIRST):
        _read(options)
    else:
        _go_on(options)
    if not stays:
        if options.json:
            emit({"dir": str(folder), "config": str(path), "new": is_new})
        else:
            tell(f"the desk lies in {folder}; open it with: oms-tui --config {path}")
        return DONE
    from oms_tui.commands import desk

    return desk.run(options)


def _read(options: Any) -> None:
    """Fetch everything that was not fetched yet, so that the desk opens full."""
    from oms_tui.commands.sync_command import progress_line
    from oms_tui.demo.past import has_past, is_read, write_past
    from oms_tui.sync.worker import run_once

    with _desk(options) as (config, session):
        if has_past(session):
            return
        if not is_read(session, config.sources):
            for each in run_once(config, session, progress=progress_line()):
                if not each.ok:
                    tell(f"{each.source}: {each.error}\n  {each.hint}")
        write_past(session)
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")


def _go_on(options: Any) -> None:
    """The desk opens on what is there, and its worker reads on; what the desk remembers follows when all is read."""
    from oms_tui.demo.past import is_read, write_past

    with _desk(options) as (config, session):
        if is_read(session, config.sources):
            write_past(session)


@contextmanager
def _desk(options: Any) -> Iterator[tuple[Config, Session]]:
    """The demo's config, and a session at its desk."""
    from oms_tui.commands.context import config_of
    from oms_tui.desk import agent_of, open_store, session_on

    config = config_of(options)
    store = open_store(config, checkpoints=True)
    try:
        store.mark_for_trying()
        yield config, session_on(config, store, agent_of(config, options.agent))
    finally:
        store.close()


def _progress() -> Any:
    if not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        sys.stderr.write(f"\r\x1b[Kinventing orders: {done:,} of {total:,}")
        sys.stderr.flush()

    return show
