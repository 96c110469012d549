"""A secret is fetched when it is used, from where the config says it is, and appears in no text after that."""

from __future__ import annotations

import logging
import os
import pickle
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from oms_tui import redaction, secrets
from oms_tui.secrets import Secret, SecretError, reference, resolve

if TYPE_CHECKING:
    from pathlib import Path

PYTHON = sys.executable


def told(value: object, **environment: str) -> str:
    """The words of the refusal."""
    with pytest.raises(SecretError) as caught:
        resolve(reference(value), "sources.shop.key", environment)
    return str(caught.value)


def test_a_secret_comes_from_the_environment() -> None:
    secret = resolve(reference({"env": "SHOP_KEY"}), "sources.shop.key", {"SHOP_KEY": "rk_live_2"})
    assert secret.reveal() == "rk_live_2"


def test_a_variable_that_is_not_set_is_named_but_not_if_it_looks_like_the_secret_itself() -> None:
    assert told({"env": "SHOP_KEY"}) == "sources.shop.key: the environment variable SHOP_KEY is not set"
    assert (
        told({"env": "sk_live_4eC39HqLyjWDarj"}) == "sources.shop.key: the environment variable named there is not set"
    )
    assert told({"env": "SHOP_KEY"}, SHOP_KEY="") == "sources.shop.key: its env gave nothing"


def test_a_secret_is_the_first_line_a_command_prints() -> None:
    code = "print('first line'); print('login: ana')"
    assert resolve(reference({"command": [PYTHON, "-c", code]}), "k").reveal() == "first line"
    assert resolve(reference({"command": f'{PYTHON} -c "{code}"'}), "k").reveal() == "first line"


def test_a_commands_words_reach_no_shell(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    place = reference({"command": f"{PYTHON} -c 'import sys; print(sys.argv[1:])' $(touch {trap}) ; touch {trap}"})
    assert resolve(place, "k").reveal() == f"['$(touch', '{trap})', ';', 'touch', '{trap}']"
    assert not trap.exists()


def test_a_command_that_fails_says_so_and_nothing_of_what_it_printed(capfd: pytest.CaptureFixture[str]) -> None:
    code = "import sys; print('half a secret'); sys.stderr.write('hunter2'); sys.exit(3)"
    assert told({"command": [PYTHON, "-c", code]}) == (
        "sources.shop.key: its command failed (status 3); try it in a terminal"
    )
    assert capfd.readouterr() == ("", "")
    assert told({"command": "no-such-program-here x"}).startswith("sources.shop.key: its command cannot be run")
    assert told({"command": [PYTHON, "-c", ""]}) == "sources.shop.key: its command gave nothing"
    binary = "import sys; sys.stdout.buffer.write(bytes([255, 254]))"
    assert told({"command": [PYTHON, "-c", binary]}).endswith("no UTF-8 text")


def test_a_command_that_hangs_is_ended_with_all_it_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(secrets, "COMMAND_SECONDS", 1.0)
    note = tmp_path / "pid"
    code = (
        "import subprocess, sys, pathlib;"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        f"pathlib.Path({str(note)!r}).write_text(str(child.pid)); child.wait()"
    )
    begun = time.monotonic()
    assert told({"command": [PYTHON, "-c", code]}) == "sources.shop.key: its command gave no answer within 1 s"
    assert time.monotonic() - begun < 30
    assert _ends(int(note.read_text()))


def _ends(pid: int) -> bool:
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:  # noqa: PTH123 - may vanish meanwhile
            if file.read().rpartition(")")[2].split()[0] == "Z":
                return True
        time.sleep(0.05)
    return False


def test_a_secret_comes_from_a_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    keyring = pytest.importorskip("keyring")
    known = {("oms-tui", "shop"): "from the ring"}
    monkeypatch.setattr(keyring, "get_password", lambda service, name: known.get((service, name)))
    assert resolve(reference({"keyring": "shop"}), "k").reveal() == "from the ring"
    assert told({"keyring": "other"}).endswith("no such entry; add it with: keyring set oms-tui NAME")

    def locked(*_: str) -> str:
        raise keyring.errors.KeyringLocked("dbus says hunter2")

    monkeypatch.setattr(keyring, "get_password", locked)
    assert told({"keyring": "shop"}) == (
        "sources.shop.key: the keyring cannot be used (KeyringLocked); unlock it, or use env or command"
    )


def test_without_the_keyring_package_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert told({"keyring": "shop"}).endswith("pip install 'oms-tui[keyring]'")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("hunter2", 'use { env = "NAME" }, { command = "pass show shop" } or { keyring = "name" }'),
        (["hunter2"], "a secret is never written here"),
        ({}, "must say one place"),
        ({"env": "A", "keyring": "hunter2"}, "must say one place"),
        ({"keyrng": "hunter2"}, "did you mean keyring?"),
        ({"env": "hunter2!"}, "must be the name of an environment variable"),
        ({"env": ""}, "env must be a name"),
        ({"keyring": 3}, "keyring must be a name"),
        ({"command": "echo 'hunter2"}, "a quotation mark that is not closed"),
        ({"command": ""}, "must be a command such as"),
        ({"command": ["echo", 2]}, "must be a command such as"),
    ],
)
def test_a_place_that_is_none_is_refused_without_repeating_it(value: object, words: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as caught:
        reference(value)
    assert words in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_no_text_shows_a_secret() -> None:
    secret = Secret("hunter2")
    shown = [str(secret), repr(secret), f"{secret}", f"{secret:>20}", f"{secret!r}", repr([secret])]
    assert not any("hunter2" in text for text in shown)
    with pytest.raises(TypeError, match="not written anywhere"):
        pickle.dumps(secret)


def test_whatever_was_fetched_is_hidden_in_logs_and_errors(caplog: pytest.LogCaptureFixture) -> None:
    resolve(reference({"env": "K"}), "k", {"K": "correct horse+battery/staple"})
    assert redaction.scrub("key=correct%20horse%2Bbattery%2Fstaple&x=1") == "key=•••&x=1"
    stream = logging.getLogger("tests.redaction")
    stream.addFilter(redaction.RedactingFilter())
    with caplog.at_level(logging.INFO, "tests.redaction"):
        stream.info("sent %s to %s", "correct horse+battery/staple", "shop")
        try:
            _fail("correct horse+battery/staple")
        except ValueError:
            stream.exception("failed", stack_info=True)
        stream.info("%d", "correct horse+battery/staple")
    assert "sent ••• to shop" in caplog.text
    assert "ValueError: bad •••" in caplog.text
    assert "correct horse" not in caplog.text


def _fail(value: Any) -> None:
    raise ValueError("bad " + value)
