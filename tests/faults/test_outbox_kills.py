"""Killed at any moment, the outbox still delivers every reply exactly once and files it exactly once.

A real SMTP server in this process takes the mails, a child process sends them and is killed (SIGKILL) at random moments
and at every boundary between two states. Half of the mails are filed by the server itself, as some providers do. Where
nobody but the customer can tell whether a mail arrived, this test is the person who asks them and decides.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller
from faults.outbox_child import PLACES
from servers.dovecot import free_ports

from oms_tui.actions.reply import resolve
from oms_tui.config import load
from oms_tui.desk import open_session
from oms_tui.store import desk_rows
from oms_tui.store.driver import transaction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from servers.dovecot import DovecotServer

    from oms_tui.store.session import Session

LONG = os.environ.get("OMS_TUI_FAULTS") == "long"
REPLIES = 2000 if LONG else 240
KILLS = 600 if LONG else 40
CHILD = Path(__file__).with_name("outbox_child.py")
OWN_ID = re.compile(rb"^X-OMS-ID: (\S+)", re.MULTILINE)
CONFIG = """
[desk]
name = "Bright Shop"
data = "data"
undo_window = "0s"
[agents.ana]
name = "Ana Ruiz"
role = "lead"
[sources.support]
kind = "maildir"
path = "mail"
deliver_to = "unused"
address = "support@shop.test"
"""


class MaildirSent:
    """The Sent folder on this disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "mail" / ".Sent"
        for part in ("tmp", "new", "cur"):
            (self._folder / part).mkdir(parents=True)
            (folder / "mail" / part).mkdir(parents=True)

    def put(self, raw: bytes) -> None:
        draft = self._folder / "tmp" / f"{time.monotonic_ns()}.by-provider"
        draft.write_bytes(raw.replace(b"\r\n", b"\n"))
        draft.rename(self._folder / "cur" / f"{draft.name}:2,S")

    def all(self) -> list[bytes]:
        return [path.read_bytes() for part in ("new", "cur") for path in (self._folder / part).iterdir()]


class ImapSent:
    """The Sent folder on a real IMAP server, where filing twice is there twice."""

    def __init__(self, folder: Path, server: DovecotServer) -> None:
        self._server = server
        self._user = server.user()
        values = {"host": "localhost", "port": server.tls_port, "tls": "implicit", "ca_file": str(server.ca_file)}
        values |= {"user": self._user, "password": server.password}
        (folder / "imap.json").write_text(json.dumps(values), "utf-8")

    def put(self, raw: bytes) -> None:
        with self._server.client(self._user) as client:
            client.append("Sent", raw)

    def all(self) -> list[bytes]:
        with self._server.client(self._user) as client:
            client.select_folder("Sent", readonly=True)
            found: dict[int, dict[bytes, bytes]] = client.fetch(client.search("ALL"), ["BODY.PEEK[]"])
            return [each[b"BODY[]"] for each in found.values()]


@dataclass
class Customers:
    """Whoever receives the mails: counts what arrived, and files every second one in Sent as a provider does."""

    sent: MaildirSent | ImapSent
    port: int = 0
    arrived: Counter[str] = field(default_factory=Counter)
    at_work: int = 0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.at_work += 1
        try:
            (own_id,) = OWN_ID.findall(envelope.content)
            key = own_id.decode()
            self.arrived[key] += 1
            if int(key.removeprefix("item")) % 2:
                await asyncio.to_thread(self.sent.put, envelope.original_content)
        finally:
            self.at_work -= 1
        return "250 taken"


