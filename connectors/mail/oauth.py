"""Access tokens for mail at Google and Microsoft 365, got with a refresh token (RFC 6749, section 6).

They live an hour and stay in memory. Microsoft hands out a new refresh token now and then; it serves until the process
ends, and the one in the config stays valid beside it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from connectors.errors import AuthExpired, ProtocolError, Rejected
from connectors.http import HttpApi

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connectors.base import Account
    from connectors.redact import Redactor

_RENEW_BEFORE_SECONDS = 120.0
_SIGN_IN_AGAIN = "sign in again and put the new refresh token into the config"


@dataclass(frozen=True)
class Provider:
    """Where tokens are given out. ``scope`` is asked for; Google takes it from the refresh token."""

    base_url: str
    path: str
    scope: str = ""


def provider(name: str, tenant: str) -> Provider:
    """The provider ``google`` or ``microsoft``.

    Raises:
        Rejected: there is none of that name.
    """
    if name == "google":
        return Provider("https://oauth2.googleapis.com", "token")
    if name == "microsoft":
        scope = "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access"
        directory = quote(tenant or "common", safe="")
        return Provider("https://login.microsoftonline.com", f"{directory}/oauth2/v2.0/token", scope)
    raise Rejected(
        f'{name!a} is no provider of mail logins known here; "google" and "microsoft" are', field="oauth.provider"
    )


class AccessTokens:
    """The access token of one account, renewed when it is about to end. Making one does no I/O."""

    def __init__(self, account: Account, settings: Mapping[str, Any], redactor: Redactor) -> None:
        self._name = account.name
        self._provider = provider(str(settings.get("provider") or ""), str(settings.get("tenant") or ""))
        self._client_id = str(settings.get("client_id") or "")
        self._client_secret = str(settings.get("client_secret") or "")
        self._refresh_token = str(settings.get("refresh_token") or "")
        for field, value in (("client_id", self._client_id), ("refresh_token", self._refresh_token)):
            if not value:
                raise Rejected(f"{account.name}: the login by token needs {field}", field=f"oauth.{field}")
        self._redactor = redactor
        self._hide(self._client_secret, self._refresh_token)
        self._api = HttpApi(account, self._provider.base_url, redact=(self._client_secret, self._refresh_token))
        self._token = ""
        self._until = 0.0

    def __repr__(self) -> str:
        return f"AccessTokens({self._name!r})"

    def token(self) -> str:
        """A token good for some minutes at least.

        Raises:
            AuthExpired: the refresh token or the client is not accepted any more.
            ConnectorError: the provider could not be asked.
        """
        if not self._token or time.monotonic() > self._until:
            self._renew()
        return self._token

    def forget(self) -> None:
        """The server refused the token: ask for another one next time."""
        self._token = ""

    def close(self) -> None:
        """Let go of connections."""
        self._api.close()

    def _renew(self) -> None:
        form = {"grant_type": "refresh_token", "client_id": self._client_id, "refresh_token": self._refresh_token}
        if self._client_secret:
            form["client_secret"] = self._client_secret
        if self._provider.scope:
            form["scope"] = self._provider.scope
        try:
            answer = self._api.post(self._provider.path, data=form, safe=True).json()
        except (Rejected, AuthExpired) as error:  # invalid_grant comes as 400, invalid_client as 401
            raise AuthExpired(f"{self._name}: no access token for the mailbox: {error}", hint=_SIGN_IN_AGAIN) from None
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not (token.isascii() and token.isprintable()):
            raise ProtocolError(f"{self._name}: the provider answered without an access token")
        lifetime = answer.get("expires_in")
        self._until = (
            time.monotonic()
            + (float(lifetime) if isinstance(lifetime, (int, float)) else 3600.0)
            - _RENEW_BEFORE_SECONDS
        )
        self._token = token
        renewed = answer.get("refresh_token")
        if isinstance(renewed, str) and renewed:
            self._refresh_token = renewed
        self._hide(token, self._refresh_token)

    def _hide(self, *secrets: str) -> None:
        for secret in secrets:
            self._redactor.add(secret)
