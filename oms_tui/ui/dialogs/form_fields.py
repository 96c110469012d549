"""The fields of a form: a line, some lines, or a choice; each with its name, and a word on what was written."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static, TextArea

from oms_tui.ui.lines import LinesView
from oms_tui.ui.rows import Part, Row, cut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.events import Key
    from textual.widget import Widget

_NUMBERED = 9
_SEEN = 7  # options of a choice that are shown at once


class Block(TextArea):
    """Several lines. Enter is done, as in every other field; alt+enter (ctrl+j where that is no key) goes on below."""

    class Submitted(Message):
        """Enter."""

    async def _on_key(self, event: Key) -> None:
        if event.key not in {"enter", "alt+enter", "shift+enter", "ctrl+j"}:
            await super()._on_key(event)
            return
        event.stop()
        event.prevent_default()
        if event.key == "enter":
            self.post_message(self.Submitted())
        else:
            self.insert("\n")


class Choice(LinesView):
    """Options below each other; the cursor is the choice. A digit or a first letter goes there.

    While the keys are elsewhere only the chosen one is shown.
    """

    DEFAULT_CSS: ClassVar[str] = """
    Choice { background: $oms-over; color: $oms-text; }
    Choice:focus { background: $oms-field; }
    """

    class Changed(Message):
        """Another option."""

        def __init__(self, choice: Choice) -> None:
            super().__init__()
            self.choice = choice

    def __init__(self, options: Sequence[tuple[str, str]], value: str = "") -> None:
        super().__init__()
        self.options = tuple(options)
        self._at = next((at for at, (each, _) in enumerate(self.options) if each == value), 0)
        self._unfolded = False
        self.styles.height = 1

    @property
    def value(self) -> str:
        """What is chosen."""
        return self.options[self._at][0] if self.options else ""

    @property
    def words(self) -> str:
        """How it reads."""
        return self.options[self._at][1] if self.options else ""

    def rows_for(self, width: int) -> Sequence[Row]:
        """An option a row; the chosen one has a sign, also while the keys are elsewhere."""
        rows = []
        number = 0
        for at, (value, words) in enumerate(self.options):
            number += bool(value)
            digit = f"{number} " if value and number <= _NUMBERED else "  "
            here = at == self._at
            if not here and not self._unfolded:
                continue
            sign = Part("● " if here else "○ ", "accent" if here else "faint")
            name = Part(words, "strong" if here else "text")
            more = [] if self._unfolded or not self.options[1:] else [Part(" ▾", "muted")]  # there are others
            rows.append(
                Row(cut([sign, *([Part(digit, "muted")] if self._unfolded else []), name, *more], width), key=at)
            )
        return rows

    def on_focus(self) -> None:
        """All options; the cursor is on the chosen one."""
        self._unfolded = True
        self.styles.height = max(1, min(len(self.options), _SEEN))
        self.reload()
        self.call_after_refresh(self.move_to, self._at)

    def on_blur(self) -> None:
        """The chosen one alone."""
        self._unfolded = False
        self.styles.height = 1
        self.reload(top=True)

    def _put(self, at: int) -> None:
        super()._put(at)
        if self._unfolded and at != self._at:  # folded again before the cursor was put: its one row is no choice
            self._at = at
            self.reload()
            self._reveal(at)
            self.post_message(self.Changed(self))

    def on_key(self, event: Key) -> None:
        """A digit, or the first letter of an option."""
        letter = event.character or ""
        if letter.isdigit() and letter != "0":
            real = [at for at, (value, _) in enumerate(self.options) if value]
            found = real[int(letter) - 1] if int(letter) <= len(real) else None
        elif letter.isalpha():
            after = [*range(self._at + 1, len(self.options)), *range(self._at + 1)]
            found = next((at for at in after if self.options[at][1].lower().startswith(letter.lower())), None)
        else:
            return
        event.stop()
        if found is not None:
            self._put(found)


class FormField(Horizontal):
    """A field: its name, where it is written or chosen, a note below."""

    DEFAULT_CSS: ClassVar[str] = """
    FormField {
        height: auto;
        background: $oms-over;
        & > Static { width: 13; padding-right: 1; color: $oms-muted; }
        &.wide > Static { width: 24; }
        & > Vertical { width: 1fr; height: auto; }
        & Vertical > Static { color: $oms-muted; height: auto; display: none; }
        &.wrong Vertical > Static { color: $oms-alarm; }
        & TextArea { height: 5; border: none; padding: 0; background: $oms-field; color: $oms-text; }
        & Input { width: 1fr; }
    }
    """

    def __init__(
        self, name: str, title: str, *, required: bool, inside: Widget, note: str = "", wide: bool = False
    ) -> None:
        super().__init__(classes="wide" if wide else None)
        self.field = name
        self.inside = inside
        self._title = f"{title} *" if required else title
        self._help = note
        self._note = Static("", markup=False)

    def compose(self) -> ComposeResult:
        """Name, widget, note."""
        yield Static(Content(self._title), markup=False)
        with Vertical():
            yield self.inside
            yield self._note

    def on_mount(self) -> None:
        """The help is there until something is written."""
        self.say(self._help)

    @property
    def text(self) -> str:
        """What is written or chosen."""
        if isinstance(self.inside, Choice):
            return self.inside.value
        if isinstance(self.inside, TextArea):
            return self.inside.text
        return self.inside.value if isinstance(self.inside, Input) else ""

    def say(self, words: str, *, wrong: bool = False) -> None:
        """A word below the field, "" for its help."""
        self.set_class(wrong, "wrong")
        self._note.update(Content(words or self._help))
        self._note.display = bool(words or self._help)
