"""Rules from outside: what each finds and did, a dry run, what is wrong with one, undo, and a cache made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from commands.conftest import Desk


def with_rules(desk: Desk, text: str) -> None:
    with (desk.folder / "config.toml").open("a", encoding="utf-8") as config:
        config.write(text)


def listed(desk: Desk) -> dict[str, Any]:
    return {item["name"]: item for item in desk.json("rules", "list")["items"]}


def runs(desk: Desk, rule: str = "") -> list[tuple[str, str, str]]:
    answer = desk.run("rules", "runs", *([rule] if rule else []), "--limit", "500", "--json")
    return sorted((run["rule"], run["number"], run["state"]) for run in answer.json["items"])


def test_the_first_round_has_carried_out_the_rules_and_a_second_one_does_nothing_more(desk: Desk) -> None:
    before = runs(desk)
    assert "large" in {rule for rule, *_ in before}
    assert desk.run("sync", "--once").code == 0
    assert runs(desk) == before
    rules = listed(desk)
    assert rules["large"]["done"] == rules["large"]["finds"] > 0
    assert rules["release"]["enabled"] is False
    assert rules["release"]["done"] == 0


def test_a_cache_made_anew_makes_no_rule_act_again(desk: Desk) -> None:
    with_rules(
        desk, '\n[rules.thanks]\nwhen = "number:1042"\ndo = "draft"\nfields = { macro = "thanks" }\nagain = "returns"\n'
    )
    assert desk.run("sync", "--once").code == 0
    before, drafts = runs(desk), desk.json("find", "has:prepared", "--count")
    assert ("thanks", "1042", "done") in before
    assert desk.run("store", "rebuild-cache").code == 0
    assert desk.run("sync", "--once").code == 0
    assert runs(desk) == before
    assert desk.json("find", "has:prepared", "--count") == drafts


def test_a_dry_run_lists_orders_and_what_would_happen_and_changes_nothing(desk: Desk) -> None:
    with_rules(desk, '\n[rules.trial]\nwhen = "payment:paid state:open"\ndo = "tag"\nfields = { tags = "trial" }\n')
    would = desk.json("rules", "run", "--dry", "trial")
    assert would["dry"] is True
    assert {(item["action"], item["result"], item["why"]) for item in would["items"]} == {
        ("tag", "previewed", "tagged trial")
    }
    assert runs(desk, "trial") == []
    done = desk.json("rules", "run", "trial")
    assert len(done["items"]) == len(would["items"])
    assert {item["result"] for item in done["items"]} == {"done"}
    assert desk.run("rules", "run", "trial").code == 1, "nothing is left to do"


def test_what_a_rule_did_is_taken_back_and_done_again_when_somebody_asks(desk: Desk) -> None:
    _, number, _ = next(run for run in runs(desk, "large"))
    assert desk.run("rules", "undo", "large", number).code == 0
    assert ("large", number, "undone") in runs(desk, "large")
    assert desk.run("sync", "--once").code == 0
    assert ("large", number, "undone") in runs(desk, "large")
    assert desk.json("rules", "again", "large", number) == {"rule": "large", "orders": 1}
    assert desk.run("sync", "--once").code == 0
    assert ("large", number, "done") in runs(desk, "large")


def test_a_wrong_rule_is_told_with_why_and_the_others_go_on(desk: Desk) -> None:
    with_rules(desk, '\n[rules.money]\nwhen = "payment:paid"\ndo = "refund"\n')
    answer = desk.run("rules", "check", "--json")
    assert answer.code == 2
    (wrong,) = [item for item in answer.json["items"] if item["error"]]
    assert wrong["name"] == "money"
    assert "without_asking = true" in wrong["error"]
    assert desk.run("sync", "--once").code == 0
    assert runs(desk, "money") == []


def test_a_rule_may_be_a_file_of_its_own(desk: Desk) -> None:
    folder = desk.folder / "rules"
    folder.mkdir()
    (folder / "old.toml").write_text('when = "placed:>3d"\ndo = "tag"\nfields = { tags = "old" }\n', encoding="utf-8")
    assert listed(desk)["old"]["done"] == 0
    assert desk.run("sync", "--once").code == 0
    assert listed(desk)["old"]["done"] > 0


def test_a_key_of_a_rule_that_is_none_names_its_line(desk: Desk) -> None:
    with_rules(desk, '\n[rules.x]\nwhen = "payment:paid"\ndo = "tag"\nagain = "sometimes"\n')
    answer = desk.run("rules", "check")
    assert answer.code == 2
    assert "never, returns" in answer.err


def test_what_a_rule_did_stands_on_the_orders_timeline(desk: Desk) -> None:
    _, number, _ = next(run for run in runs(desk, "large"))
    shown = desk.json("show", number)
    assert any(event["summary"] == "rule large: tagged large" for event in shown["timeline"])


def test_doctor_names_a_rule_that_cannot_be_carried_out(desk: Desk) -> None:
    with_rules(desk, '\n[rules.gone]\nwhen = "payment:paid"\ndo = "draft"\nfields = { macro = "no-such-letter" }\n')
    answer = desk.run("doctor", "--json")
    assert any(
        "no-such-letter" in str(finding) and "rule 'gone'" in str(finding) for finding in answer.json["items"]
    ), answer.out


def test_the_lead_is_told_of_who_waits_and_says_when_it_is_seen_to(desk: Desk) -> None:
    with_rules(desk, '\n[rules.tell]\nwhen = "total:>1000"\ndo = "escalate"\nfields = { to = "lead", why = "look" }\n')
    assert desk.run("sync", "--once").code == 0
    notices = desk.json("notices", "--as", "lea")["items"]
    assert ("escalation", "role:lead", "rule:tell") in {(each["kind"], each["to"], each["by"]) for each in notices}
    assert all(each["number"] and each["words"] for each in notices)
    assert desk.run("notices", "--as", "ana").code == 1, "it is not for her"
    assert desk.json("notices", "done", notices[0]["id"][:12], "--as", "lea") == {"done": 1}
    assert len(desk.run("notices", "list", "--as", "lea", "--json").json["items"]) == len(notices) - 1
    (seen,) = desk.json("notices", "list", "--seen", "--as", "lea")["items"]
    assert seen["done_by"] == "lea"
    assert desk.run("notices", "done", "nothing", "--as", "lea").code == 1
