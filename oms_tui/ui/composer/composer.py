"""The composer: a reply that is written in the order screen, and everything that is done with it.

Escape leaves and keeps the draft. Sending is asked for with one key and confirmed with another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message

from oms_tui.domain.macros import unresolved
from oms_tui.ui.composer import desk_calls
from oms_tui.ui.composer.edges import Chooser
from oms_tui.ui.composer.own_keys import LAST_LOOK, WRITING, key_hints
from oms_tui.ui.composer.problems import blocking
from oms_tui.ui.composer.review import Review
from oms_tui.ui.composer.saving import Saving
from oms_tui.ui.composer.sheet import Sheet
from oms_tui.ui.footer import WithOwnKeys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oms_tui.store.shapes import OutboxView
    from oms_tui.ui.footer import Hint
    from oms_tui.ui.keys import KeyMap
    from oms_tui.ui.messages import Answer


class Composer(Sheet, WithOwnKeys):
    """A reply. ``open`` gives it a draft."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "review", "Send", id="composer.review", priority=True, tooltip="A last look, then send"),
        Binding("ctrl+t", "macro", "Macro", id="composer.pick_macro", priority=True, tooltip="Put a macro in"),
        Binding(
            "ctrl+o", "editor", "Editor", id="composer.own_editor", priority=True, tooltip="Write in your own editor"
        ),
        Binding("ctrl+r", "quote", "Quote", id="composer.quotes", priority=True, tooltip="Quote the mail, or not"),
        Binding("tab", "step(1)", "Next field", id="composer.next", show=False),
        Binding("shift+tab", "step(-1)", "Field before", id="composer.previous", show=False),
        Binding("escape", "leave", "Leave", id="composer.leave", show=False, tooltip="Leave; the draft is kept"),
    ]

    class Left(Message):
        """It was left with the draft kept, or the draft was discarded (``undo_id``)."""

        def __init__(self, draft_id: str, *, undo_id: str = "") -> None:
            super().__init__()
            self.draft_id = draft_id
            self.undo_id = undo_id

    class Sent(Message):
        """It was handed to the outbox."""

        def __init__(self, item: OutboxView) -> None:
            super().__init__()
            self.item = item

    def own_keys(self, keys: KeyMap) -> Sequence[Hint]:
        """What can be done here: with the text, or at the last look."""
        return key_hints((self, self.review), LAST_LOOK if self.review.display else WRITING, keys)

    def do(self, command: str) -> bool:
        """A click on a key is the key."""
        for widget in (self, self.review):
            for binding in widget.BINDINGS:
                if isinstance(binding, Binding) and binding.id == command:
                    self.call_next(self.app.run_action, binding.action, widget)
                    return True
        return False

    def on_answer(self, event: Answer) -> None:
        """What the reader made of it."""
        event.stop()
        match event.slot:
            case "draft.save":
                self._saved(event)
            case "draft.check":
                self._checked(event)
            case "draft.review":
                self._checked(event)
                if event.generation == self._checking and not event.error:
                    self._busy = ""
                    self._offer()
            case "draft.send":
                self._sent(event)
            case "draft.changed":
                self._rewritten(event)
            case "draft.preview":
                self._previewed(event)
            case "draft.discard":
                self._discarded(event)

    # ---- sending

    def action_review(self) -> None:
        """Save, check, and show what would leave; if it is shown already, this key does nothing more."""
        if self.draft is None or self._busy or self.review.display:
            return
        self._busy = "checking"
        self._save()
        self._ask_check("draft.review")
        self._say()

    def _offer(self) -> None:
        written = self.written()
        if blocking(self._problems, written):
            self._go_to_problem()
            return
        self._show_review(shown=True)
        self.review.ask(
            written,
            self._problems,
            files=len(self.draft.attachments) if self.draft else 0,
            answers=self._answers,
            undo_seconds=self._undo_seconds,
        )
        self.review.focus()

    def _go_to_problem(self) -> None:
        missing = unresolved(self.body.text)
        fields = [each.field for each in self._problems if each.blocking]
        named = next((name for name in fields if name in self.fields), "")
        if named:
            self.fields[named].input.focus()
        else:
            self.body.focus()
            if missing:
                self.body.go_to(missing[0].start)

    @on(Review.Decided)
    def _decided(self, event: Review.Decided) -> None:
        event.stop()
        if event.what == "preview":
            self._preview()
        elif event.what == "send" and self.draft is not None and not self._busy:
            self._busy = "sending"
            self._save()
            if self._news:  # it stood before their eyes, here and in the conversation
                self._caller.call(desk_calls.seen, self.draft.id, to=self, slot="draft.seen")
            self._caller.call(desk_calls.send, self.draft.id, to=self, slot="draft.send")
            self._say()
        else:
            self._back_to_text()

    def _sent(self, event: Answer) -> None:
        self._busy = ""
        if event.error:
            self._back_to_text()
            self.post_message(self.Said(f"not sent: {event.error}", "error"))
            self._ask_check()
            self._say()
            return
        self.draft = None
        self._show_review(shown=False)
        self.post_message(self.Sent(event.value))

    # ---- macros, quotes, files, the agent's own editor

    @on(Chooser.Chosen)
    def _chosen(self, event: Chooser.Chosen) -> None:
        event.stop()
        match event.what:
            case "send":
                self.action_review()
            case "macro":
                self.action_macro()
            case "quote":
                self.action_quote()
            case "attach":
                self._ask_file()
            case "editor":
                self.action_editor()
            case "preview":
                self._preview()
            case "discard":
                self._discard()
            case _:
                self.body.focus()

    def action_macro(self) -> None:
        """Choose a macro by a few letters."""
        from oms_tui.ui.dialogs.macro_picker import MacroPicker

        if self.draft is not None:
            self._save()
            self.app.push_screen(MacroPicker(self._caller, self.draft.id), self._put_macro)

    def _put_macro(self, name: str | None) -> None:
        self.body.focus()
        if name and self.draft is not None:
            self._busy = "filling in"
            self._save()
            self._caller.call(desk_calls.apply_macro, self.draft.id, name, to=self, slot="draft.changed")
            self._say()

    def _rewritten(self, event: Answer) -> None:
        """The draft was changed by an action: shown as one edit that can be undone."""
        self._busy = ""
        if event.error:
            self.post_message(self.Said(event.error, "error"))
        elif self.draft is not None and event.value.id == self.draft.id:
            self.draft = event.value
            self._fill(event.value)
            self._saving = Saving(self.written(), event.value.updated_at)
            if missing := unresolved(self.body.text):
                self.body.go_to(missing[0].start)
            self._ask_check()
        self._show_problems()
        self._say()

    def action_quote(self) -> None:
        """Quote the mail it answers, or do not."""
        if self.draft is None:
            return
        self._quote = self.bottom.quoting = not self._quote
        self.bottom.refresh()
        self._save()
        self._say()

    def _ask_file(self) -> None:
        from oms_tui.ui.dialogs.ask_path import AskPath

        self.app.push_screen(AskPath("Attach a file"), self._put_file)

    def _put_file(self, path: Any) -> None:
        self.body.focus()
        if path is not None and self.draft is not None:
            self._busy = "attaching"
            self._save()
            self._caller.call(desk_calls.attach, self.draft.id, path, to=self, slot="draft.changed")
            self._say()

    def action_editor(self) -> None:
        """Write in $VISUAL or $EDITOR; what comes back is one edit."""
        from textual.app import SuspendNotSupported

        from oms_tui.ui.composer.editor import EditorError, edit, editor_command

        if self.draft is None:
            return
        self._save()
        try:
            command = editor_command()
            with self.app.suspend():
                text = edit(self.body.text, command)
        except SuspendNotSupported:
            self.post_message(self.Said("this terminal cannot hand over to an editor", "warning"))
        except EditorError as error:
            self.post_message(self.Said(str(error), "error"))
        else:
            self.body.replace_all(text.removesuffix("\n") if not self.body.text.endswith("\n") else text)
        self.body.focus()

    def _preview(self) -> None:
        if self.draft is not None:
            self._save()
            self._caller.call(desk_calls.preview, self.draft.id, to=self, slot="draft.preview")

    def _previewed(self, event: Answer) -> None:
        if event.error:
            self.post_message(self.Said(event.error, "error"))
            return
        from oms_tui.ui.dialogs.text_dialog import TextDialog

        self.app.push_screen(TextDialog("As its reader will see it", event.value))

    def _discard(self) -> None:
        from oms_tui.ui.dialogs.confirm import Confirm

        if self.draft is not None:
            words = "Throw this draft away? undo brings it back."
            self.app.push_screen(Confirm("Discard the draft", words, "d", "discard it"), self._really_discard)

    def _really_discard(self, yes: bool | None) -> None:
        if yes and self.draft is not None:
            self._caller.call(desk_calls.discard, self.draft.id, to=self, slot="draft.discard")
        else:
            self.body.focus()

    def _discarded(self, event: Answer) -> None:
        if event.error:
            self.post_message(self.Said(event.error, "error"))
        elif self.draft is not None:
            number, self.draft = self.draft.id, None
            self.post_message(self.Left(number, undo_id=event.value or ""))

    # ---- leaving

    def action_leave(self) -> None:
        """Back from the last look to the text; from the text, out, with the draft kept."""
        if self.review.display:
            self._back_to_text()
        elif self.draft is not None:
            self.leave()

    def leave(self) -> None:
        """Keep the draft and close. What is on its way to the disk has to arrive there first."""
        self._save()
        if self._saving.safe(self.written()):
            self._close()
        elif self._saving.error:
            self.post_message(self.Said(f"it is not saved, so it stays open: {self._saving.error}", "error"))
        else:
            self._leaving = True

    def kept(self) -> None:
        """Everything written is on the disk."""
        if self._leaving:
            self._close()
        else:
            super().kept()

    def not_kept(self) -> None:
        """Not left after all: nothing written is given up."""
        if self._leaving:
            self._leaving = False
            self.post_message(self.Said(f"it is not saved, so it stays open: {self._saving.error}", "error"))

    def _close(self) -> None:
        self._leaving = False
        if self.draft is not None:
            number, self.draft = self.draft.id, None
            self.post_message(self.Left(number))

    def on_unmount(self) -> None:
        """The desk is closed: the last words go to the reader, which ends only when they are kept."""
        self._save()
