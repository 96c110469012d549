"""Wrong use and wrong configs: the exit code, the place, and what to do instead."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Desk


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["shwo"], 2, "did you mean show?"),
        (["find", "stat:open"], 2, "did you mean state"),
        (["find", "ship:lat"], 2, "did you mean late?"),
        (["find", "(a"], 2, "not closed"),
        (["find", "--limit", "0"], 2, "at least 1"),
        (["find", "--sort", "size"], 2, "priority"),
        (["show", "nosuch"], 1, "there is no order"),
        (["do", "nte", "1042"], 2, "did you mean note?"),
        (["do", "note", "1042", "--txt", "x"], 2, "it has: --text"),
        (["do", "note", "1042"], 2, "missing"),
        (["--as", "nobody", "find"], 2, "there are: "),
        (["mail", "show", "zzz"], 1, "mail list"),
        (["outbox", "show", "zzz"], 1, "outbox list"),
        (["sync", "nosource"], 2, "there are: "),
        (["show", "1042", "--now", "yesterday"], 2, "write it like"),
        (["store", "restore", "/nowhere/at/all"], 2, "cannot read"),
        (["find", "number:zzzzz"], 1, ""),
    ],
)
def test_it_is_told(desk: Desk, arguments: list[str], code: int, words: str) -> None:
    answer = desk.run(*arguments)
    assert answer.code == code, answer.err
    assert words in answer.err
    assert "Traceback" not in answer.err


def test_json_errors_have_one_shape(desk: Desk) -> None:
    answer = desk.run("find", "stat:open", "--json")
    assert answer.code == 2
    assert set(answer.json["error"]) == {"code", "message", "field", "hint"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["find", "--limit", "x"],
        ["show"],
        ["mail", "nosuch"],
        ["shwo"],
        ["sync", "--once", "--follow"],
        ["do", "note", "1042", "--txt", "x"],
        ["find", "--columns", "number,nosuch"],
    ],
)
def test_wrong_use_is_a_document_too(desk: Desk, arguments: list[str]) -> None:
    answer = desk.run(*arguments, "--json")
    assert answer.code == 2
    assert set(answer.json["error"]) == {"code", "message", "field", "hint"}
    assert answer.json["error"]["message"] in answer.err


@pytest.mark.parametrize(
    ("action", "field", "value"),
    [
        ("snooze", "until", "nonsense"),
        ("snooze", "until", "2020-01-01"),
        ("remind", "when", "nonsense"),
        ("escalate", "to", "nobody-here"),
        ("tag", "tags", "a/b"),
    ],
)
def test_a_value_that_is_wrong_for_any_order_is_wrong_use_and_no_order_is_touched(
    desk: Desk, action: str, field: str, value: str
) -> None:
    found = desk.json("find", "is:open", "--columns", "number", "--limit", "2")["items"]
    numbers = [each["number"] for each in found]
    answer = desk.run("do", action, *numbers, f"--{field}", value, "--yes", "--json")
    assert answer.code == 2
    assert (answer.json["error"]["code"], answer.json["error"]["field"]) == ("usage", field)
    assert desk.run("undo").code == 1, "there is nothing to take back"


def test_the_options_of_every_command_may_stand_anywhere(desk: Desk) -> None:
    number = desk.json("find", "is:open", "--columns", "number", "--limit", "1")["items"][0]["number"]
    answer = desk.run("do", "note", number, "--text", "x", "-v", "--read-only", "--json")
    assert answer.code == 4
    assert "read only" in answer.json["error"]["message"]
    assert desk.run("do", "tag", number, "--tag", "x", "--preview").code == 0, "the start of --tags says enough"


def test_the_desk_can_be_exported_as_one_document(desk: Desk) -> None:
    items = desk.json("store", "export")["items"]
    assert "export" in items[0]
    assert {each["table"] for each in items[1:]}


def test_a_mistake_in_the_config_names_file_line_and_key(desk: Desk) -> None:
    config = desk.folder / "config.toml"
    text = config.read_text(encoding="utf-8").replace("timezone", "timezon", 1)
    config.write_text(text, encoding="utf-8")
    line = next(place for place, row in enumerate(text.splitlines(), start=1) if "timezon" in row)
    answer = desk.run("find")
    assert answer.code == 2
    assert f"config.toml:{line}" in answer.err
    assert "did you mean timezone?" in answer.err


@pytest.mark.parametrize("command", [["find"], ["status"], ["sync"], ["do", "note", "1", "--text", "x"], ["doctor"]])
def test_a_mistake_in_a_sources_settings_is_one_of_the_config_for_every_command(desk: Desk, command: list[str]) -> None:
    assert desk.run("find").code == 0
    config = desk.folder / "config.toml"
    text = config.read_text(encoding="utf-8").replace('kind = "files"', 'kind = "files"\nchrset = "utf-8"', 1)
    config.write_text(text, encoding="utf-8")
    line = next(place for place, row in enumerate(text.splitlines(), start=1) if "chrset" in row)
    answer = desk.run(*command)
    assert answer.code == 2
    assert f"config.toml:{line}: sources." in answer.out + answer.err
    assert "did you mean charset?" in answer.out + answer.err


def test_settings_that_do_not_go_together_are_a_finding_and_the_rest_is_looked_at(desk: Desk) -> None:
    with (desk.folder / "config.toml").open("a", encoding="utf-8") as config:
        config.write('\n[sources.aaa]\nkind = "imap"\nhost = "mail.example"\ntls = "none"\nuser = "x"\n')
        config.write('password = { env = "HOME" }\n')
    answer = desk.run("doctor", "--json")
    assert answer.code == 2
    levels = {each["about"]: each["level"] for each in answer.json["items"]}
    assert levels["aaa"] == "wrong"
    assert len(levels) > 6


def test_a_secret_in_the_config_is_refused_with_the_three_ways(desk: Desk) -> None:
    with (desk.folder / "config.toml").open("a", encoding="utf-8") as config:
        config.write('\n[sources.pay]\nkind = "stripe"\nkey = "rk_live_123456"\n')
    answer = desk.run("doctor")
    assert answer.code == 2
    assert "rk_live_123456" not in answer.out + answer.err
    assert all(way in answer.out for way in ("env", "command", "keyring"))


def test_a_missing_config_says_where_one_is_looked_for(desk: Desk) -> None:
    (desk.folder / "config.toml").unlink()
    answer = desk.run("find")
    assert answer.code == 2
    assert "config.toml" in answer.err


def test_a_cache_of_a_newer_version_is_refused_and_can_be_made_anew(desk: Desk) -> None:
    import sqlite3

    with sqlite3.connect(desk.folder / "data" / "cache.db") as cache:
        cache.execute("PRAGMA user_version = 99")
    answer = desk.run("find")
    assert answer.code == 2
    assert "newer" in answer.err
    assert "rebuild-cache" in answer.err
    assert desk.run("store", "rebuild-cache").code == 0
    assert desk.run("sync", "--once").code == 0
    assert desk.run("find").code == 0


def test_a_damaged_cache_is_put_aside_and_fetched_again(desk: Desk) -> None:
    cache = desk.folder / "data" / "cache.db"
    for path in cache.parent.glob("cache.db-*"):
        path.unlink()
    cache.write_bytes(b"this is no database" * 1000)
    assert desk.run("sync", "--once").code == 0
    assert desk.run("show", "1042").code == 0


def test_read_only_refuses_every_change(desk: Desk) -> None:
    answer = desk.run("--read-only", "do", "note", "1042", "--text", "x")
    assert answer.code in {2, 4}
    assert desk.run("undo").code == 1


def test_the_clock_can_be_set_on_a_demo_only(desk: Desk) -> None:
    assert desk.run("find", "--count", "--now", "2030-01-01T00:00:00Z").code == 2, "nobody said that it is one"
    assert desk.run("sync", "--once", "--now", "2030-01-01T00:00:00Z").code == 2


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("customer.spnd:>500", "tiers.key.when: there is no word 'customer.spnd'; did you mean customer.spend"),
        ("ship:late", "tiers.key.when: a tier cannot be found by ship"),
    ],
)
def test_a_tier_whose_rule_finds_nobody_by_mistake_is_refused(desk: Desk, rule: str, words: str) -> None:
    config = desk.folder / "config.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('when = "tag:contract"', f'when = "{rule}"'), encoding="utf-8")
    line = text[: text.index('when = "tag:contract"')].count("\n") + 1
    for command in (("calls",), ("find", "tier:key"), ("sync", "--once")):
        answer = desk.run(*command)
        assert answer.code == 2, command
        assert f"config.toml:{line}: {words}" in answer.err
    assert "WRONG" in desk.run("doctor", "--offline").out


def test_the_desk_refuses_a_tiers_rule_that_cannot_be_read_in_the_words_of_every_command(desk: Desk) -> None:
    config = desk.folder / "config.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("customer.orders:>=3", "customer.ordrs:>=3"), encoding="utf-8")
    answer = desk.run("find")
    assert answer.code == 2
    assert "customer.ordrs" in answer.err

    screen, terminal = pty.openpty()
    try:
        command = [sys.executable, "-m", "oms_tui.cli", "--config", str(desk.folder)]
        opened = subprocess.run(
            command, stdin=terminal, stdout=terminal, stderr=subprocess.PIPE, text=True, check=False, timeout=60
        )
    finally:
        os.close(terminal)
        os.close(screen)
    assert (opened.returncode, opened.stderr) == (2, answer.err)
