"""What changed in a Maildir reaches the store: all of it, through crashes too, and reading leaves no trace."""

from __future__ import annotations

import errno
import json
import os
import shutil
import time
from typing import TYPE_CHECKING, Any

import pytest

from connectors.base import MailSender, MailSource
from connectors.errors import ConnectorError, NotFound
from connectors.mail import maildir, maildir_folder
from connectors.records import MailKey

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_it_is_a_mailbox_to_read_and_a_way_out(open_mailbox: Callable[..., Any]) -> None:
    assert isinstance(open_mailbox(), MailSource)
    assert isinstance(open_mailbox(), MailSender)


def test_everything_comes_once_newest_first_with_its_text(
    box: Any, mail: Callable[..., bytes], open_mailbox: Callable[..., Any], run: Callable[..., Any]
) -> None:
    for number in range(450):
        box.put(mail(number), seen=number % 2 == 0)
    pages, cursor = run(open_mailbox(), None)
    assert [len(page.messages) for page in pages] == [200, 200, 50]
    assert pages[0].total == 450
    records = [record for page in pages for record in page.messages]
    assert [record.message_id for record in records] == [f"<{number}@cust.example>" for number in reversed(range(450))]
    assert records[0].has_body
    assert records[0].text == "Hello from 449"
    assert [record.seen for record in records[:2]] == [False, True]
    assert records[1].flags == ("\\Seen",)
    again, _ = run(open_mailbox(), cursor)
    assert [record for page in again for record in page.messages] == []


def test_reading_leaves_the_maildir_as_it_was(
    box: Any, mail: Callable[..., bytes], open_mailbox: Callable[..., Any], run: Callable[..., Any]
) -> None:
    box.put(mail(1))
    box.put(mail(2), seen=True)
    before = box.state()
    mailbox = open_mailbox()
    pages, _ = run(mailbox, None)
    keys = [record.key for record in pages[0].messages]
    assert len(list(mailbox.bodies(keys))) == 2
    mailbox.raw(keys[0])
    mailbox.thread(["<1@cust.example>"])
    assert box.state() == before


def test_new_gone_and_flagged_mail_is_told_apart(
    box: Any, mail: Callable[..., bytes], open_mailbox: Callable[..., Any], run: Callable[..., Any]
) -> None:
    first, second, third = (box.put(mail(number)) for number in range(3))
    _, cursor = run(open_mailbox(), None)
    box.rename(first, f"{first}:2,RS")
    (box.path / "new" / second).unlink()
    fourth = box.put(mail(3))
    pages, cursor = run(open_mailbox(), cursor)
    assert [record.key.uid for record in pages[0].messages] == [fourth]
    assert pages[0].gone == [MailKey("INBOX", "", second)]
    assert pages[0].flags == [(MailKey("INBOX", "", first), ("\\Answered", "\\Seen"))]
    pages, _ = run(open_mailbox(), cursor)
    assert (pages[0].messages, pages[0].gone, pages[0].flags) == ([], [], [])
    assert third


def test_a_quiet_maildir_is_not_even_listed(
    box: Any,
    mail: Callable[..., bytes],
    open_mailbox: Callable[..., Any],
    run: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    box.put(mail(1))
    box.settle()
    _, cursor = run(open_mailbox(), None)
    assert json.loads(json.dumps(cursor)) == cursor
    monkeypatch.setattr(maildir_folder, "listing", lambda path: pytest.fail(f"{path} was listed"))
    pages, unchanged = run(open_mailbox(), json.loads(json.dumps(cursor)))
    assert unchanged == cursor
    assert pages[0].messages == []


def test_mail_that_comes_in_the_tick_of_the_listing_is_seen_by_the_next(
    box: Any, mail: Callable[..., bytes], open_mailbox: Callable[..., Any], run: Callable[..., Any]
) -> None:
    box.put(mail(1))
    stamp = (box.path / "new").stat()
    _, cursor = run(open_mailbox(), None)
    late = box.put(mail(2))
    os.utime(box.path / "new", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))  # a clock too coarse to tell
    pages, _ = run(open_mailbox(), cursor)
    assert [record.key.uid for record in pages[0].messages] == [late]


