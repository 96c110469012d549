"""A reply as it lies open: head, text, what stands against it, and whether it is on the disk.

Typing is saved through the reader thread within a second; nothing here waits for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol

from textual import on
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, TextArea

from oms_tui.domain.macros import unresolved
from oms_tui.domain.rules import person_or_rule
from oms_tui.ui.composer import desk_calls
from oms_tui.ui.composer.addresses import addresses, line_of
from oms_tui.ui.composer.body import Body
from oms_tui.ui.composer.edges import Chooser, Edge
from oms_tui.ui.composer.field import Field
from oms_tui.ui.composer.problems import ProblemLines, blocking
from oms_tui.ui.composer.review import Review
from oms_tui.ui.composer.saving import Saving, Written
from oms_tui.ui.rows import Part, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.message_pump import MessagePump
    from textual.timer import Timer

    from oms_tui.actions.reply_check import Problem
    from oms_tui.store.shapes import DraftView
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


class Sheet(Widget, can_focus=False):
    """What is written of a reply, kept and checked. The composer is this with everything that is done with it."""

    DEFAULT_CSS: ClassVar[str] = """
    Sheet {
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

    def _saved(self, event: Answer) -> None:
        if not self._saving.answered(event.generation, event.error, self._clock()):
            return
        if event.error:
            self.not_kept()
            gone = getattr(event.failure, "code", "") == "not_found"
            if self._timer is None and not gone:
                self._timer = self.set_timer(RETRY_SECONDS, self._save)
        elif not self._saving.on_its_way:
            self.kept()
        self._say()

    def kept(self) -> None:
        """All that was asked to be kept is on the disk: what does it look like now?"""
        if not self._busy:
            self._ask_check()

    def not_kept(self) -> None:
        """It could not be saved; it is tried again."""

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
        self._say()

    def _show_problems(self) -> None:
        written = self.written()
        self.problems.show(self._problems, written, self._other_lines())
        wrong = {each.field for each in self._problems if each.blocking}
        for name, field in self.fields.items():
            field.set_class(name in wrong, "wrong")

    def _other_lines(self) -> list[Row]:
        rows = []
        if self._news:
            rows.append(Row((Part("● ", "warn", bold=True), Part(self._news, "warn", bold=True))))
        if self.draft is not None and self.draft.attachments:
            names = ", ".join(name.rpartition("/")[2] for name in self.draft.attachments)
            rows.append(Row((Part("▪ ", "muted"), Part(names, "accent"))))
        return rows

    # ---- the last look

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

    # ---- going about, and the borders

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
            title.append(Part(f" · prepared by {person_or_rule(self.draft.prepared_by)}", "info"))
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
