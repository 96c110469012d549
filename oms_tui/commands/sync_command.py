"""Read what changed at the sources, join it to the orders, send what waits in the outbox."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any, Final

from oms_tui.commands.context import clock_of, config_of, emit, refuse_other_time, say, tell
from oms_tui.commands.failures import DONE, IN_DOUBT, REFUSED, SOURCE_FAILED, WRONG_USE, Failure

if TYPE_CHECKING:
    from collections.abc import Callable

_STANDBY_SECONDS: Final = 2.0
_LOOK_SECONDS: Final = 1.0
_NICER: Final = 10


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("source", nargs="*", help="only these sources; all if left out")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--once", action="store_true", help="one round, then end (this is what happens without either)")
    how.add_argument("--follow", action="store_true", help="go on until stopped: one such worker for each desk")
    parser.add_argument("--beside", type=int, metavar="PID", help=argparse.SUPPRESS)  # the desk that started it


def run(options: Any) -> int:
    """Do it; returns the exit code."""
    from oms_tui.config_tiers import check_tiers
    from oms_tui.desk import agent_of, open_store, session_on
    from oms_tui.sources import check_sources

    if options.read_only:
        raise Failure(
            REFUSED,
            "read_only",
            "sync keeps what it reads and sends what waits: it does not run with --read-only",
            hint="`oms-tui status` and `oms-tui doctor` only look",
        )
    config = config_of(options)
    if unknown := [name for name in options.source if name not in config.sources]:
        there = ", ".join(config.sources) or "none"
        raise Failure(WRONG_USE, "usage", f"there is no source {unknown[0]!r}; there are: {there}", field="source")
    if options.beside is None:  # beside a desk one source that cannot work is told there, and the others go on
        check_sources(config)
        check_tiers(config)
    else:
        give_way()
    clock = clock_of(options, runs=options.follow)
    store = open_store(config, checkpoints=True)
    agent = agent_of(config, options.agent or config.desk.agent or _anybody(config))
    session = session_on(config, store, agent, clock=clock)
    try:
        refuse_other_time(options, store)
        return _follow(config, session, options.beside) if options.follow else _once(config, session, options)
    finally:
        store.close()


def give_way() -> None:
    """Let others have the processor first: who waits for a key's answer feels it, a mailbox does not."""
    if hasattr(os, "nice"):
        os.nice(_NICER)


def _anybody(config: Any) -> str:
    """The worker acts for nobody in particular; the config's first agent lends it a name."""
    return next(iter(config.agents), "")


def _once(config: Any, session: Any, options: Any) -> int:
    from oms_tui.commands import mail_documents
    from oms_tui.store.reads.outbox import outbox
    from oms_tui.sync.worker import run_once

    started = session.now()
    runs = run_once(config, session, only=tuple(options.source), progress=progress_line())
    failed = [each for each in runs if not each.ok]
    kept = [each for each in outbox(session.store) if each.error and each.since >= started]
    if options.json:
        items = [
            {
                "source": each.source,
                "ok": each.ok,
                "records": each.records,
                "error": each.error or None,
                "hint": each.hint or None,
            }
            for each in runs
        ]
        emit({"items": items, "next": None, "outbox": [mail_documents.outbox_item(each) for each in kept]})
    for each in runs:
        if not options.json and each.ok:
            say(f"{each.source}: {each.records:,} records")
        elif not each.ok:
            tell(f"{each.source}: {each.error}\n  {each.hint}")
    for item in kept:
        tell(f"outbox: {item.number} is {item.state}: {item.error}\n  `oms-tui outbox show {item.id[:12]}` says more")
    if failed:
        return SOURCE_FAILED
    if any(item.state == "in_doubt" for item in kept):
        return IN_DOUBT
    left = {"sent"}  # that a copy was not filed yet is told, and no failure to send
    return SOURCE_FAILED if any(item.state not in left for item in kept) else DONE


def _follow(config: Any, session: Any, desk: int | None) -> int:
    """Follow until stopped. Beside a desk: until that ends, standing by while another is at work."""
    from oms_tui.sync.lease import LeaseHeld
    from oms_tui.sync.worker import follow

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if desk is None:
        follow(config, session, stop=stop)
        return DONE
    threading.Thread(target=_end_with, args=(desk, stop), name="desk", daemon=True).start()
    while not stop.is_set():
        try:
            follow(config, session, stop=stop)
        except LeaseHeld:
            stop.wait(_STANDBY_SECONDS)
    return DONE


def _end_with(desk: int, stop: threading.Event) -> None:
    """Set ``stop`` when the desk is gone, however it went: a child whose parent ended has another one."""
    while os.getppid() == desk:
        if stop.wait(_LOOK_SECONDS):
            return
    stop.set()


def progress_line() -> Callable[..., None] | None:
    """A line that counts up on a terminal; None where nobody would see it."""
    if not sys.stderr.isatty():
        return None
    last: dict[str, str] = {}

    def show(source: str, done: int, total: int | None) -> None:
        of = f" of {total:,}" if total else ""
        line = f"{source}: {done:,}{of}"
        if last.get("line") != line:
            last["line"] = line
            sys.stderr.write(f"\r\x1b[K{line}")
            sys.stderr.flush()

    return show
