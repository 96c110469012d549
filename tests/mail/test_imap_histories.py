"""Whatever happens to a mailbox, and wherever a run dies: in the end the desk holds what the server holds."""

from __future__ import annotations

import itertools
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from connectors.mail import imap_fetch

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.dovecot import DovecotServer

    from connectors.mail.imap import ImapMailbox
    from connectors.records import MailPage

pytestmark = pytest.mark.dovecot

LONG = os.environ.get("OMS_TUI_FAULTS") == "long"
_GENERATIONS = itertools.count(5_000_000)
_CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus" / "mail"

steps = st.lists(
    st.one_of(
        st.tuples(st.just("arrive"), st.integers(1, 9)),
        st.tuples(st.sampled_from(["expunge", "read", "unread"]), st.integers(0, 30)),
        st.tuples(st.sampled_from(["rebuild", "lose_cache", "restart"]), st.just(0)),
        st.tuples(st.sampled_from(["sync", "die_after"]), st.integers(0, 4)),
    ),
    max_size=14,
)


@dataclass
class Desk:
    """What a store makes of pages: each is taken whole with its cursor, or not at all."""

    mails: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    cursor: dict[str, Any] | None = None

    def take(self, page: MailPage) -> None:
        for old, new in page.moved:
            self.mails[new.generation, new.uid] = self.mails.pop((old.generation, old.uid))
        for key in page.gone:
            self.mails.pop((key.generation, key.uid), None)
        for record in page.messages:
            self.mails[record.key.generation, record.key.uid] = (record.message_id, record.flags)
        for key, flags in page.flags:
            message_id, _ = self.mails[key.generation, key.uid]
            self.mails[key.generation, key.uid] = (message_id, flags)
        self.cursor = page.cursor


def truth(server: DovecotServer, user: str) -> dict[tuple[str, str], tuple[str, tuple[str, ...]]]:
    """The mailbox as another program sees it."""
    with server.client(user) as client:
        generation = str(client.select_folder("INBOX", readonly=True)[b"UIDVALIDITY"])
        uids = client.search()
        found = client.fetch(uids, ["FLAGS", "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"]) if uids else {}
    return {
        (generation, str(uid)): (
            items[b"BODY[HEADER.FIELDS (MESSAGE-ID)]"].decode().partition(":")[2].strip(),
            tuple(sorted(flag.decode() for flag in items[b"FLAGS"] if flag != b"\\Recent")),
        )
        for uid, items in found.items()
    }


def happen(server: DovecotServer, user: str, step: str, number: int, numbers: itertools.count[int]) -> None:
    """Something another program, the customer or the server does."""
    if step == "rebuild":
        server.doveadm("mailbox", "update", "-u", user, "--uid-validity", str(next(_GENERATIONS)), "INBOX")
        return
    with server.client(user) as client:
        client.select_folder("INBOX")
        if step == "arrive":
            for _ in range(number):
                client.append(
                    "INBOX", f"From: a@b.example\r\nMessage-ID: <{next(numbers)}@b.example>\r\n\r\nx\r\n".encode()
                )
            return
        uids = client.search()
        if not uids:
            return
        uid = uids[number % len(uids)]
        if step == "expunge":
            client.delete_messages([uid])
            client.expunge()
        elif step == "read":
            client.add_flags([uid], [b"\\Seen"])
        else:
            client.remove_flags([uid], [b"\\Seen"])


@settings(
    max_examples=1000 if LONG else 80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(  # the journal is lost, the run that reads all again breaks off, and then something goes
    history=[*[("arrive", 1)] * 4, ("sync", 0), ("lose_cache", 0), ("die_after", 1), ("expunge", 0)]
)
@example(  # likewise, and then the mailbox is numbered anew
    history=[("arrive", 3), ("sync", 0), ("arrive", 1), ("lose_cache", 0), ("die_after", 1), ("rebuild", 0)]
)
@given(history=steps)
def test_any_history_ends_in_the_truth(
    server: DovecotServer,
    open_mailbox: Callable[..., ImapMailbox],
    tmp_path: Path,
    history: list[tuple[str, int]],
) -> None:
    user, desk, numbers = server.user(), Desk(), itertools.count()
    mailbox = open_mailbox(server, user)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(imap_fetch, "HEADER_PAGE", 3)
        for step, number in history:
            if step in {"lose_cache", "restart"}:
                mailbox.close()
                mailbox = open_mailbox(server, user)
                if step == "lose_cache":
                    shutil.rmtree(tmp_path / "cache", ignore_errors=True)
            elif step in {"sync", "die_after"}:
                pages = mailbox.changed("INBOX", desk.cursor)
                for page in itertools.islice(pages, number if step == "die_after" else None):
                    desk.take(page)
                next(pages, None)  # one more is read, and not committed
            else:
                happen(server, user, step, number, numbers)
        for page in mailbox.changed("INBOX", desk.cursor):
            desk.take(page)
    mailbox.close()
    assert desk.mails == truth(server, user)


@pytest.mark.skipif(not _CORPUS.is_dir(), reason=f"no collection of real and hostile mail at {_CORPUS}")
def test_every_hostile_mail_is_read_or_set_aside_and_none_stops_the_others(
    dovecot: DovecotServer, open_mailbox: Callable[..., ImapMailbox]
) -> None:
    user, kept = dovecot.user(), 0
    with dovecot.client(user) as client:
        for path in sorted(_CORPUS.rglob("*.eml")):
            raw = path.read_bytes()
            if raw:
                client.append("INBOX", raw)
                kept += 1
    mailbox = open_mailbox(dovecot, user)
    pages = list(mailbox.changed("INBOX", None))
    keys = [record.key for page in pages for record in page.messages]
    aside = [key for page in pages for key in page.quarantined_keys]
    assert (len(keys) + len(aside), kept > 50) == (kept, True)
    bodies = list(mailbox.bodies(keys))
    assert [record.key for record in bodies] == keys
    assert all(record.has_body or record.warnings for record in bodies)
