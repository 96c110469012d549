"""An open, encrypted, logged-in IMAP connection, or words that say why there is none."""

from __future__ import annotations

import imaplib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from imapclient import IMAPClient, SocketTimeout

from connectors.errors import AuthExpired, CertificateRejected, ConnectorError, ProtocolError, Rejected, Temporary
from connectors.mail.endpoint import CONNECT_SECONDS, READ_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from connectors.mail.endpoint import Endpoint
    from connectors.mail.oauth import AccessTokens
    from connectors.redact import Redactor

# imaplib stops at lines of 1 MB: a flat SEARCH over 140,000 messages is one.
_LONGEST_LINE = 10_000_000
_LARGEST_LITERAL = 128 * 1024 * 1024
imaplib._MAXLINE = _LONGEST_LINE  # type: ignore[attr-defined] # noqa: SLF001 - there is no other way to set it

# RFC 5530: refusals of a login that say nothing about the password.
_NOT_THE_PASSWORD = ("[UNAVAILABLE]", "[LIMIT]", "[INUSE]", "[SERVERBUG]", "TOO MANY", "TRY AGAIN", "TEMPORAR")


@dataclass(frozen=True)
class Login:
    """Who logs in: with a password, or with access tokens."""

    user: str
    password: str = field(repr=False)
    tokens: AccessTokens | None
    redactor: Redactor


def opened(endpoint: Endpoint, login: Login) -> IMAPClient:
    """A connection in authenticated state. Nothing secret is sent before it is encrypted.

    Raises:
        AuthExpired, CertificateRejected, Temporary, ProtocolError, Rejected: in words, with host and port.
    """
    client = _connected(endpoint, login.redactor)
    try:
        if login.tokens is None:
            _attempt(endpoint, login, lambda: _password(client, endpoint, login))
        else:
            client = _with_token(client, endpoint, login, login.tokens)
    except BaseException:
        dropped(client)
        raise
    return client


def dropped(client: IMAPClient) -> None:
    """Let go of the connection without a word to the server; it may be in any state."""
    try:
        client.shutdown()
    except (OSError, imaplib.IMAP4.error, ValueError):
        return  # it is gone, which is what was wanted


def _connected(endpoint: Endpoint, redactor: Redactor) -> IMAPClient:
    doing = "connecting"
    context = None if endpoint.tls == "none" else endpoint.context()
    try:
        client = IMAPClient(
            endpoint.host,
            endpoint.port,
            ssl=endpoint.tls == "implicit",
            ssl_context=context,
            timeout=SocketTimeout(CONNECT_SECONDS, READ_SECONDS),
        )
    except OSError as error:
        raise endpoint.failure(error, doing) from None
    except (imaplib.IMAP4.error, ValueError) as error:
        raise _no_imap(endpoint, redactor, error) from None
    _quieten(client)
    if endpoint.tls == "starttls":
        try:
            _start_tls(client, endpoint, context)
        except BaseException:
            dropped(client)
            raise
    return client


def _quieten(client: IMAPClient) -> None:
    """IMAPClient lets imaplib format every line for a log nobody reads: 2.8 times slower on whole messages."""
    inner = client._imap  # noqa: SLF001 - IMAPClient gives no other way in
    inner.debug = 0
    inner._mesg = lambda *_: None  # noqa: SLF001
    read = inner.read

    def bounded(size: int) -> bytes:
        if size > _LARGEST_LITERAL:
            raise inner.error(f"a literal of {size} bytes was announced")
        data: bytes = read(size)
        return data

    def line() -> bytes:
        data: bytes = inner.readline()
        if not data.endswith(b"\r\n"):
            raise inner.abort("socket error: EOF" if not data else "socket error: unterminated line")
        return data[:-2]

    inner.read = bounded
    inner._get_line = line  # noqa: SLF001


