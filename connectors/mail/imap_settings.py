"""What an IMAP account says about itself in the config, and what is made of it. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectors.base import Setting
from connectors.errors import Rejected
from connectors.mail.endpoint import TLS_CHOICES, Endpoint
from connectors.mail.imap_login import Login
from connectors.mail.oauth import AccessTokens
from connectors.mail.smtp import PORTS as SMTP_PORTS
from connectors.mail.smtp import SmtpLogin, SmtpSender

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connectors.base import Account
    from connectors.redact import Redactor

_PORTS = {"implicit": 993, "starttls": 143, "none": 143}
_TLS_HELP = "how the connection is encrypted; none only for a server on this machine"
_CA_HELP = "a certificate authority to trust besides the usual ones (PEM)"

SETTINGS = (
    Setting("host", required=True, help="the IMAP server"),
    Setting("port", "integer", help="its port; usual ones are known"),
    Setting("tls", default="implicit", choices=TLS_CHOICES, help=_TLS_HELP, asked=True),
    Setting("user", required=True, help="the login, mostly the address"),
    Setting("password", "secret", help="the password, or one made for this program", asked=True),
    Setting(
        "oauth",
        "table",
        help="login by token instead of a password (Google, Microsoft 365)",
        table=(
            Setting("provider", required=True, choices=("google", "microsoft")),
            Setting("client_id", required=True, help="the id of the registered application"),
            Setting("client_secret", "secret", help="its secret, where it has one"),
            Setting("refresh_token", "secret", required=True, help="what the provider gave when you signed in"),
            Setting("tenant", help="Microsoft: the directory; without it any"),
        ),
    ),
    Setting("folders", "list", default=("INBOX",), help="the folders that are read"),
    Setting("ca_file", "path", help=_CA_HELP),
    Setting("address", help="the address the desk writes from; without it `user`"),
    Setting("aliases", "list", default=(), help="other addresses that are this desk"),
    Setting(
        "plus_addresses",
        "boolean",
        default=False,
        help="mail to name+anything@ arrives here too: replies then ask for answers to an address that names the order",
    ),
    Setting("sent", help="the folder sent mail is filed in, if the server does not say which"),
    Setting(
        "bodies_days",
        "integer",
        default=90,
        help="mail younger than this is read with its text at once, older when opened",
    ),
    Setting(
        "smtp",
        "table",
        help="the way out for mail; without it the mailbox is only read",
        asked=True,
        table=(
            Setting("host", required=True, help="the SMTP server"),
            Setting("port", "integer", help="its port; usual ones are known"),
            Setting("tls", default="implicit", choices=TLS_CHOICES, help=_TLS_HELP, asked=True),
            Setting("user", help="the login; without it the mailbox's"),
            Setting("password", "secret", help="the password; without it the mailbox's"),
            Setting("ca_file", "path", help=_CA_HELP),
        ),
    ),
)


def endpoint(account: Account) -> Endpoint:
    """The IMAP server of ``account``. Raises Rejected."""
    return Endpoint.of(account.name, account.values, ports=_PORTS)


def login(account: Account, redactor: Redactor) -> Login:
    """Who logs in to read.

    Raises:
        Rejected: there is no user, or neither password nor token.
    """
    user, password = _text(account.values, "user"), _text(account.values, "password")
    if not user:
        raise Rejected(f"{account.name}: nobody is named to log in", field="user")
    for name, value in (("user", user), ("password", password)):
        if any(char in value for char in "\r\n\0"):
            raise Rejected(f"{account.name}: {name} holds a line break; was it copied whole?", field=name)
    redactor.add(password)
    settings = account.values.get("oauth") or {}
    if settings:
        return Login(user, "", AccessTokens(account, settings, redactor), redactor)
    if not password:
        raise Rejected(f"{account.name}: there is no password for {user}", field="password")
    return Login(user, password, None, redactor)


def sender(account: Account, reading: Login) -> SmtpSender | None:
    """The way out, None where none is configured; without a login of its own it uses that of the mailbox."""
    table = account.values.get("smtp") or {}
    if not table:
        return None
    where = Endpoint.of(
        account.name, {"ca_file": account.values.get("ca_file"), **_given(table)}, ports=SMTP_PORTS, table="smtp."
    )
    user, password = _text(table, "user"), _text(table, "password")
    reading.redactor.add(password)
    own = bool(password)
    return SmtpSender(
        where,
        SmtpLogin(
            user or reading.user,
            password if own else reading.password,
            None if own else reading.tokens,
            reading.redactor,
            optional=where.tls == "none" and not own,
        ),
    )


def _text(values: Mapping[str, Any], name: str) -> str:
    return str(values.get(name) or "")


def _given(table: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in table.items() if value is not None}
