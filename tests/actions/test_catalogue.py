"""The catalogue: found by listing a folder, quick to load, complete, and with a plain key for what is pressed often."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from actions.acting import as_agent, blank

from oms_tui.actions import orders
from oms_tui.actions.base import GROUPS, Refused
from oms_tui.actions.catalogue import action, all_actions
from oms_tui.actions.run import run
from oms_tui.store.shapes import QueueItem
from oms_tui.ui.keys import key_map

if TYPE_CHECKING:
    from oms_tui.store.session import Session

ROOT = Path(__file__).parents[2]
PROMISED = {
    *("note", "tag", "assign", "claim", "hold", "release", "edit_address", "cancel", "refund", "record_receipt"),
    *("log_call", "remind", "snooze", "close", "reopen", "link", "unlink", "confirm_identity", "reject_identity"),
    *("resolve_conflict", "set_delay_reason", "draft", "send"),
}


def test_every_file_of_the_folder_is_an_action_called_like_it() -> None:
    files = {path.stem for path in Path(orders.__path__[0]).glob("*.py")} - {"__init__"}
    assert {each.id for each in all_actions()} == files
    assert files >= PROMISED


@pytest.mark.parametrize("each", all_actions(), ids=lambda each: each.id)
def test_every_action_says_what_it_is(each: object) -> None:
    from oms_tui.actions.base import Action

    assert isinstance(each, Action)
    assert each.group in GROUPS
    assert each.help.endswith(".")
    assert len(each.title) <= 18
    assert "reader" not in each.roles
    assert each.roles
    assert len({field.name for field in each.fields}) == len(each.fields)
    assert all(not field.words or len(field.words) == len(field.choices) for field in each.fields)


def test_no_two_things_want_the_same_key() -> None:
    key_map({}, all_actions())
    keys = [each.key for each in all_actions() if each.key]
    assert len(keys) == len(set(keys))


def test_an_unknown_action_is_told_with_the_nearest() -> None:
    with pytest.raises(Refused, match="no action 'snoze'") as refused:
        action("snoze")
    assert refused.value.hint.startswith("did you mean snooze")
    assert action("set-delay-reason").id == "set_delay_reason"


def test_loading_all_of_it_brings_nothing_heavy() -> None:
    code = "from oms_tui.actions.catalogue import all_actions; all_actions(); import sys; print(*sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = set(answer.stdout.split())
    assert not {name.partition(".")[0] for name in loaded} & {
        "textual",
        "rich",
        "jinja2",
        "email",
        "sqlmodel",
        "decimal",
    }
    assert not {"oms_tui.store.driver", "oms_tui.domain.mail_building", "oms_tui.domain.normalise"} & loaded


def test_a_reader_may_do_nothing_and_a_warehouse_may_not_write_to_customers(session: Session) -> None:
    order = blank(QueueItem, number="1")
    for each in all_actions():
        assert each.refusal(as_agent(session, "eye"), order) == (
            f"Eye Only works here as reader; it takes {', '.join(sorted(r.replace('_', ' ') for r in each.roles))}"
        )
    forbidden = {each.id for each in all_actions() if each.allowed(as_agent(session, "wim"))}
    assert {"draft", "send", "refund", "cancel", "link", "close", "assign"} <= forbidden
    assert not {"note", "snooze", "hold", "release", "set_delay_reason"} & forbidden


def test_who_may_not_is_refused_before_anything_is_read(session: Session) -> None:
    with pytest.raises(Refused) as refused:
        run(as_agent(session, "eye"), "note", [1], {"text": "hello"})
    assert refused.value.code == "forbidden"
