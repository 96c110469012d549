"""Who types quickly: no key is lost, and none does something else than it was meant for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from textual.events import Key
from textual.keys import _character_to_key
from ui_shell.driving import MEDIUM, SMALL, desk, screen, settled
from ui_shell.shop import insert
from ui_shell.test_asking_and_counting import with_account
from ui_shell.test_screens import add_mail

from oms_tui.actions.catalogue import all_actions
from oms_tui.ui.composer.composer import Composer
from oms_tui.ui.dialogs.action_form import ActionForm
from oms_tui.ui.keys import checked

if TYPE_CHECKING:
    from oms_tui.config_model import Config
    from oms_tui.store.session import Session
    from oms_tui.store.workspace import Workspace

pytestmark = pytest.mark.anyio


def burst(pilot: Any, text: str) -> None:
    """All keys at once, as a terminal hands them over when the desk was busy."""
    for letter in text:
        name = {"\r": "enter", "\x1b": "escape"}.get(letter) or _character_to_key(letter)
        pilot.app.post_message(Key(name, letter))


async def done(pilot: Any) -> None:
    """Until every key was looked at and the desk has come to rest."""
    for _ in range(500):
        await pilot.pause(0.02)
        if not pilot.app._typed:
            break
    await pilot.pause(0.3)
    await settled(pilot)


def keys_of(config: Config) -> Any:
    return checked(config, all_actions())


@pytest.mark.parametrize("size", [MEDIUM, SMALL])
async def test_what_follows_the_key_of_a_form_is_written_into_it(
    config: Config, session: Session, size: tuple[int, int]
) -> None:
    async with desk(config, session, size, keys=keys_of(config)) as pilot:
        burst(pilot, "nCall her on Friday")
        await done(pilot)

        assert isinstance(pilot.app.screen, ActionForm)
        assert pilot.app.screen.fields["text"].text == "Call her on Friday"


async def test_a_query_written_at_once_is_a_query(config: Config, session: Session) -> None:
    async with desk(config, session, SMALL, keys=keys_of(config)) as pilot:
        burst(pilot, "/tier:key\r")
        await done(pilot)

        assert pilot.app.queue_screen.queue.question.query == "tier:key"
        assert pilot.app.screen is pilot.app.queue_screen, "the colon opened nothing"
        assert pilot.app.queue_screen._list.has_focus
        burst(pilot, "jnTwo")
        await done(pilot)
        assert pilot.app.screen.fields["text"].text == "Two"


@pytest.mark.parametrize("size", [MEDIUM, SMALL])
async def test_a_reply_begins_with_the_first_letter(
    config: Config, session: Session, store: Workspace, size: tuple[int, int]
) -> None:
    add_mail(store, 1, state="linked")
    insert(store, "message_links", message=1, order_id=1, reason="reply", confidence=100, linked_by="")
    async with desk(config, with_account(session), size, keys=keys_of(config)) as pilot:
        burst(pilot, "rDear Jan, Xe w x!")
        await done(pilot)

        composer = pilot.app.queue_screen.query_one(Composer)
        assert composer.writing
        assert "Dear Jan, Xe w x!" in screen(pilot)


async def test_escape_takes_back_what_was_typed_ahead(config: Config, session: Session) -> None:
    async with desk(config, session, keys=keys_of(config)) as pilot:
        app = pilot.app
        app.expect_text()
        burst(pilot, "xX")
        await pilot.pause(0.05)
        assert len(app._typed) == 2, "they wait for the field"

        burst(pilot, "\x1b")
        await done(pilot)
        assert not app._typed
        assert app.screen is app.queue_screen, "neither closed nor reopened an order"


async def test_where_no_field_comes_the_keys_are_dropped_and_the_next_ones_work(
    config: Config, session: Session
) -> None:
    async with desk(config, session, keys=keys_of(config)) as pilot:
        app = pilot.app
        app.expect_text()
        burst(pilot, "x")
        await pilot.pause(0.05)
        app.say("there is no draft", "warning")
        burst(pilot, "p")
        await done(pilot)
        assert "has priority" in screen(pilot)
