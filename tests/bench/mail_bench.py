"""A mailbox of 50,000: its headers, its texts, what changed, and the search, each against what others take for it.

Others are IMAPClient (the headers), mbsync (the texts), a raw socket (the bytes of a change) and notmuch (the search),
on the same mailbox of the same Dovecot in the same run. What is not installed is said and left out.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from figures import Figure, median_of
from letters import DESK, Letters, vocabulary, written
from stores import POLICY, orders, pages

from connectors.base import Account
from connectors.mail.imap import ImapMailbox
from connectors.mail.message import HEADER_FIELDS
from oms_tui.domain.policy import DeskPolicy
from oms_tui.store.compiled_sql import CACHE_COLUMNS
from oms_tui.store.ids import timed_id
from oms_tui.store.reads.mail_search import search_messages
from oms_tui.store.rows import insert
from oms_tui.store.workspace import Workspace
from oms_tui.sync.ingest import ingest_page
from oms_tui.sync.mailbox import MailboxSync

sys.path.append(str(Path(__file__).parent.parent))

from servers import dovecot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from servers.dovecot import DovecotServer

_ORDERS = 20_000
_PAGE = 200  # headers IMAPClient is asked for at once, as we ask
_NEW, _FLAGGED, _EXPUNGED = 100, 100, 50
_HEADERS = f"BODY.PEEK[HEADER.FIELDS ({' '.join(name.upper() for name in HEADER_FIELDS)})]"
_ITEMS = f"(UID FLAGS INTERNALDATE RFC822.SIZE {_HEADERS})"
_QUERIES = ("rank 1", "rank 40", "rank 900", "rank 4000", "two words")
_LARGE, _SMALL = 1_000_000, 100_000


def figures(messages: int = 50_000, cache: Path | None = None) -> Iterator[Figure]:
    """All of it on ``messages`` mails; the rows of the last part lie under ``cache`` and are found again."""
    try:
        server = dovecot.start()
    except dovecot.Unavailable as reason:
        print(f"mail: left out, {reason}", flush=True)
    else:
        try:
            with tempfile.TemporaryDirectory(prefix="oms-tui-mail-bench-", dir=server.base) as name:
                yield from _mailbox(server, Path(name), messages)
        finally:
            server.stop()
    yield from _synthetic(cache or Path(tempfile.gettempdir()) / "oms-tui-bench")


def _mailbox(server: DovecotServer, folder: Path, messages: int) -> Iterator[Figure]:
    now = datetime.now(UTC)
    user, maildir = server.user(), folder / "maildir"
    began = time.perf_counter()
    customers = [(order.ship_to.name, order.email, order.number) for order in orders(_ORDERS, now) if order.ship_to]
    letters = Letters(messages, now - timedelta(hours=1), timedelta(seconds=600), customers)
    total = written(letters, maildir)
    subprocess.run(["chmod", "-R", "a+rwX", str(folder)], check=True)  # noqa: S607 - the server runs as nobody
    server.doveadm("import", "-u", user, f"maildir:{maildir}", "", "mailbox", "INBOX", "ALL")
    print(f"{messages:,} mails, {total / 2**20:,.0f} MB, made in {time.perf_counter() - began:.0f} s", flush=True)
    policy = DeskPolicy(zone=POLICY.zone, hours=POLICY.hours, own_addresses=frozenset({DESK}))
    with Workspace(folder / "desk", checkpoints=True) as store:
        for page in pages(_ORDERS, now):
            ingest_page(store, "shop", "orders", page, now=_ms(now))
        values = {"host": server.host, "port": server.port, "tls": "none", "user": user, "password": server.password}
        mailbox = ImapMailbox(Account("support", values, folder / "known"))
        sync = MailboxSync(store, policy, "support", mailbox)
        floor = _imapclient(server, user)
        at, used = time.perf_counter(), time.process_time()
        result = sync.run(now=_ms(now))
        taken, used = time.perf_counter() - at, time.process_time() - used
        assert result.fetched == messages, result
        print(f"{result.linked:,} of them on orders; {messages / taken:,.0f} a second; CPU {used:.1f} s", flush=True)
        yield Figure(f"{messages:,} headers fetched, matched, indexed", taken, "s", floor[0], "imapclient", 2.0)
        yield Figure("the same, CPU of the process", used, "s", floor[1], "imapclient", 2.0)
        at, used = time.perf_counter(), time.process_time()
        while sync.bodies(1000, _ms(now)):
            continue
        bodies, used = time.perf_counter() - at, time.process_time() - used
        print(f"texts: {messages / bodies:,.0f} a second; CPU {used:.1f} s", flush=True)
        pulled = _mbsync(server, user, folder / "pulled")
        yield Figure(f"{messages:,} whole, parsed, indexed", taken + bodies, "s", pulled, "mbsync", 1.0)
        yield Figure("texts a second", messages / bodies, "")
        mailbox.close()
        changes = Letters(_NEW, now, timedelta(seconds=1), customers, seed=5)
        # Bytes are counted on the way; a time is never taken there, for the counting costs the process its own.
        with Relay(server.host, server.port) as relay:
            counted = ImapMailbox(
                Account("support", values | {"host": relay.host, "port": relay.port}, folder / "known")
            )
            ours, least = _change(server, user, relay, MailboxSync(store, policy, "support", counted), changes)
            counted.close()
        yield Figure("sync after 250 changes, bytes", ours / 1000, "kB", least / 1000, "QRESYNC", 1.2)
        yield from _searches(store, maildir, folder, messages)


# ---- what others take


def _imapclient(server: DovecotServer, user: str) -> tuple[float, float]:
    """Seconds, wall and CPU, in which IMAPClient fetches the same items of every message. Nothing is done with them."""
    client = server.client(user)
    client.select_folder("INBOX", readonly=True)
    uids = client.search("ALL")
    uids.reverse()
    at, used = time.perf_counter(), time.process_time()
    got = 0
    for start in range(0, len(uids), _PAGE):
        items = ["FLAGS", "INTERNALDATE", "RFC822.SIZE", _HEADERS]
        got += len(client.fetch(uids[start : start + _PAGE], items))
    taken = time.perf_counter() - at, time.process_time() - used
    assert got == len(uids)
    client.logout()
    return taken


def _mbsync(server: DovecotServer, user: str, folder: Path) -> float | None:
    program = shutil.which("mbsync")
    if program is None:
        print("mbsync is not installed (Debian: apt-get install isync): left out", flush=True)
        return None
    folder.mkdir()
    config = folder / "mbsyncrc"
    config.write_text(
        f"IMAPStore far\nHost {server.host}\nPort {server.port}\nUser {user}\nPass {server.password}\nSSLType None\n"
        f"AuthMechs LOGIN\n\nMaildirStore near\nPath {folder}/mail/\nInbox {folder}/mail/INBOX\n\n"
        "Channel all\nFar :far:\nNear :near:\nPatterns INBOX\nSync Pull\nCreate Near\nSyncState *\n",
        "utf-8",
    )
    (folder / "mail").mkdir()
    at = time.perf_counter()
    subprocess.run([program, "-q", "-c", str(config), "all"], check=True)
    return time.perf_counter() - at


# ---- what changed


class Relay:
    """Between a mail program and its server, counting what passes in both directions."""

    def __init__(self, host: str, port: int) -> None:
        self._to = (host, port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.host, self.port = self._listening.getsockname()
        self._open: list[socket.socket] = []
        self.bytes = 0

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for each in (self._listening, *self._open):
            each.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:  # closed
                return
            far = socket.create_connection(self._to)
            self._open += (near, far)
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=(source, target), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        while True:
            try:
                piece = source.recv(1 << 18)
                if not piece:
                    target.shutdown(socket.SHUT_WR)
                    return
                self.bytes += len(piece)
                target.sendall(piece)
            except OSError:  # either side went
                return


def _change(server: DovecotServer, user: str, relay: Relay, sync: MailboxSync, letters: Letters) -> tuple[int, int]:
    """Bytes of our run after 250 changes, and the least QRESYNC needs for them; each on a connection that is open."""
    now = _ms(letters.now)
    sync.run(now=now)
    raw = RawImap(server, user)
    before = raw.position()
    other = server.client(user)
    other.select_folder("INBOX")
    uids = other.search("ALL")
    chance = random.Random(3)
    chosen = chance.sample(uids, min(len(uids), _FLAGGED + _EXPUNGED))
    other.add_flags(chosen[:_FLAGGED], ["\\Flagged"])
    other.add_flags(chosen[_FLAGGED:], ["\\Deleted"])
    other.expunge(chosen[_FLAGGED:])
    for _, letter in letters:
        other.append("INBOX", letter)
    other.logout()
    counted = relay.bytes
    at = time.perf_counter()
    result = sync.run(now=now)
    taken = time.perf_counter() - at
    ours = relay.bytes - counted
    assert (result.fetched, result.gone) == (_NEW, len(chosen) - _FLAGGED), result
    print(f"sync after 250 changes: {taken * 1000:.0f} ms, {ours:,} bytes", flush=True)
    least = raw.changes(before)
    raw.close()
    return ours, least


class RawImap:
    """The fewest commands that tell what changed, on a bare socket."""

    def __init__(self, server: DovecotServer, user: str) -> None:
        self._socket = socket.create_connection((server.host, server.port))
        self._file = self._socket.makefile("rb")
        self.bytes = 0
        self._file.readline()
        self._ask(f"LOGIN {user} {server.password}")
        self._ask("ENABLE QRESYNC")

    def position(self) -> tuple[str, str, int]:
        """UIDVALIDITY, HIGHESTMODSEQ, UIDNEXT."""
        told = b"".join(self._ask("EXAMINE INBOX")).decode()

        def number(name: str) -> str:
            return told.partition(f"[{name} ")[2].partition("]")[0]

        found = number("UIDVALIDITY"), number("HIGHESTMODSEQ"), int(number("UIDNEXT"))
        self._ask("UNSELECT")
        return found

    def changes(self, since: tuple[str, str, int]) -> int:
        """Bytes of SELECT with QRESYNC and of the headers of what is new."""
        start = self.bytes
        told = b"".join(self._ask(f"EXAMINE INBOX (QRESYNC ({since[0]} {since[1]}))")).decode()
        last = int(told.partition("[UIDNEXT ")[2].partition("]")[0]) - 1
        self._ask(f"UID FETCH {since[2]}:{last} {_ITEMS}")
        return self.bytes - start

    def close(self) -> None:
        """Leave."""
        self._file.close()
        self._socket.close()

    def _ask(self, command: str) -> list[bytes]:
        line = f"a {command}\r\n".encode()
        self._socket.sendall(line)
        self.bytes += len(line)
        told: list[bytes] = []
        while True:
            piece = self._file.readline()
            self.bytes += len(piece)
            told.append(piece)
            if piece.startswith(b"a "):
                assert piece.startswith(b"a OK"), piece
                return told
            if piece.endswith(b"}\r\n"):
                size = int(piece.rpartition(b"{")[2][:-3])
                self._file.read(size)
                self.bytes += size


# ---- search


def _searches(store: Workspace, maildir: Path, folder: Path, messages: int) -> Iterator[Figure]:
    words = vocabulary(random.Random(11))
    asked = [words[1], words[40], words[900], words[4000], f"{words[30]} {words[200]}"]
    ours = {text: median_of(lambda: search_messages(store, text, 50)) for text in asked}  # noqa: B023 - called at once
    program = shutil.which("notmuch")
    if program is None:
        print("notmuch is not installed (Debian: apt-get install notmuch): left out", flush=True)
        yield Figure(f"search in {messages:,} mails, newest 50", statistics.median(ours.values()) * 1000, "ms")
        return
    config = folder / "notmuch-config"
    owner = f"[user]\nname=Desk\nprimary_email={DESK}\n"
    config.write_text(f"[database]\npath={maildir}\n{owner}[new]\ntags=new\nignore=/dovecot.*/\n", "utf-8")
    environment = {**os.environ, "NOTMUCH_CONFIG": str(config)}
    at = time.perf_counter()
    subprocess.run([program, "new", "--quiet"], env=environment, check=True, stdout=subprocess.DEVNULL)
    print(f"notmuch new: {time.perf_counter() - at:.0f} s", flush=True)
    theirs = {}
    for text in asked:
        command = [program, "search", "--limit=50", "--output=messages", "--", text]
        theirs[text] = median_of(
            lambda: subprocess.run(command, env=environment, check=True, capture_output=True),  # noqa: B023
            10,
        )
    for what, text in zip(_QUERIES, asked, strict=True):
        print(f"search, {what}: {ours[text] * 1000:.3f} ms, notmuch {theirs[text] * 1000:.1f} ms", flush=True)
    name = f"search in {messages:,} mails, newest 50 (median of {len(asked)})"
    mine, other = statistics.median(ours.values()) * 1000, statistics.median(theirs.values()) * 1000
    yield Figure(name, mine, "ms", other, "notmuch", 0.05)


def _synthetic(cache: Path) -> Iterator[Figure]:
    words = vocabulary(random.Random(11))
    found: dict[int, list[float]] = {}
    for count in (_SMALL, _LARGE):
        with Workspace(_rows(cache / f"mail-{count}", count, words)) as store:
            for text in (words[1], words[900], f"{words[30]} {words[200]}", words[3][:3], words[1][:5]):
                assert len(search_messages(store, text, 50)) == 50, text
                found.setdefault(count, []).append(
                    median_of(lambda: search_messages(store, text, 50))  # noqa: B023 - called at once
                )
    kinds = ("common", "rare", "two words", "three letters", "five letters")
    for large, small, what in zip(found[_LARGE], found[_SMALL], kinds, strict=True):
        print(f"search, {what}: {large * 1000:.3f} ms in {_LARGE:,}, {small * 1000:.3f} in {_SMALL:,}", flush=True)
    *large, large_begun = found[_LARGE]
    *small, small_begun = found[_SMALL]
    yield Figure(f"search in {_LARGE:,} mails (four searches)", sum(large) * 1000, "ms", sum(small) * 1000,
                 f"{_SMALL:,}", 1.3)  # fmt: skip
    yield Figure("the same, the first five letters of a common word", large_begun * 1000, "ms", small_begun * 1000,
                 f"{_SMALL:,}", 1.3)  # fmt: skip


def _rows(folder: Path, count: int, words: list[str]) -> Path:
    """Mails of 30 words written as rows; made once, found again."""
    done = folder / "complete"
    if done.exists():
        with Workspace(folder) as store:  # one of other tables than ours was put aside: then it is made again
            if store.cache.execute("SELECT 1 FROM messages LIMIT 1").fetchone():
                return folder
    shutil.rmtree(folder, ignore_errors=True)
    chance = random.Random(count)
    weights = list(accumulate(1 / (rank + 2) for rank in range(len(words))))
    columns = CACHE_COLUMNS["messages"]
    integers = {"sent_at", "received_at", "size", "has_body", "recorded_at", "synced_at"}
    start = _ms(datetime.now(UTC)) - count * 60_000
    with Workspace(folder, checkpoints=True) as store:
        for first in range(0, count, 5000):
            rows: list[tuple[Any, ...]] = []
            texts: list[tuple[int, str, str, str]] = []
            for number in range(first, min(first + 5000, count)):
                at = start + number * 60_000
                text = chance.choices(words, cum_weights=weights, k=33)
                identity = timed_id(at, str(number))
                values: dict[str, Any] = dict.fromkeys(columns, "") | dict.fromkeys(integers, at)
                values |= {"id": identity, "uid": str(number), "source": "support", "folder": "INBOX",
                           "conversation_id": number, "gone_at": None, "has_body": 1, "state": "unlinked",
                           "message_id": f"<{number}@mail.example>", "subject": " ".join(text[:3]),
                           "text": " ".join(text[3:])}  # fmt: skip
                values |= dict.fromkeys(("refs", "to_addresses", "cc_addresses", "reply_to", "delivered_to", "flags",
                                         "labels", "quoted", "attachments", "warnings"), "[]")  # fmt: skip
                rows.append(tuple(values[name] for name in columns))
                texts.append((identity, values["subject"], f"customer{number % 9999}@mail.example", values["text"]))
            store.cache.execute("BEGIN IMMEDIATE")
            store.cache.executemany(insert("messages"), rows)
            store.cache.executemany("INSERT INTO messages_fts(rowid, subject, sender, body) VALUES (?,?,?,?)", texts)
            store.cache.execute("COMMIT")
        store.cache.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    done.write_text(json.dumps({"messages": count}) + "\n", "utf-8")
    return folder


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
