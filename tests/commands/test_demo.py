"""`demo`: made, read and opened; what was begun goes on, and what the desk remembers is written once."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from oms_tui.commands import demo_command
from oms_tui.commands import desk as desk_command
from oms_tui.demo.past import has_past, is_read
from oms_tui.desk import open_session
from oms_tui.sources import load_checked

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from commands.conftest import Desk


def _calls(folder: Path) -> int:
    session = open_session(load_checked(folder / "config.toml"))
    try:
        assert has_past(session)
        return int(session.store.desk.execute("SELECT count(*) FROM call_logs").fetchone()[0])
    finally:
        session.store.close()


def test_a_demo_that_was_made_but_not_read_is_read_and_its_past_is_written_once(bare_desk: Desk) -> None:
    desk, folder = bare_desk, bare_desk.folder

    first = desk.json("demo", "--dir", str(folder), "--no-desk")
    calls = _calls(folder)
    again = desk.json("demo", "--dir", str(folder), "--no-desk")

    assert first["new"] is False
    assert calls > 0
    assert desk.json("find", "state:open OR state:closed", "--limit", "500")["items"]
    assert again == first
    assert _calls(folder) == calls


def test_a_large_demo_opens_at_once_and_remembers_its_past_when_it_was_read(
    bare_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = bare_desk.folder.with_name("large")
    opened: list[tuple[bool, bool]] = []

    def look(options: argparse.Namespace) -> int:
        session = open_session(load_checked(folder / "config.toml"))
        opened.append((is_read(session, ("shop",)), has_past(session)))
        session.store.close()
        return 0

    monkeypatch.setattr(desk_command, "run", look)
    monkeypatch.setattr(demo_command, "_READ_FIRST", 50)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    parser = argparse.ArgumentParser()
    demo_command.add(parser)
    options = parser.parse_args(["--orders", "60", "--dir", str(folder)])
    options.json = options.read_only = options.verbose = False
    options.agent = options.now = options.config = None

    assert demo_command.run(options) == 0
    assert type(bare_desk)(folder).run("sync", "--once").code == 0
    assert demo_command.run(options) == 0

    assert opened == [(False, False), (True, True)]
