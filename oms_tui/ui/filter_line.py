"""The filter line: a query is written, completed and applied while it is written; an error points at its column."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.cells import cell_len
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, Static

from oms_tui.domain.query import QueryError, parse
from oms_tui.domain.query_completion import Completion, complete
from oms_tui.ui.footer import Hint, WithOwnKeys
from oms_tui.ui.rows import Part, clean, cut, fit
from oms_tui.ui.theme import style

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult
    from textual.timer import Timer

    from oms_tui.domain.query_words import WordType
    from oms_tui.ui.keys import KeyMap

MOST: Final = 8
"""Proposals shown at once."""

_APPLY_AFTER: Final = 0.15
_PROMPT: Final = "/ "
_WORD: Final = 22


class Proposals(Widget):
    """What may come next, the chosen one marked."""

    DEFAULT_CSS: ClassVar[str] = "Proposals { height: auto; background: $oms-over; }"

    def __init__(self) -> None:
        super().__init__()
        self.found: Sequence[Completion] = ()
        self.chosen = 0

    def show(self, found: Sequence[Completion]) -> None:
        """Other proposals; the first is chosen."""
        if list(found) != list(self.found):
            grows = len(found) != len(self.found)
            self.found, self.chosen = found, 0
            self.styles.height = len(found)
            self.refresh(layout=grows)

    def choose(self, step: int) -> None:
        """The next or previous one."""
        if self.found:
            self.chosen = (self.chosen + step) % len(self.found)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """A proposal and what it is."""
        width = self.size.width
        if y >= len(self.found):
            return Strip.blank(width, style("over"))
        each, here = self.found[y], y == self.chosen
        ground = "cursor" if here else "over"
        parts = cut(
            [
                Part("▌ " if here else "  ", "accent"),
                Part(fit(clean(each.text), _WORD), "strong" if here else "text"),
                Part(f" {each.help}", "muted"),
            ],
            width,
        )
        segments = [Segment(part.text, style(part.style, on=ground)) for part in parts]
        return Strip(segments).adjust_cell_length(width, style(ground))


class QueryInput(Input):
    """The line itself. Tab takes the chosen proposal, up and down choose another."""

    DEFAULT_CSS: ClassVar[str] = """
    QueryInput, QueryInput:focus {
        height: 1; border: none; padding: 0; background: $oms-field; background-tint: $oms-field 0%; color: $oms-text;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "take", "Complete", id="filter.take", show=False),
        Binding("down,ctrl+n", "choose(1)", "Next proposal", id="filter.next", show=False),
        Binding("up,ctrl+p", "choose(-1)", "Proposal before", id="filter.previous", show=False),
        Binding("escape", "cancel", "Cancel", id="filter.cancel", show=False),
    ]

    def action_take(self) -> None:
        """Take the chosen proposal."""
        self.post_message(FilterLine.Key("take"))

    def action_choose(self, step: int) -> None:
        """Choose another proposal."""
        self.post_message(FilterLine.Key("next" if step > 0 else "previous"))

    def action_cancel(self) -> None:
        """Leave everything as it was."""
        self.post_message(FilterLine.Key("cancel"))


_KEYS: Final = (("filter.take", "complete"), ("filter.next", "next one"), ("filter.keep", "keep it"))


