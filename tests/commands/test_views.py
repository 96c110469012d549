"""``views``: those of the config and its files, those of every desk, and what none of them shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Desk


def test_each_says_what_it_asks_where_it_stands_and_how_many_it_has(desk: Desk) -> None:
    views = {each["name"]: each for each in desk.json("views", "list", "--counts")["items"]}
    assert views["Key accounts"]["from"] == "views/shared.toml"
    assert views["At risk"] | {"count": 0} == {
        "name": "At risk",
        "query": "risk:*",
        "sort": "priority",
        "columns": ["customer", "risk", "flags"],
        "from": "every desk",
        "count": 0,
        "error": None,
    }
    for name in ("At risk", "Late and not told"):
        assert views[name]["count"] == len(desk.json("find", views[name]["query"], "--limit", "999")["items"])
    assert views["Queue"]["count"] > 0


def test_why_an_order_is_at_risk_is_told(desk: Desk) -> None:
    items = desk.json("find", "risk:*", "--limit", "999")["items"]
    assert {reason for item in items for reason in item["risk"]} == {"payment", "silence", "late"}
    assert all(item["risk"] for item in items)


def test_check_names_the_view_and_what_is_wrong_with_it(desk: Desk) -> None:
    assert desk.run("views", "check").code == 0
    (desk.folder / "views" / "ours.toml").write_text(
        '[views.Bad]\nquery = "stage:nowhere"\n[views.Odd]\nquery = ""\nsort = "luck"\ncolumns = ["total", "colour"]\n',
        encoding="utf-8",
    )
    answer = desk.run("views", "check")
    assert answer.code == 2
    told = answer.out + answer.err
    assert "Bad: " in told
    assert "Odd: there is no column 'colour'" in told
    assert "sorted by one of priority, due" in told


def test_a_view_that_cannot_be_read_is_told_where_it_stands_and_the_others_work(desk: Desk) -> None:
    views = desk.folder / "views"
    (views / "broken.toml").write_text('query = "x\n', encoding="utf-8")
    (views / "bad.toml").write_text(
        '[views.Good]\nquery = ""\n[views.Bad]\nquery = "stage:nowhere"\n', encoding="utf-8"
    )
    found = desk.run("find", "state:open", "--count", "--json")
    assert found.json["count"] > 0
    assert "views/broken.toml:1: is no TOML" in found.err
    answer = desk.run("views", "check")
    assert answer.code == 2
    assert "views/broken.toml:1: is no TOML" in answer.out
    assert "(views/bad.toml:3)" in answer.out
    listed = desk.run("views", "list", "--counts", "--json")
    items = {each["name"]: each for each in listed.json["items"]}
    assert items["Good"]["count"] == items["Queue"]["count"] > 0
    assert (items["Bad"]["count"], items["views/broken.toml:1"]["count"]) == (None, None)
    assert items["views/broken.toml:1"]["error"].startswith("is no TOML")
    assert "views/broken.toml" in desk.run("doctor").out


def test_priority_orders_that_no_shared_view_shows(desk: Desk) -> None:
    """Whatever the hour makes of the demo's orders: its views of accounts show all of theirs."""
    assert desk.run("views", "uncovered").code == 0
    served = {
        item["number"]: item for item in desk.json("find", "tier:key OR tier:priority", "--limit", "999")["items"]
    }
    shared = desk.folder / "views" / "shared.toml"
    shared.write_text('[views.Closed]\nquery = "state:closed"\n[views.Mine]\nquery = "owner:me"\n', encoding="utf-8")
    answer = desk.run("views", "uncovered", "--json")
    assert answer.code == 1
    found = {item["number"]: item for item in answer.json["items"]}
    assert {item["tier"] for item in found.values()} <= {"key", "priority"}
    held = {each for each, item in served.items() if item["owner"]}
    closed = {item["number"] for item in desk.json("find", "state:closed", "--limit", "999")["items"]}
    assert found.keys() <= served.keys() - held - closed

    number = next(iter(found))
    desk.json("do", "assign", number, "--owner", "ana")
    left = {item["number"] for item in desk.run("views", "uncovered", "--json").json["items"]}
    assert left == found.keys() - {number}, "it is in ana's view now"
