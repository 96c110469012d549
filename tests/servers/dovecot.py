"""A real Dovecot on loopback, for as long as the test session lasts.

It runs without privileges: as whoever runs the tests, or as ``nobody`` where that is root. Every test takes users of
its own (any name logs in with the one password), so nothing has to be cleaned up. Without Dovecot tests that need it
are skipped with the reason; with ``OMS_TUI_NO_SKIP=1`` they fail instead.
"""

from __future__ import annotations

import ctypes
import grp
import itertools
import os
import pwd
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from imapclient import IMAPClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PASSWORD = "secret-Passw0rd"
_START_SECONDS = 20
_PR_SET_PDEATHSIG = 1  # prctl(2)
_LIBC = ctypes.CDLL(None)
_CONF = """
base_dir = {base}/run
state_dir = {base}/run
log_path = {base}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
instance_name = oms-tui-tests
ssl = yes
ssl_cert = <{base}/cert.pem
ssl_key = <{base}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = mdbox:{base}/mail/%u
first_valid_uid = 1
mail_max_userip_connections = 100
mailbox_list_index = yes
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={base}/mail/%u/home
}}
namespace inbox {{
  inbox = yes
  separator = /
{folders}
}}
protocol imap {{
{imap}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls_port}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp_port}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""
_FOLDERS = "".join(
    f"  mailbox {name} {{\n    special_use = \\{name}\n    auto = subscribe\n  }}\n"
    for name in ("Sent", "Drafts", "Trash", "Junk")
)


class Unavailable(Exception):
    """Dovecot cannot be had here, and why."""


@dataclass
class DovecotServer:
    """A running server. ``ca_file`` is what to trust; its certificate is for ``localhost`` and 127.0.0.1."""

    base: Path
    port: int
    tls_port: int
    lmtp_port: int
    process: subprocess.Popen[bytes]
    privileges: dict[str, object]
    host: str = "127.0.0.1"
    password: str = field(default=PASSWORD, repr=False)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def ca_file(self) -> Path:
        return self.base / "cert.pem"

    @property
    def key_file(self) -> Path:
        return self.base / "key.pem"

    def user(self) -> str:
        """A new user with an empty mailbox."""
        return f"desk{next(self._numbers)}@shop.test"

    def client(self, user: str) -> IMAPClient:
        """Another mail program of ``user``, logged in."""
        client = IMAPClient(self.host, self.port, ssl=False, timeout=20)
        client.login(user, self.password)
        return client

    def deliver(self, user: str, raw: bytes) -> None:
        """New mail in the inbox, as it arrives from outside."""
        with smtplib.LMTP(self.host, self.lmtp_port) as lmtp:
            lmtp.sendmail("customer@cust.example", [user], raw)

    def doveadm(self, *arguments: str) -> str:
        """Run doveadm on this server; what it printed."""
        done = subprocess.run(
            [_program("doveadm"), "-c", str(self.base / "dovecot.conf"), *arguments],
            capture_output=True,
            check=False,
            timeout=120,
            text=True,
            **self.privileges,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def stop(self) -> None:
        """Let no process stay behind."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(10)
        shutil.rmtree(self.base, ignore_errors=True)


def start(*, imap: str = "", folders: str = _FOLDERS) -> DovecotServer:
    """A Dovecot of one's own; ``imap`` are settings of its IMAP part, ``folders`` those of its namespace."""
    dovecot_program, openssl = _program("dovecot"), _program("openssl")
    base = Path(tempfile.mkdtemp(prefix="oms-tui-dovecot-"))
    root = os.geteuid() == 0
    account = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.geteuid())
    group = grp.getgrgid(account.pw_gid).gr_name
    privileges: dict[str, object] = (
        {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if root else {}
    )
    ports = free_ports(3)
    _certificate(openssl, base)
    for folder in ("mail", "run"):
        (base / folder).mkdir()
    (base / "dovecot.conf").write_text(
        _CONF.format(
            base=base,
            user=account.pw_name,
            group=group,
            uid=account.pw_uid,
            gid=account.pw_gid,
            password=PASSWORD,
            imap=imap,
            folders=folders,
            port=ports[0],
            tls_port=ports[1],
            lmtp_port=ports[2],
        ),
        "utf-8",
    )
    if root:
        for path in (base, *base.rglob("*")):
            os.chown(path, account.pw_uid, account.pw_gid)
    process = subprocess.Popen(
        [dovecot_program, "-F", "-c", str(base / "dovecot.conf")],
        stdout=subprocess.DEVNULL,
        stderr=(base / "stderr").open("wb"),
        start_new_session=True,
        preexec_fn=_end_with_the_tests,  # noqa: PLW1509 - one call into the kernel, which no lock of ours can hold up
        **privileges,
    )
    server = DovecotServer(base, *ports, process=process, privileges=privileges)
    try:
        _wait_until_up(server)
    except BaseException:
        server.stop()
        raise
    return server


def _end_with_the_tests() -> None:
    """Have the kernel end this process when the test run is killed and cannot do it (Linux alone knows how)."""
    if sys.platform == "linux":
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _program(name: str) -> str:
    path = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if path is None:
        raise Unavailable(f"{name} is not installed (Debian: apt-get install dovecot-imapd dovecot-lmtpd openssl)")
    return path


def _certificate(openssl: str, base: Path) -> None:
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
            *("-keyout", str(base / "key.pem"), "-out", str(base / "cert.pem")),
        ],
        check=True,
        capture_output=True,
    )


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [sock.getsockname()[1] for sock in sockets]
    for sock in sockets:
        sock.close()
    return ports


def _wait_until_up(server: DovecotServer) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        if server.process.poll() is not None:
            break
        try:
            server.client("first@shop.test").logout()
        except OSError:
            time.sleep(0.05)
        else:
            return
    log = server.base / "dovecot.log"
    told = (server.base / "stderr").read_text("utf-8", "replace") + (
        log.read_text("utf-8", "replace") if log.exists() else ""
    )
    raise AssertionError(f"Dovecot did not start: {told[-2000:]}")


def _serve(**settings: str) -> Iterator[DovecotServer]:
    try:
        server = start(**settings)
    except Unavailable as reason:
        if os.environ.get("OMS_TUI_NO_SKIP") == "1":
            pytest.fail(str(reason))
        pytest.skip(str(reason))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def dovecot() -> Iterator[DovecotServer]:
    """Dovecot with all it can do: QRESYNC, CONDSTORE, ESEARCH, IDLE, SPECIAL-USE."""
    yield from _serve()


@pytest.fixture(scope="session")
def dovecot_condstore() -> Iterator[DovecotServer]:
    """A server as Gmail is one: CONDSTORE and ESEARCH, no QRESYNC."""
    yield from _serve(
        imap="  imap_capability = IMAP4rev1 ENABLE ID IDLE CONDSTORE ESEARCH UIDPLUS SPECIAL-USE LITERAL+"
    )


@pytest.fixture(scope="session")
def dovecot_poor() -> Iterator[DovecotServer]:
    """A server that can do what IMAP4rev1 asks for and no more; its folders say nothing of their use."""
    yield from _serve(imap="  imap_capability = IMAP4rev1", folders="")


@pytest.fixture
def start_dovecot() -> Iterator[Callable[[], DovecotServer]]:
    """For tests that stop their server."""
    servers: list[DovecotServer] = []

    def started() -> DovecotServer:
        try:
            servers.append(start())
        except Unavailable as reason:
            if os.environ.get("OMS_TUI_NO_SKIP") == "1":
                pytest.fail(str(reason))
            pytest.skip(str(reason))
        return servers[-1]

    yield started
    for server in servers:
        server.stop()
