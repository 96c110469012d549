"""Also of a mail that belongs to no order the files and the text are asked of its mailbox."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from ui_shell.driving import SMALL, WIDE, desk, said, screen, settled
from ui_shell.test_asking_and_counting import work
from ui_shell.test_screens import add_mail

from oms_tui.store import desk_rows

if TYPE_CHECKING:
    from oms_tui.config_model import Config
    from oms_tui.store.session import Session
    from oms_tui.store.workspace import Workspace

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("size", [WIDE, SMALL])
async def test_enter_on_a_file_saves_it(
    config: Config, session: Session, store: Workspace, size: tuple[int, int]
) -> None:
    add_mail(store, 1, attachments=json.dumps([[1, "list.csv", "text/csv", 4]]))
    async with desk(config, session, size) as pilot:
        await pilot.press("U")
        await settled(pilot)
        await pilot.press("enter")  # to the mail: the cursor is on its file
        await settled(pilot)
        assert pilot.app.screen._letter.cursor_key == ("attachment", 1, 1)
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


async def test_a_text_that_is_not_here_is_asked_for_and_shown_when_it_comes(
    config: Config, session: Session, store: Workspace
) -> None:
    add_mail(store, 1, has_body=-1, text="")
    async with desk(config, session, WIDE) as pilot:
        await pilot.press("U")
        await settled(pilot)
        assert "the text is not fetched yet; enter asks for it" in screen(pilot)
        await pilot.press("enter", "enter")
        await settled(pilot)
        (item,) = desk_rows.select(store.desk, "outbox")
        assert (item["kind"], item["state"], item["account"], item["number"]) == ("body", "queued", "support", "")
        store.cache.execute("UPDATE messages SET has_body=1, text='See there.' WHERE id=1")
        desk_rows.changed(store.desk, "outbox", "", "")
        for _ in range(40):
            await pilot.pause(0.1)
            if "See there." in screen(pilot):
                break
        assert "See there." in screen(pilot)
