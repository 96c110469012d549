"""Secrets: a config says where one is, never what it is. It is fetched when it is used, and hidden from then on."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn

from oms_tui import redaction
from oms_tui.config_errors import meant
from oms_tui.config_reading import THREE_WAYS

if TYPE_CHECKING:
    from collections.abc import Mapping

SERVICE: Final = "oms-tui"
"""The keyring's name for what is ours."""

COMMAND_SECONDS: Final = 30.0
"""How long a command may take: somebody may have to unlock a password store."""

_WAYS: Final = ("env", "command", "keyring")
_ENV_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_LONGEST: Final = 65_536  # bytes; a private key is a twentieth of it
_MASK: Final = "•••"


class SecretError(Exception):
    """A secret could not be fetched. The words name the key in the config, and never hold anything of the secret."""

    code = "secret"
    exit_code = 2
    hint = "`oms-tui doctor` tries every secret"


class Secret:
    """A value that no text shows; only ``reveal`` gives it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself, for the wire."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({_MASK})"

    def __str__(self) -> str:
        return _MASK

    def __format__(self, spec: str) -> str:
        return _MASK

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a secret is not written anywhere")


class Reference(NamedTuple):
    """Where a secret is: ``way`` is env, command or keyring; ``where`` the name, or the command's words."""

    way: str
    where: tuple[str, ...]


def reference(value: object) -> Reference:
    """A secret's place as the config has it: ``{ env = "NAME" }``, ``{ command = "…" }`` or ``{ keyring = "name" }``.

    Raises:
        ValueError: it is something else. The words hold nothing of it: it may be the secret itself.
    """
    if not isinstance(value, dict):
        raise ValueError(THREE_WAYS)  # noqa: TRY004 - a mistake in a config, told with the others
    if len(value) != 1:
        raise ValueError('must say one place: env = "NAME", command = "…" or keyring = "name"')
    way, where = next(iter(value.items()))
    if way not in _WAYS:
        raise ValueError(f"is looked up by env, command or keyring; {meant(way, _WAYS)}")
    if way == "command":
        return Reference(way, _words(where))
    if not isinstance(where, str) or not where.strip():
        raise ValueError(f"{way} must be a name")
    if way == "env" and not _ENV_NAME.fullmatch(where):
        raise ValueError("env must be the name of an environment variable: letters, digits and _")
    return Reference(way, (where,))


def _words(command: object) -> tuple[str, ...]:
    """A command's words; no shell will read them."""
    try:
        words = shlex.split(command) if isinstance(command, str) else command
    except ValueError:
        raise ValueError("command has a quotation mark that is not closed") from None
    if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words):
        raise ValueError('command must be a command such as "pass show shop", or the list of its words')
    return tuple(words)


def resolve(place: Reference, key: str, environment: Mapping[str, str] = os.environ) -> Secret:
    """Fetch a secret. From now on this process's logs and errors hide it.

    Args:
        place: where it is.
        key: whose it is, as a dotted key of the config, for the words of an error.
        environment: where ``env`` is looked up.

    Raises:
        SecretError: it is not there, or not to be had.
    """
    ways = {"env": _from_environment, "command": _from_command, "keyring": _from_keyring}
    value = ways[place.way](place.where, key, environment)
    if not value:
        raise SecretError(f"{key}: its {place.way} gave nothing")
    redaction.hide(value)
    return Secret(value)


def _from_environment(where: tuple[str, ...], key: str, environment: Mapping[str, str]) -> str:
    value = environment.get(where[0])
    if value is None:
        # Somebody may have put the secret where its name belongs; names of variables are in capitals, few secrets are.
        named = where[0] if where[0].isupper() else "named there"
        raise SecretError(f"{key}: the environment variable {named} is not set")
    return value


def _from_command(where: tuple[str, ...], key: str, _: Mapping[str, str]) -> str:
    """The first line a command prints, which is where password stores put the password."""
    try:
        process = subprocess.Popen(
            where,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # some tools repeat there what they were given
            start_new_session=True,
        )
    except (OSError, ValueError):
        raise SecretError(f"{key}: its command cannot be run; is it installed, and on the PATH?") from None
    with process:
        try:
            output, _ignored = process.communicate(timeout=COMMAND_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # with whatever it started, which may hold the pipe
            raise SecretError(f"{key}: its command gave no answer within {COMMAND_SECONDS:g} s") from None
    if process.returncode:
        raise SecretError(f"{key}: its command failed (status {process.returncode}); try it in a terminal")
    line = output[:_LONGEST].partition(b"\n")[0].rstrip(b"\r")
    try:
        return line.decode()
    except UnicodeDecodeError:
        raise SecretError(f"{key}: its command printed something that is no UTF-8 text") from None


def _from_keyring(where: tuple[str, ...], key: str, _: Mapping[str, str]) -> str:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise SecretError(f"{key}: keyrings need one more package: pip install 'oms-tui[keyring]'") from None
    try:
        value: Any = keyring.get_password(SERVICE, where[0])
    except KeyringError as error:
        words = f"{key}: the keyring cannot be used ({type(error).__name__}); unlock it, or use env or command"
        raise SecretError(words) from None
    if value is None:
        raise SecretError(f"{key}: the keyring has no such entry; add it with: keyring set {SERVICE} NAME")
    return str(value)
