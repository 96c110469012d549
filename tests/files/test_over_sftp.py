"""A folder on another machine: a real SFTP server on loopback, its key known, unknown or exchanged."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from connectors.base import Account
from connectors.errors import AuthExpired, CertificateRejected, NotFound, Rejected, Temporary
from connectors.orders.files import Files
from connectors.orders.files_settings import SETTINGS

asyncssh: Any = pytest.importorskip("asyncssh", reason="the extra `sftp` is not installed")

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PASSWORD = "sftp-Passw0rd"
HEAD = "number,placed_at,total,currency\n"


class OneUser(asyncssh.SSHServer):  # type: ignore[misc]  # it may be absent
    """A server that lets one person in."""

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("shop", PASSWORD)


@dataclass
class Server:
    """The server: its port, what it shows, and a ``known_hosts`` that names its key."""

    port: int
    root: Path
    known_hosts: Path
    cache: Path
    user_key: Path
    loop: asyncio.AbstractEventLoop
    listening: Any

    def files(self, folder: str = "/exports", **values: Any) -> Files:
        settings: dict[str, Any] = {setting.name: setting.default for setting in SETTINGS}
        settings |= {"path": f"sftp://shop@127.0.0.1:{self.port}{folder}", "known_hosts": self.known_hosts}
        settings |= {"password": PASSWORD, **values}
        return Files(Account("depot", settings, self.cache, {"sleep": lambda _: None}))

    def write(self, name: str, text: str, age: float = 60) -> None:
        path = self.root / "exports" / name
        path.write_text(text, "utf-8")
        at = time.time() - age
        os.utime(path, (at, at))

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.listening.close)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    root = tmp_path / "there"
    (root / "exports").mkdir(parents=True)
    host_key, user_key = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    user_key.write_private_key(str(tmp_path / "id"))
    user_key.write_public_key(str(tmp_path / "authorized"))
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()

    async def listen() -> Any:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=OneUser,
            server_host_keys=[host_key],
            authorized_client_keys=str(tmp_path / "authorized"),
            sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(root).encode()),
        )

    listening = asyncio.run_coroutine_threadsafe(listen(), loop).result(20)
    port = listening.get_port()
    known = tmp_path / "known_hosts"
    known.write_text(f"[127.0.0.1]:{port} {host_key.export_public_key().decode()}", "utf-8")
    made = Server(port, root, known, tmp_path / "cache", tmp_path / "id", loop, listening)
    yield made
    made.stop()
    loop.call_soon_threadsafe(loop.stop)


def numbers(files: Files, cursor: dict[str, Any] | None = None) -> tuple[list[str], dict[str, Any]]:
    from datetime import UTC, datetime

    pages = list(files.changed("orders", cursor, until=datetime.now(UTC)))
    return [record.number for page in pages for record in page.records], pages[-1].cursor


def test_files_over_there_are_read_as_if_they_were_here(server: Server) -> None:
    server.write("orders.csv", HEAD + "1,2026-11-20,10,EUR\n")
    server.write("orders.csv.part", HEAD + "9,2026-11-20,10,EUR\n")
    (server.root / "exports" / "orders-dir.csv").mkdir()
    files = server.files()
    found, cursor = numbers(files)
    assert found == ["1"]
    server.write("orders-2.csv", HEAD + "2,2026-11-21,10,EUR\n", age=30)
    assert numbers(files, cursor)[0] == ["2"], "what is new comes with the next look, and nothing twice"
    (server.root / "exports" / "orders.csv").unlink()
    assert "1 of orders" in files.check().detail
    files.close()


def test_a_key_opens_it_too(server: Server) -> None:
    server.write("orders.csv", HEAD + "1,2026-11-20,10,EUR\n")
    files = server.files(password="", key_file=server.user_key)
    assert numbers(files)[0] == ["1"]
    files.close()


def test_a_server_whose_key_is_not_known_is_never_spoken_to(server: Server, tmp_path: Path) -> None:
    nobody = tmp_path / "nobody"
    nobody.write_text("", "utf-8")
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    exchanged = tmp_path / "exchanged"
    exchanged.write_text(f"[127.0.0.1]:{server.port} {other}", "utf-8")
    for known in (nobody, exchanged):
        files = server.files(known_hosts=known)
        with pytest.raises(CertificateRejected) as told:
            files.check()
        assert "known_hosts" in told.value.hint
        files.close()


def test_what_goes_wrong_is_said_and_the_password_is_not(server: Server) -> None:
    wrong = server.files(password="wrong-Passw0rd")
    with pytest.raises(AuthExpired) as refused:
        wrong.check()
    assert "wrong-Passw0rd" not in str(refused.value) + repr(refused.value)
    with pytest.raises(NotFound, match="there is no folder /nowhere"):
        server.files("/nowhere").check()
    with pytest.raises(Rejected, match="no address"):
        server.files(path="sftp://127.0.0.1/exports").check()
    with pytest.raises(Rejected, match="password"):
        server.files(path="sftp://shop:pw@127.0.0.1/exports").check()
    server.stop()
    time.sleep(0.3)
    with pytest.raises(Temporary):
        server.files().check()
