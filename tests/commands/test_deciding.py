"""What is decided on the command line is on the order, can be taken back, and survives the cache."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Desk


def test_a_note_is_on_the_timeline_until_it_is_taken_back(desk: Desk) -> None:
    done = desk.json("do", "note", "1042", "--text", "called the depot")["items"][0]
    assert (done["result"], bool(done["undo_id"])) == ("done", True)
    assert any("called the depot" in event["summary"] for event in desk.json("show", "1042")["timeline"])
    assert "called the depot" in desk.json("undo")["items"][0]["summary"]
    assert desk.run("undo").code == 1, "there is nothing left to take back"


def test_a_preview_changes_nothing(desk: Desk) -> None:
    done = desk.json("do", "assign", "1042", "--owner", "ben", "--preview")["items"][0]
    assert done["result"] == "previewed"
    assert desk.json("show", "1042")["order"]["owner"] is None


def test_many_orders_are_asked_about_first(desk: Desk) -> None:
    answer = desk.run("do", "tag", "--query", "state:open", "--tags", "check")
    assert answer.code == 2
    assert "--yes" in answer.err
    done = desk.json("do", "tag", "--query", "state:open", "--tags", "check", "--yes")["items"]
    assert len(done) == desk.json("find", "tag:check", "--count")["count"] > 10


def test_who_may_not_is_told_so(desk: Desk) -> None:
    with (desk.folder / "config.toml").open("a", encoding="utf-8") as config:
        config.write('\n[agents.guest]\nname = "Guest"\nrole = "reader"\n')
    answer = desk.run("--as", "guest", "do", "note", "1042", "--text", "x", "--json")
    assert answer.code == 4
    assert "forbidden" in answer.out


def test_every_decision_is_there_again_after_the_cache_was_thrown_away(desk: Desk) -> None:
    desk.json("do", "assign", "1042", "--owner", "ben")
    desk.json("do", "tag", "1042", "--tags", "vip")
    mail = next(item for item in desk.json("mail", "list", "--state", "unlinked")["items"])
    desk.json("mail", "link", mail["id"], "1042")
    before = desk.json("show", "1042")
    assert desk.run("store", "rebuild-cache").code == 0
    assert desk.run("show", "1042").code == 1, "nothing is known before it is fetched again"
    assert desk.run("sync", "--once").code == 0
    after = desk.json("show", "1042")
    for what in ("owner", "tags", "stage", "state", "flags"):
        assert after["order"][what] == before["order"][what]
    linked = [message["message_id"] for thread in before["conversations"] for message in thread["messages"]]
    assert linked == [message["message_id"] for thread in after["conversations"] for message in thread["messages"]]
    assert len(after["timeline"]) == len(before["timeline"])


def test_a_copy_and_an_export_bring_decisions_back(desk: Desk) -> None:
    desk.json("do", "assign", "1042", "--owner", "ben")
    copy = desk.json("store", "backup")["file"]
    exported = desk.run("store", "export")
    assert json.loads(exported.out.splitlines()[0])["export"]
    desk.json("do", "assign", "1042", "--owner", "lea")
    assert desk.json("store", "restore", copy)["rows"] > 0
    assert desk.json("show", "1042")["order"]["owner"] == "ben"
    lines = desk.folder / "desk.jsonl"
    lines.write_text(exported.out, encoding="utf-8")
    desk.json("do", "assign", "1042", "--owner", "lea")
    assert desk.run("store", "restore", str(lines)).code == 0
    assert desk.json("show", "1042")["order"]["owner"] == "ben"
    assert desk.run("store", "verify").code == 0


def test_no_secret_is_in_an_export(desk: Desk) -> None:
    assert "reply_key" not in desk.run("store", "export").out


def test_something_else_than_an_export_changes_nothing(desk: Desk) -> None:
    wrong = desk.folder / "wrong.jsonl"
    wrong.write_text('{"hello": 1}\n', encoding="utf-8")
    answer = desk.run("store", "restore", str(wrong))
    assert answer.code == 2
    assert "neither a copy nor an export" in answer.err
