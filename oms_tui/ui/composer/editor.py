"""Handing a text to the agent's own editor and taking it back."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_LARGEST = 1_000_000


class EditorError(Exception):
    """The editor did not give a text back; the message says why, for the agent."""


def editor_command(environment: Mapping[str, str] | None = None) -> list[str]:
    """The editor of ``$VISUAL`` or ``$EDITOR`` as words of a command.

    Raises:
        EditorError: neither is set, or it cannot be read as a command.
    """
    values = os.environ if environment is None else environment
    said = values.get("VISUAL", "").strip() or values.get("EDITOR", "").strip()
    if not said:
        raise EditorError("no editor is set: set VISUAL or EDITOR, for example to vim")
    try:
        command = shlex.split(said)
    except ValueError as error:
        raise EditorError(f"the editor {said!r} cannot be read as a command: {error}") from error
    if not command:
        raise EditorError(f"the editor {said!r} is no command")
    return command


def edit(text: str, command: list[str]) -> str:
    """Let the editor change ``text``; waits until it is left. The file is the agent's alone and is removed after.

    Raises:
        EditorError: the editor cannot be started, fails, or leaves something that is no text.
    """
    with tempfile.TemporaryDirectory(prefix="reply-") as folder:
        path = Path(folder) / "reply.txt"
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
        try:
            done = subprocess.run([*command, str(path)], check=False)
        except OSError as error:
            raise EditorError(f"{command[0]} cannot be started: {error.strerror or error}") from error
        if done.returncode:
            raise EditorError(f"{command[0]} ended with {done.returncode}; the text is as it was")
        try:
            if path.stat().st_size > _LARGEST:
                raise EditorError("what the editor left is too large for a mail; the text is as it was")
            return path.read_text(encoding="utf-8").replace("\r\n", "\n")
        except (OSError, UnicodeDecodeError) as error:
            raise EditorError(f"what the editor left cannot be read: {error}; the text is as it was") from error
