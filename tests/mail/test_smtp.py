"""A reply leaves once, or is known not to have left, or is in doubt: on a real SMTP server that fails on request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import (
    AuthExpired,
    CertificateRejected,
    ConnectorError,
    OutcomeUnknown,
    Rejected,
    Temporary,
)
from connectors.mail.endpoint import Endpoint
from connectors.mail.smtp import SmtpLogin, SmtpSender, _on_the_wire
from connectors.redact import Redactor

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.dovecot import DovecotServer
    from servers.smtp_loop import SmtpLoop

    from connectors.mail.imap import ImapMailbox

DESK = "desk@shop.test"


class Commit:
    """Notes whether the point of no return was announced, and what the server had by then."""

    def __init__(self, loop: SmtpLoop | None = None) -> None:
        self.calls = 0
        self.taken_before = 0
        self._loop = loop

    def __call__(self) -> None:
        self.calls += 1
        self.taken_before = len(self._loop.taken) if self._loop else 0


@pytest.fixture
def sender(smtp_loop: SmtpLoop) -> Callable[..., SmtpSender]:
    def made(*, answer_seconds: float = 20.0, **changes: Any) -> SmtpSender:
        values = {**smtp_loop.table, **changes}
        redactor = Redactor(values["password"])
        endpoint = Endpoint.of("support", values, ports={"starttls": 0, "implicit": 0, "none": 0})
        login = SmtpLogin(values["user"], values["password"], None, redactor)
        return SmtpSender(endpoint, login, answer_seconds=answer_seconds)

    return made


@pytest.mark.dovecot
def test_a_reply_lies_byte_for_byte_in_the_customers_mailbox(
    dovecot: DovecotServer, smtp_loop: SmtpLoop, open_mailbox: Callable[..., ImapMailbox], mail: Callable[..., bytes]
) -> None:
    customer = dovecot.user()
    mailbox = open_mailbox(dovecot, customer, smtp=smtp_loop.table)
    raw = mail("reply", body=".\n..\nDear Jan,\n.hidden\nyours\n" + "x" * 900)
    commit = Commit(smtp_loop)
    receipt = mailbox.send(DESK, [customer], raw, about_to_commit=commit)
    assert receipt.answer == "250 2.0.0 taken as 4711"
    assert receipt.refused == ()
    assert (commit.calls, commit.taken_before) == (1, 0)
    (key,) = mailbox.search("INBOX", ["<reply@cust.example>"])
    assert mailbox.raw(key).endswith(raw)


def test_tls_from_the_start_works_too(
    sender: Callable[..., SmtpSender], smtp_loop: SmtpLoop, mail: Callable[..., bytes]
) -> None:
    way = sender(tls="implicit", port=smtp_loop.tls_port)
    assert "a size limit" in way.check()
    way.send(DESK, ["jan@cust.example"], mail(1), about_to_commit=Commit())
    assert [recipient for recipient, _ in smtp_loop.delivered] == ["jan@cust.example"]


@pytest.mark.parametrize(
    ("fault", "error", "delivered"),
    [
        ("drop_before", OutcomeUnknown, 0),
        ("drop_after", OutcomeUnknown, 1),
        ("hang_after", OutcomeUnknown, 1),
        ("451 4.3.0 try again later", Temporary, 0),
        ("554 5.7.1 looks like spam", Rejected, 0),
    ],
)
def test_after_the_dot_only_an_answer_settles_it(
    sender: Callable[..., SmtpSender],
    smtp_loop: SmtpLoop,
    mail: Callable[..., bytes],
    fault: str,
    error: type[ConnectorError],
    delivered: int,
) -> None:
    smtp_loop.fault = fault
    commit = Commit()
    with pytest.raises(ConnectorError) as failed:
        sender(answer_seconds=1.0).send(DESK, ["jan@cust.example"], mail(1), about_to_commit=commit)
    assert type(failed.value) is error
    assert commit.calls == 1
    assert len(smtp_loop.delivered) == delivered
    if fault[0].isdigit():
        assert fault in str(failed.value)


@pytest.mark.parametrize(
    ("on_mail", "error"),
    [("drop", Temporary), ("451 busy", Temporary), ("550 not you", Rejected), ("552 too large", Rejected)],
)
def test_before_the_dot_nothing_was_sent(
    sender: Callable[..., SmtpSender],
    smtp_loop: SmtpLoop,
    mail: Callable[..., bytes],
    on_mail: str,
    error: type[ConnectorError],
) -> None:
    smtp_loop.on_mail = on_mail
    commit = Commit()
    with pytest.raises(ConnectorError) as failed:
        sender().send(DESK, ["jan@cust.example"], mail(1), about_to_commit=commit)
    assert type(failed.value) is error
    assert (commit.calls, smtp_loop.taken) == (0, [])


@pytest.mark.parametrize(("answer", "error"), [("550 no such user", Rejected), ("450 grey listed", Temporary)])
def test_one_refused_recipient_is_named_and_nobody_gets_it(
    sender: Callable[..., SmtpSender],
    smtp_loop: SmtpLoop,
    mail: Callable[..., bytes],
    answer: str,
    error: type[ConnectorError],
) -> None:
    smtp_loop.answers["typo@cust.example"] = answer
    commit = Commit()
    with pytest.raises(ConnectorError, match=rf"nothing was sent.*typo@cust\.example: {answer}") as failed:
        sender().send(DESK, ["jan@cust.example", "typo@cust.example"], mail(1), about_to_commit=commit)
    assert type(failed.value) is error
    assert "jan@cust.example" not in str(failed.value)
    assert (commit.calls, smtp_loop.taken, smtp_loop.resets) == (0, [], 1)


def test_if_the_point_of_no_return_cannot_be_noted_nothing_is_sent(
    sender: Callable[..., SmtpSender], smtp_loop: SmtpLoop, mail: Callable[..., bytes]
) -> None:
    def full_disk() -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        sender().send(DESK, ["jan@cust.example"], mail(1), about_to_commit=full_disk)
    assert smtp_loop.taken == []


def test_a_wrong_password_is_said_without_the_password(
    sender: Callable[..., SmtpSender], mail: Callable[..., bytes]
) -> None:
    for password in ("wrong-Passw0rd", "Schlüssel-密"):
        with pytest.raises(AuthExpired, match=r"the login of desk@shop\.test was refused: 535") as refused:
            sender(password=password).send(DESK, ["jan@cust.example"], mail(1), about_to_commit=Commit())
        assert password not in str(refused.value)


def test_a_server_nobody_vouches_for_gets_no_password(sender: Callable[..., SmtpSender], smtp_loop: SmtpLoop) -> None:
    for changes in ({}, {"tls": "implicit", "port": smtp_loop.tls_port}):
        with pytest.raises(CertificateRejected, match="certificate is not trusted"):
            sender(ca_file="", **changes).check()


def test_a_server_that_is_not_there_is_named_with_its_port(sender: Callable[..., SmtpSender]) -> None:
    with pytest.raises(Temporary, match=r"support: 127\.0\.0\.1:1: Connection refused while connecting"):
        sender(port=1).check()


def test_starttls_is_never_skipped(sender: Callable[..., SmtpSender], plain_smtp: Callable[..., Any]) -> None:
    server = plain_smtp()
    with pytest.raises(CertificateRejected, match="offers no STARTTLS"):
        sender(port=server.port).check()
    with pytest.raises(Rejected, match="offers no login"):
        sender(port=server.port, tls="none").check()


def test_a_mailbox_without_a_way_out_says_so(
    dovecot: DovecotServer, open_mailbox: Callable[..., ImapMailbox], mail: Callable[..., bytes]
) -> None:
    commit = Commit()
    with pytest.raises(Rejected, match="no way out for mail") as refused:
        open_mailbox(dovecot).send(DESK, ["jan@cust.example"], mail(1), about_to_commit=commit)
    assert (refused.value.field, commit.calls) == ("smtp", 0)


def test_the_way_out_logs_in_as_the_mailbox_unless_told_otherwise(
    dovecot: DovecotServer,
    smtp_loop: SmtpLoop,
    open_mailbox: Callable[..., ImapMailbox],
    plain_smtp: Callable[..., Any],
    mail: Callable[..., bytes],
) -> None:
    smtp_loop.user, smtp_loop.password = dovecot.user(), dovecot.password
    table = {name: value for name, value in smtp_loop.table.items() if name not in {"user", "password"}}
    open_mailbox(dovecot, smtp_loop.user, smtp=table).send(DESK, ["jan@x.example"], mail(1), about_to_commit=Commit())
    relay = plain_smtp()
    table = {"host": relay.host, "port": relay.port, "tls": "none"}
    open_mailbox(dovecot, smtp_loop.user, smtp=table).send(DESK, ["jan@x.example"], mail(2), about_to_commit=Commit())
    assert [recipient for recipient, _ in smtp_loop.delivered + relay.delivered] == ["jan@x.example"] * 2


def test_addresses_in_any_script(
    sender: Callable[..., SmtpSender],
    smtp_loop: SmtpLoop,
    plain_smtp: Callable[..., Any],
    mail: Callable[..., bytes],
) -> None:
    sender().send(DESK, ["jan@bücher.example"], mail(1), about_to_commit=Commit())
    sender().send(DESK, ["żółw@cust.example"], mail(2), about_to_commit=Commit())
    assert [recipient for recipient, _ in smtp_loop.delivered] == ["jan@xn--bcher-kva.example", "żółw@cust.example"]
    assert "SMTPUTF8" in smtp_loop.options
    with pytest.raises(Rejected, match=r"żółw@cust\.example is not plain ASCII"):
        sender(port=plain_smtp().port, tls="none", user="").send(
            DESK, ["żółw@cust.example"], mail(3), about_to_commit=Commit()
        )


@pytest.mark.parametrize(
    "address",
    ["", "jan", "jan@", "a b@cust.example", "jan@cust.example>\r\nRCPT TO:<x@evil.example", "<jan@cust.example>"],
)
def test_what_is_no_address_goes_nowhere(
    sender: Callable[..., SmtpSender], smtp_loop: SmtpLoop, mail: Callable[..., bytes], address: str
) -> None:
    with pytest.raises(Rejected, match="is no address") as refused:
        sender().send(DESK, [address], mail(1), about_to_commit=Commit())
    assert refused.value.field == "to"
    with pytest.raises(Rejected, match="no recipient"):
        sender().send(DESK, [], mail(1), about_to_commit=Commit())
    assert smtp_loop.taken == []


@given(raw=st.binary(max_size=400) | st.lists(st.sampled_from([b".", b"\r", b"\n", b"\r\n", b"a"])).map(b"".join))
def test_the_wire_never_carries_a_bare_line_end_or_an_early_dot(raw: bytes) -> None:
    wire = _on_the_wire(raw)
    assert wire.endswith(b"\r\n")
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", wire)
    assert b"\r\n.\r\n" not in b"\r\n" + wire
    received = b"".join(line.removeprefix(b".") for line in wire.splitlines(keepends=True))
    expected = re.sub(rb"\r\n|\r|\n", b"\r\n", raw)
    assert received == (expected if expected.endswith(b"\r\n") else expected + b"\r\n")
