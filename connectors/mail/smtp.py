"""Mail out by SMTP, once. What matters is when the server may have taken it: after the final dot, and not before.

The transaction is led by hand, since smtplib's ``sendmail`` gives one exception for "never arrived" and "delivered, but
the answer was lost". Here everything up to the dot can be tried again, and everything after it without an answer is in
doubt, for somebody to settle.
"""

from __future__ import annotations

import base64
import re
import smtplib
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connectors.base import SendReceipt
from connectors.errors import AuthExpired, CertificateRejected, ConnectorError, OutcomeUnknown, Rejected, Temporary
from connectors.mail.endpoint import CONNECT_SECONDS, READ_SECONDS

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Sequence

    from connectors.mail.endpoint import Endpoint
    from connectors.mail.oauth import AccessTokens
    from connectors.redact import Redactor

PORTS = {"implicit": 465, "starttls": 587, "none": 25}
ANSWER_SECONDS = 120.0  # for the answer after the dot, while the server may still scan the mail (RFC 5321 says 600)
_OURSELVES = "[127.0.0.1]"  # for EHLO: looking up our own name can hang, and tells more than it should
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"(?m)^\.")
_ADDRESS = re.compile(r"[^\s<>\x00-\x1f\x7f@]+@[^\s<>\x00-\x1f\x7f@]+\Z")
_GO_AHEAD = 354
_POSITIVE = range(200, 300)
_CHALLENGE = 334
_PERMANENT = 500


@dataclass(frozen=True)
class SmtpLogin:
    """Who sends. Without ``user`` nobody logs in; ``optional``: log in only where the server offers it."""

    user: str
    password: str = field(repr=False)
    tokens: AccessTokens | None
    redactor: Redactor
    optional: bool = False


