"""The desk itself: draws at once from what the store holds; a worker is started beside it if none runs."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oms_tui.commands.line import Options
    from oms_tui.config_model import Config


def run(options: Options) -> int:
    """Open the desk; returns the exit code when it is closed."""
    gc.disable()  # nothing made while starting is garbage; ui.app looks for some again after the first frame
    from oms_tui.commands.context import opened

    if not sys.stdout.isatty() or not sys.stdin.isatty():
        from oms_tui.commands.failures import WRONG_USE, Failure

        raise Failure(
            WRONG_USE,
            "terminal",
            "the desk needs a terminal; in a pipe use a command",
            hint="`oms-tui --help` lists them",
        )
    config, session = opened(options, checked=False, runs=True)
    # How long (ms) an ESC may be the beginning of an arrow key; a slow line needs longer. Textual reads it when loaded.
    os.environ.setdefault("ESCDELAY", "100" if "SSH_CONNECTION" in os.environ else "25")
    from oms_tui.ui.running import run_desk

    return run_desk(config, session, worker=None if options.read_only else lambda: start_worker(config, options))


def start_worker(config: Config, options: Any) -> Any:
    """Start the sync worker as a child that ends with the desk; while another one is at work it stands by.

    Returns the child process. Its words go to the log, never to the desk's terminal.
    """
    import subprocess

    config.folders.logs.mkdir(parents=True, exist_ok=True, mode=0o700)
    command = [sys.executable, "-m", "oms_tui.cli", "--config", str(config.path), "sync", "--follow"]
    command += ["--beside", str(os.getpid())]
    if options.agent:
        command[3:3] = ["--as", options.agent]
    if options.now:
        command[3:3] = ["--now", options.now]
    with (config.folders.logs / "worker.log").open("ab") as log:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, close_fds=True
        )
