"""What every screen of the desk has: the bar, the footer, commands by name, and answers from the reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.reactive import Reactive
from textual.screen import Screen

from oms_tui.ui.bar import TopBar
from oms_tui.ui.footer import Hint, KeyLine, WithOwnKeys, hints

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
        if self._own is not None or self._with_own_keys() is not None:
            self.show_keys()

    def _with_own_keys(self) -> WithOwnKeys | None:
        found = self.focused.ancestors_with_self if self.focused is not None else ()
        return next((each for each in found if isinstance(each, WithOwnKeys)), None)

    def show_keys(self) -> None:
        """The footer as it is true now."""
        self._own = self._with_own_keys()
        if self._own is not None:
            everything = Hint("palette", self.desk.keys.shown("palette"), "everything")
            # a letter is text there, so only what is no letter is a key
            last = [everything] if everything.key.startswith(("ctrl+", "alt+")) else []
            self.query_one(KeyLine).show(self._own.own_keys(self.desk.keys), last)
            return
        keys, titles = self.desk.keys, self.titles()
        found = hints(keys, self.PLACE, self.desk.actions, self.refusals(), titles)
        last = [hint for hint in found if hint.command == "help"]
        palette = Hint("palette", keys.shown("palette"), "everything")
        rest = [hint for hint in found if hint.command != "help"]
        self.query_one(KeyLine).show(rest, [*last, *([palette] if palette.key else [])])

    def on_part_line_chosen(self, event: PartLine.Chosen) -> None:
        """A click on a tab or a key is the command itself."""
        event.stop()
        if self._own is None or not self._own.do(event.command):
            self.desk.perform(event.command)