class FilterLine(Vertical, WithOwnKeys):
    """Proposals, an error if there is one, and the line.

    Args:
        catalogue: the words of the query language.
        query: what the line begins with.
        blink: whether the cursor blinks.
    """

    DEFAULT_CSS: ClassVar[str] = """
    FilterLine { layer: above; dock: bottom; height: auto; margin-bottom: 1; background: $oms-over; }
    FilterLine Horizontal { height: 1; background: $oms-field; }
    FilterLine .prompt { width: 2; color: $oms-accent; background: $oms-field; }
    FilterLine .error { height: 1; color: $oms-alarm; background: $oms-over; display: none; }
    FilterLine.wrong .error { display: block; }
    """

    class Key(Message):
        """A key of the line that is not text."""

        def __init__(self, what: str) -> None:
            self.what = what
            super().__init__()

    class Asked(Message):
        """A query that can be read. ``final``: the agent is done with it."""

        def __init__(self, query: str, *, final: bool) -> None:
            self.query = query
            self.final = final
            super().__init__()

    class Cancelled(Message):
        """The agent wants what was there before."""

    def __init__(
        self, catalogue: Mapping[str, WordType], query: str = "", *, blink: bool = False, prompt: str = _PROMPT
    ) -> None:
        super().__init__()
        self._prompt = prompt
        self._catalogue = catalogue
        self._begun = query
        self._blink = blink
        self._apply: Timer | None = None

    def compose(self) -> ComposeResult:
        """From above to below."""
        self._proposals = Proposals()
        self._error = Static("", classes="error", markup=False)
        self._input = QueryInput(self._begun, placeholder="stage:packing late… · tab completes · enter keeps it")
        self._input.cursor_blink = self._blink
        yield self._proposals
        with Horizontal():
            prompt = Static(self._prompt, classes="prompt", markup=False)
            prompt.styles.width = cell_len(self._prompt)
            yield prompt
            yield self._input
        yield self._error

    def on_mount(self) -> None:
        """Ready to write."""
        self._input.focus()
        self._input.cursor_position = len(self._begun)
        self._propose()

    def own_keys(self, keys: KeyMap) -> Sequence[Hint]:
        """What can be done while the query is written."""
        bound = {each.id: each.key for each in QueryInput.BINDINGS if isinstance(each, Binding) and each.id}
        bound["filter.keep"] = "enter"
        wanted = (*_KEYS, ("filter.cancel", "as before"))
        return [Hint(name, keys.shown_inside(name, bound[name]), words) for name, words in wanted]

    def do(self, command: str) -> bool:
        """A click on a key is the key."""
        if command == "filter.keep":
            self._ask(final=True)
        elif command.startswith("filter."):
            self.post_message(self.Key(command.removeprefix("filter.")))
        return command.startswith("filter.")

    def takes(self, key: str) -> bool:
        """Whether it chooses among the proposals."""
        return any(isinstance(each, Binding) and key in each.key.split(",") for each in QueryInput.BINDINGS)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Propose, and apply a moment later."""
        event.stop()
        self._propose()
        if self._apply is not None:
            self._apply.stop()
        self._apply = self.set_timer(_APPLY_AFTER, self._apply_now)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep the filter, if it can be read."""
        event.stop()
        self._ask(final=True)

    def on_filter_line_key(self, event: Key) -> None:
        """The keys that are not text."""
        event.stop()
        match event.what:
            case "take":
                self._take()
            case "next":
                self._proposals.choose(1)
            case "previous":
                self._proposals.choose(-1)
            case _:
                self.post_message(self.Cancelled())

    def _propose(self) -> None:
        line = self._input
        self._proposals.show(complete(line.value, line.cursor_position, self._catalogue)[:MOST])

    def _take(self) -> None:
        if not self._proposals.found:
            return
        chosen, line = self._proposals.found[self._proposals.chosen], self._input
        blank = "" if chosen.text.endswith(":") else " "
        line.value = line.value[: chosen.start] + chosen.text + blank + line.value[chosen.end :].removeprefix(blank)
        line.cursor_position = chosen.start + len(chosen.text) + len(blank)
        self._propose()

    def _apply_now(self) -> None:
        self._apply = None
        self._ask(final=False)

    def _ask(self, *, final: bool) -> None:
        query = self._input.value.strip()
        try:
            parse(self._input.value, self._catalogue)
        except QueryError as error:
            if final or self._error_matters(error):
                self._show_error(error)
            return
        self.remove_class("wrong")
        if final or not self._unfinished():
            self.post_message(self.Asked(query, final=final))

    def _unfinished(self) -> bool:
        """Whether the word being written is the beginning of one of the language: no text to search for yet."""
        begun = self._input.value[: self._input.cursor_position].rpartition(" ")[2].lower()
        return bool(begun) and ":" not in begun and any(name.startswith(begun) for name in self._catalogue)

    def _error_matters(self, error: QueryError) -> bool:
        """While it is written, a word that only lacks its end is no error yet."""
        line = self._input
        unfinished = line.cursor_position >= error.column and bool(self._proposals.found)
        return bool(line.value[error.column :].strip()) and not unfinished

    def _show_error(self, error: QueryError) -> None:
        width = self.size.width
        at = len(self._prompt) + cell_len(self._input.value[: error.column])
        words = clean(str(error))
        line = f"{' ' * at}^ {words}"
        if cell_len(line) > width:  # no room behind the column: before it, or from the left edge
            before = at - cell_len(words) - 1
            line = f"{' ' * before}{words} ^" if before >= 0 else f"^{at - len(self._prompt) + 1}: {words}"
        self._error.update(fit(line, max(1, width)))
        self.add_class("wrong")
