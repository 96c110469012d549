"""Mail leaves once: through a sendmail command or into the Maildir that stands for the outside world."""

from __future__ import annotations

import os
import sys
import textwrap
import time
from typing import TYPE_CHECKING, Any

import pytest

from connectors.errors import OutcomeUnknown, Rejected, Temporary
from connectors.mail import sendmail

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RAW = b"From: support@shop.test\r\nTo: jan@cust.example\r\nMessage-ID: <out-1@shop.test>\r\n\r\n.\r\n..two\r\n"


@pytest.fixture
def command(tmp_path: Path) -> Callable[[str], list[str]]:
    """A sendmail of our making; ``taken`` and ``arguments`` hold what it was given."""

    def made(body: str) -> list[str]:
        script = tmp_path / "sendmail.py"
        script.write_text(
            f"import pathlib, sys, os, signal, time\nhere = pathlib.Path({str(tmp_path)!r})\n"
            "def take():\n    (here / 'taken').write_bytes(sys.stdin.buffer.read())\n"
            "    (here / 'arguments').write_text('\\n'.join(sys.argv[1:]))\n" + textwrap.dedent(body)
        )
        return [sys.executable, str(script)]

    return made


def test_a_message_goes_through_sendmail_exactly_as_it_is(
    command: Callable[[str], list[str]], open_mailbox: Callable[..., Any], tmp_path: Path
) -> None:
    committed: list[bool] = []
    mailbox = open_mailbox(sendmail=command("take(); print('queued as 4711')"))
    receipt = mailbox.send(
        "support@shop.test",
        ["jan@cust.example", "lea@cust.example"],
        RAW,
        about_to_commit=lambda: committed.append((tmp_path / "taken").exists()),
    )
    assert receipt.answer == "queued as 4711"
    assert committed == [False]
    assert (tmp_path / "taken").read_bytes() == RAW.replace(b"\r\n", b"\n")
    assert (tmp_path / "arguments").read_text().split("\n") == [
        *("-i", "-f", "support@shop.test", "--", "jan@cust.example", "lea@cust.example")
    ]


@pytest.mark.parametrize(
    ("body", "error", "words"),
    [
        ("take(); sys.exit(75)", Temporary, "try again later"),
        ("take(); print('user unknown \\x1b[31m'); sys.exit(67)", Rejected, r"exit code 67\): user unknown  \[31m"),
        ("sys.exit(64)", Rejected, "exit code 64"),
        ("take(); os.kill(os.getpid(), signal.SIGKILL)", OutcomeUnknown, "signal 9"),
    ],
)
def test_what_sendmail_answers_decides_whether_it_may_be_tried_again(
    command: Callable[[str], list[str]],
    open_mailbox: Callable[..., Any],
    body: str,
    error: type[Exception],
    words: str,
) -> None:
    with pytest.raises(error, match=words):
        open_mailbox(sendmail=command(body)).send(
            "support@shop.test", ["jan@cust.example"], RAW, about_to_commit=lambda: None
        )


def test_a_sendmail_that_hangs_is_in_doubt_and_leaves_no_process(
    command: Callable[[str], list[str]], tmp_path: Path
) -> None:
    argv = command("(here / 'pid').write_text(str(os.getpid())); time.sleep(60)")
    started = time.monotonic()
    with pytest.raises(OutcomeUnknown, match="did not end within 2 seconds"):
        sendmail.send(
            argv,
            "support@shop.test",
            ["jan@cust.example"],
            RAW + b"x" * 1_000_000,
            about_to_commit=lambda: None,
            timeout=2,
        )
    assert time.monotonic() - started < 10
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_command_that_is_not_there_is_no_loss(open_mailbox: Callable[..., Any]) -> None:
    committed: list[bool] = []
    with pytest.raises(Temporary, match="could not be started"):
        open_mailbox(sendmail=["/nowhere/sendmail"]).send(
            "support@shop.test", ["jan@cust.example"], RAW, about_to_commit=lambda: committed.append(True)
        )
    assert committed == []


@pytest.mark.parametrize(
    "address", ["-oQ/tmp@x.example", "a b@x.example", "jan", "jan@x.example\nBcc: v@x.example", ""]
)
def test_what_is_no_address_never_becomes_an_argument(
    command: Callable[[str], list[str]], open_mailbox: Callable[..., Any], tmp_path: Path, address: str
) -> None:
    with pytest.raises(Rejected):
        open_mailbox(sendmail=command("take()")).send("support@shop.test", [address], RAW, about_to_commit=lambda: None)
    assert not (tmp_path / "taken").exists()


def test_without_a_way_out_sending_says_so(open_mailbox: Callable[..., Any]) -> None:
    with pytest.raises(Rejected, match="no way out"):
        open_mailbox().send("support@shop.test", ["jan@cust.example"], RAW, about_to_commit=lambda: None)


def test_the_outside_world_of_a_demo_gets_each_message_once_even_after_it_was_read(
    open_mailbox: Callable[..., Any], tmp_path: Path
) -> None:
    world = tmp_path / "world"
    mailbox = open_mailbox(deliver_to=world)
    committed: list[bool] = []
    receipt = mailbox.send(
        "support@shop.test", ["jan@cust.example"], RAW, about_to_commit=lambda: committed.append(True)
    )
    assert committed == [True]
    (delivered,) = (world / "new").iterdir()
    assert delivered.name in receipt.answer
    assert delivered.read_bytes() == RAW.replace(b"\r\n", b"\n")
    delivered.rename(world / "cur" / f"{delivered.name}:2,S")
    mailbox.send("support@shop.test", ["jan@cust.example"], RAW, about_to_commit=lambda: None)
    assert list((world / "new").iterdir()) == []


def test_a_world_that_cannot_be_written_is_tried_again(open_mailbox: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "world").write_text("a file where a folder should be")
    with pytest.raises(Temporary, match="could not be written"):
        open_mailbox(deliver_to=tmp_path / "world").send(
            "support@shop.test", ["jan@cust.example"], RAW, about_to_commit=lambda: None
        )
