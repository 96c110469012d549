"""What the desk asks of mailboxes, what it counts, and the keys it shows while somebody writes."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest
from ui_shell.driving import MEDIUM, SMALL, WIDE, desk, said, screen, settled
from ui_shell.shop import NOW, insert
from ui_shell.test_screens import add_mail

from oms_tui.store import desk_rows
from oms_tui.store.reads.order import read_order
from oms_tui.store.session import MailAccount
from oms_tui.sync.mail_requests import MailRequestRunner

if TYPE_CHECKING:
    from connectors.records import MailKey
    from oms_tui.config_model import Config
    from oms_tui.store.session import Session
    from oms_tui.store.workspace import Workspace

pytestmark = pytest.mark.anyio

RAW = (
    b"From: jan@customer.example\nSubject: Broken\nMessage-ID: <m1@customer.example>\nMIME-Version: 1.0\n"
    b'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nSee there.\n--b\n'
    b'Content-Type: text/csv\nContent-Disposition: attachment; filename="list.csv"\n\na;b\n--b--\n'
)


class Mailbox:
    """One mail, as a mailbox gives it."""

    def raw(self, _key: MailKey) -> bytes:
        return RAW


@pytest.fixture
def letter(store: Workspace) -> None:
    """Jan's mail with a file lies on the first order."""
    attachment = [1, "list.csv", "text/csv", 4]
    add_mail(store, 1, state="linked", attachments=json.dumps([attachment]))
    insert(store, "message_links", message=1, order_id=1, reason="reply", confidence=100, linked_by="")


def work(session: Session) -> None:
    """What the worker does with what was asked."""
    runner: Any = MailRequestRunner(session, {"support": Mailbox()}, writing=threading.Lock())  # type: ignore[dict-item]
    while runner.tick(NOW):
        pass


def effort(session: Session) -> list[dict[str, int]]:
    """What was written down of the handling of orders."""
    return [
        json.loads(row["data"])
        for row in desk_rows.select(session.store.desk, "desk_events", "kind='handled'", order="rowid")
    ]


async def to_the_attachment(pilot: Any) -> Any:
    await pilot.press("5")
    await settled(pilot)
    panel = pilot.app.queue_screen._pane.panels["conversation"]
    panel.move_to(next(row.key for row in panel.rows if row.key[0] == "attachment"))
    return panel


@pytest.mark.usefixtures("letter")
async def test_enter_on_an_attachment_has_it_saved_and_the_desk_says_where(config: Config, session: Session) -> None:
    async with desk(config, session, WIDE) as pilot:
        await to_the_attachment(pilot)
        await pilot.press("enter")
        await settled(pilot)
        work(session)
        await pilot.pause(0.6)
        await settled(pilot)

        path = session.store.folder / "attachments" / "list.csv"
        assert path.read_bytes().strip() == b"a;b"
        assert f"saved as {path}; y on it copies the path" in said(pilot)
        await pilot.press("y")
        assert pilot.app.clipboard == str(path)
        assert pilot.app.queue_screen._asked._timer is None, "nothing is awaited any more"


@pytest.mark.usefixtures("letter")
async def test_what_cannot_be_saved_is_said(config: Config, session: Session, store: Workspace) -> None:
    async with desk(config, session, WIDE) as pilot:
        await to_the_attachment(pilot)
        await pilot.press("enter")
        await settled(pilot)
        (item,) = desk_rows.select(store.desk, "outbox")
        desk_rows.put(store.desk, "outbox", item | {"state": "failed", "error": "it is no longer in INBOX"})
        await pilot.pause(0.6)
        await settled(pilot)

        assert "list.csv was not saved: it is no longer in INBOX" in said(pilot)


@pytest.mark.usefixtures("letter")
async def test_a_text_that_is_not_here_is_asked_for(config: Config, session: Session, store: Workspace) -> None:
    store.cache.execute("UPDATE messages SET has_body=-1, text='' WHERE id=1")
    async with desk(config, session, WIDE) as pilot:
        await pilot.press("5")
        await settled(pilot)
        panel = pilot.app.queue_screen._pane.panels["conversation"]
        panel.move_to(("body", 1))
        await pilot.press("enter")
        await settled(pilot)

        (item,) = desk_rows.select(store.desk, "outbox")
        assert (item["kind"], item["state"], item["account"], item["number"]) == ("body", "queued", "support", "10482")


# ---- what handling took


