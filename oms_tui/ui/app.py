"""The desk's frame: screens, keys, the reader thread, and what waits for the first frame to be on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual.app import App
from textual.binding import Binding, BindingType

from oms_tui.ui import keys as key_list
from oms_tui.ui import theme as themes
from oms_tui.ui.desk_screen import DeskScreen
from oms_tui.ui.modes import MODES
from oms_tui.ui.navigation import Navigation
from oms_tui.ui.reader import Reader
from oms_tui.ui.typed_ahead import writes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.driver import Driver
    from textual.screen import Screen
    from textual.theme import Theme

    from oms_tui.actions.base import Action
    from oms_tui.config_model import Config
    from oms_tui.store.session import Session
    from oms_tui.store.writes.undo import Undone
    from oms_tui.ui.dialogs.view_picker import Counts
    from oms_tui.ui.messages import Answer, Changed, FeedFailed
    from oms_tui.ui.questions import Sources, Status

_AGES_SECONDS: Final = 10


class DeskApp(Navigation, inherit_bindings=False):
    """The app.

    Args:
        config: the desk's config.
        session: who works, on connections that are this thread's.
        keys: the effective keys; without them the defaults, to which the actions' join after the first frame.
        worker: starts the sync worker; called after the first frame.
    """

    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = MODES
    DEFAULT_MODE: ClassVar[str] = key_list.DESK
    ENABLE_COMMAND_PALETTE: ClassVar[bool] = False  # ours has its own key, and is pushed by us
    BINDINGS: ClassVar[list[BindingType]] = [Binding(key_list.QUIT, "quit", "Quit", show=False, priority=True)]
    CSS: ClassVar[str] = "* { scrollbar-color: $oms-border; scrollbar-background: $oms-base; }"

    def __init__(
        self,
        config: Config,
        session: Session,
        *,
        keys: key_list.KeyMap | None = None,
        worker: Callable[[], Any] | None = None,
    ) -> None:
        self.config = config
        self.session = session
        self.keys = keys or key_list.key_map({}, ())
        self._given_keys = keys is not None
        self.actions: Sequence[Action] = ()
        self.status: Status | None = None
        self.sources: Sources = _sources(config)
        self.themes_folder = config.folders.config / "themes"
        self._worker = worker
        self.child: Any = None
        self.first_frame_done: Callable[[], object] | None = None
        self._bound = {key_list.QUIT}
        self._variables_of: Theme | None = None
        self._errors: dict[str, str] = {}
        self._counts: Counts = {}
        self._made = self._make(themes.load(config.ui.theme, self.themes_folder))
        super().__init__()
        self.title = config.desk.name
        self.register_theme(self._made)
        self.set_reactive(App.theme, self._made.name)  # its watcher would parse every style sheet a second time
        self.animation_level = "full" if config.ui.animations else "none"
        self.reader = Reader(session, self)
        self._bind_keys()

    def _make(self, theme: themes.Theme) -> Theme:
        written = {name: tier.color for name, tier in self.config.tiers.items() if tier.color}
        colors = {name: themes.color_of(color) for name, color in written.items()}
        themes.use(theme.with_tiers({name: color for name, color in colors.items() if color}))
        return theme.as_textual()

    def get_css_variables(self) -> dict[str, str]:
        """The theme's colours; also at Textual's first call, which comes before it knows our themes."""
        if self._variables_of is not self._made:
            self._variables_of = self._made
            self.theme_variables = {**self._made.to_color_system().generate(), **self._made.variables}
        return self.theme_variables

    def _bind_keys(self) -> None:
        if self.keys.widgets:
            from oms_tui.ui.widget_keys import keymap

            self.set_keymap(keymap(self.keys.widgets))
        for key in self.keys.by_key:
            if key not in self._bound:
                self._bound.add(key)
                self.bind(key_list.textual_name(key), f"press({key!r})", show=False)

    def get_driver_class(self) -> type[Driver]:
        """On Linux and macOS one whose Escape is quick."""
        found = super().get_driver_class()
        if found.__name__ != "LinuxDriver":
            return found
        from oms_tui.ui.driver import QuickDriver

        return QuickDriver

    def get_default_screen(self) -> Screen[Any]:
        """The desk; it becomes a mode later, as modes have every style sheet parsed twice before their first frame."""
        return DeskScreen()

    # ---- beginning and end

    def on_mount(self) -> None:
        """Everything that the first frame does not need comes after it."""
        self.call_after_refresh(self._begin)

    async def _begin(self) -> None:
        if self.first_frame_done is not None:
            self.first_frame_done()
        self.add_mode(key_list.DESK, DeskScreen)
        self.reader.start()
        if isinstance(self.screen, DeskScreen):
            await self.screen.begin()
        self._load_actions()
        self._tell_of_views()
        self._ask_status()
        self.set_interval(_AGES_SECONDS, self._ask_status)
        self._start_worker()

    def _tell_of_views(self) -> None:
        """A file of views that cannot be read stops nobody, but somebody should know."""
        if wrong := self.config.set_aside:
            more = f" and {len(wrong) - 1} more: `oms-tui views check` lists them" if len(wrong) > 1 else ""
            self.notify(f"a view is left out: {wrong[0]}{more}", severity="warning", markup=False, timeout=15)

    def _start_worker(self) -> None:
        if self._worker is None:
            return
        try:
            self.child = self._worker()
        except OSError as error:
            self.say(f"the sync worker could not be started: {error}; `oms-tui sync --follow` starts one", "error")

    def _load_actions(self) -> None:
        from oms_tui.actions.catalogue import all_actions

        self.actions = all_actions()
        self.keys = self.keys if self._given_keys else key_list.key_map({}, self.actions)
        self._bind_keys()
        self.show_keys()

    def on_unmount(self) -> None:
        """The thread ends before the process does."""
        self.reader.stop()

    # ---- keys and commands

    def action_press(self, key: str) -> None:
        """A key that no widget wanted."""
        place = self.place
        bound = self.keys.of(key, place.PLACE) if place is not None else None
        if bound is None:
            return
        left_over = not key.startswith(("ctrl+", "alt+")) and bound.id not in {"help", "palette"}
        if left_over and writes(self.focused):
            return  # a key that the text field has no use for must not act on the order behind it
        self.perform(bound.id)

    def perform(self, command: str) -> None:
        """Do a command of the screens or an action of the catalogue, by its id."""
        screen = self.screen
        if any(action.id == command for action in self.actions):
            act = getattr(screen, "act", None)
            if act is not None:
                act(command)
            return
        if (there := command.removeprefix("go_")) != command and there in MODES:
            self.go(there)
            return
        name, _, number = command.rpartition("_")
        arguments = (int(number),) if number.isdigit() else ()
        method = f"do_{name if arguments else command}"
        does = getattr(screen, method, None) or getattr(self, method, None)
        if does is not None:
            does(*arguments)

    def do_quit(self) -> None:
        """Leave."""
        self.exit(0)

    def do_undo(self) -> None:
        """Take back what this agent did last."""
        self.reader.call(_undo, to=self, slot="undo")

    def do_help(self) -> None:
        """Every key."""
        from oms_tui.ui.help import Help

        place = self.place
        if place is not None:
            self.push_screen(Help(self.keys, place.PLACE, place.refusals()))

    def do_jump(self) -> None:
        """Letters on what is on the screen."""
        from oms_tui.ui.jump import Jump

        place = self.place
        targets = place.targets() if place is not None else []
        if targets:
            self.push_screen(Jump(targets), lambda go: go() if go is not None else None)

    def do_palette(self) -> None:
        """Everything there is."""
        from oms_tui.ui.palette import EVERYTHING

        self.offer(EVERYTHING, "an order's number, a command, an action, a view, a macro…")

    def do_views(self) -> None:
        """Saved views, with how many orders each has."""
        from oms_tui.ui.dialogs.view_picker import ViewPicker
        from oms_tui.ui.views import choices

        shown = self.queue_screen.queue.question
        picker = ViewPicker(choices(self.config), shown, self.reader, self._counts)
        self.push_screen(picker, lambda chosen: self.show_list(chosen) if chosen is not None else None)

    def do_sort(self) -> None:
        """By what the queue is sorted."""
        from oms_tui.ui.palette import Sorts

        self.offer([Sorts], "sorted by what?")

    def do_absent(self) -> None:
        """Who is away, and who stands in."""
        from oms_tui.ui.dialogs.absences import AbsencesDialog

        self.push_screen(AbsencesDialog(self.session))

    def do_theme(self) -> None:
        """Colours."""
        from oms_tui.ui.palette import Themes

        self.offer([Themes], "which colours?")

    def change_theme(self, name: str) -> None:
        """Draw in other colours."""
        try:
            self._made = self._make(themes.load(name, self.themes_folder))
        except themes.ThemeError as error:
            self.say(str(error), "error")
            return
        self.register_theme(self._made)
        self.theme = self._made.name

    def show_keys(self) -> None:
        """The footer may read differently."""
        if self.place is not None:
            self.place.show_keys()

    # ---- what the reader tells

    def _ask_status(self) -> None:
        from oms_tui.ui import questions

        self.reader.ask("status", self, questions.status, self.sources)

    def on_answer(self, event: Answer) -> None:
        """The counts; what undo took back; an order asked for by its own name."""
        if event.error:
            if self._errors.get(event.slot) != event.error:  # what fails every ten seconds is said once
                self.say(event.error, "error")
            self._errors[event.slot] = event.error if event.slot == "status" else ""
            return
        self._errors.pop(event.slot, None)
        match event.slot:
            case "status":
                self._show_status(event.value)
            case "undo":
                self._tell_undone(event.value)
            case "named" if event.value is None:
                self.say("this order is no longer in the store", "warning")
            case "named":
                self.show_order(event.value)

    def _tell_undone(self, undone: list[Undone]) -> None:
        self.say(
            "; ".join(f"taken back: {each.summary}" for each in undone) or "there is nothing of yours to take back"
        )
        if left := [one for each in undone for one in each.left]:
            from oms_tui.ui.acting.lists import NotTakenBack

            self.push_screen(NotTakenBack(left))

    def _show_status(self, status: Status) -> None:
        if status != self.status:
            self.status = status
            if self.place is not None:
                self.place.show_status(status)

    def on_changed(self, event: Changed) -> None:
        """Whoever is on screen reads again what changed."""
        self._ask_status()
        if self.place is not None:
            self.place.store_changed(event)

    def on_feed_failed(self, event: FeedFailed) -> None:
        """Said once."""
        self.say(event.error, "error")


def _undo(session: Session) -> list[Undone]:
    """Take back one action; returns what it was."""
    from oms_tui.actions.run import settle
    from oms_tui.store.writes.undo import undo

    undone = undo(session)
    if undone:
        settle(session)
    return undone


def _sources(config: Config) -> Sources:
    return {source.name: (source.kind, source.enabled, source.stale_after_ms) for source in config.sources.values()}
