"""localstripe, a stateful imitation of Stripe from PyPI, in an environment of its own (it is GPL and needs aiohttp).

The environment is made once and kept in the user's cache; the server keeps what it knows in memory and dies with the
run.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import platformdirs
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VERSION = "1.15.10"
_STARTS_WITHIN = 30.0


def python() -> Path:
    """The interpreter that has localstripe; made when it is not there.

    Skips the test where it cannot be had, or fails it when ``OMS_TUI_NO_SKIP`` is 1.
    """
    home = platformdirs.user_cache_path("oms-tui-tests") / f"localstripe-{VERSION}"
    interpreter = home / "bin" / "python"
    done = home / "complete"
    if not done.exists():
        try:
            subprocess.run(
                [sys.executable, "-m", "venv", "--clear", str(home)], check=True, capture_output=True, timeout=120
            )
            wanted = [str(interpreter), "-m", "pip", "install", "-q", f"localstripe=={VERSION}"]
            subprocess.run(wanted, check=True, capture_output=True, timeout=180)
        except (OSError, subprocess.SubprocessError) as error:
            _give_up(f"localstripe {VERSION} cannot be installed here: {error}")
        done.touch()
    return interpreter


@contextlib.contextmanager
def running(folder: Path) -> Iterator[str]:
    """The address of a fresh localstripe, until the end of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with (folder / "localstripe.log").open("wb") as log:
        server = subprocess.Popen(
            [str(python()), "-m", "localstripe", "--port", str(port), "--from-scratch"],
            cwd=folder,
            stdout=log,
            stderr=log,
        )
        try:
            _wait_for(url, server)
            yield url
        finally:
            server.terminate()
            server.wait(10)


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/v1/balance", timeout=1):  # noqa: S310 - our own loopback address
                return
        except urllib.error.HTTPError:
            return  # it answers, and wants a key
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.05)
    _give_up(f"localstripe does not start (it left with {server.poll()})")


def _give_up(reason: str) -> None:
    if os.environ.get("OMS_TUI_NO_SKIP") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
