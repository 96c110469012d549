"""How long customers waited, told with the way the figure was made."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Desk


def test_handling_tells_of_first_replies_and_says_how(desk: Desk) -> None:
    document = desk.json("report", "handling", "--weeks", "12")
    assert "business seconds" in document["formula"]
    weeks = document["items"]
    assert weeks == sorted(weeks, key=lambda week: week["week"], reverse=True)
    assert sum(week["answered"] for week in weeks) > 0
    for week in weeks:
        assert week["answered"] <= week["asked"]
        if week["answered"]:
            assert 0 <= week["first_reply"] <= week["first_reply_slow"]


def test_a_closed_order_counts_in_the_week_it_was_closed(desk: Desk) -> None:
    before = sum(week["closed"] for week in desk.json("report", "handling")["items"])
    desk.json("do", "close", "1042", "--reason", "settled by phone")
    after = desk.json("report", "handling")["items"]
    assert sum(week["closed"] for week in after) == before + 1


def test_it_is_a_table_for_a_spreadsheet_too(desk: Desk) -> None:
    answer = desk.run("report", "handling", "--csv")
    assert answer.code == 0
    assert answer.out.splitlines()[0].startswith("week,asked,answered,first_reply")


def test_workload_names_agents_only_when_that_is_asked_for(desk: Desk) -> None:
    desk.json("do", "note", "1042", "--text", "rang twice, left a parcel card")
    by_role = desk.json("report", "workload", "--by", "role")["items"]
    by_agent = desk.json("report", "workload", "--by", "agent")["items"]
    assert "ana" not in {row["when"] for row in by_role}
    assert "ana" in {row["when"] for row in by_agent}


def test_workload_counts_orders_by_hour_and_by_week_alike(desk: Desk) -> None:
    by_week = desk.json("report", "workload", "--weeks", "6")["items"]
    by_hour = desk.json("report", "workload", "--weeks", "6", "--by", "hour")["items"]
    for figure in ("mails_in", "replies_out", "orders_in"):
        total = sum(row[figure] for row in by_week)
        assert total == sum(row[figure] for row in by_hour)
        assert total > 0


def test_a_workaround_and_an_order_taken_up_again_are_informal_steps(desk: Desk) -> None:
    desk.json("do", "note", "1042", "--text", "#workaround: label written by hand")
    desk.json("do", "close", "1042", "--reason", "settled by phone")
    desk.json("do", "reopen", "1042", "--reason", "they called again")
    rows = desk.json("report", "workflow")["items"]
    by_hand = {(row["kind"], row["step"], row["times"]) for row in rows if row["week"] and row["kind"] != "escalated"}
    assert by_hand == {("reopened", "close", 1), ("workaround", "note", 1)}  # the hour decides what goes to the lead
    assert "tag:contract" in {row["what"] for row in rows}  # the key tier is kept to some customers


def test_the_reports_there_are_can_be_listed(desk: Desk) -> None:
    items = desk.json("report")["items"]
    assert items == desk.json("report", "list")["items"]
    assert {"causes", "sla", "handling", "coverage", "quality", "workload", "workflow"} <= {
        each["name"] for each in items
    }


def test_what_cannot_be_reported_is_said_in_words(desk: Desk) -> None:
    answer = desk.run("report", "luck")
    assert answer.code == 2
    assert "there is no report luck; there are causes" in answer.err
    for weeks in ("0", "-1", "1041", "99999999"):
        answer = desk.run("report", "sla", "--weeks", weeks)
        assert answer.code == 2
        assert f"a report is of 1 to 1040 weeks, not of {weeks}" in answer.err
    assert desk.run("report", "sla", "--weeks", "two").code == 2
    answer = desk.run("report", "sla", "--by", "moon")
    assert answer.code == 2
    assert "grouped one way only" in answer.err


def test_a_time_that_no_desk_lives_in_is_wrong_use(desk: Desk) -> None:
    for year in ("0001", "9999"):
        answer = desk.run("--now", f"{year}-12-31T00:00:00Z", "report", "sla")
        assert answer.code == 2
        assert "the year is 1971 to 2100" in answer.err


def test_causes_are_the_worst_first_and_their_query_finds_their_orders(desk: Desk) -> None:
    causes = desk.json("report", "causes")["items"]
    assert [each["score"] for each in causes] == sorted((each["score"] for each in causes), reverse=True)
    worst = causes[0]
    found = desk.json("find", worst["query"], "--limit", "999")["items"]
    assert {item["number"] for item in found} == set(worst["orders"])


def test_people_read_bars_and_the_formula(desk: Desk) -> None:
    answer = desk.run("report", "causes")
    assert answer.code == 0
    assert "█" in answer.out
    assert "score: for every customer hit" in answer.out + answer.err


def test_a_round_of_the_worker_keeps_the_day(desk: Desk) -> None:
    with sqlite3.connect(next(desk.folder.rglob("desk.db"))) as kept:
        days = kept.execute("SELECT count(DISTINCT day), count(*) FROM quality_days").fetchone()
    kept.close()
    flaws = [row for row in desk.json("report", "quality", "--weeks", "1")["items"] if row["kind"] != "came_blank"]
    assert days == (1, max(1, len(flaws)))


def test_the_weeks_compared_say_what_the_other_reports_say(desk: Desk) -> None:
    clocks, calls = desk.json("report", "sla")["items"], desk.json("report", "coverage")["items"]
    loads = {row["when"]: row for row in desk.json("report", "workload")["items"]}
    weeks = desk.json("report", "trend")["items"]
    assert [row["week"] for row in weeks] == list(loads)
    for row in weeks:
        met = sum(each["met"] for each in clocks if each["week"] == row["week"])
        late = sum(each["late"] for each in clocks if each["week"] == row["week"])
        assert row["clocks_met"] == (round(100 * met / (met + late), 1) if met + late else None)
        kept = sum(each["kept"] for each in calls if each["week"] == row["week"])
        assert (row["calls_kept"] is not None) >= bool(kept)
        assert (row["orders_in"], row["backlog"]) == (loads[row["week"]]["orders_in"], loads[row["week"]]["backlog"])