@pytest.fixture
def desk_folder(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    return tmp_path


@pytest.fixture(
    params=[pytest.param("maildir", id="maildir"), pytest.param("imap", id="imap", marks=pytest.mark.dovecot)]
)
def customers(desk_folder: Path, request: pytest.FixtureRequest) -> Iterator[Customers]:
    (port,) = free_ports(1)
    server = request.getfixturevalue("dovecot") if request.param == "imap" else None
    made = Customers(ImapSent(desk_folder, server) if server else MaildirSent(desk_folder), port)
    controller = Controller(made, hostname="127.0.0.1", port=port)
    controller.start()
    yield made
    controller.stop()


def fill(session: Session, numbers: range) -> None:
    """New replies in the outbox."""
    now = session.now()
    with transaction(session.store.desk):
        for number in numbers:
            key = f"item{number}"
            message_id = f"<{key}@shop.test>"
            raw = (
                f"From: support@shop.test\r\nTo: c{number}@cust.example\r\nSubject: Re: {number}\r\n"
                f"Message-ID: {message_id}\r\nX-OMS-ID: {key}\r\n\r\nDear customer {number}.\r\n"
            ).encode()
            blank: dict[str, Any] = dict.fromkeys(
                ("phase", "number", "body", "mail", "guard", "snapshot", "draft", "sent_mark", "answer", "error"), ""
            )
            lists = dict.fromkeys(("thread_ids", "seen_ids", "quotes", "overrides"), "[]")
            desk_rows.put(
                session.store.desk,
                "outbox",
                blank
                | lists
                | {
                    "id": key, "kind": "mail", "source": "shop", "remote_id": str(number), "agent": "ana",
                    "account": "support", "state": "held", "message_id": message_id, "sender": "support@shop.test",
                    "recipients": f'["c{number}@cust.example"]', "subject": f"Re: {number}", "raw": raw, "attempts": 0,
                    "not_before": now, "filed": 0, "key": key, "payload": "{}", "created_at": now, "updated_at": now,
                },
            )  # fmt: skip


def states(session: Session) -> Counter[str]:
    return Counter(dict(session.store.desk.execute("SELECT state, count(*) FROM outbox GROUP BY state").fetchall()))


def decide(session: Session, customers: Customers) -> int:
    """What an agent does about each mail in doubt: asks the customer, and says what they say."""
    doubtful = [row["id"] for row in desk_rows.select(session.store.desk, "outbox", "state='in_doubt'")]
    while customers.at_work:
        time.sleep(0.01)
    for key in doubtful:
        resolve(session, key, "sent" if customers.arrived[key] else "not_sent")
    return len(doubtful)


@pytest.mark.faults
@pytest.mark.timeout(3000 if LONG else 240)
def test_every_reply_is_delivered_once_and_filed_once_whenever_the_sender_is_killed(
    desk_folder: Path, customers: Customers
) -> None:
    seed = int(os.environ.get("OMS_TUI_SEED", time.time_ns() % 100_000))
    dice = random.Random(seed)
    session = open_session(load(desk_folder / "config.toml"), agent="ana")
    share = 1 if isinstance(customers.sent, MaildirSent) else 4  # a server takes its time
    replies, wanted = REPLIES // share, KILLS // share
    doubts = kills = written = 0
    died_at: Counter[str] = Counter()

    while written < replies or states(session)["filed"] < replies:
        planned = kills < wanted
        fresh = min(replies - written, replies // wanted if planned else replies)
        fill(session, range(written, written + fresh))
        written += fresh
        place = dice.choice((*PLACES, "", "", "")) if planned else ""
        child = subprocess.Popen(
            [sys.executable, str(CHILD), str(desk_folder), str(customers.port), place, str(dice.randrange(3))],
            stdout=subprocess.PIPE,
        )
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == b"ready\n", f"seed {seed}"
            if planned and not place:
                time.sleep(dice.uniform(0, 0.1))
                child.kill()
            else:
                wait_for(child, session)
        finally:
            child.kill()
            died = child.wait() == -signal.SIGKILL
            child.stdout.close()
        if planned and died:
            kills += 1
            died_at[place or "any moment"] += 1
        time.sleep(0.02)  # what the dead one had handed over is taken in
        doubts += decide(session, customers)

    print(f"\nseed {seed}: {kills} kills {dict(died_at)}, {doubts} asked about, {replies} replies")
    assert Counter(customers.arrived.values()) == {1: replies}, f"delivered, seed {seed}"
    filed = Counter(own_id.decode() for raw in customers.sent.all() for own_id in OWN_ID.findall(raw))
    wrong = {f"item{number}": filed[f"item{number}"] for number in range(replies) if filed[f"item{number}"] != 1}
    assert not wrong, f"filed, seed {seed}"
    assert desk_rows.damaged(session.store.desk) == []
    assert kills > wanted / 2
    session.store.close()


def wait_for(child: subprocess.Popen[bytes], session: Session) -> None:
    """Until the child has died where it was to, or nothing is left that it can do."""
    until = time.monotonic() + 20
    while child.poll() is None and time.monotonic() < until:
        left = states(session)
        if not left["held"] + left["queued"] + left["sending"] + left["sent"]:
            return
        time.sleep(0.02)
