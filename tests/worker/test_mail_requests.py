"""What an agent asked of a mailbox on this machine: a file of a mail saved, a text read."""

from __future__ import annotations

import base64
import stat
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from worker.conftest import MINUTE, NOW

from connectors.errors import Temporary
from oms_tui.actions.base import Refused
from oms_tui.actions.mail_requests import request, request_body
from oms_tui.actions.reply_outbox import resolve
from oms_tui.config import load
from oms_tui.store.derive.run import derive_dirty
from oms_tui.store.reads.badges import badges
from oms_tui.store.reads.mail import message
from oms_tui.store.reads.mail_requests import requests
from oms_tui.store.reads.outbox import outbox, outbox_of
from oms_tui.store.settle import settle
from oms_tui.store.workspace import Workspace
from oms_tui.sync.ingest import ingest_page
from oms_tui.sync.mail_requests import GIVE_UP_MS, MailRequestRunner
from oms_tui.sync.mailbox import MailboxSync
from oms_tui.sync.worker import follow, run_once

if TYPE_CHECKING:
    from pathlib import Path

    from worker.conftest import Desk

PHOTO = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40


@pytest.fixture(autouse=True)
def _noon(desk: Desk) -> None:
    desk.session = replace(desk.session, clock=lambda: NOW)


def mail_with(name: str = "../../.bashrc", content: bytes = PHOTO) -> bytes:
    head = (
        "From: Jan Kowal <jan@cust.example>\nTo: support@shop.test\nSubject: It is broken\n"
        "Date: Mon, 02 Mar 2026 12:00:00 +0000\nMessage-ID: <photo@cust.example>\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nSee the photo.\n--b\n'
        f'Content-Type: image/png\nContent-Disposition: attachment; filename="{name}"\n'
        "Content-Transfer-Encoding: base64\n\n"
    )
    return head.encode() + base64.encodebytes(content) + b"--b--\n"


def arrives(desk: Desk, raw: bytes | None = None, *, at: str = "7.M7.desk") -> int:
    """The mail with a photo comes; its id in the store."""
    (desk.folder / "mail" / "new" / at).write_bytes(raw or mail_with())
    MailboxSync(desk.session.store, desk.session.policy, "support", desk.mailbox).run(now=NOW)
    found = desk.session.store.cache.execute("SELECT id FROM messages WHERE message_id='<photo@cust.example>'")
    return int(found.fetchone()[0])


def an_order(desk: Desk) -> int:
    from actions.acting import order

    from connectors.records import Page

    ingest_page(desk.session.store, "shop", "orders", Page(records=[order("1042")]), now=NOW)
    derive_dirty(desk.session.store, desk.session.policy, now=NOW)
    return int(desk.session.store.cache.execute("SELECT id FROM orders").fetchone()[0])


def runner(desk: Desk, mailbox: Any = None) -> MailRequestRunner:
    return MailRequestRunner(desk.session, {"support": mailbox or desk.mailbox}, writing=threading.Lock())


def photo(desk: Desk, mail: int) -> int:
    found = message(desk.session.store, mail)
    assert found is not None
    return found.attachments[0].index


def saved(desk: Desk) -> list[Path]:
    return sorted((desk.session.store.folder / "attachments").glob("*"))


def test_a_photo_is_saved_under_a_harmless_name_for_its_owner_only(desk: Desk) -> None:
    mail, order = arrives(desk), an_order(desk)

    item = request(desk.session, mail, photo(desk, mail), order_id=order)
    assert item.state == "queued"
    assert runner(desk).tick(NOW) == 1

    (asked,) = requests(desk.session.store, [item.id])
    (path,) = saved(desk)
    assert (asked.state, asked.answer, asked.error) == ("filed", str(path), "")
    assert path.read_bytes() == PHOTO
    assert path.name == "bashrc"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (event,) = desk.db.execute("SELECT kind, actor, source, remote_id, summary FROM desk_events").fetchall()
    assert event == ("attachment_saved", "ana", "shop", "r1042", "saved ../../.bashrc as bashrc")


def test_what_lies_there_is_not_overwritten_nor_followed(desk: Desk) -> None:
    mail = arrives(desk, mail_with("photo.png"))
    folder = desk.session.store.folder / "attachments"
    folder.mkdir()
    (folder / "photo.png").write_bytes(b"mine")
    (folder / "photo (2).png").symlink_to(desk.folder / "elsewhere.png")

    request(desk.session, mail, photo(desk, mail))
    runner(desk).tick(NOW)

    assert (folder / "photo.png").read_bytes() == b"mine"
    assert not (desk.folder / "elsewhere.png").exists()
    assert (folder / "photo (3).png").read_bytes() == PHOTO


def test_asked_for_twice_it_is_saved_once(desk: Desk) -> None:
    mail = arrives(desk)

    first = request(desk.session, mail, photo(desk, mail))
    second = request(desk.session, mail, photo(desk, mail))
    assert first.id == second.id
    runner(desk).tick(NOW)
    assert runner(desk).tick(NOW) == 0

    assert len(saved(desk)) == 1
    assert request(desk.session, mail, photo(desk, mail)).id != first.id, "it may be wanted again later"