def test_a_run_whose_records_were_not_committed_is_repeated(
    box: Any, mail: Callable[..., bytes], open_mailbox: Callable[..., Any], run: Callable[..., Any]
) -> None:
    box.put(mail(1))
    _, cursor = run(open_mailbox(), None)
    second = box.put(mail(2))
    for _ in range(3):  # each time the worker dies before it commits
        pages, _ = run(open_mailbox(), cursor)
        assert [record.key.uid for record in pages[0].messages] == [second]


def test_a_run_that_stops_between_pages_goes_on_behind_the_last_committed_one(
    box: Any, mail: Callable[..., bytes], open_mailbox: Callable[..., Any], run: Callable[..., Any]
) -> None:
    for number in range(450):
        box.put(mail(number))
    pages = open_mailbox().changed("INBOX", None)
    committed = next(pages)
    next(pages)
    pages.close()
    rest, _ = run(open_mailbox(), committed.cursor)
    seen = [record.key.uid for page in (committed, *rest) for record in page.messages]
    assert len(seen) == len(set(seen)) == 450


def test_a_lost_cache_means_everything_again_and_nothing_missed(
    box: Any, mail: Callable[..., bytes], open_mailbox: Callable[..., Any], run: Callable[..., Any], tmp_path: Path
) -> None:
    box.put(mail(1))
    box.settle()
    _, cursor = run(open_mailbox(), None)
    shutil.rmtree(tmp_path / "cache")
    pages, _ = run(open_mailbox(), cursor)
    assert len(pages[0].messages) == 1


def test_a_long_history_does_not_grow_the_cache(
    box: Any, mail: Callable[..., bytes], open_mailbox: Callable[..., Any], run: Callable[..., Any], tmp_path: Path
) -> None:
    cursor = None
    for turn in range(8):
        names = [box.put(mail(f"{turn}-{number}")) for number in range(400)]
        _, cursor = run(open_mailbox(), cursor)
        for name in names:
            (box.path / "new" / name).unlink()
    pages, cursor = run(open_mailbox(), cursor)
    assert len(pages[0].gone) == 400
    run(open_mailbox(), cursor)
    assert len(list((tmp_path / "cache").glob("*journal*"))) == 1
    assert sum(path.stat().st_size for path in (tmp_path / "cache").glob("*journal*")) < 400 * 100


def test_one_bad_message_does_not_stop_the_others(
    box: Any, mail: Callable[..., bytes], open_mailbox: Callable[..., Any], run: Callable[..., Any]
) -> None:
    good = box.put(mail(1))
    outside = box.path.parent / "secret"
    outside.write_bytes(b"Subject: not yours\n\n")
    (box.path / "new" / "1.link").symlink_to(outside)
    os.mkfifo(box.path / "new" / "2.pipe")
    (box.path / "new" / "3.folder").mkdir()
    pages, cursor = run(open_mailbox(), None)
    assert [record.key.uid for record in pages[0].messages] == [good]
    assert sorted(key.uid for key in pages[0].quarantined_keys) == ["1.link", "2.pipe", "3.folder"]
    assert all("cannot be read" in entry.reason for entry in pages[0].quarantined)
    pages, _ = run(open_mailbox(), cursor)
    assert pages[0].quarantined == []


