"""The screens beside the desk: unlinked mail, the outbox, the sources."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from ui_shell.driving import MEDIUM, SMALL, WIDE, desk, said, screen, settled
from ui_shell.shop import NOW, insert, tell

from oms_tui.store import desk_rows
from oms_tui.store.compiled_sql import DESK_COLUMNS

if TYPE_CHECKING:
    from oms_tui.config_model import Config
    from oms_tui.store.session import Session
    from oms_tui.store.workspace import Workspace

pytestmark = pytest.mark.anyio

HOSTILE = "[@click=app.quit]late[/] \x1b[31m parcel"


def add_mail(store: Workspace, number: int, **values: Any) -> None:
    mail = {
        "id": number,
        "source": "support",
        "folder": "INBOX",
        "uid": str(number),
        "message_id": f"<m{number}@customer.example>",
        "refs": "[]",
        "from_name": "Jan Kowal",
        "from_address": "jan@customer.example",
        "to_addresses": '["support@bright-shop.example"]',
        "cc_addresses": "[]",
        "reply_to": "[]",
        "delivered_to": "[]",
        "subject": f"Where is my parcel? {number}",
        "sent_at": NOW - number * 60_000,
        "received_at": None,
        "direction": "inbound",
        "flags": "[]",
        "labels": "[]",
        "has_body": 1,
        "text": "Hello,\nmy order 10482 has not come yet.",
        "quoted": "[]",
        "attachments": "[]",
        "warnings": "[]",
        "state": "unlinked",
        "reason": "nobody is known by this address",
        "conversation_id": number,
        "gone_at": None,
        "recorded_at": NOW,
        "synced_at": NOW,
    }
    insert(store, "messages", **(mail | values))
    insert(
        store,
        "conversations",
        id=number,
        root=f"<m{number}@customer.example>",
        status="open",
        to_link=1,
        last_inbound_at=NOW,
        last_outbound_at=None,
        waiting_since=NOW,
        unanswered=number,
    )


def add_outbox(store: Workspace, item: str, state: str, **values: Any) -> None:
    row = dict.fromkeys(DESK_COLUMNS["outbox"], "") | {
        "id": item,
        "kind": "mail",
        "source": "shop",
        "remote_id": "r1",
        "number": "10482",
        "agent": "ana",
        "account": "support",
        "state": state,
        "message_id": f"<{item}@bright-shop.example>",
        "recipients": json.dumps(["jan@customer.example"]),
        "subject": "Your parcel",
        "attempts": 1,
        "not_before": NOW,
        "guard": "[]",
        "filed": 0,
        "payload": "{}",
        "overrides": "[]",
        "seen_ids": "[]",
        "created_at": NOW,
        "updated_at": NOW,
    }
    row = {name: value for name, value in (row | values).items() if name in DESK_COLUMNS["outbox"]}
    desk_rows.put(store.desk, "outbox", row)


# ---- unlinked mail


async def test_a_mail_shows_what_it_may_be_about_and_one_key_links_it(
    config: Config, session: Session, store: Workspace
) -> None:
    add_mail(store, 1)
    add_mail(store, 2, from_name="Maria Lund", text="nothing in particular")

    async with desk(config, session, WIDE) as pilot:
        await pilot.press("U")
        await settled(pilot)
        assert "▸Unlinked" in screen(pilot)
        assert "Where is my parcel? 1" in screen(pilot)
        assert "1 #10482 Jan Kowal" in screen(pilot)
        assert "my order 10482 has not come yet." in screen(pilot)

        await pilot.press("1")
        await settled(pilot)
        decisions = list(desk_rows.select(store.desk, "link_decisions"))
        assert [(each["remote_id"], each["linked"]) for each in decisions] == [("r1", 1)]
        assert any(words.startswith("#10482: linked") for words in said(pilot))


async def test_another_order_is_named_by_its_number(config: Config, session: Session, store: Workspace) -> None:
    add_mail(store, 2, from_name="Maria Lund", text="nothing in particular")

    async with desk(config, session, WIDE) as pilot:
        await pilot.press("U")
        await settled(pilot)
        assert "no order looks like it" in screen(pilot)
        await pilot.press("3")
        await settled(pilot)
        assert said(pilot) == ["there is no candidate 3"]

        await pilot.press("l")
        await pilot.pause(0.3)
        await pilot.press(*"10440")
        await pilot.pause(0.5)
        await pilot.press("enter")
        await pilot.pause(0.2)
        await settled(pilot)
        assert [each["remote_id"] for each in desk_rows.select(store.desk, "link_decisions")] == ["r43"]


async def test_moving_reads_the_next_mail_and_new_ones_appear(
    config: Config, session: Session, store: Workspace
) -> None:
    add_mail(store, 1)
    add_mail(store, 2, text="the second one")

    async with desk(config, session, MEDIUM) as pilot:
        await pilot.press("U")
        await settled(pilot)
        await pilot.press("down")
        await settled(pilot)
        assert "the second one" in screen(pilot)

        add_mail(store, 3, sent_at=NOW, subject="A third")
        tell(store, "message", 3)
        await pilot.pause(0.4)
        await settled(pilot)
        assert "A third" in screen(pilot)
        assert "the second one" in screen(pilot), "what is being read stays"

        await pilot.press("escape")
        await settled(pilot)
        assert pilot.app.place.PLACE == "desk"


async def test_a_mail_nobody_could_read_is_listed_with_the_others(
    config: Config, session: Session, store: Workspace
) -> None:
    add_mail(store, 4, state="quarantined", subject="", from_name="", from_address="")

    async with desk(config, session, MEDIUM) as pilot:
        await pilot.press("U")
        await settled(pilot)

        assert "! cannot be read" in screen(pilot)


async def test_no_unlinked_mail_is_said(config: Config, session: Session) -> None:
    async with desk(config, session, SMALL) as pilot:
        await pilot.press("U")
        await settled(pilot)

        assert "every mail belongs to an order" in screen(pilot)


async def test_what_a_stranger_wrote_is_text_and_nothing_else(
    config: Config, session: Session, store: Workspace
) -> None:
    add_mail(store, 1, subject=HOSTILE, from_name=HOSTILE, text=f"{HOSTILE}\n[/b] [red]x")

    async with desk(config, session, WIDE) as pilot:
        await pilot.press("U")
        await settled(pilot)
        shown = screen(pilot)

        assert "[@click=app.quit]late[/]" in shown
        assert "\x1b" not in shown
        assert "[/b] [red]x" in shown


# ---- the outbox


async def test_what_needs_a_decision_comes_first_and_says_why(
    config: Config, session: Session, store: Workspace
) -> None:
    add_outbox(store, "a", "queued")
    guard = [{"kind": "customer_wrote", "words": "the customer wrote again at 09:58"}]
    add_outbox(store, "b", "blocked", guard=json.dumps(guard))

    async with desk(config, session, WIDE) as pilot:
        assert "Outbox !1" in screen(pilot)
        await pilot.press("O")
        await settled(pilot)
        lines = screen(pilot).splitlines()

        assert "! blocked  #10482" in lines[2]
        assert "the customer wrote again at 09:58" in screen(pilot)
        assert "1 to decide · 2" in screen(pilot)


async def test_a_decision_is_taken_with_another_key_than_the_one_that_asks(
    config: Config, session: Session, store: Workspace
) -> None:
    add_outbox(store, "b", "failed", error="the server said no")

    async with desk(config, session, WIDE) as pilot:
        await pilot.press("O")
        await settled(pilot)
        await pilot.press("d")
        await pilot.pause(0.5)
        assert desk_rows.get(store.desk, "outbox", "b")["state"] == "failed"  # type: ignore[index]

        assert "the server said no" in screen(pilot)
        assert "try again" in screen(pilot)
        await pilot.press("r")
        await settled(pilot)
        assert desk_rows.get(store.desk, "outbox", "b")["state"] == "queued"  # type: ignore[index]


async def test_an_empty_outbox_says_so(config: Config, session: Session) -> None:
    async with desk(config, session, SMALL) as pilot:
        await pilot.press("O")
        await settled(pilot)
        assert "nothing waits, nothing left lately" in screen(pilot)

        await pilot.press("d")
        await pilot.pause()
        assert said(pilot) == ["nothing is chosen"]


async def test_lists_that_cannot_be_read_again_stay_and_say_so(
    config: Config, session: Session, store: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_mail(store, 1)
    add_outbox(store, "a", "queued")

    def broken(*_: object, **__: object) -> None:
        raise OSError("disk I/O error")

    async with desk(config, session, WIDE) as pilot:
        for key, shown in (("U", "Where is my parcel? 1"), ("O", "Your parcel")):
            await pilot.press(key)
            await settled(pilot)
            with monkeypatch.context() as patch:
                patch.setattr("oms_tui.store.reads.mail.unlinked", broken)
                patch.setattr("oms_tui.store.reads.outbox.outbox", broken)
                tell(store, "outbox", 1)
                await pilot.pause(0.5)
                await settled(pilot)
                assert "! not the newest" in screen(pilot)
                assert shown in screen(pilot)

            tell(store, "outbox", 2)
            await pilot.pause(0.5)
            await settled(pilot)
            assert "! not the newest" not in screen(pilot)


# ---- the sources


async def test_a_source_in_trouble_says_what_is_wrong_and_what_to_do(
    config: Config, session: Session, store: Workspace
) -> None:
    insert(
        store,
        "sync_state",
        source="shop",
        stream="orders",
        records=148,
        last_success_at=NOW - 2 * 3_600_000,
        last_attempt_at=NOW,
        failed_since=NOW - 3_600_000,
        failures=3,
        error_code="auth",
        error="the shop refuses our key",
        hint="put a new key into the keyring",
        retry_at=None,
        total=None,
        reconciled_at=None,
    )

    async with desk(config, session, MEDIUM) as pilot:
        await pilot.press("S")
        await settled(pilot)
        shown = screen(pilot)

        assert "! failed" in shown
        assert "2h ago" in shown
        assert "the shop refuses our key" in shown
        assert "put a new key into the keyring" in shown

        await pilot.press("Q")
        await settled(pilot)
        assert pilot.app.place.PLACE == "desk"


async def test_screens_keep_their_places(config: Config, session: Session, store: Workspace) -> None:
    add_mail(store, 1)

    async with desk(config, session, MEDIUM) as pilot:
        await pilot.press("j", "j", "U")
        await settled(pilot)
        await pilot.press("S")
        await settled(pilot)
        await pilot.press("C")
        await settled(pilot)
        assert "Milestone calls" in screen(pilot)
        assert "▸Calls" in screen(pilot)

        await pilot.press("Q")
        await settled(pilot)
        assert "▸Queue" in screen(pilot)
        assert len(pilot.app.queue_screen.model.items) == 60
