"""Mailboxes of the connector under test, and mail to put into them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from servers.scripted_imap import ScriptedImap

from connectors.base import Account
from connectors.mail.imap import ImapMailbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from servers.dovecot import DovecotServer

    from connectors.records import MailPage


def message(number: int | str, *, subject: str = "Where is my order?", extra: str = "", body: str = "") -> bytes:
    text = (
        f"From: Jan Kowal <jan@cust.example>\nTo: support@shop.test\nSubject: {subject}\n"
        f"Date: Mon, 02 Mar 2026 10:00:00 +0000\nMessage-ID: <{number}@cust.example>\n{extra}\n"
        f"{body or f'Hello from {number}'}\n"
    )
    return text.replace("\n", "\r\n").encode()


@pytest.fixture
def mail() -> Callable[..., bytes]:
    return message


@pytest.fixture(params=["dovecot", "dovecot_condstore", "dovecot_poor"], ids=["qresync", "condstore", "poor"])
def server(request: pytest.FixtureRequest) -> DovecotServer:
    """Each kind of server there is, one after the other."""
    running: DovecotServer = request.getfixturevalue(request.param)
    return running


@pytest.fixture
def open_mailbox(tmp_path: Path) -> Iterator[Callable[..., ImapMailbox]]:
    """The mailbox of a user on a server, over TLS; a cache folder of its own unless told otherwise."""
    opened: list[ImapMailbox] = []

    def made(server: DovecotServer | ScriptedImap, user: str = "desk@shop.test", **values: Any) -> ImapMailbox:
        where = {"host": server.host, "port": server.port, "tls": "none", "user": user, "password": server.password}
        if not isinstance(server, ScriptedImap):
            where |= {"port": server.tls_port, "tls": "implicit", "ca_file": str(server.ca_file)}
        options = values.pop("options", {})
        opened.append(ImapMailbox(Account("support", {**where, **values}, tmp_path / "cache", options)))
        return opened[-1]

    yield made
    for mailbox in opened:
        mailbox.close()


@pytest.fixture
def account(tmp_path: Path) -> Callable[..., Account]:
    """An account whose provider is reached over the given transport."""
    return lambda transport: Account("support", {}, tmp_path / "cache", {"transport": transport})


@pytest.fixture
def read_all() -> Callable[..., tuple[list[MailPage], dict[str, Any]]]:
    """Every page since a cursor, and the cursor after them."""

    def pages(
        mailbox: ImapMailbox, cursor: dict[str, Any] | None = None, folder: str = "INBOX"
    ) -> tuple[list[MailPage], dict[str, Any]]:
        found = list(mailbox.changed(folder, cursor))
        assert [page.more for page in found] == [True] * (len(found) - 1) + [False]
        assert all(json.loads(json.dumps(page.cursor)) == page.cursor for page in found)
        return found, found[-1].cursor

    return pages


@pytest.fixture
def scripted() -> Iterator[Callable[..., ScriptedImap]]:
    """A scripted server, for what no real one does."""
    servers: list[ScriptedImap] = []

    def started(**settings: Any) -> ScriptedImap:
        servers.append(ScriptedImap(**settings))
        servers[-1].start()
        return servers[-1]

    yield started
    for server in servers:
        server.stop()