def test_a_message_we_may_not_read_is_listed_with_the_reason(
    box: Any,
    mail: Callable[..., bytes],
    open_mailbox: Callable[..., Any],
    run: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shut = box.path / "new" / box.put(mail(1))
    shut.chmod(0)
    if os.geteuid() == 0:  # root may read everything: it is refused as anybody else would be
        really = os.open

        def refused(path: Any, *more: Any, **also: Any) -> int:
            if os.fspath(path) == os.fspath(shut):
                raise PermissionError(errno.EACCES, "Permission denied", os.fspath(path))
            return really(path, *more, **also)

        monkeypatch.setattr(os, "open", refused)
    pages, _ = run(open_mailbox(), None)
    assert "Permission denied" in pages[0].quarantined[0].reason


def test_a_message_that_defeats_the_parser_is_kept_raw(
    box: Any,
    mail: Callable[..., bytes],
    open_mailbox: Callable[..., Any],
    run: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    box.put(mail(1, subject="poison"))
    good = box.put(mail(2))
    real = maildir.parse_message

    def parse(raw: bytes, *rest: Any, **more: Any) -> Any:
        if b"poison" in raw:
            raise maildir.UnreadableMail("it could not be read (KeyError)")
        return real(raw, *rest, **more)

    monkeypatch.setattr(maildir, "parse_message", parse)
    pages, _ = run(open_mailbox(), None)
    assert [record.key.uid for record in pages[0].messages] == [good]
    assert "Subject: poison" in pages[0].quarantined[0].raw


def test_mail_that_vanishes_or_moves_while_it_is_read_is_looked_for_next_time(
    box: Any,
    mail: Callable[..., bytes],
    open_mailbox: Callable[..., Any],
    run: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moved = box.put(mail(1))
    deleted = box.put(mail(2))
    real = maildir_folder.listing

    def listing(path: Path) -> Any:
        found = real(path)
        if (box.path / "new" / deleted).exists():
            box.rename(moved, f"{moved}:2,S")
            (box.path / "new" / deleted).unlink()
        return found

    monkeypatch.setattr(maildir_folder, "listing", listing)
    mailbox = open_mailbox()
    pages, cursor = run(mailbox, None)
    assert pages[0].messages == []
    assert pages[0].quarantined == []
    pages, _ = run(mailbox, cursor)
    assert [(record.key.uid, record.seen) for record in pages[0].messages] == [(moved, True)]


def test_bodies_and_raw_follow_a_message_that_was_flagged_and_tell_when_it_is_gone(
    box: Any, mail: Callable[..., bytes], open_mailbox: Callable[..., Any], run: Callable[..., Any]
) -> None:
    name = box.put(mail(1))
    mailbox = open_mailbox()
    pages, _ = run(mailbox, None)
    key = pages[0].messages[0].key
    box.rename(name, f"{name}:2,S")
    assert next(mailbox.bodies([key])).text == "Hello from 1"
    assert mailbox.raw(key) == mail(1)
    (box.path / "cur" / f"{name}:2,S").unlink()
    assert list(mailbox.bodies([key])) == []
    with pytest.raises(NotFound, match="no longer in INBOX"):
        mailbox.raw(key)


def test_headers_of_mbsync_are_no_trouble(
    box: Any, mail: Callable[..., bytes], open_mailbox: Callable[..., Any], run: Callable[..., Any]
) -> None:
    raw = mail(1, extra="X-TUID: kV6lBTg0bOYh\n")
    (box.path / "cur" / "1770000000.1_1.desk,U=17:2,S").write_bytes(raw)
    (box.path / "cur" / ".mbsyncstate").write_text("x")
    pages, _ = run(open_mailbox(), None)
    assert [record.key.uid for record in pages[0].messages] == ["1770000000.1_1.desk,U=17"]


def test_a_missing_folder_is_named(open_mailbox: Callable[..., Any], box: Any) -> None:
    with pytest.raises(NotFound, match="Archive is no Maildir"):
        list(open_mailbox().changed("Archive", None))
    with pytest.raises(NotFound, match="no name of a mail folder"):
        list(open_mailbox().changed("../../etc", None))
    shutil.rmtree(box.path)
    with pytest.raises(ConnectorError):
        open_mailbox().check()


def test_new_mail_ends_the_wait_and_silence_does_not(
    box: Any, mail: Callable[..., bytes], open_mailbox: Callable[..., Any], run: Callable[..., Any]
) -> None:
    box.settle()
    mailbox = open_mailbox()
    run(mailbox, None)
    assert mailbox.wait(0.05) is False
    box.put(mail(1))
    started = time.monotonic()
    assert mailbox.wait(10) is True
    assert time.monotonic() - started < 1.5
