"""`init` asks, tests each account before it is saved, and writes a config that a desk opens with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from oms_tui.commands import config_text
from oms_tui.config import load
from oms_tui.sources import load_checked

if TYPE_CHECKING:
    from pathlib import Path

DESK = ("Bright Shop", "ana", "Ana Ruiz", "ana@bright.example", "Europe/Berlin", "09:00-12:00, 13:00-17:30")


def init(folder: Path, *answers: str, json_too: bool = False, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run it with its answers on standard input, as a script would."""
    arguments = ["init", "--config", str(folder / "config.toml"), *(["--json"] if json_too else [])]
    return subprocess.run(
        [sys.executable, "-m", "oms_tui.cli", *arguments],
        input="".join(f"{answer}\n" for answer in answers),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **environment, "OMS_TUI_DATA": str(folder / "data")},
    )


def test_a_new_desk_with_a_folder_of_files_and_a_mail_folder_is_set_up_and_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "orders.csv").write_text("number,email,total,currency\n1042,jan@x.example,10.00,EUR\n")
    for folder in ("new", "cur", "tmp"):
        (tmp_path / "mail" / folder).mkdir(parents=True)
    done = init(
        tmp_path,
        *DESK,
        *("files", "shop", "exports", "Europe/Berlin", "EUR", ""),
        *("maildir", "support", "mail", "help@bright.example", "", "deliver_to", "outgoing"),
        "done",
        json_too=True,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["saved"] == ["shop", "support"]
    config = load_checked(tmp_path / "config.toml")
    assert (config.desk.name, config.desk.agent, config.agents["ana"].name) == ("Bright Shop", "ana", "Ana Ruiz")
    assert config.desk.hours.week is not None
    assert config.desk.hours.week["fri"] == ("09:00-12:00", "13:00-17:30")
    assert config.sources["support"].settings["deliver_to"] == "outgoing"
    assert (tmp_path / "config.toml").stat().st_mode & 0o077 == 0
    read = subprocess.run(
        [sys.executable, "-m", "oms_tui.cli", "--config", str(tmp_path), "sync", "--once"],
        capture_output=True,
        timeout=120,
        check=False,
        env={**os.environ, "OMS_TUI_DATA": str(tmp_path / "data")},
    )
    assert read.returncode == 0, read.stderr


def test_an_account_that_cannot_be_reached_is_told_and_left_out_unless_one_insists(tmp_path: Path) -> None:
    mailbox = ("imap", "support", "127.0.0.1", "none", "ana", "env", "MAIL_PASSWORD", "no", "port", "9")
    done = init(tmp_path, *DESK, *mailbox, "leave", "done", MAIL_PASSWORD="hush-hush")
    assert done.returncode == 0, done.stderr
    assert "support does not work yet" in done.stderr
    assert "hush-hush" not in done.stderr + done.stdout
    assert load(tmp_path / "config.toml").sources == {}

    again = init(tmp_path, *mailbox, "save", "done", MAIL_PASSWORD="hush-hush")
    assert again.returncode == 0, again.stderr
    written = (tmp_path / "config.toml").read_text()
    assert 'password = { env = "MAIL_PASSWORD" }' in written
    assert "hush-hush" not in written
    assert not list(tmp_path.glob(".config.toml*"))


def test_what_people_wrote_in_a_config_stays_when_an_account_is_added(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    mine = (
        '# mine\n[desk]\nname = "Old Shop"\nagent = "ana"\ntimezone = "UTC"\n\n'
        '[agents.ana]\nname = "Ana"\n\n[ui]\ntheme = "light"  # easier on my eyes\n'
    )
    (tmp_path / "config.toml").write_text(mine)
    done = init(tmp_path, "files", "shop", "exports", "", "", "", "done")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "config.toml").read_text().startswith(mine)
    assert load_checked(tmp_path / "config.toml").sources["shop"].settings["path"] == "exports"


def test_a_wrong_answer_is_told_and_asked_again(tmp_path: Path) -> None:
    answers = list(DESK)
    answers[4:5] = ["Europe/Berlinn", "Europe/Berlin"]
    answers[6:7] = ["9 to 5", "09:00-17:00"]
    done = init(tmp_path, *answers, "something", "done")
    assert done.returncode == 0, done.stderr
    assert load(tmp_path / "config.toml").desk.zone.key == "Europe/Berlin"


def test_when_the_answers_end_what_was_saved_is_kept(tmp_path: Path) -> None:
    done = init(tmp_path, *DESK, "imap", "support")
    assert done.returncode == 2
    assert "the answers ended" in done.stderr
    assert load(tmp_path / "config.toml").desk.name == "Bright Shop"


@pytest.mark.parametrize("text", ['say "x"', "back\\slash", "line\nbreak", "tab\t", "del\x7f", "Grüße 🙂"])
def test_every_text_is_read_back_as_it_was(tmp_path: Path, text: str) -> None:
    import tomllib

    written = config_text.table(("a", "b c"), {"x": text, "n": 3, "on": True, "l": [text], "password": {"env": "P"}})
    config_text.write(tmp_path / "t.toml", written)
    table = tomllib.loads((tmp_path / "t.toml").read_text(encoding="utf-8"))["a"]["b c"]
    assert table == {"x": text, "n": 3, "on": True, "l": [text], "password": {"env": "P"}}
