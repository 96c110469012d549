"""Dialogs: each hands back one typed answer, and what is destructive takes a key of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ui_order import sample
from ui_order.desk import Desk
from ui_order.screen_text import text, widths

from oms_tui.actions.base import Action, Field, Outcome
from oms_tui.domain.business_time import BusinessHours
from oms_tui.domain.policy import DeskPolicy
from oms_tui.store.session import AgentFacts, Session
from oms_tui.ui.composer.addresses import addresses, line_of
from oms_tui.ui.composer.editor import EditorError, edit, editor_command
from oms_tui.ui.composer.saving import Saving, Written, how_long
from oms_tui.ui.dialogs.action_form import ActionForm
from oms_tui.ui.dialogs.ask_path import completed
from oms_tui.ui.dialogs.confirm import Confirm
from oms_tui.ui.dialogs.reader import MessageReader
from oms_tui.ui.order.frame import Frame

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio

FRAME = Frame(sample.NOW, sample.ZONE, {}, "ana")


class NoStore:
    """A form reads rules and the clock, never the store."""

    read_only = False


def session() -> Session:
    policy = DeskPolicy(zone=sample.ZONE, hours=BusinessHours.always(sample.ZONE))
    agents = {"ana": AgentFacts("ana", "Ana Ruiz"), "ben": AgentFacts("ben", "Ben Ito")}
    return Session(NoStore(), policy, agents["ana"], agents, clock=lambda: sample.NOW)  # type: ignore[arg-type]


def nothing(_session: Session, _order: Any, _fields: Any) -> Outcome:
    return Outcome("done")


CALL = Action(
    id="log_call",
    title="Log call",
    help="Logs a call.",
    group="calls",
    apply=nothing,
    fields=(
        Field(
            "outcome",
            "Outcome",
            "choice",
            required=True,
            choices=("reached", "no_answer"),
            words=("reached", "no answer"),
        ),
        Field("note", "Note"),
        Field("when", "Try again", "when"),
        Field("who", "Who", "agent"),
        Field("quiet", "Quietly", "flag", default="no"),
    ),
)
CANCEL = Action(
    id="cancel",
    title="Cancel",
    help="Cancels the order.",
    group="order",
    apply=nothing,
    destructive=True,
    fields=(Field("reason", "Reason", required=True),),
)


async def ask(action: Action, *keys: str, size: tuple[int, int] = (100, 40)) -> tuple[dict[str, str] | None, str]:
    """Open a form, press keys; what came back and what the screen said before the last key."""
    app = Desk(sample.order())
    got: list[dict[str, str] | None] = []
    async with app.run_test(size=size) as pilot:
        await app.push_screen(ActionForm(action, session(), "#10482 Jan Kowal"), got.append)
        await pilot.pause()
        for key in keys[:-1]:
            await pilot.press(key)
            await pilot.pause()
        shown = text(app)
        assert widths(app) == {size[0]}
        await pilot.press(keys[-1])
        await pilot.pause()
    return (got[0] if got else None), shown


async def test_a_call_is_logged_in_two_keys_after_its_own() -> None:
    answer, shown = await ask(CALL, "2", "enter")
    assert "● 2 no answer" in shown
    assert answer == {"outcome": "no_answer", "note": "", "when": "", "who": "", "quiet": "no"}


async def test_a_letter_goes_to_the_option_that_begins_with_it() -> None:
    answer, _ = await ask(CALL, "n", "enter")
    assert answer is not None
    assert answer["outcome"] == "no_answer"


async def test_a_business_time_is_read_while_it_is_typed() -> None:
    answer, shown = await ask(CALL, "tab", *"called twice", "tab", *"tomorrow 9:00", "tab")
    assert "Wed 25 Nov 2026 09:00, in 22h" in shown
    assert answer is None
    _, wrong = await ask(CALL, "tab", "tab", *"xx", "enter")
    assert "'xx' is no time" in wrong


async def test_what_cannot_be_read_is_not_handed_back() -> None:
    answer, _ = await ask(CALL, "tab", "tab", *"xx", "enter", "enter")
    assert answer is None


async def test_colleagues_are_offered_by_name() -> None:
    _, shown = await ask(CALL, "tab", "tab", "tab", "down")
    assert "Ana Ruiz" in shown
    assert "Ben Ito" in shown
    assert "○   none" in shown or "●   none" in shown


async def test_a_choice_that_is_folded_says_that_there_are_others() -> None:
    _, shown = await ask(CALL, "tab", "tab")
    assert "● reached ▾" in shown
    assert "2 no answer" not in shown


async def test_escape_hands_back_nothing() -> None:
    answer, _ = await ask(CALL, "2", "escape")
    assert answer is None


@pytest.mark.parametrize("size", [(80, 24), (60, 16), (40, 12)])
async def test_a_form_fits_a_small_terminal(size: tuple[int, int]) -> None:
    answer, _ = await ask(CALL, "tab", "tab", "tab", "tab", "enter", size=size)
    assert answer is not None


async def test_what_is_destructive_is_not_done_by_the_key_that_asked() -> None:
    answer, shown = await ask(CANCEL, *"twice", "enter", "enter", "enter")
    assert answer is None
    assert "y cancel" in shown
    answer, _ = await ask(CANCEL, *"twice", "enter", "y")
    assert answer == {"reason": "twice"}


async def test_a_required_field_that_is_missing_is_named() -> None:
    answer, shown = await ask(CANCEL, "enter", "escape")
    assert answer is None
    assert "Reason is missing" in shown


@pytest.mark.parametrize(
    ("key", "answer"), [("d", True), ("n", False), ("escape", None), ("enter", "open"), ("x", "open")]
)
async def test_a_question_is_answered_by_its_own_letter_only(key: str, answer: object) -> None:
    app = Desk(sample.order())
    got: list[object] = []
    async with app.run_test(size=(100, 40)) as pilot:
        await app.push_screen(Confirm("Discard", f"{sample.HOSTILE}", "d", "discard it"), got.append)
        await pilot.press(key)
        await pilot.pause()
        assert got == ([] if answer == "open" else [answer])
        assert "[/b]" in text(app) or answer != "open"


@pytest.mark.parametrize("size", [(160, 48), (80, 24)])
async def test_a_mail_is_read_on_the_whole_screen_with_its_quotes(size: tuple[int, int]) -> None:
    app = Desk(sample.order())
    async with app.run_test(size=size) as pilot:
        await pilot.press("5", "o")
        await pilot.pause()
        shown = text(app)
        assert "Jan Kowal <j.k.private@example.net>" in shown
        assert "thank you for your order #10482." in shown
        await pilot.press("e")
        await pilot.pause()
        assert "▸ 12 quoted lines" in text(app)


async def test_a_hostile_mail_is_read_as_text() -> None:
    app = Desk(sample.hostile())
    async with app.run_test(size=(100, 40)) as pilot:
        letter = sample.hostile().conversations[0].messages[0]
        await app.push_screen(MessageReader(letter, FRAME))
        await pilot.pause()
        shown = text(app)
        assert "[@click=app.quit]" in shown
        assert "\x1b" not in shown
        assert widths(app) == {100}


# ---- without a screen


def test_addresses_are_told_apart_where_commas_do_not() -> None:
    line = 'a@example.net, "Kowal, Jan" <jan@firma.example>; b@example.net,,'
    assert addresses(line) == ("a@example.net", '"Kowal, Jan" <jan@firma.example>', "b@example.net")
    assert addresses(line_of(addresses(line))) == addresses(line)
    assert addresses("  ") == ()


def test_only_what_differs_is_saved_and_only_once() -> None:
    kept = Written(("a@b.example",), (), "Re: Hello", "Dear", quote=True)
    saving = Saving(kept, 1_000)
    now = Written(("a@b.example",), (), "Re: Hello", "Dear Jan", quote=True)
    assert saving.to_keep(now) == {"body": "Dear Jan"}
    saving.asked(1, now)
    assert saving.to_keep(now) == {}
    assert saving.words(now, 2_000) == ("saving …", "muted")
    assert saving.answered(1, "", 2_000)
    assert saving.safe(now)
    assert saving.words(now, 5_000) == ("saved 3s ago", "good")


def test_after_a_failed_save_all_of_it_is_asked_again() -> None:
    saving = Saving(Written(), 0)
    first, second = Written(body="a"), Written(body="a", subject="s")
    saving.asked(1, first)
    saving.asked(2, second)
    assert saving.answered(1, "the disk is full", 5)
    assert saving.to_keep(second) == {"body": "a", "subject": "s"}
    assert saving.words(second, 5) == ("NOT SAVED: the disk is full", "alarm")
    assert not saving.answered(9, "", 5)


@pytest.mark.parametrize(
    ("age", "words"), [(-5, "0s"), (9_999, "9s"), (10_000, "10s"), (19_999, "10s"), (60_000, "1m"), (3_600_000, "1h")]
)
def test_an_age_changes_seldom_once_it_is_old(age: int, words: str) -> None:
    assert how_long(age) == words


def test_an_editor_is_a_command_with_words() -> None:
    assert editor_command({"VISUAL": "", "EDITOR": "vim -f '+set tw=72'"}) == ["vim", "-f", "+set tw=72"]
    for environment in ({}, {"EDITOR": "  "}, {"EDITOR": "vim 'x"}):
        with pytest.raises(EditorError):
            editor_command(environment)


@pytest.mark.parametrize(
    "script", ["exit 3", "printf '\\377\\376' > \"$1\"", 'rm "$1"', 'head -c 1500000 /dev/zero > "$1"']
)
def test_an_editor_that_fails_leaves_the_text_as_it_was(tmp_path: Path, script: str) -> None:
    editor = tmp_path / "editor"
    editor.write_text(f"#!/bin/sh\n{script}\n")
    editor.chmod(0o700)
    with pytest.raises(EditorError, match="as it was"):
        edit("Dear Jan", [str(editor)])
    with pytest.raises(EditorError, match="cannot be started"):
        edit("Dear Jan", [str(tmp_path / "nowhere")])


def test_a_path_is_completed_as_far_as_it_is_certain(tmp_path: Path) -> None:
    for name in ("invoice-1.pdf", "invoice-2.pdf", ".hidden"):
        (tmp_path / name).write_text("")
    (tmp_path / "photos").mkdir()
    assert completed(f"{tmp_path}/in") == (f"{tmp_path}/invoice-", ["invoice-1.pdf", "invoice-2.pdf"])
    assert completed(f"{tmp_path}/ph") == (f"{tmp_path}/photos/", ["photos/"])
    assert completed(f"{tmp_path}/x") == (f"{tmp_path}/x", [])
    assert completed(f"{tmp_path}/nowhere/x") == (f"{tmp_path}/nowhere/x", [])
    assert completed(f"{tmp_path}/.h") == (f"{tmp_path}/.hidden", [".hidden"])
