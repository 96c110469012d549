"""Procedures, tasks and mails that nobody looks after, on the command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from oms_tui.config import load
from oms_tui.desk import open_store

if TYPE_CHECKING:
    from conftest import Desk


def test_a_procedure_is_gone_through_step_by_step(desk: Desk) -> None:
    number = desk.json("find", "tag:gift state:open", "--limit", "1")["items"][0]["number"]
    (gift,) = [each for each in desk.json("show", number)["procedures"] if each["name"] == "Gift"]
    assert (gift["done"], gift["next"]) == (0, "write_the_gift_card")

    assert desk.json("do", "step_done", number)["items"][0]["why"] == "Gift: done “Write the gift card”"
    assert desk.run("do", "step_skip", number, "--step", "wrap").code == 2, "a reason is missing"
    desk.json("do", "step_skip", number, "--step", "wrap", "--reason", "no paper left")

    (gift,) = [each for each in desk.json("show", number)["procedures"] if each["name"] == "Gift"]
    card, wrap, tell = gift["steps"]
    assert (card["state"], card["by"], card["reason"]) == ("done", "ana", None)
    assert (wrap["state"], wrap["reason"], wrap["role"]) == ("skipped", "no paper left", "warehouse")
    assert (tell["state"], tell["action"], gift["next"]) == ("open", "send", tell["id"])
    assert desk.run("do", "close", number).code == 4, "a step is left"

    desk.json("undo")
    (gift,) = [each for each in desk.json("show", number)["procedures"] if each["name"] == "Gift"]
    assert gift["steps"][1]["state"] == "open"


def test_tasks_are_listed_changed_and_done(desk: Desk) -> None:
    number = desk.json("find", "state:open -call:*", "--limit", "1")["items"][0]["number"]
    desk.json("do", "remind", number, "--when", "3d", "--title", "ask the depot", "--keep", "yes")

    (task,) = [each for each in desk.json("tasks", "--kind", "reminder")["items"] if each["title"] == "ask the depot"]
    assert (task["number"], task["owner"], task["overdue"]) == (number, "ana", False)
    assert desk.json("find", "task:open has:task")["items"][0]["number"] == number
    assert desk.run("tasks", "--kind", "reminder", "--due").code == 1

    desk.json("do", "change_task", number, "--owner", "ben", "--when", "2h")
    assert desk.run("tasks", "--kind", "reminder", "--owner", "ana").code == 1
    (task,) = desk.json("tasks", "--kind", "reminder", "--owner", "ben")["items"]
    desk.json("do", "done", number, "--outcome", "they look for it")
    assert desk.run("tasks", "--kind", "reminder", "--owner", "all").code == 1


def test_every_mail_can_be_brought_to_an_end(desk: Desk) -> None:
    answer = desk.run("check", "--unattended", "--json")
    assert answer.code == 1
    found = answer.json["items"]
    loose = [each for each in found if each["state"] == "unlinked"]
    assert len(loose) > 2

    assert desk.run("mail", "close", loose[0]["id"]).code == 4, "only for a reason"
    desk.json("mail", "close", loose[0]["id"], "--reason", "a newsletter")
    desk.json("mail", "spam", loose[1]["id"])
    desk.json("mail", "snooze", loose[2]["id"], "--until", "2d", "--reason", "asked a colleague")
    left = {each["id"] for each in desk.run("check", "--unattended", "--json").json["items"]}
    assert left == {each["id"] for each in found} - {each["id"] for each in loose[:3]}

    desk.json("mail", "reopen", loose[0]["id"])
    assert loose[0]["id"] in {each["id"] for each in desk.run("check", "--unattended", "--json").json["items"]}

    orders = desk.json("find", "is:unattended", "--limit", "500")["items"]
    desk.json("do", "assign", *[each["number"] for each in orders], "--owner", "ben", "--yes")
    after = desk.run("check", "--unattended", "--json").json["items"]
    assert {each["state"] for each in after} == {"unlinked"}
    assert desk.run("find", "is:unattended").code == 1


def test_a_procedure_with_an_action_nobody_knows_is_told(desk: Desk) -> None:
    with (desk.folder / "config.toml").open("a", encoding="utf-8") as config:
        config.write('\n[procedures.Odd]\nwhen = "tag:("\nsteps = [{ title = "a", action = "nose" }]\n')
    answer = desk.run("doctor")
    assert "procedure 'Odd'" in answer.out + answer.err
    assert "there is no action 'nose'" in answer.out + answer.err


def test_a_round_of_the_worker_can_be_at_another_time(desk: Desk) -> None:
    store = open_store(load(desk.folder / "config.toml"))
    store.mark_for_trying()
    store.close()
    then = (datetime.now(UTC) + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M:%SZ")
    before = {item["number"] for item in desk.json("find", "ship:late", "--limit", "500")["items"]}
    assert desk.run("sync", "--once", "--now", then).code == 0
    assert {item["last_success_at"] for item in desk.json("status", "--now", then)["items"]} == {then}
    after = {item["number"] for item in desk.json("find", "ship:late", "--limit", "500", "--now", then)["items"]}
    assert after > before, "what was promised for the days between is late then"
