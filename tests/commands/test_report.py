"""How long customers waited, told with the way the figure was made."""

from __future__ import annotations

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