def _start_tls(client: IMAPClient, endpoint: Endpoint, context: Any) -> None:
    try:
        if b"STARTTLS" not in client.capabilities():
            raise CertificateRejected(
                f"{endpoint.where}: it offers no STARTTLS, so nothing was sent to it",
                hint='set tls = "implicit" (usually port 993); if it should offer STARTTLS, somebody may be in between',
            )
        client.starttls(ssl_context=context)
    except OSError as error:
        raise endpoint.failure(error, "starting encryption") from None
    except imaplib.IMAP4.error:
        raise ProtocolError(
            f"{endpoint.where}: it did not go over to encryption", hint="check `tls` and `port`"
        ) from None


def _no_imap(endpoint: Endpoint, redactor: Redactor, error: Exception) -> ConnectorError:
    words = redactor.excerpt(str(error))
    if isinstance(error, imaplib.IMAP4.abort) and "unexpected" not in words:
        return Temporary(f"{endpoint.where}: it closed the connection at once: {words}")
    return ProtocolError(f"{endpoint.where}: this is no IMAP server: {words}", hint="check `host`, `port` and `tls`")


def _password(client: IMAPClient, endpoint: Endpoint, login: Login) -> None:
    capabilities = client.capabilities()
    if b"AUTH=PLAIN" in capabilities:  # UTF-8 passwords, which LOGIN has no way for
        client.plain_login(login.user, login.password)
    elif b"LOGINDISABLED" in capabilities:
        raise Rejected(
            f"{endpoint.where}: it takes no password on this connection",
            field="tls",
            hint='set tls = "implicit" or "starttls"',
        )
    elif not (login.user.isascii() and login.password.isascii()):
        raise AuthExpired(f"{endpoint.where}: this server takes only passwords of plain ASCII characters")
    else:
        client.login(_quoted(login.user), login.password)


def _quoted(user: str) -> str:
    """The user as a quoted string: imaplib quotes the password only."""
    escaped = user.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _with_token(client: IMAPClient, endpoint: Endpoint, login: Login, tokens: AccessTokens) -> IMAPClient:
    """XOAUTH2; a token that is refused is renewed once, on a new connection."""
    try:
        _attempt(endpoint, login, lambda: _xoauth2(client, login.user, tokens.token()))
    except AuthExpired:
        dropped(client)
        tokens.forget()
        client = _connected(endpoint, login.redactor)
        try:
            _attempt(endpoint, login, lambda: _xoauth2(client, login.user, tokens.token()))
        except BaseException:
            dropped(client)
            raise
    return client


def _xoauth2(client: IMAPClient, user: str, token: str) -> None:
    answers = iter((f"user={user}\1auth=Bearer {token}\1\1", ""))
    # A refusal comes as a challenge with reasons and wants an empty answer; IMAPClient would send the token again.
    client._imap.authenticate("XOAUTH2", lambda _challenge: next(answers, None))  # noqa: SLF001


def _attempt(endpoint: Endpoint, login: Login, log_in: Callable[[], object]) -> None:
    try:
        log_in()
    except OSError as error:
        raise endpoint.failure(error, "logging in") from None
    except (imaplib.IMAP4.error, ValueError) as error:
        # IMAPClient makes a LoginError of everything, so also of a connection that broke.
        if isinstance(error, imaplib.IMAP4.abort) or isinstance(error.__context__, imaplib.IMAP4.abort):
            words = login.redactor.excerpt(str(error))
            raise Temporary(f"{endpoint.where}: it closed the connection while logging in: {words}") from None
        raise _refused(endpoint, login, str(error)) from None


def _refused(endpoint: Endpoint, login: Login, said: str) -> ConnectorError:
    words = login.redactor.excerpt(said)
    if any(mark in said.upper() for mark in _NOT_THE_PASSWORD):
        return Temporary(f"{endpoint.where}: it takes no login just now: {words}")
    return AuthExpired(
        f"{endpoint.where}: the login of {login.user} was refused: {words}",
        hint="check `user` and `password`; where the account has two-step login, make a password for this program"
        if login.tokens is None
        else "sign in again and put the new refresh token into the config",
    )
