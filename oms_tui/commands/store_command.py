"""The store: copies of the desk's data, the way back, the cache made anew."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oms_tui.commands.context import config_of, emit, opened, say, tell
from oms_tui.commands.failures import DONE, NOTHING, REFUSED, Failure

if TYPE_CHECKING:
    import argparse


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="WHAT")
    verbs.add_parser("backup", help="copy the desk's data (the newest seven copies are kept)")
    back = verbs.add_parser("restore", help="bring back what a copy or an export holds")
    back.add_argument("file", type=Path)
    verbs.add_parser("rebuild-cache", help="put the cache aside; everything is fetched again, no decision is lost")
    out = verbs.add_parser("export", help="every row of the desk as lines of JSON (as one document with --json)")
    out.add_argument("-o", "--output", type=Path, help="a file; without it standard output")
    verbs.add_parser("verify", help="read every row again and check what was written")


def run(options: Any) -> int:
    """Do it; returns the exit code."""
    return {"backup": _backup, "restore": _restore, "rebuild-cache": _rebuild, "export": _export, "verify": _verify}[
        options.verb
    ](options)


def _backup(options: Any) -> int:
    from oms_tui.store.backup import backup

    session = opened(options).session
    path = backup(session.store, now=session.now())
    if options.json:
        emit({"file": str(path)})
    else:
        say(str(path))
    return DONE


def _restore(options: Any) -> int:
    from oms_tui.commands.context import settled
    from oms_tui.store.backup import restore

    session = opened(options).session
    count = restore(session.store, options.file)
    settled(session)
    if options.json:
        emit({"rows": count})
    else:
        say(f"{count} rows brought back; what was there before was copied first")
    return DONE


def _rebuild(options: Any) -> int:
    from oms_tui.store.workspace import put_cache_aside

    folder = config_of(options).desk.store.folder
    worker = _worker_of(folder)
    if worker:
        raise Failure(
            REFUSED, "busy", f"{worker} is at work on this desk", hint="stop it (or close the desk), then try again"
        )
    put_cache_aside(folder, "old")
    if options.json:
        emit({"rebuilt": True})
    else:
        say("the cache was put aside; `oms-tui sync` fetches everything again")
    return DONE


def _worker_of(folder: Path) -> str:
    """The sync worker that lives on this desk, in words; "" for none. The cache is not opened for it."""
    from oms_tui.store.driver import DatabaseError, connect
    from oms_tui.sync.lease import lives, told

    path = folder / "desk.db"
    if not path.exists():
        return ""
    try:
        desk = connect(path, durable=True, read_only=True)
        row = desk.execute("SELECT holder FROM leases WHERE name = 'sync'").fetchone()
        desk.close()
    except DatabaseError:
        return ""  # whatever is wrong with the desk's file, its cache may be made anew
    return told(row[0]) if row and row[0] and lives(row[0]) else ""


def _export(options: Any) -> int:
    from oms_tui.store.backup import export_lines

    session = opened(options).session
    if options.output is None:
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a copy may not depend on the terminal
        before, between, after = ('{"items": [', ", ", '], "next": null}\n') if options.json else ("", "\n", "\n")
        sys.stdout.write(before)
        for count, line in enumerate(export_lines(session.store)):
            sys.stdout.write(f"{between}{line}" if count else line)
        sys.stdout.write(after)
        return DONE
    with options.output.open("x", encoding="utf-8", opener=_private) as file:
        count = sum(1 for line in export_lines(session.store) if file.write(f"{line}\n"))
    if options.json:
        emit({"file": str(options.output), "rows": count - 1})
    else:
        say(f"{count - 1} rows in {options.output}")
    return DONE


def _private(path: str, flags: int) -> int:
    import os

    return os.open(path, flags, 0o600)


def _verify(options: Any) -> int:
    from oms_tui.store.backup import copies, faults

    session = opened(options).session
    desk = faults(session.store.desk, hashed=True)
    cache = faults(session.store.cache, hashed=False)
    if options.json:
        emit({"desk": desk, "cache": cache, "copies": [str(path) for path in copies(session.store)]})
        return NOTHING if desk or cache else DONE
    for fault in desk:
        say(f"desk: {fault}")
    for fault in cache:
        say(f"cache: {fault}")
    if desk:
        tell("`oms-tui store restore FILE` brings rows back from a copy; the copies lie in the store's backups folder")
    if cache:
        tell("`oms-tui store rebuild-cache` makes the cache anew")
    if not desk and not cache:
        say("every row is as it was written")
    return NOTHING if desk or cache else DONE
