"""Login by token, as Google and Microsoft want it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import httpx
import pytest

from connectors.errors import AuthExpired, ProtocolError, Temporary
from connectors.mail.oauth import AccessTokens
from connectors.redact import Redactor

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.smtp_loop import SmtpLoop

    from connectors.base import Account
    from connectors.mail.imap import ImapMailbox

SETTINGS = {
    "provider": "google",
    "client_id": "desk-app",
    "client_secret": "app-secret",
    "refresh_token": "first-refresh-token",
    "tenant": None,
}


class Provider:
    """Gives out tokens in order and notes what it was asked."""

    def __init__(self, *tokens: str, **more: Any) -> None:
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.status, self.document = 200, {}
        self._tokens = list(tokens)
        self._more = more
        self.transport = httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append((str(request.url), parse_qs(request.content.decode())))
        if self.status != 200:
            return httpx.Response(self.status, json=self.document)
        return httpx.Response(200, json={"access_token": self._tokens.pop(0), "expires_in": 3599, **self._more})


@pytest.fixture
def tokens(account: Callable[..., Account]) -> Callable[..., AccessTokens]:
    return lambda asked, /, **changes: AccessTokens(
        account(asked.transport), {**SETTINGS, **changes}, Redactor("nothing")
    )


def test_a_token_is_asked_for_once_and_used_until_it_is_refused(tokens: Callable[..., AccessTokens]) -> None:
    provider = Provider("one", "two")
    held = tokens(provider)
    assert [held.token(), held.token()] == ["one", "one"]
    held.forget()
    assert held.token() == "two"
    url, form = provider.asked[0]
    assert url == "https://oauth2.googleapis.com/token"
    assert form == {
        "grant_type": ["refresh_token"],
        "client_id": ["desk-app"],
        "client_secret": ["app-secret"],
        "refresh_token": ["first-refresh-token"],
    }


def test_a_token_that_ends_soon_is_renewed_before_it_does(tokens: Callable[..., AccessTokens]) -> None:
    held = tokens(Provider("one", "two", expires_in=60))
    assert [held.token(), held.token()] == ["one", "two"]


def test_microsoft_is_asked_at_the_directory_and_its_newer_refresh_token_is_used(
    tokens: Callable[..., AccessTokens],
) -> None:
    provider = Provider("one", "two", refresh_token="second-refresh-token")
    held = tokens(provider, provider="microsoft", tenant="shop.onmicrosoft.com", client_secret=None)
    held.token()
    held.forget()
    held.token()
    assert provider.asked[0][0] == "https://login.microsoftonline.com/shop.onmicrosoft.com/oauth2/v2.0/token"
    assert "IMAP.AccessAsUser.All" in provider.asked[0][1]["scope"][0]
    assert "client_secret" not in provider.asked[0][1]
    assert [form["refresh_token"][0] for _, form in provider.asked] == ["first-refresh-token", "second-refresh-token"]


@pytest.mark.parametrize(("status", "code"), [(400, "invalid_grant"), (401, "invalid_client")])
def test_a_withdrawn_login_wants_a_person_and_tells_no_secret(
    tokens: Callable[..., AccessTokens], status: int, code: str
) -> None:
    provider = Provider()
    provider.status, provider.document = status, {"error": code, "error_description": "first-refresh-token was revoked"}
    held = tokens(provider)
    with pytest.raises(AuthExpired) as refused:
        held.token()
    assert "sign in again" in refused.value.hint
    assert "first-refresh-token" not in str(refused.value) + repr(held)
    assert len(provider.asked) == 1


def test_an_answer_without_a_token_is_no_token(tokens: Callable[..., AccessTokens]) -> None:
    with pytest.raises(ProtocolError, match="without an access token"):
        tokens(Provider("two\r\nlines")).token()


def test_a_refused_token_is_renewed_once_and_the_mailbox_opens(
    scripted: Callable[..., Any], open_mailbox: Callable[..., ImapMailbox], mail: Callable[..., bytes]
) -> None:
    server = scripted(messages={1: mail(1)}, token="fresh-token")
    provider = Provider("stale-token", "fresh-token")
    mailbox = open_mailbox(server, password="", oauth=SETTINGS, options={"transport": provider.transport})
    assert mailbox.check().ok
    assert (len(provider.asked), server.connections) == (2, 2)


def test_a_token_refused_twice_is_not_tried_a_third_time(
    scripted: Callable[..., Any], open_mailbox: Callable[..., ImapMailbox]
) -> None:
    server = scripted(token="never")
    provider = Provider("one-token", "two-token", "three-token")
    mailbox = open_mailbox(server, password="", oauth=SETTINGS, options={"transport": provider.transport})
    with pytest.raises(AuthExpired, match="was refused") as refused:
        mailbox.check()
    assert "one-token" not in str(refused.value)
    assert len(provider.asked) == 2


def test_a_provider_that_is_down_is_temporary(
    scripted: Callable[..., Any], open_mailbox: Callable[..., ImapMailbox]
) -> None:
    def down(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route")

    options = {"transport": httpx.MockTransport(down)}
    with pytest.raises(Temporary):
        open_mailbox(scripted(), password="", oauth=SETTINGS, options=options).check()


@pytest.mark.dovecot
def test_mail_goes_out_with_the_same_tokens(
    smtp_loop: SmtpLoop,
    scripted: Callable[..., Any],
    open_mailbox: Callable[..., ImapMailbox],
    mail: Callable[..., bytes],
) -> None:
    provider = Provider("stale-token", smtp_loop.token)
    table = {name: value for name, value in smtp_loop.table.items() if name not in {"user", "password"}}
    mailbox = open_mailbox(
        scripted(), smtp_loop.user, password="", oauth=SETTINGS, smtp=table, options={"transport": provider.transport}
    )
    mailbox.send(smtp_loop.user, ["jan@cust.example"], mail(1), about_to_commit=lambda: None)
    assert [recipient for recipient, _ in smtp_loop.delivered] == ["jan@cust.example"]
    assert len(provider.asked) == 2