def test_a_mail_that_is_gone_fails_with_words_and_is_nobodys_alarm(desk: Desk) -> None:
    mail, order = arrives(desk), an_order(desk)
    item = request(desk.session, mail, photo(desk, mail), order_id=order)
    for path in (desk.folder / "mail").glob("*/7.M7.desk*"):
        path.unlink()

    runner(desk).tick(NOW)

    (asked,) = requests(desk.session.store, [item.id])
    assert asked.state == "failed"
    assert "no longer in" in asked.error
    assert not saved(desk)
    settle(desk.session.store, desk.session.policy, NOW)
    counts = badges(desk.session.store)
    assert (counts.outbox, counts.needs_decision) == (0, 0)
    assert outbox_of(desk.session.store, "shop", "r1042") == ()
    assert [each.state for each in outbox(desk.session.store)] == ["failed"]


def test_a_mail_that_was_moved_meanwhile_is_found_where_it_lies_now(desk: Desk) -> None:
    mail = arrives(desk)
    item = request(desk.session, mail, photo(desk, mail))
    row = desk.item(item.id)
    from oms_tui.store import desk_rows

    desk_rows.put(desk.db, "outbox", row | {"payload": row["payload"].replace("7.M7", "8.M8")})

    runner(desk).tick(NOW)

    assert desk.state(item.id) == "filed"


def test_a_mailbox_out_of_reach_is_asked_again_but_not_for_ever(desk: Desk) -> None:
    class Away:
        def raw(self, _key: object) -> bytes:
            raise Temporary("nobody answers at mail.shop.test")

    mail = arrives(desk)
    item = request(desk.session, mail, photo(desk, mail))
    asked_at = desk.item(item.id)["created_at"]

    runner(desk, Away()).tick(asked_at)
    assert desk.state(item.id) == "queued"
    assert "nobody answers" in desk.item(item.id)["error"]
    assert runner(desk, Away()).tick(asked_at) == 0, "not at once"

    runner(desk, Away()).tick(asked_at + GIVE_UP_MS + MINUTE)
    assert desk.state(item.id) == "failed"

    resolve(desk.session, item.id, "retry")
    runner(desk).tick(desk.item(item.id)["not_before"])
    assert desk.state(item.id) == "filed"


def test_one_that_was_cut_off_is_done_again(desk: Desk) -> None:
    mail = arrives(desk)
    item = request(desk.session, mail, photo(desk, mail))
    from oms_tui.store import desk_rows

    desk_rows.put(desk.db, "outbox", desk.item(item.id) | {"state": "sending"})

    work = runner(desk)
    while work.tick(NOW):
        pass

    assert desk.state(item.id) == "filed"
    assert len(saved(desk)) == 1


def test_a_full_disk_is_told_and_leaves_nothing_behind(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    import oms_tui.sync.mail_requests as module

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    mail = arrives(desk)
    item = request(desk.session, mail, photo(desk, mail))
    monkeypatch.setattr(module, "save", full)

    runner(desk).tick(NOW)

    assert desk.item(item.id)["error"] == "it could not be saved: No space left on device"


def test_mails_do_not_leave_by_such_requests(desk: Desk) -> None:
    mail = arrives(desk)
    item = request(desk.session, mail, photo(desk, mail))

    assert desk.runner().tick(NOW) == 0

    assert desk.state(item.id) == "queued"
    assert not desk.arrived()


@pytest.mark.parametrize("before", [0, -1])
def test_a_text_that_was_not_read_yet_or_in_vain_is_read_on_request(desk: Desk, before: int) -> None:
    mail = arrives(desk)
    desk.session.store.cache.execute("UPDATE messages SET has_body=?, text='' WHERE id=?", (before, mail))
    item = request_body(desk.session, mail)

    runner(desk).tick(NOW)

    assert desk.state(item.id) == "filed"
    found = message(desk.session.store, mail)
    assert found is not None
    assert found.has_body
    assert "See the photo." in found.text
    with pytest.raises(Refused, match="here already"):
        request_body(desk.session, mail)


def test_a_text_that_the_mailbox_does_not_give_is_told(desk: Desk) -> None:
    mail = arrives(desk)
    desk.session.store.cache.execute("UPDATE messages SET has_body=0 WHERE id=?", (mail,))
    item = request_body(desk.session, mail)
    for path in (desk.folder / "mail").glob("*/7.M7.desk*"):
        path.unlink()

    runner(desk).tick(NOW)

    assert desk.state(item.id) == "failed"
    assert "gives no text" in desk.item(item.id)["error"]
    ((has_body,),) = desk.session.store.cache.execute("SELECT has_body FROM messages WHERE id=?", (mail,)).fetchall()
    assert has_body == -1


def test_a_round_of_the_worker_fetches_what_was_asked(desk: Desk) -> None:
    mail = arrives(desk)
    photo_item = request(desk.session, mail, photo(desk, mail))
    desk.session.store.cache.execute("UPDATE messages SET has_body=-1, text='' WHERE id=?", (mail,))
    text_item = request_body(desk.session, mail)

    run_once(load(desk.folder / "config.toml"), desk.session)

    assert [desk.state(each.id) for each in (photo_item, text_item)] == ["filed", "filed"]
    assert len(saved(desk)) == 1


def test_the_worker_that_follows_fetches_at_once(desk: Desk) -> None:
    mail = arrives(desk)
    stop = threading.Event()
    worker = threading.Thread(
        target=follow, args=(load(desk.folder / "config.toml"), desk.session), kwargs={"stop": stop}
    )
    with Workspace(desk.session.store.folder) as store:
        mine = desk.session.on(store)
        worker.start()
        try:
            item = request(mine, mail, photo(desk, mail))
            until = time.monotonic() + 20
            while requests(store, [item.id])[0].state != "filed" and time.monotonic() < until:
                time.sleep(0.05)
        finally:
            stop.set()
            worker.join(10)
        assert requests(store, [item.id])[0].state == "filed"
