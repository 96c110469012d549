"""The mail server of the tests ends with them, however they end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

RUN = """
import sys, time
sys.path.insert(0, sys.argv[1])
from servers import dovecot
try:
    server = dovecot.start()
except dovecot.Unavailable as reason:
    print("none", reason, flush=True)
else:
    print(server.process.pid, server.base, flush=True)
    time.sleep(60)
"""


def runs(pid: str) -> bool:
    """Whether the process is there, and no zombie that nobody has buried yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_a_run_that_is_killed_leaves_no_server() -> None:
    command = [sys.executable, "-c", RUN, str(Path(__file__).parents[1])]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    pid, _, base = run.stdout.readline().strip().partition(" ")
    if pid == "none":
        run.wait()
        pytest.skip(base)
    run.send_signal(signal.SIGKILL)
    run.communicate()
    until = time.monotonic() + 15
    while runs(pid) and time.monotonic() < until:
        time.sleep(0.1)
    gone = not runs(pid)
    if not gone:
        os.kill(int(pid), signal.SIGTERM)
    subprocess.run(["/bin/rm", "-rf", base], check=True)
    assert gone
