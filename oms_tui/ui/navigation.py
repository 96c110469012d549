"""Where the app can go and what it can ask: screens, lists, orders, and a choice of a few things."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from textual.app import ScreenStackError

from oms_tui.ui import keys as key_list
from oms_tui.ui.desk_screen import DeskScreen
from oms_tui.ui.place import Place
from oms_tui.ui.typed_ahead import TypedAheadApp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.command import Provider

    from oms_tui.ui.questions import Question
    from oms_tui.ui.reader import Reader


class Navigation(TypedAheadApp, inherit_bindings=False):
    """The part of the app that goes places."""

    reader: Reader

    def do_go_queue(self) -> None:
        """The desk itself."""
        self.switch_mode(key_list.DESK)

    def go(self, place: str) -> None:
        """Show another screen (``modes.MODES``)."""
        self.switch_mode(place)

    @property
    def place(self) -> Place | None:
        """The screen of the desk that is up; None while a dialog is, and at the very end when none is left."""
        try:
            screen = self.screen
        except ScreenStackError:
            return None
        return screen if isinstance(screen, Place) else None

    def offer(self, providers: Sequence[type[Provider]], words: str) -> None:
        """Open the palette over some providers."""
        from oms_tui.ui.palette import Palette

        self.push_screen(Palette(list(providers), placeholder=words))

    def choose(self, words: str, entries: Sequence[tuple[str, str, Callable[[], object]]]) -> None:
        """Let the agent choose one of a few things: title, what it means, what it does."""
        from oms_tui.ui.palette import Entry, choices_of

        self.offer([choices_of([Entry(title, help_, run) for title, help_, run in entries])], words)

    def choose_order(self, words: str, then: Callable[[int], object]) -> None:
        """Let the agent name an order by its number."""
        from oms_tui.ui.palette import orders_for

        self.offer([orders_for(then)], words)

    @property
    def queue_screen(self) -> DeskScreen:
        """The screen with the queue; it is always there, on top or not."""
        screen = self.get_screen_stack(key_list.DESK)[0]
        assert isinstance(screen, DeskScreen)  # noqa: S101 - the mode is made of it
        return screen

    def show_list(self, question: Question) -> None:
        """Show a list in the queue."""
        self.switch_mode(key_list.DESK)
        self.queue_screen.ask(question)

    def sort_list(self, sort: str) -> None:
        """Sort the queue by something else."""
        screen = self.queue_screen
        self.show_list(screen.queue.question.sorted_by(sort))

    def show_order(self, order_id: int) -> None:
        """Show an order, wherever it stands in the list or not."""
        self.switch_mode(key_list.DESK)
        self.queue_screen.go_to(order_id)

    def show_number(self, source: str, remote_id: str) -> None:
        """Show an order by its own name."""
        from oms_tui.ui.questions import order_named

        self.reader.ask("named", self, order_named, source, remote_id)

    def reply_with(self, macro: str) -> None:
        """Answer the order that is shown with a macro."""
        self.switch_mode(key_list.DESK)
        self.queue_screen.do_reply(macro)

    def say(self, words: str, severity: str = "information") -> None:
        """Tell the agent something, in a sentence. A warning says that what was wanted does not come."""
        if severity != "information":
            self.expect_nothing()
        self.notify(words, severity=severity, markup=False)  # type: ignore[arg-type]  # one of Textual's three words

    def copy(self, text: str) -> None:
        """Put a text on the clipboard of the terminal (OSC 52), and say so: the terminal does not answer."""
        self.copy_to_clipboard(text)
        hint = "; tmux needs `set -g set-clipboard on`" if os.environ.get("TMUX") else ""
        self.say(f"{text} sent to the clipboard{hint}")
