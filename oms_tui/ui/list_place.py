"""The queue's half of the desk: the list, moving in it, marking, and the filter line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.ui.place import Place
from oms_tui.ui.questions import Question
from oms_tui.ui.queue.side import QueueSide

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from oms_tui.ui.filter_line import FilterLine


class ListPlace(Place):
    """A screen with the queue on it. Whoever has more beside it says so with ``reading`` and ``do_back``."""

    def __init__(self) -> None:
        super().__init__()
        self._before_filter = Question()
        self._before_on: int | None = None
        self._marking = False

    def body(self) -> Iterable[Widget]:
        """The queue with its first page, read before anything is drawn; the order comes with the second frame."""
        from textual.containers import Container

        self.queue = QueueSide(self.desk.session)
        self.model = self.queue.model
        self._list = self.queue.list
        yield Container(self.queue, id="desk")

    @property
    def reading(self) -> bool:
        """Whether something else has the screen instead of the list."""
        return False

    def ask(self, question: Question, *, to: int | None = None) -> None:
        """Show another list, the cursor at its top or on the order ``to``."""
        self.queue.ask(question, to=to)

    def do_back(self) -> None:
        """Out of what one is in."""

    # ---- moving and marking

    def do_down(self) -> None:
        """The next order."""
        self._list.step(1)

    def do_up(self) -> None:
        """The order before."""
        self._list.step(-1)

    def do_page_down(self) -> None:
        """A page of orders down."""
        self._list.turn(1)

    def do_page_up(self) -> None:
        """A page of orders up."""
        self._list.turn(-1)

    def do_top(self) -> None:
        """The first order."""
        self._list.go(0)

    def do_bottom(self) -> None:
        """The last order that is loaded."""
        self._list.go(len(self.model.items) - 1)

    def do_mark(self) -> None:
        """Mark the order, and on to the next."""
        self._list.mark()
        self.show_keys()  # actions are now about what is marked

    def do_mark_all(self) -> None:
        """Mark all, or none."""
        self._list.mark_all()
        self.show_keys()

    def do_mark_query(self) -> None:
        """Mark what a query finds, also what is not loaded yet; the list stays as it is."""
        self._write_query(prompt="mark ", marking=True)

    # ---- the filter line

    def do_filter(self) -> None:
        """Write a query."""
        self._write_query(prompt="/ ", marking=False)

    def _write_query(self, *, prompt: str, marking: bool) -> None:
        from oms_tui.store.query_words import CATALOGUE
        from oms_tui.ui.filter_line import FilterLine

        if self.reading:
            self.do_back()
        if not self.query(FilterLine):
            self._before_filter, self._marking = self.queue.question, marking
            self._before_on = self.model.current.id if self.model.current is not None else None
            blink = self.desk.config.ui.blink
            self.mount(FilterLine(CATALOGUE, self.queue.question.query, blink=blink, prompt=prompt))
            self.desk.expect_text()

    def on_filter_line_asked(self, event: FilterLine.Asked) -> None:
        """Show what the query finds; when the agent is done the list has the keys again."""
        event.stop()
        if self._marking:
            if event.final:
                self.queue.mark_found(event.query)
                self._close_filter()
            return
        title = f"/ {event.query}" if event.query else Question().title
        if event.query != self.queue.question.query:
            self.ask(Question(event.query, self.queue.question.sort, title, self.queue.question.columns))
        if event.final:
            self._close_filter()

    def on_filter_line_cancelled(self, event: FilterLine.Cancelled) -> None:
        """What was there before."""
        event.stop()
        if self.queue.question != self._before_filter:
            self.ask(self._before_filter, to=self._before_on)
        self._close_filter()

    def _close_filter(self) -> None:
        from oms_tui.ui.filter_line import FilterLine

        self.query(FilterLine).remove()
        self._list.focus()
