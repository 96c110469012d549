"""Tiers, absences, identities and conflicts from outside: what scripts read and say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from commands.conftest import Desk


def first(desk: Desk, query: str) -> str:
    return str(desk.json("find", query)["items"][0]["number"])


def test_tiers_are_listed_with_how_many_are_in_them(desk: Desk) -> None:
    tiers = {item["name"]: item for item in desk.json("tiers")["items"]}
    assert list(tiers) == ["key", "priority", "one_off", "standard"]
    assert tiers["key"]["account_manager"] == "lea"
    assert tiers["one_off"]["customers"] == tiers["one_off"]["orders"] > 0
    assert sum(item["orders"] for item in tiers.values()) == desk.json("find", "number:*", "--count")["count"]


def test_a_preview_counts_and_names_whom_a_rule_would_move(desk: Desk) -> None:
    before = {item["name"]: item["customers"] for item in desk.json("tiers")["items"]}
    told = desk.json("tiers", "preview", "--tier", "priority", "--when", "customer.orders:>=2", "--limit", "3")
    assert len(told["items"]) == min(3, told["changed"])
    assert {item["to"] for item in told["items"]} == {"priority"}
    assert told["items"][0]["why"].endswith("orders")
    assert desk.json("tiers", "preview")["changed"] == 0, "nothing was edited"
    assert {item["name"]: item["customers"] for item in desk.json("tiers")["items"]} == before


def test_a_config_that_was_edited_is_previewed_and_then_taken_over(desk: Desk) -> None:
    config = desk.folder / "config.toml"
    config.write_text(config.read_text(encoding="utf-8").replace("customer.orders:>=3", "customer.orders:>=2"))
    told = desk.json("tiers", "preview", "--limit", "1000")
    assert told["changed"] > 0
    moved = told["items"][0]
    assert desk.json("show", moved["number"])["customer"]["tier"] == moved["from"]
    assert desk.run("sync", "--once").code == 0
    after = desk.json("show", moved["number"])["customer"]
    assert (after["tier"], after["tier_reason"]) == (moved["to"], moved["why"])
    assert desk.json("tiers", "preview")["changed"] == 0


def test_a_rule_that_cannot_be_used_is_refused_with_why(desk: Desk) -> None:
    answer = desk.run("tiers", "preview", "--tier", "key", "--when", "stock:short", "--json")
    assert answer.code == 2
    assert "cannot be found by stock" in answer.json["error"]["message"]
    assert desk.run("tiers", "preview", "--tier", "key").code == 2


def test_who_is_away_is_stood_in_for_until_they_are_back(desk: Desk) -> None:
    number = first(desk, "tier:key mail.waiting:>0h")
    assert desk.json("show", number)["order"]["owner"] == "lea"
    done = desk.json("--as", "lea", "absent", "until", "2d", "--note", "at the fair")
    assert done["warning"] is None
    [absence] = desk.json("absent")["items"]
    assert (absence["agent"], absence["stand_in"], absence["source"], absence["note"]) == (
        "lea", "ana", "desk", "at the fair",
    )  # fmt: skip
    shown = desk.json("show", number)
    assert (shown["order"]["owner"], shown["customer"]["account_manager_acting"]) == ("ana", "ana")
    assert number in {item["number"] for item in desk.json("--as", "ana", "find", "owner:me")["items"]}
    assert desk.run("--as", "ben", "absent", "until", "2d", "lea").code == 4, "only a lead says it of others"
    desk.json("--as", "lea", "absent", "until", "2d", "--deputy", "ben")
    assert [each["stand_in"] for each in desk.json("absent")["items"]] == ["ben"]
    assert desk.run("--as", "lea", "absent", "until", "2d", "--deputy", "zorro").code == 2
    assert desk.run("--as", "lea", "absent", "back").code == 0
    assert desk.json("show", number)["order"]["owner"] == "lea"


def test_a_decision_about_two_customers_and_back(desk: Desk) -> None:
    maria = [item["number"] for item in desk.json("find", 'customer:"maria lund"', "--sort", "placed")["items"]]
    before = {number: _but_the_log(desk.json("show", number)) for number in maria}
    related = desk.json("show", maria[0])["related"]
    assert {each["state"] for each in related} == {"proposed"}
    assert all(each["evidence"] and each["strength"] for each in related)
    other = related[0]["number"]
    assert desk.run("do", "confirm_identity", maria[0], "--identity", other, "--json").code == 0
    customer = desk.json("show", other)["customer"]
    assert customer["orders"] == 2
    assert desk.run("do", "undo_identity", maria[0], "--identity", other, "--json").code == 0
    assert {number: _but_the_log(desk.json("show", number)) for number in maria} == before


def test_every_order_of_one_person_has_the_persons_tier_as_soon_as_it_is_decided(desk: Desk) -> None:
    """Nobody syncs between the decision and the list: a script reads at once what a lead said."""

    def tiers() -> dict[str, str]:
        return {item["number"]: item["tier"] for item in desk.json("find", 'customer:"maria lund"')["items"]}

    def say(action: str, other: str) -> None:
        assert desk.run("do", action, one, "--identity", other, "--json").code == 0

    one, two, three = sorted(tiers())
    assert tiers() == {one: "one_off", two: "one_off", three: "one_off"}
    say("confirm_identity", two)
    assert tiers() == {one: "standard", two: "standard", three: "one_off"}
    say("confirm_identity", three)
    assert tiers() == {one: "priority", two: "priority", three: "priority"}
    say("undo_identity", two)
    assert tiers() == {one: "standard", two: "one_off", three: "standard"}
    assert desk.run("undo").code == 0
    told = tiers()
    assert told == {one: "priority", two: "priority", three: "priority"}
    assert desk.run("sync", "--once").code == 0
    assert tiers() == told


def _but_the_log(shown: dict[str, Any]) -> dict[str, Any]:
    """Everything but what people did, and what grows older while one looks."""
    return {name: value for name, value in shown.items() if name not in {"timeline", "actions"}}


def test_a_label_for_another_house_is_found_and_settled(desk: Desk) -> None:
    number = first(desk, "conflict:ship_to")
    shown = desk.json("show", number)
    [conflict] = [each for each in shown["conflicts"] if each["field"] == "ship_to"]
    assert conflict["parts"] == ["street"]
    assert [(value["source"], value["what"]) for value in conflict["values"]] == [("shop", None), ("depot", "label")]
    roles = {party["role"] for party in shown["parties"]}
    assert {"merchant", "customer", "carrier", "warehouse"} <= roles
    answer = desk.run("do", "resolve_conflict", number, "--field", "ship_to", "--value", "shop", "--json")
    assert answer.code == 0
    [done] = answer.json["items"]
    assert "by hand in depot label" in done["why"]
    after = desk.json("show", number)
    assert [task["kind"] for task in after["tasks"] if task["state"] == "open"].count("correction") == 1
    assert desk.run("undo").code == 0
    assert [each["state"] for each in desk.json("show", number)["conflicts"] if each["field"] == "ship_to"] == ["open"]
