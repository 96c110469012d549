"""What handling took, as the report reads it; and what is asked of a mailbox, before any worker looks at it."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from actions.acting import order

from oms_tui.actions.attachments import FOLDER, KEPT_SECONDS, sweep
from oms_tui.actions.base import Refused
from oms_tui.actions.handled import handled
from oms_tui.actions.mail_requests import request, request_body
from oms_tui.store.reads.reports.catalogue import make
from oms_tui.store.workspace import Workspace

if TYPE_CHECKING:
    from actions.acting import World

    from oms_tui.store.session import Session


def test_counts_reach_the_report_and_no_timeline(world: World) -> None:
    world.orders(order())
    before = world.view("1042").timeline
    for keys, screens in ((4, 1), (10, 3), (6, 2)):
        handled(world.session, "shop", "r1042", keys=keys, screens=screens)

    (week,) = make(world.session, "handling").rows

    assert (week.handled, week.keys, week.screens) == (3, 6, 2)
    assert world.view("1042").timeline == before
    assert world.events("1042")[0] == ("handled", "ana", "handled with 4 keys on 1 screen")
    assert world.session.store.desk.execute("SELECT count(*) FROM undo_entries").fetchone() == (0,)


def test_only_what_is_there_can_be_asked_for(world: World) -> None:
    world.orders(order())
    mail = world.letter("hello@firma.example")

    with pytest.raises(Refused, match="no attachment 3"):
        request(world.session, mail, 3)
    with pytest.raises(Refused, match="no longer in the store"):
        request(world.session, 12345, 0)


def test_a_desk_for_reading_only_asks_for_nothing(world: World, session: Session) -> None:
    world.orders(order())
    mail = world.letter("hello@firma.example")
    with Workspace(session.store.folder, read_only=True) as store, pytest.raises(Refused, match="reading only"):
        request_body(replace(session, store=store), mail)


def test_saved_files_stay_when_those_of_old_drafts_are_swept(world: World) -> None:
    store = world.session.store
    folder = store.folder / FOLDER
    (folder / "olddraft").mkdir(parents=True)
    saved = folder / "invoice.pdf"
    saved.write_bytes(b"%PDF")
    long_ago = world.clock.now / 1000 - KEPT_SECONDS - 60
    for path in (saved, folder / "olddraft"):
        os.utime(path, (long_ago, long_ago))

    sweep(store, world.clock.now)

    assert saved.exists()
    assert not (folder / "olddraft").exists()