async def test_keys_and_screens_from_opening_an_order_to_the_action_are_counted(
    config: Config, session: Session, store: Workspace
) -> None:
    async with desk(config, session, WIDE) as pilot:
        await pilot.press("j")  # to the order: the counting begins behind this key
        await settled(pilot)
        await pilot.press("4", "1")
        await settled(pilot)
        await pilot.press("n")
        await settled(pilot)
        await pilot.press("o", "k", "ctrl+s")
        await settled(pilot)

        (found,) = effort(session)
        assert found["keys"] == 6
        assert found["screens"] == 4, "queue, timeline, lines, the form"
        view = read_order(store, session.policy, 2, now=NOW)
        assert view is not None
        assert [item.kind for item in view.timeline if item.source == "desk"] == ["note"]

        await pilot.press("n")
        await settled(pilot)
        await pilot.press("x", "ctrl+s")
        await settled(pilot)
        assert effort(session)[1]["keys"] == 3, "counted anew"
        assert "ok" not in json.dumps(effort(session))


async def test_an_action_on_many_says_nothing_of_one(config: Config, session: Session) -> None:
    async with desk(config, session, WIDE) as pilot:
        pilot.app.acted([])
        await pilot.press("space", "space", "c")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)

        assert effort(session) == []


# ---- keys while writing


@pytest.mark.parametrize("size", [WIDE, MEDIUM, SMALL])
@pytest.mark.usefixtures("letter")
async def test_the_footer_shows_the_keys_of_a_reply_while_it_is_written(
    config: Config, session: Session, size: tuple[int, int]
) -> None:
    async with desk(config, with_account(session), size) as pilot:
        await pilot.press("r")
        await settled(pilot)
        await pilot.pause(0.2)
        foot = screen(pilot).splitlines()[-1]
        assert "ctrl+s send" in foot
        assert "esc keep draft" in foot
        assert "note" not in foot

        await pilot.press("escape")
        await settled(pilot)
        assert "ctrl+s" not in screen(pilot).splitlines()[-1]
        assert "reply" in screen(pilot).splitlines()[-1]


@pytest.mark.usefixtures("letter")
async def test_a_reply_that_is_sent_is_counted_and_a_click_on_its_key_is_the_key(
    config: Config, session: Session
) -> None:
    session = with_account(session)
    async with desk(config, session, WIDE) as pilot:
        await pilot.press("r")
        await settled(pilot)
        await pilot.press(*"Hello.")
        await pilot.pause(0.7)
        await settled(pilot)
        line = screen(pilot).splitlines()[-1]
        await pilot.click(offset=(line.index("send"), 47))
        await settled(pilot)
        assert "y send it" in screen(pilot).splitlines()[-1]
        assert "esc back to the text" in screen(pilot).splitlines()[-1]

        await pilot.press("y")
        await settled(pilot)
        (found,) = effort(session)
        assert found["keys"] == 1 + len("Hello.") + 1
        assert found["screens"] >= 2


def with_account(session: Session) -> Session:
    """The same desk with a mailbox to write from."""
    from dataclasses import replace

    policy = replace(session.policy, own_addresses=frozenset({"support@shop.example"}))
    return replace(session, policy=policy, accounts=(MailAccount("support", "support@shop.example", "Bright Shop"),))


async def test_a_courtesy_call_to_a_one_off_customer_is_asked_about_first(
    config: Config, session: Session, store: Workspace
) -> None:
    [number] = store.cache.execute("SELECT number FROM queue_row WHERE order_id = 3").fetchone()
    async with desk(config, session, MEDIUM) as pilot:
        pilot.app.queue_screen.go_to(3)
        await settled(pilot)
        await pilot.press("escape", "c", "1", "enter")
        await settled(pilot)
        assert "a one-off customer does not expect" in screen(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert not list(desk_rows.select(store.desk, "call_logs")), "the key that asked is not the one that does it"
        await pilot.press("n", "c", "1", "enter")
        await settled(pilot)
        await pilot.press("y")
        await settled(pilot)
        assert f"#{number}: call: reached; a one-off customer" in said(pilot)[-1]
    assert len(list(desk_rows.select(store.desk, "call_logs"))) == 1


async def test_a_call_that_somebody_expects_is_not_asked_about(
    config: Config, session: Session, store: Workspace
) -> None:
    async with desk(config, session, MEDIUM) as pilot:
        await settled(pilot)
        assert pilot.app.queue_screen.model.current.tier != "one_off"
        await pilot.press("c", "1", "enter")
        await settled(pilot)
        assert "call: reached" in said(pilot)[-1]
    assert len(list(desk_rows.select(store.desk, "call_logs"))) == 1
