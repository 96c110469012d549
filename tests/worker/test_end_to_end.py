"""A customer's question and the answer to it, over a real IMAP and a real SMTP server, by the worker that follows."""

from __future__ import annotations

import email
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from oms_tui.actions import reply
from oms_tui.config import load
from oms_tui.desk import open_session
from oms_tui.store.workspace import Workspace
from oms_tui.sync.worker import follow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from servers.dovecot import DovecotServer
    from servers.scripted_shop import Script
    from servers.smtp_loop import SmtpLoop

    from oms_tui.store.session import Session

CONFIG = """
[desk]
name = "Bright Shop"
data = "data"
undo_window = "1s"
[agents.ana]
name = "Ana Ruiz"
role = "lead"
[sources.shop]
kind = "scripted_shop"
poll = "1s"
[sources.support]
kind = "imap"
host = "127.0.0.1"
port = {imap}
tls = "implicit"
user = "{user}"
password = {{ env = "IMAP_PASSWORD" }}
ca_file = "{ca}"
poll = "10m"
[sources.support.smtp]
host = "127.0.0.1"
port = {smtp}
tls = "starttls"
user = "{smtp_user}"
password = {{ env = "SMTP_PASSWORD" }}
ca_file = "{ca}"
"""
MAIL = (
    "From: Jan Kowal <{sender}>\r\nTo: {to}\r\nSubject: Where is order 1001?\r\n"
    "Date: Thu, 26 Nov 2026 09:00:00 +0000\r\nMessage-ID: <{name}@cust.example>\r\n{extra}\r\n"
    "Hello?? Still no parcel.\r\n"
)


class Desk:
    """A desk at work, and its customer."""

    def __init__(self, server: DovecotServer, session: Session, user: str, customer: str) -> None:
        self.server, self.session, self.user, self.customer = server, session, user, customer

    def mail(self, name: str, extra: str = "") -> None:
        raw = MAIL.format(sender=self.customer, to=self.user, name=name, extra=extra)
        self.server.deliver(self.user, raw.encode())

    def messages(self, user: str, folder: str = "INBOX") -> list[Any]:
        with self.server.client(user) as client:
            client.select_folder(folder, readonly=True)
            found = client.fetch(client.search("ALL"), ["BODY.PEEK[]"]) if client.search("ALL") else {}
            return [email.message_from_bytes(each[b"BODY[]"]) for each in found.values()]

    def cache(self, sql: str) -> Any:
        return self.session.store.cache.execute(sql).fetchall()

    def state(self, item: str) -> str:
        (row,) = self.session.store.desk.execute("SELECT state FROM outbox WHERE id=?", [item]).fetchall()
        return str(row[0])

    def answer(self, body: str) -> str:
        ((order,),) = self.cache("SELECT order_id FROM queue_row WHERE number='1001'")
        draft = reply.start(self.session, order)
        reply.save(self.session, draft.id, body=body)
        return reply.send(self.session, draft.id).id


def soon(wanted: Callable[[], object], seconds: float = 15) -> Any:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := wanted():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s")


@pytest.fixture
def desk(
    tmp_path: Path,
    dovecot: DovecotServer,
    smtp_loop: SmtpLoop,
    shops: dict[str, Script],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Desk]:
    user, customer = dovecot.user(), dovecot.user()
    monkeypatch.setenv("IMAP_PASSWORD", dovecot.password)
    monkeypatch.setenv("SMTP_PASSWORD", smtp_loop.password)
    (tmp_path / "config.toml").write_text(
        CONFIG.format(
            imap=dovecot.tls_port, user=user, ca=dovecot.ca_file, smtp=smtp_loop.port, smtp_user=smtp_loop.user
        ),
        "utf-8",
    )
    shops["shop"].order("1001", email=customer)
    config = load(tmp_path / "config.toml")
    session = open_session(config, agent="ana")
    stop = threading.Event()
    worker = threading.Thread(target=follow, args=(config, session), kwargs={"stop": stop})
    worker.start()
    store = Workspace(session.store.folder)
    yield Desk(dovecot, session.on(store), user, customer)
    stop.set()
    worker.join(5)
    store.close()
    session.store.close()
    assert not worker.is_alive()


