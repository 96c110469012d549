"""A real SMTP server on loopback that hands what it takes to Dovecot, and fails in the ways servers do when told to."""

from __future__ import annotations

import asyncio
import base64
import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from servers.dovecot import free_ports

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aiosmtpd.smtp import SMTP, Envelope, Session
    from servers.dovecot import DovecotServer

USER = "desk@shop.test"
PASSWORD = "way-out-Passw0rd"
TOKEN = "good-access-token"


@dataclass
class SmtpLoop:
    """The server and what it saw. ``fault`` is one of drop_before, drop_after, hang_after, or an answer to give."""

    dovecot: DovecotServer | None
    port: int = 0
    tls_port: int = 0
    host: str = "127.0.0.1"
    user: str = USER
    password: str = field(default=PASSWORD, repr=False)
    token: str = field(default=TOKEN, repr=False)
    fault: str = ""
    answers: dict[str, str] = field(default_factory=dict)  # to RCPT, by address
    on_mail: str = ""
    taken: list[Envelope] = field(default_factory=list)  # messages whose final dot was seen
    delivered: list[tuple[str, bytes]] = field(default_factory=list)
    resets: int = 0
    options: list[str] = field(default_factory=list)

    @property
    def table(self) -> dict[str, Any]:
        """The `smtp` table of a config that uses this server."""
        return {
            "host": self.host,
            "port": self.port,
            "tls": "starttls",
            "user": self.user,
            "password": self.password,
            "ca_file": str(self.dovecot.ca_file),
        }

    def logins(self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any) -> AuthResult:
        good = (given.login, given.password) == (self.user.encode(), self.password.encode())
        return AuthResult(success=good, handled=False)

    def deliver(self, envelope: Envelope) -> None:
        for recipient in envelope.rcpt_tos:
            self.delivered.append((recipient, envelope.original_content))
            if recipient.endswith("@shop.test"):
                self.dovecot.deliver(recipient, envelope.original_content)


class _Handler:
    """aiosmtpd calls these by name."""

    def __init__(self, loop: SmtpLoop) -> None:
        self._loop = loop

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._loop.on_mail == "drop":
            server.transport.abort()
        elif self._loop.on_mail:
            return self._loop.on_mail
        self._loop.options = options
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self._loop.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_RSET(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        self._loop.resets += 1
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        loop = self._loop
        loop.taken.append(envelope)
        if loop.fault == "drop_before":
            server.transport.abort()
            return "250 never heard"
        if loop.fault[:1] in {"4", "5"}:
            return loop.fault
        await asyncio.to_thread(loop.deliver, envelope)
        if loop.fault == "drop_after":
            server.transport.abort()
        if loop.fault == "hang_after":
            await asyncio.sleep(60)
        return "250 2.0.0 taken as 4711"

    async def auth_XOAUTH2(self, server: SMTP, arguments: list[str]) -> AuthResult:  # noqa: N802
        given = base64.b64decode(arguments[1]).decode()
        if given == f"user={self._loop.user}\1auth=Bearer {self._loop.token}\1\1":
            return AuthResult(success=True)
        await server.challenge_auth('{"status":"401","schemes":"bearer"}')
        return AuthResult(success=False, handled=False)


def start(dovecot: DovecotServer) -> tuple[SmtpLoop, list[Controller]]:
    loop = SmtpLoop(dovecot)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(dovecot.ca_file, dovecot.key_file)
    loop.port, loop.tls_port = free_ports(2)
    common: dict[str, Any] = {"hostname": "127.0.0.1", "authenticator": loop.logins}
    common |= {"enable_SMTPUTF8": True, "decode_data": False}
    controllers = [
        Controller(
            _Handler(loop), port=loop.port, tls_context=context, require_starttls=True, auth_required=True, **common
        ),
        Controller(_Handler(loop), port=loop.tls_port, ssl_context=context, auth_require_tls=False, **common),
    ]
    for controller in controllers:
        controller.start()
    return loop, controllers


@pytest.fixture
def smtp_loop(dovecot: DovecotServer) -> Iterator[SmtpLoop]:
    """STARTTLS on ``port``, TLS from the start on ``tls_port``; both want a login."""
    loop, controllers = start(dovecot)
    yield loop
    for controller in controllers:
        controller.stop()


@pytest.fixture
def plain_smtp() -> Iterator[Any]:
    """A function that starts a relay on this machine: no encryption, no login, no extensions worth the name."""
    controllers: list[Controller] = []

    def started() -> SmtpLoop:
        (port,) = free_ports(1)
        loop = SmtpLoop(dovecot=None, port=port)
        controllers.append(Controller(_Handler(loop), hostname="127.0.0.1", port=port, enable_SMTPUTF8=False))
        controllers[-1].start()
        return loop

    yield started
    for controller in controllers:
        controller.stop()