class SmtpSender:
    """One way out. Each message gets a connection of its own, so nothing old can be in it."""

    def __init__(self, endpoint: Endpoint, login: SmtpLogin, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._endpoint = endpoint
        self._login = login
        self._answer_seconds = answer_seconds

    def check(self) -> str:
        """Connect, encrypt, log in, leave; what the server can do, in words. Raises a ConnectorError."""
        server = self._opened()
        try:
            extensions = (("smtputf8", "addresses in any script"), ("8bitmime", "8-bit text"), ("size", "a size limit"))
            return ", ".join(words for name, words in extensions if server.has_extn(name))
        finally:
            self._leave(server)

    def send(
        self, sender: str, recipients: Sequence[str], raw: bytes, *, about_to_commit: Callable[[], None]
    ) -> SendReceipt:
        """Hand ``raw`` over to all ``recipients`` or to none.

        ``about_to_commit`` is called when the whole text is on its way and before the dot that makes it count.

        Raises:
            Rejected: it, or one of the recipients, was refused for good; nothing was sent.
            Temporary: it did not come to the dot, or was refused for now; nothing was sent.
            AuthExpired, CertificateRejected: no login, or no trust.
            OutcomeUnknown: the dot went out and no answer came back.
        """
        payload = _on_the_wire(raw)
        addresses = [_envelope(address) for address in (sender, *recipients)]
        if not recipients:
            raise Rejected("the message has no recipient", field="to")
        server = self._opened()
        try:
            self._announce(server, addresses, payload)
            with self._before_the_dot("sending the text"):
                server.send(payload)
            about_to_commit()
            answer = self._after_the_dot(server)
        except BaseException:
            server.close()  # without QUIT: a transaction that did not end is thrown away by the server
            raise
        self._leave(server)
        return answer

    # ---- before the dot

    def _opened(self) -> smtplib.SMTP:
        endpoint = self._endpoint
        context = None if endpoint.tls == "none" else endpoint.context()
        with self._before_the_dot("connecting"):
            if endpoint.tls == "implicit":
                server: smtplib.SMTP = smtplib.SMTP_SSL(
                    endpoint.host, endpoint.port, _OURSELVES, timeout=CONNECT_SECONDS, context=context
                )
            else:
                server = smtplib.SMTP(endpoint.host, endpoint.port, _OURSELVES, timeout=CONNECT_SECONDS)
        try:
            if server.sock is not None:
                server.sock.settimeout(READ_SECONDS)
            with self._before_the_dot("greeting the server"):
                server.ehlo_or_helo_if_needed()
                if endpoint.tls == "starttls":
                    _start_tls(server, endpoint, context)
            self._log_in(server)
        except BaseException:
            server.close()
            raise
        return server

    def _log_in(self, server: smtplib.SMTP) -> None:
        login = self._login
        if not login.user:
            return
        if not server.has_extn("auth"):
            if login.optional:
                return
            raise Rejected(
                f"{self._endpoint.where}: it offers no login on this connection",
                field="smtp.tls",
                hint='set tls = "implicit" or "starttls" in the smtp table',
            )
        with self._before_the_dot("logging in"):
            if login.tokens is None:
                code, answer = self._password(server)
            else:
                code, answer = _xoauth2(server, login.user, login.tokens.token())
                if code >= _PERMANENT:
                    login.tokens.forget()
                    code, answer = _xoauth2(server, login.user, login.tokens.token())
        if code in _POSITIVE:
            return
        said = f"{self._endpoint.where}: the login of {login.user} was refused: {self._words(code, answer)}"
        if code < _PERMANENT:
            raise Temporary(said)
        raise AuthExpired(said, hint="check `user` and `password` of the smtp table, then `oms-tui doctor`")

    def _password(self, server: smtplib.SMTP) -> tuple[int, bytes]:
        login = self._login
        if "PLAIN" in server.esmtp_features.get("auth", "").upper().split():  # smtplib's way knows ASCII only
            secret = base64.b64encode(f"\0{login.user}\0{login.password}".encode()).decode()
            return server.docmd("AUTH", f"PLAIN {secret}")
        try:
            return server.login(login.user, login.password)
        except smtplib.SMTPAuthenticationError as error:
            answer = error.smtp_error
            return error.smtp_code, answer if isinstance(answer, bytes) else answer.encode()
        except UnicodeEncodeError:
            raise AuthExpired(
                f"{self._endpoint.where}: this server takes only passwords of plain ASCII characters"
            ) from None

    def _announce(self, server: smtplib.SMTP, addresses: Sequence[str], payload: bytes) -> None:
        """MAIL, RCPT and DATA up to the server's "go ahead"."""
        with self._before_the_dot("announcing the message"):
            code, answer = server.mail(addresses[0], self._options(server, addresses, payload))
            self._expect(code, answer, "the sender was refused", field="from")
            refused: list[tuple[str, int, bytes]] = []
            for recipient in addresses[1:]:
                code, answer = server.rcpt(recipient)
                if code not in _POSITIVE:
                    refused.append((recipient, code, answer))
            if refused:
                with suppress(smtplib.SMTPException, OSError):
                    server.rset()
                raise self._not_for(refused)
            code, answer = server.docmd("DATA")
            if code != _GO_AHEAD:
                self._expect(
                    code if code >= _GO_AHEAD else _PERMANENT, answer, "the message was refused before it was sent"
                )

    def _options(self, server: smtplib.SMTP, addresses: Sequence[str], payload: bytes) -> list[str]:
        options: list[str] = []
        header = payload.partition(b"\r\n\r\n")[0]
        foreign = [address for address in addresses if not address.isascii()]
        if foreign or not header.isascii():
            if not server.has_extn("smtputf8"):
                what = f"the address {foreign[0]}" if foreign else "a header"
                raise Rejected(
                    f"{self._endpoint.where}: {what} is not plain ASCII and the server takes no other (SMTPUTF8)",
                    field="to",
                )
            server.command_encoding = "utf-8"
            options.append("SMTPUTF8")
        if not payload.isascii():
            if not server.has_extn("8bitmime"):
                raise Rejected(f"{self._endpoint.where}: the message is not encoded and the server takes no 8-bit text")
            options.append("BODY=8BITMIME")
        if server.has_extn("size"):
            options.append(f"SIZE={len(payload)}")
        return options

    def _expect(self, code: int, answer: bytes, what: str, *, field: str = "") -> None:
        if code in _POSITIVE:
            return
        said = f"{self._endpoint.where}: {what}: {self._words(code, answer)}"
        if code >= _PERMANENT:
            raise Rejected(said, field=field)
        raise Temporary(said)

    def _not_for(self, refused: Sequence[tuple[str, int, bytes]]) -> ConnectorError:
        """One recipient refused is all refused: nobody gets half a conversation without the desk knowing."""
        told = "; ".join(f"{address}: {self._words(code, answer)}" for address, code, answer in refused)
        said = f"{self._endpoint.where}: nothing was sent, as these recipients were refused: {told}"
        if any(code >= _PERMANENT for _, code, _ in refused):
            return Rejected(said, field="to", hint="correct or remove these addresses and send again")
        return Temporary(said)

    def _before_the_dot(self, doing: str) -> _Phase:
        return _Phase(self._endpoint, self._login.redactor, doing)

    # ---- the dot, and after

    def _after_the_dot(self, server: smtplib.SMTP) -> SendReceipt:
        where = self._endpoint.where
        try:
            if server.sock is not None:
                server.sock.settimeout(self._answer_seconds)
            server.send(b".\r\n")
            code, answer = server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            words = self._login.redactor.excerpt(str(error))
            raise OutcomeUnknown(f"{where}: no answer after the whole message was handed over: {words}") from None
        words = self._words(code, answer)
        if code in _POSITIVE:
            return SendReceipt(words)
        if code >= _PERMANENT:
            raise Rejected(f"{where}: the message was refused: {words}")
        if code >= _GO_AHEAD:
            raise Temporary(f"{where}: the message was not taken just now: {words}")
        raise OutcomeUnknown(f"{where}: an answer that means nothing after the message: {words}")

    def _leave(self, server: smtplib.SMTP) -> None:
        """Say goodbye without waiting for the answer."""
        with suppress(OSError, smtplib.SMTPException):
            server.putcmd("quit")
        server.close()

    def _words(self, code: int, answer: bytes) -> str:
        return f"{code} {self._login.redactor.excerpt(answer)}".strip()


class _Phase:
    """Turns what smtplib raises before the dot into our family: nothing was sent."""

    def __init__(self, endpoint: Endpoint, redactor: Redactor, doing: str) -> None:
        self._endpoint = endpoint
        self._redactor = redactor
        self._doing = doing

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        where, doing = self._endpoint.where, self._doing
        if isinstance(error, smtplib.SMTPResponseException):
            said = error.smtp_error
            text = self._redactor.excerpt(said if isinstance(said, (bytes, str)) else str(said))
            words = f"{where}: refused while {doing}: {error.smtp_code} {text}"
            raise (Rejected if error.smtp_code >= _PERMANENT else Temporary)(words) from None
        if isinstance(error, smtplib.SMTPException):
            raise Temporary(
                f"{where}: the connection broke while {doing}: {self._redactor.excerpt(str(error))}"
            ) from None
        if isinstance(error, OSError):
            raise self._endpoint.failure(error, doing) from None


def _start_tls(server: smtplib.SMTP, endpoint: Endpoint, context: ssl.SSLContext | None) -> None:
    if not server.has_extn("starttls"):
        raise CertificateRejected(
            f"{endpoint.where}: it offers no STARTTLS, so nothing was sent to it",
            hint='set tls = "implicit" (usually port 465); if it should offer STARTTLS, somebody may be in between',
        )
    server.starttls(context=context)
    server.ehlo()


def _xoauth2(server: smtplib.SMTP, user: str, token: str) -> tuple[int, bytes]:
    secret = base64.b64encode(f"user={user}\1auth=Bearer {token}\1\1".encode()).decode()
    code, answer = server.docmd("AUTH", f"XOAUTH2 {secret}")
    if code == _CHALLENGE:  # the refusal's reasons; an empty answer lets the server say 535
        code, answer = server.docmd("")
    return code, answer


def _on_the_wire(raw: bytes) -> bytes:
    """CRLF at every line's end and dots doubled (RFC 5321 4.5.2), without the final dot."""
    text = _LINE_END.sub(b"\r\n", raw)
    return _LEADING_DOT.sub(b"..", text if text.endswith(b"\r\n") else text + b"\r\n")


def _envelope(address: str) -> str:
    """An address as MAIL and RCPT take it; a domain in another script goes as punycode where that suffices.

    Raises:
        Rejected: it is none.
    """
    if not _ADDRESS.match(address) or not address.isprintable():
        raise Rejected(f"{address!a} is no address mail can be sent to", field="to")
    local, _, domain = address.rpartition("@")
    if local.isascii() and not domain.isascii():
        try:
            return f"{local}@{domain.encode('idna').decode('ascii')}"
        except UnicodeError:
            raise Rejected(f"{address!a} is no address mail can be sent to", field="to") from None
    return address
