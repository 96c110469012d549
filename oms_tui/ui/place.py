"""What every screen of the desk has: the bar, the footer, commands by name, and answers from the reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.reactive import Reactive
from textual.screen import Screen

from oms_tui.ui.bar import TopBar
from oms_tui.ui.footer import Hint, KeyLine, WithMoreKeys, WithOwnKeys, hints
from oms_tui.ui.keys import is_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.app import ComposeResult
    from textual.widget import Widget

    from oms_tui.ui.app import DeskApp
    from oms_tui.ui.jump import Target
    from oms_tui.ui.messages import Changed
    from oms_tui.ui.part_line import PartLine
    from oms_tui.ui.questions import Status


class Place(Screen[None], inherit_bindings=False):
    """One screen of the desk.

    A command ``open`` is done by a method ``do_open`` of the screen, else of the app.
    """

    PLACE: ClassVar[str]
    HERE: ClassVar[str]
    DEFAULT_CSS: ClassVar[str] = """
    Place { layout: vertical; background: $oms-base; color: $oms-text; overflow: hidden; layers: base above; }
    """

    # Textual's own repaints the whole screen (40 kB at 160 columns) whenever the focus moves; who has it draws itself.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    _own: WithOwnKeys | None = None
    _more: WithMoreKeys | None = None

    @property
    def desk(self) -> DeskApp:
        """The app."""
        return cast("DeskApp", self.app)

    def body(self) -> Iterable[Widget]:
        """What stands between bar and footer."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Bar, body, footer."""
        yield TopBar(self.desk.title, self.HERE)
        yield from self.body()
        yield KeyLine()

    def on_mount(self) -> None:
        """The footer knows its keys from the first frame on."""
        self.query_one(TopBar).show(self.desk.status)
        self.show_keys()

    def on_screen_resume(self) -> None:
        """The counts may have changed while another screen was up."""
        if self.is_mounted:
            self.query_one(TopBar).show(self.desk.status)
            self.show_keys()

    def show_status(self, status: Status) -> None:
        """New counts or ages."""
        self.query_one(TopBar).show(status)

    def store_changed(self, changed: Changed) -> None:
        """Something in the store changed: read again what is on screen."""

    def refusals(self) -> Mapping[str, str]:
        """For each action why it cannot be done to what is shown."""
        return {}

    def targets(self) -> list[Target]:
        """Where the jump overlay puts its letters."""
        return []

    def titles(self) -> Mapping[str, str]:
        """Words for commands where the screen knows better than the list."""
        return {}

    def on_descendant_focus(self) -> None:
        """What has keys of its own shows them in the footer while it has the focus."""
        more = self.focused if isinstance(self.focused, WithMoreKeys) else None
        if self._own is not None or more is not self._more or self._with_own_keys() is not None:
            self.show_keys()

    def _with_own_keys(self) -> WithOwnKeys | None:
        found = self.focused.ancestors_with_self if self.focused is not None else ()
        return next((each for each in found if isinstance(each, WithOwnKeys)), None)

    def show_keys(self) -> None:
        """The footer as it is true now."""
        self._own = self._with_own_keys()
        self._more = self.focused if isinstance(self.focused, WithMoreKeys) else None
        if self._own is not None:
            self.query_one(KeyLine).show(self._own.own_keys(self.desk.keys), self._last_while_writing(self._own))
            return
        keys, titles = self.desk.keys, self.titles()
        found = hints(keys, self.PLACE, self.desk.actions, self.refusals(), titles)
        last = [hint for hint in found if hint.command == "help"]
        palette = Hint("palette", keys.shown("palette"), "everything")
        rest = [hint for hint in found if hint.command != "help"]
        if self._more is not None:
            rest[1:1] = self._more.more_keys(keys)
        self.query_one(KeyLine).show(rest, [*last, *([palette] if palette.key else [])])

    def _last_while_writing(self, own: WithOwnKeys) -> list[Hint]:
        """Help and everything, by a key that is no text; the widget may have a use of its own for it."""
        last = []
        for command, words in (("help", "help"), ("palette", "everything")):
            free = [key for key in self.desk.keys.keys(command) if not is_text(key) and not own.takes(key)]
            last += [Hint(command, key, words) for key in free[:1]]
        return last

    def on_part_line_chosen(self, event: PartLine.Chosen) -> None:
        """A click on a tab or a key is the command itself."""
        event.stop()
        own = self._own is not None and self._own.do(event.command)
        if not own and not (self._more is not None and self._more.do_more(event.command)):
            self.desk.perform(event.command)
