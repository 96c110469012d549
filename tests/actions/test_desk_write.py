"""A decision is one transaction: its rows, the feed, the log, and the way back, which is exact or refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oms_tui.domain.refused import Refused
from oms_tui.store import desk_rows
from oms_tui.store.writes.desk_write import DeskWrite, blank
from oms_tui.store.writes.undo import last, undo, undo_entry

if TYPE_CHECKING:
    from oms_tui.store.session import Session
    from oms_tui.store.workspace import Workspace

ORDER = ("shop", "1042")


def owner(session: Session, name: str, order: tuple[str, str] = ORDER) -> str:
    with DeskWrite(session, "assign", [order], summary=f"given to {name}") as write:
        write.merge("order_decisions", order, owner=name)
        write.event("assigned", f"given to {name}", order)
        write.changed("order", *order)
    return write.undo_id


def tagged(session: Session, *tags: str) -> None:
    with DeskWrite(session, "tag", [ORDER]) as write:
        write.merge("order_decisions", ORDER, tags=json.dumps(tags))
        write.event("tagged", f"tagged {', '.join(tags)}", ORDER)


def decision(store: Workspace) -> desk_rows.Values:
    return desk_rows.get(store.desk, "order_decisions", *ORDER) or blank("order_decisions")


def feed(store: Workspace) -> list[tuple[str, str, str]]:
    return store.desk.execute("SELECT kind, source, remote_id FROM desk_changes ORDER BY seq").fetchall()


def log(store: Workspace) -> list[tuple[str, str]]:
    return store.desk.execute("SELECT actor, summary FROM desk_events ORDER BY rowid").fetchall()


def test_a_decision_is_in_its_row_the_feed_and_the_log(session: Session, store: Workspace) -> None:
    owner(session, "ben")
    assert decision(store)["owner"] == "ben"
    assert feed(store) == [("order", "shop", "1042")]
    assert log(store) == [("ana", "given to ben")]
    assert desk_rows.damaged(store.desk) == []


def test_nothing_of_it_is_kept_when_something_goes_wrong_inside(session: Session, store: Workspace) -> None:
    def half_of_it() -> None:
        with DeskWrite(session, "assign", [ORDER]) as write:
            write.merge("order_decisions", ORDER, owner="ben")
            write.changed("order", *ORDER)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_of_it()
    assert decision(store)["owner"] == ""
    assert feed(store) == log(store) == []
    assert last(session) is None
    owner(session, "ben")  # and the desk can be written to again


def test_undo_takes_it_back_says_so_and_tells_the_feed(session: Session, store: Workspace) -> None:
    owner(session, "ben")
    [undone] = undo(session)
    assert (undone.summary, undone.orders) == ("given to ben", (ORDER,))
    assert decision(store)["owner"] == ""
    assert feed(store) == [("order", "shop", "1042")] * 2
    assert log(store)[-1] == ("ana", "undone: given to ben")
    assert undo(session) == []


def test_undo_goes_back_step_by_step(session: Session, store: Workspace) -> None:
    owner(session, "ben")
    tagged(session, "gift")
    owner(session, "lea")
    assert [each.action for each in undo(session, 2)] == ["assign", "tag"]
    assert (decision(store)["owner"], decision(store)["tags"]) == ("ben", "[]")


def test_what_somebody_else_did_to_another_column_does_not_stand_in_the_way(session: Session, store: Workspace) -> None:
    owner(session, "ben")
    tagged(replace(session, agent=session.agents["lea"]), "urgent")
    undo(session)
    assert (decision(store)["owner"], json.loads(decision(store)["tags"])) == ("", ["urgent"])


def test_what_somebody_changed_since_is_left_alone_and_the_next_undo_goes_on(
    session: Session, store: Workspace
) -> None:
    tagged(session, "gift")
    owner(session, "ben")
    owner(replace(session, agent=session.agents["lea"]), "lea")
    with pytest.raises(Refused, match="order's decision has been changed since") as refused:
        undo(session)
    assert refused.value.code == "conflict"
    assert decision(store)["owner"] == "lea"
    assert [each.action for each in undo(session)] == ["tag"]


def test_an_agent_takes_back_their_own_only(session: Session) -> None:
    entry = owner(session, "ben")
    ben = replace(session, agent=session.agents["ben"])
    assert undo(ben) == []
    assert undo_entry(ben, entry) is None
    taken = undo_entry(session, entry)
    assert taken is not None
    assert taken.action == "assign"
    assert undo_entry(session, entry) is None


def test_a_new_row_goes_again_and_a_deleted_one_comes_back_as_it_was(session: Session, store: Workspace) -> None:
    with DeskWrite(session, "note", [ORDER]) as write:
        note = write.insert("notes", id="n1", source="shop", remote_id="1042", author="ana", text="hello", created_at=1)
    with DeskWrite(session, "delete", [ORDER]) as write:
        write.delete("notes", "n1")
    assert desk_rows.get(store.desk, "notes", "n1") is None
    undo(session)
    assert desk_rows.get(store.desk, "notes", "n1") == note
    undo(session)
    assert desk_rows.get(store.desk, "notes", "n1") is None


def test_a_row_that_must_not_vanish_is_set_instead(session: Session, store: Workspace) -> None:
    item = blank("outbox") | {"id": "x", "state": "held"}
    with DeskWrite(session, "send", [ORDER]) as write:
        write.put("outbox", item, undone={"state": "recalled"})
    undo(session)
    found = desk_rows.get(store.desk, "outbox", "x")
    assert found is not None
    assert found["state"] == "recalled"


def test_once_it_has_moved_on_it_is_not_taken_back(session: Session, store: Workspace) -> None:
    with DeskWrite(session, "send", [ORDER]) as write:
        write.put("outbox", blank("outbox") | {"id": "x", "state": "held"}, undone={"state": "recalled"})
    desk_rows.update(store.desk, "outbox", ("x",), state="queued")
    with pytest.raises(Refused, match="what was to leave has been changed since"):
        undo(session)
    found = desk_rows.get(store.desk, "outbox", "x")
    assert found is not None
    assert found["state"] == "queued"


def test_nothing_to_take_back_leaves_no_entry(session: Session) -> None:
    owner(session, "ben")
    assert owner(session, "ben") == ""
    with DeskWrite(session, "look", [ORDER]) as write:
        write.event("note", "looked", ORDER)
    assert write.undo_id == ""


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=st.lists(st.tuples(st.sampled_from(["owner", "tag", "note", "link"]), st.integers(0, 2)), max_size=12))
def test_any_row_of_actions_is_taken_back_whole(
    session: Session, store: Workspace, steps: list[tuple[str, int]]
) -> None:
    def content() -> dict[str, list[dict[str, object]]]:
        tables = ("order_decisions", "notes", "link_decisions")
        plain = {"row_hash", "version", "updated_at"}
        found = {
            table: [{k: v for k, v in row.items() if k not in plain} for row in desk_rows.select(store.desk, table)]
            for table in tables
        }
        found["order_decisions"] = [row for row in found["order_decisions"] if row["owner"] or row["tags"] != "[]"]
        return found

    before, done = content(), 0
    for kind, value in steps:
        with DeskWrite(session, kind, [ORDER]) as write:
            if kind == "owner":
                write.merge("order_decisions", ORDER, owner=("", "ana", "ben")[value])
            elif kind == "tag":
                write.merge("order_decisions", ORDER, tags=json.dumps(["a"] * value))
            elif kind == "note" and write.get("notes", str(value)):
                write.delete("notes", str(value))
            elif kind == "note":
                write.insert("notes", id=str(value), text="x")
            else:
                row = {"mail": "m", "source": "shop", "remote_id": "1", "linked": value % 2, "agent": "ana"}
                write.put("link_decisions", row | {"decided_at": value})
        done += bool(write.undo_id)
    assert len(undo(session, 100)) == done
    assert content() == before
    assert desk_rows.damaged(store.desk) == []
