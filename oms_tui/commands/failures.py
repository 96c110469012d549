"""Every failure as words for the person who can act, one JSON shape, and an exit code (CONTRACT)."""

from __future__ import annotations

import errno
import json as json_module
import os
import sys
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from oms_tui.redaction import scrub

if TYPE_CHECKING:
    from pathlib import Path

DONE: Final = 0
NOTHING: Final = 1
WRONG_USE: Final = 2
SOURCE_FAILED: Final = 3
REFUSED: Final = 4
CONFLICT: Final = 5
IN_DOUBT: Final = 6
OUR_FAULT: Final = 70

_CODES: Final = {
    "conflict": CONFLICT,
    "in_doubt": IN_DOUBT,
    "rejected": REFUSED,
    "usage": WRONG_USE,
    "not_found": NOTHING,
}
_FAMILIES: Final = {
    "ConnectorError": (SOURCE_FAILED, "source"),
    "Refused": (REFUSED, "refused"),
    "LeaseHeld": (CONFLICT, "worker_runs"),
    "ConfigError": (WRONG_USE, "config"),
    "SecretError": (WRONG_USE, "secret"),
    "StoreError": (WRONG_USE, "store"),
    "DatabaseError": (WRONG_USE, "store"),
    "QueryError": (WRONG_USE, "query"),
    "UnsendableReply": (REFUSED, "reply"),
    "MacroError": (REFUSED, "reply"),
}
"""Exit code and JSON code of each family of errors, by the name of its class: most are never imported."""


class Failure(Exception):
    """A command cannot do what was asked."""

    def __init__(self, exit_code: int, code: str, message: str, *, field: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.exit_code = exit_code
        self.code = code
        self.field = field
        self.hint = hint


def not_found(what: str, hint: str = "") -> Failure:
    """Nothing of that name is there."""
    return Failure(NOTHING, "not_found", what, hint=hint)


def told(error: Exception, *, json: bool, options: object) -> int:
    """Say what happened; returns the exit code."""
    exit_code, code = _kind(error)
    message = scrub(str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error))
    hint = scrub(getattr(error, "hint", "") or "")
    if code == "store" and not hint:
        from oms_tui.store.space import HINT, is_full

        if is_full(error):
            message, hint = "the disk is full, and this was not written", HINT
    if exit_code == OUR_FAULT:
        report = _report(error, options)
        message = f"a fault of ours: {type(error).__name__}: {message}"
        hint = f"the report lies at {report}" if report else "the report could not be written"
    if json:
        failure: dict[str, Any] = {
            "code": code,
            "message": message,
            "field": getattr(error, "field", "") or None,
            "hint": hint or None,
        }
        with suppress(OSError):  # that it cannot be written may be what is told
            sys.stdout.write(json_module.dumps({"error": failure}) + "\n")
            sys.stdout.flush()
    sys.stderr.write(f"oms-tui: {message}\n" + (f"  {hint}\n" if hint else ""))
    if getattr(options, "verbose", False):
        sys.stderr.write(scrub("".join(traceback.format_exception(error))))
    _let_go_of_output()
    return exit_code


def _let_go_of_output() -> None:
    """Leave nothing for the interpreter's end to write where it cannot be written."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _kind(error: Exception) -> tuple[int, str]:
    """Exit code and JSON code of an error."""
    code = str(getattr(error, "code", "") or "")
    if isinstance(error, Failure):
        return error.exit_code, error.code
    for kind in type(error).__mro__:
        if kind.__name__ in _FAMILIES:
            exit_code, otherwise = _FAMILIES[kind.__name__]
            return _CODES.get(code, exit_code), code or otherwise
    if isinstance(error, KeyError) and error.args and " " in str(error.args[0]):
        return WRONG_USE, "unknown"  # a look-up that says in words what there is
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return WRONG_USE, "store"
    return OUR_FAULT, "fault"


def _report(error: Exception, options: object) -> Path | None:
    """Keep the traceback, without any secret, where people can find it."""
    from oms_tui.commands.context import logs_folder

    try:
        folder = logs_folder(options)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / f"fault-{datetime.now(UTC):%Y%m%d-%H%M%S}.txt"
        path.write_text(scrub("".join(traceback.format_exception(error))), encoding="utf-8")
    except OSError:
        return None  # told with the message: "the report could not be written"
    return path
