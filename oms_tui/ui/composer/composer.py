"""The reply being written: head, text, what stands against it, and its state, in the order screen.

Typing is saved through the reader thread within a second; nothing here waits for it. Escape leaves and keeps the draft.
Sending is asked for with one key and confirmed with another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, TextArea

from oms_tui.domain.macros import unresolved
from oms_tui.ui.composer import desk_calls
from oms_tui.ui.composer.addresses import addresses, line_of
from oms_tui.ui.composer.body import Body
from oms_tui.ui.composer.edges import Chooser, Edge
from oms_tui.ui.composer.field import Field
from oms_tui.ui.composer.problems import ProblemLines, blocking
from oms_tui.ui.composer.review import Review
from oms_tui.ui.composer.saving import Saving, Written
from oms_tui.ui.rows import Part, Row, cut

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.message_pump import MessagePump
    from textual.timer import Timer

    from oms_tui.actions.reply_check import Problem
    from oms_tui.store.shapes import DraftView, OutboxView
    from oms_tui.ui.messages import Answer

SAVE_SECONDS: Final = 0.5
"""From a key to its save, also while typing goes on."""

RETRY_SECONDS: Final = 2.0
_TICK_SECONDS: Final = 1.0
_KEYS: Final = (("ctrl+s", "send"), ("ctrl+t", "macro"), ("tab", "more"))
_ROOMY: Final = 14  # lines of a composer that can spare one


class Caller(Protocol):
    """The reader thread, as far as it is needed here."""

    def call(
        self, function: Callable[..., Any], *arguments: Any, to: MessagePump, slot: str = "", **options: Any
    ) -> int:
        """Run ``function(session, …)`` in order; an ``Answer`` comes to ``to``."""


class Composer(Widget, can_focus=False):
    """A reply. ``open`` gives it a draft."""

    DEFAULT_CSS: ClassVar[str] = """
    Composer {
        layout: vertical;
        background: $oms-base;
        color: $oms-text;
        & > Vertical {
            height: 1fr;
            border-left: round $oms-border;
            border-right: round $oms-border;
            padding: 0 1;
        }
        &:focus-within > Vertical {
            border-left: round $oms-focus;
            border-right: round $oms-focus;
        }
        & Body { height: 1fr; min-height: 2; }
    }
    """
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

    class Said(Message):
        """Something the agent should read, that belongs to no field."""

        def __init__(self, words: str, severity: str = "information") -> None:
            super().__init__()
            self.words = words
            self.severity = severity

    def __init__(
        self,
        caller: Caller,
        clock: Callable[[], int],
        *,
        undo_seconds: int = 10,
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(id=id)
        self._caller = caller
        self._clock = clock
        self._undo_seconds = undo_seconds
        self.draft: DraftView | None = None
        self._saving = Saving(Written(), 0)
        self._problems: Sequence[Problem] = ()
        self._answers = ""
        self._news = ""
        self._timer: Timer | None = None
        self._checking = 0
        self._busy = ""
        self._quote = True
        self._filling = False
        self._leaving = False
        self.top = Edge(id="reply-top")
        self.fields = {name: Field(name, title) for name, title in (("to", "To"), ("cc", "Cc"), ("subject", "Subject"))}
        self.problems = ProblemLines(id="reply-problems")
        self.body = Body(id="reply-body")
        self.review = Review(id="reply-review")
        self.bottom = Chooser(id="reply-bottom")

    def compose(self) -> ComposeResult:
        """From the upper border to the lower one."""
        yield self.top
        with Vertical():
            yield from self.fields.values()
            yield self.problems
            yield self.body
            yield self.review
        yield self.bottom

    def on_mount(self) -> None:
        """The state in the border ages."""
        self.review.display = False
        self.problems.display = False
        self.set_interval(_TICK_SECONDS, self._say)

    # ---- a draft

    @property
    def writing(self) -> bool:
        """Whether a draft is open."""
        return self.draft is not None

    def open(self, draft: DraftView, *, answers: str = "") -> None:
        """Write on a draft. ``answers`` says which mail it answers (and quotes), in words."""
        self.draft = draft
        self._answers = answers
        self._news = ""
        self._busy = ""
        self._leaving = False
        self._problems = ()
        self._fill(draft)
        self._saving = Saving(self.written(), draft.updated_at)
        self.body.history.clear()
        self._show_review(shown=False)
        missing = unresolved(draft.body)
        self.body.go_to(missing[0].start if missing else 0)
        self._ask_check()
        self._make_room()
        self._say()

    def _fill(self, draft: DraftView) -> None:
        self._filling = True
        self.fields["to"].write(line_of(draft.to))
        self.fields["cc"].write(line_of(draft.cc))
        self.fields["subject"].write(draft.subject)
        self.body.replace_all(draft.body)
        self._quote = self.bottom.quoting = draft.quote
        self._filling = False

    def written(self) -> Written:
        """What is written now."""
        return Written(
            to=addresses(self.fields["to"].text),
            cc=addresses(self.fields["cc"].text),
            subject=self.fields["subject"].text,
            body=self.body.text,
            quote=self._quote,
        )

    def news(self, words: str) -> None:
        """Something happened to the thread while this is written; said until the next draft."""
        self._news = words
        self._show_problems()

    def start(self) -> None:
        """Put the keys where one writes."""
        (self.fields["to"].input if not self.fields["to"].text else self.body).focus()

    # ---- saving

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _typed(self, event: Message) -> None:
        event.stop()
        if self.draft is None or self._filling:
            return
        self._show_problems()
        if self._timer is None:
            self._timer = self.set_timer(SAVE_SECONDS, self._save)
        self._say()

    def _save(self) -> None:
        """Hand what differs to the reader."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self.draft is None:
            return
        written = self.written()
        if changes := self._saving.to_keep(written):
            generation = self._caller.call(desk_calls.save, self.draft.id, changes, to=self, slot="draft.save")
            self._saving.asked(generation, written)

    def flush(self) -> None:
        """Save now what is not saved yet."""
        self._save()

    def on_answer(self, event: Answer) -> None:
        """What the reader made of it."""
        event.stop()
        match event.slot:
            case "draft.save":
                self._saved(event)
            case "draft.check" | "draft.review":
                self._checked(event)
            case "draft.send":
                self._sent(event)
            case "draft.changed":
                self._rewritten(event)
            case "draft.preview":
                self._previewed(event)
            case "draft.discard":
                self._discarded(event)

    def _saved(self, event: Answer) -> None:
        if not self._saving.answered(event.generation, event.error, self._clock()):
            return
        if event.error:
            self._leaving = False
            gone = getattr(event.failure, "code", "") == "not_found"
            if self._timer is None and not gone:
                self._timer = self.set_timer(RETRY_SECONDS, self._save)
        elif not self._saving.on_its_way:
            if self._leaving:
                self._close()
                return
            if not self._busy:
                self._ask_check()
        self._say()

    # ---- what stands against it

    def _ask_check(self, slot: str = "draft.check") -> None:
        if self.draft is not None:
            self._checking = self._caller.call(desk_calls.check, self.draft.id, to=self, slot=slot)

    def _checked(self, event: Answer) -> None:
        if self.draft is None or event.generation != self._checking:
            return
        if event.error:
            self._busy = ""
            self.post_message(self.Said(event.error, "error"))
            return
        self._problems = event.value
        self._show_problems()
        if event.slot == "draft.review":
            self._busy = ""
            self._offer()
        self._say()

    def _show_problems(self) -> None:
        written = self.written()
        self.problems.show(self._problems, written, self._other_lines())
        wrong = {each.field for each in self._problems if each.blocking}
        for name, field in self.fields.items():
            field.set_class(name in wrong, "wrong")

    def _other_lines(self) -> list[Row]:
        width = self.problems.text_width
        rows = []
        if self._news:
            rows.append(Row(cut([Part("● ", "warn", bold=True), Part(self._news, "warn", bold=True)], width)))
        if self.draft is not None and self.draft.attachments:
            names = ", ".join(name.rpartition("/")[2] for name in self.draft.attachments)
            rows.append(Row(cut([Part("▪ ", "muted"), Part(names, "accent")], width)))
        return rows

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

    def _show_review(self, *, shown: bool) -> None:
        """The last look says what the head says, so it takes its place."""
        self.review.display = shown
        for field in self.fields.values():
            field.display = not shown
        self.problems.display = not shown and bool(self.problems.rows)
        self._make_room()
        self._say()

    def _back_to_text(self) -> None:
        self._show_review(shown=False)
        self.body.focus()

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
            self.app.push_screen(MacroPicker(self._caller), self._put_macro)

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

    # ---- going about

    def action_step(self, step: int) -> None:
        """The next field, round and round: to, cc, subject, text, choices."""
        stops: list[Widget] = [*(field.input for field in self.fields.values()), self.body, self.bottom]
        if self.review.display:
            stops = [self.review]
        here = next((at for at, stop in enumerate(stops) if stop.has_focus), -1)
        stop = stops[(here + step) % len(stops)]
        if isinstance(stop.parent, Field):
            stop.parent.display = True
        stop.focus()

    def action_leave(self) -> None:
        """Back from the last look to the text; from the text, out, with the draft kept."""
        if self.review.display:
            self._back_to_text()
        elif self.draft is not None:
            self.leave()

    def leave(self) -> None:
        """Keep the draft and close."""
        self._save()
        if self._saving.safe(self.written()):
            self._close()
        elif self._saving.error:
            self.post_message(self.Said(f"it is not saved, so it stays open: {self._saving.error}", "error"))
        else:
            self._leaving = True  # what is on its way to the disk has to arrive there first

    def _close(self) -> None:
        self._leaving = False
        if self.draft is not None:
            number, self.draft = self.draft.id, None
            self.post_message(self.Left(number))

    def on_unmount(self) -> None:
        """The desk is closed: the last words go to the reader, which ends only when they are kept."""
        self._save()

    # ---- the borders

    def on_descendant_focus(self) -> None:
        """The borders show where the keys go."""
        self._light()

    def on_descendant_blur(self) -> None:
        """Likewise."""
        self._light()
        self._make_room()

    def on_resize(self) -> None:
        """Little room goes to the text."""
        self._make_room()

    def _make_room(self) -> None:
        """Where there are few lines, an empty Cc takes none; tab brings it back."""
        if self.review.display:
            return
        copies = self.fields["cc"]
        copies.display = self.size.height >= _ROOMY or bool(copies.text) or copies.input.has_focus

    def _light(self) -> None:
        lit = self.has_pseudo_class("focus-within")
        self.top.light(lit=lit)
        self.bottom.light(lit=lit)

    def _say(self) -> None:
        """Title and state, as they are true now."""
        if self.draft is None:
            return
        written = self.written()
        to = self.fields["to"].text.partition(",")[0].strip() or "nobody"
        title = [Part("6 Reply", "accent" if self._lit else "muted", bold=self._lit), Part(f" · {to}", "text")]
        if self.draft.macro:
            title.append(Part(f" · {self.draft.macro.removesuffix('.md')}", "muted"))
        if self.draft.prepared_by:
            title.append(Part(f" · prepared by {self.draft.prepared_by}", "info"))
        self.top.say(title)
        state, level = self._saving.words(written, self._clock())
        parts = [Part(f"{self._busy} …" if self._busy and not self._saving.error else state, level)]
        if not self._quote:
            parts.append(Part(" · quotes nothing", "muted"))
        if blocking(self._problems, written):
            parts.append(Part(" · cannot be sent yet", "alarm"))
        keys = (("y", "send"), ("p", "preview"), ("esc", "back")) if self.review.display else _KEYS
        for key, words in keys:
            parts += [Part(" · ", "faint"), Part(key, "accent", bold=True), Part(f" {words}", "text")]
        self.bottom.say(parts)

    @property
    def _lit(self) -> bool:
        return self.has_pseudo_class("focus-within")
