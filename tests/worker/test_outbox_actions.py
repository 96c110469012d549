"""Writes to other systems leave once: with a key, and asked about when no answer came."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from connectors.base import Account
from connectors.errors import Conflict, ConnectorError, OutcomeUnknown, Rejected, Temporary
from oms_tui.sync.outbox_actions import ActionRunner

if TYPE_CHECKING:
    from conftest import Desk
    from servers.scripted_shop import Script

NOW = 1_790_000_000_000
MINUTE = 60_000


class Writing:
    """A desk that writes to a shop."""

    def __init__(self, desk: Desk, shop: Script) -> None:
        from servers.scripted_shop import ScriptedShop

        self.desk, self.shop = desk, shop
        self.told: list[str] = []
        connector = ScriptedShop(Account("shop", {}, desk.folder))
        self.runner = ActionRunner(desk.session, {"shop": connector}, done=lambda item: self.told.append(item["id"]))

    def wants(self, **changes: Any) -> str:
        payload = json.dumps({"action": "note", "fields": {"text": "call first"}, "expect": "v7"})
        return self.desk.reply(kind="order_action", account="shop", payload=payload, raw=b"", **changes)


@pytest.fixture
def writing(desk: Desk, shops: dict[str, Script]) -> Writing:
    return Writing(desk, shops["shop"])


def test_a_note_is_written_once_with_its_key_and_the_version_it_was_decided_on(writing: Writing) -> None:
    key = writing.wants(not_before=NOW + 5000)
    writing.runner.tick(NOW)
    assert writing.desk.state(key) == "held"
    writing.runner.tick(NOW + 5000)
    assert writing.desk.state(key) == "filed"
    assert writing.shop.calls == ["perform"]
    action = writing.shop.performed[key]
    assert (action.kind, action.order.remote_id, action.fields) == ("note", "42", {"text": "call first"})
    assert writing.shop.expected == "v7"
    assert writing.desk.events() == ["source_note"]
    assert writing.told == [key]  # so that its order is read again


def test_a_mail_runner_does_not_touch_it_nor_it_a_mail(writing: Writing) -> None:
    key, mail = writing.wants(), writing.desk.reply()
    writing.runner.tick(NOW)
    assert (writing.desk.state(key), writing.desk.state(mail)) == ("filed", "held")
    other = writing.wants()
    writing.desk.runner().tick(NOW)
    assert (writing.desk.state(other), writing.desk.state(mail)) == ("held", "filed")


def test_a_lost_answer_is_asked_about_and_not_repeated(writing: Writing) -> None:
    key = writing.wants(state="sending", phase="committing", attempts=1)
    writing.shop.performed[key] = None  # type: ignore[assignment]  # it was done, and the answer was lost
    writing.runner.tick(NOW)
    assert writing.desk.state(key) == "filed"
    assert writing.shop.calls == ["confirm"]


def test_what_was_not_done_is_done_after_some_minutes_of_asking(writing: Writing) -> None:
    key = writing.wants()
    writing.shop.faults = [OutcomeUnknown("no answer")]
    writing.runner.tick(NOW)
    assert writing.desk.state(key) == "sending"
    for seconds in range(5, 170, 5):
        writing.runner.tick(NOW + seconds * 1000)
    assert writing.desk.state(key) == "sending"
    assert writing.shop.calls.count("perform") == 1
    writing.runner.tick(NOW + 4 * MINUTE)
    writing.runner.tick(NOW + 4 * MINUTE)
    assert writing.desk.state(key) == "filed"
    assert writing.shop.calls.count("perform") == 2


def test_where_nobody_can_tell_a_person_decides_and_a_late_answer_still_counts(writing: Writing) -> None:
    key = writing.wants()
    writing.shop.faults = [OutcomeUnknown("no answer")]
    writing.runner.tick(NOW)
    writing.shop.fault = Temporary("nobody there")
    writing.runner.tick(NOW + 4 * MINUTE)
    assert writing.desk.state(key) == "in_doubt"
    writing.shop.fault = None
    writing.runner.tick(NOW + 10 * MINUTE)
    assert writing.desk.state(key) == "in_doubt"  # that it was not done is for a person to judge now
    writing.shop.performed[key] = None  # type: ignore[assignment]
    writing.runner.tick(NOW + 20 * MINUTE)
    assert writing.desk.state(key) == "filed"
    assert writing.shop.calls.count("perform") == 1


@pytest.mark.parametrize("error", [Rejected("no such right"), Conflict("it was changed meanwhile")])
def test_a_refusal_is_told(writing: Writing, error: ConnectorError) -> None:
    key = writing.wants()
    writing.shop.fault = error
    writing.runner.tick(NOW)
    writing.runner.tick(NOW + 60 * MINUTE)
    assert writing.desk.state(key) == "failed"
    assert str(error) in writing.desk.item(key)["error"]
    assert writing.shop.calls == ["perform"]


def test_a_shop_out_of_reach_is_tried_again(writing: Writing) -> None:
    key = writing.wants()
    writing.shop.faults = [Temporary("nobody there")]
    writing.runner.tick(NOW)
    assert writing.desk.state(key) == "queued"
    writing.runner.tick(NOW + MINUTE)
    assert writing.desk.state(key) == "filed"


def test_a_fault_of_ours_in_the_middle_counts_as_in_doubt(writing: Writing) -> None:
    key = writing.wants()
    writing.shop.faults = [ZeroDivisionError("a bug")]
    writing.runner.tick(NOW)
    assert writing.desk.state(key) == "sending"
