"""The command line as people and scripts use it: a demo desk on disk, commands in processes of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from oms_tui.demo import make

if TYPE_CHECKING:
    from pathlib import Path

ORDERS = 200


@dataclass
class Answer:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Desk:
    """A desk in a folder, and the command line on it."""

    folder: Path

    def run(self, *arguments: str, given: str = "") -> Answer:
        command = [sys.executable, "-m", "oms_tui.cli", "--config", str(self.folder), *arguments]
        environment = {**os.environ, "NO_COLOR": "1"}
        done = subprocess.run(
            command, input=given, capture_output=True, text=True, check=False, env=environment, timeout=120
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    def json(self, *arguments: str) -> Any:
        """The document of a command that must succeed."""
        answer = self.run(*arguments, "--json")
        assert answer.code == 0, answer.err
        return answer.json


@pytest.fixture(scope="session")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "desk"
    make(folder, orders=ORDERS, now=datetime.now(UTC))
    desk = Desk(folder)
    answer = desk.run("sync", "--once")
    assert answer.code == 0, answer.err
    return folder


@pytest.fixture
def desk(_made: Path, tmp_path: Path) -> Desk:
    """A demo desk of one's own, read already."""
    folder = tmp_path / "desk"
    shutil.copytree(_made, folder)
    return Desk(folder)


@pytest.fixture
def bare_desk(tmp_path: Path) -> Desk:
    """A demo's folder that was made, but never read."""
    folder = tmp_path / "desk"
    make(folder, orders=ORDERS, now=datetime.now(UTC))
    return Desk(folder)
