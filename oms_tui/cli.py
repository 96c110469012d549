"""The command line. Nothing is imported before it is needed: the desk's first frame pays for every line here."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS: Final = {
    "demo": "a desk of one's own to try, with invented orders; nothing leaves the machine",
    "init": "set a desk up: asks, tests each account, writes the config",
    "sync": "read what changed, send what waits",
    "status": "how every source does",
    "doctor": "check config, credentials, versions and the store",
    "find": "orders that a query finds",
    "show": "one order with everything about it",
    "do": "an action of the catalogue on one or many orders",
    "reply": "write or send a reply on an order",
    "mail": "mails: list, show, save, candidates, link, unlink, split, merge, close, snooze, spam, reopen",
    "tasks": "what is to be done, by whom and by when",
    "calls": "whom to call about what, by when; what was kept and what was missed",
    "outbox": "what leaves: list, show, retry, recall, resolve",
    "undo": "take the last action back",
    "check": "what is left unattended",
    "tiers": "how customers are served, and whom another rule would move: list, preview",
    "absent": "who is away, and who stands in: list, until, back",
    "report": "figures by week: causes, sla, handling, coverage, quality, workload, workflow, trend",
    "store": "backup, restore, rebuild-cache, export, verify",
    "views": "saved views",
    "macros": "replies written once",
    "rules": "what is done by itself: list, check, run (--dry), runs, undo, again",
    "notices": "what somebody here is to know of: list, done",
    "sources": "the systems one can connect",
}
"""Every command with what it does in a line. Each is a module of ``oms_tui.commands``."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command, or the desk without any; returns the exit code (CONTRACT: 0 to 6, 70)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _ready_for_words()
    from oms_tui.commands.line import command_of, options_of

    name = command_of(given, COMMANDS)
    if name is None:
        from oms_tui.commands import desk

        return _guarded(desk, options_of(given))
    module = import_module(f"oms_tui.commands.{name}_command")
    from oms_tui.commands.parsing import parsed

    return _guarded(module, parsed(name, module, given, COMMANDS))


def _ready_for_words() -> None:
    """What is said may hold any script: where the terminal's charset has no sign for it, a question mark stands."""
    if sys.stdout is None or sys.stderr is None:  # started with closed descriptors: nobody listens
        import os

        nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - no path; for good
        sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere
    for stream in (sys.stdout, sys.stderr):
        if stream.encoding.lower() not in {"utf-8", "utf8"} and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _guarded(module: object, options: object) -> int:
    """Run, and turn every failure into words and an exit code."""
    try:
        code = int(module.run(options))  # type: ignore[attr-defined]  # every command module has one
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output has enough
        sys.stderr.close()
        return 0
    except Exception as error:  # noqa: BLE001 - the last place where it can be told in words
        from oms_tui.commands.failures import told

        return told(error, json=bool(getattr(options, "json", False)), options=options)
    return code


if __name__ == "__main__":
    sys.exit(main())