@pytest.mark.dovecot
def test_a_question_is_seen_at_once_and_its_answer_arrives_once_threaded_and_filed(desk: Desk) -> None:
    desk.mail("q1")
    soon(lambda: desk.cache("SELECT 1 FROM messages WHERE state='linked'"))

    desk.mail("q2", extra="References: <q1@cust.example>\r\n")  # IDLE: the next look would be ten minutes away
    soon(lambda: len(desk.cache("SELECT 1 FROM messages WHERE state='linked' AND has_body=1")) == 2, 5)
    soon(lambda: desk.cache("SELECT 1 FROM queue_row WHERE waiting_since IS NOT NULL"))

    item = desk.answer("Dear Jan, it arrives tomorrow.")
    assert desk.state(item) == "held"
    soon(lambda: desk.state(item) == "filed")

    (arrived,) = desk.messages(desk.customer)
    assert "it arrives tomorrow" in arrived.get_payload(decode=True).decode()
    assert "<q2@cust.example>" in (arrived["In-Reply-To"], *arrived["References"].split())
    (filed,) = desk.messages(desk.user, "Sent")
    assert filed["Message-ID"] == arrived["Message-ID"]
    soon(lambda: desk.cache("SELECT 1 FROM messages WHERE direction='outbound' AND state='linked'"))
    soon(lambda: desk.cache("SELECT 1 FROM queue_row WHERE waiting_since IS NULL"))
    kinds = [row[0] for row in desk.session.store.desk.execute("SELECT kind FROM desk_events")]
    assert [kind for kind in kinds if kind.startswith("mail_")] == ["mail_queued", "mail_sent"]


@pytest.mark.dovecot
def test_a_mail_that_came_while_the_answer_was_written_stops_it(desk: Desk) -> None:
    desk.mail("q1")
    soon(lambda: desk.cache("SELECT 1 FROM messages WHERE state='linked'"))
    soon(lambda: desk.cache("SELECT 1 FROM queue_row"))
    ((order,),) = desk.cache("SELECT order_id FROM queue_row WHERE number='1001'")
    draft = reply.start(desk.session, order)
    reply.save(desk.session, draft.id, body="Dear Jan, it arrives tomorrow.")
    desk.mail("q2", extra="References: <q1@cust.example>\r\n")
    item = reply.send(desk.session, draft.id).id
    soon(lambda: desk.state(item) == "blocked")
    assert desk.messages(desk.customer) == []
    reply.resolve(desk.session, item, "send_anyway")
    soon(lambda: desk.state(item) == "filed")
    assert len(desk.messages(desk.customer)) == 1


@pytest.mark.dovecot
@pytest.mark.parametrize(("fault", "copies"), [("drop_before", 0), ("drop_after", 1)])
def test_an_answer_lost_by_the_server_is_settled_or_asked_about_and_never_sent_twice(
    desk: Desk, smtp_loop: SmtpLoop, monkeypatch: pytest.MonkeyPatch, fault: str, copies: int
) -> None:
    monkeypatch.setattr("oms_tui.sync.outbox_sent.LOOK_FOR_MS", 2000)
    monkeypatch.setattr("oms_tui.sync.outbox_sent._LOOK_EVERY_MS", 200)
    desk.mail("q1")
    soon(lambda: desk.cache("SELECT 1 FROM messages WHERE state='linked'"))
    soon(lambda: desk.cache("SELECT 1 FROM queue_row"))
    smtp_loop.fault = fault
    item = desk.answer("Dear Jan, it arrives tomorrow.")
    soon(lambda: desk.state(item) == "in_doubt")
    assert len(desk.messages(desk.customer)) == copies
    smtp_loop.fault = ""
    reply.resolve(desk.session, item, "sent" if copies else "not_sent")
    soon(lambda: desk.state(item) == "filed")
    assert len(desk.messages(desk.customer)) == 1
    assert len(desk.messages(desk.user, "Sent")) == 1
