"""Sending through a ``sendmail`` command: what it answers, in the words the outbox needs."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING

from connectors.base import SendReceipt
from connectors.errors import OutcomeUnknown, Rejected, Temporary

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TIMEOUT_SECONDS = 120
_TEMPORARY_FAILURE = 75  # EX_TEMPFAIL of sysexits.h
_ANSWER_LENGTH = 300
_UNPRINTABLE = re.compile(r"[^ -~\u00a1-\uffff]+")
_PLAIN_ADDRESS = re.compile(r"[^-\s\x00-\x20\x7f][^\s\x00-\x20\x7f]*@[^\s\x00-\x20\x7f]+\Z")


def send(
    command: Sequence[str],
    sender: str,
    recipients: Sequence[str],
    raw: bytes,
    *,
    about_to_commit: Callable[[], None],
    timeout: float = TIMEOUT_SECONDS,
) -> SendReceipt:
    """Hand ``raw`` to ``command``, which takes sendmail's arguments.

    ``about_to_commit`` is called before the first byte and not before the last: if we die in between, the command sees
    the end of its input and sends what it has.

    Raises:
        Rejected: it refused, or an address is none; nothing was sent.
        Temporary: it could not be started, or said to come back later (exit code 75).
        OutcomeUnknown: it was killed or did not end in time.
    """
    for address in (sender, *recipients):
        if not _PLAIN_ADDRESS.match(address):
            raise Rejected(f"{address!a} is no address mail can be sent to", field="to")
    if not recipients:
        raise Rejected("the message has no recipient", field="to")
    arguments = [*command, "-i", "-f", sender, "--", *recipients]  # -i: a line with a dot alone ends nothing
    try:
        process = subprocess.Popen(  # a session of its own, so that what it started ends with it
            arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
        )
    except OSError as error:
        raise Temporary(
            f"{command[0]!a} could not be started: {error.strerror}", hint="check `sendmail` of the source"
        ) from error
    try:
        about_to_commit()
        answer, _ = process.communicate(raw.replace(b"\r\n", b"\n"), timeout)
    except subprocess.TimeoutExpired as error:
        raise OutcomeUnknown(f"{command[0]!a} did not end within {timeout:g} seconds") from error
    finally:
        _end(process)
    words = _UNPRINTABLE.sub(" ", answer.decode("utf-8", "replace")).strip()[-_ANSWER_LENGTH:]
    return _judged(command[0], process.returncode, words)


def _judged(command: str, code: int, words: str) -> SendReceipt:
    said = f": {words}" if words else ""
    if code == 0:
        return SendReceipt(words or "taken by sendmail")
    if code < 0:
        raise OutcomeUnknown(f"{command!a} was ended by signal {-code}{said}")
    if code == _TEMPORARY_FAILURE:
        raise Temporary(f"{command!a} asks to try again later{said}")
    raise Rejected(
        f"{command!a} refused the message (exit code {code}){said}", hint="read what it says, correct it, send again"
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    """Leave no process behind, whatever went wrong."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()
