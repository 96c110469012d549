"""A watched folder on another machine: what lies there over SFTP is kept alike in a folder of ours, and read from it.

The server must be known before (OpenSSH's ``known_hosts``): whose key is not is never spoken to. Nothing is written
over there.
"""

from __future__ import annotations

import asyncio
import os
import stat
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from connectors.errors import AuthExpired, CertificateRejected, Forbidden, NotFound, Rejected, Temporary
from connectors.orders.files_folder import worth_reading
from connectors.redact import Redactor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connectors.base import Account

SCHEME: Final = "sftp"
_PORT: Final = 22
_SECONDS: Final = 30.0  # to connect; and without an answer
_ROUND_SECONDS: Final = 10.0  # the streams of one round are read from one look at the server
_MOST_FILES: Final = 10_000


@dataclass
class RemoteFolder:
    """``sftp://user@host:port/folder`` as a folder of this machine. Making one reaches nothing.

    Raises:
        Rejected: the address says no host or no user.
    """

    name: str
    address: str
    here: Path
    patterns: Mapping[str, str]
    password: str = field(default="", repr=False)
    key_file: str = ""
    known_hosts: str = ""
    _looked: float | None = None

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.address)
            self._port = parts.port or _PORT
        except ValueError:
            parts, self._port = urlsplit(""), _PORT
        if parts.scheme != SCHEME or not parts.hostname or not parts.username:
            raise Rejected(f"{self.name}: `path` is no address", field="path", hint="write sftp://user@host/folder")
        if parts.password:
            raise Rejected(
                f"{self.name}: a password never stands in an address", field="path", hint="give it as `password`"
            )
        self._host, self._user = parts.hostname, unquote(parts.username)
        self._there = unquote(parts.path) or "."
        self._redactor = Redactor(self.password)
        self.where = f"{self._host}:{self._port}"

    def refresh(self, *, now: bool = False) -> None:
        """Bring the folder here up to what lies there, at most once a round unless it must be ``now``.

        Raises:
            ConnectorError: the server cannot be reached, is not known or refuses us, or there is no such folder.
        """
        if not now and self._looked is not None and time.monotonic() - self._looked < _ROUND_SECONDS:
            return
        try:
            import asyncssh
        except ImportError:
            raise Rejected(
                f"{self.name}: sftp:// needs a package that is not installed",
                field="path",
                hint="pip install 'oms-tui[sftp]'",
            ) from None
        self.here.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            asyncio.run(self._mirror(asyncssh))
        except asyncssh.HostKeyNotVerifiable:
            raise CertificateRejected(
                f"{self.name}: {self.where} is not known here, or is not who it was",
                hint="compare its key with its keeper's, then add it to known_hosts (ssh-keyscan, or one ssh login)",
            ) from None
        except asyncssh.PermissionDenied as error:
            raise AuthExpired(
                f"{self.name}: {self.where} refuses {self._user}: {self._words(error)}",
                hint="check the user in `path`, and `password` or `key_file`",
            ) from None
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
            raise NotFound(
                f"{self.name}: there is no folder {self._there} on {self.where}", hint="correct `path` of the source"
            ) from None
        except asyncssh.SFTPPermissionDenied:
            raise Forbidden(
                f"{self.name}: {self._user} may not read {self._there} on {self.where}",
                hint="have the folder and its files made readable for this user",
            ) from None
        except (asyncssh.Error, TimeoutError, OSError) as error:
            raise Temporary(f"{self.name}: {self.where} cannot be read: {self._words(error)}") from None
        except (asyncssh.KeyImportError, ValueError) as error:
            raise Rejected(
                f"{self.name}: the key file cannot be read: {self._words(error)}",
                field="key_file",
                hint="name a private key in OpenSSH's or PEM form, without a passphrase or with ssh-agent at hand",
            ) from None
        self._looked = time.monotonic()

    def _words(self, error: Exception) -> str:
        return self._redactor.excerpt(str(error)) or type(error).__name__

    async def _mirror(self, asyncssh: Any) -> None:
        options: dict[str, Any] = {"connect_timeout": _SECONDS, "login_timeout": _SECONDS, "keepalive_interval": 10}
        if self.known_hosts:
            options["known_hosts"] = self.known_hosts
        if self.password:
            options |= {"password": self.password, "client_keys": None, "agent_path": None}
        elif self.key_file:
            options["client_keys"] = [self.key_file]
        connecting = asyncssh.connect(self._host, self._port, username=self._user, config=None, **options)
        async with connecting as connection, connection.start_sftp_client() as sftp:
            kept = set()
            for entry in (await sftp.readdir(self._there))[:_MOST_FILES]:
                facts = entry.attrs
                if not _is_name(entry.filename) or not worth_reading(entry.filename, self.patterns):
                    continue
                if facts.permissions is None or stat.S_ISREG(facts.permissions):
                    kept.add(entry.filename)
                    await self._fetch(sftp, entry.filename, facts.size, facts.mtime)
            for path in self.here.iterdir():
                if path.name not in kept:
                    path.unlink(missing_ok=True)

    async def _fetch(self, sftp: Any, name: str, size: int | None, mtime: int | None) -> None:
        """One file, unless ours is alike; it takes its place whole or not at all."""
        path = self.here / name
        with suppress(FileNotFoundError):
            ours = path.stat()
            if (ours.st_size, int(ours.st_mtime)) == (size, mtime):
                return
        part = self.here / f".{name}.part"
        await sftp.get(f"{self._there.rstrip('/')}/{name}", str(part))
        if mtime is not None:
            os.utime(part, (mtime, mtime))
        part.replace(path)


def remote_of(account: Account, patterns: Mapping[str, str]) -> RemoteFolder | None:
    """The folder on another machine that the account's ``path`` names; None where it is one of this machine."""
    values = account.values
    address = str(values["path"])
    if isinstance(values["path"], Path) or not address.startswith(f"{SCHEME}://"):
        return None
    return RemoteFolder(
        account.name,
        address,
        account.cache / "remote",
        patterns,
        password=str(values.get("password") or ""),
        key_file=str(values.get("key_file") or ""),
        known_hosts=str(values.get("known_hosts") or ""),
    )


def _is_name(name: object) -> bool:
    """Whether it is a file's plain name: a server may say anything, and ours are written by it."""
    return isinstance(name, str) and name not in {"", ".", ".."} and not set(name) & {"/", "\\", "\0"}
