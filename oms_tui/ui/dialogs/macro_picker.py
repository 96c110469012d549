"""Choosing a macro by a few letters, with its text in view."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Input

from oms_tui.ui.composer import desk_calls
from oms_tui.ui.dialogs.frame import FramedDialog
from oms_tui.ui.lines import LinesView
from oms_tui.ui.rows import Part, Row, spread, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.widget import Widget

    from oms_tui.domain.macros import Macro
    from oms_tui.ui.composer.sheet import Caller
    from oms_tui.ui.messages import Answer

_PREVIEW = 8


class MacroRows(LinesView):
    """The macros, then the beginning of the chosen one's text."""

    DEFAULT_CSS: ClassVar[str] = "MacroRows { height: 18; background: $oms-over; color: $oms-text; }"

    def __init__(self) -> None:
        super().__init__()
        self.macros: Sequence[Macro] = ()
        self.words = "looking for macros …"

    @property
    def shows_cursor(self) -> bool:
        """Always: the keys go into the line above, and this follows."""
        return True

    def rows_for(self, width: int) -> Sequence[Row]:
        """A row for each macro."""
        if not self.macros:
            return [Row((Part(self.words, "muted"),))]
        return [
            Row(
                spread(
                    [Part(macro.title, "text", bold=True), Part(f"  {' '.join(macro.tags)}", "muted")],
                    [Part(macro.when, "faint")] if macro.when else [],
                    width,
                ),
                key=macro.name,
            )
            for macro in self.macros
        ]


class MacroText(LinesView, can_focus=False):
    """The beginning of the chosen macro's text, as it was written."""

    CURSOR = "none"
    DEFAULT_CSS: ClassVar[str] = (
        "MacroText { height: 9; border-top: solid $oms-border; background: $oms-over; color: $oms-text; }"
    )

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def show(self, text: str) -> None:
        """Show another text."""
        if text != self.text:
            self.text = text
            self.reload()

    def rows_for(self, width: int) -> Sequence[Row]:
        """The lines, wrapped."""
        lines = [piece for line in self.text.strip().split("\n") for piece in wrap(line, width)]
        rows = [Row((Part(line, "muted"),)) for line in lines[:_PREVIEW]]
        if len(lines) > _PREVIEW:
            rows[-1] = Row((Part(f"… {len(lines) - _PREVIEW + 1} more lines", "faint"),))
        return rows


class MacroPicker(FramedDialog[str]):
    """Hands back the name of a macro."""

    WIDTH: ClassVar[int] = 88
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,ctrl+n", "step(1)", "Next", show=False, id="macros.next", priority=True),
        Binding("up,ctrl+b", "step(-1)", "Before", show=False, id="macros.previous", priority=True),
    ]

    def __init__(self, caller: Caller, draft_id: str) -> None:
        super().__init__("Put a macro in")
        self._caller = caller
        self._draft = draft_id
        self._asked = 0
        self._input = Input(placeholder="a few letters of its title or tags", compact=True)
        self._input.cursor_blink = False
        self.list = MacroRows()
        self._text = MacroText()

    def inside(self) -> Iterable[Widget]:
        """The letters, the list, the text."""
        yield self._input
        yield self.list
        yield self._text

    def hint(self) -> tuple[Part, ...]:
        """The keys."""
        key = Part("enter", "accent", bold=True)
        return (Part("↑↓", "accent"), Part(" choose  ", "muted"), key, Part(" puts it in  ", "text"), *super().hint())

    def fit(self) -> None:
        """On a small screen, the list is shorter and the text is left out."""
        super().fit()
        height = self.app.size.height
        self._text.display = height >= 24  # noqa: PLR2004 - below, the list needs the room
        self.list.styles.height = max(3, min(12, height - (16 if self._text.display else 6)))

    def on_mount(self) -> None:
        """All of them, to begin with."""
        super().on_mount()
        self._input.focus()
        self._find("")

    def _find(self, text: str) -> None:
        self._asked = self._caller.call(desk_calls.find_macros, text, self._draft, to=self, slot="macros")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._find(event.value)

    def on_answer(self, event: Answer) -> None:
        """What was found for the newest letters."""
        event.stop()
        if event.generation != self._asked:
            return
        self.list.macros = event.value or ()
        self.list.words = event.error or (
            "no macro is called like that"
            if self._input.value
            else "there are no macros yet: they are files in macros/"
        )
        self.list.reload(top=True)
        self._show_text()

    def _show_text(self) -> None:
        chosen = next((macro for macro in self.list.macros if macro.name == self.list.cursor_key), None)
        self._text.show(chosen.body if chosen else "")

    def action_step(self, step: int) -> None:
        """The next macro, or the one before."""
        self.list.action_row(step)
        self._show_text()

    @on(Input.Submitted)
    def _taken(self) -> None:
        if self.list.macros:
            self.dismiss(str(self.list.cursor_key))

    @on(LinesView.Opened)
    def _clicked(self, event: LinesView.Opened) -> None:
        event.stop()
        self.dismiss(str(event.key))
