"""Writing a reply: nothing typed is lost, nothing unfinished leaves, nothing leaves by one key."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from ui_order import sample
from ui_order.desk import Desk, draft, outgoing
from ui_order.screen_text import styles_of, text, widths

from oms_tui.actions.reply_check import Problem

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from oms_tui.ui.composer.composer import Composer

pytestmark = pytest.mark.anyio

SIZE = (118, 46)


async def begin(app: Desk, pilot: Pilot[None]) -> Composer:
    """Press the key of panel 6 and wait until one can write."""
    await pilot.press("6")
    for _ in range(5):
        await pilot.pause()
        if app.pane.composer is not None and app.pane.writing:
            break
    await pilot.pause()
    assert app.pane.composer is not None
    return app.pane.composer


async def settled(pilot: Pilot[None], seconds: float = 0.0) -> None:
    """Let messages and timers go their way."""
    await pilot.pause(seconds)
    await pilot.pause()


async def test_the_editor_is_loaded_only_when_somebody_writes() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert app.pane.composer is None
        await begin(app, pilot)
        assert app.focused is app.pane.composer.body


@pytest.mark.parametrize("size", [(160, 48), (118, 46), (80, 34)])
async def test_a_reply_opens_with_thread_and_stock_still_in_view(size: tuple[int, int]) -> None:
    app = Desk(sample.order())
    async with app.run_test(size=size) as pilot:
        await begin(app, pilot)
        shown = text(app)
        for words in (
            "1 Lines and stock",
            "5 Conversation",
            "6 Reply · j.k.private@example.net",
            "Re: Hello??",
            "still no parcel",
            "Lamp, blue",
        ):
            assert words in shown
        assert widths(app) == {size[0]}


async def test_in_a_small_terminal_the_thread_stands_above_the_reply_and_other_panels_are_a_chord_away() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=(80, 22)) as pilot:
        composer = await begin(app, pilot)
        assert "still no parcel" in text(app)
        await pilot.press("alt+1")
        await pilot.pause()
        assert "1 Lines and stock" in text(app)
        await pilot.press("alt+6")
        await pilot.pause()
        assert "1 Lines and stock" in text(app)
        assert app.focused is composer.body


async def test_what_is_typed_is_saved_within_a_second_while_typing_goes_on() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=SIZE) as pilot:
        await begin(app, pilot)
        await pilot.press(*"Dear")
        await settled(pilot, 0.6)
        assert app.reader.draft.body.startswith("Dear\n")
        await pilot.press(*" Jan")
        await settled(pilot, 0.6)
        assert app.reader.draft.body.startswith("Dear Jan\n")
        assert all(set(save) == {"body"} for save in app.reader.saves)  # what did not change is not written again
        assert "saved 0s ago" in text(app)
        app.now += 3_000
        await settled(pilot, 1.1)
        assert "saved 3s ago" in text(app)


async def test_to_cc_and_subject_are_saved_as_well() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=SIZE) as pilot:
        composer = await begin(app, pilot)
        composer.fields["to"].input.focus()
        await pilot.press("end", *', "Kowal, Jan" <jan@firma.example>')
        await pilot.press("tab", *"lea@bright-shop.example", "tab", "end", *" (10482)")
        await settled(pilot, 0.6)
        kept = app.reader.draft
        assert kept.to == ("j.k.private@example.net", '"Kowal, Jan" <jan@firma.example>')
        assert kept.cc == ("lea@bright-shop.example",)
        assert kept.subject == "Re: Hello?? (10482)"


async def test_a_save_that_fails_says_so_is_tried_again_and_loses_nothing() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=SIZE) as pilot:
        composer = await begin(app, pilot)
        app.reader.failing = "the disk is full"
        await pilot.press(*"Dear Jan")
        await settled(pilot, 0.6)
        assert "NOT SAVED: the disk is full" in text(app)
        await pilot.press("escape")  # it stays open: leaving would lose it
        await settled(pilot)
        assert app.pane.writing
        assert any("not saved" in each.text for each in app.wanted)
        app.reader.failing = ""
        await settled(pilot, 2.2)
        assert app.reader.draft.body.startswith("Dear Jan")
        assert "saved" in text(app)
        assert composer.body.text.startswith("Dear Jan")


async def test_escape_leaves_and_the_draft_is_kept_and_shown() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=SIZE) as pilot:
        await begin(app, pilot)
        await pilot.press(*"Dear Jan", "escape")
        await settled(pilot)
        assert not app.pane.writing
        assert app.reader.draft.body.startswith("Dear Jan")
        assert app.focused is app.pane.panels["conversation"]
        app.pane.show(sample.order(drafts=(app.reader.draft,)))  # as the shell reads it again
        await settled(pilot)
        assert "draft by ana  Re: Hello??" in text(app)
        assert "Dear Jan" in text(app)
        await pilot.press("6", "enter")
        await settled(pilot)
        assert app.pane.composer.body.text.startswith("Dear Jan")


async def test_going_to_another_order_keeps_the_draft_and_does_not_take_the_keys() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=SIZE) as pilot:
        await begin(app, pilot)
        await pilot.press(*"Dear Jan")
        app.pane.panels["stock"].focus()
        app.pane.show(sample.calm())
        await settled(pilot)
        assert not app.pane.writing
        assert app.reader.draft.body.startswith("Dear Jan")
        assert app.focused is app.pane.panels["stock"]


async def test_closing_the_desk_saves_the_last_words() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=SIZE) as pilot:
        await begin(app, pilot)
        await pilot.press(*"Dear Jan")
    assert app.reader.draft.body.startswith("Dear Jan")


# ---- sending


async def test_sending_takes_two_keys_that_are_not_the_same() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=SIZE) as pilot:
        await begin(app, pilot)
        await pilot.press(*"Dear Jan, it comes on Thursday.", "ctrl+s")
        await settled(pilot)
        shown = text(app)
        assert "to j.k.private@example.net" in shown
        assert "subject Re: Hello??" in shown
        assert "quotes Jan Kowal, 07:58" in shown
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert app.reader.sent == []
        await pilot.press("y")
        await settled(pilot)
        assert [sent.body.split("\n")[0] for sent in app.reader.sent] == ["Dear Jan, it comes on Thursday."]


async def test_enter_sends_only_from_the_line_that_says_so() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=SIZE) as pilot:
        composer = await begin(app, pilot)
        await pilot.press(*"Dear Jan", "ctrl+s")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert app.reader.sent == []
        assert app.focused is composer.body
        await pilot.press("ctrl+s")
        await settled(pilot)
        await pilot.press("down", "enter")
        await settled(pilot)
        assert len(app.reader.sent) == 1


async def test_a_sent_reply_can_be_taken_back_and_is_as_it_was() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=SIZE) as pilot:
        await begin(app, pilot)
        await pilot.press(*"Dear Jan", "ctrl+s")
        await settled(pilot)
        await pilot.press("y")
        await settled(pilot)
        assert "can be taken back" in text(app)
        assert "leaves in 10s   u takes it back" in text(app)
        app.now += 4_000
        await settled(pilot, 1.1)
        assert "leaves in 6s" in text(app)
        await pilot.press("u")
        await settled(pilot)
        assert app.pane.writing
        assert app.pane.composer.body.text.startswith("Dear Jan")


async def test_a_missing_value_is_seen_in_the_text_and_stops_the_send() -> None:
    app = Desk(sample.order())
    app.reader.draft = draft(body="Dear ⟨customer.first_name?⟩,\n\nit comes.\n")
    async with app.run_test(size=SIZE) as pilot:
        composer = await begin(app, pilot)
        assert "✗ missing: customer.first_name" in text(app)
        assert "cannot be sent yet" in text(app)
        assert any(style.reverse for style in styles_of(app, "customer.first_name"))
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert app.focused is composer.body
        assert not composer.review.display
        assert app.reader.sent == []
        await pilot.press(*["delete"] * len("⟨customer.first_name?⟩"), *"Jan")
        await settled(pilot)
        assert "✗ missing" not in text(app)  # at once, before the next check


async def test_a_problem_of_a_field_takes_the_keys_to_it() -> None:
    app = Desk(sample.order())
    app.reader.problems = [
        Problem("to", "nobody to write to", blocking=True),
        Problem("to", "answers go to boss@firma.example, though j.k.private@example.net wrote", blocking=False),
    ]
    async with app.run_test(size=SIZE) as pilot:
        composer = await begin(app, pilot)
        assert "✗ nobody to write to" in text(app)
        assert "! answers go to boss@firma.example" in text(app)
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert app.focused is composer.fields["to"].input
        assert app.reader.sent == []


async def test_a_refused_send_keeps_the_text_and_says_why() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=SIZE) as pilot:
        composer = await begin(app, pilot)
        await pilot.press(*"Dear Jan", "ctrl+s")
        await settled(pilot)
        app.reader.failing = "Ben answers this mail already"
        await pilot.press("y")
        await settled(pilot)
        assert app.pane.writing
        assert composer.body.text.startswith("Dear Jan")
        assert any("Ben answers this mail already" in each.text for each in app.wanted)


async def test_a_mail_that_comes_while_one_writes_is_said_and_counts_as_seen_when_sent() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=SIZE) as pilot:
        await begin(app, pilot)
        await pilot.press(*"Dear Jan")
        again = sample.message(9, text="I found it, thank you!", quoted=(), sent_at=sample.at(f"{sample.TODAY} 10:03"))
        thread = replace(sample.THREAD, messages=(*sample.THREAD.messages, again), unanswered=9)
        app.pane.show(sample.order(conversations=(thread,)))
        await settled(pilot)
        assert "Jan Kowal wrote again (10:03)" in text(app)
        assert "I found it, thank you!" in text(app)
        await pilot.press("ctrl+s")
        await settled(pilot)
        await pilot.press("y")
        await settled(pilot)
        names = [name for name, _ in app.reader.calls]
        assert names.index("seen") < names.index("send")


# ---- everything else a writer does


async def test_a_macro_is_found_by_a_few_letters_and_can_be_undone() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=SIZE) as pilot:
        composer = await begin(app, pilot)
        before = composer.body.text
        await pilot.press("ctrl+t")
        await settled(pilot)
        assert "Refund made" in text(app)
        await pilot.press(*"wheparc")
        await settled(pilot)
        assert "Refund made" not in text(app)
        await pilot.press("enter")
        await settled(pilot)
        await settled(pilot)
        assert "your parcel (DHL 00340434161094015902) is in Leipzig." in composer.body.text
        assert ("apply_macro", ("d1", "wismo-late.md")) in app.reader.calls
        await pilot.press("ctrl+z")
        assert composer.body.text == before


async def test_every_chord_has_a_plain_key_behind_tab() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=SIZE) as pilot:
        composer = await begin(app, pilot)
        await pilot.press(*"Dear Jan", "tab")
        await settled(pilot)
        assert "s send  m macro  q quote on" in text(app)
        await pilot.press("q")
        await settled(pilot)
        assert app.reader.draft.quote is False
        assert "q quote off" in text(app)
        await pilot.press("i")
        assert app.focused is composer.body
        assert "quotes nothing" in text(app)
        await pilot.press("tab", "s")
        await settled(pilot)
        assert composer.review.display


async def test_a_file_is_attached_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "customs paper.pdf").write_bytes(b"%PDF")
    app = Desk(sample.order())
    async with app.run_test(size=SIZE) as pilot:
        await begin(app, pilot)
        await pilot.press("tab", "a")
        await settled(pilot)
        await pilot.press(*f"{tmp_path}/cus", "tab")
        await settled(pilot)
        assert "customs paper.pdf, 4 B" in text(app)
        await pilot.press("enter")
        await settled(pilot)
        await settled(pilot)
        assert "▪ customs paper.pdf" in text(app)


async def test_a_draft_is_thrown_away_with_another_key_only() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=SIZE) as pilot:
        await begin(app, pilot)
        await pilot.press("tab", "x")
        await settled(pilot)
        await pilot.press("x", "enter")
        await settled(pilot)
        assert app.reader.draft is not None
        await pilot.press("d")
        await settled(pilot)
        assert app.reader.draft is None
        assert not app.pane.writing
        assert any("undo brings it back" in each.text for each in app.wanted)


async def test_the_preview_shows_what_its_reader_will_see() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=SIZE) as pilot:
        await begin(app, pilot)
        await pilot.press(*"Dear Jan", "tab", "p")
        await settled(pilot)
        shown = text(app)
        assert "As its reader will see it" in shown
        assert "Subject: Re: Hello??" in shown
        assert "> Hello??" in shown


async def test_ones_own_editor_gives_back_one_edit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from contextlib import nullcontext

    script = tmp_path / "editor"
    script.write_text('#!/bin/sh\nprintf "Dear Jan,\\nfrom my editor\\n" > "$1"\n')
    script.chmod(0o700)
    monkeypatch.setenv("VISUAL", str(script))
    app = Desk(sample.order())
    async with app.run_test(size=SIZE) as pilot:
        composer = await begin(app, pilot)
        before = composer.body.text
        monkeypatch.setattr(app, "suspend", nullcontext)
        await pilot.press("ctrl+o")
        await settled(pilot, 0.6)
        assert composer.body.text == "Dear Jan,\nfrom my editor\n"
        assert app.reader.draft.body == "Dear Jan,\nfrom my editor\n"
        await pilot.press("ctrl+z")
        assert composer.body.text == before


async def test_where_the_terminal_cannot_hand_over_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "true")
    app = Desk(sample.order())
    async with app.run_test(size=SIZE) as pilot:
        await begin(app, pilot)
        await pilot.press("ctrl+o")
        await settled(pilot)
        assert any("cannot hand over" in each.text for each in app.wanted)


async def test_an_open_composer_at_rest_sends_nothing_but_its_age() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=SIZE) as pilot:
        composer = await begin(app, pilot)
        await settled(pilot, 0.7)
        app.now += 120_000
        await settled(pilot, 1.1)
        drawn = []
        body, bottom = composer.body.render_line, composer.bottom.render_line
        composer.body.render_line = lambda y: drawn.append(("body", y)) or body(y)  # type: ignore[method-assign]
        composer.bottom.render_line = lambda y: drawn.append(("bottom", y)) or bottom(y)  # type: ignore[method-assign]
        await settled(pilot, 2.2)
        assert drawn == []
        app.now += 60_000
        await settled(pilot, 1.1)
        assert drawn == [("bottom", 0)]


async def test_a_hostile_draft_is_text_and_nothing_else() -> None:
    app = Desk(sample.order())
    app.reader.draft = draft(subject=sample.HOSTILE, to=(sample.HOSTILE,), body=f"{sample.HOSTILE}\n[/b]\n")
    async with app.run_test(size=SIZE) as pilot:
        await begin(app, pilot)
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert "\x1b[31m" not in text(app)
        assert "[/b]" in text(app)


async def test_a_reply_that_was_sent_elsewhere_does_not_take_the_text_away() -> None:
    from oms_tui.domain.refused import Refused

    app = Desk(sample.order())
    async with app.run_test(size=SIZE) as pilot:
        composer = await begin(app, pilot)

        def gone(draft_id: str, changes: object) -> None:
            raise Refused("this draft is not there any more: it was sent or discarded", code="not_found")

        app.reader._save = gone  # type: ignore[method-assign]
        await pilot.press(*"Dear Jan")
        await settled(pilot, 0.6)
        assert "NOT SAVED: this draft is not there any more" in text(app)
        assert composer.body.text.startswith("Dear Jan")
        calls = len(app.reader.calls)
        await settled(pilot, 2.3)
        assert len(app.reader.calls) == calls  # trying again cannot help


async def test_a_reply_held_for_another_order_is_only_mentioned() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=SIZE) as pilot:
        composer = await begin(app, pilot)
        app.pane.on_composer_sent(composer.Sent(outgoing(remote_id="other", number="7")))
        await settled(pilot)
        assert any("reply to 7 is on its way" in each.text for each in app.wanted)
