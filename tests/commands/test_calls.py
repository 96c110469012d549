"""Milestone calls from the command line: the shape scripts rely on, and a call logged with its warning."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from commands.conftest import Desk

SHAPE = {
    "number", "customer", "tier", "account_manager", "milestone", "reached_at", "due_at", "state", "owner", "attempts",
    "chasing",
}  # fmt: skip


def worked_at(desk: Desk) -> set[str]:
    """One that was missed is called, and one that is in time, if it is an hour at which there is one; what they are."""
    items = desk.json("calls")["items"]
    made = set()
    for state, then in (("missed", "late"), ("due", "kept")):
        number = next((item["number"] for item in items if item["state"] == state), None)
        if number is not None:
            desk.json("do", "log_call", number, "--outcome", "reached")
            made.add(then)
    return made


def test_calls_have_the_shape_that_was_promised_and_each_filter_keeps_its_word(desk: Desk) -> None:
    made = worked_at(desk)
    everything = desk.json("calls")
    for item in everything["items"]:
        assert item.keys() >= SHAPE
        assert item["tier"] == "key", "nobody else has a policy, and one-off customers never"
        assert item["reached_at"] <= item["due_at"]
    states = {item["state"] for item in everything["items"]}
    assert states >= made > set()
    assert sum(everything["counts"].values()) == len(everything["items"])
    for state in sorted(states):
        found = desk.json("calls", f"--{state}", "--tier", "key")["items"]
        assert found == [item for item in everything["items"] if item["state"] == state]


def test_pages_follow_each_other(desk: Desk) -> None:
    numbers: list[tuple[str, str]] = []
    after: list[str] = []
    while True:
        page = desk.json("calls", "--limit", "7", *after)
        numbers += [(item["number"], item["milestone"]) for item in page["items"]]
        if page["next"] is None:
            break
        after = ["--after", page["next"]]
    assert numbers == [(item["number"], item["milestone"]) for item in desk.json("calls")["items"]]
    assert len(set(numbers)) == len(numbers)


def test_what_nobody_can_mean_is_told(desk: Desk) -> None:
    for arguments in (("--tier", "gold"), ("--owner", "zorro"), ("--after", "yesterday"), ("--limit", "0")):
        assert desk.run("calls", *arguments).code == 2, arguments
    nothing = desk.run("calls", "--tier", "standard", "--json")
    assert (nothing.code, nothing.json["items"]) == (1, [])


def test_a_call_that_reached_them_leaves_the_board_and_no_answer_comes_again(desk: Desk) -> None:
    open_ones = [item for item in desk.json("calls")["items"] if item["open"]]
    number = open_ones[0]["number"]

    desk.json("do", "log_call", number, "--outcome", "no_answer", "--at", "2d")
    tried = [item for item in desk.json("calls")["items"] if item["number"] == number and item["open"]]
    assert {item["attempts"] > 0 for item in tried} == {True}
    assert {item["due_at"] for item in tried} != {open_ones[0]["due_at"]}

    desk.json("do", "log_call", number, "--outcome", "reached", "--note", "glad")
    after = [item for item in desk.json("calls")["items"] if item["number"] == number]
    assert not any(item["open"] for item in after)
    assert {item["state"] for item in after} <= {"kept", "late", "missed"}
    shown = desk.json("show", number)
    assert shown["calls"][0]["note"] == "glad"
    assert shown["milestone_calls"] == sorted(after, key=lambda item: (item["reached_at"], item["milestone"]))


def test_a_call_that_was_not_made_stands_on_the_timeline(desk: Desk) -> None:
    missed = next(item for item in desk.json("calls", "--missed")["items"] if item["open"])
    timeline = desk.json("show", missed["number"])["timeline"]
    told = [event for event in timeline if event["kind"] == "call_missed"]
    assert missed["due_at"] in {event["occurred_at"] for event in told}
    assert "is not made" in told[0]["summary"]


def test_a_courtesy_call_to_a_one_off_customer_warns(desk: Desk) -> None:
    found = desk.json("find", "tier:one_off -mail.waiting:*", "--limit", "1")["items"][0]["number"]
    answer = desk.run("do", "log_call", found, "--outcome", "reached", "--json")
    assert answer.json["items"][0]["warning"] == "a one-off customer does not expect courtesy calls"
    told = desk.run("do", "log_call", found, "--outcome", "reached")
    assert (told.code, "does not expect" in told.err) == (0, True)


def test_the_words_of_queries_find_what_the_board_lists(desk: Desk) -> None:
    made = worked_at(desk)
    items = desk.json("calls")["items"]
    for state in sorted(made):
        listed = {item["number"] for item in items if item["state"] == state}
        found = {item["number"] for item in desk.json("find", f"call:{state}", "--limit", "500")["items"]}
        assert found == listed
    placed = {item["number"] for item in items if item["milestone"] == "placed"}
    assert {item["number"] for item in desk.json("find", "milestone:placed", "--limit", "500")["items"]} == placed


def test_the_doctor_says_that_calls_to_one_off_customers_are_not_made(desk: Desk) -> None:
    config = desk.folder / "config.toml"
    text = config.read_text(encoding="utf-8").replace("[tiers.one_off]", '[tiers.one_off]\ncalls = ["placed"]')
    config.write_text(text, encoding="utf-8")
    assert "its calls are not made" in desk.run("doctor", "--offline").out
    assert desk.run("sync", "--once").code == 0
    assert {item["tier"] for item in desk.json("calls")["items"]} == {"key"}
