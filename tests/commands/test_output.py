"""What is said reaches whoever listens: in any charset, into a closed or a full output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Desk


def run(desk: Desk, *arguments: str, redirect: str = "", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run it by a shell, with its output somewhere else."""
    command = ["/bin/sh", "-c", f'exec "$0" -m oms_tui.cli --config "$@" {redirect}', sys.executable, str(desk.folder)]
    told = {**os.environ, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", **environment}
    return subprocess.run([*command, *arguments], capture_output=True, check=False, env=told, timeout=60)


@pytest.mark.parametrize("charset", ["ascii", "latin-1", "cp1252"])
def test_a_charset_that_lacks_signs_loses_only_those(desk: Desk, charset: str) -> None:
    answer = run(desk, "find", "", PYTHONIOENCODING=charset)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.decode(charset).startswith("number")
    document = run(desk, "find", "", "--json", PYTHONIOENCODING=charset)
    assert json.loads(document.stdout) == desk.json("find", "")
    number = desk.json("find", "is:open")["items"][0]["number"]
    desk.json("do", "note", number, "--text", "größer als 5 €: ✓")
    copy = run(desk, "store", "export", PYTHONIOENCODING=charset)
    assert "größer als 5 €: ✓" in copy.stdout.decode("utf-8"), "a copy loses nothing"


def test_a_closed_output_is_nobodys_fault(desk: Desk) -> None:
    answer = run(desk, "find", "", redirect=">&-")
    assert (answer.returncode, answer.stderr) == (0, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")  # noqa: PTH110
@pytest.mark.parametrize("more", [[], ["--json"]])
def test_an_output_without_room_is_said_in_words(desk: Desk, more: list[str]) -> None:
    answer = run(desk, "find", "", *more, redirect=">/dev/full")
    assert answer.returncode == 2
    assert b"the disk is full" in answer.stderr
    assert b"Traceback" not in answer.stderr


def test_read_only_reads_no_source_and_sends_nothing(desk: Desk) -> None:
    answer = desk.run("sync", "--once", "--read-only", "--json")
    assert answer.code == 4
    assert answer.json["error"]["code"] == "read_only"
