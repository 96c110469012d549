"""Work by key: what is to be done on an order, an agent's day, mails nobody looks after, and which order comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ui_shell.driving import MEDIUM, SMALL, desk, said, screen, settled
from ui_shell.shop import NOW, insert
from ui_shell.test_screens import add_mail

from oms_tui.store import desk_rows
from oms_tui.store.reads.tasks import tasks
from oms_tui.store.writes.desk_write import blank
from oms_tui.ui.questions import Question, most_urgent

if TYPE_CHECKING:
    from collections.abc import Callable

    from oms_tui.config_model import Config
    from oms_tui.store.session import Session
    from oms_tui.store.workspace import Workspace

pytestmark = pytest.mark.anyio

HOUR = 3_600_000
GIFT = """
[procedures.Gift]
steps = [{ title = "Write the card", role = "agent" }, { title = "Wrap it", role = "warehouse" }]
"""


def first(store: Workspace, session: Session) -> tuple[str, str, str]:
    item = most_urgent(session, Question(), None)
    assert item is not None
    return item.number, item.source, item.remote_id


def add_task(store: Workspace, source: str, remote_id: str, title: str, **values: object) -> None:
    row = blank("tasks") | {
        "id": title, "source": source, "remote_id": remote_id, "kind": "reminder", "title": title, "owner": "ana",
        "due_at": NOW + HOUR, "state": "open", "created_at": NOW,
    }  # fmt: skip
    desk_rows.put(store.desk, "tasks", row | values)


async def test_steps_are_ticked_and_skipped_on_the_desk(make_config: Callable[..., Config], store: Workspace) -> None:
    from oms_tui.desk import open_session

    config = make_config(GIFT)
    session = open_session(config, clock=lambda: NOW)
    async with desk(config, session, MEDIUM) as pilot:
        await settled(pilot)
        await pilot.press("t")
        await settled(pilot)
        shown = screen(pilot)
        assert "To do on #" in shown
        assert "0 of 2" in shown

        await pilot.press("space")
        await settled(pilot)
        assert "1 of 2" in screen(pilot)
        assert "done “Write the card”" in said(pilot)[-1]

        await pilot.press("down", "x")
        await settled(pilot)
        await pilot.press(*"no paper")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert "no paper" in screen(pilot)
        assert "2 of 2" in screen(pilot)

        await pilot.press("escape")
        await settled(pilot)
        assert "To do on #" not in screen(pilot)
    marks = [(row["step"], row["state"]) for row in desk_rows.select(store.desk, "step_marks", order="step")]
    session.store.close()
    assert marks == [("wrap_it", "skipped"), ("write_the_card", "done")]


@pytest.mark.parametrize("size", [SMALL, MEDIUM])
async def test_an_agents_day_is_one_screen(
    config: Config, session: Session, store: Workspace, size: tuple[int, int]
) -> None:
    _, source, remote_id = first(store, session)
    add_task(store, source, remote_id, "ask the depot")
    add_task(store, source, remote_id, "call the vendor", due_at=NOW - HOUR)
    add_task(store, source, remote_id, "of another", owner="tom")
    async with desk(config, session, size) as pilot:
        await settled(pilot)
        await pilot.press("W")
        await settled(pilot)
        shown = screen(pilot)
        assert shown.index("Overdue") < shown.index("call the vendor") < shown.index("ask the depot")
        assert "of another" not in shown

        await pilot.press("m")
        await settled(pilot)
        assert "of another" in screen(pilot)

        await pilot.press("d")
        await settled(pilot)
        assert "done: call the vendor" in said(pilot)[-1]
        assert {task.title for task in tasks(store)} == {"ask the depot", "of another"}
        await pilot.press("u")
        await settled(pilot)
        assert {task.title for task in tasks(store)} == {"ask the depot", "call the vendor", "of another"}


async def test_a_day_without_tasks_says_so(config: Config, session: Session) -> None:
    async with desk(config, session, MEDIUM) as pilot:
        await settled(pilot)
        await pilot.press("W")
        await settled(pilot)
        assert "nothing is to be done" in screen(pilot)


async def test_mails_nobody_looks_after_are_closed_for_a_reason_or_put_aside(
    config: Config, session: Session, store: Workspace
) -> None:
    add_mail(store, 1)
    add_mail(store, 2)
    async with desk(config, session, MEDIUM) as pilot:
        await settled(pilot)
        await pilot.press("0")
        await settled(pilot)
        assert "Unattended mail" in screen(pilot)
        assert "Where is my parcel? 1" in screen(pilot)

        await pilot.press("x")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert "only for a reason" in screen(pilot)
        await pilot.press(*"thanked us", "enter")
        await settled(pilot)
        assert "the conversation closed" in said(pilot)[-1]

        await pilot.press("s")
        await settled(pilot)
        await pilot.press("enter", "enter")
        await settled(pilot)
        assert "the conversation put aside" in said(pilot)[-1]
        assert "every mail is answered" in screen(pilot)


def test_next_is_what_most_needs_this_agent(session: Session, store: Workspace) -> None:
    item = most_urgent(session, Question(), None)
    assert item is not None
    following = most_urgent(session, Question(), item.id)
    assert following is not None
    assert following.id != item.id
    assert following.priority <= item.priority

    claim = {"source": item.source, "remote_id": item.remote_id, "agent": "tom", "what": "work", "version": 1}
    desk_rows.put(store.desk, "claims", claim | {"expires_at": NOW + HOUR})
    assert most_urgent(session, Question(), None) == following, "somebody else is at work on it"
    desk_rows.put(store.desk, "claims", claim | {"expires_at": NOW - 1})
    assert most_urgent(session, Question(), None) == item

    store.cache.execute("UPDATE queue_row SET owner='tom' WHERE order_id=?", (item.id,))
    assert most_urgent(session, Question(), None) == following, "it is in other hands"
    store.cache.execute("UPDATE queue_row SET owner='ana' WHERE order_id=?", (item.id,))
    assert most_urgent(session, Question(), None) == item._replace(owner="ana")

    store.cache.execute("UPDATE queue_row SET snoozed_until=? WHERE order_id=?", (NOW + HOUR, item.id))
    assert most_urgent(session, Question(), None) == following, "it is put aside"
    store.cache.execute("UPDATE queue_row SET priority=0, next_action=''")
    assert most_urgent(session, Question(), None) is None


def test_a_task_given_to_nobody_is_of_whoever_attends_to_its_order(store: Workspace, session: Session) -> None:
    _, source, remote_id = first(store, session)
    add_task(store, source, remote_id, "call about shipped", owner="")
    row = store.cache.execute("SELECT owner FROM queue_row WHERE source=? AND remote_id=?", (source, remote_id))
    before = row.fetchone()[0]
    for owner in ("", "lea"):
        store.cache.execute("UPDATE queue_row SET owner=? WHERE source=? AND remote_id=?", (owner, source, remote_id))
        assert [task.owner for task in tasks(store)] == [owner]
        assert [task.title for task in tasks(store, owner="lea")] == ["call about shipped"]
        assert len(tasks(store, owner="ana")) == (0 if owner else 1)
    store.cache.execute("UPDATE queue_row SET owner=? WHERE source=? AND remote_id=?", (before, source, remote_id))


@pytest.mark.parametrize("size", [SMALL, MEDIUM])
async def test_what_systems_disagree_on_is_settled_by_one_key_from_the_list(
    config: Config, session: Session, store: Workspace, size: tuple[int, int]
) -> None:
    values = {"source": "books", "remote_id": "i1", "order_id": 1, "kind": "invoice", "number": "INV-1"}
    insert(store, "invoices", id=1, status="open", total=5_000, currency="EUR", lines="[]", tax=None, **values)
    async with desk(config, session, size) as pilot:
        await pilot.press("F")  # a small terminal has not read the order yet, a larger one a moment ago
        await settled(pilot)
        assert "total differs" in screen(pilot)
        assert "1  €89.00" in screen(pilot)
        await pilot.press("1")
        await settled(pilot)
    [decision] = desk_rows.select(store.desk, "conflict_decisions")
    assert (decision["field"], decision["chosen"]) == ("total", "€89.00")
